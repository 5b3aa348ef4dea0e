"""How long the engine takes from a committed dictamen to the agreement's document, in the demo as it is served."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from statistics import median

import httpx

from actions.reviews import assign_review
from bench import desk
from bench.figures import Figure, times
from bench.home import label, temporary_home
from bench.served import PATIENCE, payload, served
from models.database import database
from models.outbox import Notice, NoticeState, WakeUp
from models.papers import DocumentKind, OfficialDocument
from models.reviews import LegalReview

SAMPLES, WARMING = 10, 2
LOOK_EVERY = 0.02
"""Seconds between looks into the database for the document: the figure's resolution."""


def run(dialect: str) -> list[Figure]:
    """Conclude one file after another, each when the engine is at rest again."""
    with temporary_home(dialect) as home:
        return asyncio.run(_measure(dialect, home))


async def _measure(dialect: str, home: Path) -> list[Figure]:
    async with database():
        head, lawyer = await desk.demo_person(desk.HEAD), await desk.demo_person(desk.LAWYER)
        reviews = await desk.submitted_renewals(SAMPLES + WARMING)
        for review in reviews:
            await assign_review(actor=head, review_id=review.id, assignee_id=lawyer.id)
        asking, waits = [], []
        with served(home, "demo") as program:
            await asyncio.to_thread(program.seconds_until, "/ready")
            headers = await desk.token(desk.LAWYER)
            async with httpx.AsyncClient(base_url=program.address, headers=headers, timeout=60) as client:
                for review in reviews:
                    await _until(_at_rest, every=0.5)
                    began = time.perf_counter()
                    payload(await client.post("/graphql", json=desk.dictamen(review)))
                    committed = time.perf_counter()
                    await _until(partial(_agreement_made, review), every=LOOK_EVERY)
                    asking.append((committed - began) * 1000)
                    waits.append(time.perf_counter() - committed)
    asking, waits = asking[WARMING:], waits[WARMING:]
    detail = f"median of {SAMPLES}, worst "
    return [
        Figure(
            "issueDictamen in the whole demo, over HTTP",
            median(asking),
            "ms",
            label(dialect),
            f"{detail}{max(asking):.0f} ms",
        ),
        Figure(
            "dictamen committed to agreement's document made",
            median(waits),
            "s",
            label(dialect),
            f"{detail}{max(waits):.2f} s",
            ratio=f"{times(median(waits) * 1000, median(asking))} of the dictamen itself",
        ),
    ]


async def _agreement_made(review: LegalReview) -> bool:
    return await OfficialDocument.exists(review_id=review.id, kind=DocumentKind.CONVENIO)


async def _at_rest() -> bool:
    owed = await WakeUp.exists(consumed_at=None)
    return not owed and not await Notice.exists(state=NoticeState.QUEUED)


async def _until(holds: Callable[[], Awaitable[bool]], *, every: float) -> None:
    deadline = time.monotonic() + PATIENCE
    while not await holds():
        if time.monotonic() > deadline:
            raise RuntimeError("the engine does not finish its work")
        await asyncio.sleep(every)
