"""When a person wants the messages of each topic: at once, once a day, or not at all where that may be."""

from actions.audited import audited
from actions.queueing import DECLINED
from actions.refusals import ErrorCode, Problem, Refusal
from models.audit import Verb
from models.clock import instant
from models.messages import MAY_BE_OFF, TOPIC_LABELS, DeliveryMode, NoticePreference, NoticeTopic
from models.outbox import Notice, NoticeState
from models.people import User

IN_WORDS = {
    DeliveryMode.AT_ONCE: "cada uno al momento",
    DeliveryMode.DAILY: "una vez al día, en un resumen",
    DeliveryMode.OFF: "no recibirlos",
}
"""What a person chose, inside a sentence."""


async def set_preference(*, actor: User, topic: NoticeTopic, mode: DeliveryMode) -> NoticePreference:
    """Keep how a person wants the messages of a topic. What waits for a summary goes out at once if that is wanted.

    Only what bears no term of law may be declined.
    """
    if mode == DeliveryMode.OFF and topic not in MAY_BE_OFF:
        message = (
            f"Los avisos de «{TOPIC_LABELS[topic]}» no pueden dejar de recibirse: de ellos dependen plazos. "
            "Elija recibir cada uno al momento o el resumen del día."
        )
        raise Refusal(Problem(ErrorCode.BAD_USER_INPUT, message, ("mode",)))
    async with audited(Verb.SET_PREFERENCE, actor=actor) as entry:
        kept = await NoticePreference.get_or_none(user_id=actor.id, topic=topic)
        if kept is None:
            kept = await entry.create(NoticePreference, user_id=actor.id, topic=topic, mode=mode)
        else:
            await entry.change(kept, mode=mode)
        held = Notice.filter(recipient=actor.email, topic=topic, state=NoticeState.HELD)
        if mode == DeliveryMode.AT_ONCE:
            await held.update(state=NoticeState.QUEUED, due_at=instant())
        elif mode == DeliveryMode.OFF:
            await held.update(state=NoticeState.DROPPED, error=DECLINED)
        entry.about(actor, f"{actor.name} eligió para «{TOPIC_LABELS[topic]}»: {IN_WORDS[mode]}.")
        return entry.answers(kept)
