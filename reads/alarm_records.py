"""When the nightly pass saw each alarm first, and when no more: the history of a center or convention."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tortoise.expressions import Q, Subquery
from tortoise.functions import Max

from models.agreements import Convention
from models.alarms import AlarmRecord
from models.centers import Center
from models.messages import NoticeTopic
from models.outbox import Notice
from models.people import User
from models.permissions import SEES_ALL, within
from reads.matching import exactly
from reads.paging import Order, Page, page

TOLD = "alarms"
"""How the keys of the messages begin that tell of a night: night, last record told, address."""

RECORD = (
    "id", "key", "code", "severity", "center_id", "convention_id", "message", "seen_on", "ended_on",
)  # fmt: skip
"""Columns of an alarm's record."""


@dataclass(frozen=True)
class RecordQuery:
    """Which records are wanted; what is empty does not narrow."""

    center_code: str | None = None
    convention_number: str | None = None
    open: bool | None = None


async def record_page(actor: User, query: RecordQuery, *, first: int, after: str | None) -> Page:
    """Return a page of the records in reach, the last seen first.

    What a record says in full may name an instrument out of a person's reach: only who sees all reads it.
    """
    rows = AlarmRecord.filter(within(AlarmRecord, actor))
    if query.center_code:
        code = query.center_code.strip().upper()
        rows = rows.filter(center_id__in=Subquery(Center.filter(exactly(Center, "code", code)).values("id")))
    if query.convention_number:
        number = exactly(Convention, "number", query.convention_number.strip().upper())
        rows = rows.filter(convention_id__in=Subquery(Convention.filter(number).values("id")))
    if query.open is not None:
        rows = rows.filter(ended_on__isnull=query.open)
    found = await page(rows, RECORD, Order("seen_on", descending=True), first=first, after=after)
    if actor.role not in SEES_ALL:
        for row in found.rows:
            row["message"] = ""
    return found


async def first_seen(keys: Sequence[str], actor: User) -> dict[str, date]:
    """Return the day on which a nightly pass first saw each of these alarms, of those in reach that still hold."""
    rows = AlarmRecord.filter(within(AlarmRecord, actor), key__in=keys, ended_on__isnull=True)
    return dict(await rows.values_list("key", "seen_on"))


async def open_records(wanted: Q) -> list[AlarmRecord]:
    """Return the records of alarms that the last pass still saw."""
    return await AlarmRecord.filter(wanted, ended_on__isnull=True)


async def told_up_to(addresses: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Return the night (YYYYMMDD) and the last record that each address was told of last."""
    found: dict[str, tuple[str, int]] = {}
    from_us = Notice.filter(topic=NoticeTopic.ALARMS, key__startswith=f"{TOLD}:", recipient__in=list(addresses))
    last = from_us.annotate(last=Max("id")).group_by("recipient").values("last")
    for row in await Notice.filter(id__in=[one["last"] for one in await last]).values("key", "recipient"):
        _, night, record, _ = row["key"].split(":", 3)
        found[row["recipient"]] = night, int(record)
    return found
