"""Pausing and resuming the engine's flows, which is a deed; and what the engine notes of each run, which is none."""

from datetime import datetime
from typing import Any

from actions.audited import audited
from actions.refusals import Checks, NotAllowedNow
from models.audit import Verb
from models.clock import instant
from models.engine import FlowState
from models.flows import FLOW_LABELS, FlowName
from models.people import User

LONGEST_SAID = 200
"""Characters of what a run says of itself."""


async def pause_flow(*, actor: User, name: FlowName, reason: str) -> FlowState:
    """Let a flow rest from now on; what is owed stays owed, and what it is doing this moment it still ends."""
    checks = Checks()
    reason = checks.text(reason, "reason", label="el motivo de la pausa", most=300)
    checks.done()
    async with audited(Verb.PAUSE_FLOW, actor=actor) as entry:
        state = await _state(name)
        if state.paused_at is not None:
            raise NotAllowedNow(f"El flujo «{FLOW_LABELS[name]}» ya está en pausa desde el {state.paused_at:%d/%m/%Y}.")
        await entry.change(state, paused_at=instant(), paused_by_id=actor.id, pause_reason=reason)
        entry.about(state, f"{actor.name} pausó el flujo «{FLOW_LABELS[name]}»: {reason}")
        return entry.answers(state)


async def resume_flow(*, actor: User, name: FlowName, reason: str = "") -> FlowState:
    """Let a paused flow work again; it takes up what became due meanwhile."""
    checks = Checks()
    reason = checks.text(reason, "reason", label="el motivo", most=300, required=False)
    checks.done()
    async with audited(Verb.RESUME_FLOW, actor=actor) as entry:
        state = await _state(name)
        if state.paused_at is None:
            raise NotAllowedNow(f"El flujo «{FLOW_LABELS[name]}» no está en pausa.")
        await entry.change(state, paused_at=None, paused_by_id=None, pause_reason="")
        entry.about(state, f"{actor.name} reanudó el flujo «{FLOW_LABELS[name]}»{': ' + reason if reason else '.'}")
        return entry.answers(state)


async def _state(name: FlowName) -> FlowState:
    return (await FlowState.get_or_create(name=name.value))[0]


async def note_start(name: FlowName) -> datetime:
    """Note that a run of a flow begins, and return when."""
    at = instant()
    await _note(name, started_at=at)
    return at


async def note_end(name: FlowName, said: str, *, incident: str = "") -> None:
    """Note how a run ended: what it did, in one Spanish sentence, or under which incident the log tells why not."""
    await _note(name, ended_at=instant(), said=said[:LONGEST_SAID], incident=incident)


async def _note(name: FlowName, **values: Any) -> None:
    # Never the pause: a run that ends must not undo what an administrator said meanwhile.
    if not await FlowState.filter(name=name.value).update(**values):
        await FlowState.get_or_create(name=name.value)
        await FlowState.filter(name=name.value).update(**values)
