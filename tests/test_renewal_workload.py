"""The year's renewals as work to come: by month and by lawyer, each figure equal to its list."""

import re
from datetime import date
from html import unescape
from typing import Any

import httpx
import pytest

from models.agreements import AgreementStage
from models.people import Role, User
from models.places import ProgramCode
from models.reviews import ReviewStage
from tests import builders
from tests.browsing import enter
from tests.builders import MIXCO
from tests.conftest import Clock
from tests.door import ask, id_of, person_id, told

pytestmark = pytest.mark.usefixtures("db", "clock")

PLAN = """query ($from: Date, $months: Int = 12, $program: ProgramCode, $department: String, $asOf: Date) {
  renewalWorkload(from: $from, months: $months, program: $program, departmentCode: $department, asOf: $asOf) {
    total overdue overduePending
    months { month endsTo total pending late startBy conventions leases licenses
      shares { lawyer { id name } count pending } } } }"""
LIST = """query ($from: Date!, $to: Date!, $lawyer: ID, $nobody: Boolean! = false, $pending: Boolean,
    $program: ProgramCode, $department: String, $asOf: Date) {
  renewalsDue(endsFrom: $from, endsTo: $to, lawyerId: $lawyer, unassigned: $nobody, pending: $pending,
      program: $program, departmentCode: $department, asOf: $asOf) { totalCount nodes { endsOn } } }"""


async def plan(person: User, **asked: Any) -> dict[str, Any]:
    """Return the plan."""
    return dict((await told(person, PLAN, **asked))["renewalWorkload"])


async def year(clock: Clock) -> tuple[User, User]:
    """Make a year's endings and two lawyers, the first of whom has a file of one of the renewals."""
    ana, luis = await builders.person(Role.LEGAL), await builders.person(Role.LEGAL)
    await builders.person(Role.LEGAL, active=False)
    await builders.convention(ends_on=date(2026, 2, 10))
    asked = await builders.convention(ends_on=date(2026, 3, 20))
    renewal = await builders.convention(renews=asked, stage=AgreementStage.IN_REVIEW, starts_on=None, ends_on=None)
    await builders.review(renewal, stage=ReviewStage.IN_ANALYSIS, assignee=ana)
    for number in range(5):
        await builders.convention(ends_on=date(2026, 3, 21 + number))
    center = await builders.center(at=MIXCO)
    await builders.lease(center, ends_on=date(2026, 5, 31))
    await builders.lease(center, ends_on=date(2026, 7, 15))
    await builders.sanitary_license(center, ends_on=date(2026, 7, 16))
    await builders.convention(ends_on=date(2026, 7, 1), program=ProgramCode.HC, at=MIXCO)
    await builders.convention(ends_on=date(2027, 3, 1))
    return ana, luis


@pytest.mark.both_databases
async def test_every_figure_is_as_long_as_its_list(clock: Clock) -> None:
    ana, luis = await year(clock)
    head = await builders.person(Role.LEGAL_HEAD)
    people = [
        (head, {}, 10), (await builders.person(Role.DIRECTOR), {}, 9), (head, {"program": "HC"}, 1),
        (await builders.person(Role.COORDINATOR, at=MIXCO), {}, 4), (head, {"department": "01"}, 4),
        (await builders.person(Role.MUNICIPAL), {}, 6), (await builders.person(Role.MUNICIPAL, at=MIXCO), {}, 2),
    ]  # fmt: skip
    for person, scope, total in people:
        found = await plan(person, **scope)
        assert found["total"] == total, (person.role, scope)
        assert sum(one["total"] for one in found["months"]) == total
        for one in found["months"]:
            between = {"from": one["month"], "to": one["endsTo"], **scope}
            assert one["total"] == one["conventions"] + one["leases"] + one["licenses"]
            if not one["total"] and one["month"] != "2026-04-01":
                continue
            assert one["total"] == (await told(person, LIST, **between))["renewalsDue"]["totalCount"]
            asked = (await told(person, LIST, **between, pending=True))["renewalsDue"]
            assert one["pending"] == asked["totalCount"]
            for share in one["shares"]:
                whose = {"lawyer": share["lawyer"]["id"]} if share["lawyer"] else {"nobody": True}
                listed = (await told(person, LIST, **between, **whose))["renewalsDue"]
                assert share["count"] == listed["totalCount"], (person.role, scope, one["month"], share)

    found = await plan(head)
    assert (found["overdue"], found["overduePending"], len(found["months"])) == (1, 0, 12)
    march, may, july = (found["months"][n] for n in (0, 2, 4))
    assert (march["total"], march["pending"], march["late"], march["startBy"]) == (6, 1, 5, "2025-12-21")
    assert (may["late"], may["startBy"]) == (1, "2026-03-02")
    assert (july["late"], july["startBy"], july["conventions"], july["leases"], july["licenses"]) == (
        0, "2026-04-02", 1, 1, 1,
    )  # fmt: skip
    shared = {share["lawyer"]["name"]: (share["count"], share["pending"]) for share in march["shares"]}
    assert set(shared) == {ana.name, luis.name}
    assert sum(count for count, _ in shared.values()) == 6
    assert shared[ana.name][1] == 1


async def test_the_work_spreads_and_what_is_nobodys_is_said(clock: Clock) -> None:
    await year(clock)
    head = await builders.person(Role.LEGAL_HEAD)
    counts = {}
    for one in (await plan(head, months=13))["months"]:
        for share in one["shares"]:
            counts[share["lawyer"]["name"]] = counts.get(share["lawyer"]["name"], 0) + share["count"]
    assert sum(counts.values()) == 11
    assert max(counts.values()) - min(counts.values()) <= 3, counts
    await User.filter(role=Role.LEGAL).update(active=False)
    march = (await plan(head, months=1))["months"][0]
    assert [(one["lawyer"] is None, one["count"]) for one in march["shares"]] == [(False, 1), (True, 5)]


@pytest.mark.both_databases
async def test_a_past_month_is_planned_as_the_records_stood(clock: Clock) -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    await builders.person(Role.LEGAL)
    old = await builders.convention(starts_on=date(2024, 1, 1), ends_on=date(2025, 3, 31))
    await builders.convention(
        renews=old, starts_on=date(2025, 4, 1), ends_on=date(2026, 12, 31), requested_on=date(2025, 2, 10)
    )
    for as_of, seen in (("2025-01-15", (1, 0)), ("2025-02-20", (1, 1)), ("2025-04-01", (0, 0))):
        found = await plan(head, asOf=as_of, **{"from": "2025-03-01", "months": 1})
        month = found["months"][0]
        assert (month["total"], month["pending"]) == seen, as_of
        assert all(share["lawyer"] is None for share in month["shares"])
    assert (await plan(head, asOf="2025-04-01", **{"from": "2026-12-01"}))["total"] == 1
    assert (await plan(head, asOf="0001-01-01"))["total"] == 0
    assert (await plan(head, **{"from": "2024-01-01", "months": 1}))["overdue"] == 0


async def test_what_cannot_be_planned_is_refused(clock: Clock) -> None:
    head, lawyer = await builders.person(Role.LEGAL_HEAD), await builders.person(Role.LEGAL)
    for wrong in ({"months": 0}, {"months": 25}, {"from": "9999-12-01"}, {"department": "99"}):
        assert [one["extensions"]["code"] for one in (await ask(head, PLAN, **wrong))["errors"]] == ["BAD_USER_INPUT"]
    month = {"from": "2026-03-01", "to": "2026-03-31"}
    for wrong in (
        {"lawyer": "x"}, {"lawyer": id_of(await builders.convention())}, {"lawyer": person_id(lawyer), "nobody": True},
        {"lawyer": person_id(lawyer), "to": "2036-01-01"},
    ):  # fmt: skip
        answer = await ask(head, LIST, **(month | wrong))
        assert [one["extensions"]["code"] for one in answer["errors"]] == ["BAD_USER_INPUT"], wrong


async def test_on_the_page_every_figure_leads_to_a_list_as_long(clock: Clock, app_client: httpx.AsyncClient) -> None:
    await year(clock)
    await enter(app_client, await builders.person(Role.DIRECTOR))
    page = (await app_client.get("/renovaciones/plan?months=6")).text
    links = re.findall(r'href="(/vencimientos\?[^"]+)">(\d+)', page)
    assert len(links) == 13
    for link, count in links:
        listed = (await app_client.get(unescape(link))).text
        assert re.search(rf"<caption>{count} vencimiento", listed), (link, count)
    # Each month's button leads to what nobody has asked for, all of it marked already.
    starts = [unescape(link) for link in re.findall(r'href="(/renovaciones\?[^"]+)"', page)]
    assert len(starts) == 3
    chosen = (await app_client.get(starts[0])).text
    ids = re.findall(r'name="conventionIds" value="([^"]+)"[^>]* checked', chosen)
    assert len(ids) == 5
    preview = await app_client.get("/renovaciones/iniciar", params={"conventionIds": ids})
    assert "Se abrirán 5 expedientes" in preview.text

    await enter(app_client, await builders.person(Role.COORDINATOR, at=MIXCO))
    page = (await app_client.get("/renovaciones/plan?months=6")).text
    assert "4 vencen en 6 meses" in page
    assert "Iniciar las de este mes" not in page
    await enter(app_client, await builders.person(Role.MUNICIPAL))
    assert (await app_client.get("/renovaciones/plan")).status_code == 403
