"""What hangs on a court file as rows: hearings and deadlines, notices of the courts, papers kept and papers issued."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tortoise.models import Model

from models.court import CourtBranch, CourtDate, CourtFile, CourtNotice, CourtPaper
from models.papers import OfficialDocument
from models.people import User
from models.permissions import within
from reads.matching import exactly, holding
from reads.paging import Order, Page, Row, page
from reads.papers import DOCUMENT

COURT_DATE = (
    "id", "court_file_id", "kind", "on_date", "at_time", "title", "place", "counted_from", "counted_days",
    "settled_on", "result", "source",
)  # fmt: skip
COURT_NOTICE = (
    "id", "branch", "court", "court_number", "received_on", "summary", "court_file_id", "due_on", "answered_on",
    "answer", "document_id", "file_id", "recorded_by_id", "source", "source_note", "version",
)  # fmt: skip
COURT_PAPER = ("id", "court_file_id", "file_id", "title", "dated_on", "recorded_by_id", "recorded_at")


@dataclass(frozen=True)
class AgendaQuery:
    """Which dates are wanted; what is empty does not narrow. Dates count both ends in."""

    since: date | None = None
    until: date | None = None
    settled: bool | None = None
    mine: bool = False
    branch: CourtBranch | None = None


async def agenda_page(actor: User, query: AgendaQuery, *, first: int, after: str | None) -> Page:
    """Return a page of hearings and deadlines, the earliest first."""
    rows = CourtDate.filter(within(CourtDate, actor))
    if query.since:
        rows = rows.filter(on_date__gte=query.since)
    if query.until:
        rows = rows.filter(on_date__lte=query.until)
    if query.settled is not None:
        rows = rows.filter(settled_on__isnull=not query.settled)
    if query.mine:
        rows = rows.filter(court_file__lawyer_id=actor.id)
    if query.branch:
        rows = rows.filter(court_file__branch=query.branch)
    return await page(rows, COURT_DATE, Order("on_date"), first=first, after=after)


@dataclass(frozen=True)
class NoticeQuery:
    """Which notices are wanted; what is empty does not narrow. Dates count both ends in."""

    branch: CourtBranch | None = None
    received_from: date | None = None
    received_to: date | None = None
    answered: bool | None = None
    asks_answer: bool | None = None
    court_file_code: str | None = None
    without_file: bool = False
    search: str | None = None


async def notice_page(actor: User, query: NoticeQuery, *, order: Order, first: int, after: str | None) -> Page:
    """Return a page of notices."""
    rows = CourtNotice.filter(within(CourtNotice, actor), holding(query.search))
    if query.branch:
        rows = rows.filter(branch=query.branch)
    if query.received_from:
        rows = rows.filter(received_on__gte=query.received_from)
    if query.received_to:
        rows = rows.filter(received_on__lte=query.received_to)
    if query.answered is not None:
        rows = rows.filter(answered_on__isnull=not query.answered)
    if query.asks_answer is not None:
        rows = rows.filter(due_on__isnull=not query.asks_answer)
    if query.without_file:
        rows = rows.filter(court_file_id=None)
    if query.court_file_code:
        code = exactly(CourtFile, "code", query.court_file_code)
        rows = rows.filter(court_file_id__in=await CourtFile.filter(code).values_list("id", flat=True))
    return await page(rows, COURT_NOTICE, order, first=first, after=after)


async def _by_id(model: type[Model], columns: tuple[str, ...], ids: Sequence[int], actor: User) -> dict[int, Row]:
    rows = await model.filter(within(model, actor), id__in=ids).values(*columns)
    return {row["id"]: row for row in rows}


async def court_dates_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return hearings and deadlines by id."""
    return await _by_id(CourtDate, COURT_DATE, ids, actor)


async def court_notices_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return notices by id."""
    return await _by_id(CourtNotice, COURT_NOTICE, ids, actor)


async def court_papers_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return papers of court files by id."""
    return await _by_id(CourtPaper, COURT_PAPER, ids, actor)


async def _by_file(
    model: type[Model], columns: tuple[str, ...], order: tuple[str, ...], ids: Sequence[int], actor: User
) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    rows = model.filter(within(model, actor), court_file_id__in=ids)
    for row in await rows.order_by(*order).values(*columns):
        grouped[row["court_file_id"]].append(row)
    return grouped


async def dates_by_court_file(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the hearings and deadlines of each file, in their order."""
    return await _by_file(CourtDate, COURT_DATE, ("on_date", "at_time", "id"), ids, actor)


async def notices_by_court_file(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the notices of each file, as they came."""
    return await _by_file(CourtNotice, COURT_NOTICE, ("received_on", "id"), ids, actor)


async def papers_by_court_file(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the papers kept in each file, by their dates."""
    return await _by_file(CourtPaper, COURT_PAPER, ("dated_on", "id"), ids, actor)


async def documents_by_court_file(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the numbered papers issued in each file, oldest first; a paper is as reserved as its file."""
    return await _by_file(OfficialDocument, DOCUMENT, ("id",), ids, actor)
