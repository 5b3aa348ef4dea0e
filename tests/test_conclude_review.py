"""Ending a file by a person of the legal office: with a reason, and never against a favorable dictamen."""

import pytest

from actions.reviews import close_review
from models.agreements import AgreementStage
from models.audit import Verb
from models.outbox import Notice
from models.papers import Outcome
from models.people import Role
from models.reviews import LegalReview, ReviewMatter, ReviewStage
from reads.engine import next_step
from tests import builders, stages
from tests.door import (
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

CONCLUDE = """mutation ($input: ConcludeReviewInput!) { concludeReview(input: $input) {
    review { code stage closedOn conclusion dueOn version }
    errors { code message path }
} }"""
WHY = "Se respondió con la OPINION-AJ-4-2026."
pytestmark = pytest.mark.usefixtures("db", "clock")


async def consultation(**more: object) -> LegalReview:
    """Return a consultation under analysis."""
    review = await builders.review(stage=ReviewStage.IN_ANALYSIS, **more)  # type: ignore[arg-type]
    await LegalReview.filter(id=review.id).update(convention_id=None, matter=ReviewMatter.OPINION)
    return await stages.again(review)


async def test_a_consultation_ends_with_its_reason() -> None:
    lawyer, asker = await builders.person(Role.LEGAL), await builders.person(Role.DIRECTOR)
    review = await consultation(assignee=lawyer, requested_by=asker)

    payload = await done(lawyer, CONCLUDE, reviewId=id_of(review), reason=f" {WHY} ", expectedVersion=1)

    assert payload["review"] == {
        "code": review.code, "stage": "CLOSED", "closedOn": "2026-03-02", "conclusion": WHY, "dueOn": None,
        "version": 2,
    }  # fmt: skip
    entry = await last_entry()
    assert entry.verb == Verb.CONCLUDE_REVIEW
    assert changed(entry, review)["stage"] == ("IN_ANALYSIS", "CLOSED")
    assert WHY in (await Notice.get(recipient=asker.email)).body
    assert await next_step(review.id) is None


@pytest.mark.parametrize("stage", [ReviewStage.IN_ANALYSIS, ReviewStage.DICTAMEN_ISSUED])
async def test_what_was_being_made_is_withdrawn_and_may_be_asked_for_anew(stage: ReviewStage) -> None:
    lawyer, mayor = await builders.person(Role.LEGAL), await builders.person(Role.MUNICIPAL)
    old = await builders.convention()
    new = await builders.convention(renews=old, stage=AgreementStage.IN_REVIEW, starts_on=None, ends_on=None)
    review = await stages.file_in(stage, of=new, outcome=Outcome.UNFAVORABLE, assignee=lawyer)
    assert await next_step(review.id) in (None, Verb.ADMIT_REVIEW)

    await done(lawyer, CONCLUDE, reviewId=id_of(review), reason="Sin mérito.")

    await new.refresh_from_db()
    assert new.stage == AgreementStage.WITHDRAWN
    payload = await done(mayor, contract("request-renewal"), conventionId=id_of(old))
    assert payload["review"]["stage"] == "GATHERING"


async def test_leases_and_licenses_are_withdrawn_likewise() -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    center = await builders.center()
    lease = await builders.lease(center, stage=AgreementStage.IN_REVIEW, starts_on=None, ends_on=None)
    license = await builders.sanitary_license(center, stage=AgreementStage.REQUESTED, starts_on=None, ends_on=None)
    engine = await stages.engine()
    for agreement, column in ((lease, "lease_id"), (license, "license_id")):
        review = await consultation()
        await LegalReview.filter(id=review.id).update(**{column: agreement.id, "stage": ReviewStage.DICTAMEN_ISSUED})
        await stages.dictamen(review, Outcome.UNFAVORABLE)
        # Nobody's turn but a person's: the engine leaves it.
        assert await next_step(review.id) is None
        assert await close_review(actor=engine, review_id=review.id) is None

        await done(head, CONCLUDE, reviewId=id_of(review), reason="Desfavorable.")

        await agreement.refresh_from_db()
        assert agreement.stage == AgreementStage.WITHDRAWN


async def test_a_favorable_dictamen_is_not_concluded_away() -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    for outcome in (Outcome.FAVORABLE, Outcome.FAVORABLE_WITH_CONDITIONS):
        review = await stages.file_in(ReviewStage.DICTAMEN_ISSUED, outcome=outcome)

        said = await refusal(head, CONCLUDE, reviewId=id_of(review), reason=WHY)

        assert said.code == "NOT_ALLOWED_NOW"
        assert "dictamen favorable" in said.message
        assert await next_step(review.id) == Verb.PREPARE_AGREEMENT


async def test_an_agreement_that_is_signed_stays_signed() -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    signed = await builders.convention()
    review = await stages.file_in(ReviewStage.IN_ANALYSIS, of=signed)

    await done(head, CONCLUDE, reviewId=id_of(review), reason=WHY)

    await signed.refresh_from_db()
    assert signed.stage == AgreementStage.SIGNED


async def test_the_engine_closes_a_consultation_about_a_signed_or_ended_agreement() -> None:
    for stage in (AgreementStage.SIGNED, AgreementStage.TERMINATED):
        review = await stages.file_in(ReviewStage.DICTAMEN_ISSUED, of=await builders.convention(stage=stage))
        assert await next_step(review.id) == Verb.CLOSE_REVIEW


async def test_a_reason_is_needed_and_a_colleagues_file_is_left_alone() -> None:
    lawyer, colleague = await builders.person(Role.LEGAL), await builders.person(Role.LEGAL)
    review = await consultation(assignee=colleague)
    for reason in ("", "   ", "x" * 2001):
        assert (await refusal(lawyer, CONCLUDE, reviewId=id_of(review), reason=reason)).path == "reason"
    said = await refusal(lawyer, CONCLUDE, reviewId=id_of(review), reason=WHY)
    assert "asignado a otra persona" in said.message
    stale = await refusal(colleague, CONCLUDE, reviewId=id_of(review), reason=WHY, expectedVersion=9)
    assert stale.code == "STALE"
    await once(colleague, CONCLUDE, reviewId=id_of(review), reason=WHY)
    said = await refusal(colleague, CONCLUDE, reviewId=id_of(review), reason=WHY)
    assert "«Concluido»" in said.message


async def test_missing_files_and_damaged_ids_are_refused() -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    gone = await refusal(head, CONCLUDE, reviewId=id_text("LegalReview"), reason=WHY)
    assert gone == Said("NOT_FOUND", "reviewId", "No se encontró el expediente.")
    for given in bad_ids("LegalReview"):
        assert (await refusal(head, CONCLUDE, reviewId=given, reason=WHY)).path == "reviewId"


@pytest.mark.parametrize(
    "role", [Role.MUNICIPAL, Role.DIRECTOR, Role.COORDINATOR, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN]
)
async def test_only_the_legal_office_concludes(role: Role) -> None:
    review = await consultation()
    await forbidden(await builders.person(role), CONCLUDE, reviewId=id_of(review), reason=WHY)
