"""Issuing and voiding papers: inputs, and how each mutation is done."""

from datetime import date
from typing import Annotated

import strawberry
from strawberry.scalars import JSON
from tortoise.models import Model

from actions import documents, series_patterns, voiding
from models.papers import DocumentKind
from models.people import User
from reads.series import patterns_by_id
from schema.context import Context, Info
from schema.ids import row_id
from schema.inputs import ONCE, SENT, VERSION
from schema.paper_books import SeriesPattern
from schema.payloads import DocumentPayload, Payload, answer


@strawberry.input(description="Emisión de un documento que no nace de otra operación.")
class IssueDocumentInput:
    kind: DocumentKind = strawberry.field(
        description="Clase: OPINION, PROVIDENCIA (de trámite), RESOLUCION, OFICIO, CONOCIMIENTO, CARTA_ENTENDIMIENTO o "
        "MEMORANDUM_ENTENDIMIENTO. Las demás nacen de su propia operación."
    )
    subject_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="De qué trata: expediente, convenio, arrendamiento, licencia, centro o expediente judicial; vacío "
        "si de nada que esté registrado.",
    )
    fields: JSON = strawberry.field(description="Lo que se escribe en él, según «documentForm»; nombres como ahí.")
    variant: str | None = strawberry.field(default=None, description="Variante de la clase; vacía: la usual.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


async def issue_document(info: Info, input: Annotated[IssueDocumentInput, SENT]) -> DocumentPayload:
    """Issue a paper by hand."""

    async def act(actor: User) -> Model:
        kind, key = row_id(input.subject_id, *documents.SUBJECTS, path="subjectId") if input.subject_id else ("", None)
        return await documents.issue_document(
            actor=actor,
            kind=input.kind,
            fields=input.fields,
            subject_kind=kind,
            subject_id=key,
            variant=input.variant or "",
            expected_version=input.expected_version,
        )

    return await answer(info, DocumentPayload, input, act)


@strawberry.input(description="Anulación de un documento: conserva su número.")
class VoidDocumentInput:
    document_id: strawberry.ID = strawberry.field(description="Documento.")
    reason: str = strawberry.field(description="Motivo de la anulación.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


async def void_document(info: Info, input: Annotated[VoidDocumentInput, SENT]) -> DocumentPayload:
    """Void a paper."""

    async def act(actor: User) -> Model:
        return await voiding.void_document(
            actor=actor,
            document_id=row_id(input.document_id, "OfficialDocument", path="documentId")[1],
            reason=input.reason,
        )

    return await answer(info, DocumentPayload, input, act)


@strawberry.input(description="Cómo se escriben los números de una clase de documento desde una fecha.")
class SetSeriesPatternInput:
    kind: DocumentKind = strawberry.field(description="Clase de documento.")
    pattern: str = strawberry.field(description="Con {serial} y {year}; también {kind} y {unit}.")
    valid_from: date | None = strawberry.field(default=None, description="Desde cuándo; vacío: desde hoy.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con la forma de escribir los números.")
class SeriesPatternPayload(Payload):
    series_pattern: SeriesPattern | None = strawberry.field(default=None, description="Cómo se escriben.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.series_pattern = SeriesPattern.of(await context.load(patterns_by_id, key))


async def set_series_pattern(info: Info, input: Annotated[SetSeriesPatternInput, SENT]) -> SeriesPatternPayload:
    """Say how a kind's numbers are written."""

    async def act(actor: User) -> Model:
        return await series_patterns.set_series_pattern(
            actor=actor, kind=input.kind, pattern=input.pattern, valid_from=input.valid_from
        )

    return await answer(info, SeriesPatternPayload, input, act)
