"""A month of many centers in the API, and how attendance is noted and corrected."""

from datetime import date
from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import attendance
from documents.sheet_cells import Unreadable
from documents.sheet_numbers import as_month
from models.centers import Attendance as AttendanceRow
from models.clock import today
from models.months import months_later
from models.people import User
from models.places import ProgramCode
from reads.attendance import attendance_by_id
from reads.attendance_sheet import (
    MonthCount,
    SheetQuery,
    months_before,
    months_noted,
    noted_together,
    sheet_count,
    sheet_page,
)
from reads.centers import centers_by_id
from reads.paging import Row
from schema.agreements import Center
from schema.attendance import Attendance
from schema.context import Context, Info
from schema.ids import row_id
from schema.inputs import ONCE, SENT, VERSION
from schema.masking import CodedError, ErrorCode
from schema.paging import After, Connection, First, connect
from schema.payloads import Payload, answer
from schema.queries import refuse_unknown_places


@strawberry.type(description="Un centro con lo que informó de un mes.")
class AttendanceLine:
    center: Center = strawberry.field(description="El centro.")
    month: strawberry.Private[date]

    @strawberry.field(description="Lo que informó del mes; vacío si falta.")
    async def attendance(self, info: Info) -> Attendance | None:
        row = await info.context.load(months_noted, self.center.key, month=self.month, on=today())
        return Attendance.of(row, as_of=today()) if row else None

    @strawberry.field(description="El último mes que informó antes de este, para comparar.")
    async def previous(self, info: Info) -> Attendance | None:
        row = await info.context.load(months_before, self.center.key, month=self.month, on=today())
        return Attendance.of(row, as_of=today()) if row else None


@strawberry.type(description="La asistencia de un mes en los centros a su alcance que atendían entonces.")
class AttendanceSheet:
    month: date = strawberry.field(description="Primer día del mes.")
    previous_month: date = strawberry.field(description="Primer día del mes anterior.")
    next_month: date | None = strawberry.field(description="Primer día del mes siguiente; vacío si todavía no empieza.")
    counted: strawberry.Private[MonthCount]
    query: strawberry.Private[SheetQuery]

    @strawberry.field(description="Cuántos centros deben informar el mes.")
    def expected_count(self) -> int:
        return self.counted.expected

    @strawberry.field(description="Cuántos de ellos ya lo informaron.")
    def reported_count(self) -> int:
        return self.counted.reported

    @strawberry.field(description="Los centros, por su nombre.")
    async def lines(self, info: Info, first: First = 50, after: After = None) -> Connection[AttendanceLine]:
        def line(row: Row) -> AttendanceLine:
            return AttendanceLine(center=Center.of(row), month=self.month)

        found = sheet_page(info.context.person, self.month, self.query, first=first, after=after)
        return await connect(line, found, after)


async def attendance_sheet(
    info: Info,
    month: Annotated[
        str | None, strawberry.argument(description="Mes, como 2026-03; vacío: el último que ya terminó.")
    ] = None,
    pending: Annotated[bool, strawberry.argument(description="Solo los que faltan por informarlo.")] = False,
    program: Annotated[ProgramCode | None, strawberry.argument(description="Solo los de este programa.")] = None,
    department_code: Annotated[
        str | None, strawberry.argument(description="Solo los de este departamento, por su código del INE.")
    ] = None,
    search: Annotated[str | None, strawberry.argument(description="Palabras del código, nombre o lugar.")] = None,
) -> AttendanceSheet:
    """Return one month of the centers in reach."""
    person = info.context.person
    await refuse_unknown_places(info, None, department_code)
    now = today().replace(day=1)
    asked = _month(month) or months_later(now, -1)
    wrong = attendance.wrong_month(asked, today())
    if wrong:
        raise CodedError(ErrorCode.BAD_USER_INPUT, wrong)
    query = SheetQuery(pending, program, department_code, search)
    return AttendanceSheet(
        month=asked,
        previous_month=months_later(asked, -1),
        next_month=months_later(asked, 1) if asked < now else None,
        counted=await sheet_count(person, asked, query),
        query=query,
    )


def _month(text: str | None) -> date | None:
    try:
        return as_month(text or "")
    except Unreadable as unreadable:
        message = f"{unreadable.reason} Escriba el mes como 2026-03 o marzo 2026."
        raise CodedError(ErrorCode.BAD_USER_INPUT, message) from unreadable


@strawberry.input(description="Personas atendidas en un centro; con las dos cifras vacías el centro se deja de lado.")
class CenterAttendanceInput:
    center_id: strawberry.ID = strawberry.field(description="Centro.")
    men: int | None = strawberry.field(default=None, description="Hombres o niños; 0 si ninguno.")
    women: int | None = strawberry.field(default=None, description="Mujeres o niñas; 0 si ninguna.")


@strawberry.input(description="La asistencia de un mes de uno o muchos centros: se anota toda o nada.")
class RecordAttendanceInput:
    month: str = strawberry.field(description="Mes, como 2026-03.")
    centers: list[CenterAttendanceInput] = strawberry.field(description="Hasta 100 centros, cada uno una vez.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Corrección de la asistencia de un mes; lo que constaba antes queda.")
class CorrectAttendanceInput:
    attendance_id: strawberry.ID = strawberry.field(description="Mes de asistencia que se corrige.")
    men: int = strawberry.field(description="Hombres o niños.")
    women: int = strawberry.field(description="Mujeres o niñas.")
    reason: str = strawberry.field(description="Motivo de la corrección.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="La asistencia de un mes y el centro que la informó.")
class RecordedAttendance:
    center: Center = strawberry.field(description="El centro.")
    attendance: Attendance = strawberry.field(description="El mes.")


@strawberry.type(description="Respuesta con los meses que se anotaron.")
class RecordAttendancePayload(Payload):
    month: date | None = strawberry.field(default=None, description="Primer día del mes.")
    recorded: list[RecordedAttendance] = strawberry.field(
        default_factory=list, description="Lo anotado, centro por centro."
    )

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.recorded = [await _recorded(context, row) for row in await context.load(noted_together, key)]
        self.month = self.recorded[0].attendance.month


@strawberry.type(description="Respuesta con el mes tal como quedó.")
class CorrectAttendancePayload(Payload):
    recorded: RecordedAttendance | None = strawberry.field(default=None, description="El mes corregido y su centro.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.recorded = await _recorded(context, await context.load(attendance_by_id, key))


async def _recorded(context: Context, row: Row) -> RecordedAttendance:
    center = await context.load(centers_by_id, row["center_id"])
    return RecordedAttendance(center=Center.of(center), attendance=Attendance.of(row, as_of=today()))


async def record_attendance(info: Info, input: Annotated[RecordAttendanceInput, SENT]) -> RecordAttendancePayload:
    """Note a month of one or many centers."""

    async def act(actor: User) -> Model:
        counts = []
        for place, one in enumerate(input.centers):
            key = row_id(one.center_id, "Center", path=f"centers.{place}.centerId")[1]
            counts.append(attendance.CenterCount(key, one.men, one.women))
        return await attendance.record_attendance(actor=actor, month=input.month, centers=counts)

    return await answer(info, RecordAttendancePayload, input, act)


async def correct_attendance(info: Info, input: Annotated[CorrectAttendanceInput, SENT]) -> CorrectAttendancePayload:
    """Correct a month."""

    async def act(actor: User) -> Model:
        return await attendance.correct_attendance(
            actor=actor,
            attendance_id=row_id(input.attendance_id, AttendanceRow.__name__, path="attendanceId")[1],
            men=input.men,
            women=input.women,
            reason=input.reason,
            expected_version=input.expected_version,
        )

    return await answer(info, CorrectAttendancePayload, input, act)
