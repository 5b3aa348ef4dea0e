"""Annual reports as they were issued: their tables and files for good, and what today's count says otherwise."""

from datetime import date, datetime
from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import reports
from actions.refusals import Refusal
from models.clock import GUATEMALA
from models.people import User
from reads.issued_reports import Difference, differences, issued_by_id, issued_page, issued_tables, restored
from reads.paging import Row
from schema.context import Context, Info
from schema.ids import Node, row_id
from schema.inputs import ONCE, SENT
from schema.paging import After, Connection, First, connect
from schema.papers import File, file_of
from schema.payloads import Payload, answer
from schema.people import Person, person_of
from schema.report import AnnualReportTable
from schema.rows import FromRow

Identifier = Annotated[strawberry.ID, strawberry.argument(description="Identificador opaco.")]


@strawberry.type(description="Una celda de un informe emitido que hoy se contaría de otra manera.")
class ReportDifference(FromRow):
    table: str = strawberry.field(description="Tabla, como «Tabla 12».")
    row: str = strawberry.field(description="Renglón; «Total» es el de los totales.")
    column: str = strawberry.field(description="Columna.")
    issued: str = strawberry.field(description="Lo que se emitió; vacío si el renglón no estaba.")
    today: str = strawberry.field(description="Lo que hoy dan los registros; vacío si el renglón ya no está.")
    href: str | None = strawberry.field(description="Dirección de los registros de hoy; vacía si no los hay.")

    @classmethod
    def told(cls, one: Difference) -> "ReportDifference":
        """Make one from a difference that was found."""
        return cls(table=one.table, row=one.row, column=one.column, issued=one.issued, today=one.today, href=one.href)


@strawberry.type(description="Un informe como se emitió: sus tablas y sus archivos ya no cambian.")
class IssuedReport(Node):
    row: strawberry.Private[Row]
    first_day: date = strawberry.field(description="Primer día del período.")
    last_day: date = strawberry.field(description="Último día, incluido.")
    edition: int = strawberry.field(description="Primera, segunda… del mismo período.")
    note: str = strawberry.field(description="Por qué se emitió, si se dijo.")
    issued_at: datetime = strawberry.field(description="Cuándo se emitió.")

    @strawberry.field(description="El día en que se emitió, en Guatemala.")
    def issued_on(self) -> date:
        return self.issued_at.astimezone(GUATEMALA).date()

    @strawberry.field(description="Quien lo emitió.")
    async def issued_by(self, info: Info) -> Person | None:
        return await person_of(info, self.row["issued_by_id"])

    @strawberry.field(description="El capítulo en Word que se emitió.")
    async def file(self, info: Info) -> File | None:
        return await file_of(info, self.row["word_id"])

    @strawberry.field(description="El libro de Excel que se emitió.")
    async def workbook(self, info: Info) -> File | None:
        return await file_of(info, self.row["workbook_id"])

    @strawberry.field(description="Las tablas como se emitieron.")
    async def tables(self, info: Info) -> list[AnnualReportTable]:
        return [AnnualReportTable.of(restored(one)) for one in await info.context.load(issued_tables, self.key) or []]

    @strawberry.field(description="Las celdas que hoy, contando el mismo período, dirían otra cosa.")
    async def differences(self, info: Info) -> list[ReportDifference]:
        issued = await info.context.load(issued_tables, self.key) or []
        return [ReportDifference.told(one) for one in await differences(self.row, issued, info.context.person)]


async def issued_reports(info: Info, first: First = 50, after: After = None) -> Connection[IssuedReport]:
    """Return a page of the issued reports in reach."""
    return await connect(IssuedReport.of, issued_page(info.context.person, first=first, after=after), after)


async def issued_report(info: Info, id: Identifier) -> IssuedReport | None:
    """Return an issued report in reach; none for a damaged id."""
    _ = info.context.person
    try:
        key = row_id(id, "IssuedReport", path="id")[1]
    except Refusal:
        return None
    row = await info.context.load(issued_by_id, key)
    return IssuedReport.of(row) if row else None


@strawberry.input(description="Emisión del informe de un período que ya terminó.")
class IssueReportInput:
    from_: date = strawberry.field(name="from", description="Primer día.")
    to: date = strawberry.field(description="Último día, incluido; no después de hoy.")
    note: str | None = strawberry.field(default=None, description="Por qué se emite, o qué cambió desde la anterior.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con el informe emitido.")
class IssueReportPayload(Payload):
    issued_report: IssuedReport | None = strawberry.field(default=None, description="El informe, con sus archivos.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.issued_report = IssuedReport.of(await context.load(issued_by_id, key))


async def issue_report(info: Info, input: Annotated[IssueReportInput, SENT]) -> IssueReportPayload:
    """Issue a report."""

    async def act(actor: User) -> Model:
        return await reports.issue_report(actor=actor, first=input.from_, last=input.to, note=input.note)

    return await answer(info, IssueReportPayload, input, act)
