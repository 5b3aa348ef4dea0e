"""The engine's last step: a file is closed when its agreement is signed, or its consultation answered. Once."""

from datetime import date

import pytest

from actions.refusals import Forbidden
from actions.reviews import close_review
from models.agreements import AgreementStage
from models.audit import Verb
from models.outbox import Notice
from models.papers import Outcome
from models.people import Role
from models.reviews import LegalReview, ReviewMatter, ReviewStage
from tests import builders, stages
from tests.door import changed, everything, last_entry

pytestmark = pytest.mark.usefixtures("db", "clock")


async def signed() -> LegalReview:
    """Return a file whose convention has all its signatures."""
    return await stages.file_in(ReviewStage.AWAITING_SIGNATURE, of=await builders.convention())


async def test_a_signed_convention_closes_its_file() -> None:
    engine, mayor = await stages.engine(), await builders.person(Role.MUNICIPAL)
    review = await signed()

    closed = await close_review(actor=engine, review_id=review.id)

    assert closed
    assert (closed.stage, closed.closed_on, closed.due_on) == (ReviewStage.CLOSED, date(2026, 3, 2), None)
    assert (await stages.convention_of(review)).stage == AgreementStage.SIGNED
    entry = await last_entry()
    assert (entry.verb, entry.actor_id, entry.subject_id) == (Verb.CLOSE_REVIEW, engine.id, str(review.id))
    assert changed(entry, review)["stage"] == ("AWAITING_SIGNATURE", "CLOSED")
    assert await Notice.all().values_list("recipient", flat=True) == [mayor.email]


@pytest.mark.parametrize("outcome", list(Outcome))
async def test_an_answered_consultation_is_closed(outcome: Outcome) -> None:
    review = await LegalReview.create(
        code="EXP-2026-0500", matter=ReviewMatter.OPINION, title="Consulta", stage=ReviewStage.DICTAMEN_ISSUED,
        requested_by=await builders.person(Role.DIRECTOR), requested_on=date(2026, 3, 2),
        last_moved_on=date(2026, 3, 2),
    )  # fmt: skip
    await stages.dictamen(review, outcome)

    closed = await close_review(actor=await stages.engine(), review_id=review.id)

    assert closed
    assert closed.stage == ReviewStage.CLOSED


async def test_twice_is_once() -> None:
    engine, review = await stages.engine(), await signed()
    await close_review(actor=engine, review_id=review.id)
    before = await everything()

    assert await close_review(actor=engine, review_id=review.id) is None

    assert await everything() == before


async def test_a_dictamen_alone_never_closes_a_file() -> None:
    engine = await stages.engine()
    files = [await stages.file_in(ReviewStage.DICTAMEN_ISSUED, outcome=outcome) for outcome in Outcome]
    files += [await stages.file_in(stage) for stage in ReviewStage]
    waiting = await signed()
    people = [await builders.person(role) for role in Role if role != Role.SYSTEM]
    before = await everything()

    for review in files:
        assert await close_review(actor=engine, review_id=review.id) is None
    assert await close_review(actor=engine, review_id=999_999) is None
    for person in people:
        with pytest.raises(Forbidden):
            await close_review(actor=person, review_id=waiting.id)

    assert await everything() == before
