"""Signing a paper's PDF with the office's certificate: each person once, one signature over the other."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from actions.audited import audited, reachable
from actions.files import bytes_of, keep_paper
from actions.refusals import ErrorCode, Forbidden, NotAllowedNow, NotFound, Problem, Refusal
from actions.signed_copies import refuse_broken, refuse_void, roots, row_of
from documents.media_types import PDF
from documents.pades import (
    AVAILABLE,
    MISSING,
    Certificate,
    SignatureFault,
    SignatureTrust,
    SignedPdf,
    certificate_of,
    check_roots,
    sign,
    verify,
)
from documents.storage import StorageFault
from models.audit import Verb
from models.clock import instant
from models.papers import OfficialDocument, StoredFile
from models.people import User
from models.permissions import may, within
from models.signed_copies import CopyKind, SignedCopy
from reads.signed_copies import issued_pdf, people_who_signed, signed_here
from settings import settings

NOT_CONFIGURED = "La oficina no tiene configurado un certificado para firmar (CONVENIOS_SIGNATURE_P12)."

RENEW_BEFORE = timedelta(days=60)
"""How long before its end a certificate is said to need another one."""
SIGNED = "Usted ya firmó electrónicamente este documento."


@dataclass(frozen=True)
class _Base:
    """What a signature goes on: the PDF that was made, or the copy that somebody else has signed already."""

    file_id: int
    sha256: str


async def sign_paper(*, actor: User, document_id: int) -> SignedCopy:
    """Sign a paper's PDF for this person with the office's certificate, and keep it as a signed copy.

    Refuses a void paper, one without PDF, a person who has signed it already, and a certificate that is not fit.
    """
    if not may(actor, Verb.SIGN_PAPER):
        raise Forbidden(Verb.SIGN_PAPER.value)
    document = await OfficialDocument.filter(within(OfficialDocument, actor)).get_or_none(id=document_id)
    if document is None:
        raise NotFound("el documento", "documentId")
    base = await _base_of(document.id)
    if lacking := _lacking(base):
        raise NotAllowedNow(lacking)
    assert base, "something is lacking without it"
    # Before the gate: reading, signing and checking take a tenth of a second, and the gate is everybody's.
    try:
        pdf, found = await asyncio.to_thread(_signed, await bytes_of(base.sha256), document.number, actor.name)
    except (SignatureFault, StorageFault) as fault:
        raise NotAllowedNow(str(fault)) from fault
    refuse_broken(found)
    if found.signatures[-1].trust == SignatureTrust.UNFIT:
        raise NotAllowedNow("El certificado configurado no sirve para firmar documentos: pida uno de firma.")
    async with audited(Verb.SIGN_PAPER, actor=actor) as entry:
        document = await reachable(OfficialDocument, document_id, actor, path="documentId")
        refuse_void(document)
        before = await signed_here(document.id)
        if actor.id in people_who_signed(before):
            raise NotAllowedNow(SIGNED)
        if await _base_of(document.id) != base:
            message = "Otra persona firmó este documento a la vez. Repita su firma: irá después de la suya."
            raise Refusal(Problem(ErrorCode.CONFLICT, message))
        signatures = [row_of(one, over_issued=True) for one in found.signatures]
        people = [row.get("person_id") for row in before[-1].signatures] if before else []
        for row, person in zip(signatures, [*people, actor.id], strict=True):
            row["person_id"] = person
        file = await keep_paper(entry, pdf, f"{document.number}-firmado.pdf", PDF)
        copy = await entry.create(
            SignedCopy,
            document_id=document.id,
            kind=CopyKind.ELECTRONIC,
            file_id=file.id,
            signed_on=entry.today,
            signatures=signatures,
            attached_by_id=actor.id,
            attached_at=entry.at,
        )
        entry.about(document, f"{actor.name} firmó electrónicamente {document.number}.")
        return entry.answers(copy)


async def signing_obstacle(document_id: int, actor: User, *, voided: bool) -> str:
    """Say in Spanish why a person cannot sign a paper here now; empty when nothing stands against it."""
    if voided:
        return "El documento está anulado: ya no se firma."
    if actor.id in people_who_signed(await signed_here(document_id)):
        return SIGNED
    return _lacking(await _base_of(document_id))


def _lacking(base: _Base | None) -> str:
    """Say what there is not, whoever signs; empty when everything is there."""
    if not AVAILABLE:
        return MISSING
    if settings().signature_p12 is None:
        return NOT_CONFIGURED
    return "" if base else "Se firma el PDF del documento, que todavía no está listo."


def office_certificate() -> Certificate:
    """Return whose certificate the office signs with; raises SignatureFault when it cannot be opened."""
    return certificate_of(*_configured())


def signing_state() -> tuple[bool | None, str]:
    """Say in Spanish, for who keeps the system, how signing stands; None when something is missing and not needed."""
    chosen = settings()
    if not AVAILABLE:
        return None, MISSING
    try:
        trusted = sum(map(check_roots, roots()))
        several = "1 autoridad" if trusted == 1 else f"{trusted} autoridades"
        known = f"se confía en {several}" if trusted else "sin autoridades (CONVENIOS_SIGNATURE_ROOTS)"
        if chosen.signature_p12 is None:
            return None, f"{NOT_CONFIGURED} Para comprobar firmas ajenas, {known}."
        own = office_certificate()
    except SignatureFault as fault:
        return False, str(fault)
    until = f"{own.subject}, hasta el {own.ends_at:%d/%m/%Y}; {known}"
    if not own.starts_at <= instant() <= own.ends_at:
        return False, f"el certificado no está vigente: {until}"
    soon = own.ends_at - instant() < RENEW_BEFORE
    return True, f"{until}{': renuévelo pronto' if soon else ''}"


def _configured() -> tuple[bytes, str]:
    """Return the PKCS#12 file and what opens it."""
    path, password = settings().signature_p12, settings().signature_p12_password
    if path is None:
        raise SignatureFault(NOT_CONFIGURED)
    try:
        return path.read_bytes(), password.get_secret_value() if password else ""
    except OSError:
        raise SignatureFault("El archivo del certificado con que se firma no se puede leer.") from None


async def _base_of(document_id: int) -> _Base | None:
    before = await signed_here(document_id)
    if before:
        file = await StoredFile.get(id=before[-1].file_id)
        return _Base(file.id, file.sha256)
    issued = await issued_pdf(document_id)
    return _Base(issued["file_id"], issued["sha256"]) if issued else None


def _signed(base: bytes, number: str, name: str) -> tuple[bytes, SignedPdf]:
    pdf = sign(base, *_configured(), name=name, reason=number, at=instant())
    return pdf, verify(pdf, roots=roots(), at=instant())
