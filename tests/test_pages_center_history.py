"""The pages of a center's deeds: opening one, its history, noting and annulling; and the lists as of a date."""

import re
from datetime import date

import httpx
import pytest

from models.centers import Center, CenterEvent, CenterEventKind
from models.people import Role, User
from tests import builders
from tests.browsing import FROM_HERE, enter, form, forms, send
from tests.conftest import Clock
from tests.door import HOSTILE, PDF

ACT = "Acuerdo Interno 12-2026"


@pytest.fixture
async def director(clock: Clock, app_client: httpx.AsyncClient) -> User:
    """Sign the director of Mis Años Dorados in."""
    await builders.places()
    person = await builders.person(Role.DIRECTOR)
    await enter(app_client, person)
    return person


def shown(page: httpx.Response) -> list[str]:
    """Return the names in the table of centers."""
    return re.findall(r'<th scope="row"><a href="/centros/[^"]+">([^<]*)</a>', page.text)


async def test_a_center_is_opened_and_its_history_begins(director: User, app_client: httpx.AsyncClient) -> None:
    assert 'href="/centros/nuevo"' in (await app_client.get("/centros")).text
    page = await app_client.get("/centros/nuevo")
    assert 'value="CAD"' in page.text
    assert 'value="CADI"' not in page.text, "of another program"
    typed = {"name": HOSTILE[2], "kind": "CAP", "municipalityCode": "Chamelko", "openedOn": "2026-01-15", "act": ACT}

    refused = await send(app_client, page, form(page, "OpenCenter"), **typed)

    assert refused.status_code == 422
    assert "No se conoce el municipio «Chamelko»" in refused.text
    kept = form(refused, "OpenCenter")
    assert typed.items() <= kept.values.items()
    assert not await Center.exists()
    made = await send(
        app_client, refused, kept, {"fileId": ("acuerdo.pdf", PDF)}, municipalityCode="San Juan Chamelco", capacity="25"
    )
    assert made.headers["location"] == "/centros/MAD-1610-01/historia?hecho=OpenCenter"
    page = await app_client.get(made.headers["location"])
    assert "El centro quedó abierto." in page.text
    assert "<b>Apertura</b>. Acuerdo Interno 12-2026" in page.text
    assert "Capacidad: 25" in page.text
    assert ">acuerdo.pdf</a>" in page.text
    assert "<script>" not in page.text


async def test_a_deed_is_noted_refused_and_annulled(director: User, app_client: httpx.AsyncClient) -> None:
    center = await builders.center("Casa", capacity=30)
    live = await builders.convention(centers=[center])
    path = f"/centros/{center.code}/historia"
    page = await app_client.get(path)
    assert "No consta ningún acto" in page.text
    assert [one.values.get("_operation") for one in forms(page) if one.method == "post"][1:] == []
    offered = re.findall(r"acto=([A-Z]+)#anotar", page.text)
    assert offered == ["OPENING", "ENLARGEMENT", "REDUCTION", "SUSPENSION", "MOVE", "PREMISES", "CLOSING"]

    page = await app_client.get(f"{path}?acto=ENLARGEMENT")
    sheet = form(page, "RecordCenterEvent", kind="ENLARGEMENT")
    assert "municipalityCode" not in sheet.values
    refused = await send(app_client, page, sheet, happenedOn="2026-02-01", act=ACT, capacity="20")
    assert refused.status_code == 422
    assert "ampliación pide una mayor" in refused.text
    kept = form(refused, "RecordCenterEvent")
    assert (kept.values["act"], kept.values["capacity"], kept.values["expectedVersion"]) == (ACT, "20", "1")
    made = await send(app_client, refused, kept, capacity="45")
    page = await app_client.get(made.headers["location"])
    assert "Capacidad: 30 → 45" in page.text

    page = await app_client.get(f"{path}?acto=CLOSING")
    assert f'Rigen todavía <a href="/convenios/{live.number}">{live.number}</a> (hasta el 31/03/2026)' in page.text
    typed = {"happenedOn": "2026-03-01", "act": ACT, "reason": HOSTILE[2]}
    made = await send(app_client, page, form(page, "RecordCenterEvent"), **typed)
    page = await app_client.get(made.headers["location"])
    assert f"El convenio {live.number} rige hasta el 31/03/2026: termínelo" in page.text
    assert "&lt;script&gt;" in page.text
    assert re.findall(r"acto=([A-Z]+)#anotar", page.text) == ["OPENING", "REOPENING"]
    undo = form(page, "AnnulCenterEvent")
    refused = await send(app_client, page, undo)
    assert (refused.status_code, "Complete este dato." in refused.text) == (422, True)
    done = await send(app_client, page, undo, reason="Era otro centro")
    page = await app_client.get(done.headers["location"])
    assert "<s><b>Cierre</b>" in page.text
    assert f"Se anuló el 2 de marzo de 2026, {director.name}: Era otro centro" in page.text
    assert (await Center.get(id=center.id)).state == "OPEN"
    again = await send(app_client, page, undo, reason="Otra vez", clientMutationId="de otra persona")
    assert (again.status_code, "Otra persona cambió este registro" in again.text) == (422, True)
    assert await CenterEvent.filter(annulled_on__isnull=False).count() == 1


async def test_lists_and_pages_show_centers_as_they_were(director: User, app_client: httpx.AsyncClient) -> None:
    moved = await builders.center("Mudado", at=builders.MIXCO, capacity=50, address="Nueva")
    await builders.center_event(
        moved, CenterEventKind.MOVE, happened_on=date(2025, 6, 1),
        before={"municipality_id": builders.CHAMELCO, "address": "Vieja"},
        after={"municipality_id": builders.MIXCO, "address": "Nueva"},
    )  # fmt: skip
    young = await builders.center("Joven")
    await builders.center_event(young, CenterEventKind.OPENING, happened_on=date(2025, 9, 1))

    page = await app_client.get("/centros?asOf=2025-05-31&filter.departmentCode=16")

    assert shown(page) == ["Mudado"]
    assert "Qué sustentaba a cada centro el 31 de mayo de 2025" in page.text
    assert f'href="/centros/{moved.code}?asOf=2025-05-31"' in page.text
    assert 'href="/centros.csv?asOf=2025-05-31&amp;filter.departmentCode=16"' in page.text
    taken = (await app_client.get("/centros.csv?asOf=2025-05-31&filter.departmentCode=16")).text
    assert "San Juan Chamelco" in taken
    assert "Mixco" not in taken
    assert "Joven" not in taken
    assert shown(await app_client.get("/centros?asOf=2025-05-31&filter.departmentCode=01")) == []
    assert shown(await app_client.get("/centros?filter.departmentCode=16")) == ["Joven"]
    page = await app_client.get(f"/centros/{moved.code}?asOf=2025-05-31")
    assert "Así estaba el 31 de mayo de 2025." in page.text
    assert "San Juan Chamelco, Alta Verapaz" in page.text
    assert "Vieja" in page.text
    assert "Solicitar" not in page.text, "nothing is asked for in the past"
    assert f'href="/centros/{moved.code}/historia?asOf=2025-05-31"' in page.text
    page = await app_client.get(f"/centros/{young.code}?asOf=2025-05-31")
    assert page.status_code == 200
    assert "No se había abierto todavía el 31 de mayo de 2025." in page.text
    page = await app_client.get("/centros?asOf=ayer")
    assert page.status_code == 422
    assert "Escriba una fecha que exista" in page.text


async def test_a_municipality_reads_and_changes_nothing(clock: Clock, app_client: httpx.AsyncClient) -> None:
    own, foreign = await builders.center(), await builders.center(at=builders.MIXCO)
    for center in (own, foreign):
        await builders.center_event(center)
    await enter(app_client, await builders.person(Role.MUNICIPAL))

    page = await app_client.get(f"/centros/{own.code}/historia?acto=CLOSING")

    assert "<b>Suspensión</b>" in page.text
    assert "Anotar un acto" not in page.text
    assert "Se anotó por error" not in page.text
    assert (await app_client.get(f"/centros/{foreign.code}/historia")).status_code == 404
    assert (await app_client.get("/centros/nuevo")).status_code == 403
    posted = {"_operation": "RecordCenterEvent", "kind": "CLOSING"}
    answer = await app_client.post(f"/centros/{own.code}/historia", data=posted, headers=FROM_HERE)
    assert answer.status_code in (403, 422)
    assert await CenterEvent.all().count() == 2
