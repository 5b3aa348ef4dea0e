"""Visits of supervision and their findings, as the API shows them: everything but the center that was visited."""

from datetime import date, datetime

import strawberry

from models.clock import today
from models.signing import Side
from models.supervision import FindingSeverity
from reads.paging import Row
from reads.supervision import FindingState, follow_ups_by_finding, state_of
from schema.center_facts import AsOf
from schema.context import Info
from schema.ids import Node
from schema.papers import File, file_of
from schema.people import Person, person_of
from schema.rows import FromRow


@strawberry.type(description="Lo que se hizo o se vio de un hallazgo un día.")
class FindingFollowUp(FromRow):
    noted_on: date = strawberry.field(description="Día del que se habla.")
    text: str = strawberry.field(description="Qué se hizo o se vio.")
    resolves: bool = strawberry.field(description="Si con eso el hallazgo quedó corregido.")
    recorded_at: datetime = strawberry.field(description="Cuándo se anotó.")
    file_id: strawberry.Private[int | None]
    recorded_by_id: strawberry.Private[int]

    @strawberry.field(description="Lo que lo prueba.")
    async def file(self, info: Info) -> File | None:
        return await file_of(info, self.file_id)

    @strawberry.field(description="Quién lo anotó.")
    async def recorded_by(self, info: Info) -> Person | None:
        return await person_of(info, self.recorded_by_id)


@strawberry.type(description="Lo que un hallazgo muestra de sí mismo.")
class FindingFacts(Node):
    ordinal: int = strawberry.field(description="Su número dentro de la visita.")
    text: str = strawberry.field(description="Qué se encontró.")
    severity: FindingSeverity = strawberry.field(description="Cuánto pesa.")
    due_on: date | None = strawberry.field(description="Último día para corregirlo; vacío si no se fijó.")
    resolved_on: date | None = strawberry.field(description="Día en que quedó corregido; vacío si hoy sigue abierto.")
    version: int = strawberry.field(description="Versión, para no pisar los cambios de otra persona.")
    row: strawberry.Private[Row]
    on: strawberry.Private[date | None] = None
    """The date as of which it was asked for; what is told of it is as of the same, when not asked otherwise."""

    @strawberry.field(description="A quién le toca corregirlo: SOSEP o la contraparte.")
    def party(self) -> Side:
        return Side(self.row["party"])

    @strawberry.field(description="Si estaba abierto, atrasado o corregido en la fecha.")
    def state(self, as_of: AsOf = None) -> FindingState:
        return state_of(self.row, as_of or self.on or today())

    @strawberry.field(description="Días calendario que faltan para su fecha; negativo si ya pasó; vacío sin fecha.")
    def days_left(self, as_of: AsOf = None) -> int | None:
        return (self.due_on - (as_of or self.on or today())).days if self.due_on else None

    @strawberry.field(description="Lo que se hizo hasta la fecha, en su orden.")
    async def follow_ups(self, info: Info, as_of: AsOf = None) -> list[FindingFollowUp]:
        found = await info.context.load(follow_ups_by_finding, self.key, on=as_of or self.on or today())
        return [FindingFollowUp.of(row) for row in found or []]


@strawberry.type(description="Lo que una visita de supervisión muestra de sí misma.")
class VisitFacts(Node):
    visited_on: date = strawberry.field(description="Día de la visita.")
    supervisor_name: str = strawberry.field(description="Quién la hizo.")
    act: str = strawberry.field(description="Acta o informe que se levantó.")
    summary: str = strawberry.field(description="Qué se vio.")
    recorded_at: datetime = strawberry.field(description="Cuándo se anotó.")
    version: int = strawberry.field(description="Versión del registro.")
    row: strawberry.Private[Row]
    on: strawberry.Private[date | None] = None
    """The date as of which it was asked for."""

    @strawberry.field(description="Copia del acta o informe.")
    async def file(self, info: Info) -> File | None:
        return await file_of(info, self.row["file_id"])

    @strawberry.field(description="Quién la anotó.")
    async def recorded_by(self, info: Info) -> Person | None:
        return await person_of(info, self.row["recorded_by_id"])
