"""What a message looks like: one heading, its text, one button, who sends it, and the date for a calendar."""

import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from icalendar import Calendar

from actions.queueing import queue_notices
from models.clock import now
from models.messages import Contact
from models.outbox import Notice
from models.people import Role
from settings import settings
from tests import builders
from tests.conftest import FreshDatabase
from workflows.messages import message_for

pytestmark = pytest.mark.usefixtures("db")


def made(**more: object) -> Notice:
    values = {
        "id": 7,
        "key": "prueba:1",
        "recipient": "persona@prueba.example",
        "recipient_name": "María Peña",
        "subject": "Vence <pronto>",
        "body": "María Peña:\n\nSe hizo A & B. Puede consultarlo en http://sitio.example/expedientes/EXP-2026-0001",
        "message_id": "<1@convenios>",
        "created_at": datetime(2026, 3, 2, 15, tzinfo=UTC),
        "due_at": now(),
    }
    return Notice(**values | more)


class _Seen(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.language = ""
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        if tag == "html":
            self.language = given.get("lang") or ""
        if tag == "a":
            self.links.append(given.get("href") or "")

    def handle_data(self, data: str) -> None:
        self.text += data


def seen(notice: Notice, stop_code: str = "") -> _Seen:
    part = message_for(notice, stop_code).get_body(("html",))
    assert part
    return _Seen(part.get_content())


async def test_the_page_of_a_message_has_one_heading_one_button_and_its_office() -> None:
    page = seen(made())
    assert page.language == "es"
    assert page.tags.count("h1") == 1
    assert page.links == ["http://sitio.example/expedientes/EXP-2026-0001", f"{settings().address()}/mis-avisos"]
    assert "Vence <pronto>" in page.text
    assert "Se hizo A & B." in page.text
    assert "Puede consultarlo" not in page.text
    assert "Ver el expediente" in page.text
    assert "Asesoría Jurídica" in page.text
    assert not {"img", "script", "table", "style"} & set(page.tags)


async def test_other_links_stay_in_the_text_and_plain_text_keeps_all() -> None:
    body = "Lea http://a.example/?x=1&y=2, y responda.\n\nAbra: http://b.example/c\n\nGracias."
    page = seen(made(body=body))
    assert page.links[:2] == ["http://a.example/?x=1&y=2", "http://b.example/c"]
    assert "Abra." in page.text
    assert "Gracias." in page.text
    plain = message_for(made(body=body)).get_body(("plain",))
    assert plain
    assert plain.get_content().startswith(body)
    assert seen(made(body="Sin dirección")).links == [f"{settings().address()}/mis-avisos"]


def calendar_of(notice: Notice) -> Calendar:
    message = message_for(notice)
    [part] = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "PUBLISH"
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return Calendar.from_ical(content.decode())


async def test_a_date_that_matters_comes_as_a_calendar() -> None:
    whole = calendar_of(made(event={"on": "2026-03-31", "title": "Vence el convenio Ñ"}, convention_id=4))
    assert whole["method"] == "PUBLISH"
    [event] = whole.walk("VEVENT")
    assert (event["dtstart"].dt, event["dtend"].dt) == (date(2026, 3, 31), date(2026, 4, 1))
    assert (event["summary"], event["sequence"]) == ("Vence el convenio Ñ", 7)
    timed = calendar_of(made(event={"on": "2026-03-31", "at": "09:30", "title": "Audiencia", "place": "Sala 2"}))
    [hearing] = timed.walk("VEVENT")
    assert hearing["dtstart"].dt.isoformat() == "2026-03-31T09:30:00-06:00"
    assert hearing["dtstart"].params["TZID"] == "America/Guatemala"
    assert hearing["location"] == "Sala 2"
    assert timed.walk("VTIMEZONE")
    assert not [part for part in message_for(made()).walk() if part.get_content_type() == "text/calendar"]


async def test_the_same_matter_keeps_its_entry_in_the_calendar() -> None:
    event = {"on": "2026-03-31", "title": "Vence"}

    def uid(**more: object) -> str:
        return str(calendar_of(made(**{"event": event, "convention_id": 4} | more)).walk("VEVENT")[0]["uid"])

    assert uid() == uid(key="otro", id=9, message_id="<2@c>", event=event | {"on": "2026-06-30"})
    assert uid() != uid(convention_id=5)
    assert uid(event=event | {"uid": "court-date:1"}) != uid(event=event | {"uid": "court-date:2"})
    assert re.fullmatch(r"[0-9a-f]{32}@sosep\.example", uid())


async def test_links_lead_people_without_an_account_to_what_anybody_may_open(db: FreshDatabase) -> None:
    file = await builders.review()
    by = await builders.person(Role.LEGAL)
    outside, inside = "fuera@prueba.example", by.email
    await Contact.create(
        email=outside, name="Rosa", municipality=await builders.municipality(), created_by=by, stop_code="x",
        created_at=now(),
    )  # fmt: skip
    home = settings().address()
    bodies = {
        "a": ("Sin dirección", {"review_id": file.id}),
        "b": (f"Véalo en {home}/expedientes/{file.code}.", {"review_id": file.id}),
        "c": (f"Puede consultarlo en {home}", {}),
        "d": (f"Compruebe {home}/verificar/ABC y {home}/convenios/CONV-1", {}),
    }
    rows = [
        {"key": f"{key}:{address}", "recipient": address, "subject": "x", "body": body, **matter}
        for key, (body, matter) in bodies.items()
        for address in (outside, inside)
    ]
    await queue_notices(rows, now())
    kept = {row.key: row.body for row in await Notice.all()}
    assert kept[f"a:{inside}"] == f"Sin dirección\n\n{home}/expedientes/{file.code}"
    assert kept[f"a:{outside}"] == f"Sin dirección\n\n{home}/seguimiento/{file.code}"
    assert kept[f"b:{inside}"] == bodies["b"][0]
    assert kept[f"b:{outside}"] == f"Véalo en {home}/seguimiento/{file.code}."
    assert kept[f"c:{outside}"] == f"Puede consultarlo en {home}/seguimiento"
    assert kept[f"d:{outside}"] == f"Compruebe {home}/verificar/ABC y {home}/seguimiento"
