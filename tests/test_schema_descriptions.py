"""The schema speaks for itself: every name has a Spanish description, and the text in the repository is the schema."""

from collections.abc import Iterator

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType

from schema.root import build_schema
from settings import PROJECT

SCHEMA = build_schema()


def described() -> Iterator[tuple[str, str | None]]:
    """Give every name of the schema with its description."""
    for name, kind in SCHEMA._schema.type_map.items():
        if name.startswith("__"):
            continue
        yield name, kind.description
        if isinstance(kind, GraphQLEnumType):
            for word, value in kind.values.items():
                yield f"{name}.{word}", value.description
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for field_name, field in kind.fields.items():
                yield f"{name}.{field_name}", field.description
                for argument_name, argument in getattr(field, "args", {}).items():
                    yield f"{name}.{field_name}({argument_name})", argument.description


def test_every_name_has_a_description() -> None:
    names = dict(described())

    assert {name for name, text in names.items() if not (text or "").strip()} == set()
    assert len(names) > 500
    assert {"Query.trackFile(code)", "Verb.SIGN_IN", "RequestRenewalInput.note", "SigningSubject"} <= names.keys()


def test_the_text_in_the_repository_is_the_schema() -> None:
    written = (PROJECT / "schema.graphql").read_text(encoding="utf-8")

    assert written == SCHEMA.as_str() + "\n"
