"""The program in a process of its own, as its users have it, spoken to over HTTP."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bench.ports import free_ports
from settings import PROJECT

PATIENCE = 180.0
"""Seconds that a start may take on a busy machine."""


@dataclass
class Served:
    """A running program, and when it was started."""

    address: str
    process: subprocess.Popen[bytes]
    began: float
    log: Path

    def seconds_until(self, path: str) -> float:
        """Wait until an address answers 200 and return the seconds since the start."""
        while (waited := time.monotonic() - self.began) < PATIENCE and self.process.poll() is None:
            try:
                if httpx.get(self.address + path, timeout=5).status_code == 200:
                    return time.monotonic() - self.began
            except httpx.TransportError:
                pass
            time.sleep(0.02 if waited < 10 else 0.1)
        raise RuntimeError(f"{path} does not answer: {self.log.read_text(errors='replace')[-2000:]}")

    def cpu_seconds(self) -> float:
        """Return the CPU time that the program and all that it started have used; 0 where the system does not tell."""
        return self.cpu_of(self.tree())

    def tree(self) -> set[int]:
        """Return the program's process and all that it started."""
        parents = {pid: int(facts[1]) for pid, facts in _processes()}
        tree = {self.process.pid}
        while born := {pid for pid, parent in parents.items() if parent in tree} - tree:
            tree |= born
        return tree

    def part(self, words: str) -> int:
        """Return the process of a part: the newest whose command line holds these words."""
        found = [pid for pid in self.tree() if words in _command(pid)]
        if not found:
            raise RuntimeError(f"no process «{words}» runs")
        return max(found)

    def cpu_of(self, pids: set[int]) -> float:
        """Return the CPU time that some processes, and their children that ended, have used, in seconds."""
        # proc(5): behind the name in brackets come state, parent and, from the 12th on, four times in ticks.
        ticks = sum(sum(map(int, facts[11:15])) for pid, facts in _processes() if pid in pids)
        return ticks / os.sysconf("SC_CLK_TCK")


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def peak_megabytes(pid: int) -> float:
    """Return the most memory that a process has held until now."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def _processes() -> Iterator[tuple[int, list[str]]]:
    """Give every process with the facts behind its name; none where the system does not tell."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            yield int(stat.parent.name), stat.read_text().rsplit(")", 1)[1].split()


@contextmanager
def served(home: Path, *words: str) -> Iterator[Served]:
    """Run the command with these words over the installation that is pointed at, and stop it in order."""
    port = free_ports(3)[0]
    log = home / "served.log"
    with log.open("ab") as output:
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "cli", *words],
            cwd=PROJECT,
            env=os.environ | {"CONVENIOS_PORT": str(port)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Served(f"http://127.0.0.1:{port}", process, began, log)
    finally:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def payload(answer: httpx.Response) -> dict[str, Any]:
    """Return the payload of the one mutation of an answer; fail when it was not done."""
    body = answer.json()
    if body.get("errors"):
        raise RuntimeError(str(body["errors"]))
    [made] = body["data"].values()
    if made["errors"]:
        raise RuntimeError(str(made["errors"]))
    return dict(made)
