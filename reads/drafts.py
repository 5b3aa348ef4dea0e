"""Drafts as rows: those of a file, and those that wait for the head."""

from collections import defaultdict
from collections.abc import Sequence

from models.drafts import DraftState, PaperDraft
from models.papers import DocumentKind
from models.people import User
from models.permissions import within
from models.reviews import ReviewStage
from reads.paging import Order, Page, Row, page

DRAFT = (
    "id", "review_id", "kind", "data", "state", "author_id", "comment", "decided_by_id", "decided_at", "document_id",
    "changed_at", "version",
)  # fmt: skip


async def living_draft(review_id: int, kind: DocumentKind) -> PaperDraft | None:
    """Return the file's draft of a kind that is not issued yet; there is one at most."""
    return await PaperDraft.filter(review_id=review_id, kind=kind).exclude(state=DraftState.ISSUED).first()


async def drafts_by_review(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the drafts of each file, oldest first; only the legal office and internal audit see any."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    rows = PaperDraft.filter(within(PaperDraft, actor), review_id__in=ids)
    for row in await rows.order_by("id").values(*DRAFT):
        grouped[row["review_id"]].append(row)
    return grouped


async def drafts_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the drafts in reach among these."""
    rows = await PaperDraft.filter(within(PaperDraft, actor), id__in=ids).values(*DRAFT)
    return {row["id"]: row for row in rows}


async def drafts_waiting_page(actor: User, *, first: int, after: str | None) -> Page:
    """Return a page of the drafts that wait for a Vo.Bo., the first written first, of files still under analysis."""
    waiting = PaperDraft.filter(state=DraftState.SUBMITTED, review__stage=ReviewStage.IN_ANALYSIS)
    return await page(waiting.filter(within(PaperDraft, actor)), DRAFT, Order("id"), first=first, after=after)
