"""Every argument of every question and deed with values that nobody should send, drawn from the schema: no crash."""

from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
    is_list_type,
    is_non_null_type,
)

from models.agreements import AgreementStage
from models.people import Role
from models.reviews import ReviewStage
from schema.root import build_schema
from tests import builders
from tests.door import ask, id_of, made_up, sent_up
from tests.premises import lease_in

SCHEMA = build_schema()._schema
ODD: dict[str, list[Any]] = {
    "Int": [0, -1, -(2**31), 2**31 - 1],
    "String": ["", "x" * 70_000, "' OR 1=1--", "\u202e\ufffe\x01", "=1+1\n{{7*7}}<script>"],
    "Time": ["09:30", "24:00", "9", "", "09:30:00+06:00", "23:59:59.999999"],
    "JSON": [0, "x", [], {}, {"a": {"b": [1] * 300}}, {"x" * 3000: None}, {"body": {"$ne": 1}}, {"body": "\u202e"}],
    "Date": ["0001-01-01", "9999-12-31", "2027-02-29"],
    "Decimal": ["0", "-1", "NaN", "sNaN", "Infinity", "1e9999", "1e-9999", "0.001", "3,500.00", "x", 1e308, ""],
    "Boolean": [True, False],
    "ID": ["", "x", made_up("Convention:999999999"), made_up("Convention:-1"), made_up("Center:1")],
}
NOBODYS = made_up("LegalParameter:999999999")
"""For ids of which the test makes no row: well-formed, and of nothing."""
USUAL = {
    "Int": 1,
    "String": "texto",
    "Date": "2026-03-02",
    "Boolean": True,
    "Decimal": "3500.00",
    "Time": "09:30",
    "JSON": {"body": "texto"},
}


def usual(kind: Any, name: str, ids: dict[str, str]) -> Any:
    """Return a value of a type as somebody at work would send it."""
    kind = kind.of_type if is_non_null_type(kind) else kind
    if is_list_type(kind):
        return [usual(kind.of_type, name, ids)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        needed = {key: one.type for key, one in kind.fields.items() if is_non_null_type(one.type)}
        return {key: usual(of, key, ids) for key, of in needed.items()}
    return ids.get(name, NOBODYS) if kind.name == "ID" else USUAL[kind.name]


def odd(kind: Any, name: str, ids: dict[str, str]) -> Iterator[Any]:
    """Yield values of a type as nobody should send them, one fault in each."""
    yield None
    kind = kind.of_type if is_non_null_type(kind) else kind
    if is_list_type(kind):
        yield []
        yield [usual(kind.of_type, name, ids)] * 300
        yield from ([one] for one in odd(kind.of_type, name, ids))
    elif isinstance(kind, GraphQLEnumType):
        yield from (*kind.values, "NADA")
    elif isinstance(kind, GraphQLInputObjectType):
        rest = usual(kind, name, ids)
        for key, one in kind.fields.items():
            yield from (rest | {key: value} for value in odd(one.type, key, ids))
    else:
        yield from ODD[kind.name]


def questions() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the text of every root field that takes arguments, with the types of these."""
    for root, word in (("Query", "query"), ("Mutation", "mutation")):
        kind = SCHEMA.type_map[root]
        assert isinstance(kind, GraphQLObjectType)
        for name, field in kind.fields.items():
            if not field.args:
                continue
            of = get_named_type(field.type)
            shown = "__typename"
            if isinstance(of, GraphQLObjectType):
                shown += " errors { code path message }" if root == "Mutation" else ""
                shown += " totalCount nodes { __typename }" if "totalCount" in of.fields else ""
            declared = ", ".join(f"${key}: {one.type}" for key, one in field.args.items())
            used = ", ".join(f"{key}: ${key}" for key in field.args)
            types = {key: one.type for key, one in field.args.items()}
            yield f"{word} ({declared}) {{ {name}({used}) {{ {shown} }} }}", types


async def test_no_value_crashes_anything(db: object, clock: object) -> None:
    lawyer = await builders.person(Role.LEGAL_HEAD)
    old = await builders.convention()
    made = await builders.convention(renews=old, stage=AgreementStage.READY_TO_SIGN, starts_on=None, ends_on=None)
    review = await builders.review(made, stage=ReviewStage.IN_ANALYSIS, assignee=lawyer)
    ids = {"conventionId": id_of(old), "reviewId": id_of(review), "assigneeId": id_of(lawyer, "Person")}
    lease, _ = await lease_in(ReviewStage.IN_ANALYSIS, assignee=lawyer)
    line = await builders.asked(review, await builders.requirement("texto"))
    ids |= {"requirementId": made_up(f"Requirement:{line.requirement_id}"), "documentId": id_of(await builders.paper())}  # type: ignore[attr-defined]
    ids |= {"leaseId": id_of(lease), "servesId": id_of(await builders.center())}
    ids |= {"subjectId": id_of(made), "id": id_of(review), "fileId": (await sent_up(lawyer))["id"]}
    asked = 0
    for text, types in questions():
        rest = {key: usual(kind, key, ids) for key, kind in types.items() if is_non_null_type(kind)}
        rest |= {"first": 10} if "first" in types else {}
        for name, kind in types.items():
            for value in odd(kind, name, ids):
                answer = await ask(lawyer, text, **rest | {name: value})
                asked += 1
                for error in answer.get("errors", []):
                    assert error["extensions"]["code"] in ("BAD_USER_INPUT", "FORBIDDEN", "QUERY_TOO_COMPLEX"), (
                        text, name, str(value)[:200], error,
                    )  # fmt: skip
                    assert error["message"].endswith("."), error
                for found in (answer.get("data") or {}).values():
                    for problem in found.get("errors", []) if isinstance(found, dict) else []:
                        assert problem["message"].endswith("."), problem
    assert asked > 400, "the schema has more arguments than were tried"
