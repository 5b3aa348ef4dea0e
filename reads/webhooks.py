"""The institution's other systems and the calls that they are owed, as administrators and auditors read them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tortoise.functions import Count, Max

from models.people import User
from models.permissions import within
from models.webhooks import DeliveryState, Webhook, WebhookDelivery, WebhookEvent
from reads.paging import Order, Page, Row, page

WEBHOOK = ("id", "label", "url", "events", "active", "created_at", "created_by_id", "version", "secret")
DELIVERY = (
    "id", "webhook_id", "event", "key", "payload", "state", "created_at", "due_at", "tries", "sent_at", "status",
    "error",
)  # fmt: skip


async def webhook_rows(actor: User) -> list[Row]:
    """Return the systems in a person's reach by name, with no more of their key than its end."""
    return [
        _keyless(row) for row in await Webhook.filter(within(Webhook, actor)).order_by("label", "id").values(*WEBHOOK)
    ]


async def webhooks_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return systems in a person's reach by id."""
    rows = await Webhook.filter(within(Webhook, actor), id__in=ids).values(*WEBHOOK)
    return {row["id"]: _keyless(row) for row in rows}


def _keyless(row: Row) -> Row:
    """Take the key out of a row, but for its last four characters."""
    return {**{name: value for name, value in row.items() if name != "secret"}, "secret_end": row["secret"][-4:]}


async def calls_by_state(ids: Sequence[int], actor: User) -> dict[int, dict[DeliveryState, int]]:
    """Return how many calls of each system are waiting and were given up; those made are not counted."""
    owed = WebhookDelivery.filter(
        within(WebhookDelivery, actor), webhook_id__in=ids, state__in=(DeliveryState.QUEUED, DeliveryState.FAILED)
    )
    rows = await owed.annotate(many=Count("id")).group_by("webhook_id", "state").values("webhook_id", "state", "many")
    found: dict[int, dict[DeliveryState, int]] = {key: {} for key in ids}
    for row in rows:
        found[row["webhook_id"]][DeliveryState(row["state"])] = row["many"]
    return found


async def delivery_page(
    actor: User,
    *,
    webhook_id: int | None,
    state: DeliveryState | None,
    event: WebhookEvent | None,
    first: int,
    after: str | None,
) -> Page:
    """Return a page of calls, the newest first."""
    wanted: dict[str, Any] = {"webhook_id": webhook_id, "state": state, "event": event.value if event else None}
    rows = WebhookDelivery.filter(
        within(WebhookDelivery, actor), **{name: value for name, value in wanted.items() if value is not None}
    )
    return await page(rows, DELIVERY, Order("id", descending=True), first=first, after=after)


async def deliveries_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return calls in a person's reach by id."""
    rows = await WebhookDelivery.filter(within(WebhookDelivery, actor), id__in=ids).values(*DELIVERY)
    return {row["id"]: row for row in rows}


async def last_success(webhook_id: int) -> datetime | None:
    """Return when a system last took a call; None when it never did."""
    taken = WebhookDelivery.filter(webhook_id=webhook_id).annotate(last=Max("sent_at")).group_by("webhook_id")
    found = await taken.values_list("last", flat=True)
    return found[0] if found else None  # type: ignore[return-value]
