"""What the system derives from an issued paper: its PDF with a count of sheets, and its words for searching."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import belongs_to, one_of


class RenditionState(StrEnum):
    """How far the PDF of a paper has come. It waits for as long as no LibreOffice is installed."""

    PENDING = "PENDING"
    DONE = "DONE"
    FAILED = "FAILED"


class Rendition(Model):
    """The PDF of a paper. Its bytes cannot be made again: what was made is kept, its hash is that of the file."""

    id = fields.IntField(primary_key=True)
    document = belongs_to("OfficialDocument", "renditions", unique=True)
    document_id: int
    state = one_of(RenditionState, max_length=8, default=RenditionState.PENDING)
    file = belongs_to("StoredFile", "renditions", null=True)
    file_id: int | None
    sheets = fields.IntField(null=True)
    """Pages of the PDF, one to a sheet."""
    made_at = fields.DatetimeField(null=True)
    due_at = fields.DatetimeField()
    """When an engine may take it up next: a claim is a lease that ends by itself."""
    tries = fields.IntField(default=0)
    said = fields.TextField(default="")
    """Why it failed, in Spanish; or the incident of its fault."""

    class Meta:
        table = "renditions"
        indexes = (("state", "due_at"), ("file_id",))


class PaperText(Model):
    """The visible text of a paper, kept beside it for searches and comparisons. As reserved as the paper itself."""

    id = fields.IntField(primary_key=True)
    document = belongs_to("OfficialDocument", "texts", unique=True)
    document_id: int
    text = fields.TextField()
    """One line a paragraph; its hash is the paper's `text_sha256`."""
    stems = fields.TextField(default="")
    """Its words without accents, reduced to their Spanish stems: what both databases index."""

    class Meta:
        table = "paper_texts"
