"""Keeps the bytes of files under the name of their own hash. Knows nothing of who may read them.

What is always true of a store stands here; `folder.py` and `bucket.py` say how each kind of place keeps it.
"""

import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fsspec import AbstractFileSystem

_HASH = re.compile(r"[0-9a-f]{64}")

PIECE = 8 * 2**20
"""Bytes of a content that are in memory at once while it is checked."""


class StorageFault(Exception):
    """The store cannot give what it was trusted with; `sha256` names the content, if it is one's fault."""

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


class Unavailable(StorageFault):
    """The store as a whole does not answer, or refuses; `lasting` when waiting will not help: its settings are wrong.

    The message says what to look at, for whoever keeps the system.
    """

    def __init__(self, message: str, *, lasting: bool = False) -> None:
        super().__init__("", message)
        self.lasting = lasting


@dataclass(frozen=True)
class Content:
    """What a listing of the store tells of one content, without reading it."""

    sha256: str
    size: int
    """Bytes."""
    put_at: float
    """When it was last put, in seconds since 1970, by the clock of the store."""


class Storage(ABC):
    """A place of contents that several processes use at once: a name only ever appears whole."""

    def __init__(self, files: AbstractFileSystem, place: str) -> None:
        self.files = files
        self.place = place.rstrip("/")

    def key(self, sha256: str) -> str:
        """Return where the content of that hash lies or would lie; raise ValueError if it is no hash in hex."""
        if not _HASH.fullmatch(sha256):
            raise ValueError("not a SHA-256 in lower-case hex")
        return f"{self.place}/{sha256[:2]}/{sha256[2:]}"

    @abstractmethod
    def put(self, data: bytes) -> str:
        """Keep the content and return its hash; once this returns, it is kept for good. Damaged content is replaced.

        What was there already counts as put now: whoever collects contents that nobody names leaves it alone.
        """

    @abstractmethod
    def check(self) -> None:
        """Raise Unavailable unless the store answers; asks as little as it can."""

    @abstractmethod
    def try_out(self) -> None:
        """Raise Unavailable unless contents can really be written and removed."""

    @abstractmethod
    def clear_leftovers(self, now: float, older_than: float = 86_400) -> int:
        """Remove what processes that died left half-written; `now` and `older_than` in seconds. Return how many."""

    def read(self, sha256: str) -> bytes:
        """Return the content; raise Missing when it is not kept, Damaged when it no longer has that hash."""
        data = b"".join(self._pieces(sha256))
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Damaged(sha256)
        return data

    def verify(self, sha256: str) -> int:
        """Return how many bytes the content has; raise Missing or Damaged as `read`, with little memory."""
        found, size = hashlib.sha256(), 0
        for piece in self._pieces(sha256):
            found.update(piece)
            size += len(piece)
        if found.hexdigest() != sha256:
            raise Damaged(sha256)
        return size

    def look(self, sha256: str) -> Content | None:
        """Return what the store tells of a content without reading it; None when there is none."""
        try:
            return _content(sha256, self._ask("info", self.key(sha256)))
        except FileNotFoundError:
            return None

    def exists(self, sha256: str) -> bool:
        """Say whether something is kept under that hash, without reading it."""
        return self.look(sha256) is not None

    def delete(self, sha256: str) -> bool:
        """Forget the content; return whether there was any."""
        if not self.exists(sha256):
            return False
        try:
            self._ask("rm_file", self.key(sha256))
        except FileNotFoundError:
            return False
        return True

    def discard(self, sha256: str, *, put_before: float) -> bool:
        """Forget the content unless it was put at or after that moment; return whether it is forgotten now."""
        found = self.look(sha256)
        return found is not None and found.put_at < put_before and self.delete(sha256)

    def contents(self) -> Iterator[Content]:
        """Yield every content kept, in the order of their hashes, with little memory.

        Contents that come or go meanwhile may be in it or not.
        """
        for folder in sorted(self._listed(self.place), key=lambda one: str(one["name"])):
            prefix = str(folder["name"]).rstrip("/").rsplit("/", 1)[-1]
            if len(prefix) != 2:
                continue
            with suppress(FileNotFoundError):  # its last content went meanwhile, and a bucket keeps no empty folder
                for file in sorted(self._listed(f"{self.place}/{prefix}"), key=lambda one: str(one["name"])):
                    sha256 = prefix + str(file["name"]).rsplit("/", 1)[-1]
                    if _HASH.fullmatch(sha256):
                        yield _content(sha256, file)

    def all_hashes(self) -> Iterator[str]:
        """Yield every hash kept."""
        return (one.sha256 for one in self.contents())

    def _pieces(self, sha256: str) -> Iterator[bytes]:
        key = self.key(sha256)
        try:
            size = int(self._ask("info", key)["size"])
            for start in range(0, size, PIECE):
                yield self._ask("cat_file", key, start=start, end=min(start + PIECE, size))
        except FileNotFoundError:
            raise Missing(sha256) from None

    def _listed(self, folder: str) -> list[dict[str, Any]]:
        return list(self._ask("ls", folder, detail=True))

    def _ask(self, name: str, *arguments: Any, **options: Any) -> Any:
        """Ask something of the file system; what is not there raises FileNotFoundError, all else as the place says."""
        return getattr(self.files, name)(*arguments, **options)


def _content(sha256: str, told: dict[str, Any]) -> Content:
    # Local files tell seconds, buckets an instant.
    put_at = told.get("mtime", told.get("LastModified"))
    seconds = put_at.timestamp() if isinstance(put_at, datetime) else float(put_at or 0)
    return Content(sha256, int(told["size"]), seconds)
