"""Calendars by address: made with a secret that is shown once, and revoked."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from actions.audited import audited, reachable
from actions.refusals import Checks, NotAllowedNow, NotFound
from models.audit import Verb
from models.clock import now
from models.feeds import CalendarFeed, FeedScope
from models.people import Role, User
from models.places import Municipality, ProgramCode
from reads.people import token_hash
from reads.places import municipalities_meant, unclear_place
from settings import settings

MOST_FEEDS = 10
"""Calendars that one person may have at once, revoked ones left out."""

NOTED_EVERY = timedelta(hours=1)
"""How exactly it is noted when a calendar was last read: programs read it day and night."""


@dataclass(frozen=True)
class FeedInput:
    """Whose dates a calendar is to hold; the municipality as it is typed, by code or name."""

    scope: FeedScope
    municipality: str = ""
    program: ProgramCode | None = None


@dataclass(frozen=True)
class Addressed:
    """A calendar and its address: this is the only time that it is known."""

    feed: CalendarFeed
    address: str = field(repr=False)


async def create_feed(*, actor: User, given: FeedInput) -> Addressed:
    """Make a calendar of the dates in reach: all of them, or those of a municipality or a program.

    Refuses a place or program out of reach, and more than MOST_FEEDS at once.
    """
    checks = Checks()
    town = await _town(checks, actor, given)
    _program(checks, actor, given)
    checks.done()
    secret = secrets.token_urlsafe(32)
    async with audited(Verb.CREATE_FEED, actor=actor) as entry:
        if await CalendarFeed.filter(owner_id=actor.id, revoked_at=None).count() >= MOST_FEEDS:
            raise NotAllowedNow(f"Ya tiene {MOST_FEEDS} calendarios: revoque uno que ya no use.")
        feed = await entry.create(
            CalendarFeed,
            owner_id=actor.id,
            scope=given.scope,
            municipality_id=town.code if town else None,
            program=given.program,
            token_hash=token_hash(secret),
            created_at=entry.at,
        )
        entry.changes = [one for one in entry.changes if one["field"] != "token_hash"]
        whose = (
            f"de la Municipalidad de {town.name}" if town else "de un programa" if given.program else "de su alcance"
        )
        entry.about(feed, f"{actor.name} creó un calendario por dirección con las fechas {whose}.")
        return Addressed(entry.answers(feed), feed_address(secret))


def feed_address(secret: str) -> str:
    """Return the address at which a calendar is read."""
    return f"{settings().address()}/calendarios/{secret}.ics"


async def revoke_feed(*, actor: User, feed_id: int) -> CalendarFeed:
    """End a calendar: its address opens nothing from now on. Administrators may end anybody's."""
    async with audited(Verb.REVOKE_FEED, actor=actor) as entry:
        feed = await reachable(CalendarFeed, feed_id, actor, path="feedId")
        if feed.revoked_at is not None:
            raise NotAllowedNow("Ese calendario ya está revocado.")
        await entry.change(feed, revoked_at=entry.at)
        owner = await User.get(id=feed.owner_id)
        whose = "un calendario suyo" if owner.id == actor.id else f"un calendario de {owner.name}"
        entry.about(feed, f"{actor.name} revocó {whose}: su dirección ya no abre nada.")
        return entry.answers(feed)


async def note_feed_read(feed: CalendarFeed) -> None:
    """Note that a calendar was read, at most once an hour; no deed of a person, so it is not in the audit chain."""
    at = now()
    if feed.last_read_at is None or at - feed.last_read_at > NOTED_EVERY:
        await CalendarFeed.filter(id=feed.id).update(last_read_at=at)


async def _town(checks: Checks, actor: User, given: FeedInput) -> Municipality | None:
    path = "municipalityCode"
    typed = checks.text(given.municipality, path, label="el municipio", most=120, required=False)
    if given.scope != FeedScope.MUNICIPALITY:
        checks.that(not typed, path, "Deje vacío el municipio, o elija un calendario de una municipalidad.")
        return None
    if not typed and actor.role == Role.MUNICIPAL:
        typed = actor.municipality_id or ""
    if not checks.that(typed, path, "Escriba el municipio: su nombre o su código.") or checks.problems:
        return None
    found = await municipalities_meant(typed)
    if not checks.that(len(found) == 1, path, unclear_place(typed, found)):
        return None
    [town] = found
    if actor.role == Role.MUNICIPAL and town.code != actor.municipality_id:
        raise NotFound("ese municipio a su alcance", path)
    if actor.role == Role.COORDINATOR and town.department_id != actor.department_id:
        raise NotFound("ese municipio a su alcance", path)
    return town


def _program(checks: Checks, actor: User, given: FeedInput) -> None:
    if given.scope != FeedScope.PROGRAM:
        checks.that(given.program is None, "program", "Deje vacío el programa, o elija un calendario de un programa.")
        return
    if not checks.that(given.program, "program", "Elija el programa."):
        return
    if actor.role == Role.DIRECTOR and given.program != actor.program:
        raise NotFound("ese programa a su alcance", "program")
