"""What the office published as the law wants: the last of each listing, the earlier ones, and which are stale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from models.clock import GUATEMALA
from models.people import User
from models.publications import Publication, PublicListing
from reads.paging import Row

FRESH_DAYS = 30
"""Calendar days that a listing stays fresh, its day of publication not counted."""

MARKS_SHOWN = 12
"""Earlier publications that are told beside a listing: the year's."""

PUBLICATION = ("id", "listing", "rows", "published_at", "published_by_id")
MARK = ("id", "listing", "published_at", "published_by_id")
"""Columns without the rows, which may be thousands."""


@dataclass(frozen=True)
class StaleListing:
    """A listing that must be published anew, and on which day it last was; None: never."""

    listing: PublicListing
    published_on: date | None

    def days(self, on: date) -> int | None:
        """Return the calendar days since it was published."""
        return (on - self.published_on).days if self.published_on else None


def day_of(published_at: datetime) -> date:
    """Return the day of a publication, in Guatemala; a listing is published once a day at most."""
    return published_at.astimezone(GUATEMALA).date()


def is_stale(published_on: date | None, on: date) -> bool:
    """Tell whether a listing that was last published on a day is stale on another."""
    return published_on is None or (on - published_on).days > FRESH_DAYS


async def stale_listings(on: date) -> list[StaleListing]:
    """Return the listings that were never published until a date, or longer than 30 calendar days before it.

    The legal office (or administration) ends it by publishing.
    """
    found = []
    for listing in PublicListing:
        until = Publication.filter(listing=listing, published_at__lt=_ended(on)).order_by("-id")
        rows = await until.limit(1).values("published_at")
        published_on = day_of(rows[0]["published_at"]) if rows else None
        if is_stale(published_on, on):
            found.append(StaleListing(listing, published_on))
    return found


async def publication_of(listing: PublicListing, on: date | None = None) -> Row | None:
    """Return the last publication of a listing with its rows, or the one of a day."""
    rows = Publication.filter(listing=listing).order_by("-id")
    if on is not None:
        rows = rows.filter(published_at__gte=_ended(on) - timedelta(days=1), published_at__lt=_ended(on))
    found = await rows.limit(1).values(*PUBLICATION)
    return found[0] if found else None


async def marks_of(listing: PublicListing) -> list[Row]:
    """Return the last publications of a listing without their rows, the last one first."""
    return await Publication.filter(listing=listing).order_by("-id").limit(MARKS_SHOWN).values(*MARK)


async def publications_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return publications by id, without their rows; what is published is no secret."""
    return {row["id"]: row for row in await Publication.filter(id__in=ids).values(*MARK)}


def _ended(day: date) -> datetime:
    """Return the instant at which a day ended, in UTC as SQLite compares it."""
    following = min(day, date.max - timedelta(days=2)) + timedelta(days=1)
    return datetime.combine(following, time(), GUATEMALA).astimezone(UTC)
