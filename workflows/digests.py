"""The day's summaries: at seven, and when an engine starts that was off at seven."""

from prefect import flow

from actions.digests import compose_digest
from actions.people import system_user
from models.clock import now
from models.flows import FlowName
from reads.digests import waiting_for_summary
from workflows.flow_states import noted


async def summarize_everybody() -> int:
    """Compose the summary of everybody whose messages wait since before the last seven o'clock; return how many."""
    system = await system_user()
    made = 0
    after = ""
    while addresses := await waiting_for_summary(now(), after=after):
        for address in addresses:
            made += await compose_digest(actor=system, recipient=address) is not None
        after = addresses[-1]
    return made


@flow(name="digests", flow_run_name="digests", persist_result=False)
@noted(FlowName.DIGESTS)
async def digests() -> str:
    """Send the day's summaries that are due, each person's in a deed of its own."""
    return f"Preparó {await summarize_everybody()} resúmenes."
