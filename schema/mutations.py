"""How each mutation is done: the input becomes an action's arguments, its record becomes the payload."""

from typing import Annotated

from tortoise.models import Model

from actions import agreements, papers, reviews, signing
from models.people import User
from schema.context import Info
from schema.ids import row_id
from schema.inputs import (
    SENT,
    AssignReviewInput,
    IssueDictamenInput,
    RecordCouncilMinuteInput,
    RecordSignatureInput,
    RequestRenewalInput,
    ReturnReviewInput,
    SubmitForReviewInput,
    SubmitRequirementInput,
    WithdrawReviewInput,
)
from schema.payloads import (
    DocumentPayload,
    RecordCouncilMinutePayload,
    RecordSignaturePayload,
    RequestRenewalPayload,
    ReviewPayload,
    SubmitRequirementPayload,
    answer,
)


def _review(given: str) -> int:
    return row_id(given, "LegalReview", path="reviewId")[1]


def _file(given: str | None) -> int | None:
    return row_id(given, "File", path="fileId")[1] if given else None


def _draft(given: str | None) -> int | None:
    return row_id(given, "PaperDraft", path="draftId")[1] if given else None


async def request_renewal(info: Info, input: Annotated[RequestRenewalInput, SENT]) -> RequestRenewalPayload:
    """Ask for a convention anew."""

    async def act(actor: User) -> Model:
        return await agreements.request_renewal(
            actor=actor,
            convention_id=row_id(input.convention_id, "Convention", path="conventionId")[1],
            term_months=input.term_months,
            note=input.note or "",
        )

    return await answer(info, RequestRenewalPayload, input, act)


async def submit_requirement(info: Info, input: Annotated[SubmitRequirementInput, SENT]) -> SubmitRequirementPayload:
    """Hand in a requisite."""

    async def act(actor: User) -> Model:
        return await reviews.submit_requirement(
            actor=actor,
            review_id=_review(input.review_id),
            requirement_code=input.requirement_code,
            file_id=row_id(input.file_id, "File", path="fileId")[1],
            note=input.note or "",
        )

    return await answer(info, SubmitRequirementPayload, input, act)


async def submit_for_review(info: Info, input: Annotated[SubmitForReviewInput, SENT]) -> ReviewPayload:
    """Send a file to the legal office."""

    async def act(actor: User) -> Model:
        return await reviews.submit_for_review(
            actor=actor, review_id=_review(input.review_id), expected_version=input.expected_version
        )

    return await answer(info, ReviewPayload, input, act)


async def assign_review(info: Info, input: Annotated[AssignReviewInput, SENT]) -> ReviewPayload:
    """Give a file to a lawyer."""

    async def act(actor: User) -> Model:
        return await reviews.assign_review(
            actor=actor,
            review_id=_review(input.review_id),
            assignee_id=row_id(input.assignee_id, "Person", "Viewer", path="assigneeId")[1],
            expected_version=input.expected_version,
        )

    return await answer(info, ReviewPayload, input, act)


async def return_review(info: Info, input: Annotated[ReturnReviewInput, SENT]) -> DocumentPayload:
    """Return a file with all its observations."""

    async def act(actor: User) -> Model:
        return await papers.return_review(
            actor=actor,
            review_id=_review(input.review_id),
            observations=[
                papers.ObservationInput(one.subject, one.finding, one.cure, one.legal_basis or "")
                for one in input.observations
            ],
            working_days=input.working_days,
            reason_for_second_return=input.reason_for_second_return or "",
            draft_id=_draft(input.draft_id),
            expected_version=input.expected_version,
        )

    return await answer(info, DocumentPayload, input, act)


async def issue_dictamen(info: Info, input: Annotated[IssueDictamenInput, SENT]) -> DocumentPayload:
    """Conclude a file with a dictamen."""

    async def act(actor: User) -> Model:
        return await papers.issue_dictamen(
            actor=actor,
            review_id=_review(input.review_id),
            outcome=input.outcome,
            background=input.background,
            grounds=[papers.GroundInput(one.norm, one.text, one.article or "") for one in input.grounds],
            analysis=input.analysis,
            conclusion=input.conclusion,
            conditions=input.conditions,
            draft_id=_draft(input.draft_id),
            expected_version=input.expected_version,
        )

    return await answer(info, DocumentPayload, input, act)


async def record_council_minute(
    info: Info, input: Annotated[RecordCouncilMinuteInput, SENT]
) -> RecordCouncilMinutePayload:
    """Note the council's minute."""

    async def act(actor: User) -> Model:
        return await signing.record_council_minute(
            actor=actor,
            convention_id=row_id(input.convention_id, "Convention", path="conventionId")[1],
            act_number=input.act_number,
            point_number=input.point_number,
            session_date=input.session_date,
            approved_date=input.approved_date,
            votes_for=input.votes_for,
            votes_against=input.votes_against,
            file_id=_file(input.file_id),
            municipality_code=input.municipality_code,
        )

    return await answer(info, RecordCouncilMinutePayload, input, act)


async def record_signature(info: Info, input: Annotated[RecordSignatureInput, SENT]) -> RecordSignaturePayload:
    """Note a signature."""

    async def act(actor: User) -> Model:
        kind, key = row_id(input.subject_id, "Convention", "Lease", path="subjectId")
        party = row_id(input.party_id, "ConventionParty", path="partyId")[1] if input.party_id else None
        return await signing.record_signature(
            actor=actor,
            signature=signing.SignatureInput(
                input.side, input.signer_name, input.capacity, input.place, input.signed_on, _file(input.file_id), party
            ),
            convention_id=key if kind == "Convention" else None,
            lease_id=key if kind == "Lease" else None,
            expected_version=input.expected_version,
        )

    return await answer(info, RecordSignaturePayload, input, act)


async def withdraw_review(info: Info, input: Annotated[WithdrawReviewInput, SENT]) -> ReviewPayload:
    """Give up a request."""

    async def act(actor: User) -> Model:
        return await reviews.withdraw_review(
            actor=actor,
            review_id=_review(input.review_id),
            reason=input.reason,
            expected_version=input.expected_version,
        )

    return await answer(info, ReviewPayload, input, act)
