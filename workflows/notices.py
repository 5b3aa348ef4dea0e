"""The post: takes queued notices to the mail server, marks each as sent or failed, and loses none when it is down."""

import asyncio
import re
import time
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import structlog
from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from prefect import flow

from actions.bounces import mark_refused
from actions.outbox import due_notices, give_back, mark_failed, mark_sent, may_send, notices_due, withhold
from actions.people import system_user
from models.flows import FlowName
from models.outbox import Notice
from reads.contacts import folded_address, stop_codes
from settings import settings
from workflows.flow_states import noted, resting
from workflows.messages import message_for

log = structlog.get_logger()

BATCH = 50
"""Messages sent over one connection."""

EVERY = 2.0
"""Seconds between two looks at the queue."""

LONGEST_REST = 60.0
"""Seconds between two knocks at a mail server that is down, at most."""

CLAIM_SECONDS = 40.0
"""For how long a batch goes on: with the last message's own time it ends well before its claim (`SENDING`)."""

ONE_SECONDS = 60.0
"""How long one message may take, from its first command to the server's answer."""

ABOUT_US = re.compile(r"\s*5\.7\.")


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


@dataclass(frozen=True)
class Round:
    """What one look at the queue came to."""

    claimed: int
    sent: int


async def send_due(limit: int = BATCH) -> int:
    """Send the notices that are due over one connection and return how many the server took.

    Raises MailServerDown when the server cannot be reached; what was not sent stays queued.
    """
    return (await send_round(limit)).sent


async def send_round(limit: int = BATCH) -> Round:
    """Do the same and tell how many notices were claimed too: none when nothing is due or the minute is full."""
    server = mail_server()
    if not server or not await notices_due():
        return Round(0, 0)
    limit = min(limit, await may_send())
    if not limit:
        return Round(0, 0)
    smtp = connection(server)
    try:
        await smtp.connect()
    except (SMTPException, OSError) as error:
        raise MailServerDown(f"{type(error).__name__}: {error}") from error
    try:
        claimed = await due_notices(limit)
        return Round(len(claimed), await _send(smtp, await withhold(claimed)))
    finally:
        smtp.close()


async def _send(smtp: SMTP, notices: list[Notice]) -> int:
    codes = await stop_codes([notice.recipient for notice in notices])
    until = time.monotonic() + CLAIM_SECONDS
    sent = 0
    for position, notice in enumerate(notices):
        if time.monotonic() > until:
            # A slow server: before the claim ends and another engine takes the rest, they go back to the queue.
            await give_back([one.id for one in notices[position:]])
            break
        later = [one.id for one in notices[position + 1 :]]
        try:
            async with asyncio.timeout(ONE_SECONDS):
                await smtp.send_message(message_for(notice, codes.get(folded_address(notice.recipient), "")))
        except SMTPSenderRefused as error:
            # Our own address is at fault, not this notice: none of them can travel.
            await give_back([notice.id, *later])
            raise MailServerDown(f"{settings().mail_from}: {error.message}") from error
        except SMTPRecipientsRefused as error:
            await _refused(notice, error.recipients[0])
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


async def _refused(notice: Notice, why: SMTPRecipientRefused) -> None:
    said = f"{why.code} {why.message}"
    await mark_failed(notice.id, said, final=why.code >= 500)
    # 5.7: the server refuses us or what we say, by its own rules, and the address may be a good one.
    if why.code >= 500 and not ABOUT_US.match(why.message):
        await mark_refused(actor=await system_user(), address=notice.recipient, reason=said)


async def keep_sending() -> None:
    """Send what is due every few seconds for as long as the process lives; rest longer while the server is down."""
    rest = EVERY
    while True:
        if await resting(FlowName.NOTICES):
            await asyncio.sleep(EVERY)
            continue
        try:
            # As long as there was something to send there may be more.
            rest = 0 if (await send_round()).claimed else EVERY
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
    sent = 0
    while (went := await send_round()).claimed:
        sent += went.sent
    return f"Envió {sent} avisos."
