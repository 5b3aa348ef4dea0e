"""Conventions counted as of a date: by standing, program, department and month of their end. What dashboards show."""

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from tortoise.expressions import Q
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from models.agreements import AgreementStage, Convention, Standing, last_in_force, live_is, standing_is
from models.centers import Center, CenterState
from models.conventions import ConventionParty
from models.months import months_later
from models.people import User
from models.permissions import within
from models.places import Department, Municipality, ProgramCode
from reads.agreement_history import LIVE, Past, agreements_past
from reads.alarms import alarm_counts_by_department
from reads.center_history import centers_past
from reads.paging import Row

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
    """Centers that are not closed and conventions of a department, with its alarms and how far it is covered."""

    department: Row
    centers: int
    conventions: int
    in_force: int
    expiring: int
    alarms: int
    towns: int
    """Its municipalities."""
    covered: int
    """How many of them have a center that is not closed, or a convention in force."""


@dataclass(frozen=True)
class AgreementStats:
    """The conventions in a person's reach, counted as of a date."""

    total: int
    by_standing: dict[Standing, int]
    by_program: list[ProgramCount]
    by_department: list[DepartmentCount]
    ending_by_month: list[tuple[date, int]]


@dataclass(frozen=True)
class _Counts:
    """Conventions by standing and program, and by standing and municipality; one of several counts in each."""

    programs: Counter[tuple[Standing, str]]
    towns: Counter[tuple[Standing, str]]
    departments: Counter[tuple[Standing, str]]


async def agreement_stats(actor: User, on: date) -> AgreementStats:
    """Count the conventions asked for by a date, withdrawn requests left out, where each stood on it.

    A convention with an institution is of no department; one with municipalities of several counts in each of them.
    """
    past = await agreements_past(Convention, on=on)
    counted, centers, alarms, ending = await asyncio.gather(
        _counted(actor, past),
        _open_centers(actor, on),
        alarm_counts_by_department(actor, on),
        _ending_by_month(actor, past),
    )
    by_standing = {one: sum(n for (stood, _), n in counted.programs.items() if stood == one) for one in Standing}
    return AgreementStats(
        total=counted.programs.total(),
        by_standing=by_standing,
        by_program=_by_program(counted.programs),
        by_department=await _by_department(counted, centers, alarms),
        ending_by_month=ending,
    )


def _known(actor: User, past: Past) -> Q:
    """Return the filter for the conventions in reach that were on record by a date and not given up by then."""
    kept = Q(~Q(stage=AgreementStage.WITHDRAWN), Q(terminated_on__gt=past.on), join_type="OR")
    return within(Convention, actor) & past.on_record() & kept


def _apart(actor: User, past: Past) -> tuple[QuerySet[Convention], QuerySet[Convention] | None]:
    """Return the conventions that the rows of today tell all about, and the few whose term deeds changed since."""
    rows = Convention.filter(_known(actor, past))
    if not past.changed:
        return rows, None
    ids = list(past.changed)
    return rows.filter(id__not_in=ids), rows.filter(id__in=ids)


async def _counted(actor: User, past: Past) -> _Counts:
    found = _Counts(Counter(), Counter(), Counter())
    plain, changed = _apart(actor, past)
    # What has expired is nearly all of it and is what the others leave: no row is asked where it stands.
    by_town = plain.annotate(
        count=Count("id"),
        pending=Count("id", _filter=standing_is(Standing.PENDING, on=past.on)),
        ended=Count("id", _filter=standing_is(Standing.ENDED, on=past.on)),
    ).group_by("program", "municipality_id")
    for row in await by_town.values("program", "municipality_id", "count", "pending", "ended"):
        _count(found, Standing.PENDING, row, row["pending"])
        _count(found, Standing.ENDED, row, row["ended"])
        _count(found, Standing.EXPIRED, row, row["count"] - row["pending"] - row["ended"])
    live = plain.filter(live_is(past.on)).annotate(
        count=Count("id"), expiring=Count("id", _filter=standing_is(Standing.EXPIRING, on=past.on))
    )
    by_town = live.group_by("program", "municipality_id")
    for row in await by_town.values("program", "municipality_id", "count", "expiring"):
        _count(found, Standing.EXPIRING, row, row["expiring"])
        _count(found, Standing.IN_FORCE, row, row["count"] - row["expiring"])
        _count(found, Standing.EXPIRED, row, -row["count"])
    if changed is not None:
        for row in await changed.values("id", "program", "municipality_id"):
            _count(found, past.standings[row["id"]], row, 1)
    await _count_further(found, actor, past)
    return found


def _count(found: _Counts, stood: Standing, row: Row, many: int) -> None:
    if not many:
        return
    found.programs[stood, row["program"]] += many
    if town := row["municipality_id"]:
        found.towns[stood, town] += many
        found.departments[stood, town[:2]] += many


async def _count_further(found: _Counts, actor: User, past: Past) -> None:
    """Count conventions of several municipalities also where the further ones are."""
    towns: dict[int, set[str]] = defaultdict(set)
    parties = ConventionParty.filter(municipality_id__isnull=False)
    for key, town in await parties.values_list("convention_id", "municipality_id"):
        towns[key].add(town)
    if not towns:
        return
    named = Convention.filter(_known(actor, past), id__in=list(towns))
    for one in await named.only("id", "stage", "starts_on", "ends_on", "terminated_on", "municipality_id"):
        stood = past.standings.get(one.id) or one.standing(past.on)
        first = one.municipality_id or ""
        for town in towns[one.id] - {first}:
            found.towns[stood, town] += 1
        for code in {town[:2] for town in towns[one.id]} - {first[:2]}:
            found.departments[stood, code] += 1


def _by_program(counted: Counter[tuple[Standing, str]]) -> list[ProgramCount]:
    return [
        ProgramCount(
            program=program,
            count=sum(counted[one, program] for one in Standing),
            in_force=sum(counted[one, program] for one in LIVE),
            expiring=counted[Standing.EXPIRING, program],
            expired=counted[Standing.EXPIRED, program],
        )
        for program in ProgramCode
        if any(counted[one, program] for one in Standing)
    ]


async def _open_centers(actor: User, on: date) -> Counter[str]:
    """Count the centers in reach that were open or suspended on a date, by the municipality where they were."""
    past = await centers_past(on=on)
    apart = [*past.changed, *past.unborn]
    rows = Center.filter(within(Center, actor))
    plain = rows.filter(id__not_in=apart) if apart else rows
    grouped = plain.exclude(state=CenterState.CLOSED).annotate(count=Count("id")).group_by("municipality_id")
    found = Counter({row["municipality_id"]: row["count"] for row in await grouped.values("municipality_id", "count")})
    if past.changed:
        changed = await rows.filter(id__in=list(past.changed)).values("id", "municipality_id", "state")
        found.update(row["municipality_id"] for row in past.of_all(changed) if row["state"] != CenterState.CLOSED)
    return found


async def _by_department(counted: _Counts, centers: Counter[str], alarms: Counter[str]) -> list[DepartmentCount]:
    """Return a line for each department that has a center or a convention in reach, by its code."""
    open_ones = _by_first_two(centers)
    towns = Counter(row["department_id"] for row in await Municipality.all().values("department_id"))
    covered = Counter(town[:2] for town in {*centers, *(town for stood, town in counted.towns if stood in LIVE)})
    found = []
    for row in await Department.all().order_by("code").values("code", "name"):
        code, here = row["code"], counted.departments
        conventions = sum(here[one, code] for one in Standing)
        if open_ones[code] or conventions:
            live = sum(here[one, code] for one in LIVE)
            expiring = here[Standing.EXPIRING, code]
            counts = (open_ones[code], conventions, live, expiring, alarms[code], towns[code], covered[code])
            found.append(DepartmentCount(row, *counts))
    return found


def _by_first_two(by_town: Counter[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for town, many in by_town.items():
        found[town[:2]] += many
    return found


async def _ending_by_month(actor: User, past: Past) -> list[tuple[date, int]]:
    """Return for each of the coming months how many of those in force end in it, an early end counted in."""
    plain, changed = _apart(actor, past)
    ending: Counter[date] = Counter()
    grouped = plain.filter(live_is(past.on)).annotate(count=Count("id")).group_by("ends_on", "terminated_on")
    for row in await grouped.values("ends_on", "terminated_on", "count"):
        if end := last_in_force(row["ends_on"], row["terminated_on"]):
            ending[end.replace(day=1)] += row["count"]
    if changed is not None:
        for row in await changed.values("id"):
            end = past.last_days[row["id"]]
            if past.standings[row["id"]] in LIVE and end:
                ending[end.replace(day=1)] += 1
    months = (months_later(past.on, n) for n in range(MONTHS_AHEAD))
    return [(month, ending[month]) for month in months]
