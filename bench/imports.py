"""A spreadsheet of 20,000 conventions: how long its dry run and its writing take, and how much memory they ask for."""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path

from actions.demo_people import DOMAIN
from actions.files import upload_file
from actions.import_claims import due_imports
from actions.imports import confirm_import, start_import
from actions.sheet_catalog import SHEETS
from bench.figures import Figure, times
from bench.home import label, temporary_home
from documents.sheet_cells import Cell
from documents.workbooks import Column, SheetPlan, make_workbook
from models.agreements import Convention
from models.database import database
from models.imports import ImportState, SheetImport, SheetKind
from models.papers import StoredFile
from models.people import User
from models.places import Municipality
from workflows.imports import work_on

FEW, MANY = 2_000, 20_000
TARGET_SECONDS = 10
FLAT_MEGABYTES = 60
"""What the memory may grow by between the small sheet and the large one: a sheet itself stands in it once, unpacked."""
FIRST_DAY = date(2015, 1, 1)


@dataclass(frozen=True)
class Taken:
    """What one sheet took."""

    reading: float
    """Seconds until it could be looked at."""
    cpu: float
    read_megabytes: float
    """What the memory grew by until then."""
    writing: float
    """Seconds from the confirmation to the last row, the second reading among them."""
    megabytes: float
    """What the memory grew by altogether."""


def run(dialect: str) -> list[Figure]:
    """Measure a small sheet and a large one, each in a fresh process: peaks belong to processes."""
    taken = {many: _import(dialect, many) for many in (FEW, MANY)}
    few, many = taken[FEW], taken[MANY]
    return [
        Figure(
            f"{MANY:,} rows of conventions read and validated",
            many.reading,
            "s",
            label(dialect),
            f"{many.cpu:.1f} s of CPU; {few.reading:.1f} s for {FEW:,}",
            TARGET_SECONDS,
            f"{times(many.reading, few.reading)} of {FEW:,}",
        ),
        Figure(
            f"{MANY:,} rows read: memory beside {FEW:,}",
            max(many.read_megabytes - few.read_megabytes, 0),
            "MB",
            label(dialect),
            f"peak grew by {many.read_megabytes:.0f} MB; by {few.read_megabytes:.0f} MB for {FEW:,}",
            FLAT_MEGABYTES,
        ),
        Figure(
            f"{MANY:,} rows confirmed and written in one deed",
            many.writing,
            "s",
            label(dialect),
            f"read anew first; {few.writing:.1f} s for {FEW:,}; peak grew by {many.megabytes:.0f} MB",
            ratio=f"{times(many.writing, few.writing)} of {FEW:,}",
        ),
    ]


def _import(dialect: str, many: int) -> Taken:
    with temporary_home(dialect):
        asyncio.run(_send(many))
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            return pool.submit(_measured).result()


async def _send(many: int) -> None:
    """Send a sheet with every column filled, in which each convention of a town follows the one before."""
    async with database():
        towns = await Municipality.all().order_by("code").values_list("code", "name", "department__name")
        columns = SHEETS[SheetKind.CONVENTIONS].columns
        keys = [one.key for one in columns]
        rows = ([row.get(key) for key in keys] for row in _rows(many, list(towns)))
        sheet = SheetPlan("Convenios", [Column(one.label) for one in columns], rows)
        person = await User.get(email=f"juridico@{DOMAIN}")
        file = await upload_file(actor=person, data=make_workbook([sheet], title="Banco"), filename="convenios.xlsx")
        await start_import(actor=person, kind=SheetKind.CONVENTIONS, file_id=file.id)


def _rows(many: int, towns: list[tuple[str, str, str]]) -> Iterator[dict[str, Cell]]:
    for number in range(many):
        turn, at = divmod(number, len(towns))
        code, name, department = towns[at]
        starts = FIRST_DAY + timedelta(days=60 * turn)
        yield {
            "number": f"BANCO-{code}-{turn:03d}",
            "kind": "Convenio",
            "program": "MAD",
            "municipality": name,
            "department": department,
            "title": f"Para el funcionamiento del centro de atención número {number}",
            "signed_on": f"{starts:%d/%m/%Y}",
            "starts_on": starts,
            "months": 12,
            "dictamen": f"{number}-{starts.year}",
            "renews": f"BANCO-{code}-{turn - 1:03d}" if turn else "",
            "note": f"Expediente en papel, tomo {turn}",
        }


def _measured() -> Taken:
    return asyncio.run(_both_ways())


async def _both_ways() -> Taken:
    async with database():
        before = _peak()
        began, used = time.perf_counter(), time.process_time()
        await _worked()
        reading, cpu, read = time.perf_counter() - began, time.process_time() - used, _peak() - before
        brought = await SheetImport.get().select_related("file", "created_by")
        if (brought.state, brought.wrong) != (ImportState.CHECKED, 0):
            raise RuntimeError(f"the sheet is not as it was meant: {brought.state}, {brought.problems[:3]}")
        file: StoredFile = brought.file
        await confirm_import(actor=brought.created_by, import_id=brought.id, sha256=file.sha256)
        began = time.perf_counter()
        await _worked()
        writing = time.perf_counter() - began
        if await Convention.filter(number__startswith="BANCO-").count() != brought.rows_total:
            raise RuntimeError("not every row was written")
        return Taken(reading, cpu, read, writing, _peak() - before)


async def _worked() -> None:
    for claim in await due_imports(1):
        await work_on(claim)


def _peak() -> float:
    """Return the most memory that this process has held, in MB; what getrusage says is inherited from the parent."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024
