"""Every page and question, asked for the first and last days that there are, and for odd values: never a fault."""

from collections.abc import Iterator

import httpx
import pytest
from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLScalarType,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    TypeNode,
    get_named_type,
    is_required_argument,
)

from api.app import PAGES
from api.pages import Page, checked_operations
from models.people import Role, User
from schema.context import Context
from schema.root import build_schema
from tests import builders
from tests.browsing import enter

FIRST, LAST = "0001-01-01", "9999-12-31"
"""The first and the last day of a calendar: a month before, or a day after, there is none."""
pytestmark = [pytest.mark.usefixtures("db", "clock"), pytest.mark.both_databases]


def named(of: TypeNode) -> str:
    """Return the name of a variable's type, whatever wraps it."""
    while isinstance(of, ListTypeNode | NonNullTypeNode):
        of = of.type
    assert isinstance(of, NamedTypeNode)
    return of.name.value


def dated() -> Iterator[tuple[Page, list[str]]]:
    """Yield every page whose query takes days, with the names of those variables."""
    for page in PAGES:
        query = checked_operations(page.name, build_schema()).query
        days = [one for one in query.variable_definitions or () if named(one.type) == "Date"] if query else []
        if days:
            yield page, [one.variable.name.value for one in days]


async def test_no_page_breaks_on_the_first_or_last_day_that_there_is(app_client: httpx.AsyncClient) -> None:
    center = await builders.center()
    await builders.attendance(center)
    await builders.center_event(center)
    await builders.finding(await builders.visit(center))
    await builders.contribution(center)
    await builders.lease(center)
    await builders.sanitary_license(center)
    number = (await builders.convention(centers=[center])).number
    people: dict[Role, User] = {}
    asked, broken = 0, []
    for page, days in dated():
        role = next(one for one in (Role.LEGAL_HEAD, Role.ADMIN, *Role) if page.roles is None or one in page.roles)
        people[role] = people.get(role) or await builders.person(role)
        await enter(app_client, people[role])
        path = page.path.replace("{code}", center.code).replace("{number}", number)
        if "{" in path:
            continue
        for values in ({FIRST}, {LAST}, {FIRST, LAST}):
            sent = dict(zip(days, sorted(values) * len(days), strict=False))
            answer = await app_client.get(path, params=sent, headers={"Accept": "text/html"})
            if answer.status_code not in (200, 400, 404, 422):
                broken.append(f"{path} {sent}: {answer.status_code}")
            asked += 1
    assert broken == []
    assert asked > 30


ODD = {
    "Date": (f'"{FIRST}"', f'"{LAST}"'),
    "Int": ("2147483647", "-2147483648", "0"),
    "String": ('"%"', f'"{"x" * 3000}"', '"9999-12"', '"0001-01"'),
}
"""Values by type that most questions have no answer to."""


def questions(name: str, asked: GraphQLField) -> Iterator[str]:
    """Yield a field's question with each odd value, where it needs no more than arguments of one type."""
    leaf = isinstance(get_named_type(asked.type), GraphQLScalarType)
    for kind, values in ODD.items():
        names = [key for key, one in asked.args.items() if get_named_type(one.type).name == kind and key != "after"]
        needed = {key for key, one in asked.args.items() if is_required_argument(one)}
        if names and needed <= set(names):
            for value in values:
                given = ", ".join(f"{key}: {value}" for key in names)
                yield f"{{ {name}({given}) {'' if leaf else '{ __typename }'} }}"


async def test_no_question_breaks_on_odd_arguments() -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    schema = build_schema()
    query = schema._schema.query_type
    assert isinstance(query, GraphQLObjectType)
    broken, asked = [], 0
    for name, field in query.fields.items():
        for text in questions(name, field):
            asked += 1
            result = await schema.execute(text, None, Context(actor=head))
            codes = {(error.extensions or {}).get("code") for error in result.errors or ()}
            if not codes <= {"BAD_USER_INPUT", "FORBIDDEN"}:
                broken.append((text[:100], codes))
    assert broken == []
    assert asked > 100
