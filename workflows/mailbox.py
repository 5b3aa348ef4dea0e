"""The demo's own mail server: takes every message and keeps it for the mailbox page, so that none reaches anybody."""

import asyncio
import email.policy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from typing import cast

from aiosmtpd.smtp import SMTP, Envelope, Session

from actions.outbox import keep_demo_mail


class _Keeper:
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message = cast(EmailMessage, BytesParser(policy=email.policy.default).parsebytes(content))
        for recipient in envelope.rcpt_tos:
            await keep_demo_mail(envelope.mail_from or "", recipient, message)
        # A status line holds ASCII alone.
        return "250 2.0.0 Guardado en la demo"


@asynccontextmanager
async def demo_mailbox(port: int) -> AsyncIterator[None]:
    """Listen on a loopback port while the context is open; the domain database must be open too."""
    loop = asyncio.get_running_loop()
    keeper = _Keeper()
    server = await loop.create_server(
        lambda: SMTP(keeper, hostname="localhost", ident="Convenios", loop=loop), "127.0.0.1", port
    )
    try:
        yield
    finally:
        server.close()
