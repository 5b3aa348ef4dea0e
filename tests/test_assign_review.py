"""Giving a file to a lawyer: the head gives to anybody, a lawyer takes a free one."""

from datetime import date

import pytest

from models.audit import Verb
from models.outbox import Notice
from models.people import Role
from models.reviews import ReviewStage
from tests import builders, stages
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
    made_up,
    once,
    person_id,
    refusal,
    told,
)
from tests.test_centers_read import counting

ASSIGN = contract("assign-review")
pytestmark = pytest.mark.usefixtures("db", "clock")


async def test_the_head_gives_a_file_and_the_lawyer_is_told() -> None:
    head, lawyer = await builders.person(Role.LEGAL_HEAD), await builders.person(Role.LEGAL)
    review = await stages.file_in(ReviewStage.RECEIVED)

    payload = await done(head, ASSIGN, reviewId=id_of(review), assigneeId=person_id(lawyer), expectedVersion=1)

    assert payload["review"] == {
        "code": review.code, "stage": "IN_ANALYSIS", "assignee": {"name": lawyer.name}, "version": 2,
    }  # fmt: skip
    entry = await last_entry()
    assert (entry.verb, entry.actor_id, entry.subject_id) == (Verb.ASSIGN_REVIEW, head.id, str(review.id))
    assert changed(entry, review)["assignee_id"] == (None, lawyer.id)
    notice = await Notice.get()
    assert (notice.recipient, notice.review_id) == (lawyer.email, review.id)
    assert review.code in notice.subject


async def test_a_lawyer_takes_a_free_file_and_gives_it_to_nobody_else() -> None:
    lawyer, colleague = await builders.person(Role.LEGAL), await builders.person(Role.LEGAL)
    review = await stages.file_in(ReviewStage.RECEIVED, proposed_lawyer=colleague)

    said = await refusal(lawyer, ASSIGN, reviewId=id_of(review), assigneeId=person_id(colleague))
    assert said.code == "NOT_ALLOWED_NOW"
    assert "jefatura" in said.message
    await done(lawyer, ASSIGN, reviewId=id_of(review), assigneeId=id_of(lawyer, "Viewer"))

    assert await Notice.all().count() == 0
    assert (await stages.again(review)).assignee_id == lawyer.id


@pytest.mark.parametrize("stage", [ReviewStage.IN_ANALYSIS, ReviewStage.RETURNED])
async def test_a_colleagues_file_is_not_taken_but_the_head_moves_it(stage: ReviewStage) -> None:
    head, lawyer, colleague = [await builders.person(role) for role in (Role.LEGAL_HEAD, Role.LEGAL, Role.LEGAL)]
    review = await stages.file_in(stage, assignee=colleague)

    said = await refusal(lawyer, ASSIGN, reviewId=id_of(review), assigneeId=person_id(lawyer))
    assert said.code == "NOT_ALLOWED_NOW"
    assert "asignado a otra persona" in said.message
    payload = await done(head, ASSIGN, reviewId=id_of(review), assigneeId=person_id(lawyer))
    assert payload["review"]["stage"] == stage


async def test_only_active_people_of_the_legal_office_get_files() -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    review = await stages.file_in(ReviewStage.RECEIVED)
    absent = [
        await builders.person(Role.LEGAL, active=False),
        *[await builders.person(role) for role in (Role.MUNICIPAL, Role.ADMIN, Role.AUDITOR, Role.SYSTEM)],
    ]

    for given in [*(person_id(person) for person in absent), id_text("Person")]:
        said = await refusal(head, ASSIGN, reviewId=id_of(review), assigneeId=given)
        assert said == Said("BAD_USER_INPUT", "assigneeId", "Elija a una persona activa de la Asesoría Jurídica.")
    await done(head, ASSIGN, reviewId=id_of(review), assigneeId=person_id(head))


async def test_a_missing_file_is_said_so() -> None:
    head = await builders.person(Role.LEGAL_HEAD)

    said = await refusal(head, ASSIGN, reviewId=id_text("LegalReview"), assigneeId=person_id(head))

    assert said == Said("NOT_FOUND", "reviewId", "No se encontró el expediente.")


@pytest.mark.parametrize(
    "role", [Role.MUNICIPAL, Role.DIRECTOR, Role.COORDINATOR, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN]
)
async def test_a_role_that_assigns_nothing_is_forbidden(role: Role) -> None:
    review, lawyer = await stages.file_in(ReviewStage.RECEIVED), await builders.person(Role.LEGAL)
    for place in (builders.CHAMELCO, builders.MIXCO):
        person = await builders.person(role, at=place)
        await forbidden(person, ASSIGN, reviewId=id_of(review), assigneeId=person_id(lawyer))


async def test_twice_is_answered_or_refused() -> None:
    head, lawyer = await builders.person(Role.LEGAL_HEAD), await builders.person(Role.LEGAL)
    review = await stages.file_in(ReviewStage.RECEIVED)
    same = {"reviewId": id_of(review), "assigneeId": person_id(lawyer)}

    await once(head, ASSIGN, **same)

    said = await refusal(head, ASSIGN, **same)
    assert said.code == "NOT_ALLOWED_NOW"
    assert f"ya está asignado a {lawyer.name}" in said.message


async def test_what_somebody_changed_meanwhile_is_stale() -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    review = await stages.file_in(ReviewStage.RECEIVED, version=3)

    said = await refusal(head, ASSIGN, reviewId=id_of(review), assigneeId=person_id(head), expectedVersion=2)

    assert (said.code, said.path) == ("STALE", "expectedVersion")


async def test_ids_that_are_none_are_refused() -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    good = {"reviewId": id_of(await stages.file_in(ReviewStage.RECEIVED)), "assigneeId": person_id(head)}
    for field, kind in (("reviewId", "LegalReview"), ("assigneeId", "Person")):
        for given in [*bad_ids(kind), made_up(f"User:{head.id}")]:
            said = await refusal(head, ASSIGN, **good | {field: given})
            assert (said.code, said.path) == ("BAD_USER_INPUT", field), given


LAWYERS = "{ lawyers { id name openReviews overdueReviews } }"


async def test_each_lawyers_load_is_shown_and_asked_in_one_statement() -> None:
    head, busy, free, proposed = [
        await builders.person(role) for role in (Role.LEGAL_HEAD, Role.LEGAL, Role.LEGAL, Role.LEGAL)
    ]
    late, due = date(2026, 2, 27), date(2026, 3, 9)
    await stages.file_in(ReviewStage.IN_ANALYSIS, assignee=busy, proposed_lawyer=free, due_on=late)
    await stages.file_in(ReviewStage.IN_ANALYSIS, assignee=busy, due_on=due)
    # Away: the town is late, not the lawyer.
    await stages.file_in(ReviewStage.RETURNED, assignee=busy, due_on=late)
    await stages.file_in(ReviewStage.RECEIVED, proposed_lawyer=proposed, due_on=late)
    for done_with in (ReviewStage.AWAITING_SIGNATURE, ReviewStage.CLOSED, ReviewStage.WITHDRAWN):
        await stages.file_in(done_with, assignee=busy, due_on=late)

    with counting() as run:
        found = (await told(head, LAWYERS))["lawyers"]

    loads = {one["name"]: (one["openReviews"], one["overdueReviews"]) for one in found}
    assert loads == {head.name: (0, 0), busy.name: (3, 1), free.name: (0, 0), proposed.name: (1, 1)}
    assert len([one for one in run if "legal_reviews" in one]) == 1


async def test_a_load_counts_only_what_one_may_see() -> None:
    lawyer = await builders.person(Role.LEGAL)
    await stages.file_in(ReviewStage.IN_ANALYSIS, assignee=lawyer)
    stranger = await builders.person(Role.MUNICIPAL, at=builders.MIXCO)

    (seen,) = (await told(stranger, LAWYERS))["lawyers"]

    assert (seen["openReviews"], seen["overdueReviews"]) == (0, 0)
