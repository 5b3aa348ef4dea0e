"""What the engine owes a file: the one step that needs no person, or none."""

from models.agreements import AgreementStage, Convention, Lease
from models.audit import Verb
from models.papers import DocumentKind, OfficialDocument, Outcome
from models.reviews import DESK_STAGES, LegalReview, ReviewStage

FAVORABLE = (Outcome.FAVORABLE, Outcome.FAVORABLE_WITH_CONDITIONS)
"""Outcomes that let an agreement go to signature."""


async def favorable_dictamen(review_id: int) -> OfficialDocument | None:
    """Return the file's last dictamen that is not void, if it is favorable."""
    last = (
        await OfficialDocument.filter(review_id=review_id, kind=DocumentKind.DICTAMEN, voided_on=None)
        .order_by("-id")
        .first()
    )
    return last if last and last.outcome in FAVORABLE else None


async def next_step(review_id: int) -> Verb | None:
    """Return the step that the engine owes a file now; None when it is a person's turn or the file is closed."""
    review = await LegalReview.get_or_none(id=review_id)
    if review is None:
        return None
    if review.stage in DESK_STAGES:
        return None if review.admitted else Verb.ADMIT_REVIEW
    if review.stage not in (ReviewStage.DICTAMEN_ISSUED, ReviewStage.AWAITING_SIGNATURE):
        return None
    convention = await Convention.get_or_none(id=review.convention_id)
    lease = await Lease.get_or_none(id=review.lease_id)
    agreement = convention or lease
    if agreement is None:
        # A consultation, or a license that another institution issues: the answer itself is what was asked for.
        return Verb.CLOSE_REVIEW
    if agreement.stage == AgreementStage.SIGNED:
        return Verb.CLOSE_REVIEW
    if convention and review.stage == ReviewStage.DICTAMEN_ISSUED and await favorable_dictamen(review_id):
        return Verb.PREPARE_AGREEMENT
    return None
