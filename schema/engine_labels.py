"""The Spanish words for the engine's closed lists."""

from enum import Enum

from models.engine import EngineState
from models.flows import FLOW_LABELS, FlowName
from models.outbox import NoticeState
from reads.engine_state import LABELS as STATES

ENGINE_LABELS: dict[type[Enum], tuple[str, dict[str, str]]] = {
    EngineState: ("Cómo está un motor.", {state.value: words.capitalize() for state, words in STATES.items()}),
    FlowName: ("Lo que el motor hace por sí mismo.", {name.value: words for name, words in FLOW_LABELS.items()}),
    NoticeState: (
        "Qué tan lejos va un aviso.",
        {
            "QUEUED": "En cola",
            "HELD": "Espera el resumen del día",
            "DIGESTED": "Fue en el resumen del día",
            "SENT": "Enviado",
            "FAILED": "No se pudo entregar",
            "DROPPED": "Ya no hizo falta",
        },
    ),
}
"""Description of each list, and the word for each of its values."""
