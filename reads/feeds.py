"""Calendars by address: whose they are, which one a secret opens, and lists of them. The secret itself is not kept."""

from collections.abc import Sequence

from models.audit import Verb
from models.feeds import CalendarFeed
from models.people import User
from models.permissions import may, within
from reads.paging import Order, Page, Row, page
from reads.people import token_hash

FEED = ("id", "owner_id", "scope", "municipality_id", "program", "created_at", "last_read_at", "revoked_at")

SECRET_LETTERS = 43
"""Letters of a secret: 256 bits in base64 without padding."""


async def feed_page(actor: User, *, everybodys: bool, live: bool | None, first: int, after: str | None) -> Page:
    """Return a page of calendars, the newest first: one's own, or with `everybodys` all that a person sees.

    `live` keeps those that can be read (True) or the revoked ones (False).
    """
    rows = CalendarFeed.filter(within(CalendarFeed, actor))
    if not everybodys:
        rows = rows.filter(owner_id=actor.id)
    if live is not None:
        rows = rows.filter(revoked_at__isnull=live)
    return await page(rows, FEED, Order("created_at", descending=True), first=first, after=after)


async def feeds_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the calendars among these that a person sees."""
    rows = CalendarFeed.filter(within(CalendarFeed, actor), id__in=ids)
    return {row["id"]: row for row in await rows.values(*FEED)}


async def feed_by_secret(secret: str) -> CalendarFeed | None:
    """Return the calendar that a secret opens, its owner loaded.

    None for an unknown or revoked one, and when its owner has left or may keep calendars no more: all alike.
    """
    if len(secret) != SECRET_LETTERS:
        return None
    found = await CalendarFeed.get_or_none(token_hash=token_hash(secret), revoked_at=None).select_related("owner")
    return found if found and may(found.owner, Verb.CREATE_FEED) else None
