"""`convenios serve`: starts API, Prefect server and engine, starts again what dies, and stops all in order.

Each child is on a leash (workflows/leash.py): none outlives this process, however it ends.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from actions.outbox import beat, engine_name
from models.database import database, pending_migrations
from models.engine import EngineState
from settings import PROJECT, settings
from workflows.health import answers
from workflows.prefect_home import engine_environment, server_environment

API, PREFECT, ENGINE = "api", "prefect", "engine"
PARTS = (API, PREFECT, ENGINE)
"""What can be served, in the order of starting."""

PAUSES = (0.2, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds before a part that died is started again, the first, second, … time in a row."""

STEADY_AFTER = 60.0
"""A part that ran this many seconds, or that was up, starts again after the shortest pause."""

STOP_WITHIN = 20.0
"""Seconds that a part has to stop in order before it is killed."""

HEAD_START = 15.0
"""Seconds at most that the rest waits for the API's first answer: people see a page before the engine takes the CPU."""


@dataclass
class Part:
    """One child process and how it is known to be up."""

    name: str
    label: str
    command: list[str]
    environment: dict[str, str]
    probe: str = ""
    """Address that answers 200 when the part is up; empty when the part says so itself."""
    up: asyncio.Event = field(default_factory=asyncio.Event)
    process: asyncio.subprocess.Process | None = None


def _module(*words: str) -> list[str]:
    return [sys.executable, "-m", *words]


def chosen_parts(only: Iterable[str] = ()) -> list[str]:
    """Return the parts to serve: those named, else all that belong on this machine."""
    chosen = set(only) or set(PARTS) - ({PREFECT} if settings().prefect_url else set())
    return [name for name in PARTS if name in chosen]


def _near(host: str) -> str:
    """Return where this machine reaches what listens on `host`."""
    return "127.0.0.1" if host in ("0.0.0.0", "::", "") else f"[{host}]" if ":" in host else host


def part_named(name: str) -> Part:
    """Return how a part is started and how it is known to be up."""
    host, port = settings().host, settings().port
    if name == API:
        command = _module("workflows.leash", "uvicorn", "api.app:build_app", "--factory", "--host", host)
        command += ["--port", str(port), "--log-level", "warning", "--no-access-log", "--no-server-header"]
        # Whoever stands in front says who asks; a forged header of anybody else must not.
        command += ["--no-proxy-headers", "--timeout-graceful-shutdown", "5"]
        return Part(API, f"Páginas y API en {settings().address()}", command, {}, f"http://{_near(host)}:{port}/live")
    if name == PREFECT:
        server_host, server_port = settings().prefect_listens()
        command = _module("workflows.leash", "uvicorn", "prefect.server.api.server:create_app", "--factory")
        command += ["--host", server_host, "--port", str(server_port), "--log-level", "warning", "--no-access-log"]
        command += ["--timeout-graceful-shutdown", "5"]
        return Part(
            PREFECT,
            "Servidor Prefect listo",
            command,
            server_environment(),
            f"http://{_near(server_host)}:{server_port}/api/health",
        )
    named = {"CONVENIOS_ENGINE_NAME": engine_name()}
    return Part(ENGINE, "Motor iniciando", _module("workflows.serve", "--leashed"), engine_environment() | named)


class Supervisor:
    """Keeps the chosen parts running until it is asked to stop."""

    def __init__(self, only: Iterable[str]) -> None:
        unknown = set(only) - set(PARTS)
        if unknown:
            raise ValueError(f"no existe: {', '.join(sorted(unknown))}; elija entre {', '.join(PARTS)}")
        self.parts = [part_named(name) for name in chosen_parts(only)]
        self.stopping = asyncio.Event()

    async def run(self) -> None:
        """Start the parts in order and keep them until SIGINT or SIGTERM."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(self.stopping.set))
        keeping: list[asyncio.Task[None]] = []
        for part in self.parts:
            if part.name == ENGINE:
                await _announce_engine()
            keeping.append(asyncio.create_task(self._keep(part)))
            if part.name == API:
                await self._first(part.up, HEAD_START)
        await self.stopping.wait()
        print("Deteniendo…", flush=True)
        # The engine goes before the Prefect server that its last steps need.
        for names in ((API, ENGINE), (PREFECT,)):
            await asyncio.gather(*(_stop(part) for part in self.parts if part.name in names))
        await asyncio.gather(*keeping)
        print("Todo detenido.", flush=True)

    async def _first(self, event: asyncio.Event, seconds: float) -> None:
        waits = [asyncio.create_task(one.wait()) for one in (event, self.stopping)]
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for one in waits:
            one.cancel()

    async def _keep(self, part: Part) -> None:
        deaths = 0
        while not self.stopping.is_set():
            started = time.monotonic()
            part.process = await asyncio.create_subprocess_exec(
                *part.command,
                stdin=asyncio.subprocess.PIPE,
                cwd=PROJECT,
                # What the operator sets, a Prefect server elsewhere for instance, goes before our own.
                env={**part.environment, **os.environ},
                # Ctrl+C reaches this process alone, which stops the parts in order.
                start_new_session=True,
            )
            watching = asyncio.create_task(self._tell_when_up(part))
            code = await part.process.wait()
            watching.cancel()
            was_up = bool(part.probe) and part.up.is_set()
            part.up.clear()
            if self.stopping.is_set():
                return
            deaths = 0 if was_up or time.monotonic() - started > STEADY_AFTER else deaths
            pause = PAUSES[min(deaths, len(PAUSES) - 1)]
            deaths += 1
            print(f"«{part.name}» se detuvo (código {code}); se inicia de nuevo en {pause:g} s.", flush=True)
            await self._first(asyncio.Event(), pause)

    async def _tell_when_up(self, part: Part) -> None:
        while part.probe and not await asyncio.to_thread(answers, part.probe):  # noqa: ASYNC110 - it is elsewhere
            await asyncio.sleep(0.1 if part.name == API else 0.5)
        part.up.set()
        print(f"{part.label}.", flush=True)


async def _stop(part: Part) -> None:
    process = part.process
    if process is None or process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_WITHIN)
    except TimeoutError:
        print(f"«{part.name}» no se detuvo a tiempo y se cierra.", flush=True)
        process.kill()


async def _announce_engine() -> None:
    """Let the pages say «iniciando» during the seconds in which the engine still loads."""
    async with database():
        if not await pending_migrations():
            await beat(EngineState.STARTING, anew=True)


def serve(only: Iterable[str] = ()) -> None:
    """Serve API, Prefect server and engine, or only those named, until asked to stop.

    The database must be migrated. Raises ValueError for a name that is none of `PARTS`.
    """
    Path(settings().home).mkdir(parents=True, exist_ok=True)
    asyncio.run(Supervisor(only).run())
