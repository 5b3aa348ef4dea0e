"""Rows that say «look again» (wake-ups) and «tell somebody» (notices), written with the deed that causes them."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import belongs_to, one_of


class WakeUp(Model):
    """A file to be looked at by the engine. Done only when an action says that it was consumed."""

    id = fields.IntField(primary_key=True)
    review = belongs_to("LegalReview", "wakeups")
    review_id: int
    reason = fields.CharField(40)
    created_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    """When the relay hands it over next; pushed back with every try."""
    tries = fields.IntField(default=0)
    consumed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "wakeups"


class NoticeState(StrEnum):
    """How far a message has come."""

    QUEUED = "QUEUED"
    SENT = "SENT"
    FAILED = "FAILED"


class Notice(Model):
    """A message owed to one address. Its key makes a second copy impossible."""

    id = fields.IntField(primary_key=True)
    key = fields.CharField(160, unique=True)
    """Matter, rung or deed, and recipient: the same thing is told to the same address once."""
    recipient = fields.CharField(160)
    recipient_name = fields.CharField(120, default="")
    subject = fields.CharField(200)
    body = fields.TextField()
    """Plain Spanish text; the sender adds greeting-free HTML made from it."""
    review = belongs_to("LegalReview", "notices", null=True)
    review_id: int | None
    convention = belongs_to("Convention", "notices", null=True)
    convention_id: int | None
    lease = belongs_to("Lease", "notices", null=True)
    lease_id: int | None
    license = belongs_to("SanitaryLicense", "notices", null=True)
    license_id: int | None
    court_file = belongs_to("CourtFile", "notices_sent", null=True)
    court_file_id: int | None
    message_id = fields.CharField(120, unique=True)
    """Stable Message-ID: a mail system can recognize the copy that a crash between sending and marking leaves."""
    state = one_of(NoticeState, max_length=8, default=NoticeState.QUEUED)
    created_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    tries = fields.IntField(default=0)
    sent_at = fields.DatetimeField(null=True)
    error = fields.CharField(300, default="")

    class Meta:
        table = "notices"


class Reminder(Model):
    """A rung of the ladder, told to one recipient: `rung` calendar days before the end, 0 that day, negative after."""

    id = fields.IntField(primary_key=True)
    convention = belongs_to("Convention", "reminders", null=True)
    convention_id: int | None
    lease = belongs_to("Lease", "reminders", null=True)
    lease_id: int | None
    license = belongs_to("SanitaryLicense", "reminders", null=True)
    license_id: int | None
    rung = fields.IntField()
    due_on = fields.DateField()
    recipient = fields.CharField(160)
    notice = belongs_to("Notice", "reminders")
    notice_id: int

    class Meta:
        table = "reminders"


class DemoMail(Model):
    """A message caught by the demo's own mail server, to be read on a page instead of reaching anybody."""

    id = fields.IntField(primary_key=True)
    received_at = fields.DatetimeField()
    sender = fields.CharField(160)
    recipient = fields.CharField(160, db_index=True)
    subject = fields.CharField(300)
    body = fields.TextField()
    message_id = fields.CharField(160, default="")

    class Meta:
        table = "demo_mail"


class EngineState(StrEnum):
    """How an engine last described itself."""

    STARTING = "STARTING"
    RUNNING = "RUNNING"
    STOPPED = "STOPPED"


class EngineBeat(Model):
    """A sign of life of one engine, renewed every few seconds, an old one means that it is gone."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(120, unique=True)
    started_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    state = one_of(EngineState, max_length=8, default=EngineState.STARTING)

    class Meta:
        table = "engine_beats"
