"""Which deadlines of files and conditions are to be told to whom today, and have not been told yet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tortoise.expressions import Q

from models.calendar import WorkingCalendar
from models.drafts import Condition
from models.people import User
from models.reviews import DESK_STAGES, LegalReview, ReviewStage
from reads.calendar import legal_parameter, working_calendars
from reads.deadlines import FILE, Alarm, AlarmPage, Circle, Rung, circle_of, untold
from reads.lapse import WARNED, WARNING_DAYS, Lapse, lapses_of
from reads.paging import Row

Step = tuple[date, Rung]
"""The first day of a rung, and the rung."""


@dataclass(frozen=True)
class Terms:
    """What the rungs of a page of files depend on besides the files themselves."""

    near: int
    """Working days before a deadline from which it is near."""
    calendars: dict[str, WorkingCalendar]
    """By municipality; the capital's under the empty code."""
    lapses: dict[int, Lapse]

    def calendar(self, file: Row) -> WorkingCalendar:
        """Return whose days count: the requester's by the holidays of their own town, the office's by the capital's."""
        return self.calendars[(file["municipality_id"] or "") if file["stage"] == ReviewStage.RETURNED else ""]


async def terms_of(rows: Sequence[Row], actor: User, *, on: date, ahead: bool = False) -> Terms:
    """Return the terms of a page of files (`FILE`); a fixed number of statements.

    With `ahead` also the lapses of files whose deadline has not passed yet.
    """
    near = await legal_parameter("ESCALATION_DAYS", on=on)
    calendars = await working_calendars(list({row["municipality_id"] or "" for row in rows} | {""}), actor)
    away = [row for row in rows if row["stage"] == ReviewStage.RETURNED and row["due_on"] is not None]
    past = [row for row in away if ahead or row["due_on"] < on]
    return Terms(near, calendars, await lapses_of(past, calendars, on=on))


def rungs_of(file: Row, terms: Terms) -> list[Step]:
    """Return the rungs of a file's present term that tell its own people, each with its first day, in their order.

    What the head is told of a lapse is not among them.
    """
    due_on: date | None = file["due_on"]
    if due_on is None:
        return []
    calendar = terms.calendar(file)
    returned = file["stage"] == ReviewStage.RETURNED
    half, near, due, late = (
        (Rung.ANSWER_HALFWAY, Rung.ANSWER_NEAR, Rung.ANSWER_DUE, Rung.UNANSWERED)
        if returned
        else (Rung.HALFWAY, Rung.NEAR, Rung.DUE, Rung.LATE)
    )
    soon = calendar.before(due_on, terms.near)
    steps = [(due_on, due), (due_on + timedelta(days=1), late)]
    if soon < due_on:
        steps.insert(0, (soon, near))
    if file["due_from"] is not None and (file["due_days"] or 0) >= 2:
        middle = calendar.add(file["due_from"], file["due_days"] // 2)
        if middle < min(soon, due_on):
            steps.insert(0, (middle, half))
    lapse = terms.lapses.get(file["id"])
    if lapse:
        warn = max(calendar.before(lapse.last_day, WARNING_DAYS), due_on + timedelta(days=1))
        if lapse.handed_in:
            steps.append((warn, Rung.UNSENT))
        elif lapse.confirmed:
            steps.append((warn, Rung.LAPSING))
    return steps


def current(steps: Sequence[Step], on: date) -> Rung | None:
    """Return the most urgent rung reached by a date: of those that passed while nothing ran only it is told."""
    return next((rung for day, rung in reversed(steps) if day <= on), None)


async def alarms_of_files(actor: User, on: date, *, after_id: int = 0, limit: int = 200) -> AlarmPage:
    """Return what of the next `limit` open files (by id) is to be told by `on`: half-way, near, due, past, lapsing.

    The number of statements does not depend on the number of files.
    """
    near = await legal_parameter("ESCALATION_DAYS", on=on)
    own = (await working_calendars([""], actor))[""]
    running = Q(stage__in=(*DESK_STAGES, ReviewStage.RETURNED), due_on__isnull=False)
    soon = Q(Q(due_on__lte=own.add(on, near)), Q(due_from__lt=on), Q(stage=ReviewStage.RETURNED), join_type="OR")
    rows = await LegalReview.filter(running & soon, id__gt=after_id).order_by("id").limit(limit).values(*FILE)
    circle = await circle_of(rows)
    terms = await terms_of(rows, actor, on=on)
    found = [alarm for row in rows for alarm in _alarms_of(row, circle, terms, on)]
    return AlarmPage(await untold(found), rows[-1]["id"] if len(rows) == limit else None)


def _alarms_of(file: Row, circle: Circle, terms: Terms, on: date) -> list[Alarm]:
    lapse = terms.lapses.get(file["id"])
    if lapse and lapse.due(on):
        # The engine ends it by itself; a deadline that is over needs no more telling.
        return []
    found = []
    rung = current(rungs_of(file, terms), on)
    people = _AUDIENCE[rung](circle, file) if rung else []
    if rung == Rung.LAPSING and not circle.requesters(file):
        # Nobody can be warned, so the engine will not end it: the head hears of it below.
        rung, people = Rung.UNANSWERED, circle.lawyer(file)
    if rung and people:
        found.append(_alarm(rung, people, file, circle, terms, on))
    by_itself = lapse and lapse.confirmed and not lapse.handed_in and circle.requesters(file)
    if lapse and lapse.possible(on) and not by_itself:
        found.append(_alarm(Rung.MAY_LAPSE, circle.heads, file, circle, terms, on))
    return found


_AUDIENCE: dict[Rung, Callable[[Circle, Row], list[tuple[str, str]]]] = {
    Rung.HALFWAY: lambda circle, file: circle.lawyer(file) or circle.heads,
    Rung.NEAR: lambda circle, file: circle.lawyer(file) or circle.heads,
    Rung.DUE: lambda circle, file: circle.lawyer(file) or circle.heads,
    Rung.LATE: lambda circle, file: [*circle.lawyer(file), *circle.heads],
    Rung.ANSWER_HALFWAY: Circle.requesters,
    Rung.ANSWER_NEAR: Circle.requesters,
    Rung.ANSWER_DUE: Circle.requesters,
    Rung.UNANSWERED: lambda circle, file: [*circle.requesters(file), *circle.lawyer(file)],
    Rung.UNSENT: lambda circle, file: [*circle.requesters(file), *circle.lawyer(file)],
    Rung.LAPSING: lambda circle, file: [*circle.requesters(file), *circle.lawyer(file)],
}
"""Who is told of each rung: the lawyer, or the head of what nobody has; whoever must correct; of what is late both."""


def _alarm(rung: Rung, people: list[tuple[str, str]], file: Row, circle: Circle, terms: Terms, on: date) -> Alarm:
    calendar = terms.calendar(file)
    due_on: date = file["due_on"]
    days = calendar.between(due_on, on) if due_on < on else calendar.between(on, due_on)
    lapse = terms.lapses.get(file["id"])
    last_day = lapse.last_day if lapse else None
    if lapse and rung == Rung.LAPSING:
        # After days without power the requester still has the days between the warning and the lapse.
        last_day = lapse.engine_from or max(lapse.last_day, calendar.add(on, WARNING_DAYS))
    head = WARNED if rung == Rung.LAPSING else f"deadline:{rung.value}"
    return Alarm(
        rung, file["id"], file["code"], file["title"], due_on, days, tuple(people),
        paused_days=file["days_left"], assignee=circle.name(file["assignee_id"]), last_day=last_day, lapse=lapse,
        key=f"{head}:{file['code']}:{due_on:%Y%m%d}",
    )  # fmt: skip


async def alarms_of_conditions(actor: User, on: date, *, after_id: int = 0, limit: int = 200) -> AlarmPage:
    """Return what of the next `limit` conditions put off (by id) passed its day unmet and is to be told by `on`."""
    passed = Condition.filter(met_on__isnull=True, due_on__lt=on, document__voided_on__isnull=True, id__gt=after_id)
    columns = ("id", "review_id", "position", "text", "due_on")
    passed = passed.exclude(review__stage=ReviewStage.WITHDRAWN)
    rows = await passed.order_by("id").limit(limit).values(*columns, number="document__number")
    files = {row["id"]: row for row in await LegalReview.filter(id__in=[r["review_id"] for r in rows]).values(*FILE)}
    circle = await circle_of(files.values())
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
    return AlarmPage(await untold(found), rows[-1]["id"] if len(rows) == limit else None)
