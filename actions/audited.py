"""The gate: every write passes here. It checks the role, opens the transaction, and leaves one sealed audit entry."""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

import structlog
from tortoise.connection import connections
from tortoise.exceptions import IntegrityError
from tortoise.models import Model
from tortoise.transactions import in_transaction

from actions.calling import queue_calls
from actions.queueing import queue_notices
from actions.refusals import ErrorCode, Forbidden, NotFound, Problem, Refusal, Stale
from models.audit import AuditEntry, MutationAnswer, Verb, seal
from models.clock import now
from models.messages import NoticeTopic
from models.outbox import WakeUp
from models.people import User
from models.permissions import may, within
from models.signals import announce_wakeup

log = structlog.get_logger()
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Occasion:
    """In which request, and under which clientMutationId, an action runs."""

    request_id: str = ""
    client_mutation_id: str = ""


_occasion: ContextVar[Occasion] = ContextVar("occasion", default=Occasion())  # noqa: B039 - frozen
_open: ContextVar[bool] = ContextVar("gate_open", default=False)


@contextmanager
def on_occasion(*, request_id: str = "", client_mutation_id: str | None = None) -> Iterator[None]:
    """Say for the actions called within which request they serve and which clientMutationId they carry."""
    token = _occasion.set(Occasion(request_id, client_mutation_id or ""))
    try:
        yield
    finally:
        _occasion.reset(token)


class Repeated(Exception):
    """The same person sent the same clientMutationId before: answer with that subject, do nothing."""

    def __init__(self, subject_type: str, subject_id: int) -> None:
        super().__init__(f"{subject_type}:{subject_id}")
        self.subject_type = subject_type
        self.subject_id = subject_id


@dataclass
class Entry:
    """What one deed leaves: changed rows with old and new values, wake-ups, notices, a sentence for the timeline."""

    verb: Verb
    actor: User
    at: datetime
    sequence: int
    summary: str = ""
    subject: Model | None = None
    changes: list[dict[str, Any]] = field(default_factory=list)
    answer: Model | None = None
    _told: list[dict[str, Any]] = field(default_factory=list)
    _woken: dict[int, str] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The date of the deed in Guatemala."""
        return self.at.date()

    def about(self, subject: Model, summary: str) -> None:
        """Name the record that the deed is about, and say in one Spanish sentence what was done."""
        self.subject = subject
        self.summary = summary

    async def create(self, model: type[M], **values: Any) -> M:
        """Insert a row and note its values."""
        row = await model.create(**values)
        for name, value in values.items():
            if value not in (None, "", []):
                self._note(row, name, None, value)
        return row

    async def change(self, row: Model, **values: Any) -> None:
        """Set and save the fields that differ, note old and new, and raise the row's version."""
        if await self.note(row, **values) and "version" in row._meta.fields_map:
            await self.touch(row)

    async def note(self, row: Model, **values: Any) -> bool:
        """Do the same without raising the version, and tell whether anything differed.

        For what the machine notes about a row: it must not make the form stale that a person has open.
        """
        differing = {name: value for name, value in values.items() if getattr(row, name) != value}
        for name, value in differing.items():
            self._note(row, name, getattr(row, name), value)
            setattr(row, name, value)
        if differing:
            await row.save(update_fields=list(differing))
        return bool(differing)

    async def touch(self, row: Model) -> None:
        """Raise the version of a row whose own fields stay while something that hangs on it changed."""
        row.version += 1  # type: ignore[attr-defined]
        await row.save(update_fields=["version"])

    def _note(self, row: Model, name: str, before: Any, after: Any) -> None:
        subject = f"{type(row).__name__}:{row.pk}"
        self.changes.append({"subject": subject, "field": name, "before": _plain(before), "after": _plain(after)})

    def wake(self, review_id: int, reason: str) -> None:
        """Ask the engine to look at a file again once this deed is committed."""
        self._woken[review_id] = reason

    def tell(
        self,
        people: Iterable[tuple[str, str]],
        *,
        key: str,
        subject: str,
        body: str,
        topic: NoticeTopic = NoticeTopic.MOVES,
        passing: bool = False,
        event: dict[str, Any] | None = None,
        **matter: Any,
    ) -> None:
        """Owe a message to each (address, name); the same key never reaches the same address twice.

        `passing` messages ask for something that nobody needs once the matter is settled: they are not sent then.
        `event` is the date that matters, as `Notice.event` holds it. `matter` is one of review_id, convention_id,
        lease_id, license_id, court_file_id.
        """
        for address, name in people:
            row = {"recipient": address, "recipient_name": name, "subject": subject[:200], "body": body}
            kind = {"topic": topic, "passing": passing, "event": event}
            self._told.append({"key": f"{key}:{address}"[:160], **row, **kind, **matter})

    def answers(self, row: M) -> M:
        """Keep the row that a repetition of this clientMutationId is answered with, and return it."""
        self.answer = row
        return row

    async def _write(self, occasion: Occasion, previous_hash: str) -> None:
        if self.subject is None or not self.summary:
            raise RuntimeError(f"{self.verb}: an audit entry names its subject and says what was done")
        body = {
            "at": self.at.astimezone(UTC).isoformat(),
            "actor": self.actor.id,
            "verb": self.verb.value,
            "subject": f"{type(self.subject).__name__}:{self.subject.pk}",
            "summary": self.summary,
            "changes": self.changes,
            "request_id": occasion.request_id,
        }
        sealed = seal(self.sequence, previous_hash, body)
        await AuditEntry.create(
            sequence=self.sequence,
            at=self.at,
            actor_id=self.actor.id,
            verb=self.verb,
            subject_type=type(self.subject).__name__,
            subject_id=str(self.subject.pk),
            summary=self.summary,
            changes=self.changes,
            request_id=occasion.request_id,
            previous_hash=previous_hash,
            hash=sealed,
        )
        await connections.get("default").execute_query(f"UPDATE audit_head SET hash = '{sealed}' WHERE id = 1")
        if occasion.client_mutation_id and self.answer is not None:
            await MutationAnswer.create(
                actor_id=self.actor.id,
                client_mutation_id=occasion.client_mutation_id,
                verb=self.verb,
                subject_type=type(self.answer).__name__,
                subject_id=self.answer.pk,
            )
        instant = now()
        for review_id, reason in self._woken.items():
            await WakeUp.create(review_id=review_id, reason=reason, created_at=instant, due_at=instant)
        if self._woken:
            await announce_wakeup()
        if self._told:
            await queue_notices(self._told, instant)
        await queue_calls(self.verb, self.changes, at=self.at, sequence=self.sequence, sealed=sealed)


@asynccontextmanager
async def audited(verb: Verb, *, actor: User) -> AsyncIterator[Entry]:
    """Open the gate for one deed of one person.

    Raises Forbidden when the role may not do it, and Repeated when the same clientMutationId was answered before.
    Everything written inside is committed together with the audit entry, or not at all.
    """
    if not may(actor, verb):
        log.warning("forbidden", verb=verb.value, actor=actor.id, role=actor.role.value)
        raise Forbidden(verb.value)
    if _open.get():
        raise RuntimeError("the gate is open already: actions do not call actions")
    occasion = _occasion.get()
    token = _open.set(True)
    try:
        async with in_transaction() as transaction:
            # A write first: on SQLite a transaction that reads first fails at once when another process writes in
            # between; on PostgreSQL the row lock puts all deeds in one order, the order of the chain.
            # execute_query would drop what RETURNING says on PostgreSQL.
            rows = await transaction.execute_query_dict(
                "UPDATE audit_head SET sequence = sequence + 1 WHERE id = 1 RETURNING sequence, hash"
            )
            head = rows[0]
            if occasion.client_mutation_id:
                await _refuse_repetition(actor, verb, occasion.client_mutation_id)
            entry = Entry(verb, actor, now(), head["sequence"])
            yield entry
            await entry._write(occasion, head["hash"])
    except IntegrityError as error:
        # The action asked kindly before; here two requests raced or the rule lives only in the database.
        log.warning("constraint", verb=verb.value, error=str(error))
        message = "Otra persona hizo este mismo cambio a la vez, o los datos se contradicen. Revise y repita."
        raise Refusal(Problem(ErrorCode.CONFLICT, message)) from error
    finally:
        _open.reset(token)


async def _refuse_repetition(actor: User, verb: Verb, client_mutation_id: str) -> None:
    first = await MutationAnswer.get_or_none(actor_id=actor.id, client_mutation_id=client_mutation_id)
    if first is None:
        return
    if first.verb != verb:
        message = "Ese clientMutationId ya se usó para otra operación: envíe uno nuevo."
        raise Refusal(Problem(ErrorCode.CONFLICT, message, ("clientMutationId",)))
    raise Repeated(first.subject_type, first.subject_id)


NAMES = {
    "Convention": "el convenio",
    "Lease": "el arrendamiento",
    "SanitaryLicense": "la licencia sanitaria",
    "LegalReview": "el expediente",
    "PaperDraft": "el borrador",
    "Condition": "la condición",
    "Center": "el centro",
    "CenterEvent": "el acto del centro",
    "Attendance": "el mes de asistencia",
    "SupervisionFinding": "el hallazgo",
    "CenterContribution": "el aporte",
    "CourtFile": "el expediente judicial",
    "CourtDate": "la fecha judicial",
    "CourtNotice": "la notificación judicial",
    "OfficialDocument": "el documento",
    "Webhook": "el sistema externo",
    "WebhookDelivery": "la llamada",
    "Notice": "el aviso",
    "Contact": "el contacto",
    "CalendarFeed": "el calendario",
    "AlarmSilence": "el silencio",
    "SheetImport": "la importación",
    "TemplateVersion": "esa versión de la plantilla",
}


async def reachable(
    model: type[M], row_id: int, actor: User, *, expected_version: int | None = None, path: str = ""
) -> M:
    """Return the row if it is in the person's reach and still has the expected version.

    The lock is the gate's own: deeds run one after another, so what is read here cannot change before the commit.
    Raises NotFound (also for rows out of reach) and Stale.
    """
    row = await model.filter(within(model, actor)).get_or_none(id=row_id)
    if row is None:
        raise NotFound(NAMES[model.__name__], *([path] if path else []))
    if expected_version is not None and row.version != expected_version:  # type: ignore[attr-defined]
        raise Stale
    return row


async def refuse_beyond_reach(row: Model, actor: User, verb: Verb) -> None:
    """Refuse a deed that made or moved a row to where this person does not reach; nothing of it is committed."""
    if not await type(row).filter(within(type(row), actor), pk=row.pk).exists():
        log.warning("forbidden", verb=verb.value, actor=actor.id, role=actor.role.value, beyond=str(row.pk))
        raise Forbidden(verb.value)


def _plain(value: Any) -> Any:
    """Return a value as JSON keeps it, the same on both databases."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value
