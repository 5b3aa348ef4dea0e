"""Addresses that mail servers refuse for good: marked so that nothing more is sent there, and cleared when mended."""

from datetime import UTC, timedelta
from typing import Any

from actions.audited import Entry, audited
from actions.refusals import NotAllowedNow, NotFound
from documents.delivery_reports import DeliveryReport
from models.audit import Verb
from models.messages import BouncedAddress
from models.outbox import Notice, NoticeState
from models.people import User
from reads.contacts import folded_address

LONGEST_REASON = 300

RECENTLY = timedelta(days=7)
"""How long mail servers go on trying, and so how old a message is that a report without it may be about."""


async def mark_refused(*, actor: User, address: str, reason: str) -> BouncedAddress:
    """Mark an address whose mail server refused it while we were sending."""
    async with audited(Verb.RECORD_BOUNCE, actor=actor) as entry:
        mark = await _mark(entry, folded_address(address), reason)
        entry.about(mark, f"El servidor de correo rechazó la dirección {mark.address}: no se le escribe más.")
        return mark


async def record_bounce(*, actor: User, report: DeliveryReport) -> list[BouncedAddress]:
    """Mark the addresses that a delivery report says are refused for good; what is refused for the moment is not.

    Only what we wrote to can bounce: a report about anything else is forged or mistaken, and refused. A message that
    the report names is marked as failed, with what the mail server said.
    """
    lasting = [one for one in report.refused if one.lasting]
    if not lasting:
        raise NotAllowedNow(
            "El informe no dice que la dirección no exista: solo que el mensaje se demora. No se marcó."
        )
    async with audited(Verb.RECORD_BOUNCE, actor=actor) as entry:
        marks = []
        for one in lasting:
            address = folded_address(one.address)
            sent = Notice.filter(recipient__iexact=address, sent_at__isnull=False)
            # Without the message itself anybody could say so: then only what was written lately counts.
            since = (entry.at - RECENTLY).astimezone(UTC)
            named: dict[str, Any] = {"message_id": report.message_id} if report.message_id else {"sent_at__gt": since}
            sent = sent.filter(**named)
            notice = await sent.order_by("-id").first()
            if notice is None:
                continue
            marks.append(await _mark(entry, address, one.reason))
            if report.message_id and notice.state == NoticeState.SENT:
                await entry.change(notice, state=NoticeState.FAILED, error=one.reason[:LONGEST_REASON])
        if not marks:
            raise NotFound("ningún mensaje nuestro como el que el informe devuelve; no se marcó nada")
        names = ", ".join(mark.address for mark in marks)
        entry.about(marks[0], f"Un informe de entrega rechazó para siempre {names}: no se le escribe más.")
        return marks


async def _mark(entry: Entry, address: str, reason: str) -> BouncedAddress:
    reason = " ".join(reason.split())[:LONGEST_REASON]
    known = await BouncedAddress.get_or_none(address=address)
    if known is None:
        return await entry.create(BouncedAddress, address=address, bounced_at=entry.at, reason=reason)
    if known.cleared_at is not None:
        await entry.change(known, bounced_at=entry.at, reason=reason, cleared_at=None)
    return known


async def clear_bounce(*, actor: User, mark_id: int) -> BouncedAddress:
    """Take the mark off an address that was mended: messages travel there again; those that failed can be resent."""
    async with audited(Verb.CLEAR_BOUNCE, actor=actor) as entry:
        mark = await BouncedAddress.get_or_none(id=mark_id)
        if mark is None:
            raise NotFound("la marca de correo rechazado", "bounceId")
        if mark.cleared_at is not None:
            raise NotAllowedNow("Esa marca ya se levantó.")
        await entry.change(mark, cleared_at=entry.at)
        entry.about(mark, f"{actor.name} levantó la marca de correo rechazado de {mark.address}.")
        return entry.answers(mark)
