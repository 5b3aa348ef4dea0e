"""The nightly pass: what is new is noted and told once, what is gone is ended, however often and wherever it stops."""

import asyncio
from datetime import date

import pytest

from actions.alarm_checks import Round, check_alarms, tell_of_alarms
from actions.people import system_user
from models.alarms import AlarmCode, AlarmRecord
from models.audit import AuditEntry, Verb
from models.centers import Center, CenterState
from models.messages import DeliveryMode, NoticePreference, NoticeTopic
from models.outbox import Notice, NoticeState
from models.people import Role
from models.places import ProgramCode
from tests import builders
from tests.builders import MIXCO
from tests.conftest import Clock
from tests.door import told
from workflows.alarms import check_everything

pytestmark = [pytest.mark.usefixtures("db", "clock"), pytest.mark.both_databases]


async def night() -> tuple[int, int, int]:
    """Run the whole pass; return how many alarms are new and gone, and how many people are told."""
    return *await check_everything(), await tell_of_alarms(actor=await system_user())


async def test_new_ones_are_told_once_and_gone_ones_end(clock: Clock) -> None:
    director, coordinator, far = [
        await builders.person(role, **more)
        for role, more in ((Role.DIRECTOR, {}), (Role.COORDINATOR, {}), (Role.COORDINATOR, {"at": MIXCO}))
    ]
    await builders.person(Role.DIRECTOR, active=False)
    center = await builders.center("El Amate")
    await builders.convention(starts_on=date(2025, 5, 1), ends_on=date(2027, 4, 30))

    # Three of the center, one of the convention, and two listings that were never published.
    assert await night() == (6, 0, 2)
    assert await night() == (0, 0, 0)

    assert {one.recipient for one in await Notice.all()} == {director.email, coordinator.email}
    notice = await Notice.get(recipient=director.email)
    assert notice.subject == "4 alarmas nuevas de centros y convenios"
    assert f"- Atención: El Amate ({center.code}): Sin instrumento en registro, por verificar." in notice.body
    assert notice.body.endswith("/alarmas")
    assert await AlarmRecord.filter(seen_on=clock.today, ended_on=None).count() == 6
    clock.move_to(date(2026, 3, 3))
    await builders.sanitary_license(center)
    await builders.center("Las Flores", at=MIXCO)
    assert await night() == (3, 1, 2)
    # The one of Mixco concerns its coordinator and the director, nobody else.
    assert {one.recipient for one in await Notice.filter(subject__startswith="3 alarmas")} == {
        far.email,
        director.email,
    }
    ended = await AlarmRecord.get(code=AlarmCode.LICENSE_MISSING, center_id=center.id)
    assert (ended.seen_on, ended.ended_on) == (date(2026, 3, 2), date(2026, 3, 3))
    # It comes back: another record, told again.
    await Center.filter(id=center.id).update(state=CenterState.CLOSED)
    assert (await night())[:2] == (0, 2)
    await Center.filter(id=center.id).update(state=CenterState.OPEN)
    clock.move_to(date(2026, 3, 4))
    assert await night() == (2, 0, 2)


async def test_stopped_halfway_and_repeated_nothing_is_doubled(clock: Clock) -> None:
    await builders.person(Role.DIRECTOR)
    for n in range(5):
        await builders.center(f"Centro {n}")
    system = await system_user()
    # Killed after its first batch: nobody was told yet.
    first = await check_alarms(actor=system, round=Round.CENTERS, limit=2)
    assert (first.looked_at, first.raised) == (2, 6)
    assert first.after_id

    clock.move_to(date(2026, 3, 3))
    await asyncio.gather(check_everything(), check_everything())
    assert sum(await asyncio.gather(tell_of_alarms(actor=system), tell_of_alarms(actor=system))) >= 1

    assert await AlarmRecord.all().count() == 17
    assert len({one.key for one in await AlarmRecord.all()}) == 17
    assert [one.subject for one in await Notice.all()] == ["15 alarmas nuevas de centros y convenios"]
    # A batch that changes nothing leaves no deed.
    deeds = await AuditEntry.filter(verb=Verb.CHECK_ALARMS).count()
    await check_everything()
    assert await AuditEntry.filter(verb=Verb.CHECK_ALARMS).count() == deeds


async def test_the_head_of_the_legal_office_is_told_of_what_that_office_attends_to() -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    await builders.person(Role.LEGAL)
    await builders.center()
    bare = await builders.convention(starts_on=date(2025, 5, 1), ends_on=date(2027, 4, 30))

    assert await night() == (6, 0, 1)

    notice = await Notice.get()
    assert (notice.recipient, notice.subject) == (head.email, "3 alarmas nuevas de centros y convenios")
    assert f"- Atención: convenio {bare.number}: Convenio sin centro en registro, por verificar." in notice.body
    assert "- Atención: El listado público de arrendamientos nunca se ha publicado" in notice.body
    assert "licencia" not in notice.body


async def test_the_first_night_counts_instead_of_naming_everything() -> None:
    director = await builders.person(Role.DIRECTOR)
    await NoticePreference.create(user=director, topic=NoticeTopic.ALARMS, mode=DeliveryMode.DAILY)
    for n in range(10):
        await builders.center(f"Centro {n}")

    await night()

    notice = await Notice.get(recipient=director.email)
    assert notice.state == NoticeState.HELD
    assert notice.body.count("\n- ") + notice.body.startswith("- ") <= 23
    assert "Y además:\n- " in notice.body
    assert "- Asistencia sin informar por dos meses: " in notice.body


async def test_silent_ones_are_noted_and_told_to_nobody() -> None:
    await builders.person(Role.DIRECTOR)
    center = await builders.center()
    for code in (AlarmCode.LICENSE_MISSING, AlarmCode.NO_INSTRUMENT_ON_RECORD, AlarmCode.ATTENDANCE_NOT_REPORTED):
        await builders.silence(center, code)

    assert await night() == (5, 0, 0)


async def test_the_history_is_told_within_reach_and_in_full_only_to_who_sees_all() -> None:
    center = await builders.center()
    await builders.center(at=MIXCO, program=ProgramCode.HC)
    await night()
    query = """query ($code: String) { alarmRecords(centerCode: $code, open: true) { totalCount
        nodes { code severity message seenOn endedOn center { code } convention { number } } } }"""
    mayor, auditor = await builders.person(Role.MUNICIPAL), await builders.person(Role.AUDITOR)

    mine = (await told(mayor, query))["alarmRecords"]
    whole = (await told(auditor, query, code=center.code.lower()))["alarmRecords"]

    assert mine["totalCount"] == whole["totalCount"] == 3
    assert {(one["message"], one["center"]["code"]) for one in mine["nodes"]} == {("", center.code)}
    assert "Sin licencia sanitaria en registro; por verificar." in {one["message"] for one in whole["nodes"]}
    assert (await told(auditor, query))["alarmRecords"]["totalCount"] == 8


async def test_an_alarm_of_unknown_age_says_when_the_night_first_saw_it() -> None:
    center = await builders.center(state_since=None)
    await builders.center(at=MIXCO, state_since=None)
    query = "query ($code: String!) { center(code: $code) { alarms { code since seenOn } } }"
    mayor = await builders.person(Role.MUNICIPAL)
    before = (await told(mayor, query, code=center.code))["center"]["alarms"]

    await night()

    after = (await told(mayor, query, code=center.code))["center"]["alarms"]
    assert before
    assert [one["since"] for one in before] == [None] * len(before)
    assert [one["seenOn"] for one in before] == [None] * len(before)
    assert [one["seenOn"] for one in after] == ["2026-03-02"] * len(before)
