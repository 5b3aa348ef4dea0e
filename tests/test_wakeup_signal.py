"""An engine hears at once of a deed that wants it to look at a file, and misses nothing when it cannot hear."""

import asyncio
import sqlite3

import asyncpg
import pytest

from actions.audited import audited
from models.audit import Verb
from models.outbox import WakeUp
from models.people import Role
from models.signals import WakeupSignal
from settings import settings
from tests import builders
from tests.conftest import FreshDatabase

NEVER = 3600.0
"""Seconds that no test waits: who returns before was told."""


async def deed(db: FreshDatabase) -> None:
    """Commit a deed that wakes the engine, as another process would."""
    if db.dialect == "sqlite":
        # This process's own commits are none of another's.
        other = sqlite3.connect(db.url.removeprefix("sqlite://"))
        other.execute("UPDATE audit_head SET sequence = sequence + 1")
        other.commit()
        other.close()
        return
    review = await builders.review()
    async with audited(Verb.WITHDRAW_REVIEW, actor=await builders.person(Role.LEGAL)) as entry:
        entry.about(review, "Prueba.")
        entry.wake(review.id, "prueba")
    assert await WakeUp.all().count() == 1


@pytest.mark.both_databases
async def test_a_deed_is_heard_at_once(db: FreshDatabase) -> None:
    signal = WakeupSignal()
    # The first wait begins to listen.
    await signal.wait(0.05)
    waiting = asyncio.create_task(signal.wait(NEVER))
    await asyncio.sleep(0.5)
    assert not waiting.done()
    await deed(db)
    await asyncio.wait_for(waiting, 60)
    await signal.close()


@pytest.mark.both_databases
async def test_what_is_told_between_two_waits_is_not_missed(db: FreshDatabase) -> None:
    signal = WakeupSignal()
    await signal.wait(0.05)
    await deed(db)
    await asyncio.wait_for(signal.wait(NEVER), 60)
    await signal.close()


# On SQLite there is no connection to cut off.
@pytest.mark.parametrize("dialect", ["postgres"], indirect=True)
async def test_a_listener_that_is_cut_off_listens_again(db: FreshDatabase) -> None:
    signal = WakeupSignal()
    await signal.wait(0.05)
    other = await asyncpg.connect(settings().database_url.replace("asyncpg://", "postgres://"))
    await other.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND query LIKE 'LISTEN%'"
    )
    await other.close()
    while not signal._listener.is_closed():  # noqa: ASYNC110 - the server closes it
        await asyncio.sleep(0.05)
    await signal.wait(0.05)
    waiting = asyncio.create_task(signal.wait(NEVER))
    await asyncio.sleep(0.5)
    await deed(db)
    await asyncio.wait_for(waiting, 60)
    await signal.close()
