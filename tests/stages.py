"""Files as they stand in each stage, with what the stages before have left: convention, dictamen, council's minute."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from models.agreements import AgreementStage, Convention
from models.audit import Verb
from models.papers import LEGAL_UNIT, DocumentKind, OfficialDocument, Outcome
from models.people import Role, User
from models.reviews import MOVES, LegalReview, ReviewStage
from models.signing import CouncilMinute
from tests import builders

CONVENTION_STAGES = {
    ReviewStage.GATHERING: AgreementStage.REQUESTED,
    ReviewStage.RECEIVED: AgreementStage.IN_REVIEW,
    ReviewStage.IN_ANALYSIS: AgreementStage.IN_REVIEW,
    ReviewStage.RETURNED: AgreementStage.IN_REVIEW,
    ReviewStage.DICTAMEN_ISSUED: AgreementStage.IN_REVIEW,
    ReviewStage.AWAITING_SIGNATURE: AgreementStage.READY_TO_SIGN,
    ReviewStage.CLOSED: AgreementStage.SIGNED,
    ReviewStage.WITHDRAWN: AgreementStage.WITHDRAWN,
}
CONCLUDED = (ReviewStage.DICTAMEN_ISSUED, ReviewStage.AWAITING_SIGNATURE, ReviewStage.CLOSED)

_serials = count(9001)


async def file_in(
    stage: ReviewStage,
    *,
    of: Convention | None = None,
    outcome: Outcome | None = Outcome.FAVORABLE,
    minute: bool = True,
    **more: Any,
) -> LegalReview:
    """Return a file in a stage; one that is concluded has a dictamen, and a valid minute unless told otherwise."""
    place = CONVENTION_STAGES[stage]
    if of is None:
        term = (date(2026, 3, 2), date(2027, 3, 1)) if place == AgreementStage.SIGNED else (None, None)
        of = await builders.convention(stage=place, starts_on=term[0], ends_on=term[1])
    if "requested_by" not in more:
        # Somebody whom no message reaches, so that a test counts only the people it made.
        more["requested_by"] = await builders.person(Role.ADMIN)
    review = await builders.review(of, stage=stage, **more)
    if stage in CONCLUDED and outcome:
        await dictamen(review, outcome)
    if stage in CONCLUDED and minute and of.municipality_id:
        await council_minute(of)
    return review


async def dictamen(of: LegalReview, outcome: Outcome = Outcome.FAVORABLE, **more: Any) -> OfficialDocument:
    """Return a dictamen as a row, without its Word file."""
    serial = next(_serials)
    values: dict[str, Any] = {"kind": DocumentKind.DICTAMEN, "unit": LEGAL_UNIT, "year": 2026, "serial": serial}
    values |= {"number": f"DICTAMEN-AJ-{serial}-2026", "review": of, "outcome": outcome, "issued_on": date(2026, 3, 2)}
    values |= {"convention_id": of.convention_id, "issued_at": datetime(2026, 3, 2, 15, tzinfo=UTC)}
    values |= {"issued_by": await builders.person(Role.ADMIN), "verification_code": f"PRUEBA-{serial}"}
    return await OfficialDocument.create(**values | more)


async def council_minute(of: Convention, **more: Any) -> CouncilMinute:
    """Return a valid council's minute."""
    values: dict[str, Any] = {"convention": of, "act_number": "12-2026", "point_number": "Quinto"}
    values |= {"session_date": date(2026, 2, 9), "approved_date": date(2026, 2, 16), "votes_for": 9, "votes_against": 1}
    return await CouncilMinute.create(**values | {"recorded_by": await builders.person(Role.ADMIN)} | more)


def stages_refusing(deed: Verb) -> list[ReviewStage]:
    """Return the stages in which a file does not allow a deed."""
    return [stage for stage in ReviewStage if stage not in MOVES[deed]]


async def convention_of(review: LegalReview) -> Convention:
    """Return the convention of a file as it stands now."""
    return await Convention.get(id=review.convention_id)


async def again(review: LegalReview) -> LegalReview:
    """Return a file as it stands now."""
    return await LegalReview.get(id=review.id)


async def engine() -> User:
    """Return the engine's own account."""
    return await builders.person(Role.SYSTEM)
