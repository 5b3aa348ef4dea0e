"""Visits of supervision and what they found, as of a date: which findings were open on it, and which were overdue."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from tortoise.expressions import Q, Subquery

from models.centers import Center
from models.fields import folded
from models.people import User
from models.permissions import within
from models.signing import Side
from models.supervision import FindingFollowUp, FindingSeverity, SupervisionFinding, SupervisionVisit
from reads.center_history import Past, centers_past
from reads.matching import LONGEST_SEARCH, MOST_WORDS, exactly
from reads.paging import Order, Page, Row, page

VISIT = (
    "id", "center_id", "visited_on", "supervisor_name", "act", "summary", "file_id", "recorded_at", "recorded_by_id",
    "version",
)  # fmt: skip
"""Columns that the API shows of a visit."""

FINDING = (
    "id", "visit_id", "ordinal", "text", "severity", "party", "due_on", "resolved_on", "version", "visit__center_id",
    "visit__visited_on",
)  # fmt: skip
"""Columns that the API shows of a finding, with its center and the day of its visit."""

FOLLOW_UP = ("id", "finding_id", "noted_on", "text", "resolves", "file_id", "recorded_at", "recorded_by_id")
"""Columns that the API shows of what was done about a finding."""


class FindingState(StrEnum):
    """Whether a finding was mended on a date. OVERDUE ones are open too."""

    OPEN = "OPEN"
    OVERDUE = "OVERDUE"
    RESOLVED = "RESOLVED"


@dataclass(frozen=True)
class PlaceQuery:
    """Of which centers something is wanted; what is empty does not narrow."""

    program: str | None = None
    department_code: str | None = None
    municipality_code: str | None = None
    center_code: str | None = None


@dataclass(frozen=True)
class VisitQuery(PlaceQuery):
    """Which visits are wanted."""

    since: date | None = None
    until: date | None = None
    search: str | None = None


@dataclass(frozen=True)
class FindingQuery(PlaceQuery):
    """Which findings are wanted."""

    state: FindingState | None = None
    severity: FindingSeverity | None = None
    party: Side | None = None


def open_is(on: date) -> Q:
    """Return the filter of the findings of visits made by a date that were not mended on it."""
    return Q(Q(resolved_on__isnull=True) | Q(resolved_on__gt=on), visit__visited_on__lte=on)


def overdue_is(on: date) -> Q:
    """Return the filter of what was open on a date and past its day."""
    return open_is(on) & Q(due_on__lt=on)


def state_of(row: Row, on: date) -> FindingState:
    """Tell of one finding, known on the date, what the filters above ask."""
    if row["resolved_on"] is not None and row["resolved_on"] <= on:
        return FindingState.RESOLVED
    return FindingState.OVERDUE if row["due_on"] is not None and row["due_on"] < on else FindingState.OPEN


async def overdue_findings(ids: Sequence[int] | None, *, on: date) -> dict[int, list[Row]]:
    """Return what was overdue on a date by center, the longest overdue first; of all centers without ids.

    Reach is the caller's: the nightly pass asks for everybody.
    """
    rows = SupervisionFinding.filter(overdue_is(on))
    if ids is not None:
        rows = rows.filter(visit__center_id__in=ids)
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in await rows.order_by("due_on", "id").values(*FINDING):
        grouped[row["visit__center_id"]].append(row)
    return dict(grouped)


def at_places(query: PlaceQuery, past: Past) -> Q:
    """Return the filter of the centers that were at the places asked for on the date of a past."""
    wanted = Q()
    if query.program:
        wanted &= Q(program=query.program)
    if department := query.department_code:
        here = exactly(Center, "municipality__department_id", department)
        wanted &= past.filter("municipality_id", here, lambda town: town[:2] == department)
    if town := query.municipality_code:
        wanted &= past.filter("municipality_id", exactly(Center, "municipality_id", town), town.__eq__)
    if query.center_code:
        wanted &= exactly(Center, "code", query.center_code.strip().upper())
    return wanted


async def of_centers(query: PlaceQuery, *, on: date, path: str = "center") -> Q:
    """Return the filter of what hangs on those centers; `path` leads from it to its center."""
    if not (query.program or query.department_code or query.municipality_code or query.center_code):
        return Q()
    centers = Center.filter(at_places(query, await centers_past(on=on)))
    there: dict[str, Any] = {f"{path}_id__in": Subquery(centers.values("id"))}
    return Q(**there)


async def visit_page(actor: User, query: VisitQuery, *, on: date, first: int, after: str | None) -> Page:
    """Return a page of the visits made by a date to the centers in reach, the last one first."""
    rows = SupervisionVisit.filter(within(SupervisionVisit, actor), await of_centers(query, on=on))
    rows = rows.filter(visited_on__lte=on)
    if query.since:
        rows = rows.filter(visited_on__gte=query.since)
    if query.until:
        rows = rows.filter(visited_on__lte=query.until)
    for word in (query.search or "")[:LONGEST_SEARCH].split()[:MOST_WORDS]:
        rows = rows.filter(_holds(word))
    return await page(rows, VISIT, Order("visited_on", descending=True), first=first, after=after)


def _holds(word: str) -> Q:
    place = {"center__search__contains": folded(word)} if folded(word) else {"center__name__icontains": word}
    return Q(Q(**place), Q(supervisor_name__icontains=word), Q(act__icontains=word), join_type="OR")


async def finding_page(actor: User, query: FindingQuery, *, on: date, first: int, after: str | None) -> Page:
    """Return a page of what visits had found by a date in the centers in reach, the first due first."""
    here = await of_centers(query, on=on, path="visit__center")
    rows = SupervisionFinding.filter(within(SupervisionFinding, actor), here, visit__visited_on__lte=on)
    if query.state == FindingState.OPEN:
        rows = rows.filter(open_is(on))
    elif query.state == FindingState.OVERDUE:
        rows = rows.filter(overdue_is(on))
    elif query.state == FindingState.RESOLVED:
        rows = rows.filter(resolved_on__lte=on)
    if query.severity:
        rows = rows.filter(severity=query.severity)
    if query.party:
        rows = rows.filter(party=query.party)
    return await page(rows, FINDING, Order("due_on"), first=first, after=after)


async def visits_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the visits among these to centers in reach."""
    rows = SupervisionVisit.filter(within(SupervisionVisit, actor), id__in=ids)
    return {row["id"]: row for row in await rows.values(*VISIT)}


async def findings_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the findings among these of centers in reach."""
    rows = SupervisionFinding.filter(within(SupervisionFinding, actor), id__in=ids)
    return {row["id"]: row for row in await rows.values(*FINDING)}


async def visits_by_center(ids: Sequence[int], actor: User, *, on: date) -> dict[int, list[Row]]:
    """Return the visits made to each center by a date, the last one first."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    rows = SupervisionVisit.filter(center_id__in=ids, visited_on__lte=on).order_by("-visited_on", "-id")
    for row in await rows.values(*VISIT):
        grouped[row["center_id"]].append(row)
    return grouped


async def findings_by_visit(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return what each visit found, in the order in which it was written."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in await SupervisionFinding.filter(visit_id__in=ids).order_by("visit_id", "ordinal").values(*FINDING):
        grouped[row["visit_id"]].append(row)
    return grouped


async def follow_ups_by_finding(ids: Sequence[int], actor: User, *, on: date) -> dict[int, list[Row]]:
    """Return what had been done by a date about each finding, in its order."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    rows = FindingFollowUp.filter(finding_id__in=ids, noted_on__lte=on).order_by("noted_on", "id")
    for row in await rows.values(*FOLLOW_UP):
        grouped[row["finding_id"]].append(row)
    return grouped
