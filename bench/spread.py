"""Several machines' worth of parts, spread as deploy/compose.yaml does it, on loopback.

A Prefect server on its own PostgreSQL database, two APIs and two engines, each with a home of its own and the files
shared. One engine is killed in the middle.
"""

import asyncio
import os
import secrets
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import asyncpg
import httpx

from actions.reviews import assign_review
from bench import desk
from bench.figures import Figure
from bench.home import label, temporary_home
from bench.ports import free_ports
from bench.served import PATIENCE, payload
from models.database import database
from models.engine import EngineBeat, EngineState
from models.outbox import Notice, WakeUp
from models.papers import DocumentKind, OfficialDocument
from models.reviews import LegalReview, ReviewStage
from reads.audit import broken_links
from settings import PROJECT, settings

STORIES = 6
"""Files concluded through each API."""


def run(dialect: str) -> list[Figure]:
    """Spread the parts, tell stories through both APIs, kill an engine, and count what ended, is lost or doubled."""
    with temporary_home(dialect) as home, ExitStack() as stack:
        prefect_database = settings().database_url.rpartition("/")[0] + "/prefect"
        asyncio.run(_make_database("prefect"))
        ports = free_ports(16)
        shared = {
            "CONVENIOS_PREFECT_URL": f"http://127.0.0.1:{ports[15]}",
            "CONVENIOS_PREFECT_PORT": str(ports[15]),
            "CONVENIOS_PREFECT_KEY": secrets.token_urlsafe(24),
        }
        began = time.monotonic()
        server = {"CONVENIOS_PREFECT_DATABASE_URL": prefect_database}
        stack.enter_context(_part(home, "prefect", ports[12], shared | server))
        apis, engines = [], []
        for number in (0, 1):
            stack.enter_context(_part(home, "api", ports[number * 3], shared))
            apis.append(f"http://127.0.0.1:{ports[number * 3]}")
            engines.append(stack.enter_context(_part(home, "engine", ports[6 + number * 3], shared)))
        up, seconds, counted = asyncio.run(_stories(apis, engines[0], began))
    detail = ", ".join(f"{count} {what}" for what, count in counted.items())
    return [
        Figure("two APIs, two engines, Prefect on PostgreSQL: all at work", up, "s", label(dialect)),
        Figure("their stories, one engine killed, to the last end", seconds, "s", label(dialect), detail),
    ]  # fmt: skip


async def _make_database(name: str) -> None:
    connection = await asyncpg.connect(settings().database_url)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()


@contextmanager
def _part(home: Path, name: str, port: int, shared: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run one part as a machine of its own would: own home and port, the shared files in it."""
    own = home / f"{name}-{port}"
    own.mkdir()
    (home / "files").mkdir(exist_ok=True)
    (own / "files").symlink_to(home / "files")
    with (own / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli", "serve", "--only", name],
            cwd=PROJECT,
            env=os.environ | shared | {"CONVENIOS_HOME": str(own), "CONVENIOS_PORT": str(port)},
            stdout=log,
            stderr=log,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def _stories(
    apis: list[str], victim: subprocess.Popen[bytes], began: float
) -> tuple[float, float, dict[str, int]]:
    async with database():
        head, lawyer = await desk.demo_person(desk.HEAD), await desk.demo_person(desk.LAWYER)
        reviews = await desk.submitted_renewals(STORIES * len(apis))
        for review in reviews:
            await assign_review(actor=head, review_id=review.id, assignee_id=lawyer.id)
        async with asyncio.timeout(PATIENCE):
            while await EngineBeat.filter(state=EngineState.RUNNING).count() < 2 or await _owed():  # noqa: ASYNC110 - as below
                await asyncio.sleep(0.2)
        up, started = time.monotonic() - began, time.perf_counter()
        headers = await desk.token(desk.LAWYER)
        async with httpx.AsyncClient(headers=headers, timeout=60) as client:
            for number, review in enumerate(reviews):
                payload(await client.post(f"{apis[number % len(apis)]}/graphql", json=desk.dictamen(review)))
                if number == len(reviews) // 2:
                    # The supervisor goes with it, so nobody starts this engine again.
                    victim.kill()
        async with asyncio.timeout(PATIENCE):
            while await _owed():  # noqa: ASYNC110 - other processes change it
                await asyncio.sleep(0.1)
        seconds = time.perf_counter() - started
        ids = [review.id for review in reviews]
        ended = await LegalReview.filter(id__in=ids, stage=ReviewStage.AWAITING_SIGNATURE).count()
        papers = OfficialDocument.filter(review_id__in=ids, kind=DocumentKind.CONVENIO)
        times = Counter(await papers.values_list("review_id", flat=True))
        told = Counter(await Notice.filter(review_id__in=ids).values_list("recipient", "subject"))
        doubled = sum(1 for count in (times | told).values() if count > 1)
        if broken := await broken_links():
            raise RuntimeError(f"the audit chain is broken at {broken[:3]}")
    return up, seconds, {"started": len(ids), "ended": ended, "lost": len(ids) - ended, "doubled": doubled}


async def _owed() -> bool:
    return await WakeUp.exists(consumed_at=None)
