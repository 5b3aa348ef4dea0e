"""PDFs of issued papers: the engine takes up what is due, a few papers at a start of LibreOffice, when it is there."""

import asyncio
from collections.abc import Sequence

import structlog
from prefect import flow

from actions.failures import resolve_failures
from actions.files import storage
from actions.flows import note_end
from actions.renditions import (
    SECONDS,
    Claim,
    due_renditions,
    give_back,
    hold,
    mark_failed,
    mark_made,
    office,
    owe_the_rest,
    part,
    renditions_due,
    try_failed_again,
)
from documents.pdf import NoOffice, OfficeFailed, page_count
from documents.storage import Unavailable
from models.flows import FlowName
from reads.renditions import WITHOUT
from workflows.flow_states import resting
from workflows.incidents import StepFailed, note_fault, told_by_number

log = structlog.get_logger()

POLL_SECONDS = 2.0
"""How often an engine looks for papers without their PDF."""

ABSENT_SECONDS = 60.0
"""How often it looks for LibreOffice while there is none; the papers wait, and cost nothing."""

HOLD_SECONDS = 15.0
"""How often papers are claimed anew while LibreOffice works."""

PREFECT_PAUSE = 5.0
"""Seconds until the next look when Prefect could not begin."""

_stopping = asyncio.Event()
_rounds = 0


class NotConverted(Exception):
    """LibreOffice ended well and left no PDF of a document."""


@flow(name="renditions", persist_result=False)
async def renditions() -> None:
    """Make the PDFs that are due; Prefect learns of the run, and of no paper."""
    async with told_by_number("renditions", flow=FlowName.RENDITIONS):
        await make_due()


async def make_due() -> int:
    """Make PDFs until none is due, and return how many were made.

    It may end at any moment: what is left is what the database says.
    """
    made = 0
    while not _stopping.is_set() and not await resting(FlowName.RENDITIONS):
        claims = await due_renditions()
        if not claims:
            break
        made += await _make(claims)
    return made


async def _make(claims: Sequence[Claim]) -> int:
    papers: list[bytes] = []
    whole: list[Claim] = []
    for place, claim in enumerate(claims):
        try:
            papers.append(await asyncio.to_thread(storage().read, claim.sha256))
            whole.append(claim)
        except Unavailable:
            await give_back([*whole, *claims[place:]])
            raise
        except Exception as fault:
            await _failed(claim, fault, "El archivo de Word no está íntegro en el almacén.")
    if not whole:
        return 0
    try:
        converted = await _converted(papers, whole)
    except (NoOffice, OfficeFailed) as fault:
        if isinstance(fault, NoOffice) or _stopping.is_set() or not await _works():
            # No document is to blame: they wait until LibreOffice is well again.
            await give_back(whole)
            if not _stopping.is_set():
                raise
        elif len(whole) > 1:
            log.warning("renditions parted", papers=len(whole), why=str(fault))
            await part(whole)
        else:
            await _failed(whole[0], fault, str(fault))
        return 0
    made = 0
    for place, (claim, pdf) in enumerate(zip(whole, converted, strict=True)):
        if pdf is None:
            await _failed(claim, NotConverted(claim.number), "LibreOffice no pudo leer el documento.")
            continue
        try:
            made += await mark_made(claim, pdf, await asyncio.to_thread(page_count, pdf))
        except Unavailable:
            # The store does not answer: no document is to blame, and its PDF is made again.
            await give_back(whole[place:])
            raise
        except Exception as fault:
            await _failed(claim, fault, "El PDF no se pudo guardar.")
        else:
            if claim.tries > 1:
                await resolve_failures(flow=FlowName.RENDITIONS, step=claim.number)
    return made


async def _converted(papers: list[bytes], claims: Sequence[Claim]) -> list[bytes | None]:
    making = asyncio.create_task(asyncio.to_thread(office().convert, papers, seconds=SECONDS))
    while not (await asyncio.wait([making], timeout=HOLD_SECONDS))[0]:
        await hold(claims)
    made = await making
    if not any(made) and not await _works():
        raise OfficeFailed("LibreOffice no convierte ningún documento.")
    return made


async def _works() -> bool:
    return await asyncio.to_thread(office().works, seconds=SECONDS)


async def _failed(claim: Claim, fault: Exception, said: str) -> None:
    told = await note_fault(claim.number, fault, flow=FlowName.RENDITIONS)
    await mark_failed(claim, f"{said} Incidente {told.incident}.")


async def relay_renditions(ready: asyncio.Event) -> None:
    """Take up due papers for as long as the process lives, while LibreOffice is there and Prefect answers."""
    _stopping.clear()
    said: str | None = None
    round_: asyncio.Task[None] | None = None
    try:
        while True:
            await ready.wait()
            missing = await asyncio.to_thread(office().missing)
            if missing != said:
                await _announce(missing)
                said = missing
            if missing:
                await asyncio.sleep(ABSENT_SECONDS)
                continue
            idle = round_ is None or round_.done()
            if idle and not await resting(FlowName.RENDITIONS) and await renditions_due():
                # Kept here while it runs: the event loop itself holds its tasks only loosely.
                round_ = asyncio.create_task(_driven())
            await asyncio.sleep(POLL_SECONDS)
    finally:
        # The start that is under way ends now, its papers are given back, and whoever comes next makes them.
        _stopping.set()
        office().stop()


async def _announce(missing: str) -> None:
    """Note for the pages whether PDFs are made; with LibreOffice there, owe them to every paper that has none."""
    if missing:
        await note_end(FlowName.RENDITIONS, f"{WITHOUT} {missing}")
        return
    older, again = await owe_the_rest(), await try_failed_again()
    log.info("renditions", older=older, again=again)
    await note_end(FlowName.RENDITIONS, "Con LibreOffice: cada documento emitido recibe su PDF.")


async def _driven() -> None:
    global _rounds
    _rounds += 1
    try:
        await renditions()
    except StepFailed:
        # Logged where it happened: the papers are due again, and LibreOffice had better be left alone for a while.
        await asyncio.sleep(ABSENT_SECONDS)
    except Exception as fault:
        # Prefect's own fault, not a step's: nothing was begun.
        log.warning("renditions not driven", why=type(fault).__name__)
        await asyncio.sleep(PREFECT_PAUSE)
    finally:
        _rounds -= 1


def renditions_running() -> int:
    """Return how many rounds this engine works on: one, or none."""
    return _rounds
