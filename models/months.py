"""Months of the calendar, by which attendance is told and renewals are planned; the calendar ends in 9999."""

from datetime import date, timedelta

from babel.dates import format_date

_LAST = date.max.year * 12 + 11


def months_later(day: date, months: int) -> date:
    """Return the first day of the month so many months after a day's, before it when negative.

    The calendar's first or last month stands for what lies beyond it.
    """
    index = min(max(day.year * 12 + day.month - 1 + months, 12), _LAST)
    return date(index // 12, index % 12 + 1, 1)


def last_of_month(day: date) -> date:
    """Return the last day of a day's month."""
    following = months_later(day, 1)
    return following - timedelta(days=1) if following > day else date.max


def month_in_words(month: date) -> str:
    """Return a month as Spanish sentences have it: «marzo de 2026»."""
    return str(format_date(month, "MMMM 'de' y", locale="es_GT"))
