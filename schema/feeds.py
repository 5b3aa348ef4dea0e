"""Calendars by address in the API: the own ones, a new one, whose address is shown once, and their revocation."""

from datetime import datetime
from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import feeds as actions
from models.feeds import FeedScope
from models.people import User
from models.places import ProgramCode
from reads.feeds import feed_page, feeds_by_id
from schema.context import Context, Info
from schema.ids import Node, row_id
from schema.inputs import ONCE, SENT
from schema.paging import After, Connection, First, connect
from schema.payloads import Payload, answer
from schema.people import Person, person_of
from schema.places import Municipality, municipality_of


@strawberry.type(description="Un calendario que se lee por una dirección secreta.")
class CalendarFeed(Node):
    scope: FeedScope = strawberry.field(description="De quién son sus fechas.")
    program: ProgramCode | None = strawberry.field(description="Programa, si es de uno.")
    created_at: datetime = strawberry.field(description="Cuándo se creó.")
    last_read_at: datetime | None = strawberry.field(
        description="Cuándo se leyó por última vez, con una hora de margen; vacío si nunca."
    )
    revoked_at: datetime | None = strawberry.field(description="Cuándo se revocó; vacío si sigue abierto.")
    owner_id: strawberry.Private[int]
    municipality_id: strawberry.Private[str | None]

    @strawberry.field(description="De quién es; muestra lo que esta persona alcanza.")
    async def owner(self, info: Info) -> Person | None:
        return await person_of(info, self.owner_id)

    @strawberry.field(description="Municipio, si es de uno.")
    async def municipality(self, info: Info) -> Municipality | None:
        return await municipality_of(info, self.municipality_id)


@strawberry.input(description="Un calendario nuevo.")
class CreateFeedInput:
    scope: FeedScope = strawberry.field(description="De quién son sus fechas.")
    municipality_code: str | None = strawberry.field(
        default=None,
        description="Municipio, por código o nombre, si es de uno; una municipalidad puede dejarlo vacío.",
    )
    program: ProgramCode | None = strawberry.field(default=None, description="Programa, si es de un programa.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Revocación de un calendario.")
class RevokeFeedInput:
    feed_id: strawberry.ID = strawberry.field(description="Calendario.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con el calendario tal como quedó.")
class FeedPayload(Payload):
    feed: CalendarFeed | None = strawberry.field(default=None, description="El calendario.")
    address: str | None = strawberry.field(
        default=None,
        description="La dirección en que se lee. Se muestra solo en la respuesta que lo crea: quien la tiene, lo lee.",
    )

    async def fill(self, context: Context, kind: str, key: int) -> None:
        row = await context.load(feeds_by_id, key)
        self.feed = CalendarFeed.of(row) if row else None


async def calendar_feeds(
    info: Info,
    everybodys: Annotated[
        bool, strawberry.argument(description="También los de otras personas: solo para Administración y Auditoría.")
    ] = False,
    live: Annotated[bool | None, strawberry.argument(description="Solo los abiertos, o solo los revocados.")] = None,
    first: First = 50,
    after: After = None,
) -> Connection[CalendarFeed]:
    """Return a page of the calendars, the newest first."""
    page = feed_page(info.context.person, everybodys=everybodys, live=live, first=first, after=after)
    return await connect(CalendarFeed.of, page, after)


async def create_feed(info: Info, input: Annotated[CreateFeedInput, SENT]) -> FeedPayload:
    """Make a calendar."""
    address = ""

    async def act(actor: User) -> Model:
        nonlocal address
        given = actions.FeedInput(scope=input.scope, municipality=input.municipality_code or "", program=input.program)
        made = await actions.create_feed(actor=actor, given=given)
        address = made.address
        return made.feed

    payload = await answer(info, FeedPayload, input, act)
    payload.address = address or None
    return payload


async def revoke_feed(info: Info, input: Annotated[RevokeFeedInput, SENT]) -> FeedPayload:
    """End a calendar."""

    async def act(actor: User) -> Model:
        return await actions.revoke_feed(actor=actor, feed_id=row_id(input.feed_id, "CalendarFeed", path="feedId")[1])

    return await answer(info, FeedPayload, input, act)
