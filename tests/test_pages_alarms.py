"""The page of alarms: what is wrong, who attends, silencing one and hearing of it again, and the list as a file."""

import re
from datetime import date
from html import unescape

import httpx
import pytest

from models.alarms import AlarmSilence
from models.people import Role
from tests import builders
from tests.browsing import enter, form, send
from tests.conftest import Clock
from tests.door import id_of
from workflows.alarms import check_everything

pytestmark = pytest.mark.usefixtures("db", "clock")


def text_of(page: httpx.Response) -> str:
    """Return a page's text without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


async def test_a_director_reads_silences_and_hears_again(app_client: httpx.AsyncClient, clock: Clock) -> None:
    center = await builders.center("El Amate")
    await builders.convention(starts_on=date(2026, 1, 1), ends_on=date(2027, 12, 31))
    await enter(app_client, await builders.person(Role.DIRECTOR))

    page = await app_client.get("/alarmas")

    assert "4 alarmas, lo más urgente primero" in text_of(page)
    assert "Sin licencia sanitaria en registro; por verificar." in page.text
    assert "Coordinación departamental de Alta Verapaz" in text_of(page)
    assert "Al anotar la licencia sanitaria que emitió el MSPAS." in page.text
    assert f'href="/centros/{center.code}"' in page.text
    assert 'href="/alarmas"' in page.text
    filled = form(page, "SilenceAlarm", subjectId=id_of(center), code="LICENSE_MISSING")
    why = "Se tramita en el MSPAS"
    refused = await send(app_client, page, filled, reason=why, until="2028-01-01")
    assert refused.status_code == 422
    assert "un año a lo sumo" in refused.text
    assert f'value="{why}"' in refused.text
    assert await AlarmSilence.all().count() == 0

    assert (await send(app_client, page, filled, reason=why, until="2026-05-01")).status_code == 303
    page = await app_client.get("/alarmas")
    assert "Silenciadas (1)" in page.text
    assert "Sin licencia sanitaria en registro; por verificar." not in page.text
    silent = await app_client.get("/alarmas?filter.silenced=true")
    assert why in silent.text
    shown = await app_client.get(f"/centros/{center.code}")
    assert "Silenciadas: 1" in shown.text
    assert why in shown.text
    assert (await send(app_client, silent, form(silent, "LiftSilence"))).status_code == 303
    assert "Silenciadas (0)" in (await app_client.get("/alarmas")).text


async def test_filters_past_days_files_and_history(app_client: httpx.AsyncClient, clock: Clock) -> None:
    center = await builders.center("El Amate")
    await builders.center("Las Flores", at=builders.MIXCO)
    await check_everything()
    await enter(app_client, await builders.person(Role.AUDITOR))
    for query, many in (
        ("filter.code=LICENSE_MISSING", "2 alarmas"),
        ("filter.departmentCode=16&filter.severity=WARNING", "1 alarma"),
        ("filter.search=flores", "3 alarmas"),
        ("filter.code=LICENSE_MISSING&asOf=2020-01-01", "2 alarmas"),
    ):
        page = await app_client.get(f"/alarmas?{query}")
        assert many in text_of(page), query
        # An auditor reads and silences nothing.
        assert "SilenceAlarm" not in page.text
    taken = await app_client.get("/alarmas.csv?filter.departmentCode=16")
    assert taken.status_code == 200
    assert "El Amate" in taken.text
    assert "Las Flores" not in taken.text
    history = await app_client.get(f"/alarmas/historia?centerCode={center.code}&open=true")
    assert "3 alarmas" in text_of(history)
    assert "02/03/2026" in history.text
    stats = await app_client.get("/tablero?mapa=alarmas")
    assert "/alarmas?filter.silenced=false&filter.departmentCode=16" in unescape(stats.text)


async def test_a_municipality_has_its_alarms_on_its_centers_page(app_client: httpx.AsyncClient, clock: Clock) -> None:
    center = await builders.center("El Amate")
    await enter(app_client, await builders.person(Role.MUNICIPAL))

    assert (await app_client.get("/alarmas")).status_code == 403
    page = await app_client.get(f"/centros/{center.code}")
    assert "Sin licencia sanitaria en registro; por verificar." in page.text
    assert "/alarmas" not in page.text
