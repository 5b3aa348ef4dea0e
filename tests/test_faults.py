"""The fault bench in its short form: plugs are pulled while stories are told, nothing is lost and nothing done twice.

The bench with all its stories and kills: `python3 dev bench faults`; docs/faults.md says what it promises.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.faults.run import SHORT_FORM, go_through
from bench.faults.trial import SHORT
from bench.faults.verdict import table
from models.clock import today
from settings import settings
from tests.conftest import FreshDatabase

SEED = 2026


@pytest.mark.both_databases
def test_pulling_plugs_loses_nothing_and_does_nothing_twice(
    closed_db: FreshDatabase, monkeypatch: pytest.MonkeyPatch, prefect_made: Callable[[Path], None]
) -> None:
    for home in (closed_db.home, closed_db.home / "scheduler"):  # of the one machine, and of the one of several
        prefect_made(home)
    monkeypatch.setenv("CONVENIOS_DEMO", "true")
    # The clock jumps during the test: whatever it says then, it is the test's own afterwards.
    monkeypatch.setenv("CONVENIOS_TODAY", today().isoformat())
    settings.cache_clear()
    rows = asyncio.run(go_through(closed_db.dialect, SHORT, SEED, SHORT_FORM[closed_db.dialect]))
    print(table(rows))
    assert len(rows) == len(SHORT_FORM[closed_db.dialect])
    assert all(row.good for row in rows), f"\n{table(rows)}"
