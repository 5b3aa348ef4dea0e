"""Who gets in, from where, and what every answer carries: at the real application's doors, route by route."""

import asyncio
import re
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.testclient import TestClient, WebSocketDenialResponse
from typer.testing import CliRunner

from actions.people import TRIES, SignInRefused, hash_password, sign_in
from api.app import build_app
from api.guard import CONTENT_SECURITY_POLICY
from api.login import cookie_name
from cli import app as command
from models.clock import now
from models.database import database
from models.people import ApiToken, FailedSignIn, Role, Session, User
from reads.people import IDLE, token_hash
from settings import settings
from tests import builders
from tests.browsing import FROM_HERE, enter
from tests.conftest import FreshDatabase, in_own_loop
from tests.door import application, everything, request, token_of

PASSWORD = "café con leche"
VIEWER = "{ viewer { id } conventions { totalCount } }"
ELSEWHERE: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "https://otra.127.0.0.1"},
    {"Origin": "null"},
    {"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"},
]


@pytest.fixture
async def client(db: FreshDatabase) -> AsyncIterator[httpx.AsyncClient]:
    """Speak with the application, nobody signed in."""
    async with speaking_with(application()) as client:
        yield client


def speaking_with(app: Starlette) -> httpx.AsyncClient:
    """Return a client of an application in this process."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=settings().address())


def examples(app: Starlette) -> Iterator[tuple[str, set[str]]]:
    """Return an address of every route and the methods that it takes."""
    for route in app.routes:
        if isinstance(route, Mount):
            yield f"{route.path}/style.css", {"GET", "HEAD"}
        else:
            assert isinstance(route, Route)
            yield re.sub(r"\{.*?\}", "1", route.path), route.methods or {"GET", "POST"}


# Headers -------------------------------------------------------------------------------------------------------------


def guarded(answer: httpx.Response, *, https: bool = False) -> None:
    """Assert what every answer carries, whatever it says."""
    what = f"{answer.request.method} {answer.request.url} {answer.status_code}"
    assert answer.headers.get_list("content-security-policy") == [CONTENT_SECURITY_POLICY], what
    assert "frame-ancestors 'none'" in CONTENT_SECURITY_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff", what
    assert answer.headers["referrer-policy"] == "same-origin", what
    assert len(answer.headers["x-request-id"]) == 32, what
    assert ("strict-transport-security" in answer.headers) == https, what
    lasting = answer.request.url.path.startswith("/static/") and answer.status_code == 200
    kept = answer.headers["cache-control"]
    assert kept == ("public, max-age=31536000, immutable" if lasting else "no-store"), what
    assert not {"server", "x-powered-by", "access-control-allow-origin"} & answer.headers.keys(), what


@pytest.mark.parametrize("https", [False, True])
async def test_every_answer_of_every_route_is_guarded(
    https: bool, db: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    if https:
        monkeypatch.setenv("CONVENIOS_PUBLIC_URL", "https://convenios.example")
    monkeypatch.setenv("CONVENIOS_DEMO", "true")
    settings.cache_clear()
    app = build_app()
    statuses = set()
    async with speaking_with(app) as client:
        for person in (None, await builders.person(Role.LEGAL_HEAD), await builders.person(Role.MUNICIPAL)):
            if person:
                await enter(client, person)
            for path, methods in [*examples(app), ("/no-existe", set()), ("/static/no-existe.css", {"GET", "HEAD"})]:
                for method in ("GET", "HEAD", "POST", "PUT", "OPTIONS"):
                    if path == "/salir" and method == "POST" and person:
                        continue  # it would end the session
                    answer = await client.request(method, path, headers=FROM_HERE)
                    guarded(answer, https=https)
                    statuses.add(answer.status_code)
                    if methods and method not in methods:
                        assert answer.status_code == 405, (method, path)
                        assert methods <= set(answer.headers["allow"].split(", ")), (method, path)
                    assert answer.status_code < 500 or path == "/ready", (method, path)
            for headers in ({"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
                guarded(await client.post("/graphql", headers=headers), https=https)
            guarded(await client.get("/?token=x"), https=https)
            guarded(await client.post("/ingresar", content=bytes(300_000), headers=FROM_HERE), https=https)

        async def broken(*args: Any, **kwargs: Any) -> None:
            raise RuntimeError("tamal")

        monkeypatch.setattr("api.app.who", broken)
        fault = await client.get("/", headers={"Accept": "text/html"})
        guarded(fault, https=https)
        assert (fault.status_code, "tamal" in fault.text) == (500, False)
        assert fault.headers["x-request-id"] in fault.text
    assert statuses >= {200, 303, 400, 401, 403, 404, 405, 415}


async def test_a_method_that_an_address_does_not_take_is_said_in_spanish(client: httpx.AsyncClient) -> None:
    asked = [("GET", "/salir"), ("GET", "/files"), ("POST", "/"), ("PUT", "/centros"), ("DELETE", "/files/1")]
    for method, path in [*asked, ("POST", "/static/style.css")]:
        for accept in ("text/html", "application/json", "*/*"):
            answer = await client.request(method, path, headers={"Accept": accept, **FROM_HERE})
            assert answer.status_code == 405
            assert answer.headers["allow"] in ("POST", "GET, HEAD", "HEAD, GET")
            assert "Esta dirección no se abre así." in answer.text
            assert "Allowed" not in answer.text
            if accept == "text/html":
                assert 'lang="es-GT"' in answer.text
            else:
                assert answer.json()["errors"][0]["extensions"] == {"code": "METHOD_NOT_ALLOWED"}


# Other sites ---------------------------------------------------------------------------------------------------------


async def test_no_other_site_makes_a_browser_do_anything(client: httpx.AsyncClient) -> None:
    await enter(client, await builders.person(Role.LEGAL_HEAD))
    before, session = await everything(), await Session.get()
    for path, _ in examples(application()):
        for headers in ELSEWHERE:
            answer = await client.post(path, headers=headers, data={"_operation": "x"})
            assert answer.status_code == 403, (path, headers)
            assert "no viene de las páginas de este sistema" in answer.text
    assert await everything() == before
    assert (await Session.get()).revoked_at == session.revoked_at


async def test_a_cookie_stands_for_nobody_when_another_site_asks(client: httpx.AsyncClient) -> None:
    person = await builders.person(Role.LEGAL)
    await enter(client, person)
    for headers in ELSEWHERE:
        answer = (await client.get("/graphql", params={"query": VIEWER}, headers=headers)).json()
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"], headers
    for own in ({}, FROM_HERE, {"Sec-Fetch-Site": "none"}, {"Origin": settings().address()}):
        answer = (await client.get("/graphql", params={"query": VIEWER}, headers=own)).json()
        assert answer["data"]["viewer"], own
    client.cookies.clear()
    token = {"Authorization": f"Bearer {await token_of(person)}"}
    answer = (await client.get("/graphql", params={"query": VIEWER}, headers=ELSEWHERE[0] | token)).json()
    assert answer["data"]["viewer"], "a token is no cookie: no other site can make a browser send it"


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_a_websocket_of_another_site_is_refused(headers: dict[str, str]) -> None:
    client = TestClient(application(), base_url=settings().address())
    address = settings().address().replace("http", "ws") + "/graphql"
    with pytest.raises(WebSocketDenialResponse) as denied:
        client.websocket_connect(address, headers=headers, subprotocols=["graphql-transport-ws"]).__enter__()
    assert denied.value.status_code == 403
    assert "no viene de las páginas de este sistema" in denied.value.text


# Sessions and tokens -------------------------------------------------------------------------------------------------


async def test_nobody_is_sent_to_sign_in_by_pages_and_refused_by_the_api(client: httpx.AsyncClient) -> None:
    await builders.person(Role.LEGAL)
    for path, methods in examples(application()):
        # Whose address is a secret of its own: to be written to no more, and a calendar.
        if path.startswith(("/avisos/baja/", "/calendarios/")):
            continue
        own = ("/ingresar", "/verificar", "/seguimiento", "/transparencia", "/live", "/ready", "/static", "/graphql")
        public = path.startswith(own)
        if "GET" in methods and not public:
            answer = await client.get(path)
            # What is fetched by a page, and not read by anybody, leads nowhere.
            fetched = path.startswith("/files") or path.endswith(".png")
            assert answer.status_code == (401 if fetched else 303), path
            assert fetched or answer.headers["location"].startswith("/ingresar"), path
        if "POST" in methods and path not in ("/graphql", "/ingresar"):
            answer = await client.post(path, headers=FROM_HERE)
            # A file is verified for anybody; this one was none.
            assert answer.status_code == {"/files": 401, "/verificar": 422}.get(path, 303), path
    answer = (await client.post("/graphql", json={"query": VIEWER})).json()
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]


async def test_a_session_or_token_that_is_over_opens_neither_page_nor_api(client: httpx.AsyncClient) -> None:
    person = await builders.person(Role.LEGAL)
    await enter(client, person)
    cookie = client.cookies[cookie_name()]
    client.cookies.clear()
    token = await token_of(person)
    by_cookie, by_token = {"Cookie": f"{cookie_name()}={cookie}"}, {"Authorization": f"Bearer {token}"}

    async def opened(headers: dict[str, str]) -> tuple[int, bool, int]:
        page = await client.get("/convenios", headers=headers)
        asked = await client.post("/graphql", json={"query": VIEWER}, headers=headers | FROM_HERE)
        file = await client.get("/files/1", headers=headers)
        return page.status_code, "UNAUTHENTICATED" not in asked.text, file.status_code

    for headers in (by_cookie, by_token, by_cookie | by_token):
        assert await opened(headers) == (200, True, 404)
    altered = [{"Cookie": f"{cookie_name()}={one}"} for one in (cookie[:-1], cookie.swapcase(), token_hash(cookie), "")]
    altered += [{"Authorization": f"Bearer {one}"} for one in (token[:-1], token_hash(token), "")]
    altered += [{"Authorization": f"Basic {token}"}, {"Authorization": token}, {"Cookie": f"{cookie_name()}={token}"}]
    # A token that does not hold is not made good by a cookie beside it.
    altered += [{"Authorization": f"Bearer {cookie}"}, by_cookie | {"Authorization": "Bearer x"}]
    for headers in altered:
        assert await opened(headers) == (303, False, 401), headers
    long_ago = now() - IDLE - timedelta(minutes=1)
    for rows, headers, change in (
        (Session, by_cookie, {"last_seen_at": long_ago}),
        (Session, by_cookie, {"created_at": now() - timedelta(hours=13)}),
        (Session, by_cookie, {"revoked_at": long_ago}),
        (ApiToken, by_token, {"expires_at": long_ago}),
        (ApiToken, by_token, {"revoked_at": long_ago}),
    ):
        kept = await rows.all().get().values(*change)
        await rows.all().update(**change)
        assert await opened(headers) == (303, False, 401), change
        await rows.all().update(**kept)
    assert await opened(by_cookie) == await opened(by_token) == (200, True, 404)


async def test_a_token_in_the_address_is_refused_and_not_used(client: httpx.AsyncClient) -> None:
    person = await builders.person(Role.LEGAL)
    token = await token_of(person)
    for path in ("/convenios", "/graphql", "/files/1", "/verificar"):
        for name in ("token", "access_token", "Token", "api_key", "%74oken"):
            answer = await client.get(f"{path}?{name}={token}")
            assert answer.status_code == 400, (path, name)
            assert token not in answer.text
    assert (await ApiToken.get()).last_used_at is None


# Signing in ----------------------------------------------------------------------------------------------------------


@pytest.fixture
async def secretary(client: httpx.AsyncClient) -> User:
    """Return a secretary with a password."""
    return await builders.person(Role.MUNICIPAL, password_hash=await hash_password(PASSWORD))


async def tried(client: httpx.AsyncClient, email: str, password: str, **more: str) -> httpx.Response:
    """Try to sign in as a browser would."""
    typed = {"email": email, "password": password, "next": "/"}
    return await client.post("/ingresar", data=typed, headers=FROM_HERE | more)


async def test_a_forged_address_gives_no_further_tries(secretary: User, client: httpx.AsyncClient) -> None:
    for number in range(TRIES):
        forged = {"X-Forwarded-For": f"10.0.0.{number}", "Forwarded": f"for=10.0.0.{number}", "X-Real-IP": "1.2.3.4"}
        assert (await tried(client, secretary.email, "equivocada", **forged)).status_code == 422
    for forged in ({"X-Forwarded-For": "127.0.0.1"}, {"X-Forwarded-For": "10.9.9.9"}):
        assert (await tried(client, f" {secretary.email.upper()} ", PASSWORD, **forged)).status_code == 429
    assert await Session.all().count() == 0


@pytest.mark.both_databases
async def test_many_tries_at_once_are_no_more_than_the_allowed(secretary: User, client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(tried(client, secretary.email, f"clave {n}") for n in range(12)))
    assert sorted(answer.status_code for answer in answers) == [422] * TRIES + [429] * (12 - TRIES)
    assert await FailedSignIn.all().count() == TRIES
    assert (await tried(client, secretary.email, PASSWORD)).status_code == 429


async def test_a_huge_password_is_refused_before_it_is_hashed(
    secretary: User, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actions.people._hasher", None)  # whoever hashes now crashes
    assert (await tried(client, secretary.email, "x" * 10_000_000)).status_code == 413
    assert (await tried(client, secretary.email, "x" * 200_000)).status_code == 422
    assert (await tried(client, "x" * 200_000, "x")).status_code == 422


async def test_an_unknown_person_takes_as_long_as_a_wrong_password(secretary: User) -> None:
    spent: dict[str, list[float]] = {secretary.email: [], "nadie@prueba.example": []}
    for number in range(2 * TRIES):
        email = list(spent)[number % 2]
        began = time.process_time()
        with pytest.raises(SignInRefused):
            await sign_in(email, "equivocada")
        spent[email].append(time.process_time() - began)
    known, unknown = (statistics.median(times) for times in spent.values())
    assert 0.8 < unknown / known < 1.25


NEXT = ["//[", "http://[", "//evil.example/%2e%2e", "/" + "a" * 3000, "/\u2028x", "///evil.example", " /x"]


async def test_odd_places_to_go_next_lead_home(secretary: User, client: httpx.AsyncClient) -> None:
    typed = {"email": secretary.email, "password": PASSWORD}
    for elsewhere in (*NEXT, "%2f%2fevil.example", "/%5cevil.example\\", "data:text/html,x", "/x\x7f"):
        page = await client.get("/ingresar", params={"next": elsewhere})
        assert page.status_code == 200
        assert 'name="next" value="/"' in page.text, elsewhere
    for elsewhere in NEXT[:3]:
        answer = await client.post("/ingresar", data=typed | {"next": elsewhere}, headers=FROM_HERE)
        assert (answer.status_code, answer.headers["location"]) == (303, "/"), elsewhere
        client.cookies.clear()


async def test_looking_at_the_head_of_the_form_tries_nothing(client: httpx.AsyncClient) -> None:
    assert (await client.head("/ingresar")).status_code == 200
    assert await FailedSignIn.all().count() == 0


# Starting ------------------------------------------------------------------------------------------------------------


def test_no_office_is_served_with_people_whose_password_is_known(
    closed_db: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def add(email: str) -> None:
        async with database():
            await builders.person(Role.LEGAL, email=email)

    served: list[object] = []
    monkeypatch.setattr("cli.supervise", served.append)
    in_own_loop(lambda: add("juridico@sosep.example"))
    assert CliRunner().invoke(command, ["serve"]).exit_code == 0
    assert len(served) == 1
    in_own_loop(lambda: add("juridico@demo.example"))
    for words in (["serve"], ["serve", "--only", "api"], ["serve", "--only", "engine"]):
        refused = CliRunner().invoke(command, words)
        assert refused.exit_code == 1
        assert "personas de demostración" in refused.output
    assert len(served) == 1
    monkeypatch.setenv("CONVENIOS_DEMO", "true")
    settings.cache_clear()
    assert CliRunner().invoke(command, ["serve"]).exit_code == 0


async def test_the_demo_leaves_no_page_behind_in_an_office(client: httpx.AsyncClient) -> None:
    lawyer = await builders.person(Role.LEGAL)
    assert (await request(lawyer, "GET", "/correo")).status_code == 404
