"""The ladder as data: which rungs come when and tell whom, and that no change of it tells anybody anything twice."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from actions.catalogs import load_catalogs
from actions.people import system_user
from models.agreements import ConventionKind, LeaseNature
from models.audit import Verb
from models.calendar import WorkingCalendar
from models.ladders import DayUnit, Instrument, LadderRung
from models.outbox import Notice, Reminder
from models.people import Role, User
from models.places import ProgramCode
from reads.ladders import USUAL, ladders
from reads.reminders import due_reminders
from reads.requirements import Checklist, requirements_for
from tests import builders
from tests.browsing import enter, form, send
from tests.builders import CHAMELCO, MIXCO
from tests.conftest import Clock
from tests.door import bad_ids, done, forbidden, id_of, id_text, last_entry, once, refusal, told
from tests.test_centers_read import counting
from workflows.reminders import remind_everybody

SAVE = """mutation ($input: SaveRungInput!) { saveRung(input: $input) {
  rung { id days unit tellsMunicipality tellsProgram tellsOffice tellsLegal version noticeOn(endsOn: "2026-12-01") }
  errors { code message path } } }"""
RETIRE = """mutation ($input: RetireRungInput!) { retireRung(input: $input) {
  rung { id } errors { code message path } } }"""
LIST = '{ reminderLadders { instrument kind kindLabel usual rungs { id days noticeOn(endsOn: "2026-12-01") } } }'
CONVENTION: dict[str, Any] = {"instrument": "CONVENTION", "tellsLegal": True}
pytestmark = pytest.mark.usefixtures("db", "clock")


async def rungs(*days: int, instrument: Instrument = Instrument.CONVENTION, **more: Any) -> list[LadderRung]:
    """Give an instrument a ladder of these rungs alone."""
    return [await LadderRung.create(instrument=instrument, days=one, **more) for one in days]


async def told_rungs() -> list[int]:
    """Return the rungs told so far, in order."""
    return list(await Reminder.all().order_by("id").values_list("rung", flat=True))


# What a ladder is ----------------------------------------------------------------------------------------------------


async def test_an_office_that_starts_has_the_usual_ladder_as_data() -> None:
    bare = {one: (await ladders()).of(one) for one in Instrument}
    await load_catalogs(actor=await system_user())
    assert {one: (await ladders()).of(one) for one in Instrument} == bare == USUAL
    await LadderRung.filter(days=90).update(days=100)
    assert (await load_catalogs(actor=await system_user())).total == 0
    assert not await LadderRung.filter(days=90).exists()


async def test_a_ladder_whose_rungs_are_all_retired_tells_nothing(clock: Clock) -> None:
    await builders.person(Role.LEGAL_HEAD)
    await builders.convention(ends_on=clock.today)
    (only,) = await rungs(0)
    only.retired_at = "2026-03-02T15:00:00Z"  # type: ignore[assignment]
    await only.save()
    assert await remind_everybody() == 0


async def test_a_kind_has_its_own_and_the_others_share_one(clock: Clock) -> None:
    await builders.person(Role.LEGAL_HEAD)
    await rungs(30)
    await rungs(45, kind=ConventionKind.CARTA_ENTENDIMIENTO.value)
    ends_on = clock.today + timedelta(days=40)
    letter = await builders.convention(ends_on=ends_on, kind=ConventionKind.CARTA_ENTENDIMIENTO)
    usual = await builders.convention(ends_on=ends_on)
    assert await remind_everybody() == 1
    assert (await Notice.get()).convention_id == letter.id
    clock.move_to(ends_on - timedelta(days=30))
    assert await remind_everybody() == 1
    assert (await Notice.all().order_by("-id").first()).convention_id == usual.id  # type: ignore[union-attr]


async def test_working_days_end_on_a_working_day_and_skip_holidays() -> None:
    calendar = WorkingCalendar()
    # Good Friday and the Thursday before it do not count; neither does the Sunday on which the walk would stop.
    assert calendar.before(date(2026, 4, 6), 1) == date(2026, 4, 1)
    assert calendar.before(date(2026, 3, 8), 2) == date(2026, 3, 4)
    for days in range(1, 40):
        day = calendar.before(date(2026, 5, 17), days)
        assert calendar.is_working(day)
        assert calendar.between(day, date(2026, 5, 17)) == days


@pytest.mark.both_databases
async def test_a_rung_of_working_days_comes_on_its_day(clock: Clock) -> None:
    await builders.person(Role.LEGAL_HEAD)
    await rungs(5, -2, unit=DayUnit.WORKING)
    # Monday to Monday: five working days before Monday 16 March is Monday 9.
    await builders.convention(ends_on=date(2026, 3, 16))
    days = []
    for _ in range(30):
        days += [clock.today] * await remind_everybody()
        clock.move_to(clock.today + timedelta(days=1))
    assert days == [date(2026, 3, 9), date(2026, 3, 18)]
    assert {row.unit for row in await Reminder.all()} == {DayUnit.WORKING}


# Nothing twice -------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
async def test_no_change_of_the_ladder_tells_anything_twice(clock: Clock) -> None:
    admin = await builders.person(Role.ADMIN)
    await builders.person(Role.LEGAL_HEAD)
    thirty, zero = await rungs(30, 0)
    await builders.convention(ends_on=clock.today + timedelta(days=30))
    assert await remind_everybody() == 1
    # Retired and added anew; moved behind; a twin by working days behind it: nothing new to say.
    await done(admin, RETIRE, rungId=id_of(thirty))
    again = (await done(admin, SAVE, **CONVENTION, days=30))["rung"]
    assert await remind_everybody() == 0
    moved = await done(admin, SAVE, **CONVENTION, rungId=again["id"], days=35)
    await done(admin, SAVE, **CONVENTION, days=25, unit="WORKING")
    assert await remind_everybody() == 0
    # Moved ahead of what was told, it comes on its day.
    await done(admin, SAVE, **CONVENTION, rungId=moved["rung"]["id"], days=28)
    assert await remind_everybody() == 0
    clock.move_to(clock.today + timedelta(days=2))
    assert await remind_everybody() == 1
    # A clock that was ahead is set back: the rungs between were passed.
    clock.move_to(clock.today + timedelta(days=40))
    assert await remind_everybody() == 1
    clock.move_to(clock.today - timedelta(days=40))
    assert await remind_everybody() == 0
    assert await told_rungs() == [30, 28, 0]
    assert zero.retired_at is None


async def test_a_holiday_noted_later_does_not_repeat_a_rung_of_working_days(clock: Clock) -> None:
    await builders.person(Role.LEGAL_HEAD)
    await rungs(5, unit=DayUnit.WORKING)
    clock.move_to(date(2026, 3, 9))
    await builders.convention(ends_on=date(2026, 3, 16))
    assert await remind_everybody() == 1
    await builders.holiday(date(2026, 3, 12))
    await builders.holiday(date(2026, 3, 7))
    clock.move_to(date(2026, 3, 10))
    assert await remind_everybody() == 0


async def test_a_term_extended_to_a_day_that_was_told_before_the_ladder_had_units(clock: Clock) -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    ending = await builders.convention(ends_on=clock.today + timedelta(days=30))
    assert await remind_everybody() == 1
    # As the first reminders were kept: nothing of the end in the notice.
    await Notice.all().update(event=None)
    assert await remind_everybody() == 0
    ending.ends_on = clock.today + timedelta(days=60)
    await ending.save()
    assert await remind_everybody() == 1
    assert {row.recipient for row in await Notice.all()} == {head.email}


# Whom a rung tells ---------------------------------------------------------------------------------------------------


async def told_by(**flags: bool) -> set[str]:
    """Return who hears of a convention's rung that tells only these."""
    off = {f"tells_{name}": False for name in ("municipality", "program", "office", "legal")}
    await rungs(0, **off | {f"tells_{name}": on for name, on in flags.items()})
    await remind_everybody()
    return set(await Notice.all().values_list("recipient", flat=True))


@pytest.mark.parametrize("flag", ["municipality", "program", "office", "legal"])
async def test_each_rung_tells_whom_it_says(clock: Clock, flag: str) -> None:
    roles = {"municipality": Role.MUNICIPAL, "program": Role.DIRECTOR}
    roles |= {"office": Role.COORDINATOR, "legal": Role.LEGAL_HEAD}
    people = {name: await builders.person(role) for name, role in roles.items()}
    for role in (Role.MUNICIPAL, Role.COORDINATOR):
        await builders.person(role, at=MIXCO)
    await builders.convention(ends_on=clock.today)
    assert await told_by(**{flag: True}) == {people[flag].email}


async def test_contacts_of_towns_and_institutions_hear_once_and_not_when_stopped(clock: Clock) -> None:
    town = await builders.municipality(CHAMELCO)
    foundation = await builders.institution("Fundación Contexto")
    mayor = await builders.person(Role.MUNICIPAL)
    await builders.contact("tesoreria@chamelco.example", municipality=town)
    await builders.contact("gone@chamelco.example", municipality=town, stopped_at="2026-01-01T00:00:00Z")
    await builders.contact("otro@mixco.example", municipality=await builders.municipality(MIXCO))
    await builders.contact("enlace@contexto.example", institution=foundation)
    # The mayor was noted as a contact too, and the foundation's person for the town as well.
    await builders.contact(mayor.email.upper(), municipality=town)
    await builders.contact("enlace@contexto.example", municipality=town, stop_code="other")
    made = await builders.convention(ends_on=clock.today)
    await builders.further_party(made, institution=foundation)
    heard = await told_by(municipality=True)
    assert heard == {mayor.email, "tesoreria@chamelco.example", "enlace@contexto.example"}


async def test_a_license_tells_the_town_where_the_ladder_says_so_and_a_lease_never(clock: Clock) -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    place = await builders.center()
    licensed = await builders.sanitary_license(place, ends_on=clock.today)
    await builders.lease(place, ends_on=clock.today)
    for instrument in (Instrument.LEASE, Instrument.LICENSE):
        await rungs(0, instrument=instrument, tells_municipality=True)
    await remind_everybody()
    mine = await Notice.filter(recipient=mayor.email)
    assert [row.license_id for row in mine] == [licensed.id]


# What is asked of the one who renews ---------------------------------------------------------------------------------


async def test_a_message_says_what_to_do_and_where(clock: Clock) -> None:
    for number, title in enumerate(("Solicitud", "Acta del Concejo", "Dictamen técnico", "Presupuesto", "RTU", "Aval")):
        await builders.requirement(f"R{number}", title=title, position=number)
    await builders.requirement("OTHER", title="Solo de Hogares", program=ProgramCode.HC)
    await builders.requirement("NICE", title="Conveniente", mandatory=False)
    mayor = await builders.person(Role.MUNICIPAL)
    made = await builders.convention(ends_on=clock.today + timedelta(days=30))
    await remind_everybody()
    notice = await Notice.get(recipient=mayor.email)
    asked = "Para solicitarla se pide: solicitud, acta del Concejo, dictamen técnico, presupuesto y 2 requisitos más."
    assert asked in notice.body
    assert notice.body.endswith(f"/convenios/{made.number}/renovar")
    assert notice.event == {"on": "2026-04-01", "title": f"Vence el convenio {made.number}"}
    await builders.review(
        await builders.convention(renews=made, stage="REQUESTED", starts_on=None, ends_on=None), code="EXP-2026-0009"
    )
    clock.move_to(clock.today + timedelta(days=15))
    await remind_everybody()
    later = await Notice.all().order_by("-id").first()
    assert later
    assert "se pide" not in later.body
    assert later.body.endswith("/expedientes/EXP-2026-0009")


async def test_the_checklist_of_a_message_is_that_of_the_file(clock: Clock) -> None:
    await load_catalogs(actor=await system_user())
    checklist = await Checklist.on(clock.today)
    foundation = await builders.institution()
    for kind in ConventionKind:
        for program in ProgramCode:
            for where in ({}, {"at": None, "institution": foundation}):
                one = await builders.convention(kind=kind, program=program, **where)  # type: ignore[arg-type]
                lines = checklist.of_convention(kind, program, municipal=not where)
                asked = await requirements_for(one, on=clock.today)
                assert [line["title"] for line in lines] == [line.title for line in asked]
    assert checklist.of_lease(LeaseNature.LEASE, None, ProgramCode.MAD)
    assert checklist.of_license(ProgramCode.HC)


# Statements ----------------------------------------------------------------------------------------------------------


async def test_a_page_takes_the_same_statements_whatever_its_size(clock: Clock) -> None:
    await builders.person(Role.LEGAL_HEAD)
    await rungs(30, unit=DayUnit.WORKING)
    counts = []
    for more in (2, 30):
        for _ in range(more):
            await builders.further_party(await builders.convention(ends_on=clock.today), at=MIXCO)
        with counting() as seen:
            page = await due_reminders(Instrument.CONVENTION, clock.today)
        assert len(page.due) == (2 if more == 2 else 32)
        counts.append(len(seen))
    assert counts[0] == counts[1] > 5


# Who keeps it --------------------------------------------------------------------------------------------------------


async def test_the_first_rung_saved_is_not_the_only_one() -> None:
    admin = await builders.person(Role.ADMIN)
    saved = (await once(admin, SAVE, **CONVENTION, days=45, unit="WORKING"))["rung"]
    assert saved["unit"] == "WORKING"
    kept = (await ladders()).of(Instrument.CONVENTION)
    assert sorted(one.days for one in kept) == [-15, -1, 0, 15, 30, 45, 60, 90]
    assert await LadderRung.filter(instrument=Instrument.LEASE).count() == 0
    entry = await last_entry()
    assert (entry.verb, entry.subject_type) == (Verb.SAVE_RUNG, "LadderRung")
    assert entry.summary == f"{admin.name} guardó en la escala de avisos de convenios: 45 días hábiles antes."
    own = (await done(admin, SAVE, **CONVENTION, days=0, unit="WORKING", kind="CONVENIO_DONACION"))["rung"]
    assert (own["unit"], own["noticeOn"]) == ("CALENDAR", "2026-12-01")
    shown = (await told(admin, LIST))["reminderLadders"]
    assert [(one["instrument"], one["kindLabel"], one["usual"], len(one["rungs"])) for one in shown] == [
        ("CONVENTION", "", False, 8),
        ("CONVENTION", "Convenio de donación", False, 1),
        ("LEASE", "", True, 7),
        ("LICENSE", "", True, 7),
    ]
    assert (await last_entry()).summary.endswith(": el día que vence.")


async def test_what_is_no_rung_is_refused() -> None:
    admin = await builders.person(Role.ADMIN)
    kept = (await done(admin, SAVE, **CONVENTION, days=45))["rung"]
    for more, path, words in [
        ({"days": 366}, "days", "van de -365"),
        ({"days": -251, "unit": "WORKING"}, "days", "van de -250"),
        ({"days": 45}, "days", "ya tiene un aviso 45 días antes"),
        ({"days": 60, "rungId": kept["id"]}, "days", "ya tiene un aviso 60 días antes"),
        ({"days": 1, "kind": "LEASE"}, "kind", "Elija una clase de convenios"),
        ({"days": 1, "tellsLegal": False}, "tellsProgram", "a quién se avisa"),
        ({"days": 1, "instrument": "LEASE", "tellsMunicipality": True}, "tellsMunicipality", "del propietario"),
        ({"days": 1, "rungId": id_text("LadderRung")}, "rungId", "No se encontró"),
        ({"days": 46, "rungId": kept["id"], "expectedVersion": 7}, "expectedVersion", "Otra persona"),
    ]:
        said = await refusal(admin, SAVE, **CONVENTION | more)
        assert said.path == path, more
        assert words in said.message
    for bad in bad_ids("LadderRung"):
        assert (await refusal(admin, RETIRE, rungId=bad)).path == "rungId"
    await done(admin, RETIRE, rungId=kept["id"])
    assert "ya se retiró" in (await refusal(admin, RETIRE, rungId=kept["id"])).message
    assert "ya se retiró" in (await refusal(admin, SAVE, **CONVENTION, days=5, rungId=kept["id"])).message


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMIN, Role.SYSTEM)])
async def test_only_an_administrator_changes_it_and_everybody_reads_it(role: Role) -> None:
    person: User = await builders.person(role)
    (kept,) = await rungs(30)
    await forbidden(person, SAVE, **CONVENTION, days=5)
    await forbidden(person, RETIRE, rungId=id_of(kept))
    assert len((await told(person, LIST))["reminderLadders"]) == 3


async def test_the_page_shows_when_and_lets_an_administrator_change_it(app_client: httpx.AsyncClient) -> None:
    await enter(app_client, await builders.person(Role.COORDINATOR))
    read = await app_client.get("/administracion/escalas?endsOn=2026-12-31")
    assert read.status_code == 200
    assert "Escala de fábrica" in read.text
    assert "02/10/2026" in read.text
    assert "SaveRung" not in read.text
    await enter(app_client, await builders.person(Role.ADMIN))
    page = await app_client.get("/administracion/escalas")
    wrong = await send(app_client, page, form(page, "SaveRung", instrument="CONVENTION"), days="muchos")
    assert wrong.status_code == 422
    assert form(wrong, "SaveRung", instrument="CONVENTION").values["days"] == "muchos"
    saved = await send(app_client, wrong, form(wrong, "SaveRung", instrument="CONVENTION"), days="45")
    assert (saved.status_code, saved.headers["location"]) == (303, "/administracion/escalas?hecho=SaveRung")
    page = await app_client.get(saved.headers["location"])
    assert "La escala quedó guardada" in page.text
    row = await LadderRung.get(days=45)
    edit = form(page, "SaveRung", rungId=id_of(row))
    assert "tellsLegal" not in edit.values
    assert edit.values["tellsProgram"] == "true"
    assert (await send(app_client, page, edit, days="44", unit="WORKING")).status_code == 303
    page = await app_client.get("/administracion/escalas")
    assert "44 días hábiles antes" in page.text
    gone = await send(app_client, page, form(page, "RetireRung", rungId=id_of(row)))
    assert gone.status_code == 303
    assert (await LadderRung.get(id=row.id)).retired_at
    assert (await LadderRung.filter(retired_at__isnull=True).count()) == 7
