"""Rows that say «look again» (wake-ups) and «tell somebody» (notices), written with the deed that causes them."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import belongs_to, one_of
from models.ladders import DayUnit
from models.messages import NoticeTopic


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
    """How far a message has come. HELD waits for the day's summary, DIGESTED went with it, DROPPED needs no telling."""

    QUEUED = "QUEUED"
    HELD = "HELD"
    DIGESTED = "DIGESTED"
    SENT = "SENT"
    FAILED = "FAILED"
    DROPPED = "DROPPED"


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
    topic = one_of(NoticeTopic, max_length=12, default=NoticeTopic.MOVES, db_default=NoticeTopic.MOVES.value)
    passing = fields.BooleanField(default=False, db_default=False)
    """Whether it asks for something that nobody needs any more once its matter is settled; then it is not sent."""
    event: dict | None = fields.JSONField(null=True)
    """The date that matters, for the calendar attachment: `on` (ISO date), `title`, perhaps `at` (HH:MM), `place`, and
    `uid` (the date's own name, where its record has several)."""
    digest = belongs_to("Notice", "digested", null=True)
    """The day's summary that carried it."""
    digest_id: int | None

    class Meta:
        table = "notices"


class Reminder(Model):
    """A rung of the ladder, told to one recipient: `rung` days before the end, 0 that day, negative after."""

    id = fields.IntField(primary_key=True)
    convention = belongs_to("Convention", "reminders", null=True)
    convention_id: int | None
    lease = belongs_to("Lease", "reminders", null=True)
    lease_id: int | None
    license = belongs_to("SanitaryLicense", "reminders", null=True)
    license_id: int | None
    rung = fields.IntField()
    unit = one_of(DayUnit, max_length=8, default=DayUnit.CALENDAR, db_default=DayUnit.CALENDAR.value)
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
