"""What the papers of the annual report are made of: plain tables with their totals, notes and charts."""

from collections.abc import Sequence
from dataclasses import dataclass

Value = int | str


@dataclass(frozen=True)
class BarChart:
    """A bar for each label, of one or several stacked series of figures."""

    title: str
    labels: Sequence[str]
    series: Sequence[tuple[str, Sequence[int]]]


@dataclass(frozen=True)
class ChapterTable:
    """A table as papers show it: its number in the Memoria, if it has one, its lines, totals, notes and chart."""

    number: int | None
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Value]]
    """A line has a value for each column, the first one names what it is about."""
    totals: Sequence[Value]
    """A value below each column but the first, empty where there is nothing to sum."""
    notes: Sequence[str] = ()
    chart: BarChart | None = None
    about: str = ""
    """Its subject in few words, without the period."""

    @property
    def name(self) -> str:
        """What the table is called: «Tabla 13», «Correspondencia»."""
        return f"Tabla {self.number}" if self.number else self.title.partition(" ")[0]

    @property
    def heading(self) -> str:
        """What stands above it in a chapter: its subject without the period."""
        return self.about or self.name

    def figures(self, at: int) -> bool:
        """Tell whether a column, the first being 0, holds figures."""
        return at > 0 and all(isinstance(row[at], int) for row in self.rows)
