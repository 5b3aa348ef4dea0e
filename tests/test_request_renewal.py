"""Asking for a convention anew: what it opens, who may ask, and that only one request is ever pending."""

import asyncio
from datetime import date

import pytest

from actions.agreements import request_renewal
from actions.refusals import Refusal
from models.agreements import AgreementStage, Convention
from models.audit import AuditEntry, Verb
from models.database import database
from models.outbox import Notice
from models.people import Role, User
from models.places import ProgramCode
from models.reviews import LegalReview, ReviewRequirement, ReviewStage
from tests import builders
from tests.conftest import Clock, FreshDatabase
from tests.door import (
    HOSTILE,
    bad_ids,
    contract,
    done,
    forbidden,
    id_of,
    id_text,
    last_entry,
    once,
    refusal,
    told,
)

REQUEST = contract("request-renewal")
pytestmark = pytest.mark.usefixtures("db", "clock")


async def test_it_opens_a_convention_and_a_file_with_the_checklist(clock: Clock) -> None:
    centers = [await builders.center(), await builders.center("Centro de la aldea")]
    old = await builders.convention(centers=centers)
    await builders.requirement("ACTA", position=2)
    await builders.requirement("SOLICITUD", position=1)
    await builders.requirement("VIEJO", valid_to=date(2026, 3, 1))
    await builders.requirement("FUTURO", valid_from=date(2026, 3, 3))
    await builders.requirement("SOLO_HC", program=ProgramCode.HC)
    mayor, director = await builders.person(Role.MUNICIPAL), await builders.person(Role.DIRECTOR)
    await builders.person(Role.MUNICIPAL, at=builders.MIXCO)

    payload = await done(mayor, REQUEST, conventionId=id_of(old), termMonths=24, note="Con gusto")

    new = await Convention.get(renews_id=old.id)
    review = await LegalReview.get(convention_id=new.id)
    assert payload["convention"] == {
        "id": id_of(new), "number": "CONV-2026-0001", "stage": "REQUESTED",
        "renews": {"id": id_of(old), "number": old.number},
    }  # fmt: skip
    line = {"legalBasis": "Código Municipal, art. 35", "mandatory": True, "fulfilled": False}
    assert payload["review"] == {
        "id": id_of(review),
        "code": "EXP-2026-0001",
        "stage": "GATHERING",
        "requirements": [
            {"code": "SOLICITUD", "title": "Requisito SOLICITUD", **line},
            {"code": "ACTA", "title": "Requisito ACTA", **line},
        ],
    }
    assert (new.term_months, new.note, new.starts_on, new.ends_on) == (24, "Con gusto", None, None)
    assert (new.municipality_id, new.program, new.kind) == (old.municipality_id, old.program, old.kind)
    assert {center.id for center in await new.centers.all()} == {center.id for center in centers}
    assert (review.stage, review.requested_by_id, review.due_on) == (ReviewStage.GATHERING, mayor.id, None)
    entry = await last_entry()
    assert (entry.verb, entry.actor_id) == (Verb.REQUEST_RENEWAL, mayor.id)
    assert (entry.subject_type, entry.subject_id) == ("Convention", str(new.id))
    assert old.number in entry.summary
    assert set(await Notice.all().values_list("recipient", flat=True)) == {mayor.email, director.email}


async def test_a_director_asks_for_the_program_and_the_usual_term_holds() -> None:
    old = await builders.convention()

    await done(await builders.person(Role.DIRECTOR), REQUEST, conventionId=id_of(old))

    assert (await Convention.get(renews_id=old.id)).term_months == 12


async def test_an_expired_convention_can_be_followed() -> None:
    old = await builders.convention(starts_on=date(2024, 1, 1), ends_on=date(2024, 12, 31))

    assert (await done(await builders.person(Role.MUNICIPAL), REQUEST, conventionId=id_of(old)))["review"]


async def test_what_lies_out_of_reach_is_refused_like_what_is_missing() -> None:
    old = await builders.convention()
    missing = await builders.convention(at=builders.MIXCO)
    mayor = await builders.person(Role.MUNICIPAL)
    gone = await refusal(mayor, REQUEST, conventionId=id_text("Convention"))

    strangers = [
        (await builders.person(Role.MUNICIPAL, at=builders.MIXCO), old),
        (await builders.person(Role.DIRECTOR, program=ProgramCode.HC), old),
        (mayor, missing),
        (await builders.person(Role.MUNICIPAL, municipality=None), old),
    ]
    for stranger, convention in strangers:
        assert await refusal(stranger, REQUEST, conventionId=id_of(convention)) == gone
    assert (gone.code, gone.path, gone.message) == ("NOT_FOUND", "conventionId", "No se encontró el convenio.")


@pytest.mark.parametrize(
    "role", [Role.COORDINATOR, Role.LEGAL, Role.LEGAL_HEAD, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN]
)
async def test_a_role_that_does_not_ask_is_forbidden(role: Role) -> None:
    old = await builders.convention()

    await forbidden(await builders.person(role), REQUEST, conventionId=id_of(old))


async def test_nobody_asks_without_signing_in() -> None:
    await forbidden(None, REQUEST, conventionId=id_of(await builders.convention()))


async def test_the_same_click_is_answered_again_and_another_is_refused() -> None:
    old, mayor = await builders.convention(), await builders.person(Role.MUNICIPAL)

    first = await once(mayor, REQUEST, conventionId=id_of(old))

    said = await refusal(mayor, REQUEST, conventionId=id_of(old))
    assert (said.code, said.path) == ("RENEWAL_PENDING", "conventionId")
    assert first["review"]["code"] in said.message
    said = await refusal(mayor, REQUEST, conventionId=id_of(old), clientMutationId="clic-2")
    assert said.code == "RENEWAL_PENDING"


async def test_a_renewed_convention_names_the_one_that_follows_it() -> None:
    old = await builders.convention()
    next_one = await builders.convention(renews=old, starts_on=date(2026, 4, 1), ends_on=date(2027, 3, 31))

    said = await refusal(await builders.person(Role.MUNICIPAL), REQUEST, conventionId=id_of(old))

    assert said.code == "ALREADY_RENEWED"
    assert next_one.number in said.message


async def test_a_withdrawn_request_gives_way_to_another() -> None:
    old = await builders.convention()
    await builders.convention(renews=old, stage=AgreementStage.WITHDRAWN, starts_on=None, ends_on=None)

    await done(await builders.person(Role.MUNICIPAL), REQUEST, conventionId=id_of(old))


@pytest.mark.parametrize("stage", [stage for stage in AgreementStage if stage != AgreementStage.SIGNED])
async def test_only_a_signed_convention_is_renewed(stage: AgreementStage) -> None:
    old = await builders.convention(stage=stage)

    said = await refusal(await builders.person(Role.MUNICIPAL), REQUEST, conventionId=id_of(old))

    assert said.code == "NOT_ALLOWED_NOW"
    assert old.number in said.message


async def test_wrong_values_are_named_field_by_field() -> None:
    old, mayor = await builders.convention(), await builders.person(Role.MUNICIPAL)
    for field, value, words in [
        ("termMonths", 0, "de 1 a 120 meses"),
        ("termMonths", -12, "de 1 a 120 meses"),
        ("termMonths", 121, "de 1 a 120 meses"),
        ("note", "x" * 2001, "2000 caracteres"),
        ("note", "campana\x07", "caracteres de control"),
        ("clientMutationId", "x" * 101, "100 caracteres"),
    ]:
        said = await refusal(mayor, REQUEST, conventionId=id_of(old), **{field: value})
        assert (said.code, said.path) == ("BAD_USER_INPUT", field)
        assert words in said.message
    for given in bad_ids("Convention", "LegalReview"):
        said = await refusal(mayor, REQUEST, conventionId=given)
        assert (said.code, said.path) == ("BAD_USER_INPUT", "conventionId"), given


@pytest.mark.parametrize("text", HOSTILE)
async def test_any_text_is_kept_as_typed(text: str) -> None:
    old, mayor = await builders.convention(), await builders.person(Role.MUNICIPAL)

    await done(mayor, REQUEST, conventionId=id_of(old), note=text)

    new = await Convention.get(renews_id=old.id)
    assert new.note == text
    shown = await told(mayor, "query ($id: ID!) { node(id: $id) { ... on Convention { note } } }", id=id_of(new))
    assert shown["node"]["note"] == text


@pytest.mark.both_databases
async def test_of_two_requests_at_once_one_is_kept(db: FreshDatabase) -> None:
    old, mayor = await builders.convention(), await builders.person(Role.MUNICIPAL)
    there = asyncio.Barrier(2)

    async def elsewhere() -> str:
        async with database():
            person = await User.get(id=mayor.id)
            await there.wait()
            try:
                return (await request_renewal(actor=person, convention_id=old.id)).code
            except Refusal as refusal:
                return refusal.problems[0].code

    answers = await asyncio.gather(*(asyncio.create_task(elsewhere()) for _ in range(2)))

    assert sorted(answers) == ["EXP-2026-0001", "RENEWAL_PENDING"]
    assert await Convention.filter(renews_id=old.id).count() == 1
    assert await LegalReview.all().count() == await AuditEntry.all().count() == 1
    assert await ReviewRequirement.all().count() == 0
