"""The ladder of reminders: how long before and after its end an agreement of each kind is told of, and to whom."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import one_of


class Instrument(StrEnum):
    """What ends and is reminded of; the value is the relation's name in Reminder and Notice."""

    CONVENTION = "convention"
    LEASE = "lease"
    LICENSE = "license"


class DayUnit(StrEnum):
    """How the days of a rung are counted."""

    CALENDAR = "CALENDAR"
    WORKING = "WORKING"


class LadderRung(Model):
    """One rung: so many days before the last day in force (negative: after it). Data of the office, not of a law."""

    id = fields.IntField(primary_key=True)
    instrument = one_of(Instrument, max_length=12)
    kind = fields.CharField(28, default="")
    """A ConventionKind or a LeaseNature with a ladder of its own; empty: all kinds that have none of their own."""
    days = fields.IntField()
    unit = one_of(DayUnit, max_length=8, default=DayUnit.CALENDAR)
    tells_municipality = fields.BooleanField(default=True)
    tells_program = fields.BooleanField(default=True)
    tells_office = fields.BooleanField(default=True)
    """Whether the coordinator of the department's sede hears of it."""
    tells_legal = fields.BooleanField(default=True)
    """Whether the head of the legal office hears of it."""
    retired_at = fields.DatetimeField(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "ladder_rungs"
        indexes = (("instrument", "kind", "days"),)
