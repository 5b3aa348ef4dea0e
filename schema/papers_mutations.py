"""Issuing and voiding papers: inputs, and how each mutation is done."""

from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import voiding
from models.people import User
from schema.context import Info
from schema.ids import row_id
from schema.inputs import ONCE
from schema.mutations import SENT
from schema.payloads import DocumentPayload, answer


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
