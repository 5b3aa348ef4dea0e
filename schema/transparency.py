"""The two public listings in the API, for anybody: the rows as they were published, and what each column means."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from models.agreements import ConventionKind, LeaseForm, Standing
from models.centers import Source
from models.clock import today
from models.places import ProgramCode, Sector
from models.publications import PublicListing
from reads.paging import Row
from reads.transparency import day_of, is_stale, marks_of, publication_of
from reads.transparency_rows import COLUMNS, ColumnKind, holding_words
from schema.labels import label
from schema.paging import After, Connection, First, connect_whole

On = Annotated[
    date | None, strawberry.argument(description="Día de una publicación anterior; vacío: la última que hay.")
]
Words = Annotated[str | None, strawberry.argument(description="Palabras; sin importar tildes ni mayúsculas.")]


@strawberry.type(description="Una columna de un listado público: un renglón del diccionario de datos.")
class ListingColumn:
    name: str = strawberry.field(description="Encabezado en el CSV y clave en el JSON.")
    field: str = strawberry.field(description="Nombre del dato en esta API.")
    kind: ColumnKind = strawberry.field(description="Cómo se escriben sus valores.")
    meaning: str = strawberry.field(description="Qué dice.")
    choices: list[str] = strawberry.field(description="Sus valores posibles, si son de una lista cerrada.")


@strawberry.type(description="Una vez que se publicó un listado.")
class ListingMark:
    published_on: date = strawberry.field(description="Día.")


@strawberry.type(description="Un arrendamiento vigente en el año, tal como se publicó.")
class PublicLease:
    number: str = strawberry.field(description="Número de registro.")
    form: LeaseForm | None = strawberry.field(description="Contrato o acta; vacío si no consta.")
    municipality_code: str = strawberry.field(description="Código del INE del municipio del inmueble.")
    municipality: str = strawberry.field(description="Municipio del inmueble.")
    department: str = strawberry.field(description="Departamento del inmueble.")
    serves: str = strawberry.field(description="Centro o sede para el que se arrienda.")
    program: ProgramCode = strawberry.field(description="Programa.")
    use: str = strawberry.field(description="Para qué se arrienda, como lo dice el documento.")
    monthly_rent: Decimal | None = strawberry.field(description="Renta de un mes, en quetzales.")
    total: Decimal | None = strawberry.field(description="Renta de todo el plazo, en quetzales.")
    term_months: int | None = strawberry.field(description="Plazo en meses.")
    starts_on: date = strawberry.field(description="Primer día en que rige.")
    ends_on: date | None = strawberry.field(description="Último día según su plazo; vacío si no tiene.")
    terminated_on: date | None = strawberry.field(description="Día desde el que dejó de regir antes de su plazo.")
    standing: Standing = strawberry.field(description="Situación el día de la publicación.")
    source: Source = strawberry.field(description="De dónde viene el registro.")


@strawberry.type(description="Un convenio con ONG, asociación u organismo, vigente en el año, tal como se publicó.")
class PublicConvention:
    number: str = strawberry.field(description="Número de registro.")
    kind: ConventionKind = strawberry.field(description="Clase de convenio.")
    institutions: list[str] = strawberry.field(description="ONG, asociaciones y organismos que son parte.")
    sectors: list[Sector] = strawberry.field(description="Sector de cada una, en el mismo orden.")
    title: str = strawberry.field(description="Objeto.")
    program: ProgramCode = strawberry.field(description="Programa.")
    sosep_amount: Decimal | None = strawberry.field(description="Aportes valorados de SOSEP, en quetzales.")
    counterpart_amount: Decimal | None = strawberry.field(
        description="Aportes valorados de la contraparte, en quetzales."
    )
    term_months: int | None = strawberry.field(description="Plazo en meses.")
    starts_on: date = strawberry.field(description="Primer día en que rige.")
    ends_on: date | None = strawberry.field(description="Último día según su plazo; vacío si no tiene.")
    terminated_on: date | None = strawberry.field(description="Día desde el que dejó de regir antes de su plazo.")
    standing: Standing = strawberry.field(description="Situación el día de la publicación.")
    source: Source = strawberry.field(description="De dónde viene el registro.")


@dataclass
class Published:
    """A listing as it was published; without a publication it is as of never."""

    listing: PublicListing
    publication: Row | None

    @property
    def rows(self) -> list[Row]:
        """The rows that were published."""
        return list(self.publication["rows"]) if self.publication else []

    @property
    def on(self) -> date | None:
        """The day of the publication."""
        return day_of(self.publication["published_at"]) if self.publication else None


@strawberry.interface(description="Un listado que la ley manda publicar.")
class TransparencyListing:
    published: strawberry.Private[Published]

    @strawberry.field(description="Día en que se publicó; vacío si todavía no se publica.")
    def published_on(self) -> date | None:
        return self.published.on

    @strawberry.field(description="Si la ley manda publicarlo de nuevo: pasaron más de 30 días, o nunca se publicó.")
    def stale(self) -> bool:
        return is_stale(self.published.on, today())

    @strawberry.field(description="Qué columnas tiene y qué dice cada una.")
    def dictionary(self) -> list[ListingColumn]:
        return dictionary(self.published.listing)

    @strawberry.field(description="Las últimas veces que se publicó, la más reciente primero.")
    async def publications(self) -> list[ListingMark]:
        marks = await marks_of(self.published.listing)
        return [ListingMark(published_on=day_of(one["published_at"])) for one in marks]


@strawberry.type(description="Los arrendamientos vigentes en el año, tal como se publicaron.")
class LeaseListing(TransparencyListing):
    @strawberry.field(description="Sus filas, por número.")
    def rows(self, search: Words = None, first: First = 50, after: After = None) -> Connection[PublicLease]:
        return _page(PublicLease, self.published, search, first, after)


@strawberry.type(description="Los convenios con ONG, asociaciones y organismos internacionales, como se publicaron.")
class ConventionListing(TransparencyListing):
    @strawberry.field(description="Sus filas, por número.")
    def rows(self, search: Words = None, first: First = 50, after: After = None) -> Connection[PublicConvention]:
        return _page(PublicConvention, self.published, search, first, after)


async def transparency_leases(published_on: On = None) -> LeaseListing | None:
    """Return the listing of leases; None for a day on which it was not published."""
    found = await _published(PublicListing.LEASES, published_on)
    return LeaseListing(published=found) if found else None


async def transparency_conventions(published_on: On = None) -> ConventionListing | None:
    """Return the listing of conventions; None for a day on which it was not published."""
    found = await _published(PublicListing.CONVENTIONS, published_on)
    return ConventionListing(published=found) if found else None


async def _published(listing: PublicListing, on: date | None) -> Published | None:
    row = await publication_of(listing, on)
    return Published(listing, row) if row or on is None else None


def dictionary(listing: PublicListing) -> list[ListingColumn]:
    """Return the data dictionary of a listing."""
    return [
        ListingColumn(
            name=column.name,
            field=_camel(column.field),
            kind=column.kind,
            meaning=column.meaning,
            choices=[label(one) for one in column.choices],
        )
        for column in COLUMNS[listing]
    ]


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)


def _typed(kind: Any, listing: PublicListing, row: Row) -> Any:
    """Make a row's type from what was kept of it; a column that is younger than the publication is empty."""
    values = {column.field: column.read(row.get(column.field)) for column in COLUMNS[listing]}
    return kind(**values)


def _page(kind: Any, published: Published, search: str | None, first: int, after: str | None) -> Connection[Any]:
    """Return a page of a publication's rows after a number: a mark holds when the listing is published anew."""
    rows = holding_words(published.listing, published.rows, search)
    return connect_whole(
        rows,
        lambda row: _typed(kind, published.listing, row),
        place=lambda row: (row["number"],),
        read=_place,
        first=first,
        after=after,
    )


def _place(number: Any) -> tuple[str]:
    if not isinstance(number, str):
        raise ValueError
    return (number,)
