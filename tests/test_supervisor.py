"""`convenios serve`: what dies is started again, nothing outlives the supervisor, the stop is orderly."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from settings import PROJECT
from tests.postgres import free_port
from workflows.health import answers
from workflows.prefect_home import engine_environment, prefect_home, server_environment, server_key
from workflows.supervisor import API, Part, Supervisor

PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-m", "workflows.leash", *sys.argv[1:]], stdin=subprocess.PIPE)
print(child.pid, flush=True)
time.sleep(600)
"""


def within(seconds: float, holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat")
        # Nobody buries the dead in a container without init: a zombie is dead too.
        return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_no_child_outlives_its_parent(end: signal.Signals) -> None:
    port = free_port()
    command = [sys.executable, "-c", PARENT, "http.server", str(port), "--bind", "127.0.0.1"]
    parent = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child = int(parent.stdout.readline())
    within(20, lambda: answers(f"http://127.0.0.1:{port}/"))
    parent.send_signal(end)
    parent.wait()
    parent.stdout.close()
    within(10, lambda: not alive(child))


def web(port: int) -> Part:
    command = [sys.executable, "-m", "workflows.leash", "http.server", str(port), "--bind", "127.0.0.1"]
    return Part(API, "Páginas de prueba", command, {}, f"http://127.0.0.1:{port}/")


async def test_what_dies_is_started_again_and_the_stop_is_orderly(capfd: pytest.CaptureFixture[str]) -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    supervisor = Supervisor({API})
    part = web(free_port())
    supervisor.parts = [part]
    running = asyncio.create_task(supervisor.run())
    try:
        await asyncio.wait_for(part.up.wait(), 20)
        assert part.process
        first = part.process.pid
        part.process.kill()
        async with asyncio.timeout(20):
            while part.process.pid == first or not part.up.is_set():  # noqa: ASYNC110 - the supervisor replaces it
                await asyncio.sleep(0.05)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(running, 20)
        assert part.process.returncode is not None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    said = capfd.readouterr().out
    assert "Páginas de prueba." in said
    assert "«api» se detuvo (código -9); se inicia de nuevo en 0.2 s." in said
    assert said.rstrip().endswith("Todo detenido.")


def test_only_what_exists_can_be_served() -> None:
    with pytest.raises(ValueError, match="motores"):
        Supervisor({"motores"})
    assert [part.name for part in Supervisor(()).parts] == ["api", "prefect", "engine"]
    assert [part.name for part in Supervisor({"engine", "api"}).parts] == ["api", "engine"]


def test_prefects_key_is_made_once_and_kept_from_others() -> None:
    key = server_key()
    assert server_key() == key
    assert len(key) > 40
    assert prefect_home().stat().st_mode & 0o777 == 0o700
    assert (prefect_home() / "key").stat().st_mode & 0o777 == 0o600
    assert server_environment()["PREFECT_SERVER_API_AUTH_STRING"] == key
    assert engine_environment()["PREFECT_API_AUTH_STRING"] == key


def test_prefect_listens_on_loopback_and_tells_nobody() -> None:
    prefect = Supervisor({"prefect"}).parts[0]
    assert prefect.command[prefect.command.index("--host") + 1] == "127.0.0.1"
    assert prefect.environment["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert prefect.environment["DO_NOT_TRACK"] == "1"
