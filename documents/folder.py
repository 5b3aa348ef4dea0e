"""The store in a local folder, or on a volume that all machines share."""

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from fsspec.implementations.local import LocalFileSystem

from documents.storage import Damaged, Missing, Storage, Unavailable


class Folder(Storage):
    """A folder of contents. A name appears by one rename, and only once its bytes are on the disk."""

    def __init__(self, root: Path) -> None:
        super().__init__(LocalFileSystem(skip_instance_cache=True), str(root))
        self.root = root
        self._incoming = root / "incoming"
        self._incoming.mkdir(mode=0o700, parents=True, exist_ok=True)

    def path(self, sha256: str) -> Path:
        """Return where the content of that hash lies or would lie; raise ValueError if it is no hash in hex."""
        return Path(self.key(sha256))

    def put(self, data: bytes) -> str:
        """Keep the content and return its hash; once this returns, it is on the disk. Damaged content is replaced."""
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.path(sha256)
        with suppress(Missing, Damaged, FileNotFoundError):
            self.read(sha256)
            os.utime(target)
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

    def delete(self, sha256: str) -> bool:
        """Forget the content; return whether there was any."""
        gone = super().delete(sha256)
        if gone:
            _sync_folder(self.path(sha256).parent)
        return gone

    def check(self) -> None:
        """Raise Unavailable unless the folder is there and may be written into."""
        if not os.access(self._incoming, os.R_OK | os.W_OK | os.X_OK):
            raise Unavailable(f"no se puede leer y escribir en la carpeta {self.root}", lasting=True)

    def try_out(self) -> None:
        """Raise Unavailable unless a file can really be written and removed."""
        self.check()
        try:
            with tempfile.TemporaryFile(dir=self._incoming) as file:
                file.write(b"prueba")
                os.fsync(file.fileno())
        except OSError as fault:
            raise Unavailable(f"no se puede escribir en la carpeta {self.root}: {fault.strerror}") from fault

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
