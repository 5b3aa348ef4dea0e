"""GET /calendarios/SECRET.ics: a calendar that programs read without signing in, by an address that can be revoked.

The address is all that opens it, so it stands in no log of ours. Unknown, revoked and left behind by its owner are
answered alike, in the same words.
"""

import asyncio
import hashlib
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from actions.feeds import note_feed_read
from api.turnstile import Turnstile
from documents.calendars import CalendarEntry, calendar_file
from models.clock import today
from models.feeds import CalendarFeed, FeedScope
from models.places import Municipality
from reads.feed_dates import MOST_DATES, FeedDate, feed_dates
from reads.feeds import feed_by_secret
from schema.labels import label
from settings import settings

ASKED = Turnstile(300, 60)
"""Calendars asked for from one address in a minute. Behind a proxy all programs have its address."""
READ = Turnstile(60, 3600)
"""Times that one calendar is given in an hour: a person's few programs ask at most every few minutes."""

MISSING = "No existe este calendario. Si era suyo, cree otro en Mis calendarios.\n"

KEPT = "private, max-age=900"
"""A calendar stays with its reader, for a quarter of an hour without asking again."""


async def calendar(request: Request) -> Response:
    """Answer one calendar as its owner would see its dates today; 304 when it is the one that the reader has."""
    wait = ASKED.wait(request.client.host if request.client else "")
    if wait:
        return _later(wait)
    feed = await feed_by_secret(request.path_params["secret"])
    if feed is None:
        return PlainTextResponse(MISSING, 404)
    wait = READ.wait((settings().database(), feed.id))
    if wait:
        return _later(wait)
    dates, left_out = await feed_dates(feed, feed.owner, on=today())
    content = await asyncio.to_thread(
        calendar_file, [_entry(one) for one in dates], name=await _name(feed), about=_about(left_out)
    )
    await note_feed_read(feed)
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": KEPT}
    if tag in [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = 'inline; filename="convenios.ics"'
    return Response(content, headers=headers, media_type="text/calendar; charset=utf-8")


def _later(wait: int) -> Response:
    message = f"Se pide demasiadas veces. Espere {wait} segundos y pida de nuevo.\n"
    return PlainTextResponse(message, 429, headers={"Retry-After": str(wait)})


def _entry(one: FeedDate) -> CalendarEntry:
    address = settings().address()
    link = f"{address}{one.link}"
    return CalendarEntry(
        uid=f"{one.mark}@{urlsplit(address).hostname}",
        sequence=one.version,
        stamped_at=one.since,
        title=one.title,
        on=one.on,
        text=f"{one.text} {link}".strip(),
        link=link,
    )


async def _name(feed: CalendarFeed) -> str:
    if feed.scope == FeedScope.MUNICIPALITY:
        return f"Convenios: {(await Municipality.get(code=feed.municipality_id)).name}"
    if feed.scope == FeedScope.PROGRAM:
        return f"Convenios: {label(feed.program)}"
    return "Convenios SOSEP"


def _about(left_out: bool) -> str:
    about = "Vencimientos, renovaciones por iniciar, compromisos y hallazgos con fecha."
    if left_out:
        about += f" Hay más de {MOST_DATES}: este calendario muestra las próximas; cree otros más pequeños."
    return about
