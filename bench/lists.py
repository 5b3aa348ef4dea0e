"""What the two big lists cost: SQL statements, which must not grow with the rows, and time."""

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from bench import desk
from bench.figures import Figure, times
from bench.home import label, temporary_home
from models.database import database
from models.people import User
from models.reviews import OPEN_STAGES, LegalReview
from schema.context import Context
from schema.masking import MaskedSchema
from schema.root import build_schema

FEW, CENTERS, FILES = 3, 69, 50
OPEN_FILES = FILES + 3
"""One dated file more than a page of `FILES` shows, and the demo's two that have no deadline yet, which come last."""
SAMPLES, WARMING = 20, 3


def run(dialect: str) -> list[Figure]:
    """Execute the operations in this process, for few rows and for all."""
    with temporary_home(dialect):
        return asyncio.run(_measure(dialect))


async def _measure(dialect: str) -> list[Figure]:
    schema = build_schema()
    async with database():
        await desk.submitted_renewals(OPEN_FILES - await LegalReview.filter(stage__in=OPEN_STAGES).count())
        director, lawyer = await desk.demo_person(desk.DIRECTOR), await desk.demo_person(desk.LAWYER)
        return [
            *await _list(schema, "center-status", director, CENTERS, dialect),
            *await _list(schema, "legal-inbox", lawyer, FILES, dialect),
            *await _list(schema, "legal-inbox", lawyer, OPEN_FILES, dialect, "to the last, without deadline"),
        ]


async def _list(schema: MaskedSchema, name: str, actor: User, rows: int, dialect: str, note: str = "") -> list[Figure]:
    taken: dict[int, list[float]] = {FEW: [], rows: []}
    for _ in range(SAMPLES + WARMING):
        for wanted in taken:
            began = time.perf_counter()
            await _ask(schema, name, actor, wanted)
            taken[wanted].append((time.perf_counter() - began) * 1000)
    statements = {}
    for wanted in taken:
        with _statements() as seen:
            await _ask(schema, name, actor, wanted)
        statements[wanted] = len(seen)
    few, all_rows = (median(samples[WARMING:]) for samples in taken.values())
    what = f"{name}, {rows} rows" + (f" {note}" if note else "")
    return [
        Figure(
            f"{what}: statements",
            statements[rows],
            "SQL",
            label(dialect),
            f"{statements[FEW]} for {FEW} rows",
            # The page that reaches the rows without a deadline asks for those in one statement more, however many.
            statements[FEW] + (1 if note else 0),
            f"{times(statements[rows], statements[FEW])} of {FEW} rows",
        ),
        Figure(
            f"{what}: time",
            all_rows,
            "ms",
            label(dialect),
            f"median of {SAMPLES}; {few:.0f} ms for {FEW} rows",
            ratio=f"{times(all_rows, few)} of {FEW} rows",
        ),
    ]


async def _ask(schema: MaskedSchema, name: str, actor: User, rows: int) -> None:
    result: Any = await schema.execute(
        desk.operation(name), variable_values={"first": rows}, context_value=Context(actor=actor)
    )
    if result.errors:
        raise RuntimeError(str(result.errors))
    [connection] = result.data.values()
    if len(connection["nodes"]) != rows:
        raise RuntimeError(f"{name} answered {len(connection['nodes'])} rows instead of {rows}")


@contextmanager
def _statements() -> Iterator[list[str]]:
    """Collect the SQL statements that Tortoise sends meanwhile."""
    seen: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(record.getMessage())

    log, collector = logging.getLogger("tortoise.db_client"), Collector()
    before = log.level, log.propagate
    log.addHandler(collector)
    log.setLevel(logging.DEBUG)
    log.propagate = False
    try:
        yield seen
    finally:
        log.removeHandler(collector)
        log.setLevel(before[0])
        log.propagate = before[1]
