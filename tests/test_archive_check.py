"""The check of the archive: what is gone or damaged is named and told once; what nobody names is only counted."""

import os
import time
from pathlib import Path

import httpx
import pytest
from tortoise import Tortoise
from typer.testing import CliRunner

from actions.archive import check_archive, find_unnamed, forget_unnamed
from actions.files import forget_files, storage, upload_file
from actions.paper_texts import keep_missing_words
from actions.people import system_user
from cli import app as command
from documents.folder import Folder
from documents.storage import Unavailable
from models.archive import ArchiveCheck
from models.audit import AuditEntry, Verb
from models.court import CourtPaper
from models.database import database
from models.outbox import Notice
from models.papers import OfficialDocument, StoredFile
from models.people import Role
from models.renditions import PaperText
from reads.archive import NAMINGS, hashes_after
from settings import settings
from tests import builders, court
from tests.browsing import enter
from tests.conftest import Clock, FreshDatabase, in_own_loop
from tests.door import PDF, told
from tests.test_issue_document import ISSUE, OFICIO
from workflows.archive import archive

ARCHIVE = """{ archive { said checks { endedAt contents missing damaged }
    faults { sha256 damaged records { what number reserved } } } }"""
OLD = time.time() - 40 * 86_400


def kept() -> Folder:
    """Return this test's own folder of files."""
    found = storage()
    assert isinstance(found, Folder)
    return found


async def file_of(content: bytes, *, put: bool = True) -> StoredFile:
    """Return a used file, its bytes in the store unless they are lost."""
    if put:
        kept().put(content)
    return await builders.stored_file(await builders.person(Role.LEGAL), content, used=True)


@pytest.mark.both_databases
async def test_what_is_gone_or_damaged_is_noted_told_once_and_mended(db: FreshDatabase, clock: Clock) -> None:
    admin, system = await builders.person(Role.ADMIN), await system_user()
    lost, spoilt, good = await file_of(b"lost", put=False), await file_of(b"spoilt"), await file_of(b"good")
    twin = await file_of(b"good")
    assert twin.sha256 == good.sha256
    kept().path(spoilt.sha256).write_bytes(b"spoilt!")
    seen: list[tuple[int, int]] = []
    first = (await check_archive(actor=system, progress=lambda _, done, total: seen.append((done, total)))).check
    first = await ArchiveCheck.get(id=first.id)
    assert (first.files, first.size, first.missing, first.damaged) == (3, 4, [lost.sha256], [spoilt.sha256])
    assert first.ended_at
    assert seen == [(3, 3)]
    [notice] = await Notice.all()
    assert notice.recipient == admin.email
    assert "2 archivos faltan o están dañados" in notice.subject
    assert "/administracion/archivo" in notice.body

    await check_archive(actor=system)
    assert await Notice.all().count() == 1, "told again of the same files"
    kept().path(good.sha256).unlink()
    third = (await check_archive(actor=system)).check
    assert set(third.missing) == {lost.sha256, good.sha256}
    told_of = await Notice.all().order_by("-id").first()
    assert told_of
    assert "1 archivo falta" in told_of.subject
    assert await AuditEntry.filter(verb=Verb.REPORT_FAILURE, subject_type="ArchiveCheck").count() == 2

    for content in (b"lost", b"spoilt", b"good"):
        kept().put(content)
    last = await check_archive(actor=system)
    assert (last.check.missing, last.check.damaged) == ([], [])
    assert last.words() == "Revisó 3 contenidos (0.0 MB): todos íntegros."
    assert await Notice.all().count() == 2


async def test_a_check_that_was_cut_off_changes_nothing_for_the_next(
    db: FreshDatabase, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await builders.person(Role.ADMIN)
    system = await system_user()
    await file_of(b"lost", put=False)
    monkeypatch.setattr("actions.archive.BATCH", 1)
    await file_of(b"good")

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await check_archive(actor=system, progress=dies)
    cut_off = await ArchiveCheck.get()
    assert (cut_off.files, cut_off.ended_at) == (1, None)
    assert await Notice.all().count() == 0
    await check_archive(actor=system)
    assert await Notice.all().count() == 1


@pytest.mark.both_databases
async def test_contents_are_walked_in_batches_each_once(db: FreshDatabase, clock: Clock) -> None:
    by = await builders.person(Role.LEGAL)
    files = [await builders.stored_file(by, b"%d" % (n % 7)) for n in range(20)]
    seen: list[str] = []
    while some := await hashes_after(seen[-1] if seen else "", 3):
        assert len(some) <= 3
        seen += some
    assert seen == sorted({file.sha256 for file in files})


async def test_a_store_that_is_away_is_no_fault_of_its_contents(
    db: FreshDatabase, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await file_of(b"good")
    monkeypatch.setenv("CONVENIOS_STORAGE_URL", "s3://nadie/x")
    monkeypatch.setenv("CONVENIOS_STORAGE_ENDPOINT", "http://127.0.0.1:9")
    settings.cache_clear()
    with pytest.raises(Unavailable):
        await check_archive(actor=await system_user())
    assert await ArchiveCheck.all().count() == 0


def test_every_record_that_may_name_a_file_is_known(db: FreshDatabase) -> None:
    models = Tortoise.apps["models"].values() if Tortoise.apps else []
    columns = {
        (model, f"{name}_id")
        for model in models
        for name, field in model._meta.fields_map.items()
        if getattr(field, "related_model", None) is StoredFile and name in model._meta.fk_fields
    }
    assert columns == {(naming.model, naming.column) for naming in NAMINGS}
    assert len(columns) > 15


async def test_records_are_named_and_those_of_court_files_only_to_who_may_read_them(
    db: FreshDatabase, clock: Clock, app_client: httpx.AsyncClient
) -> None:
    court_file = await builders.court_file()
    lost = [await file_of(b"lost %d" % n, put=False) for n in range(4)]
    plain = await builders.paper(file=lost[0])
    reserved = await builders.paper(court_file=court_file, file=lost[1])
    await court.paper(court_file, file=lost[2])
    assert await CourtPaper.all().count() == 1
    await check_archive(actor=await system_user())
    for role in Role:
        if role == Role.SYSTEM:
            continue
        person = await builders.person(role)
        found = (await told(person, ARCHIVE))["archive"]
        if role not in (Role.ADMIN, Role.AUDITOR):
            assert found is None, role
            continue
        assert [one["missing"] for one in found["checks"]] == [4]
        records = {fault["sha256"]: fault["records"] for fault in found["faults"]}
        assert records[lost[0].sha256] == [{"what": "Documento", "number": plain.number, "reserved": False}]
        assert records[lost[3].sha256] == []
        text = str(records)
        assert (reserved.number in text) is (court_file.code in text) is (role == Role.AUDITOR)
        assert records[lost[1].sha256][0]["reserved"]
        await enter(app_client, person)
        page = await app_client.get("/administracion/archivo")
        assert page.status_code == 200
        assert f"Documento {plain.number}" in page.text
        assert (reserved.number in page.text) is (role == Role.AUDITOR)
        assert ("Registro judicial (reservado)" in page.text) is (role == Role.ADMIN)
    await enter(app_client, await builders.person(Role.LEGAL_HEAD))
    assert (await app_client.get("/administracion/archivo")).status_code in (403, 404)


# Contents that nobody names ------------------------------------------------------------------------------------------


async def test_contents_without_a_record_are_counted_and_go_only_when_somebody_says_so(
    db: FreshDatabase, clock: Clock
) -> None:
    good = await file_of(b"good")
    stray, fresh = kept().put(b"stray"), kept().put(b"fresh")
    for sha256 in (stray, good.sha256):
        os.utime(kept().path(sha256), (OLD, OLD))
    found = await find_unnamed()
    assert (found.count, found.size) == (1, 5)
    assert found.oldest
    assert abs(found.oldest - OLD) < 2
    checked = await check_archive(actor=await system_user())
    assert "1 contenido sin registro (0.0 MB), desde el " in checked.words()
    assert await forget_unnamed(50 * 86_400) == 0
    assert await forget_unnamed(0) == 1
    assert set(kept().all_hashes()) == {good.sha256, fresh}


async def test_forgotten_uploads_take_their_bytes_unless_somebody_brings_them_again(
    db: FreshDatabase, clock: Clock
) -> None:
    mayor, system = await builders.person(Role.MUNICIPAL), await system_user()
    gone = await upload_file(actor=mayor, data=PDF + b"gone", filename="a.pdf")
    again = await upload_file(actor=mayor, data=PDF + b"again", filename="b.pdf")
    for file in (gone, again):
        os.utime(kept().path(file.sha256), (OLD, OLD))
    kept().put(PDF + b"again")  # an upload whose row is not there yet
    clock.move_to(clock.today.replace(day=9))
    assert await forget_files(actor=system) == 2
    assert await StoredFile.all().count() == 0
    assert list(kept().all_hashes()) == [again.sha256]


async def test_bytes_that_were_taken_between_upload_and_row_are_put_again(
    db: FreshDatabase, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, times = Folder.put, []

    def taken_at_once(self: Folder, data: bytes) -> str:
        sha256 = put(self, data)
        times.append(sha256)
        if len(times) == 1:
            self.delete(sha256)
        return sha256

    monkeypatch.setattr(Folder, "put", taken_at_once)
    file = await upload_file(actor=await builders.person(Role.MUNICIPAL), data=PDF, filename="a.pdf")
    assert kept().read(file.sha256) == PDF
    assert len(times) == 2


# Words of older papers -----------------------------------------------------------------------------------------------


@pytest.mark.both_databases
async def test_papers_older_than_the_search_get_their_words_once(db: FreshDatabase, clock: Clock) -> None:
    lawyer = await builders.person(Role.LEGAL, name="Ana Lucía Ordóñez")
    for _ in range(2):
        assert (await told(lawyer, ISSUE, input={"kind": "OFICIO", "fields": OFICIO}))["issueDocument"]["errors"] == []
    before = await PaperText.all().order_by("id").values("document_id", "text", "stems")
    await PaperText.all().delete()
    await builders.paper(file=await file_of(b"lost", put=False))
    await builders.paper(file=await file_of(b"no Word file"))
    await builders.paper()
    assert await keep_missing_words() == 2
    assert await PaperText.all().order_by("document_id").values("document_id", "text", "stems") == before
    assert await keep_missing_words() == 0
    found = '{ officialDocuments(text: "remite pedido") { totalCount } }'
    assert (await told(lawyer, found))["officialDocuments"]["totalCount"] == 2


# The engine and the command ------------------------------------------------------------------------------------------


async def test_the_nights_flow_says_what_it_did(db: FreshDatabase, clock: Clock) -> None:
    lawyer, admin = await builders.person(Role.LEGAL), await builders.person(Role.ADMIN)
    assert (await told(lawyer, ISSUE, input={"kind": "OFICIO", "fields": OFICIO}))["issueDocument"]["errors"] == []
    await PaperText.all().delete()
    await archive.fn()
    found = (await told(admin, ARCHIVE))["archive"]
    assert found["said"].startswith(f"Revisó {await StoredFile.all().count()} contenidos")
    assert "todos íntegros" in found["said"]
    assert found["said"].endswith("Indexó 1 documentos.")
    assert await PaperText.all().count() == await OfficialDocument.all().count() == 1


def test_the_command_checks_copies_and_forgets(closed_db: FreshDatabase, tmp_path: Path) -> None:
    async def prepare() -> tuple[StoredFile, str]:
        async with database():
            return await file_of(b"good"), kept().put(b"stray")

    good, stray = in_own_loop(prepare)
    os.utime(kept().path(stray), (OLD, OLD))

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(command, ["archive", *words])
        return done.exit_code, done.output

    def doctor() -> str:
        return CliRunner().invoke(command, ["check"]).output

    assert "falta  Contenidos: todavía no se han revisado" in doctor()
    code, said = run("check")
    assert (code, "todos íntegros. 1 contenido sin registro" in said) == (0, True)
    assert "1 de 1  contenidos" in said
    backup = Folder(tmp_path / "backup")
    backup.put(b"good")
    kept().path(good.sha256).write_bytes(b"bad")
    code, said = run("check")
    assert (code, f"dañado  {good.sha256}" in said) == (1, True)
    assert "faltan 0, dañados 1: convenios archive check" in doctor()
    code, said = run("copy", f"file://{tmp_path}/backup")
    assert (code, "Se copiaron 1 contenidos" in said) == (0, True)
    assert run("check")[0] == 0
    assert "bien   Contenidos" in doctor()
    backup.path(good.sha256).write_bytes(b"bad")
    assert run("copy", f"file://{tmp_path}/backup")[0] == 1
    assert run("copy", "ftp://x")[0] == 1
    assert kept().read(good.sha256) == b"good"
    assert "Se olvidaron 0" in run("forget-unnamed", "--days", "60", "--yes")[1]
    assert "Se olvidaron" not in CliRunner().invoke(command, ["archive", "forget-unnamed"], input="n\n").output
    assert "Se olvidaron 1" in run("forget-unnamed", "--yes")[1]
    assert list(kept().all_hashes()) == [good.sha256]
