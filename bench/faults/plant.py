"""The program under test: `convenios serve` in processes of its own, killed without warning and started again."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bench.ports import free_ports
from settings import PROJECT

API, PREFECT, ENGINE = "uvicorn api.app", "prefect.server.api", "workflows.serve"
"""Words in the command line of each part."""

PATIENCE = 600.0
"""Seconds that anything may take on a busy machine before it counts as stuck."""


async def until(holds: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Wait until a question, async or not, is answered yes, and return the answer; raise TimeoutError if it is not."""
    deadline = time.monotonic() + patience
    while True:
        found = holds()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {patience:g} s: {what}")
        await asyncio.sleep(0.2)


def _children(parent: int) -> Iterator[tuple[int, str]]:
    """Yield id and command line of each process that another one started."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rsplit(")", 1)[1].split()[1]) == parent:
                command = (stat.parent / "cmdline").read_bytes().decode(errors="replace")
                yield int(stat.parent.name), command.replace("\0", " ")


@dataclass
class Plant:
    """One `convenios serve`, whole or some parts of it, that somebody starts again whenever it ends."""

    home: Path
    environment: dict[str, str]
    """What it is started with, besides the installation that this process is pointed at."""
    only: tuple[str, ...] = ()
    port: int = 0
    killed: list[tuple[float, str]] = field(default_factory=list)
    """When, on the monotonic clock, what was killed."""
    _process: subprocess.Popen[bytes] | None = None
    _watching: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self.port = self.port or free_ports(3)[0]

    @property
    def address(self) -> str:
        """Address of the pages and the API."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """File with all that the program says."""
        return self.home / f"plant-{self.port}.log"

    @property
    def running(self) -> bool:
        """Tell whether it is switched on, though it may be starting again just now."""
        return self._process is not None

    async def start(self) -> None:
        """Start it, and again each time that it ends, as the system's own supervisor would."""
        self._launch()
        self._watching = asyncio.create_task(self._keep())

    def _launch(self) -> None:
        words = [word for part in self.only for word in ("--only", part)]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        mine = {"CONVENIOS_PORT": str(self.port), "CONVENIOS_HOME": str(self.home)}
        with self.log.open("ab") as output:
            # On a leash: nothing of it outlives this process, however it ends.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "workflows.leash", "cli", "serve", *words],
                cwd=PROJECT,
                env=clean | mine | self.environment,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    async def _keep(self) -> None:
        while True:
            if self._process and self._process.poll() is not None:
                await asyncio.sleep(0.5)
                self._launch()
            await asyncio.sleep(0.2)

    async def ready(self) -> bool:
        """Tell whether database, migrations and engine answer that they are up."""
        async with httpx.AsyncClient(timeout=5) as http:
            with suppress(httpx.HTTPError):
                return (await http.get(f"{self.address}/ready")).status_code == 200
        return False

    def parts(self, words: str = "") -> list[int]:
        """Return the process ids of the running parts whose command line contains these words."""
        if self._process is None:
            return []
        return [pid for pid, command in _children(self._process.pid) if words in command]

    def kill(self, words: str) -> None:
        """Kill a part as a power cut would; nothing happens if it is not running just now."""
        for pid in self.parts(words):
            self._strike(pid, words)

    def kill_supervisor(self) -> None:
        """Kill the supervisor alone: what it started must end by itself."""
        if self._process and self._process.poll() is None:
            self._strike(self._process.pid, "supervisor")

    def kill_everything(self) -> None:
        """Kill the supervisor and all that it started at once."""
        parts = self.parts()
        self.kill_supervisor()
        for pid in parts:
            self._strike(pid, "part")

    def _strike(self, pid: int, what: str) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.killed.append((time.monotonic(), what))

    async def stop(self) -> None:
        """Stop in order; what does not is killed."""
        if self._watching:
            self._watching.cancel()
            await asyncio.wait([self._watching])
            self._watching = None
        if self._process is None:
            return
        self._process.terminate()
        try:
            await asyncio.to_thread(self._process.wait, 45)
        except subprocess.TimeoutExpired:
            self.kill_everything()
            self._process.wait()
        self._process = None
