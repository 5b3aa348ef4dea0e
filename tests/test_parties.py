"""A convention with several counterparts: in every list where it belongs, and every party with its own part in it."""

from datetime import date
from typing import Any

import httpx
import pytest
from tortoise.connection import connections

from actions.reminders import remind
from models.agreements import AgreementStage, Convention
from models.conventions import ConventionParty
from models.ladders import Instrument
from models.outbox import Notice
from models.people import Role, User
from models.permissions import within
from models.places import Institution, Sector
from models.reviews import LegalReview, ReviewStage
from models.signing import CouncilMinute, Signature
from reads.parties import listed
from tests import builders, stages
from tests.browsing import enter, form, send
from tests.conftest import FreshDatabase
from tests.door import contract, done, forbidden, id_of, made_up, refusal, told

COBAN = "1601"
RECORD, SIGN, RENEW = contract("record-council-minute"), contract("record-signature"), contract("request-renewal")
MINUTE = {"actNumber": "12-2026", "pointNumber": "Quinto", "sessionDate": "2026-02-02", "approvedDate": "2026-02-09"}
SIGNED: dict[str, Any] = {"capacity": "Titular", "place": "Cobán", "signedOn": "2026-03-02"}
LIST = "query ($filter: ConventionFilter) { conventions(filter: $filter) { totalCount nodes { number } } }"
pytestmark = pytest.mark.usefixtures("db", "clock")


async def shared(**more: Any) -> Convention:
    """Return a convention of San Juan Chamelco, Mixco and a foundation, signed and without an end date."""
    values: dict[str, Any] = {"ends_on": None, "term_months": None, "search": "convenio de los tres"}
    of = await builders.convention(**values | more)
    await builders.further_party(of, at=builders.MIXCO)
    await builders.further_party(of, institution=await _foundation())
    return of


async def _foundation() -> Institution:
    return await Institution.get_or_none(name="Fundación Contexto") or await builders.institution("Fundación Contexto")


async def numbers(person: User, **wanted: Any) -> list[str]:
    """Return the numbers that the list of conventions shows a person, which its count agrees with."""
    page = (await told(person, LIST, filter=wanted))["conventions"]
    assert page["totalCount"] == len(page["nodes"])
    return [node["number"] for node in page["nodes"]]


@pytest.mark.both_databases
async def test_three_parties_and_no_end_date_stand_in_every_list(db: FreshDatabase) -> None:
    here, there = await builders.center("Los Nietos"), await builders.center("Los Abuelos", at=builders.MIXCO)
    of = await shared(centers=[here, there])
    await builders.convention(at=COBAN)
    await builders.places()
    lawyer = await builders.person(Role.LEGAL)
    mine, other = [await builders.person(Role.MUNICIPAL, at=at) for at in (builders.CHAMELCO, builders.MIXCO)]
    field = [await builders.person(Role.COORDINATOR, at=at) for at in (builders.CHAMELCO, builders.MIXCO)]

    for wanted in (
        {"municipalityCode": builders.CHAMELCO}, {"municipalityCode": builders.MIXCO}, {"departmentCode": "01"},
        {"standing": ["IN_FORCE"], "departmentCode": "01"}, {"standing": ["IN_FORCE"]}, {"search": "los tres"},
        {"standing": ["IN_FORCE"], "departmentCode": "16"}, {"stage": ["SIGNED"], "search": "tres"},
        {"program": "MAD", "municipalityCode": builders.MIXCO}, {"withoutCenter": False},
    ):  # fmt: skip
        assert await numbers(lawyer, **wanted) == [of.number], wanted
    for wanted in ({"municipalityCode": "0101"}, {"standing": ["EXPIRED"]}, {"standing": ["PENDING"]}):
        assert await numbers(lawyer, **wanted) == []
    assert of.number in await numbers(lawyer)
    for person in (mine, other, field[1]):
        assert await numbers(person) == [of.number], person.role
        home = (await told(person, contract("municipal-home")))["conventions"]
        assert [(node["number"], node["standing"], node["endsOn"]) for node in home["nodes"]] == [
            (of.number, "IN_FORCE", None)
        ]
    assert of.number in await numbers(field[0])
    # Each town sees its own center, and by which right it stands.
    for person, center in ((mine, here), (other, there)):
        (node,) = (await told(person, contract("center-status")))["centers"]["nodes"]
        assert node["code"] == center.code
        assert node["tenure"]["instrument"] == {"__typename": "Convention", "number": of.number, "endsOn": None}
        shown = (await told(person, contract("convention-file"), number=of.number))["convention"]
        assert [one["code"] for one in shown["centers"]] == [center.code]
    due = (await told(lawyer, contract("renewals-due"), withinDays=3660))["renewalsDue"]["nodes"]
    assert of.number not in [one["instrument"]["number"] for one in due]


async def test_the_api_names_the_parties_in_their_order() -> None:
    of = await shared(counterpart_signatures=2)
    party = await ConventionParty.get(convention=of, municipality_id=builders.MIXCO)
    query = """query ($number: String!) { convention(number: $number) { parties {
        partyId name sector neededSignatures municipality { code } institution { name } } } }"""

    parties = (await told(await builders.person(Role.AUDITOR), query, number=of.number))["convention"]["parties"]

    assert [(one["name"], one["sector"], one["neededSignatures"]) for one in parties] == [
        ("Municipalidad de San Juan Chamelco", "MUNICIPALITY", 2),
        ("Municipalidad de Mixco", "MUNICIPALITY", 1),
        ("Fundación Contexto", "NGO", 1),
    ]
    assert [one["municipality"] for one in parties] == [{"code": "1610"}, {"code": "0108"}, None]
    assert [one["institution"] for one in parties] == [None, None, {"name": "Fundación Contexto"}]
    assert [one["partyId"] for one in parties][:2] == [None, made_up(f"ConventionParty:{party.id}")]


async def to_sign() -> tuple[Convention, LegalReview]:
    """Return a convention of three parties that waits for minutes and signatures, and its file."""
    of = await shared(stage=AgreementStage.READY_TO_SIGN, starts_on=None, term_months=12)
    return of, await stages.file_in(ReviewStage.AWAITING_SIGNATURE, of=of, minute=False)


async def test_each_council_authorizes_its_own_mayor() -> None:
    of, _ = await to_sign()
    signatory = await builders.person(Role.SIGNATORY)
    mine, other = [await builders.person(Role.MUNICIPAL, at=at) for at in (builders.CHAMELCO, builders.MIXCO)]
    query = "query ($number: String!) { convention(number: $number) { signingBlockers { code message } } }"

    async def blockers() -> list[str]:
        found = (await told(signatory, query, number=of.number))["convention"]["signingBlockers"]
        assert {one["code"] for one in found} <= {"COUNCIL_MINUTE_MISSING", "COUNCIL_MINUTE_INVALID"}
        return [one["message"] for one in found]

    missing = "Falta el punto de acta del Concejo Municipal (Municipalidad de {})."
    assert await blockers() == [missing.format("San Juan Chamelco"), missing.format("Mixco")]
    of_mixco = await done(other, RECORD, conventionId=id_of(of), **MINUTE)
    assert of_mixco["councilMinute"]["valid"]
    assert await blockers() == [missing.format("San Juan Chamelco")]
    # The same numbers of another council are another minute; the same again are a slip.
    await done(mine, RECORD, conventionId=id_of(of), municipalityCode=builders.CHAMELCO, **MINUTE)
    assert "ya está anotado" in (await refusal(mine, RECORD, conventionId=id_of(of), **MINUTE)).message
    assert await blockers() == []
    towns = [minute.party_id for minute in await CouncilMinute.all().order_by("id")]
    assert towns == [(await ConventionParty.get(municipality_id=builders.MIXCO)).id, None]
    late = MINUTE | {"pointNumber": "Sexto", "approvedDate": "2026-03-20"}
    lawyer = await builders.person(Role.LEGAL)
    del late["approvedDate"]
    await done(lawyer, RECORD, conventionId=id_of(of), municipalityCode=builders.MIXCO, **late)
    (text,) = await blockers()
    assert text == "El acta todavía no consta como leída y aprobada por el Concejo (Municipalidad de Mixco)."
    shown = "query ($number: String!) { convention(number: $number) { councilMinutes { municipality { name } } } }"
    minutes = (await told(lawyer, shown, number=of.number))["convention"]["councilMinutes"]
    assert [one["municipality"]["name"] for one in minutes] == ["Mixco", "San Juan Chamelco", "Mixco"]


async def test_a_council_is_chosen_when_there_are_several_and_never_a_foreign_one() -> None:
    of, _ = await to_sign()
    lawyer, mayor = await builders.person(Role.LEGAL), await builders.person(Role.MUNICIPAL)
    await builders.municipality(COBAN)

    said = await refusal(lawyer, RECORD, conventionId=id_of(of), **MINUTE)
    assert (said.code, said.path) == ("BAD_USER_INPUT", "municipalityCode")
    assert "Municipalidad de San Juan Chamelco y Municipalidad de Mixco" in said.message
    for code in (COBAN, "9999", "x" * 500):
        said = await refusal(lawyer, RECORD, conventionId=id_of(of), municipalityCode=code, **MINUTE)
        assert (said.code, said.path) == ("BAD_USER_INPUT", "municipalityCode")
        assert of.number in said.message
    await forbidden(mayor, RECORD, conventionId=id_of(of), municipalityCode=builders.MIXCO, **MINUTE)


async def test_the_term_begins_when_every_party_has_signed() -> None:
    of, _ = await to_sign()
    for party in (None, await ConventionParty.get(municipality_id=builders.MIXCO)):
        await stages.council_minute(of, party=party)
    foundation = await ConventionParty.get(institution_id__isnull=False)
    signatory, mixco = await builders.person(Role.SIGNATORY), await builders.person(Role.MUNICIPAL, at=builders.MIXCO)
    subject = {"subjectId": id_of(of)} | SIGNED
    seen = []
    for person, side, name, more in [
        (mixco, "COUNTERPART", "Ana Luz", {}),
        (signatory, "SOSEP", "Carla Ruiz", {}),
        (signatory, "COUNTERPART", "Berta Xol", {}),
        (signatory, "COUNTERPART", "Ana Luz", {"partyId": made_up(f"ConventionParty:{foundation.id}")}),
    ]:
        payload = await done(person, SIGN, **subject, side=side, signerName=name, **more)
        seen.append(payload["subject"]["stage"])

    assert seen == ["READY_TO_SIGN"] * 3 + ["SIGNED"]
    assert (payload["subject"]["startsOn"], payload["subject"]["endsOn"]) == ("2026-03-02", "2027-03-01")
    given = await Signature.all().order_by("id").values_list("signer_name", "party__municipality_id", "party_id")
    assert given == [
        ("Ana Luz", builders.MIXCO, given[0][2]), ("Carla Ruiz", None, None), ("Berta Xol", None, None),
        ("Ana Luz", None, foundation.id),
    ]  # fmt: skip
    query = """query ($number: String!) { convention(number: $number) { signatures { furtherParty }
        parties { signatures { signerName } } } }"""
    shown = (await told(mixco, query, number=of.number))["convention"]
    assert [one["furtherParty"] for one in shown["signatures"]] == [
        "Municipalidad de Mixco", "", "", "Fundación Contexto",
    ]  # fmt: skip
    assert [[one["signerName"] for one in party["signatures"]] for party in shown["parties"]] == [
        ["Berta Xol"], ["Ana Luz"], ["Ana Luz"],
    ]  # fmt: skip


async def test_nobody_signs_for_a_party_that_is_not_theirs() -> None:
    of, _ = await to_sign()
    for party in (None, await ConventionParty.get(municipality_id=builders.MIXCO)):
        await stages.council_minute(of, party=party)
    lone = await stages.convention_of(await stages.file_in(ReviewStage.AWAITING_SIGNATURE))
    mine, signatory = await builders.person(Role.MUNICIPAL), await builders.person(Role.SIGNATORY)
    mixco = made_up(f"ConventionParty:{(await ConventionParty.get(municipality_id=builders.MIXCO)).id}")
    by_name = SIGNED | {"signerName": "Berta Xol"}

    await forbidden(mine, SIGN, subjectId=id_of(of), side="COUNTERPART", partyId=mixco, **by_name)
    for subject, side in ((of, "SOSEP"), (lone, "COUNTERPART")):
        said = await refusal(signatory, SIGN, subjectId=id_of(subject), side=side, partyId=mixco, **by_name)
        assert (said.code, said.path) == ("BAD_USER_INPUT", "partyId")
        assert subject.number in said.message
    said = await refusal(signatory, SIGN, subjectId=id_of(of), side="COUNTERPART", partyId="x", **by_name)
    assert said.path == "partyId"


async def test_a_council_approved_later_holds_back_its_own_mayor_only() -> None:
    of, _ = await to_sign()
    mixco = await ConventionParty.get(municipality_id=builders.MIXCO)
    await stages.council_minute(of)
    await stages.council_minute(of, party=mixco, session_date=date(2026, 3, 1), approved_date=date(2026, 3, 2))
    await stages.dictamen(await LegalReview.get(convention=of), issued_on=date(2026, 2, 17))
    signatory = await builders.person(Role.SIGNATORY)
    early = SIGNED | {"signedOn": "2026-02-20", "side": "COUNTERPART", "subjectId": id_of(of)}

    said = await refusal(signatory, SIGN, **early, signerName="Ana Luz", partyId=made_up(f"ConventionParty:{mixco.id}"))

    assert "02/03/2026 (fecha en que se aprobó el acta" in said.message
    await done(signatory, SIGN, **early, signerName="Berta Xol")


async def test_what_is_told_reaches_the_people_of_every_party() -> None:
    people = [await builders.person(Role.MUNICIPAL, at=at) for at in (builders.CHAMELCO, builders.MIXCO)]
    await builders.person(Role.MUNICIPAL, at=COBAN)
    of = await shared(ends_on=date(2026, 3, 31), starts_on=date(2025, 4, 1))

    await done(people[1], RENEW, conventionId=id_of(of))
    await remind(actor=await stages.engine(), instrument=Instrument.CONVENTION)

    for key in ("renewal-requested:", "end:"):
        found = await Notice.filter(key__startswith=key).order_by("recipient").values_list("recipient", flat=True)
        assert found == sorted(person.email for person in people), key
    body = (await Notice.filter(key__startswith="end:").first()).body  # type: ignore[union-attr]
    assert f"{of.number} (San Juan Chamelco, Mixco y Fundación Contexto) vence en 29 días" in body


async def test_a_renewal_is_with_the_same_parties() -> None:
    of = await shared(ends_on=date(2026, 3, 31), counterpart_signatures=2)
    await ConventionParty.filter(municipality_id=builders.MIXCO).update(needed_signatures=3)
    mixco = await builders.person(Role.MUNICIPAL, at=builders.MIXCO)

    await done(mixco, RENEW, conventionId=id_of(of))

    new = await Convention.get(renews=of)
    columns = ("municipality_id", "institution_id", "needed_signatures", "position")
    before, after = [
        await ConventionParty.filter(convention=one).order_by("position").values(*columns) for one in (of, new)
    ]
    assert after == before
    assert (len(after), new.counterpart_signatures) == (2, 2)
    (found,) = (await told(mixco, "{ legalReviews { nodes { code } } }"))["legalReviews"]["nodes"]
    assert found["code"] == (await LegalReview.get(convention=new)).code
    lawyer = await builders.person(Role.LEGAL)
    query = "query ($filter: LegalReviewFilter) { legalReviews(filter: $filter) { totalCount } }"
    for code, count in ((builders.MIXCO, 1), (builders.CHAMELCO, 1), (COBAN, 0)):
        await builders.municipality(code)
        page = await told(lawyer, query, filter={"municipalityCode": code})
        assert page["legalReviews"]["totalCount"] == count


async def test_a_further_municipality_brings_the_councils_requisites() -> None:
    await builders.requirement("ACTA_CONCEJO", municipal_only=True)
    ngo = await builders.institution("Fundación Contexto", Sector.NGO)
    director = await builders.person(Role.DIRECTOR)
    alone = await builders.convention(at=None, institution=ngo)
    both = await builders.convention(at=None, institution=ngo)
    await builders.further_party(both, at=builders.MIXCO)

    for of, codes in ((alone, []), (both, ["ACTA_CONCEJO"])):
        payload = await done(director, RENEW, conventionId=id_of(of))
        assert [line["code"] for line in payload["review"]["requirements"]] == codes


async def test_each_municipality_finds_it_on_its_pages(app_client: httpx.AsyncClient) -> None:
    of = await shared()
    waiting, review = await to_sign()
    for party in (None, await ConventionParty.get(convention=waiting, municipality_id=builders.MIXCO)):
        await stages.council_minute(waiting, party=party)
    everybody = "Municipalidad de San Juan Chamelco, Municipalidad de Mixco y Fundación Contexto"
    for at in (builders.CHAMELCO, builders.MIXCO):
        await enter(app_client, await builders.person(Role.MUNICIPAL, at=at))
        home = await app_client.get("/municipalidad")
        assert f"/convenios/{of.number}" in home.text
        assert f"/expedientes/{review.code}" in home.text
        assert f"Es entre SOSEP, {everybody}." in home.text
        page = await app_client.get(f"/convenios/{of.number}")
        assert (
            "SOSEP, la Municipalidad de San Juan Chamelco, la Municipalidad de Mixco y Fundación Contexto" in page.text
        )
        assert of.number in (await app_client.get("/convenios")).text
    page = await app_client.get(f"/convenios/{waiting.number}")
    typed = {"signerName": "Ana Luz", "capacity": "Alcaldesa", "place": "Mixco"}
    answer = await send(app_client, page, form(page, "RecordSignature"), **typed)
    assert answer.status_code == 303
    assert (await Signature.get()).party_id == (
        await ConventionParty.get(convention=waiting, municipality_id=builders.MIXCO)
    ).id
    await enter(app_client, await builders.person(Role.SIGNATORY))
    desk = await app_client.get("/firmas")
    assert "Ya firmó Municipalidad de Mixco" in desk.text
    page = await app_client.get(f"/convenios/{waiting.number}")
    typed |= {"signerName": "Luis Paz", "side": "COUNTERPART"}
    assert (await send(app_client, page, form(page, "RecordSignature"), **typed)).status_code == 303
    page = await app_client.get(f"/convenios/{waiting.number}")
    assert "Ya firmó Luis Paz por Municipalidad de San Juan Chamelco" in page.text
    await enter(app_client, await builders.person(Role.LEGAL))
    page = await app_client.get(f"/expedientes/{review.code}")
    minute = form(page, "RecordCouncilMinute")
    typed = {"actNumber": "9", "pointNumber": "Uno", "sessionDate": "2026-02-27", "municipalityCode": builders.MIXCO}
    assert (await send(app_client, page, minute, **typed)).status_code == 303
    assert (await CouncilMinute.get(act_number="9")).party_id


def test_names_are_listed_as_a_sentence_does() -> None:
    assert listed([]) == ""
    assert listed(["Cobán"]) == "Cobán"
    assert listed(["Cobán", "Mixco"]) == "Cobán y Mixco"
    assert listed(["Cobán", "Mixco", "Instituto Austriaco"]) == "Cobán, Mixco e Instituto Austriaco"
    assert listed(["Cobán", "Íntegra"]) == "Cobán e Íntegra"


@pytest.mark.both_databases
async def test_the_reach_of_further_parties_is_asked_once_and_never_joined(db: FreshDatabase) -> None:
    mayor, coordinator = await builders.person(Role.MUNICIPAL), await builders.person(Role.COORDINATOR)
    of = await shared()
    for person in (mayor, coordinator):
        rows = Convention.filter(within(Convention, person), ends_on__isnull=True).order_by("id").limit(51)
        rows._choose_db_if_not_chosen()
        rows._make_query()
        statement, values = rows.query.get_parameterized_sql()
        explain = "EXPLAIN QUERY PLAN " if db.dialect == "sqlite" else "EXPLAIN "
        plan = await connections.get("default").execute_query_dict(explain + statement, values)
        told_plan = "\n".join(str(list(dict(line).values())[-1]) for line in plan)

        # One list, made once and looked up for each row: not a query for each row, and no rows multiplied by parties.
        assert ("LIST SUBQUERY" if db.dialect == "sqlite" else "hashed SubPlan") in told_plan, told_plan
        assert "CORRELATED" not in told_plan
        assert [one.id for one in await rows] == [of.id]
