"""How many alarms sound on a date, by municipality: counted in the database by one statement, without making any.

The twin of reads/center_alarms.py and reads/convention_alarms.py, as `standing_is` is of `standing`: what each alarm is
stands there, and a test compares the two over many records. What later deeds changed is left out here: that is little,
and is made and counted one by one.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from tortoise.connection import connections
from tortoise.expressions import Q
from tortoise.functions import Count
from tortoise.queryset import AwaitableQuery

from models.agreements import (
    EXPIRING_DAYS,
    AgreementStage,
    Convention,
    Lease,
    LeaseNature,
    SanitaryLicense,
    Standing,
    live_is,
    standing_is,
)
from models.alarms import AlarmCode, AlarmSilence
from models.centers import AttendanceCorrection, Center, CenterState
from models.clock import today
from models.conventions import Commitment
from models.months import months_later
from models.people import User
from models.permissions import SEES_ALL, within
from models.supervision import SupervisionFinding
from reads.agreement_history import agreements_past
from reads.center_alarms import SILENT_MONTHS
from reads.center_history import centers_past
from reads.commitments import overdue_is as commitment_overdue_is
from reads.commitments import reached
from reads.convention_alarms import WITH_CENTERS
from reads.holder_changes import mayors_changed
from reads.silences import Held, held_silences, silent_is
from reads.supervision import overdue_is as finding_overdue_is

_CENTER = ("id", "municipality_id", "state", "state_since", "capacity", "premises")


@dataclass(frozen=True)
class Otherwise:
    """What was otherwise on a date than the records say today, and so is not counted by them."""

    centers: frozenset[int]
    """Whose own deeds, attendance, conventions or leases were changed later."""
    conventions: frozenset[int]


async def what_was_otherwise(on: date) -> Otherwise:
    """Return what later deeds changed; nothing for today and later days."""
    if on >= today():
        return Otherwise(frozenset(), frozenset())
    past, conventions = await centers_past(on=on), (await agreements_past(Convention, on=on)).changed
    leases = (await agreements_past(Lease, on=on)).changed
    rows = [
        await Center.filter(conventions__id__in=list(conventions)).values("id") if conventions else [],
        await Lease.filter(id__in=list(leases), center_id__isnull=False).values(id="center_id") if leases else [],
        await AttendanceCorrection.filter(corrected_on__gt=on).values(id="attendance__center_id"),
    ]
    centers = {row["id"] for some in rows for row in some} | past.changed.keys() | past.unborn
    return Otherwise(frozenset(centers), frozenset(conventions))


async def count_unchanged(actor: User, on: date, but: Otherwise) -> Counter[str]:
    """Count the alarms in a person's reach that sound on a date by municipality, of what is today as it was.

    What is of no municipality stands under "". Commitments are counted of everything: they keep their own days.
    """
    held = await held_silences(on)
    # Each has a connection of its own where the database gives several.
    parts = await asyncio.gather(
        _of_centers(actor, on, but), _commitments(actor, on, held), _mayors(actor, on, held, but)
    )
    return sum(parts, Counter())


async def _of_centers(actor: User, on: date, but: Otherwise) -> Counter[str]:
    rows = await connections.get("default").execute_query_dict(await _statement(actor, on, but))
    return Counter({row["place"]: row["many"] for row in rows})


def _silent(held: Held, code: AlarmCode) -> list[int]:
    return [convention for of, _, convention in held if of == code and convention]


async def _commitments(actor: User, on: date, held: Held) -> Counter[str]:
    rows = Commitment.filter(commitment_overdue_is(on), reached(actor))
    rows = rows.exclude(convention_id__in=_silent(held, AlarmCode.COMMITMENT_OVERDUE))
    by_town = rows.annotate(many=Count("convention_id", distinct=True)).group_by("convention__municipality_id")
    counted = await by_town.values("many", town="convention__municipality_id")
    return Counter({row["town"] or "": row["many"] for row in counted})


async def _mayors(actor: User, on: date, held: Held, but: Otherwise) -> Counter[str]:
    found: Counter[str] = Counter()
    changes = {one: some for one, some in (await mayors_changed(None, on=on)).items() if one not in but.conventions}
    if changes:
        rows = Convention.filter(within(Convention, actor), id__in=list(changes))
        rows = rows.exclude(id__in=_silent(held, AlarmCode.MAYOR_CHANGED))
        for row in await rows.values("id", "municipality_id"):
            found[row["municipality_id"] or ""] += len(changes[row["id"]])
    return found


async def _statement(actor: User, on: date, but: Otherwise) -> str:
    """Return the statement that counts by municipality the alarms of centers, and of conventions that cover none.

    Which rows count is said by the models' own conditions, written out by the ORM; nothing typed is in it.
    """
    soon, shut = (f"'{_days_later(on, days)}'" for days in (EXPIRING_DAYS, EXPIRING_DAYS + 1))
    silent = f"'{months_later(on, -SILENT_MONTHS)}'"
    programs = ", ".join(f"'{one.value}'" for one in WITH_CENTERS)
    opened = Center.filter(within(Center, actor)).exclude(state=CenterState.CLOSED)
    if but.centers:
        opened = opened.exclude(id__in=list(but.centers))
    overdue = SupervisionFinding.filter(finding_overdue_is(on)).values(center="visit__center_id")
    licenses = SanitaryLicense.filter(stage=AgreementStage.SIGNED, starts_on__lte=on)
    held = AlarmSilence.filter(silent_is(on)).values("code", "center_id", "convention_id")
    by_convention = "one.id = link.convention_id"
    return f"""
    WITH here AS ({_sql(opened.values(*_CENTER))}),
    covered AS (
        SELECT link.center_id, one.* FROM ({await _with_shown(Convention, actor, live_is(on))}) one
            LEFT JOIN convention_centers link ON {by_convention}),
    lease AS ({await _with_shown(Lease, actor, live_is(on))}),
    live AS (
        SELECT center_id, ends_on, terminated_on, shown FROM covered WHERE center_id IS NOT NULL
        UNION ALL SELECT center_id, ends_on, terminated_on, shown FROM lease),
    stands AS (
        SELECT center_id, MAX(shown) AS shown,
            MAX(CASE WHEN shown = 0 OR ends_on <= {soon} OR terminated_on <= {shut} THEN 0 ELSE 1 END) AS calm
        FROM live GROUP BY center_id),
    bare AS (
        SELECT here.id FROM here LEFT JOIN stands ON stands.center_id = here.id
        WHERE stands.center_id IS NULL AND here.premises IS NULL),
    former AS (SELECT id AS center_id, {await _one_expired(actor, on, seen=True)} AS seen,
        {await _one_expired(actor, on, seen=False)} AS known FROM bare),
    ended AS (
        SELECT center_id, CASE WHEN seen IS NULL THEN 0 ELSE 1 END AS shown FROM former WHERE known IS NOT NULL),
    lately AS (
        SELECT center_id, total FROM (
            SELECT center_id, men + women AS total,
                ROW_NUMBER() OVER (PARTITION BY center_id ORDER BY month DESC) AS back
            FROM attendance WHERE month >= {silent} AND month <= '{on}') told WHERE back = 1),
    unreported AS (
        SELECT here.id, here.capacity, here.state, here.state_since, (
            SELECT told.men + told.women FROM attendance told WHERE told.center_id = here.id AND told.month < {silent}
            ORDER BY told.month DESC LIMIT 1) AS total
        FROM here LEFT JOIN lately ON lately.center_id = here.id WHERE lately.center_id IS NULL),
    alarm AS (
        SELECT 'INSTRUMENT_EXPIRING' AS code, center_id FROM stands WHERE shown = 1 AND calm = 0
        UNION ALL SELECT 'INSTRUMENT_EXPIRED', center_id FROM ended WHERE shown = 1
        UNION ALL SELECT 'NO_INSTRUMENT_ON_RECORD', bare.id FROM bare LEFT JOIN ended ON ended.center_id = bare.id
            WHERE ended.center_id IS NULL
        UNION ALL SELECT CASE WHEN MAX(license.id) IS NULL THEN 'LICENSE_MISSING'
                WHEN MAX(license.ends_on) < '{on}' THEN 'LICENSE_EXPIRED' ELSE 'LICENSE_EXPIRING' END, here.id
            FROM here LEFT JOIN ({_sql(licenses.values("id", "center_id", "ends_on"))}) license
                ON license.center_id = here.id
            GROUP BY here.id HAVING MAX(license.id) IS NULL OR MAX(license.ends_on) <= {soon}
        UNION ALL SELECT DISTINCT 'TWO_LIVE_CONVENTIONS', one.center_id FROM covered one JOIN covered other
            ON other.center_id = one.center_id AND other.id > one.id AND other.program = one.program
            WHERE COALESCE(one.renews_id, 0) <> other.id AND COALESCE(other.renews_id, 0) <> one.id
        UNION ALL SELECT DISTINCT 'LEASE_AND_CONVENTION', covered.center_id FROM covered
            JOIN lease ON lease.center_id = covered.center_id WHERE lease.nature = '{LeaseNature.LEASE.value}'
        UNION ALL SELECT 'OVER_CAPACITY', here.id FROM here JOIN lately ON lately.center_id = here.id
            WHERE here.capacity > 0 AND lately.total > here.capacity
        UNION ALL SELECT 'OVER_CAPACITY', id FROM unreported WHERE capacity > 0 AND total > capacity
        UNION ALL SELECT 'ATTENDANCE_NOT_REPORTED', id FROM unreported
            WHERE state = '{CenterState.OPEN.value}' AND (state_since IS NULL OR state_since <= {silent})
        UNION ALL SELECT DISTINCT 'FINDING_OVERDUE', overdue.center FROM ({_sql(overdue)}) overdue),
    sounding AS (
        SELECT here.municipality_id AS place, alarm.code, alarm.center_id, NULL AS convention_id
            FROM alarm JOIN here ON here.id = alarm.center_id
        UNION ALL SELECT municipality_id, 'CONVENTION_WITHOUT_CENTER', NULL, id FROM covered
            WHERE center_id IS NULL AND shown = 1 AND municipality_id IS NOT NULL AND program IN ({programs})
                AND id NOT IN ({", ".join(map(str, but.conventions)) or 0}))
    SELECT place, COUNT(*) AS many FROM sounding LEFT JOIN ({_sql(held)}) held ON held.code = sounding.code
        AND (held.center_id = sounding.center_id OR held.convention_id = sounding.convention_id)
    WHERE held.code IS NULL GROUP BY place"""


def _days_later(on: date, days: int) -> date:
    return date.fromordinal(min(on.toordinal() + days, date.max.toordinal()))


_TERM = ("id", "program", "renews_id", "starts_on", "ends_on", "terminated_on")
_INSTRUMENTS: dict[type[Convention] | type[Lease], tuple[str, ...]] = {
    Convention: (*_TERM, "municipality_id"),
    Lease: (*_TERM, "nature", "center_id"),
}


async def _with_shown(model: type[Convention] | type[Lease], actor: User, wanted: Q) -> str:
    """Return the statement of the agreements that stand so, each with whether the person may see it (1 or 0)."""
    every = _sql(model.filter(wanted).values(*_INSTRUMENTS[model]))
    if actor.role in SEES_ALL:
        return f"SELECT every.*, 1 AS shown FROM ({every}) every"
    return f"""SELECT every.*, CASE WHEN seen.id IS NULL THEN 0 ELSE 1 END AS shown FROM ({every}) every
        LEFT JOIN ({await _visible(model, actor, wanted)}) seen ON seen.id = every.id"""


async def _one_expired(actor: User, on: date, *, seen: bool) -> str:
    """Return the expression of one agreement that has expired of a bare center, or of one that a person may see.

    One is enough: to look at the thirty past terms of each center would take three times as long.
    """
    expired = standing_is(Standing.EXPIRED, on=on)
    past = [
        await _visible(model, actor, expired) if seen else _sql(model.filter(expired).values(*columns))
        for model, columns in _INSTRUMENTS.items()
    ]
    return f"""COALESCE(
            (SELECT one.id FROM convention_centers link JOIN ({past[0]}) one ON one.id = link.convention_id
                WHERE link.center_id = bare.id LIMIT 1),
            (SELECT one.id FROM ({past[1]}) one WHERE one.center_id = bare.id LIMIT 1))"""


async def _visible(model: type[Convention] | type[Lease], actor: User, wanted: Q) -> str:
    """Return the statement of the agreements that stand so and that a person may see."""
    rows = model.filter(wanted, within(model, actor))
    text = _sql(rows.values(*_INSTRUMENTS[model]))
    if "$" not in text and "?" not in text:
        return text
    # The ORM does not write out the values of a subquery in a condition; only roles of one place have such.
    ids = [row["id"] for row in await rows.values("id")]
    return _sql(model.filter(id__in=ids).values(*_INSTRUMENTS[model]))


def _sql(rows: AwaitableQuery[Any]) -> str:
    return rows.sql(params_inline=True)
