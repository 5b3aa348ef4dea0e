"""The dashboard: figures, on the map and beside it, that lead to lists with as many records, today and on any day."""

import re
from datetime import date

import httpx
import pytest

from models.agreements import AgreementStage
from models.centers import CenterState
from models.conventions import Amendment
from models.people import Role
from models.places import ProgramCode
from tests import builders
from tests.browsing import enter
from tests.builders import CHAMELCO, MIXCO
from tests.conftest import Clock, FreshDatabase

FIGURE = re.compile(r'href="(/[a-z]+\?[^"]*)">(\d+)<')
ON_MAP = re.compile(r'<a href="([^"]+)" aria-label="([^":]+): (\d+)')


async def a_country() -> None:
    """Write centers and conventions of two departments in every standing, some with a past."""
    await builders.places()
    center = await builders.center(at=CHAMELCO)
    await builders.center(at=MIXCO, program=ProgramCode.HC)
    await builders.center(at=CHAMELCO, state=CenterState.CLOSED)
    longer = await builders.convention(centers=[center], starts_on=date(2025, 3, 1), ends_on=date(2026, 12, 31))
    await Amendment.create(
        convention=longer, ordinal=1, motive="Prórroga", signed_on=date(2026, 2, 10),
        old_ends_on=date(2026, 2, 28), new_ends_on=date(2026, 12, 31),
    )  # fmt: skip
    both = await builders.convention(ends_on=date(2026, 3, 31))
    await builders.further_party(both, at=MIXCO)
    await builders.convention(ends_on=date(2026, 2, 1))
    await builders.convention(at=MIXCO, program=ProgramCode.HC, ends_on=date(2027, 2, 1))
    await builders.convention(at=MIXCO, stage=AgreementStage.TERMINATED, terminated_on=date(2026, 2, 15))
    await builders.convention(at=CHAMELCO, stage=AgreementStage.TERMINATED, terminated_on=date(2026, 3, 20))
    pending = {"at": MIXCO, "starts_on": None, "ends_on": None}
    await builders.convention(stage=AgreementStage.IN_REVIEW, **pending)
    await builders.convention(stage=AgreementStage.WITHDRAWN, requested_on=date(2026, 1, 5), **pending)
    await builders.convention(
        stage=AgreementStage.WITHDRAWN, requested_on=date(2025, 1, 5), terminated_on=date(2026, 2, 20), **pending
    )


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.LEGAL_HEAD, Role.COORDINATOR, Role.SIGNATORY])
async def test_each_figure_leads_to_as_many_records(
    role: Role, db: FreshDatabase, clock: Clock, app_client: httpx.AsyncClient
) -> None:
    await a_country()
    await enter(app_client, await builders.person(role, at=CHAMELCO))
    seen = set()
    for address in ("/tablero", "/tablero?asOf=2026-02-05", "/tablero?mapa=alarmas"):
        page = (await app_client.get(address)).text.replace("&amp;", "&")
        figures = [*FIGURE.findall(page), *((href, count) for href, _, count in ON_MAP.findall(page))]
        assert len(figures) >= 6
        for href, count in figures:
            assert ("asOf=2026-02-05" in href) == ("asOf" in address), href
            if (href, count) in seen:
                continue
            seen.add((href, count))
            listed = re.sub(r"<[^>]+>", "", (await app_client.get(href)).text)
            assert re.search(rf"\b{count} (?:convenio|centro|alarma)s?\b", listed), (href, count)
    for part in ("endsFrom", "/centros", "/alarmas"):
        assert any(part in href for href, _ in seen), part
    assert any("TERMINATED" in href for href, _ in seen) == (role in (Role.LEGAL_HEAD, Role.SIGNATORY, Role.DIRECTOR))


async def test_the_map_shows_what_is_asked_within_reach(
    db: FreshDatabase, clock: Clock, app_client: httpx.AsyncClient
) -> None:
    await a_country()
    await enter(app_client, await builders.person(Role.LEGAL))
    for asked, unit, figures in (
        ("vigentes", "", {"Guatemala": "2", "Alta Verapaz": "3"}),
        ("vencen", "", {"Guatemala": "1", "Alta Verapaz": "2"}),
        ("centros", "", {"Guatemala": "1", "Alta Verapaz": "1"}),
        ("cobertura", " %", {"Guatemala": "50", "Alta Verapaz": "50"}),
        ("nada-de-eso", "", {"Guatemala": "2", "Alta Verapaz": "3"}),
    ):
        page = (await app_client.get(f"/tablero?mapa={asked}")).text
        assert {name: many for _, name, many in ON_MAP.findall(page)} == figures, asked
        for name, many in figures.items():
            assert f"<title>{name}: {many}{unit}</title>" in page
        # The other twenty are hatched, and their titles say why.
        assert page.count(": sin centros ni convenios vigentes</title>") == 20
    assert "Límites: CONRED / OCHA (CC BY 3.0 IGO), simplificados." in page
    await enter(app_client, await builders.person(Role.COORDINATOR, at=CHAMELCO))
    page = (await app_client.get("/tablero?mapa=centros")).text
    # A coordinator is not told that the others have nothing: they are out of her reach.
    assert [name for _, name, _ in ON_MAP.findall(page)] == ["Alta Verapaz"]
    assert "sin centros ni convenios" not in page
    await enter(app_client, await builders.person(Role.DIRECTOR))
    assert "Tablero de convenios: Mis Años Dorados" in (await app_client.get("/tablero")).text


async def test_another_day_shows_how_they_stood(db: FreshDatabase, clock: Clock, app_client: httpx.AsyncClient) -> None:
    await builders.convention(starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
    await enter(app_client, await builders.person(Role.LEGAL))

    page = await app_client.get("/tablero?asOf=2025-06-01&mapa=cobertura")
    assert "hasta el 1 de junio de 2025" in page.text
    assert 'href="/tablero?mapa=cobertura">Hoy</a>' in page.text
    assert (await app_client.get("/tablero?asOf=2025-13-01")).status_code == 422
    for empty in ("1990-01-01", "9999-12-31"):
        assert (await app_client.get(f"/tablero?asOf={empty}")).status_code == 200
    await enter(app_client, await builders.person(Role.MUNICIPAL))
    assert (await app_client.get("/tablero")).status_code == 403
