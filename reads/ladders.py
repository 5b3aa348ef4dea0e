"""The ladder of reminders: which rungs an agreement has, on which day each comes, and whom it tells."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.agreements import ConventionKind, LeaseNature
from models.calendar import WorkingCalendar
from models.ladders import DayUnit, Instrument, LadderRung
from models.people import User
from reads.calendar import working_calendar
from reads.paging import Row

KINDS: dict[Instrument, tuple[str, ...]] = {
    Instrument.CONVENTION: tuple(kind.value for kind in ConventionKind),
    Instrument.LEASE: tuple(nature.value for nature in LeaseNature),
    Instrument.LICENSE: (),
}
"""Kinds of each instrument that may have a ladder of their own."""

RUNG = (
    "id", "instrument", "kind", "days", "unit", "tells_municipality", "tells_program", "tells_office", "tells_legal",
    "retired_at", "version",
)  # fmt: skip


@dataclass(frozen=True)
class Rung:
    """One rung: so many days before the last day in force (negative: after it), and who hears of it."""

    days: int
    unit: DayUnit = DayUnit.CALENDAR
    municipality: bool = True
    program: bool = True
    office: bool = True
    legal: bool = True


def _usual(*, municipality: bool, legal: bool) -> tuple[Rung, ...]:
    return tuple(Rung(days, municipality=municipality, legal=legal) for days in (90, 60, 30, 15, 0, -1, -15))


USUAL: dict[Instrument, tuple[Rung, ...]] = {
    Instrument.CONVENTION: _usual(municipality=True, legal=True),
    Instrument.LEASE: _usual(municipality=False, legal=True),
    Instrument.LICENSE: _usual(municipality=False, legal=False),
}
"""What holds while an office has not filled the table of rungs."""


class Ladders:
    """All ladders of the office, and the calendar by which their working days are counted.

    The calendar is the capital's for every place: the offices that send and follow the reminders sit there, and one
    agreement of several towns has one ladder.
    """

    def __init__(self, kept: dict[tuple[Instrument, str], tuple[Rung, ...]], calendar: WorkingCalendar) -> None:
        self._kept = kept
        self._calendar = calendar
        self._climbed: dict[tuple[Instrument, str, date], list[tuple[date, Rung]]] = {}

    def of(self, instrument: Instrument, kind: str = "") -> tuple[Rung, ...]:
        """Return the rungs of an agreement: its kind's own where it has any, else those of all other kinds."""
        return self._kept.get((instrument, kind)) or self._kept.get((instrument, ""), ())

    def day_of(self, rung: Rung, ends_on: date) -> date:
        """Return the day on which a rung comes for an agreement that ends on a day."""
        if rung.unit == DayUnit.CALENDAR or not rung.days:
            return ends_on - timedelta(days=rung.days)
        if rung.days < 0:
            return self._calendar.add(ends_on, -rung.days)
        return self._calendar.before(ends_on, rung.days)

    def climbed(self, instrument: Instrument, kind: str, ends_on: date) -> list[tuple[date, Rung]]:
        """Return every rung of an agreement with its day, the first one first."""
        key = (instrument, kind, ends_on)
        if key not in self._climbed:
            days = [(self.day_of(rung, ends_on), rung) for rung in self.of(instrument, kind)]
            self._climbed[key] = sorted(days, key=lambda one: (one[0], -one[1].days))
        return self._climbed[key]

    def reached(self, instrument: Instrument, kind: str, ends_on: date, on: date) -> tuple[date, Rung] | None:
        """Return the most urgent rung that has come, with its day; None before the first.

        The rungs that it passed are never told later.
        """
        passed = [one for one in self.climbed(instrument, kind, ends_on) if one[0] <= on]
        return passed[-1] if passed else None

    def coming(self, instrument: Instrument, kind: str, ends_on: date, on: date) -> tuple[date, Rung] | None:
        """Return the rung that comes next with its day, today's included; None when the ladder is behind."""
        return next((one for one in self.climbed(instrument, kind, ends_on) if one[0] >= on), None)

    def horizon(self, instrument: Instrument, on: date) -> date | None:
        """Return a day after which no agreement ends that has a rung by now; None when nothing is reminded of."""
        ends = []
        for (owner, _), rungs in self._kept.items():
            for rung in rungs if owner == instrument else ():
                working = rung.unit == DayUnit.WORKING and rung.days > 0
                ends.append(self._calendar.add(on, rung.days + 1) if working else on + timedelta(days=rung.days))
        return max(ends, default=None)


async def ladders() -> Ladders:
    """Return the ladders that hold now: one statement, two when some rung counts working days."""
    rows = await LadderRung.all().order_by("instrument", "kind", "-days", "id").values(*RUNG)
    kept: dict[tuple[Instrument, str], tuple[Rung, ...]] = {
        (instrument, ""): USUAL[instrument] for instrument in _untouched(rows)
    }
    for row in rows:
        if row["retired_at"] is None:
            key = (row["instrument"], row["kind"])
            kept[key] = (*kept.get(key, ()), rung_of(row))
    working = any(rung.unit == DayUnit.WORKING for rungs in kept.values() for rung in rungs)
    return Ladders(kept, await working_calendar() if working else WorkingCalendar())


def _untouched(rows: Iterable[Row]) -> set[Instrument]:
    """Return the instruments of which the table says nothing; a ladder whose rungs are all retired is empty."""
    return set(Instrument) - {row["instrument"] for row in rows}


def rung_of(row: Row) -> Rung:
    """Return a row of the table as a rung."""
    told = (row[f"tells_{whom}"] for whom in ("municipality", "program", "office", "legal"))
    return Rung(row["days"], row["unit"], *told)


async def ladders_in_force(keys: Sequence[Instrument], actor: User) -> dict[Instrument, Ladders]:
    """Return the ladders once for all agreements of a page; they are no secret."""
    return dict.fromkeys(keys, await ladders())


async def rungs_by_instrument() -> dict[tuple[Instrument, str], list[Row]]:
    """Return the rungs in force of each instrument and kind, the first to come first; the usual ones have no id."""
    rows = await LadderRung.all().order_by("instrument", "kind", "-days", "id").values(*RUNG)
    found: dict[tuple[Instrument, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row["retired_at"] is None:
            found[row["instrument"], row["kind"]].append(row)
    for instrument in _untouched(rows):
        found[instrument, ""] = [_row(instrument, rung) for rung in USUAL[instrument]]
    return found


def _row(instrument: Instrument, rung: Rung) -> Row:
    told = {f"tells_{whom}": getattr(rung, whom) for whom in ("municipality", "program", "office", "legal")}
    return {"id": 0, "instrument": instrument, "kind": "", "days": rung.days, "unit": rung.unit, "version": 0, **told}


async def rungs_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return rungs by id, retired ones too; the ladder is no secret."""
    return {row["id"]: row for row in await LadderRung.filter(id__in=ids).values(*RUNG)}
