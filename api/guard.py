"""What every request passes before a route sees it: headers, request id, clean URL, same origin, bounded body."""

import secrets
import time
from collections.abc import Mapping
from urllib.parse import quote, unquote_plus, urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from documents.uploads import MAX_BYTES

MAX_BODY = 256 * 1024
"""Largest body of an ordinary request, in bytes."""
MAX_UPLOAD = MAX_BYTES + 64 * 1024
"""Largest body that carries a file: the file and what multipart/form-data wraps around it."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

SECRET_PATHS = ("/calendarios/", "/avisos/baja/")
"""Paths that go on with a secret which opens something by itself; no log keeps what follows."""

_SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
_CREDENTIALS = frozenset(
    (
        "token",
        "access_token",
        "api_token",
        "id_token",
        "refresh_token",
        "api_key",
        "apikey",
        "authorization",
        "password",
    )
)
_log = structlog.get_logger("api")


def middleware(public_url: str, *, upload_paths: tuple[str, ...] = ("/files",)) -> list[Middleware]:
    """Return the guards from the outermost to the innermost; below `upload_paths` a POST may carry a file of 12 MB."""
    https = urlsplit(public_url).scheme == "https"
    return [
        Middleware(SecurityHeaders, https=https),
        Middleware(RequestId),
        Middleware(CleanUrl),
        Middleware(SameOrigin, https=https),
        Middleware(BodyLimit, uploads=dict.fromkeys(upload_paths, MAX_UPLOAD)),
    ]


class SecurityHeaders:
    """Puts the security headers on every answer; `https` says whether people reach us by TLS."""

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        self.app = app
        self.fixed = {
            "Content-Security-Policy": CONTENT_SECURITY_POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
        }
        if https:
            self.fixed["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                headers = MutableHeaders(scope=message)
                headers.update(self.fixed)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers)


class RequestId:
    """Names every request, logs its end, and answers for faults that nobody caught.

    Starlette's own answer to a fault is made outside of all middleware and would leave without the security headers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        request_id = secrets.token_hex(16)  # never taken from the client, who could forge another's trail
        scope.setdefault("state", {})["request_id"] = request_id
        begun = time.perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            elif message["type"] == "websocket.accept":
                status = 101
            elif message["type"] == "websocket.close" and not status:
                status = 403
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_with_id)
            except ClientDisconnect:
                status = status or 499  # the client hung up; nobody is left to answer
            except Exception:
                _log.exception("fault")
                if status:
                    raise  # the answer has begun: only a broken connection can say that it is not whole
                sentence = f"Error interno. Si vuelve a ocurrir, avise y dé este número de incidente: {request_id}."
                await _refuse(scope, receive, send_with_id, 500, "INTERNAL_ERROR", sentence)
            finally:
                _log.info(
                    "request",
                    method=scope.get("method", "WEBSOCKET"),
                    path=_without_secret(quote(scope["path"], safe="/", errors="replace"))[:500],
                    status=status,
                    ms=round((time.perf_counter() - begun) * 1000, 1),
                )


def _without_secret(path: str) -> str:
    """Return a path as a log may keep it: whoever knows the address of a calendar reads it."""
    opening = next((one for one in SECRET_PATHS if path.startswith(one)), None)
    return f"{opening}…" if opening else path


class CleanUrl:
    """Refuses credentials in the URL: addresses end up in logs, histories and other sites' referrers.

    It refuses NUL too, which no record holds: PostgreSQL fails on it and SQLite cuts the text there.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            query = scope.get("query_string", b"")
            if "\0" in scope["path"] or b"%00" in query or b"\0" in query:
                sentence = "La dirección contiene un carácter que no se admite."
                await _refuse(scope, receive, send, 400, "BAD_REQUEST", sentence)
                return
            pairs = query.decode("latin-1").replace(";", "&").split("&")
            if not _CREDENTIALS.isdisjoint(unquote_plus(pair.partition("=")[0]).strip().lower() for pair in pairs):
                sentence = "No envíe claves ni tokens en la dirección; use el encabezado Authorization."
                await _refuse(scope, receive, send, 400, "CREDENTIALS_IN_URL", sentence)
                return
        await self.app(scope, receive, send)


class SameOrigin:
    """Refuses what another site makes a browser send: unsafe methods and WebSockets not from our own pages.

    A client that sends neither Sec-Fetch-Site nor Origin is no browser of today; it passes unless it brings a cookie.
    X-Forwarded-* is never read: anybody can write it. With `https`, a page that came in the clear is another site.
    What another site makes a browser read is marked as `from_elsewhere`, so that no cookie counts where it must not.
    """

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        self.app = app
        self.schemes = frozenset(("https", "wss") if https else ("https", "wss", "http", "ws"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        from_here = _from_here(headers, self.schemes)
        told = "sec-fetch-site" in headers or "origin" in headers
        scope.setdefault("state", {})["from_elsewhere"] = told and not from_here
        guarded = scope["type"] == "websocket" or scope["method"] not in _SAFE_METHODS
        if guarded and not from_here:
            sentence = "Esta solicitud no viene de las páginas de este sistema. Ábralo en su navegador y hágalo ahí."
            await _refuse(scope, receive, send, 403, "CROSS_SITE", sentence)
            return
        await self.app(scope, receive, send)


def _from_here(headers: Headers, schemes: frozenset[str]) -> bool:
    sites = headers.getlist("sec-fetch-site")
    if sites:
        return all(site in ("same-origin", "none") for site in sites)
    origins = headers.getlist("origin")
    if origins:
        hosts = headers.getlist("host")
        return len(origins) == len(hosts) == 1 and _same_host(origins[0], hosts[0], schemes)
    return "cookie" not in headers


def _same_host(origin: str, host: str, schemes: frozenset[str]) -> bool:
    """Say whether an Origin names the host and port of a Host header; the default port may be left out of either."""
    try:
        ours, theirs = urlsplit(f"//{host}"), urlsplit(origin)
        default = 443 if theirs.scheme in ("https", "wss") else 80
        same_port = (theirs.port or default) == (ours.port or default)
    except ValueError:
        return False
    named = theirs.scheme in schemes and theirs.username is None and bool(theirs.hostname)
    return named and same_port and theirs.hostname == ours.hostname


class _BodyTooLarge(ClientDisconnect):
    """Stops whoever is reading the body: for a route it is as if the client had hung up, no fault to be logged."""


class BodyLimit:
    """Refuses bodies over `limit` bytes, or over what `uploads` allows a POST to a path and below, unread."""

    def __init__(self, app: ASGIApp, *, limit: int = MAX_BODY, uploads: Mapping[str, int] | None = None) -> None:
        self.app = app
        self.limit = limit
        self.uploads = {"/files": MAX_UPLOAD} if uploads is None else uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        below = [path for path in self.uploads if f"{scope['path']}/".startswith(f"{path}/")]
        # A form without files is as small as any other request.
        plain = Headers(scope=scope).get("content-type", "").lower().startswith("application/x-www-form-urlencoded")
        upload = scope["method"] == "POST" and bool(below) and not plain
        limit = self.uploads[below[0]] if upload else self.limit
        sentence = (
            "El archivo pesa más de 12 MB. Escanee con menor resolución o divídalo, y envíelo de nuevo."
            if upload
            else "La solicitud es demasiado grande. Envíe menos texto, o mande los archivos aparte."
        )
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and (len(declared) > 18 or int(declared) > limit):
            await _refuse(scope, receive, send, 413, "BODY_TOO_LARGE", sentence)
            return

        size = 0
        begun = False

        async def receive_counted() -> Message:
            nonlocal size
            if size > limit:
                raise _BodyTooLarge
            message = await receive()
            size += len(message.get("body", b""))
            if size > limit:
                raise _BodyTooLarge
            return message

        async def send_unless_refused(message: Message) -> None:
            nonlocal begun
            # A route that catches everything would answer the broken-off body with a reason of its own.
            if size > limit and not begun:
                return
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive_counted, send_unless_refused)
        except Exception:
            if size <= limit or begun:
                raise
        if size > limit and not begun:
            await _refuse(scope, receive, send, 413, "BODY_TOO_LARGE", sentence)


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, code: str, sentence: str) -> None:
    """Answer with a sentence for people, or with a GraphQL error for programs; close what was still being sent."""
    response: Response
    if prefers_html(Headers(scope=scope).get("accept", "")):
        response = PlainTextResponse(sentence + "\n", status)
    else:
        response = JSONResponse({"errors": [{"message": sentence, "extensions": {"code": code}}]}, status)
    if status == 413:
        response.headers["Connection"] = "close"
    if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008, "reason": code})
        return
    await response(scope, receive, send)


def prefers_html(accept: str) -> bool:
    """Say whether an Accept header comes from a browser that shows a page rather than from a program."""
    best = {"html": 0.0, "json": 0.0}
    for item in accept.lower().split(",")[:20]:
        kind, *parameters = (part.strip() for part in item.split(";"))
        weight = next((part[2:] for part in parameters if part.startswith("q=")), "1")
        family = "html" if kind in ("text/html", "application/xhtml+xml") else "json" if kind.endswith("json") else ""
        if family and weight.replace(".", "", 1).isdecimal():
            best[family] = max(best[family], float(weight))
    return best["html"] > best["json"]
