"""Contents are kept once, whole, under their own hash, in a folder and in a bucket, whatever happens meanwhile."""

import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from uuid import uuid4

import pytest

from documents import bucket as buckets
from documents.folder import Folder
from documents.storage import PIECE, Content, Damaged, Missing, Storage, Unavailable
from tests.buckets import BUCKET, SECRET, S3Server

PROJECT = Path(__file__).resolve().parent.parent
CONTENT = b"Dictamen favorable 45-2026"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@dataclass
class Place:
    """A store and the folder where its contents really lie."""

    open: Callable[[], Storage]
    root: Path

    def path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256[2:]

    def leave(self, name: str, data: bytes) -> None:
        """Write something below the store's own names, or over one of them."""
        files = self.open().files
        files.makedirs(f"{self.open().place}/{name.rpartition('/')[0]}", exist_ok=True)
        files.pipe_file(f"{self.open().place}/{name}", data)

    def files(self) -> list[Path]:
        return [path for path in self.root.rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with S3Server() as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Place:
    return Place(lambda: Folder(tmp_path / "files"), tmp_path / "files")


@pytest.fixture
def bucket(server: S3Server) -> Place:
    prefix = uuid4().hex
    return Place(lambda: server.bucket(prefix), server.folder / BUCKET / prefix)


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def storage(place: Place) -> Storage:
    return place.open()


def test_content_comes_back(place: Place, storage: Storage) -> None:
    assert list(storage.contents()) == []
    assert storage.put(CONTENT) == SHA256
    assert storage.read(SHA256) == CONTENT
    assert storage.verify(SHA256) == len(CONTENT)
    assert storage.exists(SHA256)
    assert place.path(SHA256).read_bytes() == CONTENT
    assert list(storage.all_hashes()) == [SHA256]
    assert place.open().read(SHA256) == CONTENT


@pytest.mark.parametrize("size", [0, PIECE, PIECE + 1])
def test_contents_of_any_size_come_back(storage: Storage, size: int) -> None:
    data = b"a" * size
    sha256 = storage.put(data)
    assert storage.read(sha256) == data
    assert storage.verify(sha256) == size


def test_identical_content_is_stored_once(place: Place, storage: Storage) -> None:
    storage.put(CONTENT)
    assert storage.put(CONTENT) == SHA256
    assert place.files() == [place.path(SHA256)]
    found = storage.look(SHA256)
    assert found
    assert found.size == len(CONTENT)
    assert abs(found.put_at - time.time()) < 3600


def test_a_folder_does_not_write_again_what_it_has_but_it_counts_as_put_now(folder: Place) -> None:
    storage = folder.open()
    storage.put(CONTENT)
    os.utime(folder.path(SHA256), (1_000_000, 1_000_000))
    first = folder.path(SHA256).stat()
    assert storage.look(SHA256) == Content(SHA256, len(CONTENT), 1_000_000)
    storage.put(CONTENT)
    assert folder.path(SHA256).stat().st_ino == first.st_ino
    assert folder.path(SHA256).stat().st_mtime > 1_000_000


def test_others_on_the_machine_cannot_read(folder: Place) -> None:
    folder.open().put(CONTENT)
    assert folder.path(SHA256).stat().st_mode & 0o077 == 0


def test_missing(storage: Storage) -> None:
    assert not storage.exists(SHA256)
    assert storage.look(SHA256) is None
    for ask in (storage.read, storage.verify):
        with pytest.raises(Missing):
            ask(SHA256)


@pytest.mark.parametrize("spoilt", [b"", CONTENT[:-1], b"otro"])
def test_damaged_content_is_never_given_and_can_be_put_again(place: Place, storage: Storage, spoilt: bytes) -> None:
    storage.put(CONTENT)
    place.leave(f"{SHA256[:2]}/{SHA256[2:]}", spoilt)
    for ask in (storage.read, storage.verify):
        with pytest.raises(Damaged):
            ask(SHA256)
    storage.put(CONTENT)
    assert storage.read(SHA256) == CONTENT


def test_deleted(storage: Storage) -> None:
    storage.put(CONTENT)
    other = storage.put(b"otro")
    assert storage.delete(SHA256)
    assert not storage.delete(SHA256)
    assert not storage.exists(SHA256)
    assert list(storage.all_hashes()) == [other]


def test_discarded_only_when_not_put_since(storage: Storage) -> None:
    storage.put(CONTENT)
    found = storage.look(SHA256)
    assert found
    assert not storage.discard(SHA256, put_before=found.put_at)
    assert storage.discard(SHA256, put_before=found.put_at + 1)
    assert not storage.discard(SHA256, put_before=found.put_at + 1)
    assert list(storage.contents()) == []


def test_contents_are_listed_in_order_and_nothing_else_is(place: Place, storage: Storage) -> None:
    put = {storage.put(b"%d" % number) for number in range(12)}
    for stray in ("incoming/tmp1", "ab/no-hash", "suelto"):
        place.leave(stray, b"x")
    assert [one.sha256 for one in storage.contents()] == sorted(put)
    assert {one.size for one in storage.contents()} == {1, 2}


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", SHA256.upper(), SHA256 + "\n", SHA256[:-1], "/" * 64])
def test_only_hashes_name_contents(storage: Storage, name: str) -> None:
    for ask in (storage.key, storage.read, storage.verify, storage.exists, storage.delete):
        with pytest.raises(ValueError, match="SHA-256"):
            ask(name)


def test_a_store_that_works_is_tried_out_without_trace(place: Place, storage: Storage) -> None:
    storage.check()
    storage.try_out()
    assert place.files() == []


# The folder ----------------------------------------------------------------------------------------------------------


def test_a_full_disk_leaves_nothing(folder: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        folder.open().put(CONTENT)
    with pytest.raises(Unavailable, match="No space"):
        folder.open().try_out()
    assert folder.files() == []


def put_many(root: Path, rounds: int) -> set[str]:
    storage = Folder(root)
    return {storage.put(b"%d " % (number % 10) * 50_000) for number in range(rounds)}


def test_processes_that_put_the_same_at_once(folder: Place) -> None:
    storage = folder.open()
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        answers = [answer.result() for answer in [pool.submit(put_many, folder.root, 40) for _ in range(4)]]
    assert all(answer == answers[0] for answer in answers)
    assert set(storage.all_hashes()) == answers[0]
    assert len(folder.files()) == 10
    for sha256 in answers[0]:
        storage.read(sha256)


WRITER = """
import sys
from pathlib import Path
from documents.folder import Folder
storage = Folder(Path(sys.argv[1]))
number = 0
while True:
    storage.put(b"%d " % number * 500_000)
    print(number, flush=True)
    number += 1
"""


def test_a_killed_writer_leaves_no_half_content(folder: Place) -> None:
    storage = folder.open()
    for _ in range(3):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder.root)], cwd=PROJECT, stdout=subprocess.PIPE, text=True
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
    assert folder.files() == []


def test_leftovers_are_cleared_only_when_old(folder: Place) -> None:
    storage = folder.open()
    leftover = folder.root / "incoming" / "tmpabc"
    leftover.write_bytes(b"half")
    assert list(storage.all_hashes()) == []
    assert storage.clear_leftovers(time.time()) == 0
    assert storage.clear_leftovers(time.time() + 90_000) == 1
    assert folder.files() == []


# The bucket ----------------------------------------------------------------------------------------------------------


def test_threads_that_put_the_same_at_once(bucket: Place) -> None:
    storage = bucket.open()
    with ThreadPoolExecutor(8) as pool:
        hashes = set(pool.map(lambda number: storage.put(b"%d " % (number % 5) * 50_000), range(40)))
    assert set(storage.all_hashes()) == hashes
    assert len(hashes) == 5
    for sha256 in hashes:
        storage.read(sha256)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "otro"}, "no existe el depósito «otro»"),
        ({"key": "ajena"}, "rechaza la llave"),
        ({"secret": "cambiado-ayer"}, "rechaza la llave"),
    ],
)
def test_wrong_settings_are_told_at_once_and_without_the_secret(
    server: S3Server, wrong: dict[str, str], said: str
) -> None:
    storage = server.bucket("x", **wrong)
    for ask in (storage.check, storage.try_out, lambda: storage.put(CONTENT), lambda: list(storage.contents())):
        with pytest.raises(Unavailable, match=said) as refused:
            ask()
        assert refused.value.lasting
        assert SECRET not in str(refused.value)
        assert wrong.get("secret", SECRET) not in str(refused.value)


def test_a_server_killed_in_the_middle_of_a_put_costs_nothing_but_a_repetition() -> None:
    data = os.urandom(32 * 2**20)
    with S3Server() as server:
        storage = server.bucket("x")
        storage.put(CONTENT)
        before = {path for path in server.folder.rglob("*") if path.is_file()}

        def kill_when_it_arrives() -> None:
            while not {path for path in server.folder.rglob("*") if path.is_file()} - before:
                time.sleep(0.001)
            server.kill()

        killing = threading.Thread(target=kill_when_it_arrives)
        killing.start()
        with pytest.raises(Unavailable) as refused:
            storage.put(data)
        killing.join()
        assert not refused.value.lasting
        with pytest.raises(Unavailable):
            storage.read(SHA256)
        server.start()
        sha256 = hashlib.sha256(data).hexdigest()
        with pytest.raises((Missing, Damaged)):
            storage.read(sha256)
        assert storage.put(data) == sha256
        assert storage.read(sha256) == data
        assert storage.read(SHA256) == CONTENT


def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "CHECK_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        storage = buckets.Bucket("x", endpoint=f"http://127.0.0.1:{silent.getsockname()[1]}", key="a", secret="b")
        with pytest.raises(Unavailable, match="no responde"):
            storage.check()


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    program = """
import sys
sys.modules["s3fs"] = None
from documents.bucket import Bucket
from documents.storage import Unavailable
try:
    Bucket("papeles/x")
except Unavailable as fault:
    print(fault, fault.lasting)
"""
    said = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert "[s3]" in said.stdout
    assert "True" in said.stdout
