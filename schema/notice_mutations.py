"""What people do about messages through the API: send one again, choose how they come, clear an address."""

from typing import Annotated

import strawberry
from tortoise.models import Model

from actions.bounces import clear_bounce as clear
from actions.notices import resend_notice as resend
from actions.preferences import set_preference
from models.messages import DeliveryMode, NoticeTopic
from models.people import User
from reads.bounces import bounces_by_id
from reads.notices import notices_by_id
from schema.context import Context, Info
from schema.ids import row_id
from schema.inputs import ONCE, SENT
from schema.notices import BouncedAddress, Notice, NoticePreference, preferences_for
from schema.payloads import Payload, answer


@strawberry.input(description="Reenvío de un aviso que falló, u otra copia de uno que se envió.")
class ResendNoticeInput:
    notice_id: strawberry.ID = strawberry.field(description="Aviso.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con el aviso que saldrá.")
class ResendNoticePayload(Payload):
    notice: Notice | None = strawberry.field(
        default=None, description="El mismo aviso si había fallado; la copia nueva si ya se había enviado."
    )

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.notice = Notice.of(await context.load(notices_by_id, key))


async def resend_notice(info: Info, input: Annotated[ResendNoticeInput, SENT]) -> ResendNoticePayload:
    """Send a message again."""

    async def act(actor: User) -> Model:
        return await resend(actor=actor, notice_id=row_id(input.notice_id, "Notice", path="noticeId")[1])

    return await answer(info, ResendNoticePayload, input, act)


@strawberry.input(description="Cómo quiere quien pregunta los avisos de un tema.")
class SetNoticePreferenceInput:
    topic: NoticeTopic = strawberry.field(description="Tema.")
    mode: DeliveryMode = strawberry.field(description="Cómo los quiere; no todos pueden dejar de recibirse.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con lo elegido para cada tema.")
class SetNoticePreferencePayload(Payload):
    preferences: list[NoticePreference] = strawberry.field(
        default_factory=list, description="Cómo recibe cada tema quien pregunta."
    )

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.preferences = await preferences_for(context.person)


async def set_notice_preference(
    info: Info, input: Annotated[SetNoticePreferenceInput, SENT]
) -> SetNoticePreferencePayload:
    """Choose how the messages of a topic come."""

    async def act(actor: User) -> Model:
        return await set_preference(actor=actor, topic=input.topic, mode=input.mode)

    return await answer(info, SetNoticePreferencePayload, input, act)


@strawberry.input(description="Levantar la marca de una dirección que los servidores rechazaban.")
class ClearBounceInput:
    bounce_id: strawberry.ID = strawberry.field(description="Marca.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con la dirección tal como quedó.")
class ClearBouncePayload(Payload):
    bounced_address: BouncedAddress | None = strawberry.field(default=None, description="La dirección.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.bounced_address = BouncedAddress.of(await context.load(bounces_by_id, key))


async def clear_bounce(info: Info, input: Annotated[ClearBounceInput, SENT]) -> ClearBouncePayload:
    """Clear an address."""

    async def act(actor: User) -> Model:
        return await clear(actor=actor, mark_id=row_id(input.bounce_id, "BouncedAddress", path="bounceId")[1])

    return await answer(info, ClearBouncePayload, input, act)
