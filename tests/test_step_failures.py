"""Steps of the engine that fail: noted once however many engines see it, told once, ended by the next success."""

import asyncio
from traceback import format_exception
from typing import Any

import pytest

from actions.failures import REPORTED_AT, note_failure, report_failure, resolve_failures
from actions.people import system_user
from actions.refusals import Forbidden, NotAllowedNow, NotFound
from models.audit import AuditEntry, Verb
from models.engine import StepFailure
from models.flows import FlowName
from models.outbox import Notice
from models.people import Role
from models.reviews import LegalReview
from reads.audit import broken_links
from tests import builders
from workflows.incidents import StepFailed, told_by_number

pytestmark = [pytest.mark.usefixtures("db", "clock"), pytest.mark.both_databases]
SECRET = "Licenciada Xiomara Quetzalí"


async def fails(review: LegalReview | None = None, step: str = "prepare") -> str:
    """Let a step fail once and return what Prefect would hear of it."""
    with pytest.raises(StepFailed) as told:
        async with told_by_number(step, flow=FlowName.LEGAL_REVIEW, review_id=review.id if review else None):
            raise ValueError(SECRET)  # what must not travel
    assert SECRET not in "".join(format_exception(told.value))
    return str(told.value)


async def succeeds(review: LegalReview, step: str = "prepare") -> None:
    async with told_by_number(step, flow=FlowName.LEGAL_REVIEW, review_id=review.id):
        pass


async def test_a_failure_is_noted_told_once_and_ends_with_a_success() -> None:
    await system_user()
    admin, _ = await builders.person(Role.ADMIN), await builders.person(Role.ADMIN, active=False)
    await builders.person(Role.LEGAL_HEAD)
    review = await builders.review(requested_by=await builders.person(Role.MUNICIPAL))
    first = await fails(review)
    for _ in range(REPORTED_AT - 2):
        await fails(review)
    assert not await Notice.exists()
    last = ""
    for _ in range(4):
        last = await fails(review)
    failure = await StepFailure.get()
    assert (failure.flow, failure.step, failure.review_id) == ("LEGAL_REVIEW", "prepare", review.id)
    assert (failure.tries, failure.kind, failure.resolved_at) == (REPORTED_AT + 3, "ValueError", None)
    assert failure.incident in first
    assert failure.last_incident in last
    assert failure.incident != failure.last_incident
    notice = await Notice.get()
    assert (notice.recipient, notice.topic) == (admin.email, "SYSTEM")
    assert review.code in notice.subject
    for words in (review.code, "prepare", failure.incident):
        assert words in notice.body
    entry = await AuditEntry.get(verb=Verb.REPORT_FAILURE)
    for text in (first, last, notice.subject, notice.body, entry.summary, str(entry.changes)):
        assert SECRET not in text

    await succeeds(review, "admit")
    assert (await StepFailure.get()).resolved_at is None
    await succeeds(review)
    assert (await StepFailure.get()).resolved_at is not None
    # The same step failing again is another failure, of which they hear again.
    for _ in range(REPORTED_AT):
        await fails(review)
    assert await StepFailure.all().count() == 2
    assert await Notice.all().count() == 2
    assert await broken_links() == []


async def test_the_success_of_the_whole_flow_ends_the_failures_of_its_steps() -> None:
    await system_user()
    review, other = await builders.review(), await builders.review()
    await fails(review)
    await fails(review, "admit")
    await fails(other)
    async with told_by_number("legal_review", review_id=review.id):
        pass
    assert await StepFailure.filter(resolved_at=None).values_list("review_id", flat=True) == [other.id]


async def test_engines_that_see_the_same_failure_at_once_note_one_and_tell_once() -> None:
    await system_user()
    await builders.person(Role.ADMIN)
    review = await builders.review()
    noted = [
        note_failure(flow=FlowName.LEGAL_REVIEW, step="admit", incident=f"{n:08x}", kind="E", review_id=review.id)
        for n in range(6)
    ]
    await asyncio.gather(*noted)
    failure = await StepFailure.get()
    assert failure.tries == 6

    system = await system_user()
    told: list[Any] = await asyncio.gather(
        *(report_failure(actor=system, failure_id=failure.id) for _ in range(4)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in told) == ["NotAllowedNow"] * 3 + ["StepFailure"]
    assert await Notice.all().count() == 1
    assert await AuditEntry.filter(verb=Verb.REPORT_FAILURE).count() == 1


async def test_only_the_engine_reports_and_only_what_still_fails() -> None:
    system = await system_user()
    failure = await note_failure(flow=FlowName.REMINDERS, step="reminders", incident="0" * 8, kind="E")
    with pytest.raises(Forbidden):
        await report_failure(actor=await builders.person(Role.ADMIN), failure_id=failure.id)
    with pytest.raises(NotFound):
        await report_failure(actor=system, failure_id=failure.id + 1)
    assert await resolve_failures(flow=FlowName.REMINDERS) == 1
    with pytest.raises(NotAllowedNow):
        await report_failure(actor=system, failure_id=failure.id)
    assert not await AuditEntry.exists()
