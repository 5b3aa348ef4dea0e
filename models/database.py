"""How this program meets its database: connection, migrations, and the wish list of a context per process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tortoise.connection import connections
from tortoise.context import TortoiseContext
from tortoise.migrations.executor import MigrationExecutor, PlanStep
from tortoise.migrations.operations import RunSQL
from tortoise.transactions import in_transaction
from tortoise.utils import generate_schema_for_client

from settings import settings

MODULES = [
    f"models.{name}"
    for name in (
        "places",
        "people",
        "audit",
        "centers",
        "agreements",
        "conventions",
        "signing",
        "papers",
        "reviews",
        "drafts",
        "court",
        "calendar",
        "ladders",
        "messages",
        "outbox",
        "batches",
        "webhooks",
        "engine",
        "templates",
        "renditions",
        "signed_copies",
        "archive",
        "imports",
        "supervision",
        "contributions",
        "alarms",
        "feeds",
        "publications",
    )
]

SYNCHRONOUS = "FULL"
"""A number that a person was told must survive a power cut: each commit reaches the disk, which WAL alone does not
promise on SQLite."""


def config(url: str) -> dict[str, Any]:
    """Return Tortoise's configuration for a database URL (sqlite://path or asyncpg://…)."""
    if url.startswith("sqlite://"):
        path = url.removeprefix("sqlite://")
        # Another process may hold the write lock for a whole Word file: wait for it rather than fail.
        connection: Any = {
            "engine": "tortoise.backends.sqlite",
            "credentials": {"file_path": path, "busy_timeout": 30_000, "synchronous": SYNCHRONOUS},
        }
    else:
        parts = urlsplit(url)
        credentials = {
            "host": parts.hostname,
            "port": parts.port or 5432,
            "user": parts.username,
            "password": parts.password,
            "database": parts.path.lstrip("/"),
            "minsize": 1,
            "maxsize": 10,
        }
        credentials.update(dict(parse_qsl(parts.query)))
        connection = {"engine": "tortoise.backends.asyncpg", "credentials": credentials}
    return {
        "connections": {"default": connection},
        "apps": {"models": {"models": MODULES, "migrations": "models.migrations", "default_connection": "default"}},
        "use_tz": True,
        "timezone": "UTC",
    }


TORTOISE = config("sqlite://:memory:")
"""What `tortoise makemigrations` reads."""


@asynccontextmanager
async def database(url: str | None = None, *, everywhere: bool = False) -> AsyncIterator[TortoiseContext]:
    """Open the domain database around a process, a command or a test; `everywhere` serves tasks born elsewhere."""
    url = url or settings().database()
    if url.startswith("sqlite://"):
        Path(url.removeprefix("sqlite://")).parent.mkdir(parents=True, exist_ok=True)
    async with TortoiseContext() as context:
        await context.init(config(url), _enable_global_fallback=everywhere)
        yield context


def is_sqlite() -> bool:
    """Tell whether the open database is SQLite."""
    return bool(connections.get("default").capabilities.dialect == "sqlite")


async def pending_migrations() -> list[str]:
    """Return the names of the migrations that the open database still lacks."""
    return [step.migration.name for step in await _plan()]


async def _plan() -> list[PlanStep]:
    executor = MigrationExecutor(connections.get("default"), TORTOISE["apps"])
    await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))
    return await executor.plan()


async def migrate() -> list[str]:
    """Bring the open database to the newest migration and return the names of those applied.

    A new database gets its tables at once, as the models say, and from the migrations only what stands in SQL:
    Tortoise builds all models anew for every operation, which takes ten seconds for the same result (a test compares).
    """
    plan = await _plan()
    if not plan or plan[0].migration.dependencies:
        return await migrate_step_by_step()
    async with in_transaction() as transaction:
        await generate_schema_for_client(transaction, safe=False)
        executor = MigrationExecutor(transaction, TORTOISE["apps"])
        editor = executor._schema_editor()
        for step in plan:
            for operation in step.migration.operations:
                if isinstance(operation, RunSQL):
                    await operation._run_sql(editor, operation.sql)
            await executor.recorder.record_applied(step.migration.app_label, step.migration.name)
    return [step.migration.name for step in plan]


async def migrate_step_by_step() -> list[str]:
    """Apply the migrations that are pending, one operation after another, and return their names.

    On SQLite the file is copied aside first, foreign keys rest during the change and are checked after it.
    """
    names = await pending_migrations()
    if not names:
        return []
    connection = connections.get("default")
    executor = MigrationExecutor(connection, TORTOISE["apps"])
    if not is_sqlite():
        await executor.migrate()
        return names
    copy = Path(f"{connection.filename}.before-{names[0]}")
    # A copy that is there already was made by a first try, which may have changed the file since.
    if not copy.exists():
        await connection.execute_query("VACUUM INTO ?", [str(copy)])
    await connection.execute_script("PRAGMA foreign_keys=OFF")
    await executor.migrate()
    broken = await connection.execute_query_dict("PRAGMA foreign_key_check")
    if broken:
        raise RuntimeError(f"migration left {len(broken)} rows without their parent: {broken[:3]}")
    await connection.execute_script("PRAGMA foreign_keys=ON")
    return names
