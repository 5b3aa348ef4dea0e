"""Which deadlines of files and conditions are to be told to whom today, and have not been told yet."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from tortoise.expressions import Q

from models.drafts import Condition
from models.outbox import Notice
from models.people import Role, User
from models.reviews import DESK_STAGES, LegalReview, ReviewStage
from reads.calendar import legal_parameter, working_calendars
from reads.paging import Row
from reads.parties import parties_of
from reads.people import People


class Rung(StrEnum):
    """What there is to tell of a deadline; the value is part of the notice's key, so each is told once."""

    NEAR = "near"
    LATE = "late"
    UNANSWERED = "unanswered"
    CONDITION = "condition"


@dataclass(frozen=True)
class Alarm:
    """A deadline that is near or past, and who has not been told of it."""

    rung: Rung
    review_id: int
    code: str
    title: str
    due_on: date
    days: int
    """Working days until the deadline; of a passed one, since it."""
    people: tuple[tuple[str, str], ...]
    paused_days: int | None = None
    """Of a returned file: working days that the legal office still has."""
    assignee: str = ""
    text: str = ""
    """Of a condition: what was to be met."""
    key: str = ""
    """Key of its notices, without the address."""


@dataclass(frozen=True)
class AlarmPage:
    """The alarms among one page of rows, and where the next page starts (None: there is none)."""

    alarms: list[Alarm]
    after_id: int | None


_FILE = (
    "id", "code", "title", "stage", "due_on", "days_left", "municipality_id", "convention_id", "program",
    "assignee_id", "proposed_lawyer_id", "requested_by_id",
)  # fmt: skip


async def alarms_of_files(actor: User, on: date, *, after_id: int = 0, limit: int = 200) -> AlarmPage:
    """Return what of the next `limit` open files (by id) is to be told by `on`: near or past on the desk, unanswered.

    Of a deadline that passed while nothing ran only the passing is told. The number of statements does not depend on
    the number of files.
    """
    near = await legal_parameter("ESCALATION_DAYS", on=on)
    own = (await working_calendars([""], actor))[""]
    desk = Q(stage__in=DESK_STAGES, due_on__lte=own.add(on, near))
    away = Q(stage=ReviewStage.RETURNED, due_on__lt=on)
    rows = await LegalReview.filter(desk | away, id__gt=after_id).order_by("id").limit(limit).values(*_FILE)
    circle = await _circle(rows)
    calendars = await working_calendars(list({row["municipality_id"] or "" for row in rows} | {""}), actor)
    found = []
    for row in rows:
        lawyer = circle.lawyer(row)
        due_on: date = row["due_on"]
        # The requester's days are counted by the holidays of their own town.
        returned = row["stage"] == ReviewStage.RETURNED
        calendar = calendars[row["municipality_id"] or ""] if returned else own
        if returned:
            rung, people = Rung.UNANSWERED, [*circle.requesters(row), *lawyer]
        elif due_on < on:
            rung, people = Rung.LATE, [*lawyer, *circle.heads]
        else:
            rung, people = Rung.NEAR, lawyer or circle.heads
        days = calendar.between(on, due_on) if rung == Rung.NEAR else calendar.between(due_on, on)
        key = f"deadline:{rung.value}:{row['code']}:{due_on:%Y%m%d}"
        found.append(
            Alarm(
                rung, row["id"], row["code"], row["title"], due_on, days, tuple(people),
                paused_days=row["days_left"], assignee=circle.name(row["assignee_id"]), key=key,
            )
        )  # fmt: skip
    return AlarmPage(await _untold(found), rows[-1]["id"] if len(rows) == limit else None)


async def alarms_of_conditions(actor: User, on: date, *, after_id: int = 0, limit: int = 200) -> AlarmPage:
    """Return what of the next `limit` conditions put off (by id) passed its day unmet and is to be told by `on`."""
    passed = Condition.filter(met_on__isnull=True, due_on__lt=on, document__voided_on__isnull=True, id__gt=after_id)
    columns = ("id", "review_id", "position", "text", "due_on")
    passed = passed.exclude(review__stage=ReviewStage.WITHDRAWN)
    rows = await passed.order_by("id").limit(limit).values(*columns, number="document__number")
    files = {row["id"]: row for row in await LegalReview.filter(id__in=[r["review_id"] for r in rows]).values(*_FILE)}
    circle = await _circle(files.values())
    calendar = (await working_calendars([""], actor))[""]
    found = []
    for row in rows:
        file = files[row["review_id"]]
        people = [*circle.lawyer(file), *circle.heads, *circle.requesters(file)]
        text = f"{row['position']}. {row['text']} ({row['number']})"
        found.append(
            Alarm(
                Rung.CONDITION, file["id"], file["code"], file["title"], row["due_on"],
                calendar.between(row["due_on"], on), tuple(people), text=text,
                key=f"deadline:condition:{row['id']}:{row['due_on']:%Y%m%d}",
            )
        )  # fmt: skip
    return AlarmPage(await _untold(found), rows[-1]["id"] if len(rows) == limit else None)


class _Circle:
    """The people whom these files concern, loaded once for a page."""

    def __init__(self, people: Iterable[User], towns: dict[int, set[str]]) -> None:
        self.heads: People = []
        self._single: dict[int, tuple[str, str]] = {}
        self._towns: dict[str, People] = defaultdict(list)
        self._programs: dict[str, People] = defaultdict(list)
        self._of_convention = towns
        for person in people:
            address = (person.email, person.name)
            # The engine asks too, for the demonstration, and reads no mail.
            if person.role != Role.SYSTEM:
                self._single[person.id] = address
            if person.role == Role.LEGAL_HEAD:
                self.heads.append(address)
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

    def requesters(self, file: Row) -> People:
        """Return whose the file is: the municipal parties' people, the program's directors, and who asked."""
        towns = self._of_convention.get(file["convention_id"] or 0, set()) | {file["municipality_id"] or ""}
        found = [one for town in sorted(towns) for one in self._towns.get(town, [])]
        asked = self._single.get(file["requested_by_id"])
        return [*found, *self._programs.get(file["program"] or "", []), *([asked] if asked else [])]


async def _circle(files: Iterable[Row]) -> _Circle:
    rows = list(files)
    if not rows:
        return _Circle([], {})
    conventions = [row["convention_id"] for row in rows if row["convention_id"]]
    towns = {
        key: {one.municipality_id for one in parties if one.municipality_id}
        for key, parties in (await parties_of(conventions)).items()
    }
    places = {row["municipality_id"] for row in rows if row["municipality_id"]} | {
        t for of in towns.values() for t in of
    }
    single = {row[key] for row in rows for key in ("assignee_id", "proposed_lawyer_id", "requested_by_id") if row[key]}
    wanted = Q(Q(role__in=(Role.LEGAL_HEAD, Role.DIRECTOR)), Q(id__in=list(single)), join_type="OR")
    if places:
        wanted |= Q(role=Role.MUNICIPAL, municipality_id__in=list(places))
    return _Circle(await User.filter(wanted, active=True).order_by("id"), towns)


async def _untold(alarms: Sequence[Alarm]) -> list[Alarm]:
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
