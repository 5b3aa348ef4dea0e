"""How administrators register other systems, change them, try them, and ask for a call once more."""

from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import webhooks
from models.people import User
from models.webhooks import WebhookEvent
from reads.webhooks import deliveries_by_id, webhooks_by_id
from schema.context import Context, Info
from schema.ids import row_id
from schema.inputs import ONCE, SENT, VERSION
from schema.payloads import Payload, answer
from schema.webhooks import Webhook, WebhookDelivery, webhook_of

URL = "Dirección https; http solo en la red de la institución. Sin usuario, contraseña ni «#»."
SECRET = (
    "La llave con que se firman las llamadas. Se muestra solo en esta respuesta: guárdela en el otro sistema. Al "
    "repetir un clientMutationId no se muestra otra vez."
)


@strawberry.input(description="Alta de otro sistema de la institución.")
class AddWebhookInput:
    label: str = strawberry.field(description="Nombre del sistema.")
    url: str = strawberry.field(description=URL)
    events: list[WebhookEvent] = strawberry.field(description="De qué se le avisa.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Cambio de otro sistema, que queda como se envía.")
class ChangeWebhookInput:
    webhook_id: strawberry.ID = strawberry.field(description="Sistema.")
    label: str = strawberry.field(description="Nombre del sistema.")
    url: str = strawberry.field(description=URL)
    events: list[WebhookEvent] = strawberry.field(description="De qué se le avisa.")
    active: bool | None = strawberry.field(default=None, description="Si se le llama; vacío: como hasta ahora.")
    rotate_secret: bool | None = strawberry.field(
        default=None, description="Si se cambia su llave; la anterior deja de valer en ese momento."
    )
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Llamada de prueba a otro sistema.")
class TestWebhookInput:
    webhook_id: strawberry.ID = strawberry.field(description="Sistema.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Repetición de una llamada.")
class ResendDeliveryInput:
    delivery_id: strawberry.ID = strawberry.field(description="Llamada.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con el sistema tal como quedó.")
class WebhookPayload(Payload):
    webhook: Webhook | None = strawberry.field(default=None, description="El sistema.")
    secret: str | None = strawberry.field(default=None, description=SECRET)

    async def fill(self, context: Context, kind: str, key: int) -> None:
        row = await context.load(webhooks_by_id, key)
        self.webhook = webhook_of(row) if row else None


@strawberry.type(description="Respuesta con la llamada que queda por hacer.")
class DeliveryPayload(Payload):
    delivery: WebhookDelivery | None = strawberry.field(default=None, description="La llamada.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        row = await context.load(deliveries_by_id, key)
        self.delivery = WebhookDelivery.of(row) if row else None


async def add_webhook(info: Info, input: Annotated[AddWebhookInput, SENT]) -> WebhookPayload:
    """Register a system."""
    secret = ""

    async def act(actor: User) -> Model:
        nonlocal secret
        given = webhooks.WebhookInput(label=input.label, url=input.url, events=input.events)
        made = await webhooks.add_webhook(actor=actor, given=given)
        secret = made.secret
        return made.webhook

    payload = await answer(info, WebhookPayload, input, act)
    payload.secret = secret or None
    return payload


async def change_webhook(info: Info, input: Annotated[ChangeWebhookInput, SENT]) -> WebhookPayload:
    """Change a system."""
    secret = ""

    async def act(actor: User) -> Model:
        nonlocal secret
        changed = await webhooks.change_webhook(
            actor=actor,
            webhook_id=row_id(input.webhook_id, "Webhook", path="webhookId")[1],
            given=webhooks.WebhookInput(
                label=input.label,
                url=input.url,
                events=input.events,
                active=input.active,
                rotate_secret=bool(input.rotate_secret),
            ),
            expected_version=input.expected_version,
        )
        secret = changed.secret
        return changed.webhook

    payload = await answer(info, WebhookPayload, input, act)
    payload.secret = secret or None
    return payload


async def try_webhook(info: Info, input: Annotated[TestWebhookInput, SENT]) -> DeliveryPayload:
    """Owe a system a test call."""

    async def act(actor: User) -> Model:
        key = row_id(input.webhook_id, "Webhook", path="webhookId")[1]
        return await webhooks.try_webhook(actor=actor, webhook_id=key)

    return await answer(info, DeliveryPayload, input, act)


async def resend_delivery(info: Info, input: Annotated[ResendDeliveryInput, SENT]) -> DeliveryPayload:
    """Owe a call once more."""

    async def act(actor: User) -> Model:
        key = row_id(input.delivery_id, "WebhookDelivery", path="deliveryId")[1]
        return await webhooks.resend_delivery(actor=actor, delivery_id=key)

    return await answer(info, DeliveryPayload, input, act)
