"""One installation that goes through the faults, the days it lives through, and how much is asked of it."""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta

import httpx

from bench.faults.letters import LetterBox
from bench.faults.plant import Plant, until
from bench.faults.scene import towns
from bench.faults.stories import Moments, Stage, Story, plots, stage_at, tell_all
from bench.faults.verdict import Row, engine_kills, judge
from models.clock import instant, today
from models.outbox import Notice, NoticeState, WakeUp
from settings import settings


@dataclass(frozen=True)
class Size:
    """How much a run of the bench asks for."""

    stories: int
    """Stories told at once for each fault."""
    kills: int
    """Kills of one installation's parts."""
    losses: int
    """Times that Prefect's folder is deleted."""
    kills_of_several: int
    """Kills where several processes do the same work."""
    hurried: bool = False
    """Whether the pauses that the program keeps after a failure are cut short, where nothing else depends on them."""


FULL = Size(stories=20, kills=40, losses=2, kills_of_several=45)
SHORT = Size(stories=4, kills=3, losses=1, kills_of_several=4, hurried=True)
"""What runs with the tests: fewer stories and kills, the same checks."""


@dataclass
class Run:
    """One fault while it lasts: its stories, and the events over which their steps are spread."""

    row: Row
    stories: list[Story]
    stage: Stage
    chance: random.Random

    def tell(self, events: int = 0) -> tuple[Moments, asyncio.Task[None]]:
        """Begin to tell all stories at once; each step waits for its share of the events."""
        moments = Moments(events)
        return moments, asyncio.create_task(tell_all(self.stories, self.stage, moments, self.chance))


@dataclass
class Trial:
    """An office of its own, its program, and its mail server."""

    database: str
    """Name and version of the database."""
    size: Size
    chance: random.Random
    box: LetterBox = field(default_factory=LetterBox)
    killed: list[tuple[float, str]] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    """Days on which the engine was started."""
    ending: list[int] = field(default_factory=list)
    """Ids of conventions that end around the days of the clock's jump."""
    _plant: Plant | None = None

    @property
    def plant(self) -> Plant:
        """The one `convenios serve` of the faults that need no more."""
        if self._plant is None:
            self._plant = Plant(settings().home, {"CONVENIOS_SMTP_URL": self.box.url}, killed=self.killed)
        return self._plant

    def machine(self, name: str, part: str, **environment: str) -> Plant:
        """Return one part as a machine of its own serves it: own home and port, the database and the files shared."""
        files, home = settings().home / "files", settings().home / name
        for folder in (files, home):
            folder.mkdir(parents=True, exist_ok=True)
        if not (home / "files").exists():
            (home / "files").symlink_to(files)
        return Plant(home, {"CONVENIOS_SMTP_URL": self.box.url} | environment, (part,), killed=self.killed)

    async def on(self) -> None:
        """Switch the machine on, if it is off, and wait until the engine is at work."""
        if not self.plant.running:
            self.days.append(today())
            await self.plant.start()
        await until(self.plant.ready, "the engine at work")

    async def off(self, *, for_days: int = 0) -> None:
        """Switch the machine off in order, for so many days."""
        await self.plant.stop()
        if for_days:
            os.environ["CONVENIOS_TODAY"] = (today() + timedelta(days=for_days)).isoformat()
            settings.cache_clear()

    async def end_claims(self) -> None:
        """Cut short the minutes for which a sender's claims outlive it; to be called while no sender lives."""
        if self.size.hurried:
            await Notice.filter(state=NoticeState.QUEUED, tries__gt=0).update(due_at=instant())

    async def end_pause(self, code: str) -> None:
        """Cut short the pause before a file is tried again."""
        if self.size.hurried:
            await WakeUp.filter(review__code=code, consumed_at=None).update(due_at=instant())

    async def end(self) -> None:
        """Switch everything off for good, and let the clock be what it was."""
        await self.off()
        self.box.close()
        os.environ.pop("CONVENIOS_TODAY", None)
        settings.cache_clear()

    @asynccontextmanager
    async def fault(self, name: str, *addresses: str) -> AsyncIterator[Run]:
        """Let plugs be pulled, then judge what became of the stories and of every message owed meanwhile."""
        row, began, since, before = Row(name, self.database), time.monotonic(), await newest_notice(), len(self.killed)
        stories = plots(await towns(self.size.stories), self.chance)
        async with httpx.AsyncClient(timeout=30) as http:
            yield Run(row, stories, await stage_at(addresses or (self.plant.address,), http), self.chance)
        self.box.at_next = None
        await judge(row, stories, self.box, engine_kills(self.killed[before:]), since)
        row.seconds = time.monotonic() - began


async def newest_notice() -> int:
    """Return the id of the last message that anybody is owed, 0 before the first."""
    newest = await Notice.all().order_by("-id").first()
    return newest.id if newest else 0
