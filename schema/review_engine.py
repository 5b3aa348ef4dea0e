"""A file's story with the engine in the API: what it did, what it waits for, what it told, what fails."""

from datetime import date, datetime

import strawberry

from models.audit import Verb
from models.clock import today
from models.outbox import NoticeState
from reads.coming_notices import coming_by_review
from reads.engine_story import Wait, deeds_by_review, failures_by_review, notices_by_review, waits_by_review
from schema.context import Info
from schema.rows import FromRow


@strawberry.type(description="Algo que el sistema hizo por sí mismo en un expediente.")
class EngineDeed(FromRow):
    verb: Verb = strawberry.field(description="Qué acto fue.")
    summary: str = strawberry.field(description="Qué hizo, en una oración.")
    at: datetime = strawberry.field(description="Cuándo.")


@strawberry.type(description="Qué espera un expediente y desde cuándo.")
class ReviewWait(FromRow):
    sentence: str = strawberry.field(description="Qué espera y de quién, en una oración.")
    since: date = strawberry.field(description="Desde cuándo: el día de su último movimiento.")
    step: Verb | None = strawberry.field(
        description="El paso que le toca al sistema; vacío si el turno es de una persona o si terminó."
    )
    called_at: datetime | None = strawberry.field(
        description="Desde cuándo el sistema está llamado a mirarlo; vacío si ya lo miró."
    )
    tries: int = strawberry.field(description="Veces que lo intentó desde que se le llamó.")
    next_try_at: datetime | None = strawberry.field(
        description="Cuándo lo intenta de nuevo; vacío si es enseguida o no hace falta."
    )


@strawberry.type(description="Lo siguiente que el sistema dirá o hará de un expediente si nada cambia.")
class ComingNotice(FromRow):
    on: date = strawberry.field(description="Qué día.")
    sentence: str = strawberry.field(description="Qué dirá y a quién, o qué hará.")


@strawberry.type(description="Un aviso sobre un expediente.")
class ReviewNotice(FromRow):
    recipient_name: str = strawberry.field(description="Para quién.")
    recipient: str = strawberry.field(description="A qué dirección.")
    subject: str = strawberry.field(description="Asunto.")
    state: NoticeState = strawberry.field(description="Qué tan lejos va.")
    created_at: datetime = strawberry.field(description="Desde cuándo se debe.")
    sent_at: datetime | None = strawberry.field(description="Cuándo salió.")
    tries: int = strawberry.field(description="Veces que se intentó enviar.")
    error: str = strawberry.field(description="Por qué no salió, si no salió.")


@strawberry.type(description="Un paso del sistema que falla en un expediente y no se ha logrado desde entonces.")
class ReviewFailure(FromRow):
    step: str = strawberry.field(description="Paso, como lo llama la bitácora.")
    incident: str = strawberry.field(description="Número de incidente de la primera vez: la bitácora dice por qué.")
    last_incident: str = strawberry.field(description="Número de incidente de la última vez.")
    tries: int = strawberry.field(description="Veces que se intentó.")
    first_at: datetime = strawberry.field(description="Desde cuándo falla.")
    last_at: datetime = strawberry.field(description="Última vez.")


@strawberry.type(description="Lo que el sistema hace por sí mismo en un expediente.")
class ReviewEngine:
    key: strawberry.Private[int]

    @strawberry.field(description="Lo que hizo, de lo más antiguo a lo más nuevo.")
    async def deeds(self, info: Info) -> list[EngineDeed]:
        return await EngineDeed.each(info, deeds_by_review, self.key)

    @strawberry.field(description="Qué espera el expediente ahora.")
    async def wait(self, info: Info) -> ReviewWait:
        found: Wait = await info.context.load(waits_by_review, self.key)
        return ReviewWait(**vars(found))

    @strawberry.field(description="El siguiente aviso o acto, si nada cambia; vacío si no hay.")
    async def coming(self, info: Info) -> ComingNotice | None:
        found = await info.context.load(coming_by_review, self.key, on=today())
        return ComingNotice(**vars(found)) if found else None

    @strawberry.field(
        description="Los últimos 60 avisos, lo último primero: para la Asesoría, todos; para los demás, los suyos."
    )
    async def notices(self, info: Info) -> list[ReviewNotice]:
        return await ReviewNotice.each(info, notices_by_review, self.key)

    @strawberry.field(description="Pasos que fallan; los ve la Asesoría, Auditoría y quien administra.")
    async def failures(self, info: Info) -> list[ReviewFailure]:
        return await ReviewFailure.each(info, failures_by_review, self.key)
