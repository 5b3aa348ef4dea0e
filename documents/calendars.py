"""Dates as an iCalendar file (RFC 5545), for a message's attachment and for a calendar that is read again and again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

LASTS = timedelta(hours=1)
"""How long a date with an hour is shown in a calendar: how long a hearing takes nobody knows before."""

REFRESHED = timedelta(hours=12)
"""How often a program is asked to read a calendar again."""


@dataclass(frozen=True)
class CalendarEntry:
    """One date. The same matter keeps its `uid`, and a higher `sequence` replaces what was told of it before."""

    uid: str
    sequence: int
    stamped_at: datetime
    title: str
    on: date
    begins: datetime | None = None
    """The hour, in its time zone, when there is one; it is on the same day."""
    place: str = ""
    text: str = ""
    link: str = ""


def calendar_file(
    entries: Iterable[CalendarEntry], *, name: str = "", about: str = "", timezone: str = "America/Guatemala"
) -> bytes:
    """Return a calendar; the same entries always give the same bytes. `name` and `about` are for one that is kept."""
    calendar = Calendar()
    calendar.add("prodid", "-//SOSEP//Convenios//ES")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("x-wr-caldesc", about)
        calendar.add("x-wr-timezone", timezone)
        calendar.add("refresh-interval", REFRESHED, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT12H")
    timed = False
    for entry in entries:
        timed = timed or entry.begins is not None
        calendar.add_component(_event(entry))
    if timed:
        calendar.add_missing_timezones()
    return calendar.to_ical()


def _event(entry: CalendarEntry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.stamped_at)
    event.add("summary", entry.title)
    if entry.begins:
        event.add("dtstart", entry.begins)
        event.add("dtend", entry.begins + LASTS)
    else:
        event.add("dtstart", entry.on)
        if entry.on < date.max:
            event.add("dtend", entry.on + timedelta(days=1))
        # A whole day that something ends on is no day on which its reader is busy.
        event.add("transp", "TRANSPARENT")
    for name, value in (("location", entry.place), ("description", entry.text), ("url", entry.link)):
        if value:
            event.add(name, value)
    return event
