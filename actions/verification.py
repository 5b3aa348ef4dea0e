"""Whether a file that somebody sends is a paper of ours: identical, the same words saved again, or changed.

Nothing is kept of the file, and nothing is written. What of a paper may be told to whom is decided here and in
`documents/comparing`: a person who reaches the paper sees both sides, anybody else only her or his own lines.
"""

import asyncio
import hashlib
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from actions.files import bytes_of
from actions.signed_copies import roots
from documents.comparing import Change, PublicDifference, differences, for_anybody, too_long
from documents.engine import PaperRefused, visible_text
from documents.media_types import PDF, WORD
from documents.pades import AVAILABLE, SignatureFault, SignedPdf, signed, verify
from documents.refusals import FileRefused
from documents.seal import ALPHABET, normal_verification_code, sha256_hex
from documents.storage import StorageFault
from documents.uploads import inspect_upload
from documents.word_scan import Scan, scan
from models.clock import instant
from models.papers import OfficialDocument
from models.people import User
from models.permissions import within
from reads.paging import Row
from reads.verification import (
    FileMatch,
    Match,
    document_by_code,
    match_of,
    paper_saying,
    public_document,
    text_of,
    word_of,
)

R = TypeVar("R")

COMPARED = (PDF, WORD, "image/jpeg", "image/png")
"""Media types that a paper or a signed copy of one may have."""

MOST_ENDS = 50
"""How many times a PDF may have been added to, to look for the one that was issued inside of it."""

# Reading a file takes up to a second of one core: more than two at once would slow everybody down.
_readers = ThreadPoolExecutor(2, thread_name_prefix="verification")
_CODE = re.compile(rf"(?<![0-9A-Z])[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}(?![0-9A-Z])")


class Verdict(StrEnum):
    """What a file is, compared with a paper of ours."""

    IDENTICAL = "IDENTICAL"
    APPENDED = "APPENDED"
    """A PDF that begins with the issued one, to which something was added: signatures, or anything else."""
    SAME_TEXT = "SAME_TEXT"
    CHANGED_TEXT = "CHANGED_TEXT"
    OTHER_PAPER = "OTHER_PAPER"
    """It is one of ours, of another paper than the code says."""
    NOT_COMPARABLE = "NOT_COMPARABLE"
    """A PDF or a picture that is none of ours: its words cannot be compared."""
    UNKNOWN = "UNKNOWN"
    """Nothing in the file leads to a paper of ours."""


@dataclass(frozen=True)
class FileReport:
    """What was found; what is empty does not apply."""

    verdict: Verdict
    filename: str
    media_type: str
    document: Row | None = None
    """What anybody may know of the paper."""
    match: Match | None = None
    besides: tuple[str, ...] = ()
    """What the file shows besides the same words, in Spanish."""
    difference: PublicDifference | None = None
    """For anybody; None also when too much differs."""
    changes: tuple[Change, ...] | None = None
    """For who reaches the paper: both sides."""
    signatures: SignedPdf | None = None
    """What the electronic signatures prove of a PDF that is ours or begins with ours."""
    withheld: bool = False
    """Whether it was not compared because too many strangers' files were lately."""


@dataclass(frozen=True)
class _Read:
    text: str
    extras: Scan


async def verify_file(
    *,
    data: bytes,
    filename: str,
    code: str = "",
    actor: User | None = None,
    may_compare: Callable[[int], bool] = lambda paper: True,
) -> FileReport:
    """Say what a file is; with a code, compared with that paper. Raises FileRefused for a file that is not looked at.

    `may_compare` is asked, with the paper's id, before a stranger's text is compared with it.
    """
    checked = await _in_thread(inspect_upload, data, filename)
    if checked.media_type not in COMPARED:
        raise FileRefused(
            "KIND_NOT_ACCEPTED",
            "Envíe el documento tal como lo recibió: Word (.docx), PDF, o la foto o escaneo (JPG, PNG) de la copia "
            "firmada.",
        )
    meant = await document_by_code(normal_verification_code(code) or code) if code.strip() else None
    report = FileReport(Verdict.UNKNOWN, checked.filename, checked.media_type, meant)
    found = await match_of([checked.sha256], prefer=meant["id"] if meant else None)
    if found:
        return await _with_signatures(await _of_ours(report, found, Verdict.IDENTICAL), data)
    if checked.media_type == WORD:
        return await _of_word(report, data, actor, may_compare)
    if checked.media_type == PDF:
        hashes = await _in_thread(issued_within, data)
        found = await match_of(hashes, prefer=meant["id"] if meant else None) if hashes else None
        if found and found.match == FileMatch.PDF:
            return await _with_signatures(await _of_ours(report, found, Verdict.APPENDED), data)
    return replace(report, verdict=Verdict.NOT_COMPARABLE if meant else Verdict.UNKNOWN)


async def _of_ours(report: FileReport, found: Match, verdict: Verdict) -> FileReport:
    if report.document and report.document["id"] != found.document_id:
        verdict = Verdict.OTHER_PAPER
    document = await public_document(found.document_id)
    return replace(report, verdict=verdict, document=document, match=found)


async def _with_signatures(report: FileReport, data: bytes) -> FileReport:
    """Look at the electronic signatures, where there is something that can; one that cannot be read proves nothing."""
    if report.media_type != PDF or not AVAILABLE or not signed(data):
        return report
    try:
        found = await _in_thread(partial(verify, data, roots=roots(), at=instant()))
    except SignatureFault:
        return report
    return replace(report, signatures=found if found.signatures else None)


async def _of_word(
    report: FileReport, data: bytes, actor: User | None, may_compare: Callable[[int], bool]
) -> FileReport:
    read = await _in_thread(_words, data)
    document = report.document or await _by_printed_code(read.text)
    if document is None:
        return report
    report = replace(report, document=document)
    reached = actor is not None and await _reaches(actor, document["id"])
    if not reached and not may_compare(document["id"]):
        return replace(report, verdict=Verdict.NOT_COMPARABLE, withheld=True)
    said_by = await paper_saying(sha256_hex(read.text), prefer=document["id"])
    if said_by:
        verdict = Verdict.SAME_TEXT if said_by == document["id"] else Verdict.OTHER_PAPER
        report = replace(report, verdict=verdict, document=await public_document(said_by))
        return replace(report, besides=await _besides(said_by, read.extras))
    ours = await _text_of(document["id"])
    if ours is None:
        return replace(report, verdict=Verdict.NOT_COMPARABLE)
    report = replace(report, verdict=Verdict.CHANGED_TEXT)
    if reached:
        return replace(report, changes=tuple(await _in_thread(differences, ours, read.text)))
    if document["reserved"]:
        return report
    return replace(report, difference=await _in_thread(for_anybody, ours, read.text))


async def _reaches(actor: User, document_id: int) -> bool:
    return await OfficialDocument.filter(within(OfficialDocument, actor), id=document_id).exists()


async def _by_printed_code(text: str) -> Row | None:
    """Return the paper whose code is printed in a text: each of ours carries it on every page."""
    for code in dict.fromkeys(_CODE.findall(text.upper())[:20]):
        document = await document_by_code(code)
        if document:
            return document
    return None


async def _text_of(document_id: int) -> str | None:
    """Return what a paper says, from beside it or from its Word file; None for one of which no file is kept."""
    kept = await text_of(document_id)
    if kept is not None:
        return kept
    original = await _original(document_id)
    return (await _in_thread(_words, original)).text if original else None


async def _besides(document_id: int, extras: Scan) -> tuple[str, ...]:
    original = await _original(document_id)
    if original is None:
        return ("algo que no se pudo comparar",)
    return extras.more_than(await _in_thread(scan, original))


async def _original(document_id: int) -> bytes | None:
    """Return the Word file of a paper; None when it is not there any more as it was issued."""
    sha256 = await word_of(document_id)
    try:
        return await bytes_of(sha256) if sha256 else None
    except StorageFault:
        return None


def _words(data: bytes) -> _Read:
    extras = scan(data)
    try:
        text = visible_text(data)
    except PaperRefused as refused:
        raise FileRefused("DAMAGED", str(refused)) from refused
    if too_long(text):
        raise FileRefused("TOO_COMPLEX", "El documento es mucho más largo que los que se emiten aquí.")
    return _Read(text, extras)


def issued_within(data: bytes) -> list[str]:
    """Return the hashes of a PDF as it was each time it had been saved: what is added later stands after the end."""
    hashes = []
    running = hashlib.sha256()
    at = 0
    for end in islice(re.finditer(rb"%%EOF", data), MOST_ENDS):
        running.update(data[at : end.end()])
        at = end.end()
        hashes.append(running.hexdigest())
        for blank in (b"\r\n", b"\n", b"\r"):
            if data.startswith(blank, at):
                with_blank = running.copy()
                with_blank.update(blank)
                hashes.append(with_blank.hexdigest())
    return hashes


async def _in_thread(work: Callable[..., R], *args: Any) -> R:
    return await asyncio.get_running_loop().run_in_executor(_readers, partial(work, *args))
