"""Imports: the engine reads spreadsheets batch by batch, and writes those that somebody confirmed, one at a time."""

import asyncio
from datetime import timedelta

import structlog
from prefect import flow

from actions.failures import resolve_failures
from actions.files import bytes_of
from actions.import_claims import Claim, due_imports, give_back_import, hold_import, note_checked, refuse_import
from actions.import_reading import Reading, facts_of, opened
from actions.imports import FactsMoved, import_sheet, may_bring
from actions.outbox import BACK_OFF
from actions.people import system_user
from actions.refusals import Refusal
from documents.refusals import FileRefused
from models.flows import FlowName
from models.imports import ImportState, SheetImport
from workflows.flow_states import resting
from workflows.incidents import StepFailed, told_by_number

log = structlog.get_logger()

POLL_SECONDS = 1.0
"""How often an engine looks for an import: whoever sent it looks at a page that comes back by itself."""

PREFECT_PAUSE = timedelta(seconds=5)
"""How long an import waits that Prefect could not begin."""

MOST_TRIES = 5
"""Tries of an import that keeps failing; the pauses between them are those of wake-ups."""

_running: set[int] = set()
_resting = asyncio.Event()


@flow(name="import", flow_run_name="importacion-{import_id}", persist_result=False)
async def sheet_import(import_id: int, tries: int, state: str) -> None:
    """Read or write one spreadsheet under the claim that the relay took; Prefect learns its id, nothing else."""
    await attempt(Claim(import_id, tries, ImportState(state)))


async def attempt(claim: Claim) -> None:
    """Work on an import; a fault is told by its number and tried again a few times, then whoever sent it is told."""
    step = f"import-{claim.import_id}"
    try:
        async with told_by_number(step, flow=FlowName.IMPORTS):
            await work_on(claim)
    except StepFailed as fault:
        if claim.tries < MOST_TRIES:
            await give_back_import(claim, pause=BACK_OFF[min(claim.tries, len(BACK_OFF)) - 1])
            raise
        await refuse_import(claim, f"Falla del sistema, incidente {fault.incident}. No se importó nada.")
        # Nothing is tried any more.
        await resolve_failures(flow=FlowName.IMPORTS, step=step)
        raise


async def work_on(claim: Claim) -> None:
    """Do what an import waits for: its dry run, or its writing. It may end at any moment: nothing is half-written."""
    writing = claim.state == ImportState.CONFIRMED
    try:
        reading = await _read(claim, keep=writing)
    except FileRefused as refused:
        await refuse_import(claim, refused.message)
        return
    if reading is None:
        return
    if not writing:
        await note_checked(claim, reading)
    elif reading.wrong:
        await note_checked(claim, reading, said="No se importó nada: algo cambió desde que se revisó la hoja.")
    else:
        await _write(claim, reading)


async def _read(claim: Claim, *, keep: bool) -> Reading | None:
    """Read a spreadsheet from its first row; None when this engine stops, or the import is no longer its own."""
    brought = await SheetImport.get(id=claim.import_id).select_related("file", "created_by")
    if not may_bring(brought.created_by, brought.kind):
        raise FileRefused("NOT_YOURS", "Quien envió la hoja ya no puede importar filas de esta clase.")
    facts = await facts_of(brought)
    # Opening and reading are work of a processor: they must not hold up the engine's other parts.
    data = await bytes_of(brought.file.sha256)
    reading = await asyncio.to_thread(opened, brought, brought.file, data, facts, keep=keep)
    while not reading.over:
        if _resting.is_set() or await resting(FlowName.IMPORTS):
            await give_back_import(claim)
            return None
        await asyncio.to_thread(reading.more)
        if not await hold_import(claim, reading):
            return None
    return reading


async def _write(claim: Claim, reading: Reading) -> None:
    try:
        await import_sheet(actor=await system_user(), claim=claim, reading=reading)
    except FactsMoved:
        # Read anew with what holds now; whoever else has the import by then is left alone.
        await give_back_import(claim)
    except Refusal as refusal:
        await note_checked(claim, reading, said=refusal.problems[0].message)


async def relay_imports(ready: asyncio.Event) -> None:
    """Take up due imports for as long as the process lives, one at a time; nothing while Prefect does not answer."""
    _resting.clear()
    working: asyncio.Task[None] | None = None
    try:
        while True:
            await ready.wait()
            if (working is None or working.done()) and not await resting(FlowName.IMPORTS):
                for claim in await due_imports(1):
                    # Kept here while it runs: the event loop itself holds its tasks only loosely.
                    working = asyncio.create_task(_driven(claim))
            await asyncio.sleep(POLL_SECONDS)
    finally:
        # The reading ends after the batch at hand, and whoever comes next begins it anew.
        _resting.set()


async def _driven(claim: Claim) -> None:
    _running.add(claim.import_id)
    try:
        await sheet_import(claim.import_id, claim.tries, claim.state.value)
    except StepFailed:
        # Logged where it happened, and due again after its pause.
        pass
    except Exception as fault:
        # Prefect's own fault, not a step's: nothing was begun.
        log.warning("import not driven", import_id=claim.import_id, why=type(fault).__name__)
        await give_back_import(claim, pause=PREFECT_PAUSE)
    finally:
        _running.discard(claim.import_id)


def imports_running() -> int:
    """Return how many imports this engine works on."""
    return len(_running)
