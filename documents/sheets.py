"""Reads the table of a spreadsheet that somebody sent (.xlsx, .csv): headings by name, cells as plain values."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from python_calamine import SheetTypeEnum, SheetVisibleEnum, load_workbook

from documents.refusals import FileRefused
from documents.sheet_cells import Cell, as_text, plain
from documents.sheet_limits import check_workbook
from documents.uploads import inspect_upload

HEAD_ROWS = 20
"""Rows among which the headings stand: some sheets begin with a title."""
MOST_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class Heading:
    """A column that is looked for: the key of its values, its usual label, and how else people write it."""

    key: str
    label: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    """Whether a table without this column is none."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row below the headings: its number in the sheet, and its cells by the key of their column."""

    number: int
    cells: dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was sent, read row by row: a long one takes no more memory than a short one."""

    rows: Iterator[TableRow]
    """Raises FileRefused when the table turns out to be too long, or damaged further down."""
    ignored: tuple[str, ...]
    """Headings that nobody looks for: their columns are left aside."""
    height: int
    """How many rows there are about, for whoever shows how far the reading has come."""


def open_table(data: bytes, filename: str, headings: Sequence[Heading], *, most_rows: int) -> Table:
    """Return the table of the first sheet that is shown; raises FileRefused with a Spanish sentence.

    The file passes the checks of every upload first. Formulas are not computed: the value that Excel kept is read.
    """
    checked = inspect_upload(data, filename)
    kind = checked.filename.rpartition(".")[2].lower()
    if kind not in ("xlsx", "csv"):
        raise FileRefused("KIND_NOT_ACCEPTED", "Se importan hojas de cálculo: Excel (.xlsx) o texto (.csv).")
    height, cells = _workbook_rows(data) if kind == "xlsx" else _text_rows(data)
    rows = enumerate(cells, start=1)
    for number, head in islice(rows, HEAD_ROWS):
        columns, ignored = _headed(head, headings)
        if columns:
            return Table(_below(rows, columns, most_rows), ignored, max(height - number, 0))
    wanted = ", ".join(f"«{one.label}»" for one in headings if one.required)
    raise FileRefused(
        "NO_TABLE",
        f"No se encontró la fila de encabezados en las primeras {HEAD_ROWS}: hacen falta las columnas {wanted}. "
        "Use la plantilla.",
    )


def _below(rows: Iterator[tuple[int, Sequence[Cell]]], columns: dict[int, str], most_rows: int) -> Iterator[TableRow]:
    """Yield the rows below the headings that hold something."""
    given = 0
    for number, cells in rows:
        values = {key: cells[at] for at, key in columns.items() if at < len(cells)}
        if not any(as_text(value) for value in values.values()):
            continue
        given += 1
        if given > most_rows:
            raise FileRefused(
                "TOO_MANY_ROWS", f"La hoja tiene más de {most_rows:,} filas. Divídala e importe cada parte."
            )
        yield TableRow(number, values)


def _headed(cells: Sequence[Cell], headings: Sequence[Heading]) -> tuple[dict[int, str], tuple[str, ...]]:
    """Return which key each column holds, when this row has the headings that a table must have; else nothing."""
    names = {_folded(name): one for one in headings for name in (one.label, *one.aliases)}
    columns: dict[int, str] = {}
    ignored = []
    twice = ""
    for at, cell in enumerate(cells[:MOST_COLUMNS]):
        text = as_text(cell)
        known = names.get(_folded(text))
        if known is None:
            ignored += [text[:60]] if text else []
        elif known.key in columns.values():
            twice = known.label
        else:
            columns[at] = known.key
    if not {one.key for one in headings if one.required} <= set(columns.values()):
        return {}, ()
    if twice:
        raise FileRefused("NO_TABLE", f"La columna «{twice}» está dos veces. Deje una sola y envíe la hoja de nuevo.")
    return columns, tuple(ignored)


def _workbook_rows(data: bytes) -> tuple[int, Iterator[Sequence[Cell]]]:
    check_workbook(data)
    try:
        book = load_workbook(io.BytesIO(data))
        shown = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        sheet = book.get_sheet_by_name(shown[0]) if shown else None
        return (sheet.total_height + 1, sheet.iter_rows()) if sheet else (0, iter(()))
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    # The reader is not written in Python: what it gives up on may be a panic, which is no Exception.
    except BaseException as fault:
        raise FileRefused(
            "DAMAGED", "El libro no se puede leer. Ábralo en Excel, guárdelo de nuevo y envíe esa copia."
        ) from fault


def _text_rows(data: bytes) -> tuple[int, Iterator[Sequence[Cell]]]:
    text = decoded(data)
    return text.count("\n") + 1, _parted(text)


def _parted(text: str) -> Iterator[Sequence[Cell]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from reader
    except csv.Error:
        raise FileRefused(
            "DAMAGED", f"El texto no es una tabla: revise las comillas cerca de la línea {reader.line_num}."
        ) from None


def decoded(data: bytes) -> str:
    """Return a text file's letters: UTF-8, or what Excel for Windows writes."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _folded(text: str) -> str:
    return " ".join("".join(letter if letter.isalnum() else " " for letter in plain(text)).split())
