"""GraphQL over HTTP: every request that a client may send, well made or hostile, has its answer."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import strawberry
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from structlog.testing import capture_logs

from api.endpoint import JSON, MAX_BODY, RESPONSE_JSON, Endpoint, Refused, negotiated
from schema.limits import guards
from schema.masking import CodedError, ErrorCode, MaskedSchema

NOTED: list[str] = []
"""What reached the mutation: a refused request leaves nothing here."""


@strawberry.type
class Query:
    @strawberry.field
    def echo(self, text: str = "eco") -> str:
        return text

    @strawberry.field
    def twice(self, number: int) -> int:
        return number * 2

    @strawberry.field
    def crash(self) -> str | None:
        raise RuntimeError("tamal")

    @strawberry.field
    def must(self) -> str:
        raise CodedError(ErrorCode.NOT_FOUND, "No existe.")

    @strawberry.field
    def cookie(self, info: strawberry.Info) -> str:
        info.context["response"].set_cookie("visto", "si")
        info.context["response"].background = BackgroundTask(NOTED.append, "background")
        return "puesta"

    @strawberry.field
    def document(self, fields: strawberry.scalars.JSON) -> strawberry.scalars.JSON:
        return fields


@strawberry.type
class Mutation:
    @strawberry.mutation
    def note(self, text: str) -> str:
        NOTED.append(text)
        return text


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self, upto: int) -> AsyncIterator[int]:
        for number in range(upto):
            yield number
        if upto > 2:
            raise RuntimeError("tamal")


async def make_context(request: Any, response: Any) -> dict[str, Any]:
    who = request.headers.get("x-who", "")
    if who == "nobody":
        raise CodedError(ErrorCode.UNAUTHENTICATED, "Inicie sesión.")
    if who == "broken":
        raise RuntimeError("tamal")
    return {"request": request, "response": response}


SCHEMA = MaskedSchema(Query, Mutation, Subscription, extensions=guards())
ENDPOINT = Endpoint(SCHEMA, make_context)
APP = Starlette(
    routes=[
        Route("/graphql", ENDPOINT),
        WebSocketRoute("/graphql", ENDPOINT),
        Mount("/post-only", Endpoint(SCHEMA, make_context, allow_get=False)),
    ]
)


@pytest.fixture(autouse=True)
def nothing_noted() -> None:
    NOTED.clear()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(APP)  # raises what escapes the app: an exception is never an answer here
    async with httpx.AsyncClient(transport=transport, base_url="http://convenios.test") as client:
        yield client


async def post(client: httpx.AsyncClient, body: bytes | str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.post("/graphql", content=body, headers={"content-type": JSON, **named})


def refused(response: httpx.Response, status: int, code: str = "BAD_REQUEST") -> str:
    """Check that a refusal is GraphQL-shaped and nothing ran, and return its sentence."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"].split(";")[0] in (JSON, RESPONSE_JSON)
    body = response.json()
    assert "data" not in body
    (error,) = body["errors"]
    assert error["extensions"]["code"] == code
    assert NOTED == []
    return str(error["message"])


async def test_a_query_is_answered(client: httpx.AsyncClient) -> None:
    query = "query E($text: String!) { echo(text: $text) }"
    body = {"query": query, "variables": {"text": "Ñandú 🏃"}, "operationName": "E", "extensions": {"some": 1}}
    response = await client.post("/graphql", json=body)
    assert response.status_code == 200
    assert response.headers["content-type"] == JSON
    assert response.headers["vary"] == "Accept"
    assert response.json() == {"data": {"echo": "Ñandú 🏃"}, "extensions": {"cost": 1}}


async def test_a_query_by_get_is_answered(client: httpx.AsyncClient) -> None:
    parameters = {"query": "query ($t: String!) { echo(text: $t) }", "variables": '{"t": "día"}', "extensions": ""}
    response = await client.get("/graphql", params=parameters)
    assert response.json()["data"] == {"echo": "día"}


async def test_a_mutation_by_post_runs_once(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", json={"query": 'mutation { note(text: "uno") }'})
    assert response.json()["data"] == {"note": "uno"}
    assert NOTED == ["uno"]


async def test_cookies_and_background_work_of_the_context_are_kept(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", json={"query": "{ cookie }"})
    assert response.headers["set-cookie"].startswith("visto=si")
    assert NOTED == ["background"]


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ([], JSON),
        (["*/*"], JSON),
        (["application/*"], JSON),
        ([JSON], JSON),
        ([RESPONSE_JSON], RESPONSE_JSON),
        ([f"{RESPONSE_JSON}; charset=utf-8"], RESPONSE_JSON),
        ([f"{RESPONSE_JSON}, {JSON};q=0.9"], RESPONSE_JSON),
        ([f"{JSON}, {RESPONSE_JSON}"], RESPONSE_JSON),
        ([f"{RESPONSE_JSON};q=0.5, {JSON}"], JSON),
        ([JSON, f"{RESPONSE_JSON};q=0.1"], JSON),
        ([f"{RESPONSE_JSON};q=0, */*"], JSON),
        ([f"{RESPONSE_JSON}, */*"], RESPONSE_JSON),
        ([f"{JSON};q=0, */*"], RESPONSE_JSON),
        (["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"], JSON),
        (["APPLICATION/JSON"], JSON),
    ],
)
def test_the_media_type_is_what_the_client_prefers(accept: list[str], chosen: str) -> None:
    assert negotiated(accept) == chosen


@pytest.mark.parametrize("accept", ["image/png", "text/html", f"{JSON};q=0", "*/*;q=0", f"{JSON};q=x", "nonsense"])
async def test_other_media_types_are_not_served(client: httpx.AsyncClient, accept: str) -> None:
    with pytest.raises(Refused):
        negotiated([accept])
    refused(await post(client, '{"query": "mutation { note(text: \\"x\\") }"}', accept=accept), 406)


REQUEST_ERRORS = [
    ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
    ({"query": "{ missing }"}, "GRAPHQL_VALIDATION_FAILED"),
    ({"query": "query ($n: Int!) { twice(number: $n) }", "variables": {"n": None}}, "BAD_USER_INPUT"),
    ({"query": "{" + " ".join(f"a{i}: echo" for i in range(101)) + "}"}, "QUERY_TOO_COMPLEX"),
]


@pytest.mark.parametrize(("body", "code"), REQUEST_ERRORS, ids=[code for _, code in REQUEST_ERRORS])
async def test_a_request_that_cannot_run_is_400_for_new_clients_and_200_for_old(
    client: httpx.AsyncClient, body: dict[str, Any], code: str
) -> None:
    new = await client.post("/graphql", json=body, headers={"accept": RESPONSE_JSON})
    refused(new, 400, code)
    assert new.headers["content-type"] == RESPONSE_JSON
    old = await client.post("/graphql", json=body, headers={"accept": JSON})
    refused(old, 200, code)
    assert old.headers["content-type"] == JSON


@pytest.mark.parametrize("accept", [JSON, RESPONSE_JSON])
async def test_an_error_of_a_resolver_comes_with_the_data(client: httpx.AsyncClient, accept: str) -> None:
    response = await client.post("/graphql", json={"query": "{ crash echo }"}, headers={"accept": accept})
    assert response.status_code == 200
    assert response.json()["data"] == {"crash": None, "echo": "eco"}
    assert "tamal" not in response.text
    response = await client.post("/graphql", json={"query": "{ must }"}, headers={"accept": accept})
    assert response.status_code == 200
    assert response.json()["data"] is None
    assert response.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    "media_type",
    [
        "application/x-www-form-urlencoded",
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/jsonx",
        "application/json; charset=latin-1",
        "",
    ],
)
async def test_only_json_is_read(client: httpx.AsyncClient, media_type: str) -> None:
    body = '{"query": "mutation { note(text: \\"x\\") }"}'
    refused(await post(client, body, content_type=media_type), 415)


async def test_a_body_without_content_type_or_compressed_is_not_read(client: httpx.AsyncClient) -> None:
    refused(await client.post("/graphql", content=b'{"query": "{ echo }"}'), 415)
    refused(await post(client, b"\x1f\x8b", content_encoding="gzip"), 415)


async def test_utf8_may_be_named(client: httpx.AsyncClient) -> None:
    response = await post(client, '{"query": "{ echo }"}', content_type="Application/JSON; charset=UTF-8")
    assert response.json()["data"] == {"echo": "eco"}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE"])
async def test_other_methods_are_not_allowed(client: httpx.AsyncClient, method: str) -> None:
    response = await client.request(method, "/graphql", content=b'{"query": "{ echo }"}')
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"
    if method != "HEAD":
        refused(response, 405)


async def test_get_may_be_closed(client: httpx.AsyncClient) -> None:
    response = await client.get("/post-only/", params={"query": "{ echo }"})
    refused(response, 405)
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize("accept", [JSON, RESPONSE_JSON])
async def test_a_mutation_by_get_is_refused(client: httpx.AsyncClient, accept: str) -> None:
    query = 'query Q { echo } mutation M { note(text: "x") }'
    parameters = {"query": query, "operationName": "M"}
    response = await client.get("/graphql", params=parameters, headers={"accept": accept})
    refused(response, 405)
    assert response.headers["allow"] == "POST"
    assert (await client.get("/graphql", params={**parameters, "operationName": "Q"})).json()["data"] == {"echo": "eco"}


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_subscription_by_http_is_refused(client: httpx.AsyncClient, method: str) -> None:
    asked = {"query": "subscription { ticks(upto: 1) }"}
    if method == "GET":
        refused(await client.get("/graphql", params=asked), 400)
    else:
        refused(await client.post("/graphql", json=asked), 400)


NOTE = 'mutation { note(text: "x") }'
HOSTILE: dict[str, bytes | str] = {
    "empty": b"",
    "blank": b"   ",
    "broken": b'{ "query": "{ echo',
    "bad UTF-8": b'{"query": "{ echo(text: \\"\xff\xfe\\") }"}',
    "overlong UTF-8": b'{"query": "{ echo(text: \\"\xc0\x80\\") }"}',
    "byte order mark": b'\xef\xbb\xbf{"query": "{ echo }"}',
    "UTF-16": '{"query": "{ echo }"}'.encode("utf-16"),
    "null": b"null",
    "text": b'"x"',
    "number": b"5",
    "true": b"true",
    "100,000 brackets": b"[" * 100_000,
    "100,000 braces": b'{"a":' * 50_000,
    "deep variables": b'{"query": "{ echo }", "variables": ' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}",
    "rather deep variables": b'{"query": "{ echo }", "variables": ' + b'{"a":' * 500 + b"1" + b"}" * 500 + b"}",
    "variables as text": json.dumps({"query": NOTE, "variables": '{"a": 1}'}),
    "variables as list": json.dumps({"query": NOTE, "variables": []}),
    "variables as zero": json.dumps({"query": NOTE, "variables": 0}),
    "variables as false": json.dumps({"query": NOTE, "variables": False}),
    "extensions as text": json.dumps({"query": NOTE, "extensions": "x"}),
    "extensions as list": json.dumps({"query": NOTE, "extensions": []}),
    "batch": json.dumps([{"query": NOTE}, {"query": NOTE}]),
    "empty batch": b"[]",
    "no query": b"{}",
    "misspelt query": json.dumps({"qeury": NOTE}),
    "query null": b'{"query": null}',
    "query empty": b'{"query": " "}',
    "query as object": b'{"query": {"a": 1}}',
    "query as zero": b'{"query": 0}',
    "query as list": json.dumps({"query": [NOTE]}),
    "two operations": json.dumps({"query": 'mutation A { note(text: "x") } mutation B { note(text: "x") }'}),
    "unknown operation": json.dumps({"query": 'mutation A { note(text: "x") }', "operationName": "B"}),
    "name for an unnamed operation": json.dumps({"query": NOTE, "operationName": "B"}),
    "empty operation name": json.dumps({"query": NOTE, "operationName": ""}),
    "operation name as number": json.dumps({"query": NOTE, "operationName": 5}),
    "operation name as zero": json.dumps({"query": NOTE, "operationName": 0}),
    "operation name as object": json.dumps({"query": NOTE, "operationName": {}}),
    "no operation": json.dumps({"query": "fragment F on Query { echo }"}),
    "NaN": b'{"query": "query ($n: Float) { echo }", "variables": {"n": NaN}}',
    "Infinity": b'{"query": "query ($n: Float) { echo }", "variables": {"n": -Infinity}}',
    "infinite number": b'{"query": "query ($n: Float) { echo }", "variables": {"n": 1e999}}',
    "100,000 digits": b'{"query": "query ($n: Int) { echo }", "variables": {"n": ' + b"9" * 100_000 + b"}}",
    "lone surrogate": b'{"query": "query ($t: String!) { echo(text: $t) }", "variables": {"t": "\\ud800"}}',
    "raw surrogate": b'{"query": "query ($t: String!) { echo(text: $t) }", "variables": {"t": "\xed\xa0\x80"}}',
    "NUL": b'{"query": "query ($t: String!) { echo(text: $t) }", "variables": {"t": "a\\u0000b"}}',
    "NUL deep inside": b'{"query": "query ($t: JSON) { echo }", "variables": {"t": [{"a": ["\\u0000"]}]}}',
    "NUL in a name": b'{"query": "query ($t: JSON!) { document(fields: $t) }", "variables": {"t": {"\\u0000": 1}}}',
    "NUL in a literal": json.dumps({"query": r'mutation { note(text: "a\u0000b") }'}),
    "NUL in the query": json.dumps({"query": 'mutation { note(text: "a\0b") }'}),
    "control character": b'{"query": "{ echo(text: \\"a\x00b\\") }"}',
}  # fmt: skip


@pytest.mark.parametrize("accept", [JSON, RESPONSE_JSON, "*/*"])
@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_malformed_request_is_400(client: httpx.AsyncClient, body: bytes | str, accept: str) -> None:
    response = await post(client, body, accept=accept)
    refused(response, 400)
    assert response.headers["content-type"] == (RESPONSE_JSON if accept == RESPONSE_JSON else JSON)


@pytest.mark.parametrize(
    "query", ["{" * 1500, "{ echo" * 1500, "{ a" * 1500 + "}" * 1500, "{ echo(text: " + "[" * 1500]
)
async def test_1500_open_brackets_are_400(client: httpx.AsyncClient, query: str) -> None:
    sentence = refused(await post(client, json.dumps({"query": query})), 400, "QUERY_TOO_COMPLEX")
    assert sentence == "La consulta está anidada con demasiados niveles."


@pytest.mark.parametrize(
    "body",
    [
        b'{"query": "query ($n: Int!) { twice(number: $n) }", "variables": {"n": ' + b"9" * 30 + b"}}",
        b'{"query": "query ($n: Int!) { twice(number: $n) }", "variables": {"n": 9007199254740993}}',
        b'{"query": "query ($n: Int!) { twice(number: $n) }", "variables": {"n": 1e300}}',
        b'{"query": "{ twice(number: ' + b"9" * 100_000 + b') }"}',
        b'{"query": "query ($n: Int!) { twice(number: $n) }", "variables": {"n": "5"}}',
        r'{"query": "{ echo(text: \"\\uD800\") }"}',
    ],
)
async def test_numbers_and_texts_out_of_range_are_the_clients_error(
    client: httpx.AsyncClient, body: bytes | str
) -> None:
    response = await post(client, body, accept=RESPONSE_JSON)
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] in {
        "BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text", ["' OR 1=1--", "{{7*7}}", "<script>alert(1)</script>", "\u202e", "a\tb\nc", "\U0001f3c3"]
)
async def test_a_text_is_a_text(client: httpx.AsyncClient, text: str) -> None:
    asked = {"query": "query ($t: String!) { echo(text: $t) }", "variables": {"t": text}}
    assert (await client.post("/graphql", json=asked)).json()["data"] == {"echo": text}


async def test_a_large_body_is_413_whether_its_length_is_told_or_not(client: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b" " * 4096

    refused(await post(client, b" " * (MAX_BODY + 1)), 413)
    response = await client.post("/graphql", content=chunks(), headers={"content-type": JSON})
    refused(response, 413)
    filler = " " * (MAX_BODY - 100)
    assert (await client.post("/graphql", json={"query": "{ echo }" + filler})).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "?query=%7Becho%7D&variables=5",
        "?query=%7Becho%7D&variables=%7B",
        "?query=%7Becho%7D&variables=%22x%22",
        "?query=%7Becho%7D&variables=%7B%22a%22%3A%22%5Cu0000%22%7D",
        "?query=%7Becho%7D&variables=%7B%22a%22%3ANaN%7D",
        "?query=%7Becho%7D&extensions=%5B%5D",
        "?query=%7Becho(text%3A%22%FF%22)%7D",
        "?query=%7Becho(text%3A%22%00%22)%7D",
        "?query=%7Becho%7D&query=%7Becho%7D",
        "?query=%7Becho%7D" + "&a=1" * 50,
        "?query=%7Becho%7D&operationName=X",
        "?query=",
        "",
    ],
)
async def test_a_malformed_address_is_400(client: httpx.AsyncClient, address: str) -> None:
    refused(await client.get(f"/graphql{address}"), 400)


async def test_a_browser_finds_no_ide(client: httpx.AsyncClient) -> None:
    sentence = refused(await client.get("/graphql", headers={"accept": "text/html, */*;q=0.8"}), 400)
    assert sentence == "Falta el texto de la consulta en el campo query."


async def test_the_context_may_refuse_and_may_fail(client: httpx.AsyncClient) -> None:
    body = json.dumps({"query": NOTE})
    assert refused(await post(client, body, x_who="nobody"), 401, "UNAUTHENTICATED") == "Inicie sesión."
    with capture_logs() as logs:
        response = await post(client, body, x_who="broken")
    sentence = refused(response, 500, "INTERNAL")
    assert "tamal" not in response.text
    assert logs[0]["incident"] in sentence


async def test_a_refused_request_asks_for_no_context(client: httpx.AsyncClient) -> None:
    refused(await post(client, b"[]", x_who="broken"), 400)


async def test_a_client_that_leaves_is_no_crash() -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b""}
    with capture_logs() as logs:
        await ENDPOINT({**scope, "headers": [(b"content-type", b"application/json")]}, receive, send)
    assert logs == []


async def test_many_at_once_do_not_share_their_counts(client: httpx.AsyncClient) -> None:
    asked = [{"query": "{ " + " ".join(f"a{i}: echo" for i in range(n)) + " }"} for n in (1, 30, 5, 101) * 5]
    answers = await asyncio.gather(*(client.post("/graphql", json=body) for body in asked))
    assert ["errors" in answer.json() for answer in answers] == [False, True, False, True] * 5


def test_a_subscription_comes_over_a_websocket() -> None:
    with TestClient(APP) as client, client.websocket_connect("/graphql", ["graphql-transport-ws"]) as socket:
        socket.send_json({"type": "connection_init"})
        assert socket.receive_json()["type"] == "connection_ack"
        socket.send_json({"type": "subscribe", "id": "1", "payload": {"query": "subscription { ticks(upto: 3) }"}})
        answers = [socket.receive_json() for _ in range(4)]
    assert [answer["payload"]["data"]["ticks"] for answer in answers[:3]] == [0, 1, 2]
    assert answers[3]["type"] in ("next", "error")
    assert "tamal" not in json.dumps(answers)
    assert "Error interno" in json.dumps(answers)


def test_limits_hold_over_a_websocket() -> None:
    query = "subscription {" + " ".join(f"a{i}: ticks(upto: 1)" for i in range(101)) + "}"
    with TestClient(APP) as client, client.websocket_connect("/graphql", ["graphql-transport-ws"]) as socket:
        socket.send_json({"type": "connection_init"})
        socket.receive_json()
        socket.send_json({"type": "subscribe", "id": "1", "payload": {"query": query}})
        answer = socket.receive_json()
    assert answer["type"] == "error"
    assert answer["payload"][0]["extensions"]["code"] == "QUERY_TOO_COMPLEX"


def test_an_unknown_operation_over_a_websocket_is_no_crash() -> None:
    payload = {"query": "subscription A { ticks(upto: 1) }", "operationName": "B"}
    with capture_logs() as logs, TestClient(APP) as client:
        with client.websocket_connect("/graphql", ["graphql-transport-ws"]) as socket:
            socket.send_json({"type": "connection_init"})
            socket.receive_json()
            socket.send_json({"type": "subscribe", "id": "1", "payload": payload})
            with pytest.raises(WebSocketDisconnect) as closed:
                socket.receive_json()
    assert closed.value.code == 4400
    assert logs == []


@pytest.mark.parametrize("text", ['{"type": NaN}', '{"type": "\\u0000"}', "[" * 100_000, "{"])
def test_a_hostile_frame_closes_the_websocket(text: str) -> None:
    with TestClient(APP) as client, client.websocket_connect("/graphql", ["graphql-transport-ws"]) as socket:
        socket.send_text(text)
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
    assert closed.value.code == 4400


@pytest.mark.parametrize(
    ("headers", "code"),
    [({"origin": "https://evil.example"}, 1008), ({"origin": "null"}, 1008), ({"x-who": "nobody"}, 4401)],
)
def test_a_websocket_of_a_stranger_is_refused(headers: dict[str, str], code: int) -> None:
    with TestClient(APP) as client, pytest.raises(WebSocketDisconnect) as closed:
        with client.websocket_connect("/graphql", ["graphql-transport-ws"], headers=headers) as socket:
            socket.receive_json()
    assert closed.value.code == code


def test_the_door_does_not_import_prefect() -> None:
    check = "import sys, api.endpoint; sys.exit('prefect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
