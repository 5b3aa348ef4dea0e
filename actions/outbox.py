"""The engine's own bookkeeping of what is owed: hand-overs, sending, signs of life. No deeds of law, so not audited."""

import os
import socket
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from email.message import EmailMessage
from typing import Any

from tortoise.expressions import F, Q

from models.clock import instant, now
from models.engine import EngineBeat, EngineState
from models.outbox import DemoMail, Notice, NoticeState, WakeUp
from reads.bounces import bounced
from reads.contacts import folded_address, stopped_addresses
from reads.settled import settled
from settings import settings

BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (1, 5, 30, 120, 600))
"""How long the first, second, … try may take before the next one; the last counts for all that follow."""

DRIVING = timedelta(seconds=10)
"""How long a claimed wake-up is left to its engine, which claims it anew while it works: so long after an engine dies
its files are driven by another."""

SENDING = timedelta(minutes=2)
"""How long a claimed notice is left to its sender: longer than a batch takes, so that two never send the same one."""

NOTICE_BACK_OFF = (*BACK_OFF, timedelta(minutes=30), timedelta(hours=1))
"""Pauses after a refusal for the moment; the last counts for all that follow."""

MOST_TRIES = 80
"""Tries of one notice that its server keeps refusing for the moment: three days, as mail servers themselves do."""

NO_LIMIT = 1_000_000
"""Messages that may go out when nothing limits them."""

UNREACHABLE = (
    "La dirección está marcada desde el {day:%d/%m/%Y} porque los servidores de correo la rechazan: {reason} "
    "Corrija la dirección o levante la marca, y reenvíe el aviso."
)
STOPPED = "La persona pidió no recibir más avisos."

FORGOTTEN = timedelta(days=1)
"""A sign of life this old belongs to an engine that is gone for good."""


@dataclass
class Owed:
    """A file that wants to be looked at, with the wake-ups claimed for it."""

    review_id: int
    code: str
    wakeup_ids: list[int] = field(default_factory=list)


def _pause(tries: int) -> timedelta:
    return BACK_OFF[min(tries, len(BACK_OFF) - 1)]


async def due_wakeups(limit: int, *, busy: Collection[int] = ()) -> list[Owed]:
    """Claim the due wake-ups of at most `limit` files, oldest first, leaving out the `busy` ones.

    A claim lasts `DRIVING`; unless it is held for longer, put off or consumed, the wake-up is due again then.
    Each is claimed by compare-and-set on its tries, so two engines never hold the same claim.
    """
    at = instant()
    owed = WakeUp.filter(consumed_at__isnull=True)
    # Never tried means due at once, whatever date the deed's own clock wrote.
    ripe = await owed.filter(tries=0).order_by("id").limit(200).values("id", "review_id", "review__code", "tries")
    ripe += await (
        owed.filter(tries__gt=0, due_at__lte=at)
        .order_by("due_at", "id")
        .limit(200)
        .values("id", "review_id", "review__code", "tries")
    )
    claimed: dict[int, Owed] = {}
    for row in ripe:
        review_id = row["review_id"]
        if review_id in busy or (review_id not in claimed and len(claimed) >= limit):
            continue
        mine = await WakeUp.filter(id=row["id"], tries=row["tries"], consumed_at__isnull=True).update(
            tries=row["tries"] + 1, due_at=at + DRIVING
        )
        if mine:
            claimed.setdefault(review_id, Owed(review_id, row["review__code"])).wakeup_ids.append(row["id"])
    return list(claimed.values())


async def hold_wakeups(wakeup_ids: Collection[int]) -> None:
    """Let a claim last for longer: the engine still drives the file."""
    await WakeUp.filter(id__in=list(wakeup_ids), consumed_at__isnull=True).update(due_at=instant() + DRIVING)


async def put_off_wakeups(wakeup_ids: Collection[int]) -> None:
    """Let claimed wake-ups whose step failed be due again after the pause of their try."""
    at = instant()
    claimed = WakeUp.filter(id__in=list(wakeup_ids), consumed_at__isnull=True)
    for row in await claimed.values("id", "tries"):
        await claimed.filter(id=row["id"]).update(due_at=at + _pause(row["tries"] - 1))


async def take_back_wakeups(wakeup_ids: Collection[int]) -> None:
    """Let claimed wake-ups that could not be handed over be due again after the shortest pause: that was no try."""
    claimed = WakeUp.filter(id__in=list(wakeup_ids), consumed_at__isnull=True)
    due_at = instant() + BACK_OFF[0]
    await claimed.filter(tries=1).update(due_at=due_at)
    # Never back to no try at all: such a wake-up is due at once, four times a second while nobody takes it.
    await claimed.filter(tries__gt=1).update(due_at=due_at, tries=F("tries") - 1)


async def newest_wakeup(review_id: int) -> int:
    """Return the id of the file's newest wake-up that nobody consumed, 0 when there is none."""
    newest = await WakeUp.filter(review_id=review_id, consumed_at__isnull=True).order_by("-id").first()
    return newest.id if newest else 0


async def consume_wakeups(review_id: int, upto_id: int) -> int:
    """Mark as done the file's wake-ups up to and including `upto_id`; return how many. Later ones stay owed."""
    return await WakeUp.filter(review_id=review_id, id__lte=upto_id, consumed_at__isnull=True).update(consumed_at=now())


async def notices_due() -> bool:
    """Tell whether any notice is due to be sent now."""
    queued = Notice.filter(state=NoticeState.QUEUED)
    return await queued.filter(Q(tries=0) | Q(due_at__lte=instant())).exists()


async def may_send() -> int:
    """Return how many messages may go out now, all engines together, so that no minute has more than the setting.

    Nothing limits them when the setting is 0.
    """
    most = settings().mail_per_minute
    if not most:
        return NO_LIMIT
    # In UTC, because SQLite compares instants as the text that is stored.
    minute_ago = (now() - timedelta(minutes=1)).astimezone(UTC)
    sent = await Notice.filter(state=NoticeState.SENT, sent_at__gt=minute_ago).count()
    # What another engine holds at this moment is as good as sent.
    held = Notice.filter(state=NoticeState.QUEUED, tries__gt=0, error="", due_at__gt=instant())
    return max(most - sent - await held.count(), 0)


async def due_notices(limit: int) -> list[Notice]:
    """Claim at most `limit` notices that are due to be sent, oldest first; a claim lasts `SENDING`."""
    at = instant()
    queued = Notice.filter(state=NoticeState.QUEUED)
    ripe = await queued.filter(tries=0).order_by("id").limit(limit)
    ripe += await queued.filter(tries__gt=0, due_at__lte=at).order_by("id").limit(limit)
    mine: list[Notice] = []
    for notice in sorted(ripe, key=lambda one: one.id)[:limit]:
        taken = await Notice.filter(id=notice.id, tries=notice.tries, state=NoticeState.QUEUED).update(
            tries=notice.tries + 1, due_at=at + SENDING
        )
        if taken:
            notice.tries += 1
            mine.append(notice)
    return mine


MAY_HAVE_ARRIVED = "Un intento anterior se interrumpió: puede haber llegado."
"""What is added to the reason for which a message is not sent again after its sender died."""


async def withhold(notices: Sequence[Notice]) -> list[Notice]:
    """Return those of the claimed notices that are to travel; the others are closed, each with its reason.

    Left out is what asks for something already settled, what goes to an address that mail servers refuse, and what
    goes to somebody without an account who asked not to be written to any more.
    """
    needless = await settled(notices)
    addresses = {one.recipient for one in notices if one.id not in needless}
    needless |= await _stopped(notices, addresses)
    # A claim that ended without a word is a sender's that died: nobody knows whether the server had taken the message.
    needless |= {
        one.id: f"{needless[one.id]} {MAY_HAVE_ARRIVED}"
        for one in notices
        if one.id in needless and one.tries > 1 and not one.error
    }
    refused = await bounced(addresses)
    hopeless = {
        one.id: UNREACHABLE.format(day=mark.at, reason=mark.reason)
        for one in notices
        if one.id not in needless and (mark := refused.get(folded_address(one.recipient)))
    }
    await _close(needless, NoticeState.DROPPED)
    await _close(hopeless, NoticeState.FAILED)
    return [one for one in notices if one.id not in needless and one.id not in hopeless]


async def _stopped(notices: Sequence[Notice], addresses: set[str]) -> dict[int, str]:
    quiet = await stopped_addresses(addresses)
    return {one.id: STOPPED for one in notices if folded_address(one.recipient) in quiet}


async def _close(reasons: dict[int, str], state: NoticeState) -> None:
    alike: dict[str, list[int]] = defaultdict(list)
    for notice_id, reason in reasons.items():
        alike[reason].append(notice_id)
    for reason, ids in alike.items():
        await Notice.filter(id__in=ids, state=NoticeState.QUEUED).update(state=state, error=reason[:300])


async def mark_sent(notice_id: int) -> None:
    """Note that the mail server took the message."""
    # In UTC: an update stores the instant as it is given, and `may_send` compares the text.
    await Notice.filter(id=notice_id).update(state=NoticeState.SENT, sent_at=now().astimezone(UTC), error="")


async def mark_failed(notice_id: int, error: str, *, final: bool = False) -> None:
    """Note that the mail server did not take the message: it is tried again after a pause, never if `final`."""
    notice = await Notice.get(id=notice_id)
    if final or notice.tries >= MOST_TRIES:
        await Notice.filter(id=notice_id).update(state=NoticeState.FAILED, error=error[:300])
        return
    pause = NOTICE_BACK_OFF[min(notice.tries, len(NOTICE_BACK_OFF)) - 1]
    await Notice.filter(id=notice_id).update(due_at=instant() + pause, error=error[:300])


async def give_back(notice_ids: Collection[int]) -> None:
    """Let claimed notices that were not even tried be due again at once: the server went away before their turn."""
    claimed = Notice.filter(id__in=list(notice_ids), state=NoticeState.QUEUED)
    await claimed.update(due_at=instant(), tries=F("tries") - 1)


async def keep_demo_mail(sender: str, recipient: str, message: EmailMessage) -> DemoMail:
    """Keep a message that the demo's mail server received, for the mailbox page."""
    text = message.get_body(("plain", "html"))
    values: dict[str, Any] = {
        "received_at": now(),
        "sender": sender[:160],
        "subject": str(message.get("Subject", ""))[:300],
        "body": str(text.get_content()) if text else "",
    }
    message_id = str(message.get("Message-ID", "")).strip()[:160]
    if not message_id:
        return await DemoMail.create(recipient=recipient[:160], **values)
    # A sender that died before marking sends the same message again: one copy is enough.
    kept, _ = await DemoMail.get_or_create(message_id=message_id, recipient=recipient[:160], defaults=values)
    return kept


def engine_name() -> str:
    """Return the name of this process's engine: given by its supervisor, so that it keeps it when it starts again.

    With the machine and the process in it no two engines share one, however many a machine or a container runs.
    """
    return settings().engine_name[:120] or f"{socket.gethostname()[:80]}-{settings().port}-{os.getpid()}"


async def beat(state: EngineState, *, anew: bool = False, name: str | None = None) -> None:
    """Give this engine's sign of life; `anew` renews its start and clears away engines long gone."""
    at = instant()
    name = name or engine_name()
    if anew:
        await EngineBeat.filter(seen_at__lt=at - FORGOTTEN).delete()
    values = {"seen_at": at, "state": state, **({"started_at": at} if anew else {})}
    if not await EngineBeat.filter(name=name).update(**values):
        await EngineBeat.get_or_create(name=name, defaults={"started_at": at, **values})
