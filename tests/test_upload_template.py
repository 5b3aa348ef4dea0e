"""Versions of the wording of papers: proposed from Word, approved by somebody else, used by the next paper."""

import asyncio
import io
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from actions.refusals import NotAllowedNow, Stale
from actions.template_versions import approve_template
from documents.engine import visible_text
from documents.templates import template
from models.audit import Verb
from models.outbox import Notice
from models.papers import DocumentKind, OfficialDocument, StoredFile
from models.people import Role, User
from models.templates import TemplateState, TemplateVersion
from tests import builders
from tests.door import (
    bad_ids,
    bytes_of,
    changed,
    contract,
    done,
    forbidden,
    id_of,
    id_text,
    last_entry,
    once,
    refusal,
    refused,
    request,
    sent_up,
    told,
)
from tests.edits import edited, first_plain, oficio, saying, through_writer
from tests.ground import office_binary

ANSWER = """templateVersion { id edition state note version sha256 author { name } approvedBy { name } }
    errors { code message path }"""
UPLOAD = f"mutation ($input: UploadTemplateInput!) {{ uploadTemplate(input: $input) {{ {ANSWER} }} }}"
APPROVE = f"mutation ($input: ApproveTemplateInput!) {{ approveTemplate(input: $input) {{ {ANSWER} }} }}"
RETIRE = f"mutation ($input: RetireTemplateInput!) {{ retireTemplate(input: $input) {{ {ANSWER} }} }}"
ISSUE = contract("issue-document")
SEEN = """query ($id: ID!) { templateVersion(id: $id) {
    edition state paperCount whyNotDecide warnings sampleUrl templateKey templateName comparedWith { edition }
    differences { kind skipped words { kind text } } file { url } } }"""
LIST = (
    """{ paperTemplates { key name title fromProgram waiting wordUrl inUse { edition } versions { edition state } } }"""
)
FIELDS = {"addressee": "Licenciada Ana Pérez", "subject": "Remisión", "body": "Se remite lo solicitado."}
pytestmark = pytest.mark.usefixtures("db", "clock")


async def office() -> tuple[User, User, User]:
    """Return two lawyers and the head."""
    return await builders.person(), await builders.person(), await builders.person(Role.LEGAL_HEAD)


async def sent(by: User, docx: bytes = b"", **more: Any) -> dict[str, Any]:
    """Return the input that proposes a wording of the oficio, its file sent up."""
    data = docx or saying(oficio(), "Presente", "Su despacho")
    file = await sent_up(by, "oficio editado.docx", data)
    return {"kind": "OFICIO", "fileId": file["id"], "note": "Otra manera de saludar."} | more


async def proposed(by: User, docx: bytes = b"") -> TemplateVersion:
    """Return a draft of the oficio by a person."""
    await done(by, UPLOAD, **await sent(by, docx))
    return await TemplateVersion.filter(state=TemplateState.DRAFT).order_by("-edition").first()  # type: ignore[return-value]


async def issued(by: User) -> tuple[OfficialDocument, str]:
    """Issue an oficio and return it with what it says."""
    await done(by, ISSUE, kind="OFICIO", fields=FIELDS)
    paper = await OfficialDocument.all().order_by("-id").first().select_related("file")
    assert paper
    assert paper.file
    return paper, visible_text(bytes_of(paper.file.sha256))


def of(version: TemplateVersion, **more: Any) -> dict[str, Any]:
    """Return an input about a version."""
    return {"versionId": id_of(version)} | more


async def test_a_wording_goes_from_word_to_the_next_paper() -> None:
    lawyer, other, head = await office()
    before, old = await issued(lawyer)

    made = await once(lawyer, UPLOAD, **await sent(lawyer))

    assert made["templateVersion"]["edition"] == 2
    assert (made["templateVersion"]["state"], made["templateVersion"]["author"]) == ("DRAFT", {"name": lawyer.name})
    draft = await TemplateVersion.get(edition=2)
    entry = await last_entry()
    assert (entry.verb, entry.subject_type, entry.subject_id) == (
        Verb.UPLOAD_TEMPLATE,
        "TemplateVersion",
        str(draft.id),
    )
    assert changed(entry, draft)["note"] == (None, "Otra manera de saludar.")
    assert [one.recipient for one in await Notice.all()] == [head.email]
    # A draft is used by nobody.
    _, text = await issued(lawyer)
    assert "Su despacho" not in text

    approved = await once(
        head, APPROVE, **of(draft, replacesId=id_of(await TemplateVersion.get(edition=1)), expectedVersion=1)
    )

    assert (approved["templateVersion"]["state"], approved["templateVersion"]["approvedBy"]) == (
        "APPROVED",
        {"name": head.name},
    )
    retired = await TemplateVersion.get(edition=1)
    assert (retired.state, retired.retired_reason) == (TemplateState.RETIRED, "La reemplazó la versión 2.")
    after, text = await issued(other)
    assert "Su despacho" in text
    assert "Presente" in old
    assert (before.template_id, after.template_id) == (retired.id, draft.id)
    assert (before.template_sha256, after.template_sha256) == (template("OFICIO").sha256, draft.sha256)
    assert "version: 2" in draft.text or f"version: {int(template('OFICIO').version) + 1}" in draft.text
    assert {one.recipient for one in await Notice.filter(subject__contains="Se aprobó")} == {lawyer.email}
    seen = (await told(head, SEEN, id=id_of(draft)))["templateVersion"]
    assert (seen["paperCount"], seen["templateKey"], seen["comparedWith"]) == (1, "oficio", {"edition": 1})

    await done(head, RETIRE, **of(draft, reason="Se vuelve a la anterior."))

    assert (await TemplateVersion.get(edition=1)).state == TemplateState.APPROVED
    assert await TemplateVersion.all().count() == 2
    assert "Presente" in (await issued(other))[1]


async def test_the_approver_reads_what_changed_and_tries_it() -> None:
    lawyer, _, head = await office()
    draft = await proposed(lawyer)

    seen = (await told(head, SEEN, id=id_of(draft)))["templateVersion"]

    assert (seen["whyNotDecide"], seen["warnings"], seen["comparedWith"]) == ("", [], {"edition": 1})
    words = [piece for one in seen["differences"] for piece in one["words"] if piece["kind"] in ("ADDED", "REMOVED")]
    assert [(one["kind"], one["text"]) for one in words] == [("REMOVED", "Presente"), ("ADDED", "Su despacho")]
    assert seen["differences"][-1]["skipped"] > 3
    sample = await request(head, "GET", seen["sampleUrl"])
    assert sample.status_code == 200
    text = visible_text(sample.content)
    for said in ("Su despacho", "ESTE DOCUMENTO NO TIENE VALIDEZ", "MUESTRA-SIN-VALIDEZ"):
        assert said in text
    assert await OfficialDocument.all().count() == 0
    current = await request(head, "GET", "/administracion/plantillas/oficio.docx")
    assert current.content == oficio()
    assert (await request(head, "GET", seen["file"]["url"])).content == bytes_of(draft.sha256)
    listed = {one["key"]: one for one in (await told(head, LIST))["paperTemplates"]}
    assert len(listed) == 17
    assert (listed["oficio"]["waiting"], listed["oficio"]["inUse"], listed["oficio"]["fromProgram"]) == (
        1,
        {"edition": 1},
        True,
    )
    assert (listed["convenio_mad_cap"]["versions"], listed["convenio_mad_cap"]["inUse"]) == ([], None)


async def test_the_author_never_approves_and_the_head_does_where_there_is_one() -> None:
    lawyer, other, head = await office()
    draft = await proposed(lawyer)
    for person, words in ((lawyer, "no la aprueba"), (other, "la resuelve la jefatura")):
        for text, more in ((APPROVE, {}), (RETIRE, {"reason": "x"})):
            if person is lawyer and text is RETIRE:
                continue  # her own draft she may withdraw
            said = await refusal(person, text, **of(draft, **more))
            assert said.code == "NOT_ALLOWED_NOW"
            assert words in said.message
        assert words in (await told(person, SEEN, id=id_of(draft)))["templateVersion"]["whyNotDecide"]
    # Without a head any other of the office decides; of a head's own wording too.
    await User.filter(id=head.id).update(active=False)
    await done(other, APPROVE, **of(draft))
    await User.filter(id=head.id).update(active=True)
    own = await proposed(head, saying(oficio(), "Presente", "A su despacho"))
    assert "no la aprueba" in (await refusal(head, APPROVE, **of(own))).message
    await done(lawyer, APPROVE, **of(own))
    # What an administrator proposes is the office's to approve.
    admin = await builders.person(Role.ADMIN)
    theirs = await proposed(admin, saying(oficio(), "Presente", "Señora"))
    await forbidden(admin, APPROVE, **of(theirs))
    assert (
        "El programa" not in (await done(head, RETIRE, **of(theirs, reason="No procede.")))["templateVersion"]["note"]
    )


async def test_a_draft_is_refused_with_its_reason_and_withdrawn_by_its_author() -> None:
    lawyer, _, head = await office()
    first = await proposed(lawyer)
    assert (await refusal(head, RETIRE, **of(first, reason=" "))).path == "reason"
    await done(head, RETIRE, **of(first, reason="Falta citar la ley."))
    kept = await TemplateVersion.get(id=first.id)
    assert (kept.state, kept.retired_reason, kept.retired_by_id) == (
        TemplateState.RETIRED,
        "Falta citar la ley.",
        head.id,
    )
    assert "Falta citar la ley." in (await Notice.filter(recipient=lawyer.email).get()).body
    for text, more in ((APPROVE, {}), (RETIRE, {"reason": "x"})):
        assert "ya fue retirada" in (await refusal(head, text, **of(first, **more))).message
    second = await proposed(lawyer, saying(oficio(), "Presente", "Atentamente"))
    await done(lawyer, RETIRE, **of(second, reason="Me equivoqué."))
    in_use = await TemplateVersion.get(state=TemplateState.APPROVED)
    assert (
        "la redacción que trae el programa" in (await refusal(head, RETIRE, **of(in_use, reason="x"))).message.lower()
    )


async def test_what_is_wrong_is_told_whole_and_nothing_is_kept() -> None:
    lawyer, *_ = await office()

    def change(document: Any) -> None:
        document.add_paragraph("Uno {{ nada }}")
        document.add_paragraph("Dos {{ fecha }}")

    said = await refused(lawyer, UPLOAD, **await sent(lawyer, edited(oficio(), change)))
    assert [(one.code, one.path) for one in said] == [("FILE_REFUSED", "fileId")] * 2
    assert ["«Uno {{ nada }}»" in said[0].message, "«fecha»" in said[1].message] == [True, True]
    many = edited(oficio(), lambda document: [document.add_paragraph(f"{{{{ nada{n} }}}}") for n in range(60)])
    assert len(await refused(lawyer, UPLOAD, **await sent(lawyer, many))) == 41
    assert (await refusal(lawyer, UPLOAD, **await sent(lawyer, oficio()))).message.endswith("no hay nada que proponer.")
    assert (await refusal(lawyer, UPLOAD, **await sent(lawyer, note=" "))).path == "note"
    assert (await refusal(lawyer, UPLOAD, **await sent(lawyer, note="x" * 501))).path == "note"
    for variant in ("MAD", "../x", "x" * 300):
        assert (await refusal(lawyer, UPLOAD, **await sent(lawyer, variant=variant))).path == "variant"
    wrong = await sent(lawyer)
    pdf = await sent_up(lawyer)
    assert "documento de Word" in (await refusal(lawyer, UPLOAD, **wrong | {"fileId": pdf["id"]})).message
    other = await builders.person()
    assert (await refusal(other, UPLOAD, **wrong)).code == "NOT_FOUND"
    for given in bad_ids("File"):
        assert (await refusal(lawyer, UPLOAD, **wrong | {"fileId": given})).path == "fileId"
    assert await TemplateVersion.all().count() == 0


async def test_only_who_keeps_the_wording_sees_or_changes_it() -> None:
    lawyer, _, head = await office()
    draft = await proposed(lawyer)
    for role in (Role.AUDITOR, Role.MUNICIPAL, Role.DIRECTOR, Role.COORDINATOR, Role.SIGNATORY):
        person = await builders.person(role)
        await forbidden(person, UPLOAD, kind="OFICIO", fileId=id_text("File"), note="x")
        await forbidden(person, APPROVE, **of(draft))
        await forbidden(person, RETIRE, **of(draft, reason="x"))
        sees = role == Role.AUDITOR
        assert bool((await told(person, SEEN, id=id_of(draft)))["templateVersion"]) is sees
        assert bool((await told(person, LIST))["paperTemplates"]) is sees
        for path in ("/administracion/plantillas/oficio.docx", f"/administracion/plantillas/muestra/{draft.id}.docx"):
            assert (await request(person, "GET", path)).status_code == (200 if sees else 403)
    for given in bad_ids("TemplateVersion"):
        assert (await told(head, SEEN, id=given))["templateVersion"] is None
    assert (await refusal(head, APPROVE, versionId=id_text("TemplateVersion"))).code == "NOT_FOUND"
    assert (await request(head, "GET", "/administracion/plantillas/muestra/99.docx")).status_code == 404
    assert (await request(head, "GET", "/administracion/plantillas/otro.docx")).status_code == 404
    assert (await request(None, "GET", "/administracion/plantillas/oficio.docx")).status_code == 303


@pytest.mark.both_databases
async def test_of_two_approvals_at_once_one_wins() -> None:
    lawyer, _, head = await office()
    second_head = await builders.person(Role.LEGAL_HEAD)
    one = await proposed(lawyer)
    two = await proposed(lawyer, saying(oficio(), "Presente", "A su despacho"))
    used = await TemplateVersion.get(state=TemplateState.APPROVED)

    outcomes = await asyncio.gather(
        approve_template(actor=head, version_id=one.id, replaces_id=used.id),
        approve_template(actor=second_head, version_id=two.id, replaces_id=used.id),
        approve_template(actor=second_head, version_id=one.id, replaces_id=used.id),
        return_exceptions=True,
    )

    wrong = [one for one in outcomes if isinstance(one, Exception)]
    assert all(isinstance(one, Stale | NotAllowedNow) for one in wrong), wrong
    [approved] = await TemplateVersion.filter(state=TemplateState.APPROVED)
    assert approved.id in (one.id, two.id)
    assert len(wrong) == 2
    # Who compared with what is no longer in use is told so.
    third = await proposed(head, saying(oficio(), "Presente", "Señor"))
    with pytest.raises(Stale):
        await approve_template(actor=second_head, version_id=third.id, replaces_id=used.id)
    with pytest.raises(Stale):
        await approve_template(actor=second_head, version_id=third.id, expected_version=7)


@pytest.mark.both_databases
async def test_the_database_itself_keeps_texts_and_approvals() -> None:
    lawyer, _, head = await office()
    draft = await proposed(lawyer)
    for change in (
        {"text": "otro"},
        {"sha256": "0" * 64},
        {"approved_by_id": lawyer.id},
        {"state": TemplateState.APPROVED, "approved_by_id": head.id},
    ):
        with pytest.raises(Exception, match=r"(?i)template|unique|one_template"):
            await TemplateVersion.filter(id=draft.id).update(**change)
    assert (await TemplateVersion.get(id=draft.id)).state == TemplateState.DRAFT


async def test_when_the_program_brings_another_wording_nobody_s_approval_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lawyer, _, head = await office()
    await done(head, APPROVE, **of(await proposed(lawyer)))
    await issued(lawyer)
    assert (await TemplateVersion.get(state=TemplateState.APPROVED)).author_id == lawyer.id
    # A file that says what the one in use says is no proposal; the program's own is one again.
    used = await TemplateVersion.get(state=TemplateState.APPROVED)
    assert "dice lo mismo" in (await refusal(lawyer, UPLOAD, **await sent(lawyer, bytes_of(used.sha256)))).message
    back = await done(lawyer, UPLOAD, **await sent(lawyer, oficio()))
    assert back["templateVersion"]["edition"] == 3


@pytest.mark.skipif(office_binary() is None, reason="LibreOffice is not installed")
async def test_an_edit_made_in_writer_is_used_for_the_next_paper(tmp_path: Path) -> None:
    lawyer, _, head = await office()
    docx = edited(oficio(), lambda document: first_plain(document).insert_paragraph_before("Reciba un cordial saludo."))
    draft = await proposed(lawyer, through_writer(docx, tmp_path))
    seen = (await told(head, SEEN, id=id_of(draft)))["templateVersion"]
    added = ["".join(piece["text"] for piece in one["words"]) for one in seen["differences"] if one["kind"] == "ADDED"]
    assert added == ["Reciba un cordial saludo."]
    await done(head, APPROVE, **of(draft))
    paper, text = await issued(lawyer)
    assert "Reciba un cordial saludo." in text
    assert paper.template_id == draft.id
    assert (await StoredFile.get(id=draft.file_id)).sha256 == draft.sha256
    Document(io.BytesIO(bytes_of(draft.sha256)))
    assert paper.kind == DocumentKind.OFICIO
