"""Signing in and out in a browser, and every way in which a session must not live."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
import time_machine
from pwdlib import PasswordHash

from actions import people
from actions.people import TRIES, WINDOW, hash_password
from api.login import safe_next
from models.audit import AuditEntry, Verb
from models.people import FailedSignIn, Role, Session, User
from reads.people import ABSOLUTE, IDLE, token_hash
from settings import settings
from tests import builders
from tests.browsing import FROM_HERE, forms

PASSWORD = "café con leche"
WRONG = "El correo o la contraseña no son correctos."


@pytest.fixture
async def secretary(app_client: httpx.AsyncClient) -> User:
    """Return a municipal secretary with a password; nobody is signed in."""
    hashed = await hash_password(PASSWORD)
    return await builders.person(Role.MUNICIPAL, email="secretaria@prueba.example", password_hash=hashed)


async def sign_in(client: httpx.AsyncClient, **typed: str) -> httpx.Response:
    """Send the sign-in form as a browser would."""
    values = {"email": "secretaria@prueba.example", "password": PASSWORD, "next": "/"} | typed
    return await client.post("/ingresar", data=values, headers=FROM_HERE)


async def inside(client: httpx.AsyncClient) -> bool:
    """Tell whether the client's cookie opens a page."""
    answer = await client.get("/municipalidad")
    assert answer.status_code in (200, 303)
    return answer.status_code == 200


async def test_the_form_signs_in_and_leads_to_where_the_person_was_going(
    secretary: User, app_client: httpx.AsyncClient
) -> None:
    gate = await app_client.get("/municipalidad")
    page = await app_client.get(gate.headers["location"])
    [shown] = [one for one in forms(page) if "password" in one.values]
    assert shown.values["next"] == "/municipalidad"
    answer = await sign_in(app_client, **shown.values | {"email": " Secretaria@Prueba.example ", "password": PASSWORD})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/municipalidad"
    assert await inside(app_client)
    assert (await app_client.get("/")).headers["location"] == "/municipalidad"
    assert (await app_client.get("/ingresar")).status_code == 303
    assert await AuditEntry.filter(verb=Verb.SIGN_IN, actor_id=secretary.id).count() == 1


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    secretary: User, app_client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = (await sign_in(app_client)).headers["set-cookie"]
    name, _, rest = said.partition("=")
    attributes = {part.strip().lower() for part in rest.split(";")[1:]}
    assert name == "convenios"
    assert {"httponly", "samesite=lax", "path=/"} <= attributes
    assert "secure" not in attributes
    assert not any(part.startswith("domain") for part in attributes)

    monkeypatch.setenv("CONVENIOS_PUBLIC_URL", "https://convenios.example")
    settings.cache_clear()
    said = (await sign_in(app_client)).headers["set-cookie"]
    assert said.startswith("__Host-convenios=")
    assert "; secure" in said.lower()


async def test_only_a_hash_of_the_session_is_kept(secretary: User, app_client: httpx.AsyncClient) -> None:
    await sign_in(app_client)
    kept = await Session.all().get()
    token = app_client.cookies["convenios"]
    assert len(token) >= 43, "256 bits"
    assert kept.token_hash == token_hash(token) != token


async def test_signing_in_makes_a_new_session_whatever_cookie_came_along(
    secretary: User, app_client: httpx.AsyncClient
) -> None:
    app_client.cookies.set("convenios", "fijada-por-otro")
    answer = await sign_in(app_client)
    fresh = answer.cookies["convenios"]
    assert fresh != "fijada-por-otro"
    app_client.cookies.clear()
    app_client.cookies.set("convenios", "fijada-por-otro")
    assert not await inside(app_client)
    again = await sign_in(app_client)
    assert again.cookies["convenios"] not in (fresh, "fijada-por-otro")


async def test_unknown_people_and_wrong_passwords_read_alike(secretary: User, app_client: httpx.AsyncClient) -> None:
    blocked = await builders.person(Role.LEGAL, password_hash=secretary.password_hash, active=False)
    nobody = await sign_in(app_client, email="nadie@prueba.example", password="x")
    known = await sign_in(app_client, password="x")
    gone = await sign_in(app_client, email=blocked.email)
    assert nobody.status_code == known.status_code == gone.status_code == 422
    texts = [
        nobody.text.replace("nadie@prueba.example", "?"),
        known.text.replace("secretaria@prueba.example", "?"),
        gone.text.replace(blocked.email, "?"),
    ]
    assert len(set(texts)) == 1
    assert WRONG in texts[0]
    assert "set-cookie" not in nobody.headers


@pytest.mark.parametrize("password", ["", "x" * 201, "'; DROP TABLE users; --"])
async def test_no_odd_password_opens(secretary: User, app_client: httpx.AsyncClient, password: str) -> None:
    answer = await sign_in(app_client, password=password)
    assert answer.status_code == 422
    assert WRONG in answer.text
    assert await Session.all().count() == 0


async def test_the_sixth_try_waits_even_with_the_right_password(secretary: User, app_client: httpx.AsyncClient) -> None:
    for _ in range(TRIES):
        assert (await sign_in(app_client, password="equivocada")).status_code == 422
    closed = await sign_in(app_client)
    assert closed.status_code == 429
    assert 0 < int(closed.headers["retry-after"]) <= WINDOW.total_seconds()
    assert "Demasiados intentos" in closed.text
    assert await Session.all().count() == 0

    with time_machine.travel(datetime.now(UTC) + WINDOW + timedelta(seconds=1)):
        assert (await sign_in(app_client)).status_code == 303
    assert await FailedSignIn.filter(email=secretary.email).count() == 0


async def test_tries_at_one_account_do_not_close_another(secretary: User, app_client: httpx.AsyncClient) -> None:
    for _ in range(TRIES):
        await sign_in(app_client, email="otra@prueba.example", password="equivocada")
    assert (await sign_in(app_client, email="otra@prueba.example")).status_code == 429
    assert (await sign_in(app_client)).status_code == 303


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/\t/evil.example",
        "/a\r\nSet-Cookie: x=1",
        "",
    ],
)
async def test_next_leads_nowhere_else(secretary: User, app_client: httpx.AsyncClient, elsewhere: str) -> None:
    assert safe_next(elsewhere) == "/"
    assert (await sign_in(app_client, next=elsewhere)).headers["location"] == "/"
    app_client.cookies.clear()
    page = await app_client.get("/ingresar", params={"next": elsewhere})
    assert next(one for one in forms(page) if "password" in one.values).values["next"] == "/"


async def test_signing_out_revokes_the_session_itself(secretary: User, app_client: httpx.AsyncClient) -> None:
    await sign_in(app_client)
    token = app_client.cookies["convenios"]
    page = await app_client.get("/municipalidad")
    leave = next(one for one in forms(page) if one.action == "/salir")
    assert leave.method == "post"
    answer = await app_client.post("/salir", headers=FROM_HERE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/ingresar")
    assert "convenios" not in app_client.cookies
    app_client.cookies.set("convenios", token)
    assert not await inside(app_client), "a copied cookie must be dead too"
    assert await AuditEntry.filter(verb=Verb.SIGN_OUT, actor_id=secretary.id).count() == 1


async def test_another_site_cannot_sign_anybody_out(secretary: User, app_client: httpx.AsyncClient) -> None:
    await sign_in(app_client)
    answer = await app_client.post("/salir", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert (await app_client.get("/salir")).status_code == 405
    assert await inside(app_client)


async def test_an_altered_cookie_opens_nothing(secretary: User, app_client: httpx.AsyncClient) -> None:
    await sign_in(app_client)
    token = app_client.cookies["convenios"]
    app_client.cookies.clear()
    for altered in (token[:-1], token + "x", token.swapcase(), token_hash(token), "", "ñ" * 3):
        answer = await app_client.get("/municipalidad", headers={b"Cookie": f"convenios={altered}".encode()})
        assert answer.status_code == 303, altered
    assert (await app_client.get("/municipalidad", headers={"Cookie": f"convenios={token}"})).status_code == 200


async def test_a_session_at_rest_ends(secretary: User, app_client: httpx.AsyncClient) -> None:
    begun = datetime.now(UTC)
    await sign_in(app_client)
    with time_machine.travel(begun + IDLE - timedelta(minutes=1)):
        assert await inside(app_client)
    with time_machine.travel(begun + IDLE + timedelta(minutes=10)):
        assert await inside(app_client), "use keeps it alive"
    with time_machine.travel(begun + 2 * IDLE + timedelta(minutes=11)):
        assert not await inside(app_client)


async def test_no_session_outlives_its_day(secretary: User, app_client: httpx.AsyncClient) -> None:
    begun = datetime.now(UTC)
    await sign_in(app_client)
    moment = begun
    while moment + IDLE < begun + ABSOLUTE:
        moment += IDLE - timedelta(minutes=2)
        with time_machine.travel(moment):
            assert await inside(app_client)
    with time_machine.travel(begun + ABSOLUTE + timedelta(seconds=5)):
        assert not await inside(app_client)


async def test_a_person_who_left_is_out_at_once(secretary: User, app_client: httpx.AsyncClient) -> None:
    await sign_in(app_client)
    await User.filter(id=secretary.id).update(active=False)
    assert not await inside(app_client)


async def test_the_engine_cannot_sign_in(app_client: httpx.AsyncClient) -> None:
    engine = await builders.person(Role.SYSTEM)
    answer = await sign_in(app_client, email=engine.email, password="")
    assert answer.status_code == 422


def test_nobodys_hash_costs_what_anybodys_does() -> None:
    """The hash that unknown people are checked against has the parameters of a fresh one, hence its time."""
    fresh = PasswordHash.recommended().hash("una contraseña")
    assert people._NOBODY.rsplit("$", 2)[0] == fresh.rsplit("$", 2)[0]
