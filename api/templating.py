"""Jinja for the pages: es-GT dates and money, Spanish labels, and what every page shows around its content."""

import hashlib
from calendar import Calendar
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from actions.centers import RUN_BY
from actions.reviews import HINTS
from api.department_map import MAP_SIZE, outlines, shades
from api.exported_lists import EXPORTED
from api.forms import typed_rows, typed_tree
from models.agreements import ends_in_words
from models.audit import Verb
from models.clock import GUATEMALA, today
from models.people import User
from models.permissions import may
from reads.engine_state import engine_state
from reads.parties import listed
from schema.ids import global_id
from schema.labels import LABELS, label
from settings import PROJECT, settings

LOCALE = "es_GT"

environment = Environment(
    loader=FileSystemLoader(PROJECT / "api" / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def as_date(value: date | str | None, style: str = "d 'de' MMMM 'de' y") -> str:
    """Return a date in words («3 de marzo de 2026»); empty for none."""
    if not value:
        return ""
    return format_date(date.fromisoformat(value[:10]) if isinstance(value, str) else value, style, locale=LOCALE)


def as_short_date(value: date | str | None) -> str:
    """Return a date in figures, day first («03/03/2026»); empty for none."""
    return as_date(value, "dd/MM/y")


def day_before(value: str) -> str:
    """Return the day before another, as the API writes days; the first day of all has none before it."""
    day = date.fromisoformat(value)
    return (day - timedelta(days=1) if day > date.min else day).isoformat()


def as_instant(value: datetime | str | None) -> str:
    """Return an instant in Guatemala («3 mar 2026, 14:05»); empty for none."""
    if not value:
        return ""
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    return format_datetime(instant.astimezone(GUATEMALA), "d MMM y, HH:mm", locale=LOCALE)


def as_money(value: Decimal | str | None) -> str:
    """Return quetzales («Q1,500.00»); empty for none."""
    return "" if value is None else format_currency(Decimal(value), "GTQ", locale=LOCALE)


def as_days(days: int | None) -> str:
    """Say how far an end lies; empty for none."""
    return "" if days is None else ends_in_words(days)


environment.filters.update(
    date=as_date,
    day_before=day_before,
    short_date=as_short_date,
    instant=as_instant,
    money=as_money,
    days=as_days,
    label=label,
    listed=listed,
)


def static_address(name: str) -> str:
    """Return the address of a static file; it changes with the content, so browsers may keep it for good."""
    content = (PROJECT / "api" / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:10]}"


def choices(enum: str, every: str) -> list[tuple[str, str]]:
    """Return the pairs of a select for one of the API's closed lists; `every` is what its empty choice says."""
    words = next(words for kind, (_, words) in LABELS.items() if kind.__name__ == enum)
    return [("", every), *words.items()]


def month_weeks(year: int, month: int) -> list[list[date | None]]:
    """Return a month as weeks of seven days, Monday first; days of its neighbors are left out."""
    weeks = Calendar().monthdatescalendar(year, month)
    return [[day if day.month == month else None for day in week] for week in weeks]


environment.globals.update(
    month_weeks=month_weeks,
    today=today,
    choices=choices,
    exported=EXPORTED,
    hints=HINTS,
    run_by=RUN_BY,
    typed_rows=typed_rows,
    typed_tree=typed_tree,
    once=lambda: uuid4().hex,
    outlines=outlines,
    map_size=MAP_SIZE,
    shades=shades,
    stylesheet=static_address("style.css"),
    icon=static_address("icon.svg"),
)


async def render(
    request: Request,
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
    person: User | None = None,
    headers: dict[str, str] | None = None,
) -> HTMLResponse:
    """Return a page; around its own context it knows who is signed in, demo mode and the engine's state."""
    around = {
        "request": request,
        "person": person,
        "me": global_id("Person", person.id) if person else "",
        "may": lambda verb, on="": person is not None and may(person, Verb(verb), on),
        "demo": settings().demo,
        "engine": await engine_state() if person else None,
    }
    html = environment.get_template(template).render({**around, **context})
    return HTMLResponse(html, status_code=status, headers=headers)
