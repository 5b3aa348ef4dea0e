"""The working-day calendar in the API: days of rest with their origin, and counts that explain themselves."""

from datetime import date
from typing import Annotated

import strawberry

from models.calendar import CAPITAL, HolidayScope, WorkingCalendar
from models.clock import today
from reads.calendar import working_calendar
from reads.holidays import (
    FIRST_DAY,
    LAST_DAY,
    MOST_DAYS,
    CalendarDayKind,
    HolidayOrigin,
    calendar_days,
    holiday_page,
)
from reads.holidays import CalendarDay as CalendarRow
from reads.places import municipalities_meant, unclear_place
from schema.context import Info
from schema.ids import Node
from schema.masking import CodedError, ErrorCode
from schema.paging import After, Connection, First, connect
from schema.people import Person, person_of
from schema.places import Municipality, municipality_of
from schema.rows import FromRow

Year = Annotated[int | None, strawberry.argument(description="Año; vacío: el presente.")]
Town = Annotated[
    str | None,
    strawberry.argument(
        description="Municipio, por su código del INE o su nombre. Vacío: el de quien pregunta, si es de una "
        "municipalidad; si no, la capital, donde está la Asesoría Jurídica."
    ),
]
From = Annotated[date, strawberry.argument(name="from", description="Día del aviso: la cuenta empieza el siguiente.")]
To = Annotated[date, strawberry.argument(name="to", description="Último día de la cuenta.")]
Days = Annotated[int, strawberry.argument(description=f"Días hábiles, de 0 a {MOST_DAYS}.")]


@strawberry.type(description="Corrección al calendario: un día que se agrega o se quita.")
class Holiday(Node):
    day: date = strawberry.field(description="Día.")
    name: str = strawberry.field(description="Cómo se llama.")
    scope: HolidayScope = strawberry.field(description="A quién concierne.")
    half_day: bool = strawberry.field(description="Si se trabaja hasta mediodía; ese día sí cuenta como hábil.")
    added: bool = strawberry.field(description="Si se agrega; falso cuando quita un asueto de la lista general.")
    legal_basis: str = strawberry.field(description="Acuerdo o ley que lo dispone.")
    withdrawn_on: date | None = strawberry.field(description="Fecha en que se retiró; desde entonces no cuenta.")
    municipality_id: strawberry.Private[str | None]
    recorded_by_id: strawberry.Private[int | None]

    @strawberry.field(description="Municipio, si es de uno.")
    async def municipality(self, info: Info) -> Municipality | None:
        return await municipality_of(info, self.municipality_id)

    @strawberry.field(description="Quien la anotó; vacío si vino con el sistema.")
    async def recorded_by(self, info: Info) -> Person | None:
        return await person_of(info, self.recorded_by_id)


@strawberry.type(description="Un renglón del calendario de un año.")
class CalendarDay:
    day: date = strawberry.field(description="Día.")
    name: str = strawberry.field(description="Cómo se llama.")
    kind: CalendarDayKind = strawberry.field(description="Qué hace de ese día.")
    scope: HolidayScope = strawberry.field(description="A quién concierne.")
    origin: HolidayOrigin = strawberry.field(description="De dónde viene.")
    correction: Holiday | None = strawberry.field(description="La corrección, si no viene de la lista general.")

    @classmethod
    def of(cls, row: CalendarRow) -> "CalendarDay":
        """Make one from the line of a calendar."""
        return cls(
            day=row.day,
            name=row.name,
            kind=row.kind,
            scope=row.scope,
            origin=row.origin,
            correction=Holiday.of(row.correction) if row.correction else None,
        )


@strawberry.type(description="Calendario de un año en un lugar.")
class YearCalendar:
    year: int = strawberry.field(description="Año.")
    municipality_id: strawberry.Private[str]
    days: list[CalendarDay] = strawberry.field(description="Asuetos y correcciones, en orden; también lo retirado.")

    @strawberry.field(description="Municipio cuyo calendario es.")
    async def municipality(self, info: Info) -> Municipality | None:
        return await municipality_of(info, self.municipality_id)


@strawberry.type(description="Un asueto que una cuenta omite.")
class SkippedDay(FromRow):
    day: date = strawberry.field(description="Día.")
    name: str = strawberry.field(description="Cómo se llama.")


@strawberry.type(description="Una cuenta de días hábiles.")
class WorkingDays:
    days: int = strawberry.field(description="Días hábiles contados.")
    due_on: date = strawberry.field(description="Último día de la cuenta.")
    explanation: str = strawberry.field(description="Cómo se contó, en una frase.")
    skipped: list[SkippedDay] = strawberry.field(description="Asuetos de lunes a viernes que la cuenta omite.")


async def _town(info: Info, given: str | None) -> str:
    """Return the code of the municipality whose calendar is asked for; refuses what is not one municipality."""
    if not (given or "").strip():
        return info.context.person.municipality_id or CAPITAL
    found = await municipalities_meant(given or "")
    if len(found) != 1:
        raise CodedError(ErrorCode.BAD_USER_INPUT, unclear_place(given or "", found))
    return found[0].code


def refuse_beyond(*days: date) -> None:
    """Refuse days of years that the calendar of working days does not answer for."""
    if any(not FIRST_DAY <= day <= LAST_DAY for day in days):
        message = f"El calendario va de {FIRST_DAY.year} a {LAST_DAY.year}: escriba una fecha de esos años."
        raise CodedError(ErrorCode.BAD_USER_INPUT, message)


def _wanted(year: int | None) -> int:
    wanted = today().year if year is None else year
    if not FIRST_DAY.year <= wanted <= LAST_DAY.year:
        message = f"El calendario va de {FIRST_DAY.year} a {LAST_DAY.year}."
        raise CodedError(ErrorCode.BAD_USER_INPUT, message)
    return wanted


async def holidays(info: Info, year: Year = None, municipality_code: Town = None) -> YearCalendar:
    """Return the calendar of a year in a place."""
    wanted, town = _wanted(year), await _town(info, municipality_code)
    rows = await calendar_days(wanted, town)
    return YearCalendar(year=wanted, municipality_id=town, days=[CalendarDay.of(row) for row in rows])


async def holiday_corrections(
    info: Info,
    year: Annotated[int | None, strawberry.argument(description="Solo las de este año.")] = None,
    municipality_code: Annotated[str | None, strawberry.argument(description="Solo las de este municipio.")] = None,
    withdrawn: Annotated[bool | None, strawberry.argument(description="Si se retiraron.")] = None,
    first: First = 100,
    after: After = None,
) -> Connection[Holiday]:
    """Return a page of the corrections to the calendar."""
    page = holiday_page(
        info.context.person,
        year=None if year is None else _wanted(year),
        municipality=await _town(info, municipality_code) if municipality_code else None,
        withdrawn=withdrawn,
        first=first,
        after=after,
    )
    return await connect(Holiday.of, page, after)


async def working_days(info: Info, from_: From, days: Days, municipality_code: Town = None) -> WorkingDays:
    """Return the day on which a term of working days ends, and how it was counted."""
    calendar = await working_calendar(await _town(info, municipality_code))
    refuse_beyond(from_)
    if not 0 <= days <= MOST_DAYS:
        raise CodedError(ErrorCode.BAD_USER_INPUT, f"Los días hábiles van de 0 a {MOST_DAYS}.")
    due = calendar.add(from_, days)
    return _counted(calendar, from_, due, days, calendar.explain(from_, days))


async def working_days_between(info: Info, from_: From, to: To, municipality_code: Town = None) -> WorkingDays:
    """Return how many working days lie after a day and up to another; negative when that one is earlier."""
    calendar = await working_calendar(await _town(info, municipality_code))
    refuse_beyond(from_, to)
    return _counted(calendar, from_, to, calendar.between(from_, to), calendar.explain_between(from_, to))


def _counted(calendar: WorkingCalendar, start: date, end: date, days: int, explanation: str) -> WorkingDays:
    skipped = calendar.skipped(min(start, end), max(start, end))
    return WorkingDays(
        days=days,
        due_on=end,
        explanation=explanation,
        skipped=[SkippedDay(day=day, name=name) for day, name in skipped],
    )
