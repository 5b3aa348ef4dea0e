"""A director's pages: the table of centers with its totals, one center, and what falls due."""

import gzip
import re
from datetime import UTC, date, datetime

import httpx
import pytest

from api.app import build_app
from models.agreements import AgreementStage
from models.centers import Center, CenterState, TenureBasis
from models.database import database
from models.outbox import DemoMail
from models.people import Role, User
from models.places import ProgramCode
from models.reviews import ReviewStage
from settings import settings
from tests import builders
from tests.browsing import enter, forms
from tests.builders import CHAMELCO, MIXCO
from tests.conftest import Clock, FreshDatabase

HOSTILE = "Casa <script>alert(1)</script> {{7*7}}"


@pytest.fixture
async def director(clock: Clock, app_client: httpx.AsyncClient) -> User:
    """Sign the director of Mis Años Dorados in."""
    person = await builders.person(Role.DIRECTOR)
    await enter(app_client, person)
    return person


def shown(page: httpx.Response) -> list[str]:
    """Return the names in the table of centers, in its order."""
    return re.findall(r'<th scope="row"><a href="/centros/[^"]+">([^<]*)</a>', page.text)


def figures(page: httpx.Response) -> list[str]:
    """Return the numbers at the top of the page."""
    return re.findall(r"<li><strong>([^<]+)</strong>", page.text)


async def five_centers() -> dict[str, Center]:
    """Return centers of which each stands on something else, named by it."""
    made = {name: await builders.center(name) for name in ("Convenio", "Nada", "Propio", "Vencido")}
    made["Alquiler"] = await builders.center("Alquiler", at=MIXCO)
    await builders.convention(centers=[made["Convenio"]])
    await builders.convention(centers=[made["Vencido"]], ends_on=date(2026, 2, 20))
    await builders.lease(made["Alquiler"])
    made["Propio"].premises = TenureBasis.OWN_BUILDING
    await made["Propio"].save(update_fields=["premises"])
    for center in made.values():
        await builders.attendance(center, men=100, women=150)
    await builders.attendance(made["Nada"], date(2026, 1, 1), men=9999, women=9999)
    return made


async def test_the_totals_are_those_of_the_rows(director: User, app_client: httpx.AsyncClient) -> None:
    await five_centers()
    await builders.center("Sin informe")
    await builders.center("Ajeno", program=ProgramCode.HC)
    page = await app_client.get("/centros")
    assert shown(page) == ["Alquiler", "Convenio", "Nada", "Propio", "Sin informe", "Vencido"]
    # Six centers, 5 x 250 people of the latest month, one instrument expired, two without any on record.
    assert figures(page) == ["6", "1,250", "1", "2"]
    assert "500 hombres o niños y 750 mujeres o niñas, en 5 centros con asistencia informada" in page.text
    assert "Ajeno" not in page.text
    rows = re.findall(
        r"<th scope=\"row\">(Guatemala|Alta Verapaz)</th><td[^>]*>(\d+)</td><td[^>]*>(\d+)</td>", page.text
    )
    assert rows == [("Alta Verapaz", "5", "1000"), ("Guatemala", "1", "250")]


async def test_every_center_says_what_it_stands_on(director: User, app_client: httpx.AsyncClient) -> None:
    await five_centers()
    page = await app_client.get("/centros")
    for words in (
        "Sin instrumento en registro, por verificar",
        "Inmueble propio",
        "Arrendamiento",
        "Vence en 29 días",
        "Venció hace 10 días",
        "Instrumento vencido",
        "Instrumento por vencer",
        "Sin licencia en registro, por verificar",
    ):
        assert words in page.text, words
    assert "ilegal" not in page.text.lower()
    outside = re.sub(r"<select.*?</select>", "", page.text, flags=re.DOTALL)
    assert not re.search(r"\b(NONE_ON_RECORD|OWN_BUILDING|CRITICAL|WARNING|EXPIRED|CONVENTION|LEASE)\b", outside)


async def test_filters_narrow_rows_and_totals(director: User, app_client: httpx.AsyncClient) -> None:
    made = await five_centers()
    for center in made.values():
        center.search = center.name.lower()
        await center.save(update_fields=["search"])
    for query, names in {
        "filter.departmentCode=01": ["Alquiler"],
        "filter.tenure=NONE_ON_RECORD": ["Nada"],
        "filter.alarm=INSTRUMENT_EXPIRED": ["Vencido"],
        "filter.kind=CAP": [],
        "filter.search=alquilér": ["Alquiler"],
        "filter.departmentCode=16&filter.tenure=CONVENTION": ["Convenio", "Vencido"],
    }.items():
        page = await app_client.get(f"/centros?{query}")
        assert page.status_code == 200
        assert shown(page) == names, query
        if names:
            assert figures(page)[:2] == [str(len(names)), str(250 * len(names))]
        else:
            assert "Ningún centro cumple con eso." in page.text
        kept = next(form.values for form in forms(page) if form.action == "/centros")
        assert dict(part.split("=") for part in query.split("&")).items() <= kept.items()


async def test_a_choice_that_does_not_exist_is_said(director: User, app_client: httpx.AsyncClient) -> None:
    page = await app_client.get("/centros?filter.alarm=NADA&filter.kind=CAD")
    assert page.status_code == 422
    assert "Elija una de las opciones." in page.text


async def test_one_center_shows_what_to_look_into(director: User, app_client: httpx.AsyncClient) -> None:
    center = await builders.center(HOSTILE, capacity=30, settlement="zona 5", state=CenterState.SUSPENDED)
    convention = await builders.convention(centers=[center])
    await builders.attendance(center, men=15, women=20)
    await builders.sanitary_license(center, ends_on=date(2026, 2, 1))
    page = await app_client.get(f"/centros/{center.code}")
    assert page.status_code == 200
    assert "<script>" not in page.text
    assert "Casa &lt;script&gt;alert(1)&lt;/script&gt; {{7*7}}" in page.text
    order = [">Urgente<", "venció hace 29 días", ">Atención<", f"{convention.number} vence en 29 días"]
    found = [page.text.index(words) for words in order]
    assert found == sorted(found)
    assert "Atiende a 35 personas y su capacidad es de 30." in page.text
    assert figures(page) == ["35", "20", "15"]
    assert "Último mes informado: febrero de 2026. Capacidad: 30." in page.text
    assert "Suspendido" in page.text
    assert f'href="/convenios/{convention.number}/renovar"' in page.text


async def test_a_lawyer_is_not_offered_to_ask_for_a_renewal(clock: Clock, app_client: httpx.AsyncClient) -> None:
    center = await builders.center()
    await builders.convention(centers=[center])
    await enter(app_client, await builders.person(Role.LEGAL))
    for path in (f"/centros/{center.code}", "/vencimientos"):
        page = await app_client.get(path)
        assert page.status_code == 200
        assert "/renovar" not in page.text


async def test_the_own_town_is_all_that_a_municipality_sees(clock: Clock, app_client: httpx.AsyncClient) -> None:
    own = await builders.center("Casa propia", at=CHAMELCO)
    foreign = await builders.center("Casa ajena", at=MIXCO)
    rented = await builders.lease(own)
    await enter(app_client, await builders.person(Role.MUNICIPAL))
    page = await app_client.get("/centros")
    assert shown(page) == ["Casa propia"]
    # Leases bind SOSEP and a landlord: the town does not see them.
    assert rented.number not in page.text
    assert (await app_client.get(f"/centros/{foreign.code}")).status_code == 404
    assert (await app_client.get("/centros/NO-HAY")).status_code == 404


async def test_what_falls_due_comes_by_date_with_its_renewal(director: User, app_client: httpx.AsyncClient) -> None:
    center = await builders.center("Casa del Sol")
    late = await builders.convention(ends_on=date(2026, 2, 1))
    asked = await builders.convention(ends_on=date(2026, 5, 1))
    new = await builders.convention(stage=AgreementStage.REQUESTED, starts_on=None, ends_on=None, renews_id=asked.id)
    file = await builders.review(new, stage=ReviewStage.GATHERING)
    license = await builders.sanitary_license(center, ends_on=date(2026, 4, 1))
    far = await builders.convention(ends_on=date(2026, 12, 1))
    page = await app_client.get("/vencimientos")
    places = [page.text.index(number) for number in (late.number, license.number, asked.number)]
    assert places == sorted(places)
    assert far.number not in page.text
    assert "Venció hace 29 días" in page.text
    assert f'href="/convenios/{late.number}/renovar"' in page.text
    assert f'href="/convenios/{asked.number}/renovar"' not in page.text
    assert f'href="/expedientes/{file.code}">{file.code}</a>' in page.text
    wider = await app_client.get("/vencimientos?withinDays=365")
    assert far.number in wider.text
    for strange in ("abc", "99999999999"):
        page = await app_client.get(f"/vencimientos?withinDays={strange}")
        assert page.status_code == 422
        assert late.number in page.text
    assert (await app_client.get("/vencimientos?withinDays=-1")).status_code == 400


async def test_pages_stay_light(director: User, app_client: httpx.AsyncClient) -> None:
    for number in range(70):
        center = await builders.center(f"Centro de Atención Diurna número {number}")
        await builders.convention(centers=[center])
        await builders.attendance(center)
    sheet = (await app_client.get("/static/style.css")).content
    for path in ("/centros", "/vencimientos", "/convenios"):
        page = await app_client.get(path)
        assert len(gzip.compress(page.content)) + len(gzip.compress(sheet)) <= 14 * 1024, path
        assert len(re.findall(r'<(?:link|script|img|iframe)\b[^>]*(?:href|src)="', page.text)) <= 2
        assert " style=" not in page.text
        assert "<script" not in page.text


async def test_there_is_no_mailbox_outside_the_demo(director: User, app_client: httpx.AsyncClient) -> None:
    assert (await app_client.get("/correo")).status_code == 404


async def test_the_mailbox_shows_messages_as_text(closed_db: FreshDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVENIOS_DEMO", "true")
    settings.cache_clear()
    async with database():
        for recipient in ("una@prueba.example", "otra@prueba.example"):
            await DemoMail.create(
                received_at=datetime(2026, 3, 2, 15, tzinfo=UTC),
                sender="convenios@sosep.example",
                recipient=recipient,
                subject=f"Aviso para {recipient} <b>",
                body="Primera línea\n<script>segunda</script>",
            )
        transport = httpx.ASGITransport(app=build_app())
        async with httpx.AsyncClient(transport=transport, base_url=settings().address()) as client:
            assert (await client.get("/correo")).status_code == 303
            await enter(client, await builders.person(Role.LEGAL))
            every = await client.get("/correo")
            assert every.text.index("otra@prueba.example &lt;b&gt;") < every.text.index("Aviso para una@prueba.example")
            assert "Primera línea\n&lt;script&gt;segunda&lt;/script&gt;" in every.text
            assert "2 mar 2026, 09:00" in every.text
            one = await client.get("/correo?para=UNA@prueba.example")
            assert "Aviso para una@prueba.example" in one.text
            assert "Aviso para otra@prueba.example" not in one.text
