"""Batches: the deeds that start, stop and repeat one, and the engine's bookkeeping of how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tortoise.expressions import F, Q
from tortoise.functions import Count
from tortoise.models import Model
from tortoise.transactions import in_transaction

from actions.audited import NAMES, Entry, audited
from actions.failures import resolve_failures
from actions.outbox import BACK_OFF
from actions.queueing import queue_notices
from actions.refusals import Checks, ErrorCode, NotAllowedNow, NotFound, Problem, Refusal
from models.agreements import Convention, Lease, SanitaryLicense
from models.audit import MutationAnswer, Verb
from models.batches import Batch, BatchItem, BatchItemState, BatchKind, BatchState
from models.clock import instant, now
from models.flows import FlowName
from models.people import User
from models.permissions import within
from settings import settings

MOST_ITEMS = 500
"""Items of one batch: some minutes of the engine's work."""

LEASE = timedelta(seconds=20)
"""How long a claimed batch is left to its engine without a sign. One that was only slow does no harm to the next."""

MOST_TRIES = 5
"""Tries of an item that keeps failing; the pauses between them are those of wake-ups."""

MOST_NAMED = 20
"""Items of which nothing came that the closing message names; the page has them all."""

ENDED = (BatchState.DONE, BatchState.STOPPED)

ITEMS = {BatchKind.RENEWALS: ("renovación", "renovaciones"), BatchKind.PAPERS: ("documento", "documentos")}
"""What a batch of each kind counts: one, several."""


def counted(kind: BatchKind, many: int) -> str:
    """Say how many items: «1 renovación», «75 documentos»."""
    return f"{many} {ITEMS[kind][many != 1]}"


@dataclass(frozen=True)
class Chosen:
    """The instruments whose renewals are wanted."""

    convention_ids: Sequence[int] = ()
    lease_ids: Sequence[int] = ()
    license_ids: Sequence[int] = ()

    def parts(self) -> list[tuple[str, type[Model], str, Sequence[int]]]:
        """Return the item's column, model, input field and ids of each kind."""
        return [
            ("convention_id", Convention, "conventionIds", self.convention_ids),
            ("lease_id", Lease, "leaseIds", self.lease_ids),
            ("license_id", SanitaryLicense, "licenseIds", self.license_ids),
        ]


async def start_batch(*, actor: User, kind: BatchKind, chosen: Chosen, title: str = "") -> Batch:
    """Start a batch that does the same for each chosen instrument, in this person's name, the next to end first.

    Renewals are asked for; papers are prepared, of conventions only. Each is done by itself by the engine: one that is
    refused or fails stops no other.
    """
    checks = Checks()
    title = checks.text(title, "title", label="el nombre del lote", most=200, required=False)
    _check_list(checks, kind, chosen)
    checks.done()
    async with audited(Verb.START_BATCH, actor=actor) as entry:
        places = await _in_order(actor, chosen)
        many = counted(kind, len(places))
        batch = await entry.create(
            Batch,
            kind=kind,
            title=title or f"{many[0].upper()}{many[1:]} del {entry.today:%d/%m/%Y}",
            created_by_id=actor.id,
            created_at=entry.at,
            # By the real clock, as all that engines wait for.
            due_at=instant(),
        )
        items = [BatchItem(batch_id=batch.id, position=n, **place) for n, place in enumerate(places, start=1)]
        await BatchItem.bulk_create(items, batch_size=200)
        # The items themselves say what was chosen, and never change it.
        entry.about(batch, f"{actor.name} inició el lote {batch.id}, «{batch.title}»: {many}.")
        return entry.answers(batch)


def _check_list(checks: Checks, kind: BatchKind, chosen: Chosen) -> None:
    total = 0
    for _, _, path, ids in chosen.parts():
        total += len(ids)
        seen: set[int] = set()
        for number, one in enumerate(ids):
            checks.that(one not in seen, (path, str(number)), "Está dos veces en la lista: déjelo una sola vez.")
            seen.add(one)
    any_of = "un convenio" if kind == BatchKind.PAPERS else "un convenio, inmueble o licencia"
    checks.that(total, "conventionIds", f"Elija al menos {any_of}.")
    checks.that(
        total <= MOST_ITEMS, "conventionIds", f"Un lote lleva hasta {counted(kind, MOST_ITEMS)}: inicie varios."
    )


async def _in_order(actor: User, chosen: Chosen) -> list[dict[str, int]]:
    """Return the item of each chosen instrument, the next to end first; refuses what is out of the person's reach."""
    found: list[tuple[date, int, dict[str, int]]] = []
    problems: list[Problem] = []
    for column, model, path, ids in chosen.parts():
        rows = dict(await model.filter(within(model, actor), id__in=list(ids)).values_list("id", "ends_on"))
        missing = NotFound(NAMES[model.__name__]).problems[0].message
        problems += [
            Problem(ErrorCode.NOT_FOUND, missing, (path, str(number)))
            for number, one in enumerate(ids)
            if one not in rows
        ]
        found += [(ends_on or date.max, one, {column: one}) for one, ends_on in rows.items()]
    if problems:
        raise Refusal(*problems)
    return [place for _, _, place in sorted(found, key=lambda one: one[:2])]


async def stop_batch(*, actor: User, batch_id: int) -> Batch:
    """Stop a batch: what is done stays done, what is pending is not begun any more."""
    async with audited(Verb.STOP_BATCH, actor=actor) as entry:
        batch = await _reached(actor, batch_id)
        if batch.state in ENDED:
            raise NotAllowedNow("El lote ya no está en curso: no hay nada que detener.")
        await entry.change(batch, state=BatchState.STOPPED, ended_at=entry.at)
        await resolve_failures(flow=FlowName.BATCHES, batch_id=batch.id)
        left = await BatchItem.filter(batch_id=batch.id, state=BatchItemState.PENDING).count()
        many = counted(batch.kind, left)
        entry.about(batch, f"{actor.name} detuvo el lote {batch.id}, «{batch.title}». Sin iniciar: {many}.")
        if batch.created_by_id != actor.id:
            await _tell_of_stop(entry, batch, left)
        return entry.answers(batch)


async def retry_batch(*, actor: User, batch_id: int) -> Batch:
    """Let the engine do again what a batch that is over did not achieve; what is done stays as it is."""
    async with audited(Verb.RETRY_BATCH, actor=actor) as entry:
        batch = await _reached(actor, batch_id)
        if batch.state != BatchState.DONE:
            raise NotAllowedNow("Solo un lote terminado se reintenta; uno detenido se inicia de nuevo.")
        left = BatchItem.filter(batch_id=batch.id, state__in=[BatchItemState.REFUSED, BatchItemState.FAILED])
        many = await left.update(state=BatchItemState.PENDING, said="", tries=0)
        if not many:
            raise NotAllowedNow("El lote se hizo completo: no hay nada que reintentar.")
        await entry.change(batch, state=BatchState.QUEUED, ended_at=None, due_at=instant())
        entry.about(batch, f"{actor.name} reintentó el lote {batch.id}, «{batch.title}»: {counted(batch.kind, many)}.")
        return entry.answers(batch)


async def _reached(actor: User, batch_id: int) -> Batch:
    batch = await Batch.filter(within(Batch, actor)).get_or_none(id=batch_id)
    if batch is None:
        raise NotFound("el lote", "batchId")
    return batch


async def _tell_of_stop(entry: Entry, batch: Batch, left: int) -> None:
    starter = await User.get(id=batch.created_by_id)
    entry.tell(
        [(starter.email, starter.name)],
        key=f"batch-stopped:{batch.id}",
        subject=f"Se detuvo el lote «{batch.title}»",
        body=f"{entry.actor.name} detuvo el lote «{batch.title}». Sin iniciar quedaron {left}. {_where()}",
    )


def _where() -> str:
    return f"Puede verlo en {settings().address()}/lotes"


# The engine's bookkeeping: no deeds of law, so not audited --------------------------------------------------------


@dataclass(frozen=True)
class Claim:
    """A batch that one engine works on; `tries` tells its claim from those before and after."""

    batch_id: int
    tries: int


async def due_batches(limit: int, *, busy: Sequence[int] = ()) -> list[Claim]:
    """Claim at most `limit` batches that are due, oldest first; a claim is a lease that ends by itself.

    Each is claimed by compare-and-set on its tries, so two engines never hold the same claim.
    """
    at = instant()
    waiting = Batch.filter(state__in=[BatchState.QUEUED, BatchState.RUNNING], due_at__lte=at)
    claimed: list[Claim] = []
    for row in await waiting.exclude(id__in=list(busy)).order_by("due_at", "id").limit(limit).values("id", "tries"):
        same = Batch.filter(id=row["id"], tries=row["tries"], state__in=[BatchState.QUEUED, BatchState.RUNNING])
        if await same.update(tries=row["tries"] + 1, due_at=at + LEASE, state=BatchState.RUNNING):
            await Batch.filter(id=row["id"], started_at__isnull=True).update(started_at=now())
            claimed.append(Claim(row["id"], row["tries"] + 1))
    return claimed


def _held(claim: Claim) -> Any:
    return Batch.filter(id=claim.batch_id, tries=claim.tries, state=BatchState.RUNNING)


async def hold_batch(claim: Claim) -> bool:
    """Prolong a claim that has begun to run out; False when the batch was stopped, or another engine took it over."""
    at = instant()
    held = await _held(claim).values_list("due_at", flat=True)
    if not held:
        return False
    # Every write waits for the disk: most items of a batch are done within a moment of the one before.
    return held[0] > at + LEASE * 0.75 or bool(await _held(claim).update(due_at=at + LEASE))


async def give_back_batch(claim: Claim, *, pause: timedelta = timedelta()) -> None:
    """Let a claimed batch be due again, at once or after a pause: its engine stops, or could not begin it."""
    await _held(claim).update(due_at=instant() + pause)


def _open() -> Q:
    again = Q(state=BatchItemState.FAILED, tries__lt=MOST_TRIES)
    return Q(Q(state=BatchItemState.PENDING), again, join_type="OR")


async def open_items(batch_id: int, *, after: int = 0, limit: int = 50) -> list[BatchItem]:
    """Return the next items that nobody has done, refused or given up, by their position."""
    return await BatchItem.filter(_open(), batch_id=batch_id, position__gt=after).order_by("position").limit(limit)


def once(item_id: int) -> str:
    """Return the clientMutationId of an item's deed, which makes it one deed however often it is tried."""
    return f"batch-item-{item_id}"


async def file_of(item_id: int, starter_id: int) -> int | None:
    """Return the file that an item's deed has opened, whether or not that was noted; None before it."""
    answer = await MutationAnswer.get_or_none(actor_id=starter_id, client_mutation_id=once(item_id))
    return answer.subject_id if answer and answer.subject_type == "LegalReview" else None


async def mark_done(item_id: int, review_id: int) -> None:
    """Note the file that came of an item."""
    await BatchItem.filter(id=item_id).update(
        state=BatchItemState.DONE, review_id=review_id, said="", tries=F("tries") + 1, done_at=now()
    )


async def mark_refused(item_id: int, why: str) -> None:
    """Note in Spanish why an item was refused."""
    await (
        BatchItem.filter(id=item_id)
        .exclude(state=BatchItemState.DONE)
        .update(state=BatchItemState.REFUSED, said=why, tries=F("tries") + 1, done_at=now())
    )


async def mark_failed(item_id: int, incident: str) -> None:
    """Note the incident of an item's fault; it is tried again a few times."""
    said = f"Falla del sistema, incidente {incident}."
    await (
        BatchItem.filter(id=item_id)
        .exclude(state=BatchItemState.DONE)
        .update(state=BatchItemState.FAILED, said=said, tries=F("tries") + 1, done_at=now())
    )


async def end_round(claim: Claim) -> bool:
    """Close a batch of which every item is settled, with one message to who started it; tell whether it is over.

    While items wait for another try the batch stays open and is due again after their pause.
    """
    waiting = await BatchItem.filter(_open(), batch_id=claim.batch_id).order_by("tries").first()
    if waiting:
        pause = BACK_OFF[min(waiting.tries, len(BACK_OFF) - 1)] if waiting.tries else timedelta()
        await _held(claim).update(due_at=instant() + pause)
        return False
    async with in_transaction():
        # A write first: see actions/audited.py. Whoever closes it tells of it, once.
        if not await _held(claim).update(state=BatchState.DONE, ended_at=now()):
            return False
        await queue_notices([await _summary(claim)], now())
    return True


async def _summary(claim: Claim) -> dict[str, Any]:
    batch_id = claim.batch_id
    batch = await Batch.get(id=batch_id).select_related("created_by")
    by_state = BatchItem.filter(batch_id=batch_id).annotate(many=Count("id")).group_by("state")
    many = {row["state"]: row["many"] for row in await by_state.values("state", "many")}
    done, refused, failed = (
        many.get(state, 0) for state in (BatchItemState.DONE, BatchItemState.REFUSED, BatchItemState.FAILED)
    )
    did = "hechos" if batch.kind == BatchKind.PAPERS else "hechas"
    first = f"Terminó el lote «{batch.title}»: {done} {did}, {refused} no procedían, {failed} con falla."
    left_out = BatchItem.filter(batch_id=batch_id, state__in=[BatchItemState.REFUSED, BatchItemState.FAILED])
    rows = await left_out.order_by("position").values("said", "convention__number", "lease__number", "license__number")
    lines = [
        f"- {row['convention__number'] or row['lease__number'] or row['license__number']}: {row['said']}"
        for row in rows[:MOST_NAMED]
    ]
    if len(rows) > MOST_NAMED:
        lines.append(f"- y {len(rows) - MOST_NAMED} más.")
    starter = batch.created_by
    return {
        # A batch that is tried again ends again, under a later claim.
        "key": f"batch-done:{batch_id}:{claim.tries}:{starter.email}"[:160],
        "recipient": starter.email,
        "recipient_name": starter.name,
        "subject": f"Terminó el lote «{batch.title}»"[:200],
        "body": "\n\n".join(filter(None, [f"{starter.name}:", first, "\n".join(lines), _where()])),
    }
