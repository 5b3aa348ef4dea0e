"""Zips of papers: names that Windows accepts, none twice, the same bytes for the same papers, and an honest list."""

import csv
import io
import zipfile

from hypothesis import given, settings
from hypothesis import strategies as st

from documents.zips import LISTING, Packed, names_of, safe_name, write_zip

RESERVED = {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}


def packed(lines: list[Packed], content: bytes | None = b"word") -> tuple[bytes, str]:
    """Return a zip of these lines, whose files all have the same content, and its hash."""
    target = io.BytesIO()
    sha256 = write_zip(target, lines, lambda sha256: content)
    return target.getvalue(), sha256


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=160), st.text(max_size=160)), max_size=8))
def test_every_system_accepts_every_name(typed: list[tuple[str, str]]) -> None:
    lines = [Packed(number, place, "Emitido", "0" * 64) for number, place in typed]
    names = names_of(lines)
    assert len({name.casefold() for name in names} | {LISTING}) == len(lines) + 1
    for name in names:
        stem, _, ending = name.rpartition(".")
        assert ending == "docx"
        assert stem
        assert stem.isascii()
        assert not set(stem) & set('<>:"/\\|?*. ')
        assert stem.casefold() not in RESERVED
        assert len(name) <= 120


def test_names_are_read_by_people() -> None:
    assert safe_name("CONVENIO-AJ-12-2026", "Municipalidad de Totonicapán") == (
        "CONVENIO-AJ-12-2026-Municipalidad-de-Totonicapan"
    )
    assert safe_name("con", "") == "documento-con"
    assert safe_name("Con luz", "") == "Con-luz"
    assert safe_name("😀", "") == "documento"
    assert safe_name("Lote «de mañana»: 75/100") == "Lote-de-manana-75-100"


def test_the_same_papers_give_the_same_bytes() -> None:
    lines = [Packed(f"C-{n}", "Cobán", "Emitido", "a" * 64) for n in (3, 1, 2)]
    first, sha256 = packed(lines)
    assert packed(lines) == (first, sha256)
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert package.testzip() is None
        assert package.namelist() == ["C-1-Coban.docx", "C-2-Coban.docx", "C-3-Coban.docx", LISTING]


def test_what_is_listed_is_no_formula_and_what_is_lost_is_said() -> None:
    lines = [
        Packed("=HYPERLINK(1)", "+Cobán", "Sin documento", "", '-1 "y"; más'),
        Packed("C-1", "Cobán\nAlta Verapaz", "Emitido", "b" * 64),
    ]
    content, _ = packed(lines, None)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.namelist() == [LISTING]
        rows = list(csv.reader(io.StringIO(package.read(LISTING).decode("utf-8-sig"), newline="")))
    assert rows[1] == ["", "'=HYPERLINK(1)", "'+Cobán", "Sin documento", "", '\'-1 "y"; más']
    assert rows[2][:4] == ["", "C-1", "Cobán\nAlta Verapaz", "Emitido"]
    assert "no está íntegro" in rows[2][5]
