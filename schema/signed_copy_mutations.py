"""Attaching, withdrawing and making signed copies: inputs, and how each mutation is done."""

from datetime import date
from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import electronic_signing, signed_copies
from models.people import User
from reads.papers import documents_by_id
from reads.signed_copies import copies_by_id
from schema.context import Context, Info
from schema.ids import row_id
from schema.inputs import ONCE, SENT
from schema.papers import OfficialDocument, SignedCopy
from schema.payloads import Payload, answer


@strawberry.type(description="Respuesta con la copia firmada y su documento.")
class SignedCopyPayload(Payload):
    signed_copy: SignedCopy | None = strawberry.field(default=None, description="La copia firmada.")
    document: OfficialDocument | None = strawberry.field(default=None, description="Su documento.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        row = await context.load(copies_by_id, key)
        self.signed_copy = SignedCopy.of(row)
        self.document = OfficialDocument.of(await context.load(documents_by_id, row["document_id"]))


@strawberry.input(description="Copia firmada de un documento que no está anulado.")
class AttachSignedCopyInput:
    document_id: strawberry.ID = strawberry.field(description="Documento.")
    file_id: strawberry.ID = strawberry.field(
        description="El archivo, ya subido: PDF, JPG o PNG. Si es un PDF con firmas electrónicas, se comprueban."
    )
    signed_on: date = strawberry.field(description="Fecha de la última firma: de la emisión a hoy.")
    note: str | None = strawberry.field(default=None, description="Nota, hasta 300 caracteres.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


async def attach_signed_copy(info: Info, input: Annotated[AttachSignedCopyInput, SENT]) -> SignedCopyPayload:
    """Attach a signed copy."""

    async def act(actor: User) -> Model:
        return await signed_copies.attach_signed_copy(
            actor=actor,
            document_id=row_id(input.document_id, "OfficialDocument", path="documentId")[1],
            file_id=row_id(input.file_id, "File", path="fileId")[1],
            signed_on=input.signed_on,
            note=input.note or "",
        )

    return await answer(info, SignedCopyPayload, input, act)


@strawberry.input(description="Retiro de una copia firmada: queda en el registro y ya no vale.")
class WithdrawSignedCopyInput:
    copy_id: strawberry.ID = strawberry.field(description="Copia firmada.")
    reason: str = strawberry.field(description="Motivo, hasta 300 caracteres.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


async def withdraw_signed_copy(info: Info, input: Annotated[WithdrawSignedCopyInput, SENT]) -> SignedCopyPayload:
    """Withdraw a signed copy."""

    async def act(actor: User) -> Model:
        key = row_id(input.copy_id, "SignedCopy", path="copyId")[1]
        return await signed_copies.withdraw_signed_copy(actor=actor, copy_id=key, reason=input.reason)

    return await answer(info, SignedCopyPayload, input, act)


@strawberry.input(description="Firma electrónica del PDF de un documento, una vez por persona.")
class SignPaperInput:
    document_id: strawberry.ID = strawberry.field(description="Documento.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


async def sign_paper(info: Info, input: Annotated[SignPaperInput, SENT]) -> SignedCopyPayload:
    """Sign a paper's PDF."""

    async def act(actor: User) -> Model:
        key = row_id(input.document_id, "OfficialDocument", path="documentId")[1]
        return await electronic_signing.sign_paper(actor=actor, document_id=key)

    return await answer(info, SignedCopyPayload, input, act)
