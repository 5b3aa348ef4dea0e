"""The daily round of reminders: every kind of agreement, batch by batch."""

from prefect import flow

from actions.people import system_user
from actions.reminders import remind
from models.database import database
from reads.reminders import Instrument
from workflows.incidents import told_by_number

BATCH = 500
"""Agreements a batch: one deed, one transaction."""


async def remind_everybody() -> int:
    """Queue every reminder due today and not yet told; return how many messages."""
    system = await system_user()
    messages = 0
    for instrument in Instrument:
        after: int | None = 0
        while after is not None:
            told = await remind(actor=system, instrument=instrument, after_id=after, limit=BATCH)
            messages += told.messages
            after = told.after_id
    return messages


@flow(name="reminders", flow_run_name="reminders", persist_result=False)
async def reminders() -> None:
    """Go up the ladder for every convention, lease and license."""
    async with told_by_number("reminders"), database():
        await remind_everybody()
