"""Issuing the report: what was issued stays, its files too, and today's count of the same period beside it."""

import asyncio
from datetime import date
from hashlib import sha256
from unittest.mock import ANY

import httpx
import pytest
from tortoise.connection import connections

from actions.attendance import correct_attendance
from actions.refusals import Refusal
from actions.reports import issue_report
from models.centers import Attendance
from models.papers import OfficialDocument
from models.people import Role, User
from models.publications import IssuedReport
from models.reviews import LegalReview, ReviewStage
from reads.issued_reports import differing, kept
from reads.report_tables import Cell, ReportRow, ReportTable
from tests import builders
from tests.browsing import enter, form, send
from tests.conftest import Clock
from tests.door import ask, done, id_of, refusal, request, told

ISSUE = """mutation ($input: IssueReportInput!) { issueReport(input: $input) {
  issuedReport { id edition firstDay lastDay note file { url sha256 } workbook { url } }
  errors { code message path } } }"""
SHOWN = """query ($id: ID!) { issuedReport(id: $id) { edition file { url sha256 } workbook { url }
  tables { number rows { label cells } totals notes } differences { table row column issued today href } } }"""
AS_OF = """query ($from: Date, $to: Date, $asOf: Date) { annualReport(from: $from, to: $to, asOf: $asOf) {
  tables { number rows { label cells } totals notes } } }"""
ONE = "query ($id: ID!) { issuedReport(id: $id) { id } }"
LIST = "{ issuedReports { totalCount nodes { edition } } }"
YEAR = {"from": "2025-01-01", "to": "2025-12-31"}
pytestmark = pytest.mark.usefixtures("db", "clock")


async def a_month() -> Attendance:
    """Note the people attended in a center during a month of the year."""
    return await builders.attendance(await builders.center("CAD Chamelco"), date(2025, 11, 1), men=3, women=4)


async def downloaded(person: User, url: str) -> bytes:
    """Return the bytes behind an address."""
    answer = await request(person, "GET", url)
    assert answer.status_code == 200
    return answer.content


@pytest.mark.both_databases
async def test_what_was_issued_stays_and_a_correction_stands_beside_it(clock: Clock) -> None:
    lawyer, month = await builders.person(Role.LEGAL), await a_month()
    paper = await builders.paper(issued_on=date(2025, 5, 5), issued_by=lawyer)
    of_year = await builders.review(stage=ReviewStage.IN_ANALYSIS, received_on=date(2025, 5, 5))
    report = (await done(lawyer, ISSUE, **YEAR, note="Para la Memoria"))["issuedReport"]
    assert (report["edition"], report["firstDay"], report["note"]) == (1, "2025-01-01", "Para la Memoria")
    issued = (await told(lawyer, SHOWN, id=report["id"]))["issuedReport"]
    tables = {table["number"]: table for table in issued["tables"]}
    assert (tables[12]["totals"], issued["differences"]) == (["1", "1", "3", "4", "7"], [])
    word = await downloaded(lawyer, report["file"]["url"])
    book = await downloaded(lawyer, report["workbook"]["url"])
    assert sha256(word).hexdigest() == report["file"]["sha256"]

    clock.move_to(date(2026, 6, 1))
    keeper = await builders.person(Role.ADMIN)
    await correct_attendance(actor=keeper, attendance_id=month.id, men=5, women=4, reason="Se contó mal")

    voided = {"voided_on": date(2026, 6, 1), "void_reason": "Error", "voided_by_id": lawyer.id}
    await OfficialDocument.filter(id=paper.id).update(**voided)
    await LegalReview.filter(id=of_year.id).update(stage=ReviewStage.CLOSED, closed_on=date(2026, 6, 1))

    later = (await told(lawyer, SHOWN, id=report["id"]))["issuedReport"]
    assert later["tables"] == issued["tables"]
    place = "/centros/" + (await month.center).code + "/asistencia"
    assert later["differences"] == [
        {"table": "Tabla 12", "row": row, "column": column, "issued": old, "today": new, "href": href}
        for row, href in (("Alta Verapaz", place), ("Total", None))
        for column, old, new in (("Hombres", "3", "5"), ("Total", "7", "9"))
    ] + [
        {"table": "Correspondencia", "row": row, "column": "Cantidad", "issued": "1", "today": "0", "href": ANY}
        for row in ("Oficios", "Total")
    ]
    # Asked as it stood then, everything is told as it was issued, notes and all.
    then = (await told(lawyer, AS_OF, **YEAR, asOf="2026-03-02"))["annualReport"]["tables"]
    aside = "Las listas que abren las cifras muestran los registros como están hoy."
    assert then == [table | {"notes": [*table["notes"], aside]} for table in issued["tables"]]
    (error,) = (await ask(lawyer, AS_OF, **YEAR, asOf="2025-12-30"))["errors"]
    assert "el último día del período o después" in error["message"]
    assert await downloaded(lawyer, report["file"]["url"]) == word
    assert await downloaded(lawyer, report["workbook"]["url"]) == book
    again = (await done(lawyer, ISSUE, **YEAR))["issuedReport"]
    assert again["edition"] == 2
    assert (await told(lawyer, SHOWN, id=again["id"]))["issuedReport"]["differences"] == []
    assert (await told(lawyer, LIST))["issuedReports"] == {"totalCount": 2, "nodes": [{"edition": 2}, {"edition": 1}]}
    # Not even the database changes it.
    row = await IssuedReport.all().order_by("id").first()
    assert row
    connection = connections.get("default")
    for deed in ("UPDATE issued_reports SET note = 'otra'", "DELETE FROM issued_reports"):
        with pytest.raises(Exception, match="never changes"):
            await connection.execute_query(f"{deed} WHERE id = {row.id}")
    assert await IssuedReport.get(id=row.id).values("note") == {"note": "Para la Memoria"}


@pytest.mark.both_databases
async def test_two_who_issue_at_once_make_one_edition_each_or_one_is_told() -> None:
    await a_month()
    people = [await builders.person(Role.LEGAL) for _ in range(3)]
    period = {"first": date(2025, 1, 1), "last": date(2025, 12, 31)}
    came = await asyncio.gather(*(issue_report(actor=one, **period) for one in people), return_exceptions=True)
    issued = [one for one in came if isinstance(one, IssuedReport)]
    assert issued
    assert all(isinstance(one, IssuedReport | Refusal) for one in came)
    assert sorted(one.edition for one in issued) == list(range(1, len(issued) + 1))
    assert await IssuedReport.all().count() == len(issued)


async def test_what_is_refused() -> None:
    lawyer = await builders.person(Role.LEGAL)
    reversed_period = await refusal(lawyer, ISSUE, **{"from": "2025-12-31", "to": "2025-01-01"})
    assert (reversed_period.path, "termina antes de empezar" in reversed_period.message) == ("to", True)
    future = await refusal(lawyer, ISSUE, **{"from": "2026-01-01", "to": "2026-03-03"})
    assert (future.path, "todavía no termina" in future.message) == ("to", True)
    assert (await refusal(lawyer, ISSUE, **YEAR, note="x" * 2001)).path == "note"
    # Sent twice, issued once.
    first = await done(lawyer, ISSUE, **YEAR, clientMutationId="una")
    assert await done(lawyer, ISSUE, **YEAR, clientMutationId="una") == first
    assert await IssuedReport.all().count() == 1
    key = first["issuedReport"]["id"]
    for role in set(Role) - {Role.SYSTEM}:
        person = await builders.person(role)
        reads = role not in (Role.MUNICIPAL, Role.COORDINATOR, Role.DIRECTOR)
        assert bool((await told(person, ONE, id=key))["issuedReport"]) == reads
        assert (await told(person, LIST))["issuedReports"]["totalCount"] == int(reads)
        file = await request(person, "GET", first["issuedReport"]["file"]["url"])
        assert file.status_code == (200 if reads else 404), role
        if role not in (Role.LEGAL, Role.LEGAL_HEAD):
            (error,) = (await ask(person, ISSUE, input=YEAR))["errors"]
            assert error["extensions"]["code"] == "FORBIDDEN", role
    assert (await told(lawyer, SHOWN, id=id_of(lawyer, "Person")))["issuedReport"] is None


def row(key: str, label: str, *values: int | str) -> ReportRow:
    """Return a line whose cells lead nowhere."""
    return ReportRow(label, [Cell(value, f"/{key}") for value in values], key)


def test_differences_name_changed_lines_new_ones_and_those_gone() -> None:
    columns = ("Departamento", "Centro", "Total")
    old = ReportTable(12, "x", columns, [row("a", "Zacapa", "CAD A", 1), row("b", "Zacapa", "CAD B", 2)])
    new = ReportTable(12, "x", columns, [row("b", "Jutiapa", "CAD B", 2), row("c", "Zacapa", "CAD C", 0)])
    told_of = [(one.row, one.column, one.issued, one.today) for one in differing(kept(old), new)]
    assert told_of == [
        ("Zacapa · CAD A", "Centro", "CAD A", ""),
        ("Zacapa · CAD A", "Total", "1", ""),
        ("Jutiapa", "Departamento", "Zacapa", "Jutiapa"),
        ("Zacapa · CAD C", "Centro", "", "CAD C"),
        ("Zacapa · CAD C", "Total", "", "0"),
        ("Total", "Total", "3", "2"),
    ]
    assert differing(kept(new), new) == []


async def test_the_pages_issue_it_and_show_what_changed(app_client: httpx.AsyncClient) -> None:
    month = await a_month()
    await enter(app_client, await builders.person(Role.LEGAL_HEAD))
    page = await app_client.get("/informe?from=2025-01-01&to=2025-12-31")
    assert "Emitir este informe" in page.text
    assert page.text.count("<svg") >= 2
    page = await send(app_client, page, form(page, "IssueReport"), note="Año 2025")
    page = await app_client.get(page.headers["location"])
    assert "El informe quedó emitido." in page.text
    assert "En nada: hoy se cuenta lo mismo." in page.text
    address = page.url.path
    await Attendance.filter(id=month.id).update(women=1)
    page = await app_client.get(address)
    assert "celdas que hoy se contarían de otra manera" in page.text
    assert '<td class="number" data-label="Se emitió">4</td>' in page.text
    listed = await app_client.get("/informe/emitidos")
    assert "Año 2025" in listed.text
    assert (await app_client.get("/informe/emitidos/no-existe")).status_code == 404
    page = await app_client.get("/informe?from=2026-01-01&to=2026-12-31")
    wrong = await send(app_client, page, form(page, "IssueReport"), note="ñ")
    assert wrong.status_code == 422
    assert "todavía no termina" in wrong.text
    assert ">\nñ</textarea>" in wrong.text
    await enter(app_client, await builders.person(Role.AUDITOR))
    page = await app_client.get("/informe")
    assert "Emitir este informe" not in page.text
    assert (await app_client.get(address)).status_code == 200
