"""The past of centers: what their deeds changed after a date is undone here, and nowhere else."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tortoise.expressions import Q

from models.centers import POSSIBLE_IN, Attendance, Center, CenterEvent, CenterEventKind, CenterState, TenureBasis
from models.people import User
from models.permissions import within
from reads.paging import Row

EVENT = (
    "id", "center_id", "kind", "happened_on", "act", "reason", "file_id", "before", "after", "recorded_at",
    "recorded_by_id", "annulled_on", "annulled_reason", "annulled_by_id",
)  # fmt: skip
"""Columns that the API shows of a deed."""

_READ: dict[str, Callable[[Any], Any]] = {
    "state": CenterState,
    "state_since": date.fromisoformat,
    "premises": TenureBasis,
}


def columns_from(kept: dict[str, Any]) -> Row:
    """Return columns of a center from how a deed keeps them: days and states are texts there."""
    return {name: _READ[name](value) if value and name in _READ else value for name, value in kept.items()}


@dataclass(frozen=True)
class Past:
    """What was otherwise with centers on a date than it is now."""

    changed: dict[int, Row]
    """Columns as they were, by center: those that deeds after the date changed."""
    unborn: frozenset[int]
    """Centers that were opened after the date."""

    def of(self, row: Row, key: str = "id") -> Row | None:
        """Return a row as it was, or None for a center that was not opened yet; `key` holds the center's id.

        Only columns that the row has are undone.
        """
        if row[key] in self.unborn:
            return None
        then = self.changed.get(row[key])
        return {**row, **{name: value for name, value in then.items() if name in row}} if then else row

    def of_all(self, rows: Iterable[Row], key: str = "id") -> list[Row]:
        """Return rows as they were, without the centers that were not opened yet."""
        return [then for row in rows if (then := self.of(row, key)) is not None]

    def filter(self, column: str, now: Q, held: Callable[[Any], bool]) -> Q:
        """Return a condition on one column of Center as it held on the date; for several see `holding_then`.

        `now` is the condition on today's rows, `held` the same for a value that the column had.
        """
        other = {key: row[column] for key, row in self.changed.items() if column in row}
        if not other:
            return now
        matching = [key for key, value in other.items() if held(value)]
        return Q(Q(now, ~Q(id__in=list(other))), Q(id__in=matching), join_type="OR")

    def opened(self) -> Q:
        """Return the condition that a center was opened by the date, or that its opening is not on record."""
        return ~Q(id__in=list(self.unborn)) if self.unborn else Q()


@dataclass(frozen=True)
class Condition:
    """Something asked of a column of Center: as a filter on today's rows, and of a value that the column had."""

    column: str
    now: Q
    held: Callable[[Any], bool]


async def holding_then(past: Past, conditions: Sequence[Condition]) -> Q:
    """Return the filter for the centers for which all conditions held on a date."""
    now = Q(*(one.now for one in conditions))
    columns = {one.column for one in conditions}
    other = [key for key, row in past.changed.items() if columns & row.keys()]
    if not other:
        return now
    # Those few are looked at one by one, so that the database is told of each of them once, whatever is asked.
    rows = past.of_all(await Center.filter(id__in=other).values("id", *columns))
    matching = [row["id"] for row in rows if all(one.held(row[one.column]) for one in conditions)]
    return Q(Q(now, ~Q(id__in=other)), Q(id__in=matching), join_type="OR")


async def centers_past(*, on: date, ids: Iterable[int] | None = None) -> Past:
    """Return what was otherwise with centers as of a date: all of them, or some.

    A deed holds from its day on; one that was annulled counts for nothing on any day.
    """
    deeds = CenterEvent.filter(happened_on__gt=on, annulled_on__isnull=True)
    if ids is not None:
        deeds = deeds.filter(center_id__in=list(ids))
    changed: dict[int, Row] = defaultdict(dict)
    unborn = set()
    # The latest first: the earliest one after the date has the last word on what was before it.
    for deed in await deeds.order_by("-happened_on", "-id").values("center_id", "kind", "before"):
        if deed["kind"] == CenterEventKind.OPENING:
            unborn.add(deed["center_id"])
        elif deed["before"]:
            changed[deed["center_id"]].update(columns_from(deed["before"]))
    return Past(dict(changed), frozenset(unborn))


async def centers_on(rows: Sequence[Row], *, on: date, key: str = "id") -> list[Row]:
    """Return rows of centers as they were on a date, without those that were opened later.

    `key` names the column that holds the center's id. Columns that deeds change (state, state_since, capacity,
    municipality_id, settlement, address, premises) are undone where a row has them.
    """
    past = await centers_past(on=on, ids={row[key] for row in rows})
    return past.of_all(rows, key)


async def counting_deeds(center_id: int) -> list[CenterEvent]:
    """Return the deeds of a center that were not annulled, in their order."""
    return await CenterEvent.filter(center_id=center_id, annulled_on__isnull=True).order_by("happened_on", "id")


async def first_month(center_id: int) -> date | None:
    """Return the first month of which a center has reported whom it attends."""
    first = await Attendance.filter(center_id=center_id).order_by("month").first()
    return first.month if first else None


async def months_after(center_id: int, day: date) -> list[date]:
    """Return the months that a center has reported and that begin after a day."""
    months = Attendance.filter(center_id=center_id, month__gt=day).order_by("month")
    return [month for (month,) in await months.values_list("month")]


async def events_by_center(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return every deed of each center in reach, the latest first, those noted by mistake too.

    `annullable` tells of each whether it is the last one that counts: only that one can be annulled.
    """
    reached = await Center.filter(within(Center, actor), id__in=ids).values_list("id", flat=True)
    rows = CenterEvent.filter(center_id__in=list(reached)).order_by("-happened_on", "-id")
    found: dict[int, list[Row]] = defaultdict(list)
    for row in await rows.values(*EVENT):
        found[row["center_id"]].append(row)
    for deeds in found.values():
        last = next((row for row in deeds if row["annulled_on"] is None), None)
        for row in deeds:
            row["annullable"] = row is last
    return found


def possible_events(state: CenterState, deeds: Iterable[Row]) -> list[CenterEventKind]:
    """Return the kinds of deed that can be noted of a center in a state, whose deeds so far are given."""
    opened = any(row["kind"] == CenterEventKind.OPENING and row["annulled_on"] is None for row in deeds)
    return [kind for kind in CenterEventKind if (state in POSSIBLE_IN[kind] if kind in POSSIBLE_IN else not opened)]


async def events_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the deeds of centers in reach among these."""
    rows = await CenterEvent.filter(within(CenterEvent, actor), id__in=ids).values("id", "center_id")
    of_centers = await events_by_center(sorted({row["center_id"] for row in rows}), actor)
    wanted = {row["id"] for row in rows}
    return {row["id"]: row for deeds in of_centers.values() for row in deeds if row["id"] in wanted}
