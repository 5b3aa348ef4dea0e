"""Signed copies of a paper: the scan of what was signed by hand, or the PDF that carries electronic signatures."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import belongs_to, one_of


class CopyKind(StrEnum):
    """How the copy was signed."""

    SCAN = "SCAN"
    ELECTRONIC = "ELECTRONIC"


class SignedCopy(Model):
    """A signed copy attached to its paper. A wrong one is withdrawn with a reason, never deleted."""

    id = fields.IntField(primary_key=True)
    document = belongs_to("OfficialDocument", "signed_copies")
    document_id: int
    kind = one_of(CopyKind, max_length=10)
    file = belongs_to("StoredFile", "signed_copies")
    file_id: int
    signed_on = fields.DateField()
    """Date of the last signature."""
    note = fields.CharField(300, default="")
    signatures: list = fields.JSONField(default=list)
    """What was found in each electronic signature when the copy was attached: signer, instant, integrity, trust."""
    attached_by = belongs_to("User", "signed_copies")
    attached_by_id: int
    attached_at = fields.DatetimeField()
    withdrawn_by = belongs_to("User", "withdrawn_copies", null=True)
    withdrawn_by_id: int | None
    withdrawn_at = fields.DatetimeField(null=True)
    withdrawn_reason = fields.CharField(300, default="")

    class Meta:
        table = "signed_copies"
        indexes = (("document_id", "id"), ("file_id",))
