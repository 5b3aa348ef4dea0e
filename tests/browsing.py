"""The pages as tests use them: what a browser sends and keeps, and the forms that a page really holds."""

import secrets
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx

from api.login import cookie_name
from models.clock import now
from models.people import Session, User
from reads.people import token_hash

FROM_HERE = {"Sec-Fetch-Site": "same-origin"}
"""What a browser adds to a form of our own page."""


async def enter(client: httpx.AsyncClient, person: User) -> None:
    """Give the client a person's session; signing in itself is tested in test_sign_in.py."""
    token = secrets.token_urlsafe(32)
    await Session.create(token_hash=token_hash(token), user=person, created_at=now(), last_seen_at=now())
    client.cookies.clear()
    client.cookies.set(cookie_name(), token)


@dataclass
class Form:
    """A form of a page: where it goes and what it holds before anybody types."""

    method: str
    action: str
    values: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    errors: int = 0
    """Fields marked as wrong."""


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._open: Form | None = None
        self._area = ""
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("method", "get"), given.get("action", ""))
            self.found.append(self._open)
        if self._open is None:
            return
        name = given.get("name", "")
        self._open.errors += given.get("aria-invalid") == "true"
        if tag == "input" and given.get("type") == "file":
            self._open.files.add(name)
        elif tag == "input" and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self._open.values[name] = given.get("value", "")
        elif tag == "textarea":
            self._area = name
            self._open.values[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and ("selected" in given or self._select not in self._open.values):
            self._open.values[self._select] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._open and self._area:
            # HTML drops the first line break after <textarea>.
            self._open.values[self._area] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""


def forms(page: httpx.Response) -> list[Form]:
    """Return all forms of a page."""
    parser = _Forms()
    parser.feed(page.text)
    return parser.found


def form(page: httpx.Response, operation: str, **holding: str) -> Form:
    """Return the one form of a page that runs an operation and holds these values."""
    wanted = {"_operation": operation, **holding}
    found = [one for one in forms(page) if wanted.items() <= one.values.items()]
    assert len(found) == 1, f"{len(found)} forms run {wanted}"
    return found[0]


async def send(
    client: httpx.AsyncClient, page: httpx.Response, filled: Form, files: dict[str, Any] | None = None, /, **typed: str
) -> httpx.Response:
    """Type into a form and send it as a browser would, to where the form says."""
    unknown = typed.keys() - filled.values.keys()
    assert not unknown, f"the form has no field {unknown}"
    where = httpx.URL(page.request.url).join(filled.action)
    return await client.post(where, data=filled.values | typed, files=files, headers=FROM_HERE)
