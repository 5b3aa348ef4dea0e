"""Correcting the calendar: a day added or taken away counts from then on, one taken back no more."""

from datetime import date
from typing import Any

import pytest

from models.audit import Verb
from models.calendar import Holiday
from models.people import Role, User
from tests import builders
from tests.conftest import Clock
from tests.door import (
    HOSTILE,
    bad_ids,
    changed,
    done,
    forbidden,
    id_of,
    id_text,
    last_entry,
    once,
    refusal,
    refused,
    told,
)
from tests.test_holidays import DUE, YEAR

SAVE = """mutation ($input: SaveHolidayInput!) { saveHoliday(input: $input) {
  holiday { id day name scope halfDay added legalBasis withdrawnOn municipality { code } recordedBy { name } }
  errors { code message path } } }"""
WITHDRAW = """mutation ($input: WithdrawHolidayInput!) { withdrawHoliday(input: $input) {
  holiday { name withdrawnOn } errors { code message path } } }"""
LIST = """query ($year: Int, $town: String, $withdrawn: Boolean, $first: Int = 100, $after: String) {
  holidayCorrections(year: $year, municipalityCode: $town, withdrawn: $withdrawn, first: $first, after: $after) {
    totalCount nodes { day name } pageInfo { hasNextPage endCursor } } }"""
MONDAY: dict[str, Any] = {"day": "2026-05-04", "name": "Descanso", "scope": "NATIONAL", "legalBasis": "Acuerdo 1-2026"}
pytestmark = pytest.mark.usefixtures("db", "clock")


async def due(person: User, start: str, town: str | None = None) -> str:
    """Return the working day that follows a day."""
    counted = (await told(person, DUE, **{"from": start, "days": 1, "town": town}))["workingDays"]
    return str(counted["dueOn"])


@pytest.mark.both_databases
async def test_a_day_is_added_and_counts_at_once() -> None:
    admin = await builders.person(Role.ADMIN)
    assert await due(admin, "2026-05-03") == "2026-05-04"

    payload = await done(admin, SAVE, **MONDAY)

    shown = payload["holiday"]
    row = await Holiday.get()
    assert shown == MONDAY | {
        "id": id_of(row), "halfDay": False, "added": True, "withdrawnOn": None, "municipality": None,
        "recordedBy": {"name": admin.name},
    }  # fmt: skip
    entry = await last_entry()
    assert (entry.verb, entry.subject_type, entry.subject_id) == (Verb.SAVE_HOLIDAY, "Holiday", str(row.id))
    assert changed(entry, row)["legal_basis"] == (None, "Acuerdo 1-2026")
    assert await due(admin, "2026-05-03") == "2026-05-05"
    assert (await told(admin, "query ($id: ID!) { node(id: $id) { id } }", id=shown["id"]))["node"] == {
        "id": shown["id"]
    }


async def test_of_one_town_alone() -> None:
    await builders.places()
    admin = await builders.person(Role.ADMIN)
    for town in ("Cobán", "1610"):
        payload = await done(admin, SAVE, **MONDAY | {"scope": "MUNICIPAL", "municipalityCode": town})
        assert payload["holiday"]["municipality"]["code"] in ("1601", "1610")
    assert [await due(admin, "2026-05-03", town) for town in ("1601", "1610", "0108", None)] == [
        "2026-05-05", "2026-05-05", "2026-05-04", "2026-05-04",
    ]  # fmt: skip


async def test_a_half_day_still_counts() -> None:
    admin = await builders.person(Role.ADMIN)
    await done(admin, SAVE, **MONDAY | {"halfDay": True, "scope": "INSTITUTIONAL"})
    assert await due(admin, "2026-05-03") == "2026-05-04"
    (line,) = [one for one in (await told(admin, YEAR))["holidays"]["days"] if one["day"] == "2026-05-04"]
    assert (line["kind"], line["scope"]) == ("HALF_DAY", "INSTITUTIONAL")


async def test_a_day_of_the_list_is_taken_away() -> None:
    await builders.places()
    admin = await builders.person(Role.ADMIN)
    assert await due(admin, "2026-06-28") == "2026-06-30"
    removal = {"day": "2026-06-29", "scope": "NATIONAL", "removes": True, "legalBasis": "Decreto 2-2026"}
    payload = await done(admin, SAVE, **removal)
    assert (payload["holiday"]["name"], payload["holiday"]["added"]) == ("Día del Ejército", False)
    assert await due(admin, "2026-06-28") == "2026-06-29"
    lines = [one for one in (await told(admin, YEAR))["holidays"]["days"] if one["day"] == "2026-06-29"]
    assert [line["kind"] for line in lines] == ["REMOVED"]
    # 15 August is the capital's alone: nothing to take away from the nation.
    assert (await refusal(admin, SAVE, **removal | {"day": "2025-08-15"})).path == "day"
    capital = {"day": "2025-08-15", "scope": "MUNICIPAL", "municipalityCode": "0101"}
    await done(admin, SAVE, **removal | capital)
    assert await due(admin, "2025-08-14") == "2025-08-15"


async def test_nothing_twice_and_nothing_without_effect() -> None:
    await builders.places()
    admin = await builders.person(Role.ADMIN)
    await done(admin, SAVE, **MONDAY)
    removal = {"name": "", "removes": True}
    for more, words in [
        ({}, "ya tiene una corrección de este alcance, «Descanso»"),
        ({"name": "Otro", "halfDay": True}, "ya tiene una corrección"),
        ({"scope": "INSTITUTIONAL"}, "ya es asueto: «Descanso»"),
        ({"scope": "MUNICIPAL", "municipalityCode": "1610"}, "ya es asueto: «Descanso»"),
        ({"scope": "MUNICIPAL", "municipalityCode": "1610"} | removal, "es asueto por una corrección"),
        ({"day": "2026-12-25"}, "ya es asueto: «Día de Navidad»"),
        ({"day": "2026-12-25", "halfDay": True}, "ya es asueto"),
        ({"day": "2026-12-24"} | removal, "no es asueto en ese lugar"),
    ]:
        said = await refusal(admin, SAVE, **MONDAY | more)
        assert (said.code, said.path) == ("CONFLICT", "day"), more
        assert words in said.message
    # The nation may rest on a day that until now only the capital keeps.
    await done(admin, SAVE, **MONDAY | {"day": "2025-08-15"})


async def test_what_is_wrong_is_said_at_once() -> None:
    await builders.places()
    admin = await builders.person(Role.ADMIN)
    wrong = {"day": "1999-12-31", "name": " ", "scope": "MUNICIPAL", "legalBasis": "x" * 241}
    said = await refused(admin, SAVE, **wrong)
    assert [one.path for one in said] == ["name", "legalBasis", "day", "municipalityCode"]
    for more, path in [
        ({"legalBasis": " "}, "legalBasis"),
        ({"municipalityCode": "1610"}, "municipalityCode"),
        ({"scope": "MUNICIPAL", "municipalityCode": "Macondo"}, "municipalityCode"),
        ({"halfDay": True, "removes": True}, "halfDay"),
        ({"day": "2101-01-01"}, "day"),
    ]:
        assert (await refusal(admin, SAVE, **MONDAY | more)).path == path
    for text, day in zip(HOSTILE, range(1, 20), strict=False):
        given = MONDAY | {"day": f"2031-07-{day:02d}", "name": text, "legalBasis": text}
        payload = await done(admin, SAVE, **given)
        assert (payload["holiday"]["name"], payload["holiday"]["legalBasis"]) == (text, text)


async def test_a_correction_taken_back_counts_no_more(clock: Clock) -> None:
    admin = await builders.person(Role.ADMIN)
    row = await builders.holiday(date(2026, 5, 4))
    clock.move_to(date(2026, 4, 6))

    payload = await done(admin, WITHDRAW, holidayId=id_of(row), reason="Se derogó el acuerdo")

    assert payload["holiday"] == {"name": "Asueto de prueba", "withdrawnOn": "2026-04-06"}
    entry = await last_entry()
    assert (entry.verb, entry.summary.endswith("Motivo: Se derogó el acuerdo")) == (Verb.WITHDRAW_HOLIDAY, True)
    assert await due(admin, "2026-05-03") == "2026-05-04"
    (line,) = [one for one in (await told(admin, YEAR))["holidays"]["days"] if one["day"] == "2026-05-04"]
    assert (line["kind"], line["correction"]["withdrawnOn"]) == ("WITHDRAWN", "2026-04-06")
    assert (await refusal(admin, WITHDRAW, holidayId=id_of(row), reason="x")).code == "NOT_ALLOWED_NOW"
    await done(admin, SAVE, **MONDAY)
    assert await due(admin, "2026-05-03") == "2026-05-05"
    assert (await refusal(admin, WITHDRAW, holidayId=id_of(row), reason=" ")).path == "reason"
    assert (await refusal(admin, WITHDRAW, holidayId=id_text("Holiday"), reason="x")).code == "NOT_FOUND"
    for bad in bad_ids("Holiday"):
        assert (await refusal(admin, WITHDRAW, holidayId=bad, reason="x")).path == "holidayId"


@pytest.mark.both_databases
async def test_corrections_are_listed_by_day() -> None:
    admin = await builders.person(Role.ADMIN)
    for day, more in [
        (date(2027, 1, 4), {}), (date(2026, 1, 5), {}), (date(2026, 8, 4), {"at": "1601"}),
        (date(2026, 2, 2), {"withdrawn_on": date(2026, 1, 2)}),
    ]:  # fmt: skip
        await builders.holiday(day, **more)

    async def listed(**asked: Any) -> list[str]:
        page = (await told(admin, LIST, **asked))["holidayCorrections"]
        assert page["totalCount"] == len(page["nodes"]) or asked.get("first")
        return [node["day"][2:] for node in page["nodes"]]

    assert await listed() == ["26-01-05", "26-02-02", "26-08-04", "27-01-04"]
    assert await listed(year=2026, withdrawn=False) == ["26-01-05", "26-08-04"]
    assert await listed(town="Cobán") == ["26-08-04"]
    assert await listed(withdrawn=True) == ["26-02-02"]
    page = (await told(admin, LIST, first=3))["holidayCorrections"]
    assert await listed(first=3, after=page["pageInfo"]["endCursor"]) == ["27-01-04"]


async def test_only_administrators_correct_the_calendar() -> None:
    row = await builders.holiday(date(2026, 5, 4))
    for role in set(Role) - {Role.ADMIN, Role.SYSTEM}:
        person = await builders.person(role)
        await forbidden(person, SAVE, **MONDAY)
        await forbidden(person, WITHDRAW, holidayId=id_of(row), reason="x")
    await forbidden(None, SAVE, **MONDAY)


async def test_the_same_click_corrects_once() -> None:
    await once(await builders.person(Role.ADMIN), SAVE, **MONDAY)
    assert await Holiday.all().count() == 1
