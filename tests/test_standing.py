"""Terms end on the eve, and where an agreement stands on a date: the function and the query say the same."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby, product

import pytest
from hypothesis import given
from hypothesis.strategies import dates, integers, none, sampled_from

from models.agreements import (
    EXPIRING_DAYS,
    AgreementStage,
    Convention,
    Lease,
    Standing,
    last_day,
    standing,
    standing_is,
)
from models.clock import today
from models.people import Role
from tests import builders
from tests.conftest import FreshDatabase
from tests.door import told

ON = date(2026, 3, 2)
SIGNED = AgreementStage.SIGNED


@pytest.mark.parametrize(
    ("starts", "months", "ends"),
    [
        ((2026, 3, 15), 12, (2027, 3, 14)),
        ((2026, 1, 1), 12, (2026, 12, 31)),
        ((2026, 1, 1), 1, (2026, 1, 31)),
        ((2026, 3, 1), 1, (2026, 3, 31)),
        ((2026, 2, 1), 1, (2026, 2, 28)),
        ((2024, 2, 1), 1, (2024, 2, 29)),
        ((2026, 3, 2), 11, (2027, 2, 1)),
        ((2026, 12, 15), 1, (2027, 1, 14)),
        ((2026, 12, 1), 2, (2027, 1, 31)),
        ((2026, 5, 31), 12, (2027, 5, 30)),
        # A last month that lacks the day: the term ends on its last day.
        ((2026, 1, 31), 1, (2026, 2, 28)),
        ((2024, 1, 31), 1, (2024, 2, 29)),
        ((2026, 1, 30), 1, (2026, 2, 28)),
        ((2026, 1, 29), 1, (2026, 2, 28)),
        ((2024, 1, 29), 1, (2024, 2, 28)),
        ((2026, 3, 31), 1, (2026, 4, 30)),
        ((2026, 3, 31), 6, (2026, 9, 30)),
        ((2026, 8, 31), 6, (2027, 2, 28)),
        ((2023, 8, 31), 6, (2024, 2, 29)),
        # Leap days.
        ((2024, 2, 29), 12, (2025, 2, 28)),
        ((2024, 2, 29), 48, (2028, 2, 28)),
        ((2024, 3, 1), 12, (2025, 2, 28)),
        ((2027, 3, 1), 12, (2028, 2, 29)),
        ((2026, 3, 2), 120, (2036, 3, 1)),
    ],
)
def test_a_term_ends_on_the_eve(starts: tuple[int, int, int], months: int, ends: tuple[int, int, int]) -> None:
    assert last_day(date(*starts), months) == date(*ends)


MONTH_ENDS = """
    start       1 month     6 months    12 months
    2027-01-31  2027-02-28  2027-07-30  2028-01-30
    2027-02-28  2027-03-27  2027-08-27  2028-02-27
    2027-03-31  2027-04-30  2027-09-30  2028-03-30
    2027-04-30  2027-05-29  2027-10-29  2028-04-29
    2027-05-31  2027-06-30  2027-11-30  2028-05-30
    2027-06-30  2027-07-29  2027-12-29  2028-06-29
    2027-07-31  2027-08-30  2028-01-30  2028-07-30
    2027-08-31  2027-09-30  2028-02-29  2028-08-30
    2027-09-30  2027-10-29  2028-03-29  2028-09-29
    2027-10-31  2027-11-30  2028-04-30  2028-10-30
    2027-11-30  2027-12-29  2028-05-29  2028-11-29
    2027-12-31  2028-01-30  2028-06-30  2028-12-30
    2028-01-31  2028-02-29  2028-07-30  2029-01-30
    2028-02-28  2028-03-27  2028-08-27  2029-02-27
    2028-02-29  2028-03-28  2028-08-28  2029-02-28
    2028-03-31  2028-04-30  2028-09-30  2029-03-30
    2028-08-31  2028-09-30  2029-02-28  2029-08-30
    2027-01-01  2027-01-31  2027-06-30  2027-12-31
    2027-02-01  2027-02-28  2027-07-31  2028-01-31
    2027-03-01  2027-03-31  2027-08-31  2028-02-29
    2028-03-01  2028-03-31  2028-08-31  2029-02-28
    2027-09-01  2027-09-30  2028-02-29  2028-08-31
    2028-09-01  2028-09-30  2029-02-28  2029-08-31
    2027-08-29  2027-09-28  2028-02-28  2028-08-28
    2027-08-30  2027-09-29  2028-02-29  2028-08-29
"""
"""Written by hand: the eve of the same day, or the last day of a month that lacks it; 2028 has a 29 February."""


@pytest.mark.parametrize("line", MONTH_ENDS.split("\n")[2:-1])
def test_every_month_end_and_leap_day_ends_on_the_eve(line: str) -> None:
    start, *ends = (date.fromisoformat(day) for day in line.split())
    assert [last_day(start, months) for months in (1, 6, 12)] == ends


@given(start=dates(date(1990, 1, 1), date(2200, 12, 31)), months=integers(1, 120))
def test_a_term_is_never_shorter_than_its_months_nor_a_day_longer(start: date, months: int) -> None:
    after = last_day(start, months) + timedelta(days=1)
    passed = (after.year - start.year) * 12 + after.month - start.month
    # The day after the end is the same day so many months later, or the first of the month after one that lacks it.
    assert (after.day, passed) == (start.day, months) or (after.day == 1 and passed == months + 1 and start.day > 28)


def test_terms_in_a_row_leave_no_day_out() -> None:
    for day in (date(2026, 3, 15), date(2026, 1, 1), date(2024, 3, 1), date(2026, 12, 28)):
        whole = last_day(day, 12)
        first_half = last_day(day, 6)
        assert last_day(first_half + timedelta(days=1), 6) == whole


@pytest.mark.parametrize(
    ("stage", "starts", "ends", "terminated", "expected"),
    [
        (SIGNED, ON, ON + timedelta(days=EXPIRING_DAYS + 1), None, Standing.IN_FORCE),
        (SIGNED, ON, ON + timedelta(days=EXPIRING_DAYS), None, Standing.EXPIRING),
        (SIGNED, ON, ON + timedelta(days=1), None, Standing.EXPIRING),
        (SIGNED, ON, ON, None, Standing.EXPIRING),
        (SIGNED, ON - timedelta(days=9), ON - timedelta(days=1), None, Standing.EXPIRED),
        (SIGNED, ON, None, None, Standing.IN_FORCE),
        (SIGNED, ON + timedelta(days=1), None, None, Standing.PENDING),
        (SIGNED, None, None, None, Standing.PENDING),
        (SIGNED, ON, None, ON, Standing.ENDED),
        (SIGNED, ON, None, ON + timedelta(days=1), Standing.IN_FORCE),
        (AgreementStage.TERMINATED, ON - timedelta(days=9), ON + timedelta(days=200), ON, Standing.ENDED),
        (AgreementStage.READY_TO_SIGN, ON, ON, None, Standing.PENDING),
        (AgreementStage.WITHDRAWN, None, None, None, Standing.ENDED),
        # Terminated after it had expired, or before it began: the deed counts from its date.
        (SIGNED, ON - timedelta(days=9), ON - timedelta(days=5), ON - timedelta(days=1), Standing.ENDED),
        (AgreementStage.REQUESTED, None, None, ON - timedelta(days=1), Standing.ENDED),
    ],
)
def test_where_an_agreement_stands(
    stage: AgreementStage, starts: date | None, ends: date | None, terminated: date | None, expected: Standing
) -> None:
    assert standing(stage, starts, ends, terminated, on=ON) == expected


WAY = [Standing.PENDING, Standing.IN_FORCE, Standing.EXPIRING, Standing.EXPIRED, Standing.ENDED]
"""With no deed, time alone leads from each to a later one, never back."""

maybe = dates(date(2020, 1, 1), date(2040, 12, 31)) | none()


@given(stage=sampled_from(AgreementStage), starts=maybe, ends=maybe, ended=maybe, on=dates())
def test_on_any_date_exactly_one_of_five_holds_and_time_leads_one_way(
    stage: AgreementStage, starts: date | None, ends: date | None, ended: date | None, on: date
) -> None:
    if starts and ends and ends < starts:
        starts, ends = ends, starts
    days = {on, *(day + timedelta(step) for day in (starts, ends, ended) if day for step in (-91, -90, -1, 0, 1))}

    seen = [standing(stage, starts, ends, ended, on=day) for day in sorted(days)]

    assert set(seen) <= set(Standing)
    assert [WAY.index(one) for one in seen] == sorted(WAY.index(one) for one in seen)


def test_walking_every_day_of_a_life_leads_one_way() -> None:
    start, end = date(2026, 1, 31), last_day(date(2026, 1, 31), 12)
    day, seen = start - timedelta(days=40), []
    while day < end + timedelta(days=40):
        seen.append(standing(SIGNED, start, end, None, on=day))
        day += timedelta(days=1)

    assert [one for one, _ in groupby(seen)] == WAY[:4]
    assert seen.count(Standing.IN_FORCE) + seen.count(Standing.EXPIRING) == (end - start).days + 1
    assert seen.count(Standing.EXPIRING) == EXPIRING_DAYS + 1


@pytest.mark.both_databases
async def test_the_query_agrees_with_the_function_in_every_case(db: FreshDatabase) -> None:
    offsets = (None, -400, -1, 0, 1, EXPIRING_DAYS, EXPIRING_DAYS + 1)
    await builders.municipality()
    kept = {}
    rows = []
    for number, (stage, starts, ends, ended) in enumerate(product(AgreementStage, offsets, offsets, (None, -1, 0, 1))):
        if starts is not None and ends is not None and ends < starts:
            continue
        term = [None if one is None else ON + timedelta(days=one) for one in (starts, ends, ended)]
        name = f"CONV-{number}"
        kept[name] = standing(stage, *term, on=ON)
        rows.append(
            Convention(
                number=name,
                stage=stage,
                starts_on=term[0],
                ends_on=term[1],
                terminated_on=term[2],
                program="MAD",
                municipality_id=builders.CHAMELCO,
            )
        )
    await Convention.bulk_create(rows)

    found = {}
    for wanted in Standing:
        for name in await Convention.filter(standing_is(wanted, on=ON)).values_list("number", flat=True):
            assert name not in found, f"{name} is both {found[name]} and {wanted}"
            found[name] = wanted

    assert found == kept
    assert set(kept.values()) == set(Standing)
    assert len(kept) == 816


async def test_the_api_lists_and_counts_by_standing_on_any_date(db: FreshDatabase, clock: object) -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    made = await builders.convention()
    endless = await builders.convention(ends_on=None)
    query = """query ($filter: ConventionFilter, $asOf: Date) { conventions(filter: $filter, asOf: $asOf) {
        totalCount nodes { number standing(asOf: $asOf) daysLeft(asOf: $asOf) } } }"""
    for on, standings in [
        ("2025-03-31", {"PENDING": {made.number, endless.number}}),
        ("2025-04-01", {"IN_FORCE": {made.number, endless.number}}),
        ("2025-12-30", {"IN_FORCE": {made.number, endless.number}}),
        ("2025-12-31", {"EXPIRING": {made.number}, "IN_FORCE": {endless.number}}),
        ("2026-03-31", {"EXPIRING": {made.number}, "IN_FORCE": {endless.number}}),
        ("2026-04-01", {"EXPIRED": {made.number}, "IN_FORCE": {endless.number}}),
        ("0001-01-01", {"PENDING": {made.number, endless.number}}),
        ("9999-12-31", {"EXPIRED": {made.number}, "IN_FORCE": {endless.number}}),
    ]:
        for wanted in Standing:
            page = (await told(mayor, query, filter={"standing": [wanted]}, asOf=on))["conventions"]
            assert {node["number"] for node in page["nodes"]} == standings.get(wanted, set()), (on, wanted)
            assert page["totalCount"] == len(page["nodes"])
            assert all(node["standing"] == wanted for node in page["nodes"])
    both = (await told(mayor, query, filter={"standing": ["EXPIRING", "IN_FORCE"]}))["conventions"]
    assert both["totalCount"] == 2
    # Nearest end first, what has no end last; today is the test's today.
    assert [node["daysLeft"] for node in both["nodes"]] == [29, None]
    assert today() == ON


@pytest.mark.parametrize("rent", [Decimal("3500.00"), "3500.00"])
async def test_quetzales_stay_quetzales_however_they_are_given(db: object, rent: object) -> None:
    lease = await builders.lease(await builders.center())
    again = Lease(monthly_rent=rent)
    assert again.monthly_rent == (await Lease.get(id=lease.id)).monthly_rent == Decimal("3500.00")
    assert await Lease.filter(monthly_rent=Decimal("3500")).exists()
