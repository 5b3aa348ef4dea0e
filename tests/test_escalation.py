"""Deadlines that come near or pass: each told once to whom it concerns, in words right for the day it is told."""

import asyncio
from datetime import date
from typing import Any

import pytest

from actions.escalation import escalate_conditions, escalate_deadlines
from actions.people import system_user
from actions.refusals import Forbidden
from actions.reminders import Told
from models.audit import AuditEntry, Verb
from models.calendar import LegalParameter
from models.drafts import Condition
from models.outbox import Notice
from models.papers import OfficialDocument, Outcome
from models.people import Role, User
from models.reviews import LegalReview, ReviewStage
from tests import builders, stages
from tests.builders import CHAMELCO, MIXCO
from tests.conftest import Clock, FreshDatabase
from workflows.reminders import escalate_everything

pytestmark = pytest.mark.both_databases


async def office() -> tuple[User, User]:
    """Return the head and a lawyer."""
    return await builders.person(Role.LEGAL_HEAD), await builders.person(Role.LEGAL)


async def file(due_on: date, stage: ReviewStage = ReviewStage.IN_ANALYSIS, **more: Any) -> LegalReview:
    """Return a file with a deadline."""
    return await stages.file_in(stage, due_on=due_on, **more)


async def subjects(person: User) -> list[str]:
    """Return what a person was told, in its order."""
    return [row.subject for row in await Notice.filter(recipient=person.email).order_by("id")]


async def test_a_deadline_is_told_when_it_nears_and_when_it_passed(db: FreshDatabase, clock: Clock) -> None:
    head, lawyer = await office()
    review = await file(date(2026, 3, 10), assignee=lawyer)
    told: list[int] = []
    # From Monday the 2nd, day by day, two weekends long.
    for day in range(2, 17):
        clock.move_to(date(2026, 3, day))
        told.append(await escalate_everything())
    # Two working days before Tuesday the 10th is Friday the 6th; the day after, lawyer and head hear that it passed.
    assert told == [0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0]
    near, late = await subjects(lawyer)
    assert near == f"Expediente {review.code}: faltan 2 días hábiles"
    assert late == f"Expediente {review.code}: el plazo venció el 10/03/2026, hace 1 día hábil"
    assert await subjects(head) == [late]
    row = await Notice.get(recipient=head.email)
    assert row.review_id == review.id  # type: ignore[attr-defined]
    assert f"Está a cargo de {lawyer.name}." in row.body
    assert f"/expedientes/{review.code}" in row.body
    deeds = await AuditEntry.filter(verb=Verb.ESCALATE).order_by("sequence")
    assert [deed.summary for deed in deeds] == [
        "Se prepararon 1 avisos sobre 1 plazos.",
        "Se prepararon 2 avisos sobre 1 plazos.",
    ]


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2026, 3, 9), "falta 1 día hábil"),
        (date(2026, 3, 10), "vence hoy"),
        # Only the most urgent is told after days off, and counted to the day it is told.
        (date(2026, 3, 16), "el plazo venció el 10/03/2026, hace 4 días hábiles"),
        # 261 days from Monday to Friday, less Maundy Thursday, Good Friday and six national holidays on such days.
        (date(2027, 3, 10), "el plazo venció el 10/03/2026, hace 253 días hábiles"),
    ],
)
async def test_after_days_off_the_words_are_right(db: FreshDatabase, clock: Clock, today: date, words: str) -> None:
    _, lawyer = await office()
    review = await file(date(2026, 3, 10), assignee=lawyer)
    clock.move_to(today)
    await escalate_everything()
    (said,) = await subjects(lawyer)
    assert said == f"Expediente {review.code}: {words}"
    assert await escalate_everything() == 0


async def test_on_the_weekend_after_no_working_day_has_passed(db: FreshDatabase, clock: Clock) -> None:
    _, lawyer = await office()
    review = await file(date(2026, 3, 6), assignee=lawyer)
    clock.move_to(date(2026, 3, 7))
    await escalate_everything()
    assert await subjects(lawyer) == [f"Expediente {review.code}: el plazo venció el 06/03/2026"]


async def test_who_hears_of_a_file_that_nobody_has(db: FreshDatabase, clock: Clock) -> None:
    head, lawyer = await office()
    await file(date(2026, 3, 3), ReviewStage.RECEIVED, proposed_lawyer=lawyer)
    gone = await builders.person(Role.LEGAL, active=False)
    orphan = await file(date(2026, 3, 3), ReviewStage.IN_ANALYSIS, assignee=gone)
    bare = await file(date(2026, 3, 3), ReviewStage.RECEIVED)
    assert await escalate_everything() == 3
    assert len(await subjects(lawyer)) == 1
    assert await subjects(head) == [f"Expediente {one.code}: falta 1 día hábil" for one in (orphan, bare)]
    assert "Nadie lo tiene asignado." in (await Notice.get(review_id=bare.id)).body


async def test_a_return_that_nobody_answered_is_told_to_requester_and_lawyer(db: FreshDatabase, clock: Clock) -> None:
    head, lawyer = await office()
    mayor, director = await builders.person(Role.MUNICIPAL), await builders.person(Role.DIRECTOR)
    asker = await builders.person(Role.COORDINATOR)
    await builders.person(Role.MUNICIPAL, at=MIXCO)
    # The town's patron day is none of the working days that passed.
    await builders.holiday(date(2026, 2, 26), at=CHAMELCO)
    review = await file(
        date(2026, 2, 25), ReviewStage.RETURNED, assignee=lawyer, requested_by=asker, days_left=6, returns_count=1
    )
    # Before its limit a returned file is nobody's concern.
    await file(date(2026, 3, 3), ReviewStage.RETURNED, assignee=lawyer, requested_by=asker)

    assert await escalate_everything() == 4

    for person in (mayor, director, asker, lawyer):
        notice = await Notice.get(recipient=person.email)
        assert notice.subject == f"Expediente {review.code}: las observaciones siguen sin respuesta"
        assert "venció el 25/02/2026, hace 2 días hábiles" in notice.body
        assert "Le quedan 6 días hábiles." in notice.body
    assert await subjects(head) == []
    assert await escalate_everything() == 0


async def test_a_new_deadline_is_told_anew(db: FreshDatabase, clock: Clock) -> None:
    _, lawyer = await office()
    review = await file(date(2026, 3, 3), assignee=lawyer)
    assert await escalate_everything() == 1
    await LegalReview.filter(id=review.id).update(due_on=date(2026, 3, 4))
    assert await escalate_everything() == 1
    # Given to somebody else, it is news to that person alone.
    colleague = await builders.person(Role.LEGAL)
    await LegalReview.filter(id=review.id).update(assignee_id=colleague.id)
    assert await escalate_everything() == 1
    assert len(await subjects(colleague)) == 1


async def test_what_runs_for_nobody_is_not_told(db: FreshDatabase, clock: Clock) -> None:
    await office()
    lawyer = await builders.person(Role.LEGAL)
    passed = date(2026, 2, 2)
    for stage in (ReviewStage.GATHERING, ReviewStage.AWAITING_SIGNATURE, ReviewStage.CLOSED, ReviewStage.WITHDRAWN):
        await file(passed, stage, assignee=lawyer)
    await stages.file_in(ReviewStage.IN_ANALYSIS, assignee=lawyer)
    assert await escalate_everything() == 0
    assert not await AuditEntry.filter(verb=Verb.ESCALATE).exists()


async def test_how_early_is_kept_as_data(db: FreshDatabase, clock: Clock) -> None:
    _, lawyer = await office()
    await file(date(2026, 3, 9), assignee=lawyer)
    assert await escalate_everything() == 0
    await LegalParameter.create(
        code="ESCALATION_DAYS", title="x", value=5, unit="días hábiles", valid_from=date(2026, 1, 1)
    )
    assert await escalate_everything() == 1


async def test_two_engines_at_once_tell_everybody_once(db: FreshDatabase, clock: Clock) -> None:
    _, lawyer = await office()
    for _ in range(5):
        await file(date(2026, 3, 3), assignee=lawyer)
    system = await system_user()
    outcomes = await asyncio.gather(*(escalate_deadlines(actor=system) for _ in range(4)))
    assert sum(one.messages for one in outcomes) == 5
    assert await Notice.all().count() == 5


async def test_pages_are_walked_to_the_end(db: FreshDatabase, clock: Clock) -> None:
    _, lawyer = await office()
    made = [await file(date(2026, 3, 3), assignee=lawyer) for _ in range(5)]
    system = await system_user()
    first = await escalate_deadlines(actor=system, limit=2)
    assert first == Told(2, made[1].id)
    assert await escalate_deadlines(actor=system, after_id=made[1].id, limit=2) == Told(2, made[3].id)
    assert await escalate_deadlines(actor=system, after_id=made[3].id, limit=2) == Told(1, None)


async def test_a_condition_put_off_whose_day_passed_is_told(db: FreshDatabase, clock: Clock) -> None:
    head, lawyer = await office()
    mayor = await builders.person(Role.MUNICIPAL)
    review = await stages.file_in(
        ReviewStage.CLOSED, outcome=Outcome.FAVORABLE_WITH_CONDITIONS, assignee=lawyer, requested_by=lawyer
    )
    dictamen = await OfficialDocument.get(review=review)
    put_off = {"review": review, "document": dictamen, "deferred_reason": "Depende del MSPAS."}
    await Condition.create(position=1, text="Licencia vigente.", due_on=date(2026, 3, 5), **put_off)
    await Condition.create(position=2, text="Techo.", due_on=date(2026, 3, 4), met_on=date(2026, 3, 3), **put_off)
    clock.move_to(date(2026, 3, 5))
    assert await escalate_everything() == 0
    clock.move_to(date(2026, 3, 6))
    assert await escalate_everything() == 3
    for person in (head, lawyer, mayor):
        notice = await Notice.get(recipient=person.email)
        assert notice.subject == f"Expediente {review.code}: una condición aplazada no consta como cumplida"
        assert f"1. Licencia vigente. ({dictamen.number})" in notice.body
        assert "05/03/2026" in notice.body
    assert await escalate_everything() == 0
    # Put off once more, its new day is told once more.
    await Condition.filter(position=1).update(due_on=date(2026, 3, 9))
    clock.move_to(date(2026, 3, 10))
    assert await escalate_everything() == 3
    await OfficialDocument.filter(id=dictamen.id).update(voided_on=date(2026, 3, 10), void_reason="Error")
    await Condition.filter(position=1).update(due_on=date(2026, 3, 8))
    assert await escalate_everything() == 0


async def test_only_the_engine_escalates(db: FreshDatabase, clock: Clock) -> None:
    head, lawyer = await office()
    await file(date(2026, 3, 3), assignee=lawyer)
    with pytest.raises(Forbidden):
        await escalate_deadlines(actor=head)
    assert await escalate_conditions(actor=head) == Told(0, None)
    assert not await Notice.exists()
