"""People without an account: who keeps them, what they are told, and how they ask to be left alone."""

import asyncio

import httpx
import pytest

from actions.contacts import stop_by_code
from models.audit import AuditEntry, Verb
from models.clock import now
from models.messages import Contact
from models.people import Role
from reads.people import told as told_people
from reads.people import told_of
from tests import builders, messages
from tests.browsing import FROM_HERE, enter, form, send
from tests.builders import CHAMELCO, MIXCO
from tests.conftest import FreshDatabase
from tests.door import bad_ids, done, everything, forbidden, id_of, last_entry, once, refusal, refused, told

SAVE = """mutation ($input: SaveContactInput!) { saveContact(input: $input) {
    contact { id email name stoppedAt version municipality { code } institution { name } bounce { reason } }
    errors { code message path } clientMutationId } }"""
STOP = """mutation ($input: StopContactInput!) { stopContact(input: $input) {
    contact { id stoppedAt } errors { code message path } clientMutationId } }"""
LIST = """query ($search: String, $municipalityCode: String, $stopped: Boolean) {
    contacts(search: $search, municipalityCode: $municipalityCode, stopped: $stopped) {
        totalCount nodes { name bounce { reason } } } }"""
ROSA = {"email": " Rosa.Caal@Chamelco.example ", "name": "Rosa Caal", "municipalityCode": CHAMELCO}


async def test_the_legal_office_adds_a_contact_of_a_town_or_institution(db: FreshDatabase) -> None:
    await builders.places()
    lawyer = await builders.person(Role.LEGAL)
    made = (await once(lawyer, SAVE, **ROSA))["contact"]
    assert (made["email"], made["municipality"]) == ("rosa.caal@chamelco.example", {"code": CHAMELCO})
    of = await builders.institution("Fundación Contexto")
    other = (await done(lawyer, SAVE, email="a@b.gt", name="Ana", institutionId=id_of(of)))["contact"]
    assert other["institution"] == {"name": "Fundación Contexto"}
    entry = await last_entry()
    assert entry.verb == Verb.SAVE_CONTACT
    kept = await Contact.get(email="rosa.caal@chamelco.example")
    assert len(kept.stop_code) >= 43
    # Whoever reads the audit trail must not hold the link that stops somebody's messages.
    assert kept.stop_code not in str(await AuditEntry.all().values())
    changed = await done(
        lawyer, SAVE, **ROSA | {"name": "Rosa Caal Pop", "contactId": made["id"], "expectedVersion": made["version"]}
    )
    assert (changed["contact"]["name"], changed["contact"]["version"]) == ("Rosa Caal Pop", 2)
    stale = ROSA | {"contactId": made["id"], "expectedVersion": 1}
    assert (await refusal(lawyer, SAVE, **stale)).code == "STALE"


async def test_a_municipality_keeps_its_own(db: FreshDatabase) -> None:
    await builders.places()
    mayor = await builders.person(Role.MUNICIPAL)
    own = (await done(mayor, SAVE, email="a@b.gt", name="Ana"))["contact"]
    assert own["municipality"] == {"code": CHAMELCO}
    theirs = await messages.contact("b@b.gt", municipality=await builders.municipality(MIXCO), name="Beto")
    await forbidden(mayor, SAVE, email="c@b.gt", name="Caty", municipalityCode=MIXCO)
    of = await builders.institution()
    await forbidden(mayor, SAVE, email="c@b.gt", name="Caty", institutionId=id_of(of))
    given = {"email": "b@b.gt", "name": "Mía", "contactId": id_of(theirs)}
    assert (await refusal(mayor, SAVE, **given)).code == "NOT_FOUND"
    assert (await refusal(mayor, STOP, contactId=id_of(theirs))).code == "NOT_FOUND"
    assert [one["name"] for one in (await told(mayor, LIST))["contacts"]["nodes"]] == ["Ana"]
    assert (await told(mayor, LIST, municipalityCode=MIXCO))["contacts"]["totalCount"] == 0
    assert (await told(await builders.person(Role.AUDITOR), LIST))["contacts"]["totalCount"] == 2
    for role in (Role.DIRECTOR, Role.COORDINATOR):
        assert (await told(await builders.person(role), LIST))["contacts"]["totalCount"] == 0
    for role in (Role.DIRECTOR, Role.COORDINATOR, Role.SIGNATORY, Role.AUDITOR):
        person = await builders.person(role)
        await forbidden(person, SAVE, **ROSA)
        await forbidden(person, STOP, contactId=id_of(theirs))


async def test_what_cannot_be_a_contact_is_refused_by_field(db: FreshDatabase) -> None:
    await builders.places()
    lawyer = await builders.person(Role.LEGAL)
    for more, path in (
        ({"email": "sin arroba"}, "email"),
        ({"email": "a@b.gt\nBcc: otra@c.gt"}, "email"),
        ({"email": f"{'a' * 120}@b.gt"}, "email"),
        ({"name": ""}, "name"),
        ({"name": "Rosa\nBcc: x@y.gt"}, "name"),
        ({"municipalityCode": "Ninguna Parte"}, "municipalityCode"),
        ({"municipalityCode": ""}, "municipalityCode"),
        ({"institutionId": id_of(await builders.institution())}, "municipalityCode"),
    ):
        assert {said.path for said in await refused(lawyer, SAVE, **ROSA | more)} == {path}, more
    for damaged in bad_ids("Contact"):
        if damaged:
            assert (await refusal(lawyer, SAVE, **ROSA, contactId=damaged)).path == "contactId"


async def test_the_same_address_twice_for_a_party_is_refused_kindly(db: FreshDatabase) -> None:
    await builders.places()
    lawyer = await builders.person(Role.LEGAL)
    first = (await done(lawyer, SAVE, **ROSA))["contact"]
    said = await refusal(lawyer, SAVE, **ROSA | {"name": "Otra"})
    assert (said.code, said.path) == ("CONFLICT", "email")
    assert "Rosa Caal ya es contacto" in said.message
    # Of another party she may be one too.
    await done(lawyer, SAVE, **ROSA | {"municipalityCode": MIXCO})
    await once(lawyer, STOP, contactId=first["id"])
    assert "ya no se le escribe" in (await refusal(lawyer, STOP, contactId=first["id"])).message
    assert "si lo pide de nuevo" in (await refusal(lawyer, SAVE, **ROSA)).message
    again = await done(lawyer, SAVE, **ROSA | {"contactId": first["id"], "askedAgain": True})
    assert again["contact"]["stoppedAt"] is None


@pytest.mark.both_databases
async def test_contacts_hear_of_their_parties_agreements_each_address_once(db: FreshDatabase) -> None:
    await builders.places()
    of = await builders.institution("Fundación Contexto")
    convention = await builders.convention()
    await builders.further_party(convention, at=MIXCO)
    await builders.further_party(convention, institution=of)
    mayor = await builders.person(Role.MUNICIPAL)
    await messages.contact("rosa@prueba.example")
    await messages.contact("rosa@prueba.example", municipality=await builders.municipality(MIXCO), stop_code="otro")
    await messages.contact(mayor.email, name="No así")
    await messages.contact("fundacion@prueba.example", institution=of, name="Fundación")
    await messages.contact("quieta@prueba.example", stopped_at=now())
    await messages.contact("coban@prueba.example", municipality=await builders.municipality("1601"))
    people = await told_people(convention=convention.id)
    assert people == sorted(
        [(mayor.email, mayor.name), ("rosa@prueba.example", "Rosa Caal"), ("fundacion@prueba.example", "Fundación")]
    )
    review = await builders.review(convention, requested_by=mayor)
    assert {address for address, _ in await told_of(review)} >= {address for address, _ in people}
    assert await told_people(roles=[Role.MUNICIPAL]) == [(mayor.email, mayor.name)]


async def test_the_link_asks_before_it_stops(db: FreshDatabase, app_client: httpx.AsyncClient) -> None:
    contact = await messages.contact("rosa@prueba.example")
    twice = await messages.contact(
        "rosa@prueba.example", municipality=await builders.municipality(MIXCO), stop_code="b" * 43
    )
    bystander = await messages.contact("ana@prueba.example")
    address = f"/avisos/baja/{contact.stop_code}"
    before = await everything()
    page = await app_client.get(address)
    unknown = await app_client.get(f"/avisos/baja/{'x' * 43}")
    assert page.status_code == unknown.status_code == 200
    assert page.text == unknown.text
    assert "Sí, no me escriban más" in page.text
    assert (await app_client.head(address)).status_code in (200, 405)
    assert await everything() == before, "opening the link must not stop anything"
    stopped = await app_client.post(address, headers=FROM_HERE)
    nobody = await app_client.post(f"/avisos/baja/{'x' * 43}", headers=FROM_HERE)
    assert stopped.status_code == nobody.status_code == 200
    assert stopped.text == nobody.text
    assert "Ya no le escribiremos" in stopped.text
    for one, gone in ((contact, True), (twice, True), (bystander, False)):
        assert ((await Contact.get(id=one.id)).stopped_at is not None) == gone
    entry = await last_entry()
    assert (entry.verb, "pidió no recibir más avisos" in entry.summary) == (Verb.STOP_CONTACT, True)
    assert (await app_client.put(address)).status_code == 405


async def test_a_mail_program_stops_with_one_click(db: FreshDatabase, app_client: httpx.AsyncClient) -> None:
    contact = await messages.contact("rosa@prueba.example")
    answer = await app_client.post(f"/avisos/baja/{contact.stop_code}", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert (await Contact.get()).stopped_at
    for damaged in ("x", "ñ" * 40, "a" * 500, "' OR 1=1--------------------"):
        assert (await app_client.post(f"/avisos/baja/{damaged}")).status_code == 200


@pytest.mark.both_databases
async def test_stopping_twice_at_once_is_noted_once(db: FreshDatabase) -> None:
    contact = await messages.contact("rosa@prueba.example")
    await asyncio.gather(*(stop_by_code(contact.stop_code) for _ in range(3)))
    assert (await Contact.get()).stopped_at
    await stop_by_code(contact.stop_code)
    # Who comes second may still find her written to, and then changes nothing.
    changed = [entry for entry in await AuditEntry.filter(verb=Verb.STOP_CONTACT) if entry.changes]
    assert len(changed) == 1


async def test_the_page_of_contacts(db: FreshDatabase, app_client: httpx.AsyncClient) -> None:
    await builders.places()
    await enter(app_client, await builders.person(Role.LEGAL))
    page = await app_client.get("/contactos")
    refused_page = await send(app_client, page, form(page, "SaveContact"), name="Rosa", email="mal")
    assert refused_page.status_code == 422
    assert form(refused_page, "SaveContact").values["email"] == "mal"
    added = await send(
        app_client,
        refused_page,
        form(refused_page, "SaveContact"),
        email="rosa@prueba.example",
        municipalityCode="Cobán",
    )
    assert added.headers["location"] == "/contactos?hecho=SaveContact"
    await messages.bounce("rosa@prueba.example")
    page = await app_client.get(added.headers["location"])
    assert "El contacto quedó guardado." in page.text
    assert "Rechazada" in page.text
    kept = await Contact.get()
    changing = form(page, "SaveContact", contactId=id_of(kept))
    await send(app_client, page, changing, name="Rosa Caal")
    assert (await Contact.get()).name == "Rosa Caal"
    page = await app_client.get("/contactos")
    await send(app_client, page, form(page, "StopContact"))
    assert (await Contact.get()).stopped_at
    assert "No se le escribe" in (await app_client.get("/contactos?stopped=true")).text
