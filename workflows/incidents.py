"""Faults inside flows: told in full to the log under an incident number, of which Prefect hears the number alone."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

log = structlog.get_logger()


class StepFailed(Exception):
    """A step did not succeed; the log says why under the incident number. What is owed stays owed."""


def failed(step: str, fault: BaseException, **where: object) -> StepFailed:
    """Log a fault in full and return what may be said of it elsewhere."""
    incident = secrets.token_hex(4)
    log.error("step failed", step=step, incident=incident, exc_info=fault, **where)
    return StepFailed(f"{step}: incidente {incident}")


@asynccontextmanager
async def told_by_number(step: str, **where: object) -> AsyncIterator[None]:
    """Turn any fault inside into a StepFailed: Prefect keeps the words of exceptions, and ours may name people."""
    try:
        yield
    except StepFailed:
        raise
    except Exception as fault:
        told = failed(step, fault, **where)
    else:
        return
    # Outside the handler, so that the fault does not travel along as its context.
    raise told
