"""Giving up a request: at any stage before it is signed, with a reason, and it can be asked for again."""

import pytest

from models.agreements import AgreementStage
from models.audit import Verb
from models.outbox import Notice
from models.people import Role
from models.reviews import OPEN_STAGES, LegalReview, ReviewStage
from tests import builders, stages
from tests.door import (
    HOSTILE,
    Said,
    bad_ids,
    changed,
    contract,
    done,
    forbidden,
    id_of,
    id_text,
    last_entry,
    once,
    refusal,
)

WITHDRAW = """mutation ($input: WithdrawReviewInput!) { withdrawReview(input: $input) {
    review { code stage closedOn dueOn version } errors { code message path } } }"""
pytestmark = pytest.mark.usefixtures("db", "clock")


@pytest.mark.parametrize("stage", OPEN_STAGES)
async def test_an_open_file_is_given_up_with_its_convention(stage: ReviewStage) -> None:
    mayor, lawyer = await builders.person(Role.MUNICIPAL), await builders.person(Role.LEGAL)
    review = await stages.file_in(stage, requested_by=mayor, assignee=lawyer)

    payload = await done(mayor, WITHDRAW, reviewId=id_of(review), reason="Cambió el Concejo.", expectedVersion=1)

    assert payload["review"] == {
        "code": review.code, "stage": "WITHDRAWN", "closedOn": "2026-03-02", "dueOn": None, "version": 2,
    }  # fmt: skip
    assert (await stages.convention_of(review)).stage == AgreementStage.WITHDRAWN
    entry = await last_entry()
    assert (entry.verb, entry.actor_id, entry.subject_id) == (Verb.WITHDRAW_REVIEW, mayor.id, str(review.id))
    assert "Cambió el Concejo." in entry.summary
    assert changed(entry, review)["stage"] == (stage, "WITHDRAWN")
    assert set(await Notice.all().values_list("recipient", flat=True)) == {mayor.email, lawyer.email}


async def test_a_convention_given_up_can_be_asked_for_again() -> None:
    mayor, old = await builders.person(Role.MUNICIPAL), await builders.convention()
    request = contract("request-renewal")
    first = await done(mayor, request, conventionId=id_of(old))

    await done(mayor, WITHDRAW, reviewId=first["review"]["id"], reason="Error")

    second = await done(mayor, request, conventionId=id_of(old))
    assert second["review"]["code"] == "EXP-2026-0002"


@pytest.mark.parametrize("stage", [ReviewStage.CLOSED, ReviewStage.WITHDRAWN])
async def test_what_is_over_is_not_given_up(stage: ReviewStage) -> None:
    review = await stages.file_in(stage)

    said = await refusal(await builders.person(Role.LEGAL_HEAD), WITHDRAW, reviewId=id_of(review), reason="Tarde")

    assert said.code == "NOT_ALLOWED_NOW"
    assert said.message.startswith(f"No se puede desistir: el expediente {review.code}")


async def test_a_signed_convention_is_not_given_up_although_its_file_is_still_open() -> None:
    signed = await builders.convention()
    review = await stages.file_in(ReviewStage.AWAITING_SIGNATURE, of=signed)

    said = await refusal(await builders.person(Role.MUNICIPAL), WITHDRAW, reviewId=id_of(review), reason="Tarde")

    assert said.code == "NOT_ALLOWED_NOW"
    assert "ya está firmado" in said.message


async def test_out_of_reach_is_refused_like_missing() -> None:
    review = await stages.file_in(ReviewStage.GATHERING)
    stranger = await builders.person(Role.MUNICIPAL, at=builders.MIXCO)

    gone = await refusal(stranger, WITHDRAW, reviewId=id_text("LegalReview"), reason="x")

    assert gone == Said("NOT_FOUND", "reviewId", "No se encontró el expediente.")
    assert await refusal(stranger, WITHDRAW, reviewId=id_of(review), reason="x") == gone


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN])
async def test_a_role_that_gives_nothing_up_is_forbidden(role: Role) -> None:
    review = await stages.file_in(ReviewStage.GATHERING)

    await forbidden(await builders.person(role), WITHDRAW, reviewId=id_of(review), reason="x")


async def test_twice_is_answered_or_refused() -> None:
    review, mayor = await stages.file_in(ReviewStage.GATHERING), await builders.person(Role.MUNICIPAL)

    await once(mayor, WITHDRAW, reviewId=id_of(review), reason="Error")

    said = await refusal(mayor, WITHDRAW, reviewId=id_of(review), reason="Error")
    assert said.code == "NOT_ALLOWED_NOW"
    assert "El solicitante desistió." in said.message


async def test_wrong_values_are_named_field_by_field() -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    review = await stages.file_in(ReviewStage.GATHERING, version=2)
    for more, code, path in [
        ({"reason": ""}, "BAD_USER_INPUT", "reason"),
        ({"reason": "   "}, "BAD_USER_INPUT", "reason"),
        ({"reason": "x" * 2001}, "BAD_USER_INPUT", "reason"),
        ({"reason": "a\x02"}, "BAD_USER_INPUT", "reason"),
        ({"expectedVersion": 1}, "STALE", "expectedVersion"),
        *(({"reviewId": given}, "BAD_USER_INPUT", "reviewId") for given in bad_ids("LegalReview")),
    ]:
        said = await refusal(mayor, WITHDRAW, **{"reviewId": id_of(review), "reason": "x"} | more)
        assert (said.code, said.path) == (code, path)


async def test_any_reason_is_kept_as_typed() -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    for text in HOSTILE:
        review: LegalReview = await stages.file_in(ReviewStage.GATHERING)
        await done(mayor, WITHDRAW, reviewId=id_of(review), reason=text)
        assert text in (await last_entry()).summary
