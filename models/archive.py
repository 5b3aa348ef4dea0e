"""Checks of the archive: whether every file that a record names is in the store, and still what it was."""

from tortoise import fields
from tortoise.models import Model


class ArchiveCheck(Model):
    """One pass over all files of the records. Read again from the first file, it may be interrupted at any moment."""

    id = fields.IntField(primary_key=True)
    started_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    """Empty while it runs, or when it was interrupted."""
    files = fields.IntField(default=0)
    """Different contents looked at."""
    size = fields.BigIntField(default=0)
    """Bytes looked at."""
    missing: list = fields.JSONField(default=list)
    """Hashes that the store does not have."""
    damaged: list = fields.JSONField(default=list)
    """Hashes whose content is something else by now."""

    class Meta:
        table = "archive_checks"
