"""What anybody may ask without an account: the progress of a file, and whether a paper is genuine."""

import re
from datetime import date
from enum import Enum

import strawberry

from documents.seal import normal_verification_code
from models.papers import DocumentKind
from models.reviews import STAGE_LABELS, ReviewStage
from models.signed_copies import CopyKind
from reads.paging import Row
from reads.reviews import public_progress
from reads.verification import FileMatch, document_by_code, match_of, public_document


@strawberry.type(description="Avance de un expediente: etapa y fechas, ningún dato personal.")
class FileProgress:
    code: str = strawberry.field(description="Código del expediente.")
    stage: ReviewStage = strawberry.field(description="Etapa.")
    stage_label: str = strawberry.field(description="Etapa en palabras.")
    received_on: date | None = strawberry.field(description="Fecha de recepción.")
    due_on: date | None = strawberry.field(description="Fecha límite de quien tiene el turno.")
    last_moved_on: date = strawberry.field(description="Último movimiento.")


@strawberry.enum(description="Estado de un documento oficial.")
class DocumentState(Enum):
    VALID = strawberry.enum_value("VALID", description="Emitido y sin anular.")
    VOIDED = strawberry.enum_value("VOIDED", description="Anulado.")


@strawberry.type(description="Constancia pública de que hay una copia firmada; su contenido es reservado.")
class PublicSignedCopy:
    kind: CopyKind = strawberry.field(description="Cómo se firmó.")
    signed_on: date = strawberry.field(description="Fecha de la última firma.")


@strawberry.type(description="Lo que cualquiera puede saber de un documento por su código.")
class Verification:
    kind: DocumentKind = strawberry.field(description="Clase de documento.")
    number: str = strawberry.field(description="Número.")
    issued_on: date = strawberry.field(description="Fecha de emisión.")
    parties: list[str] = strawberry.field(description="Partes: solo instituciones.")
    state: DocumentState = strawberry.field(description="Estado.")
    voided_on: date | None = strawberry.field(description="Fecha de anulación, si se anuló.")
    sha256_prefix: str = strawberry.field(description="Primeros 16 caracteres de la huella SHA-256 del archivo.")
    code: str = strawberry.field(description="Código de verificación.")
    signed_copies: list[PublicSignedCopy] = strawberry.field(
        description="Copias firmadas que se guardan; ninguna se dice de un documento reservado."
    )


@strawberry.type(description="A qué documento pertenece una huella.")
class FileVerification:
    match: FileMatch = strawberry.field(description="De cuál de sus archivos es.")
    signed_on: date | None = strawberry.field(description="Fecha de la última firma, si es una copia firmada.")
    document: Verification = strawberry.field(description="El documento.")


async def track(code: str) -> FileProgress | None:
    """Return the progress of a file, or None."""
    row = await public_progress(code.strip().upper())
    return FileProgress(**row, stage_label=STAGE_LABELS[row["stage"]]) if row else None


async def verify(code: str) -> Verification | None:
    """Return what is public of a paper, or None; a code may come without its hyphens, or in small letters."""
    row = await document_by_code(normal_verification_code(code) or code)
    return _verification(row) if row else None


async def verify_hash(sha256: str) -> FileVerification | None:
    """Return which paper a hash belongs to, or None."""
    wanted = sha256.strip().lower()
    found = await match_of([wanted]) if re.fullmatch(r"[0-9a-f]{64}", wanted) else None
    row = await public_document(found.document_id) if found else None
    if found is None or row is None:
        return None
    return FileVerification(match=found.match, signed_on=found.signed_on, document=_verification(row))


def _verification(row: Row) -> Verification:
    return Verification(
        kind=row["kind"],
        number=row["number"],
        issued_on=row["issued_on"],
        parties=row["parties"],
        state=DocumentState.VOIDED if row["voided_on"] else DocumentState.VALID,
        voided_on=row["voided_on"],
        sha256_prefix=(row["sha256"] or "")[:16],
        code=row["verification_code"],
        signed_copies=[PublicSignedCopy(**copy) for copy in row["copies"]],
    )
