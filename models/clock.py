"""The one clock: now and today in America/Guatemala. Pages, actions and flows ask here, once per piece of work."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from settings import settings

GUATEMALA = ZoneInfo("America/Guatemala")


def now() -> datetime:
    """Return this instant in Guatemala; its date is the one that CONVENIOS_TODAY fixes, when it does."""
    instant = datetime.now(GUATEMALA)
    fixed = settings().today
    return datetime.combine(fixed, instant.timetz()) if fixed else instant


def today() -> date:
    """Return today's date in Guatemala, or the date that CONVENIOS_TODAY fixes."""
    return now().date()


def instant() -> datetime:
    """Return this very instant in UTC, never fixed, for measuring waits: a fixed `now` runs backwards at midnight."""
    return datetime.now(UTC)
