"""Pausing the engine's flows: who may, what a paused flow says and leaves, and what each run by the clock notes."""

from datetime import UTC, datetime

import pytest

from actions.flows import note_end, pause_flow, resume_flow
from actions.people import system_user
from actions.refusals import Forbidden, NotAllowedNow, Refusal
from models.audit import AuditEntry, Verb
from models.engine import FlowState, StepFailure
from models.flows import FLOW_LABELS, TIMETABLE, FlowName, Timetable
from models.outbox import Notice
from models.people import Role
from tests import builders
from tests.conftest import Clock, Mailbox
from tests.door import last_entry
from workflows.flow_states import RESTED, noted
from workflows.incidents import StepFailed
from workflows.notices import leftover_notices
from workflows.reminders import reminders
from workflows.serve import SCHEDULE

pytestmark = [pytest.mark.usefixtures("db", "clock"), pytest.mark.both_databases]


async def test_an_administrator_pauses_with_a_reason_and_resumes() -> None:
    admin = await builders.person(Role.ADMIN)
    state = await pause_flow(actor=admin, name=FlowName.REMINDERS, reason=" Revisión de la escala ")
    assert state.paused_at is not None
    entry = await last_entry()
    assert (entry.verb, entry.subject_type) == (Verb.PAUSE_FLOW, "FlowState")
    assert "Recordatorios del día" in entry.summary
    assert "Revisión de la escala" in entry.summary
    with pytest.raises(NotAllowedNow, match="ya está en pausa"):
        await pause_flow(actor=admin, name=FlowName.REMINDERS, reason="otra vez")
    # A run that ends meanwhile notes its end and leaves the pause.
    await note_end(FlowName.REMINDERS, "Dejó en cola 3 avisos.")
    kept = await FlowState.get()
    assert (kept.pause_reason, kept.paused_by_id, kept.said) == (
        "Revisión de la escala", admin.id, "Dejó en cola 3 avisos.",
    )  # fmt: skip
    resumed = await resume_flow(actor=admin, name=FlowName.REMINDERS)
    assert (resumed.paused_at, resumed.pause_reason, resumed.paused_by_id) == (None, "", None)
    with pytest.raises(NotAllowedNow, match="no está en pausa"):
        await resume_flow(actor=admin, name=FlowName.REMINDERS)
    assert await AuditEntry.all().count() == 2


async def test_a_pause_without_a_reason_or_by_anybody_else_is_refused() -> None:
    with pytest.raises(Refusal, match="motivo"):
        await pause_flow(actor=await builders.person(Role.ADMIN), name=FlowName.NOTICES, reason="  ")
    for role in set(Role) - {Role.ADMIN}:
        person = await builders.person(role)
        with pytest.raises(Forbidden):
            await pause_flow(actor=person, name=FlowName.NOTICES, reason="x")
        with pytest.raises(Forbidden):
            await resume_flow(actor=person, name=FlowName.NOTICES)
    assert not await FlowState.exists()


async def test_a_paused_round_does_nothing_says_so_and_catches_up(clock: Clock) -> None:
    await system_user()
    admin = await builders.person(Role.ADMIN)
    await builders.person(Role.LEGAL_HEAD)
    await builders.person(Role.MUNICIPAL)
    await builders.convention()
    await pause_flow(actor=admin, name=FlowName.REMINDERS, reason="x")
    await reminders.fn()
    assert not await Notice.exists()
    state = await FlowState.get(name="REMINDERS")
    assert (state.said, state.started_at) == (RESTED, None)
    await resume_flow(actor=admin, name=FlowName.REMINDERS)
    await reminders.fn()
    queued = await Notice.all().count()
    state = await FlowState.get(name="REMINDERS")
    assert queued > 0
    assert state.said == f"Dejó en cola {queued} avisos; tuvo por desistidos 0 expedientes."
    assert state.started_at
    assert state.ended_at
    assert state.started_at <= state.ended_at


async def test_paused_mail_waits(smtp: Mailbox) -> None:
    admin = await builders.person(Role.ADMIN)
    at = datetime(2026, 3, 2, 15, tzinfo=UTC)
    await Notice.create(
        key="a", recipient="a@prueba.example", subject="a", body="a", message_id="<a@prueba>", created_at=at, due_at=at
    )
    await pause_flow(actor=admin, name=FlowName.NOTICES, reason="x")
    await leftover_notices.fn()
    assert (await Notice.get()).state == "QUEUED"
    assert (await FlowState.get(name="LEFTOVER_NOTICES")).said == "El envío de avisos está en pausa."
    assert smtp.messages == []


async def test_a_round_that_fails_notes_its_incident_until_it_succeeds() -> None:
    good = False

    @noted(FlowName.HOUSEKEEPING)
    async def night() -> str:
        """Fail until told otherwise."""
        if not good:
            raise ValueError("Licenciada Xiomara")
        return "Limpió."

    with pytest.raises(StepFailed):
        await night()
    failure = await StepFailure.get()
    state = await FlowState.get(name="HOUSEKEEPING")
    assert (failure.flow, failure.step, failure.resolved_at) == ("HOUSEKEEPING", "housekeeping", None)
    assert (state.said, state.incident) == ("No terminó.", failure.incident)
    good = True
    await night()
    state = await FlowState.get(name="HOUSEKEEPING")
    assert (state.said, state.incident) == ("Limpió.", "")
    assert (await StepFailure.get()).resolved_at is not None


def test_what_goes_by_the_clock_is_what_the_timetable_says() -> None:
    assert SCHEDULE.keys() == TIMETABLE.keys()
    for name, one in SCHEDULE.items():
        assert one.name == name.lower()
        # Through `noted`: nothing by the clock runs that could not be paused.
        assert one.fn.__wrapped__.__module__ == one.fn.__module__  # type: ignore[attr-defined]
    assert FLOW_LABELS.keys() == set(FlowName)


@pytest.mark.parametrize(
    ("when", "at", "following"),
    [
        (Timetable(0, 6), "2026-03-02T11:59:59+00:00", "2026-03-02T06:00:00-06:00"),
        (Timetable(0, 6), "2026-03-02T12:00:00+00:00", "2026-03-03T06:00:00-06:00"),
        (Timetable(20), "2026-03-02T12:19:00+00:00", "2026-03-02T06:20:00-06:00"),
        (Timetable(20), "2026-03-03T05:30:00+00:00", "2026-03-03T00:20:00-06:00"),
    ],
)
def test_the_next_run_is_told_in_guatemalas_hours(when: Timetable, at: str, following: str) -> None:
    assert when.next_after(datetime.fromisoformat(at)) == datetime.fromisoformat(following)
