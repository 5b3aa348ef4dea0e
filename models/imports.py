"""Spreadsheets brought in by people: first a dry run, then all rows or none."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import belongs_to, one_of


class SheetKind(StrEnum):
    """What the rows of a spreadsheet are."""

    CONVENTIONS = "CONVENTIONS"
    LEASES = "LEASES"
    CENTERS = "CENTERS"
    ATTENDANCE = "ATTENDANCE"
    LICENSES = "LICENSES"
    COURT_FILES = "COURT_FILES"
    PEOPLE = "PEOPLE"


class ImportState(StrEnum):
    """How far an import has come: read row by row, then looked at by a person, then written in one transaction."""

    QUEUED = "QUEUED"
    READING = "READING"
    CHECKED = "CHECKED"
    CONFIRMED = "CONFIRMED"
    DONE = "DONE"
    REFUSED = "REFUSED"
    DISCARDED = "DISCARDED"


class SheetImport(Model):
    """One spreadsheet on its way in. What its dry run found is told row by row and kept as a workbook of errors."""

    id = fields.IntField(primary_key=True)
    kind = one_of(SheetKind, max_length=16)
    file = belongs_to("StoredFile", "imports")
    file_id: int
    state = one_of(ImportState, max_length=10, default=ImportState.QUEUED)
    created_by = belongs_to("User", "imports")
    created_by_id: int
    created_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    """When an engine may take it up next: a claim is a lease that ends by itself."""
    tries = fields.IntField(default=0)
    rows_total = fields.IntField(default=0)
    rows_read = fields.IntField(default=0)
    to_add = fields.IntField(default=0)
    present = fields.IntField(default=0)
    """Rows that are on record already: they are left as they are."""
    wrong = fields.IntField(default=0)
    """Cells that cannot be taken; with one of them nothing is imported."""
    problems: list = fields.JSONField(default=list)
    """The first of those cells: row, column, value, reason, suggestion."""
    sample: list = fields.JSONField(default=list)
    """The first rows with what would become of each."""
    ignored: list = fields.JSONField(default=list)
    """Headings that nobody looks for."""
    errors_file = belongs_to("StoredFile", "import_errors", null=True)
    errors_file_id: int | None
    said = fields.TextField(default="")
    """Why the whole sheet was refused, in Spanish; or the incident of its fault."""
    ended_at = fields.DatetimeField(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "sheet_imports"
        indexes = (("state", "due_at"), ("created_by_id", "id"))
