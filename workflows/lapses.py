"""The daily look at what nobody answered: requests that the office's term takes as given up, one deed each."""

from actions.lapse import lapse_review
from actions.people import system_user
from models.clock import today
from models.flows import FlowName
from reads.lapse import lapses_due
from workflows.incidents import StepFailed, told_by_number

BATCH = 500
"""Returned files looked at in one go."""


async def lapse_unanswered() -> int:
    """Take as given up every request whose time is over; return how many.

    A file that fails keeps none of the others back: it is tried again at the next round, and the round says so.
    """
    system = await system_user()
    lapsed = 0
    faults: list[StepFailed] = []
    after: int | None = 0
    while after is not None:
        page = await lapses_due(system, today(), after_id=after, limit=BATCH)
        for review_id in page.review_ids:
            try:
                async with told_by_number("lapse", flow=FlowName.REMINDERS, review_id=review_id):
                    lapsed += await lapse_review(actor=system, review_id=review_id) is not None
            except StepFailed as fault:
                faults.append(fault)
        after = page.after_id
    if faults:
        raise faults[0]
    return lapsed
