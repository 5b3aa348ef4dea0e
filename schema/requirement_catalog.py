"""The checklist catalog in the API: its lines, what they replaced, and how often each was asked for."""

from datetime import date
from typing import Annotated

import strawberry

from models.agreements import ConventionKind
from models.clock import today
from models.places import ProgramCode
from models.reviews import ReviewMatter
from reads.requirement_catalog import (
    RequirementQuery,
    lines_by_family,
    requirement_by_code,
    requirement_page,
    uses_by_requirement,
)
from schema.context import Info
from schema.ids import Node
from schema.paging import After, Connection, First, connect


@strawberry.type(description="Un renglón del catálogo de requisitos.")
class Requirement(Node):
    code: str = strawberry.field(description="Código; termina en «-2», «-3»… cuando sustituye a otro renglón.")
    title: str = strawberry.field(description="Qué se pide.")
    help: str = strawberry.field(description="Cómo se obtiene o prepara.")
    legal_basis: str = strawberry.field(description="Fundamento legal; vacío si no se conoce.")
    mandatory: bool = strawberry.field(description="Si es obligatorio.")
    convention_kind: ConventionKind | None = strawberry.field(
        description="Clase de convenio a la que se pide; vacía: a todas, si no hay asunto."
    )
    program: ProgramCode | None = strawberry.field(description="Programa al que se pide; vacío: a todos.")
    matter: ReviewMatter | None = strawberry.field(
        description="Asunto de los expedientes a los que se pide, cuando no son de convenios."
    )
    municipal_only: bool = strawberry.field(description="Si se pide solo cuando la contraparte es una municipalidad.")
    confirmed: bool = strawberry.field(description="Si la Asesoría Jurídica confirmó el renglón tal como está.")
    valid_from: date = strawberry.field(description="Primer día en que se pide.")
    valid_to: date | None = strawberry.field(description="Último día en que se pide; vacío si no tiene fin.")
    position: int = strawberry.field(description="Orden en la lista.")

    @strawberry.field(description="Si carece de fundamento legal conocido: solo puede pedirse lo que una ley pide.")
    def without_legal_basis(self) -> bool:
        return not self.legal_basis

    @strawberry.field(description="Si se pide hoy.")
    def in_force(self) -> bool:
        return self.valid_from <= today() and (self.valid_to is None or self.valid_to >= today())

    @strawberry.field(description="A cuántos expedientes se pidió; en ellos no cambia.")
    async def uses(self, info: Info) -> int:
        return await info.context.load(uses_by_requirement, self.key) or 0

    @strawberry.field(description="Este renglón y los que llevaron o llevan su código, el más nuevo primero.")
    async def history(self, info: Info) -> "list[Requirement]":
        return await Requirement.each(info, lines_by_family, self.code.partition("-")[0])


@strawberry.input(description="Qué requisitos del catálogo se piden; lo vacío no limita.")
class RequirementFilter:
    convention_kind: ConventionKind | None = strawberry.field(
        default=None, description="Los que se piden a esta clase de convenio, también los que se piden a todas."
    )
    matter: ReviewMatter | None = strawberry.field(default=None, description="Los de expedientes de este asunto.")
    program: ProgramCode | None = strawberry.field(
        default=None, description="Los que se piden a este programa, también los que se piden a todos."
    )
    in_force_on: date | None = strawberry.field(
        default=None, description="Los que se piden en esta fecha; sin ella, los de hoy y los que vienen."
    )
    retired: bool | None = strawberry.field(default=None, description="Si ya no se piden.")
    without_legal_basis: bool | None = strawberry.field(default=None, description="Si carecen de fundamento legal.")
    confirmed: bool | None = strawberry.field(default=None, description="Si la Asesoría Jurídica los confirmó.")
    search: str | None = strawberry.field(default=None, description="Palabras; sin importar tildes ni mayúsculas.")


Wanted = Annotated[RequirementFilter | None, strawberry.argument(description="Cuáles se piden.")]
Code = Annotated[str, strawberry.argument(description="Código del requisito.")]


async def requirement_catalog(
    info: Info, filter: Wanted = None, first: First = 100, after: After = None
) -> Connection[Requirement]:
    """Return a page of the catalog."""
    asked = filter or RequirementFilter()
    query = RequirementQuery(
        convention_kind=asked.convention_kind,
        matter=asked.matter,
        program=asked.program,
        in_force_on=asked.in_force_on,
        retired=asked.retired,
        without_legal_basis=asked.without_legal_basis,
        confirmed=asked.confirmed,
        search=asked.search,
    )
    page = requirement_page(info.context.person, query, on=today(), first=first, after=after)
    return await connect(Requirement.of, page, after)


async def requirement_of(info: Info, code: Code) -> Requirement | None:
    """Return a line of the catalog by its code."""
    _ = info.context.person
    row = await requirement_by_code(code.strip().upper())
    return Requirement.of(row) if row else None
