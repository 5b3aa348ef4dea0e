"""When a returned file that nobody answers may be taken as given up, and whether the engine does it or a person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tortoise.expressions import Q

from models.audit import AuditEntry, Verb
from models.calendar import WorkingCalendar
from models.clock import GUATEMALA
from models.outbox import Notice, NoticeState
from models.people import User
from models.permissions import within
from models.reviews import LegalReview, ReviewStage
from reads.calendar import is_confirmed, legal_parameter, working_calendars
from reads.paging import Row

WARNING_DAYS = 5
"""Working days between the warning and the lapse, at the least."""

WARNED = "deadline:lapsing"
"""How the keys of the warnings begin; code and deadline follow."""

FACTS = ("id", "code", "due_on", "municipality_id", "convention_id")
"""Columns of a file that its lapse depends on."""


@dataclass(frozen=True)
class Lapse:
    """What becomes of a returned file if its deadline passes without an answer."""

    due_on: date
    """The deadline of the providencia."""
    last_day: date
    """Last day on which an answer is in time: the office's term after the deadline, in the town's working days."""
    days: int
    """That term, in working days."""
    confirmed: bool
    """Whether a lawyer confirmed the term; until then it binds nobody, and only the head ends a file by it."""
    handed_in: bool
    """Whether something came in since the return, though the answer was not sent: then only a person may decide."""
    warned_on: date | None
    """When the requester was warned first."""
    engine_from: date | None
    """Day after which the engine may end it: never without a warning `WARNING_DAYS` before; None: it may not."""

    def possible(self, on: date) -> bool:
        """Tell whether the head may take it as given up on a date."""
        return on > self.last_day

    def due(self, on: date) -> bool:
        """Tell whether the engine takes it as given up on a date by itself."""
        return self.engine_from is not None and on > self.engine_from


async def lapses_of(rows: Sequence[Row], calendars: dict[str, WorkingCalendar], *, on: date) -> dict[int, Lapse]:
    """Return the lapse of each returned file among `rows` (`FACTS`), by id; a fixed number of statements."""
    files = [row for row in rows if row["due_on"] is not None]
    if not files:
        return {}
    days = await legal_parameter("RETURN_LAPSE_DAYS", on=on)
    confirmed = await is_confirmed("RETURN_LAPSE_DAYS", on=on)
    came = await _handed_in(files)
    warned = await _warned(files)
    found = {}
    for row in files:
        calendar = calendars[row["municipality_id"] or ""]
        last_day = calendar.add(row["due_on"], days)
        first = warned.get(row["id"])
        by_engine = first is not None and confirmed and row["id"] not in came
        engine_from = max(last_day, calendar.add(first, WARNING_DAYS)) if by_engine and first else None
        found[row["id"]] = Lapse(
            row["due_on"], last_day, days, confirmed, row["id"] in came, first, engine_from
        )  # fmt: skip
    return found


async def _handed_in(files: Iterable[Row]) -> set[int]:
    """Return the files to which a requisite or a council's minute came in after they were returned the last time.

    The audit trail says so in its own order, whatever the clock said.
    """
    ids = {str(row["id"]): row["id"] for row in files}
    agreements = {str(row["convention_id"]): row["id"] for row in files if row["convention_id"]}
    of_file = Q(subject_type="LegalReview", subject_id__in=list(ids), verb=Verb.SUBMIT_REQUIREMENT)
    minute = Q(subject_type="Convention", subject_id__in=list(agreements), verb=Verb.RECORD_COUNCIL_MINUTE)
    # A return's deed is about the file, and so is the void that takes it back.
    away = Q(subject_type="LegalReview", subject_id__in=list(ids), verb=Verb.RETURN_REVIEW)
    entries = AuditEntry.filter(Q(of_file, minute, away, join_type="OR")).order_by("sequence")
    came: set[int] = set()
    for entry in await entries.values("subject_type", "subject_id", "verb"):
        known = ids if entry["subject_type"] == "LegalReview" else agreements
        if entry["verb"] == Verb.RETURN_REVIEW:
            came.discard(known[entry["subject_id"]])
        else:
            came.add(known[entry["subject_id"]])
    return came


async def _warned(files: Iterable[Row]) -> dict[int, date]:
    """Return the day of the first warning of each file about its present deadline, unless it failed for good."""
    keys = {f"{WARNED}:{row['code']}:{row['due_on']:%Y%m%d}": row["id"] for row in files}
    notices = Notice.filter(review_id__in=list(keys.values()), key__startswith=f"{WARNED}:")
    found: dict[int, date] = {}
    told = notices.exclude(state__in=(NoticeState.FAILED, NoticeState.DROPPED)).order_by("id")
    for row in await told.values("key", "created_at"):
        review_id = keys.get(":".join(row["key"].split(":")[:4]))
        if review_id:
            found.setdefault(review_id, row["created_at"].astimezone(GUATEMALA).date())
    return found


@dataclass(frozen=True)
class LapsePage:
    """The files of one page that the engine is to end, and where the next page starts (None: there is none)."""

    review_ids: list[int]
    after_id: int | None


async def lapses_due(actor: User, on: date, *, after_id: int = 0, limit: int = 200) -> LapsePage:
    """Return which of the next `limit` returned files (by id) past their deadline the engine is to end on a date."""
    past = LegalReview.filter(stage=ReviewStage.RETURNED, due_on__lt=on, id__gt=after_id)
    rows = await past.order_by("id").limit(limit).values(*FACTS)
    lapses = await _lapses(rows, actor, on=on)
    ripe = [key for key, lapse in lapses.items() if lapse.due(on)]
    return LapsePage(ripe, rows[-1]["id"] if len(rows) == limit else None)


async def lapses_by_review(ids: Sequence[int], actor: User, *, on: date) -> dict[int, Lapse]:
    """Return the lapse of each returned file in reach among these."""
    files = LegalReview.filter(within(LegalReview, actor), id__in=ids, stage=ReviewStage.RETURNED)
    return await _lapses(await files.values(*FACTS), actor, on=on)


async def _lapses(rows: Sequence[dict[str, Any]], actor: User, *, on: date) -> dict[int, Lapse]:
    calendars = await working_calendars(list({row["municipality_id"] or "" for row in rows}), actor)
    return await lapses_of(rows, calendars, on=on)
