"""What the parties promised, as rows: which of it is owed on a date, and what each side's contributions are worth."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tortoise.expressions import Q, Subquery

from models.agreements import PERFECTED, Convention
from models.clock import today
from models.conventions import Commitment
from models.people import User
from models.permissions import SEES_ALL, within
from models.signing import Side, Signature
from reads.matching import exactly
from reads.paging import Order, Page, Row, page

COMMITMENT = (
    "id", "convention_id", "party", "kind", "item", "quantity", "amount", "due_on", "fulfilled_on", "fulfilled_note",
    "fulfilled_by_id", "file_id", "source", "version", "convention__stage", "convention__terminated_on",
)  # fmt: skip
"""Columns that the API shows of a commitment, and those of its convention that say whether it binds."""


@dataclass(frozen=True)
class CommitmentQuery:
    """Which commitments are wanted; what is empty does not narrow."""

    open: bool | None = None
    overdue: bool | None = None
    party: Side | None = None
    program: str | None = None
    convention_number: str | None = None


def open_is(on: date) -> Q:
    """Return the filter of what is owed on a date: not fulfilled by it, of a signed convention not ended early."""
    owed = Q(Q(fulfilled_on__isnull=True), Q(fulfilled_on__gt=on), join_type="OR")
    alive = Q(Q(convention__terminated_on__isnull=True) | Q(convention__terminated_on__gt=on))
    return owed & Q(convention__stage__in=PERFECTED) & alive


def overdue_is(on: date) -> Q:
    """Return the filter of what is owed and past its day."""
    return open_is(on) & Q(due_on__lt=on)


def is_open(row: Row, on: date) -> bool:
    """Tell of one row what `open_is` filters."""
    ended = row["convention__terminated_on"]
    owed = row["fulfilled_on"] is None or row["fulfilled_on"] > on
    return owed and row["convention__stage"] in PERFECTED and (ended is None or ended > on)


def is_overdue(row: Row, on: date) -> bool:
    """Tell of one row what `overdue_is` filters."""
    return is_open(row, on) and row["due_on"] is not None and row["due_on"] < on


async def commitment_page(actor: User, query: CommitmentQuery, *, on: date, first: int, after: str | None) -> Page:
    """Return a page of the commitments of the conventions in reach, the next due first, what has no day last.

    What is owed is told as of the date; of a date that is over, only what had been promised by then.
    """
    rows = Commitment.filter(reached(actor))
    if on < today():
        rows = rows.filter(_promised_by(on))
    if query.open is not None:
        rows = rows.filter(open_is(on) if query.open else ~open_is(on))
    if query.overdue is not None:
        # Not by negation: what has no day compares to no date at all.
        in_time = ~open_is(on) | Q(due_on__isnull=True) | Q(due_on__gte=on)
        rows = rows.filter(overdue_is(on) if query.overdue else in_time)
    if query.party:
        rows = rows.filter(party=query.party)
    if query.program:
        rows = rows.filter(convention__program=query.program)
    if query.convention_number:
        rows = rows.filter(exactly(Commitment, "convention__number", query.convention_number.strip().upper()))
    return await page(rows, COMMITMENT, Order("due_on"), first=first, after=after)


def _promised_by(on: date) -> Q:
    """Return the filter of what was promised in a convention that all had signed by a date.

    A convention without signatures on record counts by the first day of its term.
    """
    signed = Signature.filter(convention_id__isnull=False)
    later = Subquery(signed.filter(signed_on__gt=on).values("convention_id"))
    some = Q(convention_id__in=Subquery(signed.values("convention_id")))
    begun = Q(Q(convention__starts_on__lte=on), some, join_type="OR")
    return Q(convention__stage__in=PERFECTED) & begun & ~Q(convention_id__in=later)


def reached(actor: User) -> Q:
    """Return the filter of what was promised in the conventions in a person's reach."""
    if actor.role in SEES_ALL:
        return Q()
    return Q(convention_id__in=Subquery(Convention.filter(within(Convention, actor)).values("id")))


async def commitments_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the commitments among these whose convention is in reach."""
    rows = await Commitment.filter(reached(actor), id__in=ids).values(*COMMITMENT)
    return {row["id"]: row for row in rows}


async def commitments_by_convention(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return what the parties promised in each convention, as it was noted."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in await Commitment.filter(convention_id__in=ids).order_by("id").values(*COMMITMENT):
        grouped[row["convention_id"]].append(row)
    return grouped


@dataclass
class Contributed:
    """What one side's contributions are worth in quetzales, and how much of that has been given."""

    party: Side
    total: Decimal = Decimal("0.00")
    fulfilled: Decimal = Decimal("0.00")


async def contributions_by_convention(ids: Sequence[int], actor: User) -> dict[int, list[Contributed]]:
    """Return the worth of each side's contributions in each convention; sides without any are left out."""
    rows = Commitment.filter(convention_id__in=ids, amount__isnull=False).order_by("id")
    found: dict[int, dict[Side, Contributed]] = defaultdict(dict)
    for row in await rows.values("convention_id", "party", "amount", "fulfilled_on"):
        side = Side(row["party"])
        sums = found[row["convention_id"]].setdefault(side, Contributed(side))
        sums.total += row["amount"]
        sums.fulfilled += row["amount"] if row["fulfilled_on"] else Decimal(0)
    return {one: [sides[side] for side in Side if side in sides] for one, sides in found.items()}
