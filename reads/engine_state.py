"""Whether an engine is at work, for the pages, `/ready` and the doctor."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.clock import instant
from models.engine import EngineBeat, EngineState

FRESH = timedelta(seconds=20)
"""A sign of life older than this counts as none: engines renew theirs every 5 seconds."""

LABELS = {EngineState.STARTING: "iniciando", EngineState.RUNNING: "en marcha", EngineState.STOPPED: "detenido"}
"""What people read after «motor»."""


@dataclass(frozen=True)
class EngineSeen:
    """The best state of all engines, its Spanish word, and when an engine was last seen (never: None)."""

    state: EngineState
    label: str
    seen_at: datetime | None


async def engine_state() -> EngineSeen:
    """Say whether an engine runs: «en marcha» if one does, «iniciando» if one is on its way, else «detenido»."""
    beats = await EngineBeat.all().order_by("-seen_at").limit(50).values("state", "seen_at")
    limit = instant() - FRESH
    alive = {beat["state"] for beat in beats if beat["seen_at"] >= limit}
    state = next((one for one in (EngineState.RUNNING, EngineState.STARTING) if one in alive), EngineState.STOPPED)
    return EngineSeen(state, LABELS[state], beats[0]["seen_at"] if beats else None)
