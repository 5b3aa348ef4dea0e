"""Files that people send: checked before any parser sees them, kept by content, forgotten after a day if unused."""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

import structlog

from actions.audited import Entry, audited
from actions.refusals import ErrorCode, Problem, Refusal
from documents.bucket import Bucket
from documents.folder import Folder
from documents.storage import Storage, Unavailable
from documents.uploads import FileRefused, inspect_upload
from models.audit import Verb
from models.clock import instant, now
from models.papers import StoredFile
from models.people import Role, User
from models.permissions import may
from settings import Settings, settings

log = structlog.get_logger()
T = TypeVar("T")

TABLE_OF_TEXT = "text/csv"
"""Media type of what may be imported, and is no paper: what opens it would compute its cells."""

UNUSED_FOR = timedelta(days=1)
"""How long an upload waits for a mutation that names it."""


_threads = ThreadPoolExecutor(8, thread_name_prefix="files")
"""Of their own: a store that hangs must not take the threads in which papers are made and read."""


@lru_cache(maxsize=4)
def _folder(root: Path) -> Storage:
    return Folder(root)


@lru_cache(maxsize=4)
def _bucket(place: str, endpoint: str, region: str, key: str | None, secret: str | None) -> Storage:
    return Bucket(place, endpoint=endpoint, region=region, key=key, secret=secret)


def storage_at(url: str, chosen: Settings) -> Storage:
    """Return the store at an address (s3://bucket/prefix, file:///folder; empty: the home's own folder).

    Raises Unavailable when the address is none of these, or when the program lacks what it takes to reach it.
    """
    if not url:
        return _folder(chosen.home / "files")
    if url.startswith("file:///"):
        return _folder(Path(url.removeprefix("file://")))
    place = url.removeprefix("s3://").strip("/")
    if place == url.strip("/") or not place or "@" in place:
        message = "CONVENIOS_STORAGE_URL no es una dirección de archivo: s3://depósito/prefijo o file:///carpeta"
        raise Unavailable(message, lasting=True)
    key, secret = (one.get_secret_value() if one else None for one in (chosen.storage_key, chosen.storage_secret))
    return _bucket(place, chosen.storage_endpoint, chosen.storage_region, key, secret)


def storage() -> Storage:
    """Return the store of this installation."""
    return storage_at(settings().storage_url, settings())


def storage_name() -> str:
    """Return where this installation keeps its files, in words for whoever keeps it."""
    return settings().storage_url or f"la carpeta {settings().home / 'files'}"


async def in_store(work: Callable[..., T], *arguments: Any) -> T:
    """Do something with the store in a thread: it may be a slow disk, or at the other end of a line."""
    return await asyncio.get_running_loop().run_in_executor(_threads, work, *arguments)


async def store_fault(*, thoroughly: bool = False) -> Unavailable | None:
    """Return why the store cannot be used, None when it answers; `thoroughly` also writes something and removes it."""
    try:
        await in_store(lambda: storage().try_out() if thoroughly else storage().check())
    except Unavailable as fault:
        return fault
    return None


async def keep_bytes(data: bytes) -> str:
    """Put a content into the store and return its hash; refused when the store does not answer, within seconds."""
    return await _answered(lambda: storage().put(data))


async def bytes_of(sha256: str) -> bytes:
    """Return a content of the store; raises Missing or Damaged, and refuses when the store does not answer."""
    return await _answered(lambda: storage().read(sha256))


async def _answered(work: Callable[[], T]) -> T:
    try:
        return await in_store(work)
    except Unavailable as fault:
        # What to look at is for who keeps the system; the message holds no key.
        log.error("store unavailable", why=str(fault))
        message = "El almacén de archivos no responde, y nada quedó a medias. Intente de nuevo en unos minutos."
        raise Refusal(Problem(ErrorCode.UNAVAILABLE, message)) from fault


async def upload_file(*, actor: User, data: bytes, filename: str) -> StoredFile:
    """Check and keep a file; refuses with the reason when it is not what it says, too large or dangerous."""
    try:
        checked = inspect_upload(data, filename)
    except FileRefused as refused:
        raise Refusal(Problem(ErrorCode.FILE_REFUSED, refused.message, ("file",))) from refused
    if may(actor, Verb.UPLOAD_FILE):
        # Before the gate, where everybody waits: bytes without a row are harmless, a row without bytes is a lost paper.
        await keep_bytes(data)
    async with audited(Verb.UPLOAD_FILE, actor=actor) as entry:
        file = await entry.create(
            StoredFile,
            sha256=checked.sha256,
            filename=checked.filename,
            media_type=checked.media_type,
            size=checked.size,
            uploaded_by_id=actor.id,
            uploaded_at=entry.at,
        )
        entry.about(file, f"{actor.name} subió el archivo «{checked.filename}».")
    # Who forgets contents that nobody names may have looked at these just before they were brought again.
    if not await _answered(lambda: storage().exists(checked.sha256)):
        await keep_bytes(data)
    return file


async def keep_paper(entry: Entry, data: bytes, filename: str, media_type: str) -> StoredFile:
    """Keep a file that the system made, inside the deed that made it."""
    sha256 = await keep_bytes(data)
    return await made_file(sha256, filename, media_type, size=len(data), by=entry.actor.id, at=entry.at)


async def made_file(
    sha256: str, filename: str, media_type: str, *, size: int, by: int, at: datetime | None = None
) -> StoredFile:
    """Record a file that the system made and some record names; its bytes, of `size`, are in the store already.

    `by` is for whom it was made; without an instant it is made now.
    """
    return await StoredFile.create(
        sha256=sha256,
        filename=filename,
        media_type=media_type,
        size=size,
        uploaded_by_id=by,
        uploaded_at=at or now(),
        used=True,
    )


async def use_file(entry: Entry, file_id: int, actor: User, path: str) -> StoredFile:
    """Take a file that this person sent, for a record that names it; refuses somebody else's or a forgotten one."""
    mine = StoredFile.filter(id=file_id) if actor.role == Role.SYSTEM else StoredFile.filter(uploaded_by_id=actor.id)
    file = await mine.get_or_none(id=file_id)
    if file is None:
        message = "No se encontró el archivo. Súbalo de nuevo: los que no se usan se olvidan después de un día."
        raise Refusal(Problem(ErrorCode.NOT_FOUND, message, (path,)))
    if file.media_type == TABLE_OF_TEXT:
        message = "Una tabla .csv solo sirve para importar. Envíe el documento como PDF, imagen, Word o Excel."
        raise Refusal(Problem(ErrorCode.FILE_REFUSED, message, (path,)))
    if not file.used:
        await entry.change(file, used=True)
    return file


async def forget_files(*, actor: User) -> int:
    """Forget the uploads that no record named within a day, and return how many; bytes go when nobody has them."""
    # In UTC, because SQLite compares instants as the text that is stored.
    limit = (now() - UNUSED_FOR).astimezone(UTC)
    old = await StoredFile.filter(used=False, uploaded_at__lt=limit).order_by("id").limit(500)
    if not old:
        return 0
    async with audited(Verb.FORGET_FILES, actor=actor) as entry:
        entry.about(old[0], f"Se olvidaron {len(old)} archivos que nadie usó.")
        await StoredFile.filter(id__in=[file.id for file in old], used=False).delete()
    try:
        await discard_unnamed({file.sha256 for file in old})
    except Unavailable as fault:
        # They stay as contents that nobody names, which the check of the archive counts.
        log.warning("contents not forgotten", files=len(old), why=str(fault))
    return len(old)


async def discard_unnamed(hashes: Iterable[str]) -> int:
    """Remove those of the contents that no record names, and return how many.

    A content that was put within a day stays: an upload brings its bytes first and its row a moment later.
    """
    put_before = (instant() - UNUSED_FOR).timestamp()
    wanted = sorted(hashes)
    named = set(await StoredFile.filter(sha256__in=wanted).values_list("sha256", flat=True))
    gone = [
        await in_store(partial(storage().discard, sha256, put_before=put_before))
        for sha256 in wanted
        if sha256 not in named
    ]
    return sum(gone)
