"""The pages about court files: what a lawyer reads first, and every deed by its form, with nothing typed lost."""

import re
from datetime import date
from typing import Any

import httpx
import pytest

from models.court import CourtDate, CourtFile, CourtFileKind, CourtNotice, CourtPaper, CourtStage
from models.people import Role, User
from tests import builders, court
from tests.browsing import enter, form, forms, send
from tests.conftest import Clock
from tests.door import PDF, id_of, person_id

MARK = "Información reservada (Decreto 57-2008, arts. 22 y 23)"
HOSTILE = "<script>alert(1)</script> {{7*7}}"


@pytest.fixture
async def lawyer(clock: Clock, app_client: httpx.AsyncClient) -> User:
    """Sign a lawyer in."""
    person = await builders.person(Role.LEGAL)
    await enter(app_client, person)
    return person


def codes(page: httpx.Response) -> list[str]:
    """Return the codes of the files that the list links to, in its order."""
    return re.findall(r'<th scope="row"><a class="whole" href="/judiciales/(JUD-\d{4}-\d{4})"', page.text)


# Lists ---------------------------------------------------------------------------------------------------------------


async def test_what_comes_next_is_read_first(lawyer: User, app_client: httpx.AsyncClient) -> None:
    labor = await builders.court_file(lawyer=lawyer, next_on=date(2026, 3, 9), claimants="Ana López\nBeto Caal")
    late = await builders.court_file(CourtFileKind.CRIMINAL_CASE, next_on=date(2026, 2, 27))
    plain = await builders.court_file(CourtFileKind.ADMINISTRATIVE_CASE)
    over = await builders.court_file(stage=CourtStage.CLOSED, closed_on=date(2026, 2, 1), search="archivado nandu")
    await court.court_date(labor, date(2026, 3, 9), title="Junta conciliatoria")
    await court.court_date(late, date(2026, 2, 27))
    page = await app_client.get("/judiciales")
    assert MARK in page.text
    assert page.text.index("Lo próximo") < page.text.index('role="search"')
    assert page.text.index("viernes 27 de febrero") < page.text.index("lunes 9 de marzo")
    assert "Pasó sin resultado" in page.text
    assert "Faltan 5 días hábiles" in page.text
    assert codes(page) == [late.code, labor.code, plain.code]
    assert "Ana López, Beto Caal" in page.text
    for query, expected in (
        ("?filter.branch=LABOR&filter.open=true", [labor]),
        ("?filter.branch=CRIMINAL&filter.open=true", [late]),
        ("?filter.branch=ADMINISTRATIVE&filter.open=true", [plain]),
        ("?filter.mine=true&filter.open=true", [labor]),
        ("?filter.withoutLawyer=true&filter.open=true", [late, plain]),
    ):
        assert f'href="/judiciales{query.replace("&", "&amp;")}"' in page.text, query
        shown = await app_client.get(f"/judiciales{query}")
        assert codes(shown) == [one.code for one in expected], query
        assert 'aria-current="page">' in shown.text
        assert "Lo próximo" not in shown.text
    found = await app_client.get("/judiciales", params={"filter.search": "ÑANDÚ"})
    assert codes(found) == [over.code], "a search finds closed files too"
    assert codes(await app_client.get("/judiciales?filter.stage=CLOSED")) == [over.code]
    empty = await app_client.get("/judiciales?filter.search=nada")
    assert "Ningún expediente judicial cumple con eso." in empty.text
    wrong = await app_client.get("/judiciales?filter.openedFrom=2026-02-30")
    assert wrong.status_code == 422
    assert "Escriba una fecha que exista" in wrong.text


async def test_the_way_there_is_in_the_frame_of_those_who_may(clock: Clock, app_client: httpx.AsyncClient) -> None:
    for role in Role:
        if role == Role.SYSTEM:
            continue
        await enter(app_client, await builders.person(role))
        page = await app_client.get("/convenios")
        assert ('href="/judiciales"' in page.text) == (role in (Role.LEGAL, Role.LEGAL_HEAD, Role.AUDITOR)), role


async def test_an_auditor_reads_and_is_offered_no_deed(clock: Clock, app_client: httpx.AsyncClient) -> None:
    file = await builders.court_file()
    await court.court_date(file)
    notice = await court.notice(file)
    await enter(app_client, await builders.person(Role.AUDITOR))
    paths = ("", f"/{file.code}", "/agenda", "/notificaciones", f"/notificaciones/{id_of(notice)}")
    for path in paths:
        page = await app_client.get(f"/judiciales{path}")
        assert page.status_code == 200, path
        assert MARK in page.text, path
        assert "_operation" not in page.text, path
    assert (await app_client.get("/judiciales/nuevo")).status_code == 403


async def test_the_agenda_of_a_month(lawyer: User, app_client: httpx.AsyncClient) -> None:
    file = await builders.court_file(lawyer=lawyer)
    for day in (date(2026, 3, 31), date(2026, 4, 1), date(2026, 2, 27)):
        await court.court_date(file, day)
    await court.court_date(file, date(2026, 3, 3), settled_on=date(2026, 3, 2), result="Suspendida.")
    page = await app_client.get("/judiciales/agenda")
    days = re.findall(r"(\d+) de (\w+) de 2026, 09:30", page.text)
    assert days == [("27", "febrero"), ("31", "marzo"), ("1", "abril")]
    march = '<a href="/judiciales/agenda?filter.since=2026-03-01&amp;filter.until=2026-03-31"'
    assert march in page.text.replace("&filter", "&amp;filter")
    shown = await app_client.get("/judiciales/agenda?filter.since=2026-03-01&filter.until=2026-03-31")
    assert re.findall(r"(\d+) de (\w+) de 2026, 09:30", shown.text) == [("3", "marzo"), ("31", "marzo")]
    assert "Con resultado" in shown.text
    assert "2 fechas" in shown.text


async def test_the_months_of_december_end_the_year(clock: Clock, lawyer: User, app_client: httpx.AsyncClient) -> None:
    clock.move_to(date(2026, 12, 15))
    await enter(app_client, lawyer)
    page = (await app_client.get("/judiciales/agenda")).text
    assert "filter.since=2026-12-01&filter.until=2026-12-31" in page.replace("&amp;", "&")
    assert "filter.since=2027-01-01&filter.until=2027-01-31" in page.replace("&amp;", "&")


async def test_names_are_text_never_markup(lawyer: User, app_client: httpx.AsyncClient) -> None:
    texts = dict.fromkeys(("claimants", "defendants", "subject", "court", "note", "outcome"), HOSTILE)
    file = await builders.court_file(**texts, court_number=HOSTILE)
    await court.court_date(file, title=HOSTILE, place=HOSTILE)
    notice = await court.notice(file, summary=HOSTILE)
    await court.paper(file, title=HOSTILE)
    for path in ("", f"/{file.code}", "/agenda", "/notificaciones", f"/notificaciones/{id_of(notice)}"):
        page = await app_client.get(f"/judiciales{path}")
        assert page.status_code == 200, path
        assert "<script>" not in page.text, path
        assert "&lt;script&gt;alert(1)" in page.text, path


# One file ------------------------------------------------------------------------------------------------------------


async def test_a_file_is_registered_and_nothing_typed_is_lost(lawyer: User, app_client: httpx.AsyncClient) -> None:
    await builders.department()
    page = await app_client.get("/judiciales/nuevo")
    filled = form(page, "RegisterCourtFile")
    assert filled.values["lawyerId"] == person_id(lawyer)
    typed = {"kind": "REINSTATEMENT", "court": "Juzgado Décimo", "claimants": "Ana\r\nBeto", "departmentCode": "16"}
    again = await send(app_client, page, filled, **typed, subject="x" * 301)
    assert again.status_code == 422
    assert '<a href="#f-openedOn">Complete este dato.</a>' in again.text
    again = await send(app_client, again, form(again, "RegisterCourtFile"), openedOn="2026-03-03")
    assert again.status_code == 422
    assert "La fecha de inicio va del 01/01/1980 a hoy." in again.text
    assert "use 300 caracteres o menos" in again.text
    kept = {name: value.replace("\r\n", "\n") for name, value in form(again, "RegisterCourtFile").values.items()}
    assert {name: value.replace("\r\n", "\n") for name, value in typed.items()}.items() <= kept.items()
    done = await send(app_client, again, form(again, "RegisterCourtFile"), openedOn="2026-03-02", subject="Pago")
    file = await CourtFile.get()
    assert (done.status_code, done.headers["location"]) == (303, f"/judiciales/{file.code}?hecho=RegisterCourtFile")
    assert (file.claimants, file.department_id) == ("Ana\nBeto", "16")  # type: ignore[attr-defined]
    shown = await app_client.get(done.headers["location"])
    assert "El expediente quedó registrado." in shown.text
    assert MARK in shown.text
    assert "Ana; Beto" in shown.text


async def test_stages_are_those_that_are_possible_and_closing_asks_for_its_end(
    lawyer: User, app_client: httpx.AsyncClient
) -> None:
    file = await builders.court_file()
    await court.court_date(file, date(2026, 3, 9))
    page = await app_client.get(f"/judiciales/{file.code}")
    options = re.findall(r'<option value="([A-Z_]+)"', page.text)
    assert [one for one in options if one in CourtStage.__members__] == ["IN_PROCEEDINGS", "RULED", "CLOSED"]
    again = await send(app_client, page, form(page, "ChangeCourtFile", form="stage"), stage="CLOSED")
    assert again.status_code == 422
    assert '<a href="#f-stage-outcome">' in again.text
    assert 'id="f-stage-outcome"' in again.text
    ended = {"outcome": "Se desistió.", "closedOn": "2026-03-02"}
    again = await send(app_client, again, form(again, "ChangeCourtFile", form="stage"), **ended)
    assert "audiencia del 09/03/2026" in again.text
    assert form(again, "ChangeCourtFile", form="stage").values["outcome"] == "Se desistió."
    settle = form(again, "SettleCourtDate")
    settled = await send(app_client, again, settle, result="Se celebró.")
    assert settled.headers["location"] == f"/judiciales/{file.code}?hecho=SettleCourtDate"
    page = await app_client.get(settled.headers["location"])
    assert "Se celebró." in page.text
    done = await send(app_client, page, form(page, "ChangeCourtFile", form="stage"), stage="CLOSED", **ended)
    assert done.status_code == 303, done.text
    page = await app_client.get(f"/judiciales/{file.code}")
    assert {one.values.get("_operation") for one in forms(page)} == {None, "AddCourtPaper"}
    assert "Fenecido" in page.text


async def test_hearings_deadlines_and_papers_have_their_forms(lawyer: User, app_client: httpx.AsyncClient) -> None:
    file = await builders.court_file()
    page = await app_client.get(f"/judiciales/{file.code}")
    hearing = {"title": "Junta", "onDate": "2026-03-09"}
    again = await send(app_client, page, form(page, "AddCourtDate", form="hearing"), **hearing)
    assert again.status_code == 422
    assert '<a href="#f-hearing-atTime">' in again.text
    assert form(again, "AddCourtDate", form="hearing").values["title"] == "Junta"
    assert form(again, "AddCourtDate", form="deadline").values["title"] == ""
    done = await send(app_client, again, form(again, "AddCourtDate", form="hearing"), atTime="08:30")
    assert done.status_code == 303, done.text
    page = await app_client.get(f"/judiciales/{file.code}")
    deadline = {"title": "Apelar", "workingDays": "3", "countedFrom": "2026-03-02"}
    done = await send(app_client, page, form(page, "AddCourtDate", form="deadline"), **deadline)
    assert done.status_code == 303, done.text
    assert await CourtDate.filter(court_file=file).order_by("on_date").values_list("on_date", flat=True) == [
        date(2026, 3, 5),
        date(2026, 3, 9),
    ]
    page = await app_client.get(f"/judiciales/{file.code}")
    assert "Cómo se cuenta el plazo" in page.text
    assert "3 días hábiles desde el lunes 2 de marzo de 2026" in page.text
    paper = form(page, "AddCourtPaper")
    given = {"title": "Memorial", "datedOn": "2026-03-02"}
    done = await send(app_client, page, paper, {"fileId": ("memorial.pdf", PDF, "application/pdf")}, **given)
    assert done.status_code == 303, done.text
    assert await CourtPaper.exists(court_file=file, title="Memorial")


async def test_who_carries_it_changes_and_somebody_faster_is_told(lawyer: User, app_client: httpx.AsyncClient) -> None:
    file = await builders.court_file(court_number="")
    page = await app_client.get(f"/judiciales/{file.code}")
    filled = form(page, "ChangeCourtFile", form="facts")
    await CourtFile.filter(id=file.id).update(version=2)
    mine = {"lawyerId": person_id(lawyer), "note": "Urge.", "courtNumber": "01173-2026-9"}
    again = await send(app_client, page, filled, **mine)
    assert again.status_code == 422
    assert "Otra persona cambió este registro" in again.text
    filled = form(again, "ChangeCourtFile", form="facts")
    assert mine.items() <= filled.values.items()
    done = await send(app_client, again, filled)
    assert done.status_code == 303, done.text
    shown = await app_client.get(f"/judiciales/{file.code}")
    assert "courtNumber" not in form(shown, "ChangeCourtFile", form="facts").values
    assert "01173-2026-9" in shown.text


# Notices -------------------------------------------------------------------------------------------------------------


async def test_a_notice_is_registered_linked_and_answered(lawyer: User, app_client: httpx.AsyncClient) -> None:
    file = await builders.court_file(court_number="01173-2026-5")
    page = await app_client.get("/judiciales/notificaciones")
    given: dict[str, Any] = {"branch": "LABOR", "court": file.court, "courtNumber": "01173-2026-5"}
    given |= {"summary": "Se corre audiencia", "workingDays": "5", "receivedOn": "2026-02-27"}
    scan = {"fileId": ("cedula.pdf", PDF, "application/pdf")}
    done = await send(app_client, page, form(page, "RegisterCourtNotice"), scan, **given)
    assert done.headers["location"] == "/judiciales/notificaciones?hecho=RegisterCourtNotice", done.text
    page = await app_client.get("/judiciales/notificaciones?filter.answered=false&filter.asksAnswer=true")
    assert file.code in page.text
    assert "Faltan 4 días hábiles" in page.text
    notice = await CourtNotice.get()
    one = await app_client.get(f"/judiciales/notificaciones/{id_of(notice)}")
    assert "cedula.pdf" in one.text
    issued = await builders.paper(court_file=file)
    one = await app_client.get(f"/judiciales/notificaciones/{id_of(notice)}")
    answer = form(one, "AnswerCourtNotice")
    again = await send(app_client, one, answer, answeredOn="2026-02-26", answer="Se evacuó.")
    assert again.status_code == 422
    assert "va de la recepción, 27/02/2026, a hoy" in again.text
    chosen = {"answeredOn": "2026-03-02", "documentId": id_of(issued)}
    filled = form(again, "AnswerCourtNotice")
    assert filled.values["answer"] == "Se evacuó."
    done = await send(app_client, again, filled, {"fileId": ("escrito.pdf", PDF, "application/pdf")}, **chosen)
    assert done.status_code == 303, done.text
    shown = await app_client.get(done.headers["location"])
    assert "La respuesta quedó anotada." in shown.text
    assert issued.number in shown.text
    assert "_operation" not in shown.text
    whole = await app_client.get(f"/judiciales/{file.code}")
    for words in ("Respondida el 02/03/2026", "Respuesta a la notificación del 27/02/2026", issued.number):
        assert words in whole.text


async def test_a_notice_of_a_file_needs_no_court(lawyer: User, app_client: httpx.AsyncClient) -> None:
    file = await builders.court_file()
    page = await app_client.get(f"/judiciales/{file.code}")
    assert f"/judiciales/notificaciones?file={file.code}" in page.text
    page = await app_client.get(f"/judiciales/notificaciones?file={file.code}")
    filled = form(page, "RegisterCourtNotice")
    assert "court" not in filled.values
    again = await send(app_client, page, filled, receivedOn="2026-03-03", summary="Vista")
    assert again.status_code == 422
    assert form(again, "RegisterCourtNotice").values["summary"] == "Vista"
    done = await send(app_client, again, form(again, "RegisterCourtNotice"), receivedOn="2026-03-02")
    assert done.status_code == 303, done.text
    assert await CourtNotice.exists(court_file=file, court=file.court)


async def test_a_notice_without_file_says_how_to_mend_it(lawyer: User, app_client: httpx.AsyncClient) -> None:
    notice = await court.notice()
    page = await app_client.get(f"/judiciales/notificaciones/{id_of(notice)}")
    assert "regístrelo</a> con el número 01173-2025-00777" in page.text
    assert "fileId" not in form(page, "AnswerCourtNotice").files
    lost = await app_client.get("/judiciales/notificaciones?filter.withoutFile=true")
    assert "Sin expediente" in lost.text
    missing = await app_client.get(f"/judiciales/notificaciones/{id_of(await builders.review())}")
    assert missing.status_code == 404
    assert (await app_client.get("/judiciales/JUD-1999-0001")).status_code == 404


async def test_an_oficio_is_issued_from_the_file(lawyer: User, app_client: httpx.AsyncClient) -> None:
    file = await builders.court_file()
    page = await app_client.get(f"/judiciales/{file.code}")
    (address,) = re.findall(r'href="(/documentos/nuevo\?subject=[^"]+)"', page.text)
    chosen = await app_client.get(f"{address}&kind=OFICIO")
    assert f"el expediente judicial {file.code}" in chosen.text
    assert f'href="/judiciales/{file.code}"' in chosen.text
    assert form(chosen, "IssueDocument").values["subjectId"] == id_of(file)
