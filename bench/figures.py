"""What a benchmark answers: figures with target and ratio, the machine they were measured on, and their table."""

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil


@dataclass(frozen=True)
class Figure:
    """One measured figure."""

    what: str
    value: float
    unit: str
    database: str = ""
    """SQLite or PostgreSQL with version; empty when none takes part."""
    detail: str = ""
    """What stands behind the value: p95, number of samples."""
    target: float | None = None
    """The value that must not be passed."""
    ratio: str = ""
    """The same run's comparison, which holds on a busy machine too."""

    def row(self) -> list[str]:
        """Return the figure as cells of the table."""
        target = "—" if self.target is None else f"≤ {shown(self.target)} {self.unit}"
        if self.target is not None and self.value > self.target:
            target += " MISSED"
        value = f"{shown(self.value)} {self.unit}"
        return [self.what, self.database or "—", value, self.detail or "—", target, self.ratio or "—"]


HEAD = ["Figure", "Database", "Measured", "Detail", "Target", "Ratio in this run"]


def table(figures: Iterable[Figure]) -> str:
    """Return the figures as a Markdown table, aligned for the terminal."""
    rows = [HEAD, *(figure.row() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def conditions() -> str:
    """Return one line about the machine: day, cores, how busy it is, Python, system."""
    busy = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    python = f"Python {platform.python_version()}"
    return f"{date.today()}, {os.cpu_count()} cores, load {busy} (1, 5, 15 min), {python}, {platform.system()}"


def p95(samples: Sequence[float]) -> float:
    """Return the value that 95 of 100 samples do not pass."""
    return sorted(samples)[ceil(len(samples) * 0.95) - 1]


def shown(value: float) -> str:
    """Return a value with as many digits as it deserves."""
    return f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def times(one: float, other: float) -> str:
    """Return how many times another value a value is."""
    return f"×{one / other:.2f}"
