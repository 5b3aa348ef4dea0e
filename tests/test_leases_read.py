"""The register of leases: what it shows, by which filters, and that assignments stand in it only when asked."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from models.agreements import AgreementStage, LeaseForm, LeaseNature
from models.people import Role, User
from models.signing import SignatureDelegation
from tests import builders
from tests.door import ask, contract, told
from tests.test_centers_read import statements

REGISTER = contract("lease-register")
pytestmark = pytest.mark.usefixtures("db", "clock")


async def register(
    person: User, *, first: int = 100, after: str | None = None, as_of: str | None = None, **filter: Any
) -> Any:
    """Return the register."""
    asked = {"filter": filter or None, "first": first, "after": after, "asOf": as_of}
    return (await told(person, REGISTER, **asked))["leases"]


async def numbers(person: User, **filter: Any) -> list[str]:
    """Return the numbers in the register, in its order."""
    page = await register(person, **filter)
    assert page["totalCount"] == len(page["nodes"])
    return [node["number"] for node in page["nodes"]]


async def delegate(lease: Any) -> None:
    """Note a delegation of signature for a lease."""
    await SignatureDelegation.create(
        lease=lease, instrument="Acuerdo", number="5-2026", issued_on=date(2026, 1, 1), delegate_name="Carla Ruiz",
        recorded_by=await builders.person(Role.LEGAL),
    )  # fmt: skip


async def test_a_row_is_told_whole() -> None:
    center, office = await builders.center("Los Nietos"), await builders.office()
    rented = await builders.lease(
        center, total=Decimal("42000.00"), landlord_name="Inmuebles, S.A.", landlord_nit="1234567-9",
        address="2a calle", finca="1", folio="2", libro="3",
    )  # fmt: skip
    await delegate(rented)
    await builders.lease(center, center=None, office=office, form=None, monthly_rent=None, ends_on=None)

    page = await register(await builders.person(Role.AUDITOR), as_of="2026-12-31")

    first, second = page["nodes"]
    assert page["totalCount"] == 2
    assert first == {
        "number": rented.number, "form": "CONTRATO", "stage": "SIGNED", "standing": "EXPIRING",
        "startsOn": "2026-01-01", "endsOn": "2026-12-31", "monthlyRent": "3500.00", "total": "42000.00",
        "landlord": {"name": "Inmuebles, S.A.", "nit": "1234567-9"},
        "premises": {
            "address": "2a calle", "municipality": {"code": "1610", "name": "San Juan Chamelco"}, "finca": "1",
            "folio": "2", "libro": "3",
        },
        "serves": {"__typename": "Center", "code": center.code, "name": "Los Nietos"},
        "delegation": {
            "instrument": "Acuerdo", "number": "5-2026", "issuedOn": "2026-01-01", "delegateName": "Carla Ruiz",
        },
    }  # fmt: skip
    # Without an end date it does not vanish: it comes last.
    assert (second["serves"], second["endsOn"], second["standing"]) == (
        {"__typename": "DepartmentalOffice", "name": "Sede de Alta Verapaz"}, None, "IN_FORCE",
    )  # fmt: skip


async def test_filters_narrow() -> None:
    here, there = await builders.center(), await builders.center(at=builders.MIXCO)
    rented = await builders.lease(here, search="inmuebles del norte")
    acta = await builders.lease(there, form=LeaseForm.ACTA_NEGOCIACION, ends_on=date(2026, 4, 1), search="mixco")
    over = await builders.lease(here, starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
    asked = await builders.lease(
        here, stage=AgreementStage.REQUESTED, form=None, starts_on=None, ends_on=None, total=Decimal(1)
    )
    assigned = await builders.lease(
        there, nature=LeaseNature.PROPERTY_ASSIGNMENT, monthly_rent=None, form=None, ends_on=date(2026, 6, 1)
    )
    await delegate(rented)
    lawyer = await builders.person(Role.LEGAL)
    of = {one.number: name for name, one in locals().items() if hasattr(one, "landlord_nit")}

    async def found(**filter: Any) -> list[str]:
        return [of[number] for number in await numbers(lawyer, **filter)]

    assert await found() == ["over", "acta", "rented", "asked"]
    for filter, names in [
        ({"nature": ["PROPERTY_ASSIGNMENT"]}, ["assigned"]),
        ({"nature": ["LEASE", "PROPERTY_ASSIGNMENT"]}, ["over", "acta", "assigned", "rented", "asked"]),
        ({"nature": []}, ["over", "acta", "rented", "asked"]),
        ({"form": "ACTA_NEGOCIACION"}, ["acta"]),
        ({"standing": ["EXPIRED", "EXPIRING"]}, ["over", "acta"]),
        ({"standing": ["PENDING"]}, ["asked"]),
        ({"standing": []}, ["over", "acta", "rented", "asked"]),
        ({"stage": ["REQUESTED"]}, ["asked"]),
        ({"municipalityCode": builders.MIXCO}, ["acta"]),
        ({"departmentCode": "16"}, ["over", "rented", "asked"]),
        ({"delegated": True}, ["rented"]),
        ({"delegated": False, "form": "CONTRATO"}, ["over"]),
        ({"search": "INMUEBLES nórte"}, ["rented"]),
        ({"search": "no existe"}, []),
    ]:
        assert await found(**filter) == names, filter


async def test_pages_follow_each_other_in_both_orders_and_on_any_date() -> None:
    center, lawyer = await builders.center(), await builders.person(Role.LEGAL)
    for month in range(1, 8):
        await builders.lease(center, ends_on=date(2026, month, 28) if month < 6 else None, starts_on=date(2025, 1, 1))
    whole = await numbers(lawyer)
    seen: list[str] = []
    after = None
    while True:
        page = await register(lawyer, first=2, after=after)
        seen += [node["number"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == whole
    query = """query ($asOf: Date, $order: LeaseOrder) { leases(
        asOf: $asOf, orderBy: $order, filter: { standing: [EXPIRED] }) { nodes { number } } }"""
    late = await told(lawyer, query, asOf="2026-05-28", order={"field": "NUMBER", "direction": "DESC"})
    assert [node["number"] for node in late["leases"]["nodes"]] == sorted(whole[:4], reverse=True)


async def test_one_is_found_by_its_number_in_reach_only() -> None:
    center = await builders.center()
    lease = await builders.lease(center, nature=LeaseNature.PROPERTY_ASSIGNMENT, monthly_rent=None)
    query = "query ($number: String!) { lease(number: $number) { number nature } }"
    shown = {"lease": {"number": lease.number, "nature": "PROPERTY_ASSIGNMENT"}}
    for role, more in [(Role.LEGAL, {}), (Role.COORDINATOR, {}), (Role.DIRECTOR, {}), (Role.SIGNATORY, {})]:
        person = await builders.person(role, **more)
        assert await told(person, query, number=f" {lease.number.lower()} ") == shown
    for person in (
        await builders.person(Role.MUNICIPAL),
        await builders.person(Role.COORDINATOR, at=builders.MIXCO),
        await builders.person(Role.DIRECTOR, program="HC"),
    ):
        assert await told(person, query, number=lease.number) == {"lease": None}
        assert await numbers(person, nature=["LEASE", "PROPERTY_ASSIGNMENT"]) == []


async def test_a_place_that_is_none_is_said_and_offices_are_listed() -> None:
    await builders.office()
    await builders.office(builders.MIXCO)
    await builders.office(name="Sede cerrada", valid_to=date(2026, 3, 1))
    lawyer = await builders.person(Role.LEGAL)
    answer = await ask(lawyer, REGISTER, filter={"municipalityCode": "9999"})
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
    query = "{ departmentalOffices { name department { code } } }"
    assert await told(lawyer, query) == {
        "departmentalOffices": [
            {"name": "Sede de Alta Verapaz", "department": {"code": "16"}},
            {"name": "Sede de Guatemala", "department": {"code": "01"}},
        ]
    }
    coordinator = await builders.person(Role.COORDINATOR)
    (own,) = (await told(coordinator, query))["departmentalOffices"]
    assert own["name"] == "Sede de Alta Verapaz"


async def test_a_long_register_costs_as_many_statements_as_a_short_one() -> None:
    person = await builders.person(Role.LEGAL)
    center, office = await builders.center(), await builders.office()
    seen = []
    for more in (1, 30):
        for _ in range(more):
            await delegate(await builders.lease(center))
            await builders.lease(center, center=None, office=office)
        seen.append(await statements(person, REGISTER, "leases"))
    assert [rows for rows, _ in seen] == [2, 62]
    assert seen[0][1] == seen[1][1] > 3
