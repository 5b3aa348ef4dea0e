"""Centers as rows: the table of them, narrowed too by what each stands on and what is wrong with it on a date."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from tortoise.expressions import Q

from models.alarms import AlarmCode
from models.centers import Center, CenterKind, CenterState, TenureBasis
from models.people import User
from models.permissions import within
from reads.alarms import alarms_by_center
from reads.center_history import Condition, centers_on, centers_past, holding_then
from reads.matching import exactly, holding, holds
from reads.paging import Order, Page, Row, page
from reads.tenure import tenure_by_center

CENTER = (
    "id", "code", "name", "kind", "program", "settlement", "address", "state", "capacity", "premises", "source",
    "source_note", "version", "municipality_id", "state_since",
)  # fmt: skip
"""Columns that the API shows of a center, and the day from which its state holds."""


@dataclass(frozen=True)
class CenterQuery:
    """Which centers are wanted; empty lists mean all."""

    program: str | None = None
    kind: list[CenterKind] = field(default_factory=list)
    department_code: str | None = None
    municipality_code: str | None = None
    state: list[CenterState] = field(default_factory=list)
    alarm: list[AlarmCode] = field(default_factory=list)
    tenure: list[TenureBasis] = field(default_factory=list)
    search: str | None = None


async def center_page(
    actor: User, query: CenterQuery, *, on: date, order: Order, first: int, after: str | None
) -> Page:
    """Return a page of the centers in reach as they were on a date, those opened later left out.

    Where they were, what they were called to be found, their state, alarms and tenures are those of the date.
    """
    past = await centers_past(on=on)
    rows = Center.filter(within(Center, actor), past.opened())
    if query.program:
        rows = rows.filter(program=query.program)
    if query.kind:
        rows = rows.filter(kind__in=query.kind)
    rows = rows.filter(await holding_then(past, _dated(query)))
    if query.alarm or query.tenure:
        ids = [row["id"] for row in await rows.values("id")]
        tenures = await tenure_by_center(ids, actor, on=on) if query.tenure else {}
        alarms = await alarms_by_center(ids, actor, on=on) if query.alarm else {}
        rows = rows.filter(
            id__in=[
                one
                for one in ids
                if (not query.tenure or tenures[one].basis in query.tenure)
                and (not query.alarm or any(of.code in query.alarm and not of.silence for of in alarms[one]))
            ]
        )
    found = await page(rows, CENTER, order, first=first, after=after)
    return replace(found, rows=past.of_all(found.rows))


def _dated(query: CenterQuery) -> list[Condition]:
    """Return what a query asks of columns that deeds change."""
    asked = []
    if department := query.department_code:
        here = exactly(Center, "municipality__department_id", department)
        asked.append(Condition("municipality_id", here, lambda town: town[:2] == department))
    if town := query.municipality_code:
        asked.append(Condition("municipality_id", exactly(Center, "municipality_id", town), town.__eq__))
    if query.state:
        asked.append(Condition("state", Q(state__in=query.state), query.state.__contains__))
    if query.search:
        asked.append(Condition("search", holding(query.search), holds(query.search)))
    return asked


async def center_by_code(code: str, actor: User, *, on: date | None = None) -> Row | None:
    """Return a center in reach by its code, as it was on a date; without one as it is now."""
    rows = await Center.filter(within(Center, actor), exactly(Center, "code", code)).limit(1).values(*CENTER)
    if on is not None:
        rows = await centers_on(rows, on=on)
    return rows[0] if rows else None


async def centers_by_id(ids: Sequence[int], actor: User, *, on: date | None = None) -> dict[int, Row]:
    """Return the centers in reach among these, as they were on a date; without one as they are now."""
    rows = await Center.filter(within(Center, actor), id__in=ids).values(*CENTER)
    return {row["id"]: row for row in (rows if on is None else await centers_on(rows, on=on))}


async def centers_by_convention(ids: Sequence[int], actor: User, *, on: date | None = None) -> dict[int, list[Row]]:
    """Return the centers in reach that each convention covers, by name, as they were on a date or as they are now."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    rows = Center.filter(within(Center, actor), conventions__id__in=ids).order_by("name", "id")
    found = await rows.values(*CENTER, convention_id="conventions__id")
    for row in found if on is None else await centers_on(found, on=on):
        grouped[row["convention_id"]].append(row)
    return grouped
