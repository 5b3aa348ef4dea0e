"""Sending a file to the legal office, the first time or in answer to a providencia: its clock and its wake-up."""

from datetime import date

import pytest

from models.agreements import AgreementStage
from models.audit import Verb
from models.outbox import Notice, WakeUp
from models.papers import DocumentKind
from models.people import Role
from models.reviews import Observation, ReviewRequirement, ReviewStage
from tests import builders, stages
from tests.conftest import Clock
from tests.door import (
    Said,
    bad_ids,
    changed,
    contract,
    done,
    forbidden,
    id_of,
    id_text,
    last_entry,
    once,
    refusal,
    refused,
)

SUBMIT = contract("submit-for-review")
pytestmark = pytest.mark.usefixtures("db", "clock")


async def test_the_file_is_received_and_its_clock_runs_in_working_days() -> None:
    mayor, director = await builders.person(Role.MUNICIPAL), await builders.person(Role.DIRECTOR)
    review = await stages.file_in(ReviewStage.GATHERING, requested_by=mayor)
    await builders.holiday(date(2026, 3, 10))
    await builders.asked(review, await builders.requirement("ACTA"), fulfilled=True)
    await builders.asked(review, await builders.requirement("FOTO", mandatory=False))

    payload = await done(mayor, SUBMIT, reviewId=id_of(review), expectedVersion=1)

    assert payload["review"] == {
        "id": id_of(review), "code": review.code, "stage": "RECEIVED", "version": 2,
        # Ten working days after Monday the 2nd, less the 10th, a holiday.
        "receivedOn": "2026-03-02", "dueOn": "2026-03-17", "assignee": None,
    }  # fmt: skip
    assert (await stages.convention_of(review)).stage == AgreementStage.IN_REVIEW
    entry = await last_entry()
    assert (entry.verb, entry.subject_id) == (Verb.SUBMIT_FOR_REVIEW, str(review.id))
    assert changed(entry, review)["stage"] == ("GATHERING", "RECEIVED")
    assert (await WakeUp.get()).review_id == review.id
    assert await Notice.all().values_list("recipient", flat=True) == [mayor.email]
    assert director.email != mayor.email


async def test_every_missing_requisite_is_named_and_optional_ones_are_not_asked() -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    review = await stages.file_in(ReviewStage.GATHERING, requested_by=mayor)
    for position, code in enumerate(("ACTA", "DPI")):
        await builders.asked(review, await builders.requirement(code), position=position)
    await builders.asked(review, await builders.requirement("FOTO", mandatory=False))

    said = await refused(mayor, SUBMIT, reviewId=id_of(review))

    assert [(one.code, one.path) for one in said] == [
        ("REQUIREMENTS_MISSING", "requirements.ACTA"),
        ("REQUIREMENTS_MISSING", "requirements.DPI"),
    ]
    assert "«Requisito DPI»" in said[1].message
    await ReviewRequirement.filter(review_id=review.id, mandatory=True).update(fulfilled=True)
    await done(mayor, SUBMIT, reviewId=id_of(review))


@pytest.mark.parametrize(("left", "due"), [(7, date(2026, 3, 27)), (0, date(2026, 3, 23)), (None, date(2026, 3, 23))])
async def test_an_answer_to_a_providencia_goes_on_where_the_clock_stood(
    clock: Clock, left: int | None, due: date
) -> None:
    mayor, lawyer = await builders.person(Role.MUNICIPAL), await builders.person(Role.LEGAL)
    review = await stages.file_in(
        ReviewStage.RETURNED, requested_by=mayor, assignee=lawyer, returns_count=1, days_left=left, admitted=True
    )
    paper = await stages.dictamen(review, kind=DocumentKind.PROVIDENCIA, outcome=None)
    await Observation.create(review=review, document=paper, subject="Acta", finding="Falta firma", cure="Fírmela")
    clock.move_to(date(2026, 3, 18))

    payload = await done(mayor, SUBMIT, reviewId=id_of(review))

    assert payload["review"]["stage"] == "IN_ANALYSIS"
    assert payload["review"]["assignee"] == {"name": lawyer.name}
    after = await stages.again(review)
    assert (after.due_on, after.received_on, after.days_left) == (due, date(2026, 3, 2), None)
    assert not after.admitted
    assert (await Observation.get()).cured_on == date(2026, 3, 18)
    assert "respondió las observaciones" in (await last_entry()).summary


async def test_the_office_takes_in_what_comes_back_on_paper() -> None:
    lawyer = await builders.person(Role.LEGAL)
    review = await stages.file_in(ReviewStage.RETURNED, returns_count=1, days_left=8, requested_by=lawyer)
    await builders.asked(review, await builders.requirement("ACTA"))
    said = await refusal(lawyer, SUBMIT, reviewId=id_of(review))
    assert said.code == "REQUIREMENTS_MISSING"
    await ReviewRequirement.filter(review_id=review.id).update(fulfilled=True)

    payload = await done(lawyer, SUBMIT, reviewId=id_of(review))

    assert (payload["review"]["stage"], payload["review"]["dueOn"]) == ("IN_ANALYSIS", "2026-03-12")
    assert (await last_entry()).summary == f"{lawyer.name} recibió la respuesta a las observaciones."


async def test_a_consultation_that_comes_back_leaves_a_signed_convention_signed() -> None:
    lawyer = await builders.person(Role.LEGAL)
    review = await stages.file_in(ReviewStage.RETURNED, of=await builders.convention(), returns_count=1)

    await done(lawyer, SUBMIT, reviewId=id_of(review))

    assert (await stages.convention_of(review)).stage == AgreementStage.SIGNED


async def test_out_of_reach_is_refused_like_missing() -> None:
    review = await stages.file_in(ReviewStage.GATHERING)
    stranger = await builders.person(Role.MUNICIPAL, at=builders.MIXCO)

    gone = await refusal(stranger, SUBMIT, reviewId=id_text("LegalReview"))

    assert gone == Said("NOT_FOUND", "reviewId", "No se encontró el expediente.")
    assert await refusal(stranger, SUBMIT, reviewId=id_of(review)) == gone


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN])
async def test_a_role_that_does_not_ask_is_forbidden(role: Role) -> None:
    review = await stages.file_in(ReviewStage.GATHERING)

    await forbidden(await builders.person(role), SUBMIT, reviewId=id_of(review))


async def test_twice_is_answered_or_refused() -> None:
    review, mayor = await stages.file_in(ReviewStage.GATHERING), await builders.person(Role.MUNICIPAL)

    await once(mayor, SUBMIT, reviewId=id_of(review))

    said = await refusal(mayor, SUBMIT, reviewId=id_of(review))
    assert said.code == "NOT_ALLOWED_NOW"
    assert "«Recibido por la Asesoría Jurídica»" in said.message
    assert await WakeUp.all().count() == 1


async def test_what_somebody_changed_meanwhile_is_stale() -> None:
    review, mayor = await stages.file_in(ReviewStage.GATHERING, version=5), await builders.person(Role.MUNICIPAL)
    for version in (4, 6, 0, -1, 2**31 - 1):
        said = await refusal(mayor, SUBMIT, reviewId=id_of(review), expectedVersion=version)
        assert (said.code, said.path) == ("STALE", "expectedVersion")
    await done(mayor, SUBMIT, reviewId=id_of(review), expectedVersion=5)


async def test_ids_that_are_none_are_refused() -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    for given in bad_ids("LegalReview", "Convention"):
        said = await refusal(mayor, SUBMIT, reviewId=given)
        assert (said.code, said.path) == ("BAD_USER_INPUT", "reviewId"), given
