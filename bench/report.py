"""What the annual report of a year costs over 3,000 centers and 100,000 conventions: its tables, its papers."""

import asyncio
import time
from datetime import date
from statistics import median
from typing import Any

from bench import desk
from bench.estate import build_estate
from bench.figures import Figure
from bench.home import label, temporary_home
from models.clock import today
from models.database import database
from models.people import User
from schema.context import Context
from schema.root import build_schema

SAMPLES, WARMING = 5, 1
MOST = 3
"""Seconds that the tables of a year may take."""

TABLES = """query ($from: Date!, $to: Date!) { annualReport(from: $from, to: $to) { from to generatedAt
  tables { number title columns rows { label cells hrefs } totals notes } } }"""
PAPERS = {
    "the report's chapter in Word": "file { url sha256 size }",
    "the report's workbook": "workbook { url sha256 size }",
}


def run(dialect: str) -> list[Figure]:
    """Fill an estate and ask for its reports, in this process."""
    with temporary_home(dialect):
        return asyncio.run(_measure(dialect))


async def _measure(dialect: str) -> list[Figure]:
    place = label(dialect)
    async with database():
        made = await build_estate()
        lawyer = await desk.demo_person(desk.LAWYER)
        last = today()
        year = {"from": date(last.year - 1, 1, 1), "to": date(last.year - 1, 12, 31)}
        spent, found = await _asked(lawyer, TABLES, year)
        lines = sum(len(table["rows"]) for table in found["tables"])
        behind = f"{lines:,} lines over {made.conventions:,} conventions; median of {SAMPLES}"
        figures = [Figure("the report's tables of a year", spent, "s", place, behind, MOST)]
        ever = {"from": date(1990, 1, 1), "to": last}
        spent, _ = await _asked(lawyer, TABLES, ever)
        figures.append(Figure("the report's tables of all years", spent, "s", place, f"median of {SAMPLES}"))
        for what, field in PAPERS.items():
            asked = f"query ($from: Date!, $to: Date!) {{ annualReport(from: $from, to: $to) {{ {field} }} }}"
            spent, found = await _asked(lawyer, asked, year)
            [file] = found.values()
            figures.append(Figure(what, spent, "s", place, f"{file['size'] / 1e3:.0f} KB, with its tables"))
    return figures


async def _asked(person: User, text: str, period: dict[str, date]) -> tuple[float, dict[str, Any]]:
    """Return the median seconds of an operation, and its answer."""
    schema = build_schema()
    variables = {name: day.isoformat() for name, day in period.items()}
    spent, found = [], {}
    for _ in range(WARMING + SAMPLES):
        began = time.perf_counter()
        answer = await schema.execute(text, variables, Context(actor=person))
        spent.append(time.perf_counter() - began)
        if answer.errors or not answer.data:
            raise RuntimeError(f"the report was not answered: {answer.errors}")
        found = answer.data["annualReport"]
    return median(spent[WARMING:]), found
