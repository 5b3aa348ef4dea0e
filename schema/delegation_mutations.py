"""Noting a delegation of signature: input, payload and resolver."""

from datetime import date
from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import delegations
from models.people import User
from reads.agreements import delegations_by_id
from schema.context import Context, Info
from schema.ids import row_id
from schema.inputs import ONCE, SENT
from schema.payloads import Payload, answer
from schema.signing import SignatureDelegation


@strawberry.input(description="Anotación de una delegación de firma, una por contrato.")
class RecordSignatureDelegationInput:
    subject_id: strawberry.ID = strawberry.field(description="Convenio o arrendamiento en trámite.")
    instrument: str = strawberry.field(description="Documento que delega: Acuerdo, Resolución, oficio…")
    number: str = strawberry.field(description="Número del documento.")
    issued_on: date = strawberry.field(description="Fecha del documento.")
    delegate_name: str = strawberry.field(description="Nombre de quien firmará.")
    delegate_position: str = strawberry.field(description="Cargo de quien firmará.")
    file_id: strawberry.ID | None = strawberry.field(default=None, description="Copia, subida por POST /files.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta a la anotación de una delegación de firma.")
class RecordSignatureDelegationPayload(Payload):
    delegation: SignatureDelegation | None = strawberry.field(default=None, description="La delegación.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.delegation = SignatureDelegation.of(await context.load(delegations_by_id, key))


async def record_signature_delegation(
    info: Info, input: Annotated[RecordSignatureDelegationInput, SENT]
) -> RecordSignatureDelegationPayload:
    """Note a delegation of signature."""

    async def act(actor: User) -> Model:
        kind, key = row_id(input.subject_id, "Convention", "Lease", path="subjectId")
        return await delegations.record_delegation(
            actor=actor,
            delegation=delegations.DelegationInput(
                input.instrument,
                input.number,
                input.issued_on,
                input.delegate_name,
                input.delegate_position,
                row_id(input.file_id, "File", path="fileId")[1] if input.file_id else None,
            ),
            convention_id=key if kind == "Convention" else None,
            lease_id=key if kind == "Lease" else None,
        )

    return await answer(info, RecordSignatureDelegationPayload, input, act)
