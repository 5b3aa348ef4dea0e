"""What ends soon or has ended without a renewal, of every kind in one list, as of any date and page by page."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tortoise.expressions import Q, RawSQL, Subquery

from models.agreements import PERFECTED, Agreement, AgreementStage, Convention, Lease, SanitaryLicense
from models.clock import today
from models.ladders import Instrument
from models.people import User
from models.permissions import within
from models.places import ProgramCode
from models.reviews import LegalReview, ReviewStage
from models.signing import Signature
from reads.agreement_history import agreements_past
from reads.agreements import CONVENTION, LEASE, LICENSE
from reads.matching import exactly
from reads.paging import Row, check_size, cursor_of, place_of, row_key
from reads.parties import further_with
from reads.reviews import REVIEW


@dataclass(frozen=True)
class DueKind:
    """One kind of what ends: its name in the list, and where its columns stand."""

    name: str
    model: type[Agreement]
    instrument: Instrument
    columns: tuple[str, ...]
    of_place: str = ""
    """The way to what has a program and a municipality."""


CONVENTIONS = DueKind("Convention", Convention, Instrument.CONVENTION, CONVENTION)
LEASES = DueKind("Lease", Lease, Instrument.LEASE, LEASE)
LICENSES = DueKind(
    "SanitaryLicense", SanitaryLicense, Instrument.LICENSE, (*LICENSE, "center__municipality_id"), "center__"
)
KINDS = (CONVENTIONS, LEASES, LICENSES)
"""All kinds, by their names: so they stand in the list where they end on the same day."""

Key = tuple[str, int]
"""Kind's name and id."""

Columns = Mapping[str, Sequence[str]]
"""Columns by a kind's name."""


@dataclass(frozen=True)
class DueQuery:
    """What is wanted of the list; what is empty does not narrow."""

    until: date
    """The last end that counts."""
    since: date | None = None
    program: ProgramCode | None = None
    department_code: str | None = None
    instrument: Instrument | None = None
    pending: bool | None = None
    """Whether a renewal is asked for and not signed yet."""
    only: Collection[Key] | None = None


@dataclass(frozen=True)
class DuePage:
    """Some of the list, each with its kind's name, whether there are more, and the queries that count all."""

    rows: list[tuple[str, Row]]
    has_next: bool
    parts: tuple["_Part", ...]

    async def count(self) -> int:
        """Return how many the whole list has."""
        return await _count(self.parts)


@dataclass(frozen=True)
class _Part:
    """The list of one kind: the query, and those whose end was another one then, which the query leaves out."""

    kind: DueKind
    rows: Any
    extended: list[Row]


async def _count(parts: Iterable[_Part]) -> int:
    total = 0
    for part in parts:
        total += len(part.extended) + await part.rows.count()
    return total


async def count_due(actor: User, query: DueQuery, *, on: date) -> int:
    """Return how many agreements the list has."""
    return await _count([await _part(kind, actor, query, on, ("id", "ends_on")) for kind in KINDS])


def cursor(kind: str, row: Row) -> str:
    """Return the opaque mark of a place in the list; it holds even when what stood there is due no more."""
    return cursor_of(row["ends_on"].isoformat(), kind, row["id"])


def _place(day: Any, kind: Any, key: Any) -> tuple[date, str, int]:
    if not isinstance(day, str) or kind not in [one.name for one in KINDS]:
        raise ValueError
    return date.fromisoformat(day), kind, row_key(key)


async def renewals_due(actor: User, query: DueQuery, *, on: date, first: int, after: str | None) -> DuePage:
    """Return a page of the agreements in reach that end by a day and nobody had renewed on a date, first to end first.

    One that a signed agreement follows is not due; asked of a date that is over, one that was signed by then. An end
    that was extended later is the one that it had.
    """
    check_size(first)
    place = place_of(after, _place) if after else None
    parts = tuple(
        [
            await _part(kind, actor, query, on, kind.columns)
            for kind in KINDS
            if query.instrument in (None, kind.instrument)
        ]
    )
    found: list[tuple[date, str, int, Row]] = []
    for part in parts:
        name = part.kind.name
        rows = part.rows.filter(_beyond(place, name)) if place else part.rows
        read = await rows.order_by("ends_on", "id").limit(first + 1).values(*part.kind.columns)
        later = [row for row in part.extended if place is None or (row["ends_on"], name, row["id"]) > place]
        found += [(row["ends_on"], name, row["id"], row) for row in (*read, *later)]
    found.sort(key=lambda one: one[:3])
    return DuePage([(name, row) for _, name, _, row in found[:first]], len(found) > first, parts)


def _beyond(place: tuple[date, str, int], name: str) -> Q:
    day, kind, key = place
    if name == kind:
        return Q(ends_on__gt=day) | Q(ends_on=day, id__gt=key)
    return Q(ends_on__gte=day) if name > kind else Q(ends_on__gt=day)


async def every_due(actor: User, query: DueQuery, *, on: date, columns: Columns) -> list[tuple[DueKind, Row]]:
    """Return the whole list in its order, with some columns of each kind; «id» and «ends_on» come besides."""
    found: list[tuple[DueKind, Row]] = []
    for kind in KINDS:
        wanted = ("id", "ends_on", *columns.get(kind.name, ()))
        part = await _part(kind, actor, query, on, wanted)
        found += [(kind, row) for row in (*await part.rows.values(*wanted), *part.extended)]
    return sorted(found, key=lambda one: (one[1]["ends_on"], one[0].name, one[1]["id"]))


async def _part(kind: DueKind, actor: User, query: DueQuery, on: date, columns: Sequence[str]) -> _Part:
    past = await agreements_past(kind.model, on=on)
    wanted = Q(within(kind.model, actor), unrenewed(kind, on=on), narrowed(kind, query))
    if query.pending is not None:
        asked = Q(id__in=Subquery(pending_followers(kind, on=on).values("renews_id")))
        wanted &= asked if query.pending else ~asked
    ends = Q(ends_on__lte=query.until) & (Q(ends_on__gte=query.since) if query.since else Q())
    if not past.changed:
        return _Part(kind, kind.model.filter(wanted, ends), [])
    rows = kind.model.filter(wanted, ends).exclude(id__in=list(past.changed))
    ended = {key: then["ends_on"] for key, then in past.changed.items() if then["ends_on"]}
    then = await kind.model.filter(wanted, id__in=list(ended)).values(*columns)
    extended = [row | {"ends_on": ended[row["id"]]} for row in then]
    since = query.since or date.min
    return _Part(kind, rows, [row for row in extended if since <= row["ends_on"] <= query.until])


def narrowed(kind: DueKind, query: DueQuery) -> Q:
    """Return the filter of the programs, places and rows that a question names."""
    found = Q()
    if query.program:
        found &= Q(**{f"{kind.of_place}program": query.program})
    if query.department_code:
        path = f"{kind.of_place}municipality__department_id"
        there = exactly(kind.model, path, query.department_code)
        if kind is CONVENTIONS:
            there |= Q(id__in=further_with("municipality__department_id", query.department_code))
        found &= there
    if query.only is not None:
        found &= Q(id__in=[key for name, key in query.only if name == kind.name])
    return found


def unrenewed(kind: DueKind, *, on: date) -> Q:
    """Return the filter of the agreements that were signed, had not ended early, and that no signed one followed."""
    running = Q(Q(terminated_on__isnull=True) | Q(terminated_on__gt=on))
    signed = _signed(kind, on)
    following = kind.model.filter(signed, running, renews_id__isnull=False)
    alone = ~Q(id__in=Subquery(following.values("renews_id")))
    if kind is LICENSES:
        alone &= ~Q(id__in=_with_a_later_one(on))
    return signed & running & alone


def _signed(kind: DueKind, on: date) -> Q:
    """Return the filter of what all its parties had signed on a date."""
    if on >= today():
        return Q(stage=AgreementStage.SIGNED)
    begun = Q(stage__in=PERFECTED, starts_on__lte=on)
    if kind is LICENSES:
        return begun
    link = f"{kind.instrument.value}_id"
    present: dict[str, Any] = {f"{link}__isnull": False}
    later = ~Q(id__in=Subquery(Signature.filter(signed_on__gt=on, **present).values(link)))
    ahead = Q(stage__in=PERFECTED, id__in=Subquery(Signature.filter(signed_on__lte=on, **present).values(link)))
    return Q(begun | ahead, later)


def pending_followers(kind: DueKind, *, on: date) -> Any:
    """Return the query of the renewals that had been asked for on a date and not been signed."""
    rows = kind.model.filter(renews_id__isnull=False)
    if on >= today():
        return rows.exclude(stage__in=(*PERFECTED, AgreementStage.WITHDRAWN))
    asked = rows.filter(requested_on__lte=on).exclude(stage=AgreementStage.WITHDRAWN)
    return asked.filter(~_signed(kind, on))


async def pending_then(keys: Sequence[Key], actor: User, *, on: date) -> dict[Key, Row]:
    """Return, of these agreements, the file of the renewal that had been asked for on a date and was not signed."""
    found: dict[Key, Row] = {}
    for kind in KINDS:
        ids = [key for name, key in keys if name == kind.name]
        if not ids:
            continue
        followers = pending_followers(kind, on=on).filter(renews_id__in=ids)
        renewed = {row["id"]: row["renews_id"] for row in await followers.values("id", "renews_id")}
        link = f"{kind.instrument.value}_id"
        files = LegalReview.filter(within(LegalReview, actor), **{f"{link}__in": list(renewed)})
        for row in await files.exclude(stage=ReviewStage.WITHDRAWN).order_by("id").values(*REVIEW):
            found[kind.name, renewed[row[link]]] = row
    return found


def _with_a_later_one(on: date) -> RawSQL:
    """Return the licenses of whose center another one ends later: that is their renewal, linked or not.

    Written out because the ORM cannot join a table with itself; the date is ours, not typed.
    """
    recorded = "later.stage = 'SIGNED'"
    if on < today():
        recorded = f"later.stage IN ('SIGNED', 'TERMINATED') AND later.starts_on <= '{on.isoformat()}'"
    return RawSQL(
        "(SELECT one.id FROM sanitary_licenses one JOIN sanitary_licenses later ON later.center_id = one.center_id"
        " AND (later.ends_on > one.ends_on OR (later.ends_on = one.ends_on AND later.id > one.id))"
        f" WHERE {recorded})"
    )
