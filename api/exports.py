"""Lists as downloads: beside each page of `EXPORTED` its address with .xlsx and .csv, for the same people.

Rows are asked for a page at a time by the page's own query, as the person who asks; the file is written aside, in a
thread, and sent when it is whole. A download is a read like the page: nothing of it is kept.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLList, GraphQLNonNull, get_named_type, type_from_ast
from graphql.utilities import value_from_ast_untyped
from starlette.background import BackgroundTask
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from api.exported_lists import EXPORTED, ExportedList
from api.forms import variables_from_query
from api.list_query import ListQuery, enum_name, found_at
from api.login import who
from api.pages import OwnRoute, Page, checked_operations, refused_page
from api.templating import as_instant, as_short_date, render
from documents.list_files import About, CsvList, Heading, ListFile, TooManyRows, Value, XlsxList
from documents.media_types import EXCEL
from models.clock import GUATEMALA, now, today
from models.people import User
from schema.context import Context
from schema.labels import label
from schema.masking import MaskedSchema
from settings import settings

MEDIA = {
    "xlsx": EXCEL,
    "csv": "text/csv; charset=utf-8",
}
"""The kinds of file that a list is given as, by the ending of its address."""

KINDS = {"Convention": "Convenio", "Lease": "Inmueble", "SanitaryLicense": "Licencia sanitaria"}
"""What the members of a union are called."""

_busy: set[int] = set()
"""People for whom this process is writing a list now: one at a time each."""


class _Failed(Exception):
    """The query was not answered; its errors."""

    def __init__(self, errors: Sequence[Any]) -> None:
        super().__init__(str(errors[0]))
        self.errors = errors


@cache
def _prepared(name: str, schema: MaskedSchema) -> ListQuery:
    """Return a list's query, written and checked once for each schema of the process."""
    query, exported = checked_operations(name, schema).query, EXPORTED[name]
    assert query
    return ListQuery(query, [path for column in exported.columns for path in column.paths], schema, exported.at)


class ListDownload:
    """Answers the downloads of one page's list."""

    def __init__(self, page: Page, exported: ExportedList, schema: MaskedSchema) -> None:
        """Prepare the query; a column that the schema does not know stops the start."""
        self.page, self.exported, self.schema = page, exported, schema
        self.list = _prepared(page.name, schema)
        self.columns = [
            [(path.split("."), self.list.kind_of(path)) for path in column.paths] for column in exported.columns
        ]
        self.headings = [Heading(column.label, column.width) for column in exported.columns]

    async def answer(self, request: Request) -> Response:
        """Give the list with the filters of the address."""
        ending = request.url.path.rpartition(".")[2]
        person = await who(request)
        if person is None:
            return RedirectResponse(f"/ingresar?next={request.url.path.removesuffix(f'.{ending}')}", 303)
        if self.page.roles is not None and person.role not in self.page.roles:
            return await render(request, "forbidden.html", {}, status=403, person=person)
        given = {**request.query_params, **request.path_params}
        repeated = FormData([(key, text) for key, text in request.query_params.multi_items()])
        variables, wrong = variables_from_query(self.schema._schema, self.list.query, given, repeated)
        variables.pop("after", None)
        if wrong:
            message = " ".join(sentence for sentences in wrong.values() for sentence in sentences)
            return await render(request, "bad_request.html", {"message": message}, status=400, person=person)
        if person.id in _busy:
            message = "Ya se está preparando una descarga para usted. Espere a que termine y pida esta de nuevo."
            headers = {"Retry-After": "10"}
            context = {"message": message}
            return await render(request, "bad_request.html", context, status=429, person=person, headers=headers)
        _busy.add(person.id)
        try:
            return await self._made(request, person, ending, variables)
        finally:
            _busy.discard(person.id)

    async def _made(self, request: Request, person: User, ending: str, variables: dict[str, Any]) -> Response:
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="convenios-lista-"))
            path = Path(folder) / f"lista.{ending}"
            try:
                await self._written(path, person, variables, request)
            except _Failed as failed:
                return await refused_page(request, person, failed.errors)
            except LookupError:
                return await render(request, "missing.html", {}, status=404, person=person)
            except TooManyRows as many:
                return await render(request, "bad_request.html", {"message": str(many)}, status=400, person=person)
            # The folder outlives this block: it goes when the file has been sent.
            sent = BackgroundTask(stack.pop_all().close)
        slug = "-".join(part for part in self.page.path.split("/") if part and "{" not in part)
        return FileResponse(path, media_type=MEDIA[ending], filename=f"{slug}-{today()}.{ending}", background=sent)

    async def _written(self, path: Path, person: User, variables: dict[str, Any], request: Request) -> None:
        file: ListFile = (
            CsvList(path, self.headings)
            if path.suffix == ".csv"
            else XlsxList(path, self.headings, name=self.exported.title)
        )
        count, after = 0, ""
        while True:
            asked = variables | ({"after": after} if after else {})
            context = Context(actor=person, request_id=getattr(request.state, "request_id", ""))
            result: Any = await self.schema.execute(self.list.text, asked, context)
            if result.errors:
                raise _Failed(result.errors)
            rows, after = self.list.rows(result.data)
            count += len(rows)
            # A page of rows takes some milliseconds: not on the loop that serves everybody.
            await asyncio.to_thread(self._add, file, rows)
            if not after:
                break
        about = About(self.exported.title, [*await self._used(variables, person), *_made_by(person, count)])
        await asyncio.to_thread(file.close, about)

    def _add(self, file: ListFile, rows: list[Any]) -> None:
        file.add(map(self._row, rows))

    def _row(self, row: Any) -> list[Value]:
        return [self._cell(row, ways) for ways in self.columns]

    def _cell(self, row: Any, ways: Sequence[tuple[list[str], Any]]) -> Value:
        for path, kind in ways:
            found = [_value(one, kind) for one in found_at(row, path)]
            if len(found) == 1:
                return found[0]
            if found:
                return "; ".join(dict.fromkeys(str(one) for one in found if one not in (None, "")))
        return None

    async def _used(self, variables: dict[str, Any], person: User) -> list[tuple[str, str]]:
        """Return the filters that were used, those that a page begins with included, in words."""
        used: list[tuple[str, str]] = []
        for definition in self.list.query.variable_definitions or ():
            name = definition.variable.name.value
            if name == "after" or f"{{{name}}}" in self.page.path:
                continue
            default = value_from_ast_untyped(definition.default_value) if definition.default_value else None
            value = variables.get(name, default)
            kind: Any = type_from_ast(self.schema._schema, definition.type)
            if isinstance(get_named_type(kind), GraphQLInputObjectType):
                fields = get_named_type(kind).fields
                for key, inner in (value or {}).items():
                    used.append((fields[key].description, await self._words(inner, fields[key].type, person)))
            elif value is not None:
                argument = self.list.field.args.get(name)
                used.append((argument.description if argument else name, await self._words(value, kind, person)))
        return [("Filtro: " + name.rstrip("."), said) for name, said in used] or [("Filtros", "Ninguno")]

    async def _words(self, value: Any, kind: Any, person: User) -> str:
        kind = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        if isinstance(value, list):
            inner = kind.of_type if isinstance(kind, GraphQLList) else kind
            return ", ".join([await self._words(one, inner, person) for one in value])
        kind = get_named_type(kind)
        if kind.name == "ID":
            named: Any = await self.schema.execute(NAMED, {"id": value}, Context(actor=person))
            return str(((named.data or {}).get("node") or {}).get("name", ""))
        return str(_value(value, kind) if kind.name != "Date" else as_short_date(value))


NAMED = "query Named($id: ID!) { node(id: $id) { ... on Person { name } ... on Institution { name } } }"


def _made_by(person: User, count: int) -> list[tuple[str, str]]:
    said = [
        ("Registros", f"{count:,}"),
        ("Hecho", as_instant(now())),
        ("Para", f"{person.name} ({label(person.role)})"),
    ]
    said.append(("Alcance", "Contiene lo que la cuenta de esa persona puede ver."))
    return said + ([("Aviso", "DATOS DE DEMOSTRACIÓN")] if settings().demo else [])


def _value(value: Any, kind: Any) -> Value:
    """Return an answer's value as a cell holds it."""
    if value is None:
        return None
    if kind.name == "Date":
        return date.fromisoformat(value)
    if kind.name == "DateTime":
        return datetime.fromisoformat(value).astimezone(GUATEMALA).replace(tzinfo=None)
    if kind.name == "Time":
        return time.fromisoformat(value)
    if kind.name == "Decimal":
        return Decimal(value)
    if kind.name == "Boolean":
        return "Sí" if value else "No"
    if isinstance(value, int):
        return value
    return label(value, enum) if (enum := enum_name(kind)) else KINDS.get(value, str(value))


def export_routes(pages: Sequence[Page], schema: MaskedSchema) -> list[Route]:
    """Return the routes of all downloads of lists; they go before the pages, whose paths may have a parameter."""
    answers = [ListDownload(page, EXPORTED[page.name], schema) for page in pages if page.name in EXPORTED]
    return [OwnRoute(f"{one.page.path}.{ending}", one.answer) for one in answers for ending in MEDIA]
