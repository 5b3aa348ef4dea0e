"""The relay: reads which files want to be looked at and hands each to Prefect, a few at a time."""

import asyncio
import socket
import time

import structlog
from prefect import task
from prefect.cache_policies import NO_CACHE

from actions.outbox import Owed, due_wakeups, take_back_wakeups
from settings import settings
from workflows.legal_review import drive

log = structlog.get_logger()

AT_ONCE = 4
"""Files in flight: stock Prefect on SQLite took 60 s for 20 simultaneous runs."""

LOST_AFTER = 30.0
"""Seconds after which a hand-over that nobody finished no longer counts as in flight."""

_in_flight: dict[int, float] = {}


async def _drive_review(review_id: int, code: str) -> None:
    try:
        await drive(review_id, code)
    finally:
        # A failed step was logged where it happened: its wake-up stays owed and is handed over again.
        _in_flight.pop(review_id, None)


# Prefect keeps a background task's arguments in a file of the machine that handed it over, and finds its worker by the
# function's name: with the machine in the name an engine drives what it claimed itself, on however many machines.
_drive_review.__qualname__ = f"drive_review_{socket.gethostname()}"

drive_review = task(name="drive_review", cache_policy=NO_CACHE, persist_result=False)(_drive_review)
"""The background task that drives one file; Prefect learns the review's id and code, nothing else."""


async def relay(worker_ready: asyncio.Event) -> None:
    """Hand due wake-ups over for as long as the process lives, at most `AT_ONCE` files at a time.

    Nothing is claimed while no worker listens: otherwise an outage of Prefect would stretch the pauses between tries.
    """
    while True:
        await worker_ready.wait()
        busy = _still_in_flight()
        free = AT_ONCE - len(busy)
        owed = await due_wakeups(free, busy=busy) if free else []
        for one in owed:
            await _hand_over(one)
        await asyncio.sleep(settings().engine_poll_seconds)


def _still_in_flight() -> set[int]:
    limit = time.monotonic() - LOST_AFTER
    for review_id, since in list(_in_flight.items()):
        if since < limit:
            _in_flight.pop(review_id, None)
    return set(_in_flight)


async def _hand_over(one: Owed) -> None:
    _in_flight[one.review_id] = time.monotonic()
    try:
        # In a thread: Prefect's own call waits for its server and would hold up the event loop.
        await asyncio.to_thread(drive_review.delay, one.review_id, one.code)
    except Exception as fault:
        # Whatever Prefect's client raises means the same: not handed over, due again in a moment.
        _in_flight.pop(one.review_id, None)
        await take_back_wakeups(one.wakeup_ids)
        log.warning("hand-over failed", review_id=one.review_id, why=type(fault).__name__)


def in_flight() -> int:
    """Return how many files are handed over and not finished."""
    return len(_still_in_flight())
