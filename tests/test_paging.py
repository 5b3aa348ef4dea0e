"""Keyset pages: everything once and in order, whatever is inserted meanwhile; what has no value comes last."""

import base64
from datetime import date, timedelta
from typing import Any

import orjson
import pytest

from models.agreements import Convention
from models.people import Role, User
from tests import builders
from tests.conftest import FreshDatabase
from tests.door import ask, everything, token_of, told

CONVENTIONS = """query ($first: Int!, $after: String, $by: ConventionOrder) {
  conventions(first: $first, after: $after, orderBy: $by) { totalCount nodes { number endsOn }
    edges { cursor node { number } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
LISTS = {
    "conventions": "{ conventions(first: %s, after: %s) { totalCount } }",
    "legalReviews": "{ legalReviews(first: %s, after: %s) { totalCount } }",
    "centers": "{ centers(first: %s, after: %s) { totalCount } }",
    "renewalsDue": "{ renewalsDue(first: %s, after: %s) { totalCount } }",
}
ON = date(2026, 3, 2)
pytestmark = pytest.mark.usefixtures("clock")


async def fill(count: int) -> list[str]:
    """Make conventions whose ends repeat and are sometimes missing, and return their numbers."""
    made = []
    for one in range(count):
        ends = None if one % 4 == 3 else ON + timedelta(days=(one * 7) % 3)
        made.append((await builders.convention(starts_on=date(2025, 1, 1), ends_on=ends)).number)
    return made


async def walk(person: User, by: dict[str, str] | None, first: int, **meanwhile: Any) -> list[dict[str, Any]]:
    """Read a whole list page by page; `meanwhile` is a coroutine function called after each page."""
    rows: list[dict[str, Any]] = []
    after = None
    for _ in range(40):
        page = (await told(person, CONVENTIONS, first=first, after=after, by=by))["conventions"]
        assert len(page["nodes"]) <= first
        assert [edge["node"]["number"] for edge in page["edges"]] == [node["number"] for node in page["nodes"]]
        info = page["pageInfo"]
        assert info["hasPreviousPage"] is bool(after)
        if page["edges"]:
            assert (info["startCursor"], info["endCursor"]) == (page["edges"][0]["cursor"], page["edges"][-1]["cursor"])
        rows += page["nodes"]
        if not info["hasNextPage"]:
            assert page["totalCount"] >= len(rows) or meanwhile
            return rows
        after = info["endCursor"]
        if "insert" in meanwhile:
            await meanwhile["insert"]()
    raise AssertionError("the list never ends")


@pytest.mark.both_databases
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_everything_comes_once_in_order_and_without_value_last(db: FreshDatabase, direction: str) -> None:
    lawyer = await builders.person(Role.LEGAL)
    made = await fill(11)
    for first in (1, 2, 4, 11, 200):
        rows = await walk(lawyer, {"field": "ENDS_ON", "direction": direction}, first)
        ends = [row["endsOn"] for row in rows]
        known = [end for end in ends if end]
        assert sorted(row["number"] for row in rows) == sorted(made), first
        assert known == sorted(known, reverse=direction == "DESC")
        assert ends[len(known) :] == [None] * (len(ends) - len(known))
    numbers = [row["number"] for row in await walk(lawyer, {"field": "NUMBER", "direction": direction}, 3)]
    assert numbers == sorted(made, reverse=direction == "DESC")


@pytest.mark.both_databases
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_what_is_inserted_meanwhile_skips_and_repeats_nothing(db: FreshDatabase, direction: str) -> None:
    lawyer = await builders.person(Role.LEGAL)
    made = await fill(9)
    late: list[str] = []

    async def insert() -> None:
        # Before, amid and after the place where the reader is, and among those without an end.
        for days in (-30, 0, 1, 400):
            row = await builders.convention(starts_on=date(2025, 1, 1), ends_on=ON + timedelta(days=days))
            late.append(row.number)
        late.append((await builders.convention(starts_on=date(2025, 1, 1), ends_on=None)).number)

    # Twice only: every insertion adds rows ahead of the reader, who would never arrive.
    calls = iter((insert, insert))

    async def sometimes() -> None:
        if (call := next(calls, None)) is not None:
            await call()

    rows = [
        row["number"] for row in await walk(lawyer, {"field": "ENDS_ON", "direction": direction}, 2, insert=sometimes)
    ]

    assert len(rows) == len(set(rows)), "a row came twice"
    assert set(made) <= set(rows), "a row was skipped"
    assert len(late) == 10
    assert await Convention.all().count() == 19


async def test_a_row_that_vanished_is_no_obstacle(db: FreshDatabase) -> None:
    lawyer = await builders.person(Role.LEGAL)
    made = await fill(5)
    page = (await told(lawyer, CONVENTIONS, first=2, after=None, by=None))["conventions"]
    mark = page["nodes"][-1]["number"]

    await Convention.filter(number=mark).delete()

    rest = (await told(lawyer, CONVENTIONS, first=9, after=page["pageInfo"]["endCursor"], by=None))["conventions"]
    assert {node["number"] for node in rest["nodes"]} == set(made) - {node["number"] for node in page["nodes"]}


def marks() -> list[str]:
    """Return cursors that no list ever gave."""
    inside: list[Any] = [
        [], {}, "x", 5, None, ["ends_on"], ["ends_on", "2026-03-02"], ["ends_on", "2026-13-02", 1], ["ends_on", 5, 1],
        ["ends_on", "2026-03-02", "1"], ["ends_on", "2026-03-02", True], ["ends_on", "2026-03-02", 1.5],
        ["ends_on", "2026-03-02", -1], ["ends_on", "2026-03-02", 2**31], ["ends_on", "2026-03-02", 2**62],
        ["ends_on", "hoy", 1], ["ends_on", None, None], ["number", "CONV", 1], ["id", 1, 1], ["note", "x", 1],
        ["ends_on", "2026-03-02\0", 1], ["ends_on", ["2026-03-02"], 1], ["ends_on", "2026-03-02", 1, 1],
        ["ends_on' OR 1=1--", "2026-03-02", 1],
    ]  # fmt: skip
    damaged = ["x", "%%%", "Ñ", "====", "A" * 4000, base64.urlsafe_b64encode(b"[" * 3000).decode()]
    return damaged + [base64.urlsafe_b64encode(orjson.dumps(one)).decode() for one in inside]


@pytest.mark.both_databases
async def test_a_damaged_cursor_is_bad_input(db: FreshDatabase) -> None:
    lawyer = await builders.person(Role.LEGAL)
    await token_of(lawyer)
    await fill(2)
    before = await everything()
    for mark in marks():
        answer = await ask(lawyer, CONVENTIONS, first=5, after=mark, by={"field": "ENDS_ON"})
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"], mark
        assert "marcador de página" in answer["errors"][0]["message"]
    given = ["number", "CONV\0", 1]
    mark = base64.urlsafe_b64encode(orjson.dumps(given)).decode()
    answer = await ask(lawyer, CONVENTIONS, first=5, after=mark, by={"field": "NUMBER"})
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
    assert await everything() == before


@pytest.mark.parametrize("name", LISTS)
async def test_a_page_has_from_one_to_two_hundred_rows(db: FreshDatabase, name: str) -> None:
    lawyer = await builders.person(Role.LEGAL)
    for first in (0, -1, 201, -(2**31), 2**31 - 1):
        answer = await ask(lawyer, LISTS[name] % (first, "null"))
        (error,) = answer["errors"]
        assert error["extensions"]["code"] in ("BAD_USER_INPUT", "QUERY_TOO_COMPLEX"), first
        if first in (0, -1, 201):
            assert (error["extensions"]["code"], error["message"]) == ("BAD_USER_INPUT", "«first» va de 1 a 200.")
    for first in (1, 200):
        assert (await told(lawyer, LISTS[name] % (first, "null")))[name] == {"totalCount": 0}
    answer = await ask(lawyer, LISTS[name] % (5, '"x"'))
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
