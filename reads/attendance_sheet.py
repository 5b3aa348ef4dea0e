"""One month of many centers: which are to report it, which have, and what they said before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tortoise.expressions import Q, Subquery

from models.agreements import last_day
from models.audit import AuditEntry, Verb
from models.centers import Attendance, Center, CenterState
from models.people import User
from models.permissions import within
from models.places import ProgramCode
from reads.attendance import attendance_by_id, attendance_by_month, attendance_during
from reads.center_history import centers_past
from reads.centers import CENTER
from reads.matching import holding
from reads.paging import Order, Page, Row, page


@dataclass(frozen=True)
class SheetQuery:
    """Which centers are wanted; nothing means all."""

    pending: bool = False
    """Only those that have not reported the month."""
    program: ProgramCode | None = None
    department_code: str | None = None
    search: str | None = None


@dataclass(frozen=True)
class MonthCount:
    """How many of the centers asked for are to report a month, and how many have."""

    expected: int
    reported: int


async def sheet_page(actor: User, month: date, query: SheetQuery, *, first: int, after: str | None) -> Page:
    """Return a page of the centers in reach that are to report a month, by name."""
    rows = Center.filter(await _expected(actor, month, query))
    if query.pending:
        rows = rows.filter(~Q(id__in=_reported(month)))
    return await page(rows, CENTER, Order("name"), first=first, after=after)


async def sheet_count(actor: User, month: date, query: SheetQuery) -> MonthCount:
    """Return how many centers are to report a month, and how many have, whether or not the pending alone are asked."""
    rows = Center.filter(await _expected(actor, month, query))
    return MonthCount(await rows.count(), await rows.filter(id__in=_reported(month)).count())


def _reported(month: date) -> Subquery:
    return Subquery(Attendance.filter(month=month).values("center_id"))


async def _expected(actor: User, month: date, query: SheetQuery) -> Q:
    """Return the condition that a center in reach is among those asked for and attended people in a month.

    One that closed or was suspended during the month still reports it.
    """
    past = await centers_past(on=last_day(month, 1))
    is_open = past.filter("state", Q(state=CenterState.OPEN), lambda state: state == CenterState.OPEN)
    changed = past.filter("state_since", Q(state_since__gt=month), lambda since: since is not None and since > month)
    wanted = within(Center, actor) & past.opened() & Q(is_open, changed, join_type="OR") & holding(query.search)
    if query.program:
        wanted &= Q(program=query.program)
    if query.department_code:
        wanted &= Q(municipality__department_id=query.department_code)
    return wanted


async def months_noted(ids: Sequence[int], actor: User, *, month: date, on: date) -> dict[int, Row]:
    """Return what each of these centers reported for one month, as it stood on a date."""
    found = await attendance_by_month(ids, actor, first=month, last=month, on=on)
    return {center: rows[0] for center, rows in found.items()}


async def months_before(ids: Sequence[int], actor: User, *, month: date, on: date) -> dict[int, Row]:
    """Return the latest month that each of these centers reported before one, as it stood on a date."""
    if month == date.min:
        return {}
    return await attendance_during(ids, actor, first=date.min, last=month - timedelta(days=1), on=on)


async def noted_together(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return, for the first month that a deed noted, all that it noted, as they stand now."""
    deeds = AuditEntry.filter(
        subject_type=Attendance.__name__, subject_id__in=[str(one) for one in ids], verb=Verb.RECORD_ATTENDANCE
    )
    made = {
        int(subject): list(dict.fromkeys(int(change["subject"].partition(":")[2]) for change in changes))
        for subject, changes in await deeds.values_list("subject_id", "changes")
    }
    rows = await attendance_by_id([one for some in made.values() for one in some], actor)
    return {first: [rows[one] for one in some if one in rows] for first, some in made.items()}
