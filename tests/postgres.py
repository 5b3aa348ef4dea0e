"""A private PostgreSQL server for the tests: made, started and thrown away with the test session."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from tests.ground import postgres_binaries

SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "timezone": "UTC",
}
"""Nothing here outlives the tests, so nothing is written to be safe."""


def free_port() -> int:
    """Return a loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class PrivatePostgres:
    """One cluster with trust on loopback; PostgreSQL refuses to run as root, so root lends it to another account."""

    def __init__(self) -> None:
        binaries = postgres_binaries()
        if binaries is None:
            raise RuntimeError("no PostgreSQL server found: python3 -m tests.ground says what to install")
        self.binaries = binaries
        self.owner = _unprivileged() if os.geteuid() == 0 else None
        self.folder = Path(tempfile.mkdtemp(prefix="convenios-pg-", dir="/tmp"))
        self.port = 0
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "PrivatePostgres":
        if self.owner:
            shutil.chown(self.folder, self.owner, self.owner)
        initdb: list[str | Path] = [
            self.binaries / "initdb",
            "-D",
            self.folder / "data",
            "-U",
            "postgres",
            "-A",
            "trust",
        ]
        initdb += ["-E", "UTF8", "--locale=C", "--no-sync"]
        made = subprocess.run(initdb, user=self.owner, cwd=self.folder, capture_output=True, text=True, check=False)
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr}")
        # Between finding a free port and taking it another program may take it: try a few.
        for _ in range(5):
            if self._start(free_port()):
                return self
        raise RuntimeError((self.folder / "log").read_text())

    def _start(self, port: int) -> bool:
        options = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        command: list[str | Path] = [
            self.binaries / "postgres",
            "-D",
            self.folder / "data",
            "-h",
            "127.0.0.1",
            "-p",
            str(port),
        ]
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [*command, "-k", str(self.folder), *options],
                user=self.owner,
                group=self.owner,
                extra_groups=[] if self.owner else None,
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 30
        ready: list[str | Path] = [self.binaries / "pg_isready", "-q", "-h", str(self.folder), "-p", str(port)]
        while time.monotonic() < deadline and self._server.poll() is None:
            if subprocess.run(ready, check=False).returncode == 0:
                self.port = port
                return True
            time.sleep(0.05)
        return False

    def url(self, name: str) -> str:
        """Return the address of a database of this server, as CONVENIOS_DATABASE_URL takes it."""
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def __exit__(self, *_: object) -> None:
        if self._server and self._server.poll() is None:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)


def _unprivileged() -> str:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise RuntimeError("no account to run PostgreSQL under: root may not")
