"""Every request passes the guards: security headers, request id, clean URL, same origin, bounded body."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket
from structlog.testing import capture_logs

from api.guard import MAX_BODY, MAX_UPLOAD, middleware

PUBLIC = "https://convenios.example"
CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


async def echo(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def greedy(request: Request) -> Response:
    """Answer whatever happens to the body, as an endpoint with a broad except would."""
    try:
        await request.body()
    except Exception:
        return PlainTextResponse("broken JSON", 400)
    return PlainTextResponse("read")


async def ignoring(request: Request) -> Response:
    return PlainTextResponse("not read")


async def style(request: Request) -> Response:
    headers = {"Cache-Control": "max-age=86400", "Content-Security-Policy": "default-src *"}
    return PlainTextResponse("body {}", headers=headers)


async def broken(request: Request) -> Response:
    raise RuntimeError("secreto de la base")


async def who(request: Request) -> Response:
    bound = structlog.contextvars.get_contextvars()["request_id"]
    return PlainTextResponse(f"{request.state.request_id} {bound}")


async def chat(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("hola")
    await websocket.close()


def application(public_url: str = PUBLIC) -> Starlette:
    every = ["GET", "POST", "PUT", "DELETE", "PATCH"]
    routes = [
        Route("/graphql", echo, methods=every),
        Route("/files", echo, methods=every),
        Route("/greedy", greedy, methods=every),
        Route("/ignoring", ignoring, methods=every),
        Route("/style.css", style),
        Route("/broken", broken),
        Route("/who", who),
        WebSocketRoute("/chat", chat),
    ]
    return Starlette(routes=routes, middleware=middleware(public_url))


@pytest.fixture
def client() -> TestClient:
    return TestClient(application(), base_url=PUBLIC)


def code(response: httpx.Response) -> str:
    (error,) = response.json()["errors"]
    assert error["message"].endswith(".")
    return str(error["extensions"]["code"])


# --- headers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/graphql", 200),
        ("GET", "/nowhere", 404),
        ("POST", "/who", 405),
        ("GET", "/broken", 500),
        ("GET", "/who?token=x", 400),
    ],
)
def test_every_answer_has_the_security_headers(client: TestClient, method: str, path: str, status: int) -> None:
    response = client.request(method, path)
    assert response.status_code == status
    assert response.headers["content-security-policy"] == CSP
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "same-origin"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["strict-transport-security"] == "max-age=31536000"
    assert len(response.headers["x-request-id"]) == 32


def test_refusals_have_them_too(client: TestClient) -> None:
    for response in (
        client.post("/graphql", headers={"Origin": "https://evil.example"}),
        client.post("/graphql", content=bytes(MAX_BODY + 1)),
    ):
        assert response.is_client_error
        assert response.headers["content-security-policy"] == CSP
        assert response.headers["x-request-id"]


def test_no_hsts_without_tls() -> None:
    client = TestClient(application("http://127.0.0.1:8000"))
    assert "strict-transport-security" not in client.get("/who").headers


def test_a_route_may_be_cached_but_not_loosen_the_policy(client: TestClient) -> None:
    headers = client.get("/style.css").headers
    assert headers["cache-control"] == "max-age=86400"
    assert headers.get_list("content-security-policy") == [CSP]


# --- request id --------------------------------------------------------------------------------------------------


def test_request_id_is_fresh_bound_and_answered(client: TestClient) -> None:
    first = client.get("/who", headers={"X-Request-Id": "forged"})
    second = client.get("/who")
    assert first.text == f"{first.headers['x-request-id']} {first.headers['x-request-id']}"
    assert "forged" not in first.text
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert "request_id" not in structlog.contextvars.get_contextvars()


def test_log_has_the_path_but_never_the_query(client: TestClient) -> None:
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        response = client.get("/who%0Afake?code=SECRETO")
        client.get("/who?access_token=SECRETO")
    line = lines[0]
    assert (line["event"], line["method"], line["path"], line["status"]) == ("request", "GET", "/who%0Afake", 404)
    assert line["request_id"] == response.headers["x-request-id"]
    assert line["ms"] >= 0
    assert lines[1]["status"] == 400
    assert "SECRETO" not in str(lines)


def test_a_fault_is_masked_and_logged(client: TestClient) -> None:
    with capture_logs() as lines:
        response = client.get("/broken")
    assert code(response) == "INTERNAL_ERROR"
    assert response.headers["x-request-id"] in response.text
    assert "secreto" not in response.text
    assert [line["event"] for line in lines] == ["fault", "request"]
    assert lines[0]["log_level"] == "error"
    assert lines[1]["status"] == 500


@pytest.mark.parametrize(
    "query",
    ["token=x", "access_token=x", "a=b&TOKEN=x", "%74oken=x", "a=b;token=x", "token", "api_key=x", "password=x"],
)
def test_credentials_in_the_url_are_refused(client: TestClient, query: str) -> None:
    assert code(client.get(f"/who?{query}")) == "CREDENTIALS_IN_URL"
    with pytest.raises(WebSocketDenialResponse) as denied, client.websocket_connect(f"/chat?{query}"):
        pass
    assert denied.value.status_code == 400


def test_other_queries_pass(client: TestClient) -> None:
    assert client.get("/who?after=token&tokens=1&q=access_token").status_code == 200


# --- same origin -------------------------------------------------------------------------------------------------

COOKIE = {"Cookie": "__Host-session=abc"}
FORGED = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example"}
REFUSED: list[dict[str, str]] = [
    {"Origin": "https://evil.example"},
    {"Origin": "https://sister.convenios.example"},
    {"Origin": "https://convenios.example.evil.example"},
    {"Origin": "https://convenios.example:8443"},
    {"Origin": "http://convenios.example"},
    {"Origin": "https://convenios.example@evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "https://[convenios.example"},
    {"Origin": "https://convenios.example:port"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://sister.convenios.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": PUBLIC},
    {"Sec-Fetch-Site": "cross-site", "Authorization": "Bearer abc"},
    {"Origin": "https://evil.example", "Authorization": "Bearer abc"},
    {"Origin": "https://evil.example", **FORGED},
    COOKIE,
    {**COOKIE, "Authorization": "Bearer abc"},
]
PASSED: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-origin", "Origin": PUBLIC, **COOKIE},
    {"Sec-Fetch-Site": "none", **COOKIE},
    {"Origin": PUBLIC, **COOKIE},
    {"Origin": "https://CONVENIOS.example:443", **COOKIE},
    {"Origin": PUBLIC, **FORGED},
    {"Authorization": "Bearer abc"},
    {},
]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("headers", REFUSED, ids=str)
def test_what_another_site_sends_is_refused(client: TestClient, method: str, headers: dict[str, str]) -> None:
    response = client.request(method, "/graphql", headers=headers)
    assert (response.status_code, code(response)) == (403, "CROSS_SITE")


@pytest.mark.parametrize("headers", PASSED, ids=str)
def test_our_pages_and_programs_pass(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/graphql", headers=headers, content=b"abc").text == "3"


@pytest.mark.parametrize("headers", REFUSED, ids=str)
def test_reading_is_left_to_the_browser(client: TestClient, headers: dict[str, str]) -> None:
    assert client.get("/graphql", headers=headers).status_code == 200


def test_origin_on_a_port_of_ones_own() -> None:
    client = TestClient(application("http://127.0.0.1:8000"), base_url="http://127.0.0.1:8000")
    assert client.post("/graphql", headers={"Origin": "http://127.0.0.1:8000"}).status_code == 200
    assert client.post("/graphql", headers={"Origin": "http://127.0.0.1:8001"}).status_code == 403
    assert client.post("/graphql", headers={"Origin": "http://127.0.0.1"}).status_code == 403


def test_websocket_of_our_own_page(client: TestClient) -> None:
    for headers in ({"Origin": PUBLIC, **COOKIE}, {"Authorization": "Bearer abc"}):
        with client.websocket_connect("wss://convenios.example/chat", headers=headers) as websocket:
            assert websocket.receive_text() == "hola"


@pytest.mark.parametrize("headers", REFUSED, ids=str)
def test_websocket_of_another_site_is_refused(client: TestClient, headers: dict[str, str]) -> None:
    address = "wss://convenios.example/chat"
    with pytest.raises(WebSocketDenialResponse) as denied, client.websocket_connect(address, headers=headers):
        pass
    assert denied.value.status_code == 403
    assert denied.value.headers["content-security-policy"] == CSP


# --- kind of answer ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/plain; charset=utf-8"),
        ("application/json;q=0.5, text/html", "text/plain; charset=utf-8"),
        ("application/graphql-response+json, text/html;q=0.5", "application/json"),
        ("text/html;q=0, */*", "application/json"),
        ("text/html;q=x", "application/json"),
        ("*/*", "application/json"),
        ("", "application/json"),
    ],
)
def test_people_get_a_sentence_and_programs_json(client: TestClient, accept: str, media_type: str) -> None:
    response = client.post("/graphql", headers={"Origin": "null", "Accept": accept})
    assert response.status_code == 403
    assert response.headers["content-type"] == media_type
    assert "no viene de las páginas de este sistema" in response.text


# --- bodies ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "limit"),
    [
        ("POST", "/graphql", MAX_BODY),
        ("GET", "/graphql", MAX_BODY),
        ("PUT", "/files", MAX_BODY),
        ("POST", "/files", MAX_UPLOAD),
    ],
)
def test_body_up_to_the_limit(client: TestClient, method: str, path: str, limit: int) -> None:
    def pieces(size: int) -> Any:
        yield from (bytes(min(65_536, size - at)) for at in range(0, size, 65_536))

    for content in (bytes(limit), pieces(limit)):
        assert client.request(method, path, content=content).text == str(limit)
    for content in (bytes(limit + 1), pieces(limit + 1)):
        response = client.request(method, path, content=content)
        assert (response.status_code, code(response)) == (413, "BODY_TOO_LARGE")


async def call(path: str, pieces: list[bytes], **headers: str) -> tuple[int, bytes, int]:
    """Send the pieces as one body without its length; return status, answer and how many pieces were taken."""
    taken = 0
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": pieces[taken - 1], "more_body": taken < len(pieces)}

    async def send(message: Any) -> None:
        sent.append(message)

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": raw}
    await application()(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]), taken


@pytest.mark.parametrize("path", ["/graphql", "/greedy"])
async def test_the_rest_of_a_large_body_is_not_read(path: str) -> None:
    status, body, taken = await call(path, [bytes(100_000)] * 1000)
    assert (status, taken) == (413, 3)
    assert json.loads(body)["errors"][0]["extensions"]["code"] == "BODY_TOO_LARGE"


@pytest.mark.parametrize("length", [str(MAX_BODY + 1), "9" * 5000])
async def test_a_declared_large_body_is_not_read_at_all(length: str) -> None:
    status, _, taken = await call("/graphql", [b""], content_length=length)
    assert (status, taken) == (413, 0)


async def test_a_length_that_lies_is_counted() -> None:
    status, _, taken = await call("/graphql", [bytes(100_000)] * 1000, content_length="5")
    assert (status, taken) == (413, 3)


@asynccontextmanager
async def served() -> AsyncIterator[int]:
    """Run the application on a real server, on a free port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(application("http://127.0.0.1"), log_level="error"))
        running = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:  # noqa: ASYNC110 - uvicorn offers no event for it
            await asyncio.sleep(0.01)
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await running


async def test_an_endless_chunked_body_is_cut_off_by_a_real_server() -> None:
    async with served() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(5):
            writer.write(b"10000\r\n" + bytes(65_536) + b"\r\n")
        answer = await asyncio.wait_for(reader.read(), 10)  # returns when the server closes, although we never ended
        writer.close()
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"BODY_TOO_LARGE" in answer
    assert b"content-security-policy" in answer.lower()


async def test_a_forged_forwarded_host_does_not_help_on_a_real_server() -> None:
    async with served() as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        ours = await client.post("/graphql", headers={"Origin": f"http://127.0.0.1:{port}", **COOKIE})
        forged = await client.post("/graphql", headers={"Origin": "https://evil.example", **FORGED, **COOKIE})
    assert (ours.status_code, forged.status_code) == (200, 403)
