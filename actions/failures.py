"""Steps of the engine that fail: noted until they succeed, and told to the administrators once. Noting is no deed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tortoise.expressions import F
from tortoise.transactions import in_transaction

from actions.audited import audited
from actions.refusals import NotAllowedNow, NotFound
from models.audit import AuditEntry, Verb
from models.clock import instant
from models.engine import StepFailure
from models.flows import FLOW_LABELS, FlowName
from models.messages import NoticeTopic
from models.people import Role, User
from reads.people import told
from settings import settings

REPORTED_AT = 3
"""Tries after which the administrators are told: the first ones may be a hiccup, the third comes half a minute on."""


@asynccontextmanager
async def _one_at_a_time() -> AsyncIterator[None]:
    """Let engines note one after another, by the lock that every deed takes first; the chain itself stays as it is."""
    async with in_transaction() as transaction:
        await transaction.execute_query("UPDATE audit_head SET sequence = sequence WHERE id = 1")
        yield


async def note_failure(
    *, flow: FlowName, step: str, incident: str, kind: str, review_id: int | None = None, batch_id: int | None = None
) -> StepFailure:
    """Note that a step failed: a failure that is open counts one more try, else a new one opens."""
    at = instant()
    async with _one_at_a_time():
        same = StepFailure.filter(
            flow=flow, step=step[:40], review_id=review_id, batch_id=batch_id, resolved_at__isnull=True
        )
        failure = await same.order_by("id").first()
        if failure is None:
            return await StepFailure.create(
                flow=flow,
                step=step[:40],
                review_id=review_id,
                batch_id=batch_id,
                incident=incident,
                last_incident=incident,
                kind=kind[:80],
                first_at=at,
                last_at=at,
            )
        changed = StepFailure.filter(id=failure.id)
        await changed.update(tries=F("tries") + 1, last_incident=incident, kind=kind[:80], last_at=at)
        await failure.refresh_from_db()
        return failure


async def resolve_failures(
    *, flow: FlowName, step: str | None = None, review_id: int | None = None, batch_id: int | None = None
) -> int:
    """Note that a step succeeded, or with `step=None` the whole flow for that file, for that batch, or for all.

    Returns how many open failures that ends.
    """
    open_ones = StepFailure.filter(flow=flow, resolved_at__isnull=True)
    if step is not None:
        open_ones = open_ones.filter(step=step[:40], review_id=review_id, batch_id=batch_id)
    elif review_id is not None or batch_id is not None:
        open_ones = open_ones.filter(review_id=review_id, batch_id=batch_id)
    # Asked first: nearly always there is none, and a write waits for whoever holds the database.
    if not await open_ones.exists():
        return 0
    return await open_ones.update(resolved_at=instant())


def must_report(failure: StepFailure) -> bool:
    """Tell whether a failure has lasted long enough for the administrators to hear of it."""
    return failure.resolved_at is None and failure.tries >= REPORTED_AT


async def reported(failure_id: int) -> bool:
    """Tell whether the administrators were told of a failure."""
    return await AuditEntry.exists(
        subject_type="StepFailure", subject_id=str(failure_id), verb=Verb.REPORT_FAILURE.value
    )


async def report_failure(*, actor: User, failure_id: int) -> StepFailure:
    """Tell the administrators of a step that keeps failing: which file, which step, which incident; once.

    Why it fails may name people and stays in the log. Refused when it was told before or ended meanwhile.
    """
    async with audited(Verb.REPORT_FAILURE, actor=actor) as entry:
        failure = await StepFailure.get_or_none(id=failure_id).select_related("review", "batch")
        if failure is None:
            raise NotFound("la falla")
        if failure.resolved_at is not None or await reported(failure_id):
            raise NotAllowedNow("De esta falla ya se informó, o ya se resolvió.")
        subject, where = _words(failure)
        entry.about(failure, f"El motor informó de un paso que falla: {where}, incidente {failure.incident}.")
        entry.tell(
            await told(roles=[Role.ADMIN]),
            key=f"failure:{failure.id}",
            subject=f"{subject}, incidente {failure.incident}",
            body=(
                f"El motor intentó {failure.tries} veces este paso sin lograrlo: {where}.\n\n"
                f"Busque en la bitácora del motor el incidente {failure.incident}: ahí está la causa. "
                f"{_goes_on(failure)}, y lo demás continúa. "
                "De esta falla no recibirá otro aviso.\n\n"
                f"{settings().address()}/administracion/motor"
            ),
            topic=NoticeTopic.SYSTEM,
            review_id=failure.review_id,
        )
        return failure


def _goes_on(failure: StepFailure) -> str:
    if failure.flow == FlowName.RENDITIONS:
        return "El motor lo intenta unas veces más, y de nuevo cuando se reinicia"
    return "El motor lo sigue intentando cada diez minutos"


def _words(failure: StepFailure) -> tuple[str, str]:
    """Return what failed, for a subject line and inside a sentence."""
    flow = FLOW_LABELS[FlowName(failure.flow)]
    if failure.review:
        return f"El expediente {failure.review.code} no avanza", (
            f"expediente {failure.review.code}, flujo «{flow}», paso «{failure.step}»"
        )
    if failure.flow == FlowName.RENDITIONS:
        return f"No se pudo elaborar el PDF de {failure.step}", f"flujo «{flow}», documento {failure.step}"
    if failure.batch_id:
        return f"El lote {failure.batch_id} no avanza", f"lote {failure.batch_id}, paso «{failure.step}»"
    return f"Falla el flujo «{flow}»", f"flujo «{flow}», paso «{failure.step}»"
