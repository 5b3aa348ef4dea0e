"""The engine's draft of a providencia: what a file lacks, as observations for a lawyer to correct, issue or discard."""

from typing import Any

from actions.audited import Entry
from actions.paper_contents import ObservationInput, Written, checked_return
from actions.refusals import Checks
from models.drafts import DraftState, PaperDraft
from models.papers import DocumentKind
from models.people import Role, User
from models.reviews import LegalReview, ReviewRequirement
from reads.drafts import living_draft
from reads.requirements import proposed_observations


async def prepare_return(entry: Entry, review: LegalReview, missing: list[str]) -> int:
    """Leave a draft that observes what is missing; return how many observations, 0 when there was nothing to leave.

    What a person wrote stays as it is; the engine's own earlier draft, or one that was emptied, takes the new content.
    """
    draft = await living_draft(review.id, DocumentKind.PROVIDENCIA)
    if draft and any(draft.data.values()) and not await _engines_own(draft):
        return 0
    content = await _content(review, missing)
    observations = len(content["observations"])
    if draft:
        await entry.change(
            draft, data=content, state=DraftState.DRAFT, author_id=entry.actor.id, comment="", decided_by_id=None,
            decided_at=None, changed_at=entry.at,
        )  # fmt: skip
    elif observations:
        await entry.create(
            PaperDraft, review_id=review.id, kind=DocumentKind.PROVIDENCIA, data=content, author_id=entry.actor.id,
            changed_at=entry.at,
        )  # fmt: skip
    return observations


async def renew_return(entry: Entry, review: LegalReview, missing: list[str]) -> None:
    """Bring the engine's draft, while nobody has touched it, up to date with what is still missing."""
    draft = await living_draft(review.id, DocumentKind.PROVIDENCIA)
    if draft and await _engines_own(draft):
        content = await _content(review, missing)
        if content != draft.data:
            await entry.change(draft, data=content, changed_at=entry.at)


async def _engines_own(draft: PaperDraft) -> bool:
    """Tell whether the engine wrote a draft and nobody has changed or sent it since."""
    return draft.state == DraftState.DRAFT and await User.filter(id=draft.author_id, role=Role.SYSTEM).exists()


async def _content(review: LegalReview, missing: list[str]) -> dict[str, Any]:
    """Return the content of a return that observes every line not handed in and every remark of the engine."""
    columns = ("title", "help", "legal_basis", "fulfilled")
    lines = await ReviewRequirement.filter(review_id=review.id).order_by("position", "id").values(*columns)
    found = proposed_observations(lines, missing) if missing else []
    observations = [ObservationInput(one["subject"], one["finding"], one["cure"], one["legal_basis"]) for one in found]
    return checked_return(Checks(), Written(observations=observations), whole=False)
