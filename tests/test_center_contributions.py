"""What each party gives to a center: noted, corrected, ended for a reason, and added up as of a date."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from actions.contributions import end_contribution
from models.audit import Verb
from models.centers import CenterEventKind, CenterState
from models.contributions import CenterContribution, ContributionKind, ContributionParty
from models.people import Role
from models.places import ProgramCode
from tests import builders
from tests.door import (
    HOSTILE,
    Said,
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

SAVE = """mutation ($input: SaveContributionInput!) { saveContribution(input: $input) { contribution {
    id party partyName kind description quantity monthlyAmount since until current version endReason
    center { code } convention { number } recordedBy { name }
} errors { code message path } } }"""
END = """mutation ($input: EndContributionInput!) { endContribution(input: $input) { contribution {
    until endReason current version
} errors { code message path } } }"""
NURSE: dict[str, Any] = {"party": "MUNICIPALITY", "kind": "STAFF", "description": "Enfermera auxiliar", "quantity": 2}
NURSE |= {"monthlyAmount": "6500.50", "since": "2026-01-01"}
pytestmark = pytest.mark.usefixtures("db", "clock")


@pytest.mark.both_databases
async def test_a_contribution_is_noted_once_with_its_convention_and_corrected() -> None:
    center, director = await builders.center(), await builders.person(Role.DIRECTOR)
    promised = await builders.convention(centers=[center])
    given = NURSE | {"centerId": id_of(center), "conventionId": id_of(promised), "description": HOSTILE[2]}

    made = (await once(director, SAVE, **given))["contribution"]

    assert {key: made[key] for key in made if key != "id"} == {
        "party": "MUNICIPALITY", "partyName": "", "kind": "STAFF", "description": HOSTILE[2], "quantity": 2,
        "monthlyAmount": "6500.50", "since": "2026-01-01", "until": None, "current": True, "version": 1,
        "endReason": "", "center": {"code": center.code}, "convention": {"number": promised.number},
        "recordedBy": {"name": director.name},
    }  # fmt: skip
    entry = await last_entry()
    assert (entry.verb, entry.subject_type, entry.subject_id) == (Verb.SAVE_CONTRIBUTION, "Center", str(center.id))

    again = NURSE | {"contributionId": made["id"], "quantity": 3, "until": "2026-02-01", "expectedVersion": 1}
    put_right = (await done(director, SAVE, **again))["contribution"]
    assert (put_right["quantity"], put_right["current"], put_right["version"]) == (3, False, 2)
    assert put_right["convention"] is None
    row = await CenterContribution.get()
    assert row.monthly_amount == Decimal("6500.50")
    assert changed(await last_entry(), row)["quantity"] == (2, 3)
    assert (await refusal(director, SAVE, **again)).code == "STALE"


async def test_everything_wrong_is_told_with_its_path() -> None:
    center, director = await builders.center(), await builders.person(Role.DIRECTOR)
    other = await builders.convention(at=builders.MIXCO)
    hidden = await builders.convention(program=ProgramCode.HC)
    here = {"centerId": id_of(center)}
    for more, path, words in [
        ({"description": " "}, "description", "Escriba en qué consiste"),
        ({"party": "OTHER"}, "partyName", "Escriba el nombre"),
        ({"partyName": "Fundación"}, "partyName", "solo si aporta otra institución"),
        ({"quantity": None}, "quantity", "cuántas plazas"),
        ({"quantity": 0}, "quantity", "de 1 a 500"),
        ({"quantity": -2}, "quantity", "de 1 a 500"),
        ({"kind": "FOOD"}, "quantity", "solo con el personal"),
        ({"monthlyAmount": "0"}, "monthlyAmount", "mayor que cero"),
        ({"monthlyAmount": "1.005"}, "monthlyAmount", "dos decimales"),
        ({"monthlyAmount": "9999999999"}, "monthlyAmount", "hasta 1,000,000,000"),
        ({"until": "2025-12-31"}, "until", "01/01/2026"),
        ({"since": "1890-01-01"}, "since", "01/01/1991"),
        ({"since": "9999-12-31"}, "since", "El primer día"),
        ({"conventionId": id_of(other)}, "conventionId", "no cubre este centro"),
        ({"conventionId": id_of(hidden)}, "conventionId", "No se encontró el convenio"),
        ({"contributionId": id_text("CenterContribution")}, "centerId", "uno de los dos"),
    ]:
        said = await refusal(director, SAVE, **here | NURSE | more)
        assert (said.path, words in said.message) == (path, True), said
    assert [one.path for one in await refused(director, SAVE, **NURSE | {"quantity": None})] == ["quantity", "centerId"]


async def test_a_closed_center_is_given_nothing_more() -> None:
    closed = await builders.center(state=CenterState.CLOSED, state_since=date(2026, 2, 1))
    director = await builders.person(Role.DIRECTOR)
    said = await refusal(director, SAVE, centerId=id_of(closed), **NURSE)
    assert (said.path, "cerrado desde el 01/02/2026" in said.message) == ("until", True)
    await done(director, SAVE, centerId=id_of(closed), **NURSE, until="2026-01-31")


async def test_it_ends_on_a_day_for_a_reason_and_is_then_left_alone() -> None:
    center, director = await builders.center(), await builders.person(Role.DIRECTOR)
    one = await builders.contribution(center, until=date(2026, 12, 31))
    this = {"contributionId": id_of(one)}
    for more, path in [
        ({"until": "2025-12-31", "reason": "x"}, "until"),
        ({"until": "2027-01-01", "reason": "x"}, "until"),
        ({"until": "2026-02-28", "reason": " "}, "reason"),
    ]:
        assert (await refusal(director, END, **this, **more)).path == path
    ended = (await once(director, END, **this, until="2026-02-28", reason="Se acabó el convenio", expectedVersion=1))[
        "contribution"
    ]
    assert ended == {"until": "2026-02-28", "endReason": "Se acabó el convenio", "current": False, "version": 2}
    again = await refusal(director, END, **this, until="2026-01-31", reason="x")
    assert (again.code, "ya se dio por terminado el 28/02/2026" in again.message) == ("NOT_ALLOWED_NOW", True)
    right = {"party": "SOSEP", "kind": "FOOD", "description": "a", "since": "2026-01-01"}
    assert (await refusal(director, SAVE, **this, **right)).code == "NOT_ALLOWED_NOW"


async def test_who_notes_and_ends_contributions_and_of_which_centers() -> None:
    center = await builders.center()
    one = await builders.contribution(center)
    other = await builders.person(Role.DIRECTOR, program=ProgramCode.HC)
    assert await refusal(other, SAVE, centerId=id_of(center), **NURSE) == Said(
        "NOT_FOUND", "centerId", "No se encontró el centro."
    )
    ending = {"contributionId": id_of(one), "until": "2026-03-01", "reason": "x"}
    gone = Said("NOT_FOUND", "contributionId", "No se encontró el aporte.")
    assert await refusal(other, END, **ending) == gone
    assert await refusal(other, SAVE, contributionId=id_of(one), **NURSE) == gone
    for role in (Role.MUNICIPAL, Role.COORDINATOR, Role.SIGNATORY, Role.AUDITOR):
        person = await builders.person(role)
        await forbidden(person, SAVE, centerId=id_of(center), **NURSE)
        await forbidden(person, END, **ending)
    await done(await builders.person(Role.LEGAL), END, **ending)


@pytest.mark.both_databases
async def test_ended_twice_at_once_is_ended_once() -> None:
    one = await builders.contribution(await builders.center())
    people = [await builders.person(Role.DIRECTOR) for _ in range(2)]

    async def end(person: Any, day: int) -> object:
        return await end_contribution(
            actor=person, contribution_id=one.id, until=date(2026, 3, day), reason=f"Día {day}"
        )

    ends = await asyncio.gather(end(people[0], 1), end(people[1], 2), return_exceptions=True)

    assert sorted(type(end).__name__ for end in ends) == ["CenterContribution", "NotAllowedNow"]
    row = await CenterContribution.get()
    assert (row.version, row.end_reason) == (2, f"Día {row.until.day if row.until else 0}")


@pytest.mark.both_databases
async def test_sums_by_party_and_place_are_those_of_the_date_and_of_ones_reach() -> None:
    director, admin = await builders.person(Role.DIRECTOR), await builders.person(Role.ADMIN)
    here, there = await builders.center("Aquí"), await builders.center("Allá", at=builders.MIXCO)
    child = await builders.center("Niños", program=ProgramCode.HC)
    staff = {"kind": ContributionKind.STAFF, "party": ContributionParty.MUNICIPALITY, "description": "Enfermera"}
    await builders.contribution(here, monthly_amount=Decimal("1000.10"))
    await builders.contribution(here, monthly_amount=Decimal("0.20"), until=date(2026, 2, 1))
    await builders.contribution(here, **staff, quantity=3, monthly_amount=Decimal("9000"))
    await builders.contribution(there, **staff, quantity=1)
    await builders.contribution(there, since=date(2026, 3, 3), monthly_amount=Decimal("5"))
    await builders.contribution(child, monthly_amount=Decimal("7"))
    # On 1 February the second was still elsewhere.
    await builders.center_event(
        there, CenterEventKind.MOVE, happened_on=date(2026, 2, 15), before={"municipality_id": "1601"},
        after={"municipality_id": builders.MIXCO},
    )  # fmt: skip
    text = """query ($on: Date, $filter: CenterContributionFilter) { contributionTotals(asOf: $on, filter: $filter) {
        parties { party count posts monthlyAmount withoutAmount }
        places { program department { code } centers parties { party posts monthlyAmount } } }
        centerContributions(asOf: $on, filter: $filter) { totalCount nodes { current } } }"""

    now = (await told(director, text))["contributionTotals"]
    then = (await told(director, text, on="2026-02-01"))["contributionTotals"]
    whole = await told(admin, text, filter={"party": "SOSEP", "current": True})
    moved = await told(director, text, on="2026-02-01", filter={"departmentCode": "16", "kind": "STAFF"})
    code = """query ($code: String!) { center(code: $code) { contributions { description }
        contributionShares { party count } } }"""

    assert now == {
        "parties": [
            {"party": "SOSEP", "count": 1, "posts": 0, "monthlyAmount": "1000.10", "withoutAmount": 0},
            {"party": "MUNICIPALITY", "count": 2, "posts": 4, "monthlyAmount": "9000.00", "withoutAmount": 1},
        ],
        "places": [
            {"program": "MAD", "department": {"code": "01"}, "centers": 1, "parties": [
                {"party": "MUNICIPALITY", "posts": 1, "monthlyAmount": "0.00"}]},
            {"program": "MAD", "department": {"code": "16"}, "centers": 1, "parties": [
                {"party": "SOSEP", "posts": 0, "monthlyAmount": "1000.10"},
                {"party": "MUNICIPALITY", "posts": 3, "monthlyAmount": "9000.00"}]},
        ],
    }  # fmt: skip
    assert then["parties"][0]["monthlyAmount"] == "1000.30"
    assert [(one["department"]["code"], one["centers"]) for one in then["places"]] == [("16", 2)]
    assert whole["contributionTotals"]["parties"][0]["monthlyAmount"] == "1007.10"
    assert whole["centerContributions"] == {"totalCount": 2, "nodes": [{"current": True}] * 2}
    assert moved["contributionTotals"]["parties"][0]["posts"] == 4
    assert (await told(director, text, filter={"current": False}))["centerContributions"]["totalCount"] == 2
    assert (await told(director, code, code=here.code))["center"] == {
        "contributions": [{"description": "Almuerzo"}, {"description": "Enfermera"}],
        "contributionShares": [{"party": "SOSEP", "count": 1}, {"party": "MUNICIPALITY", "count": 1}],
    }
