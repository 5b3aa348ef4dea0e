"""One round of reminders over a register of 100,000 conventions: how long it takes, and how much memory it asks for."""

import asyncio
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path

from tortoise.expressions import F

from bench.figures import Figure, times
from bench.home import label, temporary_home
from models.agreements import AgreementStage, Convention
from models.clock import today
from models.database import database
from models.outbox import Notice
from models.places import Municipality, ProgramCode
from workflows.reminders import remind_everybody

FEW, MANY = 10_000, 100_000
EVERY_DUE = 33
"""One of so many conventions has a rung to be told of; a third of the others is over and renewed."""
TARGET_SECONDS = 60
FLAT_MEGABYTES = 30
"""What the memory may grow by between the small register and the large one."""
AT_A_TIME = 2000


def run(dialect: str) -> list[Figure]:
    """Measure the round for a small register and a large one, each in a fresh process: peaks belong to processes."""
    taken = {many: _round(dialect, many) for many in (FEW, MANY)}
    (few, small, _), (many, large, told) = taken[FEW], taken[MANY]
    return [
        Figure(
            f"reminders of {MANY:,} conventions",
            many,
            "s",
            label(dialect),
            f"{told:,} messages queued; {few:.1f} s for {FEW:,}",
            TARGET_SECONDS,
            f"{times(many, few)} of {FEW:,}",
        ),
        Figure(
            f"reminders of {MANY:,} conventions: memory beside {FEW:,}",
            max(large - small, 0),
            "MB",
            label(dialect),
            f"peak grew by {large:.0f} MB; by {small:.0f} MB for {FEW:,}",
            FLAT_MEGABYTES,
        ),
    ]


def _round(dialect: str, many: int) -> tuple[float, float, int]:
    with temporary_home(dialect):
        asyncio.run(_fill(many))
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            return pool.submit(_measured).result()


async def _fill(many: int) -> None:
    """Write a register: most conventions far from their end, some near it, a third of them over and renewed."""
    async with database():
        towns = await Municipality.all().order_by("code").values_list("code", flat=True)
        on = today()
        rows: list[Convention] = []
        for number in range(many):
            rows.append(_convention(number, towns[number % len(towns)], on))
            if len(rows) == AT_A_TIME:
                await Convention.bulk_create(rows, batch_size=400)
                rows = []
        await Convention.bulk_create(rows, batch_size=400)
        await _link_renewals(many)


def _convention(number: int, town: str, on: date) -> Convention:
    if number % EVERY_DUE == 0:
        ends_on = on + timedelta(days=number // EVERY_DUE % 105 - 15)
    elif number % 3 == 1:
        ends_on = on - timedelta(days=30 + number % 700)
    else:
        ends_on = on + timedelta(days=120 + number % 600)
    return Convention(
        number=f"BENCH-{number:06d}",
        program=ProgramCode.MAD if number % 2 else ProgramCode.HC,
        municipality_id=town,
        title="Funcionamiento de un centro",
        stage=AgreementStage.SIGNED,
        starts_on=ends_on - timedelta(days=364),
        ends_on=ends_on,
        term_months=12,
    )


async def _link_renewals(many: int) -> None:
    """Let each that is over be followed by the next one, which is far from its end."""
    first = await Convention.filter(number__startswith="BENCH-").order_by("id").first()
    assert first
    following = [
        first.id + number + 1
        for number in range(many - 1)
        if number % EVERY_DUE and number % 3 == 1 and (number + 1) % EVERY_DUE
    ]
    for start in range(0, len(following), AT_A_TIME):
        await Convention.filter(id__in=following[start : start + AT_A_TIME]).update(renews_id=F("id") - 1)
    wrong = Convention.filter(renews_id__isnull=False, renews__ends_on__gte=today(), number__startswith="BENCH-")
    if await wrong.exists():
        raise RuntimeError("the register is not as it was meant: ids are not in a row")


def _measured() -> tuple[float, float, int]:
    return asyncio.run(_one_round())


async def _one_round() -> tuple[float, float, int]:
    async with database():
        before = _peak()
        began = time.perf_counter()
        told = await remind_everybody()
        seconds = time.perf_counter() - began
        grown = _peak() - before
        if told != await Notice.all().count() or await remind_everybody():
            raise RuntimeError("a round told something twice, or less than it said")
        return seconds, grown, told


def _peak() -> float:
    """Return the most memory that this process has held, in MB; what getrusage says is inherited from the parent."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024
