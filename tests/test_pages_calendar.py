"""The calendar's pages: twelve months that say aloud what they mark, a count that explains itself, corrections."""

import re
from datetime import date

import httpx
import pytest

from actions.catalogs import load_catalogs
from actions.people import system_user
from models.calendar import Holiday
from models.people import Role
from tests import builders
from tests.browsing import enter, form, forms, send

pytestmark = pytest.mark.usefixtures("clock")
ADMIN = "/administracion/calendario"


def month(page: httpx.Response, name: str) -> str:
    """Return the table of a month."""
    (found,) = re.findall(rf"<table>\s*<caption>{name}<.*?</table>", page.text, re.DOTALL)
    return str(found)


async def test_a_year_of_twelve_months_says_aloud_what_it_marks(app_client: httpx.AsyncClient) -> None:
    await load_catalogs(actor=await system_user())
    await enter(app_client, await builders.person(Role.COORDINATOR))
    page = await app_client.get("/calendario?year=2025")
    assert page.text.count("<caption>") == 13
    november = month(page, "Noviembre")
    assert '<caption>Noviembre<span class="hide"> de 2025</span></caption>' in november
    assert '<th scope="col"><abbr title="lunes">L</abbr></th>' in november
    marked = re.findall(r'<td class="bad"><b>(\d+)</b><span class="hide">, (.*?)</span>', november)
    assert [day for day, _ in marked] == ["1", "3"]
    assert marked[1][1] == "Día de Todos los Santos (descanso trasladado)"
    assert [re.findall(r'class="warn"><b>(\d+)', month(page, "Abril"))] == [["16"]]
    # All days of a month, each in the column of its weekday.
    rows = re.findall(r"<tr>(.*?)</tr>", november, re.DOTALL)[1:]
    cells = [re.findall(r"<td[^>]*>(?:<b>)?(\d*)", row) for row in rows]
    assert all(len(row) == 7 for row in cells)
    assert [int(day) for row in cells for day in row if day] == list(range(1, 31))
    assert cells[0].index("1") == date(2025, 11, 1).weekday()
    assert "Acuerdo Gubernativo 186-2025" in page.text
    assert "Lista general de asuetos de Guatemala" in page.text
    assert 'href="?year=2026"' in page.text
    assert "Corregir el calendario" not in page.text


async def test_a_term_is_counted_and_explained(app_client: httpx.AsyncClient) -> None:
    await load_catalogs(actor=await system_user())
    await enter(app_client, await builders.person(Role.LEGAL))
    page = await app_client.get("/calendario")
    assert "Vence el" not in page.text
    count, measure = [one for one in forms(page) if one.action == "/calendario"]
    assert (count.values["days"], count.values["from"]) == ("10", "2026-03-02")
    page = await app_client.get("/calendario", params=count.values | {"from": "2026-03-27", "days": "5"})
    assert "Vence el martes 7 de abril de 2026." in page.text
    assert "por asueto el jueves 2 de abril de 2026 (Jueves Santo)" in page.text
    page = await app_client.get("/calendario", params=measure.values | {"from": "2026-03-27", "to": "2026-04-07"})
    assert "5 días hábiles." in page.text
    wrong = await app_client.get("/calendario", params=count.values | {"days": "diez", "from": "2026-02-30"})
    assert wrong.status_code == 422
    assert "Escriba un número entero" in wrong.text
    assert "Vence el" not in wrong.text
    for params, words in [({"days": "5000"}, "van de 0 a 2000"), ({"municipalityCode": "Macondo"}, "«Macondo»")]:
        refused = await app_client.get("/calendario", params=count.values | params)
        assert (refused.status_code, words in refused.text) == (400, True)


async def test_an_administrator_corrects_the_calendar_and_takes_it_back(app_client: httpx.AsyncClient) -> None:
    await builders.places()
    await enter(app_client, await builders.person(Role.ADMIN))
    page = await app_client.get(ADMIN)
    assert "Vale la lista general." in page.text
    typed = {"day": "2026-08-04", "name": "Feria de Cobán", "scope": "MUNICIPAL", "legalBasis": "Costumbre"}
    refused = await send(app_client, page, form(page, "SaveHoliday"), **typed)
    assert (refused.status_code, form(refused, "SaveHoliday").values["name"]) == (422, "Feria de Cobán")
    assert form(refused, "SaveHoliday").values["scope"] == "MUNICIPAL"
    sent = await send(app_client, refused, form(refused, "SaveHoliday"), municipalityCode="cobán")
    assert sent.status_code == 303
    page = await app_client.get(sent.headers["location"])
    assert "Asueto · Cobán" in page.text
    assert "Feria de Cobán" in (await app_client.get("/calendario?municipalityCode=1601")).text
    assert "Feria de Cobán" not in (await app_client.get("/calendario")).text
    empty = await send(app_client, page, form(page, "WithdrawHoliday"), reason="")
    assert (empty.status_code, "Complete este dato." in empty.text) == (422, True)
    sent = await send(app_client, page, form(page, "WithdrawHoliday"), reason="No aplica")
    page = await app_client.get(sent.headers["location"])
    assert "Retirada" in page.text
    assert (await Holiday.get()).withdrawn_on == date(2026, 3, 2)
    await enter(app_client, await builders.person(Role.AUDITOR))
    page = await app_client.get(ADMIN)
    assert "Feria de Cobán" in page.text
    assert [one for one in forms(page) if one.values.get("_operation")] == []


async def test_everybody_signed_in_finds_the_calendar(app_client: httpx.AsyncClient) -> None:
    assert (await app_client.get("/calendario")).status_code == 303
    for role in (Role.MUNICIPAL, Role.DIRECTOR, Role.SIGNATORY, Role.AUDITOR, Role.LEGAL):
        await enter(app_client, await builders.person(role))
        page = await app_client.get("/calendario")
        assert page.status_code == 200
        assert '<a href="/calendario">' in page.text
        if role in (Role.MUNICIPAL, Role.DIRECTOR, Role.SIGNATORY):
            assert (await app_client.get(ADMIN)).status_code == 403
