"""What is told of a center as of a date: its alarms; and the arguments of dates that its fields share."""

from datetime import date
from typing import Annotated

import strawberry

from models.alarms import AlarmCode, Severity

AsOf = Annotated[date | None, strawberry.argument(description="Fecha de la consulta; vacía: hoy en Guatemala.")]


@strawberry.type(description="Algo que hay que revisar de un centro; nunca dice que algo sea ilegal.")
class CenterAlarm:
    code: AlarmCode = strawberry.field(description="Clase de alarma.")
    severity: Severity = strawberry.field(description="Urgencia.")
    message: str = strawberry.field(description="Explicación para una persona.")
    since: date | None = strawberry.field(description="Desde cuándo; vacío si no se sabe.")
