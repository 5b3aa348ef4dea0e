"""Corrections to the working-day calendar: a day added or taken away, and a correction taken back."""

from dataclasses import dataclass
from datetime import date

from actions.audited import audited
from actions.refusals import Checks, ErrorCode, NotAllowedNow, NotFound, Problem, Refusal
from models.audit import Verb
from models.calendar import Holiday, HolidayScope, WorkingCalendar, base_holidays
from models.people import User
from reads.holidays import FIRST_DAY, LAST_DAY
from reads.places import municipalities_meant, unclear_place

NOWHERE = ""
"""The calendar of no municipality in particular."""


@dataclass(frozen=True)
class HolidayInput:
    """A correction as an administrator types it; `municipality` is a code or a name, for a municipal one."""

    day: date
    name: str = ""
    scope: HolidayScope = HolidayScope.NATIONAL
    municipality: str = ""
    half_day: bool = False
    added: bool = True
    legal_basis: str = ""


async def save_holiday(*, actor: User, given: HolidayInput) -> Holiday:
    """Correct the calendar of working days: add a day of rest or half a day, or take one away that the library lists.

    It counts from now on; deadlines that were set before stay as they were set.
    """
    checks = Checks()
    name = checks.text(given.name, "name", label="cómo se llama el día", most=160, required=given.added)
    basis = checks.text(given.legal_basis, "legalBasis", label="el acuerdo o la ley que lo dispone", most=240)
    known = FIRST_DAY <= given.day <= LAST_DAY
    checks.that(known, "day", f"El calendario va de {FIRST_DAY.year} a {LAST_DAY.year}.")
    checks.that(given.added or not given.half_day, "halfDay", "Para quitar un asueto deje sin marcar «medio día».")
    town = given.scope == HolidayScope.MUNICIPAL
    only = "Escriba el municipio solo si el día es de un municipio."
    place = None
    if town:
        found = await municipalities_meant(given.municipality)
        if checks.that(len(found) == 1, "municipalityCode", unclear_place(given.municipality, found)):
            place = found[0].code
    else:
        checks.that(not given.municipality.strip(), "municipalityCode", only)
    checks.done()
    async with audited(Verb.SAVE_HOLIDAY, actor=actor) as entry:
        corrections = await Holiday.filter(day=given.day, withdrawn_on__isnull=True)
        _refuse_second(corrections, given.scope, place)
        # What concerns everybody is held against the nation's list, without what only the capital keeps.
        listed = WorkingCalendar.of(corrections, municipality=place or NOWHERE).holiday(given.day)
        _refuse_empty(given, listed, by_law=given.day in base_holidays(given.day.year, municipality=place or NOWHERE))
        row = await entry.create(
            Holiday,
            day=given.day,
            name=name or listed,
            scope=given.scope,
            municipality_id=place,
            half_day=given.half_day,
            added=given.added,
            legal_basis=basis,
            recorded_by_id=actor.id,
        )
        what = "medio día de asueto" if given.half_day else "asueto"
        said = f"agregó al calendario {what} el" if given.added else "quitó del calendario el asueto del"
        entry.about(row, f"{actor.name} {said} {given.day:%d/%m/%Y}, «{row.name}».")
        return entry.answers(row)


def _refuse_second(corrections: list[Holiday], scope: HolidayScope, place: str | None) -> None:
    for row in corrections:
        if (row.scope, row.municipality_id) == (scope, place):
            message = f"El {row.day:%d/%m/%Y} ya tiene una corrección de este alcance, «{row.name}». Retírela primero."
            raise Refusal(Problem(ErrorCode.CONFLICT, message, ("day",)))


def _refuse_empty(given: HolidayInput, listed: str | None, *, by_law: bool) -> None:
    """Refuse what would change nothing: to add a day of rest anew, or to take one away that the library lacks."""
    day = f"El {given.day:%d/%m/%Y}"
    wrong = ""
    if given.added and listed:
        wrong = f"{day} ya es asueto: «{listed}»."
    elif not given.added and not listed:
        wrong = f"{day} no es asueto en ese lugar: no hay nada que quitar."
    elif not given.added and not by_law:
        wrong = f"{day} es asueto por una corrección, «{listed}»: retire esa corrección."
    if wrong:
        raise Refusal(Problem(ErrorCode.CONFLICT, wrong, ("day",)))


async def withdraw_holiday(*, actor: User, holiday_id: int, reason: str) -> Holiday:
    """Take a correction back: it stays on record and counts no more, for terms that are counted from now on."""
    checks = Checks()
    reason = checks.text(reason, "reason", label="el motivo", most=500)
    checks.done()
    async with audited(Verb.WITHDRAW_HOLIDAY, actor=actor) as entry:
        row = await Holiday.get_or_none(id=holiday_id)
        if row is None:
            raise NotFound("la corrección del calendario", "holidayId")
        if row.withdrawn_on is not None:
            raise NotAllowedNow(f"Esa corrección ya se retiró el {row.withdrawn_on:%d/%m/%Y}.")
        await entry.change(row, withdrawn_on=entry.today)
        summary = f"{actor.name} retiró del calendario «{row.name}», del {row.day:%d/%m/%Y}. Motivo: {reason}"
        entry.about(row, summary)
        return entry.answers(row)
