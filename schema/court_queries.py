"""The questions about court files: lists, one by its code, the agenda and the notices. All of them reserved."""

from datetime import date
from enum import Enum
from typing import Annotated

import strawberry

from actions.refusals import Refusal
from models.court import CourtBranch, CourtFileKind, CourtStage
from reads.court import CourtQuery, court_file_by_code, court_page
from reads.court_dates import AgendaQuery, NoticeQuery, agenda_page, notice_page
from reads.paging import Order
from schema.context import Info
from schema.court import CourtDate, CourtFile, CourtNotice, reserved
from schema.ids import row_id
from schema.inputs import OrderDirection
from schema.masking import CodedError, ErrorCode
from schema.paging import After, Connection, First, connect


@strawberry.enum(description="Por qué se ordenan los expedientes judiciales.")
class CourtFileOrderField(Enum):
    NEXT_ON = strawberry.enum_value("next_on", description="Fecha abierta más próxima.")
    OPENED_ON = strawberry.enum_value("opened_on", description="Fecha de inicio.")
    CODE = strawberry.enum_value("code", description="Código.")


@strawberry.enum(description="Por qué se ordenan las notificaciones judiciales.")
class CourtNoticeOrderField(Enum):
    ANSWERED_ON = strawberry.enum_value("answered_on", description="Fecha de respuesta; primero las que no la tienen.")
    DUE_ON = strawberry.enum_value("due_on", description="Día en que vence el plazo para responder.")
    RECEIVED_ON = strawberry.enum_value("received_on", description="Fecha de recepción.")


@strawberry.input(description="Orden de los expedientes judiciales.")
class CourtFileOrder:
    field: CourtFileOrderField = strawberry.field(description="Por qué.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Sentido.")


@strawberry.input(description="Orden de las notificaciones judiciales.")
class CourtNoticeOrder:
    field: CourtNoticeOrderField = strawberry.field(description="Por qué.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Sentido.")


@strawberry.input(description="Qué expedientes judiciales se piden; lo vacío no limita.")
class CourtFileFilter:
    branch: CourtBranch | None = strawberry.field(default=None, description="Materia.")
    kind: list[CourtFileKind] | None = strawberry.field(default=None, description="Clase.")
    stage: list[CourtStage] | None = strawberry.field(default=None, description="Etapa.")
    open: bool | None = strawberry.field(default=None, description="Si no han fenecido.")
    lawyer_id: strawberry.ID | None = strawberry.field(default=None, description="Abogado o abogada.")
    mine: bool | None = strawberry.field(default=None, description="Solo los que lleva quien pregunta.")
    without_lawyer: bool | None = strawberry.field(default=None, description="Solo los que nadie lleva.")
    court: str | None = strawberry.field(
        default=None, description="Palabras del nombre del juzgado, sin importar tildes."
    )
    opened_from: date | None = strawberry.field(default=None, description="Iniciados desde este día.")
    opened_to: date | None = strawberry.field(default=None, description="Iniciados hasta este día.")
    next_from: date | None = strawberry.field(default=None, description="Con próxima fecha desde este día.")
    next_to: date | None = strawberry.field(default=None, description="Con próxima fecha hasta este día.")
    search: str | None = strawberry.field(
        default=None, description="Palabras de código, número, partes, asunto o juzgado; sin importar tildes."
    )


@strawberry.input(description="Qué notificaciones judiciales se piden; lo vacío no limita.")
class CourtNoticeFilter:
    branch: CourtBranch | None = strawberry.field(default=None, description="Materia.")
    received_from: date | None = strawberry.field(default=None, description="Recibidas desde este día.")
    received_to: date | None = strawberry.field(default=None, description="Recibidas hasta este día.")
    answered: bool | None = strawberry.field(default=None, description="Si ya se respondieron.")
    asks_answer: bool | None = strawberry.field(default=None, description="Si llevan plazo para responder.")
    without_file: bool | None = strawberry.field(default=None, description="Solo las que no tienen expediente.")
    court_file_code: str | None = strawberry.field(default=None, description="Código del expediente.")
    search: str | None = strawberry.field(default=None, description="Palabras; sin importar tildes ni mayúsculas.")


@strawberry.input(description="Qué audiencias y plazos se piden; lo vacío no limita.")
class CourtDateFilter:
    since: date | None = strawberry.field(default=None, description="Desde este día.")
    until: date | None = strawberry.field(default=None, description="Hasta este día.")
    settled: bool | None = strawberry.field(default=None, description="Si ya tienen resultado.")
    mine: bool | None = strawberry.field(default=None, description="Solo de los expedientes de quien pregunta.")
    branch: CourtBranch | None = strawberry.field(default=None, description="Materia.")


FilesWanted = Annotated[CourtFileFilter | None, strawberry.argument(description="Cuáles se piden.")]
FilesOrder = Annotated[CourtFileOrder | None, strawberry.argument(description="En qué orden.")]
NoticesWanted = Annotated[CourtNoticeFilter | None, strawberry.argument(description="Cuáles se piden.")]
NoticesOrder = Annotated[CourtNoticeOrder | None, strawberry.argument(description="En qué orden.")]
DatesWanted = Annotated[CourtDateFilter | None, strawberry.argument(description="Cuáles se piden.")]
Code = Annotated[str, strawberry.argument(description="Código.")]


async def court_files(
    info: Info,
    filter: FilesWanted = None,
    order_by: FilesOrder = None,
    first: First = 50,
    after: After = None,
) -> Connection[CourtFile]:
    """Return a page of court files, closed ones too."""
    person, asked = reserved(info), filter or CourtFileFilter()
    query = CourtQuery(
        branch=asked.branch,
        kind=asked.kind or [],
        stage=asked.stage or [],
        open=asked.open,
        lawyer_id=_lawyer(asked.lawyer_id),
        mine=bool(asked.mine),
        without_lawyer=bool(asked.without_lawyer),
        court=asked.court,
        opened_from=asked.opened_from,
        opened_to=asked.opened_to,
        next_from=asked.next_from,
        next_to=asked.next_to,
        search=asked.search,
    )
    by = order_by or CourtFileOrder(field=CourtFileOrderField.NEXT_ON)
    order = Order(str(by.field.value), by.direction == OrderDirection.DESC)
    return await connect(CourtFile.of, court_page(person, query, order=order, first=first, after=after), after)


def _lawyer(given: str | None) -> int | None:
    if given is None:
        return None
    try:
        return row_id(given, "Person", "Viewer", path="lawyerId")[1]
    except Refusal as refusal:
        raise CodedError(ErrorCode.BAD_USER_INPUT, "El identificador de «lawyerId» no es válido.") from refusal


async def court_file(info: Info, code: Code) -> CourtFile | None:
    """Return a court file by its code."""
    row = await court_file_by_code(code.strip().upper(), reserved(info))
    return CourtFile.of(row) if row else None


async def court_notices(
    info: Info,
    filter: NoticesWanted = None,
    order_by: NoticesOrder = None,
    first: First = 50,
    after: After = None,
) -> Connection[CourtNotice]:
    """Return a page of notices; those without an answer come first."""
    person, asked = reserved(info), filter or CourtNoticeFilter()
    query = NoticeQuery(
        branch=asked.branch,
        received_from=asked.received_from,
        received_to=asked.received_to,
        answered=asked.answered,
        asks_answer=asked.asks_answer,
        without_file=bool(asked.without_file),
        court_file_code=asked.court_file_code.strip().upper() if asked.court_file_code else None,
        search=asked.search,
    )
    by = order_by or CourtNoticeOrder(field=CourtNoticeOrderField.ANSWERED_ON, direction=OrderDirection.DESC)
    waiting_first = by.field == CourtNoticeOrderField.ANSWERED_ON
    order = Order(str(by.field.value), by.direction == OrderDirection.DESC, blank_first=waiting_first)
    return await connect(CourtNotice.of, notice_page(person, query, order=order, first=first, after=after), after)


async def court_dates(
    info: Info, filter: DatesWanted = None, first: First = 50, after: After = None
) -> Connection[CourtDate]:
    """Return a page of hearings and deadlines, the earliest first."""
    person, asked = reserved(info), filter or CourtDateFilter()
    query = AgendaQuery(
        since=asked.since, until=asked.until, settled=asked.settled, mine=bool(asked.mine), branch=asked.branch
    )
    return await connect(CourtDate.of, agenda_page(person, query, first=first, after=after), after)
