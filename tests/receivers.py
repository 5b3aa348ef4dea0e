"""Another system as tests use it: a real HTTP server on loopback that keeps what it is sent and answers as told."""

import asyncio
import base64
import json
import re
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from models.clock import now
from models.people import Role
from models.webhooks import SUBSCRIBABLE, Webhook, WebhookEvent
from settings import PROJECT
from tests import builders
from tests.postgres import free_port

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdefghijklmnopqrst").decode()


@dataclass
class Received:
    """One request as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def key(self) -> str:
        """Its webhook-id."""
        return self.headers["webhook-id"]

    @property
    def told(self) -> dict[str, Any]:
        """What it says."""
        return dict(json.loads(self.body))


def signed_by(secret: str, request: Received) -> bool:
    """Check a call with the very lines that docs/webhooks.md gives to receivers."""
    text = (PROJECT / "docs" / "webhooks.md").read_text(encoding="utf-8")
    [lines] = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    known: dict[str, Any] = {}
    exec(lines, known)
    return bool(known["is_ours"](secret, request.headers, request.body))


@dataclass
class Receiver:
    """A server whose next answers are `status`; `before` may keep a request waiting."""

    port: int = field(default_factory=free_port)
    status: int = 204
    answer_headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    before: Callable[[], Any] | None = None
    tls: ssl.SSLContext | None = None
    requests: list[Received] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{'https' if self.tls else 'http'}://localhost:{self.port}/avisos?de=convenios"

    @property
    def keys(self) -> list[str]:
        """The webhook-ids of what came, in the order in which it came."""
        return [one.key for one in self.requests]

    def __enter__(self) -> Self:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()} | {"path": self.path}
                receiver.requests.append(Received(headers, body))
                if receiver.before:
                    receiver.before()
                self.send_response(receiver.status)
                for name, value in receiver.answer_headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(receiver.body)))
                self.end_headers()
                self.wfile.write(receiver.body)

            def log_message(self, format: str, *args: Any) -> None:
                return

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, request: Any, client_address: Any) -> None:
                return

        self._server = Quiet(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        if self.tls:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    async def has(self, number: int) -> None:
        """Wait until so many requests came."""
        async with asyncio.timeout(60):
            while len(self.requests) < number:  # noqa: ASYNC110 - another thread fills it
                await asyncio.sleep(0.02)


async def system(url: str = "https://sistema.example/avisos", *events: WebhookEvent, **more: Any) -> Webhook:
    """Return a registered system; without events it hears of everything."""
    values: dict[str, Any] = {"label": "Sistema de prueba", "url": url, "secret": SECRET}
    values |= {"events": [event.value for event in events or SUBSCRIBABLE], "created_at": now()}
    if "created_by" not in more:
        values["created_by"] = await builders.person(Role.ADMIN)
    return await Webhook.create(**values | more)
