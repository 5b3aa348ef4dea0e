"""The engine in the API: what runs, waits and fails, and how a flow is paused."""

from datetime import datetime
from typing import Annotated

import strawberry
from tortoise.models import Model

from actions.flows import pause_flow as pause
from actions.flows import resume_flow as resume
from models.clock import instant
from models.engine import EngineState
from models.flows import FlowName
from models.outbox import NoticeState
from models.people import Role, User
from reads.engine_status import EngineStatus as Status
from reads.engine_status import FailureRow, FlowRow, engine_status, flow_rows
from schema.context import Context, Info
from schema.inputs import ONCE, SENT
from schema.payloads import Payload, answer
from schema.people import Person, person_of

WATCHERS = frozenset({Role.ADMIN, Role.LEGAL_HEAD, Role.AUDITOR})
"""Who is shown how the engine stands."""


@strawberry.type(description="Un motor y su última señal de vida.")
class Engine:
    name: str = strawberry.field(description="Nombre: máquina, puerto y proceso.")
    state: EngineState = strawberry.field(description="Cómo dijo estar.")
    started_at: datetime = strawberry.field(description="Desde cuándo trabaja.")
    seen_at: datetime = strawberry.field(description="Última señal de vida; las da cada cinco segundos.")
    alive: bool = strawberry.field(description="Si su última señal es reciente.")


@strawberry.type(description="Un paso del motor que falla y no se ha logrado desde entonces.")
class StepFailure:
    flow: FlowName = strawberry.field(description="Flujo al que pertenece.")
    step: str = strawberry.field(description="Paso, como lo llama la bitácora.")
    review_code: str | None = strawberry.field(description="Expediente que espera; vacío si no es de uno.")
    batch_id: int | None = strawberry.field(description="Número del lote que espera; vacío si no es de uno.")
    incident: str = strawberry.field(description="Número de incidente de la primera vez: la bitácora dice por qué.")
    last_incident: str = strawberry.field(description="Número de incidente de la última vez.")
    tries: int = strawberry.field(description="Veces que se intentó.")
    first_at: datetime = strawberry.field(description="Primera vez.")
    last_at: datetime = strawberry.field(description="Última vez.")
    reported: bool = strawberry.field(description="Si ya se avisó a quienes administran.")


@strawberry.type(description="Cuántos avisos hay en un estado.")
class NoticeCount:
    state: NoticeState = strawberry.field(description="Estado.")
    count: int = strawberry.field(description="Cuántos.")


@strawberry.type(description="Un lote en trabajo o en espera.")
class BatchProgress:
    title: str = strawberry.field(description="Qué hace.")
    running: bool = strawberry.field(description="Si ya comenzó.")
    done: int = strawberry.field(description="Registros atendidos.")
    total: int = strawberry.field(description="Registros en total.")


@strawberry.type(description="Un sistema externo que no recibe sus llamadas.")
class WebhookTrouble:
    label: str = strawberry.field(description="Nombre del sistema.")
    waiting: int = strawberry.field(description="Llamadas que se volverán a intentar.")
    failed: int = strawberry.field(description="Llamadas abandonadas en los últimos siete días.")


@strawberry.type(description="Un flujo del motor: qué hizo la última vez, cuándo le toca y si está en pausa.")
class Flow:
    name: FlowName = strawberry.field(description="Cuál.")
    by_the_clock: bool = strawberry.field(description="Si corre a una hora; los demás atienden todo el tiempo.")
    started_at: datetime | None = strawberry.field(description="Cuándo empezó la última vez.")
    ended_at: datetime | None = strawberry.field(description="Cuándo terminó la última vez.")
    said: str = strawberry.field(description="Qué hizo la última vez.")
    incident: str = strawberry.field(description="Número de incidente si la última vez falló.")
    next_at: datetime | None = strawberry.field(description="Cuándo le toca; vacío si atiende todo el tiempo.")
    paused_at: datetime | None = strawberry.field(description="Desde cuándo está en pausa.")
    pause_reason: str = strawberry.field(description="Por qué está en pausa.")
    paused_by_id: strawberry.Private[int | None]

    @strawberry.field(description="Quién lo pausó.")
    async def paused_by(self, info: Info) -> Person | None:
        return await person_of(info, self.paused_by_id)


@strawberry.type(description="Cómo está el motor en este momento.")
class EngineStatus:
    at: datetime = strawberry.field(description="Cuándo se miró.")
    state: EngineState = strawberry.field(description="El mejor estado entre todos los motores.")
    driven: bool | None = strawberry.field(
        description="Si el servidor de flujos responde al motor; vacío si ningún motor vive para decirlo."
    )
    engines: list[Engine] = strawberry.field(description="Los motores que dan señales, o el último que las dio.")
    waiting: int = strawberry.field(description="Llamados al motor que esperan, también los que fallaron.")
    backing_off: int = strawberry.field(description="De ellos, los que fallaron y se intentarán más tarde.")
    oldest_wakeup_at: datetime | None = strawberry.field(description="Desde cuándo espera el más antiguo.")
    failures: list[StepFailure] = strawberry.field(description="Pasos que fallan, hasta cincuenta.")
    failures_open: int = strawberry.field(description="Cuántos pasos fallan.")
    notices: list[NoticeCount] = strawberry.field(description="Avisos por estado.")
    oldest_notice_at: datetime | None = strawberry.field(description="Desde cuándo espera el aviso más antiguo.")
    batches: list[BatchProgress] = strawberry.field(description="Lotes en trabajo o en espera.")
    webhooks: list[WebhookTrouble] = strawberry.field(description="Sistemas externos que no reciben sus llamadas.")
    flows: list[Flow] = strawberry.field(description="Los flujos, uno por uno.")
    warnings: list[str] = strawberry.field(description="Lo que alguien debería atender; vacío si todo está bien.")


def _flow(row: FlowRow) -> Flow:
    return Flow(**{name: value for name, value in vars(row).items() if name not in ("id", "paused_by_name")})


def _failure(row: FailureRow) -> StepFailure:
    return StepFailure(**{name: value for name, value in vars(row).items() if name != "review_id"})


def _status(found: Status) -> EngineStatus:
    return EngineStatus(
        at=found.at,
        state=found.seen.state,
        driven=found.driven,
        engines=[Engine(**vars(one)) for one in found.engines],
        waiting=found.waiting,
        backing_off=found.backing_off,
        oldest_wakeup_at=found.oldest_wakeup_at,
        failures=[_failure(one) for one in found.failures],
        failures_open=found.failures_open,
        notices=[NoticeCount(state=state, count=found.notices.get(state, 0)) for state in NoticeState],
        oldest_notice_at=found.oldest_notice_at,
        batches=[BatchProgress(**vars(one)) for one in found.batches],
        webhooks=[WebhookTrouble(**vars(one)) for one in found.webhooks],
        flows=[_flow(one) for one in found.flows],
        warnings=found.warnings,
    )


async def status(info: Info) -> EngineStatus | None:
    """Return how the engine stands; None for those whom it does not concern."""
    return _status(await engine_status()) if info.context.person.role in WATCHERS else None


@strawberry.input(description="Pausa de un flujo del motor; lo que se debe queda debido.")
class PauseFlowInput:
    flow: FlowName = strawberry.field(description="Cuál.")
    reason: str = strawberry.field(description="Por qué.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Fin de la pausa de un flujo del motor.")
class ResumeFlowInput:
    flow: FlowName = strawberry.field(description="Cuál.")
    reason: str | None = strawberry.field(default=None, description="Por qué, si hace falta decirlo.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con el flujo tal como quedó.")
class FlowPayload(Payload):
    flow: Flow | None = strawberry.field(default=None, description="El flujo.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.flow = next(_flow(row) for row in await flow_rows(instant()) if row.id == key)


async def pause_flow(info: Info, input: Annotated[PauseFlowInput, SENT]) -> FlowPayload:
    """Pause a flow."""

    async def act(actor: User) -> Model:
        return await pause(actor=actor, name=input.flow, reason=input.reason)

    return await answer(info, FlowPayload, input, act)


async def resume_flow(info: Info, input: Annotated[ResumeFlowInput, SENT]) -> FlowPayload:
    """Resume a flow."""

    async def act(actor: User) -> Model:
        return await resume(actor=actor, name=input.flow, reason=input.reason or "")

    return await answer(info, FlowPayload, input, act)
