"""The report's chapter in Word and its workbook: the same bytes for the same records, and as they are read on paper."""

import io
import re
from datetime import date
from hashlib import sha256
from pathlib import Path

from docx import Document
from docx.oxml.ns import qn

from documents.bar_charts import told as said_of
from documents.page_images import page_text
from documents.pdf import Office, page_count
from documents.report_chapter import Chapter, report_docx
from documents.report_parts import BarChart, ChapterTable
from models.people import Role, User
from tests import builders
from tests.door import contract, request, told
from tests.ground import office_binary

CHAPTER = Chapter(date(2025, 1, 1), date(2025, 12, 31), "del 1 de enero al 31 de diciembre de 2025", date(2026, 3, 2))
BARS = BarChart("Personas por departamento", ["Cobán", "Mixco & Co."], [("Hombres", [1, 2]), ("Mujeres", [3, 4])])


def chapter(many: int) -> bytes:
    """Return a chapter with a table of many centers, a short one with a chart, and one without a number."""
    lines = [("Huehuetenango", "San Miguel Ixtahuacán", f"CAD <{n}> & =1+1", 1000, n, 1000 + n) for n in range(many)]
    columns = ("Departamento", "Municipio", "Centro", "Hombres", "Mujeres", "Total")
    sums = [sum(line[at] for line in lines) for at in (3, 4, 5)]  # type: ignore[misc]
    tables = [
        ChapterTable(12, "Personas", columns, lines, ["", many, *sums], ["Una nota."], BARS, "Personas atendidas"),
        ChapterTable(13, "Materia", ("Descripción", "Cantidad"), [("A", 1)], [1]),
        ChapterTable(None, "Correspondencia emitida", ("Descripción", "Cantidad"), [], [0], ["Nada."]),
    ]
    return report_docx(CHAPTER, tables)


def test_the_chapter_is_made_of_real_tables() -> None:
    made = chapter(40)
    assert made == chapter(40)
    paper = Document(io.BytesIO(made))
    body = paper.element.body
    assert len(paper.tables) == 3
    for table in paper.tables:
        assert table._tbl.tr_lst[0].find(qn("w:trPr")).find(qn("w:tblHeader")) is not None
        widths = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid.findall(qn("w:gridCol"))]
        assert abs(sum(widths) - 160 * 1440 / 25.4) < 10
        assert min(widths) > 900
    total = [cell.text for cell in paper.tables[0].rows[-1].cells]
    assert total == ["Total", "", "40", "40,000", "780", "40,780"]
    right = paper.tables[0].rows[1].cells[5]._tc.p_lst[0].find(qn("w:pPr")).find(qn("w:jc"))
    assert right.get(qn("w:val")) == "right"
    fields = [one.get(qn("w:instr")).split() for one in body.iter(qn("w:fldSimple"))]
    assert fields == [
        ["SEQ", "Tabla", "\\*", "ARABIC", "\\r", "12"], ["SEQ", "Gráfica", "\\*", "ARABIC"],
        ["SEQ", "Tabla", "\\*", "ARABIC"],
    ]  # fmt: skip
    (drawing,) = body.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr")
    assert drawing.get("descr") == said_of(BARS)
    assert said_of(BARS).endswith("Cobán, hombres 1 y mujeres 3; Mixco & Co., hombres 2 y mujeres 4.")


def test_read_on_paper_nothing_stands_alone(tmp_path: Path) -> None:
    office = Office(office_binary() or "soffice", tmp_path)
    try:
        [pdf] = office.convert([chapter(90)], seconds=60)
    finally:
        office.close()
    assert pdf
    pages = [page_text(pdf, number + 1) for number in range(page_count(pdf) or 0)]
    with_lines = [page for page in pages if "CAD <" in page]
    assert len(with_lines) > 1
    assert all("Departamento" in page for page in with_lines)
    ending = next(page for page in pages if "Total 90" in page)
    assert "CAD <89>" in ending
    assert "Fuente: registros" in ending
    # A caption stands with its table or chart, never at the foot of a sheet.
    for page in pages:
        last = page.splitlines()[-2]
        assert not re.match(r"(Tabla|Gráfica) \d+\.", last), page
    assert "Tabla 13. Materia." in "\n".join(pages)


async def test_the_contract_gives_the_file_that_its_address_gives(db: object, clock: object) -> None:
    lawyer: User = await builders.person(Role.LEGAL)
    center = await builders.center("CAD Chamelco")
    await builders.attendance(center, date(2025, 5, 1), men=3, women=4)
    period = {"from": "2025-01-01", "to": "2025-12-31"}
    found = (await told(lawyer, contract("annual-report"), **period))["annualReport"]
    tables = {table["number"]: table for table in found["tables"]}
    assert tables[12]["rows"][0] == {
        "label": "Alta Verapaz", "cells": ["San Juan Chamelco", "CAD Chamelco", "3", "4", "7"],
    }  # fmt: skip
    assert tables[12]["totals"] == ["1", "1", "3", "4", "7"]
    # Another person whose court files are closed gets the same file: no paper says who asks.
    admin = await builders.person(Role.ADMIN)
    for person in (lawyer, admin):
        answer = await request(person, "GET", found["file"]["url"])
        assert sha256(answer.content).hexdigest() == found["file"]["sha256"]
        assert ".docx" in answer.headers["content-disposition"]
    asked = "query ($from: Date, $to: Date) { annualReport(from: $from, to: $to) { workbook { url sha256 size } } }"
    workbook = (await told(lawyer, asked, **period))["annualReport"]["workbook"]
    answer = await request(lawyer, "GET", workbook["url"])
    assert (sha256(answer.content).hexdigest(), len(answer.content)) == (workbook["sha256"], workbook["size"])
    assert (await request(await builders.person(Role.DIRECTOR), "GET", workbook["url"])).status_code == 403
