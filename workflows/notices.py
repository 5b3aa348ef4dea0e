"""The post: takes queued notices to the mail server, marks each as sent or failed, and loses none when it is down."""

import asyncio
import re
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from html import escape
from urllib.parse import unquote, urlsplit

import structlog
from aiosmtplib import SMTP, SMTPException, SMTPRecipientsRefused, SMTPResponseException, SMTPSenderRefused
from prefect import flow

from actions.outbox import due_notices, give_back, mark_failed, mark_sent, notices_due
from models.clock import now
from models.flows import FlowName
from models.outbox import Notice
from settings import settings
from workflows.flow_states import noted, resting

log = structlog.get_logger()

BATCH = 50
"""Messages sent over one connection."""

EVERY = 2.0
"""Seconds between two looks at the queue."""

LONGEST_REST = 60.0
"""Seconds between two knocks at a mail server that is down, at most."""

FOOTER = "Mensaje automático del sistema de convenios de SOSEP. Por favor, no responda a esta dirección."


class MailServerDown(Exception):
    """The mail server cannot be reached or refuses to work with us at all; every notice stays queued."""


def demo_mail_port() -> int:
    """Return the loopback port of the demo's own mail server."""
    return settings().port + 2


def mail_server() -> str:
    """Return the address of the mail server; empty means that there is none and mail waits."""
    if settings().smtp_url or not settings().demo:
        return settings().smtp_url
    return f"smtp://127.0.0.1:{demo_mail_port()}"


def connection(url: str) -> SMTP:
    """Return an unopened connection to smtp://, smtp+starttls:// or smtps://[user:password@]host[:port]."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtp+starttls", "smtps") or not parts.hostname:
        raise MailServerDown("CONVENIOS_SMTP_URL no es smtp://, smtp+starttls:// ni smtps:// seguido de un servidor")
    implicit = parts.scheme == "smtps"
    near = parts.hostname in ("127.0.0.1", "localhost", "::1")
    # A password never crosses a network in the clear.
    required = parts.scheme == "smtp+starttls" or bool(parts.username and not implicit and not near)
    return SMTP(
        hostname=parts.hostname,
        port=parts.port or (465 if implicit else 587 if required else 25),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password or "") if parts.username else None,
        use_tls=implicit,
        start_tls=None if implicit or not required else True,
        local_hostname="localhost" if near else None,
        timeout=20,
    )


def message_for(notice: Notice) -> EmailMessage:
    """Return the message as it travels: plain text and HTML made from it, with the notice's own Message-ID."""
    message = EmailMessage()
    message["From"] = formataddr(("Convenios SOSEP", settings().mail_from))
    message["To"] = formataddr((notice.recipient_name, notice.recipient))
    message["Subject"] = notice.subject
    message["Message-ID"] = notice.message_id
    message["Date"] = format_datetime(now())
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{notice.body}\n\n-- \n{FOOTER}\n")
    message.add_alternative(_html(notice), subtype="html")
    # After the parts: whatever begins with Content- would move into the first of them.
    message["Content-Language"] = "es-GT"
    return message


def _html(notice: Notice) -> str:
    paragraphs = [escape(part.strip()).replace("\n", "<br>") for part in notice.body.split("\n\n") if part.strip()]
    linked = [re.sub(r"https?://[^\s<]+", r'<a href="\g<0>">\g<0></a>', part) for part in paragraphs]
    text = "\n".join(f"<p>{part}</p>" for part in linked)
    return (
        f'<!doctype html>\n<html lang="es"><head><meta charset="utf-8"><title>{escape(notice.subject)}</title></head>\n'
        '<body style="font-family:sans-serif;font-size:16px;line-height:1.5;max-width:40em">\n'
        f'{text}\n<p style="color:#555;font-size:14px">{FOOTER}</p>\n</body></html>\n'
    )


async def send_due(limit: int = BATCH) -> int:
    """Send the notices that are due over one connection and return how many the server took.

    Raises MailServerDown when the server cannot be reached; what was not sent stays queued.
    """
    server = mail_server()
    if not server or not await notices_due():
        return 0
    smtp = connection(server)
    try:
        await smtp.connect()
    except (SMTPException, OSError) as error:
        raise MailServerDown(f"{type(error).__name__}: {error}") from error
    try:
        return await _send(smtp, await due_notices(limit))
    finally:
        smtp.close()


async def _send(smtp: SMTP, notices: list[Notice]) -> int:
    sent = 0
    for position, notice in enumerate(notices):
        later = [one.id for one in notices[position + 1 :]]
        try:
            await smtp.send_message(message_for(notice))
        except SMTPSenderRefused as error:
            # Our own address is at fault, not this notice: none of them can travel.
            await give_back([notice.id, *later])
            raise MailServerDown(f"{settings().mail_from}: {error.message}") from error
        except SMTPRecipientsRefused as error:
            first = error.recipients[0]
            await mark_failed(notice.id, f"{first.code} {first.message}", final=first.code >= 500)
        except SMTPResponseException as error:
            await mark_failed(notice.id, f"{error.code} {error.message}", final=error.code >= 500)
        except (OSError, TimeoutError) as error:
            await mark_failed(notice.id, f"{type(error).__name__}: {error}")
            await give_back(later)
            raise MailServerDown(f"{type(error).__name__}: {error}") from error
        except (SMTPException, ValueError) as error:
            # An address or a subject that no mail can carry: trying again would not help.
            await mark_failed(notice.id, f"{type(error).__name__}: {error}", final=True)
        else:
            await mark_sent(notice.id)
            sent += 1
    return sent


async def keep_sending() -> None:
    """Send what is due every few seconds for as long as the process lives; rest longer while the server is down."""
    rest = EVERY
    while True:
        if await resting(FlowName.NOTICES):
            await asyncio.sleep(EVERY)
            continue
        try:
            full = await send_due() >= BATCH
            rest = 0 if full else EVERY
        except MailServerDown as down:
            rest = min(max(rest, EVERY) * 2, LONGEST_REST)
            log.warning("mail server down", why=str(down), again_in=rest)
        await asyncio.sleep(rest)


@flow(name="leftover_notices", flow_run_name="leftover_notices", persist_result=False)
@noted(FlowName.LEFTOVER_NOTICES)
async def leftover_notices() -> str:
    """Send whatever is due and was left over, batch after batch."""
    if await resting(FlowName.NOTICES):
        return "El envío de avisos está en pausa."
    sent = taken = await send_due()
    while taken >= BATCH:
        taken = await send_due()
        sent += taken
    return f"Envió {sent} avisos."
