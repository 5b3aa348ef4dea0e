"""How administrators keep the table of allowances through the API."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import allowances
from models.contributions import AllowanceBasis, AllowancePeriod
from models.people import User
from reads.allowances import rates_by_id
from schema.allowances import AllowanceRate
from schema.context import Context, Info
from schema.ids import row_id
from schema.inputs import ONCE, SENT
from schema.payloads import Payload, answer


@strawberry.input(description="Un monto nuevo de una asignación; el anterior del mismo tramo termina la víspera.")
class SaveAllowanceInput:
    item: str | None = strawberry.field(default=None, description="Asignación que ya existe, por su código.")
    label: str | None = strawberry.field(default=None, description="Nombre, si la asignación es nueva.")
    basis: AllowanceBasis | None = strawberry.field(default=None, description="Por quién se da, si es nueva.")
    period: AllowancePeriod | None = strawberry.field(default=None, description="Cada cuánto, si es nueva.")
    is_ceiling: bool | None = strawberry.field(default=None, description="Si es un tope; vacío: como era.")
    children_min: int | None = strawberry.field(default=None, description="Desde cuántas niñas y niños.")
    children_max: int | None = strawberry.field(default=None, description="Hasta cuántas niñas y niños.")
    amount: Decimal = strawberry.field(description="Quetzales.")
    since: date = strawberry.field(description="Primer día en que rige.")
    until: date | None = strawberry.field(default=None, description="Último día en que rige, si se sabe.")
    source: str = strawberry.field(description="Acuerdo o resolución que lo autoriza.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="El fin de una asignación que ninguna otra sigue.")
class EndAllowanceInput:
    rate_id: strawberry.ID = strawberry.field(description="Monto que termina.")
    ends_on: date = strawberry.field(description="Último día en que rige.")
    reason: str = strawberry.field(description="Motivo.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con la asignación tal como quedó.")
class AllowancePayload(Payload):
    rate: AllowanceRate | None = strawberry.field(default=None, description="El monto.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.rate = AllowanceRate.of(await context.load(rates_by_id, key))


async def save_allowance(info: Info, input: Annotated[SaveAllowanceInput, SENT]) -> AllowancePayload:
    """Set a rate from a day on."""

    async def act(actor: User) -> Model:
        given = allowances.RateInput(
            item=input.item or "",
            label=input.label or "",
            basis=input.basis,
            period=input.period,
            is_ceiling=input.is_ceiling,
            children_min=input.children_min,
            children_max=input.children_max,
            amount=input.amount,
            since=input.since,
            until=input.until,
            source=input.source,
        )
        return await allowances.save_allowance(actor=actor, given=given)

    return await answer(info, AllowancePayload, input, act)


async def end_allowance(info: Info, input: Annotated[EndAllowanceInput, SENT]) -> AllowancePayload:
    """Let a rate end."""

    async def act(actor: User) -> Model:
        key = row_id(input.rate_id, "AllowanceRate", path="rateId")[1]
        return await allowances.end_allowance(actor=actor, rate_id=key, ends_on=input.ends_on, reason=input.reason)

    return await answer(info, AllowancePayload, input, act)
