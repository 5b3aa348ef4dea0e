"""Publishing a listing through the API, and before it what would be published and how it differs from the last time."""

from collections import Counter
from datetime import date
from typing import Annotated, Any

import strawberry
from tortoise.models import Model

from actions import transparency
from models.clock import today
from models.people import Role, User
from models.permissions import SEES_ALL
from models.publications import PublicListing
from reads.paging import LARGEST_PAGE
from reads.transparency import day_of, is_stale, publication_of, publications_by_id
from reads.transparency_rows import COLUMNS, Column, ListingChangeKind, RowChange, listing_rows, row_changes
from schema.context import Context, Info
from schema.inputs import ONCE, SENT
from schema.labels import label
from schema.masking import CodedError, ErrorCode
from schema.paging import First
from schema.payloads import Payload, answer
from schema.people import Person, person_of

READERS = SEES_ALL - {Role.SYSTEM}
"""Who sees what would be published: whoever hears that a listing is stale. Publishing is the action's to allow."""


@strawberry.type(description="Una columna que cambia en una fila.")
class CellChange:
    name: str = strawberry.field(description="Columna, como la nombra el diccionario.")
    before: str = strawberry.field(description="Lo publicado.")
    after: str = strawberry.field(description="Lo que se publicaría.")


@strawberry.type(description="Una fila que no es la misma que la última vez.")
class ListingChange:
    number: str = strawberry.field(description="Número de registro.")
    change: ListingChangeKind = strawberry.field(description="Qué le pasaría.")
    cells: list[CellChange] = strawberry.field(description="Las columnas que cambian; todas, si se agrega o se quita.")


@strawberry.type(description="Lo que se publicaría hoy de un listado.")
class ListingPreview:
    listing: PublicListing = strawberry.field(description="Listado.")
    published_on: date | None = strawberry.field(description="Última vez que se publicó; vacío si nunca.")
    stale: bool = strawberry.field(description="Si la ley manda publicarlo de nuevo.")
    may_publish: bool = strawberry.field(description="Si hoy puede publicarse: una vez al día.")
    count: int = strawberry.field(description="Cuántas filas se publicarían.")
    added: int = strawberry.field(description="Cuántas se agregarían a lo publicado.")
    removed: int = strawberry.field(description="Cuántas se quitarían.")
    changed: int = strawberry.field(description="Cuántas cambiarían.")
    publisher_id: strawberry.Private[int | None]
    differing: strawberry.Private[list[RowChange]]

    @strawberry.field(description="Qué cambia de lo publicado la última vez, por número.")
    def changes(self, first: First = 50) -> list[ListingChange]:
        if not 1 <= first <= LARGEST_PAGE:
            raise CodedError(ErrorCode.BAD_USER_INPUT, f"«first» va de 1 a {LARGEST_PAGE}.")
        return [_change(self.listing, one) for one in self.differing[:first]]

    @strawberry.field(description="Quién lo publicó la última vez.")
    async def published_by(self, info: Info) -> Person | None:
        return await person_of(info, self.publisher_id)


async def listing_previews(info: Info) -> list[ListingPreview]:
    """Return what would be published of each listing; nothing to whoever sees a part only."""
    if info.context.person.role not in READERS:
        return []
    return [await _preview(listing) for listing in PublicListing]


async def _preview(listing: PublicListing) -> ListingPreview:
    last = await publication_of(listing)
    rows = await listing_rows(listing, today())
    published_on = day_of(last["published_at"]) if last else None
    differing = row_changes(last["rows"] if last else [], rows)
    many = Counter(one.change for one in differing)
    return ListingPreview(
        listing=listing,
        published_on=published_on,
        stale=is_stale(published_on, today()),
        may_publish=published_on != today(),
        count=len(rows),
        added=many[ListingChangeKind.ADDED],
        removed=many[ListingChangeKind.REMOVED],
        changed=many[ListingChangeKind.CHANGED],
        differing=differing,
        publisher_id=last["published_by_id"] if last else None,
    )


def _change(listing: PublicListing, one: RowChange) -> ListingChange:
    wanted = [column for column in COLUMNS[listing] if not one.fields or column.field in one.fields]
    cells = [
        CellChange(name=column.name, before=in_words(column, one.before), after=in_words(column, one.after))
        for column in wanted
    ]
    return ListingChange(number=one.number, change=one.change, cells=cells)


def in_words(column: Column, row: dict[str, Any]) -> str:
    """Return a cell as the public reads it: choices in Spanish, several values parted by «; », nothing as nothing."""
    value = column.read(row.get(column.field))
    values = value if isinstance(value, list) else [] if value is None else [value]
    return "; ".join(label(one) if column.choices else str(one) for one in values)


@strawberry.input(description="Publicación de un listado, tal como está ahora.")
class PublishListingInput:
    listing: PublicListing = strawberry.field(description="Listado.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Un listado que se publicó.")
class ListingPublication:
    listing: PublicListing = strawberry.field(description="Listado.")
    published_on: date = strawberry.field(description="Día.")


@strawberry.type(description="Respuesta a la publicación de un listado.")
class PublishListingPayload(Payload):
    publication: ListingPublication | None = strawberry.field(default=None, description="Lo publicado.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        row = await context.load(publications_by_id, key)
        self.publication = ListingPublication(listing=row["listing"], published_on=day_of(row["published_at"]))


async def publish_listing(info: Info, input: Annotated[PublishListingInput, SENT]) -> PublishListingPayload:
    """Publish a listing."""

    async def act(actor: User) -> Model:
        return await transparency.publish_listing(actor=actor, listing=input.listing)

    return await answer(info, PublishListingPayload, input, act)
