"""Makes workbooks: sheets of plain values with headings, drop-down lists and hints. No cell is ever a formula."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from documents.sheet_cells import Cell

LISTS = "Listas"
"""Name of the sheet that holds what the drop-down lists offer."""
LISTED_ROWS = 20_000
"""Rows below the headings that offer a column's list."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its heading, its width in letters, what may be chosen in it, and a hint for who fills it."""

    label: str
    width: int = 18
    choices: Sequence[str] = ()
    hint: str = ""
    free: bool = False
    """Whether the list only helps: what is not in it may be written too."""
    text: bool = False
    """Whether Excel keeps what is typed as a text, and makes no date or number of it."""


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """A sheet: its name, its columns and its rows."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]] = ()


def make_workbook(sheets: Sequence[SheetPlan], *, title: str, on: date | None = None) -> bytes:
    """Return an .xlsx with these sheets, headings frozen; texts that begin like a formula stay texts.

    `on` is the day it says that it was made; the same sheets give the same bytes then.
    """
    made = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(made, {"in_memory": True, "default_date_format": "dd/mm/yyyy", **plain}) as book:
        made_on = {"created": datetime(on.year, on.month, on.day, 12)} if on else {}
        book.set_properties({"title": title, "author": "Convenios SOSEP", **made_on})
        head = book.add_format({"bold": True, "bg_color": "#E4EEF7", "text_wrap": True, "valign": "top", "border": 1})
        hour, wrapped = book.add_format({"num_format": "hh:mm"}), book.add_format({"text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "dd/mm/yyyy", "valign": "top"})
        text = book.add_format({"num_format": "@"})
        offered: list[tuple[Worksheet, int, Column]] = []
        for plan in sheets:
            sheet = book.add_worksheet(plan.name)
            sheet.freeze_panes(1, 0)
            for at, column in enumerate(plan.columns):
                sheet.set_column(at, at, column.width, text if column.text else None)
                sheet.write_string(0, at, column.label, head)
                if column.choices or column.hint:
                    offered.append((sheet, at, column))
            for number, row in enumerate(plan.rows, start=1):
                for at, cell in enumerate(row):
                    _write(sheet, number, at, cell, day=day, hour=hour, wrapped=wrapped)
        _offer(book, offered)
    return made.getvalue()


def _write(sheet: Worksheet, row: int, at: int, cell: Cell, **formats: object) -> None:
    if isinstance(cell, datetime | date):
        sheet.write_datetime(row, at, cell, formats["day"])
    elif isinstance(cell, time):
        sheet.write_datetime(row, at, cell, formats["hour"])
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        sheet.write_number(row, at, cell)
    elif cell not in (None, ""):
        sheet.write_string(row, at, str(cell), formats["wrapped"])


def _offer(book: xlsxwriter.Workbook, offered: list[tuple[Worksheet, int, Column]]) -> None:
    """Put lists and hints on columns; the lists stand on a hidden sheet, because a cell's own may have 255 letters."""
    lists: Worksheet | None = None
    number = -1
    for sheet, at, column in offered:
        rule: dict[str, object] = {"validate": "any"}
        if column.choices:
            number += 1
            lists = lists or book.add_worksheet(LISTS)
            lists.hide()
            lists.write_column(0, number, column.choices)
            letters = xlsxwriter.utility.xl_col_to_name(number)
            source = f"={LISTS}!${letters}$1:${letters}${len(column.choices)}"
            rule = {"validate": "list", "source": source, "error_title": column.label}
            rule["error_message"] = "Elija una opción de la lista."
            if column.free:
                rule |= {"show_error": False}
        if column.hint:
            rule |= {"input_title": column.label[:32], "input_message": column.hint[:255]}
        sheet.data_validation(1, at, LISTED_ROWS, at, rule)
