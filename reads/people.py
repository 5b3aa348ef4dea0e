"""Who is behind a session or a token, and whom a matter is told to."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from models.clock import now
from models.people import ApiToken, Role, Session, User
from models.reviews import LegalReview
from reads.contacts import contacts_of
from reads.parties import institutions_of, towns_of

IDLE = timedelta(minutes=30)
"""A session that rests this long is over."""
ABSOLUTE = timedelta(hours=12)
"""No session lives longer than this."""

People = list[tuple[str, str]]
"""Addresses and names."""


def token_hash(token: str) -> str:
    """Return what is stored of a session id or API token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


async def session_by_token(token: str) -> Session | None:
    """Return the living session with this id, its person loaded; None when altered, idle, old or revoked."""
    session = await Session.get_or_none(token_hash=token_hash(token), revoked_at=None).select_related("user")
    if session is None or not session.user.active:
        return None
    instant = now()
    if instant - session.last_seen_at > IDLE or instant - session.created_at > ABSOLUTE:
        return None
    return session


async def api_token(token: str) -> ApiToken | None:
    """Return the living API token, its person loaded; None when altered, expired or revoked."""
    found = await ApiToken.get_or_none(token_hash=token_hash(token), revoked_at=None).select_related("user")
    if found is None or not found.user.active or found.expires_at <= now():
        return None
    return found


async def people_by_id(ids: Sequence[int], actor: User) -> dict[int, dict[str, Any]]:
    """Return id, name, role and position of people by id; names of those who act are no secret inside the system."""
    return {row["id"]: row for row in await User.filter(id__in=ids).values("id", "name", "role", "position")}


async def viewers_by_id(ids: Sequence[int], actor: User) -> dict[int, dict[str, Any]]:
    """Return the person who asks if among these, with what only she or he is shown of an account."""
    columns = ("id", "name", "role", "position", "email", "program", "municipality_id", "department_id")
    own = User.filter(id=actor.id) if actor.id in ids else User.filter(id__in=[])
    return {row["id"]: row for row in await own.values(*columns)}


async def lawyers() -> list[User]:
    """Return the lawyers who can be given a file, by name."""
    return await User.filter(role__in=(Role.LEGAL, Role.LEGAL_HEAD), active=True).order_by("name")


async def told(
    *,
    municipality: str | None = None,
    convention: int | None = None,
    program: str | None = None,
    roles: Iterable[Role] = (),
    ids: Iterable[int] = (),
) -> People:
    """Return addresses and names: a municipality's people, those of all municipal parties of a convention, the
    program's directors, whole roles, single people. With the municipalities and the institutions that are parties
    come those who hear of their agreements without an account; an address that has one is told once, by its account.
    """
    towns = {*([municipality] if municipality else []), *await towns_of(convention)}
    found = dict(await contacts_of(towns, await institutions_of(convention)))
    if towns:
        rows = await User.filter(role=Role.MUNICIPAL, municipality_id__in=towns, active=True)
        found.update({person.email: person.name for person in rows})
    if program:
        rows = await User.filter(role=Role.DIRECTOR, program=program, active=True)
        found.update({person.email: person.name for person in rows})
    chosen = list(roles)
    if chosen:
        found.update({person.email: person.name for person in await User.filter(role__in=chosen, active=True)})
    single = [one for one in ids if one]
    if single:
        # The engine acts and issues too, and reads no mail.
        people = User.filter(id__in=single, active=True).exclude(role=Role.SYSTEM)
        found.update({person.email: person.name for person in await people})
    return sorted(found.items())


def asking(review: LegalReview) -> list[int]:
    """Return who asked, for files of premises and licenses: a sede hears of its file as nobody else of it would."""
    return [review.requested_by_id] if review.lease_id or review.license_id else []


async def told_of(review: LegalReview, *, also: Iterable[int | None] = ()) -> People:
    """Return who hears what became of a file: its town, its convention's parties, its program, who asked for premises.

    `also` are single people besides.
    """
    return await told(
        municipality=review.municipality_id,
        convention=review.convention_id,
        program=review.program,
        ids=[*asking(review), *(one for one in also if one)],
    )


async def demo_people_exist() -> bool:
    """Tell whether the database holds demo people, who all share one known password."""
    return await User.filter(email__endswith="@demo.example", active=True).exists()
