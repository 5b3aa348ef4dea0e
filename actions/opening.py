"""Opening the file of an agreement: one way for conventions, leases and licenses."""

from collections.abc import Iterable

from actions.audited import Entry
from actions.registry import review_code
from models.agreements import Convention, Lease, SanitaryLicense
from models.fields import folded
from models.places import ProgramCode
from models.reviews import LegalReview, Requirement, ReviewMatter, ReviewRequirement, ReviewStage
from reads.signing import by_agreement


async def open_file(
    entry: Entry,
    agreement: Convention | Lease | SanitaryLicense,
    *,
    matter: ReviewMatter,
    program: ProgramCode,
    title: str,
    unit: str,
    municipality: str | None,
    department: str | None,
    lines: Iterable[Requirement],
) -> LegalReview:
    """Open the file of an agreement and copy into it the checklist lines that are asked for.

    `unit` is who asks, in words; `municipality` whose people see the file, `department` whose coordinator does.
    """
    code = await review_code(entry)
    review = await entry.create(
        LegalReview,
        code=code,
        matter=matter,
        **by_agreement(agreement),
        municipality_id=municipality,
        department_id=department,
        program=program,
        title=title[:300],
        requesting_unit=unit[:160],
        stage=ReviewStage.GATHERING,
        requested_by_id=entry.actor.id,
        requested_on=entry.today,
        last_moved_on=entry.today,
        search=folded(code, agreement.number, title, unit),
    )
    await ask_for(review, lines)
    return review


async def ask_for(review: LegalReview, lines: Iterable[Requirement]) -> list[ReviewRequirement]:
    """Copy checklist lines into a file, as they stand today; later changes of the catalog do not touch them."""
    return [
        await ReviewRequirement.create(
            review_id=review.id,
            requirement_id=line.id,
            code=line.code,
            title=line.title,
            help=line.help,
            legal_basis=line.legal_basis,
            mandatory=line.mandatory,
            position=line.position,
        )
        for line in lines
    ]
