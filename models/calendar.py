"""Working days: Monday to Friday less holidays; the base list is a library's, corrected by the rows kept here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays
from babel.dates import format_date
from tortoise import fields
from tortoise.models import Model

from models.fields import belongs_to, one_of


class HolidayScope(StrEnum):
    """Whom a holiday concerns."""

    NATIONAL = "NATIONAL"
    MUNICIPAL = "MUNICIPAL"
    INSTITUTIONAL = "INSTITUTIONAL"


class Holiday(Model):
    """A correction to the library's holidays: one day added or removed, for the nation, a municipality or SOSEP."""

    id = fields.IntField(primary_key=True)
    day = fields.DateField(db_index=True)
    name = fields.CharField(160)
    scope = one_of(HolidayScope, max_length=14, default=HolidayScope.NATIONAL)
    municipality = belongs_to("Municipality", "holidays", null=True)
    municipality_id: str | None
    half_day = fields.BooleanField(default=False)
    """Work stops at noon: such a day still counts as a working day."""
    added = fields.BooleanField(default=True)
    """False takes away a day that the library lists."""
    legal_basis = fields.CharField(240, default="")
    withdrawn_on = fields.DateField(null=True)
    """Day on which an administrator took the row back, it no longer counts."""
    recorded_by = belongs_to("User", "holidays", null=True)
    recorded_by_id: int | None

    class Meta:
        table = "holidays"


class LegalParameter(Model):
    """A dated number of the law or the office (days, amounts). Unconfirmed ones only warn or serve as defaults."""

    id = fields.IntField(primary_key=True)
    code = fields.CharField(60)
    title = fields.CharField(200)
    value = fields.IntField()
    unit = fields.CharField(30)
    legal_basis = fields.CharField(240, default="")
    confirmed = fields.BooleanField(default=False)
    valid_from = fields.DateField()
    valid_to = fields.DateField(null=True)
    note = fields.TextField(default="", db_default="")
    confirmed_by = belongs_to("User", "confirmed_parameters", null=True)
    confirmed_by_id: int | None
    confirmed_on = fields.DateField(null=True)

    class Meta:
        table = "legal_parameters"
        unique_together = (("code", "valid_from"),)


CAPITAL = "0101"
"""Municipality of Guatemala: the central offices stand there, and only it rests on 15 August."""


@lru_cache(maxsize=64)
def _library(year: int) -> dict[date, str]:
    """Return the library's list of a year; it counts 15 August as national, which only the capital keeps."""
    listed = holidays.country_holidays("GT", years=year, language="es")
    return {day: name for day, name in listed.items() if (day.month, day.day) != (8, 15)}


ASSUMPTION = "Virgen de la Asunción"


def base_holidays(year: int, *, municipality: str = CAPITAL) -> dict[date, str]:
    """Return the holidays of a year before any correction: the library's, and in the capital 15 August."""
    return _library(year) | ({date(year, 8, 15): ASSUMPTION} if municipality == CAPITAL else {})


def _spoken(day: date) -> str:
    """Return a day as a sentence says it: «martes 3 de noviembre de 2026»."""
    return format_date(day, "EEEE d 'de' MMMM 'de' y", locale="es_GT")


def working_days(days: int) -> str:
    """Return a number of working days as a sentence says it: «1 día hábil», «3 días hábiles»."""
    return f"{days} día hábil" if days == 1 else f"{days} días hábiles"


@dataclass(frozen=True)
class WorkingCalendar:
    """Tells working days for one place. Built from the library and the corrections that concern the place."""

    added: dict[date, str] = field(default_factory=dict)
    removed: frozenset[date] = frozenset()
    capital: bool = True
    half: dict[date, str] = field(default_factory=dict)
    """Days on which work stops at noon: they count as working days, and an explanation names them."""

    @classmethod
    def of(cls, corrections: Iterable[Holiday], *, municipality: str = CAPITAL) -> "WorkingCalendar":
        """Build the calendar of a municipality from the corrections in the table."""
        mine = [
            row
            for row in corrections
            if row.withdrawn_on is None and (row.scope != HolidayScope.MUNICIPAL or row.municipality_id == municipality)
        ]
        return cls(
            added={row.day: row.name for row in mine if row.added and not row.half_day},
            removed=frozenset(row.day for row in mine if not row.added),
            capital=municipality == CAPITAL,
            half={row.day: row.name for row in mine if row.added and row.half_day},
        )

    def holiday(self, day: date) -> str | None:
        """Return the name of the full-day holiday that falls on a day, if any."""
        if day in self.added:
            return self.added[day]
        if day in self.removed:
            return None
        if self.capital and (day.month, day.day) == (8, 15):
            return ASSUMPTION
        return _library(day.year).get(day)

    def is_working(self, day: date) -> bool:
        """Tell whether a day is Monday to Friday and no holiday."""
        return day.weekday() < 5 and self.holiday(day) is None

    def add(self, start: date, days: int) -> date:
        """Return the date `days` working days after `start`; the count begins the day after."""
        day = start
        while days > 0:
            day += timedelta(days=1)
            days -= self.is_working(day)
        return day

    def before(self, end: date, days: int) -> date:
        """Return the working day from which `days` working days are left up to and including `end`."""
        day = end
        while days > 0:
            days -= self.is_working(day)
            day -= timedelta(days=1)
        while not self.is_working(day):
            day -= timedelta(days=1)
        return day

    def skipped(self, start: date, end: date) -> list[tuple[date, str]]:
        """Return the holidays on weekdays after `start` and up to `end`, which a count leaves out."""
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return [(day, name) for day in days if day.weekday() < 5 and (name := self.holiday(day))]

    def explain(self, start: date, days: int) -> str:
        """Say in Spanish how a deadline of `days` working days after `start` was counted."""
        end = self.add(start, days)
        return f"{working_days(days)} desde el {_spoken(start)}: vence el {_spoken(end)}. {self._left_out(start, end)}"

    def explain_between(self, start: date, end: date) -> str:
        """Say in Spanish how many working days lie after `start` and up to `end`, and which days do not count."""
        first, last = min(start, end), max(start, end)
        counted = working_days(self.between(first, last))
        return f"{counted} del {_spoken(first)} al {_spoken(last)}. {self._left_out(first, last)}"

    def _left_out(self, start: date, end: date) -> str:
        text = "La cuenta empieza el día siguiente; se omiten sábados y domingos"
        if left_out := [f"el {_spoken(day)} ({name})" for day, name in self.skipped(start, end)]:
            text += f", y por asueto {', '.join(left_out)}"
        short = [f"el {_spoken(day)} ({name})" for day, name in sorted(self.half.items()) if start < day <= end]
        return text + (f". Medio día, que sí cuenta: {', '.join(short)}." if short else ".")

    def between(self, start: date, end: date) -> int:
        """Count the working days after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -self.between(end, start)
        span = (end - start).days
        return sum(self.is_working(start + timedelta(days=n)) for n in range(1, span + 1))
