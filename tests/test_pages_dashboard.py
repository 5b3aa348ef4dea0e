"""The dashboard: figures that lead to lists with as many records."""

import re
from datetime import date

import httpx
import pytest

from models.agreements import AgreementStage
from models.centers import CenterState
from models.people import Role
from models.places import ProgramCode
from tests import builders
from tests.browsing import enter
from tests.builders import CHAMELCO, MIXCO
from tests.conftest import Clock, FreshDatabase

TABLE = re.compile(r'href="(/(?:convenios|centros)\?filter[^"]*)">(\d+)<')


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.LEGAL_HEAD, Role.COORDINATOR, Role.SIGNATORY])
async def test_each_figure_leads_to_as_many_records(
    role: Role, db: FreshDatabase, clock: Clock, app_client: httpx.AsyncClient
) -> None:
    center = await builders.center(at=CHAMELCO)
    await builders.center(at=MIXCO, program=ProgramCode.HC)
    await builders.center(at=CHAMELCO, state=CenterState.CLOSED)
    await builders.convention(centers=[center])
    await builders.convention(ends_on=date(2026, 2, 1))
    await builders.convention(at=MIXCO, program=ProgramCode.HC, ends_on=date(2027, 2, 1))
    await builders.convention(at=MIXCO, stage=AgreementStage.IN_REVIEW, starts_on=None, ends_on=None)
    await builders.convention(at=MIXCO, stage=AgreementStage.WITHDRAWN, starts_on=None, ends_on=None)
    await enter(app_client, await builders.person(role, at=CHAMELCO))

    page = await app_client.get("/tablero")
    found = TABLE.findall(page.text.replace("&amp;", "&"))
    assert len(found) >= 4
    for address, count in found:
        listed = re.sub(r"<[^>]+>", "", (await app_client.get(address)).text)
        assert re.search(rf"\b{count} (?:convenio|centro)s?\b", listed), address


async def test_another_day_shows_how_they_stood_and_leads_nowhere(
    db: FreshDatabase, clock: Clock, app_client: httpx.AsyncClient
) -> None:
    await builders.convention(starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
    await enter(app_client, await builders.person(Role.LEGAL))

    page = await app_client.get("/tablero?asOf=2025-06-01")
    assert "hasta el 1 de junio de 2025" in page.text
    assert TABLE.findall(page.text) == []
    assert (await app_client.get("/tablero?asOf=2025-13-01")).status_code == 422
    await enter(app_client, await builders.person(Role.MUNICIPAL))
    assert (await app_client.get("/tablero")).status_code == 403
