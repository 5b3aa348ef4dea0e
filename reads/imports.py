"""Imports of spreadsheets as rows: whose they are, how far they have come, what their dry run found."""

from collections.abc import Sequence

from models.imports import SheetImport
from models.people import User
from models.permissions import within
from reads.paging import Order, Page, Row, page

IMPORT = (
    "id", "kind", "state", "file_id", "errors_file_id", "created_by_id", "created_at", "ended_at", "rows_total",
    "rows_read", "to_add", "present", "wrong", "problems", "sample", "ignored", "said", "version",
)  # fmt: skip


async def import_page(actor: User, *, first: int, after: str | None) -> Page:
    """Return a page of the imports in reach, the newest first."""
    rows = SheetImport.filter(within(SheetImport, actor))
    return await page(rows, IMPORT, Order("id", descending=True), first=first, after=after)


async def imports_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the imports in reach among these."""
    return {row["id"]: row for row in await SheetImport.filter(within(SheetImport, actor), id__in=ids).values(*IMPORT)}
