"""The ladder of reminders: each rung told once to each person, the passed ones never, in words right for the date."""

import asyncio
from datetime import date, timedelta

import pytest

from actions.people import system_user
from actions.refusals import Forbidden
from actions.reminders import Told, remind, when_it_ends
from models.agreements import AgreementStage, LeaseNature
from models.audit import AuditEntry, Verb
from models.calendar import WorkingCalendar
from models.clock import today
from models.ladders import Instrument
from models.outbox import Notice, Reminder
from models.people import Role
from models.places import ProgramCode
from models.reviews import LegalReview, ReviewMatter
from reads.ladders import USUAL, Ladders
from tests.builders import CHAMELCO, MIXCO, center, convention, institution, lease, person, review, sanitary_license
from tests.conftest import Clock, FreshDatabase
from workflows.reminders import remind_everybody

LADDER = (90, 60, 30, 15, 0, -1, -15)
pytestmark = pytest.mark.both_databases


async def told() -> list[tuple[str, int]]:
    """Return address and rung of everything told so far, in the order of telling."""
    return [(row.recipient, row.rung) for row in await Reminder.all().order_by("id")]


async def test_remind_tells_the_municipality_the_director_and_the_legal_head(db: FreshDatabase, clock: Clock) -> None:
    mayor, director, head = [await person(role) for role in (Role.MUNICIPAL, Role.DIRECTOR, Role.LEGAL_HEAD)]
    await person(Role.MUNICIPAL, at=MIXCO)
    await person(Role.DIRECTOR, program=ProgramCode.HC)
    await person(Role.MUNICIPAL, active=False)
    agreement = await convention(ends_on=clock.today + timedelta(days=30))
    assert await remind_everybody() == 3
    assert {row.recipient for row in await Notice.all()} == {mayor.email, director.email, head.email}
    notice = await Notice.get(recipient=mayor.email)
    assert notice.subject == f"El convenio {agreement.number} vence en 30 días"
    assert f"{mayor.name}:" in notice.body
    assert "(San Juan Chamelco)" in notice.body
    assert "es el 1 de abril de 2026." in notice.body
    row = await Reminder.get(recipient=mayor.email)
    assert (row.rung, row.due_on, row.convention_id, row.notice_id) == (30, clock.today, agreement.id, notice.id)  # type: ignore[attr-defined]
    deeds = await AuditEntry.filter(verb=Verb.REMIND)
    assert [deed.summary for deed in deeds] == ["Se prepararon 3 avisos de vencimiento sobre 1 convenios."]
    assert deeds[0].changes == []


async def test_twice_in_a_row_tells_nothing_new(db: FreshDatabase, clock: Clock) -> None:
    await person(Role.LEGAL_HEAD)
    await convention(ends_on=clock.today + timedelta(days=10))
    assert await remind_everybody() == 1
    assert await remind_everybody() == 0
    clock.move_to(clock.today + timedelta(days=1))
    assert await remind_everybody() == 0
    assert await AuditEntry.filter(verb=Verb.REMIND).count() == 1


async def test_two_engines_at_once_tell_everybody_once(db: FreshDatabase, clock: Clock) -> None:
    await person(Role.LEGAL_HEAD)
    for _ in range(5):
        await convention(ends_on=clock.today + timedelta(days=60))
    system = await system_user()
    outcomes = await asyncio.gather(*(remind(actor=system, instrument=Instrument.CONVENTION) for _ in range(4)))
    assert sorted(one.messages for one in outcomes)[-1] == 5
    assert sum(one.messages for one in outcomes) == 5
    assert await Reminder.all().count() == 5


async def test_every_rung_is_told_on_its_day(db: FreshDatabase, clock: Clock) -> None:
    head = await person(Role.LEGAL_HEAD)
    ends_on = clock.today + timedelta(days=100)
    await convention(ends_on=ends_on)
    for _ in range(130):
        await remind_everybody()
        clock.move_to(clock.today + timedelta(days=1))
    assert await told() == [(head.email, rung) for rung in LADDER]
    rows = await Reminder.all()
    assert {row.due_on for row in rows} == {ends_on - timedelta(days=rung) for rung in LADDER}


async def test_after_ten_days_off_only_the_most_urgent_rung_is_told(db: FreshDatabase, clock: Clock) -> None:
    await person(Role.LEGAL_HEAD)
    await convention(ends_on=clock.today + timedelta(days=35))
    assert await remind_everybody() == 1
    clock.move_to(clock.today + timedelta(days=25))
    assert await remind_everybody() == 1
    assert [rung for _, rung in await told()] == [60, 15]
    assert (await Notice.all().order_by("-id").first()).subject.endswith("vence en 10 días")  # type: ignore[union-attr]
    clock.move_to(clock.today + timedelta(days=1))
    assert await remind_everybody() == 0


async def test_a_clock_a_year_ahead_tells_of_what_is_over(db: FreshDatabase, clock: Clock) -> None:
    await person(Role.LEGAL_HEAD)
    agreement = await convention(ends_on=clock.today + timedelta(days=30))
    clock.move_to(date(2027, 3, 2))
    assert await remind_everybody() == 1
    notice = await Notice.get()
    assert notice.subject == f"El convenio {agreement.number} venció hace 335 días"
    assert "fue el 1 de abril de 2026" in notice.body
    assert "no se prorroga" in notice.body
    assert await remind_everybody() == 0


async def test_an_extended_term_has_a_ladder_of_its_own(db: FreshDatabase, clock: Clock) -> None:
    await person(Role.LEGAL_HEAD)
    agreement = await convention(ends_on=clock.today + timedelta(days=15))
    await remind_everybody()
    agreement.ends_on = clock.today + timedelta(days=90)
    await agreement.save()
    assert await remind_everybody() == 1
    assert [rung for _, rung in await told()] == [15, 90]


async def test_what_needs_no_reminder_gets_none(db: FreshDatabase, clock: Clock) -> None:
    await person(Role.LEGAL_HEAD)
    soon = clock.today + timedelta(days=20)
    renewed = await convention(ends_on=soon)
    await convention(renews=renewed, starts_on=soon + timedelta(days=1), ends_on=soon + timedelta(days=365))
    await convention(ends_on=soon, stage=AgreementStage.TERMINATED, terminated_on=clock.today)
    await convention(ends_on=None)
    await convention(ends_on=clock.today + timedelta(days=91))
    await convention(starts_on=None, ends_on=None, stage=AgreementStage.IN_REVIEW)
    await convention(ends_on=soon, stage=AgreementStage.WITHDRAWN)
    assert await remind_everybody() == 0
    assert await AuditEntry.filter(verb=Verb.REMIND).count() == 0


async def test_a_renewal_under_way_is_named(db: FreshDatabase, clock: Clock) -> None:
    head = await person(Role.LEGAL_HEAD)
    ending = await convention(ends_on=clock.today + timedelta(days=15))
    renewal = await convention(renews=ending, starts_on=None, ends_on=None, stage=AgreementStage.IN_REVIEW)
    file = await review(renewal)
    given_up = await convention(ends_on=clock.today + timedelta(days=15))
    await convention(renews=given_up, starts_on=None, ends_on=None, stage=AgreementStage.WITHDRAWN)
    await remind_everybody()
    bodies = {row.convention_id: row.body for row in await Notice.filter(recipient=head.email)}  # type: ignore[attr-defined]
    assert f"Su renovación {file.code} está en trámite" in bodies[ending.id]
    assert "en trámite" not in bodies[given_up.id]
    assert "solicitar la renovación" in bodies[given_up.id]


async def test_leases_and_licenses_climb_the_ladder_too(db: FreshDatabase, clock: Clock) -> None:
    mayor, director, head = [await person(role) for role in (Role.MUNICIPAL, Role.DIRECTOR, Role.LEGAL_HEAD)]
    place = await center("CAD Las Flores", at=CHAMELCO)
    rented = await lease(place, ends_on=clock.today)
    licensed = await sanitary_license(place, ends_on=clock.today - timedelta(days=1))
    assert await remind_everybody() == 3
    of_lease = await Notice.filter(lease_id=rented.id)
    of_license = await Notice.filter(license_id=licensed.id)
    assert {row.recipient for row in of_lease} == {director.email, head.email}
    assert {row.recipient for row in of_license} == {director.email}
    assert of_lease[0].subject == f"El arrendamiento {rented.number} vence hoy"
    assert of_license[0].subject == f"La licencia sanitaria {licensed.number} venció ayer"
    assert "(CAD Las Flores)" in of_license[0].body
    assert not await Notice.filter(recipient=mayor.email).exists()


async def test_an_assignment_is_called_so_and_its_sede_is_told(db: FreshDatabase, clock: Clock) -> None:
    own, other = await person(Role.COORDINATOR), await person(Role.COORDINATOR, at=MIXCO)
    place = await center("CAD Las Flores", at=CHAMELCO)
    assigned = await lease(
        place, nature=LeaseNature.PROPERTY_ASSIGNMENT, monthly_rent=None, ends_on=clock.today + timedelta(days=30)
    )
    licensed = await sanitary_license(place, ends_on=clock.today)
    assert await remind_everybody() == 2
    notice = await Notice.get(lease_id=assigned.id)
    assert notice.recipient == own.email
    assert notice.subject == f"La adscripción {assigned.number} vence en 30 días"
    assert "solicitar con tiempo su renovación" in notice.body
    assert (await Notice.get(license_id=licensed.id)).recipient == own.email
    assert not await Notice.filter(recipient=other.email).exists()


async def test_what_is_followed_is_silent_and_what_is_asked_for_says_so(db: FreshDatabase, clock: Clock) -> None:
    await person(Role.DIRECTOR)
    place = await center(at=CHAMELCO)
    followed, asked = await lease(place, ends_on=clock.today), await lease(place, ends_on=clock.today)
    await lease(place, renews=followed, starts_on=clock.today, ends_on=clock.today + timedelta(days=365))
    new = await lease(place, renews=asked, stage=AgreementStage.REQUESTED, starts_on=None, ends_on=None)
    file = await LegalReview.create(
        code="EXP-2026-0700", matter=ReviewMatter.LEASE_ACTA, lease=new, title="x", program="MAD",
        requested_by=await person(Role.ADMIN), requested_on=clock.today, last_moved_on=clock.today,
    )  # fmt: skip
    assert await remind_everybody() == 1
    notice = await Notice.get()
    assert notice.lease_id == asked.id
    assert f"Su renovación {file.code} está en trámite" in notice.body


async def test_an_institution_has_no_account_but_the_office_is_told(db: FreshDatabase, clock: Clock) -> None:
    head = await person(Role.LEGAL_HEAD)
    await person(Role.MUNICIPAL)
    await convention(at=None, institution=await institution("Asociación Amigos"), ends_on=clock.today)
    assert await remind_everybody() == 1
    notice = await Notice.get()
    assert notice.recipient == head.email
    assert "(Asociación Amigos)" in notice.body


async def test_pages_are_walked_to_the_end(db: FreshDatabase, clock: Clock) -> None:
    await person(Role.LEGAL_HEAD)
    made = [await convention(ends_on=clock.today + timedelta(days=5)) for _ in range(7)]
    system = await system_user()
    first = await remind(actor=system, instrument=Instrument.CONVENTION, limit=3)
    assert first == Told(3, made[2].id)
    second = await remind(actor=system, instrument=Instrument.CONVENTION, after_id=made[2].id, limit=3)
    assert second == Told(3, made[5].id)
    assert await remind(actor=system, instrument=Instrument.CONVENTION, after_id=made[5].id, limit=3) == Told(1, None)


async def test_a_page_of_500_agreements_is_one_short_deed(db: FreshDatabase, clock: Clock) -> None:
    people = [await person(Role.LEGAL_HEAD) for _ in range(3)]
    pattern = await convention(ends_on=clock.today)
    values = {"program": pattern.program, "municipality_id": CHAMELCO, "stage": AgreementStage.SIGNED}
    copies = [
        type(pattern)(number=f"CONV-{n}", starts_on=date(2025, 1, 1), ends_on=clock.today, **values) for n in range(499)
    ]
    await type(pattern).bulk_create(copies)
    assert await remind_everybody() == 500 * len(people)
    assert await Reminder.all().count() == await Notice.all().count() == 1500
    deed = await AuditEntry.get(verb=Verb.REMIND)
    assert deed.changes == []
    assert await remind_everybody() == 0


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SYSTEM])
async def test_nobody_but_the_engine_reminds(db: FreshDatabase, clock: Clock, role: Role) -> None:
    await person(Role.LEGAL_HEAD)
    somebody = await person(role)
    await convention(ends_on=clock.today)
    with pytest.raises(Forbidden):
        await remind(actor=somebody, instrument=Instrument.CONVENTION)
    assert not await Notice.all().exists()
    assert not await AuditEntry.all().exists()


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (90, "vence en 90 días"),
        (2, "vence en 2 días"),
        (1, "vence mañana"),
        (0, "vence hoy"),
        (-1, "venció ayer"),
        (-3, "venció hace 3 días"),
    ],
)
def test_words_fit_the_date(days: int, words: str) -> None:
    assert when_it_ends(today() + timedelta(days=days), today()) == words


@pytest.mark.parametrize(
    ("days", "rung"),
    [(91, None), (90, 90), (61, 90), (60, 60), (15, 15), (1, 15), (0, 0), (-1, -1), (-14, -1), (-15, -15)],
)
def test_the_most_urgent_rung_reached(days: int, rung: int | None) -> None:
    usual = Ladders({(instrument, ""): rungs for instrument, rungs in USUAL.items()}, WorkingCalendar())
    reached = usual.reached(Instrument.LEASE, "", date(2026, 6, 1), date(2026, 6, 1) - timedelta(days=days))
    assert (reached[1].days if reached else None) == rung
