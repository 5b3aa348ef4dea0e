"""A PostgreSQL server of the benchmark's own, with the settings that it comes with: commits reach the disk."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.ports import free_ports


def binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL server that is installed."""
    found = {int(path.parts[-3]): path.parent for path in Path("/usr/lib/postgresql").glob("[0-9]*/bin/pg_ctl")}
    return found[max(found)] if found else None


@contextmanager
def private_postgres() -> Iterator[str]:
    """Run a server on loopback and yield the address of its database; nothing of it remains."""
    programs = binaries()
    assert programs, "no PostgreSQL server under /usr/lib/postgresql"
    # PostgreSQL refuses to run as root.
    owner = _lent_account() if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="convenios-bench-pg-"))
    if owner:
        shutil.chown(folder, owner)
    data, log, [port] = str(folder / "data"), str(folder / "log"), free_ports(1)

    def call(program: str, *words: str) -> None:
        # Never through a pipe: the server would inherit it and hold it open.
        with (folder / "calls").open("ab") as said:
            made = subprocess.run([programs / program, *words], user=owner, cwd=folder, stdout=said, stderr=said)
        if made.returncode:
            told = [path.read_text(errors="replace") for path in (folder / "calls", Path(log)) if path.exists()]
            raise RuntimeError(f"{program}: {' '.join(told)[-2000:]}")

    try:
        call("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
        call("pg_ctl", "start", "-w", "-D", data, "-l", log, "-o", f"-h 127.0.0.1 -p {port} -k {folder}")
        try:
            yield f"postgres://postgres@127.0.0.1:{port}/postgres"
        finally:
            call("pg_ctl", "stop", "-w", "-D", data, "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _lent_account() -> str:
    known = {account.pw_name for account in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)
