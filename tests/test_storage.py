"""Contents are kept once, whole, under their own hash, whatever happens to the processes that write them."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from documents.storage import Damaged, Missing, Storage

PROJECT = Path(__file__).resolve().parent.parent
CONTENT = b"Dictamen favorable 45-2026"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path / "files")


def files_under(storage: Storage) -> list[Path]:
    return [path for path in storage.root.rglob("*") if path.is_file()]


def test_content_comes_back(storage: Storage) -> None:
    assert storage.put(CONTENT) == SHA256
    assert storage.read(SHA256) == CONTENT
    assert storage.exists(SHA256)
    assert storage.path(SHA256).read_bytes() == CONTENT
    assert list(storage.all_hashes()) == [SHA256]
    assert Storage(storage.root).read(SHA256) == CONTENT


def test_identical_content_is_stored_once(storage: Storage) -> None:
    storage.put(CONTENT)
    first = storage.path(SHA256).stat()
    assert storage.put(CONTENT) == SHA256
    assert files_under(storage) == [storage.path(SHA256)]
    assert storage.path(SHA256).stat().st_ino == first.st_ino
    assert storage.path(SHA256).stat().st_mtime_ns == first.st_mtime_ns


def test_others_on_the_machine_cannot_read(storage: Storage) -> None:
    storage.put(CONTENT)
    assert storage.path(SHA256).stat().st_mode & 0o077 == 0


def test_missing(storage: Storage) -> None:
    assert not storage.exists(SHA256)
    assert list(storage.all_hashes()) == []
    with pytest.raises(Missing, match=SHA256[:12]):
        storage.read(SHA256)


@pytest.mark.parametrize("spoilt", [b"", CONTENT[:-1], CONTENT.replace(b"45", b"46")])
def test_damaged_content_is_never_given_and_can_be_put_again(storage: Storage, spoilt: bytes) -> None:
    storage.put(CONTENT)
    storage.path(SHA256).write_bytes(spoilt)
    with pytest.raises(Damaged, match="alterado"):
        storage.read(SHA256)
    storage.put(CONTENT)
    assert storage.read(SHA256) == CONTENT


def test_deleted(storage: Storage) -> None:
    storage.put(CONTENT)
    other = storage.put(b"otro")
    assert storage.delete(SHA256)
    assert not storage.delete(SHA256)
    assert not storage.exists(SHA256)
    assert list(storage.all_hashes()) == [other]


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", SHA256.upper(), SHA256 + "\n", SHA256[:-1], "/" * 64])
def test_only_hashes_name_contents(storage: Storage, name: str) -> None:
    for ask in (storage.path, storage.read, storage.exists, storage.delete):
        with pytest.raises(ValueError, match="SHA-256"):
            ask(name)


def test_a_full_disk_leaves_nothing(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        storage.put(CONTENT)
    assert files_under(storage) == []


def put_many(root: Path, rounds: int) -> set[str]:
    storage = Storage(root)
    return {storage.put(b"%d " % (number % 10) * 50_000) for number in range(rounds)}


def test_processes_that_put_the_same_at_once(storage: Storage) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        answers = [answer.result() for answer in [pool.submit(put_many, storage.root, 40) for _ in range(4)]]
    assert all(answer == answers[0] for answer in answers)
    assert set(storage.all_hashes()) == answers[0]
    assert len(files_under(storage)) == 10
    for sha256 in answers[0]:
        storage.read(sha256)


WRITER = """
import sys
from pathlib import Path
from documents.storage import Storage
storage = Storage(Path(sys.argv[1]))
number = 0
while True:
    storage.put(b"%d " % number * 500_000)
    print(number, flush=True)
    number += 1
"""


def test_a_killed_writer_leaves_no_half_content(storage: Storage) -> None:
    for _ in range(3):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(storage.root)], cwd=PROJECT, stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        promised = [writer.stdout.readline() for _ in range(3)]
        time.sleep(0.02)
        writer.send_signal(signal.SIGKILL)
        promised += writer.stdout.readlines()
        writer.wait()
        kept = set(storage.all_hashes())
        assert {hashlib.sha256(b"%d " % int(line) * 500_000).hexdigest() for line in promised if line.strip()} <= kept
        for sha256 in kept:
            storage.read(sha256)  # raises when half-written
            storage.delete(sha256)
    storage.clear_leftovers(time.time() + 60, older_than=0)
    assert files_under(storage) == []


def test_leftovers_are_cleared_only_when_old(storage: Storage) -> None:
    leftover = storage.root / "incoming" / "tmpabc"
    leftover.write_bytes(b"half")
    assert list(storage.all_hashes()) == []
    assert storage.clear_leftovers(time.time()) == 0
    assert storage.clear_leftovers(time.time() + 90_000) == 1
    assert files_under(storage) == []
