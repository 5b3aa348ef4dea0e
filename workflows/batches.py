"""Batches: the engine takes up what is due, one batch at a time, and does its items one after another."""

import asyncio
from datetime import timedelta

import structlog
from prefect import flow

from actions.agreements import request_renewal
from actions.audited import Repeated, on_occasion
from actions.batches import (
    Claim,
    due_batches,
    end_round,
    file_of,
    give_back_batch,
    hold_batch,
    mark_done,
    mark_failed,
    mark_refused,
    once,
    open_items,
)
from actions.failures import resolve_failures
from actions.lease_ends import renew_lease
from actions.licenses import request_license
from actions.paper_batches import mark_prepared, pack_batch, prepare_paper
from actions.refusals import ErrorCode, Forbidden, NotAllowedNow, NotFound, Refusal
from documents.storage import Damaged, Missing
from documents.vetting import TemplateRefused
from models.agreements import SanitaryLicense
from models.batches import Batch, BatchItem, BatchKind
from models.flows import FlowName
from models.people import User
from reads.renewal_outlook import not_yours, outlooks
from workflows.flow_states import resting
from workflows.incidents import StepFailed, note_fault, told_by_number

log = structlog.get_logger()

POLL_SECONDS = 1.0
"""How often an engine looks for a batch: nobody waits at a screen for its first second."""

PREFECT_PAUSE = timedelta(seconds=5)
"""How long a batch waits that Prefect could not begin."""

ZIP_PAUSE = timedelta(minutes=1)
"""How long a batch waits whose papers are made and whose zip could not be."""

_running: set[int] = set()
_resting = asyncio.Event()


@flow(name="batch", flow_run_name="lote-{batch_id}", persist_result=False)
async def batch(batch_id: int, tries: int) -> None:
    """Do what is left of a batch under the claim that the relay took; Prefect learns its id, nothing else."""
    async with told_by_number("batch", flow=FlowName.BATCHES, batch_id=batch_id):
        await work_through(Claim(batch_id, tries))


async def work_through(claim: Claim) -> None:
    """Do every item that is left, in the name of who started the batch.

    It may end after any item, at any moment: what is left is what the database says.
    """
    batch = await Batch.get(id=claim.batch_id).select_related("created_by")
    starter = batch.created_by
    do = _prepare if batch.kind == BatchKind.PAPERS else _renew
    after = 0
    while items := await open_items(claim.batch_id, after=after):
        for item in items:
            if _resting.is_set() or await resting(FlowName.BATCHES):
                await give_back_batch(claim)
                return
            if not await hold_batch(claim):
                return
            await do(item, starter)
        after = items[-1].position
    if batch.kind == BatchKind.PAPERS and not await open_items(claim.batch_id, limit=1) and not await _packed(claim):
        return
    if await end_round(claim):
        # Nothing is tried any more, and who started it was told of what failed.
        await resolve_failures(flow=FlowName.BATCHES, batch_id=claim.batch_id)


async def _prepare(item: BatchItem, starter: User) -> None:
    """Prepare one paper and note what came of it; whoever comes after a kill finds what was made."""
    step = f"item-{item.position}"
    assert item.convention_id, "papers are of conventions"
    try:
        with on_occasion(request_id=f"batch-{item.batch_id}"):
            made = await prepare_paper(item.convention_id, starter)
        await mark_prepared(item, made, starter.id)
        if item.tries:
            await resolve_failures(flow=FlowName.BATCHES, step=step, batch_id=item.batch_id)
    except Refusal as refusal:
        if any(problem.code == ErrorCode.UNAVAILABLE for problem in refusal.problems):
            # The store does not answer just now: nothing that a person could mend in the record.
            told = await note_fault(step, refusal, flow=FlowName.BATCHES, batch_id=item.batch_id)
            await mark_failed(item.id, told.incident)
        else:
            await mark_refused(item.id, " ".join(problem.message for problem in refusal.problems))
    except (TemplateRefused, Missing, Damaged) as wrong:
        await mark_refused(item.id, f"La plantilla de su documento no se puede usar: {wrong} Revísela en Plantillas.")
    except Forbidden:
        await mark_refused(item.id, not_yours("", starter, "prepararlo"))
    except Exception as fault:
        told = await note_fault(step, fault, flow=FlowName.BATCHES, batch_id=item.batch_id)
        await mark_failed(item.id, told.incident)


async def _packed(claim: Claim) -> bool:
    """Make the zip and tell whether the batch can end with it; after a fault it is tried again in a while."""
    try:
        packed = await pack_batch(claim)
    except Exception as fault:
        await note_fault("zip", fault, flow=FlowName.BATCHES, batch_id=claim.batch_id)
        await give_back_batch(claim, pause=ZIP_PAUSE)
        return False
    if packed:
        await resolve_failures(flow=FlowName.BATCHES, step="zip", batch_id=claim.batch_id)
    return packed


async def _renew(item: BatchItem, starter: User) -> None:
    """Ask for one renewal and note what came of it.

    The item's own clientMutationId is kept in the deed's transaction: a try after a kill between the deed and its mark
    is answered with the file that the first one opened.
    """
    step = f"item-{item.position}"
    try:
        with on_occasion(request_id=f"batch-{item.batch_id}", client_mutation_id=once(item.id)):
            opened = await _renewed(item, starter)
        await mark_done(item.id, opened)
        if item.tries:
            await resolve_failures(flow=FlowName.BATCHES, step=step, batch_id=item.batch_id)
    except Repeated as again:
        await mark_done(item.id, again.subject_id)
    except Refusal as refusal:
        # What stands in the way may be this item's own file, opened a moment ago by an engine that was killed.
        if mine := await file_of(item.id, starter.id):
            await mark_done(item.id, mine)
        else:
            await mark_refused(item.id, " ".join(problem.message for problem in refusal.problems))
    except Forbidden:
        await mark_refused(item.id, not_yours("Convention" if item.convention_id else "", starter))
    except Exception as fault:
        told = await note_fault(step, fault, flow=FlowName.BATCHES, batch_id=item.batch_id)
        await mark_failed(item.id, told.incident)


async def _renewed(item: BatchItem, starter: User) -> int:
    """Do the deed and return the id of the file that it opened."""
    if item.convention_id:
        return (await request_renewal(actor=starter, convention_id=item.convention_id)).id
    if item.lease_id:
        return (await renew_lease(actor=starter, lease_id=item.lease_id)).id
    assert item.license_id, "an item names one instrument"
    license = await SanitaryLicense.get(id=item.license_id)
    key = ("SanitaryLicense", license.id)
    outlook = (await outlooks([key], starter)).get(key)
    if outlook is None:
        raise NotFound("la licencia sanitaria")
    if not outlook.possible:
        # The deed renews whatever license of the center ends last: it must be this one.
        raise NotAllowedNow(outlook.why)
    return (await request_license(actor=starter, center_id=license.center_id)).id


async def relay_batches(ready: asyncio.Event) -> None:
    """Take up due batches for as long as the process lives, one at a time; nothing while Prefect does not answer."""
    _resting.clear()
    working: asyncio.Task[None] | None = None
    try:
        while True:
            await ready.wait()
            if (working is None or working.done()) and not await resting(FlowName.BATCHES):
                for claim in await due_batches(1):
                    # Kept here while it runs: the event loop itself holds its tasks only loosely.
                    working = asyncio.create_task(_driven(claim))
            await asyncio.sleep(POLL_SECONDS)
    finally:
        # The batch ends after the item at hand, and whoever comes next goes on with it.
        _resting.set()


async def _driven(claim: Claim) -> None:
    _running.add(claim.batch_id)
    try:
        await batch(claim.batch_id, claim.tries)
    except StepFailed:
        # Logged where it happened: the claim ends by itself, and the batch is due again.
        pass
    except Exception as fault:
        # Prefect's own fault, not a step's: nothing was begun.
        log.warning("batch not driven", batch_id=claim.batch_id, why=type(fault).__name__)
        await give_back_batch(claim, pause=PREFECT_PAUSE)
    finally:
        _running.discard(claim.batch_id)


def batches_running() -> int:
    """Return how many batches this engine works on."""
    return len(_running)
