"""What Prefect's own database says of flows by the calendar: which are planned, how often one has run."""

import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from settings import settings

PLANNED = """SELECT DISTINCT flow.name FROM flow_run JOIN flow ON flow.id = flow_run.flow_id
             WHERE flow_run.state_type = 'SCHEDULED'"""
ENDED = """SELECT count(*) FROM flow_run JOIN flow ON flow.id = flow_run.flow_id
           WHERE flow_run.state_type = 'COMPLETED' AND flow.name = ?"""


def _folder() -> Path:
    return settings().home / "prefect"


def _ask(question: str, *values: str) -> list[tuple]:
    path = _folder() / "prefect.db"
    if path.exists():
        with closing(sqlite3.connect(path, timeout=10)) as database, suppress(sqlite3.Error):
            return database.execute(question, values).fetchall()
    return []


def planned() -> set[str]:
    """Return the names of the flows that Prefect has planned to run; none while its database is not there."""
    return {name for (name,) in _ask(PLANNED)}


def rounds(flow: str) -> int:
    """Return how many times a flow has run to its end."""
    return sum(count for (count,) in _ask(ENDED, flow))


def delete() -> None:
    """Delete all that Prefect keeps, whoever has it open."""
    for entry in _folder().iterdir():
        with suppress(OSError):
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
