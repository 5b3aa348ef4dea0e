"""Which addresses mail servers refuse for good."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q, Subquery

from models.clock import GUATEMALA
from models.messages import BouncedAddress, Contact
from models.people import User
from models.permissions import READS_ALL_MAIL, within
from reads.contacts import AT_A_TIME, folded_address
from reads.paging import Order, Page, Row, page


@dataclass(frozen=True)
class Mark:
    """Why and since when nothing is sent to an address."""

    id: int
    at: datetime
    reason: str


async def bounced(addresses: Collection[str]) -> dict[str, Mark]:
    """Return those of the addresses, in small letters, that are marked and not cleared."""
    found: dict[str, Mark] = {}
    every = sorted({folded_address(one) for one in addresses})
    for start in range(0, len(every), AT_A_TIME):
        marked = BouncedAddress.filter(address__in=every[start : start + AT_A_TIME], cleared_at__isnull=True)
        for row in await marked.values("id", "address", "bounced_at", "reason"):
            found[row["address"]] = Mark(row["id"], row["bounced_at"].astimezone(GUATEMALA), row["reason"])
    return found


async def marks_by_address(addresses: Sequence[str], actor: User) -> dict[str, Mark]:
    """Return the same by the addresses as they were given, for the records that are in reach already."""
    found = await bounced(addresses)
    return {one: found[folded_address(one)] for one in addresses if folded_address(one) in found}


BOUNCE = ("id", "address", "bounced_at", "reason", "cleared_at")


def _within(actor: User) -> Q:
    """Marks on any address for those who read all mail; for others the one on their own, and on their contacts'."""
    if actor.role in READS_ALL_MAIL:
        return Q()
    contacts = Contact.filter(within(Contact, actor)).values("email")
    return Q(Q(address=actor.email), Q(address__in=Subquery(contacts)), join_type="OR")


async def bounce_page(actor: User, *, marked: bool | None, first: int, after: str | None) -> Page:
    """Return a page of the addresses that were marked, the last ones first."""
    rows = BouncedAddress.filter(_within(actor))
    if marked is not None:
        rows = rows.filter(cleared_at__isnull=marked)
    return await page(rows, BOUNCE, Order("id", descending=True), first=first, after=after)


async def bounces_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the marks in reach among these, cleared ones too."""
    rows = BouncedAddress.filter(_within(actor), id__in=ids)
    return {row["id"]: row for row in await rows.values(*BOUNCE)}
