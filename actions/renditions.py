"""PDFs of issued papers: claimed by a lease, made by LibreOffice, kept with their hash. Derived, so never audited."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from tortoise.expressions import F
from tortoise.transactions import in_transaction

from actions.files import made_file, storage
from actions.outbox import BACK_OFF
from actions.people import system_user
from actions.queueing import queue_notices
from documents.media_types import PDF
from documents.pdf import Office
from models.clock import instant, now
from models.messages import NoticeTopic
from models.papers import OfficialDocument
from models.people import Role, User
from models.renditions import Rendition, RenditionState
from reads.renditions import sheets_differ
from settings import settings

AT_ONCE = 16
"""Papers of one start of LibreOffice, which costs as much as a dozen of them."""

CONVERTING = timedelta(seconds=45)
"""How long a claimed paper is left to its engine, which claims it anew while LibreOffice works: so long after an engine
dies its papers are made by another."""

SECONDS = 120.0
"""Time for all papers of one start; they take three."""

MOST_TRIES = 6
"""Tries of a paper that keeps failing, over some thirteen minutes."""


@dataclass(frozen=True)
class Claim:
    """A paper whose PDF this engine makes; `tries` tells its claim from those before and after."""

    id: int
    document_id: int
    number: str
    sha256: str
    filename: str
    tries: int
    data: dict[str, Any] = field(repr=False, default_factory=dict)


@lru_cache(maxsize=8)
def _office(setting: str, folder: Path) -> Office:
    return Office(setting, folder)


def office(purpose: str = "renditions") -> Office:
    """Return the LibreOffice of this process for a purpose: what somebody waits for never waits for a batch."""
    return _office(settings().soffice, settings().home / "office" / purpose)


async def renditions_due() -> bool:
    """Tell whether the PDF of any paper is due."""
    pending = Rendition.filter(state=RenditionState.PENDING)
    return await pending.filter(tries=0).exists() or await pending.filter(due_at__lte=instant()).exists()


async def due_renditions(limit: int = AT_ONCE) -> list[Claim]:
    """Claim papers whose PDF is due, oldest first: `limit` that nobody tried, else one that failed, all by itself.

    Alone, because one document that brings LibreOffice down takes with it all of its start. Each is claimed by
    compare-and-set on its tries, so two engines never hold the same claim.
    """
    at = instant()
    pending = Rendition.filter(state=RenditionState.PENDING)
    columns = (
        "id", "tries", "document_id", "document__number", "document__data", "document__file__sha256",
        "document__file__filename",
    )  # fmt: skip
    # Never tried means due at once, whatever another machine's clock wrote.
    ripe = await pending.filter(tries=0).order_by("id").limit(limit).values(*columns)
    if not ripe:
        ripe = await pending.filter(tries__gt=0, due_at__lte=at).order_by("due_at", "id").limit(1).values(*columns)
    claimed: list[Claim] = []
    for row in ripe:
        same = Rendition.filter(id=row["id"], tries=row["tries"], state=RenditionState.PENDING)
        if await same.update(tries=row["tries"] + 1, due_at=at + CONVERTING):
            claimed.append(
                Claim(
                    row["id"], row["document_id"], row["document__number"], row["document__file__sha256"],
                    row["document__file__filename"], row["tries"] + 1, row["document__data"],
                )
            )  # fmt: skip
    return claimed


async def hold(claims: Sequence[Claim]) -> None:
    """Let claims last for longer: LibreOffice is still at work."""
    for claim in claims:
        await _held(claim).update(due_at=instant() + CONVERTING)


def _held(claim: Claim) -> Any:
    return Rendition.filter(id=claim.id, tries=claim.tries, state=RenditionState.PENDING)


async def mark_made(claim: Claim, pdf: bytes, sheets: int | None) -> bool:
    """Keep the PDF of a claimed paper with its hash; False when another engine was faster.

    When the paper speaks of another number of sheets, the lawyer of the paper is told, once.
    """
    # Before the commit, as every file: bytes without a row are harmless.
    sha256 = await asyncio.to_thread(storage().put, pdf)
    maker = await system_user()
    async with in_transaction():
        # A write first: see actions/audited.py.
        if not await _held(claim).update(state=RenditionState.DONE, sheets=sheets, made_at=now(), said=""):
            return False
        name = f"{claim.filename.removesuffix('.docx')}.pdf"
        file = await made_file(sha256, name, PDF, size=len(pdf), by=maker.id)
        await Rendition.filter(id=claim.id).update(file_id=file.id)
        if differ := sheets_differ(claim.data, sheets):
            await _tell(claim, differ)
    return True


async def _tell(claim: Claim, differ: str) -> None:
    """Tell the lawyer who issued a paper, or who has its file when the engine made it."""
    document = await OfficialDocument.get(id=claim.document_id).select_related("issued_by", "review__assignee")
    if document.voided_on:
        return
    lawyer: User | None = document.issued_by
    if lawyer and lawyer.role == Role.SYSTEM:
        lawyer = document.review.assignee if document.review else None
    if lawyer is None or not lawyer.active:
        return
    row = {
        "key": f"sheets:{claim.document_id}:{lawyer.email}"[:160],
        "recipient": lawyer.email,
        "recipient_name": lawyer.name,
        "subject": f"Revise las hojas del documento {claim.number}"[:200],
        "body": f"{claim.number}\n\n{differ}\n\n{settings().address()}/documentos?filter.search={claim.number}",
        "topic": NoticeTopic.MOVES,
    }
    await queue_notices([row], now())


async def mark_failed(claim: Claim, said: str) -> bool:
    """Note in Spanish why the PDF of a paper could not be made, and when it is tried again; tell if it is given up."""
    given_up = claim.tries >= MOST_TRIES
    pause = BACK_OFF[min(claim.tries, len(BACK_OFF)) - 1]
    left = {"state": RenditionState.FAILED} if given_up else {"due_at": instant() + pause}
    await _held(claim).update(said=said[:300], **left)
    return given_up


async def part(claims: Sequence[Claim]) -> None:
    """Let papers of a start that failed as a whole be due again at once, now each alone."""
    for claim in claims:
        await _held(claim).update(due_at=instant())


async def give_back(claims: Sequence[Claim]) -> None:
    """Let claimed papers that were not even tried be due again at once: their engine stops."""
    for claim in claims:
        await _held(claim).update(due_at=instant(), tries=F("tries") - 1)


async def owe_the_rest() -> int:
    """Owe a PDF to the papers that are older than this, or were loaded without; return how many."""
    owed, last = 0, 0
    while True:
        older = OfficialDocument.filter(id__gt=last, file_id__isnull=False, renditions__id__isnull=True)
        ids = [row["id"] for row in await older.order_by("id").limit(500).values("id")]
        if not ids:
            return owed
        at = instant()
        await Rendition.bulk_create([Rendition(document_id=one, due_at=at) for one in ids], ignore_conflicts=True)
        owed, last = owed + len(ids), ids[-1]


async def try_failed_again() -> int:
    """Give what was given up another try, each alone: LibreOffice may be another one by now. Return how many."""
    failed = Rendition.filter(state=RenditionState.FAILED)
    return await failed.update(state=RenditionState.PENDING, tries=MOST_TRIES - 1, due_at=instant())
