"""Keeps the bytes of files in a local folder under the name of their own hash. Knows nothing of who may read them."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_HASH = re.compile(r"[0-9a-f]{64}")


class StorageFault(Exception):
    """The store cannot give what it was trusted with; `sha256` names the content."""

    def __init__(self, sha256: str, message: str) -> None:
        super().__init__(message)
        self.sha256 = sha256


class Missing(StorageFault):
    """No content of that hash is kept."""

    def __init__(self, sha256: str) -> None:
        super().__init__(sha256, f"El archivo {sha256[:12]}… no está en el almacén.")


class Damaged(StorageFault):
    """What is kept under that hash is something else by now."""

    def __init__(self, sha256: str) -> None:
        super().__init__(sha256, f"El archivo {sha256[:12]}… fue alterado o se dañó en el disco.")


class Storage:
    """A folder of contents. Several processes may use it at once: a name only ever appears whole, by one rename."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._incoming = root / "incoming"
        self._incoming.mkdir(mode=0o700, parents=True, exist_ok=True)

    def path(self, sha256: str) -> Path:
        """Return where the content of that hash lies or would lie; raise ValueError if it is no hash in hex."""
        if not _HASH.fullmatch(sha256):
            raise ValueError("not a SHA-256 in lower-case hex")
        return self.root / sha256[:2] / sha256[2:]

    def put(self, data: bytes) -> str:
        """Keep the content and return its hash; once this returns, it is on the disk. Damaged content is replaced."""
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.path(sha256)
        with suppress(Missing, Damaged):
            self.read(sha256)
            _sync_folder(target.parent)  # the other writer may have renamed, but not yet reached the disk
            return sha256
        descriptor, temporary = tempfile.mkstemp(dir=self._incoming)
        try:
            with open(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            target.parent.mkdir(mode=0o700, exist_ok=True)
            os.replace(temporary, target)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
            raise
        _sync_folder(target.parent)
        _sync_folder(self.root)
        return sha256

    def read(self, sha256: str) -> bytes:
        """Return the content; raise Missing when it is not kept, Damaged when it no longer has that hash."""
        try:
            data = self.path(sha256).read_bytes()
        except FileNotFoundError:
            raise Missing(sha256) from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Damaged(sha256)
        return data

    def exists(self, sha256: str) -> bool:
        """Say whether something is kept under that hash, without reading it."""
        return self.path(sha256).is_file()

    def delete(self, sha256: str) -> bool:
        """Forget the content; return whether there was any."""
        target = self.path(sha256)
        try:
            target.unlink()
        except FileNotFoundError:
            return False
        _sync_folder(target.parent)
        return True

    def all_hashes(self) -> Iterator[str]:
        """Yield every hash kept, in no order; contents that come or go meanwhile may be in it or not."""
        for folder in self.root.iterdir():
            if len(folder.name) != 2:
                continue
            for file in folder.iterdir():
                if _HASH.fullmatch(folder.name + file.name):
                    yield folder.name + file.name

    def clear_leftovers(self, now: float, older_than: float = 86_400) -> int:
        """Remove what processes that died left half-written; `now` and `older_than` in seconds. Return how many."""
        count = 0
        for file in self._incoming.iterdir():
            with suppress(FileNotFoundError):  # its writer has just renamed it
                if file.stat().st_mtime < now - older_than:
                    file.unlink()
                    count += 1
        return count


def _sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system can (Windows cannot open a folder)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
