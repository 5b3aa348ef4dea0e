"""What there is to tell of a file's deadlines, to whom, and who has been told already."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from tortoise.expressions import Q

from models.messages import Contact
from models.outbox import Notice
from models.people import Role, User
from reads.lapse import Lapse
from reads.paging import Row
from reads.parties import Party, parties_of
from reads.people import People


class Rung(StrEnum):
    """What there is to tell of a deadline; the value is part of the notice's key, so each is told once."""

    HALFWAY = "half"
    NEAR = "near"
    DUE = "due"
    LATE = "late"
    ANSWER_HALFWAY = "answer-half"
    ANSWER_NEAR = "answer-near"
    ANSWER_DUE = "answer-due"
    UNANSWERED = "unanswered"
    UNSENT = "unsent"
    LAPSING = "lapsing"
    MAY_LAPSE = "may-lapse"
    CONDITION = "condition"
    SIGNATURES = "signatures"


@dataclass(frozen=True)
class Alarm:
    """Something to be told about a deadline, and who has not been told of it."""

    rung: Rung
    review_id: int
    code: str
    title: str
    due_on: date
    """The deadline; of waiting signatures the day since which they wait."""
    days: int
    """Working days until the deadline; of a passed one and of signatures, since it."""
    people: tuple[tuple[str, str], ...]
    paused_days: int | None = None
    """Of a returned file: working days that the legal office still has."""
    assignee: str = ""
    text: str = ""
    """Of a condition: what was to be met. Of signatures: what is missing."""
    key: str = ""
    """Key of its notices, without the address."""
    last_day: date | None = None
    """Of a request that may lapse: last day to answer."""
    lapse: Lapse | None = None


@dataclass(frozen=True)
class AlarmPage:
    """The alarms among one page of rows, and where the next page starts (None: there is none)."""

    alarms: list[Alarm]
    after_id: int | None


FILE = (
    "id", "code", "title", "stage", "due_on", "due_from", "due_days", "days_left", "municipality_id", "convention_id",
    "lease_id", "program", "assignee_id", "proposed_lawyer_id", "requested_by_id",
)  # fmt: skip
"""Columns of a file that its alarms are made of."""


class Circle:
    """The people whom these files concern, loaded once for a page."""

    def __init__(self, people: Iterable[User], parties: dict[int, list[Party]], contacts: Iterable[Row] = ()) -> None:
        self.heads: People = []
        self.signatories: People = []
        self._single: dict[int, tuple[str, str]] = {}
        self._towns: dict[str, People] = defaultdict(list)
        self._programs: dict[str, People] = defaultdict(list)
        self._institutions: dict[int, People] = defaultdict(list)
        self._parties = parties
        # Before the accounts: an address that has one is told by its account.
        for contact in contacts:
            town, institution = contact["municipality_id"], contact["institution_id"]
            (self._towns[town] if town else self._institutions[institution]).append((contact["email"], contact["name"]))
        for person in people:
            address = (person.email, person.name)
            # The engine asks too, for the demonstration, and reads no mail.
            if person.role != Role.SYSTEM:
                self._single[person.id] = address
            if person.role == Role.LEGAL_HEAD:
                self.heads.append(address)
            if person.role == Role.SIGNATORY:
                self.signatories.append(address)
            if person.role == Role.MUNICIPAL and person.municipality_id:
                self._towns[person.municipality_id].append(address)
            if person.role == Role.DIRECTOR and person.program:
                self._programs[person.program].append(address)

    def lawyer(self, file: Row) -> People:
        """Return who has the file, or to whom it is proposed; nobody when she or he is gone."""
        found = self._single.get(file["assignee_id"] or file["proposed_lawyer_id"] or 0)
        return [found] if found else []

    def name(self, person_id: int | None) -> str:
        """Return a person's name; empty for nobody."""
        return self._single.get(person_id or 0, ("", ""))[1]

    def town(self, code: str | None) -> People:
        """Return a municipality's people, and those who hear of its agreements without an account."""
        return self._towns.get(code or "", [])

    def institution(self, key: int | None) -> People:
        """Return who hears of the agreements of an institution, without an account."""
        return self._institutions.get(key or 0, [])

    def program(self, file: Row) -> People:
        """Return the directors of the file's program, and who asked for it."""
        asked = self._single.get(file["requested_by_id"])
        return [*self._programs.get(file["program"] or "", []), *([asked] if asked else [])]

    def requesters(self, file: Row) -> People:
        """Return whose the file is: its parties' people and contacts, the program's directors, and who asked."""
        parties = self._parties.get(file["convention_id"] or 0, [])
        towns = {one.municipality_id or "" for one in parties} | {file["municipality_id"] or ""}
        of_towns = [one for town in sorted(towns) for one in self.town(town)]
        of_institutions = [one for party in parties for one in self.institution(party.institution_id)]
        return [*of_institutions, *of_towns, *self.program(file)]


async def circle_of(files: Iterable[Row]) -> Circle:
    """Return the people whom these files concern; the number of statements does not depend on how many they are."""
    rows = list(files)
    if not rows:
        return Circle([], {})
    conventions = [row["convention_id"] for row in rows if row["convention_id"]]
    parties = await parties_of(conventions)
    every = [party for of in parties.values() for party in of]
    places = {row["municipality_id"] for row in rows if row["municipality_id"]}
    places |= {party.municipality_id for party in every if party.municipality_id}
    institutions = {party.institution_id for party in every if party.institution_id}
    single = {row[key] for row in rows for key in ("assignee_id", "proposed_lawyer_id", "requested_by_id") if row[key]}
    roles = (Role.LEGAL_HEAD, Role.DIRECTOR, Role.SIGNATORY)
    wanted = Q(Q(role__in=roles), Q(id__in=list(single)), join_type="OR")
    if places:
        wanted |= Q(role=Role.MUNICIPAL, municipality_id__in=list(places))
    theirs = Q(Q(municipality_id__in=list(places)), Q(institution_id__in=list(institutions)), join_type="OR")
    contacts = Contact.filter(theirs, stopped_at__isnull=True).order_by("id")
    columns = ("email", "name", "municipality_id", "institution_id")
    return Circle(await User.filter(wanted, active=True).order_by("id"), parties, await contacts.values(*columns))


async def untold(alarms: Sequence[Alarm]) -> list[Alarm]:
    """Leave out who was told already, and alarms that nobody is left to be told of."""
    keys = [f"{alarm.key}:{address}"[:160] for alarm in alarms for address, _ in alarm.people]
    told: set[Any] = set()
    # SQLite takes a limited number of values in one statement.
    for start in range(0, len(keys), 500):
        told.update(await Notice.filter(key__in=keys[start : start + 500]).values_list("key", flat=True))
    left = []
    for alarm in alarms:
        people = {one[0]: one for one in alarm.people if f"{alarm.key}:{one[0]}"[:160] not in told}
        if people:
            left.append(replace(alarm, people=tuple(people.values())))
    return left
