"""The door of GraphQL over HTTP: reads and refuses requests, gives answers their status. The schema gives the meaning.

Follows the specification GraphQL over HTTP: `application/graphql-response+json` tells by its status whether anything
ran, `application/json` is for older clients, for whom every well-formed request is answered with 200.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLRequestData
from strawberry.http.parse_content_type import parse_content_type
from strawberry.schema import BaseSchema
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from schema.limits import MAX_NESTING, nesting
from schema.masking import CodedError, ErrorCode, incident, nothing_ran

RESPONSE_JSON = "application/graphql-response+json"
JSON = "application/json"

MAX_BODY = 256 * 1024
"""Bytes of a request; files go to their own address."""
MAX_JSON_DEPTH = 64
"""Levels of objects and lists in a request's JSON: inputs are a few levels deep."""
_STATUS = {ErrorCode.UNAUTHENTICATED: 401, ErrorCode.FORBIDDEN: 403, ErrorCode.INTERNAL: 500}

ContextMaker = Callable[[Any, Any], Awaitable[Any]]
"""Makes the context from the request and the response that carries cookies and headers; a WebSocket is both."""


class Refused(Exception):
    """A request that is not executed: its status, a code, a Spanish sentence and the headers that go with it."""

    def __init__(
        self,
        status: int,
        message: str,
        code: str = ErrorCode.BAD_REQUEST,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Make a refusal with an HTTP status."""
        super().__init__(message)
        self.status = status
        self.error = CodedError(code, message)
        self.headers = dict(headers or {})


class Endpoint(GraphQL[Any, None]):
    """Serves a schema at one address: GET and POST, and subscriptions over `graphql-transport-ws`. It shows no IDE."""

    def __init__(self, schema: BaseSchema, get_context: ContextMaker, allow_get: bool = True) -> None:
        """Serve `schema`; `get_context` may refuse with a CodedError; `allow_get` lets queries come by GET."""
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=allow_get,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
        )
        self._make_context = get_context
        self._methods = ("GET", "POST") if allow_get else ("POST",)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Any:
        """Return the context that resolvers see."""
        return await self._make_context(request, response)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or serve one WebSocket."""
        if scope["type"] == "websocket":
            await self._serve_socket(WebSocket(scope, receive, send))
            return
        response = await self.answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _serve_socket(self, socket: WebSocket) -> None:
        try:
            await self.run(socket)
        except CodedError as refusal:
            await socket.close(4401 if refusal.code == ErrorCode.UNAUTHENTICATED else 4403, refusal.message)

    async def answer(self, request: Request) -> Response:
        """Return the answer to one request, whatever was sent and whatever happens inside."""
        media_type = JSON
        try:
            if request.method not in self._methods:
                raise Refused(405, "Este método no se admite aquí.", headers={"Allow": ", ".join(self._methods)})
            media_type = negotiated(request.headers.getlist("accept"))
            asked = _from_address(request) if request.method == "GET" else await _from_body(request)
            carrier = await self.get_sub_response(request)
            context = await self.get_context(request, carrier)
            result = await self._execute(request.method, asked, context)
            return self._result(result, media_type, carrier)
        except Refused as refused:
            return _errors([refused.error], refused.status, media_type, refused.headers)
        except CodedError as refusal:  # from the context: who asks may be unknown
            return _errors([refusal], _request_status(refusal, media_type), media_type)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception as error:  # the outermost door: logged in full, answered with a number
            return _errors([incident(error, path=request.url.path)], 500, media_type)

    async def _execute(self, method: str, asked: GraphQLRequestData, context: Any) -> ExecutionResult:
        allowed = {OperationType.QUERY} if method == "GET" else {OperationType.QUERY, OperationType.MUTATION}
        try:
            return await self.schema.execute(
                asked.query,
                variable_values=asked.variables,
                context_value=context,
                operation_name=asked.operation_name,
                allowed_operation_types=allowed,
                operation_extensions=asked.extensions,
            )
        except CannotGetOperationTypeError as error:
            if error.operation_name is None:
                raise Refused(400, "La consulta no contiene ninguna operación.") from None
            raise Refused(400, "La consulta no contiene la operación que indica operationName.") from None
        except InvalidOperationTypeError as error:
            if error.operation_type is OperationType.SUBSCRIPTION:
                raise Refused(400, "Las suscripciones se piden por WebSocket.") from None
            raise Refused(405, "Los cambios se piden por POST.", headers={"Allow": "POST"}) from None

    def _result(self, result: ExecutionResult, media_type: str, carrier: Response) -> Response:
        errors = [error.formatted for error in result.errors or ()]
        answer: dict[str, Any] = {"errors": errors} if errors else {}
        status = 200
        if nothing_ran(result):
            status = max((_request_status(error, media_type) for error in result.errors or ()), default=200)
        else:
            answer["data"] = result.data
        if result.extensions:
            answer["extensions"] = result.extensions
        response = Response(orjson.dumps(answer), carrier.status_code or status, media_type=media_type)
        response.headers["Vary"] = "Accept"
        response.headers.raw.extend(carrier.headers.raw)
        response.background = carrier.background
        return response

    def decode_json(self, data: str | bytes) -> object:
        """Read the JSON of a WebSocket's frame, as `read_json` does."""
        return read_json(data)

    def encode_json(self, data: object) -> str:
        """Write JSON for a WebSocket, as text because that is what the protocol's frames are."""
        return orjson.dumps(data).decode()


def negotiated(accept: list[str]) -> str:
    """Return the media type for an answer by the Accept headers; Refused with 406 when none of ours will do.

    Wildcards and silence mean `application/json`: a client that wants to read the status asks for it by name.
    """
    ranges = [part for header in accept for part in header.split(",") if part.strip()]
    if not ranges:
        return JSON
    # Per offer: how specific the range is that decides, and its quality.
    ranks = {RESPONSE_JSON: (0, 0.0), JSON: (0, 0.0)}
    for text in ranges:
        name, *parameters = [piece.strip().lower() for piece in text.split(";")]
        quality = _quality(parameters)
        for offer, (specific, _) in ranks.items():
            matched = {offer: 3, "application/*": 2, "*/*": 1}.get(name, 0)
            if matched > specific:
                ranks[offer] = (matched, quality)
    (named, quality), (_, older) = ranks[RESPONSE_JSON], ranks[JSON]
    if not quality and not older:
        raise Refused(406, f"Aquí se responde con {JSON} o {RESPONSE_JSON}.")
    return RESPONSE_JSON if quality > older or (quality == older and named == 3) else JSON


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return min(max(float(parameter[2:]), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


async def _from_body(request: Request) -> GraphQLRequestData:
    media_type, parameters = parse_content_type(request.headers.get("content-type", ""))
    charset = parameters.get("charset", "utf-8").lower()
    encoding = request.headers.get("content-encoding", "identity").lower()
    if media_type.lower() != JSON or charset not in ("utf-8", "utf8") or encoding != "identity":
        raise Refused(415, f"La consulta se envía como {JSON} en UTF-8.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise Refused(413, f"La consulta pasa de {MAX_BODY // 1024} KB.")
    return _operation(_decoded(bytes(body), "El cuerpo"))


def _from_address(request: Request) -> GraphQLRequestData:
    try:
        text = request.scope["query_string"].decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError:
        raise Refused(400, "La dirección no está bien escrita.") from None
    asked: dict[str, Any] = dict(pairs)
    if len(asked) < len(pairs):
        raise Refused(400, "La dirección repite un parámetro.")
    for name in ("variables", "extensions"):
        if name in asked:
            asked[name] = _decoded(asked[name], f"El parámetro {name}") if asked[name] else None
    try:
        _check_values(asked)
    except json.JSONDecodeError:
        raise Refused(400, "La dirección contiene un valor que no se admite.") from None
    return _operation(asked)


def _decoded(data: str | bytes, what: str) -> object:
    try:
        return read_json(data)
    except json.JSONDecodeError:
        raise Refused(400, f"{what} no es JSON válido o contiene un valor que no se admite.") from None


def read_json(data: str | bytes) -> object:
    """Read JSON that is safe to pass on; what is not raises JSONDecodeError, as broken JSON does.

    orjson refuses NaN, infinite numbers, lone surrogates, bad UTF-8 and more than 1024 levels by itself.
    """
    value = orjson.loads(data)
    _check_values(value)
    return value


def _check_values(value: object) -> None:
    pending = [(value, 0)]
    while pending:
        value, depth = pending.pop()
        if depth > MAX_JSON_DEPTH:
            raise json.JSONDecodeError("too deep", "", 0)
        if isinstance(value, str):
            # PostgreSQL refuses NUL in text, SQLite cuts there.
            if "\0" in value:
                raise json.JSONDecodeError("NUL", "", 0)
        elif isinstance(value, dict):
            pending.extend((name, depth) for name in value)
            pending.extend((inner, depth + 1) for inner in value.values())
        elif isinstance(value, list):
            pending.extend((inner, depth + 1) for inner in value)


def _operation(asked: object) -> GraphQLRequestData:
    if isinstance(asked, list):
        raise Refused(400, "Envíe una sola operación: no se admiten lotes.")
    if not isinstance(asked, dict):
        raise Refused(400, "La consulta debe ser un objeto JSON con el campo query.")
    query, name = asked.get("query"), asked.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise Refused(400, "Falta el texto de la consulta en el campo query.")
    if not isinstance(name, str | None):
        raise Refused(400, "El campo operationName debe ser un texto.")
    for field in ("variables", "extensions"):
        if not isinstance(asked.get(field), dict | None):
            raise Refused(400, f"El campo {field} debe ser un objeto.")
    if nesting(query) > MAX_NESTING:
        raise Refused(400, "La consulta está anidada con demasiados niveles.", ErrorCode.QUERY_TOO_COMPLEX)
    return GraphQLRequestData(query, asked.get("variables"), name, asked.get("extensions"))


def _request_status(error: Any, media_type: str) -> int:
    code = (error.extensions or {}).get("code")
    if code in _STATUS:
        return _STATUS[code]
    return 400 if media_type == RESPONSE_JSON or code == ErrorCode.BAD_REQUEST else 200


def _errors(
    errors: list[CodedError], status: int, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    body = orjson.dumps({"errors": [error.formatted for error in errors]})
    return Response(body, status, {"Vary": "Accept", **(headers or {})}, media_type)
