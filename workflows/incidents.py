"""Faults inside flows: told in full to the log under an incident number, of which Prefect hears the number alone.

What failed is noted in the database too until it succeeds; if it keeps failing, the administrators are told once.
"""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog

from actions.failures import must_report, note_failure, report_failure, reported, resolve_failures
from actions.people import system_user
from actions.refusals import Refusal
from models.flows import FlowName

log = structlog.get_logger()


class StepFailed(Exception):
    """A step did not succeed; the log says why under the incident number. What is owed stays owed."""

    def __init__(self, step: str, incident: str) -> None:
        super().__init__(f"{step}: incidente {incident}")
        self.incident = incident


def failed(step: str, fault: BaseException, **where: object) -> StepFailed:
    """Log a fault in full and return what may be said of it elsewhere."""
    incident = secrets.token_hex(4)
    log.error("step failed", step=step, incident=incident, exc_info=fault, **where)
    return StepFailed(step, incident)


@asynccontextmanager
async def told_by_number(
    step: str, *, flow: FlowName | None = None, review_id: int | None = None, batch_id: int | None = None
) -> AsyncIterator[None]:
    """Turn any fault inside into a StepFailed: Prefect keeps the words of exceptions, and ours may name people.

    The failure is noted until the same step of the same file or batch succeeds. Without `flow` the step is a whole
    flow, named as Prefect knows it, and its success ends every open failure of its steps.
    """
    about: dict[str, Any] = {"flow": flow or FlowName(step.upper()), "review_id": review_id, "batch_id": batch_id}
    try:
        yield
    except StepFailed:
        raise
    except Exception as fault:
        # Whoever prints what Prefect hears prints the number alone.
        raise await note_fault(step, fault, **about) from None
    await _resolve(step if flow else None, **about)


async def note_fault(
    step: str, fault: Exception, *, flow: FlowName, review_id: int | None = None, batch_id: int | None = None
) -> StepFailed:
    """Log a fault in full, note that the step failed, and return what may be said of it elsewhere."""
    about = {"flow": flow, "review_id": review_id, "batch_id": batch_id}
    told = failed(step, fault, **about)
    await _note(step, told.incident, type(fault).__name__, **about)
    return told


async def _note(step: str, incident: str, kind: str, **about: object) -> None:
    try:
        failure = await note_failure(step=step, incident=incident, kind=kind, **about)  # type: ignore[arg-type]
        if must_report(failure) and not await reported(failure.id):
            await report_failure(actor=await system_user(), failure_id=failure.id)
    except Refusal:
        # Another engine told of it, or the step succeeded there.
        pass
    except Exception as fault:
        # The database itself may be what failed: the log has it, and the next try notes it.
        log.warning("failure not noted", step=step, incident=incident, why=type(fault).__name__)


async def _resolve(step: str | None, **about: object) -> None:
    try:
        await resolve_failures(step=step, **about)  # type: ignore[arg-type]
    except Exception as fault:
        # What was done stays done; a failure shown as open ends with the next success.
        log.warning("failure not resolved", step=step, why=type(fault).__name__)
