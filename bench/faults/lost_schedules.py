"""Fault: Prefect's folder, its database with it, is deleted while it works; then its server dies."""

import asyncio

from bench.faults import prefect_records
from bench.faults.plant import PREFECT, until
from bench.faults.trial import Trial
from bench.faults.verdict import Row


async def lost_schedules(trial: Trial) -> Row:
    """Delete all that Prefect keeps, in the middle of stories; what runs by the calendar must be planned again."""
    await trial.on()
    before = await until(prefect_records.planned, "flows by the calendar")
    async with trial.fault("Prefect's database deleted") as run:
        moments, telling = run.tell(trial.size.losses)
        for number in range(trial.size.losses):
            await until(trial.plant.ready, "the engine at work before a loss")
            await asyncio.sleep(trial.chance.uniform(0, 3))
            prefect_records.delete()
            if number % 2:
                trial.plant.kill_everything()
            else:
                trial.plant.kill(PREFECT)
            run.row.kills += 1
            await moments.one_more()
        await telling
        await trial.on()
    try:
        await until(lambda: prefect_records.planned() >= before, "the same flows planned again", 120)
    except TimeoutError:
        run.row.miss(f"what runs by the calendar: {', '.join(sorted(before - prefect_records.planned()))}")
    return run.row
