"""Whether a flow may work, and what is noted of each run of those that go by the clock."""

import time
from collections.abc import Awaitable, Callable
from functools import wraps

from actions.flows import note_end, note_start
from models.database import database
from models.flows import FlowName
from reads.flows import paused_flows
from workflows.incidents import StepFailed, told_by_number

KNOWN_FOR = 1.0
"""Seconds for which an answer about pauses holds: those who look for work ask several times a second."""

RESTED = "En pausa: no hizo nada."

_known: tuple[float, set[FlowName]] = (0.0, set())


async def resting(name: FlowName) -> bool:
    """Tell whether somebody paused a flow; the answer is at most `KNOWN_FOR` seconds old."""
    global _known
    if time.monotonic() - _known[0] > KNOWN_FOR:
        _known = (time.monotonic(), await paused_flows())
    return name in _known[1]


def noted(name: FlowName) -> Callable[[Callable[[], Awaitable[str]]], Callable[[], Awaitable[None]]]:
    """Make a flow of work that returns what it did in one Spanish sentence.

    Each run opens the database, does nothing while the flow is paused, notes its beginning and its end, and tells a
    fault by its incident number.
    """

    def around(work: Callable[[], Awaitable[str]]) -> Callable[[], Awaitable[None]]:
        @wraps(work)
        async def run() -> None:
            async with database():
                if name in await paused_flows():
                    await note_end(name, RESTED)
                    return
                await note_start(name)
                try:
                    async with told_by_number(name.lower()):
                        said = await work()
                except StepFailed as fault:
                    await note_end(name, "No terminó.", incident=fault.incident)
                    raise
                await note_end(name, said)

        return run

    return around
