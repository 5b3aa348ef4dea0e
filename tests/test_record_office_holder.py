"""Who signs for whom: one at a time, whoever held the office before leaves it on the eve, and papers take the name."""

from datetime import date
from typing import Any

import httpx
import pytest

from actions.catalogs import load_catalogs
from actions.people import system_user
from api.templating import static_address
from models.audit import Verb
from models.people import Role
from models.places import OfficeHolder
from reads.signing import office_holder
from tests import builders
from tests.browsing import enter, form, forms, send
from tests.conftest import FreshDatabase
from tests.door import HOSTILE, ask, changed, done, forbidden, id_of, last_entry, made_up, once, refusal, refused, told
from tests.test_page_budget import MOST_BYTES, weight

RECORD = """mutation ($input: RecordOfficeHolderInput!) { recordOfficeHolder(input: $input) { officeHolder {
    name position gender since until appointment current municipality { code } institution { name } }
    errors { code message path } } }"""
LIST = """query ($filter: OfficeHolderFilter, $first: Int = 50, $after: String) {
    officeHolders(filter: $filter, first: $first, after: $after) {
        totalCount nodes { name } pageInfo { endCursor } } }"""
GOOD: dict[str, Any] = {
    "municipalityCode": builders.CHAMELCO, "name": "Berta Xol", "position": "Alcaldesa Municipal", "gender": "F",
    "since": "2024-01-15", "until": "2028-01-14",
}  # fmt: skip
pytestmark = pytest.mark.usefixtures("db", "clock")


async def terms() -> list[tuple[str, date | None, date | None]]:
    """Return name, first and last day of everybody on record, in their order."""
    rows = await OfficeHolder.all().values_list("name", "since", "until")
    return sorted(rows, key=lambda row: (row[1] or date.min, row[0]))  # type: ignore[arg-type, return-value]


@pytest.mark.both_databases
async def test_whoever_held_it_leaves_on_the_eve(db: FreshDatabase) -> None:
    lawyer = await builders.person(Role.LEGAL)
    await builders.municipality()
    before = await OfficeHolder.create(
        municipality_id=builders.CHAMELCO, name="Luis Paz", position="Alcalde", gender="M"
    )
    elsewhere = await OfficeHolder.create(name="Carla Ruiz", position="Secretaria", gender="F")

    made = (await once(lawyer, RECORD, **GOOD, appointment="Acuerdo 1-2024"))["officeHolder"]

    assert made == {name: GOOD[name] for name in ("name", "position", "gender", "since", "until")} | {
        "appointment": "Acuerdo 1-2024", "current": True, "municipality": {"code": builders.CHAMELCO},
        "institution": None,
    }  # fmt: skip
    assert await terms() == [
        ("Carla Ruiz", None, None), ("Luis Paz", None, date(2024, 1, 14)),
        ("Berta Xol", date(2024, 1, 15), date(2028, 1, 14)),
    ]  # fmt: skip
    entry = await last_entry()
    assert entry.verb == Verb.RECORD_OFFICE_HOLDER
    assert changed(entry, before)["until"] == (None, "2024-01-14")
    assert (await OfficeHolder.get(id=elsewhere.id)).until is None
    for day, name in ((date(2024, 1, 14), "Luis Paz"), (date(2024, 1, 15), "Berta Xol")):
        holder = await office_holder(municipality=builders.CHAMELCO, on=day)
        assert holder
        assert holder.name == name


async def test_for_an_institution_and_for_sosep() -> None:
    admin, ngo = await builders.person(Role.ADMIN), await builders.institution("Fundación")
    given = GOOD | {"municipalityCode": None}

    of_ngo = (await done(admin, RECORD, **given, institutionId=id_of(ngo)))["officeHolder"]
    of_sosep = (await done(admin, RECORD, **given | {"until": None}, sosep=True))["officeHolder"]

    assert (of_ngo["institution"], of_ngo["municipality"]) == ({"name": "Fundación"}, None)
    assert (of_sosep["institution"], of_sosep["municipality"]) == (None, None)
    holder = await office_holder(on=date(2026, 3, 2))
    assert holder
    assert holder.until is None


async def test_there_are_never_two_on_one_day() -> None:
    lawyer = await builders.person(Role.LEGAL)
    await builders.municipality()
    await done(lawyer, RECORD, **GOOD)

    said = await refusal(lawyer, RECORD, **GOOD | {"name": "Otra"})
    assert (said.path, "ya está anotado el nombre de Berta Xol" in said.message) == ("since", True)
    for until in (None, "2024-01-15", "2024-06-30"):
        said = await refusal(lawyer, RECORD, **GOOD | {"name": "Antes", "since": "2020-01-15", "until": until})
        assert (said.code, said.path) == ("BAD_USER_INPUT", "until")
        assert "Berta Xol ocupa el cargo desde el 15/01/2024" in said.message
    await done(lawyer, RECORD, **GOOD | {"name": "Antes", "since": "2020-01-15", "until": "2024-01-14"})
    await done(lawyer, RECORD, **GOOD | {"name": "Interino", "since": "2026-02-01", "until": "2026-02-28"})

    assert await terms() == [
        ("Antes", date(2020, 1, 15), date(2024, 1, 14)), ("Berta Xol", date(2024, 1, 15), date(2026, 1, 31)),
        ("Interino", date(2026, 2, 1), date(2026, 2, 28)),
    ]  # fmt: skip


async def test_wrong_values_are_named_field_by_field() -> None:
    lawyer, ngo = await builders.person(Role.LEGAL), id_of(await builders.institution())
    await builders.municipality()
    for more, path, words in [
        ({"name": " "}, "name", "Escriba el nombre"),
        ({"name": "x" * 121}, "name", "120 caracteres"),
        ({"position": ""}, "position", "Escriba el cargo"),
        ({"position": "x" * 161}, "position", "160 caracteres"),
        ({"appointment": "x" * 2001}, "appointment", "2000 caracteres"),
        ({"municipalityCode": None}, "municipalityCode", "una de las tres"),
        ({"institutionId": ngo}, "municipalityCode", "una de las tres"),
        ({"sosep": True}, "municipalityCode", "una de las tres"),
        ({"municipalityCode": "9999"}, "municipalityCode", "No existe el municipio «9999»"),
        ({"municipalityCode": "x" * 500}, "municipalityCode", "No existe el municipio"),
        ({"municipalityCode": None, "institutionId": made_up("Institution:99")}, "institutionId", "No se encontró"),
        ({"municipalityCode": None, "institutionId": "x"}, "institutionId", "identificador"),
        ({"since": "1985-05-31", "until": "1985-05-30"}, "until", "hasta diez años después"),
        ({"until": "2034-01-16"}, "until", "hasta diez años después"),
        ({"since": "1984-12-31", "until": "1985-12-31"}, "since", "del 01/01/1985 al 03/03/2027"),
        ({"since": "2027-03-04", "until": None}, "since", "al 03/03/2027"),
        ({"since": "9999-12-31", "until": None}, "since", "al 03/03/2027"),
    ]:
        said = await refusal(lawyer, RECORD, **GOOD | more)
        assert (said.code, said.path) == ("BAD_USER_INPUT", path), more
        assert words in said.message, said
    wrong = {"name": "", "position": "", "until": "2020-01-01", "since": "2027-12-01"}
    assert [one.path for one in await refused(lawyer, RECORD, **GOOD | wrong)] == ["name", "position", "until", "since"]


async def test_any_text_is_kept_as_typed() -> None:
    lawyer = await builders.person(Role.LEGAL)
    await builders.municipality()
    for n, text in enumerate(HOSTILE, start=1):
        given = GOOD | {"name": text, "position": text, "since": f"2025-0{n}-01", "until": None}
        made = (await done(lawyer, RECORD, **given))["officeHolder"]
        assert (made["name"], made["position"]) == (text, text)


async def test_only_the_legal_office_and_administrators_note_it() -> None:
    await builders.municipality()
    for role in (Role.MUNICIPAL, Role.DIRECTOR, Role.COORDINATOR, Role.SIGNATORY, Role.AUDITOR):
        await forbidden(await builders.person(role), RECORD, **GOOD)
    await forbidden(None, RECORD, **GOOD)


async def holder(name: str, *, at: str | None = builders.CHAMELCO, **more: Any) -> OfficeHolder:
    """Return somebody on record."""
    if at:
        await builders.municipality(at)
    return await OfficeHolder.create(municipality_id=at, name=name, position="Alcaldesa", gender="F", **more)


async def test_the_list_by_place_by_name_and_by_what_ends() -> None:
    ngo = await builders.institution("Fundación Contexto")
    await holder("María Xol", until=date(2028, 1, 14))
    await holder("José Caal", until=date(2024, 1, 14))
    await holder("Ana Luz", at=builders.MIXCO, until=date(2026, 6, 30))
    await holder("Carla Ruiz", at=None)
    await holder("Rosa Ixim", at=None, institution=ngo)
    lawyer, mixco = await builders.person(Role.LEGAL), await builders.person(Role.MUNICIPAL, at=builders.MIXCO)

    async def names(person: Any = lawyer, **wanted: Any) -> list[str]:
        page = (await told(person, LIST, filter=wanted))["officeHolders"]
        assert page["totalCount"] == len(page["nodes"])
        return [node["name"] for node in page["nodes"]]

    everybody = ["José Caal", "Ana Luz", "María Xol", "Carla Ruiz", "Rosa Ixim"]
    for wanted, expected in [
        ({}, everybody),
        ({"current": True}, everybody[1:]),
        ({"sosep": True}, ["Carla Ruiz"]),
        ({"municipalityCode": builders.CHAMELCO}, ["José Caal", "María Xol"]),
        ({"institutionId": id_of(ngo)}, ["Rosa Ixim"]),
        ({"endsWithinDays": 120}, ["Ana Luz"]),
        ({"endsWithinDays": 3660}, ["Ana Luz", "María Xol"]),
        ({"search": "maria"}, ["María Xol"]),
        ({"search": "alta verapaz xol"}, ["María Xol"]),
        ({"search": "CONTEXTO"}, ["Rosa Ixim"]),
        ({"search": "nadie"}, []),
    ]:
        assert await names(**wanted) == expected, wanted
    assert await names(mixco) == ["Ana Luz"]
    assert await names(mixco, municipalityCode=builders.CHAMELCO) == []
    page = (await told(lawyer, LIST, first=3))["officeHolders"]
    rest = (await told(lawyer, LIST, after=page["pageInfo"]["endCursor"]))["officeHolders"]
    assert [one["name"] for one in page["nodes"] + rest["nodes"]] == everybody
    for wanted in ({"endsWithinDays": -1}, {"institutionId": "x"}):
        answer = await ask(lawyer, LIST, filter=wanted)
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_places_and_institutions_tell_who_signs() -> None:
    ngo = await builders.institution("Fundación")
    await holder("Primera", since=date(2020, 1, 15), until=date(2024, 1, 14))
    await holder("Segunda", since=date(2024, 1, 15))
    await holder("Directora", at=None, institution=ngo)
    of = await builders.convention()
    await builders.further_party(of, institution=ngo)
    query = """query ($number: String!) { convention(number: $number) { parties {
        municipality { officeHolders { name current } } institution { officeHolders { name } } } } }"""

    town, foundation = (await told(await builders.person(Role.LEGAL), query, number=of.number))["convention"]["parties"]

    assert town["municipality"]["officeHolders"] == [
        {"name": "Segunda", "current": True}, {"name": "Primera", "current": False},
    ]  # fmt: skip
    assert foundation["institution"]["officeHolders"] == [{"name": "Directora"}]
    mayor = await builders.person(Role.MUNICIPAL)
    town, foundation = (await told(mayor, query, number=of.number))["convention"]["parties"]
    assert [one["name"] for one in town["municipality"]["officeHolders"]] == ["Segunda", "Primera"]
    assert foundation["institution"]["officeHolders"] == []


async def test_the_page_finds_and_notes(app_client: httpx.AsyncClient) -> None:
    await holder("Ana Luz", at=builders.MIXCO, until=date(2026, 6, 30))
    await holder("Carla Ruiz", at=None, until=date(2030, 1, 1))
    await builders.municipality()
    await enter(app_client, await builders.person(Role.LEGAL))
    assert "/autoridades" in (await app_client.get("/convenios")).text
    page = await app_client.get("/autoridades")
    assert page.text.index("Por SOSEP firma hoy") < page.text.index("Carla Ruiz")
    assert page.text.index("Terminan en un año") < page.text.index("30 de junio de 2026")
    found = await app_client.get("/autoridades?filter.search=mixco")
    assert "Ana Luz" in found.text
    typed = {"name": "Berta Xol", "position": "Alcaldesa", "gender": "F", "since": "2026-01-15"}
    again = await send(app_client, page, form(page, "RecordOfficeHolder"), **typed)
    assert again.status_code == 422
    kept = form(again, "RecordOfficeHolder")
    assert typed.items() <= kept.values.items()
    answer = await send(app_client, again, kept, municipalityCode=builders.CHAMELCO)
    assert answer.status_code == 303
    assert (await OfficeHolder.get(name="Berta Xol")).municipality_id == builders.CHAMELCO  # type: ignore[attr-defined]
    await enter(app_client, await builders.person(Role.AUDITOR))
    page = await app_client.get("/autoridades")
    assert not [one for one in forms(page) if "_operation" in one.values]
    for role in (Role.DIRECTOR, Role.MUNICIPAL):
        await enter(app_client, await builders.person(role))
        assert (await app_client.get("/autoridades")).status_code == 403


async def test_with_all_municipalities_the_page_stays_in_its_budget(app_client: httpx.AsyncClient) -> None:
    await load_catalogs(actor=await system_user())
    for n in range(60):
        await OfficeHolder.create(
            municipality_id=f"01{n % 17 + 1:02d}", name=f"Persona {n}", position="Alcalde", gender="M",
            until=date(2026, 4, 1),
        )  # fmt: skip
    await enter(app_client, await builders.person(Role.LEGAL))
    sheet = await weight(app_client, static_address("style.css"))
    assert sheet + await weight(app_client, "/autoridades") <= MOST_BYTES
