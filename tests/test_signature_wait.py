"""Files that wait long at signature: who has not signed is reminded, three times at most, and only of what may be."""

from datetime import date
from typing import Any

import pytest

from actions.escalation import escalate_signatures
from actions.people import system_user
from models.agreements import AgreementStage, LeaseForm
from models.calendar import LegalParameter
from models.messages import NoticeTopic
from models.outbox import Notice
from models.papers import DocumentKind
from models.people import Role, User
from models.reviews import LegalReview, ReviewStage
from models.signing import Side, Signature
from reads.signature_wait import alarms_of_signatures
from tests import builders, stages
from tests.builders import MIXCO
from tests.conftest import Clock, FreshDatabase
from tests.premises import lease_in
from tests.test_centers_read import counting

pytestmark = pytest.mark.both_databases
ISSUED = date(2026, 3, 2)


async def at_signature(*, minute: bool = True, **more: Any) -> LegalReview:
    """Return a file whose convention went to signature on Monday the 2nd."""
    review = await stages.file_in(ReviewStage.AWAITING_SIGNATURE, minute=minute, **more)
    await builders.paper(DocumentKind.CONVENIO, review=review, issued_on=ISSUED)
    return review


async def sign(review: LegalReview, side: Side, **more: Any) -> None:
    """Note a signature of a side."""
    of = {"lease_id": review.lease_id} if review.lease_id else {"convention_id": review.convention_id}
    by = await builders.person(Role.ADMIN)
    values = {"signer_name": "x", "capacity": "x", "place": "x", "signed_on": ISSUED, "recorded_by": by}
    await Signature.create(side=side, **of, **values, **more)


async def told(person: User) -> list[Notice]:
    """Return what a person was told, in its order."""
    return await Notice.filter(recipient=person.email).order_by("id")


async def rounds(clock: Clock, *days: date) -> list[int]:
    """Return how many messages each day brings."""
    system = await system_user()
    found = []
    for day in days:
        clock.move_to(day)
        found.append((await escalate_signatures(actor=system)).messages)
    return found


async def test_both_sides_are_reminded_each_term_and_three_times_at_most(db: FreshDatabase, clock: Clock) -> None:
    signatory, mayor = await builders.person(Role.SIGNATORY), await builders.person(Role.MUNICIPAL)
    await builders.person(Role.MUNICIPAL, at=MIXCO)
    review = await at_signature()
    # Ten working days after the 2nd is the 16th; twenty the 30th; thirty, Easter's two left out, the 15th of April.
    days = [date(2026, 3, 13), date(2026, 3, 16), date(2026, 3, 17), date(2026, 3, 30), date(2026, 4, 15)]
    assert await rounds(clock, *days, date(2026, 4, 29), date(2026, 8, 3)) == [0, 2, 0, 2, 2, 0, 0]
    first = (await told(signatory))[0]
    assert first.subject == f"Expediente {review.code}: sigue a la firma, desde hace 10 días hábiles"
    assert "Faltan la firma de SOSEP y la firma de Municipalidad de San Juan Chamelco." in first.body
    assert (first.topic, first.passing, first.event) == (NoticeTopic.SIGNATURES, True, None)
    assert len(await told(mayor)) == 3


async def test_after_months_off_it_is_told_once(db: FreshDatabase, clock: Clock) -> None:
    signatory = await builders.person(Role.SIGNATORY)
    await sign(await at_signature(), Side.COUNTERPART)
    await LegalParameter.create(
        code="SIGNATURE_WAIT_DAYS", title="x", value=5, unit="días hábiles", valid_from=date(2026, 1, 1)
    )
    assert await rounds(clock, date(2026, 6, 1), date(2026, 9, 1)) == [1, 0]
    assert "hace 62 días hábiles" in (await told(signatory))[0].body


async def test_who_signed_is_left_in_peace(db: FreshDatabase, clock: Clock) -> None:
    signatory, mayor = await builders.person(Role.SIGNATORY), await builders.person(Role.MUNICIPAL)
    other = await builders.person(Role.MUNICIPAL, at=MIXCO)
    review = await at_signature()
    further = await builders.further_party(await stages.convention_of(review), at=MIXCO, needed_signatures=2)
    await stages.council_minute(await stages.convention_of(review), party=further)
    await sign(review, Side.SOSEP)
    await sign(review, Side.COUNTERPART)
    await sign(review, Side.COUNTERPART, party=further)
    assert await rounds(clock, date(2026, 3, 16)) == [1]
    assert "Falta la firma de Municipalidad de Mixco." in (await told(other))[0].body
    assert not await told(signatory)
    assert not await told(mayor)


async def test_what_may_not_be_signed_is_told_to_who_can_clear_the_way(db: FreshDatabase, clock: Clock) -> None:
    signatory, lawyer = await builders.person(Role.SIGNATORY), await builders.person(Role.LEGAL)
    mayor = await builders.person(Role.MUNICIPAL)
    review = await at_signature(minute=False, assignee=lawyer, requested_by=mayor)
    assert await rounds(clock, date(2026, 3, 16), date(2026, 3, 17)) == [2, 0]
    assert not await told(signatory)
    for person in (mayor, lawyer):
        assert "Antes de firmar: Falta el punto de acta del Concejo Municipal." in (await told(person))[0].body
    # Once it is there, those who sign are reminded of the same wait.
    await stages.council_minute(await stages.convention_of(review))
    assert await rounds(clock, date(2026, 3, 18)) == [1]
    assert len(await told(signatory)) == 1


async def test_a_lease_reminds_the_sosep_and_who_asked(db: FreshDatabase, clock: Clock) -> None:
    signatory, director = await builders.person(Role.SIGNATORY), await builders.person(Role.DIRECTOR)
    head = await builders.person(Role.LEGAL_HEAD)
    lease, review = await lease_in(
        ReviewStage.AWAITING_SIGNATURE, form=LeaseForm.ACTA_NEGOCIACION, form_confirmed_by=head
    )
    await builders.paper(DocumentKind.ACTA_NEGOCIACION, review=review, lease=lease, issued_on=ISSUED)
    await rounds(clock, date(2026, 3, 16))
    assert "la firma de la otra parte" in (await told(director))[0].body
    assert len(await told(signatory)) == 1


async def test_what_is_signed_or_over_is_not_told(db: FreshDatabase, clock: Clock) -> None:
    await builders.person(Role.SIGNATORY)
    for stage in (AgreementStage.SIGNED, AgreementStage.WITHDRAWN):
        of = await builders.convention(stage=stage)
        await at_signature(of=of)
    elsewhere = await stages.file_in(ReviewStage.CLOSED)
    await builders.paper(DocumentKind.CONVENIO, review=elsewhere, issued_on=ISSUED)
    unmade = await stages.file_in(ReviewStage.AWAITING_SIGNATURE)
    await builders.paper(DocumentKind.CONVENIO, review=unmade, issued_on=ISSUED, voided_on=ISSUED, void_reason="x")
    assert await rounds(clock, date(2026, 4, 1)) == [0]


async def test_what_is_not_due_costs_the_same_for_few_and_for_many(db: FreshDatabase, clock: Clock) -> None:
    lawyer = await builders.person(Role.LEGAL)

    async def cost() -> int:
        with counting() as kept:
            await alarms_of_signatures(lawyer, date(2026, 3, 16))
        return len(kept)

    async def told_file() -> None:
        review = await at_signature()
        await sign(review, Side.COUNTERPART)
        await builders.notice(f"signatures:{review.code}:20260302:1:{signatory.email}", review=review)

    signatory = await builders.person(Role.SIGNATORY)
    await told_file()
    few = await cost()
    for _ in range(4):
        await told_file()
    assert await cost() == few
