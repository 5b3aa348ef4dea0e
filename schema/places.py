"""Departments, municipalities and institutions in the API."""

from datetime import date
from typing import Any, Self

import strawberry

from models.centers import Source
from models.clock import today
from models.places import Gender, Sector
from reads.office_holders import held_on, holders_by_institution, holders_by_municipality
from reads.paging import Row
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

    @strawberry.field(description="Quiénes firman o firmaron por la municipalidad, lo último primero.")
    async def office_holders(self, info: Info) -> "list[OfficeHolder]":
        return await OfficeHolder.each(info, holders_by_municipality, self.code)


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

    @strawberry.field(description="Quiénes la representan o representaron, lo último primero.")
    async def office_holders(self, info: Info) -> "list[OfficeHolder]":
        return await OfficeHolder.each(info, holders_by_institution, self.key)


@strawberry.type(description="Quien ocupa u ocupó un cargo que firma convenios.")
class OfficeHolder(FromRow):
    name: str = strawberry.field(description="Nombre.")
    position: str = strawberry.field(description="Cargo.")
    appointment: str = strawberry.field(description="Documento con que acredita el cargo.")
    since: date | None = strawberry.field(description="Desde cuándo; vacío si no consta.")
    until: date | None = strawberry.field(description="Hasta cuándo; vacío si no consta.")
    gender_letter: strawberry.Private[str]
    source_word: strawberry.Private[str]
    municipality_id: strawberry.Private[str | None]
    institution_id: strawberry.Private[int | None]

    @classmethod
    def of(cls, row: Row, /, **more: Any) -> Self:
        """Make one from a row; its letters become words of closed lists."""
        return super().of(row, gender_letter=row["gender"], source_word=row["source"], **more)

    @strawberry.field(description="Concordancia en los documentos.")
    def gender(self) -> Gender:
        return Gender(self.gender_letter)

    @strawberry.field(description="De dónde viene el registro.")
    def source(self) -> Source:
        return Source(self.source_word)

    @strawberry.field(description="Si ocupa el cargo hoy.")
    def current(self) -> bool:
        return held_on({"since": self.since, "until": self.until}, today())

    @strawberry.field(description="Municipio, si es de una municipalidad.")
    async def municipality(self, info: Info) -> Municipality | None:
        return await municipality_of(info, self.municipality_id)

    @strawberry.field(description="Institución, si es de otra institución; sin ninguno de los dos, es de SOSEP.")
    async def institution(self, info: Info) -> Institution | None:
        return await institution_of(info, self.institution_id)


async def municipality_of(info: Info, code: str | None) -> Municipality | None:
    """Return a municipality by code, gathered with the others that the request asks for."""
    row = await info.context.load(municipalities_by_code, code)
    return Municipality.of(row) if row else None


async def institution_of(info: Info, institution_id: int | None) -> Institution | None:
    """Return an institution by id, gathered with the others that the request asks for."""
    row = await info.context.load(institutions_by_id, institution_id)
    return Institution.of(row) if row else None
