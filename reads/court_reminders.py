"""Which dates of court files are to be told to whom today, and not told yet. No party's name is read here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from tortoise.expressions import Q
from tortoise.models import Model

from models.calendar import CAPITAL, Holiday, WorkingCalendar
from models.court import CourtDate, CourtDateKind, CourtNotice, CourtStage
from models.outbox import Notice
from models.people import Role, User
from models.permissions import COURT
from reads.court import seat_of

LADDER = (5, 1)
"""Working days before a date on which its lawyer is told; the day itself and its passing are told too."""
OVER = -1
"""Rung of a date that passed without a result."""
HORIZON = timedelta(days=31)
"""Calendar days within which the first rung lies, whatever holidays there are."""


class CourtMatter(StrEnum):
    """What has a date: a hearing or deadline of a file, or a notice that has no open file to keep its deadline."""

    DATE = "date"
    NOTICE = "notice"


@dataclass(frozen=True)
class DueDate:
    """A date whose rung has come, and the people who have not been told of it yet."""

    matter: CourtMatter
    id: int
    file_id: int | None
    code: str
    kind: CourtDateKind
    on_date: date
    at_time: str
    rung: int
    working_days: int
    people: tuple[tuple[str, str], ...]

    def key(self, address: str) -> str:
        """Return what makes a second telling impossible."""
        return told_key(self.matter, self.id, self.on_date, self.rung, address)


@dataclass(frozen=True)
class DueDates:
    """One page: what is due among its dates, and where the next page starts (None: there is none)."""

    due: list[DueDate]
    after_id: int | None


def told_key(matter: CourtMatter, row_id: int, on_date: date, rung: int, address: str) -> str:
    """Return the key of the message about a date's rung to an address, as the outbox keeps it."""
    return f"court-{matter.value}:{row_id}:{on_date:%Y%m%d}:{rung}:{address}"[:160]


def rung_of(on_date: date, working_days: int, on: date) -> int | None:
    """Return the most urgent rung that has come, None before the first; `working_days` are those left."""
    if on_date <= on:
        return 0 if on_date == on else OVER
    reached = [rung for rung in LADDER if working_days <= rung]
    return reached[-1] if reached else None


async def due_court_dates(matter: CourtMatter, on: date, *, after_id: int = 0, limit: int = 500) -> DueDates:
    """Return what of the next `limit` open dates (by id, after `after_id`) is due on a day and not yet told.

    The lawyer is told; the heads too once a date has passed, and always when nobody carries the file.
    """
    rows = await _open_dates(matter, on, after_id, limit)
    corrections = await Holiday.all() if rows else []
    people = await User.filter(role__in=COURT, active=True).order_by("id") if rows else []
    carrying = {person.id: (person.email, person.name) for person in people}
    heads = [carrying[person.id] for person in people if person.role == Role.LEGAL_HEAD]
    calendars: dict[str, WorkingCalendar] = {}
    found: list[DueDate] = []
    for row in rows:
        seat = seat_of(row["seat"]) or CAPITAL
        calendar = calendars.setdefault(seat, WorkingCalendar.of(corrections, municipality=seat))
        left = calendar.between(on, row["on_date"])
        rung = rung_of(row["on_date"], left, on)
        if rung is None:
            continue
        own = [carrying[row["lawyer"]]] if row["lawyer"] in carrying else []
        circle = tuple(dict.fromkeys([*own, *heads] if rung == OVER or not own else own))
        given = (row["file"], row["code"] or "", row["kind"], row["on_date"], row["at_time"], rung, left)
        found.append(DueDate(matter, row["id"], *given, circle))
    return DueDates(await _untold(found), rows[-1]["id"] if len(rows) == limit else None)


async def _open_dates(matter: CourtMatter, on: date, after_id: int, limit: int) -> list[dict[str, Any]]:
    model: type[Model]
    if matter == CourtMatter.DATE:
        model, own = CourtDate, {"kind": "kind", "on_date": "on_date", "at_time": "at_time"}
        wanted = Q(settled_on__isnull=True, on_date__lte=on + HORIZON)
        lawyer = "court_file__lawyer_id"
    else:
        model, own = CourtNotice, {"on_date": "due_on"}
        alone = Q(Q(court_file_id__isnull=True), Q(court_file__stage=CourtStage.CLOSED), join_type="OR")
        wanted = Q(alone, answered_on__isnull=True, due_on__lte=on + HORIZON)
        lawyer = "recorded_by_id"
    of_file = {"file": "court_file_id", "code": "court_file__code", "seat": "court_file__department_id"}
    query = model.filter(wanted, id__gt=after_id).order_by("id").limit(limit)
    rows = await query.values("id", lawyer=lawyer, **own, **of_file)
    return [{"kind": CourtDateKind.DEADLINE, "at_time": "", **row} for row in rows]


async def _untold(found: Sequence[DueDate]) -> list[DueDate]:
    keys = [one.key(address) for one in found for address, _ in one.people]
    told: set[str] = set()
    # SQLite takes a limited number of values in one statement.
    for start in range(0, len(keys), 500):
        rows = Notice.filter(key__in=keys[start : start + 500])
        told |= {str(key) for key in await rows.values_list("key", flat=True)}
    fresh = []
    for one in found:
        people = tuple(person for person in one.people if one.key(person[0]) not in told)
        if people:
            fresh.append(replace(one, people=people))
    return fresh
