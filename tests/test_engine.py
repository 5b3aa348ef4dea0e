"""The engine against a real Prefect server: wake-ups are driven, and nothing that dies leaves work behind.

Both are real child processes, started as `convenios serve` starts them.
"""

import asyncio
import os
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from actions.flows import pause_flow, resume_flow
from models.agreements import AgreementStage
from models.audit import AuditEntry, Verb
from models.centers import Center
from models.clock import now
from models.engine import EngineBeat, EngineState, StepFailure
from models.flows import FlowName
from models.imports import ImportState, SheetImport, SheetKind
from models.messages import NoticeTopic
from models.outbox import DemoMail, Notice, WakeUp
from models.people import Role
from models.places import Program, ProgramCode
from models.reviews import LegalReview, ReviewStage
from reads.engine_state import FRESH, engine_state
from settings import PROJECT, settings
from tests.builders import convention, person, places, review
from tests.conftest import FreshDatabase
from tests.door import done
from tests.postgres import free_port
from tests.serving import three_free_ports
from tests.sheets import CONFIRM, looked, sent
from tests.stages import file_in
from workflows.flow_states import KNOWN_FOR
from workflows.prefect_home import engine_environment
from workflows.supervisor import ENGINE, PREFECT, part_named

SECRET = "Licenciada Xiomara Quetzalí"
"""A name that must never reach Prefect."""


class Child:
    """A part of the system in a process of its own."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.command, self.environment = command, environment
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command, env=os.environ | self.environment, cwd=PROJECT, stdin=subprocess.PIPE
        )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self, within: float = 30) -> int:
        self.process.terminate()
        return self.process.wait(within)


class PrefectServer(Child):
    """Prefect's server, its folder, and what an engine needs to know to work with it."""

    home: Path
    known: dict[str, str]


@pytest.fixture(scope="module")
def prefect_server(tmp_path_factory: pytest.TempPathFactory, prefect_template: Path) -> Iterator[PrefectServer]:
    """Start one Prefect server for these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONVENIOS_HOME", str(tmp_path_factory.mktemp("prefect")))
        patch.setenv("CONVENIOS_PREFECT_PORT", str(free_port()))
        settings.cache_clear()
        part = part_named(PREFECT)
        home, known = settings().home / "prefect", engine_environment()
        shutil.copyfile(prefect_template, home / "prefect.db")
        server = PrefectServer(part.command, part.environment)
        server.home, server.known = home, known
    settings.cache_clear()
    yield server
    server.stop()


@pytest.fixture
async def engine(
    db: FreshDatabase, prefect_server: PrefectServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Child]:
    """Start one engine over the test's database, in demo mode."""
    monkeypatch.setenv("CONVENIOS_DEMO", "true")
    monkeypatch.setenv("CONVENIOS_PORT", str(three_free_ports()))
    settings.cache_clear()
    running = Child(part_named(ENGINE).command, prefect_server.known)
    yield running
    running.kill()


HEALED = 240.0
"""Seconds in which the engine makes good whatever went wrong: a hand-over that a dying process took with it is handed
over anew half a minute on, and on a busy machine the next one may be lost as well while Prefect connects again."""


async def until(holds: Callable[[], object]) -> None:
    """Wait until an async question is answered yes."""
    async with asyncio.timeout(HEALED):
        while not await holds():  # type: ignore[misc]  # noqa: ASYNC110 - other processes change it
            await asyncio.sleep(0.05)


async def running() -> bool:
    return (await engine_state()).state == EngineState.RUNNING


async def owed() -> int:
    return await WakeUp.filter(consumed_at__isnull=True).count()


async def all_done() -> bool:
    return await owed() == 0


async def received(count: int = 1) -> list[LegalReview]:
    """Return files that were just submitted, each with its wake-up, as the action leaves them."""
    files = [await review(stage=ReviewStage.RECEIVED, title=f"Convenio de {SECRET}") for _ in range(count)]
    for file in files:
        await WakeUp.create(review=file, reason="submitted", created_at=now(), due_at=now())
    return files


async def admissions(files: list[LegalReview]) -> dict[int, int]:
    """Return how many times each file was admitted, by the audit chain."""
    deeds = await AuditEntry.filter(verb=Verb.ADMIT_REVIEW, subject_type="LegalReview").values_list(
        "subject_id", flat=True
    )
    return {file.id: list(deeds).count(str(file.id)) for file in files}


@pytest.mark.both_databases
async def test_wakeups_are_driven_and_survive_kill_9(db: FreshDatabase, engine: Child) -> None:
    head = await person(Role.LEGAL_HEAD, name=SECRET)
    await until(running)
    [file] = await received()
    await until(all_done)
    assert (await LegalReview.get(id=file.id)).admitted
    assert await admissions([file]) == {file.id: 1}
    await until(lambda: DemoMail.filter(recipient=head.email).exists())

    files = await received(6)
    await until(lambda: WakeUp.filter(review_id__in=[one.id for one in files], tries__gt=0).exists())
    engine.kill()
    killed = await EngineBeat.get()
    assert await owed() > 0
    engine.start()
    await until(all_done)
    assert await admissions(files) == {one.id: 1 for one in files}
    assert await Notice.filter(recipient=head.email, review_id__isnull=False).count() == 7
    # The listings that nobody published: each start goes over all alarms, and tells of them once.
    alarms = Notice.filter(recipient=head.email, topic=NoticeTopic.ALARMS)
    await until(alarms.exists)

    assert engine.stop() == 0
    assert await alarms.count() == 1
    # The one that was killed counts as alive until its last sign of life is old.
    await EngineBeat.filter(id=killed.id).update(seen_at=killed.seen_at - FRESH)
    assert await _is("detenido")


async def test_prefect_dies_and_comes_back_knowing_ids_only(
    db: FreshDatabase, engine: Child, prefect_server: PrefectServer
) -> None:
    await until(running)
    first = await received(2)
    await until(all_done)
    prefect_server.kill()
    during = await received(2)
    await until(lambda: _is("iniciando"))
    prefect_server.start()
    await until(all_done)
    assert set((await admissions(first + during)).values()) == {1}
    assert await running()

    database = sqlite3.connect(prefect_server.home / "prefect.db")
    names = {name for (name,) in database.execute("SELECT name FROM flow_run")}
    assert {one.code for one in first + during} <= names
    assert database.execute("SELECT count(*) FROM log").fetchone() == (0,)
    tags = {tag for (tag,) in database.execute("SELECT tags FROM flow_run WHERE name = ?", [first[0].code])}
    assert tags == {f'["review:{first[0].code}"]'}
    database.execute("PRAGMA wal_checkpoint")
    database.close()
    assert not [path for path in prefect_server.home.rglob("*") if path.is_file() and _holds(path, SECRET)]


async def test_an_import_is_read_and_written_and_prefect_hears_its_id_alone(
    db: FreshDatabase, engine: Child, prefect_server: PrefectServer
) -> None:
    await places()
    lawyer = await person(Role.LEGAL)
    row = {"kind": "CAD", "municipality": "1610"}
    key = await sent(lawyer, SheetKind.CENTERS, *(row | {"code": f"C-{n}", "name": SECRET} for n in range(600)))
    await until(lambda: SheetImport.filter(state=ImportState.CHECKED).exists())
    shown = await looked(lawyer, key)
    assert (shown["rowsRead"], shown["toAdd"], shown["wrongCount"]) == (600, 600, 0)
    await done(lawyer, CONFIRM, importId=key, sha256=shown["file"]["sha256"])
    await until(lambda: SheetImport.filter(state=ImportState.DONE).exists())
    assert await Center.filter(name=SECRET).count() == 600
    names = await asyncio.to_thread(_flow_runs, prefect_server)
    assert names.count("importacion-1") == 2
    assert not [path for path in prefect_server.home.rglob("*") if path.is_file() and _holds(path, SECRET)]


def _flow_runs(server: PrefectServer) -> list[str]:
    with closing(sqlite3.connect(server.home / "prefect.db")) as database:
        return [name for (name,) in database.execute("SELECT name FROM flow_run")]


async def test_the_calendar_is_kept_by_prefect(db: FreshDatabase, engine: Child, prefect_server: PrefectServer) -> None:
    """Fails with a SQLAlchemy that Prefect's scheduler does not understand (2.1 with Prefect 3.8.8)."""
    await until(running)

    async def planned() -> bool:
        database = sqlite3.connect(prefect_server.home / "prefect.db")
        rows = database.execute(
            "SELECT flow.name FROM flow_run JOIN flow ON flow.id = flow_run.flow_id"
            " WHERE flow_run.state_type = 'SCHEDULED'"
        )
        return {name for (name,) in rows} == {
            "reminders", "digests", "leftover_notices", "housekeeping", "archive", "alarms",
        }  # fmt: skip

    await until(planned)


@pytest.mark.both_databases
async def test_a_step_that_always_fails_holds_up_nobody_and_is_told_once(db: FreshDatabase, engine: Child) -> None:
    """Its paper lacks what the template wants, until somebody completes the catalog."""
    await places()
    await Program.filter(code=ProgramCode.HC).delete()
    admin = await person(Role.ADMIN)
    await until(running)
    place = {"program": ProgramCode.HC, "stage": AgreementStage.IN_REVIEW, "starts_on": None, "ends_on": None}
    stuck = await file_in(ReviewStage.DICTAMEN_ISSUED, of=await convention(**place), requested_by=admin)
    await WakeUp.create(review=stuck, reason="dictamen", created_at=now(), due_at=now())
    others = await received(4)
    await until(lambda: _noted(stuck, tries=3))
    failure = await StepFailure.get()
    assert (failure.flow, failure.step, failure.review_id) == ("LEGAL_REVIEW", "prepare", stuck.id)
    await until(lambda: Notice.filter(recipient=admin.email).exists())
    # The stuck one holds none of the others up; Prefect's own database may, for a moment.
    await until(lambda: _consumed(others))
    assert await WakeUp.filter(consumed_at__isnull=True).values_list("review_id", flat=True) == [stuck.id]
    assert await admissions(others) == {one.id: 1 for one in others}
    # The next try comes minutes later by itself; here the pause is cut short.
    await until(lambda: _hurried(stuck, _noted(stuck, tries=4)))
    assert await Notice.filter(recipient=admin.email, subject__contains=failure.incident).count() == 1

    await Program.create(code=ProgramCode.HC, name="Hogares Comunitarios", direction="Dirección")
    await until(lambda: _hurried(stuck, all_done()))
    assert (await LegalReview.get(id=stuck.id)).stage == ReviewStage.AWAITING_SIGNATURE
    assert (await StepFailure.get()).resolved_at is not None
    assert await AuditEntry.filter(verb=Verb.PREPARE_AGREEMENT).count() == 1
    assert await AuditEntry.filter(verb=Verb.REPORT_FAILURE).count() == 1


async def test_a_paused_review_waits_and_a_second_engine_of_the_machine_works_beside_the_first(
    db: FreshDatabase, engine: Child, prefect_server: PrefectServer, tmp_path: Path
) -> None:
    admin = await person(Role.ADMIN)
    await until(running)
    await pause_flow(actor=admin, name=FlowName.LEGAL_REVIEW, reason="Revisión")
    # A flow's rest is known to every engine within a second.
    await asyncio.sleep(2 * KNOWN_FOR)
    files = await received(6)
    await asyncio.sleep(2 * KNOWN_FOR)
    assert not await WakeUp.filter(tries__gt=0).exists()
    second = Child(part_named(ENGINE).command, prefect_server.known | {"CONVENIOS_PORT": str(three_free_ports())})
    try:
        await until(lambda: _engines(2))
        await resume_flow(actor=admin, name=FlowName.LEGAL_REVIEW)
        await until(all_done)
        more = await received(1)
        engine.kill()
        await until(all_done)
    finally:
        second.kill()
    assert await admissions(files + more) == {one.id: 1 for one in files + more}


async def _hurried(review: LegalReview, done: Awaitable[bool]) -> bool:
    await WakeUp.filter(review=review, consumed_at__isnull=True).update(due_at=now() - timedelta(days=1))
    return await done


async def _consumed(reviews: list[LegalReview]) -> bool:
    """Tell whether no wake-up of these files is owed any more."""
    ids = [review.id for review in reviews]
    return not await WakeUp.filter(review_id__in=ids, consumed_at__isnull=True).exists()


async def _noted(review: LegalReview, tries: int) -> bool:
    return await StepFailure.filter(review=review, tries__gte=tries).exists()


async def _engines(count: int) -> bool:
    return await EngineBeat.filter(state=EngineState.RUNNING).count() == count


async def _is(label: str) -> bool:
    return (await engine_state()).label == label


def _holds(path: Path, words: str) -> bool:
    return words.encode() in path.read_bytes() or words.encode("unicode_escape") in path.read_bytes()
