"""Court files in the API, reserved: to whoever may not see them every question about them is FORBIDDEN."""

from datetime import date, datetime

import strawberry
import structlog

from models.centers import Source
from models.clock import today
from models.court import COURT_MOVES, CourtBranch, CourtDateKind, CourtFileKind, CourtStage
from models.people import User
from reads import court, court_dates
from reads.audit import timeline_by_court_file
from reads.calendar import working_calendars
from reads.paging import Row
from reads.papers import documents_by_id
from reads.places import departments_by_code
from schema.context import Info
from schema.ids import Node
from schema.masking import CodedError, ErrorCode
from schema.papers import File, OfficialDocument, file_of
from schema.people import Person, person_of
from schema.places import Department
from schema.signing import TimelineEntry

log = structlog.get_logger()


def reserved(info: Info) -> User:
    """Return who asks; raises FORBIDDEN, and logs the attempt, when court files are none of her or his business."""
    person = info.context.person
    if not court.sees_court_files(person):
        log.warning("forbidden", field=info.field_name, actor=person.id, role=person.role.value)
        raise CodedError(
            ErrorCode.FORBIDDEN,
            "Los expedientes judiciales son información reservada de la Asesoría Jurídica y Auditoría Interna.",
        )
    return person


@strawberry.type(description="Expediente judicial: información reservada (Decreto 57-2008, arts. 22 y 23).")
class CourtFile(Node):
    code: str = strawberry.field(description="Código propio: JUD-AAAA-NNNN.")
    branch: CourtBranch = strawberry.field(description="Materia, según la clase.")
    kind: CourtFileKind = strawberry.field(description="Clase.")
    court: str = strawberry.field(description="Juzgado u órgano que lo conoce.")
    court_number: str = strawberry.field(description="Número que le dio el juzgado; vacío si no tiene.")
    subject: str = strawberry.field(description="Asunto.")
    stage: CourtStage = strawberry.field(description="Etapa.")
    opened_on: date = strawberry.field(description="Fecha de inicio.")
    closed_on: date | None = strawberry.field(description="Fecha en que feneció.")
    outcome: str = strawberry.field(description="En qué terminó, o qué se resolvió.")
    next_on: date | None = strawberry.field(description="Fecha abierta más próxima.")
    note: str = strawberry.field(description="Nota de la Asesoría.")
    source: Source = strawberry.field(description="De dónde viene el registro.")
    source_note: str = strawberry.field(description="Lugar de la fuente.")
    version: int = strawberry.field(description="Versión, para no pisar los cambios de otra persona.")
    row: strawberry.Private[Row]

    @strawberry.field(description="Quienes demandan o denuncian.")
    def claimants(self) -> list[str]:
        return list(self.row["claimants"].splitlines())

    @strawberry.field(description="Quienes son demandados o denunciados.")
    def defendants(self) -> list[str]:
        return list(self.row["defendants"].splitlines())

    @strawberry.field(description="Etapas a las que puede pasar.")
    def possible_stages(self) -> list[CourtStage]:
        return list(COURT_MOVES[self.stage])

    @strawberry.field(description="Departamento donde está el juzgado.")
    async def department(self, info: Info) -> Department | None:
        row = await info.context.load(departments_by_code, self.row["department_id"])
        return Department.of(row) if row else None

    @strawberry.field(description="Abogado o abogada a cargo.")
    async def lawyer(self, info: Info) -> Person | None:
        return await person_of(info, self.row["lawyer_id"])

    @strawberry.field(description="Audiencias y plazos, en su orden.")
    async def dates(self, info: Info) -> "list[CourtDate]":
        return await CourtDate.each(info, court_dates.dates_by_court_file, self.key)

    @strawberry.field(description="Notificaciones recibidas, en su orden.")
    async def notices(self, info: Info) -> "list[CourtNotice]":
        return await CourtNotice.each(info, court_dates.notices_by_court_file, self.key)

    @strawberry.field(description="Documentos que entraron o salieron y no se emitieron aquí.")
    async def papers(self, info: Info) -> "list[CourtPaper]":
        return await CourtPaper.each(info, court_dates.papers_by_court_file, self.key)

    @strawberry.field(description="Documentos numerados que la Asesoría emitió sobre el expediente.")
    async def documents(self, info: Info) -> list[OfficialDocument]:
        return await OfficialDocument.each(info, court_dates.documents_by_court_file, self.key)

    @strawberry.field(description="Todo lo que se hizo, en orden.")
    async def timeline(self, info: Info) -> list[TimelineEntry]:
        return await TimelineEntry.each(info, timeline_by_court_file, self.key)


async def court_file_of(info: Info, court_file_id: int | None) -> CourtFile | None:
    """Return a court file by id, gathered with the others that the request asks for."""
    row = await info.context.load(court.court_files_by_id, court_file_id)
    return CourtFile.of(row) if row else None


@strawberry.type(description="Audiencia o plazo de un expediente judicial.")
class CourtDate(Node):
    kind: CourtDateKind = strawberry.field(description="Audiencia o plazo.")
    on_date: date = strawberry.field(description="Día.")
    at_time: str = strawberry.field(description="Hora, como HH:MM; vacía si no tiene.")
    title: str = strawberry.field(description="De qué se trata.")
    place: str = strawberry.field(description="Lugar; vacío: el juzgado.")
    counted_from: date | None = strawberry.field(description="Desde qué día se contó el plazo.")
    counted_days: int | None = strawberry.field(description="Cuántos días hábiles se contaron.")
    settled_on: date | None = strawberry.field(description="Día en que se resolvió; vacío mientras está abierta.")
    result: str = strawberry.field(description="Qué resultó.")
    court_file_id: strawberry.Private[int]

    @strawberry.field(description="Su expediente.")
    async def court_file(self, info: Info) -> CourtFile | None:
        return await court_file_of(info, self.court_file_id)

    @strawberry.field(description="Días hábiles que faltan; negativo si ya pasó.")
    async def working_days_left(self, info: Info) -> int:
        calendar = await info.context.load(working_calendars, await self._seat(info))
        return calendar.between(today(), self.on_date)

    @strawberry.field(description="Si pasó sin que se anotara su resultado.")
    def overdue(self) -> bool:
        return self.settled_on is None and self.on_date < today()

    @strawberry.field(description="Cómo se contó el plazo, en palabras; vacío si la fecha se escribió.")
    async def explanation(self, info: Info) -> str:
        if self.counted_from is None or self.counted_days is None:
            return ""
        calendar = await info.context.load(working_calendars, await self._seat(info))
        if calendar.add(self.counted_from, self.counted_days) == self.on_date:
            return str(calendar.explain(self.counted_from, self.counted_days))
        return (
            f"{self.counted_days} días hábiles desde el {self.counted_from:%d/%m/%Y}, con el calendario del día en que "
            "se anotó. Los asuetos registrados después darían otra fecha: revísela."
        )

    async def _seat(self, info: Info) -> str:
        row = await info.context.load(court.court_files_by_id, self.court_file_id)
        return court.seat_of(row["department_id"] if row else None) or ""


@strawberry.type(description="Notificación recibida de un juzgado: información reservada.")
class CourtNotice(Node):
    branch: CourtBranch = strawberry.field(description="Materia.")
    court: str = strawberry.field(description="Juzgado u órgano que notifica.")
    court_number: str = strawberry.field(description="Número del expediente en el juzgado.")
    received_on: date = strawberry.field(description="Fecha de recepción.")
    summary: str = strawberry.field(description="Qué se notifica.")
    due_on: date | None = strawberry.field(description="Día en que vence el plazo para responderla, si lo tiene.")
    answered_on: date | None = strawberry.field(description="Fecha de la respuesta.")
    answer: str = strawberry.field(description="Cómo se respondió.")
    source: Source = strawberry.field(description="De dónde viene el registro.")
    source_note: str = strawberry.field(description="Lugar de la fuente.")
    version: int = strawberry.field(description="Versión, para no pisar los cambios de otra persona.")
    row: strawberry.Private[Row]

    @strawberry.field(description="Expediente al que pertenece; vacío si todavía no se sabe.")
    async def court_file(self, info: Info) -> CourtFile | None:
        return await court_file_of(info, self.row["court_file_id"])

    @strawberry.field(description="Si su plazo pasó sin respuesta.")
    def overdue(self) -> bool:
        return self.answered_on is None and self.due_on is not None and self.due_on < today()

    @strawberry.field(description="Días hábiles que faltan para responderla; negativo si ya pasó.")
    async def working_days_left(self, info: Info) -> int | None:
        file = await info.context.load(court.court_files_by_id, self.row["court_file_id"])
        seat = court.seat_of(file["department_id"] if file else None)
        calendar = await info.context.load(working_calendars, seat or "")
        return calendar.between(today(), self.due_on) if self.due_on else None

    @strawberry.field(description="Copia de la notificación.")
    async def file(self, info: Info) -> File | None:
        return await file_of(info, self.row["file_id"])

    @strawberry.field(description="Documento emitido con que se respondió.")
    async def document(self, info: Info) -> OfficialDocument | None:
        row = await info.context.load(documents_by_id, self.row["document_id"])
        return OfficialDocument.of(row) if row else None

    @strawberry.field(description="Quién la registró.")
    async def recorded_by(self, info: Info) -> Person | None:
        return await person_of(info, self.row["recorded_by_id"])


@strawberry.type(description="Documento de un expediente judicial que no se emitió aquí: memorial, resolución.")
class CourtPaper(Node):
    title: str = strawberry.field(description="Qué documento es.")
    dated_on: date = strawberry.field(description="Fecha del documento.")
    recorded_at: datetime = strawberry.field(description="Cuándo se agregó.")
    row: strawberry.Private[Row]

    @strawberry.field(description="Su expediente.")
    async def court_file(self, info: Info) -> CourtFile | None:
        return await court_file_of(info, self.row["court_file_id"])

    @strawberry.field(description="El archivo.")
    async def file(self, info: Info) -> File | None:
        return await file_of(info, self.row["file_id"])

    @strawberry.field(description="Quién lo agregó.")
    async def recorded_by(self, info: Info) -> Person | None:
        return await person_of(info, self.row["recorded_by_id"])
