"""What the office made known as it stood on a day: issued annual reports, and the listings that the law wants."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import belongs_to, one_of


class IssuedReport(Model):
    """An annual report as it was issued: its tables, its Word chapter and its workbook never change."""

    id = fields.IntField(primary_key=True)
    first_day = fields.DateField()
    last_day = fields.DateField()
    """Last day of the period, included."""
    edition = fields.IntField()
    """First, second… of the same period."""
    tables: list = fields.JSONField()
    """The tables as the API shows them."""
    note = fields.TextField(default="")
    word = belongs_to("StoredFile", "issued_reports", null=True)
    word_id: int | None
    workbook = belongs_to("StoredFile", "issued_report_workbooks", null=True)
    workbook_id: int | None
    issued_at = fields.DatetimeField()
    issued_by = belongs_to("User", "issued_reports")
    issued_by_id: int

    class Meta:
        table = "issued_reports"
        unique_together = (("first_day", "last_day", "edition"),)


class PublicListing(StrEnum):
    """Leases: Decreto 57-2008, art. 10.19. Conventions with NGOs and the like: Decreto 101-97, art. 17 ter."""

    LEASES = "LEASES"
    CONVENTIONS = "CONVENTIONS"


LISTING_NAMES = {PublicListing.LEASES: "arrendamientos", PublicListing.CONVENTIONS: "convenios"}
"""What each listing is called in sentences, addresses and file names."""


class Publication(Model):
    """A listing as it was published: the public reads the last one."""

    id = fields.IntField(primary_key=True)
    listing = one_of(PublicListing, max_length=12)
    rows: list = fields.JSONField()
    """One object a row, by the names of the data dictionary."""
    published_at = fields.DatetimeField()
    published_by = belongs_to("User", "publications")
    published_by_id: int

    class Meta:
        table = "publications"
        indexes = (("listing", "id"),)
