"""What ends without a renewal, as of any date and page by page: a renewal signed later had not been signed then."""

from datetime import date
from typing import Any

import pytest

from models.agreements import AgreementStage, Convention
from models.conventions import Amendment
from models.people import Role, User
from models.places import ProgramCode
from models.reviews import ReviewStage
from models.signing import Signature
from tests import builders
from tests.builders import MIXCO
from tests.conftest import Clock
from tests.door import ask, told

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("db", "clock")]

LIST = """query ($first: Int = 100, $after: String, $within: Int = 120, $from: Date, $to: Date, $asOf: Date,
    $program: ProgramCode, $department: String, $pending: Boolean, $instrument: InstrumentKind) {
  renewalsDue(first: $first, after: $after, withinDays: $within, endsFrom: $from, endsTo: $to, asOf: $asOf,
      program: $program, departmentCode: $department, pending: $pending, instrument: $instrument) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { endsOn startBy pendingRenewal { code }
      instrument { ... on Convention { number } ... on Lease { number } ... on SanitaryLicense { number } } }
  } }"""


async def due(person: User, **asked: Any) -> list[tuple[str, str]]:
    """Return numbers and ends of the whole list."""
    page = (await told(person, LIST, **asked))["renewalsDue"]
    found = [(node["instrument"]["number"], node["endsOn"]) for node in page["nodes"]]
    assert page["totalCount"] == len(found)
    return found


async def signed(of: Any, on: date) -> None:
    """Let the last party sign on a day."""
    who = {"signer_name": "Ana", "capacity": "x", "recorded_by": await builders.person(Role.LEGAL)}
    await Signature.create(convention=of, side="SOSEP", place="x", signed_on=on, **who)


async def test_a_renewal_signed_later_had_not_been_signed_then(clock: Clock) -> None:
    lawyer = await builders.person(Role.LEGAL)
    old = await builders.convention(starts_on=date(2024, 1, 1), ends_on=date(2024, 12, 31))
    new = await builders.convention(renews=old, starts_on=date(2025, 1, 15), ends_on=date(2026, 1, 14))
    await signed(new, date(2025, 1, 15))
    ahead = await builders.convention(starts_on=date(2024, 2, 1), ends_on=date(2025, 1, 31))
    follows = await builders.convention(renews=ahead, starts_on=date(2025, 2, 1), ends_on=date(2027, 1, 31))
    await signed(follows, date(2024, 12, 10))

    await Convention.filter(id=new.id).update(requested_on=date(2024, 11, 1))
    review = await builders.review(new, stage=ReviewStage.CLOSED)

    for as_of, code in (
        ("2024-10-31", None),
        ("2024-11-01", {"code": review.code}),
        ("2025-01-14", {"code": review.code}),
    ):
        (node,) = (await told(lawyer, LIST, asOf=as_of, to="2024-12-31"))["renewalsDue"]["nodes"]
        assert node["pendingRenewal"] == code, as_of
        assert len(await due(lawyer, asOf=as_of, to="2024-12-31", pending=code is not None)) == 1
    assert await due(lawyer) == [(new.number, "2026-01-14")]
    assert (await told(lawyer, LIST))["renewalsDue"]["nodes"][0]["startBy"] == "2025-10-16"
    assert await due(lawyer, asOf="2025-01-15", within=0) == []
    assert await due(lawyer, asOf="2025-01-14", within=0) == [(old.number, "2024-12-31")]
    assert await due(lawyer, asOf="2024-12-01") == [(old.number, "2024-12-31"), (ahead.number, "2025-01-31")]
    # Signed ahead: followed since its signature, not only since its term.
    assert await due(lawyer, asOf="2024-12-10") == [(old.number, "2024-12-31")]
    assert await due(lawyer, asOf="2023-12-31", within=3660) == [], "nobody had signed anything yet"


async def test_an_extension_and_an_early_end_signed_later_are_undone(clock: Clock) -> None:
    lawyer = await builders.person(Role.LEGAL)
    extended = await builders.convention(starts_on=date(2025, 1, 1), ends_on=date(2027, 12, 31))
    for ordinal, (day, old, new) in enumerate(
        [
            (date(2025, 6, 1), date(2025, 12, 31), date(2026, 6, 30)),
            (date(2026, 1, 10), date(2026, 6, 30), date(2027, 12, 31)),
        ],
        start=1,
    ):
        await Amendment.create(
            convention=extended, ordinal=ordinal, motive="x", signed_on=day, old_ends_on=old, new_ends_on=new
        )
    ended = await builders.convention(
        starts_on=date(2025, 1, 1), ends_on=date(2026, 1, 31), stage=AgreementStage.TERMINATED,
        terminated_on=date(2025, 11, 1),
    )  # fmt: skip

    assert await due(lawyer) == []
    assert await due(lawyer, asOf="2025-05-31", within=365) == [
        (extended.number, "2025-12-31"), (ended.number, "2026-01-31")
    ]  # fmt: skip
    assert await due(lawyer, asOf="2025-10-31") == [(ended.number, "2026-01-31")]
    assert await due(lawyer, asOf="2025-11-01", within=365) == [(extended.number, "2026-06-30")]
    # Page by page the one whose end was another stands in its place.
    first = (await told(lawyer, LIST, asOf="2025-05-31", within=365, first=1))["renewalsDue"]
    assert (first["nodes"][0]["endsOn"], first["totalCount"]) == ("2025-12-31", 2)
    rest = await told(lawyer, LIST, asOf="2025-05-31", within=365, after=first["pageInfo"]["endCursor"])
    assert [node["endsOn"] for node in rest["renewalsDue"]["nodes"]] == ["2026-01-31"]


async def test_a_license_is_renewed_by_the_next_one_of_its_center(clock: Clock) -> None:
    lawyer = await builders.person(Role.LEGAL)
    center = await builders.center()
    old = await builders.sanitary_license(center, starts_on=date(2024, 1, 1), ends_on=date(2025, 6, 30))
    twin = await builders.sanitary_license(center, starts_on=date(2024, 3, 1), ends_on=date(2025, 6, 30))
    new = await builders.sanitary_license(center, starts_on=date(2025, 7, 15), ends_on=date(2026, 6, 1))
    await builders.sanitary_license(await builders.center(), stage=AgreementStage.REQUESTED, ends_on=None)

    assert await due(lawyer) == [(new.number, "2026-06-01")]
    assert await due(lawyer, asOf="2025-07-14") == [(twin.number, "2025-06-30")]
    assert await due(lawyer, asOf="2024-02-28", within=3660) == [(old.number, "2025-06-30")]


async def test_the_list_narrows_and_its_pages_hold_while_it_changes(clock: Clock) -> None:
    lawyer = await builders.person(Role.LEGAL)
    center = await builders.center(at=MIXCO)
    same = date(2026, 4, 10)
    town = await builders.convention(ends_on=same)
    asked = await builders.convention(ends_on=same, program=ProgramCode.HC)
    renewal = await builders.convention(
        renews=asked, stage=AgreementStage.IN_REVIEW, starts_on=None, ends_on=None, requested_on=date(2026, 3, 1)
    )
    lease = await builders.lease(center, ends_on=same)
    license = await builders.sanitary_license(center, ends_on=same)
    later = await builders.convention(at=MIXCO, ends_on=date(2026, 5, 1))
    everything = [town.number, asked.number, lease.number, license.number, later.number]

    for more, wanted in (
        ({}, everything),
        ({"from": "2026-05-01", "to": "2026-05-31"}, [later.number]),
        ({"from": "2026-04-01", "to": "2026-04-30", "pending": False}, [town.number, lease.number, license.number]),
        ({"pending": True}, [asked.number]),
        ({"program": "HC"}, [asked.number]),
        ({"department": "01"}, [lease.number, license.number, later.number]),
        ({"instrument": "LEASE"}, [lease.number]),
        ({"to": "2026-04-09"}, []),
    ):
        assert [number for number, _ in await due(lawyer, **more)] == wanted, more
    await builders.further_party(town, at=MIXCO)
    assert town.number in str(await due(lawyer, department="01"))

    seen: list[str] = []
    after = None
    while True:
        page = (await told(lawyer, LIST, first=1, after=after))["renewalsDue"]
        seen += [node["instrument"]["number"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        if len(seen) == 2:
            # What stood at the mark is renewed meanwhile, and something earlier comes in.
            renewal.stage, renewal.starts_on = AgreementStage.SIGNED, date(2026, 4, 11)
            await renewal.save()
            await builders.convention(ends_on=date(2026, 4, 1))
    assert seen == everything
    for wrong in ({"from": "2026-05-01", "to": "2026-04-01"}, {"department": "99"}, {"within": -1}, {"after": "x"}):
        assert [one["extensions"]["code"] for one in (await ask(lawyer, LIST, **wrong))["errors"]] == ["BAD_USER_INPUT"]
