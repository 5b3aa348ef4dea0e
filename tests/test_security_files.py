"""Files through POST /files, as hostile senders send them; and the audit chain under a hand in the database."""

import os
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tortoise.connection import connections
from typer.testing import CliRunner

from actions.files import upload_file
from api.guard import MAX_UPLOAD
from cli import app as command
from documents.uploads import MAX_BYTES
from models.audit import AuditEntry, AuditHead, seal
from models.database import database, is_sqlite
from models.papers import StoredFile
from models.people import Role, User
from reads.audit import broken_links
from tests import builders
from tests.browsing import FROM_HERE, enter
from tests.conftest import FreshDatabase, in_own_loop
from tests.door import PDF, application, everything, id_of, request, token_of
from tests.test_hostile_files import HOSTILE, pdf

# One file of each class of danger: the first that is refused with its code.
CLASSES = {code: (filename, make) for filename, code, make in reversed(HOSTILE.values())}


@pytest.fixture
async def client(db: FreshDatabase, clock: object) -> AsyncIterator[httpx.AsyncClient]:
    """Speak with the application as a mayor's browser."""
    transport = httpx.ASGITransport(app=application())
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", headers=FROM_HERE) as client:
        await enter(client, await builders.person(Role.MUNICIPAL))
        yield client


def refusal(answer: httpx.Response, status: int, code: str) -> str:
    """Assert that an upload was refused with a reason, and return the sentence."""
    assert answer.status_code == status, answer.text
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": code}
    assert error["message"][0].isupper()
    assert error["message"].endswith(".")
    return str(error["message"])


async def test_a_hostile_file_of_each_class_leaves_nothing(client: httpx.AsyncClient) -> None:
    before = await everything()
    said = {}
    for code, (filename, make) in CLASSES.items():
        data = make()
        if len(data) > MAX_BYTES:
            data = data[: MAX_BYTES + 1]
        said[code] = refusal(await client.post("/files", files={"file": (filename, data)}), 422, "FILE_REFUSED")
    assert len(set(said.values())) == len(CLASSES) >= 15, "each class has its own reason"
    assert await everything() == before


def envelope(size: int) -> bytes:
    """Return a multipart body of so many bytes with one file in it."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    return head + b"%PDF-1.7" + bytes(size - len(head) - 17) + b"\r\n--x--\r\n"


async def test_a_file_of_12_mb_is_the_largest(client: httpx.AsyncClient) -> None:
    scan = pdf(b"stream " + os.urandom(MAX_BYTES - len(pdf(b"stream "))))
    assert len(scan) == MAX_BYTES
    taken = await client.post("/files", files={"file": ("acta.pdf", scan)})
    assert (taken.status_code, taken.json()["size"]) == (201, MAX_BYTES)
    before = await everything()

    assert "12 MB" in refusal(await client.post("/files", files={"file": ("a.pdf", scan + b"\n")}), 422, "FILE_REFUSED")

    async def pieces(body: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(body), 100_000):
            yield body[start : start + 100_000]

    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    for content in (envelope(MAX_UPLOAD + 1), pieces(envelope(MAX_UPLOAD + 1)), pieces(envelope(3 * MAX_UPLOAD))):
        answer = await client.post("/files", content=content, headers=kind)
        assert "12 MB" in refusal(answer, 413, "BODY_TOO_LARGE")
        assert answer.headers["connection"] == "close"
    answer = await client.post("/files", content=pieces(envelope(MAX_UPLOAD)), headers=kind)
    assert "12 MB" in refusal(answer, 422, "FILE_REFUSED")
    assert await everything() == before


async def test_what_is_no_upload_is_refused(client: httpx.AsyncClient) -> None:
    before = await everything()
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\nx\r\n--x--\r\n'
    parts = {"Content-Type": "multipart/form-data; boundary=x"}
    escaped = {"Content-Type": "multipart/form-data; boundary=x; charset=unicode_escape"}
    cases: list[tuple[int, str, dict[str, Any]]] = [
        (400, "BAD_USER_INPUT", {"files": {"archivo": ("a.pdf", PDF)}}),
        (400, "BAD_USER_INPUT", {"files": {"file": (None, "text")}}),
        (400, "BAD_REQUEST", {"files": [("file", ("a.pdf", PDF)), ("file", ("b.pdf", PDF))]}),
        (400, "BAD_REQUEST", {"files": {"file": ("a.pdf", PDF)}, "data": {f"x{n}": "1" for n in range(5)}}),
        (400, "BAD_REQUEST", {"content": PDF, "headers": parts}),
        (400, "BAD_REQUEST", {"content": PDF, "headers": {"Content-Type": "multipart/form-data"}}),
        (400, "BAD_USER_INPUT", {"content": (part % b"a.pdf")[:-8], "headers": parts}),
        (415, "UNSUPPORTED_MEDIA_TYPE", {"data": {"file": "x"}}),
        (415, "UNSUPPORTED_MEDIA_TYPE", {"json": {"file": "x"}}),
        (415, "UNSUPPORTED_MEDIA_TYPE", {"content": PDF, "headers": {"Content-Type": "application/pdf"}}),
        (415, "UNSUPPORTED_MEDIA_TYPE", {}),
        (422, "FILE_REFUSED", {"content": part % b"", "headers": parts}),
        (422, "FILE_REFUSED", {"content": part % rb"\ud800.pdf", "headers": escaped}),
        (422, "FILE_REFUSED", {"content": part % rb"a\0.pdf", "headers": escaped}),
        (422, "FILE_REFUSED", {"content": part % ("a\u202efdp.pdf".encode()), "headers": parts}),
    ]
    for status, code, sent in cases:
        refusal(await client.post("/files", **sent), status, code)
    client.cookies.clear()
    refusal(await client.post("/files", files={"file": ("a.pdf", PDF)}), 401, "UNAUTHENTICATED")
    for role in (Role.AUDITOR, Role.SYSTEM):
        await enter(client, await builders.person(role))
        refusal(await client.post("/files", files={"file": ("a.pdf", PDF)}), 403, "FORBIDDEN")
    after = await everything()
    assert (after["stored_files"], after["files"]) == (before["stored_files"], before["files"])
    assert after["audit_entries"] == before["audit_entries"]


async def test_an_upload_belongs_to_its_sender_until_a_record_names_it(client: httpx.AsyncClient) -> None:
    sent = await client.post("/files", files={"file": ("<script>acta ñ.pdf", PDF)}, headers={"X-Any": "1"})
    assert sent.status_code == 201
    row = await StoredFile.get()
    assert sent.json()["id"] == id_of(row, "File")
    own = await client.get(f"/files/{row.id}")
    assert (own.status_code, own.content) == (200, PDF)
    assert own.headers["content-disposition"] == "attachment; filename*=UTF-8''%3Cscript%3Eacta%20%C3%B1.pdf"
    assert own.headers["cache-control"] == "no-store"
    missing = await client.get("/files/999999")
    for role in (Role.MUNICIPAL, Role.COORDINATOR, Role.DIRECTOR):
        other = await builders.person(role)
        answer = await request(other, "GET", f"/files/{row.id}")
        assert (answer.status_code, answer.content) == (404, missing.content), role


# The audit chain -----------------------------------------------------------------------------------------------------


async def deeds(count: int) -> User:
    """Leave so many entries in the chain."""
    mayor = await builders.person(Role.MUNICIPAL)
    await token_of(mayor)
    for number in range(count - 1):
        await upload_file(actor=mayor, data=PDF + b"%" * number, filename=f"acta {number}.pdf")
    return mayor


async def unsealed(*statements: str) -> None:
    """Change the audit table as somebody would who owns the database: take the triggers away first."""
    connection = connections.get("default")
    drop = ["DROP TRIGGER IF EXISTS audit_no_update", "DROP TRIGGER IF EXISTS audit_no_delete"]
    if not is_sqlite():
        drop = ["ALTER TABLE audit_entries DISABLE TRIGGER USER"]
    for statement in (*drop, *statements):
        await connection.execute_query(statement)


EDITED = "UPDATE audit_entries SET summary = 'Nada pasó.' WHERE sequence = 3"


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("touched", "named"),
    [
        ([], []),
        ([EDITED], [3]),
        (["UPDATE audit_entries SET verb = 'REMIND' WHERE sequence IN (2, 5)"], [2, 5]),
        (["UPDATE audit_entries SET at = '2020-01-01 00:00:00+00:00' WHERE sequence = 1"], [1]),
        (["UPDATE audit_entries SET changes = '[]' WHERE sequence = 4"], [4]),
        (["DELETE FROM audit_entries WHERE sequence = 3"], [4]),
        (["DELETE FROM audit_entries WHERE sequence > 4"], [6]),
        (["DELETE FROM audit_entries"], [6]),
        (["UPDATE audit_head SET hash = 'x'"], [6]),
    ],
    ids=["untouched", "summary", "two verbs", "time", "changes", "one less", "cut tail", "emptied", "head"],
)
async def test_the_chain_names_what_was_touched(db: FreshDatabase, touched: list[str], named: list[int]) -> None:
    await deeds(6)
    assert await broken_links() == []
    await unsealed(*touched)
    assert await broken_links() == named
    assert await broken_links(batch=2) == named


async def test_an_entry_sealed_anew_breaks_the_next_link(db: FreshDatabase) -> None:
    await deeds(6)
    await unsealed(EDITED)
    row = await AuditEntry.get(sequence=3)
    body = {"at": row.at.isoformat(), "actor": row.actor_id, "verb": row.verb.value, "summary": row.summary}  # type: ignore[attr-defined]
    body |= {"subject": f"{row.subject_type}:{row.subject_id}", "changes": row.changes, "request_id": row.request_id}
    await unsealed(f"UPDATE audit_entries SET hash = '{seal(3, row.previous_hash, body)}' WHERE sequence = 3")
    assert await broken_links() == [4]


def test_the_doctor_tells_of_a_broken_chain(closed_db: FreshDatabase) -> None:
    async def prepare(*touched: str) -> int:
        async with database():
            if not touched:
                await deeds(4)
            await unsealed(*touched)
            return (await AuditHead.get(id=1)).sequence

    assert in_own_loop(prepare) == 4
    assert "cadena íntegra" in CliRunner().invoke(command, ["check"]).output
    in_own_loop(lambda: prepare(EDITED))
    told = CliRunner().invoke(command, ["check"])
    assert told.exit_code == 1
    assert "la cadena se rompe en [3]" in told.output
