"""Hearings and deadlines of court files: by date or by working days that explain themselves, and what came of them."""

from datetime import date
from typing import Any

import pytest

from models.audit import Verb
from models.court import CourtDate, CourtFile, CourtStage
from models.outbox import Notice
from models.people import Role
from tests import builders, court
from tests.conftest import Clock
from tests.court import ADD_DATE, DATE, FILE, SETTLE
from tests.door import (
    bad_ids,
    done,
    forbidden,
    id_of,
    last_entry,
    once,
    refusal,
    refused,
    told,
)

HEARING = {"kind": "HEARING", "title": "Junta conciliatoria", "onDate": "2026-03-09", "atTime": "9:30"}
DEADLINE = {"kind": "DEADLINE", "title": "Evacuar la audiencia", "countedFrom": "2026-03-02", "workingDays": 5}
pytestmark = pytest.mark.usefixtures("db", "clock")


async def test_a_hearing_is_noted_and_its_lawyer_told() -> None:
    lawyer, head = await builders.person(Role.LEGAL), await builders.person(Role.LEGAL_HEAD)
    file = await builders.court_file(lawyer=lawyer)

    shown = (await done(head, ADD_DATE, courtFileId=id_of(file), **HEARING, place="Sala 2"))["courtDate"]

    assert shown.pop("id")
    assert shown == {
        "kind": "HEARING", "onDate": "2026-03-09", "atTime": "09:30", "title": "Junta conciliatoria", "place": "Sala 2",
        "countedFrom": None, "countedDays": None, "settledOn": None, "result": "", "workingDaysLeft": 5,
        "overdue": False, "explanation": "",
        "courtFile": {"code": file.code, "nextOn": "2026-03-09", "version": 2},
    }  # fmt: skip
    entry = await last_entry()
    assert (entry.verb, entry.subject_id) == (Verb.ADD_COURT_DATE, str(file.id))
    assert entry.summary.endswith(f"{file.code}: audiencia del 09/03/2026 a las 09:30.")
    notice = await Notice.get()
    assert (notice.recipient, notice.court_file_id) == (lawyer.email, file.id)  # type: ignore[attr-defined]
    assert "audiencia del 09/03/2026" in notice.body
    assert "conciliatoria" not in notice.subject + notice.body


async def test_a_deadline_in_working_days_explains_itself() -> None:
    lawyer = await builders.person(Role.LEGAL)
    file = await builders.court_file()
    await builders.holiday(date(2026, 3, 4), "Asueto de prueba")

    shown = (await done(lawyer, ADD_DATE, courtFileId=id_of(file), **DEADLINE))["courtDate"]

    assert (shown["onDate"], shown["countedFrom"], shown["countedDays"]) == ("2026-03-10", "2026-03-02", 5)
    assert shown["explanation"].startswith("5 días hábiles desde el lunes 2 de marzo de 2026: vence el martes 10 de")
    assert "miércoles 4 de marzo de 2026 (Asueto de prueba)" in shown["explanation"]
    assert shown["explanation"] in (await last_entry()).summary
    # A holiday that is decreed later changes no deadline in silence.
    await builders.holiday(date(2026, 3, 6), "Decretado después")
    again = (await told(lawyer, FILE, code=file.code))["courtFile"]["dates"][0]
    assert again["onDate"] == "2026-03-10"
    assert "con el calendario del día en que se anotó" in again["explanation"]


async def test_days_are_counted_where_the_court_sits(clock: Clock) -> None:
    clock.move_to(date(2025, 8, 11))
    lawyer = await builders.person(Role.LEGAL)
    for place, due in ((None, "2025-08-18"), ("01", "2025-08-18"), ("16", "2025-08-15")):
        town = await builders.department(place) if place else None
        file = await builders.court_file(department=town, opened_on=date(2025, 8, 1))
        given = DEADLINE | {"countedFrom": "2025-08-11", "workingDays": 4}
        shown = (await done(lawyer, ADD_DATE, courtFileId=id_of(file), **given))["courtDate"]
        assert shown["onDate"] == due, "15 August is a holiday of the capital only"
        assert (shown["workingDaysLeft"], bool(shown["explanation"])) == (4, True)


@pytest.mark.parametrize(
    ("given", "paths"),
    [
        (HEARING | {"title": " "}, {"title"}),
        (HEARING | {"onDate": None}, {"onDate"}),
        (HEARING | {"atTime": None}, {"atTime"}),
        (HEARING | {"atTime": "25:00", "place": "x" * 201}, {"atTime", "place"}),
        (HEARING | {"atTime": "9"}, {"atTime"}),
        (HEARING | {"workingDays": 5, "countedFrom": "2026-03-02"}, {"workingDays"}),
        (HEARING | {"onDate": "2026-01-14"}, {"onDate"}),
        (HEARING | {"onDate": "9999-12-31"}, {"onDate"}),
        (DEADLINE | {"onDate": "2026-03-09"}, {"onDate"}),
        (DEADLINE | {"workingDays": None}, {"workingDays"}),
        (DEADLINE | {"countedFrom": None}, {"countedFrom"}),
        (DEADLINE | {"workingDays": 0}, {"workingDays"}),
        (DEADLINE | {"workingDays": 251}, {"workingDays"}),
        (DEADLINE | {"workingDays": -3, "countedFrom": "1990-01-01"}, {"workingDays", "countedFrom"}),
        ({"kind": "DEADLINE", "title": "Apelar"}, {"onDate"}),
    ],
)
async def test_what_is_wrong_is_said_at_once(given: dict[str, Any], paths: set[str]) -> None:
    lawyer = await builders.person(Role.LEGAL)
    said = await refused(lawyer, ADD_DATE, courtFileId=id_of(await builders.court_file()), **given)
    assert {one.path for one in said} == paths


async def test_the_same_date_twice_and_closed_files_are_refused() -> None:
    lawyer = await builders.person(Role.LEGAL)
    file = await builders.court_file()
    await once(lawyer, ADD_DATE, courtFileId=id_of(file), **HEARING)
    said = await refusal(lawyer, ADD_DATE, courtFileId=id_of(file), **HEARING)
    assert (said.code, file.code in said.message) == ("NOT_ALLOWED_NOW", True)
    closed = await builders.court_file(stage=CourtStage.CLOSED, closed_on=date(2026, 2, 1))
    said = await refusal(lawyer, ADD_DATE, courtFileId=id_of(closed), **HEARING)
    assert "fenecido" in said.message
    stale = await refusal(lawyer, ADD_DATE, courtFileId=id_of(file), **DEADLINE, expectedVersion=1)
    assert stale.code == "STALE"


async def test_the_next_date_follows_the_open_ones() -> None:
    lawyer = await builders.person(Role.LEGAL)
    file = await builders.court_file()
    keys = {}
    for day in ("2026-03-09", "2026-02-16", "2026-04-20"):
        shown = (await done(lawyer, ADD_DATE, courtFileId=id_of(file), **HEARING | {"onDate": day}))["courtDate"]
        keys[day] = shown["id"]
    assert (await CourtFile.get()).next_on == date(2026, 2, 16)
    for day, left in (("2026-02-16", date(2026, 3, 9)), ("2026-03-09", date(2026, 4, 20)), ("2026-04-20", None)):
        given = {"courtDateId": keys[day], "settledOn": "2026-03-02", "result": "Se celebró."}
        shown = (await done(lawyer, SETTLE, **given))["courtDate"]
        assert (shown["settledOn"], shown["result"], shown["overdue"]) == ("2026-03-02", "Se celebró.", False)
        assert (await CourtFile.get()).next_on == left
    entry = await last_entry()
    assert (entry.verb, entry.subject_type) == (Verb.SETTLE_COURT_DATE, "CourtFile")
    assert entry.summary.endswith("el resultado de: audiencia del 20/04/2026.")
    said = await refusal(lawyer, SETTLE, **given)
    assert (said.code, "02/03/2026" in said.message) == ("NOT_ALLOWED_NOW", True)


async def test_a_result_needs_words_and_a_day_that_came() -> None:
    lawyer = await builders.person(Role.LEGAL)
    file = await builders.court_file()
    noted = await court.court_date(file)
    base = {"courtDateId": id_of(noted)}
    for given, paths in (
        ({"settledOn": "2026-03-03", "result": "Sí"}, {"settledOn"}),
        ({"settledOn": "2026-01-14", "result": " "}, {"settledOn", "result"}),
    ):
        assert {one.path for one in await refused(lawyer, SETTLE, **base, **given)} == paths
    good = {"settledOn": "2026-03-02", "result": "Se celebró."}
    assert (await refusal(lawyer, SETTLE, **base, **good, expectedVersion=9)).code == "STALE"
    for given in bad_ids("CourtDate", "CourtFile"):
        assert (await refusal(lawyer, SETTLE, courtDateId=given, **good)).path == "courtDateId", given
    await once(lawyer, SETTLE, **base, **good, expectedVersion=1)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.LEGAL, Role.LEGAL_HEAD, Role.SYSTEM)])
async def test_nobody_else_notes_dates(role: Role) -> None:
    somebody = await builders.person(role)
    file = await builders.court_file()
    await forbidden(somebody, ADD_DATE, courtFileId=id_of(file), **HEARING)
    noted = await court.court_date(file)
    await forbidden(somebody, SETTLE, courtDateId=id_of(noted), settledOn="2026-03-02", result="x")


AGENDA = f"""query ($filter: CourtDateFilter, $first: Int = 50, $after: String) {{
    courtDates(filter: $filter, first: $first, after: $after) {{
    totalCount nodes {{ {DATE} }} pageInfo {{ hasNextPage endCursor }} }} }}"""


async def test_the_agenda_goes_by_date() -> None:
    auditor, lawyer = await builders.person(Role.AUDITOR), await builders.person(Role.LEGAL)
    labor = await builders.court_file(lawyer=lawyer)
    criminal = await builders.court_file(builders.CourtFileKind.CRIMINAL_CASE)
    late = await court.court_date(labor, date(2026, 2, 27))
    soon = await court.court_date(criminal, date(2026, 3, 4))
    far = await court.court_date(labor, date(2026, 5, 4))
    over = await court.court_date(labor, date(2026, 3, 3), settled_on=date(2026, 3, 2), result="Suspendida.")
    for wanted, expected in (
        ({}, [late, over, soon, far]),
        ({"settled": False}, [late, soon, far]),
        ({"settled": True}, [over]),
        ({"since": "2026-03-03", "until": "2026-03-04"}, [over, soon]),
        ({"branch": "CRIMINAL"}, [soon]),
    ):
        page = (await told(auditor, AGENDA, filter=wanted))["courtDates"]
        assert [node["id"] for node in page["nodes"]] == [id_of(one) for one in expected], wanted
        assert page["totalCount"] == len(expected)
    mine = (await told(lawyer, AGENDA, filter={"mine": True, "settled": False}))["courtDates"]["nodes"]
    assert [(node["id"], node["overdue"]) for node in mine] == [(id_of(late), True), (id_of(far), False)]
    first = (await told(auditor, AGENDA, first=3))["courtDates"]
    rest = (await told(auditor, AGENDA, after=first["pageInfo"]["endCursor"]))["courtDates"]
    assert [node["id"] for node in rest["nodes"]] == [id_of(far)]
    assert not await CourtDate.filter(id=late.id, settled_on__not_isnull=True).exists()
