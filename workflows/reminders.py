"""The daily round of reminders: agreements, promises, dates of court files, deadlines and conditions, in batches."""

from prefect import flow

from actions.commitment_reminders import remind_commitments
from actions.court_reminders import remind_court_dates
from actions.escalation import escalate_conditions, escalate_deadlines
from actions.people import system_user
from actions.reminders import remind
from models.database import database
from reads.court_reminders import CourtMatter
from reads.reminders import Instrument
from workflows.incidents import told_by_number

BATCH = 500
"""Agreements or dates a batch: one deed, one transaction."""


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


async def remind_of_court_dates() -> int:
    """Queue what is due today about hearings, deadlines and notices of the courts; return how many messages."""
    system = await system_user()
    messages = 0
    for matter in CourtMatter:
        after: int | None = 0
        while after is not None:
            told = await remind_court_dates(actor=system, matter=matter, after_id=after, limit=BATCH)
            messages += told.messages
            after = told.after_id
    return messages


async def escalate_everything() -> int:
    """Queue what is due today about the deadlines of files and of conditions; return how many messages."""
    system = await system_user()
    messages = 0
    for escalate in (escalate_deadlines, escalate_conditions):
        after: int | None = 0
        while after is not None:
            told = await escalate(actor=system, after_id=after, limit=BATCH)
            messages += told.messages
            after = told.after_id
    return messages


async def remind_of_commitments() -> int:
    """Queue what is due today about the promises of conventions; return how many messages."""
    system = await system_user()
    messages = 0
    after: int | None = 0
    while after is not None:
        told = await remind_commitments(actor=system, after_id=after, limit=BATCH)
        messages += told.messages
        after = told.after_id
    return messages


@flow(name="reminders", flow_run_name="reminders", persist_result=False)
async def reminders() -> None:
    """Go up the ladder for every agreement, tell what was promised, and what files and courts expect of whom."""
    async with told_by_number("reminders"), database():
        await remind_everybody()
        await remind_of_commitments()
        await remind_of_court_dates()
        await escalate_everything()
