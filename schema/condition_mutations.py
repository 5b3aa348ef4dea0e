"""Conditions of a dictamen: inputs, payload, and how each mutation is done."""

from datetime import date
from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import conditions
from models.people import User
from reads.conditions import conditions_by_id
from reads.reviews import reviews_by_id
from schema.agreements import LegalReview
from schema.conditions import Condition
from schema.context import Context, Info
from schema.ids import row_id
from schema.inputs import ONCE, SENT, VERSION
from schema.payloads import Payload, answer


@strawberry.input(description="Cumplimiento de una condición.")
class MeetConditionInput:
    condition_id: strawberry.ID = strawberry.field(description="Condición.")
    met_on: date = strawberry.field(description="Día en que se cumplió.")
    note: str | None = strawberry.field(default=None, description="Cómo se comprobó; puede faltar si hay constancia.")
    file_id: strawberry.ID | None = strawberry.field(default=None, description="Constancia, subida por POST /files.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Aplazamiento de una condición para después de la firma.")
class DeferConditionInput:
    condition_id: strawberry.ID = strawberry.field(description="Condición.")
    due_on: date = strawberry.field(description="Último día para cumplirla.")
    reason: str = strawberry.field(description="Por qué se aplaza.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con la condición y su expediente.")
class ConditionPayload(Payload):
    condition: Condition | None = strawberry.field(default=None, description="La condición, tal como quedó.")
    review: LegalReview | None = strawberry.field(default=None, description="Su expediente.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        row = await context.load(conditions_by_id, key)
        self.condition = Condition.of(row)
        self.review = LegalReview.of(await context.load(reviews_by_id, row["review_id"]))


async def meet_condition(info: Info, input: Annotated[MeetConditionInput, SENT]) -> ConditionPayload:
    """Note that a condition is met."""

    async def act(actor: User) -> Model:
        return await conditions.meet_condition(
            actor=actor,
            condition_id=row_id(input.condition_id, "Condition", path="conditionId")[1],
            met_on=input.met_on,
            note=input.note or "",
            file_id=row_id(input.file_id, "File", path="fileId")[1] if input.file_id else None,
            expected_version=input.expected_version,
        )

    return await answer(info, ConditionPayload, input, act)


async def defer_condition(info: Info, input: Annotated[DeferConditionInput, SENT]) -> ConditionPayload:
    """Put a condition off."""

    async def act(actor: User) -> Model:
        return await conditions.defer_condition(
            actor=actor,
            condition_id=row_id(input.condition_id, "Condition", path="conditionId")[1],
            due_on=input.due_on,
            reason=input.reason,
            expected_version=input.expected_version,
        )

    return await answer(info, ConditionPayload, input, act)
