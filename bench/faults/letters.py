"""A real SMTP server of the bench's own: notes every message that it takes, and can be away for a while."""

import email
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bench.ports import free_ports


@dataclass(frozen=True)
class Letter:
    """A message as the server took it."""

    message_id: str
    recipient: str
    at: float
    """On the monotonic clock."""


@dataclass
class LetterBox:
    """The mail server of everybody who is written to."""

    port: int = field(default_factory=lambda: free_ports(1)[0])
    letters: list[Letter] = field(default_factory=list)
    at_next: Callable[[], None] | None = None
    """Called once, when the next message is taken and before its sender hears of it."""
    _controller: Controller | None = None

    @property
    def url(self) -> str:
        """Address as CONVENIOS_SMTP_URL takes it."""
        return f"smtp://127.0.0.1:{self.port}"

    def open(self) -> None:
        """Take messages from now on."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def close(self) -> None:
        """Take none, as a server that is down: nobody listens."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Note a message and answer that it was taken."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message_id = str(email.message_from_bytes(content)["Message-ID"]).strip()
        for recipient in envelope.rcpt_tos:
            self.letters.append(Letter(message_id, recipient, time.monotonic()))
        if self.at_next:
            strike, self.at_next = self.at_next, None
            strike()
        return "250 2.0.0 Ok"
