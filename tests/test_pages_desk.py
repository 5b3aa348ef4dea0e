"""The desk in the pages: loads beside names, deadlines that explain themselves, the stopped clock, narrower lists."""

import re
from datetime import date

import httpx
import pytest

from models.people import Role, User
from models.reviews import ReviewMatter, ReviewStage
from tests import builders, stages
from tests.browsing import enter, form, send
from tests.conftest import Clock
from tests.door import person_id

DAY = date(2026, 3, 2)


@pytest.fixture
async def head(clock: Clock, app_client: httpx.AsyncClient) -> User:
    """Sign the head in."""
    person = await builders.person(Role.LEGAL_HEAD)
    await enter(app_client, person)
    return person


async def test_whoever_gives_a_file_sees_each_load_the_least_first(head: User, app_client: httpx.AsyncClient) -> None:
    busy, free = await builders.person(Role.LEGAL), await builders.person(Role.LEGAL)
    await stages.file_in(ReviewStage.IN_ANALYSIS, assignee=busy, due_on=date(2026, 2, 27))
    await stages.file_in(ReviewStage.IN_ANALYSIS, assignee=busy, due_on=date(2026, 3, 9))
    file = await stages.file_in(ReviewStage.RECEIVED, due_on=date(2026, 3, 9))

    page = await app_client.get(f"/expedientes/{file.code}")

    offered = re.findall(r"<option value=\"[^\"]+\"[^>]*>([^<]+)</option>", page.text)
    assert offered[-1] == f"{busy.name}: 2 expedientes, 1 fuera de plazo"
    assert f"{free.name}: sin expedientes" in offered
    answer = await send(app_client, page, form(page, "AssignReview"), assigneeId=person_id(free))
    assert answer.status_code == 303
    # The same deed moves it on.
    page = await app_client.get(f"/expedientes/{file.code}")
    assert f"{free.name}: 1 expediente" in page.text
    answer = await send(app_client, page, form(page, "AssignReview"), assigneeId=person_id(busy))
    assert answer.status_code == 303
    assert (await stages.again(file)).assignee_id == busy.id


async def test_the_file_that_is_given_does_not_weigh_on_whom_it_is_proposed_to(
    head: User, app_client: httpx.AsyncClient
) -> None:
    proposed = await builders.person(Role.LEGAL, name="Zoila Pop")
    file = await stages.file_in(ReviewStage.RECEIVED, proposed_lawyer=proposed, due_on=date(2026, 2, 27))
    page = await app_client.get(f"/expedientes/{file.code}")
    assert "selected>Zoila Pop: sin expedientes</option>" in page.text
    await stages.file_in(ReviewStage.RECEIVED, proposed_lawyer=proposed, due_on=date(2026, 2, 27))
    page = await app_client.get(f"/expedientes/{file.code}")
    assert "selected>Zoila Pop: 1 expediente, 1 fuera de plazo</option>" in page.text


async def test_a_deadline_explains_itself_and_the_stopped_clock_is_seen(
    head: User, app_client: httpx.AsyncClient
) -> None:
    term = {"due_on": date(2026, 3, 16), "due_from": DAY, "due_days": 10}
    lawyer = await builders.person(Role.LEGAL)
    on_desk = await stages.file_in(ReviewStage.IN_ANALYSIS, assignee=lawyer, **term)
    away = await stages.file_in(ReviewStage.RETURNED, assignee=lawyer, days_left=6, **term)
    spent = await stages.file_in(ReviewStage.RETURNED, assignee=lawyer, days_left=0, **term)

    page = await app_client.get(f"/expedientes/{on_desk.code}")
    assert "Cómo se cuenta el plazo" in page.text
    assert "10 días hábiles desde el lunes 2 de marzo de 2026" in page.text
    assert "El reloj" not in page.text
    page = await app_client.get(f"/expedientes/{away.code}")
    assert "El reloj de la Asesoría está detenido: le quedaban 6 días hábiles." in page.text
    page = await app_client.get(f"/expedientes/{spent.code}")
    assert "ya no le quedaban días hábiles" in page.text
    for form_page in ("dictamen", "devolver"):
        page = await app_client.get(f"/expedientes/{on_desk.code}/{form_page}")
        assert "10 días hábiles desde el lunes 2 de marzo de 2026" in page.text


async def test_lists_are_narrowed_by_matter_and_days(head: User, app_client: httpx.AsyncClient) -> None:
    opinion = await stages.file_in(ReviewStage.RECEIVED, matter=ReviewMatter.OPINION)
    closed = await stages.file_in(ReviewStage.CLOSED, requested_on=date(2026, 1, 9), closed_on=date(2026, 2, 2))
    page = await app_client.get("/expedientes")
    assert "<details>\n    <summary>Por asunto y fechas" in page.text
    page = await app_client.get("/expedientes?filter.search=&filter.matter=OPINION&filter.receivedFrom=")
    assert opinion.code in page.text
    assert closed.code not in page.text
    assert '<option value="OPINION" selected>' in page.text
    page = await app_client.get("/expedientes?filter.receivedFrom=2026-01-01&filter.receivedTo=2026-01-31")
    assert opinion.code not in page.text
    assert closed.code in page.text
    page = await app_client.get("/expedientes?filter.closedFrom=2026-02-30")
    assert page.status_code == 422
    assert "Escriba una fecha que exista" in page.text
