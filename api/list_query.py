"""The question that a list's download asks: the page's own, with the columns of the file instead of those on screen.

The list of a page is the field of its query that takes `$after`. Its arguments stay as they are, so that filters, order
and reach are the page's by construction; only `first` and what is asked of each row change.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLString,
    GraphQLUnionType,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    parse,
    print_ast,
    validate,
)
from graphql.language import Visitor, visit

from schema.limits import count, excess
from schema.masking import MaskedSchema

PAGE_SIZES = (200, 100, 50, 25)
"""Rows that are asked for at once, the most that the limits of a query let pass."""

KIND = "__typename"
"""The name by which every row says of what kind it is."""

Tree = dict[str, "Tree"]


class ListQuery:
    """The operation that asks for a page of one list, and the way to its rows in an answer."""

    def __init__(
        self, query: OperationDefinitionNode, paths: Sequence[str], schema: MaskedSchema, at: str = ""
    ) -> None:
        """Make the operation from a page's `query`; `at` names the list's field when the page shows it whole.

        Raises ValueError when the page has no such list or the schema no such column.
        """
        self.types = schema._schema
        chain = _way(query.selection_set, at)
        if not chain:
            raise ValueError("the page has no list")
        self.way = [node.alias.value if node.alias else node.name.value for node in chain]
        self.paged = not at
        field = self.types.query_type.fields[chain[0].name.value]  # type: ignore[union-attr]
        for node in chain[1:]:
            field = get_named_type(field.type).fields[node.name.value]
        self.field = field
        listed: Any = get_named_type(field.type)
        self.row: Any = get_named_type(listed.fields["nodes"].type) if self.paged else listed
        tree: Tree = {}
        for path in paths:
            branch = tree
            for name in path.split("."):
                branch = branch.setdefault(name, {})
        self.text = self._fitting(query, chain, self._selection(self.row, tree))
        [self.query] = [one for one in parse(self.text).definitions if isinstance(one, OperationDefinitionNode)]

    def _fitting(self, query: OperationDefinitionNode, chain: Sequence[FieldNode], selection: str) -> str:
        for size in PAGE_SIZES:
            text = self._written(query, chain, selection, size)
            document = parse(text)
            if wrong := validate(self.types, document):
                raise ValueError(wrong[0].message)
            if not excess(count(document, {}, self.types)[0]):
                return text
        raise ValueError("the columns ask for too much")

    def _written(self, query: OperationDefinitionNode, chain: Sequence[FieldNode], selection: str, size: int) -> str:
        inner = selection
        if self.paged:
            inner = f"nodes {{ {selection} }} pageInfo {{ hasNextPage endCursor }}"
        for node in reversed(chain):
            arguments = [print_ast(one) for one in node.arguments or () if one.name.value != "first"]
            if self.paged and node is chain[-1]:
                arguments.append(f"first: {size}")
            alias = f"{node.alias.value}: " if node.alias else ""
            asked = f"({', '.join(arguments)})" if arguments else ""
            inner = f"{alias}{node.name.value}{asked} {{ {inner} }}"
        used = _Used()
        visit(parse(f"{{ {inner} }}"), used)
        kept = [one for one in query.variable_definitions or () if one.variable.name.value in used.names]
        variables = f"({', '.join(map(print_ast, kept))})" if kept else ""
        return f"query List{variables} {{ {inner} }}"

    def _selection(self, of: Any, tree: Tree) -> str:
        """Return what is asked of a row; of a union, each of its members is asked for what it has."""
        if isinstance(of, GraphQLUnionType | GraphQLInterfaceType) and not _has(of, tree):
            members = [(one, {name: tree[name] for name in tree if _known(one, name)}) for one in self._members(of)]
            if lost := tree.keys() - {name for _, has in members for name in has}:
                raise ValueError(f"{of.name} has no {lost}")
            return " ".join(f"... on {one.name} {{ {self._selection(one, has)} }}" for one, has in members if has)
        if not _has(of, tree):
            raise ValueError(f"{of} has not all of {sorted(tree)}")
        parts = []
        for name, inner in tree.items():
            below = f" {{ {self._selection(get_named_type(of.fields[name].type), inner)} }}" if inner else ""
            parts.append(name + below)
        return " ".join(parts)

    def _members(self, of: GraphQLUnionType | GraphQLInterfaceType) -> Sequence[GraphQLObjectType]:
        return self.types.get_possible_types(of)

    def kind_of(self, path: str) -> Any:
        """Return the type at the end of a column's path."""
        of = self.row
        for name in path.split("."):
            if name == KIND:
                return GraphQLString
            if isinstance(of, GraphQLUnionType) or name not in of.fields:
                of = next(one for one in self._members(of) if name in one.fields)
            of = get_named_type(of.fields[name].type)
        return of

    def rows(self, data: Mapping[str, Any]) -> tuple[list[Any], str]:
        """Return the rows of an answer and the mark from which the next ones follow, empty after the last.

        Raises LookupError when what the list belongs to is out of reach.
        """
        found: Any = data
        for name in self.way:
            found = found[name]
            if found is None:
                raise LookupError(name)
        if not self.paged:
            return list(found), ""
        page = found["pageInfo"]
        return found["nodes"], page["endCursor"] if page["hasNextPage"] else ""


class _Used(Visitor):
    """Notes the variables of a document."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable(self, node: Any, *_: Any) -> None:
        self.names.add(node.name.value)


def _way(selections: SelectionSetNode | None, at: str) -> list[FieldNode]:
    """Return the fields that lead to the list, the list last; empty when there is none."""
    for node in selections.selections if selections else ():
        if not isinstance(node, FieldNode):
            continue
        if at == node.name.value or (not at and any(print_ast(one) == "after: $after" for one in node.arguments or ())):
            return [node]
        if below := _way(node.selection_set, at):
            return [node, *below]
    return []


def _known(of: Any, name: str) -> bool:
    return name == KIND or name in of.fields


def _has(of: Any, tree: Tree) -> bool:
    return not isinstance(of, GraphQLUnionType) and all(_known(of, name) for name in tree)


def found_at(row: Any, path: Sequence[str]) -> Iterator[Any]:
    """Yield the values at the end of a path, one for each item of the lists on the way; none where it breaks off."""
    if isinstance(row, list):
        for one in row:
            yield from found_at(one, path)
    elif not path:
        if row is not None:
            yield row
    elif row is not None and path[0] in row:
        yield from found_at(row[path[0]], path[1:])


def enum_name(kind: Any) -> str:
    """Return the name of a closed list, empty for any other type."""
    return kind.name if isinstance(kind, GraphQLEnumType) else ""
