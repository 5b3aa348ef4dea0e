"""A visit of supervision with its findings, and what is done about each until it is mended."""

import asyncio
from datetime import date
from typing import Any

import pytest

from actions.refusals import Refusal
from actions.supervision import MOST_FINDINGS, follow_up_finding
from models.audit import Verb
from models.centers import CenterState
from models.people import Role
from models.places import ProgramCode
from models.supervision import FindingFollowUp, SupervisionFinding
from tests import builders
from tests.door import (
    HOSTILE,
    Said,
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
    request,
    sent_up,
    told,
)

RECORD = """mutation ($input: RecordVisitInput!) { recordVisit(input: $input) { visit {
    visitedOn supervisorName act summary version recordedBy { name } file { filename url } center { code }
    findings { ordinal text severity party dueOn state daysLeft version }
} errors { code message path } } }"""
FOLLOW = """mutation ($input: FollowUpFindingInput!) { followUpFinding(input: $input) { finding {
    state resolvedOn version followUps { notedOn text resolves recordedBy { name } file { filename url } }
} errors { code message path } } }"""
FINDING = {"text": "Techo roto", "severity": "HIGH", "party": "COUNTERPART", "dueOn": "2026-03-01"}
VISIT: dict[str, Any] = {"visitedOn": "2026-02-27", "supervisorName": "Ana López", "summary": "Se recorrió todo"}
NOTE: dict[str, Any] = {"notedOn": "2026-03-01", "text": "Ya se cambió la lámina"}
pytestmark = pytest.mark.usefixtures("db", "clock")


@pytest.mark.both_databases
async def test_a_visit_is_noted_once_with_its_act_and_its_findings() -> None:
    center, coordinator = await builders.center(), await builders.person(Role.COORDINATOR)
    up = await sent_up(coordinator, "acta.pdf")
    given = VISIT | {"centerId": id_of(center), "act": " Acta 3-2026 ", "fileId": up["id"]}
    given["findings"] = [FINDING, {"text": HOSTILE[0], "severity": "LOW", "party": "SOSEP"}]

    made = (await once(coordinator, RECORD, **given))["visit"]

    url = made["file"]["url"]
    assert made == {
        "visitedOn": "2026-02-27", "supervisorName": "Ana López", "act": "Acta 3-2026", "summary": "Se recorrió todo",
        "version": 1, "recordedBy": {"name": coordinator.name}, "file": {"filename": "acta.pdf", "url": url},
        "center": {"code": center.code}, "findings": [
            {**FINDING, "ordinal": 1, "state": "OVERDUE", "daysLeft": -1, "version": 1},
            {"text": HOSTILE[0], "severity": "LOW", "party": "SOSEP", "dueOn": None, "ordinal": 2, "state": "OPEN",
             "daysLeft": None, "version": 1},
        ],
    }  # fmt: skip
    entry = await last_entry()
    assert (entry.verb, entry.subject_type, entry.subject_id) == (Verb.RECORD_VISIT, "Center", str(center.id))
    assert entry.summary.endswith("la visita de supervisión del 27/02/2026 a " + center.name + ", con 2 hallazgos.")
    # The act is for whom the center is for: its town reads it, another does not.
    town, other = await builders.person(Role.MUNICIPAL), await builders.person(Role.MUNICIPAL, at=builders.MIXCO)
    assert (await request(town, "GET", url)).status_code == 200
    assert (await request(other, "GET", url)).status_code == 404


async def test_a_visit_may_find_nothing_and_may_be_of_a_closed_center() -> None:
    center = await builders.center(state=CenterState.CLOSED)
    admin = await builders.person(Role.ADMIN)
    await done(admin, RECORD, centerId=id_of(center), **VISIT)
    assert (await last_entry()).summary.endswith("sin hallazgos.")


async def test_everything_wrong_with_a_visit_is_told_at_once_and_nothing_is_kept() -> None:
    center, director = await builders.center(), await builders.person(Role.DIRECTOR)
    visit: dict[str, Any] = {"centerId": id_of(center), "visitedOn": "2026-03-03", "supervisorName": " ", "summary": ""}
    visit["findings"] = [FINDING | {"dueOn": "2026-03-10"}, FINDING | {"text": "", "dueOn": "2026-03-02"}]
    said = await refused(director, RECORD, **visit)
    assert [(one.code, one.path) for one in said] == [
        ("BAD_USER_INPUT", "supervisorName"), ("BAD_USER_INPUT", "summary"), ("BAD_USER_INPUT", "findings.1.text"),
        ("BAD_USER_INPUT", "findings.1.dueOn"), ("BAD_USER_INPUT", "visitedOn"),
    ]  # fmt: skip
    for more, path in [
        ({"visitedOn": "9999-12-31"}, "visitedOn"),
        ({"visitedOn": "0001-01-01"}, "visitedOn"),
        ({"act": "x" * 161}, "act"),
        ({"findings": [FINDING | {"dueOn": "9999-12-31"}]}, "findings.0.dueOn"),
        ({"findings": [FINDING] * (MOST_FINDINGS + 1)}, "findings"),
        ({"fileId": id_text("File")}, "fileId"),
    ]:
        assert (await refusal(director, RECORD, centerId=id_of(center), **VISIT | more)).path == path
    theirs = (await sent_up(await builders.person(Role.COORDINATOR)))["id"]
    said_of = await refusal(director, RECORD, centerId=id_of(center), **VISIT, fileId=theirs)
    assert said_of.code == "NOT_FOUND"


async def test_who_may_note_a_visit_and_of_which_centers() -> None:
    center, far = await builders.center(), await builders.center(at=builders.MIXCO, program=ProgramCode.HC)
    coordinator, director = await builders.person(Role.COORDINATOR), await builders.person(Role.DIRECTOR)
    for person in (coordinator, director):
        said = await refusal(person, RECORD, centerId=id_of(far), **VISIT)
        assert said == Said("NOT_FOUND", "centerId", "No se encontró el centro.")
    for bad in bad_ids("Center", "Convention")[:3]:
        assert (await refusal(director, RECORD, centerId=bad, **VISIT)).path == "centerId"
    for role in (Role.MUNICIPAL, Role.LEGAL, Role.LEGAL_HEAD, Role.SIGNATORY, Role.AUDITOR):
        await forbidden(await builders.person(role), RECORD, centerId=id_of(center), **VISIT)
    await forbidden(None, RECORD, centerId=id_of(center), **VISIT)


async def test_a_finding_is_followed_until_it_is_mended_and_then_no_more() -> None:
    director = await builders.person(Role.DIRECTOR)
    seen = await builders.visit(await builders.center(), visited_on=date(2026, 2, 27))
    one = await builders.finding(seen, due_on=date(2026, 2, 28))
    up = await sent_up(director, "foto.pdf")
    this = {"findingId": id_of(one)}

    first = await done(director, FOLLOW, **this, notedOn="2026-02-28", text="Se pidió lámina", expectedVersion=1)
    assert (first["finding"]["state"], first["finding"]["version"]) == ("OVERDUE", 2)
    assert (await refusal(director, FOLLOW, **this, **NOTE, expectedVersion=1)).code == "STALE"
    for more, words in [
        ({"notedOn": "2026-02-26"}, "del 27/02/2026 (día de la visita) a hoy"),
        ({"notedOn": "2026-03-03"}, "a hoy"),
        ({"notedOn": "2026-02-27", "resolves": True}, "del 28/02/2026 (día del último seguimiento) a hoy"),
        ({"text": " "}, "Escriba qué se hizo"),
    ]:
        assert words in (await refusal(director, FOLLOW, **this, **NOTE | more)).message
    last = (await once(director, FOLLOW, **this, **NOTE, resolves=True, fileId=up["id"], expectedVersion=2))["finding"]

    assert (last["state"], last["resolvedOn"], last["version"]) == ("RESOLVED", "2026-03-01", 3)
    assert [(row["notedOn"], row["resolves"]) for row in last["followUps"]] == [
        ("2026-02-28", False),
        ("2026-03-01", True),
    ]
    assert last["followUps"][1]["file"]["filename"] == "foto.pdf"
    entry = await last_entry()
    assert (entry.verb, changed(entry, one)) == (Verb.FOLLOW_UP_FINDING, {"resolved_on": (None, "2026-03-01")})
    again = await refusal(director, FOLLOW, **this, **NOTE)
    assert (again.code, "ya consta como corregido el 01/03/2026" in again.message) == ("NOT_ALLOWED_NOW", True)


async def test_who_follows_a_finding_up() -> None:
    one = await builders.finding(await builders.visit(await builders.center()))
    given = NOTE | {"findingId": id_of(one), "notedOn": "2026-03-02"}
    gone = Said("NOT_FOUND", "findingId", "No se encontró el hallazgo.")
    strangers = (
        await builders.person(Role.COORDINATOR, at=builders.MIXCO),
        await builders.person(Role.DIRECTOR, program=ProgramCode.HC),
    )
    for person in strangers:
        assert await refusal(person, FOLLOW, **given) == gone
    admin = await builders.person(Role.ADMIN)
    assert await refusal(admin, FOLLOW, **given | {"findingId": id_text("SupervisionFinding")}) == gone
    for role in (Role.MUNICIPAL, Role.LEGAL, Role.AUDITOR):
        await forbidden(await builders.person(role), FOLLOW, **given)
    await done(admin, FOLLOW, **given)


@pytest.mark.both_databases
async def test_mended_twice_at_once_is_mended_once() -> None:
    one = await builders.finding(await builders.visit(await builders.center(), visited_on=date(2026, 3, 1)))
    people = [await builders.person(Role.COORDINATOR) for _ in range(2)]

    async def mend(person: Any) -> object:
        day = date(2026, 3, 2)
        return await follow_up_finding(
            actor=person, finding_id=one.id, noted_on=day, text="Listo", resolves=True, expected_version=1
        )

    ends = await asyncio.gather(*(mend(person) for person in people), return_exceptions=True)

    assert sorted(type(end).__name__ for end in ends) in (["Stale", "SupervisionFinding"],)
    assert all(not isinstance(end, Exception) or isinstance(end, Refusal) for end in ends)
    assert await FindingFollowUp.filter(finding=one, resolves=True).count() == 1
    assert (await SupervisionFinding.get(id=one.id)).version == 2


async def test_the_lists_and_a_center_tell_the_past() -> None:
    center, director = await builders.center(), await builders.person(Role.DIRECTOR)
    seen = await builders.visit(center, visited_on=date(2026, 1, 10))
    one = await builders.finding(seen, due_on=date(2026, 1, 20), resolved_on=date(2026, 2, 1))
    await builders.visit(center, visited_on=date(2026, 2, 20))
    await FindingFollowUp.create(
        finding=one, noted_on=date(2026, 2, 1), text="Listo", resolves=True, recorded_by=director,
        recorded_at="2026-02-01T12:00:00Z",
    )  # fmt: skip
    text = """query ($code: String!, $on: Date) { center(code: $code, asOf: $on) { lastVisitOn
        visits { visitedOn findings { state followUps { text } } } }
        supervisionFindings(asOf: $on) { totalCount nodes { state visit { visitedOn center { code } } } }
        supervisionVisits(filter: { from: "2026-01-01", to: "2026-03-01" }, asOf: $on) { totalCount }
        unvisitedCenters(days: 30, asOf: $on) { nodes { code lastVisitOn } } }"""

    now = await told(director, text, code=center.code)
    then = await told(director, text, code=center.code, on="2026-01-25")
    before = await told(director, text, code=center.code, on="2026-01-09")
    long_ago = await told(director, text, code=center.code, on="0001-01-02")

    assert now["center"]["lastVisitOn"] == "2026-02-20"
    assert [one["findings"] for one in now["center"]["visits"]] == [
        [],
        [{"state": "RESOLVED", "followUps": [{"text": "Listo"}]}],
    ]
    assert now["supervisionFindings"]["nodes"][0]["state"] == "RESOLVED"
    assert (now["supervisionVisits"]["totalCount"], now["unvisitedCenters"]["nodes"]) == (2, [])
    assert then["center"] == {
        "lastVisitOn": "2026-01-10",
        "visits": [{"visitedOn": "2026-01-10", "findings": [{"state": "OVERDUE", "followUps": []}]}],
    }
    assert then["supervisionFindings"]["nodes"] == [
        {"state": "OVERDUE", "visit": {"visitedOn": "2026-01-10", "center": {"code": center.code}}}
    ]
    assert (before["center"]["visits"], before["supervisionFindings"]["totalCount"]) == ([], 0)
    assert before["unvisitedCenters"]["nodes"] == [{"code": center.code, "lastVisitOn": None}]
    assert len(long_ago["unvisitedCenters"]["nodes"]) == 1
