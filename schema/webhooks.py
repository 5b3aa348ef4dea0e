"""The institution's other systems in the API: which are called for what, and each call that they are owed."""

from datetime import datetime
from typing import Annotated

import strawberry

from actions.refusals import Refusal
from models.people import User
from models.webhooks import DeliveryState, WebhookEvent
from reads.paging import Row
from reads.webhooks import calls_by_state, delivery_page, webhook_rows, webhooks_by_id
from schema.context import Info
from schema.ids import Node, row_id
from schema.masking import CodedError, ErrorCode
from schema.paging import After, Connection, First, connect
from schema.people import Person, person_of


@strawberry.type(description="Otro sistema de la institución, al que se llama cuando algo sucede. Reservado.")
class Webhook(Node):
    label: str = strawberry.field(description="Nombre del sistema.")
    url: str = strawberry.field(description="Dirección a la que se llama.")
    events: list[WebhookEvent] = strawberry.field(description="De qué se le avisa.")
    active: bool = strawberry.field(description="Si se le llama; detenido, lo que se le debe espera.")
    secret_end: str = strawberry.field(description="Los últimos cuatro caracteres de su llave de firma.")
    created_at: datetime = strawberry.field(description="Cuándo se dio de alta.")
    version: int = strawberry.field(description="Versión, para «expectedVersion».")
    created_by_id: strawberry.Private[int]

    @strawberry.field(description="Quién lo dio de alta.")
    async def created_by(self, info: Info) -> Person | None:
        return await person_of(info, self.created_by_id)

    @strawberry.field(description="Llamadas que se le deben.")
    async def waiting(self, info: Info) -> int:
        return await self._calls(info, DeliveryState.QUEUED)

    @strawberry.field(description="Llamadas que se dieron por fallidas y nadie ha pedido repetir.")
    async def failed(self, info: Info) -> int:
        return await self._calls(info, DeliveryState.FAILED)

    async def _calls(self, info: Info, state: DeliveryState) -> int:
        counted: dict[DeliveryState, int] = await info.context.load(calls_by_state, self.key)
        return counted.get(state, 0)


@strawberry.type(description="Una llamada a otro sistema. Reservada.")
class WebhookDelivery(Node):
    event: WebhookEvent = strawberry.field(description="De qué avisa.")
    message_id: str = strawberry.field(description="Su «webhook-id»: el mismo cada vez que se repite.")
    payload: str = strawberry.field(description="El JSON que se envía, siempre igual.")
    state: DeliveryState = strawberry.field(description="Qué tan lejos va.")
    created_at: datetime = strawberry.field(description="Desde cuándo se debe.")
    tries: int = strawberry.field(description="Intentos hechos; al pedir que se repita se cuentan de nuevo.")
    sent_at: datetime | None = strawberry.field(description="Cuándo la recibió el otro sistema.")
    status: int | None = strawberry.field(description="Estado HTTP de la última respuesta; vacío si no hubo.")
    error: str = strawberry.field(description="Por qué no salió el último intento; vacío mientras está en camino.")
    webhook_id: strawberry.Private[int]
    due_at: strawberry.Private[datetime]

    @classmethod
    def of(cls, row: Row, /, **more: object) -> "WebhookDelivery":
        """Make one from a row."""
        return super().of(row, message_id=row["key"], event=WebhookEvent(row["event"]), **more)

    @strawberry.field(description="El sistema al que se llama.")
    async def webhook(self, info: Info) -> Webhook | None:
        row = await info.context.load(webhooks_by_id, self.webhook_id)
        return webhook_of(row) if row else None

    @strawberry.field(description="Cuándo se intenta otra vez; vacío si no se intenta más o le toca ya.")
    def next_try_at(self) -> datetime | None:
        return self.due_at if self.state == DeliveryState.QUEUED and self.error else None


def webhook_of(row: Row) -> Webhook:
    """Make a system from its row."""
    return Webhook.of(row, events=[WebhookEvent(name) for name in row["events"]])


async def webhooks(info: Info) -> list[Webhook]:
    """Return the systems that are called."""
    person: User = info.context.person
    return [webhook_of(row) for row in await webhook_rows(person)]


async def webhook_deliveries(
    info: Info,
    webhook_id: Annotated[strawberry.ID | None, strawberry.argument(description="Solo las de este sistema.")] = None,
    state: Annotated[DeliveryState | None, strawberry.argument(description="Solo las que van así.")] = None,
    event: Annotated[WebhookEvent | None, strawberry.argument(description="Solo las que avisan de esto.")] = None,
    first: First = 20,
    after: After = None,
) -> Connection[WebhookDelivery]:
    """Return a page of the calls, the newest first."""
    try:
        key = row_id(webhook_id, "Webhook", path="webhookId")[1] if webhook_id else None
    except Refusal as refusal:
        raise CodedError(ErrorCode.BAD_USER_INPUT, refusal.problems[0].message) from refusal
    page = delivery_page(info.context.person, webhook_id=key, state=state, event=event, first=first, after=after)
    return await connect(WebhookDelivery.of, page, after)
