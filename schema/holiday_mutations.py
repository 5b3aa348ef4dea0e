"""How administrators correct the working-day calendar through the API."""

from datetime import date
from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import holidays
from models.calendar import HolidayScope
from models.people import User
from reads.holidays import holidays_by_id
from schema.context import Context, Info
from schema.holidays import Holiday
from schema.ids import row_id
from schema.inputs import ONCE, SENT
from schema.payloads import Payload, answer


@strawberry.input(description="Corrección al calendario de días hábiles.")
class SaveHolidayInput:
    day: date = strawberry.field(description="Día.")
    name: str | None = strawberry.field(default=None, description="Cómo se llama; al quitar uno puede quedar vacío.")
    scope: HolidayScope = strawberry.field(description="A quién concierne.")
    municipality_code: str | None = strawberry.field(
        default=None, description="Municipio, por código o nombre, si el día es de uno."
    )
    half_day: bool | None = strawberry.field(default=None, description="Si se trabaja hasta mediodía.")
    removes: bool | None = strawberry.field(default=None, description="Si quita un asueto de la lista general.")
    legal_basis: str = strawberry.field(description="Acuerdo o ley que lo dispone.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Retiro de una corrección al calendario; los plazos ya fijados no cambian.")
class WithdrawHolidayInput:
    holiday_id: strawberry.ID = strawberry.field(description="Corrección.")
    reason: str = strawberry.field(description="Motivo.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con la corrección al calendario tal como quedó.")
class HolidayPayload(Payload):
    holiday: Holiday | None = strawberry.field(default=None, description="La corrección.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.holiday = Holiday.of(await context.load(holidays_by_id, key))


async def save_holiday(info: Info, input: Annotated[SaveHolidayInput, SENT]) -> HolidayPayload:
    """Correct the calendar."""

    async def act(actor: User) -> Model:
        return await holidays.save_holiday(
            actor=actor,
            given=holidays.HolidayInput(
                day=input.day,
                name=input.name or "",
                scope=input.scope,
                municipality=input.municipality_code or "",
                half_day=bool(input.half_day),
                added=not input.removes,
                legal_basis=input.legal_basis,
            ),
        )

    return await answer(info, HolidayPayload, input, act)


async def withdraw_holiday(info: Info, input: Annotated[WithdrawHolidayInput, SENT]) -> HolidayPayload:
    """Take a correction back."""

    async def act(actor: User) -> Model:
        key = row_id(input.holiday_id, "Holiday", path="holidayId")[1]
        return await holidays.withdraw_holiday(actor=actor, holiday_id=key, reason=input.reason)

    return await answer(info, HolidayPayload, input, act)
