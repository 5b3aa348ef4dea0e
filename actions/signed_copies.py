"""Signed copies of a paper: attaching the scan or the electronically signed PDF, and withdrawing a wrong one."""

import asyncio
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from actions.audited import audited, reachable
from actions.files import bytes_of, use_file
from actions.refusals import Checks, ErrorCode, Forbidden, NotAllowedNow, NotFound, Problem, Refusal
from documents.media_types import PDF
from documents.pades import AVAILABLE, Found, SignatureFault, SignedPdf, signed, verify
from documents.seal import sha256_hex
from documents.storage import StorageFault
from models.audit import Verb
from models.clock import instant
from models.papers import OfficialDocument, StoredFile
from models.people import Role, User
from models.permissions import may, within
from models.signed_copies import CopyKind, SignedCopy
from reads.signed_copies import issued_pdf, kept_alike
from settings import settings

COPIES = (PDF, "image/jpeg", "image/png")
"""Media types of a signed copy."""
CERTIFICATES = {".pem", ".crt", ".cer", ".der"}
"""Endings of the files of a folder of authorities."""
LONGEST_NOTE = 300
"""Characters of a note, and of the reason of a withdrawal."""


async def attach_signed_copy(
    *, actor: User, document_id: int, file_id: int, signed_on: date, note: str = ""
) -> SignedCopy:
    """Keep the signed copy of a paper that is not void; a PDF with electronic signatures is checked before it is kept.

    Refuses a file that is none, that is attached already, or whose signatures are broken.
    """
    if not may(actor, Verb.ATTACH_SIGNED_COPY):
        raise Forbidden(Verb.ATTACH_SIGNED_COPY.value)
    checks = Checks()
    note = checks.text(note, "note", label="la nota", most=LONGEST_NOTE, required=False)
    checks.done()
    # Before the gate: looking at signatures takes a tenth of a second each.
    kind, signatures = await _examined(actor, document_id, file_id)
    async with audited(Verb.ATTACH_SIGNED_COPY, actor=actor) as entry:
        document = await reachable(OfficialDocument, document_id, actor, path="documentId")
        refuse_void(document)
        checks.that(
            document.issued_on <= signed_on <= entry.today,
            "signedOn",
            f"La firma va del {document.issued_on:%d/%m/%Y}, en que se emitió el documento, a hoy.",
        )
        checks.done()
        file = await use_file(entry, file_id, actor, "fileId")
        await _refuse_alike(document, file)
        copy = await entry.create(
            SignedCopy,
            document_id=document.id,
            kind=kind,
            file_id=file.id,
            signed_on=signed_on,
            note=note,
            signatures=signatures,
            attached_by_id=actor.id,
            attached_at=entry.at,
        )
        entry.about(document, f"{actor.name} agregó a {document.number} su copia firmada el {signed_on:%d/%m/%Y}.")
        return entry.answers(copy)


async def withdraw_signed_copy(*, actor: User, copy_id: int, reason: str) -> SignedCopy:
    """Withdraw a signed copy that is wrong, with the reason; it stays on record and no longer counts."""
    checks = Checks()
    reason = checks.text(reason, "reason", label="el motivo", most=LONGEST_NOTE)
    checks.done()
    async with audited(Verb.WITHDRAW_SIGNED_COPY, actor=actor) as entry:
        copy = await SignedCopy.get_or_none(id=copy_id)
        reached = OfficialDocument.filter(within(OfficialDocument, actor))
        document = await reached.get_or_none(id=copy.document_id) if copy else None
        if copy is None or document is None:
            raise NotFound("la copia firmada", "copyId")
        if copy.withdrawn_at:
            raise NotAllowedNow("Esa copia firmada ya se retiró.")
        await entry.change(copy, withdrawn_at=entry.at, withdrawn_by_id=actor.id, withdrawn_reason=reason)
        of = f"la copia firmada el {copy.signed_on:%d/%m/%Y}"
        entry.about(document, f"{actor.name} retiró de {document.number} {of}: {reason}")
        return entry.answers(copy)


def refuse_void(document: OfficialDocument) -> None:
    """Refuse what only a paper that is not void allows."""
    if document.voided_on:
        on = f"{document.voided_on:%d/%m/%Y}"
        raise NotAllowedNow(f"El documento {document.number} se anuló el {on}: ya no se firma ni recibe copias.")


async def _refuse_alike(document: OfficialDocument, file: StoredFile) -> None:
    """Refuse what is no signed copy, or is one already."""
    message = ""
    if file.media_type not in COPIES:
        message = "La copia firmada es un PDF o una imagen (JPG, PNG)."
    elif same := await kept_alike(document.id, file.sha256):
        message = f"Ese mismo archivo ya está agregado: es la copia firmada el {same.signed_on:%d/%m/%Y}."
    elif (issued := await issued_pdf(document.id)) and issued["sha256"] == file.sha256:
        message = "Ese es el PDF que el sistema elaboró, todavía sin firmas. Envíe el que se firmó."
    if message:
        raise Refusal(Problem(ErrorCode.FILE_REFUSED, message, ("fileId",)))


async def _examined(actor: User, document_id: int, file_id: int) -> tuple[CopyKind, list[dict[str, Any]]]:
    """Return how a file was signed and what its electronic signatures prove; refuses one that is broken.

    Whose the file is, and whether the paper is in reach, the gate asks again.
    """
    mine = StoredFile.filter(id=file_id, media_type=PDF)
    file = await (mine if actor.role == Role.SYSTEM else mine.filter(uploaded_by_id=actor.id)).first()
    try:
        data = await bytes_of(file.sha256) if file else b""
    except StorageFault as fault:
        message = "El archivo no se guardó bien: súbalo de nuevo."
        raise Refusal(Problem(ErrorCode.FILE_REFUSED, message, ("fileId",))) from fault
    if not signed(data):
        return CopyKind.SCAN, []
    if not AVAILABLE:
        # Kept all the same: it is what was signed. The page says that nobody has looked at its signatures.
        return CopyKind.ELECTRONIC, []
    try:
        found = await asyncio.to_thread(verify, data, roots=roots(), at=instant())
    except SignatureFault as fault:
        raise Refusal(Problem(ErrorCode.FILE_REFUSED, str(fault), ("fileId",))) from fault
    if not found.signatures:
        return CopyKind.SCAN, []
    refuse_broken(found)
    issued = await issued_pdf(document_id)
    over = issued is not None and sha256_hex(data[: issued["size"]]) == issued["sha256"]
    return CopyKind.ELECTRONIC, [row_of(one, over_issued=over) for one in found.signatures]


def refuse_broken(found: SignedPdf) -> None:
    """Refuse a PDF that was changed after it was signed."""
    if found.sound:
        return
    broken = next((one.signer for one in found.signatures if not one.intact or not one.covers), "")
    what = (
        f"la firma de {broken} ya no corresponde a lo que dice" if broken else "después de firmarlo se le agregó algo"
    )
    message = f"El PDF no está como se firmó: {what}. Pida el archivo tal como salió al firmarlo."
    raise Refusal(Problem(ErrorCode.FILE_REFUSED, message, ("fileId",)))


def row_of(found: Found, **more: Any) -> dict[str, Any]:
    """Return what is kept of a signature: what was found when the copy was attached, as JSON has it."""
    row = {**asdict(found), "trust": found.trust.value, **more}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}


def roots() -> list[bytes]:
    """Return the certificates of the authorities that this office trusts; none when none are configured."""
    path = settings().signature_roots
    if path is None:
        return []
    try:
        files = [path] if path.is_file() else sorted(one for one in path.iterdir() if one.suffix in CERTIFICATES)
        return [one.read_bytes() for one in files]
    except OSError as error:
        raise SignatureFault("No se pueden leer las autoridades certificadoras configuradas.") from error
