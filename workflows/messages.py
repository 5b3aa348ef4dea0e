"""The making of a message: plain text, HTML that reads well on a telephone, and the date that matters attached."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime, time
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from html import escape, unescape

from documents.calendars import CalendarEntry, calendar_file
from models.clock import GUATEMALA, now
from models.messages import TOPIC_LABELS
from models.outbox import Notice
from settings import settings

_LINK = re.compile(r"https?://[^\s<>«»]+[^\s<>«».,;:)]")
_LEADS_TO_IT = re.compile(r"(?:^|(?<=[.!?\n])\s*)(?:puede|véa|vea|consúlt|está)[^.\n]*\ben$", re.IGNORECASE)
"""The words before an address that say nothing without it: «Puede consultarlo en»."""

_MATTERS = ("review", "convention", "lease", "license", "court_file")


@dataclass(frozen=True)
class Footer:
    """What stands below a message: who sends it, and how its reader chooses otherwise."""

    choice: str
    """A sentence before the link."""
    link: str
    stops: bool = False
    """Whether the link ends all messages, as mail programs offer in a button of their own."""

    @classmethod
    def of(cls, stop_code: str = "") -> "Footer":
        """Return the footer for a person with an account, or for the contact who stops by a code."""
        address = settings().address()
        if stop_code:
            return cls("Si ya no desea recibir estos avisos:", f"{address}/avisos/baja/{stop_code}", stops=True)
        return cls("Usted elige cómo recibir los avisos:", f"{address}/mis-avisos")


OFFICE = (
    "Asesoría Jurídica · Secretaría de Obras Sociales de la Esposa del Presidente (SOSEP)",
    "Mensaje automático del sistema de convenios. Por favor, no responda a esta dirección.",
)


def message_for(notice: Notice, stop_code: str = "") -> EmailMessage:
    """Return the message as it travels, with the notice's own Message-ID; `stop_code` is that of a contact."""
    footer = Footer.of(stop_code)
    message = EmailMessage()
    message["From"] = formataddr(("Convenios SOSEP", settings().mail_from))
    message["To"] = formataddr((notice.recipient_name, notice.recipient))
    message["Subject"] = notice.subject
    message["Message-ID"] = notice.message_id
    message["Date"] = format_datetime(now())
    message["Auto-Submitted"] = "auto-generated"
    if footer.stops:
        message["List-Unsubscribe"] = f"<{footer.link}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    signed = "\n".join((*OFFICE, f"{footer.choice} {footer.link}"))
    message.set_content(f"{notice.body}\n\n-- \n{signed}\n")
    message.add_alternative(_html(notice, footer), subtype="html")
    if notice.event:
        message.add_attachment(
            _calendar(notice, notice.event),
            maintype="text",
            subtype="calendar",
            filename="fecha.ics",
            params={"method": "PUBLISH", "charset": "utf-8"},
        )
    # After the parts: whatever begins with Content- would move into the first of them.
    message["Content-Language"] = "es-GT"
    return message


_INK, _BLUE, _SOFT = "#1b2430", "#12355b", "#4a5563"
_AROUND = "margin:0 auto;max-width:600px;padding:"

_STYLES = {
    "body": f"margin:0;padding:16px;background:#f3f5f8;color:{_INK};font:16px/1.5 Arial,Helvetica,sans-serif",
    "sheet": f"{_AROUND}24px;background:#ffffff;border:1px solid #d5dbe3;border-radius:6px",
    "title": f"margin:0 0 16px;font-size:20px;line-height:1.3;color:{_BLUE}",
    "topic": f"margin:24px 0 8px;font-size:17px;color:{_BLUE}",
    "text": "margin:0 0 16px",
    "link": f"color:{_BLUE}",
    "button": (
        f"display:inline-block;padding:12px 20px;background:{_BLUE};color:#ffffff;text-decoration:none;"
        "border-radius:4px;font-weight:bold"
    ),
    "foot": f"{_AROUND}16px 24px;color:{_SOFT};font-size:14px",
    "line": "margin:0 0 8px",
}
"""Styles stand in each element: many mail programs drop a style sheet."""


def _element(tag: str, style: str, content: str, **attributes: str) -> str:
    given = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f'<{tag}{given} style="{_STYLES[style]}">{content}</{tag}>'


def _html(notice: Notice, footer: Footer) -> str:
    text, link = _parted(notice.body)
    title = escape(notice.subject, quote=False)
    inside = [_element("h1", "title", title)]
    # A day's summary says under a heading of its own what each topic has.
    topics = set(TOPIC_LABELS.values()) if notice.key.startswith("digest:") else set()
    for part in filter(str.strip, text.split("\n\n")):
        inside.append(_element(*(("h2", "topic") if part in topics else ("p", "text")), _linked(part)))
    if link:
        label = "Ver el expediente" if "/expedientes/" in link or "/seguimiento/" in link else "Abrir en Convenios"
        inside.append(_element("p", "text", _element("a", "button", label, href=link)))
    lines = [escape(line, quote=False) for line in OFFICE]
    lines.append(f"{footer.choice} {_element('a', 'link', escape(footer.link), href=footer.link)}")
    below = [_element("p", "line", line) for line in lines]
    # Said as roles: mail programs know the elements of that name less than the names.
    sheet = _element("div", "sheet", "\n".join(inside), role="main")
    parts = [sheet, _element("div", "foot", "\n".join(below), role="contentinfo")]
    body = _element("body", "body", "\n".join(parts))
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    return f'<!doctype html>\n<html lang="es"><head>{head}</head>\n{body}\n</html>\n'


def _parted(body: str) -> tuple[str, str]:
    """Return the text without its last link, and that link: it becomes the button. Empty when there is none."""
    found = list(_LINK.finditer(body))
    if not found:
        return body, ""
    last = found[-1]
    before, _, sentence = body[: last.start()].rpartition("\n\n")
    rest = body[last.end() :].lstrip(".,;: ")
    kept = _LEADS_TO_IT.sub("", sentence.strip().rstrip(":").rstrip()).strip()
    if kept and kept[-1] not in ".!?":
        kept += "."
    return "\n\n".join(part for part in (before, kept, rest) if part.strip()), last[0]


def _linked(paragraph: str) -> str:
    safe = escape(paragraph.strip(), quote=False).replace("\n", "<br>")
    return _LINK.sub(lambda found: _element("a", "link", found[0], href=unescape(found[0])), safe)


def _calendar(notice: Notice, event: dict[str, str]) -> bytes:
    """Return the date that matters as a calendar to be added; the same matter keeps its entry, whatever tells of it."""
    day = date.fromisoformat(event["on"])
    at = event.get("at")
    entry = CalendarEntry(
        uid=_uid(notice, event),
        # A later message about the same matter replaces what an earlier one put into the calendar.
        sequence=notice.id or 0,
        stamped_at=notice.created_at,
        title=event["title"],
        on=day,
        begins=datetime.combine(day, time.fromisoformat(at), GUATEMALA) if at else None,
        place=event.get("place", ""),
    )
    return calendar_file([entry])


def _uid(notice: Notice, event: dict[str, str]) -> str:
    matter = next((f"{name}:{key}" for name in _MATTERS if (key := getattr(notice, f"{name}_id"))), notice.key)
    about = event.get("uid") or f"{matter}:{event['title']}"
    host = settings().mail_from.rpartition("@")[2]
    return f"{hashlib.sha256(about.encode()).hexdigest()[:32]}@{host}"
