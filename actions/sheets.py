"""What a spreadsheet of a kind is: its columns, how a row is read, what is on record already, how rows are written."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from actions.audited import Entry
from actions.sheet_facts import Facts
from documents.sheet_cells import Cell
from documents.sheets import Heading
from models.imports import SheetKind

if TYPE_CHECKING:
    from actions.sheet_rows import RowReader

MOST_ROWS = 20_000
"""Rows of one spreadsheet."""

BATCH = 500
"""Rows that are read, asked for or written at once."""


def nothing_offered(facts: Facts) -> Sequence[str]:
    """Offer no list."""
    return ()


@dataclass(frozen=True, slots=True)
class SheetColumn(Heading):
    """A column of the template: how it is found in a sheet, and what helps whoever fills it."""

    hint: str = ""
    width: int = 18
    offers: Callable[[Facts], Sequence[str]] = nothing_offered
    """What may be chosen in it, as the template's list shows it."""
    free: bool = False
    """Whether something else may be written than what the list shows: a name for a code, several codes."""
    text: bool = False
    """Whether the template keeps its cells as texts: of 12-2024 Excel would make a date, of a NIT a number."""


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A cell that cannot be taken, or one to be looked at twice: where, what stands there, why, and what was meant."""

    row: int
    column: str
    value: str
    reason: str
    suggestion: str = ""
    warning: bool = False
    """Whether it is only told, and hinders nothing."""


@dataclass(slots=True)
class SheetRow:
    """A row that can be taken."""

    number: int
    """Its number in the sheet."""
    key: str
    """What no two rows share, and by which it is known whether it is on record."""
    words: str
    """The row in one line, for whoever looks at the import."""
    values: dict[str, Any]
    """Columns of the record."""
    more: dict[str, Any] = field(default_factory=dict)
    """What hangs on the record."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The spreadsheet that rows come from, as the records say it."""

    filename: str
    sha256: str
    brought_by: int
    """Id of who brought it."""

    def note(self, row: SheetRow) -> str:
        """Return the source note of a row: sheet, number and the beginning of the sheet's hash."""
        return f"Importado de «{self.filename[:60]}», fila {row.number} ({self.sha256[:16]})"


@dataclass(frozen=True)
class Sheet:
    """A kind of spreadsheet."""

    kind: SheetKind
    columns: Sequence[SheetColumn]
    read: "Callable[[RowReader], SheetRow | None]"
    """Return what a row says, or None; what is wrong was noted with the reader."""
    on_record: Callable[[Collection[str]], Awaitable[dict[str, str]]]
    """Return the keys that are on record, each with how the record is called."""
    write: Callable[[Entry, Sequence[SheetRow], Origin], Awaitable[None]]
    """Write a batch of rows inside the deed."""
    counted: tuple[str, str]
    """One record and many, in words."""
    examples: Callable[[date], Sequence[Mapping[str, Cell]]]
    """Rows that show how the template is filled in; the people in them do not exist."""
    key_column: str
    """The column that is named when two rows are one."""
    explained: str = ""
    """What whoever brings such a sheet must know, in a sentence."""
    finish: Callable[[Entry, Sequence[SheetRow]], Awaitable[str]] | None = None
    """Do what is left once all rows are written, and return a sentence about it, or nothing."""
    twin: Callable[[SheetRow], tuple[str, str]] | None = None
    """The column and the suggestion for a row that repeats another, where they depend on the row."""

    @cached_property
    def by_key(self) -> dict[str, SheetColumn]:
        """The columns by their keys."""
        return {one.key: one for one in self.columns}

    def many(self, count: int) -> str:
        """Say how many records in words: «un centro», «4 centros»."""
        return self.counted[0] if count == 1 else f"{count:,} {self.counted[1]}"
