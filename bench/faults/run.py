"""The faults in their order, through one installation for each database."""

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable, Collection

from bench.faults.clock_jump import agreements_that_end, clock_jump
from bench.faults.failing_step import failing_step
from bench.faults.lost_schedules import lost_schedules
from bench.faults.mail_away import mail_away
from bench.faults.power_cuts import power_cuts, several
from bench.faults.scene import furnish
from bench.faults.trial import Size, Trial
from bench.faults.verdict import Row
from bench.home import POSTGRES, SQLITE, temporary_home
from bench.home import label as name_of
from models.database import database

FAULTS: dict[str, Callable[[Trial], Awaitable[Row]]] = {
    "kill": power_cuts,
    "prefect": lost_schedules,
    "step": failing_step,
    "mail": mail_away,
    "clock": clock_jump,
    "several": several,
}
"""What is done to an installation, in this order: the clock never runs backwards."""

ON_POSTGRES_ALONE = ("several",)
"""SQLite serves one machine."""


SHORT_FORM = {SQLITE: ("kill", "step", "mail", "clock"), POSTGRES: ("prefect", "several")}
"""What runs with the tests: every fault once, and parts killed on both databases."""


def run(dialect: str, size: Size, seed: int, names: Collection[str]) -> list[Row]:
    """Go through these faults with a temporary installation of its own."""
    with temporary_home(dialect, loaded=False):
        return asyncio.run(go_through(name_of(dialect), size, seed, names))


def chosen(dialect: str, names: Collection[str]) -> list[str]:
    """Return the faults that are wanted, all when none is named, and that this database is for."""
    mine = [name for name in FAULTS if dialect == POSTGRES or name not in ON_POSTGRES_ALONE]
    return [name for name in mine if not names or name in names]


async def go_through(database_name: str, size: Size, seed: int, names: Collection[str]) -> list[Row]:
    """Go through these faults with the installation that this process is pointed at; `seed` repeats what is random."""
    trial = Trial(database_name, size, random.Random(seed))
    rows: list[Row] = []
    async with database():
        await furnish()
        if "clock" in names:
            await agreements_that_end(trial)
        trial.box.open()
        try:
            for name in FAULTS:
                if name in names:
                    rows.append(await FAULTS[name](trial))
                    print(
                        f"  {rows[-1].fault} on {database_name}: {rows[-1].seconds:.0f} s", file=sys.stderr, flush=True
                    )
        finally:
            await trial.end()
    return rows
