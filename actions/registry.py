"""Gapless numbers: taken only inside the transaction that uses them, so a failure gives the number back."""

from collections.abc import Iterable
from datetime import date

from tortoise.connection import connections

from actions.audited import Entry
from models.agreements import LeaseNature
from models.database import is_sqlite
from models.papers import LEGAL_UNIT, DocumentKind
from reads.series import pattern_on


async def take_number(
    entry: Entry, kind: str, *, unit: str = LEGAL_UNIT, year: int | None = None, count: int = 1
) -> tuple[int, int]:
    """Return (serial, year) of the next number of a series; `entry` proves that the gate is open.

    With a `count` as many numbers are taken at once, and the serial is the last of them.
    """
    year = year or entry.today.year
    marks = ("?", "?", "?") if is_sqlite() else ("$1", "$2", "$3")
    # execute_query would drop what RETURNING says on PostgreSQL.
    rows = await connections.get("default").execute_query_dict(
        f"INSERT INTO series (kind, unit, year, value) VALUES ({', '.join(marks)}, {count:d}) "
        f"ON CONFLICT (kind, unit, year) DO UPDATE SET value = series.value + {count:d} RETURNING value",
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


async def court_file_code(entry: Entry, *, year: int | None = None) -> str:
    """Return the code of the next court file: JUD-2026-0001."""
    return (await court_file_codes(entry, 1, year=year))[0]


async def court_file_codes(entry: Entry, count: int, *, year: int | None = None) -> list[str]:
    """Return the codes of the next `count` court files, in their order; they are taken in one statement."""
    last, of_year = await take_number(entry, "EXPEDIENTE_JUDICIAL", year=year, count=count)
    return [f"JUD-{of_year}-{serial:04d}" for serial in range(last - count + 1, last + 1)]


async def lease_number(entry: Entry, nature: LeaseNature, *, year: int | None = None) -> str:
    """Return the registry number of the next lease (ARR-2026-0001) or property assignment (ADS-2026-0001)."""
    mark = "ARR" if nature == LeaseNature.LEASE else "ADS"
    series = "REGISTRO_ARRENDAMIENTOS" if nature == LeaseNature.LEASE else "REGISTRO_ADSCRIPCIONES"
    serial, of_year = await take_number(entry, series, year=year)
    return f"{mark}-{of_year}-{serial:04d}"


async def license_number(entry: Entry, *, year: int | None = None) -> str:
    """Return the registry number of the next sanitary license: LIC-2026-0001; MSPAS prints its own."""
    return (await license_numbers(entry, 1, year=year))[0]


async def license_numbers(entry: Entry, count: int, *, year: int | None = None) -> list[str]:
    """Return the registry numbers of the next `count` sanitary licenses, taken in one statement."""
    last, of_year = await take_number(entry, "REGISTRO_LICENCIAS", year=year, count=count)
    return [f"LIC-{of_year}-{serial:04d}" for serial in range(last - count + 1, last + 1)]


async def paper_number(kind: DocumentKind, unit: str, serial: int, year: int, *, on: date) -> str:
    """Return a paper's number as its series writes it from that day on: DICTAMEN-AJ-172-2024."""
    return (await paper_numbers(kind, unit, [serial], year, on=on))[0]


async def paper_numbers(kind: DocumentKind, unit: str, serials: Iterable[int], year: int, *, on: date) -> list[str]:
    """Return the numbers of several papers of a series as it writes them from that day on."""
    pattern = await pattern_on(kind.value, unit, on=on)
    return [pattern.format(kind=kind.value, unit=unit, serial=serial, year=year) for serial in serials]
