"""What a query may ask for, and what a client is told when it fails: tried on a small schema."""

import datetime
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import strawberry
from graphql import get_introspection_query, parse
from strawberry.extensions import SchemaExtension
from strawberry.types.execution import ExecutionResult
from structlog.testing import capture_logs

from schema.limits import LIMITS, Counts, count, excess, guards, nesting
from schema.masking import CodedError, ErrorCode, MaskedSchema

CONTRACT = sorted(Path(__file__).with_name("contract").glob("*.graphql"))


@strawberry.type
class Center:
    name: str

    @strawberry.field
    def parent(self) -> "Center":
        return self

    @strawberry.field
    def neighbors(self, first: int = 50) -> list["Center"]:
        return [self] * min(first, 2)


@strawberry.type
class Query:
    @strawberry.field
    def center(self) -> Center:
        return Center(name="Parramos")

    @strawberry.field
    def centers(self, first: int = 50) -> list[Center]:
        if not 1 <= first <= 200:
            raise CodedError(ErrorCode.BAD_USER_INPUT, "Pida entre 1 y 200 filas.")
        return [Center(name="Parramos")]

    @strawberry.field
    def on(self, day: datetime.date) -> str:
        return day.isoformat()

    @strawberry.field
    def crash(self) -> str | None:
        raise RuntimeError("contraseña de la base: tamal")

    @strawberry.field
    def crashes(self) -> list["Fragile"]:
        return [Fragile(), Fragile()]

    @strawberry.field
    def reserved(self) -> str | None:
        raise CodedError(ErrorCode.FORBIDDEN, "Su rol no permite ver esto.")

    @strawberry.field
    def broken(self) -> int | None:
        return 10**12


@strawberry.type
class Fragile:
    @strawberry.field
    def name(self) -> str | None:
        raise RuntimeError("tamal")


def schema_with(*more: Callable[[], SchemaExtension], demo: bool = False) -> MaskedSchema:
    return MaskedSchema(Query, extensions=[*guards(demo=demo), *more])


CACHED = schema_with()
PLAIN = MaskedSchema(Query, extensions=guards()[:3])
BOTH = pytest.mark.parametrize("schema", [PLAIN, CACHED], ids=["plain", "cached"])


def codes(result: ExecutionResult) -> list[Any]:
    return [(error.extensions or {}).get("code") for error in result.errors or ()]


async def refusal(schema: strawberry.Schema, query: str, **variables: Any) -> dict[str, Any]:
    """Run a query that must be refused before any resolver, and return its only error."""
    result = await schema.execute(query, variable_values=variables)
    assert result.data is None
    assert result.errors is not None
    assert len(result.errors) == 1
    return dict(result.errors[0].formatted)


def bomb(levels: int) -> str:
    chain = "".join(f" fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }}" for i in range(levels))
    return f"{{ ...F0 }}{chain} fragment F{levels} on Query {{ center {{ name }} }}"


@pytest.mark.parametrize("path", CONTRACT, ids=lambda path: path.stem)
def test_every_operation_of_our_clients_passes(path: Path) -> None:
    (counts,) = count(parse(path.read_text()))
    assert excess(counts) is None
    assert counts.cost < LIMITS.cost / 5


def test_the_contract_is_there() -> None:
    assert len(CONTRACT) == 25


@pytest.mark.parametrize("name", ["center-status", "legal-inbox", "lease-register"])
def test_the_largest_page_passes_and_two_thousand_rows_do_not(name: str) -> None:
    document = parse(Path(__file__).with_name("contract").joinpath(f"{name}.graphql").read_text())
    assert excess(count(document, {"first": 200})[0]) is None
    refused = excess(count(document, {"first": 2000})[0])
    assert refused is not None
    assert refused.extensions is not None
    assert refused.extensions["limit"] == "cost"


def test_counts_of_a_small_document() -> None:
    query = """
        query A @one { center { ...Name @two } again: center { parent { name } } }
        fragment Name on Center { title: name }
    """
    (counts,) = count(parse(query), schema=PLAIN._schema)
    assert counts == Counts(depth=3, fields=5, aliases=2, directives=2, root_fields=2, cost=4)


@pytest.mark.parametrize(
    ("query", "variables", "cost"),
    [
        ("{ centers(first: 10) { name parent { name } } }", {}, 1 + 1 + 10),
        ("query ($first: Int!) { centers(first: $first) { parent { name } } }", {"first": 10}, 1 + 1 + 10),
        ("query ($first: Int = 30) { centers(first: $first) { parent { name } } }", {}, 1 + 1 + 30),
        ("query ($first: Int = 30) { centers(first: $first) { parent { name } } }", {"first": 7}, 1 + 1 + 7),
        ("{ centers { parent { name } } }", {}, 1 + 1 + 50),
        ("{ centers(first: 10) { neighbors(first: 10) { parent { name } } } }", {}, 1 + 1 + 10 + 100),
        ("{ centers(first: 10) { ...N } } fragment N on Center { neighbors { parent { name } } }", {}, 512),
        ("{ centers(first: -5) { parent { name } } }", {}, 1 + 1 + 1),
        ("query ($first: Int!) { centers(first: $first) { parent { name } } }", {"first": "x"}, 1 + 1 + 1),
        ("query ($first: Int!) { centers(first: $first) { parent { name } } }", {"first": float("nan")}, 1 + 1 + 1),
        ('{ __schema { description } __type(name: "Query") { name } }', {}, 1 + 100 + 100),
        ("{ __typename }", {}, 1),
    ],
)
def test_cost(query: str, variables: dict[str, Any], cost: int) -> None:
    assert count(parse(query), variables, PLAIN._schema)[0].cost == cost


@BOTH
async def test_the_cost_used_is_answered(schema: strawberry.Schema) -> None:
    for _ in range(2):
        result = await schema.execute("{ centers(first: 10) { parent { name } } }")
        assert result.errors is None
        assert result.extensions == {"cost": 12}


@BOTH
async def test_the_cost_is_that_of_the_operation_asked_for(schema: strawberry.Schema) -> None:
    query = "query A { center { name } } query B { centers(first: 3) { parent { name } } }"
    assert (await schema.execute(query, operation_name="A")).extensions == {"cost": 2}
    assert (await schema.execute(query, operation_name="B")).extensions == {"cost": 5}


@BOTH
async def test_a_page_too_large_is_refused_and_the_limit_is_not_lost_in_the_cache(schema: strawberry.Schema) -> None:
    for _ in range(3):
        error = await refusal(schema, "query ($n: Int!) { centers(first: $n) { parent { name } } }", n=100_000)
        assert error["extensions"]["code"] == "QUERY_TOO_COMPLEX"
        assert error["message"] == (
            "La consulta es demasiado compleja: cuesta 100002 puntos y se permiten 5000; pida páginas más pequeñas."
        )
    allowed = await schema.execute("query ($n: Int!) { centers(first: $n) { parent { name } } }", {"n": 20})
    assert allowed.errors is None


@BOTH
@pytest.mark.parametrize(
    ("query", "limit"),
    [
        ("{" + " ".join(f"a{i}: center {{ name }}" for i in range(101)) + "}", "aliases"),
        ("{ center {" + " name" * 1000 + "} }", "fields"),
        ("{ center { name " + "@a " * 500 + "} }", "directives"),
        ("{ center " + "{ parent " * 28 + "{ name }" + "}" * 28 + "}", "depth"),
        ("{" + " ".join(f"a{i}: __schema {{ types {{ name }} }}" for i in range(15)) + "}", "root_fields"),
        ("{" + " ".join(f"...F{i}" for i in range(11)) + "}"
         + "".join(f" fragment F{i} on Query {{ center {{ name }} }}" for i in range(11)), "root_fields"),
        ("{ center { name } } fragment Unused on Center {" + " name" * 600 + "}", "fields"),
        ("{ center { ...A } }" + "".join(f" fragment F{i} on Center {{ parent {{ ...F{i + 1} }} }}" for i in range(20))
         + " fragment A on Center { ...F0 } fragment F20 on Center { name }", "depth"),
        (bomb(25), "fields"),
    ],
    ids=["aliases", "fields", "directives", "depth", "introspection", "roots", "unused", "chain", "bomb"],
)  # fmt: skip
async def test_what_asks_for_too_much_is_refused_fast(schema: strawberry.Schema, query: str, limit: str) -> None:
    times = []
    for _ in range(3):
        began = time.process_time()
        error = await refusal(schema, query)
        times.append(time.process_time() - began)
        assert error["extensions"]["code"] == "QUERY_TOO_COMPLEX"
        assert error["extensions"]["limit"] == limit
        assert str(error["extensions"]["allowed"]) in error["message"]
    # The quickest of three: a garbage collection of what earlier tests left is not the query's doing.
    assert min(times) < 0.1


async def test_a_fragment_bomb_takes_less_than_50_ms() -> None:
    for levels in (25, 60, 200):
        times = []
        for _ in range(3):
            began = time.process_time()
            error = await refusal(PLAIN, bomb(levels))
            times.append(time.process_time() - began)
            assert error["extensions"]["code"] == "QUERY_TOO_COMPLEX"
        if levels == 25:
            assert min(times) < 0.05


@BOTH
@pytest.mark.parametrize("spread", ["...A", "...A ...A", "parent { ...B }"])
async def test_a_fragment_cycle_is_a_validation_error(schema: strawberry.Schema, spread: str) -> None:
    query = f"{{ center {{ ...A }} }} fragment A on Center {{ ...B }} fragment B on Center {{ name {spread} }}"
    result = await schema.execute(query)
    assert set(codes(result)) == {"GRAPHQL_VALIDATION_FAILED"}
    assert "Cannot spread fragment" in result.errors[0].message  # type: ignore[index]


async def test_a_cycle_does_not_open_the_other_limits() -> None:
    query = "{ center { ...A } } fragment A on Center { ...A" + " name" * 501 + "}"
    assert (await refusal(PLAIN, query))["extensions"]["limit"] == "fields"


@BOTH
async def test_too_many_tokens(schema: strawberry.Schema) -> None:
    error = await refusal(schema, "{ center {" + " name" * 2100 + "} }")
    assert error["extensions"]["code"] == "QUERY_TOO_COMPLEX"
    assert error["message"] == "La consulta es demasiado larga: se permiten 2000 elementos."


@BOTH
async def test_too_many_open_brackets(schema: strawberry.Schema) -> None:
    error = await refusal(schema, "{ center { parent " * 800)
    assert error["extensions"]["code"] == "QUERY_TOO_COMPLEX"
    assert error["message"] == "La consulta está anidada con demasiados niveles."


def test_nesting_reads_brackets_and_not_texts() -> None:
    assert nesting("{" * 1500) == 1500
    assert nesting("{a" * 1500) == 1000  # the rest lies behind the limit of tokens
    assert nesting('{ a(text: "' + "{" * 1500 + '") }') == 2
    assert nesting("{ a } # " + "{" * 1500) == 1


async def test_standard_introspection_passes() -> None:
    result = await CACHED.execute(get_introspection_query())
    assert result.errors is None


@BOTH
async def test_two_operations_need_a_name(schema: strawberry.Schema) -> None:
    error = await refusal(schema, "query A { center { name } } query B { center { name } }")
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert "operationName" in error["message"]


@BOTH
@pytest.mark.parametrize("escape", [r"\u0000", r"\u{0}", r"\u{000}"])
async def test_a_nul_in_a_literal_is_refused(schema: strawberry.Schema, escape: str) -> None:
    error = await refusal(schema, f'{{ __type(name: "a{escape}") {{ name }} }}')
    assert error["extensions"]["code"] == "BAD_REQUEST"


@BOTH
@pytest.mark.parametrize("first", [201, 0, -1])
async def test_a_coded_error_of_a_resolver_is_shown(schema: strawberry.Schema, first: int) -> None:
    result = await schema.execute(f"{{ centers(first: {first}) {{ name }} }}")
    assert codes(result) == ["BAD_USER_INPUT"]
    assert result.errors is not None
    assert result.errors[0].message == "Pida entre 1 y 200 filas."
    assert result.errors[0].path == ["centers"]


@BOTH
async def test_a_crash_shows_a_number_that_the_log_knows(schema: strawberry.Schema) -> None:
    with capture_logs() as logs:
        result = await schema.execute("{ crash reserved }")
    assert result.data == {"crash": None, "reserved": None}
    assert result.errors is not None
    crash, reserved = sorted(result.errors, key=lambda error: str(error.path))
    assert crash.extensions is not None
    number = crash.extensions["incident"]
    assert crash.message == f"Error interno. Informe este número: {number}"
    assert "tamal" not in str(crash.formatted)
    assert crash.original_error is None
    assert (reserved.message, (reserved.extensions or {})["code"]) == ("Su rol no permite ver esto.", "FORBIDDEN")
    (entry,) = logs
    assert entry["incident"] == number
    assert entry["path"] == ["crash"]
    assert "tamal" in str(entry["exc_info"])


async def test_crashes_alike_are_logged_once() -> None:
    with capture_logs() as logs:
        result = await PLAIN.execute("{ crashes { name } }")
    assert codes(result) == ["INTERNAL", "INTERNAL"]
    assert len({(error.extensions or {})["incident"] for error in result.errors or ()}) == 1
    assert len(logs) == 1


async def test_an_answer_of_the_wrong_type_is_a_crash() -> None:
    assert codes(await PLAIN.execute("{ broken }")) == ["INTERNAL"]


async def test_a_crash_in_an_extension_is_masked() -> None:
    class Clumsy(SchemaExtension):
        def on_execute(self) -> Iterator[None]:
            raise KeyError("tamal")
            yield

    result = await schema_with(Clumsy).execute("{ center { name } }")
    assert codes(result) == ["INTERNAL"]
    assert "tamal" not in str(result.errors)


@BOTH
@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{", {}, "GRAPHQL_PARSE_FAILED"),
        ("{ missing }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ('{ on(day: "29-02-2027") }', {}, "GRAPHQL_VALIDATION_FAILED"),
        ("query ($day: Date!) { on(day: $day) }", {"day": "2027-02-29"}, "BAD_USER_INPUT"),
        ("query ($day: Date!) { on(day: $day) }", {"day": 5}, "BAD_USER_INPUT"),
        ("query ($day: Date!) { on(day: $day) }", {}, "BAD_USER_INPUT"),
        ("query ($n: Int!) { centers(first: $n) { name } }", {"n": "diez"}, "BAD_USER_INPUT"),
        ("query ($n: Int!) { centers(first: $n) { name } }", {"n": float("nan")}, "BAD_USER_INPUT"),
        ("query ($n: Int!) { centers(first: $n) { name } }", {"n": 10**30}, "BAD_USER_INPUT"),
        ("query ($n: Int = 5) { centers(first: $n) { name } }", {"n": None}, "BAD_USER_INPUT"),
        ("{ centers(first: " + "9" * 10_000 + ") { name } }", {}, "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_what_a_client_sent_wrong_is_told_with_a_code(
    schema: strawberry.Schema, query: str, variables: dict[str, Any], code: str
) -> None:
    with capture_logs() as logs:
        result = await schema.execute(query, variable_values=variables)
    assert codes(result) == [code]
    assert logs == []


async def test_suggestions_are_for_demos_only() -> None:
    open_, closed = schema_with(demo=True), CACHED
    for _ in range(2):
        shown, hidden = [await schema.execute("{ centrs { name } }") for schema in (open_, closed)]
        assert "Did you mean" in str(shown.errors)
        assert "Did you mean" not in str(hidden.errors)
        assert "Cannot query field 'centrs' on type 'Query'." in str(hidden.errors)


def test_without_an_event_loop_the_same_holds() -> None:
    assert codes(CACHED.execute_sync(bomb(25))) == ["QUERY_TOO_COMPLEX"]
    assert codes(CACHED.execute_sync("{ crash }")) == ["INTERNAL"]
    assert codes(CACHED.execute_sync("{ missing }")) == ["GRAPHQL_VALIDATION_FAILED"]
