"""Terms end on the eve, and where an agreement stands on a date: the function and the query say the same."""

from datetime import date, timedelta
from itertools import product

import pytest

from models.agreements import (
    EXPIRING_DAYS,
    AgreementStage,
    Convention,
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
