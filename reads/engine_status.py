"""What of the engine runs, waits and fails: all that its page and its command show, and what deserves a warning."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tortoise.functions import Count, Min

from models.audit import AuditEntry, Verb
from models.batches import Batch, BatchItem, BatchItemState, BatchState
from models.clock import instant
from models.engine import EngineBeat, EngineState, FlowState, StepFailure
from models.flows import FLOW_LABELS, TIMETABLE, FlowName
from models.outbox import Notice, NoticeState, WakeUp
from models.webhooks import DeliveryState, Webhook, WebhookDelivery
from reads.engine_state import FRESH, EngineSeen, engine_state

SHOWN = 50
"""Open failures and batches that are listed, the oldest first; all are counted."""

GONE = timedelta(hours=1)
"""An engine that did not say goodbye is listed so long after its last sign of life."""

LONG_PAUSE = timedelta(days=3)
"""A flow that rests longer was perhaps forgotten."""

LONG_WAIT = timedelta(minutes=10)
"""A file or a message that waits longer to be taken up deserves a look, while an engine runs."""

RECENT = timedelta(days=7)
"""Messages and calls given up for good are counted for so long."""


@dataclass(frozen=True)
class EngineRow:
    """One engine and its last sign of life."""

    name: str
    state: EngineState
    started_at: datetime
    seen_at: datetime
    alive: bool


@dataclass(frozen=True)
class FailureRow:
    """A step that fails and has not succeeded since."""

    flow: FlowName
    step: str
    review_id: int | None
    review_code: str | None
    batch_id: int | None
    incident: str
    last_incident: str
    tries: int
    first_at: datetime
    last_at: datetime
    reported: bool


@dataclass(frozen=True)
class BatchRow:
    """A batch that is at work or waits its turn."""

    title: str
    running: bool
    done: int
    total: int


@dataclass(frozen=True)
class CalledRow:
    """Another system that does not take its calls."""

    label: str
    waiting: int
    failed: int


@dataclass(frozen=True)
class FlowRow:
    """A flow: its last run, the next one, and whether somebody has it paused. Without a timetable it never ends."""

    name: FlowName
    by_the_clock: bool
    id: int | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    said: str = ""
    incident: str = ""
    next_at: datetime | None = None
    paused_at: datetime | None = None
    paused_by_id: int | None = None
    paused_by_name: str | None = None
    pause_reason: str = ""


@dataclass(frozen=True)
class EngineStatus:
    """Everything at one moment."""

    at: datetime
    seen: EngineSeen
    engines: list[EngineRow]
    waiting: int
    """Wake-ups that nobody consumed, those in back-off among them."""
    backing_off: int
    oldest_wakeup_at: datetime | None
    failures: list[FailureRow]
    failures_open: int
    notices: dict[NoticeState, int]
    oldest_notice_at: datetime | None
    notices_given_up: int
    batches: list[BatchRow]
    webhooks: list[CalledRow]
    flows: list[FlowRow]
    warnings: list[str] = field(default_factory=list)

    @property
    def driven(self) -> bool | None:
        """Whether some engine reaches what drives its flows; None when no engine lives to tell."""
        living = [one for one in self.engines if one.alive]
        return any(one.state == EngineState.RUNNING for one in living) if living else None


async def engine_status() -> EngineStatus:
    """Return how the engine stands now."""
    at = instant()
    owed = WakeUp.filter(consumed_at__isnull=True)
    queued = Notice.filter(state=NoticeState.QUEUED)
    states = await Notice.all().annotate(count=Count("id")).group_by("state").values("state", "count")
    given_up = Notice.filter(state=NoticeState.FAILED, created_at__gte=at - RECENT)
    status = EngineStatus(
        at=at,
        seen=await engine_state(),
        engines=await _engines(at),
        waiting=await owed.count(),
        backing_off=await owed.filter(tries__gt=1, due_at__gt=at).count(),
        oldest_wakeup_at=await _oldest(owed),
        failures=await _failures(),
        failures_open=await StepFailure.filter(resolved_at__isnull=True).count(),
        notices={NoticeState(row["state"]): row["count"] for row in states},
        oldest_notice_at=await _oldest(queued),
        notices_given_up=await given_up.count(),
        batches=await _batches(),
        webhooks=await _webhooks(at),
        flows=await flow_rows(at),
    )
    status.warnings.extend(_warnings(status))
    return status


async def _oldest(rows: Any) -> datetime | None:
    [first] = await rows.annotate(first=Min("created_at")).values("first")
    # SQLite hands the text of an aggregate back as it is kept.
    return datetime.fromisoformat(first["first"]) if isinstance(first["first"], str) else first["first"]


async def _engines(at: datetime) -> list[EngineRow]:
    rows = await EngineBeat.filter(seen_at__gte=at - GONE).order_by("name").values()
    found = [
        EngineRow(
            row["name"],
            row["state"],
            row["started_at"],
            row["seen_at"],
            row["state"] != EngineState.STOPPED and row["seen_at"] >= at - FRESH,
        )
        for row in rows
    ]
    # Of those that ended in order only the last is of interest, and only while no other works.
    living = [one for one in found if one.state != EngineState.STOPPED]
    return living or sorted(found, key=lambda one: one.seen_at)[-1:]


async def _failures() -> list[FailureRow]:
    rows = await (
        StepFailure.filter(resolved_at__isnull=True)
        .order_by("id")
        .limit(SHOWN)
        .values(
            "id", "flow", "step", "review_id", "review__code", "batch_id", "incident", "last_incident", "tries",
            "first_at", "last_at",
        )
    )  # fmt: skip
    ids = [str(row["id"]) for row in rows]
    told = AuditEntry.filter(subject_type="StepFailure", subject_id__in=ids, verb=Verb.REPORT_FAILURE.value)
    reported = set(await told.values_list("subject_id", flat=True))
    return [
        FailureRow(
            **{name: row[name] for name in row if name not in ("id", "flow", "review__code")},
            flow=FlowName(row["flow"]),
            review_code=row["review__code"],
            reported=str(row["id"]) in reported,
        )
        for row in rows
    ]


async def _batches() -> list[BatchRow]:
    rows = await (
        Batch.filter(state__in=(BatchState.QUEUED, BatchState.RUNNING))
        .order_by("id")
        .limit(SHOWN)
        .values("id", "title", "state")
    )
    counted = (
        await BatchItem.filter(batch_id__in=[row["id"] for row in rows])
        .annotate(count=Count("id"))
        .group_by("batch_id", "state")
        .values("batch_id", "state", "count")
    )
    made = []
    for row in rows:
        own = {one["state"]: one["count"] for one in counted if one["batch_id"] == row["id"]}
        total = sum(own.values())
        pending = own.get(BatchItemState.PENDING, 0)
        made.append(BatchRow(row["title"], row["state"] == BatchState.RUNNING, total - pending, total))
    return made


async def _webhooks(at: datetime) -> list[CalledRow]:
    """Return the systems with calls that failed for good of late, or that were tried and still wait."""
    failed = await _calls(WebhookDelivery.filter(state=DeliveryState.FAILED, created_at__gte=at - RECENT))
    waiting = await _calls(WebhookDelivery.filter(state=DeliveryState.QUEUED, tries__gt=0, due_at__gt=at))
    labels = await Webhook.filter(id__in=failed.keys() | waiting.keys()).order_by("label").values_list("id", "label")
    return [CalledRow(str(label), waiting.get(key, 0), failed.get(key, 0)) for key, label in labels]


async def _calls(chosen: Any) -> dict[Any, int]:
    rows = await chosen.annotate(count=Count("id")).group_by("webhook_id").values("webhook_id", "count")
    return {row["webhook_id"]: row["count"] for row in rows}


async def flow_rows(at: datetime) -> list[FlowRow]:
    """Return every flow, with what it noted of itself and when it runs next after an instant."""
    columns = ("id", "started_at", "ended_at", "said", "incident", "paused_at", "paused_by_id", "pause_reason")
    rows = await FlowState.all().values("name", "paused_by__name", *columns)
    known = {row["name"]: row for row in rows}
    made = []
    for name in FlowName:
        row = known.get(name.value)
        more = {column: row[column] for column in columns} | {"paused_by_name": row["paused_by__name"]} if row else {}
        when = TIMETABLE.get(name)
        made.append(FlowRow(name, when is not None, next_at=when.next_after(at) if when else None, **more))
    return made


def _warnings(status: EngineStatus) -> Iterator[str]:
    """Say in Spanish what somebody should look at."""
    if status.seen.state == EngineState.STOPPED:
        yield "Ningún motor da señales: inicie uno con «convenios serve»."
    if status.driven is False:
        yield "El servidor de flujos no responde al motor; los pasos esperan."
    yield from (f"El motor {one.name} dejó de dar señales sin despedirse." for one in status.engines if _lost(one))
    if status.failures_open:
        one = status.failures_open == 1
        yield "1 paso falla sin resolverse." if one else f"{status.failures_open} pasos fallan sin resolverse."
    for flow in status.flows:
        if flow.paused_at and status.at - flow.paused_at > LONG_PAUSE:
            yield f"«{FLOW_LABELS[flow.name]}» lleva {(status.at - flow.paused_at).days} días en pausa."
        elif flow.incident and not flow.paused_at:
            yield f"La última vez, «{FLOW_LABELS[flow.name]}» no terminó: incidente {flow.incident}."
    resting = {flow.name for flow in status.flows if flow.paused_at}
    if _late(status.oldest_wakeup_at, status) and not status.failures_open and FlowName.LEGAL_REVIEW not in resting:
        yield "Hay expedientes que el motor no atiende desde hace más de diez minutos."
    if _late(status.oldest_notice_at, status) and FlowName.NOTICES not in resting:
        yield "Hay avisos que no salen desde hace más de diez minutos: revise el servidor de correo."
    if count := status.notices_given_up:
        what = "1 aviso no pudo" if count == 1 else f"{count} avisos no pudieron"
        yield f"{what} entregarse en los últimos siete días."
    yield from (f"«{one.label}» no recibe sus llamadas." for one in status.webhooks)


def _lost(one: EngineRow) -> bool:
    return not one.alive and one.state != EngineState.STOPPED


def _late(since: datetime | None, status: EngineStatus) -> bool:
    return since is not None and status.at - since > LONG_WAIT
