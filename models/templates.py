"""The wording of papers as the office keeps it: versions of each template, by one person, approved by another."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import belongs_to, one_of
from models.papers import DocumentKind


class TemplateState(StrEnum):
    """How far a version has come; its text never changes. One that was not approved retires too, with the reason."""

    DRAFT = "DRAFT"
    APPROVED = "APPROVED"
    RETIRED = "RETIRED"


class TemplateVersion(Model):
    """One wording of a kind of paper and variant. Papers are made from the approved one and remember it."""

    id = fields.IntField(primary_key=True)
    kind = one_of(DocumentKind, max_length=28)
    variant = fields.CharField(20, default="")
    edition = fields.IntField()
    """Counts the versions of a kind and variant from 1, in the order in which they were brought."""
    title = fields.CharField(160)
    state = one_of(TemplateState, max_length=8, default=TemplateState.DRAFT)
    text = fields.TextField()
    """The template as Markdown with its front matter: what an approver compares."""
    file = belongs_to("StoredFile", "templates")
    file_id: int
    """The Word file that papers are made from."""
    sha256 = fields.CharField(64, db_index=True)
    """Of the Word file; a paper's `template_sha256`."""
    note = fields.CharField(500, default="")
    """What changed and why, in its author's words."""
    author = belongs_to("User", "templates", null=True)
    author_id: int | None
    """Nobody for the wording that came with the program."""
    created_at = fields.DatetimeField()
    approved_by = belongs_to("User", "approved_templates", null=True)
    approved_by_id: int | None
    approved_at = fields.DatetimeField(null=True)
    retired_by = belongs_to("User", "retired_templates", null=True)
    retired_by_id: int | None
    retired_at = fields.DatetimeField(null=True)
    retired_reason = fields.CharField(500, default="")
    version = fields.IntField(default=1)

    class Meta:
        table = "template_versions"
        unique_together = (("kind", "variant", "edition"),)
