"""People in the API: who is signed in, and the names of those who act."""

import strawberry

from models.clock import today
from models.people import Role
from models.places import ProgramCode
from reads.paging import Row
from reads.people import people_by_id
from reads.places import departments_by_code
from reads.reviews import Load, loads_by_lawyer
from schema.context import Info
from schema.ids import Node
from schema.places import Department, Municipality, municipality_of


@strawberry.type(description="Una persona del sistema.")
class Person(Node):
    name: str = strawberry.field(description="Nombre.")
    role: Role = strawberry.field(description="Papel en el sistema.")
    position: str = strawberry.field(description="Cargo.")

    @strawberry.field(description="Expedientes por analizar que tiene asignados, o propuestos y sin asignar.")
    async def open_reviews(self, info: Info) -> int:
        return (await self._load(info)).open

    @strawberry.field(description="De ellos, los que pasaron de su fecha límite en la Asesoría.")
    async def overdue_reviews(self, info: Info) -> int:
        return (await self._load(info)).overdue

    async def _load(self, info: Info) -> Load:
        found: Load = await info.context.load(loads_by_lawyer, self.key, on=today())
        return found


@strawberry.type(description="Quien tiene la sesión abierta.")
class Viewer(Person):
    email: str = strawberry.field(description="Correo con que ingresa.")
    program: ProgramCode | None = strawberry.field(description="Programa que dirige, si dirige uno.")
    municipality_id: strawberry.Private[str | None]
    department_id: strawberry.Private[str | None]

    @strawberry.field(description="Municipalidad a la que pertenece.")
    async def municipality(self, info: Info) -> Municipality | None:
        return await municipality_of(info, self.municipality_id)

    @strawberry.field(description="Departamento que coordina.")
    async def department(self, info: Info) -> Department | None:
        row = await info.context.load(departments_by_code, self.department_id)
        return Department.of(row) if row else None


async def person_of(info: Info, person_id: int | None) -> Person | None:
    """Return a person by id, gathered with the others that the request asks for."""
    row = await info.context.load(people_by_id, person_id)
    return person(row) if row else None


def person(row: Row) -> Person:
    """Make a person from her or his row."""
    return Person.of(row)


def viewer(row: Row) -> Viewer:
    """Make the one who is signed in from her or his row."""
    return Viewer.of(row)
