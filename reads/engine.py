"""What the engine owes a file: the one step that needs no person, or none."""

from collections.abc import Sequence

from models.agreements import PENDING_STAGES, Agreement, Convention, Lease, SanitaryLicense
from models.audit import Verb
from models.papers import DocumentKind, OfficialDocument, Outcome
from models.reviews import DESK_STAGES, LegalReview, ReviewStage
from reads.paging import Row

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
    return (await next_steps([review_id])).get(review_id)


async def next_steps(ids: Sequence[int]) -> dict[int, Verb]:
    """Return the steps that the engine owes these files now, by file; a fixed number of statements.

    A file that is not among them waits for a person, or for nobody any more.
    """
    columns = ("id", "stage", "admitted", "convention_id", "lease_id", "license_id")
    rows = await LegalReview.filter(id__in=ids).values(*columns)
    owed = {row["id"]: Verb.ADMIT_REVIEW for row in rows if row["stage"] in DESK_STAGES and not row["admitted"]}
    concluded = [row for row in rows if row["stage"] in (ReviewStage.DICTAMEN_ISSUED, ReviewStage.AWAITING_SIGNATURE)]
    if not concluded:
        return owed
    pending = await _pending(concluded)
    favorable = await favorable_among([row["id"] for row in concluded])
    for row in concluded:
        if row["id"] not in pending:
            # A consultation, perhaps about an agreement that is signed or over; or one that was signed just now.
            owed[row["id"]] = Verb.CLOSE_REVIEW
        elif row["stage"] == ReviewStage.DICTAMEN_ISSUED and row["id"] in favorable and row["convention_id"]:
            # The paper of a lease is a person's to make, and so is noting the license that MSPAS issues: until then
            # the file stays open, where people look for what is still missing.
            owed[row["id"]] = Verb.PREPARE_AGREEMENT
    return owed


async def _pending(files: Sequence[Row]) -> set[int]:
    """Return the files whose agreement is still in the making."""
    found: set[int] = set()
    kinds: tuple[tuple[type[Agreement], str], ...] = (
        (Convention, "convention_id"), (Lease, "lease_id"), (SanitaryLicense, "license_id"),
    )  # fmt: skip
    for model, link in kinds:
        named = {row["id"]: row[link] for row in files if row[link]}
        rows = model.filter(id__in=list(named.values()), stage__in=PENDING_STAGES)
        stages = set(await rows.values_list("id", flat=True)) if named else set()
        found |= {review for review, agreement in named.items() if agreement in stages}
    return found


async def favorable_among(ids: Sequence[int]) -> set[int]:
    """Return which of these files have a last dictamen that is not void and favorable."""
    papers = OfficialDocument.filter(review_id__in=ids, kind=DocumentKind.DICTAMEN, voided_on=None).order_by("id")
    last = {row["review_id"]: row["outcome"] for row in await papers.values("review_id", "outcome")}
    return {review for review, outcome in last.items() if outcome in FAVORABLE}
