"""What each party gives to centers, as of a date: line by line, by center, and added up by place and program."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models.contributions import CenterContribution, ContributionKind, ContributionParty
from models.people import User
from models.permissions import within
from models.places import Department, ProgramCode
from reads.center_history import centers_past
from reads.paging import Order, Page, Row, page
from reads.supervision import PlaceQuery, of_centers

CONTRIBUTION = (
    "id", "center_id", "party", "party_name", "kind", "description", "quantity", "monthly_amount", "since", "until",
    "convention_id", "end_reason", "recorded_by_id", "version",
)  # fmt: skip
"""Columns that the API shows of a contribution."""


@dataclass(frozen=True)
class ContributionQuery(PlaceQuery):
    """Which contributions are wanted; `current` keeps those that are given on the date, or those that are not."""

    party: ContributionParty | None = None
    kind: ContributionKind | None = None
    current: bool | None = None


@dataclass
class PartyShare:
    """What one party gives: lines, posts of staff, and quetzales a month of the lines whose worth is known."""

    party: ContributionParty
    count: int = 0
    posts: int = 0
    monthly_amount: Decimal = Decimal("0.00")
    without_amount: int = 0
    """Lines whose worth is not known: the sum says nothing of them."""

    def add(self, count: int, posts: int, amount: Decimal, without_amount: int) -> None:
        """Count more lines in."""
        self.count += count
        self.posts += posts
        self.monthly_amount += amount
        self.without_amount += without_amount


@dataclass(frozen=True)
class PlaceShares:
    """What each party gives to the centers of a program in a department, and how many centers those are."""

    program: ProgramCode
    department: Row
    centers: int
    parties: list[PartyShare]


@dataclass(frozen=True)
class ContributionTotals:
    """What is given to the centers in reach on a date, by party, whole and by place."""

    parties: list[PartyShare]
    places: list[PlaceShares]


def given_on(on: date) -> Q:
    """Return the filter of what is given on a date."""
    return Q(Q(until__isnull=True) | Q(until__gte=on), since__lte=on)


def is_given(row: Row, on: date) -> bool:
    """Tell of one row what `given_on` filters."""
    return row["since"] <= on and (row["until"] is None or row["until"] >= on)


async def contribution_page(actor: User, query: ContributionQuery, *, on: date, first: int, after: str | None) -> Page:
    """Return a page of what is given to the centers in reach, what began last first."""
    rows = await _asked(actor, query, on)
    if query.current is not None:
        # Not by negation: what has no end compares to no date at all.
        rows = rows.filter(given_on(on) if query.current else Q(Q(since__gt=on), Q(until__lt=on), join_type="OR"))
    return await page(rows, CONTRIBUTION, Order("since", descending=True), first=first, after=after)


async def _asked(actor: User, query: ContributionQuery, on: date) -> QuerySet[CenterContribution]:
    rows = CenterContribution.filter(within(CenterContribution, actor), await of_centers(query, on=on))
    if query.party:
        rows = rows.filter(party=query.party)
    return rows.filter(kind=query.kind) if query.kind else rows


async def contributions_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the contributions among these to centers in reach."""
    rows = CenterContribution.filter(within(CenterContribution, actor), id__in=ids)
    return {row["id"]: row for row in await rows.values(*CONTRIBUTION)}


async def contributions_by_center(ids: Sequence[int], actor: User, *, on: date) -> dict[int, list[Row]]:
    """Return what is given to each center on a date, by party and then as it was noted."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    rows = CenterContribution.filter(given_on(on), center_id__in=ids).order_by("id")
    for row in await rows.values(*CONTRIBUTION):
        grouped[row["center_id"]].append(row)
    order = list(ContributionParty)
    return {one: sorted(rows, key=lambda row: order.index(row["party"])) for one, rows in grouped.items()}


async def shares_by_center(ids: Sequence[int], actor: User, *, on: date) -> dict[int, list[PartyShare]]:
    """Return what each party gives to each center on a date, parties that give nothing left out."""
    lines = await contributions_by_center(ids, actor, on=on)
    return {one: shares_of(rows) for one, rows in lines.items()}


def shares_of(rows: Iterable[Row]) -> list[PartyShare]:
    """Add contributions up by party."""
    found: dict[ContributionParty, PartyShare] = {}
    for row in rows:
        share = found.setdefault(row["party"], PartyShare(row["party"]))
        amount = row["monthly_amount"]
        share.add(1, row["quantity"] or 0, amount or Decimal(0), int(amount is None))
    return [found[party] for party in ContributionParty if party in found]


async def contribution_totals(actor: User, query: ContributionQuery, *, on: date) -> ContributionTotals:
    """Add up what is given on a date to the centers in reach, by party, and by program and department."""
    columns = ("center_id", "party", "quantity", "monthly_amount", "center__program", "center__municipality_id")
    rows = await (await _asked(actor, query, on)).filter(given_on(on)).values(*columns)
    moved = (await centers_past(on=on)).changed
    grouped: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        town = moved.get(row["center_id"], {}).get("municipality_id", row["center__municipality_id"])
        grouped[row["center__program"], town[:2]].append(row)
    names = {row["code"]: row for row in await Department.all().values("code", "name")}
    order = list(ProgramCode)
    return ContributionTotals(
        parties=shares_of(rows),
        places=[
            PlaceShares(ProgramCode(program), names[code], len({row["center_id"] for row in lines}), shares_of(lines))
            for (program, code), lines in sorted(
                grouped.items(), key=lambda one: (order.index(ProgramCode(one[0][0])), one[0][1])
            )
        ],
    )
