"""Which of the engine's flows somebody has paused."""

from models.engine import FlowState
from models.flows import FlowName


async def paused_flows() -> set[FlowName]:
    """Return the flows that rest."""
    names = await FlowState.filter(paused_at__isnull=False).values_list("name", flat=True)
    return {FlowName(str(name)) for name in names}
