"""What engine and Prefect server cost while nobody asks for anything: memory and CPU, in the demo as it is served."""

import asyncio
import time
from pathlib import Path

from bench.figures import Figure, times
from bench.home import label, temporary_home
from bench.served import PATIENCE, served
from models.database import database
from models.outbox import Notice, NoticeState, WakeUp

SETTLING = 45.0
"""Seconds after the start that are left to both for their first work."""

WATCHED = 60.0
"""Seconds of rest that are measured."""

PARTS = {"engine": "workflows.serve", "Prefect server": "prefect.server.api.server"}
"""What is measured, by words of its command line."""

MOST_MEGABYTES, MOST_PERCENT = 450, 5


def run(dialect: str) -> list[Figure]:
    """Serve the demo, leave it alone, and see what it takes."""
    with temporary_home(dialect) as home:
        with served(home, "demo") as program:
            program.seconds_until("/ready")
            # The first round of reminders and its mail are work, not rest.
            time.sleep(SETTLING)
            asyncio.run(_at_rest())
            pids = {name: program.part(words) for name, words in PARTS.items()}
            before = {name: program.cpu_of({pid}) for name, pid in pids.items()}
            began = time.monotonic()
            time.sleep(WATCHED)
            seconds = time.monotonic() - began
            percent = {name: (program.cpu_of({pid}) - before[name]) / seconds * 100 for name, pid in pids.items()}
            megabytes = {name: _megabytes(pid) for name, pid in pids.items()}
    return [
        _figure("idle engine and Prefect server, memory", "MB", megabytes, MOST_MEGABYTES, dialect),
        _figure("idle engine and Prefect server, of a core", "%", percent, MOST_PERCENT, dialect),
    ]


async def _at_rest() -> None:
    async with database(), asyncio.timeout(PATIENCE):
        while await _busy():  # noqa: ASYNC110 - other processes change it
            await asyncio.sleep(1)


async def _busy() -> bool:
    return await WakeUp.exists(consumed_at=None) or await Notice.exists(state=NoticeState.QUEUED)


def _figure(what: str, unit: str, values: dict[str, float], most: float, dialect: str) -> Figure:
    detail = ", ".join(f"{name} {value:.1f} {unit}" for name, value in values.items())
    engine, server = values.values()
    ratio = f"engine {times(engine, server)} of the server"
    return Figure(what, sum(values.values()), unit, label(dialect), detail, most, ratio)


def _megabytes(pid: int) -> float:
    """Return a process's proportional share of memory: what it shares with others counts once among all."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
