"""What to look into before and after a convention is signed: it warns, it never blocks."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from models.agreements import (
    PENDING_STAGES,
    PERFECTED,
    Convention,
    Standing,
    last_day,
    last_in_force,
    standing,
    standing_is,
)
from models.alarms import Severity
from models.centers import Center
from models.conventions import Amendment, Commitment
from models.drafts import Condition
from models.people import User
from models.permissions import SEES_ALL, within
from reads.commitments import overdue_is
from reads.holder_changes import holder_changes, signatures_of
from reads.office_holders import Office, holder_on, holders_of
from reads.paging import Row
from reads.parties import Party, parties_of


class WarningCode(StrEnum):
    """What may deserve a look."""

    TERM_OUTLIVES_HOLDER = "TERM_OUTLIVES_HOLDER"
    HOLDER_CHANGED = "HOLDER_CHANGED"
    COMMITMENT_OVERDUE = "COMMITMENT_OVERDUE"
    CONDITIONS_PENDING = "CONDITIONS_PENDING"
    TWO_LIVE = "TWO_LIVE"
    RENEWED_CHANGED = "RENEWED_CHANGED"


@dataclass(frozen=True)
class Warned:
    """One warning: its code, how much it presses, and a Spanish sentence."""

    code: WarningCode
    severity: Severity
    message: str


LIVING = (Standing.PENDING, Standing.IN_FORCE, Standing.EXPIRING)
"""Where a convention still deserves warnings; what is over deserves none."""

_COLUMNS = (
    "id", "number", "program", "stage", "starts_on", "ends_on", "terminated_on", "term_months", "requested_on",
    "renews_id", "renews__number", "renews__ends_on", "renews__terminated_on",
)  # fmt: skip


async def warnings_by_convention(ids: Sequence[int], actor: User, *, on: date) -> dict[int, list[Warned]]:
    """Return what to look into of each convention on a date; the number of statements does not depend on how many."""
    rows = [row for row in await Convention.filter(id__in=ids).values(*_COLUMNS) if _standing(row, on) in LIVING]
    if not rows:
        return {}
    alive = [row["id"] for row in rows]
    parties = await parties_of(alive)
    everybody = [one for some in parties.values() for one in some]
    towns = {one.municipality_id for one in everybody if one.municipality_id}
    holders = await holders_of(list(towns), list({one.institution_id for one in everybody if one.institution_id}))
    signed = await signatures_of(alive)
    overdue = await _overdue(alive, on)
    conditions = await _conditions(alive, on)
    doubled = await _doubled(rows, actor, on)
    extended = await _extended([row["renews_id"] for row in rows if row["renews_id"]])
    return {
        row["id"]: [
            *_renewed_changed(row, extended),
            *_conditions_pending(conditions.get(row["id"], 0)),
            *doubled.get(row["id"], []),
            *_term_outlives(row, parties[row["id"]], holders, on),
            *(
                Warned(WarningCode.HOLDER_CHANGED, Severity.WARNING, change.message)
                for change in holder_changes(parties[row["id"]], holders, signed.get(row["id"], []), on)
            ),
            *_commitments_overdue(overdue.get(row["id"], 0)),
        ]
        for row in rows
    }


def _standing(row: Row, on: date) -> Standing:
    return standing(row["stage"], row["starts_on"], row["ends_on"], row["terminated_on"], on=on)


def _term_outlives(row: Row, parties: Sequence[Party], holders: dict[Office, list[Row]], on: date) -> Iterator[Warned]:
    """Warn of each municipality whose authority leaves office before the term ends."""
    ends = _expected_end(row, on)
    for party in parties:
        holder = holder_on(holders.get((party.municipality_id, None), []), on) if party.municipality_id else None
        if holder is None or holder["until"] is None or (ends and ends <= holder["until"]):
            continue
        term = f"El plazo llega al {ends:%d/%m/%Y}" if ends else "El plazo no tiene fecha de vencimiento"
        message = f"{term} y el período de {holder['name']} ({party.name}) termina el {holder['until']:%d/%m/%Y}."
        yield Warned(WarningCode.TERM_OUTLIVES_HOLDER, Severity.WARNING, message)


def _expected_end(row: Row, on: date) -> date | None:
    """Return the last day of the term; of one that is not signed, what it would be if it were signed on this day."""
    if row["stage"] not in PENDING_STAGES:
        return last_in_force(row["ends_on"], row["terminated_on"])
    if not row["term_months"]:
        return None
    renewed = last_in_force(row["renews__ends_on"], row["renews__terminated_on"])
    return last_day(renewed + timedelta(days=1) if renewed and renewed >= on else on, row["term_months"])


async def _overdue(ids: Sequence[int], on: date) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for row in await Commitment.filter(overdue_is(on), convention_id__in=ids).values("convention_id"):
        found[row["convention_id"]] += 1
    return found


def _commitments_overdue(count: int) -> Iterator[Warned]:
    if count:
        many = "Un compromiso pasó" if count == 1 else f"{count} compromisos pasaron"
        message = f"{many} de su fecha sin que conste que se cumplió."
        yield Warned(WarningCode.COMMITMENT_OVERDUE, Severity.WARNING, message)


async def _conditions(ids: Sequence[int], on: date) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    rows = Condition.filter(review__convention_id__in=ids, met_on__isnull=True, due_on__lt=on)
    for row in await rows.filter(document__voided_on__isnull=True).values(convention="review__convention_id"):
        found[row["convention"]] += 1
    return found


def _conditions_pending(count: int) -> Iterator[Warned]:
    if count:
        many = "Una condición aplazada del dictamen pasó" if count == 1 else f"{count} condiciones aplazadas pasaron"
        yield Warned(WarningCode.CONDITIONS_PENDING, Severity.CRITICAL, f"{many} de su fecha sin cumplirse.")


async def _doubled(rows: Sequence[Row], actor: User, on: date) -> dict[int, list[Warned]]:
    """Warn of each center that another live convention of the same program covers; of what is in reach, by name."""
    asked = {row["id"]: row for row in rows}
    covered = Convention.filter(id__in=list(asked), centers__id__isnull=False)
    pairs = [(row["id"], row["center"]) for row in await covered.values("id", center="centers__id")]
    centers = {center for _, center in pairs}
    if not centers:
        return {}
    live = standing_is(Standing.IN_FORCE, on=on) | standing_is(Standing.EXPIRING, on=on)
    others = Convention.filter(live, centers__id__in=list(centers), stage__in=PERFECTED)
    on_center: dict[int, list[Row]] = defaultdict(list)
    for row in await others.values("id", "number", "program", "renews_id", center="centers__id"):
        on_center[row["center"]].append(row)
    seen = await _in_reach(actor, [row["id"] for some in on_center.values() for row in some])
    shown = Center.filter(within(Center, actor), id__in=list(centers))
    names = {row["id"]: row["name"] for row in await shown.values("id", "name")}
    found: dict[int, list[Warned]] = defaultdict(list)
    for key, center in sorted(pairs):
        row = asked[key]
        for other in on_center[center]:
            # What it renews, and what renews it, are no second one.
            kin = other["id"] in (key, row["renews_id"]) or other["renews_id"] == key
            if kin or other["program"] != row["program"] or center not in names:
                continue
            which = f"el {other['number']}" if other["id"] in seen else "otro convenio"
            message = f"Para {names[center]} ya rige {which}, del mismo programa."
            found[key].append(Warned(WarningCode.TWO_LIVE, Severity.WARNING, message))
    return found


async def _in_reach(actor: User, ids: Sequence[int]) -> set[int]:
    if actor.role in SEES_ALL:
        return set(ids)
    rows = await Convention.filter(within(Convention, actor), id__in=list(ids)).values("id")
    return {row["id"] for row in rows}


async def _extended(ids: Sequence[int]) -> dict[int, Row]:
    """Return the last extension of each convention."""
    columns = ("convention_id", "new_ends_on", "signed_on")
    rows = Amendment.filter(convention_id__in=ids, new_ends_on__isnull=False).order_by("ordinal")
    return {row["convention_id"]: row for row in await rows.values(*columns)}


def _renewed_changed(row: Row, extended: dict[int, Row]) -> Iterator[Warned]:
    """Warn of a renewal under way whose predecessor was extended or ended since it was asked for."""
    if row["stage"] not in PENDING_STAGES or not row["renews_id"]:
        return
    asked = row["requested_on"] or date.min
    longer = extended.get(row["renews_id"])
    if row["renews__terminated_on"]:
        what = f"termina antes de su plazo, el {row['renews__terminated_on']:%d/%m/%Y}"
    elif longer and longer["signed_on"] >= asked:
        what = f"se prorrogó hasta el {longer['new_ends_on']:%d/%m/%Y}"
    else:
        return
    message = f"El {row['renews__number']}, que este renueva, {what}: revise desde cuándo debe regir."
    yield Warned(WarningCode.RENEWED_CHANGED, Severity.WARNING, message)
