"""The outgoing book: computed totals of a period, voids with their reason, as answer, page, CSV and Word file."""

import csv
import io
from datetime import date
from typing import Any

import httpx
import pytest
from docx import Document
from docx.oxml.ns import qn

from documents.engine import visible_text
from documents.outgoing_book import BookLine, BookPeriod, BookTotal, outgoing_docx
from models.papers import DocumentKind, OfficialDocument
from models.people import Role, User
from tests import builders
from tests.browsing import enter
from tests.door import ask, told

BOOK = """query ($from: Date, $to: Date, $kind: DocumentKind) { outgoingBook(from: $from, to: $to, kind: $kind) {
    from to issued voided whole totals { kind issued voided } entries { totalCount nodes { number } } } }"""
WHY = "Llevaba otro nombre"
pytestmark = pytest.mark.usefixtures("db", "clock")


async def filled() -> dict[str, OfficialDocument]:
    """Make papers of February and March, one of them voided, one of a court file."""
    lawyer = await builders.person(Role.LEGAL, name="Ana Lucía Ordóñez")
    common: dict[str, Any] = {"issued_by": lawyer}
    void = {"voided_on": date(2026, 3, 2), "void_reason": WHY, "voided_by": lawyer}
    return {
        "february": await builders.paper(issued_on=date(2026, 2, 27), **common),
        "first": await builders.paper(issued_on=date(2026, 3, 1), subject='=HYPERLINK("http://x")', **common),
        "void": await builders.paper(subject="<b>Ñandú</b> & «cía»", addressee="Lic. Pérez, CGC", **common, **void),
        "opinion": await builders.paper(DocumentKind.OPINION, **common),
        "court": await builders.paper(court_file=await builders.court_file(), subject="Juicio", **common),
    }


@pytest.mark.both_databases
async def test_a_period_is_this_month_unless_another_is_asked() -> None:
    papers = await filled()
    lawyer = await builders.person(Role.LEGAL)

    book = (await told(lawyer, BOOK))["outgoingBook"]

    assert book == {
        "from": "2026-03-01", "to": "2026-03-02", "issued": 4, "voided": 1, "whole": True,
        "totals": [
            {"kind": "OPINION", "issued": 1, "voided": 0}, {"kind": "OFICIO", "issued": 3, "voided": 1},
        ],
        "entries": {
            "totalCount": 4,
            "nodes": [{"number": papers[name].number} for name in ("first", "void", "opinion", "court")],
        },
    }  # fmt: skip
    for asked, names in [
        ({"from": "2026-02-01"}, list(papers)),
        ({"from": "2026-02-01", "to": "2026-02-27"}, ["february"]),
        ({"to": "2026-02-28"}, ["february"]),
        ({"from": "2026-02-01", "kind": "OPINION"}, ["opinion"]),
        ({"from": "2027-01-01", "to": "2027-12-31"}, []),
        ({"from": "0001-01-01", "to": "9999-12-31"}, list(papers)),
    ]:
        found = (await told(lawyer, BOOK, **asked))["outgoingBook"]
        assert [node["number"] for node in found["entries"]["nodes"]] == [papers[name].number for name in names], asked
        assert found["issued"] == sum(one["issued"] for one in found["totals"]) == len(names)
    answer = await ask(lawyer, BOOK, **{"from": "2026-03-02", "to": "2026-03-01"})
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "termina antes de empezar" in answer["errors"][0]["message"]


async def test_who_may_not_see_court_files_is_told_that_the_book_lacks_them() -> None:
    await filled()
    for role, count in ((Role.AUDITOR, 4), (Role.ADMIN, 3), (Role.SIGNATORY, 3)):
        book = (await told(await builders.person(role), BOOK))["outgoingBook"]
        assert (book["issued"], book["whole"]) == (count, count == 4)
    for role in (Role.MUNICIPAL, Role.DIRECTOR, Role.COORDINATOR):
        assert (await told(await builders.person(role), BOOK))["outgoingBook"] is None


@pytest.fixture
async def lawyer(app_client: httpx.AsyncClient) -> User:
    """Sign a lawyer in."""
    person = await builders.person(Role.LEGAL)
    await enter(app_client, person)
    return person


async def test_the_page_strikes_voids_and_prints_totals(lawyer: User, app_client: httpx.AsyncClient) -> None:
    papers = await filled()
    page = await app_client.get("/libro-de-salida?from=2026-02-01&to=2026-03-02")
    assert page.status_code == 200
    assert f"<s>{papers['void'].number}</s>" in page.text
    assert WHY in page.text
    assert "<b>Ñandú" not in page.text
    assert '<td class="number"><b>5</b></td><td class="number"><b>1</b></td>' in page.text
    assert 'href="/libro-de-salida.csv?from=2026-02-01&amp;to=2026-03-02"' in page.text
    assert "Juicio" in page.text
    for wrong in ("from=ayer", "kind=NADA"):
        assert (await app_client.get(f"/libro-de-salida?{wrong}")).status_code == 422
    backwards = await app_client.get("/libro-de-salida?from=2026-03-02&to=2026-03-01")
    assert (backwards.status_code, "termina antes de empezar" in backwards.text) == (400, True)


async def test_the_csv_opens_in_a_spreadsheet_and_calculates_nothing(
    lawyer: User, app_client: httpx.AsyncClient
) -> None:
    papers = await filled()
    answer = await app_client.get("/libro-de-salida.csv?from=2026-02-01&to=2026-03-02")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="libro-de-salida-2026-03-02.csv"' in answer.headers["content-disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["Número"] for row in rows] == [paper.number for paper in papers.values()]
    assert rows[1]["Asunto"] == '\'=HYPERLINK("http://x")'
    assert rows[2] == {
        "Número": papers["void"].number, "Clase": "Oficio", "Fecha": "2026-03-02", "Asunto": "<b>Ñandú</b> & «cía»",
        "Destinatario": "Lic. Pérez, CGC", "Emitido por": "Ana Lucía Ordóñez",
        "Código de verificación": papers["void"].verification_code, "Anulado el": "2026-03-02",
        "Motivo de la anulación": WHY,
    }  # fmt: skip


async def test_the_word_file_has_a_real_table_and_computed_totals(lawyer: User, app_client: httpx.AsyncClient) -> None:
    papers = await filled()
    answer = await app_client.get("/libro-de-salida.docx?from=2026-02-01&to=2026-03-02")
    assert answer.status_code == 200
    document = Document(io.BytesIO(answer.content))
    totals, book = document.tables
    assert [cell.text for cell in totals.rows[-1].cells] == ["Total", "5", "1", "4"]
    assert [row.cells[0].text for row in book.rows] == ["Número", *(paper.number for paper in papers.values())]
    for table in (totals, book):
        header = table.rows[0]._tr.trPr
        assert header.find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblCaption")) is not None
    void = book.rows[3]
    assert void.cells[0].paragraphs[0].runs[0].font.strike
    assert void.cells[2].text == f"<b>Ñandú</b> & «cía»\nAnulado el 02/03/2026: {WHY}"
    text = visible_text(answer.content)
    assert "Del 01/02/2026 al 02/03/2026" in text
    section = document.sections[0]
    assert section.page_width > section.page_height


async def test_downloads_are_for_the_same_people_as_the_page(app_client: httpx.AsyncClient) -> None:
    await filled()
    for ending in ("csv", "xlsx", "docx"):
        path = f"/libro-de-salida.{ending}"
        app_client.cookies.clear()
        assert (await app_client.get(path)).headers["location"] == "/ingresar?next=/libro-de-salida"
        for role, status in ((Role.MUNICIPAL, 403), (Role.DIRECTOR, 403), (Role.COORDINATOR, 403), (Role.ADMIN, 200)):
            await enter(app_client, await builders.person(role))
            assert (await app_client.get(path)).status_code == status, role
        for query in ("from=ayer", "kind=NADA", "from=2026-03-02&to=2026-03-01", "from=99999-01-01"):
            assert (await app_client.get(f"{path}?{query}")).status_code == 400, query
    reserved = (await app_client.get("/libro-de-salida.csv?from=2026-02-01")).text
    assert "Juicio" not in reserved


LINE = BookLine("OFICIO-AJ-1-2026", "Oficio", date(2026, 3, 2), "Asunto", "Ana", "Luis")


def test_the_same_book_has_the_same_bytes_and_any_text_is_text() -> None:
    period = BookPeriod(date(2026, 1, 1), date(2026, 12, 31), demo=True, whole=False)
    hostile = BookLine("X", "Oficio", date(2026, 3, 2), "a\x0bb {{7*7}} **c** ]]>\nd", "<w:p>", "&amp;")
    makes = [outgoing_docx(period, [BookTotal("Oficio", 2, 0)], [LINE, hostile], on=date(2027, 1, 1)) for _ in range(2)]
    assert makes[0] == makes[1]
    text = visible_text(makes[0])
    for words in ("ab {{7*7}} **c** ]]> d", "<w:p>", "&amp;", "DATOS DE DEMOSTRACIÓN", "No incluye"):
        assert words in text
    assert "no salió ningún documento" in visible_text(outgoing_docx(period, [], [], on=date(2027, 1, 1)))


def test_a_year_of_papers_is_written_in_seconds() -> None:
    lines = [LINE] * 3000
    made = outgoing_docx(BookPeriod(date(2024, 1, 1), date(2024, 12, 31)), [], lines, on=date(2025, 1, 1))
    assert len(Document(io.BytesIO(made)).tables[1]._tbl.tr_lst) == 3001
