"""What alarms cost on the large estate: counting them, a page of their list, and the nightly pass with its memory."""

import asyncio
import resource
import time
from collections.abc import Awaitable, Callable
from functools import partial
from statistics import median

from actions.alarm_checks import tell_of_alarms
from actions.people import system_user
from bench import desk
from bench.estate import build_estate
from bench.figures import Figure, times
from bench.home import POSTGRES, label, temporary_home
from models.alarms import AlarmRecord
from models.clock import today
from models.database import database
from reads.alarms import AlarmQuery, alarm_counts_by_department, alarms_wanted
from workflows.alarms import check_everything

SAMPLES, WARMING = 9, 2
TARGET_SECONDS = 60
FIRST_NIGHT = "estate: the first night's pass over everything"


def run(dialect: str) -> list[Figure]:
    """Build the estate, ask, and run two nights, in this process."""
    with temporary_home(dialect):
        return asyncio.run(_measure(dialect))


async def _measure(dialect: str) -> list[Figure]:
    on, figures = today(), []
    async with database():
        await build_estate()
        for email, whose in ((desk.LAWYER, "all"), (desk.DIRECTOR, "one program")):
            person = await desk.demo_person(email)
            counting = partial(alarm_counts_by_department, person, on)
            listing = partial(alarms_wanted, person, AlarmQuery(), on=on)
            detail = f"median of {SAMPLES}; {(await counting()).total():,} alarms"
            for what, ask, target in (
                (f"alarms of {whose} counted", counting, 80),
                (f"alarms of {whose} listed", listing, None),
            ):
                most = target if dialect == POSTGRES else None
                figures.append(Figure(f"estate: {what}", median(await _times(ask)), "ms", label(dialect), detail, most))
        return figures + await _nights(dialect)


async def _times(ask: Callable[[], Awaitable[object]]) -> list[float]:
    taken = []
    for _ in range(SAMPLES + WARMING):
        began = time.perf_counter()
        await ask()
        taken.append((time.perf_counter() - began) * 1000)
    return taken[WARMING:]


async def _nights(dialect: str) -> list[Figure]:
    """Run the pass on a day on which nothing is noted yet, and again."""
    figures: list[Figure] = []
    for what in (FIRST_NIGHT, "estate: the pass when nothing changed"):
        began, before = time.perf_counter(), _megabytes()
        raised, _ = await check_everything()
        people = await tell_of_alarms(actor=await system_user())
        took, grown = time.perf_counter() - began, _megabytes() - before
        noted = await AlarmRecord.all().count()
        detail = f"{raised:,} new, {noted:,} noted, {people} people told; the peak of memory grew by {grown:.0f} MB"
        ratio = f"{times(took, figures[0].value)} of the first night" if figures else ""
        figures.append(Figure(what, took, "s", label(dialect), detail, TARGET_SECONDS, ratio))
    return figures


def _megabytes() -> float:
    """Return the most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
