"""Which agreements near their end are to be told to whom today: the ladder, and what of it is due and not yet told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tortoise.expressions import Q
from tortoise.models import Model

from models.agreements import PENDING_STAGES, AgreementStage, Convention, Lease, LeaseNature, SanitaryLicense
from models.ladders import Instrument
from models.outbox import Reminder
from models.people import Role, User
from models.places import ProgramCode
from models.reviews import OPEN_STAGES, LegalReview
from reads.parties import listed, parties_of

LADDER: dict[Instrument, tuple[int, ...]] = {
    Instrument.CONVENTION: (90, 60, 30, 15, 0, -15),
    Instrument.LEASE: (90, 60, 30, 15, 0, -15),
    Instrument.LICENSE: (90, 60, 30, 15, 0, -15),
}
"""Rungs in calendar days before the last day in force; negative ones come after it. Descending."""

LEGAL_HEAD_TOLD = {Instrument.CONVENTION, Instrument.LEASE}
"""Instruments whose end the head of the legal office is told about."""

_MODELS: dict[Instrument, type[Model]] = {
    Instrument.CONVENTION: Convention,
    Instrument.LEASE: Lease,
    Instrument.LICENSE: SanitaryLicense,
}

_COLUMNS: dict[Instrument, dict[str, str]] = {
    Instrument.CONVENTION: {
        "program": "program",
        "place": "municipality__name",
    },
    Instrument.LEASE: {
        "program": "program",
        "place": "center__name",
        "office": "office__name",
        "nature": "nature",
        "department": "municipality__department_id",
    },
    Instrument.LICENSE: {
        "program": "center__program",
        "place": "center__name",
        "department": "center__municipality__department_id",
    },
}


@dataclass(frozen=True)
class Due:
    """An agreement whose rung has come, and the people who have not been told of it yet."""

    instrument: Instrument
    id: int
    number: str
    place: str
    ends_on: date
    rung: int
    due_on: date
    renewal: str
    """Code of the file of the renewal under way; empty when there is none."""
    people: tuple[tuple[str, str], ...]
    assigned: bool = False
    """Whether it is a property assignment."""


@dataclass(frozen=True)
class DuePage:
    """One page of agreements: what is due among them, and where the next page starts (None: there is none)."""

    due: list[Due]
    after_id: int | None


def rung_on(instrument: Instrument, ends_on: date, on: date) -> int | None:
    """Return the most urgent rung that has come, None before the first. The rungs it passed are never told later."""
    reached = [rung for rung in LADDER[instrument] if (ends_on - on).days <= rung]
    return reached[-1] if reached else None


def next_rung(instrument: Instrument, ends_on: date, on: date) -> int | None:
    """Return the rung that comes next, today's included; None when the ladder is behind."""
    return next((rung for rung in LADDER[instrument] if rung <= (ends_on - on).days), None)


async def due_reminders(instrument: Instrument, on: date, *, after_id: int = 0, limit: int = 500) -> DuePage:
    """Return what of the next `limit` agreements (by id, after `after_id`) is due by `on` and not yet told.

    The number of statements does not depend on the number of agreements.
    """
    rows = await _ending(instrument, on, after_id, limit)
    ids = [row["id"] for row in rows]
    followed, pending = await _renewals(instrument, ids)
    told = await _told(instrument, ids)
    if instrument == Instrument.CONVENTION:
        await _add_parties(rows)
    circle = await _circle(rows)
    due: list[Due] = []
    for row in rows:
        rung = rung_on(instrument, row["ends_on"], on)
        if rung is None or row["id"] in followed:
            continue
        due_on = row["ends_on"] - timedelta(days=rung)
        concerned = circle.concerned(instrument, row)
        people = tuple(one for one in concerned if (row["id"], rung, due_on, one[0]) not in told)
        if people:
            place = row.get("parties") or row["place"] or row.get("office") or ""
            renewal = pending.get(row["id"], "")
            assigned = row.get("nature") == LeaseNature.PROPERTY_ASSIGNMENT
            due.append(
                Due(
                    instrument, row["id"], row["number"], place, row["ends_on"], rung, due_on, renewal, people, assigned
                )
            )
    return DuePage(due, ids[-1] if len(ids) == limit else None)


async def _ending(instrument: Instrument, on: date, after_id: int, limit: int) -> list[dict[str, Any]]:
    horizon = on + timedelta(days=LADDER[instrument][0])
    alive = Q(stage=AgreementStage.SIGNED, terminated_on__isnull=True, ends_on__lte=horizon, id__gt=after_id)
    query = _MODELS[instrument].filter(alive).order_by("id").limit(limit)
    return list(await query.values("id", "number", "ends_on", **_COLUMNS[instrument]))


async def _add_parties(rows: Sequence[dict[str, Any]]) -> None:
    """Name the counterparts of each convention: towns by their name alone, as people call them."""
    parties = await parties_of([row["id"] for row in rows])
    for row in rows:
        row["towns"] = [one.municipality_id for one in parties[row["id"]] if one.municipality_id]
        row["parties"] = listed([one.name.removeprefix("Municipalidad de ") for one in parties[row["id"]]])


async def _renewals(instrument: Instrument, ids: Sequence[int]) -> tuple[set[int], dict[int, str]]:
    """Return the agreements that another one already follows, and the file codes of the renewals under way."""
    link = f"{instrument.value}_id"
    following = _MODELS[instrument].filter(renews_id__in=list(ids)).exclude(stage=AgreementStage.WITHDRAWN)
    renewals = await following.values("id", "renews_id", "stage")
    under_way = {one["id"]: one["renews_id"] for one in renewals if one["stage"] in PENDING_STAGES}
    files = LegalReview.filter(**{f"{link}__in": list(under_way)}, stage__in=OPEN_STAGES)
    codes = {row[link]: row["code"] for row in await files.values(link, "code")}
    followed = {one["renews_id"] for one in renewals if one["stage"] not in PENDING_STAGES}
    pending = {renewed: codes[renewal] for renewal, renewed in under_way.items() if renewal in codes}
    return followed, pending


async def _told(instrument: Instrument, ids: Sequence[int]) -> set[tuple[int, int, date, str]]:
    key = f"{instrument.value}_id"
    rows = await Reminder.filter(**{f"{key}__in": list(ids)}).values_list(key, "rung", "due_on", "recipient")
    return {tuple(row) for row in rows}


class _Circle:
    """The people that these agreements' ends concern, loaded once for a page."""

    def __init__(self, people: Iterable[User]) -> None:
        self.municipal: dict[str, list[tuple[str, str]]] = {}
        self.directors: dict[ProgramCode, list[tuple[str, str]]] = {}
        self.coordinators: dict[str, list[tuple[str, str]]] = {}
        self.legal_heads: list[tuple[str, str]] = []
        for person in people:
            address = (person.email, person.name)
            if person.role == Role.LEGAL_HEAD:
                self.legal_heads.append(address)
            elif person.role == Role.DIRECTOR and person.program:
                self.directors.setdefault(person.program, []).append(address)
            elif person.role == Role.COORDINATOR and person.department_id:
                self.coordinators.setdefault(person.department_id, []).append(address)
            elif person.role == Role.MUNICIPAL and person.municipality_id:
                self.municipal.setdefault(person.municipality_id, []).append(address)

    def concerned(self, instrument: Instrument, row: dict[str, Any]) -> list[tuple[str, str]]:
        """Return addresses and names to tell about one agreement."""
        municipal = [one for town in row.get("towns", ()) for one in self.municipal.get(town, [])]
        # Who asks for premises and licenses is told of their end: the sede of the department, the direction.
        sede = self.coordinators.get(row.get("department") or "", [])
        told = [*municipal, *sede, *self.directors.get(row["program"], [])]
        return told + self.legal_heads if instrument in LEGAL_HEAD_TOLD else told


async def _circle(rows: Sequence[dict[str, Any]]) -> _Circle:
    municipalities = {town for row in rows for town in row.get("towns", ())}
    departments = {row["department"] for row in rows if row.get("department")}
    wanted = Q(role__in=[Role.LEGAL_HEAD, Role.DIRECTOR])
    if departments:
        wanted |= Q(role=Role.COORDINATOR, department_id__in=list(departments))
    if municipalities:
        wanted |= Q(role=Role.MUNICIPAL, municipality_id__in=list(municipalities))
    return _Circle(await User.filter(wanted, active=True).order_by("id") if rows else [])
