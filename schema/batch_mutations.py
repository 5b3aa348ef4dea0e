"""How a batch is started and stopped through the API."""

from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import batches
from models.batches import BatchKind
from models.people import User
from reads.batches import batches_by_id
from schema.batches import Batch
from schema.context import Context, Info
from schema.ids import row_id
from schema.inputs import ONCE, SENT
from schema.payloads import Payload, answer


@strawberry.input(description="Inicio de muchas renovaciones a la vez: hasta 500, cada una con su expediente.")
class StartRenewalsInput:
    convention_ids: list[strawberry.ID] | None = strawberry.field(default=None, description="Convenios.")
    lease_ids: list[strawberry.ID] | None = strawberry.field(default=None, description="Inmuebles.")
    license_ids: list[strawberry.ID] | None = strawberry.field(default=None, description="Licencias sanitarias.")
    title: str | None = strawberry.field(default=None, description="Nombre del lote; vacío: cuántas y la fecha.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Detención de un lote; lo hecho queda hecho.")
class StopBatchInput:
    batch_id: strawberry.ID = strawberry.field(description="El lote.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con el lote tal como quedó.")
class BatchPayload(Payload):
    batch: Batch | None = strawberry.field(default=None, description="El lote.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.batch = Batch.of(await context.load(batches_by_id, key))


def _keys(ids: list[strawberry.ID] | None, kind: str, path: str) -> list[int]:
    return [row_id(one, kind, path=path)[1] for one in ids or []]


async def start_renewals(info: Info, input: Annotated[StartRenewalsInput, SENT]) -> BatchPayload:
    """Start many renewals at once."""

    async def act(actor: User) -> Model:
        chosen = batches.Chosen(
            _keys(input.convention_ids, "Convention", "conventionIds"),
            _keys(input.lease_ids, "Lease", "leaseIds"),
            _keys(input.license_ids, "SanitaryLicense", "licenseIds"),
        )
        return await batches.start_batch(actor=actor, kind=BatchKind.RENEWALS, chosen=chosen, title=input.title or "")

    return await answer(info, BatchPayload, input, act)


async def stop_batch(info: Info, input: Annotated[StopBatchInput, SENT]) -> BatchPayload:
    """Stop a batch."""

    async def act(actor: User) -> Model:
        key = row_id(input.batch_id, "Batch", path="batchId")[1]
        return await batches.stop_batch(actor=actor, batch_id=key)

    return await answer(info, BatchPayload, input, act)
