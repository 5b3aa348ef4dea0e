"""Preparing the papers of many conventions: one item at a time, and at the end one zip. The engine's bookkeeping."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import IO

from tortoise.expressions import F
from tortoise.transactions import in_transaction

from actions.batches import LEASE, Claim, hold_batch
from actions.files import in_store, keep_bytes, made_file, storage
from actions.paper_projects import project_of_agreement
from actions.people import system_user
from actions.preparation import prepare_agreement
from actions.refusals import Forbidden, NotAllowedNow, NotFound
from actions.trial_papers import Project
from documents.media_types import WORD
from documents.storage import Damaged, Missing
from documents.zips import Packed, safe_name, write_zip
from models.audit import Verb
from models.batches import Batch, BatchItem, BatchItemState, BatchState, PaperPlan
from models.clock import now
from models.papers import StoredFile
from models.people import User
from models.permissions import may
from reads.paper_outlook import PaperOutlook, paper_outlooks
from reads.parties import listed, parties_of

ZIP = "application/zip"

STATES = {
    PaperPlan.ISSUED: "Documento emitido",
    PaperPlan.PROJECT: "Proyecto sin número",
    BatchItemState.REFUSED: "Sin documento: no procede",
    BatchItemState.FAILED: "Sin documento: falla del sistema",
    BatchItemState.PENDING: "Sin iniciar",
}
"""What the list in the zip says of each convention."""


@dataclass(frozen=True)
class Prepared:
    """What came of a convention: its numbered paper, or a project of it."""

    outlook: PaperOutlook
    project: Project | None = None


async def prepare_paper(convention_id: int, starter: User) -> Prepared:
    """Return the convention's paper: issued already, made now by the step that the engine owes, or as a project.

    In the starter's name: what is out of her or his reach by now is not found; a role without batches is Forbidden.
    """
    if not may(starter, Verb.START_BATCH):
        raise Forbidden(Verb.START_BATCH.value)
    outlook = await _outlook(convention_id, starter)
    if outlook.plan == PaperPlan.PREPARES and outlook.review_id:
        # The engine's own step, which whoever comes first does once.
        await prepare_agreement(actor=await system_user(), review_id=outlook.review_id)
        outlook = await _outlook(convention_id, starter)
    if outlook.plan == PaperPlan.PROJECT:
        return Prepared(outlook, await project_of_agreement(convention_id))
    if outlook.plan != PaperPlan.ISSUED:
        raise NotAllowedNow(outlook.why or "El expediente cambió mientras tanto: reintente el lote.")
    return Prepared(outlook)


async def _outlook(convention_id: int, starter: User) -> PaperOutlook:
    found = (await paper_outlooks([convention_id], starter)).get(convention_id)
    if found is None:
        raise NotFound("el convenio a su alcance")
    return found


async def mark_prepared(item: BatchItem, made: Prepared, starter_id: int) -> None:
    """Note the paper or the project that came of an item, once: a project's file is born in the same transaction."""
    project = made.project
    sha256 = await keep_bytes(project.docx) if project else ""
    async with in_transaction():
        # A write first, and only one engine's: see actions/audited.py.
        said = f"Falta: {'; '.join(project.missing)}." if project and project.missing else ""
        undone = BatchItem.filter(id=item.id).exclude(state=BatchItemState.DONE)
        changed = await undone.update(
            state=BatchItemState.DONE,
            said=said,
            review_id=made.outlook.review_id,
            document_id=made.outlook.document_id,
            file_id=made.outlook.file_id,
            tries=F("tries") + 1,
            done_at=now(),
        )
        if not changed or project is None:
            return
        convention = await item.convention
        name = f"{safe_name('PROYECTO', convention.number)}.docx"
        file = await made_file(sha256, name, WORD, size=len(project.docx), by=starter_id)
        await BatchItem.filter(id=item.id).update(file_id=file.id)


async def pack_batch(claim: Claim, hold: Callable[[Claim], Awaitable[bool]] = hold_batch) -> bool:
    """Put all papers of a batch and their list into one zip; False when somebody else holds the batch by now.

    The same papers give the same bytes, so a second zip after a kill is the first one. An earlier one of a batch that
    was tried again is forgotten like an upload that nobody uses.
    """
    lines = await _lines(claim.batch_id)
    with tempfile.TemporaryFile() as target:
        writing = asyncio.create_task(in_store(write_zip, target, lines, _content))
        while not (await asyncio.wait({writing}, timeout=LEASE.total_seconds() / 4))[0]:
            if not await hold(claim):
                await writing
                return False
        await writing
        content = await asyncio.to_thread(_whole, target)
    sha256 = await in_store(storage().put, content)
    async with in_transaction():
        held = Batch.filter(id=claim.batch_id, tries=claim.tries, state=BatchState.RUNNING)
        if not await held.update(tries=claim.tries):
            return False
        batch = await Batch.get(id=claim.batch_id)
        name = f"{safe_name(batch.title, f'lote {batch.id}')}.zip"
        file = await made_file(sha256, name, ZIP, size=len(content), by=batch.created_by_id)
        await StoredFile.filter(id=batch.file_id).update(used=False)
        await held.update(file_id=file.id)
    return True


def _content(sha256: str) -> bytes | None:
    try:
        return storage().read(sha256)
    except (Missing, Damaged):
        return None


def _whole(target: IO[bytes]) -> bytes:
    target.seek(0)
    return target.read()


async def _lines(batch_id: int) -> list[Packed]:
    """Return a line for each item, in the order of the batch."""
    rows = (
        await BatchItem.filter(batch_id=batch_id)
        .order_by("position")
        .values(
            "convention_id",
            "state",
            "said",
            "document_id",
            "file__sha256",
            "convention__number",
            "document__number",
        )
    )
    parties = await parties_of([row["convention_id"] for row in rows])
    return [
        Packed(
            number=row["document__number"] or _unnumbered(row),
            place=listed([one.name for one in parties[row["convention_id"]]]),
            state=_state(row),
            sha256=row["file__sha256"] or "",
            reason=row["said"],
        )
        for row in rows
    ]


def _unnumbered(row: dict[str, str]) -> str:
    project = row["state"] == BatchItemState.DONE
    return f"{'PROYECTO-' if project else ''}{row['convention__number']}"


def _state(row: dict[str, str]) -> str:
    if row["state"] == BatchItemState.DONE:
        return STATES[PaperPlan.ISSUED if row["document_id"] else PaperPlan.PROJECT]
    return STATES[BatchItemState(row["state"])]
