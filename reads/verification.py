"""What anybody may know of a paper: by its code, or by the hash of one of its files. No persons, no content."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tortoise.expressions import Q

from models.papers import OfficialDocument, StoredFile
from models.renditions import PaperText, Rendition
from models.signed_copies import CopyKind, SignedCopy
from reads.matching import exactly
from reads.paging import Row

PUBLIC = ("id", "kind", "number", "issued_on", "parties", "voided_on", "court_file_id", "verification_code")


class FileMatch(StrEnum):
    """Which of a paper's files a hash belongs to."""

    WORD = "WORD"
    PDF = "PDF"
    SIGNED_COPY = "SIGNED_COPY"
    WITHDRAWN_COPY = "WITHDRAWN_COPY"


@dataclass(frozen=True)
class Match:
    """What a hash belongs to."""

    document_id: int
    match: FileMatch
    copy_kind: CopyKind | None = None
    signed_on: date | None = None
    sha256: str = ""
    """The hash that was found, of those asked for."""


async def document_by_code(code: str) -> Row | None:
    """Return what anybody may know of a paper by its verification code."""
    return await _public(exactly(OfficialDocument, "verification_code", code.strip().upper()))


async def public_document(document_id: int) -> Row | None:
    """Return what anybody may know of a paper that a code or a hash has led to."""
    return await _public(Q(id=document_id))


async def _public(which: Q) -> Row | None:
    """Return one paper's public row; of a paper of a court file neither parties nor signed copies."""
    rows = await OfficialDocument.filter(which).limit(1).values(*PUBLIC, sha256="file__sha256")
    for row in rows:
        row["reserved"] = row["court_file_id"] is not None
        row["parties"] = [] if row["reserved"] else row["parties"]
        copies = SignedCopy.filter(document_id=row["id"], withdrawn_at=None).order_by("signed_on", "id")
        row["copies"] = [] if row["reserved"] else await copies.values("kind", "signed_on")
    return rows[0] if rows else None


async def match_of(hashes: Iterable[str], *, prefer: int | None = None) -> Match | None:
    """Return which file of which paper has one of these hashes.

    `prefer` is the paper that is meant, should a file be kept for several. Each look is by an index.
    """
    wanted = list(hashes)
    kept = dict(await StoredFile.filter(sha256__in=wanted).values_list("id", "sha256"))
    found: list[Match] = []
    if kept:
        words = await OfficialDocument.filter(file_id__in=list(kept)).values_list("id", "file_id")
        found += [Match(paper, FileMatch.WORD, sha256=kept[file]) for paper, file in words]
        pdfs = await Rendition.filter(file_id__in=list(kept)).values_list("document_id", "file_id")
        found += [Match(paper, FileMatch.PDF, sha256=kept[file]) for paper, file in pdfs]
        copies = SignedCopy.filter(file_id__in=list(kept)).order_by("-withdrawn_at", "-id")
        for copy in await copies.values("document_id", "file_id", "kind", "signed_on", "withdrawn_at"):
            which = FileMatch.WITHDRAWN_COPY if copy["withdrawn_at"] else FileMatch.SIGNED_COPY
            found.append(
                Match(copy["document_id"], which, copy["kind"], copy["signed_on"], sha256=kept[copy["file_id"]])
            )
    # A copy that still counts before one that was withdrawn.
    found.sort(key=lambda one: (one.document_id != prefer, one.match == FileMatch.WITHDRAWN_COPY))
    return found[0] if found else None


async def paper_saying(text_sha256: str, *, prefer: int | None = None) -> int | None:
    """Return the id of the paper whose visible text has this hash, by an index; `prefer` is the one that is meant.

    Not for a door that nobody counts at: who has all of a paper but a number could try every number.
    """
    found = [row["id"] for row in await OfficialDocument.filter(text_sha256=text_sha256).order_by("id").values("id")]
    return prefer if prefer in found else next(iter(found), None)


async def text_of(document_id: int) -> str | None:
    """Return the words of a paper as they are kept beside it; None for a paper older than their keeping."""
    kept = await PaperText.get_or_none(document_id=document_id)
    return kept.text if kept else None


async def word_of(document_id: int) -> str | None:
    """Return the hash of a paper's Word file; None for one that has none."""
    rows = await OfficialDocument.filter(id=document_id).values(sha256="file__sha256")
    return rows[0]["sha256"] if rows else None
