"""How long a lawyer waits for a dictamen with its Word file, beside an assignment, which passes the same gate."""

import asyncio
import time
from statistics import median
from typing import Any

import httpx

from bench import desk
from bench.figures import Figure, p95, times
from bench.home import label, temporary_home
from bench.served import payload, served
from models.database import database

SAMPLES, WARMING = 30, 5
TARGET = 250.0


def run(dialect: str) -> list[Figure]:
    """Assign and conclude one file after another over HTTP; the API serves alone."""
    with temporary_home(dialect) as home:
        requests, head, lawyer = asyncio.run(_prepare())
        plain, papers = [], []
        with served(home, "serve", "--only", "api") as program:
            program.seconds_until("/live")
            with httpx.Client(base_url=program.address, timeout=60) as client:
                # In turns, so that both meet the same moments of a busy machine.
                for assignment, dictamen in requests:
                    plain.append(_timed(client, assignment, head))
                    papers.append(_timed(client, dictamen, lawyer))
    plain, papers = plain[WARMING:], papers[WARMING:]
    return [
        _figure("assignReview", plain, dialect),
        _figure(
            "issueDictamen with its Word file",
            papers,
            dialect,
            TARGET,
            f"{times(median(papers), median(plain))} of assignReview",
        ),
    ]


async def _prepare() -> tuple[list[tuple[dict[str, Any], dict[str, Any]]], dict[str, str], dict[str, str]]:
    async with database():
        lawyer = await desk.demo_person(desk.LAWYER)
        reviews = await desk.submitted_renewals(SAMPLES + WARMING)
        requests = [(desk.assignment(review, lawyer), desk.dictamen(review)) for review in reviews]
        return requests, await desk.token(desk.HEAD), await desk.token(desk.LAWYER)


def _timed(client: httpx.Client, body: dict[str, Any], headers: dict[str, str]) -> float:
    """Send a mutation that must be done and return its milliseconds."""
    began = time.perf_counter()
    answer = client.post("/graphql", json=body, headers=headers)
    taken = (time.perf_counter() - began) * 1000
    payload(answer)
    return taken


def _figure(what: str, samples: list[float], dialect: str, target: float | None = None, ratio: str = "") -> Figure:
    detail = f"median of {len(samples)}, p95 {p95(samples):.0f} ms"
    return Figure(f"{what}, over HTTP", median(samples), "ms", label(dialect), detail, target, ratio)
