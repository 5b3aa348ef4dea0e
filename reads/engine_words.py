"""How the engine stands, line by line, for a terminal."""

from collections.abc import Iterator
from datetime import datetime

from models.clock import GUATEMALA
from models.flows import FLOW_LABELS
from models.outbox import NoticeState
from reads.engine_state import LABELS
from reads.engine_status import EngineStatus, FlowRow

DRIVEN = {True: "responde", False: "no responde", None: "no se sabe"}


def status_lines(status: EngineStatus) -> Iterator[str]:
    """Say in Spanish what runs, waits and fails."""
    yield f"Motor: {status.seen.label}; servidor de flujos: {DRIVEN[status.driven]}"
    for engine in status.engines:
        seen = LABELS[engine.state] if engine.alive or engine.state == "STOPPED" else "sin señales"
        yield f"  {engine.name}: {seen}, última señal {_at(engine.seen_at)}"
    since = f", desde {_at(status.oldest_wakeup_at)}" if status.oldest_wakeup_at else ""
    yield f"Llamados en espera: {status.waiting} ({status.backing_off} tras fallar){since}"
    yield f"Pasos que fallan: {status.failures_open}"
    for one in status.failures:
        what = one.review_code or (f"lote {one.batch_id}" if one.batch_id else "")
        where = " ".join(filter(None, (what, FLOW_LABELS[one.flow], one.step)))
        yield f"  {where}: incidente {one.incident}, {one.tries} veces desde {_at(one.first_at)}"
    queued = f", el más antiguo desde {_at(status.oldest_notice_at)}" if status.oldest_notice_at else ""
    waiting, failed = status.notices.get(NoticeState.QUEUED, 0), status.notices.get(NoticeState.FAILED, 0)
    yield f"Avisos: {waiting} en cola{queued}; {failed} sin poder entregarse"
    for batch in status.batches:
        yield f"Lote: {batch.title}: {batch.done} de {batch.total}{'' if batch.running else ', en espera'}"
    for called in status.webhooks:
        yield f"Sistema externo: {called.label}: {called.waiting} llamadas por repetir, {called.failed} abandonadas"
    yield "Flujos:"
    yield from (f"  {_flow(flow)}" for flow in status.flows)


def _flow(flow: FlowRow) -> str:
    words = FLOW_LABELS[flow.name]
    if flow.paused_at:
        return f"{words}: en pausa desde {_at(flow.paused_at)}, por {flow.paused_by_name}: {flow.pause_reason}"
    if not flow.by_the_clock:
        return f"{words}: atiende todo el tiempo" + (f". {flow.said}" if flow.said else "")
    last = f"{_at(flow.ended_at)}: {flow.said}" if flow.ended_at else "todavía no ha corrido."
    fault = f" Incidente {flow.incident}." if flow.incident else ""
    return f"{words}: {last}{fault} Le toca: {_at(flow.next_at)}"


def _at(when: datetime | None) -> str:
    return f"{when.astimezone(GUATEMALA):%d/%m/%Y %H:%M}" if when else "nunca"
