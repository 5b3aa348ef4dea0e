"""The directory of departmental offices and the programs in the API, and how administrators keep the offices."""

from datetime import date
from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import offices
from models.people import User
from models.places import ProgramCode
from reads.places import all_offices, all_programs, offices_by_id
from schema.context import Context, Info
from schema.ids import row_id
from schema.inputs import ONCE, SENT
from schema.payloads import Payload, answer
from schema.places import DepartmentalOffice
from schema.rows import FromRow


@strawberry.type(description="Un programa de SOSEP con la dirección que lo lleva.")
class Program(FromRow):
    code: ProgramCode = strawberry.field(description="Código.")
    name: str = strawberry.field(description="Nombre.")
    direction: str = strawberry.field(description="Dirección.")


@strawberry.input(description="Una sede departamental, entera: lo que se deja vacío queda vacío.")
class SaveOfficeInput:
    office_id: strawberry.ID | None = strawberry.field(
        default=None, description="Sede que se corrige; vacío para agregar una."
    )
    name: str = strawberry.field(description="Nombre.")
    department_code: str = strawberry.field(description="Departamento que atiende.")
    address: str | None = strawberry.field(default=None, description="Dirección.")
    phone: str | None = strawberry.field(default=None, description="Teléfono.")
    valid_from: date | None = strawberry.field(default=None, description="Primer día en que funciona, si consta.")
    valid_to: date | None = strawberry.field(default=None, description="Último día en que funciona, si cerró.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con la sede tal como quedó.")
class OfficePayload(Payload):
    office: DepartmentalOffice | None = strawberry.field(default=None, description="La sede.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.office = DepartmentalOffice.of(await context.load(offices_by_id, key))


async def office_directory(info: Info) -> list[DepartmentalOffice]:
    """Return every office, by department and name."""
    return [DepartmentalOffice.of(row) for row in await all_offices(info.context.person)]


async def programs(info: Info) -> list[Program]:
    """Return the programs."""
    return [Program.of(row) for row in await all_programs(info.context.person)]


async def save_office(info: Info, input: Annotated[SaveOfficeInput, SENT]) -> OfficePayload:
    """Add or correct an office."""

    async def act(actor: User) -> Model:
        return await offices.save_office(
            actor=actor,
            office_id=row_id(input.office_id, "DepartmentalOffice", path="officeId")[1] if input.office_id else None,
            given=offices.OfficeInput(
                name=input.name,
                department_code=input.department_code,
                address=input.address or "",
                phone=input.phone or "",
                valid_from=input.valid_from,
                valid_to=input.valid_to,
            ),
        )

    return await answer(info, OfficePayload, input, act)
