"""Messages as people ask for them: how far each has come, how many of each state, and the text of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from tortoise.expressions import Q
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from models.clock import GUATEMALA
from models.messages import MAY_BE_OFF, TOPIC_LABELS, DeliveryMode, NoticePreference, NoticeTopic
from models.outbox import Notice
from models.outbox import NoticeState as Kept
from models.people import User
from models.permissions import within
from reads.matching import LONGEST_SEARCH, exactly
from reads.paging import Order, Page, Row, page


class NoticeProgress(StrEnum):
    """How far a message has come, as people are told; the queue itself does not tell a first try from a further one."""

    QUEUED = "QUEUED"
    RETRYING = "RETRYING"
    HELD = "HELD"
    DIGESTED = "DIGESTED"
    SENT = "SENT"
    FAILED = "FAILED"
    DROPPED = "DROPPED"


NOTICE = (
    "id", "recipient", "recipient_name", "subject", "body", "review_id", "convention_id", "state", "created_at",
    "due_at", "tries", "sent_at", "error", "topic", "digest_id",
)  # fmt: skip


@dataclass(frozen=True)
class NoticeQuery:
    """Which messages are asked for; what is None does not limit."""

    state: NoticeProgress | None = None
    recipient: str | None = None
    review_code: str | None = None
    topic: NoticeTopic | None = None
    since: date | None = None
    until: date | None = None


def progress(row: Row) -> NoticeProgress:
    """Return how far a message has come."""
    if row["state"] == Kept.QUEUED and row["error"]:
        return NoticeProgress.RETRYING
    return NoticeProgress(row["state"].value)


def next_try(row: Row) -> datetime | None:
    """Return when a message that was refused for the moment is tried again; None for any other."""
    due_at: datetime = row["due_at"]
    return due_at if progress(row) == NoticeProgress.RETRYING else None


def _in_state(state: NoticeProgress) -> Q:
    if state == NoticeProgress.RETRYING:
        return Q(~Q(error=""), state=Kept.QUEUED)
    if state == NoticeProgress.QUEUED:
        return Q(state=Kept.QUEUED, error="")
    return Q(state=Kept(state.value))


def _start(day: date) -> datetime:
    # In UTC, because SQLite compares instants as the text that is stored.
    return datetime.combine(day, time(), GUATEMALA).astimezone(UTC)


def _asked(actor: User, wanted: NoticeQuery) -> QuerySet[Notice]:
    rows = Notice.filter(within(Notice, actor))
    if wanted.state:
        rows = rows.filter(_in_state(wanted.state))
    if text := (wanted.recipient or "").strip()[:LONGEST_SEARCH]:
        rows = rows.filter(Q(recipient__icontains=text) | Q(recipient_name__icontains=text))
    if code := (wanted.review_code or "").strip().upper():
        rows = rows.filter(exactly(Notice, "review__code", code))
    if wanted.topic:
        rows = rows.filter(topic=wanted.topic)
    if wanted.since:
        rows = rows.filter(created_at__gte=_start(wanted.since))
    if wanted.until:
        # The last days of the calendar have no day after them in UTC.
        last = min(wanted.until, date.max - timedelta(days=2))
        rows = rows.filter(created_at__lt=_start(last + timedelta(days=1)))
    return rows


async def notice_page(actor: User, wanted: NoticeQuery, *, first: int, after: str | None) -> Page:
    """Return a page of the messages in reach, the newest first."""
    return await page(_asked(actor, wanted), NOTICE, Order("id", descending=True), first=first, after=after)


async def notice_counts(actor: User, wanted: NoticeQuery) -> list[tuple[NoticeProgress, int]]:
    """Return how many messages in reach are in each state, whichever state is asked for; states without any too."""
    every = NoticeQuery(**{**wanted.__dict__, "state": None})
    rows: Any = _asked(actor, every).annotate(many=Count("id")).group_by("state")
    found = {NoticeProgress(row["state"].value): row["many"] for row in await rows.values("state", "many")}
    retrying = await _asked(actor, NoticeQuery(**{**wanted.__dict__, "state": NoticeProgress.RETRYING})).count()
    found[NoticeProgress.RETRYING] = retrying
    found[NoticeProgress.QUEUED] = found.get(NoticeProgress.QUEUED, 0) - retrying
    return [(state, found.get(state, 0)) for state in NoticeProgress]


async def notices_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the messages in reach among these."""
    rows = Notice.filter(within(Notice, actor), id__in=ids)
    return {row["id"]: row for row in await rows.values(*NOTICE)}


async def digested_in(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the messages that each day's summary among these carried, oldest first."""
    found: dict[int, list[Row]] = {}
    rows = Notice.filter(within(Notice, actor), digest_id__in=ids).order_by("id")
    for row in await rows.values(*NOTICE):
        found.setdefault(row["digest_id"], []).append(row)
    return found


@dataclass(frozen=True)
class Preference:
    """When a person wants the messages of a topic."""

    topic: NoticeTopic
    label: str
    mode: DeliveryMode
    may_be_off: bool


async def preferences_of(person: User) -> list[Preference]:
    """Return when a person wants the messages of each topic: at once where nothing was chosen."""
    chosen = dict(await NoticePreference.filter(user_id=person.id).values_list("topic", "mode"))
    return [
        Preference(topic, TOPIC_LABELS[topic], chosen.get(topic, DeliveryMode.AT_ONCE), topic in MAY_BE_OFF)
        for topic in NoticeTopic
    ]
