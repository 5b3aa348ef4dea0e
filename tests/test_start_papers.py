"""Many papers at once: issued ones taken, owed ones made, projects of the rest; one zip, whatever breaks meanwhile."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
import time_machine

from actions import paper_batches
from actions.batches import LEASE, due_batches
from actions.files import storage
from actions.refusals import ErrorCode, Problem, Refusal
from documents.engine import visible_text
from documents.projects import NOTICE
from documents.vetting import TemplateRefused
from documents.zips import HEADINGS, LISTING
from models.agreements import AgreementStage, Convention
from models.audit import AuditEntry, Verb
from models.batches import Batch, BatchItem, BatchItemState, BatchState
from models.clock import instant
from models.outbox import Notice
from models.papers import DocumentKind, OfficialDocument, StoredFile
from models.people import Role, User
from models.places import OfficeHolder, ProgramCode
from models.reviews import ReviewStage
from tests import builders, stages
from tests.browsing import enter, form, send
from tests.builders import CHAMELCO, MIXCO
from tests.door import bad_ids, done, forbidden, id_of, id_text, last_entry, once, refusal, refused, request, told
from workflows import batches as work

START = """mutation ($input: StartPapersInput!) { startPapers(input: $input) {
  batch { id kind title state itemCount } errors { code message path } } }"""
RETRY = """mutation ($input: RetryBatchInput!) { retryBatch(input: $input) {
  batch { id state pendingCount } errors { code message path } } }"""
ONE = """query ($id: ID!) { batch(id: $id) { state doneCount refusedCount failedCount file { filename url sha256 }
  items { nodes { state said document { number } file { filename url } review { code }
    instrument { ... on Convention { number } } } } } }"""
PLAN = """query ($ids: [ID!]) { papersPlan(conventionIds: $ids) { issuedCount preparedCount projectCount
  items { plan why convention { number } document { number } } } }"""
pytestmark = pytest.mark.usefixtures("db", "clock")


@pytest.fixture(autouse=True)
def at_work() -> Iterator[None]:
    """Let the engine of the test be none that is about to stop."""
    work._resting.clear()
    yield
    work._resting.clear()


async def pending(stage: ReviewStage = ReviewStage.GATHERING, **more: Any) -> Convention:
    """Return a convention in the making, with its file in a stage."""
    await builders.program(more.get("program", ProgramCode.MAD))
    place = AgreementStage.REQUESTED if stage == ReviewStage.GATHERING else AgreementStage.IN_REVIEW
    of = await builders.convention(**{"stage": place, "starts_on": None, "ends_on": None} | more)
    await stages.file_in(stage, of=of)
    return of


async def issued(by: User, content: bytes = b"word") -> Convention:
    """Return a convention whose paper exists already."""
    of = await pending(ReviewStage.AWAITING_SIGNATURE)
    sha256 = storage().put(content)
    file = await builders.stored_file(by, content, used=True, filename="convenio.docx")
    assert file.sha256 == sha256
    await builders.paper(DocumentKind.CONVENIO, convention=of, file=file, number=f"CONVENIO-AJ-90{of.id}-2026")
    return of


async def started(by: User, *rows: Convention) -> Batch:
    """Start a batch with these and return it."""
    await done(by, START, conventionIds=[id_of(row) for row in rows])
    batch = await Batch.all().order_by("-id").first()
    assert batch
    return batch


async def run_due() -> int:
    """Let an engine work through what is due; return how many batches it took up."""
    claims = await due_batches(5)
    for claim in claims:
        await work.work_through(claim)
    return len(claims)


async def packed(person: User, batch: Batch) -> tuple[zipfile.ZipFile, list[dict[str, str]]]:
    """Return the zip as a person downloads it, and the lines of its list."""
    shown = (await told(person, ONE, id=id_of(batch)))["batch"]
    answer = await request(person, "GET", shown["file"]["url"])
    assert answer.status_code == 200
    package = zipfile.ZipFile(io.BytesIO(answer.content))
    lines = csv.DictReader(io.StringIO(package.read(LISTING).decode("utf-8-sig")))
    assert tuple(lines.fieldnames or ()) == HEADINGS
    return package, list(lines)


async def test_issued_owed_and_unfinished_ones_end_in_one_zip() -> None:
    lawyer = await builders.person(Role.LEGAL)
    await builders.municipality()
    await OfficeHolder.create(municipality_id=CHAMELCO, name="Berta Xol", position="Alcaldesa", gender="F")
    has, owed, open_one = await issued(lawyer), await pending(ReviewStage.DICTAMEN_ISSUED), await pending()
    over = await builders.convention(stage=AgreementStage.SIGNED)
    rows = [has, owed, open_one, over]
    plan = (await told(lawyer, PLAN, ids=[id_of(row) for row in rows]))["papersPlan"]
    assert [one["plan"] for one in plan["items"]] == ["ISSUED", "PREPARES", "PROJECT", "NONE"]
    assert [one["convention"]["number"] for one in plan["items"]] == [row.number for row in rows]
    assert plan["items"][0]["document"]["number"] == f"CONVENIO-AJ-90{has.id}-2026"
    assert "ya está firmado" in plan["items"][3]["why"].lower()
    assert (plan["issuedCount"], plan["preparedCount"], plan["projectCount"]) == (1, 1, 1)
    before = await OfficialDocument.all().count()

    batch = await started(lawyer, *rows)
    assert batch.title == "4 documentos del 02/03/2026"
    assert await run_due() == 1

    assert await OfficialDocument.all().count() == before + 1, "a project takes no number"
    made = await AuditEntry.get(verb=Verb.PREPARE_AGREEMENT)
    assert (made.actor_id, made.request_id) == ((await User.get(role=Role.SYSTEM)).id, f"batch-{batch.id}")
    shown = (await told(lawyer, ONE, id=id_of(batch)))["batch"]
    assert (shown["state"], shown["doneCount"], shown["refusedCount"]) == ("DONE", 3, 1)
    by_number = {one["instrument"]["number"]: one for one in shown["items"]["nodes"]}
    assert by_number[has.number]["document"]["number"] == f"CONVENIO-AJ-90{has.id}-2026"
    assert by_number[owed.number]["document"]["number"] == "CONVENIO-AJ-1-2026"
    assert by_number[open_one.number]["document"] is None
    blank = by_number[open_one.number]["said"]
    assert "dictamen favorable" in blank
    assert "quién firma por LA SOSEP, que se anota en Autoridades" in blank
    assert "LA MUNICIPALIDAD, que se anota en Autoridades" not in blank

    package, lines = await packed(lawyer, batch)
    names = package.namelist()
    assert names[:-1] == sorted(names[:-1])
    assert names[-1] == LISTING
    assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert [bool(line["Archivo"]) for line in lines] == [False, True, True, True]
    told_of = {line["Número"]: line for line in lines}
    project = told_of[f"PROYECTO-{open_one.number}"]
    text = visible_text(package.read(project["Archivo"]))
    assert NOTICE in text
    assert "Berta Xol" in text
    assert told_of[over.number]["Observaciones"].startswith("Ya está firmado")
    assert (project["Municipalidad o institución"], project["Estado"]) == (
        "Municipalidad de San Juan Chamelco", "Proyecto sin número",
    )  # fmt: skip
    for line in lines:
        assert (len(line["SHA-256"]) == 64) == bool(line["Archivo"])
    closing = await Notice.get(subject__startswith="Terminó el lote")
    assert "3 hechos, 1 no procedían" in closing.body


async def test_one_bad_record_stops_no_other_and_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    lawyer = await builders.person(Role.LEGAL)
    rows = [await pending() for _ in range(4)]
    whole = paper_batches.project_of_agreement
    broken: dict[int, Exception] = {
        rows[0].id: Refusal(Problem(ErrorCode.PAPER_REFUSED, "Falta el nombre del centro.")),
        rows[1].id: TemplateRefused("La plantilla nombra un campo que no existe: «x»."),
        rows[2].id: RuntimeError("the secret of a person"),
    }

    async def flawed(convention_id: int) -> Any:
        if convention_id in broken:
            raise broken[convention_id]
        return await whole(convention_id)

    monkeypatch.setattr(paper_batches, "project_of_agreement", flawed)
    batch = await started(lawyer, *rows)
    at = datetime(2026, 3, 2, 15, tzinfo=UTC)
    await Batch.all().update(due_at=at)
    while (await Batch.get()).state != BatchState.DONE:
        with time_machine.travel(at, tick=False):
            await run_due()
        at += timedelta(minutes=15)
    items = await BatchItem.filter(batch_id=batch.id).order_by("position")
    assert [item.state for item in items] == [
        BatchItemState.REFUSED, BatchItemState.REFUSED, BatchItemState.FAILED, BatchItemState.DONE,
    ]  # fmt: skip
    assert items[0].said == "Falta el nombre del centro."
    assert "«x»" in items[1].said
    assert "Plantillas" in items[1].said
    assert "incidente" in items[2].said
    assert "secret" not in items[2].said
    _, lines = await packed(lawyer, batch)
    assert [bool(line["SHA-256"]) for line in lines] == [False, False, False, True]
    assert lines[0]["Observaciones"] == "Falta el nombre del centro."
    first, kept = await Batch.get(), items[3].file_id

    broken.clear()
    again = await done(lawyer, RETRY, batchId=id_of(batch))
    assert (again["batch"]["state"], again["batch"]["pendingCount"]) == ("QUEUED", 3)
    assert (await last_entry()).verb == Verb.RETRY_BATCH
    with time_machine.travel(instant() + timedelta(seconds=1)):
        assert await run_due() == 1
    second = await Batch.get()
    assert second.state == BatchState.DONE
    assert second.file_id != first.file_id
    assert not (await StoredFile.get(id=first.file_id)).used, "the first zip is forgotten in a day"
    assert (await BatchItem.get(batch_id=batch.id, position=4)).file_id == kept, "what was done is not done again"
    package, lines = await packed(lawyer, batch)
    assert all(line["SHA-256"] for line in lines)
    assert len(package.namelist()) == 5
    assert await Notice.filter(subject__startswith="Terminó el lote").count() == 2
    assert "no hay nada que reintentar" in (await refusal(lawyer, RETRY, batchId=id_of(batch))).message


class Plug(BaseException):
    """The process is gone: nothing catches it, nothing more runs."""


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("when", "before"), [("mark_prepared", True), ("mark_prepared", False), ("pack_batch", False), ("end_round", True)]
)
async def test_a_kill_at_any_moment_loses_nothing_and_doubles_nothing(
    monkeypatch: pytest.MonkeyPatch, when: str, before: bool
) -> None:
    director = await builders.person(Role.DIRECTOR)
    batch = await started(director, await pending(ReviewStage.DICTAMEN_ISSUED), await pending(), await pending())
    whole, calls = getattr(work, when), 0

    async def pulled(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        hit = calls == (2 if when == "mark_prepared" else 1)
        if hit and before:
            raise Plug
        answer = await whole(*args)
        if hit:
            raise Plug
        return answer

    monkeypatch.setattr(work, when, pulled)
    with pytest.raises(Plug):
        await run_due()
    with time_machine.travel(instant() + LEASE + timedelta(seconds=1)):
        assert await run_due() == 1
    items = await BatchItem.filter(batch_id=batch.id)
    assert [item.state for item in items] == [BatchItemState.DONE] * 3
    assert await OfficialDocument.filter(number__startswith="CONVENIO").count() == 1
    files = await StoredFile.filter(filename__startswith="PROYECTO")
    assert len(files) == 2, "one file for each project"
    assert await Notice.filter(subject__startswith="Terminó el lote").count() == 1
    zips = await StoredFile.filter(filename__endswith=".zip", used=True)
    assert [one.id for one in zips] == [(await Batch.get()).file_id]
    assert len({one.sha256 for one in await StoredFile.filter(filename__endswith=".zip")}) == 1


@pytest.mark.both_databases
async def test_a_lost_file_is_said_and_a_slow_engine_packs_nothing() -> None:
    lawyer = await builders.person(Role.LEGAL)
    batch = await started(lawyer, await issued(lawyer, b"one"), await issued(lawyer, b"two"))
    (claim,) = await due_batches(5)
    for item in await BatchItem.filter(batch_id=batch.id):
        await work._prepare(item, lawyer)
    await Batch.all().update(due_at=instant())
    (second,) = await due_batches(5)
    assert not await paper_batches.pack_batch(claim), "another engine holds it by now"
    assert (await Batch.get()).file_id is None
    storage().delete((await StoredFile.filter(filename="convenio.docx").order_by("id"))[1].sha256)
    assert await paper_batches.pack_batch(second)
    package, lines = await packed(lawyer, batch)
    assert len(package.namelist()) == 2
    assert [bool(line["Archivo"]) for line in lines] == [True, False]
    assert "no está íntegro" in lines[1]["Observaciones"]


async def test_each_starter_gets_only_what_is_in_reach() -> None:
    director = await builders.person(Role.DIRECTOR)
    mine, other = await pending(), await pending(program=ProgramCode.HC)
    said = await refused(director, START, conventionIds=[id_of(mine), id_of(other)])
    assert [(one.code, one.path) for one in said] == [("NOT_FOUND", "conventionIds.1")]
    assert (await refusal(director, START)).path == "conventionIds"
    for bad in bad_ids("Convention"):
        assert (await refusal(director, START, conventionIds=[bad])).path == "conventionIds"
    assert (await told(director, PLAN, ids=[id_of(other)]))["papersPlan"]["items"] == []
    batch = await started(director, mine)
    # The program changes hands before the engine comes to it.
    await Convention.filter(id=mine.id).update(program=ProgramCode.HC)
    await run_due()
    item = await BatchItem.get(batch_id=batch.id)
    assert (item.state, item.file_id) == (BatchItemState.REFUSED, None)
    assert item.said == "No se encontró el convenio a su alcance."
    for role in (Role.MUNICIPAL, Role.COORDINATOR, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN):
        await forbidden(await builders.person(role), START, conventionIds=[id_of(mine)])


async def test_who_lost_the_account_meanwhile_prepares_nothing() -> None:
    director = await builders.person(Role.DIRECTOR)
    batch = await started(director, await pending(ReviewStage.DICTAMEN_ISSUED))
    await User.filter(id=director.id).update(active=False)
    await run_due()
    assert "ya no está activa" in (await BatchItem.get(batch_id=batch.id)).said
    assert not await OfficialDocument.filter(number__startswith="CONVENIO").exists()


async def test_files_of_a_batch_are_for_who_sees_it() -> None:
    director, colleague = await builders.person(Role.DIRECTOR), await builders.person(Role.DIRECTOR)
    batch = await started(director, await pending())
    await run_due()
    files = [(await Batch.get(id=batch.id)).file_id, (await BatchItem.get(batch_id=batch.id)).file_id]
    readers = [director, *[await builders.person(role) for role in (Role.LEGAL, Role.AUDITOR, Role.ADMIN)]]
    strangers = [colleague, *[await builders.person(r, at=CHAMELCO) for r in (Role.MUNICIPAL, Role.SIGNATORY)]]
    for file in files:
        for person in readers:
            assert (await request(person, "GET", f"/files/{file}")).status_code == 200, person.role
        for person in strangers:
            assert (await request(person, "GET", f"/files/{file}")).status_code == 404, person.role
    for person in (colleague, await builders.person(Role.ADMIN)):
        said = await refusal(person, RETRY, batchId=id_of(batch) if person is colleague else id_text("Batch"))
        assert (said.code, said.message) == ("NOT_FOUND", "No se encontró el lote.")
    await forbidden(strangers[1], RETRY, batchId=id_of(batch))


async def test_the_same_click_starts_one_batch_and_a_running_one_is_not_retried() -> None:
    lawyer = await builders.person(Role.LEGAL)
    one = await pending(at=MIXCO, requested_on=date(2025, 5, 1))
    await once(lawyer, START, conventionIds=[id_of(one)], title="De 2025")
    assert await Batch.all().count() == 1
    assert "Solo un lote terminado" in (await refusal(lawyer, RETRY, batchId=id_of(await Batch.get()))).message
    asked = "query ($y: Int) { conventions(filter: {requestedYear: $y}) { nodes { number } } }"
    assert (await told(lawyer, asked, y=2025))["conventions"]["nodes"] == [{"number": one.number}]
    for year in (2026, 0, -1, 10**9):
        assert (await told(lawyer, asked, y=year))["conventions"]["nodes"] == []


async def test_from_the_list_to_the_zip(app_client: httpx.AsyncClient) -> None:
    director = await builders.person(Role.DIRECTOR)
    first, second = await pending(requested_on=date(2026, 1, 5)), await pending(requested_on=date(2025, 12, 5))
    await pending(program=ProgramCode.HC)
    over = await builders.convention(stage=AgreementStage.SIGNED, requested_on=date(2026, 1, 5))
    await enter(app_client, director)
    page = await app_client.get("/lotes/documentos")
    assert page.text.count('type="checkbox"') == 2
    assert "checked" not in page.text
    narrowed = await app_client.get("/lotes/documentos?program=&year=2026&stage=&todos=1")
    assert narrowed.text.count(" checked>") == 1
    assert first.number in narrowed.text
    assert second.number not in narrowed.text
    assert (await app_client.get("/lotes/documentos?year=ayer")).status_code == 422
    assert "No eligió nada" in (await app_client.get("/lotes/documentos/iniciar")).text
    chosen = "&".join(f"conventionIds={id_of(one)}" for one in (first, second, over))
    plan = await app_client.get(f"/lotes/documentos/iniciar?{chosen}")
    assert "Proyectos sin número: 2. 1 no procede y no se incluye." in " ".join(plan.text.split())
    assert plan.text.count('name="conventionIds"') == 2
    assert not await Batch.all().exists()

    sent = await send(app_client, plan, form(plan, "StartPapers"), title="De un mes")
    batch = await Batch.get()
    address = f"/lotes/{id_of(batch)}"
    assert (sent.status_code, sent.headers["location"]) == (303, f"{address}?hecho=StartPapers")
    # A browser sends both hidden fields of the same name; this one sends the last.
    waiting = await app_client.get(sent.headers["location"])
    assert "(0 %)" in waiting.text
    assert f'<meta http-equiv="refresh" content="5;url={address}">' in waiting.text
    await run_due()
    done_page = await app_client.get(address)
    assert "(100 %)" in done_page.text
    assert "Descargar el zip" in done_page.text
    assert "PROYECTO-" in done_page.text
    assert "Reintentar" not in done_page.text
    await BatchItem.all().update(state=BatchItemState.FAILED, said="Falla")
    failed = await app_client.get(address)
    assert "Reintentar lo que no se logró (1)" in failed.text
    again = await send(app_client, failed, form(failed, "RetryBatch"))
    assert again.headers["location"] == f"{address}?hecho=RetryBatch"
    await enter(app_client, await builders.person(Role.COORDINATOR))
    assert (await app_client.get("/lotes/documentos")).status_code == 403
