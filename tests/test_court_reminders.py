"""Dates of court files: told 5 and 1 working days before, on the day and when they passed, once, and without names."""

import asyncio
from datetime import date, timedelta

import pytest

from actions.court_reminders import remind_court_dates
from actions.people import system_user
from actions.refusals import Forbidden
from actions.reminders import Told
from models.audit import AuditEntry, Verb
from models.court import CourtDateKind, CourtStage
from models.outbox import Notice
from models.people import Role
from reads.court_reminders import CourtMatter, rung_of
from tests.builders import court_file, department, holiday, person
from tests.conftest import Clock, FreshDatabase
from tests.court import court_date, notice
from workflows.reminders import remind_of_court_dates

pytestmark = pytest.mark.both_databases
SECRET = {"claimants": "Ixmucané Zacarías", "subject": "Despido de Ixmucané", "court": "Juzgado Reservado"}


async def told() -> list[tuple[str, str]]:
    """Return address and subject of everything told so far, in the order of telling."""
    return [(row.recipient, row.subject) for row in await Notice.all().order_by("id")]


async def test_the_lawyer_is_told_on_every_rung_and_the_head_when_it_passed(db: FreshDatabase, clock: Clock) -> None:
    lawyer, head = await person(Role.LEGAL), await person(Role.LEGAL_HEAD)
    await person(Role.ADMIN)
    file = await court_file(lawyer=lawyer, **SECRET)
    await court_date(file, date(2026, 3, 16), title="Junta con Ixmucané", place="Sala de Ixmucané")
    days = []
    for _ in range(40):
        before = await Notice.all().count()
        if await remind_of_court_dates():
            days += [clock.today.day] * (await Notice.all().count() - before)
        clock.move_to(clock.today + timedelta(days=1))
    what = f"La audiencia del expediente judicial {file.code}"
    assert await told() == [
        (lawyer.email, f"{what} es en 5 días hábiles"),
        (lawyer.email, f"{what} es en un día hábil"),
        (lawyer.email, f"{what} es hoy"),
        (lawyer.email, f"{what} pasó sin resultado anotado"),
        (head.email, f"{what} pasó sin resultado anotado"),
    ]
    assert days == [9, 13, 16, 17, 17]
    for row in await Notice.all():
        assert row.court_file_id == file.id  # type: ignore[attr-defined]
        assert "lunes 16 de marzo de 2026, a las 09:30." in row.body
        assert f"/judiciales/{file.code}" in row.body
        for word in ("Ixmucané", "Zacarías", "Despido", "Reservado", "Junta", "Sala"):
            assert word not in row.subject + row.body
    deeds = await AuditEntry.filter(verb=Verb.REMIND).order_by("sequence")
    assert deeds[-1].summary == "Se prepararon 2 avisos sobre 1 fechas judiciales."
    assert [deed.changes for deed in deeds] == [[]] * 4


async def test_after_days_off_only_the_most_urgent_rung_is_told_once(db: FreshDatabase, clock: Clock) -> None:
    lawyer = await person(Role.LEGAL)
    file = await court_file(lawyer=lawyer)
    await court_date(file, date(2026, 3, 9), kind=CourtDateKind.DEADLINE, at_time="")
    assert await remind_of_court_dates() == 1
    clock.move_to(date(2026, 3, 9))
    assert await remind_of_court_dates() == 1
    assert await remind_of_court_dates() == 0
    what = f"El plazo del expediente judicial {file.code}"
    assert [subject for _, subject in await told()] == [f"{what} vence en 5 días hábiles", f"{what} vence hoy"]
    clock.move_to(date(2026, 9, 9))
    assert await remind_of_court_dates() == 1
    clock.move_to(date(2026, 9, 10))
    assert await remind_of_court_dates() == 0
    assert (await told())[-1][1].endswith("venció sin resultado anotado")


async def test_what_is_settled_or_far_is_not_told(db: FreshDatabase, clock: Clock) -> None:
    lawyer = await person(Role.LEGAL)
    file = await court_file(lawyer=lawyer)
    await court_date(file, date(2026, 3, 3), settled_on=date(2026, 3, 2), result="Suspendida.")
    await court_date(file, date(2026, 3, 10))
    assert await remind_of_court_dates() == 0
    # A holiday between makes it five working days.
    await holiday(date(2026, 3, 5))
    assert await remind_of_court_dates() == 1


async def test_days_are_those_of_the_courts_town(db: FreshDatabase, clock: Clock) -> None:
    clock.move_to(date(2025, 8, 11))
    lawyer = await person(Role.LEGAL)
    for place in ("01", "16"):
        file = await court_file(lawyer=lawyer, department=await department(place))
        await court_date(file, date(2025, 8, 19))
    # 15 August is a holiday of the capital only: there five working days are left, in Cobán six.
    assert await remind_of_court_dates() == 1


async def test_without_a_lawyer_the_heads_are_told(db: FreshDatabase, clock: Clock) -> None:
    head, gone = await person(Role.LEGAL_HEAD), await person(Role.LEGAL, active=False)
    for lawyer in (None, gone):
        await court_date(await court_file(lawyer=lawyer), date(2026, 3, 4))
    assert await remind_of_court_dates() == 2
    assert {address for address, _ in await told()} == {head.email}


async def test_notices_that_no_open_file_keeps_are_told_too(db: FreshDatabase, clock: Clock) -> None:
    recorder, head = await person(Role.LEGAL), await person(Role.LEGAL_HEAD)
    closed = await court_file(stage=CourtStage.CLOSED, closed_on=date(2026, 2, 1))
    own = {"due_on": date(2026, 3, 6), "summary": "Notificación a Ixmucané", "recorded_by": recorder}
    await notice(**own)
    await notice(closed, **own)
    await notice(await court_file(), **own)
    await notice(**own | {"answered_on": date(2026, 3, 1), "answer": "Sí"})
    assert await remind_of_court_dates() == 2
    assert await told() == [(recorder.email, "La respuesta a una notificación judicial vence en 4 días hábiles")] * 2
    clock.move_to(date(2026, 3, 9))
    assert await remind_of_court_dates() == 4
    assert {address for address, _ in (await told())[2:]} == {recorder.email, head.email}
    assert not any("Ixmucané" in row.body for row in await Notice.all())


async def test_two_engines_at_once_tell_everybody_once(db: FreshDatabase, clock: Clock) -> None:
    lawyer = await person(Role.LEGAL)
    for _ in range(5):
        await court_date(await court_file(lawyer=lawyer), date(2026, 3, 4))
    system = await system_user()
    outcomes = await asyncio.gather(*(remind_court_dates(actor=system, matter=CourtMatter.DATE) for _ in range(4)))
    assert sum(one.messages for one in outcomes) == 5
    assert await Notice.all().count() == 5


async def test_pages_are_walked_to_the_end(db: FreshDatabase, clock: Clock) -> None:
    lawyer = await person(Role.LEGAL)
    file = await court_file(lawyer=lawyer)
    made = [await court_date(file, date(2026, 3, 4), title=f"Fecha {n}") for n in range(7)]
    system = await system_user()
    after, seen = 0, []
    while after is not None:
        page = await remind_court_dates(actor=system, matter=CourtMatter.DATE, after_id=after, limit=3)
        seen.append(page)
        after = page.after_id
    assert seen == [Told(3, made[2].id), Told(3, made[5].id), Told(1, None)]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SYSTEM])
async def test_nobody_but_the_engine_reminds(db: FreshDatabase, clock: Clock, role: Role) -> None:
    somebody = await person(role)
    await court_date(await court_file(lawyer=await person(Role.LEGAL)), date(2026, 3, 2))
    with pytest.raises(Forbidden):
        await remind_court_dates(actor=somebody, matter=CourtMatter.DATE)
    assert not await Notice.all().exists()


@pytest.mark.parametrize(
    ("on_date", "left", "rung"),
    [
        (date(2026, 3, 10), 6, None),
        (date(2026, 3, 9), 5, 5),
        (date(2026, 3, 4), 2, 5),
        (date(2026, 3, 3), 1, 1),
        (date(2026, 3, 3), 0, 1),
        (date(2026, 3, 2), 0, 0),
        (date(2026, 3, 1), 0, -1),
    ],
)
def test_the_most_urgent_rung_reached(on_date: date, left: int, rung: int | None) -> None:
    assert rung_of(on_date, left, date(2026, 3, 2)) == rung
