"""Spreadsheets that people send: days as they write them, headings by name, workbooks that would burst a machine."""

import io
import time
import tracemalloc
import zipfile
from datetime import date, datetime
from datetime import time as hour
from typing import Any

import pytest
import xlsxwriter
from python_calamine import load_workbook

from documents.refusals import FileRefused
from documents.sheet_cells import Unreadable, as_day, as_hour, as_text
from documents.sheets import Heading, open_table
from documents.workbooks import Column, SheetPlan, make_workbook

HEADINGS = (
    Heading("name", "Nombre", ("nombre completo",), required=True),
    Heading("day", "Fecha", required=True),
    Heading("note", "Nota"),
)


def book(*rows: Any, name: str = "Hoja 1", **options: Any) -> bytes:
    """Return a workbook with these rows, written by hand."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "default_date_format": "dd/mm/yyyy", **options}) as wb:
        sheet = wb.add_worksheet(name)
        for number, row in enumerate(rows):
            for at, cell in enumerate(row):
                sheet.write(number, at, cell)
    return made.getvalue()


def read(data: bytes, filename: str = "hoja.xlsx", most_rows: int = 100) -> list[tuple[int, dict[str, Any]]]:
    """Return the rows of a table with their numbers."""
    return [(row.number, row.cells) for row in open_table(data, filename, HEADINGS, most_rows=most_rows).rows]


def refusal(data: bytes, filename: str = "hoja.xlsx", most_rows: int = 100) -> FileRefused:
    """Return why a file is refused."""
    with pytest.raises(FileRefused) as refused:
        read(data, filename, most_rows)
    return refused.value


@pytest.mark.parametrize(
    "written",
    [
        "24/01/2025", "24/1/25", "24-01-2025", "24.01.2025", " 24 / 01 / 2025 ", "24-ene-25", "24-ENE-2025",
        "24 ene. 2025",
        "24 de enero de 2025", "24 de Enero del 2025", "2025-01-24", "2025-01-24T00:00:00", "45681", 45681, 45681.0,
        date(2025, 1, 24), datetime(2025, 1, 24, 8, 30),
    ],
)  # fmt: skip
def test_days_as_people_write_them(written: Any) -> None:
    assert as_day(written) == date(2025, 1, 24)


@pytest.mark.parametrize(
    ("written", "reason", "suggestion"),
    [
        ("31/02/2025", "febrero de 2025 tiene 28 días", "28/02/2025"),
        ("29-feb-2025", "febrero de 2025 tiene 28 días", "28/02/2025"),
        ("31/04/2025", "abril de 2025 tiene 30 días", "30/04/2025"),
        ("01/24/2025", "El mes 24 no existe", "24/01/2025"),
        ("24/13/2025", "El mes 13 no existe", "1 a 12"),
        ("24-xyz-2025", "«xyz» no es un mes", "ene"),
        ("pronto", "No se entiende", "24/01/2025"),
        ("12345", "no es una fecha de Excel", "24/01/2025"),
        ("00/01/2025", "no existe", "01/01/2025"),
        ("24/01/0025", "El año no existe", "cuatro cifras"),
        (True, "No es una fecha", "24/01/2025"),
        ("24/01/2025 y 25/01/2025", "No se entiende", ""),
        ("9" * 5000, "No se entiende", ""),
    ],
)
def test_days_that_are_none_say_why(written: Any, reason: str, suggestion: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        as_day(written)
    assert reason in unreadable.value.reason
    assert suggestion in unreadable.value.suggestion


def test_hours_and_texts() -> None:
    for written in ("9:30", "09:30", "9.30", "9h30", "9:30 a.m.", "09:30:00", "9:30 horas", hour(9, 30), 0.3958333333):
        assert as_hour(written) == "09:30", written
    assert as_hour("2:15 p. m.") == "14:15"
    assert [as_hour(empty) for empty in (None, "", "  ")] == ["", "", ""]
    for wrong in ("24:00", "9:75", "mañana", "930"):
        with pytest.raises(Unreadable):
            as_hour(wrong)
    assert [as_text(cell) for cell in (None, 12.0, 1.5, True, date(2025, 1, 2), hour(8, 5), " =1+1 ", 10**20)] == [
        "", "12", "1.5", "sí", "02/01/2025", "08:05", "=1+1", "1" + "0" * 20,
    ]  # fmt: skip
    assert as_day("") is None


def test_headings_are_found_below_a_title_in_any_order_and_spelling() -> None:
    data = book(
        ("Listado de la Asesoría",), (), ("FECHA:", "Color", "nombre   COMPLETO"), (date(2025, 1, 24), "azul", "Ana"),
        (None, "solo color", None), ("24-ene-25", None, "Beto", "fuera de la tabla"),
    )  # fmt: skip
    table = open_table(data, "hoja.XLSX", HEADINGS, most_rows=10)
    assert table.ignored == ("Color",)
    assert [(row.number, row.cells["name"], row.cells["day"]) for row in table.rows] == [
        (4, "Ana", date(2025, 1, 24)),
        (6, "Beto", "24-ene-25"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_text_tables_of_every_kind(encoding: str, delimiter: str) -> None:
    lines = [("Nombre", "Fecha", "Nota"), ('"Núñez"', "24/01/2025", '"dos\nlíneas"'), ("=1+1", "", "x")]
    data = "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)
    assert read(data, "hoja.csv") == [
        (2, {"name": "Núñez", "day": "24/01/2025", "note": "dos\nlíneas"}),
        (3, {"name": "=1+1", "day": "", "note": "x"}),
    ]


def test_formulas_are_read_by_the_value_that_was_kept_and_texts_stay_texts() -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False}) as wb:
        sheet = wb.add_worksheet()
        sheet.write_row(0, 0, ("Nombre", "Fecha"))
        sheet.write_string(1, 0, "=HYPERLINK(1)")
        sheet.write_formula(1, 1, "=TODAY()", None, 45681)
    assert read(made.getvalue()) == [(2, {"name": "=HYPERLINK(1)", "day": 45681.0})]
    again = load_workbook(io.BytesIO(make_workbook([SheetPlan("A", (Column("x"),), [("=1+1",)])], title="x")))
    assert again.get_sheet_by_name("A").to_python() == [["x"], ["=1+1"]]
    parts = zipfile.ZipFile(io.BytesIO(make_workbook([SheetPlan("A", (Column("x"),), [("=1+1",)])], title="x")))
    assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("data", "filename", "code"),
    [
        (b"", "hoja.csv", "EMPTY_FILE"),
        (b"Nombre;Fecha\n", "hoja.txt", "KIND_NOT_ACCEPTED"),
        (b"%PDF-1.7\n%%EOF", "hoja.pdf", "KIND_NOT_ACCEPTED"),
        (b"PK\x03\x04", "hoja.csv", "KIND_MISMATCH"),
        ("Nombre;Fecha".encode("utf-16"), "hoja.csv", "KIND_MISMATCH"),
        (b"Nombre;Fecha\0", "hoja.csv", "KIND_MISMATCH"),
        (b"Nombre;Otra\nAna;x\n", "hoja.csv", "NO_TABLE"),
        (b"Nombre;Fecha;nombre\n", "hoja.csv", "NO_TABLE"),
        (b"\n" * 30 + b"Nombre;Fecha\nAna;1\n", "hoja.csv", "NO_TABLE"),
        (b'Nombre;Fecha\n"' + b"a" * 200_000, "hoja.csv", "DAMAGED"),
        (book(("Otra cosa",)), "hoja.xlsx", "NO_TABLE"),
        (b"no es un libro", "hoja.xlsx", "KIND_MISMATCH"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(data: bytes, filename: str, code: str) -> None:
    refused = refusal(data, filename)
    assert refused.code == code
    assert refused.message[0].isupper()
    assert refused.message.endswith(".")


def test_more_rows_than_are_taken() -> None:
    rows = [("Nombre", "Fecha"), *(("Ana", "24/01/2025") for _ in range(11))]
    assert len(read(book(*rows), most_rows=11)) == 11
    assert refusal(book(*rows), most_rows=10).code == "TOO_MANY_ROWS"


def repacked(data: bytes, changes: dict[str, bytes]) -> bytes:
    """Return a workbook with parts put in the place of others."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, old.read(name)))
    return made.getvalue()


def sheet_xml(rows: str) -> bytes:
    """Return the part of a sheet."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    head = f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{space}"><sheetData>'
    return f"{head}{rows}</sheetData></worksheet>".encode()


PART = "xl/worksheets/sheet1.xml"
FIRST = '<row r="1"><c r="A1"><v>1</v></c></row>'
BOMBS = {
    "a cell in the last corner": {PART: sheet_xml(f"{FIRST}<row r='9000'><c r='XFD9000'><v>1</v></c></row>")},
    "prefixed names": {
        PART: sheet_xml('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
        .replace(b"<worksheet xmlns=", b"<x:worksheet xmlns:x=").replace(b"<", b"<x:").replace(b"<x:?", b"<?")
        .replace(b"<x:x:", b"<x:").replace(b"<x:/", b"</x:"),
    },
    "cells without a place": {
        PART: sheet_xml(f"<row>{'<c><v>1</v></c>' * 1000}</row><row r='5000'><c><v>1</v></c></row>")
    },
    "one long text in many cells": {
        "xl/sharedStrings.xml": b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
        + b"a" * 200_000 + b"</t></si></sst>",
        PART: sheet_xml("".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 500))),
    },
    "a part that is no XML": {PART: b"<worksheet><sheetData></worksheet>"},
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_workbook_that_asks_for_too_much_is_refused_at_once(name: str) -> None:
    data = repacked(book(("Nombre", "Fecha"), ("Ana", "24/01/2025")), BOMBS[name])
    begun = time.monotonic()
    tracemalloc.start()
    refused = refusal(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused.code in ("SHEET_TOO_LARGE", "DAMAGED")
    assert time.monotonic() - begun < 5
    assert peak < 30_000_000


def test_five_thousand_rows_take_little() -> None:
    rows = [("Nombre", "Fecha", "Nota"), *((f"Persona {n}", date(2025, 1, 24), "nota " * 10) for n in range(5000))]
    data = book(*rows)
    read(data, most_rows=5000)
    begun = time.monotonic()
    tracemalloc.start()
    assert len(read(data, most_rows=5000)) == 5000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"5000 rows: {time.monotonic() - begun:.2f} s, {peak / 1e6:.1f} MB")
    assert peak < 30_000_000


def test_hidden_sheets_are_left_aside() -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as wb:
        hidden, shown = wb.add_worksheet("Listas"), wb.add_worksheet("Datos")
        hidden.write_row(0, 0, ("Nombre", "Fecha"))
        hidden.write_row(1, 0, ("Oculta", "x"))
        hidden.hide()
        shown.activate()
        shown.set_first_sheet()
        shown.write_row(0, 0, ("Nombre", "Fecha"))
        shown.write_row(1, 0, ("Ana", "x"))
    assert [cells["name"] for _, cells in read(made.getvalue())] == ["Ana"]
