"""Sending a message again because a person asks for it."""

import secrets

from actions.audited import audited, reachable
from actions.refusals import NotAllowedNow
from models.audit import Verb
from models.clock import instant
from models.messages import NoticeTopic
from models.outbox import Notice, NoticeState
from models.people import User
from reads.bounces import bounced
from reads.contacts import folded_address, stopped_addresses

WHY_NOT = {
    NoticeState.QUEUED: "Este aviso todavía está en cola: saldrá solo.",
    NoticeState.HELD: "Este aviso espera el resumen del día de su destinatario: saldrá con él.",
    NoticeState.DIGESTED: "Este aviso ya fue en un resumen del día: reenvíe el resumen.",
    NoticeState.DROPPED: "Este aviso no hizo falta: su asunto ya estaba resuelto o no quisieron recibirlo.",
}
"""Why a message cannot be sent again, by its state."""


async def resend_notice(*, actor: User, notice_id: int) -> Notice:
    """Send a message again. One that failed travels as it is, under its own Message-ID; one that arrived, as a copy.

    Refused while its address is marked as bouncing, or when its reader asked for no more messages.
    """
    async with audited(Verb.RESEND_NOTICE, actor=actor) as entry:
        notice = await reachable(Notice, notice_id, actor, path="noticeId")
        if notice.state in WHY_NOT:
            raise NotAllowedNow(WHY_NOT[notice.state])
        address = folded_address(notice.recipient)
        if mark := (await bounced([address])).get(address):
            raise NotAllowedNow(
                f"La dirección está marcada porque la rechazan: {mark.reason} Corríjala o levante la marca primero."
            )
        if address in await stopped_addresses([address]):
            raise NotAllowedNow("La persona pidió no recibir más avisos.")
        if notice.state == NoticeState.FAILED:
            await entry.change(notice, state=NoticeState.QUEUED, tries=0, due_at=instant(), error="")
            entry.about(notice, f"{actor.name} reenvió a {notice.recipient} el aviso «{notice.subject}».")
            return entry.answers(notice)
        copy = await Notice.create(
            key=f"resent:{entry.sequence}:{notice.id}",
            recipient=notice.recipient,
            recipient_name=notice.recipient_name,
            subject=notice.subject,
            body=notice.body,
            review_id=notice.review_id,
            convention_id=notice.convention_id,
            lease_id=notice.lease_id,
            license_id=notice.license_id,
            court_file_id=notice.court_file_id,
            # What speaks of a court file stays reserved without the key that says so.
            topic=NoticeTopic.COURT if notice.key.startswith("court-") else notice.topic,
            event=notice.event,
            # Whoever sends it again wants it to arrive, however its matter went on.
            passing=False,
            message_id=f"<{secrets.token_hex(16)}@convenios>",
            created_at=entry.at,
            due_at=entry.at,
        )
        entry.about(copy, f"{actor.name} envió a {copy.recipient} otra copia del aviso «{copy.subject}».")
        return entry.answers(copy)
