"""What tables of the annual report are made of: cells with the address of their records, lines, totals, notes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date

MONTHS_DAY = "d 'de' MMMM"


@dataclass(frozen=True)
class Period:
    """The days that a report covers, both ends included, and the day as of which its records are asked."""

    first: date
    last: date
    on: date
    """Not before the last day: what was corrected or undone after it counts as it stood on it."""

    @property
    def words(self) -> str:
        """The period as headings say it."""
        return period_in_words(self.first, self.last)

    def during(self, column: str) -> dict[str, Any]:
        """Return the filter for days of the period."""
        return {f"{column}__gte": self.first, f"{column}__lte": self.last}


@dataclass(frozen=True)
class Cell:
    """A figure or a text, and where its records are; no address for whom they are closed to."""

    value: int | str
    href: str | None = None

    @property
    def text(self) -> str:
        """The cell as people read it."""
        return str(self.value)


@dataclass(frozen=True)
class ReportRow:
    """A line of a table: what it is about, and a cell for each further column."""

    label: str
    cells: list[Cell]
    key: str = ""
    """What makes it the same line another day, whatever it says: a code, as a rule; the label when empty."""
    href: str | None = None
    """Where what the label names is, when that is one record or list of its own."""

    @property
    def identity(self) -> str:
        """What makes it the same line another day."""
        return self.key or self.label


@dataclass(frozen=True)
class Bars:
    """What a table's chart shows: a bar for each label, of one or several stacked series of figures."""

    title: str
    labels: list[str]
    series: list[tuple[str, list[int]]]


@dataclass(frozen=True)
class ReportTable:
    """A table with its totals, computed, and notes that say what it counts."""

    number: int | None
    title: str
    columns: Sequence[str]
    rows: list[ReportRow]
    notes: list[str] = field(default_factory=list)
    asides: list[str] = field(default_factory=list)
    """Notes for whom asks alone, as what of it is closed to her or him: no paper shows them."""
    sums: Mapping[int, Cell] = field(default_factory=dict)
    """Totals, by the place of their cell, that are not the sum of the lines."""
    bars: Bars | None = None
    about: str = ""
    """Its subject in few words, without the period."""

    @property
    def totals(self) -> list[Cell]:
        """Return a cell below each column of cells: its sum, or nothing where there are no figures."""
        return [self.sums.get(at) or self._sum(at) for at in range(len(self.columns) - 1)]

    @property
    def total(self) -> int:
        """Return the last total, which is the table's own."""
        value = self.totals[-1].value
        return value if isinstance(value, int) else 0

    def figures(self, at: int) -> bool:
        """Tell whether a column of cells holds figures."""
        if not self.rows:
            return isinstance(self.totals[at].value, int)
        return all(isinstance(row.cells[at].value, int) for row in self.rows)

    def _sum(self, at: int) -> Cell:
        values = [row.cells[at].value for row in self.rows]
        if any(isinstance(value, str) for value in values):
            return Cell("")
        return Cell(sum(value for value in values if isinstance(value, int)))


def counted(label: str, count: int, href: str | None = None, key: str = "") -> ReportRow:
    """Return a line of one figure."""
    return ReportRow(label, [Cell(count, href)], key)


def listed_at(path: str, **filters: Any) -> str:
    """Return the address of a list page with these filters; a filter may have several values."""
    pairs = [(f"filter.{name}", value) for name, value in filters.items()]
    return f"{path}?{urlencode(pairs, doseq=True)}"


def period_in_words(first: date, last: date) -> str:
    """Say a period as headings do: «del 2 de enero al 7 de noviembre de 2024», «el 2 de enero de 2024»."""
    if first == last:
        return f"el {day_in_words(first)}"
    since = format_date(first, MONTHS_DAY, locale="es_GT") if first.year == last.year else day_in_words(first)
    return f"del {since} al {day_in_words(last)}"


def day_in_words(day: date) -> str:
    """Say a day as headings do: «7 de noviembre de 2024»."""
    return str(format_date(day, f"{MONTHS_DAY} 'de' y", locale="es_GT"))
