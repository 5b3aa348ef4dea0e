"""Which agreements near their end are to be told to whom today: what of their ladder has come and is not yet told."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tortoise.expressions import Q
from tortoise.models import Model

from models.agreements import PENDING_STAGES, AgreementStage, Convention, Lease, LeaseNature, SanitaryLicense
from models.ladders import DayUnit, Instrument
from models.messages import Contact
from models.outbox import Reminder
from models.people import Role, User
from models.places import Municipality, ProgramCode
from models.reviews import OPEN_STAGES, LegalReview
from reads.ladders import Rung, ladders
from reads.parties import listed, parties_of
from reads.requirements import Checklist

Person = tuple[str, str]
"""Address and name."""

_MODELS: dict[Instrument, type[Model]] = {
    Instrument.CONVENTION: Convention,
    Instrument.LEASE: Lease,
    Instrument.LICENSE: SanitaryLicense,
}

_COLUMNS: dict[Instrument, dict[str, str]] = {
    Instrument.CONVENTION: {
        "program": "program",
        "place": "municipality__name",
        "kind": "kind",
    },
    Instrument.LEASE: {
        "program": "program",
        "place": "center__name",
        "office": "office__name",
        "kind": "nature",
        "form": "form",
        "department": "municipality__department_id",
    },
    Instrument.LICENSE: {
        "program": "center__program",
        "place": "center__name",
        "town": "center__municipality_id",
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
    rung: Rung
    due_on: date
    renewal: str
    """Code of the file of the renewal under way; empty when there is none."""
    people: tuple[Person, ...]
    assigned: bool = False
    """Whether it is a property assignment."""
    asked: tuple[str, ...] = ()
    """Titles of what is asked for its renewal without fail, in the order of the checklist."""


@dataclass(frozen=True)
class DuePage:
    """One page of agreements: what is due among them, and where the next page starts (None: there is none)."""

    due: list[Due]
    after_id: int | None


async def due_reminders(instrument: Instrument, on: date, *, after_id: int = 0, limit: int = 500) -> DuePage:
    """Return what of the next `limit` agreements (by id, after `after_id`) is due by `on` and not yet told.

    The number of statements does not depend on the number of agreements.
    """
    rungs = await ladders()
    horizon = rungs.horizon(instrument, on)
    if horizon is None:
        return DuePage([], None)
    read = await _ending(instrument, horizon, after_id, limit)
    after = read[-1]["id"] if len(read) == limit else None
    followed, pending = await _renewals(instrument, [row["id"] for row in read])
    rows = []
    for row in read:
        reached = rungs.reached(instrument, row.get("kind", ""), row["ends_on"], on)
        if reached and row["id"] not in followed:
            rows.append(row | {"due_on": reached[0], "rung": reached[1]})
    if not rows:
        return DuePage([], after)
    told = await _told(instrument, [row["id"] for row in rows])
    if instrument == Instrument.CONVENTION:
        await _add_parties(rows)
    circle = await _circle(rows)
    fresh = [row | {"people": told.leave_out(row, circle.concerned(row))} for row in rows]
    due = [row for row in fresh if row["people"]]
    checklist = await Checklist.on(on) if due else None
    return DuePage([_due(instrument, row, pending.get(row["id"], ""), checklist) for row in due], after)


def _due(instrument: Instrument, row: dict[str, Any], renewal: str, checklist: Checklist | None) -> Due:
    assigned = row.get("kind") == LeaseNature.PROPERTY_ASSIGNMENT
    asked = () if renewal or checklist is None else _asked(instrument, row, checklist)
    place = row.get("parties") or row["place"] or row.get("office") or ""
    return Due(
        instrument, row["id"], row["number"], place, row["ends_on"], row["rung"], row["due_on"], renewal,
        row["people"], assigned, asked,
    )  # fmt: skip


def _asked(instrument: Instrument, row: dict[str, Any], checklist: Checklist) -> tuple[str, ...]:
    if instrument == Instrument.CONVENTION:
        lines = checklist.of_convention(row["kind"], row["program"], municipal=bool(row["towns"]))
    elif instrument == Instrument.LEASE:
        lines = checklist.of_lease(row["kind"], row["form"], row["program"])
    else:
        lines = checklist.of_license(row["program"])
    return tuple(line["title"] for line in lines if line["mandatory"])


async def _ending(instrument: Instrument, horizon: date, after_id: int, limit: int) -> list[dict[str, Any]]:
    alive = Q(stage=AgreementStage.SIGNED, terminated_on__isnull=True, ends_on__lte=horizon, id__gt=after_id)
    query = _MODELS[instrument].filter(alive).order_by("id").limit(limit)
    return list(await query.values("id", "number", "ends_on", **_COLUMNS[instrument]))


async def _add_parties(rows: Sequence[dict[str, Any]]) -> None:
    """Name the counterparts of each convention: towns by their name alone, as people call them."""
    parties = await parties_of([row["id"] for row in rows])
    for row in rows:
        row["towns"] = [one.municipality_id for one in parties[row["id"]] if one.municipality_id]
        row["institutions"] = [one.institution_id for one in parties[row["id"]] if one.institution_id]
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


class _Told:
    """What was told of these agreements: which rungs of which term to whom, and the latest day of those rungs.

    A rung is known by its term, not by its day: a holiday noted later moves the day of a working-day rung, and an
    extended term has a ladder of its own.
    """

    def __init__(self) -> None:
        self.rungs: set[tuple[int, date, str, int, DayUnit]] = set()
        self.latest: dict[tuple[int, date, str], date] = {}

    def note(self, id: int, ends_on: date, address: str, rung: int, unit: DayUnit, due_on: date) -> None:
        """Note one reminder."""
        self.rungs.add((id, ends_on, address, rung, unit))
        key = (id, ends_on, address)
        self.latest[key] = max(due_on, self.latest.get(key, due_on))

    def leave_out(self, row: dict[str, Any], people: Iterable[Person]) -> tuple[Person, ...]:
        """Return those who were told neither this rung nor a later one of the same term.

        Later ones tell more urgently: a rung put into the ladder behind them says nothing new.
        """
        term = (row["id"], row["ends_on"])
        which = (row["rung"].days, row["rung"].unit)
        return tuple(
            one
            for one in people
            if (*term, one[0], *which) not in self.rungs and self.latest.get((*term, one[0]), date.min) < row["due_on"]
        )


async def _told(instrument: Instrument, ids: Sequence[int]) -> _Told:
    key = f"{instrument.value}_id"
    told = _Told()
    rows = Reminder.filter(**{f"{key}__in": list(ids)}).values(
        key, "rung", "unit", "due_on", "recipient", event="notice__event"
    )
    for row in await rows:
        # The notice's event holds the end that it told; the first ones had none, and counted calendar days.
        day = (row["event"] or {}).get("on")
        ends_on = date.fromisoformat(day) if day else row["due_on"] + timedelta(days=row["rung"])
        told.note(row[key], ends_on, row["recipient"], row["rung"], row["unit"], row["due_on"])
    return told


class _Circle:
    """The people that these agreements' ends concern, loaded once for a page."""

    def __init__(self, people: Iterable[User], contacts: Iterable[Contact], departments: dict[str, str]) -> None:
        self.departments = departments
        self.municipal: dict[str, list[Person]] = defaultdict(list)
        self.institutional: dict[int, list[Person]] = defaultdict(list)
        self.directors: dict[ProgramCode, list[Person]] = defaultdict(list)
        self.coordinators: dict[str, list[Person]] = defaultdict(list)
        self.legal_heads: list[Person] = []
        for person in people:
            address = (person.email, person.name)
            if person.role == Role.LEGAL_HEAD:
                self.legal_heads.append(address)
            elif person.role == Role.DIRECTOR and person.program:
                self.directors[person.program].append(address)
            elif person.role == Role.COORDINATOR and person.department_id:
                self.coordinators[person.department_id].append(address)
            elif person.role == Role.MUNICIPAL and person.municipality_id:
                self.municipal[person.municipality_id].append(address)
        for contact in contacts:
            if contact.municipality_id:
                self.municipal[contact.municipality_id].append((contact.email, contact.name))
            if contact.institution_id:
                self.institutional[contact.institution_id].append((contact.email, contact.name))

    def concerned(self, row: dict[str, Any]) -> list[Person]:
        """Return the addresses and names that the rung of an agreement tells, each address once."""
        rung: Rung = row["rung"]
        found: list[Person] = []
        if rung.municipality:
            found += [one for town in _towns(row) for one in self.municipal[town]]
            found += [one for key in row.get("institutions", ()) for one in self.institutional[key]]
        if rung.office:
            departments = {row.get("department"), *(self.departments.get(town) for town in row.get("towns", ()))}
            found += [one for code in sorted(filter(None, departments)) for one in self.coordinators[code]]
        if rung.program:
            found += self.directors[row["program"]]
        if rung.legal:
            found += self.legal_heads
        # Somebody may have an account and be a contact, or be one for two parties.
        once: dict[str, Person] = {}
        for one in found:
            once.setdefault(one[0].lower(), one)
        return list(once.values())


def _towns(row: dict[str, Any]) -> list[str]:
    """Return the municipalities that an agreement concerns: a lease binds SOSEP and an owner, and is no town's."""
    return [*row.get("towns", ()), *([row["town"]] if row.get("town") else [])]


async def _circle(rows: Sequence[dict[str, Any]]) -> _Circle:
    towns = sorted({town for row in rows for town in _towns(row)})
    institutions = sorted({key for row in rows for key in row.get("institutions", ())})
    departments = dict(await Municipality.filter(code__in=towns).values_list("code", "department_id"))
    sedes = sorted({*departments.values(), *(row["department"] for row in rows if row.get("department"))})
    wanted = Q(role__in=[Role.LEGAL_HEAD, Role.DIRECTOR])
    if sedes:
        wanted |= Q(role=Role.COORDINATOR, department_id__in=sedes)
    if towns:
        wanted |= Q(role=Role.MUNICIPAL, municipality_id__in=towns)
    people = await User.filter(wanted, active=True).order_by("id")
    of_parties = Q(Q(municipality_id__in=towns), Q(institution_id__in=institutions), join_type="OR")
    contacts = await Contact.filter(of_parties, stopped_at__isnull=True).order_by("id")
    return _Circle(people, contacts, departments)
