"""The series of numbered papers: what was given, what was voided, what is missing, and how numbers are written."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.papers import LEGAL_UNIT, DocumentKind, OfficialDocument, Series, SeriesPattern
from models.people import User
from models.permissions import SEES_ALL
from reads.paging import Row

USUAL_PATTERN = "{kind}-{unit}-{serial}-{year}"
"""How the office writes its numbers while no row says otherwise: DICTAMEN-AJ-172-2024."""
MOST_MISSING = 1000
"""Missing numbers that a report lists one by one; it counts them all."""


@dataclass(frozen=True)
class SeriesReport:
    """One series of a year as its records and its counter tell it."""

    kind: DocumentKind
    unit: str
    year: int
    first: int | None
    """Lowest and highest number that a record bears; none without records."""
    last: int | None
    counter: int
    """Last number that the counter gave; 0 when it gave none."""
    issued: int
    """Papers on record, voided ones included."""
    voided: int
    missing: tuple[int, ...]
    """Numbers from 1 to the last given that no record bears, at most `MOST_MISSING`."""
    missing_count: int

    @property
    def complete(self) -> bool:
        """Tell whether every number given has its paper, and the counter gave them all."""
        return not self.missing_count and (self.last or 0) <= self.counter

    @property
    def verdict(self) -> str:
        """Say in one Spanish sentence what the records prove."""
        if self.missing_count:
            shown = in_runs(self.missing)
            more = "…" if self.missing_count > len(self.missing) else ""
            what = "Falta el número" if self.missing_count == 1 else f"Faltan {self.missing_count} números:"
            return f"{what} {shown}{more}. Nadie puede borrar un documento por el sistema: avise a auditoría."
        if (self.last or 0) > self.counter:
            return (
                f"No falta ningún número del 1 al {self.last}, pero el contador va en {self.counter}: "
                "avise a quien administra antes de emitir otro."
            )
        if not self.last:
            return "No se ha emitido ninguno."
        void = "ninguno anulado" if not self.voided else f"{self.voided} de ellos anulados, con su motivo"
        if self.voided == 1:
            void = "uno de ellos anulado, con su motivo"
        return f"Completa: del 1 al {self.last} no falta ningún número; {void}."


def in_runs(numbers: tuple[int, ...]) -> str:
    """Return ascending numbers with runs drawn together: «3, 7 a 9 y 12»."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    words = [str(start) if start == end else f"{start} a {end}" for start, end in runs]
    return " y ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


async def series_reports(actor: User, *, year: int) -> list[SeriesReport]:
    """Return the report of every series of a year, in the order of the kinds; nothing for who sees only a part.

    It counts reserved papers too, without saying anything of them: a number is no secret, and a hole must show.
    """
    if actor.role not in SEES_ALL:
        return []
    borne: dict[tuple[str, str], list[tuple[int, bool]]] = defaultdict(list)
    rows = OfficialDocument.filter(year=year).values_list("kind", "unit", "serial", "voided_on")
    for kind, unit, serial, voided_on in await rows:
        borne[DocumentKind(kind).value, unit].append((serial, voided_on is not None))
    kinds = {kind.value: place for place, kind in enumerate(DocumentKind)}
    counters = {
        (row["kind"], row["unit"]): row["value"]
        for row in await Series.filter(year=year).values("kind", "unit", "value")
        if row["kind"] in kinds
    }
    keys = sorted(borne.keys() | counters.keys(), key=lambda key: (kinds[key[0]], key[1]))
    return [_report(kind, unit, year, borne[kind, unit], counters.get((kind, unit), 0)) for kind, unit in keys]


def _report(kind: str, unit: str, year: int, borne: list[tuple[int, bool]], counter: int) -> SeriesReport:
    serials = {serial for serial, _ in borne}
    last = max(serials, default=0)
    given = max(last, counter)
    count = given - len([serial for serial in serials if 1 <= serial <= given])
    missing: list[int] = []
    if count:
        missing = [number for number in range(1, given + 1) if number not in serials][:MOST_MISSING]
    return SeriesReport(
        kind=DocumentKind(kind),
        unit=unit,
        year=year,
        first=min(serials, default=None),
        last=last or None,
        counter=counter,
        issued=len(borne),
        voided=sum(voided for _, voided in borne),
        missing=tuple(missing),
        missing_count=count,
    )


async def series_patterns(actor: User) -> list[Row]:
    """Return how each kind's numbers are written, the newest first within a kind, for who keeps or audits them."""
    if actor.role not in SEES_ALL:
        return []
    return await SeriesPattern.all().order_by("kind", "unit", "-valid_from").values()


async def patterns_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return patterns by id, for who has just set one."""
    return {row["id"]: row for row in await SeriesPattern.filter(id__in=ids).values()}


async def pattern_on(kind: str, unit: str = LEGAL_UNIT, *, on: date) -> str:
    """Return how a series writes its numbers on a day."""
    rows = SeriesPattern.filter(kind=kind, unit=unit, valid_from__lte=on)
    row = await rows.order_by("-valid_from").first()
    return row.pattern if row else USUAL_PATTERN
