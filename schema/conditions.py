"""Conditions of a favorable dictamen in the API."""

from datetime import date

import strawberry

from models.clock import today
from schema.context import Info
from schema.ids import Node
from schema.papers import File, file_of
from schema.people import Person, person_of


@strawberry.type(description="Condición de un dictamen favorable: se cumple antes de firmar, salvo que se aplace.")
class Condition(Node):
    number: str = strawberry.field(description="Número del dictamen que la pone.")
    position: int = strawberry.field(description="Orden en el dictamen.")
    text: str = strawberry.field(description="Qué debe cumplirse.")
    due_on: date | None = strawberry.field(description="Último día para cumplirla, si se aplazó.")
    deferred_reason: str = strawberry.field(description="Por qué se aplazó.")
    met_on: date | None = strawberry.field(description="Día en que se cumplió.")
    note: str = strawberry.field(description="Cómo se comprobó.")
    version: int = strawberry.field(description="Versión, para no pisar los cambios de otra persona.")
    file_id: strawberry.Private[int | None]
    met_by_id: strawberry.Private[int | None]

    @strawberry.field(description="Si se aplazó y pasó su día sin cumplirse.")
    def overdue(self) -> bool:
        return self.met_on is None and self.due_on is not None and self.due_on < today()

    @strawberry.field(description="Constancia de que se cumplió.")
    async def file(self, info: Info) -> File | None:
        return await file_of(info, self.file_id)

    @strawberry.field(description="Quién la dio por cumplida.")
    async def met_by(self, info: Info) -> Person | None:
        return await person_of(info, self.met_by_id)
