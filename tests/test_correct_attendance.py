"""A month that was noted wrong: corrected with a reason, what was said before stays and answers for its days."""

import asyncio
from datetime import date

import pytest

from models.audit import Verb
from models.centers import Attendance, AttendanceCorrection
from models.people import Role
from models.places import ProgramCode
from tests import builders
from tests.conftest import Clock
from tests.door import ask, bad_ids, changed, done, forbidden, id_of, id_text, last_entry, once, refusal, refused, told

CORRECT = """mutation ($input: CorrectAttendanceInput!) { correctAttendance(input: $input) {
  recorded { center { code } attendance { men women version corrections {
    correctedOn menBefore womenBefore men women reason correctedBy { name } } } }
  errors { code message path } } }"""
MONTHS = """query ($code: String!, $from: Date, $to: Date, $on: Date) { center(code: $code) {
  attendance(asOf: $on) { month total }
  attendanceByMonth(from: $from, to: $to, asOf: $on) { month men women corrections { men } } } }"""
pytestmark = pytest.mark.usefixtures("db", "clock")


async def test_last_year_is_corrected_and_answers_as_before_for_its_days(clock: Clock) -> None:
    director = await builders.person(Role.DIRECTOR)
    center = await builders.center("CAD Chamelco")
    row = await builders.attendance(center, date(2025, 11, 1), men=30, women=20)

    payload = await done(
        director, CORRECT, attendanceId=id_of(row), men=3, women=20, reason="Se escribió un cero de más",
        expectedVersion=1,
    )  # fmt: skip

    assert payload["recorded"]["center"]["code"] == center.code
    assert payload["recorded"]["attendance"] == {
        "men": 3, "women": 20, "version": 2,
        "corrections": [{
            "correctedOn": "2026-03-02", "menBefore": 30, "womenBefore": 20, "men": 3, "women": 20,
            "reason": "Se escribió un cero de más", "correctedBy": {"name": director.name},
        }],
    }  # fmt: skip
    entry = await last_entry()
    assert (entry.verb, entry.subject_type, entry.subject_id) == (Verb.CORRECT_ATTENDANCE, "Attendance", str(row.id))
    assert changed(entry, row) == {"men": (30, 3)}
    assert entry.summary == (
        f"{director.name} corrigió la asistencia de noviembre de 2025 en CAD Chamelco: de 30 hombres y 20 mujeres "
        "a 3 hombres y 20 mujeres. Motivo: Se escribió un cero de más"
    )
    for on, men, corrections in [("2026-03-01", 30, []), ("2026-03-02", 3, [{"men": 3}]), (None, 3, [{"men": 3}])]:
        seen = (await told(director, MONTHS, code=center.code, on=on))["center"]
        assert seen["attendance"] == {"month": "2025-11-01", "total": men + 20}
        shown = {"month": "2025-11-01", "men": men, "women": 20, "corrections": corrections}
        assert seen["attendanceByMonth"] == [shown], on


async def test_the_months_of_a_period() -> None:
    director = await builders.person(Role.DIRECTOR)
    center = await builders.center()
    for year, month in [(2024, 2), (2025, 2), (2025, 3), (2026, 2), (2026, 3)]:
        await builders.attendance(center, date(year, month, 1), men=year - 2000, women=month)

    for given, months in [
        ({}, ["2026-02-01", "2026-03-01"]),
        ({"on": "2026-02-28"}, ["2025-03-01", "2026-02-01"]),
        ({"from": "2025-02-27", "to": "2025-03-01"}, ["2025-02-01", "2025-03-01"]),
        ({"to": "2025-12-31"}, ["2025-02-01", "2025-03-01"]),
        ({"from": "2021-04-30", "to": "2026-02-01"}, ["2024-02-01", "2025-02-01", "2025-03-01", "2026-02-01"]),
        ({"from": "0001-01-01", "to": "0001-01-01"}, []),
        ({"to": "0001-01-01"}, []),
        ({"on": "0001-01-01"}, []),
    ]:  # fmt: skip
        seen = (await told(director, MONTHS, code=center.code, **given))["center"]["attendanceByMonth"]
        assert [shown["month"] for shown in seen] == months, given
    for given in (
        {"from": "2026-04-01"},
        {"from": "2021-03-31", "to": "2026-03-01"},
        {"from": "2025-01-01", "to": "2024-12-31"},
    ):
        answer = await ask(director, MONTHS, code=center.code, **given)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"], given


async def test_what_is_no_correction() -> None:
    coordinator = await builders.person(Role.COORDINATOR)
    row = await builders.attendance(await builders.center(), men=10, women=25)
    given = {"attendanceId": id_of(row), "men": 11, "women": 25, "reason": "Error"}

    same = await refusal(coordinator, CORRECT, **given | {"men": 10})
    assert same.message == "La corrección no cambia nada: ya consta 10 hombres y 25 mujeres."
    stale = await refusal(coordinator, CORRECT, **given, expectedVersion=7)
    assert (stale.code, stale.path) == ("STALE", "expectedVersion")
    said = await refused(coordinator, CORRECT, **given | {"men": -1, "women": 2001, "reason": "  "})
    assert [one.path for one in said] == ["men", "women", "reason"]
    assert not await AttendanceCorrection.exists()
    await once(coordinator, CORRECT, **given)
    assert await AttendanceCorrection.all().count() == 1


async def test_who_corrects_and_what() -> None:
    await builders.places()
    row = await builders.attendance(await builders.center())
    given = {"attendanceId": id_of(row), "men": 1, "women": 1, "reason": "Error"}
    for role in (Role.MUNICIPAL, Role.LEGAL, Role.LEGAL_HEAD, Role.AUDITOR, Role.SIGNATORY):
        await forbidden(await builders.person(role), CORRECT, **given)
    for stranger in (
        await builders.person(Role.COORDINATOR, at=builders.MIXCO),
        await builders.person(Role.DIRECTOR, program=ProgramCode.HC),
    ):
        said = await refusal(stranger, CORRECT, **given)
        assert (said.code, said.path) == ("NOT_FOUND", "attendanceId")
    admin = await builders.person(Role.ADMIN)
    for wrong in [*bad_ids("Attendance"), id_text("Attendance")]:
        assert (await refusal(admin, CORRECT, **given | {"attendanceId": wrong})).path == "attendanceId"
    await done(admin, CORRECT, **given)


@pytest.mark.both_databases
async def test_two_people_correct_the_same_month_at_once() -> None:
    people = [await builders.person(Role.DIRECTOR), await builders.person(Role.COORDINATOR)]
    row = await builders.attendance(await builders.center(), men=10, women=25)
    given = {"attendanceId": id_of(row), "women": 25, "reason": "Error", "expectedVersion": 1}

    answers = await asyncio.gather(
        *(ask(one, CORRECT, input=given | {"men": men}) for one, men in zip(people, (11, 12), strict=True))
    )

    codes = sorted([error["code"] for error in one["data"]["correctAttendance"]["errors"]] for one in answers)
    assert codes == [[], ["STALE"]]
    kept = await AttendanceCorrection.get()
    assert (kept.men_before, kept.men) == (10, (await Attendance.get(id=row.id)).men)
