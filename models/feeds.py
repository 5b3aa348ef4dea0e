"""Calendars that a person reads in her own program by a secret address that can be revoked."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import belongs_to, one_of
from models.places import ProgramCode


class FeedScope(StrEnum):
    """Whose dates a calendar holds."""

    PERSON = "PERSON"
    MUNICIPALITY = "MUNICIPALITY"
    PROGRAM = "PROGRAM"


class CalendarFeed(Model):
    """A calendar by address. Whoever holds the address reads what its owner would, as long as the owner would."""

    id = fields.IntField(primary_key=True)
    owner = belongs_to("User", "feeds")
    owner_id: int
    scope = one_of(FeedScope, max_length=14)
    municipality = belongs_to("Municipality", "feeds", null=True)
    municipality_id: str | None
    program: ProgramCode | None = one_of(ProgramCode, max_length=20, null=True)
    token_hash = fields.CharField(64, unique=True)
    """Hash of the secret in the address, which is shown once."""
    created_at = fields.DatetimeField()
    last_read_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "calendar_feeds"
        indexes = (("owner_id", "id"),)
