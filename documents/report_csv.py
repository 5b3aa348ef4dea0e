"""The annual report's tables as CSV: plain tables in, bytes out."""

import csv
import io
from collections.abc import Sequence
from datetime import date

from .list_files import safe_cell
from .report_parts import ChapterTable

HEADINGS = ("Tabla", "Título", "Desde", "Hasta", "Renglón", "Descripción", "Columna", "Valor")


def report_csv(first: date, last: date, tables: Sequence[ChapterTable]) -> bytes:
    """Return the cells of all tables one below the other, a line each, as CSV in UTF-8 with its mark.

    So tables of different columns stand in one file that programs read too. Totals and notes come after the lines.
    """
    sheet = io.StringIO()
    lines = csv.writer(sheet, lineterminator="\r\n")
    lines.writerow(HEADINGS)
    for table in tables:
        beginning = (table.number or "", table.title, first.isoformat(), last.isoformat())
        for number, row in enumerate(table.rows, start=1):
            for column, value in zip(table.columns[1:], row[1:], strict=True):
                lines.writerow((*beginning, number, _plain(row[0]), column, _plain(value)))
        for column, value in zip(table.columns[1:], table.totals, strict=True):
            if value != "":
                lines.writerow((*beginning, "", "Total", column, _plain(value)))
        for note in table.notes:
            lines.writerow((*beginning, "", "Nota", "", _plain(note)))
    return sheet.getvalue().encode("utf-8-sig")


def _plain(value: int | str) -> int | str:
    return safe_cell(value) if isinstance(value, str) else value
