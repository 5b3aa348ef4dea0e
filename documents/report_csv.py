"""The annual report's tables as CSV: plain tables in, bytes out."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class CsvTable:
    """A table as the file shows it: its number in the Memoria, if it has one, its lines with their figures, notes."""

    number: int | None
    title: str
    rows: Sequence[tuple[str, int]]
    total: int
    notes: Sequence[str] = ()


def report_csv(first: date, last: date, tables: Sequence[CsvTable]) -> bytes:
    """Return the tables one below the other as CSV in UTF-8 with its mark, so that spreadsheets read the accents."""
    sheet = io.StringIO()
    lines = csv.writer(sheet, lineterminator="\r\n")
    lines.writerow(("Tabla", "Título", "Desde", "Hasta", "Descripción", "Cantidad"))
    for table in tables:
        beginning = (table.number or "", table.title, first.isoformat(), last.isoformat())
        for label, count in table.rows:
            lines.writerow((*beginning, label, count))
        lines.writerow((*beginning, "Total", table.total))
        for note in table.notes:
            lines.writerow((*beginning, f"Nota: {note}", ""))
    return sheet.getvalue().encode("utf-8-sig")
