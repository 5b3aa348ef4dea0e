"""People attended each month: noted for many centers at once, and corrected with a reason; what was said before stays.

Spreadsheets note months by the same rules (actions/sheet_attendance.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from actions.audited import Entry, audited, reachable
from actions.centers import EARLIEST, LARGEST_CENTER
from actions.refusals import Checks, ErrorCode, NotAllowedNow, Problem, Refusal
from documents.sheet_cells import Unreadable
from documents.sheet_numbers import as_month
from models.agreements import last_day
from models.audit import Verb
from models.centers import Attendance, AttendanceCorrection, Center, Source
from models.months import month_in_words
from models.people import User
from models.permissions import within
from reads.attendance import Life, lives_by_center

MOST_CENTERS = 100
"""Centers that are noted at once."""


@dataclass(frozen=True)
class CenterCount:
    """People attended in a center as somebody types them; a center with neither figure has not reported yet."""

    center_id: int
    men: int | None = None
    women: int | None = None


def wrong_month(month: date, today: date) -> str:
    """Say why nothing can be noted for a month, or nothing."""
    known = EARLIEST <= month <= today
    return "" if known else f"El mes va de enero de {EARLIEST.year} a este mes."


def outside_life(month: date, life: Life) -> str:
    """Say why a center cannot have attended anybody in a month, or nothing."""
    if life.opened_on and last_day(month, 1) < life.opened_on:
        return f"El centro abrió el {life.opened_on:%d/%m/%Y}: todavía no atendía en {month_in_words(month)}."
    if life.closed_on and life.closed_on <= month:
        return f"El centro cerró el {life.closed_on:%d/%m/%Y}: ya no atendía en {month_in_words(month)}."
    return ""


def people_in_words(men: int, women: int) -> str:
    """Return figures as sentences have them: «1 hombre y 25 mujeres»."""
    return f"{men} {'hombre' if men == 1 else 'hombres'} y {women} {'mujer' if women == 1 else 'mujeres'}"


def as_noted(entry: Entry, by: int, **figures: Any) -> dict[str, Any]:
    """Return the columns of a month that is noted in a deed, on behalf of a person."""
    return {**figures, "source": Source.SYSTEM, "recorded_on": entry.today, "recorded_by_id": by}


async def record_attendance(*, actor: User, month: str, centers: Sequence[CenterCount]) -> Attendance:
    """Note one month of one or many centers, all of them or none; returns the first of them.

    Refuses, center by center, one out of reach or named twice, a month that is on record already, one in which the
    center was not open, and figures that no center has. A center with neither figure is left aside.
    """
    checks = Checks()
    first_day = _month(checks, month)
    told = [(place, one) for place, one in enumerate(centers) if (one.men, one.women) != (None, None)]
    checks.that(told, "centers", "Escriba las personas atendidas de al menos un centro.")
    checks.that(len(centers) <= MOST_CENTERS, "centers", f"Envíe hasta {MOST_CENTERS} centros a la vez.")
    for place, one in told:
        _check_figures(checks, one.men, one.women, ("centers", str(place)))
    checks.done()
    assert first_day
    async with audited(Verb.RECORD_ATTENDANCE, actor=actor) as entry:
        wrong = wrong_month(first_day, entry.today)
        checks.that(not wrong, "month", wrong)
        checks.done()
        found = await _open_for(first_day, told, actor)
        rows = [
            await entry.create(
                Attendance, **as_noted(entry, actor.id, center_id=one.center_id, month=first_day, men=one.men or 0,
                                       women=one.women or 0)
            )
            for _, one in told
        ]  # fmt: skip
        what = found[rows[0].center_id].name if len(rows) == 1 else f"{len(rows)} centros"
        figures = people_in_words(sum(row.men for row in rows), sum(row.women for row in rows))
        said = f"{actor.name} anotó la asistencia de {month_in_words(first_day)} en {what}: {figures}."
        entry.about(rows[0], said)
        return entry.answers(rows[0])


def _month(checks: Checks, text: str) -> date | None:
    try:
        month = as_month(text)
    except Unreadable as unreadable:
        checks.that(False, "month", f"{unreadable.reason} Escriba el mes como 2026-03 o marzo 2026.")
        return None
    checks.that(month, "month", "Escriba el mes, como 2026-03 o marzo 2026.")
    return month


def _check_figures(checks: Checks, men: int | None, women: int | None, path: Sequence[str]) -> None:
    whom = (("men", men, "los hombres o niños; 0 si ninguno"), ("women", women, "las mujeres o niñas; 0 si ninguna"))
    for name, count, missing in whom:
        where = (*path, name)
        if checks.that(count is not None, where, f"Escriba también {missing}."):
            fits = 0 <= (count or 0) <= LARGEST_CENTER
            checks.that(fits, where, f"Las personas van de 0 a {LARGEST_CENTER:,}: revise la cifra.")


async def _open_for(month: date, told: Sequence[tuple[int, CenterCount]], actor: User) -> dict[int, Center]:
    """Return the centers of these lines; refuses every line whose center cannot be noted, all at once."""
    ids = [one.center_id for _, one in told]
    found = {row.id: row for row in await Center.filter(within(Center, actor), id__in=ids)}
    lives = await lives_by_center(list(found))
    noted = {row.center_id: row for row in await Attendance.filter(center_id__in=list(found), month=month)}
    problems = []
    seen: set[int] = set()
    for place, one in told:
        code, said, field = ErrorCode.BAD_USER_INPUT, "", "centerId"
        center = found.get(one.center_id)
        if center is None:
            code, said = ErrorCode.NOT_FOUND, "No se encontró el centro."
        elif one.center_id in seen:
            said = f"{center.name}: está dos veces."
        elif before := noted.get(one.center_id):
            figures = people_in_words(before.men, before.women)
            code, field = ErrorCode.CONFLICT, "men"
            said = f"{center.name}: {month_in_words(month)} ya está anotado, con {figures}. Corríjalo con su motivo."
        elif outside := outside_life(month, lives[one.center_id]):
            field, said = "men", f"{center.name}: {outside[0].lower()}{outside[1:]}"
        seen.add(one.center_id)
        if said:
            problems.append(Problem(code, said, ("centers", str(place), field)))
    if problems:
        raise Refusal(*problems)
    return found


async def correct_attendance(
    *,
    actor: User,
    attendance_id: int,
    men: int,
    women: int,
    reason: str,
    expected_version: int | None = None,
) -> Attendance:
    """Correct the figures of a month; what they were stays, with who changed them, when and why.

    Questions as of an earlier date go on being answered with the figures of before.
    """
    checks = Checks()
    _check_figures(checks, men, women, ())
    reason = checks.text(reason, "reason", label="el motivo de la corrección", most=500)
    checks.done()
    async with audited(Verb.CORRECT_ATTENDANCE, actor=actor) as entry:
        row = await reachable(Attendance, attendance_id, actor, expected_version=expected_version, path="attendanceId")
        if (row.men, row.women) == (men, women):
            raise NotAllowedNow(f"La corrección no cambia nada: ya consta {people_in_words(men, women)}.")
        before = people_in_words(row.men, row.women)
        correction = await entry.create(
            AttendanceCorrection, attendance_id=row.id, men_before=row.men, women_before=row.women, men=men,
            women=women, reason=reason, corrected_on=entry.today, corrected_by_id=actor.id,
        )  # fmt: skip
        await entry.change(row, men=men, women=women)
        center = await Center.get(id=row.center_id)
        entry.about(
            row,
            f"{actor.name} corrigió la asistencia de {month_in_words(row.month)} en {center.name}: de {before} "
            f"a {people_in_words(men, women)}. Motivo: {correction.reason}",
        )
        return entry.answers(row)
