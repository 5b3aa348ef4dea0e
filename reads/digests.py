"""Who has messages that wait for the day's summary, and since when a summary is due."""

from datetime import UTC, datetime, time, timedelta

from models.clock import GUATEMALA
from models.outbox import Notice, NoticeState

HOUR = time(7)
"""When the day's summary goes out, in Guatemala."""


def last_hour(at: datetime) -> datetime:
    """Return the last instant at which summaries were due, seen from another."""
    local = at.astimezone(GUATEMALA)
    due = datetime.combine(local.date(), HOUR, GUATEMALA)
    return due if due <= local else due - timedelta(days=1)


async def waiting_for_summary(at: datetime, *, after: str = "", limit: int = 200) -> list[str]:
    """Return the next addresses, after another, with messages held since before the last hour of summaries.

    A machine that was off at that hour finds them still, and one that comes twice finds none.
    """
    # In UTC, because SQLite compares instants as the text that is stored.
    held = Notice.filter(state=NoticeState.HELD, recipient__gt=after, created_at__lt=last_hour(at).astimezone(UTC))
    rows = await held.order_by("recipient").distinct().limit(limit).values("recipient")
    return [row["recipient"] for row in rows]
