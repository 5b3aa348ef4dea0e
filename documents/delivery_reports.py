"""Reading the report that a mail server sends back when it could not deliver a message (RFC 3464)."""

import email.policy
import re
from dataclasses import dataclass
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser

LARGEST = 2_000_000
"""Bytes of a report; those of mail servers have some ten thousand, with the whole message that came back."""
MOST_RECIPIENTS = 20
"""Recipients that one report may name: each of our messages has one."""


class BadReport(Exception):
    """What is no report that can be believed; the sentence says why, in Spanish."""


_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,118}>")


@dataclass(frozen=True)
class Refused:
    """A recipient that did not get the message: the status by RFC 3463 and what its server said."""

    address: str
    status: str
    said: str

    @property
    def lasting(self) -> bool:
        """Whether the server will not take it later either."""
        return self.status.startswith("5.")

    @property
    def reason(self) -> str:
        """Status and words, for a person."""
        return f"{self.status} {self.said}".strip()


@dataclass(frozen=True)
class DeliveryReport:
    """What a report says: of which message, and who did not get it."""

    message_id: str
    """Of the message that came back; empty when the report does not hold it."""
    refused: tuple[Refused, ...]


def read_delivery_report(data: bytes) -> DeliveryReport:
    """Return what a report says; raises BadReport, with a Spanish sentence, for whatever is no report."""
    if len(data) > LARGEST:
        raise BadReport(f"El informe pesa más de {LARGEST // 1_000_000} MB: ningún informe de entrega es tan grande.")
    try:
        message = BytesParser(policy=email.policy.compat32).parsebytes(data)
        parts = list(message.walk())
        if message.get_content_type() != "multipart/report" or not message.is_multipart():
            raise BadReport("Lo recibido no es un informe de entrega (multipart/report, RFC 3464).")
        status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
        if status is None or not status.is_multipart():
            raise BadReport("Al informe le falta su parte «message/delivery-status».")
        refused = [one for block in _blocks(status)[: MOST_RECIPIENTS + 2] if (one := _refused(block))]
    except (MessageError, ValueError, LookupError, RecursionError, AttributeError, TypeError) as damaged:
        raise BadReport("El informe de entrega está dañado y no se puede leer.") from damaged
    if not refused:
        raise BadReport("El informe no nombra ningún destinatario al que no se entregó.")
    if len(refused) > MOST_RECIPIENTS:
        raise BadReport("El informe nombra demasiados destinatarios: cada mensaje nuestro tiene uno.")
    return DeliveryReport(_message_id(parts), tuple(refused))


def _blocks(status: Message) -> list[Message]:
    return [part for part in status.get_payload() if isinstance(part, Message)]


def _refused(block: Message) -> Refused | None:
    """Return who did not get it; None for the block about the message, and for whoever did get it."""
    if _plain(block, "Action").strip().lower() not in ("failed", "delayed"):
        return None
    # «rfc822; name@place»
    address = _ADDRESS.search(_plain(block, "Final-Recipient")) or _ADDRESS.search(_plain(block, "Original-Recipient"))
    status = _STATUS.search(_plain(block, "Status"))
    if address is None or status is None or len(address[0]) > 160:
        return None
    said = _plain(block, "Diagnostic-Code").partition(";")[2] or "El servidor de correo no dijo más."
    said = " ".join("".join(c if c.isprintable() else " " for c in said).split())
    return Refused(address[0], status[0], said[:250].removeprefix(f"{status[0]} "))


def _message_id(parts: list[Message]) -> str:
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/rfc822" and part.is_multipart():
            original = _plain(part.get_payload(0), "Message-ID")  # type: ignore[arg-type]
        elif kind in ("text/rfc822-headers", "message/rfc822-headers"):
            content = part.get_payload(decode=True) or b""
            headers = BytesParser(policy=email.policy.compat32).parsebytes(content, headersonly=True)  # type: ignore[arg-type]
            original = _plain(headers, "Message-ID")
        else:
            continue
        if found := _MESSAGE_ID.search(original):
            return found[0]
    return ""


def _plain(block: Message, name: str) -> str:
    return str(block.get(name, "") or "")
