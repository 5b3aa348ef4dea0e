"""Hearings and deadlines of court files: noted with how they were counted, settled with what came of them."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from actions.audited import audited, reachable
from actions.court import refuse_closed
from actions.court_agenda import calendar_of, keep_next_date
from actions.refusals import Checks, NotAllowedNow
from models.audit import Verb
from models.court import DATE_KIND_LABELS, CourtDate, CourtDateKind, CourtFile
from models.messages import NoticeTopic
from models.people import User
from reads.people import told

FURTHEST = timedelta(days=5 * 366)
"""How far ahead a date may lie."""
MOST_DAYS = 250
"""Most working days of a deadline: about a year."""
_HOUR = re.compile(r"([01]?\d|2[0-3])[:.h]([0-5]\d)")


@dataclass(frozen=True)
class CourtDateInput:
    """A hearing with its day, hour and place; or a deadline by its day, or by working days counted from another."""

    kind: CourtDateKind
    title: str
    on_date: date | None = None
    at_time: str = ""
    place: str = ""
    counted_from: date | None = None
    working_days: int | None = None


async def add_court_date(
    *, actor: User, court_file_id: int, given: CourtDateInput, expected_version: int | None = None
) -> CourtDate:
    """Note a hearing or a deadline of an open file, and tell its lawyer.

    Working days are counted by the calendar of the town where the court sits, from the day after `counted_from`.
    """
    checks = Checks()
    title = checks.text(given.title, "title", label="de qué se trata", most=200)
    place = checks.text(given.place, "place", label="el lugar", most=200, required=False)
    hour = _hour(checks, given)
    counted = given.working_days is not None or given.counted_from is not None
    if given.kind == CourtDateKind.HEARING:
        checks.that(given.on_date, "onDate", "Escriba la fecha de la audiencia.")
        checks.that(not counted, "workingDays", "Una audiencia tiene su fecha: los días hábiles son de los plazos.")
    elif counted:
        checks.that(not given.on_date, "onDate", "Escriba la fecha o los días hábiles, no ambos.")
        checks.that(given.counted_from, "countedFrom", "Escriba desde qué fecha se cuentan los días hábiles.")
        checks.that(given.working_days, "workingDays", "Escriba cuántos días hábiles se cuentan.")
        within = 1 <= (given.working_days or 1) <= MOST_DAYS
        checks.that(within, "workingDays", f"Los días hábiles van de 1 a {MOST_DAYS}.")
    else:
        checks.that(given.on_date, "onDate", "Escriba la fecha en que vence, o los días hábiles y desde cuándo.")
    async with audited(Verb.ADD_COURT_DATE, actor=actor) as entry:
        file = await reachable(CourtFile, court_file_id, actor, expected_version=expected_version, path="courtFileId")
        refuse_closed(file)
        for value, path in ((given.on_date, "onDate"), (given.counted_from, "countedFrom")):
            fits = value is None or file.opened_on <= value <= entry.today + FURTHEST
            checks.that(fits, path, f"La fecha va del inicio del expediente, {file.opened_on:%d/%m/%Y}, a cinco años.")
        checks.done()
        on_date, explained = given.on_date, ""
        if given.counted_from and given.working_days:
            calendar = await calendar_of(file)
            on_date = calendar.add(given.counted_from, given.working_days)
            explained = f" {calendar.explain(given.counted_from, given.working_days)}"
        assert on_date
        same = CourtDate.filter(court_file_id=file.id, kind=given.kind, on_date=on_date, at_time=hour, title=title)
        if await same.filter(settled_on=None).exists():
            raise NotAllowedNow(f"Esa fecha ya está anotada en el {file.code}: {title}, {on_date:%d/%m/%Y}.")
        noted = await entry.create(
            CourtDate,
            court_file_id=file.id,
            kind=given.kind,
            on_date=on_date,
            at_time=hour,
            title=title,
            place=place,
            counted_from=given.counted_from,
            counted_days=given.working_days,
        )
        await keep_next_date(entry, file)
        what = f"{DATE_KIND_LABELS[given.kind].lower()} del {on_date:%d/%m/%Y}{f' a las {hour}' if hour else ''}"
        entry.about(file, f"{actor.name} anotó en el expediente judicial {file.code}: {what}.{explained}")
        if file.lawyer_id and file.lawyer_id != actor.id:
            entry.tell(
                await told(ids=[file.lawyer_id]),
                key=f"court-date-noted:{noted.id}",
                topic=NoticeTopic.COURT,
                event={
                    "on": on_date.isoformat(),
                    "title": f"{DATE_KIND_LABELS[given.kind]} en el expediente judicial {file.code}",
                    "uid": f"court-date:{noted.id}",
                    **({"at": hour} if hour else {}),
                },
                subject=f"Nueva fecha en el expediente judicial {file.code}",
                body=f"{actor.name} anotó en el expediente judicial {file.code}: {what}.",
                court_file_id=file.id,
            )
        return entry.answers(noted)


def _hour(checks: Checks, given: CourtDateInput) -> str:
    """Return the hour as HH:MM; a hearing must have one."""
    text = given.at_time.strip()
    if not text:
        checks.that(given.kind == CourtDateKind.DEADLINE, "atTime", "Escriba la hora de la audiencia, como 09:30.")
        return ""
    found = _HOUR.fullmatch(text)
    checks.that(found, "atTime", "Escriba la hora de 00:00 a 23:59, como 09:30.")
    return f"{int(found[1]):02d}:{found[2]}" if found else ""


async def settle_court_date(
    *, actor: User, court_date_id: int, settled_on: date, result: str, expected_version: int | None = None
) -> CourtDate:
    """Note what came of a hearing or deadline; `expected_version` is that of its file."""
    checks = Checks()
    result = checks.text(result, "result", label="qué resultó", most=4000)
    async with audited(Verb.SETTLE_COURT_DATE, actor=actor) as entry:
        noted = await reachable(CourtDate, court_date_id, actor, path="courtDateId")
        file = await reachable(
            CourtFile, noted.court_file_id, actor, expected_version=expected_version, path="courtDateId"
        )
        if noted.settled_on:
            raise NotAllowedNow(f"Esa fecha ya tiene su resultado, del {noted.settled_on:%d/%m/%Y}.")
        checks.that(
            file.opened_on <= settled_on <= entry.today,
            "settledOn",
            f"La fecha va del inicio del expediente, {file.opened_on:%d/%m/%Y}, a hoy.",
        )
        checks.done()
        await entry.change(noted, settled_on=settled_on, result=result)
        await keep_next_date(entry, file)
        what = f"{DATE_KIND_LABELS[noted.kind].lower()} del {noted.on_date:%d/%m/%Y}"
        entry.about(file, f"{actor.name} anotó en el expediente judicial {file.code} el resultado de: {what}.")
        return entry.answers(noted)
