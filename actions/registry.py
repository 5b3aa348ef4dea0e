"""Gapless numbers: taken only inside the transaction that uses them, so a failure gives the number back."""

from tortoise.connection import connections

from actions.audited import Entry
from models.database import is_sqlite
from models.papers import LEGAL_UNIT, DocumentKind


async def take_number(entry: Entry, kind: str, *, unit: str = LEGAL_UNIT, year: int | None = None) -> tuple[int, int]:
    """Return (serial, year) of the next number of a series; `entry` proves that the gate is open."""
    year = year or entry.today.year
    marks = ("?", "?", "?") if is_sqlite() else ("$1", "$2", "$3")
    # execute_query would drop what RETURNING says on PostgreSQL.
    rows = await connections.get("default").execute_query_dict(
        f"INSERT INTO series (kind, unit, year, value) VALUES ({', '.join(marks)}, 1) "
        "ON CONFLICT (kind, unit, year) DO UPDATE SET value = series.value + 1 RETURNING value",
        [kind, unit, year],
    )
    return rows[0]["value"], year


async def review_code(entry: Entry, *, year: int | None = None) -> str:
    """Return the code of the next file: EXP-2026-0001."""
    serial, of_year = await take_number(entry, "EXPEDIENTE", year=year)
    return f"EXP-{of_year}-{serial:04d}"


async def convention_number(entry: Entry, *, year: int | None = None) -> str:
    """Return the registry number of the next convention: CONV-2026-0001. It stays when papers are numbered later."""
    serial, of_year = await take_number(entry, "REGISTRO_CONVENIOS", year=year)
    return f"CONV-{of_year}-{serial:04d}"


def paper_number(kind: DocumentKind, unit: str, serial: int, year: int) -> str:
    """Return a paper's number as the office writes it: DICTAMEN-AJ-172-2024."""
    return f"{kind.value}-{unit}-{serial}-{year}"
