"""The API's door as tests use it: a person asks over HTTP with a token, and a refusal must leave no trace."""

import base64
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpx
from starlette.applications import Starlette
from tortoise.connection import connections
from tortoise.models import Model

from actions.files import storage
from actions.people import create_token
from api.app import build_app
from models.audit import AuditEntry
from models.database import is_sqlite
from models.people import User
from schema.ids import global_id
from settings import PROJECT, settings

RESTLESS = {"api_tokens", "sessions", "sqlite_sequence", "tortoise_migrations"}
"""Tables that hold no record, or change with every request (last use of a token)."""

HOSTILE = ("' OR 1=1--", "{{7*7}}", "<script>alert(1)</script>", "{% for x in y %}", "=1+1", "Ñandú «ü» €")
"""Texts that must be kept and given back exactly as typed."""

PDF = (
    b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
"""The smallest file that a requisite may be."""

_tokens: dict[tuple[str, int], str] = {}


@lru_cache(maxsize=1)
def application() -> Starlette:
    """Return the application, built once for all tests: it keeps nothing of them but parsed queries."""
    return build_app()


@lru_cache(maxsize=64)
def contract(name: str) -> str:
    """Return the text of an operation that clients rely on."""
    return (PROJECT / "tests" / "contract" / f"{name}.graphql").read_text(encoding="utf-8")


def id_of(row: Model, kind: str = "") -> str:
    """Return the opaque id of a row; `kind` when the API names it otherwise than the model."""
    return str(global_id(kind or type(row).__name__, row.pk))


def person_id(person: User) -> str:
    """Return the opaque id of a person."""
    return id_of(person, "Person")


async def token_of(person: User) -> str:
    """Return an API token of a person of this database, made when first asked for."""
    key = (settings().database(), person.id)
    if key not in _tokens:
        _tokens[key] = await create_token(actor=person, owner=person)
    return _tokens[key]


async def request(person: User | None, method: str, path: str, **more: Any) -> httpx.Response:
    """Send any request to the application as a person, or as nobody."""
    headers = {"Authorization": f"Bearer {await token_of(person)}"} if person else {}
    transport = httpx.ASGITransport(app=application())
    async with httpx.AsyncClient(transport=transport, base_url=settings().address()) as client:
        return await client.request(method, path, headers=headers, **more)


async def ask(person: User | None, text: str, /, **variables: Any) -> dict[str, Any]:
    """Send an operation and return the whole answer: data, errors, extensions."""
    answer = await request(person, "POST", "/graphql", json={"query": text, "variables": variables})
    return dict(answer.json())


async def told(person: User | None, text: str, /, **variables: Any) -> dict[str, Any]:
    """Send an operation that must run without errors, and return its data."""
    answer = await ask(person, text, **variables)
    assert "errors" not in answer, answer["errors"]
    return dict(answer["data"])


async def done(person: User, text: str, /, **input: Any) -> dict[str, Any]:
    """Send a mutation that must be done, and return its payload."""
    (payload,) = (await told(person, text, input=input)).values()
    assert payload["errors"] == [], payload["errors"]
    return dict(payload)


@dataclass(frozen=True)
class Said:
    """One problem of a payload, its path joined by dots."""

    code: str
    path: str
    message: str


async def refused(person: User, text: str, /, **input: Any) -> list[Said]:
    """Send a mutation that must be refused: Spanish sentences, no record in the payload, nothing written anywhere."""
    await token_of(person)
    before = await everything()
    (payload,) = (await told(person, text, input=input)).values()
    assert payload["errors"], f"not refused: {payload}"
    assert await everything() == before, "a refused deed left something"
    shown = [name for name, value in payload.items() if value and name not in ("errors", "blockers")]
    assert not shown, f"a refusal shows {shown}"
    for problem in payload["errors"]:
        assert problem["message"][0].isupper(), problem
        assert problem["message"].endswith("."), problem
    return [Said(one["code"], ".".join(one["path"]), one["message"]) for one in payload["errors"]]


async def refusal(person: User, text: str, /, **input: Any) -> Said:
    """Send a mutation that must be refused for one reason, and return it."""
    (said,) = await refused(person, text, **input)
    return said


async def forbidden(person: User | None, text: str, /, **input: Any) -> None:
    """Send a mutation that the person's role may not do at all: one top-level error, nothing written."""
    if person:
        await token_of(person)
    before = await everything()
    answer = await ask(person, text, input=input)
    assert [error["extensions"]["code"] for error in answer["errors"]] == [
        "FORBIDDEN" if person else "UNAUTHENTICATED"
    ], answer
    assert not any((answer.get("data") or {}).values())
    assert await everything() == before, "a forbidden deed left something"


async def everything() -> dict[str, Any]:
    """Return every row of every table and the names of the files kept: what a deed may leave."""
    connection = connections.get("default")
    listing = "SELECT name FROM sqlite_master WHERE type = 'table'"
    if not is_sqlite():
        listing = "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"
    found: dict[str, Any] = {}
    for table in sorted(row["name"] for row in await connection.execute_query_dict(listing)):
        if table not in RESTLESS:
            rows = await connection.execute_query_dict(f'SELECT * FROM "{table}"')
            found[table] = sorted(repr(sorted(dict(row).items())) for row in rows)
    kept = settings().home / "files"
    found["files"] = sorted(str(path) for path in kept.rglob("*") if path.is_file())
    return found


async def last_entry() -> AuditEntry:
    """Return the newest entry of the audit trail."""
    entry = await AuditEntry.all().order_by("-sequence").first()
    assert entry
    return entry


def changed(entry: AuditEntry, row: Model) -> dict[str, tuple[Any, Any]]:
    """Return old and new values that an entry notes of a row, by field."""
    subject = f"{type(row).__name__}:{row.pk}"
    return {one["field"]: (one["before"], one["after"]) for one in entry.changes if one["subject"] == subject}


async def sent_up(person: User, name: str = "acta.pdf", data: bytes = PDF) -> dict[str, Any]:
    """Send a file up as a person and return what is answered; its id goes into mutations."""
    answer = await request(person, "POST", "/files", files={"file": (name, data)})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def bytes_of(sha256: str) -> bytes:
    """Return the bytes of a kept file."""
    return storage().read(sha256)


async def once(person: User, text: str, /, **input: Any) -> dict[str, Any]:
    """Do a mutation twice under one clientMutationId: the second answer is the first, and nothing more is done."""
    input |= {"clientMutationId": "clic-1"}
    first = await done(person, text, **input)
    before = await everything()
    assert await done(person, text, **input) == first
    assert await everything() == before, "the repetition left something"
    return first


def made_up(text: str) -> str:
    """Return an id that holds any text."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def bad_ids(kind: str, other: str = "Center") -> list[str]:
    """Return ids that are none, or of another type, or of numbers that no row has."""
    inside = [f"{kind}:-1", f"{kind}:1e3", f"{kind}:{10**20}", f"{kind}:²", f"{kind}:", ":1", "1", f"{kind}:1 OR 1=1"]
    damaged = ["", "x", "%%%", "Ñ", "1", "' OR 1=1--", "A" * 5000, id_text(kind)[1:]]
    return [*damaged, *(made_up(text) for text in (f"{other}:1", f"{kind.lower()}:1", *inside))]


def id_text(kind: str) -> str:
    """Return a well-formed id of a row that does not exist."""
    return made_up(f"{kind}:999999")
