"""People attended in centers, month by month, as of a date: what was corrected later is undone (decision 28)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tortoise.expressions import Q, RawSQL, Subquery
from tortoise.queryset import QuerySet

from models.centers import Attendance, AttendanceCorrection, Center, CenterEvent, CenterEventKind, CenterState
from models.people import User
from models.permissions import within
from reads.paging import Row
from reads.tenure import FEW

ATTENDANCE = ("id", "center_id", "month", "men", "women", "source", "recorded_on", "recorded_by_id", "version")
"""Columns that the API shows of a month."""

CORRECTION = ("id", "attendance_id", "men_before", "women_before", "men", "women", "reason", "corrected_on",
              "corrected_by_id")  # fmt: skip
"""Columns that the API shows of a correction."""


async def attendance_by_center(ids: Sequence[int], actor: User, *, on: date) -> dict[int, Row]:
    """Return the latest month reported for each center up to a date, as it stood on it."""
    return await attendance_during(ids, actor, first=date.min, last=on, on=on)


async def attendance_during(ids: Sequence[int], actor: User, *, first: date, last: date, on: date) -> dict[int, Row]:
    """Return the latest month reported for each center among those that a period touches, as it stood on a date.

    A month noted late counts as known from its start; none that begins after the date is told.
    """
    latest = _latest(ids, first, min(last, on))
    rows = await _as_of(Attendance.filter(id__in=Subquery(latest)), ids, on)
    wanted = set(ids)
    return {row["center_id"]: row for row in rows if row["center_id"] in wanted}


async def attendance_by_month(
    ids: Sequence[int], actor: User, *, first: date, last: date, on: date
) -> dict[int, list[Row]]:
    """Return the months reported for each center among those that a period touches, the earliest first."""
    months = Attendance.filter(center_id__in=ids, month__gte=first.replace(day=1), month__lte=min(last, on))
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in await _as_of(months.order_by("month"), ids, on):
        grouped[row["center_id"]].append(row)
    return grouped


async def attendance_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the months of attendance in reach among these, as they stand now."""
    rows = Attendance.filter(within(Attendance, actor), id__in=ids)
    return {row["id"]: row for row in await rows.values(*ATTENDANCE)}


async def corrections_by_attendance(ids: Sequence[int], actor: User, *, on: date) -> dict[int, list[Row]]:
    """Return the corrections of each month that were made by a date, the first one first."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    made = AttendanceCorrection.filter(attendance_id__in=ids, corrected_on__lte=on).order_by("id")
    for row in await made.values(*CORRECTION):
        grouped[row["attendance_id"]].append(row)
    return grouped


@dataclass(frozen=True)
class Life:
    """Between which days a center attends people, as far as it is on record."""

    opened_on: date | None = None
    closed_on: date | None = None
    """Day since which a closed center is closed; empty while it is not."""


async def lives_by_center(ids: Sequence[int]) -> dict[int, Life]:
    """Return when each of these centers opened and closed."""
    return await _lives(Center.filter(id__in=ids), CenterEvent.filter(center_id__in=ids))


async def every_life() -> dict[int, Life]:
    """Return when each center opened and closed."""
    return await _lives(Center.all(), CenterEvent.all())


async def _lives(centers: QuerySet[Center], events: QuerySet[CenterEvent]) -> dict[int, Life]:
    opening = events.filter(kind=CenterEventKind.OPENING, annulled_on__isnull=True).order_by("happened_on")
    opened = dict(await opening.values_list("center_id", "happened_on"))
    rows = await centers.values_list("id", "state", "state_since")
    return {key: Life(opened.get(key), since if state == CenterState.CLOSED else None) for key, state, since in rows}


def _latest(ids: Sequence[int], first: date, last: date) -> QuerySet[Center]:
    """Return the query for the id of each center's latest month of a period.

    One step into the index for each center: with three years of months that is a tenth of grouping them all. The
    dates are ours, not typed: they stand in the statement because RawSQL takes no parameters.
    """
    month = RawSQL(
        "(SELECT told.id FROM attendance told WHERE told.center_id = centers.id"
        f" AND told.month >= '{first.replace(day=1).isoformat()}' AND told.month <= '{last.isoformat()}'"
        " ORDER BY told.month DESC LIMIT 1)"
    )
    return Center.filter(_named("id", ids)).annotate(latest_month=month).values("latest_month")  # type: ignore[return-value]


def _named(column: str, centers: Sequence[int]) -> Q:
    """Return the filter for some centers; of many all are asked for: thousands of numbers cost more than their rows."""
    named: dict[str, Any] = {f"{column}__in": list(centers)}
    return Q(**named) if len(centers) <= FEW else Q()


async def _as_of(months: QuerySet[Attendance], centers: Sequence[int], on: date) -> list[Row]:
    """Return months of these centers with the figures that they had on a date: those of before the first correction
    after it."""
    later = AttendanceCorrection.filter(_named("attendance__center_id", centers), corrected_on__gt=on).order_by("-id")
    columns = ("attendance_id", "men_before", "women_before")
    before = {one: (men, women) for one, men, women in await later.values_list(*columns)}
    rows = await months.values(*ATTENDANCE)
    for row in rows:
        row["men"], row["women"] = before.get(row["id"], (row["men"], row["women"]))
    return rows
