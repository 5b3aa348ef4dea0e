"""Papers as lists and books in the API: what was issued, the outgoing book, the series and their gaps, the forms."""

from datetime import date
from enum import Enum
from typing import Annotated

import strawberry

from actions.documents import BY_HAND, ELSEWHERE
from actions.typed_fields import camel
from documents.kinds import Shape, TypedField, typed_fields
from documents.searching import sought
from models.clock import today
from models.papers import DocumentKind
from reads.outgoing import Book, outgoing_book
from reads.paging import Order
from reads.paper_words import PaperWords
from reads.papers import DocumentQuery, document_page, documents_by_id
from reads.series import SeriesReport, series_patterns, series_reports
from schema.context import Info
from schema.ids import opened
from schema.inputs import OrderDirection
from schema.masking import CodedError, ErrorCode
from schema.paging import After, Connection, First, connect
from schema.papers import OfficialDocument
from schema.rows import FromRow


@strawberry.input(description="Qué documentos se piden; lo vacío no limita.")
class OfficialDocumentFilter:
    kind: list[DocumentKind] | None = strawberry.field(default=None, description="Clase.")
    year: int | None = strawberry.field(default=None, description="Año del correlativo.")
    from_: date | None = strawberry.field(name="from", default=None, description="Emitidos desde este día.")
    to: date | None = strawberry.field(default=None, description="Emitidos hasta este día, incluido.")
    voided: bool | None = strawberry.field(default=None, description="Solo los anulados, o solo los que valen.")
    review_code: str | None = strawberry.field(default=None, description="De este expediente.")
    mine: bool | None = strawberry.field(default=None, description="Solo los que emitió quien pregunta.")
    search: str | None = strawberry.field(
        default=None, description="Palabras del número, asunto, destinatario o partes; sin importar tildes."
    )


@strawberry.enum(description="Por qué se ordenan los documentos.")
class OfficialDocumentOrderField(Enum):
    ISSUED_ON = strawberry.enum_value("issued_on", description="Fecha de emisión.")
    SERIAL = strawberry.enum_value("serial", description="Correlativo.")
    NUMBER = strawberry.enum_value("number", description="Número, como texto.")


@strawberry.input(description="Orden de los documentos.")
class OfficialDocumentOrder:
    field: OfficialDocumentOrderField = strawberry.field(description="Por qué.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Sentido.")


Wanted = Annotated[OfficialDocumentFilter | None, strawberry.argument(description="Cuáles se piden.")]
Ordered = Annotated[
    OfficialDocumentOrder | None, strawberry.argument(description="En qué orden; sin él, lo último primero.")
]
Identifier = Annotated[strawberry.ID, strawberry.argument(description="Identificador opaco.")]
Year = Annotated[int | None, strawberry.argument(description="Año; vacío: el presente.")]
From = Annotated[date | None, strawberry.argument(name="from", description="Primer día; vacío: el 1 de este mes.")]
To = Annotated[date | None, strawberry.argument(description="Último día, incluido; vacío: hoy.")]
OneKind = Annotated[DocumentKind | None, strawberry.argument(description="Solo esta clase.")]
Text = Annotated[
    str | None,
    strawberry.argument(
        description="Palabras dentro del documento: todas, en cualquier forma y sin importar tildes; "
        '«"entre comillas"» en ese orden, y con * al final las que así empiezan.'
    ),
]
Kind = Annotated[DocumentKind, strawberry.argument(description="Clase de documento.")]


async def official_document(info: Info, id: Identifier) -> OfficialDocument | None:
    """Return a paper in reach by its id."""
    kind, key = opened(id) or ("", "")
    _ = info.context.person
    if kind != "OfficialDocument" or not (key.isascii() and key.isdigit() and len(key) < 10):
        return None
    row = await info.context.load(documents_by_id, int(key))
    return OfficialDocument.of(row) if row else None


async def official_documents(
    info: Info,
    filter: Wanted = None,
    text: Text = None,
    order_by: Ordered = None,
    first: First = 50,
    after: After = None,
) -> Connection[OfficialDocument]:
    """Return a page of the papers in reach."""
    asked = filter or OfficialDocumentFilter()
    if asked.year is not None:
        _year(asked.year)
    wanted = sought(text)
    query = DocumentQuery(
        kind=asked.kind or [],
        year=asked.year,
        issued_from=asked.from_,
        issued_to=asked.to,
        voided=asked.voided,
        review_code=asked.review_code,
        mine=bool(asked.mine),
        search=asked.search,
        text=PaperWords(wanted.words, wanted.marked, wanted.phrases),
    )
    order = Order("issued_on", descending=True)
    if order_by:
        order = Order(str(order_by.field.value), order_by.direction == OrderDirection.DESC)
    page = document_page(info.context.person, query, order=order, first=first, after=after)
    return await connect(OfficialDocument.of, page, after)


def _year(given: int) -> int:
    """Return a year that a series can have."""
    if not 1990 <= given <= 2999:
        raise CodedError(ErrorCode.BAD_USER_INPUT, "El año va de 1990 a 2999.")
    return given


# The outgoing book ---------------------------------------------------------------------------------------------------


@strawberry.type(description="Cuántos documentos de una clase salieron en el período.")
class OutgoingTotal:
    kind: DocumentKind = strawberry.field(description="Clase.")
    issued: int = strawberry.field(description="Emitidos, con los anulados.")
    voided: int = strawberry.field(description="Anulados.")


@strawberry.type(description="Libro de salida de un período: sus documentos y sus totales, calculados.")
class OutgoingBook:
    book: strawberry.Private[Book]
    from_: date = strawberry.field(name="from", description="Primer día.")
    to: date = strawberry.field(description="Último día, incluido.")
    issued: int = strawberry.field(description="Documentos emitidos, con los anulados.")
    voided: int = strawberry.field(description="Documentos anulados.")
    whole: bool = strawberry.field(description="Si incluye los documentos reservados de expedientes judiciales.")
    totals: list[OutgoingTotal] = strawberry.field(description="Totales por clase.")

    @strawberry.field(description="Los documentos, en el orden en que salieron.")
    async def entries(self, info: Info, first: First = 50, after: After = None) -> Connection[OfficialDocument]:
        page = document_page(info.context.person, self.book.query, order=Order("issued_on"), first=first, after=after)
        return await connect(OfficialDocument.of, page, after)


async def outgoing(info: Info, from_: From = None, to: To = None, kind: OneKind = None) -> OutgoingBook | None:
    """Return the outgoing book of a period."""
    issued_from, issued_to = period(from_, to)
    book = await outgoing_book(info.context.person, issued_from=issued_from, issued_to=issued_to, kind=kind)
    if book is None:
        return None
    return OutgoingBook(
        book=book,
        from_=book.issued_from,
        to=book.issued_to,
        issued=book.issued,
        voided=book.voided,
        whole=book.whole,
        totals=[OutgoingTotal(kind=one.kind, issued=one.issued, voided=one.voided) for one in book.totals],
    )


def period(issued_from: date | None, issued_to: date | None) -> tuple[date, date]:
    """Return the period that is meant, this month up to today as far as nothing was asked; refuses a reversed one."""
    last = issued_to or today()
    first = issued_from or min(last, today()).replace(day=1)
    if last < first:
        raise CodedError(ErrorCode.BAD_USER_INPUT, "El período termina antes de empezar: revise las dos fechas.")
    return first, last


# Series --------------------------------------------------------------------------------------------------------------


@strawberry.type(description="Un correlativo de un año, según sus documentos y su contador.")
class SeriesGaps:
    kind: DocumentKind = strawberry.field(description="Clase de documento.")
    unit: str = strawberry.field(description="Unidad.")
    year: int = strawberry.field(description="Año.")
    first: int | None = strawberry.field(description="Primer número que consta.")
    last: int | None = strawberry.field(description="Último número que consta.")
    counter: int = strawberry.field(description="Último número que dio el contador.")
    issued: int = strawberry.field(description="Documentos que constan, con los anulados.")
    voided: int = strawberry.field(description="Documentos anulados, que conservan su número.")
    missing: list[int] = strawberry.field(description="Números que faltan, hasta mil.")
    missing_count: int = strawberry.field(description="Cuántos números faltan.")
    complete: bool = strawberry.field(description="Si cada número dado tiene su documento.")
    verdict: str = strawberry.field(description="Qué prueban los registros, en una frase.")


@strawberry.type(description="Cómo se escriben los números de una clase de documento desde una fecha.")
class SeriesPattern(FromRow):
    kind: str = strawberry.field(description="Clase de documento.")
    unit: str = strawberry.field(description="Unidad.")
    pattern: str = strawberry.field(description="Con {kind}, {unit}, {serial} y {year}.")
    valid_from: date = strawberry.field(description="Desde cuándo; los números ya dados no cambian.")

    @strawberry.field(description="Un número de ejemplo.")
    def example(self) -> str:
        return self.pattern.format(kind=self.kind, unit=self.unit, serial=172, year=self.valid_from.year)


def series_gaps_of(report: SeriesReport) -> SeriesGaps:
    """Make the API's report of a series."""
    return SeriesGaps(
        kind=report.kind,
        unit=report.unit,
        year=report.year,
        first=report.first,
        last=report.last,
        counter=report.counter,
        issued=report.issued,
        voided=report.voided,
        missing=list(report.missing),
        missing_count=report.missing_count,
        complete=report.complete,
        verdict=report.verdict,
    )


async def series_gaps(info: Info, year: Year = None) -> list[SeriesGaps]:
    """Return the report of every series of a year."""
    asked = today().year if year is None else _year(year)
    return [series_gaps_of(report) for report in await series_reports(info.context.person, year=asked)]


async def patterns(info: Info) -> list[SeriesPattern]:
    """Return how numbers are written."""
    return [SeriesPattern.of(row) for row in await series_patterns(info.context.person)]


# Forms ---------------------------------------------------------------------------------------------------------------


@strawberry.type(description="Una de las opciones de un dato.")
class PaperFieldChoice:
    value: str = strawberry.field(description="Lo que se envía.")
    label: str = strawberry.field(description="Lo que se lee.")


@strawberry.type(description="Un dato que se escribe para emitir un documento.")
class PaperField:
    name: str = strawberry.field(description="Su nombre dentro de «fields».")
    label: str = strawberry.field(description="Qué es.")
    shape: Shape = strawberry.field(description="Qué se escribe en él.")
    required: bool = strawberry.field(description="Si hace falta.")
    least: int | None = strawberry.field(description="Menor número, o menos elementos de una lista.")
    most: int | None = strawberry.field(description="Mayor número, o más caracteres de un texto.")
    choices: list[PaperFieldChoice] = strawberry.field(description="Opciones, si hay que elegir.")
    members: "list[PaperField]" = strawberry.field(description="Datos de cada elemento, si es un objeto o una lista.")


@strawberry.type(description="Una clase de documento y lo que se escribe para emitirla con «issueDocument».")
class DocumentForm:
    kind: DocumentKind = strawberry.field(description="Clase.")
    issuable: bool = strawberry.field(description="Si se emite con «issueDocument».")
    instead: str = strawberry.field(description="Dónde se emite, si no es con «issueDocument».")
    mutation: str = strawberry.field(description="Con qué operación se emite.")
    fields: list[PaperField] = strawberry.field(
        description="Lo que se escribe, en su orden; lo demás lo da el sistema."
    )


def _field(field: TypedField) -> PaperField:
    return PaperField(
        name=camel(field.name),
        label=field.description,
        shape=field.shape,
        required=field.required,
        least=field.least,
        most=field.most,
        choices=[PaperFieldChoice(value=value, label=label) for value, label in field.choices],
        members=[_field(member) for member in field.members],
    )


def _form(kind: DocumentKind) -> DocumentForm:
    typed = typed_fields(kind.value, BY_HAND[kind]) if kind in BY_HAND else ()
    instead, mutation = ELSEWHERE.get(kind, ("", "issueDocument"))
    return DocumentForm(
        kind=kind,
        issuable=kind in BY_HAND,
        instead=instead,
        mutation=mutation,
        fields=[_field(one) for one in typed],
    )


async def document_forms(info: Info) -> list[DocumentForm]:
    """Return every kind of paper and how it is issued."""
    _ = info.context.person
    return [_form(kind) for kind in DocumentKind]


async def document_form(info: Info, kind: OneKind = None) -> DocumentForm | None:
    """Return one kind of paper and what is typed for it."""
    _ = info.context.person
    return _form(kind) if kind else None
