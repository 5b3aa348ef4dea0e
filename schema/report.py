"""The annual report in the API: its tables for any period, each figure with the address of its records."""

from datetime import date, datetime
from typing import Annotated

import strawberry
import structlog

from models.clock import now, today
from reads.report import COLUMNS, ReportTable, annual_report, reads_report
from schema.context import Info
from schema.masking import CodedError, ErrorCode

log = structlog.get_logger()

From = Annotated[
    date | None,
    strawberry.argument(name="from", description="Primer día; vacío: el 1 de enero del año en que termina el período."),
]
To = Annotated[date | None, strawberry.argument(description="Último día, incluido; vacío: hoy.")]


@strawberry.type(description="Un renglón de una tabla del informe.")
class AnnualReportRow:
    label: str = strawberry.field(description="Descripción, como la imprime la Memoria.")
    cells: list[str] = strawberry.field(description="Lo que va en las demás columnas.")
    href: str | None = strawberry.field(
        description="Dirección de la lista de sus registros; vacía si son reservados para quien pregunta."
    )


@strawberry.type(description="Una tabla del informe.")
class AnnualReportTable:
    number: int | None = strawberry.field(description="Número de la tabla en la Memoria; vacío si allí es texto.")
    title: str = strawberry.field(description="Título, con el período.")
    columns: list[str] = strawberry.field(description="Encabezados; el primero es el de las descripciones.")
    rows: list[AnnualReportRow] = strawberry.field(description="Renglones.")
    totals: list[str] = strawberry.field(description="Totales de las columnas con cifras, calculados.")
    notes: list[str] = strawberry.field(description="Qué cuenta la tabla, y qué no.")

    @classmethod
    def of(cls, table: ReportTable) -> "AnnualReportTable":
        """Make one from a table that was counted."""
        return cls(
            number=table.number,
            title=table.title,
            columns=list(COLUMNS),
            rows=[AnnualReportRow(label=row.label, cells=[str(row.count)], href=row.href) for row in table.rows],
            totals=[str(table.total)],
            notes=table.notes,
        )


@strawberry.type(description="Las tablas de la Memoria para un período, contadas de los registros.")
class AnnualReport:
    from_: date = strawberry.field(name="from", description="Primer día del período.")
    to: date = strawberry.field(description="Último día, incluido.")
    generated_at: datetime = strawberry.field(description="Cuándo se contó.")
    tables: list[AnnualReportTable] = strawberry.field(
        description="Tablas 13 a 16, y la correspondencia que la Memoria da en el texto."
    )


def period(given_first: date | None, given_last: date | None) -> tuple[date, date]:
    """Return the period that is meant, the year up to today as far as nothing was asked; refuses a reversed one."""
    last = given_last or today()
    first = given_first or last.replace(month=1, day=1)
    if last < first:
        raise CodedError(ErrorCode.BAD_USER_INPUT, "El período termina antes de empezar: revise las dos fechas.")
    return first, last


async def report(info: Info, from_: From = None, to: To = None) -> AnnualReport:
    """Return the report of a period."""
    person = info.context.person
    if not reads_report(person):
        log.warning("forbidden", field=info.field_name, actor=person.id, role=person.role.value)
        raise CodedError(ErrorCode.FORBIDDEN, "El informe es de la Asesoría Jurídica, el Despacho y Auditoría Interna.")
    first, last = period(from_, to)
    tables = await annual_report(person, first, last)
    return AnnualReport(from_=first, to=last, generated_at=now(), tables=[AnnualReportTable.of(one) for one in tables])
