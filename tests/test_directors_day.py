"""A program director's day through GraphQL: what every center stands on, what has to be noted and renewed."""

from datetime import date

import pytest
from icalendar import Calendar

from models.agreements import AgreementStage
from models.people import Role
from models.places import ProgramCode
from tests import builders
from tests.builders import MIXCO
from tests.conftest import Clock, FreshDatabase
from tests.door import ask, contract, done, id_of, refusal, request, told

ATTEND = """mutation ($input: RecordAttendanceInput!) { recordAttendance(input: $input) {
  month recorded { center { code } attendance { id total version } } errors { code message path } } }"""
CORRECT = """mutation ($input: CorrectAttendanceInput!) { correctAttendance(input: $input) {
  recorded { attendance { men women total } } errors { code message path } } }"""
DEED = """mutation ($input: RecordCenterEventInput!) { recordCenterEvent(input: $input) {
  center { state } errors { code message path } } }"""
VISIT = """mutation ($input: RecordVisitInput!) { recordVisit(input: $input) {
  visit { findings { id text dueOn version } } errors { code message path } } }"""
FOLLOW = """mutation ($input: FollowUpFindingInput!) { followUpFinding(input: $input) {
  finding { state } errors { code message path } } }"""
PLAN = """query ($ids: [ID!]) { renewalPlan(conventionIds: $ids) { possibleCount items { possible why } } }"""
START = """mutation ($input: StartRenewalsInput!) { startRenewals(input: $input) {
  batch { itemCount state } errors { code message path } } }"""
CALENDAR = """mutation ($input: CreateFeedInput!) { createFeed(input: $input) {
  feed { id } address errors { code message path } } }"""
REVOKE = """mutation ($input: RevokeFeedInput!) { revokeFeed(input: $input) {
  feed { revokedAt } errors { code message path } } }"""
ALARMS = """query ($silenced: Boolean! = false) { alarms(filter: {silenced: $silenced}) {
  nodes { code owner ends link center { code } } } }"""
SILENCE = """mutation ($input: SilenceAlarmInput!) { silenceAlarm(input: $input) {
  silence { id version } errors { code message path } } }"""
LIFT = """mutation ($input: LiftSilenceInput!) { liftSilence(input: $input) {
  silence { liftedOn } errors { code message path } } }"""
STATES = """query ($on: Date) { centers(asOf: $on) { nodes { code state attendance(asOf: $on) { total } } } }"""


@pytest.mark.both_databases
async def test_a_day_of_a_program_director(db: FreshDatabase, clock: Clock) -> None:
    director, colleague = (
        await builders.person(Role.DIRECTOR),
        await builders.person(Role.DIRECTOR, program=ProgramCode.HC),
    )
    maya, ceiba = await builders.center("Casa Maya", capacity=40), await builders.center("La Ceiba", at=MIXCO)
    await builders.center("Los Patojos", program=ProgramCode.HC)
    ending = await builders.convention(centers=[maya])
    busy = await builders.convention(at=MIXCO, ends_on=date(2026, 3, 20))
    await builders.convention(at=MIXCO, renews=busy, stage=AgreementStage.IN_REVIEW, starts_on=None, ends_on=None)
    await builders.sanitary_license(maya)

    # In one look: the own program's centers, what each stands on, and what is wrong.
    seen = (await told(director, contract("center-status")))["centers"]
    assert [one["name"] for one in seen["nodes"]] == ["Casa Maya", "La Ceiba"]
    first, second = seen["nodes"]
    assert first["tenure"] == {
        "basis": "CONVENTION", "endsOn": "2026-03-31", "daysLeft": 29,
        "instrument": {"__typename": "Convention", "number": ending.number, "endsOn": "2026-03-31"},
    }  # fmt: skip
    assert "INSTRUMENT_EXPIRING" in [one["code"] for one in first["alarms"]]
    assert {"NO_INSTRUMENT_ON_RECORD", "LICENSE_MISSING"} <= {one["code"] for one in second["alarms"]}
    assert all(one["message"].endswith(".") for one in [*first["alarms"], *second["alarms"]])

    # Whose each alarm is and how it ends; one is set aside until a day, with its reason.
    sounding = (await told(director, ALARMS))["alarms"]["nodes"]
    assert {one["center"]["code"] for one in sounding if one["center"]} == {maya.code, ceiba.code}
    assert all(one["owner"] and one["ends"] and one["link"] for one in sounding)
    about = {"code": "LICENSE_MISSING", "subjectId": id_of(ceiba)}
    silence = await done(director, SILENCE, **about, reason="La extienden este mes", until="2026-03-31")
    assert "LICENSE_MISSING" not in [one["code"] for one in (await told(director, ALARMS))["alarms"]["nodes"]]
    [quiet] = (await told(director, ALARMS, silenced=True))["alarms"]["nodes"]
    assert (quiet["code"], quiet["center"]["code"]) == ("LICENSE_MISSING", ceiba.code)
    assert (await refusal(colleague, SILENCE, **about, reason="x", until="2026-03-31")).code == "NOT_FOUND"

    # The month's attendance of all centers at once; a colleague's centers are none of hers.
    counts = [{"centerId": id_of(maya), "men": 10, "women": 25}, {"centerId": id_of(ceiba), "men": 4, "women": 0}]
    noted = await done(director, ATTEND, month="2026-02", centers=counts)
    assert {one["center"]["code"]: one["attendance"]["total"] for one in noted["recorded"]} == {
        maya.code: 35, ceiba.code: 4,
    }  # fmt: skip
    again = await refusal(director, ATTEND, month="2026-02", centers=counts[:1])
    assert maya.name in again.message
    assert (await refusal(colleague, ATTEND, month="2026-02", centers=counts[:1])).code == "NOT_FOUND"

    # A visit with a finding, which is followed up and resolved.
    found = {"text": "Falta el botiquín", "severity": "HIGH", "party": "SOSEP", "dueOn": "2026-03-04"}
    visit = await done(
        director, VISIT, centerId=id_of(maya), visitedOn="2026-03-02", supervisorName="Ana López",
        summary="Se visitó el centro.", findings=[found],
    )  # fmt: skip
    [finding] = visit["visit"]["findings"]

    # What ends soon, what of it can be renewed, and starting what can.
    clock.move_to(date(2026, 3, 5))
    due = (await told(director, contract("renewals-due")))["renewalsDue"]["nodes"]
    by_number = {one["instrument"]["number"]: one["pendingRenewal"] for one in due}
    assert list(by_number) == [busy.number, ending.number]
    plan = (await told(director, PLAN, ids=[id_of(ending), id_of(busy)]))["renewalPlan"]
    assert plan["possibleCount"] == 1
    assert [bool(one["why"]) for one in plan["items"]] == [not one["possible"] for one in plan["items"]]
    started = await done(director, START, conventionIds=[id_of(ending)])
    assert started["batch"]["itemCount"] == 1

    # A center closes for repairs; a month was noted wrong; the finding is done. Yesterday answers as it was.
    deed = {"kind": "SUSPENSION", "happenedOn": "2026-03-05", "act": "Acuerdo Interno 7-2026", "reason": "Obras"}
    closed = await done(director, DEED, centerId=id_of(ceiba), **deed)
    assert closed["center"]["state"] == "SUSPENDED"
    wrong = next(one["attendance"] for one in noted["recorded"] if one["center"]["code"] == ceiba.code)
    fixed = await done(
        director, CORRECT, attendanceId=wrong["id"], men=4, women=9, reason="Faltaban las mujeres",
        expectedVersion=wrong["version"],
    )  # fmt: skip
    assert fixed["recorded"]["attendance"]["total"] == 13
    followed = await done(
        director, FOLLOW, findingId=finding["id"], notedOn="2026-03-05", text="Se compró", resolves=True,
        expectedVersion=finding["version"],
    )  # fmt: skip
    assert followed["finding"]["state"] == "RESOLVED"
    heard = {"silenceId": silence["silence"]["id"], "expectedVersion": silence["silence"]["version"]}
    assert (await done(director, LIFT, **heard))["silence"]["liftedOn"] == "2026-03-05"
    assert "LICENSE_MISSING" in [one["code"] for one in (await told(director, ALARMS))["alarms"]["nodes"]]
    for on, state, total in (("2026-03-05", "SUSPENDED", 13), ("2026-03-04", "OPEN", 4)):
        centers = (await told(director, STATES, on=on))["centers"]["nodes"]
        was = next(one for one in centers if one["code"] == ceiba.code)
        assert (was["state"], was["attendance"]["total"]) == (state, total), on

    # Her telephone's calendar holds what ends, until she revokes its address.
    feed = await done(director, CALENDAR, scope="PROGRAM", program="MAD")
    path = feed["address"][feed["address"].index("/calendarios/") :]
    entries = Calendar.from_ical((await request(None, "GET", path)).content).walk("VEVENT")
    assert any(ending.number in str(one["summary"]) for one in entries)
    await done(director, REVOKE, feedId=feed["feed"]["id"])
    assert (await request(None, "GET", path)).status_code == 404

    # The figures of her program; the office's annual report and other programs' matters are not hers.
    stats = (await told(director, contract("agreement-stats")))["agreementStats"]
    assert [(one["program"], one["count"]) for one in stats["byProgram"] if one["count"]] == [("MAD", 3)]
    answer = await ask(director, "{ annualReport { tables { title } } }")
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    theirs = (await told(colleague, contract("center-status")))["centers"]
    assert [one["name"] for one in theirs["nodes"]] == ["Los Patojos"]
