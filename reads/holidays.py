"""The working-day calendar as people read it: each day of rest with where it comes from, and every correction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tortoise.expressions import Q

from models.calendar import CAPITAL, Holiday, HolidayScope, base_holidays
from models.people import User
from reads.paging import Order, Page, Row, page

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
"""Days that the calendar answers for: the library knows no law before, and nobody counts terms after."""
MOST_DAYS = 2000
"""Longest term that is counted, in working days: some eight years."""

HOLIDAY = (
    "id", "day", "name", "scope", "half_day", "added", "legal_basis", "withdrawn_on", "municipality_id",
    "recorded_by_id",
)  # fmt: skip


class CalendarDayKind(StrEnum):
    """What a line of the calendar makes of its day."""

    REST = "REST"
    HALF_DAY = "HALF_DAY"
    REMOVED = "REMOVED"
    WITHDRAWN = "WITHDRAWN"


class HolidayOrigin(StrEnum):
    """Where a line of the calendar comes from."""

    LIBRARY = "LIBRARY"
    CORRECTION = "CORRECTION"


@dataclass(frozen=True)
class CalendarDay:
    """A line of a year's calendar: a day, what is made of it, and the correction behind it if there is one."""

    day: date
    name: str
    kind: CalendarDayKind
    scope: HolidayScope
    origin: HolidayOrigin
    correction: Row | None = None


async def calendar_days(year: int, municipality: str) -> list[CalendarDay]:
    """Return the calendar of a municipality for a year, by day; also what was removed from it or withdrawn."""
    here = Q(Q(municipality_id__isnull=True) | Q(municipality_id=municipality))
    rows = Holiday.filter(here, day__gte=date(year, 1, 1), day__lte=date(year, 12, 31))
    corrections = await rows.order_by("day", "id").values(*HOLIDAY)
    gone = {row["day"] for row in corrections if not row["added"] and not row["withdrawn_on"]}
    found = []
    for day, name in base_holidays(year, municipality=municipality).items():
        # What a removal says of a day stands in its own line; the library's would say the opposite.
        if day not in gone:
            town_only = municipality == CAPITAL and (day.month, day.day) == (8, 15)
            scope = HolidayScope.MUNICIPAL if town_only else HolidayScope.NATIONAL
            found.append(CalendarDay(day, name, CalendarDayKind.REST, scope, HolidayOrigin.LIBRARY))
    for row in corrections:
        found.append(CalendarDay(row["day"], row["name"], _kind(row), row["scope"], HolidayOrigin.CORRECTION, row))
    return sorted(found, key=lambda one: (one.day, one.origin.value, one.kind.value))


def _kind(row: Row) -> CalendarDayKind:
    if row["withdrawn_on"]:
        return CalendarDayKind.WITHDRAWN
    if not row["added"]:
        return CalendarDayKind.REMOVED
    return CalendarDayKind.HALF_DAY if row["half_day"] else CalendarDayKind.REST


async def holiday_page(
    actor: User, *, year: int | None, municipality: str | None, withdrawn: bool | None, first: int, after: str | None
) -> Page:
    """Return a page of the corrections to the calendar, by day; of one year or municipality when they are given."""
    rows = Holiday.all()
    if year is not None:
        rows = rows.filter(day__gte=date(year, 1, 1), day__lte=date(year, 12, 31))
    if municipality is not None:
        rows = rows.filter(municipality_id=municipality)
    if withdrawn is not None:
        rows = rows.filter(withdrawn_on__isnull=not withdrawn)
    return await page(rows, HOLIDAY, Order("day"), first=first, after=after)


async def holidays_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return corrections to the calendar by id; the calendar is no secret."""
    return {row["id"]: row for row in await Holiday.filter(id__in=ids).values(*HOLIDAY)}
