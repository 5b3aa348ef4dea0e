"""Signed copies of papers: attached once, by who may, read by whom the paper is in reach, withdrawn and never gone."""

import asyncio
import re
from datetime import date
from typing import Any

import httpx
import pytest

from models.audit import Verb
from models.papers import OfficialDocument
from models.people import Role, User
from models.renditions import Rendition, RenditionState
from models.reviews import ReviewStage
from models.signed_copies import SignedCopy
from tests import builders, stages
from tests.browsing import enter, form, send
from tests.certificates import Keyed, authority, certificate, office, plain_pdf
from tests.door import (
    HOSTILE,
    PDF,
    bad_ids,
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
from tests.test_hostile_files import jpeg, png, real_word
from tests.test_pades import signed_by, updated

COPY = """id kind signedOn note withdrawnReason attachedBy { name } file { filename url sha256 }
    signatures { signer issuer intact covers changedAfter trust overIssued claimedAt }"""
ATTACH = f"""mutation ($input: AttachSignedCopyInput!) {{ attachSignedCopy(input: $input) {{
    signedCopy {{ {COPY} }} document {{ number }} errors {{ code message path }} }} }}"""
WITHDRAW = f"""mutation ($input: WithdrawSignedCopyInput!) {{ withdrawSignedCopy(input: $input) {{
    signedCopy {{ {COPY} }} errors {{ code message path }} }} }}"""
PAPER = f"query ($id: ID!) {{ officialDocument(id: $id) {{ number signedCopies {{ {COPY} }} }} }}"
ON = "2026-03-02"
pytestmark = pytest.mark.usefixtures("db", "clock")


async def issued(**more: Any) -> OfficialDocument:
    return await builders.paper(issued_on=date(2026, 2, 20), **more)


async def attached(person: User, paper: OfficialDocument, data: bytes = PDF, name: str = "a.pdf") -> dict[str, Any]:
    file = (await sent_up(person, name, data))["id"]
    payload = await done(person, ATTACH, documentId=id_of(paper), fileId=file, signedOn=ON)
    return dict(payload["signedCopy"])


async def signing(*people: Keyed) -> bytes:
    """Return a PDF that people sign one after the other; pyHanko has an event loop of its own."""
    pdf = plain_pdf()
    for who in people:
        pdf = await asyncio.to_thread(signed_by, who, pdf)
    return pdf


async def test_a_scan_is_attached_and_read_where_the_paper_is_in_reach() -> None:
    lawyer, secretary = await builders.person(Role.LEGAL), await builders.person(Role.SIGNATORY)
    review = await stages.file_in(ReviewStage.IN_ANALYSIS)
    paper = await issued(review=review)
    for person, data, name in ((lawyer, PDF, "a.pdf"), (secretary, png(), "b.png"), (lawyer, jpeg(), "c.jpg")):
        file = (await sent_up(person, name, data))["id"]
        payload = await done(
            person, ATTACH, documentId=id_of(paper), fileId=file, signedOn="2026-02-27", note=HOSTILE[0]
        )
        copy = payload["signedCopy"]
        assert (copy["kind"], copy["signedOn"], copy["note"]) == ("SCAN", "2026-02-27", HOSTILE[0])
        assert (copy["attachedBy"]["name"], copy["signatures"]) == (person.name, [])
        assert payload["document"]["number"] == paper.number
    entry = await last_entry()
    assert (entry.verb, entry.subject_type, entry.subject_id) == (
        Verb.ATTACH_SIGNED_COPY, "OfficialDocument", str(paper.id),
    )  # fmt: skip
    assert entry.summary.endswith(f"agregó a {paper.number} su copia firmada el 27/02/2026.")
    mayor = await builders.person(Role.MUNICIPAL, at=builders.CHAMELCO)
    stranger = await builders.person(Role.MUNICIPAL, at=builders.MIXCO)
    copies = (await told(mayor, PAPER, id=id_of(paper)))["officialDocument"]["signedCopies"]
    assert [one["file"]["filename"] for one in copies] == ["a.pdf", "b.png", "c.jpg"]
    assert (await told(stranger, PAPER, id=id_of(paper)))["officialDocument"] is None
    node = "query ($id: ID!) { node(id: $id) { id } }"
    for one in copies:
        assert (await request(mayor, "GET", one["file"]["url"])).status_code == 200
        assert (await request(stranger, "GET", one["file"]["url"])).status_code == 404
        assert (await told(mayor, node, id=one["id"]))["node"] == {"id": one["id"]}
        assert (await told(stranger, node, id=one["id"]))["node"] is None


async def test_of_a_court_paper_the_copy_is_as_reserved() -> None:
    lawyer, admin, secretary = [await builders.person(role) for role in (Role.LEGAL, Role.ADMIN, Role.SIGNATORY)]
    paper = await issued(court_file=await builders.court_file())
    copy = await attached(lawyer, paper)

    for person in (admin, secretary):
        assert (await request(person, "GET", copy["file"]["url"])).status_code == 404
        assert (await told(person, "query ($id: ID!) { node(id: $id) { id } }", id=copy["id"]))["node"] is None
    assert (await request(await builders.person(Role.AUDITOR), "GET", copy["file"]["url"])).status_code == 200
    file = (await sent_up(secretary))["id"]
    said = await refusal(secretary, ATTACH, documentId=id_of(paper), fileId=file, signedOn=ON)
    assert (said.code, said.path) == ("NOT_FOUND", "documentId")


async def test_what_does_not_fit_is_refused_where_it_is() -> None:
    lawyer = await builders.person(Role.LEGAL)
    paper, void = await issued(), await issued(
        voided_on=date(2026, 3, 1), void_reason="x", voided_by=await builders.person(Role.LEGAL_HEAD)
    )  # fmt: skip
    file, word = (await sent_up(lawyer))["id"], (await sent_up(lawyer, "a.docx", real_word()))["id"]
    right = {"documentId": id_of(paper), "fileId": file, "signedOn": ON}
    for change, code, path in (
        ({"signedOn": "2026-02-19"}, "BAD_USER_INPUT", "signedOn"),
        ({"signedOn": "2026-03-03"}, "BAD_USER_INPUT", "signedOn"),
        ({"note": "x" * 301}, "BAD_USER_INPUT", "note"),
        ({"note": "\u202e"}, "BAD_USER_INPUT", "note"),
        ({"documentId": id_of(void)}, "NOT_ALLOWED_NOW", ""),
        ({"documentId": id_text("OfficialDocument")}, "NOT_FOUND", "documentId"),
        ({"fileId": id_text("File")}, "NOT_FOUND", "fileId"),
        ({"fileId": word}, "FILE_REFUSED", "fileId"),
        ({"fileId": (await sent_up(await builders.person(Role.LEGAL)))["id"]}, "NOT_FOUND", "fileId"),
    ):
        said = await refusal(lawyer, ATTACH, **right | change)
        assert (said.code, said.path) == (code, path), change
    for bad in bad_ids("OfficialDocument"):
        assert [one.path for one in await refused(lawyer, ATTACH, **right | {"documentId": bad})] == ["documentId"]
    for bad in bad_ids("File"):
        assert [one.path for one in await refused(lawyer, ATTACH, **right | {"fileId": bad})] == ["fileId"]
    for role in (Role.MUNICIPAL, Role.DIRECTOR, Role.COORDINATOR, Role.AUDITOR, Role.ADMIN, None):
        await forbidden(await builders.person(role) if role else None, ATTACH, **right)
    await once(lawyer, ATTACH, **right)


async def test_the_same_file_is_attached_once() -> None:
    lawyer = await builders.person(Role.LEGAL)
    paper, other = await issued(), await issued()
    first = await attached(lawyer, paper)
    again = (await sent_up(lawyer))["id"]

    said = await refusal(lawyer, ATTACH, documentId=id_of(paper), fileId=again, signedOn=ON)
    assert (said.code, said.path) == ("FILE_REFUSED", "fileId")
    assert "ya está agregado" in said.message
    await attached(lawyer, other)
    # A withdrawn one may be attached again, by mistake withdrawn.
    await done(lawyer, WITHDRAW, copyId=first["id"], reason="Por error")
    await attached(lawyer, paper)


@pytest.mark.both_databases
async def test_of_two_at_once_one_is_attached() -> None:
    people = [await builders.person(Role.LEGAL), await builders.person(Role.LEGAL_HEAD)]
    paper = await issued()
    files = [(await sent_up(person))["id"] for person in people]

    async def attach(person: User, file: str) -> int:
        data = await told(person, ATTACH, input={"documentId": id_of(paper), "fileId": file, "signedOn": ON})
        return len(data["attachSignedCopy"]["errors"])

    results = await asyncio.gather(*map(attach, people, files))
    assert sorted(results) == [0, 1]
    assert await SignedCopy.filter(document_id=paper.id).count() == 1


async def test_a_wrong_copy_is_withdrawn_with_its_reason() -> None:
    lawyer = await builders.person(Role.LEGAL)
    paper = await issued()
    copy = await attached(lawyer, paper)

    for reason in ("", " ", "x" * 301):
        assert (await refusal(lawyer, WITHDRAW, copyId=copy["id"], reason=reason)).path == "reason"
    for role in (Role.SIGNATORY, Role.MUNICIPAL, Role.AUDITOR, Role.ADMIN, None):
        await forbidden(await builders.person(role) if role else None, WITHDRAW, copyId=copy["id"], reason="x")
    for bad in (*bad_ids("SignedCopy"), id_text("SignedCopy")):
        assert (await refusal(lawyer, WITHDRAW, copyId=bad, reason="x")).path == "copyId"
    payload = await done(lawyer, WITHDRAW, copyId=copy["id"], reason="Le falta una hoja")
    assert payload["signedCopy"]["withdrawnReason"] == "Le falta una hoja"
    assert (await refusal(lawyer, WITHDRAW, copyId=copy["id"], reason="x")).code == "NOT_ALLOWED_NOW"
    (kept,) = (await told(lawyer, PAPER, id=id_of(paper)))["officialDocument"]["signedCopies"]
    assert kept["withdrawnReason"] == "Le falta una hoja"
    assert (await request(lawyer, "GET", kept["file"]["url"])).status_code == 200


async def test_the_signatures_of_a_signed_pdf_are_checked_and_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    roots = tmp_path / "autoridades"
    roots.mkdir()
    (roots / "a.pem").write_bytes(authority().pem)
    (roots / "LEEME.txt").write_text("no es un certificado")
    monkeypatch.setenv("CONVENIOS_SIGNATURE_ROOTS", str(roots))
    lawyer = await builders.person(Role.LEGAL)
    paper = await issued()
    made = await builders.stored_file(lawyer, plain_pdf(), used=True)
    await Rendition.create(
        document=paper, state=RenditionState.DONE, file=made, sheets=1, due_at="2026-03-02T15:00:00Z"
    )
    mayor = certificate("Pedro Caal Choc", certificate("Autoridad desconocida"))
    copy = await attached(lawyer, paper, await signing(office(), mayor))

    assert copy["kind"] == "ELECTRONIC"
    assert [
        (one["signer"], one["trust"], one["intact"], one["covers"], one["changedAfter"], one["overIssued"])
        for one in copy["signatures"]
    ] == [
        ("Asesoría Jurídica de prueba", "TRUSTED", True, True, False, True),
        ("Pedro Caal Choc", "UNKNOWN_ISSUER", True, True, False, True),
    ]
    whole = await signing(office())
    # What was changed after it was signed is no copy, nor is what nobody has signed yet.
    for data, words in (
        (updated(whole), "después de firmarlo se le agregó algo"),
        (whole.replace(b"612", b"613", 1), "la firma de Asesoría Jurídica de prueba ya no corresponde"),
        (whole[:-30] + b"%%EOF\n", "dañado"),
        (plain_pdf(), "todavía sin firmas"),
    ):
        file = (await sent_up(lawyer, "a.pdf", data))["id"]
        said = await refusal(lawyer, ATTACH, documentId=id_of(paper), fileId=file, signedOn=ON)
        assert (said.code, said.path) == ("FILE_REFUSED", "fileId")
        assert words in said.message
    elsewhere = await attached(lawyer, await issued(), whole)
    assert [one["overIssued"] for one in elsewhere["signatures"]] == [False]


async def test_without_pyhanko_a_signed_pdf_is_kept_unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actions.signed_copies.AVAILABLE", False)
    lawyer = await builders.person(Role.LEGAL)
    paper = await issued()
    copy = await attached(lawyer, paper, await signing(office()))

    assert (copy["kind"], copy["signatures"]) == ("ELECTRONIC", [])
    page = await request(lawyer, "GET", f"/documentos/{id_of(paper)}")
    assert "Sus firmas no se comprobaron" in page.text
    assert "Decreto 47-2008" in page.text


async def test_the_page_of_a_paper_shows_takes_and_withdraws_copies(app_client: httpx.AsyncClient) -> None:
    lawyer = await builders.person(Role.LEGAL)
    await enter(app_client, lawyer)
    word = await builders.stored_file(lawyer, real_word(), filename="papel.docx", used=True)
    paper = await issued(file=word, subject=HOSTILE[2])
    address = f"/documentos/{id_of(paper)}"
    assert f'href="{address}"' in (await app_client.get("/documentos")).text
    page = await app_client.get(address)
    assert "Todavía no hay ninguna copia firmada." in page.text
    assert f'href="/files/{word.id}"' in page.text
    assert "<script>" not in page.text
    values = form(page, "AttachSignedCopy").values
    app_client.headers["Sec-Fetch-Site"] = "same-origin"
    wrong = await app_client.post(
        address, data=values | {"signedOn": "2026-01-01", "note": "Original"}, files={"fileId": ("a.png", png())}
    )
    assert wrong.status_code == 422
    assert "La firma va del 20/02/2026" in wrong.text
    assert form(wrong, "AttachSignedCopy").values["note"] == "Original"
    taken = await app_client.post(
        address, data=values | {"signedOn": ON, "note": HOSTILE[2]}, files={"fileId": ("a.png", png())}
    )
    assert taken.status_code == 303
    after = await app_client.get(taken.headers["location"])
    assert "La copia firmada quedó agregada." in after.text
    assert "A mano, digitalizada, 2 de marzo de 2026" in after.text
    assert "<script>" not in after.text
    public = await request(None, "GET", f"/verificar/{paper.verification_code}")
    assert "A mano, digitalizada, 2 de marzo de 2026" in public.text
    assert lawyer.name not in public.text
    blank = await send(app_client, after, form(after, "WithdrawSignedCopy"), reason=" ")
    assert blank.status_code == 422
    for place in re.findall(r'<li><a href="#([^"]+)"', blank.text):
        assert f'id="{place}"' in blank.text
    gone = await send(app_client, after, form(after, "WithdrawSignedCopy"), reason="Le falta una hoja")
    assert gone.status_code == 303
    assert "Le falta una hoja" in (await app_client.get(address)).text
    assert "digitalizada" not in (await request(None, "GET", f"/verificar/{paper.verification_code}")).text
    for role, seen in ((Role.AUDITOR, 200), (Role.SIGNATORY, 200), (Role.MUNICIPAL, 404)):
        await enter(app_client, await builders.person(role))
        other = await app_client.get(address)
        assert other.status_code == seen, role
        assert "WithdrawSignedCopy" not in other.text
    app_client.cookies.clear()
    assert (await app_client.get(address)).status_code == 303
