"""The one table of allowed moves, through the actions: a stage refuses, with a sentence, what it does not allow."""

from collections.abc import Awaitable, Callable
from datetime import date, time

import pytest

from actions.conclusion import conclude_review
from actions.conditions import defer_condition, meet_condition
from actions.documents import issue_document
from actions.drafts import decide_draft, save_draft, submit_draft
from actions.lapse import lapse_review
from actions.lease_papers import ActaInput, ContratoInput, PersonInput, issue_lease_paper
from actions.paper_contents import Written
from actions.papers import GroundInput, ObservationInput, issue_dictamen, return_review
from actions.preparation import prepare_agreement
from actions.refusals import ErrorCode, Refusal
from actions.reviews import (
    admit_review,
    assign_review,
    close_review,
    submit_for_review,
    submit_requirement,
    withdraw_review,
)
from actions.signing import SignatureInput, record_council_minute, record_signature
from models.agreements import LeaseForm
from models.audit import Verb
from models.drafts import Condition, DraftState, PaperDraft
from models.papers import DocumentKind, Outcome, StoredFile
from models.people import Role, User
from models.reviews import MOVES, LegalReview, ReviewRequirement, ReviewStage
from models.signing import Side
from tests import builders, stages
from tests.door import everything
from tests.premises import lease_in

DAY = date(2026, 3, 2)
LONG_PAST = date(2025, 6, 2)
Deed = Callable[[User, LegalReview], Awaitable[object]]


async def _hand_in(actor: User, review: LegalReview) -> object:
    line, file = await ReviewRequirement.get(review=review), await StoredFile.get(uploaded_by=actor)
    return await submit_requirement(actor=actor, review_id=review.id, requirement_code=line.code, file_id=file.id)


async def _minute(actor: User, review: LegalReview) -> object:
    of = review.convention_id
    return await record_council_minute(
        actor=actor, convention_id=of, act_number="1", point_number="2", session_date=DAY, approved_date=DAY
    )


async def _sign(actor: User, review: LegalReview) -> object:
    given = SignatureInput(Side.SOSEP, "Carla Ruiz", "Secretaria", "Guatemala", DAY)
    return await record_signature(actor=actor, signature=given, convention_id=review.convention_id)


async def _dictamen(actor: User, review: LegalReview) -> object:
    return await issue_dictamen(
        actor=actor, review_id=review.id, outcome=Outcome.FAVORABLE, background="a", grounds=[GroundInput("n", "t")],
        analysis="b", conclusion="c",
    )  # fmt: skip


async def _draft(actor: User, review: LegalReview) -> object:
    return await save_draft(actor=actor, review_id=review.id, kind=DocumentKind.DICTAMEN, written=Written())


async def _submit(actor: User, review: LegalReview) -> object:
    # Written here, because a file elsewhere may have none to send.
    written = Written.kept(builders.DICTAMEN)
    return await submit_draft(actor=actor, review_id=review.id, kind=DocumentKind.DICTAMEN, written=written)


async def _decide(actor: User, review: LegalReview) -> object:
    draft = await PaperDraft.get(review=review)
    return await decide_draft(actor=actor, draft_id=draft.id, approve=True)


async def _lease_paper(actor: User, review: LegalReview) -> object:
    there = (PersonInput("Carla Ruiz", "Secretaria"), PersonInput("Marta Xol", "arrendante"))
    acta = ActaInput("Libro 2", "L2 45,123", 1, 2, time(9), time(10), there)
    contrato = ContratoInput(None, "")
    return await issue_lease_paper(actor=actor, lease_id=review.lease_id or 0, acta=acta, contrato=contrato)


async def _meet(actor: User, review: LegalReview) -> object:
    condition = await Condition.get(review=review)
    return await meet_condition(actor=actor, condition_id=condition.id, met_on=DAY, note="Se recibió.")


async def _defer(actor: User, review: LegalReview) -> object:
    condition = await Condition.get(review=review)
    return await defer_condition(
        actor=actor, condition_id=condition.id, due_on=date(2026, 5, 4), reason="Depende del MSPAS."
    )


DEEDS: dict[Verb, tuple[Role, Deed]] = {
    Verb.SUBMIT_REQUIREMENT: (Role.MUNICIPAL, _hand_in),
    Verb.SUBMIT_FOR_REVIEW: (Role.MUNICIPAL, lambda actor, review: submit_for_review(actor=actor, review_id=review.id)),
    Verb.ASSIGN_REVIEW: (
        Role.LEGAL_HEAD,
        lambda actor, review: assign_review(actor=actor, review_id=review.id, assignee_id=actor.id),
    ),
    Verb.RETURN_REVIEW: (
        Role.LEGAL_HEAD,
        lambda actor, review: return_review(
            actor=actor, review_id=review.id, observations=[ObservationInput("a", "b", "c")]
        ),
    ),
    Verb.ISSUE_DICTAMEN: (Role.LEGAL_HEAD, _dictamen),
    Verb.RECORD_COUNCIL_MINUTE: (Role.MUNICIPAL, _minute),
    Verb.RECORD_SIGNATURE: (Role.SIGNATORY, _sign),
    Verb.ISSUE_DOCUMENT: (
        Role.LEGAL_HEAD,
        lambda actor, review: issue_document(
            actor=actor,
            kind=DocumentKind.OFICIO,
            subject_kind="LegalReview",
            subject_id=review.id,
            fields={"addressee": "a", "subject": "b", "body": "c"},
        ),
    ),
    Verb.WITHDRAW_REVIEW: (
        Role.MUNICIPAL,
        lambda actor, review: withdraw_review(actor=actor, review_id=review.id, reason="Error"),
    ),
    Verb.MEET_CONDITION: (Role.LEGAL_HEAD, _meet),
    Verb.DEFER_CONDITION: (Role.LEGAL_HEAD, _defer),
    Verb.SAVE_DRAFT: (Role.LEGAL_HEAD, _draft),
    Verb.SUBMIT_DRAFT: (Role.LEGAL_HEAD, _submit),
    Verb.DECIDE_DRAFT: (Role.LEGAL_HEAD, _decide),
    Verb.ISSUE_LEASE_PAPER: (Role.LEGAL_HEAD, _lease_paper),
    Verb.CONCLUDE_REVIEW: (
        Role.LEGAL_HEAD,
        lambda actor, review: conclude_review(actor=actor, review_id=review.id, reason="Sin mérito"),
    ),
    Verb.LAPSE_REVIEW: (Role.LEGAL_HEAD, lambda actor, review: lapse_review(actor=actor, review_id=review.id)),
}
"""Deeds of people, each with a role that may do it."""

ENGINE: dict[Verb, Deed] = {
    Verb.ADMIT_REVIEW: lambda actor, review: admit_review(actor=actor, review_id=review.id),
    Verb.PREPARE_AGREEMENT: lambda actor, review: prepare_agreement(actor=actor, review_id=review.id),
    Verb.CLOSE_REVIEW: lambda actor, review: close_review(actor=actor, review_id=review.id),
}
"""Steps of the engine: it is never refused, it finds nothing to do."""

REFUSED = [(deed, stage) for deed in DEEDS for stage in stages.stages_refusing(deed)]
IDLE = [(deed, stage) for deed in ENGINE for stage in stages.stages_refusing(deed)]
pytestmark = pytest.mark.usefixtures("db", "clock")


async def asking(stage: ReviewStage, deed: Verb) -> LegalReview:
    """Return a file in a stage whose checklist has one line, not fulfilled and not mandatory.

    One that a person concludes has no favorable dictamen: that stands in the way whatever the stage. One whose lease
    gets its paper is about a lease. One that lapses was to be answered long ago.
    """
    if deed == Verb.ISSUE_LEASE_PAPER:
        head = await builders.person(Role.LEGAL_HEAD)
        return (await lease_in(stage, form=LeaseForm.ACTA_NEGOCIACION, form_confirmed_by=head))[1]
    review = await stages.file_in(
        stage,
        outcome=Outcome.UNFAVORABLE if deed == Verb.CONCLUDE_REVIEW else Outcome.FAVORABLE,
        due_on=LONG_PAST if deed == Verb.LAPSE_REVIEW else None,
    )
    await builders.asked(review, await builders.requirement(f"ACTA_{stage}", mandatory=False))
    if deed in (Verb.MEET_CONDITION, Verb.DEFER_CONDITION):
        await Condition.create(review=review, document=await stages.dictamen(review), position=1, text="Licencia")
    if deed == Verb.DECIDE_DRAFT:
        await builders.draft(review, await builders.person(Role.LEGAL), state=DraftState.SUBMITTED)
    return review


def test_every_deed_of_the_table_is_tried() -> None:
    assert DEEDS.keys() | ENGINE.keys() == MOVES.keys()
    allowed = sum(len(to) for to in MOVES.values())
    assert len(REFUSED) + len(IDLE) == len(MOVES) * len(ReviewStage) - allowed
    assert (len(REFUSED), len(IDLE), allowed) == (94, 19, 47)


@pytest.mark.parametrize("deed", DEEDS)
async def test_a_stage_refuses_what_it_does_not_allow(deed: Verb) -> None:
    role, act = DEEDS[deed]
    actor = await builders.person(role)
    await builders.stored_file(actor)
    for stage in stages.stages_refusing(deed):
        review = await asking(stage, deed)
        before = await everything()
        with pytest.raises(Refusal) as refused:
            await act(actor, review)
        (problem,) = refused.value.problems
        code = ErrorCode.NOT_READY_TO_SIGN if deed == Verb.RECORD_SIGNATURE else ErrorCode.NOT_ALLOWED_NOW
        assert problem.code == code, stage
        assert problem.message[0].isupper(), stage
        assert problem.message.endswith("."), stage
        number = (await stages.convention_of(review)).number if review.convention_id else review.code
        assert review.code in problem.message or number in problem.message
        assert await everything() == before, stage


@pytest.mark.parametrize("deed", ENGINE)
async def test_the_engine_finds_nothing_to_do_where_the_table_says_so(deed: Verb) -> None:
    engine = await stages.engine()
    for stage in stages.stages_refusing(deed):
        review = await stages.file_in(stage)
        before = await everything()
        assert await ENGINE[deed](engine, review) is None, stage
        assert await everything() == before, stage


@pytest.mark.parametrize("deed", DEEDS)
async def test_what_a_stage_allows_is_done_and_leads_where_the_table_says(deed: Verb) -> None:
    role, act = DEEDS[deed]
    actor = await builders.person(role)
    await builders.stored_file(actor)
    for stage, after in MOVES[deed].items():
        review = await asking(stage, deed)
        await act(actor, review)
        assert (await stages.again(review)).stage == after, stage
