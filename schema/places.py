"""Departments, municipalities and institutions in the API."""

from datetime import date

import strawberry

from models.clock import today
from models.places import Sector
from reads.places import (
    departments_by_code,
    institutions_by_id,
    municipalities_by_code,
    municipalities_by_department,
)
from schema.context import Info
from schema.ids import Node
from schema.rows import FromRow


@strawberry.type(description="Uno de los 22 departamentos.")
class Department(FromRow):
    code: str = strawberry.field(description="Código del INE, dos dígitos.")
    name: str = strawberry.field(description="Nombre oficial.")

    @strawberry.field(description="Sus municipios, por su código.")
    async def municipalities(self, info: Info) -> "list[Municipality]":
        return await Municipality.each(info, municipalities_by_department, self.code)


@strawberry.type(description="Uno de los 340 municipios.")
class Municipality(FromRow):
    code: str = strawberry.field(description="Código del INE, cuatro dígitos; los dos primeros son el departamento.")
    name: str = strawberry.field(description="Nombre oficial.")
    department_id: strawberry.Private[str]

    @strawberry.field(description="Departamento al que pertenece.")
    async def department(self, info: Info) -> Department:
        return Department.of(await info.context.load(departments_by_code, self.department_id))


@strawberry.type(description="Sede departamental; abren y cierran, por eso llevan fechas.")
class DepartmentalOffice(Node):
    name: str = strawberry.field(description="Nombre.")
    address: str = strawberry.field(description="Dirección.")
    phone: str = strawberry.field(description="Teléfono.")
    valid_from: date | None = strawberry.field(description="Primer día en que funciona; vacío si no consta.")
    valid_to: date | None = strawberry.field(description="Último día en que funcionó; vacío si sigue.")
    department_id: strawberry.Private[str]

    @strawberry.field(description="Si funciona hoy.")
    def open(self) -> bool:
        since, until = self.valid_from or date.min, self.valid_to or date.max
        return since <= today() <= until

    @strawberry.field(description="Departamento que atiende.")
    async def department(self, info: Info) -> Department:
        return Department.of(await info.context.load(departments_by_code, self.department_id))


@strawberry.type(description="Institución contraparte que no es municipalidad.")
class Institution(Node):
    name: str = strawberry.field(description="Nombre completo.")
    short_name: str = strawberry.field(description="Nombre corto o siglas.")
    sector: Sector = strawberry.field(description="Sector al que pertenece.")
    note: str = strawberry.field(description="Lo que conviene saber de ella.")


async def municipality_of(info: Info, code: str | None) -> Municipality | None:
    """Return a municipality by code, gathered with the others that the request asks for."""
    row = await info.context.load(municipalities_by_code, code)
    return Municipality.of(row) if row else None


async def institution_of(info: Info, institution_id: int | None) -> Institution | None:
    """Return an institution by id, gathered with the others that the request asks for."""
    row = await info.context.load(institutions_by_id, institution_id)
    return Institution.of(row) if row else None
