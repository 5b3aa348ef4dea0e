"""Conventions counted as of a date: by standing, program, department and month of their end. What dashboards show."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from tortoise.expressions import Q
from tortoise.functions import Count

from models.agreements import AgreementStage, Convention, Standing, last_in_force, standing_is
from models.centers import Center, CenterState
from models.people import User
from models.permissions import within
from models.places import Department, ProgramCode
from reads.alarms import alarm_counts_by_department
from reads.paging import Row
from reads.tenure import LIVE

MONTHS_AHEAD = 24
"""Months of which the ends are told, the month of the date among them."""


@dataclass(frozen=True)
class ProgramCount:
    """Conventions of a program; those in force include the ones about to expire."""

    program: ProgramCode
    count: int
    in_force: int
    expiring: int
    expired: int


@dataclass(frozen=True)
class DepartmentCount:
    """Centers that are not closed and conventions of a department, with the alarms of those centers."""

    department: Row
    centers: int
    conventions: int
    in_force: int
    alarms: int


@dataclass(frozen=True)
class AgreementStats:
    """The conventions in a person's reach, counted as of a date."""

    total: int
    by_standing: dict[Standing, int]
    by_program: list[ProgramCount]
    by_department: list[DepartmentCount]
    ending_by_month: list[tuple[date, int]]


async def agreement_stats(actor: User, on: date) -> AgreementStats:
    """Count the conventions asked for by a date, withdrawn requests left out, where each stood on it.

    A convention with an institution is of no department; one of several parties counts for the first.
    """
    counted: Counter[tuple[Standing, str, str | None]] = Counter()
    for one in Standing:
        rows = Convention.filter(_known(actor, on), standing_is(one, on=on)).annotate(count=Count("id"))
        grouped = rows.group_by("program", "municipality__department_id")
        for row in await grouped.values("program", "count", department="municipality__department_id"):
            counted[one, row["program"], row["department"]] += row["count"]
    return AgreementStats(
        total=counted.total(),
        by_standing={one: sum(n for key, n in counted.items() if key[0] == one) for one in Standing},
        by_program=_by_program(counted),
        by_department=await _by_department(counted, actor, on),
        ending_by_month=await _ending_by_month(actor, on),
    )


def _known(actor: User, on: date) -> Q:
    """Return the filter for the conventions in reach that were on record by a date and never withdrawn."""
    asked = Q(Q(requested_on__isnull=True), Q(requested_on__lte=on), join_type="OR")
    return within(Convention, actor) & asked & ~Q(stage=AgreementStage.WITHDRAWN)


def _by_program(counted: Counter[tuple[Standing, str, str | None]]) -> list[ProgramCount]:
    found: dict[str, Counter[Standing]] = defaultdict(Counter)
    for (one, program, _), many in counted.items():
        found[program][one] += many
    return [
        ProgramCount(
            program=program,
            count=found[program].total(),
            in_force=sum(found[program][one] for one in LIVE),
            expiring=found[program][Standing.EXPIRING],
            expired=found[program][Standing.EXPIRED],
        )
        for program in ProgramCode
        if program in found
    ]


async def _by_department(
    counted: Counter[tuple[Standing, str, str | None]], actor: User, on: date
) -> list[DepartmentCount]:
    """Return a line for each department that has a center or a convention in reach, by its code."""
    centers: Counter[str] = Counter()
    open_ones = Center.filter(within(Center, actor)).exclude(state=CenterState.CLOSED)
    place = dict(await open_ones.values_list("id", "municipality__department_id"))
    alarms = await alarm_counts_by_department(actor, on)
    for department in place.values():
        centers[department] += 1
    conventions: Counter[str] = Counter()
    in_force: Counter[str] = Counter()
    for (one, _, department), many in counted.items():
        if department:
            conventions[department] += many
            in_force[department] += many if one in LIVE else 0
    return [
        DepartmentCount(row, centers[row["code"]], conventions[row["code"]], in_force[row["code"]], alarms[row["code"]])
        for row in await Department.filter(code__in=[*centers, *conventions]).order_by("code").values("code", "name")
    ]


async def _ending_by_month(actor: User, on: date) -> list[tuple[date, int]]:
    """Return for each of the coming months how many of those in force end in it, an early end counted in."""
    first = on.replace(day=1)
    months = [_months_later(first, n) for n in range(MONTHS_AHEAD)]
    live = Q(*(standing_is(one, on=on) for one in LIVE), join_type="OR")
    rows = Convention.filter(_known(actor, on), live).annotate(count=Count("id")).group_by("ends_on", "terminated_on")
    ending: Counter[date] = Counter()
    for row in await rows.values("ends_on", "terminated_on", "count"):
        if end := last_in_force(row["ends_on"], row["terminated_on"]):
            ending[end.replace(day=1)] += row["count"]
    return [(month, ending[month]) for month in months]


def _months_later(first: date, months: int) -> date:
    index = first.year * 12 + first.month - 1 + months
    return date(min(index // 12, date.max.year), index % 12 + 1, 1)
