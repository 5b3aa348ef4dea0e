"""What directors ask of the large estate: counts, centers with their alarms, lists, today and on another day."""

import asyncio
import time
from collections.abc import Iterator
from datetime import date, timedelta
from statistics import median
from typing import Any, NamedTuple

from bench import desk
from bench.estate import build_estate
from bench.figures import Figure, p95
from bench.home import POSTGRES, label, temporary_home
from models.clock import today
from models.database import database
from models.people import User
from schema.context import Context
from schema.masking import MaskedSchema
from schema.root import build_schema

SAMPLES, WARMING = 12, 3

LIST = """query($asOf: Date, $filter: ConventionFilter) { conventions(asOf: $asOf, filter: $filter, first: 25) {
  totalCount nodes { number kind program stage standing endsOn daysLeft parties { name } } } }"""
"""What /convenios asks for, in short."""


class Asked(NamedTuple):
    """One question, and how long it may take on PostgreSQL."""

    what: str
    person: str
    text: str
    variables: dict[str, Any]
    most: float | None = None
    """Milliseconds."""


def _questions(on: date) -> Iterator[Asked]:
    stats, past = desk.operation("agreement-stats"), {"asOf": (on - timedelta(days=400)).isoformat()}
    yield Asked("agreement-stats", desk.LAWYER, stats, {}, 150)
    yield Asked("agreement-stats of 400 days ago", desk.LAWYER, stats, past, 150)
    yield Asked("agreement-stats of one program", desk.DIRECTOR, stats, {}, 150)
    yield Asked("center-status, page of 100", desk.LAWYER, desk.operation("center-status"), {"first": 100}, 120)
    yield Asked("25 conventions of 100,000", desk.LAWYER, LIST, {})
    live = {"standing": ["IN_FORCE", "EXPIRING"]}
    yield Asked("25 conventions in force", desk.LAWYER, LIST, {"filter": live})
    yield Asked("25 conventions in force 400 days ago", desk.LAWYER, LIST, past | {"filter": live})


def run(dialect: str) -> list[Figure]:
    """Build the estate and ask, in this process."""
    with temporary_home(dialect):
        return asyncio.run(_measure(dialect))


async def _measure(dialect: str) -> list[Figure]:
    schema = build_schema()
    async with database():
        await build_estate()
        return [await _figure(schema, one, dialect) for one in _questions(today())]


async def _figure(schema: MaskedSchema, asked: Asked, dialect: str) -> Figure:
    person = await desk.demo_person(asked.person)
    taken, cpu = [], []
    for _ in range(SAMPLES + WARMING):
        began, worked = time.perf_counter(), time.process_time()
        await _ask(schema, asked, person)
        taken.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - worked) * 1000)
    taken, cpu = taken[WARMING:], cpu[WARMING:]
    detail = f"median of {SAMPLES}, p95 {p95(taken):.0f} ms; {median(cpu):.0f} ms of CPU in this process"
    target = asked.most if dialect == POSTGRES else None
    return Figure(f"estate: {asked.what}", median(taken), "ms", label(dialect), detail, target)


async def _ask(schema: MaskedSchema, asked: Asked, person: User) -> None:
    result: Any = await schema.execute(asked.text, variable_values=asked.variables, context_value=Context(actor=person))
    if result.errors:
        raise RuntimeError(str(result.errors))
