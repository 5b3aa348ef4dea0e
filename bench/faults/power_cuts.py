"""Faults: kill -9 at random moments of stories in parallel, of one installation's parts or of several processes."""

import asyncio
import random
from secrets import token_urlsafe

from bench.faults.plant import API, ENGINE, PREFECT, until
from bench.faults.trial import Trial
from bench.faults.verdict import Row
from bench.ports import free_ports

EVERYTHING, SENDER, SUPERVISOR = "everything", "sender", "supervisor"
"""All at once; the engine between the sending of a message and the note that it was sent; the supervisor alone."""

TARGETS = (SENDER, EVERYTHING, PREFECT, API, ENGINE, SUPERVISOR, API, ENGINE)
"""What is killed, each as often as it stands here."""


async def power_cuts(trial: Trial) -> Row:
    """Kill engine, API, Prefect server, supervisor, or all of them at once."""
    plant, kills = trial.plant, trial.size.kills
    await trial.on()
    async with trial.fault("kill -9") as run:
        moments, telling = run.tell(kills)
        after = []
        for target in targets(kills, trial.chance):
            # Half of the kills strike a plant at work, the others one that may still be starting.
            if trial.chance.random() < 0.5:
                await until(plant.ready, "the engine at work between two kills")
            await asyncio.sleep(trial.chance.uniform(0, 4))
            _strike(trial, target)
            after.append(asyncio.create_task(_after(trial, target)))
            run.row.kills += 1
            await moments.one_more()
        await telling
        for one in after:
            one.cancel()
        trial.box.at_next = None
        await trial.on()
    return run.row


def targets(kills: int, chance: random.Random) -> list[str]:
    """Return what is killed, in random order; few kills take the first of the list, as they stand."""
    chosen = [TARGETS[number % len(TARGETS)] for number in range(kills)]
    return chance.sample(chosen, kills) if kills > len(TARGETS) else chosen


def _strike(trial: Trial, target: str) -> None:
    plant = trial.plant
    if target == SENDER:
        trial.box.at_next = lambda: plant.kill(ENGINE)
    elif target == EVERYTHING:
        plant.kill_everything()
    elif target == SUPERVISOR:
        plant.kill_supervisor()
    else:
        plant.kill(target)


async def _after(trial: Trial, target: str) -> None:
    """End the claims of the sender that was killed, before the next engine begins: it takes seconds to start."""
    if target == SENDER:
        await until(lambda: trial.box.at_next is None, "the kill of a sender")
    if target in (SENDER, ENGINE, EVERYTHING):
        await trial.end_claims()


async def several(trial: Trial) -> Row:
    """Kill one of two engines and two API processes every few seconds; each has a home of its own, as a machine has."""
    await trial.off()
    [port] = free_ports(1)
    known = {
        "CONVENIOS_PREFECT_URL": f"http://127.0.0.1:{port}",
        "CONVENIOS_PREFECT_PORT": str(port),
        "CONVENIOS_PREFECT_KEY": token_urlsafe(24),
    }
    prefect = trial.machine("scheduler", "prefect", **known)
    apis = [trial.machine(f"api-{number}", "api", **known) for number in (1, 2)]
    engines = [trial.machine(f"engine-{number}", "engine", **known) for number in (1, 2)]
    try:
        for plant in (prefect, *apis, *engines):
            await plant.start()
        for plant in apis:
            await until(plant.ready, "an engine at work")
        async with trial.fault("two engines, two API", *(plant.address for plant in apis)) as run:
            moments, telling = run.tell(trial.size.kills_of_several)
            for number in range(trial.size.kills_of_several):
                await asyncio.sleep(trial.chance.uniform(2, 6))
                plant = (apis + engines)[number % 4] if number < 4 else trial.chance.choice(apis + engines)
                # Sometimes the machine, sometimes the process alone.
                if trial.chance.random() < 0.3:
                    plant.kill_everything()
                else:
                    plant.kill(ENGINE if plant in engines else API)
                run.row.kills += 1
                await moments.one_more()
            await telling
            for plant in apis:
                await until(plant.ready, "an engine at work")
    finally:
        for plant in (*apis, *engines, prefect):
            await plant.stop()
    return run.row
