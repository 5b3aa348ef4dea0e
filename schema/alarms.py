"""Alarms as of a date, their history, and silencing them."""

from datetime import date
from typing import Annotated, Any

import strawberry
from tortoise.models import Model

from actions import alarm_silences as actions
from models.agreements import Convention as ConventionModel
from models.alarms import AlarmCode, Severity
from models.centers import Center as CenterModel
from models.clock import today
from models.people import User
from models.places import ProgramCode
from reads import agreements, centers
from reads.alarm_records import RecordQuery, record_page
from reads.alarms import AlarmQuery, alarms_wanted
from reads.silences import silences_by_id
from schema.agreements import Alarm, Center, Convention
from schema.alarm_facts import AlarmSilence
from schema.center_facts import AsOf
from schema.context import Context, Info
from schema.ids import row_id
from schema.inputs import ONCE, SENT, VERSION
from schema.paging import After, Connection, First, connect, connect_whole
from schema.payloads import Payload, answer
from schema.queries import refuse_unknown_places
from schema.rows import FromRow


@strawberry.input(description="Qué alarmas se piden; lo vacío no limita.")
class AlarmFilter:
    code: list[AlarmCode] | None = strawberry.field(default=None, description="De alguna de estas clases.")
    severity: list[Severity] | None = strawberry.field(default=None, description="Con alguna de estas urgencias.")
    program: ProgramCode | None = strawberry.field(default=None, description="Programa.")
    department_code: str | None = strawberry.field(default=None, description="Código de departamento.")
    municipality_code: str | None = strawberry.field(default=None, description="Código de municipio.")
    silenced: bool = strawberry.field(
        default=False, description="Las silenciadas en la fecha, en vez de las que suenan."
    )
    search: str | None = strawberry.field(
        default=None, description="Palabras del centro, del número del convenio o de lo que dice la alarma."
    )


Wanted = Annotated[AlarmFilter | None, strawberry.argument(description="Cuáles se piden.")]
CenterCode = Annotated[str | None, strawberry.argument(description="Solo las de este centro, por su código.")]
ConventionNumber = Annotated[str | None, strawberry.argument(description="Solo las de este convenio, por su número.")]
Open = Annotated[bool | None, strawberry.argument(description="Solo las que siguen, o solo las que terminaron.")]


async def alarms(
    info: Info, filter: Wanted = None, as_of: AsOf = None, first: First = 50, after: After = None
) -> Connection[Alarm]:
    """Return a page of the alarms in reach, the most pressing first, of those the oldest first."""
    asked = filter or AlarmFilter()
    await refuse_unknown_places(info, asked.municipality_code, asked.department_code)
    query = AlarmQuery(
        code=asked.code or [],
        severity=asked.severity or [],
        program=asked.program,
        department_code=asked.department_code,
        municipality_code=asked.municipality_code,
        silenced=asked.silenced,
        search=asked.search,
    )
    found = await alarms_wanted(info.context.person, query, on=as_of or today())
    return connect_whole(found, Alarm.of, place=lambda one: one.rank, read=_place, first=first, after=after)


def _place(severity: Any, since: Any, key: Any) -> tuple[int, str, str]:
    if not (isinstance(severity, int) and isinstance(since, str) and isinstance(key, str)):
        raise ValueError
    return severity, since, key


@strawberry.type(description="Una alarma que la revisión nocturna vio, desde cuándo y hasta cuándo.")
class AlarmRecord(FromRow):
    code: AlarmCode = strawberry.field(description="Clase de alarma.")
    severity: Severity = strawberry.field(description="Urgencia cuando se vio por primera vez.")
    message: str = strawberry.field(
        description="Lo que decía ese día; vacío para quien no alcanza todo, porque puede nombrar otros instrumentos."
    )
    seen_on: date = strawberry.field(description="Día en que la revisión la vio por primera vez.")
    ended_on: date | None = strawberry.field(description="Día en que ya no la vio; vacío si sigue.")
    center_id: strawberry.Private[int | None]
    convention_id: strawberry.Private[int | None]

    @strawberry.field(description="Centro del que se trata.")
    async def center(self, info: Info) -> Center | None:
        row = await info.context.load(centers.centers_by_id, self.center_id)
        return Center.of(row) if row else None

    @strawberry.field(description="Convenio del que se trata.")
    async def convention(self, info: Info) -> Convention | None:
        row = await info.context.load(agreements.conventions_by_id, self.convention_id)
        return Convention.of(row) if row else None


async def alarm_records(
    info: Info,
    center_code: CenterCode = None,
    convention_number: ConventionNumber = None,
    open: Open = None,
    first: First = 50,
    after: After = None,
) -> Connection[AlarmRecord]:
    """Return a page of what the nightly pass saw of centers and conventions in reach, the last seen first."""
    query = RecordQuery(center_code, convention_number, open)
    page = record_page(info.context.person, query, first=first, after=after)
    return await connect(AlarmRecord.of, page, after)


@strawberry.input(description="Silenciar una alarma.")
class SilenceAlarmInput:
    code: AlarmCode = strawberry.field(description="Clase de alarma.")
    subject_id: strawberry.ID = strawberry.field(description="Centro o convenio del que se trata.")
    reason: str = strawberry.field(description="Por qué no hace falta oír de ella.")
    until: date = strawberry.field(description="Último día en silencio: un año adelante a lo sumo.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Volver a oír una alarma.")
class LiftSilenceInput:
    silence_id: strawberry.ID = strawberry.field(description="Silencio.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con el silencio tal como quedó.")
class AlarmSilencePayload(Payload):
    silence: AlarmSilence | None = strawberry.field(default=None, description="El silencio.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.silence = AlarmSilence.of(await context.load(silences_by_id, key))


async def silence_alarm(info: Info, input: Annotated[SilenceAlarmInput, SENT]) -> AlarmSilencePayload:
    """Silence an alarm until a day."""

    async def act(actor: User) -> Model:
        kind, key = row_id(input.subject_id, "Center", "Convention", path="subjectId")
        return await actions.silence_alarm(
            actor=actor,
            code=input.code,
            subject=CenterModel if kind == "Center" else ConventionModel,
            subject_id=key,
            reason=input.reason,
            until=input.until,
        )

    return await answer(info, AlarmSilencePayload, input, act)


async def lift_silence(info: Info, input: Annotated[LiftSilenceInput, SENT]) -> AlarmSilencePayload:
    """End a silence today."""

    async def act(actor: User) -> Model:
        return await actions.lift_silence(
            actor=actor,
            silence_id=row_id(input.silence_id, "AlarmSilence", path="silenceId")[1],
            expected_version=input.expected_version,
        )

    return await answer(info, AlarmSilencePayload, input, act)
