"""What stands before and after a paper: the draft that the head approves, the conditions that a dictamen sets."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import belongs_to, one_of
from models.papers import DocumentKind


class DraftState(StrEnum):
    """How far a draft has come. What is approved is issued as it stands, a change makes it a draft again."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    APPROVED = "APPROVED"
    SENT_BACK = "SENT_BACK"
    ISSUED = "ISSUED"


class Approval(StrEnum):
    """Whether a lawyer's dictamen needs the head's Vo.Bo.: by a confirmed parameter, by custom, or not at all."""

    REQUIRED = "REQUIRED"
    ADVISED = "ADVISED"
    FREE = "FREE"


class PaperDraft(Model):
    """A paper of a file as its lawyer writes it, waiting for the head's Vo.Bo., without a number."""

    id = fields.IntField(primary_key=True)
    review = belongs_to("LegalReview", "drafts")
    review_id: int
    kind = one_of(DocumentKind, max_length=28)
    data: dict = fields.JSONField(default=dict)
    """What the lawyer typed, under the names of the mutation's input."""
    state = one_of(DraftState, max_length=10, default=DraftState.DRAFT)
    author = belongs_to("User", "drafts")
    author_id: int
    comment = fields.TextField(default="")
    """What the head answered."""
    decided_by = belongs_to("User", "decided_drafts", null=True)
    decided_by_id: int | None
    decided_at = fields.DatetimeField(null=True)
    document = belongs_to("OfficialDocument", "drafts", null=True)
    document_id: int | None
    changed_at = fields.DatetimeField()
    version = fields.IntField(default=1)

    class Meta:
        table = "paper_drafts"
        indexes = (("review_id", "id"), ("state", "id"))


class Condition(Model):
    """A condition of a favorable dictamen, to be met before signing unless the legal office put it off to a date."""

    id = fields.IntField(primary_key=True)
    review = belongs_to("LegalReview", "conditions")
    review_id: int
    document = belongs_to("OfficialDocument", "conditions")
    document_id: int
    position = fields.IntField()
    text = fields.TextField()
    due_on = fields.DateField(null=True)
    """Day by which a condition put off must be met."""
    deferred_reason = fields.TextField(default="")
    met_on = fields.DateField(null=True)
    note = fields.TextField(default="")
    file = belongs_to("StoredFile", "conditions", null=True)
    file_id: int | None
    met_by = belongs_to("User", "met_conditions", null=True)
    met_by_id: int | None
    version = fields.IntField(default=1)

    class Meta:
        table = "conditions"
        indexes = (("review_id", "position"),)
