"""What the loads share: reading the CSV files of data/, reporting progress, counting what was added."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from tortoise.models import Model

from settings import PROJECT

DATA = PROJECT / "data"

Progress = Callable[[str, int, int], None]
"""Told after each part of a load: what was loaded (Spanish), how many parts are done, and of how many."""


class AlreadyLoaded(Exception):
    """Nothing is missing: raised inside the gate so that not even an audit entry remains of a second load."""


@dataclass
class Loaded:
    """How many rows a load added, by the plural Spanish name of their kind; empty when it changed nothing."""

    added: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Return how many rows were added in all."""
        return sum(self.added.values())

    def count(self, counts: dict[str, int]) -> None:
        """Add what one part of the load added."""
        for label, number in counts.items():
            if number:
                self.added[label] = self.added.get(label, 0) + number


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file of data/, every value a text."""
    with (DATA / name).open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def day(text: str) -> date | None:
    """Return the ISO date of a CSV cell, None when it is empty."""
    return date.fromisoformat(text) if text else None


def yes(text: str) -> bool:
    """Tell whether a CSV cell says yes."""
    return text == "yes"


def in_words(counts: dict[str, int]) -> str:
    """Return counts as part of a sentence: «69 centros, 4 arrendamientos»."""
    return ", ".join(f"{number} {label}" for label, number in counts.items() if number)


async def insert(rows: Iterable[Model]) -> int:
    """Insert rows of one model in a few statements and return how many; the caller holds the gate open."""
    gathered = list(rows)
    if gathered:
        # SQLite takes 32766 variables a statement; the widest row has under 40.
        await type(gathered[0]).bulk_create(gathered, batch_size=400)
    return len(gathered)
