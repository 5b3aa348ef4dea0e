"""Centers as rows, and what each stands on as of a date: tenure, license, attendance, alarms."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from tortoise.expressions import Q

from models.agreements import (
    EXPIRING_DAYS,
    PERFECTED,
    AgreementStage,
    Convention,
    Lease,
    LeaseNature,
    SanitaryLicense,
    Standing,
    ends_in_words,
    last_in_force,
    standing,
)
from models.alarms import AlarmCode, Severity
from models.centers import Center, CenterKind, CenterState, TenureBasis
from models.people import User
from models.permissions import SEES_ALL, within
from reads.agreements import CONVENTION, LEASE, LICENSE
from reads.attendance import attendance_by_center
from reads.center_history import centers_on, centers_past
from reads.matching import exactly, holding, holds
from reads.paging import Order, Page, Row, page

CENTER = (
    "id", "code", "name", "kind", "program", "settlement", "address", "state", "capacity", "premises", "source",
    "source_note", "version", "municipality_id", "state_since",
)  # fmt: skip
"""Columns that the API shows of a center, and the day from which its state holds."""

LIVE = (Standing.IN_FORCE, Standing.EXPIRING)


@dataclass(frozen=True)
class Alarm:
    """Something to look into: since when, how pressing, and a Spanish sentence. Never says that anything is illegal."""

    code: AlarmCode
    severity: Severity
    message: str
    since: date | None


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


@dataclass(frozen=True)
class CenterQuery:
    """Which centers are wanted; empty lists mean all."""

    program: str | None = None
    kind: list[CenterKind] = field(default_factory=list)
    department_code: str | None = None
    municipality_code: str | None = None
    state: list[CenterState] = field(default_factory=list)
    alarm: list[AlarmCode] = field(default_factory=list)
    tenure: list[TenureBasis] = field(default_factory=list)
    search: str | None = None


async def center_page(
    actor: User, query: CenterQuery, *, on: date, order: Order, first: int, after: str | None
) -> Page:
    """Return a page of the centers in reach as they were on a date, those opened later left out.

    Where they were, what they were called to be found, their state, alarms and tenures are those of the date.
    """
    past = await centers_past(on=on)
    rows = Center.filter(within(Center, actor), past.opened())
    if query.program:
        rows = rows.filter(program=query.program)
    if query.kind:
        rows = rows.filter(kind__in=query.kind)
    if department := query.department_code:
        here = exactly(Center, "municipality__department_id", department)
        rows = rows.filter(past.filter("municipality_id", here, lambda town: town[:2] == department))
    if town := query.municipality_code:
        here = exactly(Center, "municipality_id", town)
        rows = rows.filter(past.filter("municipality_id", here, town.__eq__))
    if query.state:
        rows = rows.filter(past.filter("state", Q(state__in=query.state), query.state.__contains__))
    if query.search:
        rows = rows.filter(past.filter("search", holding(query.search), holds(query.search)))
    if query.alarm or query.tenure:
        ids = [row["id"] for row in await rows.values("id")]
        tenures = await tenure_by_center(ids, actor, on=on)
        alarms = await alarms_by_center(tenures, actor, on=on) if query.alarm else {}
        rows = rows.filter(
            id__in=[
                one
                for one in ids
                if (not query.tenure or tenures[one].basis in query.tenure)
                and (not query.alarm or any(alarm.code in query.alarm for alarm in alarms[one]))
            ]
        )
    found = await page(rows, CENTER, order, first=first, after=after)
    return replace(found, rows=past.of_all(found.rows))


async def center_by_code(code: str, actor: User, *, on: date | None = None) -> Row | None:
    """Return a center in reach by its code, as it was on a date; without one as it is now."""
    rows = await Center.filter(within(Center, actor), exactly(Center, "code", code)).limit(1).values(*CENTER)
    if on is not None:
        rows = await centers_on(rows, on=on)
    return rows[0] if rows else None


async def centers_by_id(ids: Sequence[int], actor: User, *, on: date | None = None) -> dict[int, Row]:
    """Return the centers in reach among these, as they were on a date; without one as they are now."""
    rows = await Center.filter(within(Center, actor), id__in=ids).values(*CENTER)
    return {row["id"]: row for row in (rows if on is None else await centers_on(rows, on=on))}


async def centers_by_convention(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the centers in reach that each convention covers, by name."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    rows = Center.filter(within(Center, actor), conventions__id__in=ids).order_by("name", "id")
    for row in await rows.values(*CENTER, convention_id="conventions__id"):
        grouped[row["convention_id"]].append(row)
    return grouped


async def license_by_center(ids: Sequence[int], actor: User, *, on: date) -> dict[int, Row]:
    """Return the sanitary license of each center that ends last among those begun by a date."""
    rows = SanitaryLicense.filter(center_id__in=ids, stage=AgreementStage.SIGNED, starts_on__lte=on)
    return {row["center_id"]: row for row in await rows.order_by("ends_on", "id").values(*LICENSE)}


async def tenure_by_center(ids: Sequence[int], actor: User, *, on: date) -> dict[int, Tenure]:
    """Return what each center stands on as of a date: what is in force first, then what has expired, then nothing.

    Of an instrument out of the person's reach only its kind is told: a municipality does not see the lease of a
    center, and must not read that the center stands on nothing.
    """
    found: dict[str, list[tuple[int, Row]]] = {}
    conventions = Convention.filter(centers__id__in=ids, stage__in=PERFECTED)
    rows = await conventions.values(*CONVENTION, center="centers__id")
    found["Convention"] = [(row["center"], row) for row in rows]
    leases = Lease.filter(center_id__in=ids, stage__in=PERFECTED)
    found["Lease"] = [(row["center_id"], row) for row in await leases.values(*LEASE)]
    instruments: dict[int, list[_Instrument]] = defaultdict(list)
    for kind, model in (("Convention", Convention), ("Lease", Lease)):
        mine = {row["id"] for _, row in found[kind]}
        if actor.role not in SEES_ALL:
            mine = set(await model.filter(within(model, actor), id__in=mine).values_list("id", flat=True))
        for center, row in found[kind]:
            instruments[center].append(_Instrument(kind, row, row["id"] in mine))
    premises = dict(await Center.filter(id__in=ids).values_list("id", "premises"))
    return {one: _tenure(instruments[one], premises.get(one), on) for one in ids}


@dataclass(frozen=True)
class _Instrument:
    """A signed agreement that covers a center, and whether the person who asks may see it."""

    kind: str
    row: Row
    shown: bool

    @property
    def basis(self) -> TenureBasis:
        if self.kind == "Convention":
            return TenureBasis.CONVENTION
        assigned = self.row["nature"] == LeaseNature.PROPERTY_ASSIGNMENT
        return TenureBasis.PROPERTY_ASSIGNMENT if assigned else TenureBasis.LEASE

    @property
    def ends_on(self) -> date | None:
        """The last day in force, an early termination counted in."""
        return last_in_force(self.row["ends_on"], self.row["terminated_on"])

    def standing(self, on: date) -> Standing:
        row = self.row
        return standing(row["stage"], row["starts_on"], row["ends_on"], row["terminated_on"], on=on)


def _tenure(instruments: list[_Instrument], premises: TenureBasis | None, on: date) -> Tenure:
    live = [one for one in instruments if one.standing(on) in LIVE]
    past = [one for one in instruments if one.standing(on) == Standing.EXPIRED]
    if not live and premises:
        return Tenure(TenureBasis(premises))
    if not live and not past:
        return Tenure(TenureBasis.NONE_ON_RECORD)
    chosen = max(live or past, key=lambda one: (one.shown, one.ends_on or date.max, one.row["id"]))
    if not chosen.shown:
        return Tenure(chosen.basis)
    ends_on = chosen.ends_on
    days_left = (ends_on - on).days if ends_on else None
    return Tenure(chosen.basis, chosen.kind, chosen.row, ends_on, days_left, chosen.standing(on))


async def alarms_by_center(tenures: dict[int, Tenure], actor: User, *, on: date) -> dict[int, list[Alarm]]:
    """Return the alarms as of a date of the centers whose tenures are given."""
    ids = list(tenures)
    licenses = await license_by_center(ids, actor, on=on)
    attended = await attendance_by_center(ids, actor, on=on)
    centers = await Center.filter(id__in=ids).values("id", "state", "state_since", "capacity")
    found = {row["id"]: row for row in centers}
    return {one: alarms_of(found[one], tenures[one], licenses.get(one), attended.get(one), on=on) for one in found}


def alarms_of(center: Row, tenure: Tenure, license: Row | None, attended: Row | None, *, on: date) -> list[Alarm]:
    """Return the alarms of one center as of a date from what is known of it; a closed center raises none."""
    if center["state"] == CenterState.CLOSED:
        return []
    alarms = [
        *_tenure_alarms(tenure, center["state_since"], on),
        *_license_alarms(license, on),
        *_capacity_alarms(center["capacity"], attended),
    ]
    return sorted(alarms, key=lambda alarm: list(Severity).index(alarm.severity))


def _tenure_alarms(tenure: Tenure, since: date | None, on: date) -> list[Alarm]:
    if tenure.basis == TenureBasis.NONE_ON_RECORD:
        message = "Sin convenio ni arrendamiento en registro; por verificar."
        return [Alarm(AlarmCode.NO_INSTRUMENT_ON_RECORD, Severity.WARNING, message, since)]
    if tenure.instrument is None or tenure.ends_on is None:
        return []
    days = (tenure.ends_on - on).days
    message = f"{tenure.instrument['number']} {ends_in_words(days)}."
    if tenure.instrument["terminated_on"] and 0 <= days <= EXPIRING_DAYS:
        early = f"{tenure.instrument['number']} termina antes de su plazo: rige hasta el {tenure.ends_on:%d/%m/%Y}."
        return [
            Alarm(AlarmCode.INSTRUMENT_EXPIRING, Severity.WARNING, early, tenure.ends_on - timedelta(EXPIRING_DAYS))
        ]
    if tenure.standing == Standing.EXPIRED:
        day_after = tenure.ends_on + timedelta(days=1)
        return [Alarm(AlarmCode.INSTRUMENT_EXPIRED, Severity.CRITICAL, message, day_after)]
    if tenure.standing == Standing.EXPIRING:
        first = tenure.ends_on - timedelta(days=EXPIRING_DAYS)
        return [Alarm(AlarmCode.INSTRUMENT_EXPIRING, Severity.WARNING, message, first)]
    return []


def _license_alarms(license: Row | None, on: date) -> list[Alarm]:
    if license is None:
        message = "Sin licencia sanitaria en registro; por verificar."
        return [Alarm(AlarmCode.LICENSE_MISSING, Severity.INFO, message, None)]
    where = standing(license["stage"], license["starts_on"], license["ends_on"], license["terminated_on"], on=on)
    ends_on = license["ends_on"]
    if ends_on is None or where == Standing.IN_FORCE:
        return []
    message = f"La licencia sanitaria {license['number']} {ends_in_words((ends_on - on).days)}."
    if where == Standing.EXPIRED:
        day_after = ends_on + timedelta(days=1)
        return [Alarm(AlarmCode.LICENSE_EXPIRED, Severity.CRITICAL, message, day_after)]
    first = ends_on - timedelta(days=EXPIRING_DAYS)
    return [Alarm(AlarmCode.LICENSE_EXPIRING, Severity.WARNING, message, first)]


def _capacity_alarms(capacity: int | None, attended: Row | None) -> list[Alarm]:
    if not capacity or not attended or attended["men"] + attended["women"] <= capacity:
        return []
    total = attended["men"] + attended["women"]
    message = f"Atiende a {total} personas y su capacidad es de {capacity}."
    return [Alarm(AlarmCode.OVER_CAPACITY, Severity.WARNING, message, attended["month"])]
