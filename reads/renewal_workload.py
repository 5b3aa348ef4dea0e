"""The year's renewals as work to come: how many end in each month, how many are asked for, and who would get them.

A renewal that is asked for is of the lawyer who has its file. The others are dealt out in the order of their ends by
the rule by which the engine proposes a lawyer, each counting as one file more: that shows how the work would spread,
and decides nothing. It is the same for everybody who looks, whatever part of it she or he reaches.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from tortoise.expressions import Subquery

from models.clock import today
from models.months import last_of_month, months_later
from models.people import Role, User
from models.places import ProgramCode
from models.reviews import OPEN_STAGES, LegalReview, ReviewMatter, ReviewStage
from reads.ladders import ladders
from reads.leases import matter_of
from reads.matters import matter_of_convention
from reads.paging import Row
from reads.proposals import best_of, known_matters
from reads.renewal_start import renewal_starts
from reads.renewals_due import (
    CONVENTIONS,
    KINDS,
    LEASES,
    DueKind,
    DueQuery,
    Key,
    count_due,
    every_due,
    pending_followers,
)
from reads.reviews import loads_by_lawyer

MOST_MONTHS = 24
"""Months that can be planned at once."""

_COLUMNS = {"Convention": ("kind", "program"), "Lease": ("nature", "form")}


@dataclass(frozen=True)
class Ending:
    """An agreement that ends and nobody has renewed: until when, from when its renewal has to run, and whose it is."""

    kind: DueKind
    id: int
    ends_on: date
    starts_by: date
    pending: bool
    """Whether its renewal is asked for."""
    lawyer_id: int | None
    """Who has its file, or would get it; None for nobody yet."""

    @property
    def key(self) -> Key:
        """Its kind's name and id."""
        return self.kind.name, self.id


@dataclass
class Share:
    """What of a month is one lawyer's: all of it, and what of it is asked for."""

    lawyer_id: int | None
    count: int = 0
    pending: int = 0


@dataclass
class MonthLoad:
    """What ends in a month."""

    month: date
    """Its first day."""
    total: int = 0
    pending: int = 0
    """Renewals asked for and not signed yet."""
    late: int = 0
    """Renewals that nobody has asked for though they should have begun by now."""
    start_by: date | None = None
    """The day on which the first of those that nobody has asked for has to begin; None when all are asked for."""
    by_kind: Counter[str] = field(default_factory=Counter)
    """How many of each kind, by its name."""
    shares: list[Share] = field(default_factory=list)
    """Whose they are, by lawyer; what is nobody's last."""


@dataclass(frozen=True)
class Workload:
    """The renewals of some months within reach, and what had ended before the first of them without a renewal."""

    on: date
    months: list[MonthLoad]
    overdue: int
    overdue_pending: int

    @property
    def total(self) -> int:
        """How many end in these months."""
        return sum(one.total for one in self.months)


@dataclass(frozen=True)
class Scope:
    """What of the renewals in reach is planned; what is empty does not narrow."""

    program: ProgramCode | None = None
    department_code: str | None = None


async def renewal_workload(
    actor: User, *, on: date, since: date | None = None, months: int = 12, scope: Scope | None = None
) -> Workload:
    """Return the work of so many months from the month of `since` on (default: that of the date), as of a date."""
    scope = scope or Scope()
    first = (since or on).replace(day=1)
    firsts = [months_later(first, n) for n in range(months)]
    until = last_of_month(firsts[-1])
    begins = _planned_since(on)
    query = DueQuery(until=until, since=first, program=scope.program, department_code=scope.department_code)
    reached = {(kind.name, row["id"]) for kind, row in await every_due(actor, query, on=on, columns={})}
    loads = {month: MonthLoad(month) for month in firsts}
    shares: dict[date, dict[int | None, Share]] = defaultdict(dict)
    for one in await endings(on=on, since=min(first, begins), until=until):
        if one.key in reached:
            month = one.ends_on.replace(day=1)
            _add(loads[month], shares[month], one, on)
    for month, load in loads.items():
        load.shares = sorted(shares[month].values(), key=lambda one: (one.lawyer_id is None, one.lawyer_id or 0))
    eve = first - timedelta(days=1) if first > date.min else date.min
    before = DueQuery(until=eve, program=scope.program, department_code=scope.department_code)
    overdue = await count_due(actor, before, on=on)
    return Workload(on, list(loads.values()), overdue, await count_due(actor, replace(before, pending=True), on=on))


def _add(load: MonthLoad, shares: dict[int | None, Share], one: Ending, on: date) -> None:
    share = shares.setdefault(one.lawyer_id, Share(one.lawyer_id))
    load.total += 1
    load.by_kind[one.kind.name] += 1
    share.count += 1
    if one.pending:
        load.pending += 1
        share.pending += 1
        return
    load.late += one.starts_by <= on
    load.start_by = min(load.start_by or one.starts_by, one.starts_by)


async def endings(*, on: date, since: date, until: date) -> list[Ending]:
    """Return everything that ends between two days and nobody had renewed on a date, in the order of the ends.

    Of what ended before the month of the date nothing is dealt out, so whose an agreement is depends neither on the
    days asked for nor on who asks. Nor is anything on a date that is over: who had room then is not on record.
    """
    everybody = User(role=Role.SYSTEM)
    begins = _planned_since(on)
    rows = await every_due(everybody, DueQuery(until=until, since=min(since, begins)), on=on, columns=_COLUMNS)
    asked = await _pending_files(on)
    known = await ladders()
    dealt = await _dealt(
        [(kind, row) for kind, row in rows if (kind.name, row["id"]) not in asked and row["ends_on"] >= begins],
        everybody,
        on,
    )
    found = []
    for kind, row in rows:
        key = (kind.name, row["id"])
        own = row.get("nature") or row.get("kind") or ""
        starts_by = renewal_starts(known, kind.instrument, own, row["ends_on"])
        lawyer = asked[key] if key in asked else dealt.get(key)
        found.append(Ending(kind, row["id"], row["ends_on"], starts_by, key in asked, lawyer))
    return [one for one in found if one.ends_on >= since]


async def keys_of_lawyer(lawyer_id: int | None, *, on: date, since: date | None, until: date) -> list[Key]:
    """Return what of the renewals between two days is a lawyer's, or nobody's."""
    every = await endings(on=on, since=max(since or date.min, _planned_since(on)), until=until)
    return [one.key for one in every if one.lawyer_id == lawyer_id]


async def _pending_files(on: date) -> dict[Key, int | None]:
    """Return the agreements whose renewal was asked for by a date, with the lawyer who has or is to have its file."""
    found: dict[Key, int | None] = {}
    for kind in KINDS:
        followers = pending_followers(kind, on=on)
        renewed = {row["id"]: row["renews_id"] for row in await followers.values("id", "renews_id")}
        link = f"{kind.instrument.value}_id"
        files = LegalReview.filter(**{f"{link}__in": Subquery(followers.values("id"))})
        if on >= today():
            files = files.filter(stage__in=OPEN_STAGES)
        files = files.exclude(stage=ReviewStage.WITHDRAWN).order_by("id")
        whose = {row[link]: row for row in await files.values(link, "assignee_id", "proposed_lawyer_id")}
        for key, old in renewed.items():
            file = whose.get(key, {})
            found[kind.name, old] = file.get("assignee_id") or file.get("proposed_lawyer_id")
    return found


async def _dealt(rows: Sequence[tuple[DueKind, Row]], everybody: User, on: date) -> dict[Key, int]:
    """Deal the renewals that nobody has asked for out among the lawyers, in their order; to nobody without lawyers."""
    lawyers = [row["id"] for row in await User.filter(role=Role.LEGAL, active=True).values("id")]
    if not lawyers or not rows or on < today():
        return {}
    matters = {(kind.name, row["id"]): _matter(kind, row) for kind, row in rows}
    loads = {one: load.open for one, load in (await loads_by_lawyer(lawyers, everybody, on=on)).items()}
    pairs = [(lawyer, matter) for lawyer in lawyers for matter in sorted(set(matters.values()))]
    known: dict[Any, int] = await known_matters(pairs, everybody, on=on)
    dealt: dict[Key, int] = {}
    for key, matter in matters.items():
        lawyer = best_of(loads, known, matter)
        dealt[key] = lawyer
        loads[lawyer] += 1
        known[lawyer, matter] += 1
    return dealt


def _matter(kind: DueKind, row: Row) -> ReviewMatter:
    if kind is CONVENTIONS:
        return matter_of_convention(row["kind"], row["program"])
    return matter_of(row["nature"], row["form"]) if kind is LEASES else ReviewMatter.SANITARY_LICENSE


def _planned_since(on: date) -> date:
    return on.replace(day=1)
