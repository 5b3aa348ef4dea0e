"""Institutions and municipalities to choose from: lists, and adding an institution."""

from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import institutions as actions
from models.people import User
from models.places import Sector
from reads.institutions import institution_page
from reads.places import institutions_by_id, towns_named
from schema.context import Context, Info
from schema.inputs import ONCE, SENT
from schema.paging import After, Connection, First, connect
from schema.payloads import Payload, answer
from schema.places import Institution, Municipality
from schema.queries import refuse_unknown_places

Words = Annotated[str | None, strawberry.argument(description="Palabras; sin importar tildes ni mayúsculas.")]
OfSector = Annotated[Sector | None, strawberry.argument(description="Solo de este sector.")]
OfDepartment = Annotated[str | None, strawberry.argument(description="Solo de este departamento, por su código.")]


async def institutions(
    info: Info, search: Words = None, sector: OfSector = None, first: First = 50, after: After = None
) -> Connection[Institution]:
    """Return a page of the institutions."""
    _ = info.context.person
    page = institution_page(search=search, sector=sector, first=first, after=after)
    return await connect(Institution.of, page, after)


async def municipalities(info: Info, search: Words = None, department_code: OfDepartment = None) -> list[Municipality]:
    """Return the municipalities that a search means."""
    _ = info.context.person
    await refuse_unknown_places(info, None, department_code)
    return [Municipality.of(row) for row in await towns_named(search, department_code)]


@strawberry.input(description="Una institución nueva en la lista de contrapartes.")
class AddInstitutionInput:
    name: str = strawberry.field(description="Nombre completo.")
    short_name: str = strawberry.field(description="Nombre corto o siglas.")
    sector: Sector = strawberry.field(description="Sector; las municipalidades ya están en el catálogo.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta al agregar una institución.")
class AddInstitutionPayload(Payload):
    institution: Institution | None = strawberry.field(default=None, description="La institución.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.institution = Institution.of(await context.load(institutions_by_id, key))


async def add_institution(info: Info, input: Annotated[AddInstitutionInput, SENT]) -> AddInstitutionPayload:
    """Add an institution."""

    async def act(actor: User) -> Model:
        return await actions.add_institution(
            actor=actor, name=input.name, short_name=input.short_name, sector=input.sector
        )

    return await answer(info, AddInstitutionPayload, input, act)
