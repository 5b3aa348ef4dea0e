"""The nightly pass over all alarms: what is new and what is gone since the last, and who is told of it."""

from prefect import flow

from actions.alarm_checks import Round, check_alarms, tell_of_alarms
from actions.people import system_user
from models.flows import FlowName
from workflows.flow_states import noted

BATCH = 500
"""Centers or conventions a batch: what is in memory at once."""


async def check_everything() -> tuple[int, int]:
    """Go through all centers, conventions and listings batch by batch; return how many alarms are new and gone."""
    system = await system_user()
    raised = ended = 0
    for one in Round:
        after: int | None = 0
        while after is not None:
            checked = await check_alarms(actor=system, round=one, after_id=after, limit=BATCH)
            raised, ended, after = raised + checked.raised, ended + checked.ended, checked.after_id
    return raised, ended


@flow(name="alarms", flow_run_name="alarms", persist_result=False)
@noted(FlowName.ALARMS)
async def alarms() -> str:
    """Look at every alarm, note what changed, then tell those who attend to the new ones, each once."""
    raised, ended = await check_everything()
    people = await tell_of_alarms(actor=await system_user())
    return f"Encontró {raised} alarmas nuevas y {ended} que ya no son; avisó a {people} personas."
