"""Signed copies of papers as rows: the scans and electronically signed PDFs that are kept beside what was issued."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from tortoise.expressions import Subquery

from models.papers import OfficialDocument
from models.people import User
from models.permissions import within
from models.renditions import Rendition, RenditionState
from models.signed_copies import CopyKind, SignedCopy
from reads.paging import Row

COPY = (
    "id", "document_id", "kind", "file_id", "signed_on", "note", "signatures", "attached_by_id", "attached_at",
    "withdrawn_by_id", "withdrawn_at", "withdrawn_reason",
)  # fmt: skip


async def copies_by_document(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the signed copies of each of these papers, oldest first, the withdrawn ones too; papers in reach."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in await SignedCopy.filter(document_id__in=ids).order_by("id").values(*COPY):
        grouped[row["document_id"]].append(row)
    return grouped


async def copies_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the signed copies among these whose papers are in reach."""
    papers = Subquery(OfficialDocument.filter(within(OfficialDocument, actor)).values("id"))
    return {row["id"]: row for row in await SignedCopy.filter(id__in=ids, document_id__in=papers).values(*COPY)}


async def kept_alike(document_id: int, sha256: str) -> SignedCopy | None:
    """Return the copy of a paper that has these very bytes and was not withdrawn."""
    return await SignedCopy.filter(document_id=document_id, withdrawn_at=None, file__sha256=sha256).first()


async def issued_pdf(document_id: int) -> dict[str, Any] | None:
    """Return file id, hash and size of the PDF that was made of a paper; None while there is none."""
    rows = await Rendition.filter(document_id=document_id, state=RenditionState.DONE, file_id__isnull=False).values(
        "file_id", sha256="file__sha256", size="file__size"
    )
    return rows[0] if rows else None


async def signed_here(document_id: int) -> list[SignedCopy]:
    """Return the copies of a paper that were signed in this system and still count, the last one last.

    Each holds the signatures of those before it.
    """
    kept = SignedCopy.filter(document_id=document_id, kind=CopyKind.ELECTRONIC, withdrawn_at=None).order_by("id")
    return [one for one in await kept if any("person_id" in signature for signature in one.signatures)]


def people_who_signed(copies: Sequence[SignedCopy]) -> set[int]:
    """Return the ids of those who signed in this system."""
    return {signature["person_id"] for one in copies for signature in one.signatures if "person_id" in signature}
