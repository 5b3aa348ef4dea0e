"""Deadlines that come near or pass: each told once to whom it concerns, in words right for the day it is told."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest

from actions.escalation import escalate_conditions, escalate_deadlines
from actions.people import system_user
from actions.refusals import Forbidden
from actions.reminders import Told
from actions.reviews import submit_requirement
from models.audit import AuditEntry, Verb
from models.calendar import LegalParameter
from models.drafts import Condition
from models.messages import NoticeTopic
from models.outbox import Notice
from models.papers import OfficialDocument, Outcome
from models.people import Role, User
from models.reviews import LegalReview, ReviewStage
from reads.escalation import alarms_of_files
from tests import builders, stages
from tests.builders import CHAMELCO, MIXCO
from tests.conftest import Clock, FreshDatabase
from tests.test_centers_read import counting
from workflows.lapses import lapse_unanswered
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
    assert told == [0, 0, 0, 0, 1, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0]
    near, due, late = await subjects(lawyer)
    assert near == f"Expediente {review.code}: faltan 2 días hábiles"
    assert due == f"Expediente {review.code}: vence hoy"
    assert late == f"Expediente {review.code}: el plazo venció el 10/03/2026, hace 1 día hábil"
    assert await subjects(head) == [late]
    row = await Notice.get(recipient=head.email)
    assert row.review_id == review.id  # type: ignore[attr-defined]
    assert f"Está a cargo de {lawyer.name}." in row.body
    assert f"/expedientes/{review.code}" in row.body
    deeds = await AuditEntry.filter(verb=Verb.ESCALATE).order_by("sequence")
    assert [deed.summary for deed in deeds] == [
        "Se prepararon 1 avisos sobre 1 plazos.",
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
    # One whose limit is not near yet is nobody's concern.
    await file(date(2026, 3, 6), ReviewStage.RETURNED, assignee=lawyer, requested_by=asker)

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


TERM = {"due_from": date(2026, 3, 2), "due_days": 8}
"""Eight working days from Monday the 2nd: until Thursday the 12th. Half of them have passed on Friday the 6th."""


async def days_told(clock: Clock, last: int) -> list[int]:
    """Return how many messages each day from the 2nd brings."""
    told = []
    for day in range(2, last + 1):
        clock.move_to(date(2026, 3, day))
        told.append(await escalate_everything())
    return told


async def test_half_of_a_term_is_told_to_who_has_the_file(db: FreshDatabase, clock: Clock) -> None:
    _, lawyer = await office()
    review = await file(date(2026, 3, 12), assignee=lawyer, **TERM)
    assert await days_told(clock, 13) == [0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 2]
    half = await Notice.filter(recipient=lawyer.email).order_by("id").first()
    assert half
    assert half.subject == f"Expediente {review.code}: faltan 4 días hábiles"
    assert "pasó de la mitad y termina el 12/03/2026: faltan 4 días hábiles." in half.body
    assert half.topic == NoticeTopic.DEADLINES
    assert half.event == {"on": "2026-03-12", "title": f"Vence el plazo del expediente {review.code}"}
    assert half.passing


async def test_a_short_term_has_no_half(db: FreshDatabase, clock: Clock) -> None:
    _, lawyer = await office()
    await file(date(2026, 3, 4), assignee=lawyer, due_from=date(2026, 3, 2), due_days=2)
    assert await days_told(clock, 4) == [1, 0, 1]


async def test_who_must_correct_is_told_by_the_days_of_the_town(db: FreshDatabase, clock: Clock) -> None:
    head, lawyer = await office()
    mayor = await builders.person(Role.MUNICIPAL)
    await builders.holiday(date(2026, 3, 11), at=CHAMELCO)
    # The patron day on the 11th moves the limit to the 13th.
    review = await file(
        date(2026, 3, 13), ReviewStage.RETURNED, assignee=lawyer, requested_by=mayor, days_left=6, **TERM
    )
    # Half-way on the 6th; two days before the 13th, the 11th being none, is the 10th; the lawyer hears on the 14th.
    assert await days_told(clock, 14) == [0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 2]
    start = f"Expediente {review.code}: "
    assert await subjects(mayor) == [
        f"{start}faltan 4 días hábiles para responder las observaciones",
        f"{start}faltan 2 días hábiles para responder las observaciones",
        f"{start}hoy vence el plazo para responder las observaciones",
        f"{start}las observaciones siguen sin respuesta",
    ]
    assert await subjects(lawyer) == [f"{start}las observaciones siguen sin respuesta"]
    assert await subjects(head) == []


async def test_after_days_off_only_the_most_urgent_is_told(db: FreshDatabase, clock: Clock) -> None:
    _, lawyer = await office()
    mayor = await builders.person(Role.MUNICIPAL)
    await file(date(2026, 3, 12), assignee=lawyer, **TERM)
    returned = await file(date(2026, 3, 12), ReviewStage.RETURNED, requested_by=mayor, **TERM)
    assert await escalate_everything() == 0
    clock.move_to(date(2026, 3, 17))
    assert await escalate_everything() == 3
    assert [one.rpartition(": ")[2] for one in await subjects(lawyer)] == [
        "el plazo venció el 12/03/2026, hace 3 días hábiles"
    ]
    assert "venció el 12/03/2026, hace 3 días hábiles." in (await Notice.get(review_id=returned.id)).body
    assert await escalate_everything() == 0


async def lapse_term(days: int, *, confirmed: bool) -> None:
    """Set the term after which a request lapses."""
    await LegalParameter.create(
        code="RETURN_LAPSE_DAYS", title="x", value=days, unit="días hábiles", confirmed=confirmed,
        valid_from=date(2024, 1, 1),
    )  # fmt: skip


async def test_who_is_about_to_lose_a_request_is_warned_and_then_it_lapses(db: FreshDatabase, clock: Clock) -> None:
    head, lawyer = await office()
    mayor = await builders.person(Role.MUNICIPAL)
    await lapse_term(10, confirmed=True)
    review = await file(date(2026, 3, 2), ReviewStage.RETURNED, assignee=lawyer, requested_by=mayor)
    days = []
    # The round of each day, as the engine goes it: what lapses first, then what is to be told.
    for day in range(3, 19):
        clock.move_to(date(2026, 3, day))
        lapsed = await lapse_unanswered()
        days.append((lapsed, await escalate_everything()))
    # Ten working days after the 2nd is the 16th: warned on the 9th, five before; over on the 17th.
    assert days == [(0, 2), *[(0, 0)] * 5, (0, 2), *[(0, 0)] * 7, (1, 0), (0, 0)]
    last = (await Notice.filter(recipient=mayor.email).order_by("id"))[1]
    assert last.subject == f"Expediente {review.code}: si no se responde hasta el 16/03/2026, se tendrá por desistido"
    assert last.event == {"on": "2026-03-16", "title": f"Último día para responder: expediente {review.code}"}
    assert await subjects(head) == [f"La solicitud del expediente {review.code} se tiene por desistida"]


async def test_after_months_off_the_warning_comes_first_with_days_to_answer(db: FreshDatabase, clock: Clock) -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    await lapse_term(10, confirmed=True)
    review = await file(date(2026, 3, 2), ReviewStage.RETURNED, requested_by=mayor)
    clock.move_to(date(2026, 6, 1))
    assert await lapse_unanswered() == 0
    assert await escalate_everything() == 1
    assert "a más tardar el 08/06/2026" in (await Notice.get(review_id=review.id)).body
    clock.move_to(date(2026, 6, 8))
    assert (await lapse_unanswered(), await escalate_everything()) == (0, 0)
    clock.move_to(date(2026, 6, 9))
    assert await lapse_unanswered() == 1


async def test_an_unconfirmed_term_is_told_to_the_head_alone_and_once(db: FreshDatabase, clock: Clock) -> None:
    head, lawyer = await office()
    mayor = await builders.person(Role.MUNICIPAL)
    await lapse_term(10, confirmed=False)
    review = await file(date(2026, 3, 2), ReviewStage.RETURNED, assignee=lawyer, requested_by=mayor)
    told = []
    for day in (date(2026, 3, 3), date(2026, 4, 15), date(2026, 4, 16), date(2026, 5, 4)):
        clock.move_to(day)
        told.append((await lapse_unanswered(), await escalate_everything()))
    # Thirty working days after the 2nd, Easter's two left out: Wednesday the 15th of April.
    assert told == [(0, 2), (0, 0), (0, 1), (0, 0)]
    notice = await Notice.get(recipient=head.email)
    assert notice.subject == f"Expediente {review.code}: la solicitud puede tenerse por desistida"
    assert "todavía no confirmó ese plazo" in notice.body
    assert [one.rpartition(": ")[2] for one in await subjects(mayor)] == ["las observaciones siguen sin respuesta"]


async def test_what_was_handed_in_and_not_sent_is_said_to_both(db: FreshDatabase, clock: Clock) -> None:
    head, lawyer = await office()
    mayor = await builders.person(Role.MUNICIPAL)
    await lapse_term(10, confirmed=True)
    review = await file(date(2026, 3, 2), ReviewStage.RETURNED, assignee=lawyer, requested_by=mayor)
    await builders.asked(review, await builders.requirement("FOTO", mandatory=False))
    kept = await builders.stored_file(mayor)
    await submit_requirement(actor=mayor, review_id=review.id, requirement_code="FOTO", file_id=kept.id)
    clock.move_to(date(2026, 3, 9))
    assert await escalate_everything() == 2
    notice = await Notice.get(recipient=mayor.email)
    assert notice.subject == f"Expediente {review.code}: lo entregado todavía no se ha enviado"
    assert "Si no se envía hasta el 16/03/2026, la jefatura decidirá" in notice.body
    clock.move_to(date(2026, 3, 17))
    assert (await lapse_unanswered(), await escalate_everything()) == (0, 1)
    assert "se entregó algo sin enviar la respuesta" in (await Notice.get(recipient=head.email)).body


async def test_nobody_to_warn_is_the_heads_to_decide(db: FreshDatabase, clock: Clock) -> None:
    head, _ = await office()
    await lapse_term(10, confirmed=True)
    gone = await builders.person(Role.COORDINATOR, active=False)
    review = await file(date(2026, 3, 2), ReviewStage.RETURNED, requested_by=gone)
    clock.move_to(date(2026, 3, 17))
    assert (await lapse_unanswered(), await escalate_everything()) == (0, 1)
    assert "No hay a quién avisarle antes" in (await Notice.get(recipient=head.email)).body
    assert (await stages.again(review)).stage == ReviewStage.RETURNED


async def test_the_statements_do_not_grow_with_the_files(db: FreshDatabase, clock: Clock) -> None:
    _, lawyer = await office()
    mayor = await builders.person(Role.MUNICIPAL)
    await lapse_term(10, confirmed=True)
    clock.move_to(date(2026, 3, 2))

    async def cost() -> int:
        with counting() as counted:
            await alarms_of_files(lawyer, date(2026, 3, 9))
        return len(counted)

    await file(date(2026, 3, 10), assignee=lawyer, **TERM)
    await file(date(2026, 3, 2), ReviewStage.RETURNED, requested_by=mayor, **TERM)
    few = await cost()
    for _ in range(5):
        await file(date(2026, 3, 10), assignee=lawyer, **TERM)
        await file(date(2026, 3, 2), ReviewStage.RETURNED, requested_by=mayor, **TERM)
    assert await cost() == few


async def test_people_without_an_account_hear_what_their_party_must_do(db: FreshDatabase, clock: Clock) -> None:
    _, lawyer = await office()
    mayor = await builders.person(Role.MUNICIPAL)
    partner = await builders.institution()
    contacts = [
        await builders.contact("alcaldia@chamelco.example"),
        await builders.contact("enlace@asociacion.example", municipality=None, institution=partner),
        await builders.contact(mayor.email, name="La misma persona"),
    ]
    await builders.contact("callada@chamelco.example", stopped_at=datetime(2026, 3, 1, tzinfo=UTC))
    await builders.contact("otra@mixco.example", at=MIXCO)
    review = await file(date(2026, 3, 2), ReviewStage.RETURNED, assignee=lawyer, requested_by=mayor)
    await builders.further_party(await stages.convention_of(review), institution=partner)
    clock.move_to(date(2026, 3, 3))
    assert await escalate_everything() == 4
    told = {row.recipient: row.recipient_name for row in await Notice.all()}
    assert set(told) == {contacts[0].email, contacts[1].email, mayor.email, lawyer.email}
    assert told[mayor.email] == mayor.name
