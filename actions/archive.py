"""Checking the archive: every content that a file names is read and compared with its hash; what fails is told once.

The check itself is the engine's bookkeeping; telling the administrators of what is newly gone is a deed.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from actions.audited import audited
from actions.files import UNUSED_FOR, in_store, storage
from documents.storage import Damaged, Missing
from models.archive import ArchiveCheck
from models.audit import Verb
from models.clock import GUATEMALA, instant
from models.messages import NoticeTopic
from models.people import Role, User
from reads.archive import contents_named, hashes_after, last_whole_check, named
from reads.people import told
from settings import settings

BATCH = 500
"""Contents whose hashes are in memory at once."""

AT_ONCE = 4
"""Contents that are read at the same time, each piece by piece."""

Progress = Callable[[str, int, int], None]


@dataclass
class Unnamed:
    """Contents that no file names: bytes of a deed that did not come to its end, or of a database older than they."""

    count: int = 0
    size: int = 0
    """Bytes."""
    oldest: float | None = None
    """When the oldest was put, in seconds since 1970."""

    def words(self) -> str:
        """Say it in Spanish; empty when there is none."""
        if self.oldest is None:
            return ""
        since = datetime.fromtimestamp(self.oldest, GUATEMALA)
        what = "1 contenido" if self.count == 1 else f"{self.count} contenidos"
        return f"{what} sin registro ({size_words(self.size)}), desde el {since:%d/%m/%Y}."


@dataclass(frozen=True)
class Checked:
    """What a check found."""

    check: ArchiveCheck
    unnamed: Unnamed

    def words(self) -> str:
        """Say it in one or two Spanish sentences."""
        check = self.check
        looked = f"Revisó {check.files} contenidos ({size_words(check.size)})"
        bad = f"faltan {len(check.missing)}, dañados {len(check.damaged)}." if broken(check) else "todos íntegros."
        return f"{looked}: {bad} {self.unnamed.words()}".strip()


def broken(check: ArchiveCheck) -> set[str]:
    """Return the contents that a check found gone or damaged."""
    return {*check.missing, *check.damaged}


def size_words(size: int) -> str:
    """Return a number of bytes as people read it."""
    return f"{size / 1e6:.1f} MB" if size < 1e9 else f"{size / 1e9:.1f} GB"


async def check_archive(*, actor: User, progress: Progress | None = None) -> Checked:
    """Read every content that a file names and note which are gone or damaged; tell the administrators of new ones.

    Raises Unavailable when the store does not answer: that is no fault of its contents.
    """
    await in_store(storage().check)
    total = await contents_named()
    check = await ArchiveCheck.create(started_at=instant())
    after = ""
    while hashes := await hashes_after(after, BATCH):
        await _look(check, hashes)
        await check.save(update_fields=["files", "size", "missing", "damaged"])
        after = hashes[-1]
        if progress:
            progress("contenidos", check.files, max(total, check.files))
    unnamed = await find_unnamed()
    await _end(check, actor)
    return Checked(check, unnamed)


async def _look(check: ArchiveCheck, hashes: list[str]) -> None:
    rest = iter(hashes)
    gone: dict[str, bool] = {}
    while some := list(islice(rest, AT_ONCE)):
        found = await asyncio.gather(*(in_store(_size_of, sha256) for sha256 in some))
        for sha256, size in zip(some, found, strict=True):
            if isinstance(size, int):
                check.size += size
            else:
                gone[sha256] = isinstance(size, Damaged)
    # An upload that was forgotten meanwhile took its bytes with it.
    still = await named(gone) if gone else set()
    check.files += len(hashes) - len(gone.keys() - still)
    check.missing = check.missing + [sha256 for sha256, damaged in gone.items() if sha256 in still and not damaged]
    check.damaged = check.damaged + [sha256 for sha256, damaged in gone.items() if sha256 in still and damaged]


def _size_of(sha256: str) -> int | Missing | Damaged:
    try:
        return storage().verify(sha256)
    except (Missing, Damaged) as fault:
        return fault


async def _end(check: ArchiveCheck, actor: User) -> None:
    """Note the end of a check, and tell of what the last whole one did not find already, both or none."""
    if not broken(check):
        await ArchiveCheck.filter(id=check.id).update(ended_at=instant())
        return
    before = await last_whole_check(but=check.id)
    new = broken(check) - (broken(before) if before else set())
    if not new:
        await ArchiveCheck.filter(id=check.id).update(ended_at=instant())
        return
    async with audited(Verb.REPORT_FAILURE, actor=actor) as entry:
        what = "1 archivo falta o está dañado" if len(new) == 1 else f"{len(new)} archivos faltan o están dañados"
        entry.about(check, f"La revisión del archivo informó: {what}.")
        await ArchiveCheck.filter(id=check.id).update(ended_at=instant())
        entry.tell(
            await told(roles=[Role.ADMIN]),
            key=f"archive:{check.id}",
            subject=f"Revisión del archivo: {what}",
            body=(
                f"La revisión del archivo encontró algo nuevo: {what}. En total faltan {len(check.missing)} y "
                f"{len(check.damaged)} están dañados, de {check.files}.\n\n"
                "Aquí está qué registros los nombran y qué hacer. De estos archivos no recibirá otro aviso.\n\n"
                f"{settings().address()}/administracion/archivo"
            ),
            topic=NoticeTopic.SYSTEM,
        )


async def find_unnamed() -> Unnamed:
    """Return what nobody names among all that the store keeps; what was put within a day may still find its record."""
    found = Unnamed()
    limit = (instant() - UNUSED_FOR).timestamp()
    contents = storage().contents()
    while some := await in_store(lambda: list(islice(contents, BATCH))):
        known = await named([one.sha256 for one in some])
        for one in some:
            if one.sha256 not in known and one.put_at < limit:
                found.count += 1
                found.size += one.size
                found.oldest = min(one.put_at, found.oldest or one.put_at)
    return found


async def forget_unnamed(older_than: float) -> int:
    """Remove the contents that nobody names and that were put so many seconds ago or more; return how many.

    Never by itself: a database restored from yesterday does not name today's files, and they may still be wanted.
    """
    put_before = instant().timestamp() - max(older_than, UNUSED_FOR.total_seconds())
    contents = storage().contents()
    count = 0
    while some := await in_store(lambda: list(islice(contents, BATCH))):
        known = await named([one.sha256 for one in some])
        count += await in_store(_discard, [one.sha256 for one in some if one.sha256 not in known], put_before)
    return count


def _discard(hashes: Iterable[str], put_before: float) -> int:
    return sum(storage().discard(sha256, put_before=put_before) for sha256 in hashes)
