"""The legal office's terms: by matter, in working days, each able to say how it was counted, stopped while away."""

from datetime import date
from typing import Any

import pytest

from actions.papers import ObservationInput, return_review
from actions.reviews import submit_for_review
from models.calendar import LegalParameter
from models.people import Role
from models.reviews import LegalReview, ReviewMatter, ReviewStage
from reads.calendar import review_days
from tests import builders, stages
from tests.conftest import Clock
from tests.door import told

pytestmark = pytest.mark.usefixtures("db", "clock")
DAY = date(2026, 3, 2)
FILE = """query ($code: String!) { legalReview(code: $code) {
    stage dueOn deadlineExplanation pausedDaysLeft workingDaysLeft } }"""


async def parameter(code: str, value: int, **more: Any) -> LegalParameter:
    """Return a parameter in force since 2024."""
    values = {"code": code, "title": code, "value": value, "unit": "días hábiles", "valid_from": date(2024, 1, 1)}
    return await LegalParameter.create(**values | more)


async def shown(review: LegalReview) -> dict[str, Any]:
    """Return what the API says of a file's term, to a lawyer."""
    person = await builders.person(Role.LEGAL)
    return dict((await told(person, FILE, code=review.code))["legalReview"])


async def test_a_matter_has_its_own_days_and_the_others_the_usual_ones() -> None:
    assert await review_days(ReviewMatter.SANITARY_LICENSE, on=DAY) == 10
    await parameter("REVIEW_DEADLINE_DAYS", 12)
    await parameter("REVIEW_DEADLINE_DAYS.SANITARY_LICENSE", 5)
    await parameter("REVIEW_DEADLINE_DAYS.LEASE_ACTA", 3, valid_to=date(2026, 3, 1))

    assert await review_days(ReviewMatter.SANITARY_LICENSE, on=DAY) == 5
    assert await review_days(ReviewMatter.CONVENTION_MAD, on=DAY) == 12
    assert await review_days(ReviewMatter.LEASE_ACTA, on=date(2026, 3, 1)) == 3
    assert await review_days(ReviewMatter.LEASE_ACTA, on=DAY) == 12


async def test_a_term_says_how_it_was_counted() -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    review = await stages.file_in(ReviewStage.GATHERING, requested_by=mayor)
    await builders.holiday(date(2026, 3, 10), "Asueto de la prueba")
    await parameter("REVIEW_DEADLINE_DAYS.CONVENTION_MAD", 7)

    await submit_for_review(actor=mayor, review_id=review.id)

    said = await shown(review)
    assert said["dueOn"] == "2026-03-12"
    assert said["deadlineExplanation"].startswith(
        "7 días hábiles desde el lunes 2 de marzo de 2026: vence el jueves 12 de marzo de 2026."
    )
    assert "martes 10 de marzo de 2026 (Asueto de la prueba)" in said["deadlineExplanation"]
    # A holiday more does not move a term that was given; the explanation owns up to it.
    await builders.holiday(date(2026, 3, 11), "Otro asueto")
    said = await shown(review)
    assert said["dueOn"] == "2026-03-12"
    assert said["deadlineExplanation"].startswith("Se fijó para el 12/03/2026. El calendario cambió después")
    assert "vence el viernes 13 de marzo de 2026" in said["deadlineExplanation"]


async def test_the_clock_stands_still_while_the_file_is_away_and_says_what_is_left(clock: Clock) -> None:
    mayor, lawyer = await builders.person(Role.MUNICIPAL), await builders.person(Role.LEGAL)
    review = await stages.file_in(
        ReviewStage.IN_ANALYSIS, requested_by=mayor, assignee=lawyer,
        due_on=date(2026, 3, 16), due_from=DAY, due_days=10,
    )  # fmt: skip
    # A patron day of the requester's town: their days skip it, the office's do not.
    await builders.holiday(date(2026, 3, 12), "Feria patronal", at=builders.CHAMELCO)
    clock.move_to(date(2026, 3, 6))
    await return_review(
        actor=lawyer, review_id=review.id, observations=[ObservationInput("a", "b", "c")], working_days=5
    )

    said = await shown(review)
    assert (said["stage"], said["dueOn"], said["pausedDaysLeft"]) == ("RETURNED", "2026-03-16", 6)
    assert "jueves 12 de marzo de 2026 (Feria patronal)" in said["deadlineExplanation"]
    clock.move_to(date(2026, 3, 18))
    assert (await shown(review))["pausedDaysLeft"] == 6

    await submit_for_review(actor=mayor, review_id=review.id)

    said = await shown(review)
    assert (said["stage"], said["dueOn"], said["pausedDaysLeft"]) == ("IN_ANALYSIS", "2026-03-26", None)
    assert said["deadlineExplanation"].startswith("6 días hábiles desde el miércoles 18 de marzo de 2026")


async def test_a_file_of_before_has_a_term_without_explanation() -> None:
    review = await stages.file_in(ReviewStage.IN_ANALYSIS, due_on=date(2026, 3, 16))

    assert (await shown(review))["deadlineExplanation"] is None
