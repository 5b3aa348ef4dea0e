"""A real S3-compatible server on a folder, for tests of the archive."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from documents.bucket import Bucket
from documents.storage import Unavailable
from tests.postgres import free_port

KEY, SECRET, BUCKET = "llave", "secreto-del-archivo", "papeles"


class S3Server:
    """rclone serving a folder as S3. What it keeps lies there as plain files, of which it remembers what it saw."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="convenios-s3-"))
        (self.folder / BUCKET).mkdir()
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "S3Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self.folder)

    @property
    def endpoint(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve, at the same address as before."""
        rclone = Path(sys.executable).with_name("rclone")
        self._process = subprocess.Popen(
            [rclone, "serve", "s3", "--addr", f"127.0.0.1:{self.port}", str(self.folder)],
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "RCLONE_AUTH_KEY": f'"{KEY},{SECRET}"'},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 30
        while True:
            try:
                return self.bucket("").check()
            except Unavailable:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise
                time.sleep(0.05)

    def kill(self) -> None:
        """End it at once, whatever it is doing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def bucket(self, prefix: str, *, name: str = BUCKET, key: str = KEY, secret: str = SECRET) -> Bucket:
        """Return a store below a prefix of a bucket."""
        return Bucket(f"{name}/{prefix}", endpoint=self.endpoint, key=key, secret=secret)

    def settings(self, prefix: str) -> dict[str, str]:
        """Return the variables of an installation that keeps its files here."""
        return {
            "CONVENIOS_STORAGE_URL": f"s3://{BUCKET}/{prefix}",
            "CONVENIOS_STORAGE_ENDPOINT": self.endpoint,
            "CONVENIOS_STORAGE_KEY": KEY,
            "CONVENIOS_STORAGE_SECRET": SECRET,
        }
