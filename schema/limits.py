"""How much a query may ask for, counted once after parsing and refused before validation; no resolver runs for it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    Lexer,
    NamedTypeNode,
    OperationDefinitionNode,
    Source,
    TokenKind,
    ValueNode,
    VariableNode,
    get_named_type,
)
from strawberry.extensions import MaxTokensLimiter, ParserCache, SchemaExtension, ValidationCache

from schema.masking import CodedError, ErrorCode, ErrorMask

MAX_TOKENS = 2000
"""For Strawberry's own MaxTokensLimiter: the parser stops there."""
MAX_NESTING = 100
"""Brackets that may stand open at once in the text of a query."""
CACHED_DOCUMENTS = 256
"""Documents kept parsed and validated; every page and client operation is one."""
PAGE_ARGUMENT = "first"
INTROSPECTION = {"__schema": 100, "__type": 100}
"""What asking for the schema costs: a whole introspection reads thousands of names, whatever it selects."""
SATURATED = 1_000_000
"""Counts stop here: a fragment bomb asks for 2^25 fields and more."""

# graphql-core reads NUL from an escape and would hand it to the database, which refuses it late or cuts the text there.
_NUL_ESCAPE = re.compile(r"\\u(?:0000|\{0+\})")


@dataclass(frozen=True, slots=True)
class Counts:
    """What one operation asks for, fragments expanded; as limits, how much of each is allowed."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    root_fields: int = 0
    cost: int = 0


LIMITS = Counts(depth=16, fields=500, aliases=20, directives=20, root_fields=10, cost=5000)
"""Standard introspection is 15 deep; the largest operation of our own clients costs less than a fifth of this."""

_SENTENCES = {
    "depth": "tiene {found} niveles de profundidad y se permiten {allowed}",
    "fields": "pide {found} campos y se permiten {allowed}",
    "aliases": "usa {found} alias y se permiten {allowed}",
    "directives": "usa {found} directivas y se permiten {allowed}",
    "root_fields": "hace {found} preguntas a la vez y se permiten {allowed}",
    "cost": "cuesta {found} puntos y se permiten {allowed}; pida páginas más pequeñas",
}


class QueryLimits(SchemaExtension):
    """Refuses what asks for too much, and answers the cost used in `extensions.cost`.

    Strawberry's own depth and alias limiters walk each fragment at each spread: 25 fragments that spread the next twice
    held a process for minutes. Here every fragment is counted once. The refusal is raised, because ValidationCache
    overwrites `pre_execution_errors`. Counting happens as the parsing step ends, before or behind ParserCache.
    """

    def __init__(self, limits: Counts = LIMITS) -> None:
        """Make the limiter for one operation."""
        self.limits = limits
        self.cost: int | None = None

    def on_parse(self) -> Iterator[None]:
        """Count the parsed document and refuse it with QUERY_TOO_COMPLEX, or BAD_REQUEST when it is ambiguous."""
        context = self.execution_context
        if _NUL_ESCAPE.search(context.query or ""):
            raise CodedError(ErrorCode.BAD_REQUEST, "La consulta contiene un carácter nulo, que no se admite.")
        yield
        document = context.graphql_document
        if document is None:  # it did not parse, and says so itself
            return
        operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        # Strawberry would run the first operation; only this attribute still knows that no name was given.
        if context._provided_operation_name is None and len(operations) > 1:
            raise CodedError(
                ErrorCode.BAD_REQUEST, "La consulta contiene varias operaciones: indique cuál en operationName."
            )
        counted = count(document, context.variables or {}, context.schema._schema)
        for operation, counts in zip(operations, counted, strict=True):
            if len(operations) == 1 or (operation.name and operation.name.value == context.operation_name):
                self.cost = counts.cost
        for counts in counted:
            refusal = excess(counts, self.limits)
            if refusal:
                raise refusal

    def get_results(self) -> dict[str, Any]:
        """Return the cost used, for `extensions.cost` of the answer."""
        return {} if self.cost is None else {"cost": self.cost}


def guards(*, demo: bool = False) -> list[Callable[[], SchemaExtension]]:
    """Return the extensions that every schema here has, in their order; `demo` keeps suggestions for misspelt names.

    The mask is outermost, so that it sees what all others raise; the limits are counted before anything is validated.
    """
    return [
        lambda: ErrorMask(demo=demo),
        lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS),
        QueryLimits,
        lambda: ParserCache(maxsize=CACHED_DOCUMENTS),
        lambda: ValidationCache(maxsize=CACHED_DOCUMENTS),
    ]


def excess(counts: Counts, limits: Counts = LIMITS) -> GraphQLError | None:
    """Return the refusal for the first limit that is passed, with the number found and the number allowed."""
    for name, sentence in _SENTENCES.items():
        found, allowed = getattr(counts, name), getattr(limits, name)
        if found > allowed:
            shown = f"más de {SATURATED}" if found >= SATURATED else str(found)
            return CodedError(
                ErrorCode.QUERY_TOO_COMPLEX,
                f"La consulta es demasiado compleja: {sentence.format(found=shown, allowed=allowed)}.",
                limit=name,
                found=found,
                allowed=allowed,
            )
    return None


def nesting(query: str) -> int:
    """Return how many brackets stand open at once in the text of a query; 0 when they cannot be too many."""
    if query.count("{") + query.count("[") + query.count("(") <= MAX_NESTING:
        return 0
    lexer = Lexer(Source(query))
    opened = deepest = 0
    try:
        for _ in range(MAX_TOKENS):
            kind = lexer.advance().kind
            if kind in (TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L):
                opened += 1
                deepest = max(deepest, opened)
            elif kind in (TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R):
                opened -= 1
            elif kind is TokenKind.EOF:
                break
    except GraphQLError:  # the parser will say what is wrong there
        return deepest
    return deepest


def count(
    document: DocumentNode, variables: Mapping[str, Any] | None = None, schema: GraphQLSchema | None = None
) -> list[Counts]:
    """Count what each operation of a document asks for, in the order of the operations.

    The cost is one point for the operation and one for each *object* that it may have to fetch: a field with a
    selection counts one for every row of the pages around it, a plain column nothing, because a row's columns come in
    one read and their number is bounded by the limit of fields. So the largest page that is served, 200 rows, passes
    with the relations that a table shows, and large pages within pages do not. The page size is the argument `first`,
    given as number, variable or default; defaults of the schema need the `schema`. Fragment cycles are left to
    validation: then only what is written is counted, each fragment once.
    """
    fragments: dict[str, _Tally] = {}
    operations: list[_Tally] = []
    sizes = {**_variable_defaults(document), **(variables or {})}
    for definition in document.definitions:
        if isinstance(definition, FragmentDefinitionNode):
            fragments[definition.name.value] = _tally(definition, schema, sizes)
        elif isinstance(definition, OperationDefinitionNode):
            operations.append(_tally(definition, schema, sizes))
    totals: dict[str, Counts] = {}
    try:
        spreads = {name: {spread.name for spread in tally.spreads} for name, tally in fragments.items()}
        for name in TopologicalSorter(spreads).static_order():
            if name in fragments:
                totals[name] = fragments[name].total(totals)
    except CycleError:
        totals = {}
    # Validation reads what is written, used or not, and compares fields with one another.
    written = [*fragments.values(), *operations]
    fields = sum(tally.fields for tally in written)
    aliases = sum(tally.aliases for tally in written)
    directives = sum(tally.directives for tally in written)
    return [
        Counts(
            depth=total.depth,
            fields=max(total.fields, fields),
            aliases=max(total.aliases, aliases),
            directives=max(total.directives, directives),
            root_fields=total.root_fields,
            cost=min(total.cost + 1, SATURATED),
        )
        for total in (tally.total(totals) for tally in operations)
    ]


@dataclass(frozen=True, slots=True)
class _Spread:
    name: str
    depth: int
    times: int
    at_root: bool


@dataclass(slots=True)
class _Tally:
    """The counts of one definition alone, and where it spreads fragments."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    root_fields: int = 0
    cost: int = 0
    spreads: list[_Spread] = field(default_factory=list)

    def total(self, fragments: Mapping[str, Counts]) -> Counts:
        """Return the counts with the fragments' own totals at every spread; an unknown fragment counts nothing."""
        depth, fields, aliases, directives = self.depth, self.fields, self.aliases, self.directives
        root_fields, cost = self.root_fields, self.cost
        for spread in self.spreads:
            inner = fragments.get(spread.name)
            if inner is None:
                continue
            depth = max(depth, spread.depth + inner.depth)
            fields += inner.fields
            aliases += inner.aliases
            directives += inner.directives
            cost += spread.times * inner.cost
            root_fields += inner.root_fields if spread.at_root else 0
        return Counts(*(min(n, SATURATED) for n in (depth, fields, aliases, directives, root_fields, cost)))


def _tally(
    definition: OperationDefinitionNode | FragmentDefinitionNode, schema: GraphQLSchema | None, sizes: Mapping[str, Any]
) -> _Tally:
    tally = _Tally(directives=len(definition.directives or ()))
    for variable in definition.variable_definitions or ():
        tally.directives += len(variable.directives or ())
    parent: GraphQLNamedType | None
    if isinstance(definition, OperationDefinitionNode):
        parent = schema.get_root_type(definition.operation) if schema else None
    else:
        parent = _type_named(definition.type_condition, schema)
    # A stack of our own: a chain of fields as long as the parser takes must not meet the interpreter's recursion limit.
    pending = [(definition.selection_set, parent, 0, 1, True)]
    while pending:
        selections, parent, depth, times, at_root = pending.pop()
        for node in selections.selections:
            tally.directives += len(node.directives or ())
            if isinstance(node, FragmentSpreadNode):
                tally.spreads.append(_Spread(node.name.value, depth, times, at_root))
            elif isinstance(node, InlineFragmentNode):
                on = _type_named(node.type_condition, schema) if node.type_condition else parent
                pending.append((node.selection_set, on, depth, times, at_root))
            elif isinstance(node, FieldNode):
                tally.fields += 1
                tally.aliases += node.alias is not None
                tally.root_fields += at_root
                tally.depth = max(tally.depth, depth + 1)
                if node.selection_set:
                    asked = _field_of(parent, node.name.value)
                    tally.cost += times * INTROSPECTION.get(node.name.value, 1)
                    rows = min(times * _page_size(node, asked, sizes), SATURATED)
                    of = get_named_type(asked.type) if asked else None
                    pending.append((node.selection_set, of, depth + 1, rows, False))
    return tally


def _type_named(condition: NamedTypeNode, schema: GraphQLSchema | None) -> GraphQLNamedType | None:
    return schema.get_type(condition.name.value) if schema else None


def _field_of(parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
    return parent.fields.get(name) if isinstance(parent, (GraphQLObjectType, GraphQLInterfaceType)) else None


def _page_size(node: FieldNode, asked: GraphQLField | None, sizes: Mapping[str, Any]) -> int:
    """Return how many rows a field may answer: at least one, whatever was sent; coercion refuses what is no number."""
    size: Any = None
    for argument in node.arguments or ():
        if argument.name.value == PAGE_ARGUMENT:
            value = argument.value
            size = sizes.get(value.name.value) if isinstance(value, VariableNode) else _number(value)
    if size is None and asked and PAGE_ARGUMENT in asked.args:
        size = asked.args[PAGE_ARGUMENT].default_value
    if isinstance(size, bool) or not isinstance(size, (int, float)) or not size >= 1:
        return 1
    return int(min(size, SATURATED))


def _number(value: ValueNode | None) -> int | None:
    if not isinstance(value, IntValueNode):
        return None
    # Python refuses to read integers of more than 4300 digits.
    return int(value.value) if len(value.value) < 10 else SATURATED


def _variable_defaults(document: DocumentNode) -> dict[str, int]:
    # Fragments are counted once for all operations, so of several defaults of one name the largest counts.
    defaults: dict[str, int] = {}
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            for variable in definition.variable_definitions or ():
                name, size = variable.variable.name.value, _number(variable.default_value)
                if size is not None:
                    defaults[name] = max(size, defaults.get(name, size))
    return defaults
