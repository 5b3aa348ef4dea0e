"""The daily round of reminders: agreements, promises, dates of court files, deadlines and conditions, in batches."""

from collections.abc import Awaitable, Callable
from typing import Any

from prefect import flow

from actions.commitment_reminders import remind_commitments
from actions.court_reminders import remind_court_dates
from actions.escalation import escalate_conditions, escalate_deadlines, escalate_signatures
from actions.people import system_user
from actions.reminders import Told, remind
from models.database import database
from models.ladders import Instrument
from reads.court_reminders import CourtMatter
from workflows.incidents import told_by_number
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


@flow(name="reminders", flow_run_name="reminders", persist_result=False)
async def reminders() -> None:
    """Go up the ladder for every agreement, tell what was promised, and what files and courts expect of whom."""
    async with told_by_number("reminders"), database():
        await remind_everybody()
        await remind_of_commitments()
        await remind_of_court_dates()
        await lapse_unanswered()
        await escalate_everything()
