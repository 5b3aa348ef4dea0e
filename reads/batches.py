"""Batches as rows: whose they are, how far they have come, and what became of each item."""

from collections import defaultdict
from collections.abc import Sequence

from tortoise.functions import Count

from models.batches import Batch, BatchItem, BatchItemState, BatchState
from models.people import User
from models.permissions import within
from reads.paging import Order, Page, Row, page

BATCH = ("id", "kind", "title", "state", "created_by_id", "created_at", "started_at", "ended_at", "file_id")
ITEM = (
    "id", "batch_id", "position", "convention_id", "lease_id", "license_id", "state", "review_id", "said", "tries",
    "done_at", "document_id", "file_id",
)  # fmt: skip


async def batch_page(actor: User, *, state: Sequence[BatchState] = (), first: int, after: str | None) -> Page:
    """Return a page of the batches in reach, the newest first: one's own, or all for who oversees them."""
    rows = Batch.filter(within(Batch, actor))
    if state:
        rows = rows.filter(state__in=list(state))
    return await page(rows, BATCH, Order("id", descending=True), first=first, after=after)


async def batches_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the batches in reach among these."""
    return {row["id"]: row for row in await Batch.filter(within(Batch, actor), id__in=ids).values(*BATCH)}


async def counts_by_batch(ids: Sequence[int], actor: User) -> dict[int, dict[BatchItemState, int]]:
    """Return how many items of each batch are in each state; batches in reach already."""
    found: dict[int, dict[BatchItemState, int]] = defaultdict(dict)
    counted = BatchItem.filter(batch_id__in=ids).annotate(many=Count("id")).group_by("batch_id", "state")
    for row in await counted.values("batch_id", "state", "many"):
        found[row["batch_id"]][row["state"]] = row["many"]
    return found


async def item_page(
    batch_id: int, actor: User, *, state: Sequence[BatchItemState] = (), first: int, after: str | None
) -> Page:
    """Return a page of the items of a batch that is in reach already, in their order."""
    rows = BatchItem.filter(batch_id=batch_id)
    if state:
        rows = rows.filter(state__in=list(state))
    return await page(rows, ITEM, Order("position"), first=first, after=after)
