"""Asking for a convention that follows no other: of every kind, with whom one may, with its checklist."""

from typing import Any

import httpx
import pytest

from actions.catalogs import load_catalogs
from actions.people import system_user
from models.agreements import AgreementStage, Convention, ConventionKind
from models.audit import Verb
from models.conventions import ConventionParty
from models.outbox import Notice
from models.people import Role
from models.places import ProgramCode, Sector
from models.reviews import LegalReview, ReviewMatter, ReviewStage
from tests import builders
from tests.browsing import enter, form, forms, send
from tests.conftest import FreshDatabase
from tests.door import HOSTILE, contract, done, forbidden, id_of, last_entry, made_up, once, refusal, refused, told
from tests.test_page_budget import MOST_BYTES, weight

REQUEST = """mutation ($input: RequestConventionInput!) { requestConvention(input: $input) {
    convention { id number kind program stage title termMonths sosepSignatures centers { name }
        parties { name neededSignatures } }
    review { code matter stage title requirements { code } } errors { code message path } } }"""
SUBMIT, RENEW = contract("submit-for-review"), contract("request-renewal")
GOOD: dict[str, Any] = {
    "kind": "CONVENIO", "program": "MAD", "title": "Para el funcionamiento del centro", "termMonths": 24,
    "municipalityCode": builders.CHAMELCO,
}  # fmt: skip
pytestmark = pytest.mark.usefixtures("db", "clock")


@pytest.mark.both_databases
async def test_three_parties_two_centers_and_no_end_date(db: FreshDatabase) -> None:
    lawyer, mixco = await builders.person(Role.LEGAL), await builders.person(Role.MUNICIPAL, at=builders.MIXCO)
    mayor, director = await builders.person(Role.MUNICIPAL), await builders.person(Role.DIRECTOR)
    ngo = await builders.institution("Fundación Contexto")
    places = [await builders.center("Los Nietos"), await builders.center("Los Abuelos", at=builders.MIXCO)]
    await builders.requirement("ACTA_CONCEJO", municipal_only=True, convention_kind=ConventionKind.CONVENIO)
    await builders.requirement("PERSONERIA", convention_kind=ConventionKind.CARTA_ENTENDIMIENTO)
    further = [{"municipalityCode": builders.MIXCO, "neededSignatures": 2}, {"institutionId": id_of(ngo)}]
    wanted = GOOD | {"termMonths": None, "withoutEnd": True, "parties": further, "sosepSignatures": 2}

    made = await once(lawyer, REQUEST, **wanted, centerIds=[id_of(one) for one in places], note="Con gusto")

    assert made["convention"] == {
        "id": made["convention"]["id"], "number": "CONV-2026-0001", "kind": "CONVENIO", "program": "MAD",
        "stage": "REQUESTED", "title": GOOD["title"], "termMonths": None, "sosepSignatures": 2,
        "centers": [{"name": "Los Abuelos"}, {"name": "Los Nietos"}],
        "parties": [
            {"name": "Municipalidad de San Juan Chamelco", "neededSignatures": 1},
            {"name": "Municipalidad de Mixco", "neededSignatures": 2},
            {"name": "Fundación Contexto", "neededSignatures": 1},
        ],
    }  # fmt: skip
    parties = "Municipalidad de San Juan Chamelco, Municipalidad de Mixco y Fundación Contexto"
    assert made["review"] == {
        "code": "EXP-2026-0001", "matter": "CONVENTION_MAD", "stage": "GATHERING",
        "title": f"Convenio para el funcionamiento del centro ({parties})", "requirements": [{"code": "ACTA_CONCEJO"}],
    }  # fmt: skip
    of = await Convention.get()
    assert (of.requested_by_id, of.note, str(of.requested_on)) == (lawyer.id, "Con gusto", "2026-03-02")
    for words in ("conv-2026-0001", "mixco", "contexto", "alta verapaz", "los nietos", "san juan chamelco"):
        assert words in of.search
    entry = await last_entry()
    assert (entry.verb, entry.subject_type, entry.subject_id) == (Verb.REQUEST_CONVENTION, "Convention", str(of.id))
    told_to = set(await Notice.all().values_list("recipient", flat=True))
    assert told_to == {person.email for person in (lawyer, mayor, mixco, director)}
    for person in (mayor, mixco):
        (seen,) = (await told(person, "{ conventions { nodes { number } } }"))["conventions"]["nodes"]
        assert seen == {"number": "CONV-2026-0001"}


@pytest.mark.parametrize("kind", ConventionKind)
async def test_every_kind_opens_its_file_with_its_own_checklist(kind: ConventionKind) -> None:
    lawyer, ngo = await builders.person(Role.LEGAL_HEAD), await builders.institution("Ministerio", Sector.GOVERNMENT)
    for each in ConventionKind:
        await builders.requirement(f"DE_{each}", convention_kind=each)
    await builders.requirement("DE_CONCEJO", municipal_only=True)
    matters = {
        ConventionKind.CARTA_ENTENDIMIENTO: "CARTA_ENTENDIMIENTO",
        ConventionKind.MEMORANDUM_ENTENDIMIENTO: "MEMORANDUM_ENTENDIMIENTO",
    }
    wanted = GOOD | {"kind": kind, "program": "INSTITUCIONAL", "municipalityCode": None, "institutionId": id_of(ngo)}

    made = await done(lawyer, REQUEST, **wanted)

    assert made["review"]["matter"] == matters.get(kind, "CONVENTION_OTHER")
    assert made["review"]["requirements"] == [{"code": f"DE_{kind}"}]
    words = {"CARTA_ENTENDIMIENTO": "Carta de entendimiento", "CONVENIO": "Convenio"}
    assert made["review"]["title"].startswith(words.get(kind, ""))
    assert "Ministerio" in made["review"]["title"]


@pytest.mark.parametrize("program", ProgramCode)
async def test_a_convenios_matter_follows_its_program(program: ProgramCode) -> None:
    by_program = {ProgramCode.MAD: ReviewMatter.CONVENTION_MAD, ProgramCode.HC: ReviewMatter.CONVENTION_CADI}
    await builders.municipality()

    made = await done(await builders.person(Role.LEGAL), REQUEST, **GOOD | {"program": program})

    assert made["review"]["matter"] == by_program.get(program, ReviewMatter.CONVENTION_OTHER)


async def test_a_municipality_asks_for_itself_and_a_direction_for_its_program() -> None:
    mayor, director = await builders.person(Role.MUNICIPAL), await builders.person(Role.DIRECTOR)
    ngo = await builders.institution()
    center = await builders.center()

    await done(mayor, REQUEST, **GOOD, centerIds=[id_of(center)], parties=[{"institutionId": id_of(ngo)}])
    await done(mayor, REQUEST, **GOOD | {"program": "HC"})
    await builders.municipality(builders.MIXCO)
    await done(director, REQUEST, **GOOD | {"municipalityCode": builders.MIXCO})
    await done(director, REQUEST, **GOOD | {"municipalityCode": None, "institutionId": id_of(ngo)})

    assert await Convention.filter(municipality_id=builders.CHAMELCO).count() == 2


async def test_nobody_makes_a_convention_of_another_municipality_or_program() -> None:
    await builders.places()
    mayor, director = await builders.person(Role.MUNICIPAL), await builders.person(Role.DIRECTOR)
    homeless = await builders.person(Role.MUNICIPAL, municipality=None)
    ngo = id_of(await builders.institution())
    other = {"municipalityCode": builders.MIXCO}
    for person, more in [
        (mayor, other),
        (mayor, {"municipalityCode": "9999"}),
        (mayor, {"municipalityCode": None, "institutionId": ngo}),
        (mayor, {"parties": [other]}),
        (homeless, {}),
        (director, {"program": "HC"}),
        (await builders.person(Role.DIRECTOR, program=None), {}),
        *[(await builders.person(role), {}) for role in (Role.COORDINATOR, Role.AUDITOR, Role.ADMIN, Role.SIGNATORY)],
        (None, {}),
    ]:  # fmt: skip
        await forbidden(person, REQUEST, **GOOD | more)
    assert await Convention.all().count() == 0


async def test_centers_are_those_of_the_program_and_in_reach() -> None:
    mayor, director = await builders.person(Role.MUNICIPAL), await builders.person(Role.DIRECTOR)
    mine, other = await builders.center(), await builders.center(at=builders.MIXCO)
    children = await builders.center("CADI", program=ProgramCode.HC)
    for person, chosen, path, words in [
        (mayor, [mine, other], "centerIds.1", "No se encontró el centro"),
        (mayor, [children], "centerIds.0", "es de otro programa"),
        (director, [children], "centerIds.0", "No se encontró el centro"),
    ]:
        said = await refusal(person, REQUEST, **GOOD, centerIds=[id_of(one) for one in chosen])
        assert (said.code, said.path) == ("BAD_USER_INPUT", path)
        assert words in said.message
    await done(director, REQUEST, **GOOD, centerIds=[id_of(mine), id_of(other), id_of(mine)])
    assert await Convention.filter(centers__id=mine.id).count() == 1


async def test_wrong_values_are_named_field_by_field() -> None:
    lawyer, ngo = await builders.person(Role.LEGAL), id_of(await builders.institution())
    await builders.places()
    for more, path, words in [
        ({"title": " "}, "title", "Escriba el objeto"),
        ({"title": "x" * 241}, "title", "240 caracteres"),
        ({"note": "x" * 2001}, "note", "2000 caracteres"),
        ({"termMonths": None}, "termMonths", "marque que no tiene vencimiento"),
        ({"termMonths": 0}, "termMonths", "de 1 a 120"),
        ({"termMonths": 121}, "termMonths", "de 1 a 120"),
        ({"withoutEnd": True}, "withoutEnd", "Deje el plazo en blanco"),
        ({"sosepSignatures": 0}, "sosepSignatures", "de 1 a 9"),
        ({"counterpartSignatures": 10}, "counterpartSignatures", "de 1 a 9"),
        ({"municipalityCode": None}, "municipalityCode", "una de las dos"),
        ({"institutionId": ngo}, "municipalityCode", "una de las dos"),
        ({"municipalityCode": "9999"}, "municipalityCode", "No existe el municipio «9999»"),
        ({"municipalityCode": "x" * 500}, "municipalityCode", "No existe el municipio"),
        ({"parties": [{}]}, "parties.0.municipalityCode", "una de las dos"),
        ({"parties": [{"municipalityCode": builders.CHAMELCO}]}, "parties.0.municipalityCode", "ya está en la lista"),
        ({"parties": [{"institutionId": ngo}] * 2}, "parties.1.institutionId", "ya está en la lista"),
        ({"parties": [{"institutionId": made_up("Institution:999")}]}, "parties.0.institutionId", "No se encontró"),
        ({"parties": [{"institutionId": ngo, "neededSignatures": 0}]}, "parties.0.neededSignatures", "de 1 a 9"),
        ({"parties": [{"institutionId": "x"}]}, "parties.0.institutionId", "identificador"),
        ({"centerIds": ["x"]}, "centerIds", "identificador"),
        ({"centerIds": [made_up("Center:999")]}, "centerIds.0", "No se encontró el centro"),
    ]:
        said = await refusal(lawyer, REQUEST, **GOOD | more)
        assert (said.code, said.path) == ("BAD_USER_INPUT", path), more
        assert words in said.message, said
    wrong = {"title": "", "termMonths": 0, "municipalityCode": "", "sosepSignatures": 0}
    paths = [one.path for one in await refused(lawyer, REQUEST, **GOOD | wrong)]
    assert paths == ["title", "termMonths", "sosepSignatures", "municipalityCode"]
    many = [{"municipalityCode": builders.MIXCO}] * 21
    assert "parties" in [one.path for one in await refused(lawyer, REQUEST, **GOOD, parties=many)]


async def test_names_as_long_as_they_may_be_fit_everywhere() -> None:
    long = [await builders.institution(f"{n} {'Fundación de nombre larguísimo ' * 8}"[:200]) for n in range(4)]
    wanted = GOOD | {"municipalityCode": None, "institutionId": id_of(long[0]), "title": "x" * 240}

    made = await done(
        await builders.person(Role.LEGAL),
        REQUEST,
        **wanted,
        parties=[{"institutionId": id_of(one)} for one in long[1:]],
    )

    assert len(made["review"]["title"]) == 300


async def test_any_text_is_kept_as_typed() -> None:
    await builders.municipality()
    lawyer = await builders.person(Role.LEGAL)
    for text in HOSTILE:
        made = await done(lawyer, REQUEST, **GOOD | {"title": text, "note": text})
        assert made["convention"]["title"] == text
        assert (await Convention.get(number=made["convention"]["number"])).note == text


async def test_what_the_legal_office_asks_for_it_also_sends() -> None:
    lawyer, colleague = await builders.person(Role.LEGAL), await builders.person(Role.LEGAL_HEAD)
    ngo = id_of(await builders.institution())
    made = await done(lawyer, REQUEST, **GOOD | {"municipalityCode": None, "institutionId": ngo})

    payload = await done(colleague, SUBMIT, reviewId=id_of(await LegalReview.get(code=made["review"]["code"])))

    assert payload["review"]["stage"] == "RECEIVED"


async def test_the_legal_office_renews_what_no_municipality_is_part_of() -> None:
    lawyer, director = await builders.person(Role.LEGAL), await builders.person(Role.DIRECTOR)
    ngo = await builders.institution()
    alone, again = [await builders.convention(at=None, institution=ngo) for _ in range(2)]
    shared = await builders.convention(at=None, institution=ngo)
    await builders.further_party(shared, at=builders.MIXCO)

    await done(lawyer, RENEW, conventionId=id_of(alone))
    await done(director, RENEW, conventionId=id_of(again))

    await forbidden(lawyer, RENEW, conventionId=id_of(shared))
    await forbidden(lawyer, RENEW, conventionId=id_of(await builders.convention()))
    new = await Convention.get(renews=alone)
    assert (new.institution_id, new.municipality_id, new.stage) == (ngo.id, None, AgreementStage.REQUESTED)


# Pages ---------------------------------------------------------------------------------------------------------------


async def test_a_municipality_asks_on_its_page(app_client: httpx.AsyncClient) -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    await enter(app_client, mayor)
    center, foreign = await builders.center("Los Nietos"), await builders.center("Los Abuelos", at=builders.MIXCO)
    listing = await app_client.get("/convenios")
    assert "/convenios/nuevo" in listing.text

    page = await app_client.get("/convenios/nuevo")
    assert [one.values for one in forms(page) if "program" in one.values] == [{"program": ""}]
    page = await app_client.get("/convenios/nuevo?program=MAD")
    assert "Los Nietos" in page.text
    assert foreign.name not in page.text
    asked = form(page, "RequestConvention")
    assert asked.values["municipalityCode"] == builders.CHAMELCO
    asked.values["centerIds"] = id_of(center)
    answer = await send(app_client, page, asked, title="Para el centro", termMonths="12")

    review = await LegalReview.get()
    assert answer.headers["location"] == f"/expedientes/{review.code}?hecho=RequestConvention"
    of = await Convention.get()
    assert (of.municipality_id, of.term_months, [one.name for one in await of.centers.all()]) == (
        builders.CHAMELCO, 12, ["Los Nietos"],
    )  # fmt: skip
    assert (await app_client.get(answer.headers["location"])).status_code == 200


async def test_the_legal_office_asks_with_an_institution_and_others(app_client: httpx.AsyncClient) -> None:
    await enter(app_client, await builders.person(Role.LEGAL))
    await builders.places()
    ngo, ministry = await builders.institution("Fundación Contexto"), await builders.institution("Ministerio de Salud")
    start = await app_client.get("/convenios/nuevo")
    assert "San Juan Chamelco" in start.text
    page = await app_client.get("/convenios/nuevo?program=MUJER&municipalityCode=")
    typed = {
        "kind": "MEMORANDUM_ENTENDIMIENTO", "title": "Para trabajar juntos", "institutionId": id_of(ngo),
        "parties.0.institutionId": id_of(ministry), "parties.1.municipalityCode": builders.MIXCO,
        "parties.1.neededSignatures": "2",
    }  # fmt: skip
    again = await send(app_client, page, form(page, "RequestConvention"), **typed)
    assert again.status_code == 422
    kept = form(again, "RequestConvention")
    assert typed.items() <= kept.values.items()
    assert 'href="#f-termMonths"' in again.text
    kept.values["withoutEnd"] = "true"

    answer = await send(app_client, again, kept)

    assert answer.status_code == 303
    of = await Convention.get()
    assert (of.kind, of.institution_id, of.term_months) == (ConventionKind.MEMORANDUM_ENTENDIMIENTO, ngo.id, None)
    parties = await ConventionParty.all().order_by("position").values_list("institution_id", "municipality_id")
    assert parties == [(ministry.id, None), (None, builders.MIXCO)]
    review = await LegalReview.get()
    file = await app_client.get(f"/expedientes/{review.code}")
    sent = await send(app_client, file, form(file, "SubmitForReview"))
    assert sent.status_code == 303
    assert (await LegalReview.get()).stage == ReviewStage.RECEIVED


async def test_with_all_municipalities_the_form_stays_in_its_budget(app_client: httpx.AsyncClient) -> None:
    await load_catalogs(actor=await system_user())
    for n in range(40):
        await builders.institution(f"Fundación para la cooperación número {n}")
    await enter(app_client, await builders.person(Role.LEGAL))
    style = await weight(
        app_client, (await app_client.get("/convenios")).text.split('rel="stylesheet" href="')[1].split('"')[0]
    )
    for address in ("/convenios/nuevo", "/convenios/nuevo?program=MAD&municipalityCode=", "/instituciones"):
        assert style + await weight(app_client, address) <= MOST_BYTES, address


async def test_who_may_not_ask_is_told_so(app_client: httpx.AsyncClient) -> None:
    await enter(app_client, await builders.person(Role.AUDITOR))
    page = await app_client.get("/convenios/nuevo")
    assert "lo solicitan la municipalidad" in page.text
    assert not [one for one in forms(page) if "_operation" in one.values]
    assert "/convenios/nuevo" not in (await app_client.get("/convenios")).text
