"""The day's summary: one message for a person, with everything that waited for it."""

import secrets
from collections.abc import Sequence

from babel.dates import format_date

from actions.audited import audited
from models.audit import Verb
from models.messages import TOPIC_LABELS, NoticeTopic
from models.outbox import Notice, NoticeState
from models.people import User
from reads.settled import settled
from settings import settings

ORDER = (
    NoticeTopic.DEADLINES,
    NoticeTopic.COURT,
    NoticeTopic.SIGNATURES,
    NoticeTopic.ALARMS,
    NoticeTopic.MOVES,
    NoticeTopic.SYSTEM,
)
"""In which order a summary tells its topics: first what has a term."""

IN_FULL = 50
"""Messages told in full; of more, the subject alone."""

AT_A_TIME = 500
"""Rows in one statement: SQLite takes a limited number of values."""


async def compose_digest(*, actor: User, recipient: str) -> Notice | None:
    """Gather what waits for an address into one message, and mark each as gone with it; None when nothing is left.

    What was settled meanwhile is left out and says so. Done twice at once, the second finds nothing.
    """
    async with audited(Verb.COMPOSE_DIGESTS, actor=actor) as entry:
        held = await Notice.filter(state=NoticeState.HELD, recipient=recipient).order_by("id")
        needless = await settled(held)
        for reason in set(needless.values()):
            ids = [key for key, why in needless.items() if why == reason]
            await _mark(ids, state=NoticeState.DROPPED, error=reason[:300])
        owed = [one for one in held if one.id not in needless]
        if not owed:
            entry.about(actor, f"Ningún aviso esperaba el resumen del día de {recipient}.")
            return None
        many = "1 aviso" if len(owed) == 1 else f"{len(owed)} avisos"
        reserved = any(one.topic == NoticeTopic.COURT or one.court_file_id for one in owed)
        name = owed[-1].recipient_name
        day = format_date(entry.today, "d 'de' MMMM", locale="es_GT")
        digest = await Notice.create(
            key=f"digest:{entry.today:%Y%m%d}:{entry.sequence}:{recipient}"[:160],
            recipient=recipient,
            recipient_name=name,
            subject=f"Resumen del {day}: {many}",
            body=_body(name, owed),
            # A summary is as reserved as the most reserved of what it tells.
            topic=NoticeTopic.COURT if reserved else NoticeTopic.SYSTEM,
            message_id=f"<{secrets.token_hex(16)}@convenios>",
            created_at=entry.at,
            due_at=entry.at,
        )
        await _mark([one.id for one in owed], state=NoticeState.DIGESTED, digest_id=digest.id)
        entry.about(digest, f"Se reunió en un resumen lo que esperaba para {recipient}: {many}.")
        return digest


async def _mark(ids: Sequence[int], **values: object) -> None:
    for start in range(0, len(ids), AT_A_TIME):
        await Notice.filter(id__in=ids[start : start + AT_A_TIME]).update(**values)


def _body(name: str, owed: Sequence[Notice]) -> str:
    parts = [f"{name}:"] if name else []
    told = 0
    for topic in ORDER:
        some = [one for one in owed if one.topic == topic]
        if not some:
            continue
        parts.append(TOPIC_LABELS[topic])
        for one in some:
            told += 1
            parts.append(f"{told}. {one.subject}" + (f"\n{_told(one)}" if told <= IN_FULL else ""))
    parts.append(f"Puede verlos en {settings().address()}/avisos")
    return "\n\n".join(parts)


def _told(notice: Notice) -> str:
    """Return a message's text without its greeting, in one paragraph."""
    paragraphs = [part.strip() for part in notice.body.split("\n\n")]
    return "\n".join(part for part in paragraphs if part and part != f"{notice.recipient_name}:")
