"""The pages as clients of the API: each is NAME.graphql, whose variables are the page's parameters, and NAME.html.

A page that posts holds mutations beside its query. Success is a redirect; failure is the same page with 422 and
every typed value kept.
"""

from base64 import b64decode
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from graphql import OperationDefinitionNode, OperationType, parse, validate
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Route
from starlette.types import Scope

from api.forms import DamagedForm, Problems, keep_files, read_form, variables_from_form, variables_from_query
from api.login import who
from api.templating import render
from models.people import Role, User
from schema.context import Context
from schema.masking import MaskedSchema
from settings import PROJECT


@dataclass(frozen=True)
class Page:
    """One page: its path, its name (of both files), and what happens after each of its mutations."""

    path: str
    name: str
    after: dict[str, str] = field(default_factory=dict)
    """Where to go after a mutation, by operation name; {parts} come from its answer. The same page when unnamed."""
    must: str = ""
    """Root field without which the page does not exist (404)."""
    public: bool = False
    """Whether it is shown without signing in."""
    shows: frozenset[str] = frozenset()
    """Mutations, by operation name, whose answer is shown in place: it holds what is seen once, in no address."""
    gives: frozenset[str] = frozenset()
    """Mutations, by operation name, whose answer is a file: the browser keeps it and stays on the page."""
    roles: frozenset[Role] | None = None
    """Roles that the page is for; None: everybody who is signed in."""


class Operations:
    """The operations of one page's .graphql file, checked against the schema."""

    def __init__(self, name: str, schema: MaskedSchema) -> None:
        self.text = (PROJECT / "api" / "templates" / f"{name}.graphql").read_text(encoding="utf-8")
        document = parse(self.text)
        wrong = validate(schema._schema, document)
        if wrong:
            raise ValueError(f"{name}.graphql: {wrong[0].message}")
        named = [node for node in document.definitions if isinstance(node, OperationDefinitionNode) and node.name]
        self.query = next((node for node in named if node.operation == OperationType.QUERY), None)
        self.mutations = {
            node.name.value: node for node in named if node.name and node.operation == OperationType.MUTATION
        }


@cache
def checked_operations(name: str, schema: MaskedSchema) -> Operations:
    """Return a page's operations, checked once for each schema of the process."""
    return Operations(name, schema)


class PageAnswer:
    """Answers one page's requests by running its operations for the person who asks."""

    def __init__(self, page: Page, schema: MaskedSchema) -> None:
        self.page = page
        self.schema = schema
        self.operations = checked_operations(page.name, schema)

    async def answer(self, request: Request) -> Response:
        """Answer a GET with the page, a POST with what its mutation came to."""
        person = await who(request)
        if person is None and not self.page.public:
            back = request.url.path if request.method == "GET" else ""
            return RedirectResponse(f"/ingresar?next={back}", 303)
        if self.page.roles is not None and (person is None or person.role not in self.page.roles):
            return await render(request, "forbidden.html", {}, status=403, person=person)
        if request.method == "POST":
            return await self._post(request, person)
        done = request.query_params.get("hecho", "")
        return await self._show(request, person, done=done if done.isalnum() else "")

    async def _run(self, name: str, variables: dict[str, Any], request: Request, person: User | None) -> Any:
        context = Context(actor=person, request_id=getattr(request.state, "request_id", ""))
        return await self.schema.execute(self.operations.text, variables, context, operation_name=name)

    async def _show(
        self,
        request: Request,
        person: User | None,
        *,
        problems: Problems | None = None,
        typed: FormData | None = None,
        done: str = "",
        answered: dict[str, Any] | None = None,
    ) -> Response:
        given: dict[str, Any] = {**request.query_params, **request.path_params}
        data: dict[str, Any] = {}
        if self.operations.query and self.operations.query.name:
            repeated = FormData([(key, text) for key, text in request.query_params.multi_items()])
            variables, wrong = variables_from_query(self.schema._schema, self.operations.query, given, repeated)
            result = await self._run(self.operations.query.name.value, variables, request, person)
            if result.errors:
                return await refused_page(request, person, result.errors)
            data = result.data
            for path, messages in wrong.items():
                problems = problems or Problems()
                problems.setdefault(path, []).extend(messages)
        if self.page.must and not data.get(self.page.must):
            return await render(request, "missing.html", {}, status=404, person=person)
        context = {
            "page": self.page.name,
            "data": data,
            "given": given,
            "problems": problems or Problems(),
            "typed": typed or FormData(),
            "done": done,
            "answered": answered or {},
        }
        return await render(request, f"{self.page.name}.html", context, status=422 if problems else 200, person=person)

    async def _post(self, request: Request, person: User | None) -> Response:
        try:
            form = await read_form(request, max_files=20, max_fields=600)
        except DamagedForm as damaged:
            return await render(request, "bad_request.html", {"message": str(damaged)}, status=400, person=person)
        name = str(form.get("_operation", ""))
        operation = self.operations.mutations.get(name)
        if operation is None:
            message = "La página no conoce esa operación. Vuelva a abrirla."
            return await render(request, "bad_request.html", {"message": message}, status=400, person=person)
        variables, problems = variables_from_form(self.schema._schema, operation, form)
        if not problems:
            problems = await keep_files(form, variables, person)
        if problems:
            return await self._show(request, person, problems=problems, typed=form)
        result = await self._run(name, variables, request, person)
        if result.errors:
            return await refused_page(request, person, result.errors)
        [payload] = result.data.values()
        refused = Problems()
        for error in payload["errors"]:
            refused.setdefault(".".join(error["path"]), []).append(error["message"])
        if refused:
            return await self._show(request, person, problems=refused, typed=form, answered=payload)
        if name in self.page.shows:
            return await self._show(request, person, answered=payload)
        if name in self.page.gives:
            return _handed(payload["file"])
        target = self.page.after.get(name)
        where = target.format_map(payload) if target else _looked_at(request)
        mark = "&" if "?" in where else "?"
        return RedirectResponse(f"{where}{mark}hecho={name}", 303)


def _looked_at(request: Request) -> str:
    """Return the address of the same page with the filters and the period that the person was looking at."""
    asked = request.query_params.multi_items()
    kept = [(name, value) for name, value in asked if name.startswith("filter.") or name == "to"]
    return f"{request.url.path}?{urlencode(kept)}" if kept else request.url.path


def _handed(file: dict[str, str]) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file['filename'])}"}
    return Response(b64decode(file["content"]), media_type=file["mediaType"], headers=headers)


async def refused_page(request: Request, person: User | None, errors: Any) -> Response:
    """Return the page that says why an operation was not answered."""
    code = (errors[0].extensions or {}).get("code", "")
    if code == "UNAUTHENTICATED":
        return RedirectResponse(f"/ingresar?next={request.url.path}", 303)
    status, template = {"FORBIDDEN": (403, "forbidden.html"), "BAD_USER_INPUT": (400, "bad_request.html")}.get(
        code, (500, "fault.html")
    )
    return await render(request, template, {"message": errors[0].message}, status=status, person=person)


class OwnRoute(Route):
    """A route that answers every method of its path, with a refusal where it must.

    Starlette would go on to a later route whose path has a parameter: a POST to /judiciales/agenda is no file's.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Take a path whatever the method; the route's own handler refuses a method that it does not take."""
        match, child = super().matches(scope)
        return (Match.FULL if match == Match.PARTIAL else match), child


def routes(pages: list[Page], schema: MaskedSchema) -> list[Route]:
    """Return the routes of the pages; an operation that the schema does not know stops the start."""
    answers = [PageAnswer(page, schema) for page in pages]
    return [
        OwnRoute(one.page.path, one.answer, methods=["GET", "POST"] if one.operations.mutations else ["GET"])
        for one in answers
    ]
