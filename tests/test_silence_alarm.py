"""Silencing an alarm with a reason and a day, and hearing of it again: it is set aside, never deleted."""

import asyncio
from datetime import date
from typing import Any

import pytest

from models.alarms import AlarmSilence
from models.audit import AuditEntry, Verb
from models.people import Role, User
from models.places import ProgramCode
from tests import builders
from tests.builders import MIXCO
from tests.conftest import Clock
from tests.door import ask, done, id_of, refusal, told

pytestmark = [pytest.mark.usefixtures("db", "clock"), pytest.mark.both_databases]
ON = "2026-03-02"
SILENCE = """mutation ($input: SilenceAlarmInput!) { silenceAlarm(input: $input) {
    silence { id code reason since until liftedOn version silencedBy { name } } errors { code message path } } }"""
LIFT = """mutation ($input: LiftSilenceInput!) { liftSilence(input: $input) {
    silence { liftedOn liftedBy { name } } errors { code message path } } }"""
CENTER = """query ($code: String!, $on: Date, $silenced: Boolean! = false) { center(code: $code) {
    alarms(asOf: $on, silenced: $silenced) { code silence { reason until } } } }"""
LIST = "query ($silenced: Boolean!) { alarms(filter: {silenced: $silenced}) { nodes { code } } }"


async def heard(person: User, code: str, **more: Any) -> list[str]:
    """Return the alarms of a center that sound on a date, or that are silent on it."""
    return [one["code"] for one in (await told(person, CENTER, code=code, **more))["center"]["alarms"]]


async def test_it_is_silent_until_its_day_and_sounds_again(clock: Clock) -> None:
    director, center = await builders.person(Role.DIRECTOR), await builders.center()
    given = {"code": "LICENSE_MISSING", "subjectId": id_of(center), "reason": "En trámite", "until": "2026-06-30"}

    made = await done(director, SILENCE, **given)

    silence = made["silence"]
    assert (silence["since"], silence["until"], silence["silencedBy"]["name"]) == (ON, "2026-06-30", director.name)
    rest = ["NO_INSTRUMENT_ON_RECORD", "ATTENDANCE_NOT_REPORTED"]
    for on, silent in ((ON, True), ("2026-06-30", True), ("2026-07-01", False), ("2026-03-01", False)):
        sounding = await heard(director, center.code, on=on)
        assert ("LICENSE_MISSING" in sounding) != silent, on
        assert await heard(director, center.code, on=on, silenced=True) == ["LICENSE_MISSING"] * silent
    assert await heard(director, center.code) == rest
    listed = (await told(director, LIST, silenced=True))["alarms"]["nodes"]
    assert listed == [{"code": "LICENSE_MISSING"}]
    assert [one["code"] for one in (await told(director, LIST, silenced=False))["alarms"]["nodes"]] == rest
    page = await told(director, "{ centers(filter: {alarm: [LICENSE_MISSING]}) { totalCount } }")
    assert page["centers"]["totalCount"] == 0
    deed = await AuditEntry.get(verb=Verb.SILENCE_ALARM)
    assert "hasta el 30/06/2026: En trámite" in deed.summary

    clock.move_to(date(2026, 3, 5))
    lifted = await done(director, LIFT, silenceId=silence["id"], expectedVersion=silence["version"])
    assert lifted["silence"] == {"liftedOn": "2026-03-05", "liftedBy": {"name": director.name}}
    assert "LICENSE_MISSING" in await heard(director, center.code)
    # What was silent then was silent then.
    assert await heard(director, center.code, on="2026-03-04", silenced=True) == ["LICENSE_MISSING"]
    assert await AlarmSilence.all().count() == 1
    assert (await refusal(director, LIFT, silenceId=silence["id"])).code == "NOT_ALLOWED_NOW"


async def test_an_alarm_of_a_convention_is_silenced_there(clock: Clock) -> None:
    lawyer = await builders.person(Role.LEGAL)
    of = await builders.convention(starts_on=date(2026, 1, 1), ends_on=date(2027, 12, 31))
    given = {"code": "CONVENTION_WITHOUT_CENTER", "subjectId": id_of(of), "reason": "x", "until": ON}

    await done(lawyer, SILENCE, **given)

    assert {"code": "CONVENTION_WITHOUT_CENTER"} in (await told(lawyer, LIST, silenced=True))["alarms"]["nodes"]
    clock.move_to(date(2026, 3, 3))
    assert (await told(lawyer, LIST, silenced=True))["alarms"]["nodes"] == []


async def test_what_cannot_be_silenced() -> None:
    director, center = await builders.person(Role.DIRECTOR), await builders.center()
    theirs = await builders.center(at=MIXCO, program=ProgramCode.HC)
    good = {"code": "LICENSE_MISSING", "subjectId": id_of(center), "reason": "En trámite", "until": "2027-03-02"}
    for change, code in [
        ({"reason": "  "}, "BAD_USER_INPUT"),
        ({"until": "2026-03-01"}, "BAD_USER_INPUT"),
        ({"until": "2027-03-03"}, "BAD_USER_INPUT"),
        ({"code": "OVER_CAPACITY"}, "NOT_ALLOWED_NOW"),
        ({"code": "LISTING_STALE"}, "NOT_ALLOWED_NOW"),
        ({"subjectId": id_of(theirs)}, "NOT_FOUND"),
        ({"subjectId": id_of(director, "Person")}, "BAD_USER_INPUT"),
    ]:
        assert (await refusal(director, SILENCE, **good | change)).code == code, change
    for role in (Role.MUNICIPAL, Role.AUDITOR, Role.ADMIN, Role.SIGNATORY):
        answer = await ask(await builders.person(role), SILENCE, input=good)
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN", role
    mine = await done(director, SILENCE, **good)
    assert (await refusal(director, SILENCE, **good)).code == "NOT_ALLOWED_NOW"
    other = await builders.person(Role.DIRECTOR, program=ProgramCode.HC)
    assert (await refusal(other, LIFT, silenceId=mine["silence"]["id"])).code == "NOT_FOUND"
    assert (await refusal(director, LIFT, silenceId=mine["silence"]["id"], expectedVersion=7)).code == "STALE"


async def test_two_at_once_silence_it_once() -> None:
    people = [await builders.person(Role.DIRECTOR), await builders.person(Role.LEGAL)]
    center = await builders.center()
    given = {"code": "LICENSE_MISSING", "subjectId": id_of(center), "reason": "x", "until": "2026-05-01"}

    answers = await asyncio.gather(*(ask(one, SILENCE, input=given) for one in people))

    errors = sorted(len(one["data"]["silenceAlarm"]["errors"]) for one in answers)
    assert errors == [0, 1]
    assert await AlarmSilence.all().count() == 1
