"""Imports in the engine: killed halfway, twice at once, paused, failing; nothing is half-written and all goes on."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from actions import import_reading
from actions.flows import pause_flow, resume_flow
from actions.import_claims import due_imports, held
from actions.imports import FactsMoved, import_sheet
from actions.people import system_user
from models.audit import AuditEntry, Verb
from models.centers import Center
from models.clock import instant
from models.engine import StepFailure
from models.flows import FlowName
from models.imports import ImportState, SheetImport, SheetKind
from models.papers import StoredFile
from models.people import Role, User
from settings import PROJECT
from tests import builders
from tests.conftest import FreshDatabase
from tests.door import done, id_of, once, refusal, refused, sent_up
from tests.sheets import CONFIRM, DISCARD, START, checked, confirmed, looked, sent, worked
from workflows import flow_states
from workflows import imports as work
from workflows.incidents import StepFailed

pytestmark = pytest.mark.usefixtures("db", "clock")

CAD: dict[str, Any] = {"name": "CAD", "kind": "CAD", "municipality": "1610"}


def centers(many: int) -> list[dict[str, Any]]:
    """Return rows of centers."""
    return [CAD | {"code": f"CAD-{number}"} for number in range(many)]


@pytest.fixture(autouse=True)
def at_work() -> Iterator[None]:
    """Let the engine of the test be none that is about to stop, nor one that remembers a pause."""
    work._resting.clear()
    flow_states._known = (0.0, set())
    yield
    work._resting.clear()
    flow_states._known = (0.0, set())


@pytest.fixture
async def lawyer(db: object, clock: object) -> User:
    """A lawyer in an office that knows its places."""
    await builders.places()
    return await builders.person(Role.LEGAL)


async def let_lease_end() -> None:
    """Let whatever is claimed be due again, as half a minute later."""
    await SheetImport.all().update(due_at=instant() - timedelta(seconds=1))


DIES = """
import asyncio, os, signal
from actions import sheet_centers
from actions.import_claims import due_imports
from actions.import_reading import Reading
from actions.sheet_catalog import SHEETS
from dataclasses import replace
from models.database import database
from models.imports import SheetKind
from workflows.imports import work_on

die = lambda: os.kill(os.getpid(), signal.SIGKILL)

async def write(entry, rows, origin):
    await sheet_centers.write_centers(entry, rows, origin)
    await entry.create(sheet_centers.Center, code="X", name="x", kind="CAD", program="MAD", municipality_id="1610")
    die()

def more(self, read=Reading.more):
    read(self)
    if self.count >= 1000:
        die()

if {writing}:
    SHEETS[SheetKind.CENTERS] = replace(SHEETS[SheetKind.CENTERS], write=write)
else:
    Reading.more = more

async def main():
    async with database():
        for claim in await due_imports(1):
            await work_on(claim)

asyncio.run(main())
"""


async def killed(*, writing: bool) -> None:
    """Let an engine of its own process work on what is due and die by kill -9 in the middle of it."""
    command = [sys.executable, "-c", DIES.replace("{writing}", str(writing))]
    child = await asyncio.to_thread(subprocess.run, command, cwd=PROJECT, capture_output=True, check=False)
    assert child.returncode == -9, child.stderr.decode()


@pytest.mark.both_databases
async def test_kill_9_in_the_middle_leaves_nothing_half_done(db: FreshDatabase, lawyer: User) -> None:
    key = await sent(lawyer, SheetKind.CENTERS, *centers(1200))
    if db.dialect == "sqlite":
        await killed(writing=False)
        shown = await looked(lawyer, key)
        assert (shown["state"], shown["rowsRead"], shown["rowsTotal"]) == ("READING", 500, 1200)
        assert not await worked(), "its claim holds until it ends by itself"
        await let_lease_end()
    await worked()
    shown = await looked(lawyer, key)
    assert (shown["state"], shown["rowsRead"], shown["toAdd"]) == ("CHECKED", 1200, 1200)

    await done(lawyer, CONFIRM, importId=key, sha256=shown["file"]["sha256"])
    head = await AuditEntry.all().count()
    await killed(writing=True)
    assert (await Center.all().count(), await AuditEntry.all().count()) == (0, head)
    assert (await looked(lawyer, key))["state"] == "CONFIRMED"
    await let_lease_end()
    await worked()
    assert (await Center.all().count(), (await looked(lawyer, key))["state"]) == (1200, "DONE")
    assert await AuditEntry.filter(verb=Verb.IMPORT_SHEET).count() == 1


@pytest.mark.both_databases
async def test_two_engines_at_once_write_it_once(lawyer: User) -> None:
    shown = await checked(lawyer, SheetKind.CENTERS, *centers(30))
    await done(lawyer, CONFIRM, importId=shown["id"], sha256=shown["file"]["sha256"])
    (slow,) = await due_imports(5)
    assert await due_imports(5) == []
    await let_lease_end()
    (quick,) = await due_imports(5)
    await asyncio.gather(work.work_on(slow), work.work_on(quick))
    if (await SheetImport.get()).state != ImportState.DONE:
        await let_lease_end()
        await worked()
    assert await Center.all().count() == 30
    assert await AuditEntry.filter(verb=Verb.IMPORT_SHEET).count() == 1


@pytest.mark.both_databases
async def test_the_same_rows_from_two_sheets_are_written_once(lawyer: User) -> None:
    colleague = await builders.person(Role.LEGAL_HEAD)
    mine = await checked(lawyer, SheetKind.CENTERS, *centers(3))
    theirs = await checked(colleague, SheetKind.CENTERS, *centers(4))
    twin = await checked(colleague, SheetKind.CENTERS, *centers(2))
    assert (await confirmed(lawyer, mine))["state"] == "DONE"
    after = await confirmed(colleague, theirs)
    assert (after["state"], after["toAdd"], after["presentCount"]) == ("DONE", 1, 3)
    after = await confirmed(colleague, twin)
    assert (after["state"], after["toAdd"], after["presentCount"], after["importable"]) == ("CHECKED", 0, 2, False)
    assert after["said"] == "No se importó nada: entretanto se registraron todas las filas de la hoja."
    assert await Center.all().count() == 4


@pytest.mark.both_databases
async def test_what_changes_after_the_reading_is_seen_before_the_writing(lawyer: User) -> None:
    await builders.center(code="CAD-1")
    rows = [{"center": "CAD-1", "license_number": "L", "issued_on": "24/01/2025", "expires_on": "23/01/2027"}]
    shown = await checked(lawyer, SheetKind.LICENSES, *rows)
    await done(lawyer, CONFIRM, importId=shown["id"], sha256=shown["file"]["sha256"])
    (claim,) = await due_imports(1)
    reading = await work._read(claim, keep=True)
    assert reading
    # The center is given another code by then: the row names none any more.
    await Center.filter(code="CAD-1").update(code="CAD-2")
    with pytest.raises(FactsMoved):
        await import_sheet(actor=await system_user(), claim=claim, reading=reading)
    await work.work_on(claim)
    after = await looked(lawyer, shown["id"])
    assert (after["state"], after["wrongCount"], after["said"]) == (
        "CHECKED", 1, "No se importó nada: algo cambió desde que se revisó la hoja.",
    )  # fmt: skip
    assert [one["reason"] for one in after["problems"]] == ["No se encontró el centro «CAD-1»."]


async def test_a_pause_stops_the_reading_and_a_discard_ends_it(lawyer: User) -> None:
    admin = await builders.person(Role.ADMIN)
    key = await sent(lawyer, SheetKind.CENTERS, *centers(2))
    await pause_flow(actor=admin, name=FlowName.IMPORTS, reason="Revisión")
    flow_states._known = (0.0, set())
    await worked()
    assert (await looked(lawyer, key))["state"] == "READING"
    await resume_flow(actor=admin, name=FlowName.IMPORTS)
    flow_states._known = (0.0, set())
    (claim,) = await due_imports(1)
    await done(lawyer, DISCARD, importId=key)
    await work.work_on(claim)
    shown = await looked(lawyer, key)
    assert (shown["state"], shown["rowsRead"]) == ("DISCARDED", 0)
    assert not await held(claim).exists()
    assert await worked() == 0
    assert (await refusal(lawyer, DISCARD, importId=key)).code == "NOT_ALLOWED_NOW"


async def test_only_who_sent_it_confirms_what_she_saw(lawyer: User) -> None:
    colleague, admin = await builders.person(Role.LEGAL), await builders.person(Role.ADMIN)
    shown = await checked(lawyer, SheetKind.CENTERS, *centers(2))
    given = {"importId": shown["id"], "sha256": shown["file"]["sha256"]}
    assert (await refusal(colleague, CONFIRM, **given)).code == "NOT_FOUND"
    assert (await refusal(admin, CONFIRM, **given)).message == "Solo quien envió la hoja la confirma o la descarta."
    assert (await refusal(lawyer, CONFIRM, **given | {"sha256": "0" * 64})).path == "sha256"
    assert (await refusal(lawyer, CONFIRM, **given, expectedVersion=shown["version"] - 1)).code == "STALE"
    await once(lawyer, CONFIRM, **given, expectedVersion=shown["version"])
    assert (await refusal(lawyer, CONFIRM, **given)).code == "NOT_ALLOWED_NOW"
    assert (await refusal(lawyer, DISCARD, importId=shown["id"])).code == "NOT_ALLOWED_NOW"
    await worked()
    assert "ya se importó" in (await refusal(lawyer, CONFIRM, **given)).message


async def test_what_is_no_table_is_refused_in_words(lawyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = await sent_up(lawyer)
    (said,) = await refused(lawyer, START, kind="CENTERS", fileId=pdf["id"])
    assert (said.code, said.path) == ("FILE_REFUSED", "fileId")
    other = await builders.stored_file(await builders.person(Role.LEGAL), filename="x.xlsx")
    (said,) = await refused(lawyer, START, kind="CENTERS", fileId=id_of(other, "File"))
    assert (said.code, said.path) == ("NOT_FOUND", "fileId")
    torn = 'Código;Nombre;Clase;Municipio\n"'.encode() + b"a" * 200_000
    for data, expected in ((b"nada;de\neso;\n", "encabezados"), (torn, "comillas")):
        up = await sent_up(lawyer, "x.csv", data)
        key = (await done(lawyer, START, kind="CENTERS", fileId=up["id"]))["sheetImport"]["id"]
        await worked()
        shown = await looked(lawyer, key)
        assert (shown["state"], expected in shown["said"]) == ("REFUSED", True), shown["said"]
    monkeypatch.setattr(import_reading, "MOST_ROWS", 10)
    shown = await checked(lawyer, SheetKind.CENTERS, *centers(11))
    assert (shown["state"], "más de 10 filas" in shown["said"]) == ("REFUSED", True)


async def test_a_fault_is_tried_again_and_told_by_its_number(lawyer: User) -> None:
    key = await sent(lawyer, SheetKind.CENTERS, *centers(1))
    sheet = await SheetImport.get()
    await StoredFile.filter(id=sheet.file_id).update(sha256="0" * 64)
    for number in range(1, work.MOST_TRIES + 1):
        await let_lease_end()
        (claim,) = await due_imports(1)
        assert claim.tries == number
        with pytest.raises(StepFailed):
            await work.attempt(claim)
    shown = await looked(lawyer, key)
    assert shown["state"] == "REFUSED"
    assert shown["said"].startswith("Falla del sistema, incidente ")
    failure = await StepFailure.get()
    assert (failure.step, failure.tries, bool(failure.resolved_at)) == (f"import-{sheet.id}", 5, True)
    assert not await due_imports(5)


async def test_more_problems_than_anybody_reads_are_counted(lawyer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_reading, "MOST_TOLD", 3)
    shown = await checked(lawyer, SheetKind.CENTERS, *(CAD | {"code": f"C{n}", "kind": "?"} for n in range(9)))
    assert (shown["wrongCount"], len(shown["problems"])) == (9, 3)
