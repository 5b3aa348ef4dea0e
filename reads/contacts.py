"""People without an account who hear of agreements by mail: who is told, who asked to be left alone, and lists."""

from collections.abc import Collection, Sequence

from tortoise.expressions import Q

from models.messages import Contact
from models.people import User
from models.permissions import within
from reads.matching import LONGEST_SEARCH
from reads.paging import Order, Page, Row, page

AT_A_TIME = 500
"""Addresses in one statement: SQLite takes a limited number of values."""

CONTACT = (
    "id", "email", "name", "position", "municipality_id", "institution_id", "created_at", "created_by_id",
    "stopped_at", "version",
)  # fmt: skip


def folded_address(address: str) -> str:
    """Return an address as addresses are compared: mail programs change its capitals."""
    return address.strip().lower()


async def contacts_of(towns: Collection[str] = (), institutions: Collection[int] = ()) -> list[tuple[str, str]]:
    """Return addresses and names of those who hear of the agreements of these municipalities and institutions."""
    if not towns and not institutions:
        return []
    theirs = Q(municipality_id__in=list(towns)) | Q(institution_id__in=list(institutions))
    rows = Contact.filter(theirs, stopped_at__isnull=True).order_by("id")
    return list({row["email"]: row["name"] for row in await rows.values("email", "name")}.items())


async def _of_addresses(addresses: Collection[str]) -> dict[str, list[Row]]:
    """Return the contacts of each of these addresses; none of those whose owners have an account."""
    found: dict[str, list[Row]] = {}
    every = sorted({folded_address(one) for one in addresses})
    for start in range(0, len(every), AT_A_TIME):
        some = every[start : start + AT_A_TIME]
        rows = await Contact.filter(email__in=some).order_by("id").values("email", "stop_code", "stopped_at")
        if not rows:
            continue
        known = await User.filter(email__in=[row["email"] for row in rows], active=True).values_list("email", flat=True)
        for row in rows:
            if row["email"] not in known:
                found.setdefault(row["email"], []).append(row)
    return found


async def stop_codes(addresses: Collection[str]) -> dict[str, str]:
    """Return, for those of the addresses that are a contact's, the code with which she or he stops the messages."""
    theirs = await _of_addresses(addresses)
    living = {address: [row for row in rows if not row["stopped_at"]] for address, rows in theirs.items()}
    return {address: rows[0]["stop_code"] for address, rows in living.items() if rows}


async def stopped_addresses(addresses: Collection[str]) -> set[str]:
    """Return those of the addresses whose owners, without an account, asked not to be written to any more."""
    theirs = await _of_addresses(addresses)
    return {address for address, rows in theirs.items() if all(row["stopped_at"] for row in rows)}


async def contact_page(
    actor: User, *, municipality: str | None, search: str | None, stopped: bool | None, first: int, after: str | None
) -> Page:
    """Return a page of the contacts that a person may see, by name."""
    rows = Contact.filter(within(Contact, actor))
    if municipality is not None:
        rows = rows.filter(municipality_id=municipality)
    if stopped is not None:
        rows = rows.filter(stopped_at__isnull=not stopped)
    if text := (search or "").strip()[:LONGEST_SEARCH]:
        rows = rows.filter(Q(name__icontains=text) | Q(email__icontains=text))
    return await page(rows, CONTACT, Order("name"), first=first, after=after)


async def contacts_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the contacts among these that a person may see."""
    rows = Contact.filter(within(Contact, actor), id__in=ids)
    return {row["id"]: row for row in await rows.values(*CONTACT)}
