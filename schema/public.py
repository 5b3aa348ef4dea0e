"""What anybody may ask without an account: the progress of a file, and whether a paper is genuine."""

from datetime import date
from enum import Enum

import strawberry

from documents.seal import normal_verification_code
from models.papers import DocumentKind
from models.reviews import STAGE_LABELS, ReviewStage
from reads.papers import document_by_code
from reads.reviews import public_progress


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


@strawberry.type(description="Lo que cualquiera puede saber de un documento por su código.")
class Verification:
    kind: DocumentKind = strawberry.field(description="Clase de documento.")
    number: str = strawberry.field(description="Número.")
    issued_on: date = strawberry.field(description="Fecha de emisión.")
    parties: list[str] = strawberry.field(description="Partes: solo instituciones.")
    state: DocumentState = strawberry.field(description="Estado.")
    voided_on: date | None = strawberry.field(description="Fecha de anulación, si se anuló.")
    sha256_prefix: str = strawberry.field(description="Primeros 16 caracteres de la huella SHA-256 del archivo.")


async def track(code: str) -> FileProgress | None:
    """Return the progress of a file, or None."""
    row = await public_progress(code.strip().upper())
    return FileProgress(**row, stage_label=STAGE_LABELS[row["stage"]]) if row else None


async def verify(code: str) -> Verification | None:
    """Return what is public of a paper, or None; a code may come without its hyphens, or in small letters."""
    row = await document_by_code(normal_verification_code(code) or code)
    if row is None:
        return None
    return Verification(
        kind=row["kind"],
        number=row["number"],
        issued_on=row["issued_on"],
        parties=row["parties"],
        state=DocumentState.VOIDED if row["voided_on"] else DocumentState.VALID,
        voided_on=row["voided_on"],
        sha256_prefix=(row["sha256"] or "")[:16],
    )
