"""LibreOffice at work: every kind of paper becomes a PDF, what hangs is killed whole, and what lacks is said."""

import io
import os
import re
import signal
import struct
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from documents import page_images, pdf
from documents.engine import make_paper
from documents.page_images import NoPage, page_png, page_text
from documents.pdf import NoOffice, Office, OfficeFailed, office_binary, page_count
from tests.papers import EVERY_KIND

MOST_BYTES = 80_000
"""A page as it travels over a slow line."""


def test_every_kind_becomes_a_pdf_whose_pages_count_themselves(pdfs: dict[tuple[str, str], bytes]) -> None:
    assert pdfs.keys() == EVERY_KIND.keys()
    for (kind, _), made in pdfs.items():
        sheets = page_count(made)
        assert sheets
        for sheet in range(1, sheets + 1):
            words = page_text(made, sheet)
            assert f"Página {sheet} de {sheets}" in words, kind
            assert "K7QM-4TRX-9PZC" in words
        # Kept for decades: a PDF/A holds its letters in itself.
        assert b"<pdfaid:part>2</pdfaid:part>" in made


def test_a_page_is_a_small_picture_in_grays(pdfs: dict[tuple[str, str], bytes]) -> None:
    for key in (("CONVENIO", "GENERAL"), ("CONTRATO_ARRENDAMIENTO", ""), ("OFICIO", "")):
        picture = page_png(pdfs[key], 1)
        assert len(picture) <= MOST_BYTES
    size = struct.unpack(">II", picture[16:24])
    assert (picture[:8], picture[24:26]) == (b"\x89PNG\r\n\x1a\n", bytes((4, 0)))
    start = picture.index(b"IDAT") + 4
    [length] = struct.unpack(">I", picture[start - 8 : start - 4])
    rows = zlib.decompress(picture[start : start + length])
    across = (size[0] + 1) // 2
    assert len(rows) == size[1] * (across + 1)
    # White paper, black letters, and a filter of none before each row.
    assert set(rows[:: across + 1]) == {0}
    assert rows.count(0xFF) > len(rows) // 2
    assert 0x00 in rows[1 : across + 1] or any(
        0x00 in rows[n + 1 : n + across] for n in range(0, len(rows), across + 1)
    )


@pytest.mark.parametrize("page", [0, -1, 999])
def test_a_page_that_is_not_there_is_refused(pdfs: dict[tuple[str, str], bytes], page: int) -> None:
    for show in (page_png, page_text):
        with pytest.raises(NoPage, match="no tiene esa hoja"):
            show(pdfs["OFICIO", ""], page)


def fake(folder: Path, script: str) -> str:
    """Return the path of a program that stands in for LibreOffice."""
    path = folder / "soffice"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_what_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    office = Office(fake(tmp_path, f"sleep 300 & echo $! > {tmp_path}/child; wait"), tmp_path / "office")
    with pytest.raises(OfficeFailed, match="no terminó a tiempo"):
        office.convert([b"PK"], seconds=1)
    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 10
    while _lives(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _lives(child)
    assert not list((tmp_path / "office").iterdir())


def _lives(process: int) -> bool:
    try:
        # An orphan that nobody has waited for is dead too.
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_program_that_dies_is_told_from_a_document_that_cannot_be_read(tmp_path: Path) -> None:
    dying = Office(fake(tmp_path, "kill -9 $$"), tmp_path / "office")
    with pytest.raises(OfficeFailed, match=f"señal {signal.SIGKILL.value}"):
        dying.convert([b"PK"], seconds=20)
    assert not dying.works(seconds=20)
    idle = Office(fake(tmp_path, "exit 0"), tmp_path / "office")
    assert idle.convert([b"PK", b"PK"], seconds=20) == [None, None]
    assert not idle.works(seconds=20)
    # A file cut off by a kill is no PDF.
    half = (
        'for last; do :; done; out=$(dirname "$last")/made; mkdir -p "$out"; printf "%%PDF-1.6 mitad" > "$out/0000.pdf"'
    )
    assert Office(fake(tmp_path, half), tmp_path / "office").convert([b"PK"], seconds=20) == [None]


def test_neither_secrets_nor_proxies_go_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVENIOS_SMTP_URL", "smtp://usuario:clave@correo.example")
    monkeypatch.setenv("https_proxy", "http://proxy.example")
    Office(fake(tmp_path, f"env > {tmp_path}/seen"), tmp_path / "office").convert([b"PK"], seconds=20)
    seen = (tmp_path / "seen").read_text()
    assert "clave" not in seen
    assert "proxy" not in seen


def test_what_is_missing_is_said_with_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoOffice, match=r"No se encontró LibreOffice.*apt install.*CONVENIOS_SOFFICE"):
        office_binary("")
    with pytest.raises(NoOffice, match="CONVENIOS_SOFFICE dice «/no/hay»"):
        office_binary("/no/hay")
    with pytest.raises(NoOffice, match="desactivado"):
        office_binary("none")
    (tmp_path / "soffice.bin").touch()
    fake(tmp_path, "exit 0")
    with pytest.raises(NoOffice, match="sin Writer"):
        office_binary("")
    assert "sin Writer" in Office("", tmp_path).missing()
    assert os.defpath


def test_without_the_library_nothing_is_counted_nor_shown(
    pdfs: dict[tuple[str, str], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "pypdfium2", None)
    monkeypatch.setattr(page_images, "pypdfium2", None)
    made = pdfs["OFICIO", ""]
    assert page_count(made) is None
    with pytest.raises(NoPage, match="uv sync --extra pdf"):
        page_png(made, 1)


def test_a_heading_stays_with_its_text_and_annexes_with_the_signatures(pdfs: dict[tuple[str, str], bytes]) -> None:
    for variant in ("MAD_CAD", "MAD_CAP", "CADI", "GENERAL"):
        made = pdfs["CONVENIO", variant]
        sheets = page_count(made)
        assert sheets
        last = page_text(made, sheets)
        # No sheet follows that nobody signs.
        assert "Anexos:" in last
        assert "Por LA SOSEP" in last
        assert "ACEPTACIÓN." in last


def test_a_number_breaks_no_line_and_is_read_with_its_hyphens(pdfs: dict[tuple[str, str], bytes]) -> None:
    paper = make_paper("CONTRATO_ARRENDAMIENTO", EVERY_KIND["CONTRATO_ARRENDAMIENTO", ""](), "")
    with zipfile.ZipFile(io.BytesIO(paper.docx)) as package:
        body = package.read("word/document.xml").decode()
    assert "57</w:t><w:noBreakHyphen/>" in body
    # What is longer than a number may go over to the next line.
    assert "2026-1113-0016-201" in body
    assert "Decreto número 57-92 del Congreso" in paper.text
    made = pdfs["CONTRATO_ARRENDAMIENTO", ""]
    lines = [line for page in range(1, (page_count(made) or 0) + 1) for line in page_text(made, page).splitlines()]
    assert not [line for line in lines if re.search(r"\d-$", line)]
    assert any("57-92 del Congreso" in line for line in lines)
