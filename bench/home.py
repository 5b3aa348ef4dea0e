"""A temporary installation: its own folder and database, loaded like the demo, gone afterwards."""

import asyncio
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tortoise.backends.base.executor import EXECUTOR_CACHE

from actions.catalogs import load_catalogs
from actions.demo_people import load_demo_people
from actions.load_2024 import load_2024
from actions.people import hash_password, system_user
from bench.postgres import binaries, private_postgres
from models.database import database, migrate
from settings import settings

SQLITE, POSTGRES = "sqlite", "postgres"


def databases() -> list[str]:
    """Return the databases that can be measured here, SQLite first."""
    return [SQLITE, POSTGRES] if binaries() else [SQLITE]


def label(dialect: str) -> str:
    """Return a database's name with its version."""
    if dialect == SQLITE:
        return f"SQLite {sqlite3.sqlite_version}"
    folder = binaries()
    return f"PostgreSQL {folder.parent.name}" if folder else "PostgreSQL"


@contextmanager
def temporary_home(dialect: str, *, loaded: bool = True) -> Iterator[Path]:
    """Point this process, and those it starts, at an installation of its own; `loaded` with the demo's data."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="convenios-bench-")))
        url = stack.enter_context(private_postgres()) if dialect == POSTGRES else ""
        mine = {"CONVENIOS_HOME": str(folder), "CONVENIOS_DATABASE_URL": url, "CONVENIOS_DEMO": "true"}
        os.environ.update(mine)
        _forget()
        try:
            if loaded:
                asyncio.run(load_demo())
            yield folder
        finally:
            for name in mine:
                del os.environ[name]
            _forget()


def _forget() -> None:
    settings.cache_clear()
    # Tortoise keeps prepared statements per process, not per dialect.
    EXECUTOR_CACHE.clear()


async def load_demo() -> None:
    """Make the tables of the database that this process points at, and fill them like the demo's."""
    async with database():
        await migrate()
        actor = await system_user()
        await load_catalogs(actor=actor)
        await load_demo_people(actor=actor, password_hash=await hash_password("nobody signs in here"))
        await load_2024(actor=actor)
