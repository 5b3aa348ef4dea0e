"""The report's page and its download: any period, every figure a link to its records."""

import csv
import io
import re
from datetime import date

import httpx
import pytest

from actions.attendance import correct_attendance
from models.court import CourtFileKind, CourtStage
from models.papers import DocumentKind
from models.people import Role
from models.reviews import ReviewMatter, ReviewStage
from tests import builders, court
from tests.browsing import enter
from tests.conftest import Clock

pytestmark = pytest.mark.usefixtures("clock")


async def test_the_period_is_chosen_and_its_figures_lead_to_their_records(app_client: httpx.AsyncClient) -> None:
    for number in range(3):
        await builders.review(
            stage=ReviewStage.CLOSED, matter=ReviewMatter.OPINION, received_on=date(2025, 5, 5 + number)
        )
    await enter(app_client, await builders.person(Role.LEGAL))
    page = await app_client.get("/informe")
    assert "<h2>Tabla No. 13</h2>" in page.text
    title = "Resultados alcanzados del 1 de enero al 2 de marzo de 2026 en materia laboral"
    assert f"<caption>{title}</caption>" in page.text
    assert page.text.count("<table") == 7
    page = await app_client.get("/informe?from=2025-05-01&to=2025-05-06")
    href = "/expedientes?filter.matter=OPINION&amp;filter.receivedFrom=2025-05-01&amp;filter.receivedTo=2025-05-06"
    assert f'<a href="{href}">2<span class="hide"> Opiniones Jurídicas</span></a>' in page.text
    listed = await app_client.get(href.replace("&amp;", "&"))
    assert listed.status_code == 200
    assert "2 expedientes" in listed.text
    papers = await app_client.get("/documentos?filter.kind=OFICIO&filter.from=2025-05-01&filter.voided=false")
    assert papers.status_code == 200
    assert 'href="/informe?from=2025-05-01&amp;to=2025-05-06#tabla-14"' in page.text
    assert 'id="tabla-14"' in page.text
    assert '<a href="/informe">Informe</a>' in page.text


async def test_every_figure_leads_to_as_many_records(app_client: httpx.AsyncClient) -> None:
    day = date(2025, 5, 5)
    for number, kind in enumerate((CourtFileKind.REINSTATEMENT, CourtFileKind.COMPLAINT), start=1):
        for _ in range(number):
            await builders.court_file(kind, opened_on=day, stage=CourtStage.CLOSED, closed_on=day)
    for _ in range(3):
        await court.notice(received_on=day)
    await builders.review(stage=ReviewStage.CLOSED, matter=ReviewMatter.OPINION, received_on=day, closed_on=day)
    for kind in (DocumentKind.OFICIO, DocumentKind.OFICIO, DocumentKind.PROVIDENCIA):
        await builders.paper(kind, issued_on=day)
    void = {"voided_on": day, "void_reason": "Error", "voided_by": await builders.person(Role.LEGAL_HEAD)}
    await builders.paper(DocumentKind.OFICIO, issued_on=day, **void)
    # Of other days: neither counted nor listed.
    await builders.court_file(CourtFileKind.COMPLAINT, opened_on=date(2025, 5, 7))
    await builders.paper(DocumentKind.OFICIO, issued_on=date(2025, 5, 4))
    await enter(app_client, await builders.person(Role.LEGAL))
    page = await app_client.get("/informe?from=2025-05-05&to=2025-05-06")
    links = re.findall(r'<td class="number"[^>]*>(?:<b>)?<a href="([^"#]+)">(\d+)<span', page.text)
    assert len(links) == 27
    for href, figure in links:
        listed = await app_client.get(href.replace("&amp;", "&"))
        assert listed.status_code == 200, href
        shown = re.search(r"<caption>\s*(\d+) (?:expediente|notificaci|documento|convenio)", listed.text)
        assert (shown[1] if shown else "0") == figure, href
    assert sorted(int(figure) for _, figure in links if figure != "0") == [1, 1, 1, 1, 2, 2, 3, 3]


async def test_a_period_that_cannot_be_is_answered_kindly(app_client: httpx.AsyncClient) -> None:
    await enter(app_client, await builders.person(Role.AUDITOR))
    for address in ("/informe?from=2026-03-02&to=2026-03-01", "/informe.csv?from=2026-03-02&to=2026-03-01"):
        page = await app_client.get(address)
        assert (page.status_code, "termina antes de empezar" in page.text) == (400, True), address
    page = await app_client.get("/informe?from=2026-02-30")
    assert (page.status_code, "Escriba una fecha que exista" in page.text) == (422, True)
    page = await app_client.get("/informe.csv?from=ayer")
    assert (page.status_code, "Escriba fechas que existan" in page.text) == (400, True)


async def test_the_download_holds_what_the_page_shows(app_client: httpx.AsyncClient) -> None:
    await builders.court_file(opened_on=date(2025, 5, 5))
    await enter(app_client, await builders.person(Role.SIGNATORY))
    page = await app_client.get("/informe?from=2025-05-01&to=2025-05-31")
    assert 'href="/informe.csv?from=2025-05-01&amp;to=2025-05-31"' in page.text
    answer = await app_client.get("/informe.csv?from=2025-05-01&to=2025-05-31")
    assert answer.headers["content-disposition"] == 'attachment; filename="informe-2025-05-01-2025-05-31.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    figures = {(line["Tabla"], line["Descripción"]): line["Valor"] for line in lines if line["Columna"] == "Cantidad"}
    assert figures["13", "Juicios Ordinarios"] == figures["13", "Total"] == figures["16", "Laboral"] == "1"
    assert figures["", "Oficios"] == "0"
    assert {(line["Desde"], line["Hasta"]) for line in lines} == {("2025-05-01", "2025-05-31")}
    assert {line["Tabla"] for line in lines if line["Descripción"] == "Total"} == {
        *["11", "12", "13", "14", "15", "16"],
        "",
    }


async def test_the_report_is_not_for_everybody(app_client: httpx.AsyncClient) -> None:
    assert (await app_client.get("/informe.csv")).status_code == 303
    for role in (Role.MUNICIPAL, Role.COORDINATOR, Role.DIRECTOR):
        await enter(app_client, await builders.person(role))
        for address in ("/informe", "/informe.csv"):
            assert (await app_client.get(address)).status_code == 403, (address, role)
        assert 'href="/informe"' not in (await app_client.get("/convenios")).text


async def test_a_past_report_is_asked_as_it_stood(app_client: httpx.AsyncClient, clock: Clock) -> None:
    month = await builders.attendance(await builders.center(), date(2025, 5, 1), men=3, women=4)
    clock.move_to(date(2026, 6, 1))
    admin = await builders.person(Role.ADMIN)
    await correct_attendance(actor=admin, attendance_id=month.id, men=30, women=4, reason="Se contó mal")
    await enter(app_client, await builders.person(Role.LEGAL))
    year = "from=2025-01-01&to=2025-12-31"
    now = await app_client.get(f"/informe?{year}")
    then = await app_client.get(f"/informe?{year}&asOf=2026-03-02")
    assert (">34<" in now.text, ">34<" in then.text, ">7<" in then.text) == (True, False, True)
    assert "como constaba el 2 de marzo de 2026" in then.text
    assert "Emitir este informe" not in then.text
    assert f'href="/informe.docx?{year.replace("&", "&amp;")}&amp;asOf=2026-03-02"' in then.text
    answer = await app_client.get(f"/informe.csv?{year}&asOf=2026-03-02")
    assert ",Total,7" in answer.text.replace("\r", "")
    for wrong in ("/informe", "/informe.docx"):
        page = await app_client.get(f"{wrong}?{year}&asOf=2025-12-30")
        assert (page.status_code, "el último día del período o después" in page.text) == (400, True)
