"""Where the engine's own Prefect server lives and how it is reached: its folder, its key, its environment."""

import os
import secrets
from pathlib import Path

from settings import settings

STORAGE_DAYS = 2
"""Days that Prefect's files with the arguments of past hand-overs (ids) are kept."""


def prefect_home() -> Path:
    """Return Prefect's folder in this installation, readable by its owner alone."""
    home = settings().home / "prefect"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return home


def storage() -> Path:
    """Return the folder in which Prefect keeps the arguments of background tasks."""
    return prefect_home() / "storage"


def server_key() -> str:
    """Return the key of the Prefect server: the one set, else one made at random and kept in a file of its owner."""
    if chosen := settings().prefect_key:
        return f"convenios:{chosen.get_secret_value()}"
    path = prefect_home() / "key"
    if not path.exists():
        fresh = path.with_name(f"key.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(f"convenios:{secrets.token_urlsafe(32)}")
        try:
            # Linking fails if another process was faster: then both use its key.
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()


def engine_environment() -> dict[str, str]:
    """Return the PREFECT_* variables of a process that works with the server."""
    return {
        "PREFECT_HOME": str(prefect_home()),
        "PREFECT_LOCAL_STORAGE_PATH": str(storage()),
        "PREFECT_API_URL": f"{settings().prefect_address()}/api",
        "PREFECT_API_AUTH_STRING": server_key(),
        # Our log lines may name people; Prefect keeps ids only.
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        # What fails is handed over again anyway; five retries, the default, hold a relay up for half a minute.
        "PREFECT_CLIENT_MAX_RETRIES": "2",
        # The server asks for no such token; the client would, before each run.
        "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "false",
        "PREFECT_CLIENT_METRICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }


def server_database() -> str:
    """Return the address of the server's own database, as SQLAlchemy writes it."""
    if chosen := settings().prefect_database_url:
        scheme, _, rest = chosen.get_secret_value().partition("://")
        return f"postgresql+asyncpg://{rest}" if scheme in ("postgres", "postgresql") else f"{scheme}://{rest}"
    return f"sqlite+aiosqlite:///{prefect_home() / 'prefect.db'}"


IDLE_SERVICES = (
    "CANCELLATION_CLEANUP",
    "CLEANUP_RECONCILER",
    "EVENT_PERSISTER",
    "FOREMAN",
    "LATE_RUNS",
    "PAUSE_EXPIRATIONS",
    "REPOSSESSOR",
    "TRIGGERS",
)
"""What the server would do beside: for work pools, pauses, limits and automations, of which the engine has none."""


def server_environment() -> dict[str, str]:
    """Return the PREFECT_* variables of the server itself."""
    return {
        **{f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in IDLE_SERVICES},
        "PREFECT_HOME": str(prefect_home()),
        "PREFECT_API_DATABASE_CONNECTION_URL": server_database(),
        "PREFECT_SERVER_API_AUTH_STRING": server_key(),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_UI_ENABLED": str(settings().prefect_ui).lower(),
        # From its own origin: whoever opens the pages comes through a tunnel, perhaps from another port.
        "PREFECT_UI_API_URL": "/api",
        "PREFECT_UI_STATIC_DIRECTORY": str(prefect_home() / "pages"),
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        # Scheduled work that was missed is caught up by the next run, so a queue of old runs would only repeat it.
        "PREFECT_SERVER_SERVICES_SCHEDULER_MIN_RUNS": "1",
        "PREFECT_SERVER_SERVICES_SCHEDULER_MAX_RUNS": "1",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P1D",
    }
