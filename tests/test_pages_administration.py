"""The administration's pages as a browser sees them: the catalogs, their forms, and who may open them."""

import httpx
import pytest

from actions.catalogs import load_catalogs
from actions.people import system_user
from models.calendar import LegalParameter
from models.people import Role
from models.places import DepartmentalOffice
from models.reviews import Requirement
from tests import builders
from tests.browsing import enter, form, forms, send
from tests.conftest import Clock
from tests.door import id_of

pytestmark = pytest.mark.usefixtures("clock")
CATALOG = "/administracion/requisitos"
PARAMETERS = "/administracion/parametros"
OFFICES = "/administracion/sedes"


async def test_an_administrator_adds_changes_and_retires_a_requirement(
    app_client: httpx.AsyncClient, clock: Clock
) -> None:
    await enter(app_client, await builders.person(Role.ADMIN))
    page = await app_client.get(CATALOG)
    refused = await send(app_client, page, form(page, "SaveRequirement"), code="acta concejo", title="Acta")
    assert refused.status_code == 422
    assert form(refused, "SaveRequirement").values["title"] == "Acta"
    assert "letras mayúsculas sin tilde" in refused.text
    added = await send(app_client, refused, form(refused, "SaveRequirement"), code="ACTA", title="Acta del Concejo")
    assert (added.status_code, added.headers["location"]) == (303, f"{CATALOG}?hecho=SaveRequirement")
    page = await app_client.get(added.headers["location"])
    assert "El requisito quedó en el catálogo." in page.text
    assert "Sin fundamento legal" in page.text

    page = await app_client.get(f"{CATALOG}/ACTA")
    changed = await send(app_client, page, form(page, "SaveRequirement"), legalBasis="Código Municipal, art. 35")
    assert changed.status_code == 303
    line = await Requirement.get()
    assert (line.legal_basis, line.title, line.mandatory) == ("Código Municipal, art. 35", "Acta del Concejo", False)
    await builders.asked(await builders.review(), line)
    page = await app_client.get(f"{CATALOG}/ACTA")
    assert "Ya se pidió en 1 expediente" in page.text
    await send(app_client, page, form(page, "SaveRequirement"), title="Punto de acta del Concejo")
    page = await app_client.get(f"{CATALOG}/ACTA-2")
    assert "Punto de acta del Concejo" in page.text
    assert f'<a href="{CATALOG}/ACTA">ACTA</a>: Acta del Concejo' in page.text
    assert "retirado" in (await app_client.get(f"{CATALOG}/ACTA")).text.lower()
    retired = await send(app_client, page, form(page, "RetireRequirement"))
    assert retired.status_code == 303
    assert "quedó retirado" in (await app_client.get(retired.headers["location"])).text
    assert "Punto de acta" in (await app_client.get(f"{CATALOG}?filter.retired=true")).text
    assert "Ningún requisito cumple" in (await app_client.get(CATALOG)).text


async def test_a_box_left_empty_stays_empty_when_the_form_comes_back(app_client: httpx.AsyncClient) -> None:
    await builders.requirement("ACTA", mandatory=True)
    await enter(app_client, await builders.person(Role.ADMIN))
    page = await app_client.get(f"{CATALOG}/ACTA")
    filled = form(page, "SaveRequirement")
    assert filled.values.pop("mandatory") == "true"
    refused = await send(app_client, page, filled, title="")
    assert refused.status_code == 422
    assert "mandatory" not in form(refused, "SaveRequirement").values


async def test_a_lawyer_confirms_and_the_auditor_reads(app_client: httpx.AsyncClient) -> None:
    await builders.requirement("ACTA", title="Acta del Concejo")
    await enter(app_client, await builders.person(Role.AUDITOR))
    page = await app_client.get(f"{CATALOG}/ACTA")
    assert [one for one in forms(page) if one.values.get("_operation")] == []
    assert "Código Municipal, art. 35" in page.text
    await enter(app_client, await builders.person(Role.LEGAL))
    page = await app_client.get(f"{CATALOG}/ACTA")
    (own,) = [one for one in forms(page) if one.values.get("_operation")]
    assert own.values["_operation"] == "ConfirmRequirement"
    await send(app_client, page, own)
    page = await app_client.get(f"{CATALOG}/ACTA")
    assert "Confirmado por la Asesoría Jurídica" in page.text
    assert [one for one in forms(page) if one.values.get("_operation")] == []


@pytest.mark.parametrize("role", [Role.MUNICIPAL, Role.DIRECTOR, Role.COORDINATOR, Role.SIGNATORY])
async def test_administration_is_for_those_who_keep_it(app_client: httpx.AsyncClient, role: Role) -> None:
    await builders.requirement("ACTA")
    await enter(app_client, await builders.person(role))
    for address in ("/administracion", PARAMETERS, CATALOG, f"{CATALOG}/ACTA"):
        assert (await app_client.get(address)).status_code == 403, address
    assert 'href="/administracion"' not in (await app_client.get("/convenios")).text


async def test_the_entry_page_says_what_waits(app_client: httpx.AsyncClient) -> None:
    await builders.requirement("ACTA", confirmed=True)
    await builders.requirement("CROQUIS", legal_basis="")
    await enter(app_client, await builders.person(Role.ADMIN))
    page = await app_client.get("/administracion")
    assert "2 en el catálogo." in page.text
    assert "1 sin fundamento legal" in page.text
    assert "1 por confirmar" in page.text
    assert 'href="/administracion" aria-current="page"' in page.text


async def test_parameters_are_set_and_confirmed_on_their_page(app_client: httpx.AsyncClient) -> None:
    await load_catalogs(actor=await system_user())
    await enter(app_client, await builders.person(Role.ADMIN))
    page = await app_client.get(PARAMETERS)
    assert "Por confirmar: solo advierte" in page.text
    assert "Por confirmar: vale como plazo de la oficina" in page.text
    assert "<b>Q100,000.00</b>" in page.text
    assert "<b>Sí</b>" in page.text
    filled = form(page, "SetParameter", code="RETURN_ANSWER_DAYS")
    refused = await send(app_client, page, filled, value="90", legalBasis="Circular")
    assert (refused.status_code, "El valor va de 1 a 60" in refused.text) == (422, True)
    filled = form(refused, "SetParameter", code="RETURN_ANSWER_DAYS")
    assert (filled.values["value"], filled.values["legalBasis"]) == ("90", "Circular")
    sent = await send(app_client, refused, filled, value="20")
    page = await app_client.get(sent.headers["location"])
    assert "<b>20 días hábiles</b> desde el 02/03/2026" in page.text
    assert "Otros valores (1)" in page.text
    own = [one for one in forms(page) if one.values.get("code", "").startswith("REVIEW_DEADLINE_DAYS.CONVENTION_")]
    assert len(own) == 0
    (single,) = [one for one in forms(page) if one.values.get("code") == "REVIEW_DEADLINE_DAYS.LEASE_CONTRACT"][-1:]
    sent = await send(app_client, page, single, code="REVIEW_DEADLINE_DAYS.OPINION", value="4")
    assert sent.status_code == 303
    assert "Solo para: Opinión jurídica" in (await app_client.get(PARAMETERS)).text

    await enter(app_client, await builders.person(Role.LEGAL_HEAD))
    page = await app_client.get(PARAMETERS)
    assert not [one for one in forms(page) if one.values.get("_operation") == "SetParameter"]
    row = await LegalParameter.get(code="RETURN_ANSWER_DAYS", value=20)
    sent = await send(app_client, page, form(page, "ConfirmParameter", parameterId=id_of(row)))
    page = await app_client.get(sent.headers["location"])
    assert "El valor quedó confirmado." in page.text
    assert page.text.count(">Confirmado<") == 1


async def test_offices_are_kept_by_administrators_and_read_by_coordinators(app_client: httpx.AsyncClient) -> None:
    await builders.places()
    await builders.office(name="Sede de Alta Verapaz")
    await enter(app_client, await builders.person(Role.ADMIN))
    page = await app_client.get(OFFICES)
    adding = next(one for one in forms(page) if one.values.get("_operation") and not one.values.get("officeId"))
    refused = await send(app_client, page, adding, name="Sede de Mixco", phone="1" * 60, departmentCode="01")
    assert refused.status_code == 422
    adding = next(one for one in forms(refused) if one.values.get("_operation") and not one.values.get("officeId"))
    assert (adding.values["name"], adding.values["departmentCode"], adding.errors) == ("Sede de Mixco", "01", 1)
    sent = await send(app_client, refused, adding, phone="24700000")
    page = await app_client.get(sent.headers["location"])
    assert "Tel. 24700000" in page.text
    office = await DepartmentalOffice.get(name="Sede de Alta Verapaz")
    sent = await send(app_client, page, form(page, "SaveOffice", officeId=id_of(office)), validTo="2026-02-28")
    page = await app_client.get(sent.headers["location"])
    assert "hasta el 28/02/2026" in page.text
    assert "1 sede en funcionamiento." in (await app_client.get("/administracion")).text
    await enter(app_client, await builders.person(Role.COORDINATOR))
    page = await app_client.get(OFFICES)
    assert "Sede de Mixco" in page.text
    assert "Dirección de Mis Años Dorados" in page.text
    assert [one for one in forms(page) if one.values.get("_operation")] == []
    assert f'<a href="{OFFICES}">' in page.text
    assert 'href="/administracion"' not in page.text
    await enter(app_client, await builders.person(Role.MUNICIPAL))
    assert (await app_client.get(OFFICES)).status_code == 403
