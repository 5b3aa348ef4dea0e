"""The daily round of reminders: agreements, promises, dates of court files, deadlines and conditions, in batches."""

from collections.abc import Awaitable, Callable
from typing import Any

from prefect import flow

from actions.commitment_reminders import remind_commitments
from actions.court_reminders import remind_court_dates
from actions.escalation import escalate_conditions, escalate_deadlines, escalate_signatures
from actions.people import system_user
from actions.reminders import Told, remind
from models.flows import FlowName
from models.ladders import Instrument
from reads.court_reminders import CourtMatter
from workflows.flow_states import noted
from workflows.incidents import StepFailed, told_by_number
from workflows.lapses import lapse_unanswered

BATCH = 500
"""Agreements or dates a batch: one deed, one transaction."""


async def _through(tell: Callable[..., Awaitable[Told]], **which: Any) -> int:
    """Tell batch after batch of one kind, each from where the one before ended; return how many messages."""
    system = await system_user()
    messages = 0
    after: int | None = 0
    while after is not None:
        told = await tell(actor=system, after_id=after, limit=BATCH, **which)
        messages += told.messages
        after = told.after_id
    return messages


async def remind_everybody() -> int:
    """Queue every reminder due today and not yet told; return how many messages."""
    return sum([await _through(remind, instrument=instrument) for instrument in Instrument])


async def remind_of_court_dates() -> int:
    """Queue what is due today about hearings, deadlines and notices of the courts; return how many messages."""
    return sum([await _through(remind_court_dates, matter=matter) for matter in CourtMatter])


async def escalate_everything() -> int:
    """Queue what is due today about deadlines of files, conditions and missing signatures; return how many messages."""
    return sum([await _through(tell) for tell in (escalate_deadlines, escalate_conditions, escalate_signatures)])


async def remind_of_commitments() -> int:
    """Queue what is due today about the promises of conventions; return how many messages."""
    return await _through(remind_commitments)


ROUNDS: dict[str, Callable[[], Awaitable[int]]] = {
    "agreements": remind_everybody,
    "commitments": remind_of_commitments,
    "court_dates": remind_of_court_dates,
    "lapses": lapse_unanswered,
    "deadlines": escalate_everything,
}
"""What is gone through each day, in this order; each returns how many messages or files that made."""


@flow(name="reminders", flow_run_name="reminders", persist_result=False)
@noted(FlowName.REMINDERS)
async def reminders() -> str:
    """Go up the ladder for every agreement, tell what was promised, and what files and courts expect of whom.

    A round that fails keeps none of the others back; the run then fails under the first one's number.
    """
    made: dict[str, int] = {}
    faults: list[StepFailed] = []
    for step, through in ROUNDS.items():
        try:
            async with told_by_number(step, flow=FlowName.REMINDERS):
                made[step] = await through()
        except StepFailed as fault:
            faults.append(fault)
    if faults:
        raise faults[0]
    lapsed = made.pop("lapses")
    return f"Dejó en cola {sum(made.values())} avisos; tuvo por desistidos {lapsed} expedientes."
