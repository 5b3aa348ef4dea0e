"""How people want to be written to: topics, preferences, contacts without an account, addresses that bounce."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import belongs_to, one_of


class NoticeTopic(StrEnum):
    """What a message is about, which is what a person's preferences choose by."""

    DEADLINES = "DEADLINES"
    MOVES = "MOVES"
    SIGNATURES = "SIGNATURES"
    COURT = "COURT"
    SYSTEM = "SYSTEM"
    ALARMS = "ALARMS"


TOPIC_LABELS = {
    NoticeTopic.DEADLINES: "Vencimientos y plazos",
    NoticeTopic.MOVES: "Pasos de los expedientes",
    NoticeTopic.SIGNATURES: "Firmas",
    NoticeTopic.COURT: "Fechas y notificaciones judiciales",
    NoticeTopic.SYSTEM: "Funcionamiento del sistema",
    NoticeTopic.ALARMS: "Alarmas de centros y convenios",
}
"""What people read for each topic."""


class DeliveryMode(StrEnum):
    """When a person wants the messages of a topic: each by itself, all of a day in one, or none."""

    AT_ONCE = "AT_ONCE"
    DAILY = "DAILY"
    OFF = "OFF"


MAY_BE_OFF = frozenset({NoticeTopic.MOVES, NoticeTopic.ALARMS})
"""Topics that a person may decline: the others bear terms of law, and whoever is told of them must have been told."""


class NoticePreference(Model):
    """When one person wants the messages of one topic, at once where there is no row."""

    id = fields.IntField(primary_key=True)
    user = belongs_to("User", "preferences")
    user_id: int
    topic = one_of(NoticeTopic, max_length=12)
    mode = one_of(DeliveryMode, max_length=8)

    class Meta:
        table = "notice_preferences"
        unique_together = (("user", "topic"),)


class Contact(Model):
    """Somebody without an account who hears of the agreements of a municipality or of an institution by mail."""

    id = fields.IntField(primary_key=True)
    email = fields.CharField(120)
    name = fields.CharField(120)
    position = fields.CharField(160, default="")
    municipality = belongs_to("Municipality", "contacts", null=True)
    municipality_id: str | None
    institution = belongs_to("Institution", "contacts", null=True)
    institution_id: int | None
    stop_code = fields.CharField(64, unique=True)
    """Random text of the link with which she or he asks not to be written to any more."""
    created_at = fields.DatetimeField()
    created_by = belongs_to("User", "contacts_added")
    created_by_id: int
    stopped_at = fields.DatetimeField(null=True)
    """Since when nothing is sent any more: asked by the person, or withdrawn by the office."""
    version = fields.IntField(default=1)

    class Meta:
        table = "contacts"
        indexes = (("municipality_id", "id"), ("institution_id", "id"))


class BouncedAddress(Model):
    """An address that mail servers refused for good: nothing more is sent to it until somebody clears the mark."""

    id = fields.IntField(primary_key=True)
    address = fields.CharField(160, unique=True)
    bounced_at = fields.DatetimeField()
    reason = fields.CharField(300)
    cleared_at = fields.DatetimeField(null=True)

    class Meta:
        table = "bounced_addresses"
