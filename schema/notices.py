"""Messages in the API: how far each has come, what it said, and when people want which."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from models.messages import DeliveryMode, NoticeTopic
from models.people import User
from reads.agreements import conventions_by_id
from reads.bounces import bounce_page, marks_by_address
from reads.notices import (
    NoticeProgress,
    NoticeQuery,
    digested_in,
    next_try,
    notice_counts,
    notice_page,
    notices_by_id,
    preferences_of,
    progress,
)
from reads.paging import Row
from reads.reviews import reviews_by_id
from schema.agreements import Convention, LegalReview
from schema.context import Info
from schema.ids import Node, opened
from schema.labels import label
from schema.paging import After, Connection, First, connect
from schema.rows import FromRow


@strawberry.type(description="Una dirección de correo que los servidores rechazan: no se le escribe más.")
class BouncedAddress(Node):
    address: str = strawberry.field(description="Dirección.")
    bounced_at: datetime = strawberry.field(description="Desde cuándo está marcada.")
    reason: str = strawberry.field(description="Lo que dijo su servidor de correo.")
    cleared_at: datetime | None = strawberry.field(description="Cuándo se levantó la marca, si ya se levantó.")


async def mark_of(info: Info, address: str) -> BouncedAddress | None:
    """Return the mark on an address, gathered with the others that the request asks for."""
    mark = await info.context.load(marks_by_address, address)
    if mark is None:
        return None
    row = {"id": mark.id, "address": address, "bounced_at": mark.at, "reason": mark.reason, "cleared_at": None}
    return BouncedAddress.of(row)


@strawberry.type(description="Un aviso por correo a una dirección.")
class Notice(Node):
    recipient: str = strawberry.field(description="Dirección a la que va.")
    recipient_name: str = strawberry.field(description="Nombre de quien lo recibe.")
    subject: str = strawberry.field(description="Asunto.")
    body: str = strawberry.field(description="Texto completo.")
    topic: NoticeTopic = strawberry.field(description="Sobre qué trata.")
    created_at: datetime = strawberry.field(description="Cuándo se escribió.")
    sent_at: datetime | None = strawberry.field(description="Cuándo lo recibió el servidor de correo.")
    tries: int = strawberry.field(description="Cuántas veces se intentó enviar.")
    row: strawberry.Private[Row]

    @strawberry.field(description="Qué ha pasado con él.")
    def state(self) -> NoticeProgress:
        return progress(self.row)

    @strawberry.field(description="Lo mismo en palabras.")
    def state_label(self) -> str:
        return label(progress(self.row))

    @strawberry.field(description="Por qué falló o no hizo falta; vacío si no hay nada que decir.")
    def reason(self) -> str:
        return str(self.row["error"])

    @strawberry.field(description="Cuándo se intenta de nuevo, si falló por ahora.")
    def next_try_at(self) -> datetime | None:
        return next_try(self.row)

    @strawberry.field(description="Expediente del que trata, si está a su alcance.")
    async def review(self, info: Info) -> LegalReview | None:
        row = await info.context.load(reviews_by_id, self.row["review_id"])
        return LegalReview.of(row) if row else None

    @strawberry.field(description="Convenio del que trata, si está a su alcance.")
    async def convention(self, info: Info) -> Convention | None:
        row = await info.context.load(conventions_by_id, self.row["convention_id"])
        return Convention.of(row) if row else None

    @strawberry.field(description="Resumen del día con que fue.")
    async def digest(self, info: Info) -> Annotated["Notice", strawberry.lazy("schema.notices")] | None:
        row = await info.context.load(notices_by_id, self.row["digest_id"])
        return Notice.of(row) if row else None

    @strawberry.field(description="Los avisos que reunió, si es un resumen del día.")
    async def gathered(self, info: Info) -> list[Annotated["Notice", strawberry.lazy("schema.notices")]]:
        return await Notice.each(info, digested_in, self.key)

    @strawberry.field(description="La marca de su dirección, si los servidores la rechazan.")
    async def bounce(self, info: Info) -> BouncedAddress | None:
        return await mark_of(info, self.recipient)


@strawberry.type(description="Cuántos avisos hay en un estado.")
class NoticeProgressCount:
    state: NoticeProgress = strawberry.field(description="Estado.")
    label: str = strawberry.field(description="Estado en palabras.")
    count: int = strawberry.field(description="Cuántos.")


@strawberry.type(description="Cómo quiere una persona los avisos de un tema.")
class NoticePreference(FromRow):
    topic: NoticeTopic = strawberry.field(description="Tema.")
    label: str = strawberry.field(description="Tema en palabras.")
    mode: DeliveryMode = strawberry.field(description="Cómo los recibe.")
    may_be_off: bool = strawberry.field(description="Si puede dejar de recibirlos: solo donde no corre ningún plazo.")


@strawberry.input(description="Qué avisos se piden; lo vacío no limita.")
class NoticeFilter:
    state: NoticeProgress | None = strawberry.field(default=None, description="Estado.")
    recipient: str | None = strawberry.field(default=None, description="Parte de la dirección o del nombre.")
    review_code: str | None = strawberry.field(default=None, description="Código del expediente.")
    topic: NoticeTopic | None = strawberry.field(default=None, description="Tema.")
    since: date | None = strawberry.field(default=None, description="Escritos desde este día.")
    until: date | None = strawberry.field(default=None, description="Escritos hasta este día.")

    def query(self) -> NoticeQuery:
        """Return what the read is asked for."""
        return NoticeQuery(self.state, self.recipient, self.review_code, self.topic, self.since, self.until)


Wanted = Annotated[NoticeFilter | None, strawberry.argument(description="Cuáles se piden.")]
Identifier = Annotated[strawberry.ID, strawberry.argument(description="Identificador opaco.")]
OnlyMarked = Annotated[
    bool | None, strawberry.argument(description="Solo las marcadas o, con falso, las que ya no lo están.")
]


def _query(given: NoticeFilter | None) -> NoticeQuery:
    return given.query() if given else NoticeQuery()


async def notices(info: Info, filter: Wanted = None, first: First = 50, after: After = None) -> Connection[Notice]:
    """Return a page of the messages."""
    page = notice_page(info.context.person, _query(filter), first=first, after=after)
    return await connect(Notice.of, page, after)


async def notice_of(info: Info, id: Identifier) -> Notice | None:
    """Return one message."""
    _ = info.context.person
    kind, key = opened(id) or ("", "")
    if kind != "Notice" or not (key.isascii() and key.isdigit() and len(key) < 10):
        return None
    row = await info.context.load(notices_by_id, int(key))
    return Notice.of(row) if row else None


async def counts(info: Info, filter: Wanted = None) -> list[NoticeProgressCount]:
    """Return how many messages are in each state."""
    found = await notice_counts(info.context.person, _query(filter))
    return [NoticeProgressCount(state=state, label=label(state), count=count) for state, count in found]


async def preferences(info: Info) -> list[NoticePreference]:
    """Return how the person who asks wants her or his messages."""
    return await preferences_for(info.context.person)


async def preferences_for(person: User) -> list[NoticePreference]:
    """Return how a person wants her or his messages, topic by topic."""
    rows = await preferences_of(person)
    return [NoticePreference.of(row.__dict__) for row in rows]


async def bounced_addresses(
    info: Info, marked: OnlyMarked = True, first: First = 50, after: After = None
) -> Connection[BouncedAddress]:
    """Return a page of the addresses that mail servers refuse."""
    page = bounce_page(info.context.person, marked=marked, first=first, after=after)
    return await connect(BouncedAddress.of, page, after)
