"""Work on many records at once, one item each: progress is seen, one refusal stops no other, a restart goes on."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import belongs_to, one_of


class BatchKind(StrEnum):
    """What is done to each item."""

    RENEWALS = "RENEWALS"
    PAPERS = "PAPERS"


class PaperPlan(StrEnum):
    """What preparing the paper of a convention comes to."""

    ISSUED = "ISSUED"
    """It has its numbered paper, which is taken as it is."""
    PREPARES = "PREPARES"
    """Its dictamen is favorable: the numbered paper is made."""
    PROJECT = "PROJECT"
    """It has no favorable dictamen yet: a project without number."""
    NONE = "NONE"


class BatchState(StrEnum):
    """How far a batch has come."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    STOPPED = "STOPPED"


class Batch(Model):
    """Many records chosen by one person for the same deed, which the engine does it in her or his name."""

    id = fields.IntField(primary_key=True)
    kind = one_of(BatchKind, max_length=16)
    title = fields.CharField(200)
    state = one_of(BatchState, max_length=8, default=BatchState.QUEUED)
    created_by = belongs_to("User", "batches")
    created_by_id: int
    created_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    """When an engine may take it up next: a claim is a lease that ends by itself."""
    tries = fields.IntField(default=0)
    started_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    file = belongs_to("StoredFile", "batches", null=True)
    file_id: int | None
    """What came of the whole: the zip with all papers."""
    version = fields.IntField(default=1)

    class Meta:
        table = "batches"
        indexes = (("state", "due_at"), ("created_by_id", "id"))


class BatchItemState(StrEnum):
    """What became of one item."""

    PENDING = "PENDING"
    DONE = "DONE"
    REFUSED = "REFUSED"
    FAILED = "FAILED"


class BatchItem(Model):
    """One record of a batch and what became of it."""

    id = fields.IntField(primary_key=True)
    batch = belongs_to("Batch", "items")
    batch_id: int
    position = fields.IntField()
    convention = belongs_to("Convention", "batch_items", null=True)
    convention_id: int | None
    lease = belongs_to("Lease", "batch_items", null=True)
    lease_id: int | None
    license = belongs_to("SanitaryLicense", "batch_items", null=True)
    license_id: int | None
    state = one_of(BatchItemState, max_length=8, default=BatchItemState.PENDING)
    review = belongs_to("LegalReview", "batch_items", null=True)
    """The file that came of it."""
    review_id: int | None
    document = belongs_to("OfficialDocument", "batch_items", null=True)
    document_id: int | None
    """The paper that came of it."""
    file = belongs_to("StoredFile", "batch_items", null=True)
    file_id: int | None
    """The Word file that came of it: of that paper, or of a project that has no number yet."""
    said = fields.TextField(default="")
    """Why it was refused, in Spanish; or the incident of its fault."""
    tries = fields.IntField(default=0)
    done_at = fields.DatetimeField(null=True)

    class Meta:
        table = "batch_items"
        unique_together = (("batch", "position"),)
        indexes = (("batch_id", "state", "position"),)
