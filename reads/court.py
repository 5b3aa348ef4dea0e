"""Court files as rows, for the few who reach them: lists, one by its code, and what registering one must know."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from tortoise.queryset import QuerySet

from models.court import CourtBranch, CourtFile, CourtFileKind, CourtNotice, CourtStage
from models.fields import folded
from models.people import User
from models.permissions import RESERVED, within
from reads.matching import exactly, holding
from reads.paging import Order, Page, Row, page

COURT_FILE = (
    "id", "code", "branch", "kind", "court", "court_number", "claimants", "defendants", "subject", "department_id",
    "lawyer_id", "stage", "opened_on", "closed_on", "outcome", "next_on", "note", "source", "source_note", "version",
)  # fmt: skip
"""Columns that the API shows of a court file."""
MOST_COURTS = 200
"""Courts that the words of a filter may mean."""


def sees_court_files(person: User) -> bool:
    """Tell whether court files exist for a person at all."""
    return person.role in RESERVED[CourtFile]


def seat_of(department_code: str | None) -> str | None:
    """Return the municipality where a department's courts sit, its capital; None where no department is noted."""
    return f"{department_code}01" if department_code else None


@dataclass(frozen=True)
class CourtQuery:
    """Which court files are wanted; what is empty does not narrow. Dates count both ends in."""

    branch: CourtBranch | None = None
    kind: list[CourtFileKind] = field(default_factory=list)
    stage: list[CourtStage] = field(default_factory=list)
    open: bool | None = None
    lawyer_id: int | None = None
    mine: bool = False
    without_lawyer: bool = False
    court: str | None = None
    opened_from: date | None = None
    opened_to: date | None = None
    next_from: date | None = None
    next_to: date | None = None
    search: str | None = None


async def court_page(actor: User, query: CourtQuery, *, order: Order, first: int, after: str | None) -> Page:
    """Return a page of court files."""
    rows = CourtFile.filter(within(CourtFile, actor), holding(query.search))
    if query.branch:
        rows = rows.filter(branch=query.branch)
    if query.kind:
        rows = rows.filter(kind__in=query.kind)
    if query.stage:
        rows = rows.filter(stage__in=query.stage)
    if query.open is not None:
        over = {"stage": CourtStage.CLOSED}
        rows = rows.exclude(**over) if query.open else rows.filter(**over)
    if query.lawyer_id is not None:
        rows = rows.filter(lawyer_id=query.lawyer_id)
    if query.mine:
        rows = rows.filter(lawyer_id=actor.id)
    if query.without_lawyer:
        rows = rows.filter(lawyer_id=None)
    if query.court:
        rows = rows.filter(court__in=await _courts_like(query.court))
    rows = _between(rows, "opened_on", query.opened_from, query.opened_to)
    rows = _between(rows, "next_on", query.next_from, query.next_to)
    return await page(rows, COURT_FILE, order, first=first, after=after)


def _between(rows: QuerySet[CourtFile], column: str, since: date | None, until: date | None) -> QuerySet[CourtFile]:
    if since:
        rows = rows.filter(**{f"{column}__gte": since})
    return rows.filter(**{f"{column}__lte": until}) if until else rows


async def _courts_like(words: str) -> list[str]:
    """Return the courts whose name holds every word, however it is spelled: SQL does not know of accents."""
    wanted = folded(words).split()
    known = await CourtFile.all().distinct().values_list("court", flat=True)
    return [str(one) for one in known if all(word in folded(str(one)) for word in wanted)][:MOST_COURTS]


async def court_file_by_code(code: str, actor: User) -> Row | None:
    """Return a court file by its code."""
    named = exactly(CourtFile, "code", code)
    rows = await CourtFile.filter(within(CourtFile, actor), named).limit(1).values(*COURT_FILE)
    return rows[0] if rows else None


async def court_files_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the court files among these, none to whom they are reserved from."""
    rows = await CourtFile.filter(within(CourtFile, actor), id__in=ids).values(*COURT_FILE)
    return {row["id"]: row for row in rows}


async def _numbered(number: str) -> list[CourtFile]:
    return await CourtFile.filter(court_number__iexact=number).order_by("id") if number else []


async def court_twin(court: str, number: str) -> CourtFile | None:
    """Return the file that already has this number of this court, however the court is spelled."""
    named = folded(court)
    return next((one for one in await _numbered(number) if folded(one.court) == named), None)


async def court_file_for(court: str, number: str, branch: CourtBranch | None) -> CourtFile | None:
    """Return the one file of the branch that a notice's number means; when several courts gave it, the court decides.

    None when there is no such file, or when it stays open which one is meant.
    """
    found = [one for one in await _numbered(number) if branch in (None, one.branch)]
    if len(found) > 1:
        named = folded(court)
        found = [one for one in found if folded(one.court) == named]
    return found[0] if len(found) == 1 else None


async def notices_awaiting(file: CourtFile) -> list[CourtNotice]:
    """Return the notices without a file whose number means this one."""
    if not file.court_number:
        return []
    same = CourtNotice.filter(court_file_id=None, branch=file.branch, court_number__iexact=file.court_number)
    waiting = []
    for notice in await same.order_by("id"):
        meant = await court_file_for(notice.court, notice.court_number, notice.branch)
        if meant and meant.id == file.id:
            waiting.append(notice)
    return waiting
