"""What is told of a center as of a date: attendance and alarms; and the date argument that they share."""

from datetime import date
from typing import Annotated

import strawberry

from models.alarms import AlarmCode, Severity
from schema.rows import FromRow

AsOf = Annotated[date | None, strawberry.argument(description="Fecha de la consulta; vacía: hoy en Guatemala.")]


@strawberry.type(description="Personas atendidas en un mes, por sexo.")
class Attendance(FromRow):
    month: date = strawberry.field(description="Primer día del mes.")
    men: int = strawberry.field(description="Hombres o niños.")
    women: int = strawberry.field(description="Mujeres o niñas.")

    @strawberry.field(description="Suma de ambos.")
    def total(self) -> int:
        return self.men + self.women


@strawberry.type(description="Algo que hay que revisar de un centro; nunca dice que algo sea ilegal.")
class CenterAlarm:
    code: AlarmCode = strawberry.field(description="Clase de alarma.")
    severity: Severity = strawberry.field(description="Urgencia.")
    message: str = strawberry.field(description="Explicación para una persona.")
    since: date | None = strawberry.field(description="Desde cuándo; vacío si no se sabe.")
