"""What the engine owes a file: the one step that needs no person, or none."""

from models.agreements import PENDING_STAGES, Convention, Lease, SanitaryLicense
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


async def agreement_of(review: LegalReview) -> Convention | Lease | SanitaryLicense | None:
    """Return the agreement that a file is about; None for a consultation without one."""
    if review.convention_id:
        return await Convention.get(id=review.convention_id)
    if review.lease_id:
        return await Lease.get(id=review.lease_id)
    return await SanitaryLicense.get(id=review.license_id) if review.license_id else None


async def next_step(review_id: int) -> Verb | None:
    """Return the step that the engine owes a file now; None when it is a person's turn or the file is closed."""
    review = await LegalReview.get_or_none(id=review_id)
    if review is None:
        return None
    if review.stage in DESK_STAGES:
        return None if review.admitted else Verb.ADMIT_REVIEW
    if review.stage not in (ReviewStage.DICTAMEN_ISSUED, ReviewStage.AWAITING_SIGNATURE):
        return None
    agreement = await agreement_of(review)
    if agreement is None or agreement.stage not in PENDING_STAGES:
        # A consultation, perhaps about an agreement that is signed or over; or one that was signed just now.
        return Verb.CLOSE_REVIEW
    if review.stage == ReviewStage.AWAITING_SIGNATURE or not await favorable_dictamen(review_id):
        return None
    # The paper of a lease is a person's to make, and so is noting the license that MSPAS issues: until then the file
    # stays open, where people look for what is still missing.
    return Verb.PREPARE_AGREEMENT if isinstance(agreement, Convention) else None
