"""The annual report in the API: its tables for any period, each figure with the address of its records."""

from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Annotated

import strawberry
import structlog

from actions.report_papers import chapter_of, word_of, workbook_of
from documents.media_types import EXCEL, WORD
from documents.report_chapter import Chapter
from models.clock import now, today
from reads.report import annual_report, reads_report
from reads.report_tables import Bars, ReportTable
from schema.context import Info
from schema.masking import CodedError, ErrorCode

log = structlog.get_logger()

From = Annotated[
    date | None,
    strawberry.argument(name="from", description="Primer día; vacío: el 1 de enero del año en que termina el período."),
]
Known = Annotated[
    date | None,
    strawberry.argument(
        description="Como constaban los registros ese día, no anterior al último del período; vacío: hoy. Lo corregido "
        "después cuenta como estaba."
    ),
]
To = Annotated[date | None, strawberry.argument(description="Último día, incluido; vacío: hoy.")]


@strawberry.type(description="Un renglón de una tabla del informe.")
class AnnualReportRow:
    label: str = strawberry.field(description="Descripción, como la imprime la Memoria.")
    cells: list[str] = strawberry.field(description="Lo que va en las demás columnas.")
    hrefs: list[str | None] = strawberry.field(
        description="Por cada celda, la dirección de la lista de sus registros; vacía si no los hay o si son "
        "reservados para quien pregunta."
    )

    @strawberry.field(description="La primera de esas direcciones que no está vacía.")
    def href(self) -> str | None:
        return next((one for one in self.hrefs if one), None)


@strawberry.type(description="Una tabla del informe.")
class AnnualReportTable:
    number: int | None = strawberry.field(description="Número de la tabla en la Memoria; vacío si allí es texto.")
    title: str = strawberry.field(description="Título, con el período.")
    columns: list[str] = strawberry.field(description="Encabezados; el primero es el de las descripciones.")
    figures: list[bool] = strawberry.field(description="Por cada columna de celdas, si lleva cifras.")
    rows: list[AnnualReportRow] = strawberry.field(description="Renglones.")
    totals: list[str] = strawberry.field(
        description="Lo que va debajo de cada columna de celdas, calculado: la suma, o cuántos son los distintos."
    )
    total_hrefs: list[str | None] = strawberry.field(description="Por cada total, la dirección de sus registros.")
    notes: list[str] = strawberry.field(description="Qué cuenta la tabla, y qué no.")
    bars: "AnnualReportBars | None" = strawberry.field(description="Lo que muestra su gráfica; vacío si no tiene.")

    @classmethod
    def of(cls, table: ReportTable) -> "AnnualReportTable":
        """Make one from a table that was counted."""
        return cls(
            number=table.number,
            title=table.title,
            columns=list(table.columns),
            figures=[table.figures(at) for at in range(len(table.columns) - 1)],
            rows=[
                AnnualReportRow(
                    label=row.label,
                    cells=[cell.text for cell in row.cells],
                    hrefs=[cell.href for cell in row.cells],
                )
                for row in table.rows
            ],
            totals=[total.text for total in table.totals],
            total_hrefs=[total.href for total in table.totals],
            notes=[*table.notes, *table.asides],
            bars=AnnualReportBars.of(table.bars) if table.bars else None,
        )


@strawberry.type(description="Una serie de cifras de una gráfica.")
class AnnualReportSeries:
    name: str = strawberry.field(description="Qué cuenta.")
    values: list[int] = strawberry.field(description="Una cifra por cada nombre de la gráfica.")


@strawberry.type(description="Una gráfica de barras, apiladas si son varias series.")
class AnnualReportBars:
    title: str = strawberry.field(description="Título, con el período.")
    labels: list[str] = strawberry.field(description="Nombres, uno por barra.")
    series: list[AnnualReportSeries] = strawberry.field(description="Series.")

    @classmethod
    def of(cls, bars: Bars) -> "AnnualReportBars":
        """Make one from what a table's chart shows."""
        series = [AnnualReportSeries(name=name, values=values) for name, values in bars.series]
        return cls(title=bars.title, labels=bars.labels, series=series)


@strawberry.type(description="Las tablas de la Memoria para un período, contadas de los registros.")
class AnnualReport:
    from_: date = strawberry.field(name="from", description="Primer día del período.")
    to: date = strawberry.field(description="Último día, incluido.")
    as_of: date = strawberry.field(description="El día como en el cual constan los registros.")
    generated_at: datetime = strawberry.field(description="Cuándo se contó.")
    tables: list[AnnualReportTable] = strawberry.field(
        description="Tablas 11 a 16, y la correspondencia que la Memoria da en el texto."
    )
    counted: strawberry.Private[Sequence[ReportTable]]

    @strawberry.field(description="Lo mismo como capítulo en Word; se elabora solo si se pide.")
    async def file(self) -> "ReportFile":
        chapter = chapter_of(self.from_, self.to, as_of=self.as_of)
        return ReportFile.of(await word_of(chapter, self.counted), "docx", WORD, chapter)

    @strawberry.field(description="Lo mismo como libro de Excel, una hoja por tabla; se elabora solo si se pide.")
    async def workbook(self) -> "ReportFile":
        chapter = chapter_of(self.from_, self.to, as_of=self.as_of)
        return ReportFile.of(await workbook_of(chapter, self.counted), "xlsx", EXCEL, chapter)


@strawberry.type(
    description="Un archivo del informe que se elabora al pedirlo: los mismos registros en el mismo día dan el mismo."
)
class ReportFile:
    filename: str = strawberry.field(description="Nombre del archivo.")
    media_type: str = strawberry.field(description="Tipo de contenido.")
    size: int = strawberry.field(description="Tamaño en bytes.")
    sha256: str = strawberry.field(description="Huella SHA-256 del contenido, en hexadecimal.")
    url: str = strawberry.field(description="Dirección de descarga, en este mismo sitio y para las mismas personas.")

    @classmethod
    def of(cls, data: bytes, extension: str, media_type: str, chapter: Chapter) -> "ReportFile":
        """Make one from the bytes that its address gives too."""
        first, last = chapter.first, chapter.last
        known = f"&asOf={chapter.as_of}" if chapter.as_of else ""
        return cls(
            filename=f"informe-{first}-{last}.{extension}",
            media_type=media_type,
            size=len(data),
            sha256=sha256(data).hexdigest(),
            url=f"/informe.{extension}?from={first}&to={last}{known}",
        )


def period(given_first: date | None, given_last: date | None, as_of: date | None = None) -> tuple[date, date]:
    """Return the period that is meant, the year up to today as far as nothing was asked.

    Refuses a reversed one, and one that was not over on the day as of which it is asked.
    """
    last = given_last or today()
    first = given_first or last.replace(month=1, day=1)
    if last < first:
        raise CodedError(ErrorCode.BAD_USER_INPUT, "El período termina antes de empezar: revise las dos fechas.")
    if as_of and as_of < last:
        message = "Pida el informe como constaba el último día del período o después de él."
        raise CodedError(ErrorCode.BAD_USER_INPUT, message)
    return first, last


async def report(info: Info, from_: From = None, to: To = None, as_of: Known = None) -> AnnualReport:
    """Return the report of a period."""
    person = info.context.person
    if not reads_report(person):
        log.warning("forbidden", field=info.field_name, actor=person.id, role=person.role.value)
        raise CodedError(ErrorCode.FORBIDDEN, "El informe es de la Asesoría Jurídica, el Despacho y Auditoría Interna.")
    first, last = period(from_, to, as_of)
    tables = await annual_report(person, first, last, on=as_of)
    shown = [AnnualReportTable.of(one) for one in tables]
    return AnnualReport(from_=first, to=last, as_of=as_of or today(), generated_at=now(), tables=shown, counted=tables)
