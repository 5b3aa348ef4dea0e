"""How an engine hears at once that a deed wants it to look at a file, without asking the database all the time."""

import asyncio
import contextlib
import time
from typing import Any

import asyncpg
from tortoise.connection import connections

from models.database import config, is_sqlite
from settings import settings

CHANNEL = "convenios_wakeups"
"""Where PostgreSQL carries the signal."""

GLANCE_SECONDS = 0.1
"""How often a look is thrown at SQLite's counter of changes, which costs no query."""


async def announce_wakeup() -> None:
    """Tell every engine that listens, when the open transaction commits; on SQLite the change itself is the signal."""
    if not is_sqlite():
        await connections.get("default").execute_query(f"NOTIFY {CHANNEL}")


class WakeupSignal:
    """Waits for a signal. One that is missed costs no more than the patience of whoever waits: the rows are there."""

    def __init__(self) -> None:
        self._heard = asyncio.Event()
        self._listener: Any = None
        self._version: int | None = None

    async def wait(self, seconds: float) -> None:
        """Return when something may have changed, at the latest after so many seconds."""
        if is_sqlite():
            await self._glance(seconds)
            return
        await self._listen()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._heard.wait(), seconds)
        self._heard.clear()

    async def close(self) -> None:
        """Stop listening."""
        if self._listener is not None:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._listener.close(timeout=2)
            self._listener = None

    async def _glance(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            # Counts the commits of all other connections.
            [row] = await connections.get("default").execute_query_dict("PRAGMA data_version")
            version, self._version = self._version, row["data_version"]
            if version is not None and version != self._version:
                return
            await asyncio.sleep(min(GLANCE_SECONDS, left))

    async def _listen(self) -> None:
        if self._listener is not None and not self._listener.is_closed():
            return
        given = config(settings().database())["connections"]["default"]["credentials"]
        wanted = {name: value for name, value in given.items() if name not in ("minsize", "maxsize")}
        # Without it the looks by the clock go on, and the next wait tries again.
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            self._listener = await asyncpg.connect(**wanted, timeout=5)
            await self._listener.add_listener(CHANNEL, lambda *_: self._heard.set())
