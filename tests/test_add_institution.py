"""The directory of institutions: each once however it is spelled, municipalities never."""

import httpx
import pytest

from models.audit import Verb
from models.people import Role
from models.places import Institution, Sector
from tests import builders
from tests.browsing import enter, form, forms, send
from tests.door import HOSTILE, done, forbidden, id_of, last_entry, once, refusal, refused, told

ADD = """mutation ($input: AddInstitutionInput!) { addInstitution(input: $input) {
    institution { id name shortName sector } errors { code message path } } }"""
LIST = """query ($search: String, $sector: Sector, $after: String, $first: Int = 50) {
    institutions(search: $search, sector: $sector, first: $first, after: $after) {
        totalCount nodes { name } pageInfo { endCursor } } }"""
GOOD = {"name": "Fundación Contexto", "shortName": "Contexto", "sector": "NGO"}
pytestmark = pytest.mark.usefixtures("db", "clock")


async def test_an_institution_is_added_once_and_found_without_accents() -> None:
    lawyer = await builders.person(Role.LEGAL)

    made = (await once(lawyer, ADD, **GOOD))["institution"]

    assert made == GOOD | {"id": id_of(await Institution.get())}
    assert (await last_entry()).verb == Verb.ADD_INSTITUTION
    for name in ("FUNDACION CONTEXTO", "  Fundación   contexto "):
        said = await refusal(lawyer, ADD, **GOOD | {"name": name})
        assert (said.code, said.path) == ("CONFLICT", "name")
        assert "«Fundación Contexto»" in said.message
    for words, count in (("fundacion", 1), ("CONTEXTO", 1), ("ministerio", 0)):
        assert (await told(lawyer, LIST, search=words))["institutions"]["totalCount"] == count


async def test_the_list_is_by_name_and_by_sector() -> None:
    for name, sector in (("Zeta", Sector.NGO), ("Alfa", Sector.PRIVATE), ("Media", Sector.NGO)):
        await builders.institution(name, sector)
    director = await builders.person(Role.DIRECTOR)

    page = (await told(director, LIST, first=2))["institutions"]

    assert [one["name"] for one in page["nodes"]] == ["Alfa", "Media"]
    rest = (await told(director, LIST, after=page["pageInfo"]["endCursor"]))["institutions"]
    assert [one["name"] for one in rest["nodes"]] == ["Zeta"]
    assert (await told(director, LIST, sector="NGO"))["institutions"]["totalCount"] == 2


async def test_wrong_values_are_named_field_by_field() -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    for more, path, words in [
        ({"name": " "}, "name", "Escriba el nombre"),
        ({"name": "x" * 201}, "name", "200 caracteres"),
        ({"shortName": ""}, "shortName", "nombre corto"),
        ({"shortName": "x" * 81}, "shortName", "80 caracteres"),
        ({"sector": "MUNICIPALITY"}, "sector", "ya están en el catálogo"),
    ]:
        said = await refusal(head, ADD, **GOOD | more)
        assert (said.code, said.path) == ("BAD_USER_INPUT", path)
        assert words in said.message
    assert [one.path for one in await refused(head, ADD, name="", shortName="", sector="MUNICIPALITY")] == [
        "name", "shortName", "sector",
    ]  # fmt: skip


async def test_any_text_is_kept_as_typed() -> None:
    admin = await builders.person(Role.ADMIN)
    for text in HOSTILE:
        made = (await done(admin, ADD, **GOOD | {"name": text, "shortName": text}))["institution"]
        assert (made["name"], made["shortName"]) == (text, text)


async def test_only_the_legal_office_and_administrators_add() -> None:
    for role in (Role.MUNICIPAL, Role.DIRECTOR, Role.COORDINATOR, Role.SIGNATORY, Role.AUDITOR):
        await forbidden(await builders.person(role), ADD, **GOOD)
    await forbidden(None, ADD, **GOOD)


async def test_municipalities_are_listed_and_searched() -> None:
    await builders.places()
    query = "query ($search: String, $of: String) { municipalities(search: $search, departmentCode: $of) { code } }"
    somebody = await builders.person(Role.MUNICIPAL)
    for asked, codes in [
        ({}, ["0101", "0108", "1601", "1610"]),
        ({"search": "COBAN"}, ["1601"]),
        ({"search": "alta verapaz"}, ["1601", "1610"]),
        ({"search": "chamelco verapaz"}, ["1610"]),
        ({"of": "01"}, ["0101", "0108"]),
        ({"search": "x" * 5000}, []),
    ]:
        found = (await told(somebody, query, **asked))["municipalities"]
        assert [one["code"] for one in found] == codes, asked


async def test_the_page_lists_and_adds(app_client: httpx.AsyncClient) -> None:
    await builders.institution("Ministerio de Educación", Sector.GOVERNMENT)
    await enter(app_client, await builders.person(Role.LEGAL))
    page = await app_client.get("/instituciones?search=educacion")
    assert "Ministerio de Educación" in page.text
    answer = await send(app_client, page, form(page, "AddInstitution"), name="Universidad", shortName="U", sector="")
    assert answer.status_code == 422
    answer = await send(app_client, answer, form(answer, "AddInstitution"), sector="UNIVERSITY")
    assert answer.status_code == 303
    assert (await Institution.get(name="Universidad")).sector == Sector.UNIVERSITY
    await enter(app_client, await builders.person(Role.DIRECTOR))
    page = await app_client.get("/instituciones")
    assert "Universidad" in page.text
    assert not [one for one in forms(page) if "_operation" in one.values]
    await enter(app_client, await builders.person(Role.MUNICIPAL))
    assert (await app_client.get("/instituciones")).status_code == 403
