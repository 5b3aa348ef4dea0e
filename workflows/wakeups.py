"""The relay: reads which files want to be looked at and lets Prefect drive each, a few at a time."""

import asyncio

import httpx
import structlog
from prefect.exceptions import PrefectHTTPStatusError

from actions.outbox import DRIVING, Owed, due_wakeups, hold_wakeups, put_off_wakeups, take_back_wakeups
from models.flows import FlowName
from models.signals import WakeupSignal
from settings import settings
from workflows.flow_states import resting
from workflows.incidents import StepFailed, note_fault
from workflows.legal_review import drive

log = structlog.get_logger()

AT_ONCE = 4
"""Files in flight: stock Prefect on SQLite took 60 s for 20 simultaneous runs."""

LONGEST_DRIVE = 300.0
"""Seconds after which a run that does not end is given up, so that its file can be driven again."""

_in_flight: dict[int, asyncio.Task[None]] = {}


async def relay(ready: asyncio.Event) -> None:
    """Drive what due wake-ups ask for as long as the process lives, at most `AT_ONCE` files at a time.

    Nothing is claimed while Prefect does not answer: otherwise its outage would stretch the pauses between tries.
    Nor while the flow is paused: the wake-ups stay owed.
    """
    signal = WakeupSignal()
    try:
        while True:
            await ready.wait()
            free = AT_ONCE - len(_in_flight)
            if free and not await resting(FlowName.LEGAL_REVIEW):
                for one in await due_wakeups(free, busy=_in_flight.keys()):
                    # Kept here while it runs: the event loop itself holds its tasks only loosely.
                    _in_flight[one.review_id] = asyncio.create_task(_driven(one, ready))
            await _called(signal, full=len(_in_flight) >= AT_ONCE)
    finally:
        await signal.close()


async def _called(signal: WakeupSignal, *, full: bool) -> None:
    """Wait for the next look: something changed, a place became free, or it is time."""
    waits = {asyncio.create_task(signal.wait(settings().engine_poll_seconds))}
    if full:
        waits |= set(_in_flight.values())
    _, left = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for one in left - set(_in_flight.values()):
        one.cancel()


async def _driven(one: Owed, ready: asyncio.Event) -> None:
    holding = asyncio.create_task(_held(one))
    try:
        try:
            await asyncio.wait_for(drive(one.review_id, one.code), LONGEST_DRIVE)
        finally:
            holding.cancel()
    except StepFailed:
        # Logged and noted where it happened: its wake-up stays owed and is due again after its pause.
        await put_off_wakeups(one.wakeup_ids)
    except Exception as fault:
        if not ready.is_set() or _unreachable(fault):
            # That was no try; it is due again in a moment.
            log.warning("not driven", review_id=one.review_id, why=type(fault).__name__)
            await take_back_wakeups(one.wakeup_ids)
            return
        # Prefect's own fault, not a step's.
        await note_fault("drive", fault, flow=FlowName.LEGAL_REVIEW, review_id=one.review_id)
        await put_off_wakeups(one.wakeup_ids)
    finally:
        _in_flight.pop(one.review_id, None)


async def _held(one: Owed) -> None:
    """Keep other engines from a file for as long as this one drives it."""
    while True:
        await asyncio.sleep(DRIVING.total_seconds() / 3)
        await hold_wakeups(one.wakeup_ids)


def _unreachable(fault: Exception) -> bool:
    """Tell whether Prefect's server is down, starting, or has lost its database."""
    if isinstance(fault, PrefectHTTPStatusError):
        return fault.response.status_code >= 500
    return isinstance(fault, httpx.TransportError)


def in_flight() -> int:
    """Return how many files are being driven."""
    return len(_in_flight)
