"""An installation whose files lie in a bucket: the same deeds, and what people are told while it is away."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from actions.files import storage_at
from cli import app as command
from documents.engine import visible_text
from documents.folder import Folder
from documents.storage import Unavailable
from models.papers import StoredFile
from models.people import Role
from settings import Settings, settings
from tests import builders
from tests.buckets import BUCKET, KEY, SECRET, S3Server
from tests.conftest import FreshDatabase
from tests.door import PDF, everything, refusal, request, sent_up, token_of, told
from tests.test_issue_document import ISSUE, OFICIO

FILES = """{ officialDocuments { nodes { number file { url sha256 } } } }"""


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with S3Server() as server:
        yield server


@pytest.fixture
def place(server: S3Server, monkeypatch: pytest.MonkeyPatch, clock: object, closed_db: FreshDatabase) -> str:
    """Keep the files of this test's installation below a prefix of their own."""
    prefix = uuid4().hex
    for name, value in server.settings(prefix).items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    return prefix


async def test_a_paper_is_issued_kept_in_the_bucket_and_downloaded(server: S3Server, place: str, db: object) -> None:
    lawyer = await builders.person(Role.LEGAL, name="Ana Lucía Ordóñez")
    answer = await told(lawyer, ISSUE, input={"kind": "OFICIO", "fields": OFICIO})
    assert answer["issueDocument"]["errors"] == []
    [paper] = (await told(lawyer, FILES))["officialDocuments"]["nodes"]
    there = server.folder / BUCKET / place / paper["file"]["sha256"][:2] / paper["file"]["sha256"][2:]
    given = await request(lawyer, "GET", paper["file"]["url"])
    assert given.content == there.read_bytes()
    assert paper["number"] in visible_text(given.content)
    assert not (settings().home / "files").exists()


async def test_while_the_bucket_is_away_nothing_is_half_done(
    server: S3Server, place: str, db: object, capfd: pytest.CaptureFixture[str]
) -> None:
    lawyer = await builders.person(Role.LEGAL)
    first = await sent_up(lawyer)
    await token_of(lawyer)
    before = await everything()
    server.kill()
    try:
        said = await refusal(lawyer, ISSUE, kind="OFICIO", fields=OFICIO)
        assert (said.code, said.message.split(",")[0]) == ("UNAVAILABLE", "El almacén de archivos no responde")
        up = await request(lawyer, "POST", "/files", files={"file": ("acta.pdf", PDF + b"otra")})
        kept = await StoredFile.get(sha256=first["sha256"])
        down = await request(lawyer, "GET", f"/files/{kept.id}")
        for answer in (up, down):
            assert answer.status_code == 503
            assert answer.json()["errors"][0]["extensions"] == {"code": "UNAVAILABLE"}
        ready = await request(None, "GET", "/ready")
        assert ready.json()["archive"] == "no responde"
        assert await everything() == before
    finally:
        server.start()
    assert (await request(lawyer, "GET", f"/files/{kept.id}")).content == PDF
    assert (await request(None, "GET", "/ready")).json()["archive"] == "en marcha"
    assert SECRET not in "".join(capfd.readouterr())


async def test_who_may_not_upload_leaves_nothing_in_the_bucket(server: S3Server, place: str, db: object) -> None:
    answer = await request(await builders.person(Role.AUDITOR), "POST", "/files", files={"file": ("acta.pdf", PDF)})
    assert answer.status_code == 403
    assert list(server.bucket(place).contents()) == []


def test_the_command_says_what_is_wrong_with_the_bucket(
    server: S3Server, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = CliRunner().invoke(command, ["check"])
    assert f"bien   Archivo: se lee y se escribe en s3://{BUCKET}/{place}" in good.output
    for name, value, said in (
        ("CONVENIOS_STORAGE_URL", "s3://nadie/x", "no existe el depósito «nadie»"),
        ("CONVENIOS_STORAGE_SECRET", "otro", "rechaza la llave"),
        ("CONVENIOS_STORAGE_URL", "/srv/x", "no es una dirección de archivo"),
    ):
        with monkeypatch.context() as wrong:
            wrong.setenv(name, value)
            settings.cache_clear()
            for words in (["check"], ["serve"]):
                refused = CliRunner().invoke(command, words)
                assert refused.exit_code == 1
                assert said in refused.output
                assert SECRET not in refused.output
    settings.cache_clear()


def test_the_address_says_which_store(server: S3Server, tmp_path: Path) -> None:
    chosen = Settings(home=tmp_path, storage_endpoint=server.endpoint, storage_key=KEY, storage_secret=SECRET)
    ours = storage_at("", chosen)
    assert isinstance(ours, Folder)
    assert ours.root == tmp_path / "files"
    assert storage_at(f"file://{tmp_path}/otra", chosen).place == f"{tmp_path}/otra"
    there = storage_at(f"s3://{BUCKET}/a/b/", chosen)
    assert there.place == f"{BUCKET}/a/b"
    there.try_out()
    assert SECRET not in repr(chosen)
    for wrong in ("s3://", "s3:///", "/srv/files", "ftp://x/y", "papeles"):
        with pytest.raises(Unavailable, match="CONVENIOS_STORAGE_URL"):
            storage_at(wrong, chosen)
