"""By what right centers use their premises as of a date: what is in force, else what expired last, else nothing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tortoise.expressions import Q
from tortoise.functions import Max

from models.agreements import (
    Agreement,
    Convention,
    Lease,
    LeaseNature,
    Standing,
    last_in_force,
    live_is,
    standing,
    standing_is,
)
from models.centers import Center, TenureBasis
from models.clock import today
from models.people import User
from models.permissions import SEES_ALL, within
from reads.agreement_history import agreements_past
from reads.center_history import centers_on
from reads.paging import Row

LIVE = (Standing.IN_FORCE, Standing.EXPIRING)

FEW = 500
"""Centers up to which a question names them; for more it asks of all and leaves the others aside."""

_TERM = ("id", "number", "program", "stage", "starts_on", "ends_on", "terminated_on", "municipality_id", "renews_id")
CONVENTION_TERM = (*_TERM, "institution_id")
"""Columns of a convention that say whether it is in force, and whose it is."""
LEASE_TERM = (*_TERM, "nature", "center_id")
"""The same of a lease or assignment."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """A signed agreement that covers a center, and whether the person who asks may see it."""

    kind: str
    """«Convention» or «Lease»."""
    row: Row
    shown: bool

    @property
    def basis(self) -> TenureBasis:
        """What it gives the center."""
        if self.kind == "Convention":
            return TenureBasis.CONVENTION
        assigned = self.row["nature"] == LeaseNature.PROPERTY_ASSIGNMENT
        return TenureBasis.PROPERTY_ASSIGNMENT if assigned else TenureBasis.LEASE

    @property
    def ends_on(self) -> date | None:
        """The last day in force, an early termination counted in."""
        return last_in_force(self.row["ends_on"], self.row["terminated_on"])

    def standing(self, on: date) -> Standing:
        """Say where it stands on a date."""
        row = self.row
        return standing(row["stage"], row["starts_on"], row["ends_on"], row["terminated_on"], on=on)


@dataclass(slots=True)
class Footing:
    """What covers a center on a date: every instrument in force; when nothing does, the one that expired last."""

    live: list[Instrument] = field(default_factory=list)
    expired: Instrument | None = None
    premises: TenureBasis | None = None
    """Own building or assignment that stands in the center's own record."""

    @property
    def chosen(self) -> Instrument | None:
        """The instrument that the center stands on: what a person may see first, then what ends last."""
        if self.live:
            return max(self.live, key=_rank)
        return None if self.premises else self.expired

    @property
    def basis(self) -> TenureBasis:
        """By what right the center uses its premises."""
        chosen = self.chosen
        return chosen.basis if chosen else TenureBasis(self.premises or TenureBasis.NONE_ON_RECORD)


def _rank(one: Instrument) -> tuple[bool, date, int]:
    return one.shown, one.ends_on or date.max, one.row["id"]


@dataclass(frozen=True)
class Tenure:
    """By what right a center uses its premises on a date. An expired instrument still shows, with days below zero."""

    basis: TenureBasis
    instrument_kind: str = ""
    """«Convention» or «Lease»; empty without an instrument."""
    instrument: Row | None = None
    ends_on: date | None = None
    days_left: int | None = None
    """Calendar days to the end; negative after it."""
    standing: Standing | None = None


async def tenure_by_center(ids: Sequence[int], actor: User, *, on: date) -> dict[int, Tenure]:
    """Return what each center stands on as of a date: what is in force first, then what has expired, then nothing.

    Of an instrument out of the person's reach only its kind is told: a municipality does not see the lease of a
    center, and must not read that the center stands on nothing.
    """
    return {one: tenure_of(footing, on) for one, footing in (await footing_by_center(ids, actor, on=on)).items()}


def tenure_of(footing: Footing, on: date) -> Tenure:
    """Return the tenure that follows from what covers a center."""
    chosen = footing.chosen
    if chosen is None or not chosen.shown:
        return Tenure(footing.basis)
    ends_on = chosen.ends_on
    days_left = (ends_on - on).days if ends_on else None
    return Tenure(footing.basis, chosen.kind, chosen.row, ends_on, days_left, chosen.standing(on))


async def footing_by_center(ids: Sequence[int], actor: User, *, on: date) -> dict[int, Footing]:
    """Return what covers each center as of a date."""
    rows = await centers_on(await Center.filter(id__in=ids).values("id", "premises"), on=on)
    premises = dict.fromkeys(ids) | {row["id"]: row["premises"] for row in rows}
    return await footings(premises, await live_conventions(actor, on=on, centers=ids), actor, on=on)


Then = tuple[Q, dict[int, Row]]
"""A condition for a date, and the columns that agreements had then, for those that a later deed changed."""


async def _then(model: type[Agreement], on: date, *wanted: Standing) -> Then:
    """Return the condition for the agreements that stood on a date where one of these says."""
    if on >= today():
        return (live_is(on) if wanted == LIVE else Q(*(standing_is(one, on=on) for one in wanted), join_type="OR")), {}
    past = await agreements_past(model, on=on)
    return past.standing_is(*wanted), past.changed


async def live_conventions(
    actor: User, *, on: date, centers: Sequence[int] | None = None, ids: Sequence[int] | None = None
) -> list[Row]:
    """Return the conventions in force on a date, once for each center that they cover: of these centers, or all.

    Each row holds `center` (None for a convention that covers none, told only when no centers are named) and `shown`,
    whether the convention is in the person's reach. `ids` asks of these conventions only.
    """
    wanted, before = await _then(Convention, on, *LIVE)
    few = centers is not None and len(centers) <= FEW
    if few:
        wanted &= Q(centers__id__in=centers)
    if ids is not None:
        wanted &= Q(id__in=ids)
    found = await Convention.filter(wanted).values(*CONVENTION_TERM, center="centers__id")
    if centers is not None and not few:
        covered = set(centers)
        found = [row for row in found if row["center"] in covered]
    seen = await _reached(Convention, actor, wanted, found, few=few or ids is not None)
    return [row | before.get(row["id"], {}) | {"shown": seen is None or row["id"] in seen} for row in found]


async def _reached(model: Any, actor: User, wanted: Q, rows: Sequence[Row], *, few: bool) -> set[int] | None:
    """Return which rows are in a person's reach; None: all of them."""
    if actor.role in SEES_ALL:
        return None
    if few:
        wanted = Q(id__in=list({row["id"] for row in rows}))
    return set(await model.filter(within(model, actor), wanted).values_list("id", flat=True))


async def footings(
    centers: dict[int, TenureBasis | None], live: Sequence[Row], actor: User, *, on: date
) -> dict[int, Footing]:
    """Return what covers each center, given with its own premises, from the conventions in force that were read."""
    found = {one: Footing(premises=premises) for one, premises in centers.items()}
    for row in live:
        if row["center"] in found:
            found[row["center"]].live.append(Instrument("Convention", row, row["shown"]))
    for one, instrument in await _leases(list(found), await _then(Lease, on, *LIVE), actor):
        found[one].live.append(instrument)
    # What has expired counts only where nothing is in force, and of it only the last.
    bare = [one for one, footing in found.items() if not footing.live and not footing.premises]
    for one, instrument in await _last_expired(bare, actor, on):
        footing = found[one]
        footing.expired = max(filter(None, (footing.expired, instrument)), key=_rank)
    return found


async def _leases(ids: Sequence[int], then: Then, actor: User) -> list[tuple[int, Instrument]]:
    """Return the leases among the wanted that serve these centers."""
    wanted, before = then
    few = len(ids) <= FEW
    named = Q(center_id__in=ids) if few else Q(center_id__isnull=False)
    rows = await Lease.filter(wanted, named).values(*LEASE_TERM)
    seen = await _reached(Lease, actor, wanted, rows, few=few)
    asked = set(ids)
    return [
        (row["center_id"], Instrument("Lease", row | before.get(row["id"], {}), seen is None or row["id"] in seen))
        for row in rows
        if row["center_id"] in asked
    ]


async def _last_expired(ids: Sequence[int], actor: User, on: date) -> list[tuple[int, Instrument]]:
    """Return for each center what expired last among what the person may see, and among what she or he may not."""
    if not ids:
        return []
    expired, before = await _then(Convention, on, Standing.EXPIRED)
    past = Convention.filter(expired, centers__id__in=ids)
    parts = [(past, True)]
    if actor.role not in SEES_ALL:
        mine = past.filter(within(Convention, actor))
        parts = [(mine, True), (past.filter(id__not_in=await mine.values_list("id", flat=True)), False)]
    found: dict[tuple[int, bool], Instrument] = {}
    for rows, shown in parts:
        ends = await rows.annotate(last=Max("ends_on")).group_by("centers__id").values("last", center="centers__id")
        last = {row["center"]: row["last"] for row in ends}
        ending = rows.filter(ends_on__in=list(set(last.values())))
        for row in await ending.order_by("id").values(*CONVENTION_TERM, center="centers__id"):
            if row["ends_on"] == last[row["center"]]:
                found[row["center"], shown] = Instrument("Convention", row | before.get(row["id"], {}), shown)
    instruments: dict[int, list[Instrument]] = defaultdict(list)
    for (center, _), one in found.items():
        instruments[center].append(one)
    for center, one in await _leases(ids, await _then(Lease, on, Standing.EXPIRED), actor):
        instruments[center].append(one)
    return [(center, max(some, key=_rank)) for center, some in instruments.items()]
