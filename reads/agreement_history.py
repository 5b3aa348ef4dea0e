"""The past of agreements: what signatures and adendas changed after a date is undone here, and nowhere else."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tortoise.expressions import F, Q

from models.agreements import (
    PERFECTED,
    Agreement,
    AgreementStage,
    Convention,
    Lease,
    Standing,
    last_in_force,
    live_is,
    standing,
    standing_is,
)
from models.clock import today
from models.conventions import Amendment
from models.people import User
from models.signing import Signature
from reads.paging import Row

LIVE = frozenset({Standing.IN_FORCE, Standing.EXPIRING})
"""What is in force: about to expire or not."""

_TERM = ("id", "stage", "starts_on", "ends_on", "terminated_on")
_UNSIGNED: Row = {"stage": AgreementStage.READY_TO_SIGN, "starts_on": None, "ends_on": None}
"""The term of what the last of its parties had not signed yet."""


@dataclass(frozen=True)
class Past:
    """What was otherwise with agreements of one kind on a date than it is now."""

    on: date
    changed: dict[int, Row]
    """Columns as they were, by agreement: those that deeds after the date changed."""
    standings: dict[int, Standing]
    """Where each of them stood."""
    last_days: dict[int, date | None]
    """The last day in force of each of them, an early end counted in, as it was known."""
    over: bool
    """Whether the date is over; of today and of later days the rows say all."""

    def standing_is(self, *wanted: Standing) -> Q:
        """Return the filter for the agreements that stood on the date where one of these says."""
        others = [one for one in wanted if one not in LIVE] if set(wanted) >= LIVE else wanted
        parts = [standing_is(one, on=self.on) for one in others]
        if len(others) < len(wanted):
            # In one plain condition, which an index answers.
            parts.append(live_is(self.on))
        plain = Q(*parts, join_type="OR")
        if not self.changed:
            return plain
        matching = [key for key, stood in self.standings.items() if stood in wanted]
        return Q(Q(plain, ~Q(id__in=list(self.changed))), Q(id__in=matching), join_type="OR")

    def last_day_within(self, first: date, last: date) -> Q:
        """Return the filter for the agreements whose last day in force lies in a period, an early end counted in."""
        ends = Q(Q(terminated_on__isnull=True), Q(terminated_on__gt=F("ends_on")), join_type="OR")
        early = Q(Q(ends_on__isnull=True), Q(ends_on__gte=F("terminated_on")), join_type="OR")
        # The eve of the first day on which it binds no more.
        eve = Q(terminated_on__gt=first) & Q(terminated_on__lte=_day_after(last))
        plain = Q(ends & Q(ends_on__gte=first, ends_on__lte=last), early & eve, join_type="OR")
        if not self.changed:
            return plain
        matching = [key for key, day in self.last_days.items() if day and first <= day <= last]
        return Q(Q(plain, ~Q(id__in=list(self.changed))), Q(id__in=matching), join_type="OR")

    def on_record(self) -> Q:
        """Return the filter for the agreements that had been asked for by the date, or were in force by then.

        One that was noted later and binds since before, as a license of years ago, counts as known from its start.
        """
        if not self.over:
            return Q()
        begun = Q(stage__in=PERFECTED, starts_on__lte=self.on)
        if self.changed:
            begun &= ~Q(id__in=list(self.changed))
        return Q(Q(requested_on__isnull=True), Q(requested_on__lte=self.on), begun, join_type="OR")


async def agreements_past(model: type[Agreement], *, on: date) -> Past:
    """Return what was otherwise with the conventions, leases or licenses as of a date."""
    changed: dict[int, Row] = {}
    rows: list[Row] = []
    over = on < today()
    if over:
        if model is Convention:
            changed = await _before_extensions(on)
        if model is Lease:
            # Premises may be held before the paper is signed. A convention begins with the last signature at the
            # earliest (`Convention.term_starts`): what was signed later had not begun, and is pending all the same.
            changed |= dict.fromkeys(await _signed_after(model, on, begun=True), _UNSIGNED)
        rows = await model.filter(id__in=list(changed)).values(*_TERM) if changed else []
    then = {row["id"]: {**row, **changed[row["id"]]} for row in rows}
    standings = {key: _stood(row, on) for key, row in then.items()}
    last_days = {key: last_in_force(row["ends_on"], row["terminated_on"]) for key, row in then.items()}
    return Past(on, changed, standings, last_days, over)


def _day_after(day: date) -> date:
    return date.fromordinal(min(day.toordinal() + 1, date.max.toordinal()))


def _stood(row: Row, on: date) -> Standing:
    return standing(row["stage"], row["starts_on"], row["ends_on"], row["terminated_on"], on=on)


async def conventions_then(ids: Sequence[int], actor: User, *, on: date) -> dict[int, Row]:
    """Return columns of the term as they were on a date, of those conventions whose term later deeds changed."""
    unsigned = await _signed_after(Convention, on, ids=ids)
    return await _before_extensions(on, ids) | dict.fromkeys(unsigned, _UNSIGNED)


async def leases_then(ids: Sequence[int], actor: User, *, on: date) -> dict[int, Row]:
    """Return columns of the term as they were on a date, of those leases whose term later deeds changed."""
    return dict.fromkeys(await _signed_after(Lease, on, ids=ids), _UNSIGNED)


async def licenses_then(ids: Sequence[int], actor: User, *, on: date) -> dict[int, Row]:
    """Return nothing: no deed changes the term of a sanitary license, the next one follows it."""
    return {}


async def _before_extensions(on: date, ids: Collection[int] | None = None) -> dict[int, Row]:
    """Return the end that each convention had before the extensions signed after a date."""
    rows = Amendment.filter(signed_on__gt=on, new_ends_on__isnull=False)
    if ids is not None:
        rows = rows.filter(convention_id__in=ids)
    # The latest first: the earliest one after the date has the last word on what was before it.
    return {
        row["convention_id"]: {"ends_on": row["old_ends_on"]}
        for row in await rows.order_by("-ordinal").values("convention_id", "old_ends_on")
    }


async def _signed_after(
    model: type[Agreement], on: date, *, begun: bool = False, ids: Collection[int] | None = None
) -> set[int]:
    """Return the agreements that a party signed after a date; with `begun` only those whose term had begun by it."""
    name = {Convention: "convention", Lease: "lease"}.get(model)
    if name is None:
        return set()
    wanted: dict[str, Any] = {f"{name}__stage__in": PERFECTED}
    if begun:
        wanted[f"{name}__starts_on__lte"] = on
    if ids is not None:
        wanted[f"{name}_id__in"] = ids
    rows = Signature.filter(signed_on__gt=on, **wanted)
    return {row["signed_id"] for row in await rows.distinct().values(signed_id=f"{name}_id")}
