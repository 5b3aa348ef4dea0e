"""Institutions that SOSEP makes conventions with, besides municipalities, as rows."""

from models.places import Institution, Sector
from reads.matching import holding
from reads.paging import Order, Page, page

INSTITUTION = ("id", "name", "short_name", "sector", "note")
"""Columns that the API shows of an institution."""


async def institution_page(*, search: str | None, sector: Sector | None, first: int, after: str | None) -> Page:
    """Return a page of the institutions by name; the directory is no secret."""
    rows = Institution.filter(holding(search))
    if sector:
        rows = rows.filter(sector=sector)
    return await page(rows, INSTITUTION, Order("name"), first=first, after=after)
