"""The whole program as its users have it: `convenios demo` in a process of its own, spoken to over HTTP."""

import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx

from settings import PROJECT

CONTRACT = PROJECT / "tests" / "contract"
PATIENCE = 90.0
NO_OFFICE = {"CONVENIOS_SOFFICE": "none"}
"""Seconds for each paper, of which only tests/test_sheets_count.py and its like ask."""
"""Seconds that anything of the engine may take on a busy machine with two cores; it usually takes one."""


def three_free_ports() -> int:
    """Return the first of three free ports in a row: pages, Prefect, demo mail.

    Below the range from which the system gives ports to everybody who asks for any: nobody takes the second meanwhile.
    """
    for first in random.sample(range(20_000, 32_000, 10), 200):
        try:
            with ExitStack() as held:
                for port in range(first, first + 3):
                    held.enter_context(socket.socket()).bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise AssertionError("no three free ports in a row")


class Served:
    """A demo that serves from its own home until `stop`."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.port = three_free_ports()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = (home.parent / f"{home.name}.log").open("w+b")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("CONVENIOS_", "PREFECT_"))}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cli", "demo"],
            cwd=PROJECT,
            env=clean | {"CONVENIOS_HOME": str(home), "CONVENIOS_PORT": str(self.port)} | NO_OFFICE | environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )

    def output(self) -> str:
        """Return what the program has printed."""
        self.log.flush()
        return Path(self.log.name).read_text(errors="replace")

    def until(self, holds: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
        """Wait until something holds and return it; fail with the program's own words when it never does."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"the program ended: {self.output()[-3000:]}"
            try:
                if found := holds():
                    return found
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"not within {patience:g} s: {what}\n{self.output()[-3000:]}")

    def wait_for_pages(self) -> float:
        """Wait for the first page and return how many seconds it took."""
        began = time.monotonic()
        self.until(lambda: httpx.get(f"{self.address}/ingresar").status_code == 200, "the first page")
        return time.monotonic() - began

    def wait_for_engine(self) -> None:
        """Wait until the engine is at work."""
        self.until(lambda: httpx.get(f"{self.address}/ready").status_code == 200, "the engine")

    def password(self) -> str:
        """Return the demo people's password as it was printed."""
        found = re.search(r"personas de demostración: (\S+)", self.output())
        assert found, self.output()
        return found.group(1)

    def person(self, email: str) -> "Client":
        """Sign in as a demo person through the page."""
        return Client(self, email)

    def part(self, words: str) -> int | None:
        """Return the process id of the part whose command line contains these words."""
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                command = (folder / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
                parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, ValueError):
                continue
            if parent == self.process.pid and words in command:
                return int(folder.name)
        return None

    def kill(self, words: str) -> None:
        """Kill a part as a power cut would; the supervisor starts it again."""
        pid = self.until(lambda: self.part(words), f"a process «{words}»")
        os.kill(pid, signal.SIGKILL)
        self.until(lambda: self.part(words) not in (None, pid), f"«{words}» again")

    def stop(self) -> None:
        """Stop in order; kill what does not."""
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


class Client:
    """A person with a browser's session."""

    def __init__(self, served: Served, email: str) -> None:
        self.served = served
        self.http = httpx.Client(base_url=served.address, headers={"Origin": served.address}, timeout=30)
        answer = served.until(
            lambda: self.http.post("/ingresar", data={"email": email, "password": served.password()}), "sign-in"
        )
        assert answer.status_code == 303, answer.text

    def ask(self, operation: str, **variables: Any) -> dict[str, Any]:
        """Send one of the contract's operations and return its data; the API may be starting again meanwhile."""
        text = (CONTRACT / f"{operation}.graphql").read_text(encoding="utf-8")
        return self.send(text, variables)

    def send(self, text: str, variables: dict[str, Any]) -> dict[str, Any]:
        """Send an operation's text and return its data."""
        answer = self.served.until(
            lambda: self.http.post("/graphql", json={"query": text, "variables": variables}), "an answer"
        )
        body = answer.json()
        assert "errors" not in body, body
        return dict(body["data"])

    def do(self, operation: str, **values: Any) -> dict[str, Any]:
        """Send one of the contract's mutations and return its payload, which must carry no errors."""
        [payload] = self.ask(operation, input=values).values()
        assert payload["errors"] == [], payload
        return dict(payload)

    def upload(self, filename: str, content: bytes) -> dict[str, Any]:
        """Send a file and return what POST /files answers."""
        answer = self.served.until(lambda: self.http.post("/files", files={"file": (filename, content)}), "an upload")
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def download(self, url: str) -> bytes:
        """Return the bytes behind a file's url."""
        answer = self.served.until(lambda: self.http.get(url), "a download")
        assert answer.status_code == 200, answer.text
        return bytes(answer.content)
