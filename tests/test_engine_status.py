"""What the engine's page and command say: what runs, waits and fails, who is told, and when somebody must look."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from actions.failures import note_failure
from actions.flows import note_end, note_start, pause_flow
from actions.outbox import beat
from cli import app
from models.batches import Batch, BatchItem
from models.clock import instant
from models.database import database
from models.engine import EngineBeat, EngineState, FlowState
from models.flows import FlowName
from models.outbox import Notice, WakeUp
from models.people import Role
from models.webhooks import Webhook, WebhookDelivery
from reads.engine_status import EngineStatus, engine_status
from tests import builders
from tests.browsing import enter, form, send
from tests.conftest import FreshDatabase
from tests.door import ask, done, once, refused, told

AGO = timedelta(minutes=20)
PAGE = "/administracion/motor"
STATUS = """{ engineStatus { state driven waiting backingOff failuresOpen warnings
    failures { flow step reviewCode incident tries reported } flows { name pausedAt pausedBy { name } nextAt said }
    notices { state count } engines { name alive } batches { title done total } webhooks { label failed } } }"""
PAUSE = """mutation ($input: PauseFlowInput!) { pauseFlow(input: $input) {
    flow { name pauseReason } errors { code message path } } }"""
RESUME = """mutation ($input: ResumeFlowInput!) { resumeFlow(input: $input) {
    flow { pausedAt } errors { code message path } } }"""


async def mail(key: str, state: str = "QUEUED", at: datetime | None = None) -> None:
    at = at or instant()
    more: dict[str, Any] = {"subject": key, "body": key, "message_id": f"<{key}@prueba>"}
    await Notice.create(key=key, recipient="a@prueba.example", state=state, created_at=at, due_at=at, **more)


@pytest.mark.both_databases
async def test_an_engine_in_order_warns_of_nothing(db: FreshDatabase) -> None:
    await beat(EngineState.RUNNING, anew=True, name="uno")
    await mail("a")
    await mail("b", "SENT")
    file = await builders.review()
    await WakeUp.create(review=file, reason="x", created_at=instant(), due_at=instant())
    await note_start(FlowName.REMINDERS)
    await note_end(FlowName.REMINDERS, "Dejó en cola 3 avisos.")
    found = await engine_status()
    assert (found.warnings, found.driven, found.waiting, found.backing_off) == ([], True, 1, 0)
    assert (found.notices, found.batches, found.webhooks) == ({"QUEUED": 1, "SENT": 1}, [], [])
    assert [(one.name, one.alive) for one in found.engines] == [("uno", True)]
    flows = {one.name: one for one in found.flows}
    assert flows.keys() == set(FlowName)
    assert flows[FlowName.REMINDERS].said == "Dejó en cola 3 avisos."
    assert flows[FlowName.REMINDERS].next_at
    assert flows[FlowName.NOTICES].next_at is None


@pytest.mark.both_databases
async def test_each_thing_that_needs_a_look_is_said(db: FreshDatabase) -> None:
    before = instant() - AGO
    await EngineBeat.create(name="perdido", started_at=before, seen_at=before, state=EngineState.RUNNING)
    await beat(EngineState.STARTING, name="dos")
    file, admin = await builders.review(), await builders.person(Role.ADMIN)
    await WakeUp.create(review=file, reason="x", created_at=before, due_at=instant() + AGO, tries=3)
    await mail("vieja", at=before)
    await mail("rechazada", "FAILED")
    await mail("olvidada", "FAILED", at=instant() - timedelta(days=30))
    await pause_flow(actor=admin, name=FlowName.REMINDERS, reason="x")
    await FlowState.filter(name="REMINDERS").update(paused_at=instant() - timedelta(days=5))
    await note_end(FlowName.HOUSEKEEPING, "No terminó.", incident="cafe0123")
    hook = await Webhook.create(
        url="https://x.example", label="Presupuesto", secret="s", created_at=before, created_by=admin
    )
    for number, (state, tries) in enumerate((("FAILED", 9), ("QUEUED", 2), ("QUEUED", 0), ("SENT", 1))):
        await WebhookDelivery.create(
            webhook=hook, event="E", key=f"k{number}", payload="{}", state=state, tries=tries, created_at=before,
            due_at=instant() + AGO,
        )  # fmt: skip
    batch = await Batch.create(
        kind="RENEWALS", title="Renovar diez", created_by=admin, created_at=before, due_at=before
    )
    for position, state in enumerate(("DONE", "REFUSED", "PENDING")):
        await BatchItem.create(batch=batch, position=position, state=state, convention=await builders.convention())
    found = await engine_status()
    said = " ".join(found.warnings)
    for words in (
        "El servidor de flujos no responde", "El motor perdido dejó de dar señales", "lleva 5 días en pausa",
        "incidente cafe0123", "no atiende desde hace más de diez minutos", "avisos que no salen",
        "1 aviso no pudo", "«Presupuesto» no recibe",
    ):  # fmt: skip
        assert words in said
    assert len(found.warnings) == 8
    assert (found.backing_off, found.notices_given_up) == (1, 1)
    assert [(one.waiting, one.failed) for one in found.webhooks] == [(1, 1)]
    assert [(one.title, one.running, one.done, one.total) for one in found.batches] == [("Renovar diez", False, 2, 3)]

    failure = await note_failure(
        flow=FlowName.LEGAL_REVIEW, step="prepare", incident="0" * 8, kind="E", review_id=file.id
    )
    found = await engine_status()
    assert "1 paso falla sin resolverse." in found.warnings
    # The file's wait is then explained.
    assert "no atiende desde" not in " ".join(found.warnings)
    [row] = found.failures
    assert (row.review_code, row.step, row.tries, row.reported) == (file.code, "prepare", failure.tries, False)


async def test_without_an_engine_nobody_knows_what_drives_it(db: FreshDatabase) -> None:
    found = await engine_status()
    assert (found.driven, found.engines) == (None, [])
    assert found.warnings == ["Ningún motor da señales: inicie uno con «convenios serve»."]
    await beat(EngineState.STOPPED, name="uno")
    found = await engine_status()
    assert [(one.name, one.alive) for one in found.engines] == [("uno", False)]
    assert len(found.warnings) == 1


async def test_it_is_told_to_those_who_watch(db: FreshDatabase) -> None:
    await note_failure(flow=FlowName.REMINDERS, step="lapses", incident="0" * 8, kind="E")
    for role in set(Role) - {Role.SYSTEM}:
        found = (await told(await builders.person(role), STATUS))["engineStatus"]
        if role in (Role.ADMIN, Role.LEGAL_HEAD, Role.AUDITOR):
            assert found["failures"][0]["incident"] == "0" * 8
        else:
            assert found is None, role
    assert (await ask(None, STATUS))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_flows_are_paused_and_resumed_over_the_api(db: FreshDatabase) -> None:
    admin = await builders.person(Role.ADMIN)
    paused = await once(admin, PAUSE, flow="NOTICES", reason="Cambio de servidor")
    assert paused["flow"] == {"name": "NOTICES", "pauseReason": "Cambio de servidor"}
    shown = (await told(admin, STATUS))["engineStatus"]["flows"]
    assert [one["name"] for one in shown if one["pausedAt"]] == ["NOTICES"]
    assert [one["pausedBy"] for one in shown if one["pausedAt"]] == [{"name": admin.name}]
    assert [(one.code, one.path) for one in await refused(admin, PAUSE, flow="NOTICES", reason="x")] == [
        ("NOT_ALLOWED_NOW", "")
    ]
    assert [one.path for one in await refused(admin, PAUSE, flow="WEBHOOKS", reason=" ")] == ["reason"]
    assert (await done(admin, RESUME, flow="NOTICES"))["flow"] == {"pausedAt": None}


async def test_the_page_shows_all_and_pauses(app_client: httpx.AsyncClient) -> None:
    await beat(EngineState.RUNNING, anew=True, name="uno")
    file = await builders.review()
    await note_failure(flow=FlowName.LEGAL_REVIEW, step="prepare", incident="cafe0123", kind="E", review_id=file.id)
    await mail("a")
    await mail("b", "SENT")
    await enter(app_client, await builders.person(Role.ADMIN))
    page = await app_client.get(PAGE)
    for words in (f'href="/expedientes/{file.code}"', "cafe0123", "1 paso falla", "Atiende todo el tiempo", "<svg"):
        assert words in page.text
    assert "http-equiv" not in page.text
    assert 'http-equiv="refresh"' in (await app_client.get(f"{PAGE}?cada=30")).text
    empty = await send(app_client, page, form(page, "PauseFlow", flow="REMINDERS"), reason=" ")
    assert empty.status_code == 422
    assert "Motivo" in empty.text
    sent = await send(app_client, empty, form(empty, "PauseFlow", flow="REMINDERS"), reason="Escala nueva")
    assert sent.headers["location"] == f"{PAGE}?hecho=PauseFlow"
    page = await app_client.get(sent.headers["location"])
    assert "Escala nueva" in page.text
    await send(app_client, page, form(page, "ResumeFlow", flow="REMINDERS"))
    assert "Escala nueva" not in (await app_client.get(PAGE)).text

    await enter(app_client, await builders.person(Role.AUDITOR))
    page = await app_client.get(PAGE)
    assert page.status_code == 200
    assert "PauseFlow" not in page.text
    for role in (Role.LEGAL, Role.MUNICIPAL, Role.DIRECTOR):
        await enter(app_client, await builders.person(role))
        assert (await app_client.get(PAGE)).status_code == 403


def test_the_command_ends_with_1_when_something_needs_a_look(closed_db: FreshDatabase) -> None:
    async def arranged(fails: bool) -> EngineStatus:
        async with database():
            await beat(EngineState.RUNNING, anew=True, name="uno")
            if fails:
                await note_failure(flow=FlowName.REMINDERS, step="lapses", incident="cafe0123", kind="E")
            return await engine_status()

    asyncio.run(arranged(False))
    good = CliRunner().invoke(app, ["engine", "status"])
    assert (good.exit_code, good.output.splitlines()[-1]) == (0, "Todo en orden.")
    assert "Recordatorios del día: todavía no ha corrido. Le toca: " in good.output
    asyncio.run(arranged(True))
    bad = CliRunner().invoke(app, ["engine", "status"])
    assert bad.exit_code == 1
    assert "lapses: incidente cafe0123, 1 veces" in bad.output
    assert "atender  1 paso falla sin resolverse." in bad.output
