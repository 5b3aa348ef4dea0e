"""Reading a spreadsheet batch by batch: what each row says, every cell that cannot be taken, how far it has come."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

from actions.sheet_catalog import SHEETS
from actions.sheet_facts import Facts, facts_for
from actions.sheet_rows import RowReader
from actions.sheets import BATCH, MOST_ROWS, CellProblem, Sheet, SheetRow
from documents.sheets import Table, open_table
from documents.workbooks import Column, SheetPlan, make_workbook
from models.imports import SheetImport
from models.papers import StoredFile
from models.people import User

MOST_SHOWN = 50
"""Problems and rows that the page shows; the workbook has the problems."""

MOST_TOLD = 5_000
"""Problems that the workbook of errors has: whoever has more mends a rule, not a cell."""

FIRST_SIGHT = 20
"""Rows whose fate the page shows."""

ERRORS = (
    Column("Fila", 8),
    Column("Columna", 20),
    Column("Valor", 34),
    Column("Qué pasa", 60),
    Column("Sugerencia", 44),
    Column("¿Impide importar?", 12),
)
"""Columns of the workbook of errors."""


@dataclass
class Reading:
    """A spreadsheet while it is read. With `keep` its rows stay at hand, to be written."""

    sheet: Sheet
    facts: Facts
    table: Table
    keep: bool = False
    rows: list[SheetRow] = field(default_factory=list)
    first: dict[str, int] = field(default_factory=dict)
    """Row number by key, of every row that can be taken."""
    claimed: dict[str, int] = field(default_factory=dict)
    """What rows took for themselves alone, or noted for the rows below them."""
    problems: list[CellProblem] = field(default_factory=list)
    """The first of them."""
    sample: list[SheetRow] = field(default_factory=list)
    count: int = 0
    """Rows read so far."""
    wrong: int = 0
    """Cells that cannot be taken."""
    untold: int = 0
    """Problems beyond those that are kept."""
    over: bool = False

    def more(self) -> None:
        """Read the next batch; for a thread. Raises FileRefused when the table turns out to be none."""
        columns = self.sheet.by_key
        batch = list(islice(self.table.rows, BATCH))
        self.over = len(batch) < BATCH
        for raw in batch:
            self.count += 1
            reader = RowReader(raw, self.facts, columns, self.claimed)
            row = self.sheet.read(reader)
            if row and not reader.broken:
                self._take(row, reader)
            self._note(reader.problems)

    def _take(self, row: SheetRow, reader: RowReader) -> None:
        twin = self.first.setdefault(row.key, row.number)
        if twin != row.number:
            column, hint = self.sheet.key_column, "Deje una de las dos."
            if self.sheet.twin:
                column, hint = self.sheet.twin(row)
            reader.wrong(column, f"Repite la fila {twin}.", hint)
            return
        if len(self.sample) < FIRST_SIGHT:
            self.sample.append(row)
        if self.keep:
            self.rows.append(row)

    def _note(self, problems: Sequence[CellProblem]) -> None:
        self.wrong += sum(not one.warning for one in problems)
        room = MOST_TOLD - len(self.problems)
        self.problems += problems[:room]
        self.untold += max(len(problems) - room, 0)

    async def on_record(self) -> dict[str, str]:
        """Return the keys of rows that are on record now, each with how the record is called."""
        return await self.sheet.on_record(self.first.keys())

    def shown_problems(self) -> list[dict[str, Any]]:
        """Return the first problems as the page shows them, what hinders before what does not."""
        return [asdict(one) for one in sorted(self.problems, key=lambda one: one.warning)[:MOST_SHOWN]]

    def shown_rows(self, present: dict[str, str]) -> list[dict[str, Any]]:
        """Return the first rows with what becomes of each."""
        return [{"row": one.number, "words": one.words, "present": present.get(one.key, "")} for one in self.sample]

    def errors_workbook(self, filename: str) -> bytes:
        """Return the problems as a workbook, to be mended beside the sheet; for a thread."""
        rows: list[tuple[Any, ...]] = [
            (one.row, one.column, one.value, one.reason, one.suggestion, "No" if one.warning else "Sí")
            for one in self.problems
        ]
        if self.untold:
            rows.append(("", "", "", f"Hay {self.untold:,} más. Corrija estas y envíe la hoja de nuevo.", "", ""))
        return make_workbook([SheetPlan("Errores", ERRORS, rows)], title=f"Errores de {filename}"[:200])


async def facts_of(brought: SheetImport) -> Facts:
    """Return what is known now, with the reach of who brought a sheet."""
    return await facts_for(await User.get(id=brought.created_by_id), brought.kind)


def opened(brought: SheetImport, file: StoredFile, data: bytes, facts: Facts, *, keep: bool = False) -> Reading:
    """Begin to read a spreadsheet; for a thread. Raises FileRefused when it is none."""
    sheet = SHEETS[brought.kind]
    return Reading(sheet, facts, open_table(data, file.filename, sheet.columns, most_rows=MOST_ROWS), keep)
