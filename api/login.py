"""Who is behind a request: session cookie or API token; signing in and out on a page."""

from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response

from actions.people import SignInRefused, keep_session_alive, note_token_use, sign_in, sign_out
from api.forms import DamagedForm, read_form
from api.templating import render
from models.people import Role, User
from reads.people import api_token, session_by_token
from settings import settings

LONGEST = 12 * 60 * 60
"""Seconds that the cookie may live: the session's own limit."""

LONGEST_PATH = 2000
"""Characters of an address to go to after signing in: our own are far shorter."""

HOMES = {
    Role.MUNICIPAL: "/municipalidad",
    Role.LEGAL: "/expedientes?filter.mine=true",
    Role.LEGAL_HEAD: "/expedientes",
    Role.SIGNATORY: "/firmas",
}
"""Where each role begins its day; the others begin with the centers."""


def https() -> bool:
    """Tell whether people reach this installation over https."""
    return settings().address().startswith("https://")


def cookie_name() -> str:
    """Return the cookie's name: browsers keep a __Host- cookie from being set by a sister domain, over https only."""
    return "__Host-convenios" if https() else "convenios"


def home_of(person: User) -> str:
    """Return the page where a person's day begins."""
    return HOMES.get(person.role, "/centros")


async def who(request: HTTPConnection, *, by_cookie: bool = True) -> User | None:
    """Return who asks, by «Authorization: Bearer» or, if it may count, by the session cookie; None without either."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        token = await api_token(key.strip())
        if token is None:
            return None
        await note_token_use(token)
        return token.user
    cookie = request.cookies.get(cookie_name()) if by_cookie else None
    session = await session_by_token(cookie) if cookie else None
    if session is None:
        return None
    await keep_session_alive(session)
    return session.user


def safe_next(given: str | None) -> str:
    """Return a path of this site to go to after signing in; anything else becomes the home page."""
    path = given or ""
    inside = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if inside and path.isprintable() and len(path) <= LONGEST_PATH else "/"


async def sign_in_page(request: Request) -> Response:
    """Show the form, or check it; a success gets a new session id, whatever cookie came along."""
    target = safe_next(request.query_params.get("next"))
    if request.method != "POST":
        if await who(request):
            return RedirectResponse(target, 303)
        return await render(request, "sign_in.html", {"next": target, "email": ""})
    try:
        form = await read_form(request, max_files=0, max_fields=10)
    except DamagedForm as damaged:
        return await render(request, "bad_request.html", {"message": str(damaged)}, status=400)
    email, password = str(form.get("email", "")), str(form.get("password", ""))
    target = safe_next(str(form.get("next", "")))
    try:
        token = await sign_in(email, password)
    except SignInRefused as refused:
        status, headers = (429, {"Retry-After": str(refused.wait_seconds)}) if refused.wait_seconds else (422, {})
        context = {"next": target, "email": email[:120], "problem": refused.message}
        return await render(request, "sign_in.html", context, status=status, headers=headers)
    answer = RedirectResponse(target, 303)
    answer.set_cookie(cookie_name(), token, max_age=LONGEST, path="/", secure=https(), httponly=True, samesite="lax")
    return answer


async def sign_out_page(request: Request) -> Response:
    """End the session and forget the cookie."""
    person = await who(request)
    token = request.cookies.get(cookie_name())
    if person and token:
        await sign_out(actor=person, token=token)
    answer = RedirectResponse("/ingresar", 303)
    answer.delete_cookie(cookie_name(), path="/", secure=https(), httponly=True, samesite="lax")
    return answer
