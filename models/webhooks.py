"""Calls to the institution's other systems: who wants to hear of what, and each call that is owed."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import belongs_to, one_of


class Webhook(Model):
    """An address of another system, and the events that it is called for."""

    id = fields.IntField(primary_key=True)
    url = fields.CharField(300)
    label = fields.CharField(80)
    secret = fields.CharField(120)
    """Key of its signatures. Both sides need it whole, so it is kept as it is and shown once."""
    events: list = fields.JSONField(default=list)
    """Names of WebhookEvent."""
    active = fields.BooleanField(default=True)
    created_at = fields.DatetimeField()
    created_by = belongs_to("User", "webhooks")
    created_by_id: int
    version = fields.IntField(default=1)

    class Meta:
        table = "webhooks"


class DeliveryState(StrEnum):
    """How far a call has come."""

    QUEUED = "QUEUED"
    SENT = "SENT"
    FAILED = "FAILED"


class WebhookDelivery(Model):
    """One call owed to one address, written with the deed that it tells of. Its key makes a second one impossible."""

    id = fields.IntField(primary_key=True)
    webhook = belongs_to("Webhook", "deliveries")
    webhook_id: int
    event = fields.CharField(40)
    key = fields.CharField(160, unique=True)
    """Webhook and audit sequence: what the receiver may use to know a repetition."""
    payload = fields.TextField()
    """The JSON text as it is signed and sent, every time the same."""
    state = one_of(DeliveryState, max_length=8, default=DeliveryState.QUEUED)
    created_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    tries = fields.IntField(default=0)
    sent_at = fields.DatetimeField(null=True)
    status = fields.IntField(null=True)
    """HTTP status of the last answer; empty when none came."""
    error = fields.CharField(300, default="")

    class Meta:
        table = "webhook_deliveries"
        indexes = (("state", "due_at"), ("webhook_id", "id"))
