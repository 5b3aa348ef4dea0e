"""Attendance in the API: a month of a center with its corrections."""

from datetime import date
from typing import Annotated

import strawberry

from models.centers import Source
from models.months import months_later
from reads.attendance import corrections_by_attendance
from schema.context import Info
from schema.ids import Node
from schema.masking import CodedError, ErrorCode
from schema.people import Person, person_of
from schema.rows import FromRow

MOST_MONTHS = 60
"""Months of a center that are told at once."""

FromMonth = Annotated[
    date | None,
    strawberry.argument(name="from", description="Desde el mes de este día; vacío: doce meses hasta el último."),
]
ToMonth = Annotated[date | None, strawberry.argument(description="Hasta el mes de este día; vacío: el de la consulta.")]


def months_asked(first: date | None, last: date | None, on: date) -> tuple[date, date]:
    """Return the first days of the first and the last month of a period; a year until the last when nothing is said."""
    end = (last or on).replace(day=1)
    begin = first.replace(day=1) if first else months_later(end, -11)
    if not 0 <= (end.year - begin.year) * 12 + end.month - begin.month < MOST_MONTHS:
        raise CodedError(
            ErrorCode.BAD_USER_INPUT,
            f"El período va del mes más antiguo al más nuevo y abarca hasta {MOST_MONTHS} meses.",
        )
    return begin, end


@strawberry.type(description="Una corrección de la asistencia de un mes: qué decía antes y qué dice desde entonces.")
class AttendanceCorrection(FromRow):
    corrected_on: date = strawberry.field(description="Día en que se corrigió; antes de él vale lo que decía.")
    men_before: int = strawberry.field(description="Hombres o niños que constaban.")
    women_before: int = strawberry.field(description="Mujeres o niñas que constaban.")
    men: int = strawberry.field(description="Hombres o niños que constan desde entonces.")
    women: int = strawberry.field(description="Mujeres o niñas que constan desde entonces.")
    reason: str = strawberry.field(description="Motivo.")
    corrected_by_id: strawberry.Private[int]

    @strawberry.field(description="Quién corrigió.")
    async def corrected_by(self, info: Info) -> Person | None:
        return await person_of(info, self.corrected_by_id)


@strawberry.type(description="Personas atendidas en un centro durante un mes, por sexo.")
class Attendance(Node):
    month: date = strawberry.field(description="Primer día del mes.")
    men: int = strawberry.field(description="Hombres o niños.")
    women: int = strawberry.field(description="Mujeres o niñas.")
    source: Source = strawberry.field(description="De dónde viene el registro.")
    recorded_on: date | None = strawberry.field(
        description="Día en que se anotó; vacío en lo que vino del informe de 2024. Cuenta desde su mes, no desde ahí."
    )
    version: int = strawberry.field(description="Versión del registro.")
    recorded_by_id: strawberry.Private[int | None]
    as_of: strawberry.Private[date]

    @strawberry.field(description="Suma de ambos.")
    def total(self) -> int:
        return self.men + self.women

    @strawberry.field(description="Quién lo anotó.")
    async def recorded_by(self, info: Info) -> Person | None:
        return await person_of(info, self.recorded_by_id)

    @strawberry.field(description="Las correcciones hechas hasta la fecha de la consulta, la primera primero.")
    async def corrections(self, info: Info) -> list[AttendanceCorrection]:
        rows = await info.context.load(corrections_by_attendance, self.key, on=self.as_of)
        return [AttendanceCorrection.of(row) for row in rows or []]
