"""Lists to take away as .xlsx and .csv: plain rows in, a file out, written part by part so that memory stays flat.

No cell is ever a formula. A workbook knows texts from formulas; in a CSV a text that a spreadsheet would calculate gets
an apostrophe before it, and so does one that begins with an apostrophe: whoever takes one away has the text again.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Protocol

import xlsxwriter

Value = str | int | Decimal | date | datetime | time | None
"""What a cell holds; instants come as the clock on the wall shows them, amounts as Decimal quetzales."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet would calculate instead of show."""

MOST_ROWS = 1_048_575
"""Rows that a sheet has below its headings."""

LONGEST_TEXT = 32_767
"""UTF-16 units that a cell of a workbook holds."""


class TooManyRows(Exception):
    """The list has more rows than a sheet; the sentence is for people."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: its heading and its width in letters."""

    label: str
    width: int = 18


@dataclass(frozen=True, slots=True)
class About:
    """What stands beside a list: its title and facts in pairs, as which filters were used, when and for whom."""

    title: str
    facts: Sequence[tuple[str, str]]


class ListFile(Protocol):
    """A list that is being written: add rows as they come, then close it."""

    def add(self, rows: Iterable[Sequence[Value]]) -> None:
        """Write further rows."""

    def close(self, about: About) -> None:
        """Finish the file."""


def safe_cell(text: str) -> str:
    """Return a text as a CSV carries it: with an apostrophe before what would be a formula, or an apostrophe."""
    return f"'{text}" if text.startswith((*FORMULA_STARTS, "'")) else text


class CsvList:
    """A list as CSV in UTF-8 with its mark, separated by commas, as spreadsheets in Guatemala read it: the table alone,
    so that other programs read it too."""

    def __init__(self, path: Path, headings: Sequence[Heading]) -> None:
        """Begin the file with its headings."""
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._rows = csv.writer(self._file, lineterminator="\r\n")
        self._rows.writerow(heading.label for heading in headings)

    def add(self, rows: Iterable[Sequence[Value]]) -> None:
        """Write further rows: days and instants as ISO 8601 writes them, amounts with a point and no commas."""
        self._rows.writerows([_plain(value) for value in row] for row in rows)

    def close(self, about: About) -> None:
        """Finish the file; what is said about the list has no place in a table."""
        self._file.close()


def _plain(value: Value) -> str | int | Decimal:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, time):
        return value.isoformat("minutes")
    return value.isoformat() if isinstance(value, date) else safe_cell(value) if isinstance(value, str) else value


class XlsxList:
    """A list as a workbook: headings that stay in sight, real dates and amounts, and a last sheet that says what it is.

    Each row leaves the memory when the next one begins.
    """

    def __init__(self, path: Path, headings: Sequence[Heading], *, name: str) -> None:
        """Begin the workbook with its headings; `name` stands on the sheet's tab."""
        plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        options = {"constant_memory": True, "tmpdir": str(path.parent), **plain}
        self._book = xlsxwriter.Workbook(str(path), options)
        self._sheet = self._book.add_worksheet(name[:31])
        self._count, self._columns = 0, len(headings)
        head = {"bold": True, "bg_color": "#E4EEF7", "text_wrap": True, "valign": "top", "border": 1}
        self._head = self._book.add_format(head)
        self._wrapped = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._formats = {
            kind: self._book.add_format({"num_format": pattern, "valign": "top"})
            for kind, pattern in (
                (datetime, "dd/mm/yyyy hh:mm"),
                (date, "dd/mm/yyyy"),
                (time, "hh:mm"),
                (Decimal, '"Q"#,##0.00'),
                (int, "0"),
            )
        }
        self._sheet.freeze_panes(1, 0)
        for at, heading in enumerate(headings):
            self._sheet.set_column(at, at, heading.width)
        for at, heading in enumerate(headings):
            self._sheet.write_string(0, at, heading.label, self._head)

    def add(self, rows: Iterable[Sequence[Value]]) -> None:
        """Write further rows; raises TooManyRows."""
        for row in rows:
            self._count += 1
            if self._count > MOST_ROWS:
                raise TooManyRows(f"La lista tiene más de {MOST_ROWS:,} filas: descárguela en CSV o use filtros.")
            for at, value in enumerate(row):
                self._write(at, value)

    def _write(self, at: int, value: Value) -> None:
        if value is None or value == "":
            return
        if isinstance(value, str):
            self._sheet.write_string(self._count, at, _fitting(value), self._wrapped)
        elif isinstance(value, int | Decimal):
            self._sheet.write_number(self._count, at, value, self._formats[type(value)])
        else:
            self._sheet.write_datetime(self._count, at, value, self._formats[type(value)])

    def close(self, about: About) -> None:
        """Finish the workbook with the sheet that says what it is."""
        self._sheet.autofilter(0, 0, self._count, self._columns - 1)
        self._book.set_properties({"title": about.title, "author": "Convenios SOSEP"})
        sheet = self._book.add_worksheet("Acerca de")
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 80)
        sheet.write_string(0, 0, about.title, self._head)
        for number, (name, said) in enumerate(about.facts, start=1):
            sheet.write_string(number, 0, name, self._wrapped)
            sheet.write_string(number, 1, _fitting(said), self._wrapped)
        self._book.close()


def _fitting(text: str) -> str:
    """Return a text as a cell holds it; a longer one ends in «…» rather than being left out."""
    units = text.encode("utf-16-le", "replace")
    if len(units) // 2 <= LONGEST_TEXT:
        return text
    return units[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", "ignore") + "…"
