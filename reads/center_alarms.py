"""What may be wrong with centers on a date: what they stand on, license, capacity, attendance, what visits found."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations

from models.agreements import (
    EXPIRING_DAYS,
    AgreementStage,
    LeaseNature,
    SanitaryLicense,
    Standing,
    ends_in_words,
    standing,
)
from models.alarms import AlarmCode, Severity
from models.centers import Center, CenterState, TenureBasis
from models.months import month_in_words, months_later
from models.people import User
from models.signing import Side
from models.supervision import FindingSeverity
from reads.alarm_words import Alarm
from reads.attendance import attendance_by_center
from reads.center_history import centers_on
from reads.paging import Row
from reads.parties import listed
from reads.supervision import overdue_findings
from reads.tenure import FEW, Footing, Instrument, footings

CENTER_FACTS = (
    "id", "code", "name", "program", "municipality_id", "state", "state_since", "capacity", "premises",
)  # fmt: skip
"""Columns of a center that its alarms are made of."""

SILENT_MONTHS = 2
"""Whole months without a figure after which a center is said not to report."""


async def center_facts(ids: Sequence[int], actor: User, *, on: date) -> dict[int, Row]:
    """Return what alarms are made of, of centers as they were on a date."""
    rows = await Center.filter(id__in=ids).values(*CENTER_FACTS)
    return {row["id"]: row for row in await centers_on(rows, on=on)}


async def findings_by_center(ids: Sequence[int], actor: User, *, on: date) -> dict[int, list[Row]]:
    """Return what of each center's supervision was overdue on a date."""
    return await overdue_findings(ids, on=on)


async def alarms_of_centers(
    centers: Sequence[Row], live: Sequence[Row], actor: User, *, on: date
) -> dict[int, list[Alarm]]:
    """Return the alarms of these centers on a date; `live` are the conventions in force then, read before.

    The number of statements does not depend on how many centers there are. A closed center raises none.
    """
    rows = [row for row in centers if row["state"] != CenterState.CLOSED]
    ids = [row["id"] for row in rows]
    if not ids:
        return {}
    standing_on = await footings({row["id"]: row["premises"] for row in rows}, live, actor, on=on)
    licenses = await _licenses(ids, on)
    attended = await attendance_by_center(ids, actor, on=on)
    overdue = await overdue_findings(ids if len(ids) <= FEW else None, on=on)
    return {
        row["id"]: alarms_of_center(
            row,
            standing_on[row["id"]],
            licenses.get(row["id"]),
            attended.get(row["id"]),
            overdue.get(row["id"]) or [],
            on=on,
        )
        for row in rows
    }


def alarms_of_center(
    center: Row, footing: Footing, license: Row | None, attended: Row | None, overdue: Sequence[Row], *, on: date
) -> list[Alarm]:
    """Return the alarms of one center on a date from what is known of it; a closed center raises none."""
    if center["state"] == CenterState.CLOSED:
        return []
    return [
        *_tenure(center, footing, on),
        *_license(center, license, on),
        *_doubled(center, footing),
        *_capacity(center, attended),
        *_attendance(center, attended, on),
        *_findings(center, overdue),
    ]


async def _licenses(ids: Sequence[int], on: date) -> dict[int, Row]:
    """Return the license of each center that ends last among those begun by a date, as `license_by_center` does."""
    rows = SanitaryLicense.filter(stage=AgreementStage.SIGNED, starts_on__lte=on)
    if len(ids) <= FEW:
        rows = rows.filter(center_id__in=ids)
    columns = ("center_id", "number", "starts_on", "ends_on", "terminated_on")
    return {row["center_id"]: row for row in await rows.order_by("ends_on", "id").values(*columns)}


def _page(center: Row) -> str:
    return f"/centros/{center['code']}"


def _tenure(center: Row, footing: Footing, on: date) -> Iterator[Alarm]:
    if footing.basis == TenureBasis.NONE_ON_RECORD:
        yield Alarm(
            AlarmCode.NO_INSTRUMENT_ON_RECORD, Severity.WARNING, center["state_since"],
            lambda: "Sin convenio ni arrendamiento en registro; por verificar.", f"{_page(center)}#titulo", center,
        )  # fmt: skip
    chosen = footing.chosen
    if chosen is None or not chosen.shown or chosen.ends_on is None:
        return
    ends_on, number = chosen.ends_on, chosen.row["number"]
    days = (ends_on - on).days
    link = f"/{'convenios' if chosen.kind == 'Convention' else 'arrendamientos'}/{number}"
    about = f"{chosen.kind}:{chosen.row['id']}"
    if chosen.standing(on) == Standing.EXPIRED:
        code, severity, since = AlarmCode.INSTRUMENT_EXPIRED, Severity.CRITICAL, ends_on + timedelta(days=1)
    elif days <= EXPIRING_DAYS:
        code, severity, since = AlarmCode.INSTRUMENT_EXPIRING, Severity.WARNING, ends_on - timedelta(EXPIRING_DAYS)
    else:
        return
    early = chosen.row["terminated_on"] and days >= 0
    how = f"termina antes de su plazo: rige hasta el {ends_on:%d/%m/%Y}" if early else ends_in_words(days)
    yield Alarm(code, severity, since, lambda: f"{number} {how}.", link, center, about=about)


def _license(center: Row, license: Row | None, on: date) -> Iterator[Alarm]:
    if license is None:
        message = "Sin licencia sanitaria en registro; por verificar."
        yield Alarm(
            AlarmCode.LICENSE_MISSING, Severity.INFO, None, lambda: message, f"{_page(center)}#licencia", center
        )
        return
    where = standing(AgreementStage.SIGNED, license["starts_on"], license["ends_on"], license["terminated_on"], on=on)
    ends_on, number = license["ends_on"], license["number"]
    if ends_on is None or where == Standing.IN_FORCE:
        return
    code, severity, since = AlarmCode.LICENSE_EXPIRING, Severity.WARNING, ends_on - timedelta(days=EXPIRING_DAYS)
    if where == Standing.EXPIRED:
        code, severity, since = AlarmCode.LICENSE_EXPIRED, Severity.CRITICAL, ends_on + timedelta(days=1)
    yield Alarm(
        code, severity, since, lambda: f"La licencia sanitaria {number} {ends_in_words((ends_on - on).days)}.",
        f"/licencias/{number}", center, about=number,
    )  # fmt: skip


def _doubled(center: Row, footing: Footing) -> Iterator[Alarm]:
    """Tell of two conventions of one program in force at once, and of a lease beside a convention.

    A convention and the one that renews it are no two: the later takes the earlier one's place.
    """
    conventions = [one for one in footing.live if one.kind == "Convention"]
    # Without rent, assigned premises cost nothing beside a convention.
    leases = [one for one in footing.live if one.kind == "Lease" and one.row["nature"] == LeaseNature.LEASE]
    pairs = [
        pair
        for pair in combinations(sorted(conventions, key=lambda one: one.row["id"]), 2)
        if pair[0].row["program"] == pair[1].row["program"] and not _kin(*pair)
    ]
    if pairs:
        both = {one.row["id"]: one for pair in pairs for one in pair}
        yield _overlap(AlarmCode.TWO_LIVE_CONVENTIONS, center, list(both.values()), min(map(_both_since, pairs)))
    if conventions and leases:
        first = min(_both_since((one, other)) for one in conventions for other in leases)
        yield _overlap(AlarmCode.LEASE_AND_CONVENTION, center, [*conventions, *leases], first)


def _kin(one: Instrument, other: Instrument) -> bool:
    return one.row["renews_id"] == other.row["id"] or other.row["renews_id"] == one.row["id"]


def _both_since(pair: tuple[Instrument, Instrument]) -> date:
    return max(one.row["starts_on"] for one in pair)


def _overlap(code: AlarmCode, center: Row, found: list[Instrument], since: date) -> Alarm:
    """Name what a person may see by its number; of the rest only that it exists."""
    shown = [one for one in found if one.shown]
    link = _page(center)
    if shown:
        folder = "convenios" if shown[-1].kind == "Convention" else "arrendamientos"
        link = f"/{folder}/{shown[-1].row['number']}"

    def said() -> str:
        names = [one.row["number"] for one in shown]
        names += [_unnamed(one, alone=not shown) for one in found if not one.shown]
        return f"Rigen a la vez para este centro: {listed(names)}."

    about = "-".join(f"{one.kind}:{one.row['id']}" for one in found)
    return Alarm(code, Severity.WARNING, since, said, link, center, about=about)


def _unnamed(one: Instrument, *, alone: bool) -> str:
    word = "convenio" if one.kind == "Convention" else "arrendamiento"
    return f"un {word}" if alone or one.kind == "Lease" else f"otro {word}"


def _capacity(center: Row, attended: Row | None) -> Iterator[Alarm]:
    capacity = center["capacity"]
    if not capacity or not attended or attended["men"] + attended["women"] <= capacity:
        return
    total = attended["men"] + attended["women"]
    message = f"Atiende a {total} personas y su capacidad es de {capacity}."
    yield Alarm(
        AlarmCode.OVER_CAPACITY, Severity.WARNING, attended["month"], lambda: message,
        f"{_page(center)}/asistencia", center,
    )  # fmt: skip


def _attendance(center: Row, attended: Row | None, on: date) -> Iterator[Alarm]:
    """Tell of an open center of which two whole months passed without a figure, after its last one or its opening."""
    if center["state"] != CenterState.OPEN:
        return
    reported, opened = attended["month"] if attended else None, center["state_since"]
    # The first whole month of a center that opens on the 15th is the next one.
    whole = opened and (opened if opened.day == 1 else months_later(opened, 1))
    awaited = [day for day in (reported and months_later(reported, 1), whole) if day]
    silent_since = months_later(max(awaited), SILENT_MONTHS) if awaited else None
    if silent_since and silent_since > on:
        return

    def said() -> str:
        if reported is None:
            return "No consta ningún mes de asistencia; por verificar."
        return f"El último mes de asistencia informado es {month_in_words(reported)}."

    severity = Severity.WARNING if reported else Severity.INFO
    link = f"{_page(center)}/asistencia"
    yield Alarm(AlarmCode.ATTENDANCE_NOT_REPORTED, severity, silent_since, said, link, center)


def _findings(center: Row, overdue: Sequence[Row]) -> Iterator[Alarm]:
    if not overdue:
        return
    worst = any(row["severity"] == FindingSeverity.HIGH for row in overdue)
    sides = {row["party"] for row in overdue}

    def said() -> str:
        many = "Un hallazgo de supervisión pasó" if len(overdue) == 1 else f"{len(overdue)} hallazgos pasaron"
        return f"{many} de su fecha sin que conste que se corrigió: {overdue[0]['text'][:120]}"

    yield Alarm(
        AlarmCode.FINDING_OVERDUE, Severity.CRITICAL if worst else Severity.WARNING,
        min(row["due_on"] for row in overdue) + timedelta(days=1), said, f"{_page(center)}/supervision", center,
        owed_by=Side(sides.pop()) if len(sides) == 1 else None,
    )  # fmt: skip
