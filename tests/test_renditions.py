"""PDFs that the engine owes: claimed once, made many at a start, kept with their hash, and told of when they fail."""

import asyncio
import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from actions.files import storage
from actions.outbox import BACK_OFF
from actions.renditions import (
    AT_ONCE,
    CONVERTING,
    MOST_TRIES,
    due_renditions,
    give_back,
    mark_failed,
    mark_made,
    office,
    owe_the_rest,
    renditions_due,
    try_failed_again,
)
from documents.engine import make_paper
from models.audit import AuditEntry
from models.clock import instant
from models.engine import FlowState, StepFailure
from models.flows import FlowName
from models.outbox import Notice
from models.papers import DocumentKind, OfficialDocument, StoredFile
from models.people import Role
from models.renditions import Rendition, RenditionState
from reads.renditions import pdf_notes, sheets_differ
from settings import settings
from tests import builders
from tests.papers import oficio
from tests.test_pdf import fake
from workflows import renditions
from workflows.incidents import StepFailed
from workflows.renditions import make_due

PENDING, DONE, FAILED = RenditionState.PENDING, RenditionState.DONE, RenditionState.FAILED
MADE = b"%PDF-1.7 hecho\n%%EOF\n"


async def owed(content: bytes = b"", **more: Any) -> OfficialDocument:
    """Return a paper with its Word file in the store, whose PDF is owed."""
    word = content or make_paper("OFICIO", oficio()).docx
    by = await builders.person(Role.LEGAL)
    file = await builders.stored_file(by, word, filename="OFICIO-AJ-1-2026.docx", used=True)
    storage().put(word)
    paper = await builders.paper(issued_by=by, file=file, **more)
    await Rendition.create(document=paper, due_at=instant())
    return paper


async def of(paper: OfficialDocument) -> Rendition:
    return await Rendition.get(document_id=paper.id)


@pytest.mark.usefixtures("db", "soffice")
async def test_a_round_makes_what_is_due_and_one_bad_document_holds_no_other() -> None:
    first, bad, last = await owed(), await owed(b"no es Word"), await owed()
    assert await make_due() == 2
    for paper in (first, last):
        made = await of(paper)
        assert (made.state, made.sheets, made.tries) == (DONE, 1, 1)
        file = await StoredFile.get(id=made.file_id)
        content = storage().read(file.sha256)
        assert content.startswith(b"%PDF-")
        assert (file.media_type, file.filename, file.size) == ("application/pdf", "OFICIO-AJ-1-2026.pdf", len(content))
        assert file.used
    wrong = await of(bad)
    assert (wrong.state, wrong.tries) == (PENDING, 1)
    failure = await StepFailure.get()
    assert (failure.flow, failure.step) == (FlowName.RENDITIONS, bad.number)
    assert failure.incident in wrong.said
    # Nothing else is due, and what is made is made once.
    assert not await renditions_due()
    assert await make_due() == 0
    # Nor does any folder stay but the profile.
    assert [one.name[:8] for one in (settings().home / "office" / "renditions").iterdir()] == ["profile-"]
    office().close()


@pytest.mark.both_databases
@pytest.mark.usefixtures("db")
async def test_a_claim_is_one_engines_and_ends_by_itself_when_that_is_killed() -> None:
    papers = [await owed() for _ in range(AT_ONCE + 1)]
    mine, theirs = await due_renditions(), await due_renditions()
    assert [one.document_id for one in mine] == [one.id for one in papers[:AT_ONCE]]
    assert [one.document_id for one in theirs] == [papers[-1].id]
    assert await due_renditions() == []
    with time_machine.travel(instant() + CONVERTING + timedelta(seconds=1), tick=False):
        # The first engine was killed: what it had claimed comes back, one by one.
        [again] = await due_renditions()
        assert (again.document_id, again.tries) == (papers[0].id, 2)
        # It was only slow: what it brings now is not kept twice.
        assert await mark_made(again, MADE, 1)
        assert not await mark_made(mine[0], b"%PDF-1.7 tarde\n%%EOF\n", 9)
        assert not await mark_failed(mine[0], "tarde")
    kept = await of(papers[0])
    assert (kept.state, kept.sheets, kept.said) == (DONE, 1, "")
    assert (await StoredFile.get(id=kept.file_id)).sha256 == hashlib.sha256(MADE).hexdigest()
    assert await StoredFile.filter(media_type="application/pdf", filename__endswith="2026.pdf").count() == 1
    # An engine that stops gives back what it did not try.
    await give_back(theirs)
    assert (await of(papers[-1])).tries == 0


@pytest.mark.both_databases
@pytest.mark.usefixtures("db")
async def test_what_keeps_failing_is_given_up_and_tried_again_by_the_next_engine() -> None:
    paper = await owed()
    at = instant()
    for number in range(1, MOST_TRIES + 1):
        with time_machine.travel(at, tick=False):
            [claim] = await due_renditions()
            assert claim.tries == number
            given_up = await mark_failed(claim, "LibreOffice no pudo leer el documento. Incidente abcd.")
            assert given_up is (number == MOST_TRIES)
            assert await due_renditions() == []
            at += BACK_OFF[min(number, len(BACK_OFF)) - 1]
    lost = await of(paper)
    assert (lost.state, lost.file_id) == (FAILED, None)
    assert await pdf_notes([paper.id], await paper.issued_by) == {
        paper.id: "No se pudo elaborar el PDF: LibreOffice no pudo leer el documento. Incidente abcd. "
        "Descargue el archivo de Word; quien administra ya lo sabe."
    }
    assert await try_failed_again() == 1
    [claim] = await due_renditions()
    assert claim.tries == MOST_TRIES
    assert await mark_failed(claim, "otra vez")
    assert (await of(paper)).state == FAILED


@pytest.mark.usefixtures("db")
async def test_administrators_hear_of_a_document_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await builders.person(Role.ADMIN)
    paper = await owed()
    storage().delete((await StoredFile.get(id=paper.file_id)).sha256)
    monkeypatch.setenv("CONVENIOS_SOFFICE", fake(tmp_path, "exit 0"))
    settings.cache_clear()
    at = instant()
    for number in range(MOST_TRIES):
        with time_machine.travel(at + timedelta(hours=number), tick=False):
            assert await make_due() == 0
    [told] = await Notice.all()
    assert told.subject.startswith(f"No se pudo elaborar el PDF de {paper.number}, incidente ")
    assert "El motor lo intenta unas veces más" in told.body
    assert await AuditEntry.filter(verb="REPORT_FAILURE").count() == 1
    assert "no está íntegro" in (await of(paper)).said


@pytest.mark.usefixtures("db")
async def test_no_document_is_blamed_for_a_libreoffice_that_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = [await owed(), await owed()]
    monkeypatch.setenv("CONVENIOS_SOFFICE", fake(tmp_path, "kill -9 $$"))
    settings.cache_clear()
    with pytest.raises(StepFailed):
        await renditions.renditions.fn()
    assert [(await of(one)).tries for one in papers] == [0, 0]
    assert (await StepFailure.get()).step == "renditions"


@pytest.mark.usefixtures("db")
async def test_no_document_is_blamed_for_a_store_that_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = [await owed(), await owed()]
    monkeypatch.setenv("CONVENIOS_SOFFICE", fake(tmp_path, "exit 0"))
    monkeypatch.setenv("CONVENIOS_STORAGE_URL", "ftp://nadie/x")
    settings.cache_clear()
    with pytest.raises(StepFailed):
        await renditions.renditions.fn()
    assert [(await of(one)).tries for one in papers] == [0, 0]


@pytest.mark.usefixtures("db")
async def test_papers_stay_claimed_for_as_long_as_libreoffice_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = await owed()
    monkeypatch.setenv("CONVENIOS_SOFFICE", fake(tmp_path, f"touch {tmp_path}/begun; sleep 300"))
    settings.cache_clear()
    monkeypatch.setattr(renditions, "HOLD_SECONDS", 0.01)
    working = asyncio.create_task(make_due())
    while not (tmp_path / "begun").exists():  # noqa: ASYNC110 - another program makes it
        await asyncio.sleep(0.01)
    first = (await of(paper)).due_at
    while (await of(paper)).due_at == first:  # noqa: ASYNC110 - another task changes it
        await asyncio.sleep(0.01)
    # An engine that stops ends the program, and gives back what it did not make.
    renditions._stopping.set()
    office().stop()
    assert await working == 0
    renditions._stopping.clear()
    assert (await of(paper)).tries == 0


@pytest.mark.usefixtures("db")
async def test_without_libreoffice_papers_wait_and_pages_say_why() -> None:
    paper = await owed()
    await renditions._announce(office().missing())
    state = await FlowState.get(name="RENDITIONS")
    assert state.said == "Sin PDF: LibreOffice está desactivado en esta instalación (CONVENIOS_SOFFICE=none)."
    assert (await of(paper)).tries == 0


@pytest.mark.both_databases
@pytest.mark.usefixtures("db")
async def test_papers_older_than_pdfs_get_theirs_and_those_without_a_file_none() -> None:
    by = await builders.person(Role.LEGAL)
    file = await builders.stored_file(by)
    older = [await builders.paper(issued_by=by, file=file) for _ in range(3)]
    await builders.paper(issued_by=by)
    known = await owed()
    assert await owe_the_rest() == 3
    assert await owe_the_rest() == 0
    assert set(await Rendition.all().values_list("document_id", flat=True)) == {known.id, *(one.id for one in older)}


@pytest.mark.usefixtures("db")
async def test_the_lawyer_hears_that_a_paper_speaks_of_other_sheets() -> None:
    wrong = await owed(kind=DocumentKind.CONVENIO, data={"sheets_count": 8})
    right = await owed(kind=DocumentKind.CONVENIO, data={"sheets_count": 9})
    blank = await owed(kind=DocumentKind.CONVENIO, data={"sheets_count": None})
    for claim in await due_renditions():
        assert await mark_made(claim, MADE, 9)
    [told] = await Notice.all()
    lawyer = await wrong.issued_by
    assert (told.recipient, told.subject) == (lawyer.email, f"Revise las hojas del documento {wrong.number}")
    assert "está contenido en 8 hojas; su PDF tiene 9 hojas" in told.body
    assert {(await of(one)).sheets for one in (wrong, right, blank)} == {9}


@pytest.mark.parametrize(
    ("data", "sheets", "differs"),
    [
        ({}, 3, False),
        ({"sheets_count": None}, 3, False),
        ({"sheets_count": 3}, 3, False),
        ({"sheets_count": 3}, None, False),
        ({"sheets_count": 3}, 6, True),
        # A book is written on both sides of its sheets, or on one.
        ({"folio_from": 10, "folio_to": 12}, 3, False),
        ({"folio_from": 10, "folio_to": 12}, 6, False),
        ({"folio_from": 10, "folio_to": 12}, 5, False),
        ({"folio_from": 10, "folio_to": 12}, 2, True),
        ({"folio_from": 10, "folio_to": 12}, 7, True),
    ],
)
def test_sheets_are_compared_with_what_the_paper_says(data: dict[str, Any], sheets: int | None, differs: bool) -> None:
    assert bool(sheets_differ(data, sheets)) is differs
