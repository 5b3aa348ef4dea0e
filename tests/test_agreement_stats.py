"""Conventions counted as of a date, for those who reach them."""

from collections import Counter
from datetime import date
from typing import Any

import pytest

from models.agreements import AgreementStage, Convention, Standing
from models.centers import CenterState
from models.people import Role, User
from models.places import ProgramCode
from tests import builders
from tests.builders import CHAMELCO, MIXCO
from tests.conftest import Clock, FreshDatabase
from tests.door import contract, told

pytestmark = pytest.mark.both_databases
STATS = contract("agreement-stats")


async def asked(person: User, **variables: Any) -> dict[str, Any]:
    """Return the counts that a person is told."""
    return dict((await told(person, STATS, **variables))["agreementStats"])


async def a_year_of_conventions() -> None:
    """Write conventions of two towns, two programs and every standing on 2 March 2026."""
    center = await builders.center(at=CHAMELCO)
    await builders.center(at=MIXCO, state=CenterState.CLOSED)
    for at, program, more in [
        (
            CHAMELCO,
            ProgramCode.MAD,
            {"centers": [center], "starts_on": date(2025, 3, 1), "ends_on": date(2026, 12, 31)},
        ),
        (CHAMELCO, ProgramCode.MAD, {"starts_on": date(2025, 3, 10), "ends_on": date(2026, 3, 9)}),
        (CHAMELCO, ProgramCode.HC, {"starts_on": date(2024, 1, 1), "ends_on": date(2025, 12, 31)}),
        (MIXCO, ProgramCode.MAD, {"starts_on": date(2025, 6, 1), "ends_on": None}),
        (MIXCO, ProgramCode.MAD, {"stage": AgreementStage.IN_REVIEW, "starts_on": None, "ends_on": None}),
        (MIXCO, ProgramCode.HC, {"stage": AgreementStage.WITHDRAWN, "starts_on": None, "ends_on": None}),
        (
            MIXCO,
            ProgramCode.HC,
            {
                "stage": AgreementStage.TERMINATED,
                "starts_on": date(2025, 1, 1),
                "ends_on": date(2026, 12, 31),
                "terminated_on": date(2026, 5, 16),
            },
        ),
    ]:
        await builders.convention(at=at, program=program, **more)


async def test_each_convention_is_counted_once_where_it_stands(db: FreshDatabase, clock: Clock) -> None:
    await a_year_of_conventions()
    lawyer = await builders.person(Role.LEGAL)
    for on in (date(2024, 6, 1), date(2025, 7, 1), date(2026, 3, 2), date(2026, 5, 16), date(2030, 1, 1)):
        seen = await asked(lawyer, asOf=on.isoformat())
        known = await Convention.exclude(stage=AgreementStage.WITHDRAWN)
        known = [one for one in known if one.requested_on is None or one.requested_on <= on]
        standings = Counter(one.standing(on) for one in known)
        assert seen["total"] == len(known)
        assert {one["standing"]: one["count"] for one in seen["byStanding"]} == {
            one.value: standings[one] for one in Standing
        }
        assert sum(one["count"] for one in seen["byProgram"]) == len(known)
        live = standings[Standing.IN_FORCE] + standings[Standing.EXPIRING]
        assert sum(one["inForce"] for one in seen["byProgram"]) == live
        assert sum(one["inForce"] for one in seen["byDepartment"]) == live


async def test_departments_have_their_centers_conventions_and_alarms(db: FreshDatabase, clock: Clock) -> None:
    await a_year_of_conventions()

    seen = await asked(await builders.person(Role.AUDITOR), asOf="2026-03-02")

    # The closed center of Mixco is none, two conventions there cover no center; the center of Chamelco has a
    # convention, no license, and no month reported; another convention there covers no center.
    assert seen["byDepartment"] == [
        {"department": {"code": "01", "name": "Guatemala"}, "centers": 0, "conventions": 3, "inForce": 2, "alarms": 2},
        {
            "department": {"code": "16", "name": "Alta Verapaz"},
            "centers": 1,
            "conventions": 3,
            "inForce": 2,
            "alarms": 3,
        },
    ]
    assert seen["byProgram"] == [
        {"program": "MAD", "count": 4, "inForce": 3, "expiring": 1, "expired": 0},
        {"program": "HC", "count": 2, "inForce": 1, "expiring": 0, "expired": 1},
    ]


async def test_months_tell_the_last_day_in_force(db: FreshDatabase, clock: Clock) -> None:
    await a_year_of_conventions()

    months = (await asked(await builders.person(Role.LEGAL), asOf="2026-03-02"))["endingByMonth"]

    assert [one["month"] for one in months[:2] + months[-1:]] == ["2026-03-01", "2026-04-01", "2028-02-01"]
    ending = {one["month"]: one["count"] for one in months if one["count"]}
    # The last one ends in May, before its term, by a deed that was already known.
    assert ending == {"2026-03-01": 1, "2026-05-01": 1, "2026-12-01": 1}


async def test_everybody_counts_what_she_reaches(db: FreshDatabase, clock: Clock) -> None:
    await a_year_of_conventions()
    expected = {
        Role.MUNICIPAL: (3, ["16"]),
        Role.COORDINATOR: (3, ["16"]),
        Role.DIRECTOR: (4, ["01", "16"]),
        Role.SIGNATORY: (6, ["01", "16"]),
    }
    for role, (total, departments) in expected.items():
        seen = await asked(await builders.person(role, at=CHAMELCO), asOf="2026-03-02")
        assert (seen["total"], [one["department"]["code"] for one in seen["byDepartment"]]) == (total, departments), (
            role
        )


async def test_nothing_on_record_is_told_as_nothing(db: FreshDatabase, clock: Clock) -> None:
    await builders.places()
    for on in ("2026-03-02", "1990-01-01", "9999-12-31"):
        seen = await asked(await builders.person(Role.LEGAL), asOf=on)
        assert (seen["total"], seen["byProgram"], seen["byDepartment"]) == (0, [], [])
        assert {one["count"] for one in seen["byStanding"] + seen["endingByMonth"]} == {0}


async def test_one_of_several_municipalities_counts_in_each_department(db: FreshDatabase, clock: Clock) -> None:
    await builders.places()
    both = await builders.convention(at=CHAMELCO, ends_on=date(2026, 12, 31))
    await builders.further_party(both, at=MIXCO)
    await builders.further_party(both, at="0101")

    seen = await told(
        await builders.person(Role.LEGAL),
        "{ agreementStats { total byDepartment { department { code } inForce expiring towns covered } } }",
    )

    assert seen["agreementStats"] == {
        "total": 1,
        "byDepartment": [
            {"department": {"code": "01"}, "inForce": 1, "expiring": 0, "towns": 2, "covered": 2},
            {"department": {"code": "16"}, "inForce": 1, "expiring": 0, "towns": 2, "covered": 1},
        ],
    }
