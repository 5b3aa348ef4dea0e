"""«En N hojas»: a paper says how many sheets it takes when that can be counted, and leaves a blank when it cannot."""

import re
from pathlib import Path

import pytest

from actions import sheets_count
from actions.amendments import AmendmentInput, ClauseInput, amend_convention
from actions.documents import issue_document
from actions.preparation import prepare_agreement
from actions.refusals import Refusal
from actions.trial_papers import project_by_trial
from documents.engine import make_paper, visible_text
from models.audit import AuditEntry
from models.clock import today
from models.papers import DocumentKind, OfficialDocument, Series, StoredFile
from models.people import Role
from models.renditions import Rendition
from reads.renditions import sheets_differ
from settings import settings
from tests import builders, stages
from tests.conftest import FreshDatabase
from tests.door import bytes_of
from tests.papers import EVERY_KIND
from tests.test_issue_document import FIELDS
from tests.test_pdf import fake
from tests.test_prepare_agreement import concluded
from workflows.renditions import make_due

CLOSING = re.compile(r"(?:contenid[oa] en|contenida en) ([^.]*?) (?:de papel tamaño oficio|del libro)")


def closing(text: str) -> str:
    """Return what a paper says of its sheets."""
    [found] = CLOSING.findall(text)
    return str(found)


async def printed(paper: OfficialDocument) -> str:
    return visible_text(bytes_of((await StoredFile.get(id=paper.file_id)).sha256))


@pytest.fixture(autouse=True)
def rested(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test rest for what another one waited in vain."""
    monkeypatch.setattr(sheets_count, "_rests_until", 0.0)


def standing_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setenv("CONVENIOS_SOFFICE", fake(tmp_path, script))
    settings.cache_clear()


@pytest.mark.parametrize(("kind", "variant"), [key for key in EVERY_KIND if key[0] not in ("ACTA_NEGOCIACION",)])
def test_agreements_close_with_their_sheets_in_feminine_or_with_a_blank(kind: str, variant: str) -> None:
    def of(count: int | None) -> list[str]:
        fields = EVERY_KIND[kind, variant]().model_copy(update={"sheets_count": count})
        return CLOSING.findall(make_paper(kind, fields, variant).text)

    signed = {"CONVENIO", "ADENDA", "CONTRATO_ARRENDAMIENTO", "CARTA_ENTENDIMIENTO", "MEMORANDUM_ENTENDIMIENTO"}
    if kind not in signed:
        assert of(3) == []
        return
    assert of(1) == ["una (1) hoja"]
    assert of(21) == ["veintiuna (21) hojas"]
    assert of(None) == ["________ (______) hojas"]


@pytest.mark.usefixtures("db", "clock", "soffice")
async def test_the_agreement_says_the_sheets_that_its_pdf_has() -> None:
    await builders.person(Role.SIGNATORY)
    review = await concluded()
    await prepare_agreement(actor=await stages.engine(), review_id=review.id)

    paper = await OfficialDocument.get(kind=DocumentKind.CONVENIO)
    # The rehearsal left nothing: one number, one entry, one paper.
    assert (await Series.get(kind="CONVENIO")).value == paper.serial == 1
    assert await AuditEntry.filter(verb="PREPARE_AGREEMENT").count() == 1
    assert await make_due() >= 1
    made = await Rendition.get(document_id=paper.id)
    assert made.sheets
    assert paper.data["sheets_count"] == made.sheets
    assert f"({made.sheets}) hojas" in closing(await printed(paper))
    assert sheets_differ(paper.data, made.sheets) == ""


@pytest.mark.both_databases
@pytest.mark.usefixtures("clock")
async def test_an_adenda_is_counted_between_two_passes_and_what_is_refused_is_refused_once(
    db: FreshDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pdfs: dict[tuple[str, str], bytes]
) -> None:
    (tmp_path / "two.pdf").write_bytes(pdfs["ADENDA", ""])
    copy = f'for last; do :; done; cd "$(dirname "$last")"; mkdir made; cp {tmp_path}/two.pdf made/0000.pdf'
    standing_in(tmp_path, monkeypatch, f"echo x >> {tmp_path}/starts; {copy}")
    lawyer, of = await builders.person(Role.LEGAL), await builders.convention()
    wrong = AmendmentInput("x", today())
    with pytest.raises(Refusal):
        await amend_convention(actor=lawyer, convention_id=of.id, amendment=wrong)
    assert not (tmp_path / "starts").exists()
    assert of.ends_on
    clause = AmendmentInput("Horario", today(), [ClauseInput("OCTAVA", "De ocho a doce.", "De ocho a quince.")])
    longer = AmendmentInput("Prórroga", today(), new_ends_on=of.ends_on.replace(year=of.ends_on.year + 1))

    await amend_convention(actor=lawyer, convention_id=of.id, amendment=longer)

    assert (tmp_path / "starts").read_text() == "x\n"
    # A project counts nothing: it may still change.
    project = await project_by_trial(amend_convention(actor=lawyer, convention_id=of.id, amendment=clause))
    assert closing(visible_text(project.docx)) == "________ (______) hojas"
    assert (tmp_path / "starts").read_text() == "x\n"
    paper = await OfficialDocument.get(kind=DocumentKind.ADENDA)
    assert paper.data["sheets_count"] == 2
    assert closing(await printed(paper)) == "dos (2) hojas"
    assert (paper.serial, await StoredFile.filter(filename__startswith="ADENDA").count()) == (1, 1)
    assert await AuditEntry.filter(verb="AMEND_CONVENTION").count() == 1


@pytest.mark.usefixtures("db", "clock")
async def test_a_paper_that_says_no_sheets_is_not_counted_and_remembers_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing_in(tmp_path, monkeypatch, f"echo x >> {tmp_path}/starts")

    issued = await issue_document(
        actor=await builders.person(Role.LEGAL), kind=DocumentKind.OFICIO, fields=FIELDS["OFICIO"]
    )

    assert not (tmp_path / "starts").exists()
    assert issued.data["sheets_count"] is None
    assert sheets_differ(issued.data, 1) == ""


@pytest.mark.usefixtures("db", "clock")
async def test_a_slow_or_missing_libreoffice_leaves_a_blank_and_nobody_waits_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing_in(tmp_path, monkeypatch, f"echo x >> {tmp_path}/starts; sleep 300")
    monkeypatch.setattr(sheets_count, "PATIENCE", 0.5)
    await builders.person(Role.SIGNATORY)
    engine = await stages.engine()
    for _ in range(2):
        await prepare_agreement(actor=engine, review_id=(await concluded()).id)
    monkeypatch.setenv("CONVENIOS_SOFFICE", "none")
    settings.cache_clear()
    await prepare_agreement(actor=engine, review_id=(await concluded()).id)
    # The second one did not even ask: the first had waited in vain.
    assert (tmp_path / "starts").read_text() == "x\n"
    papers = await OfficialDocument.filter(kind=DocumentKind.CONVENIO).order_by("id")
    assert [paper.serial for paper in papers] == [1, 2, 3]
    for paper in papers:
        assert paper.data["sheets_count"] is None
        assert closing(await printed(paper)) == "________ (______) hojas"
