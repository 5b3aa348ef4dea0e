"""Files that people send: checked before any parser sees them, kept by content, forgotten after a day if unused."""

from datetime import UTC, timedelta
from functools import lru_cache
from pathlib import Path

from actions.audited import Entry, audited
from actions.refusals import ErrorCode, Problem, Refusal
from documents.storage import Storage
from documents.uploads import FileRefused, inspect_upload
from models.audit import Verb
from models.clock import now
from models.papers import StoredFile
from models.people import Role, User
from settings import settings

TABLE_OF_TEXT = "text/csv"
"""Media type of what may be imported, and is no paper: what opens it would compute its cells."""

UNUSED_FOR = timedelta(days=1)
"""How long an upload waits for a mutation that names it."""


@lru_cache(maxsize=4)
def _storage(root: Path) -> Storage:
    return Storage(root)


def storage() -> Storage:
    """Return the store of this installation."""
    return _storage(settings().home / "files")


async def upload_file(*, actor: User, data: bytes, filename: str) -> StoredFile:
    """Check and keep a file; refuses with the reason when it is not what it says, too large or dangerous."""
    try:
        checked = inspect_upload(data, filename)
    except FileRefused as refused:
        raise Refusal(Problem(ErrorCode.FILE_REFUSED, refused.message, ("file",))) from refused
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
        # Before the commit: bytes without a row are harmless, a row without bytes is a lost paper.
        storage().put(data)
    return file


async def keep_paper(entry: Entry, data: bytes, filename: str, media_type: str) -> StoredFile:
    """Keep a file that the system made, inside the deed that made it."""
    sha256 = storage().put(data)
    return await StoredFile.create(
        sha256=sha256,
        filename=filename,
        media_type=media_type,
        size=len(data),
        uploaded_by_id=entry.actor.id,
        uploaded_at=entry.at,
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
        kept = await StoredFile.filter(sha256__in=[file.sha256 for file in old]).values_list("sha256", flat=True)
        # Inside the gate, where uploads happen too: nobody can bring the same bytes back meanwhile.
        for sha256 in {file.sha256 for file in old} - set(kept):
            storage().delete(sha256)
    return len(old)
