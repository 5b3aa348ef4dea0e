"""The office signs a paper's PDF with its certificate: each person once, over what was issued, and never half."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from actions.electronic_signing import office_certificate, signing_state
from actions.files import storage
from api.verification import FILES
from documents.pades import SignatureTrust, verify
from models.audit import Verb
from models.papers import OfficialDocument
from models.people import Role, User
from models.renditions import Rendition, RenditionState
from models.signed_copies import CopyKind, SignedCopy
from settings import settings
from tests import builders
from tests.certificates import PASSPHRASE, Keyed, authority, certificate, office, p12, plain_pdf
from tests.door import (
    bad_ids,
    bytes_of,
    done,
    everything,
    forbidden,
    id_of,
    id_text,
    last_entry,
    once,
    refusal,
    request,
    told,
)
from tests.test_pades import updated
from tests.test_verify_file import kept, sent, shown

SIGN = """mutation ($input: SignPaperInput!) { signPaper(input: $input) {
    signedCopy { id kind signedOn file { sha256 url filename } signatures { signer trust overIssued } }
    document { number signingObstacle } errors { code message path } } }"""
OBSTACLE = "query ($id: ID!) { officialDocument(id: $id) { signingObstacle } }"
pytestmark = pytest.mark.usefixtures("db", "clock")


@dataclass
class Desk:
    """An office that signs, and a paper with its PDF."""

    lawyer: User
    paper: OfficialDocument


def equip(monkeypatch: pytest.MonkeyPatch, folder: Path, signer: Keyed) -> None:
    """Give the office its certificate, with the passphrase in a file of secrets."""
    folder.mkdir(exist_ok=True)
    (folder / "oficina.p12").write_bytes(p12(signer))
    (folder / "roots.pem").write_bytes(authority().pem)
    (folder / "CONVENIOS_SIGNATURE_P12_PASSWORD").write_text(PASSPHRASE)
    monkeypatch.setenv("CONVENIOS_SIGNATURE_P12", str(folder / "oficina.p12"))
    monkeypatch.setenv("CONVENIOS_SIGNATURE_ROOTS", str(folder / "roots.pem"))
    monkeypatch.setenv("CONVENIOS_SECRETS_DIR", str(folder))
    settings.cache_clear()


@pytest.fixture
async def desk(db: object, clock: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Desk:
    """An office that can sign."""
    equip(monkeypatch, tmp_path / "secretos", office())
    FILES.forget()
    lawyer = await builders.person(Role.LEGAL, name="Ana Lucía Ordóñez")
    paper = await builders.paper(file=await builders.stored_file(lawyer, b"word", used=True))
    file = await kept(lawyer, plain_pdf(), "papel.pdf")
    await Rendition.create(
        document=paper, state=RenditionState.DONE, file=file, sheets=1, due_at="2026-03-02T15:00:00Z"
    )
    return Desk(lawyer, paper)


async def obstacle(person: User, paper: OfficialDocument) -> str:
    return str((await told(person, OBSTACLE, id=id_of(paper)))["officialDocument"]["signingObstacle"])


async def looked_at(sha256: str) -> Any:
    return await asyncio.to_thread(verify, bytes_of(sha256), roots=[authority().pem], at=datetime.now(UTC))


async def test_a_lawyer_signs_what_was_issued(desk: Desk) -> None:
    assert await obstacle(desk.lawyer, desk.paper) == ""

    payload = await once(desk.lawyer, SIGN, documentId=id_of(desk.paper))
    copy = payload["signedCopy"]
    assert (copy["kind"], copy["signedOn"]) == ("ELECTRONIC", "2026-03-02")
    assert copy["file"]["filename"] == f"{desk.paper.number}-firmado.pdf"
    assert copy["signatures"] == [{"signer": "Asesoría Jurídica de prueba", "trust": "TRUSTED", "overIssued": True}]
    assert payload["document"]["signingObstacle"] == "Usted ya firmó electrónicamente este documento."
    pdf = bytes_of(copy["file"]["sha256"])
    assert pdf.startswith(plain_pdf())
    found = await looked_at(copy["file"]["sha256"])
    assert found.sound
    assert found.signatures[0].stated_name == desk.lawyer.name, "who pressed the button stands in the signature"
    entry = await last_entry()
    assert (entry.verb, entry.subject_type) == (Verb.SIGN_PAPER, "OfficialDocument")
    assert PASSPHRASE not in str(await everything())
    # Anybody who gets the file is told what it is.
    answer = await sent(None, pdf, "a.pdf")
    assert (answer["verdict"], answer["match"]) == ("IDENTICAL", "SIGNED_COPY")
    assert [one["trust"] for one in answer["signatures"]] == ["TRUSTED"]
    page = await shown(pdf, "a.pdf")
    assert "Idéntico" in page
    assert "Decreto 47-2008" in page


async def test_each_person_signs_once_and_the_next_one_over_the_last(desk: Desk) -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    await done(desk.lawyer, SIGN, documentId=id_of(desk.paper))
    said = await refusal(desk.lawyer, SIGN, documentId=id_of(desk.paper))
    assert (said.code, said.message) == ("NOT_ALLOWED_NOW", "Usted ya firmó electrónicamente este documento.")

    copy = (await done(head, SIGN, documentId=id_of(desk.paper)))["signedCopy"]
    found = await looked_at(copy["file"]["sha256"])
    assert (len(found.signatures), found.sound) == (2, True)
    assert (await refusal(head, SIGN, documentId=id_of(desk.paper))).code == "NOT_ALLOWED_NOW"
    assert (await refusal(desk.lawyer, SIGN, documentId=id_of(desk.paper))).code == "NOT_ALLOWED_NOW"
    last = await SignedCopy.all().order_by("-id").first()
    assert last
    assert [one["person_id"] for one in last.signatures] == [desk.lawyer.id, head.id]


@pytest.mark.both_databases
async def test_two_people_at_once_leave_no_copy_that_lacks_one(desk: Desk) -> None:
    people = [desk.lawyer, await builders.person(Role.LEGAL_HEAD), await builders.person(Role.LEGAL)]

    async def press(person: User) -> list[str]:
        data = await told(person, SIGN, input={"documentId": id_of(desk.paper)})
        return [error["code"] for error in data["signPaper"]["errors"]]

    results = await asyncio.gather(*map(press, people))
    assert [] in results
    assert all(codes in ([], ["CONFLICT"]) for codes in results), results
    copies = await SignedCopy.all().order_by("id")
    assert [len(copy.signatures) for copy in copies] == list(range(1, len(copies) + 1))
    assert len(copies) == results.count([])
    # The same person twice at once signs once.
    both = await asyncio.gather(*(press(people[results.index([])]) for _ in range(2)))
    assert both == [["NOT_ALLOWED_NOW"], ["NOT_ALLOWED_NOW"]]


async def test_who_may_not_and_what_cannot_be_signed_is_refused(desk: Desk) -> None:
    right = {"documentId": id_of(desk.paper)}
    for role in (Role.SIGNATORY, Role.MUNICIPAL, Role.DIRECTOR, Role.AUDITOR, Role.ADMIN, None):
        await forbidden(await builders.person(role) if role else None, SIGN, **right)
    for bad in (*bad_ids("OfficialDocument"), id_text("OfficialDocument")):
        assert (await refusal(desk.lawyer, SIGN, documentId=bad)).path == "documentId"
    bare = await builders.paper()
    assert "todavía no está listo" in (await refusal(desk.lawyer, SIGN, documentId=id_of(bare))).message
    await OfficialDocument.filter(id=desk.paper.id).update(
        voided_on=date(2026, 3, 2), void_reason="x", voided_by_id=desk.lawyer.id
    )
    assert "ya no se firma" in (await refusal(desk.lawyer, SIGN, **right)).message
    assert "anulado" in await obstacle(desk.lawyer, desk.paper)
    assert await obstacle(await builders.person(Role.AUDITOR), desk.paper) == "Firma la Asesoría Jurídica."


async def test_a_certificate_that_is_not_fit_signs_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    right = {"documentId": id_of(desk.paper)}
    gone = certificate("Vencido", authority(), ends=datetime.now(UTC) - timedelta(days=1))
    unfit = certificate("Servidor", authority(), uses=("key_agreement",))
    for signer, words in ((gone, "configurar uno vigente"), (unfit, "no sirve para firmar")):
        equip(monkeypatch, tmp_path / "otro", signer)
        assert words in (await refusal(desk.lawyer, SIGN, **right)).message
    equip(monkeypatch, tmp_path / "otro", office())
    (tmp_path / "otro" / "CONVENIOS_SIGNATURE_P12_PASSWORD").write_text("otra")
    settings.cache_clear()
    assert "su contraseña es otra" in (await refusal(desk.lawyer, SIGN, **right)).message
    (tmp_path / "otro" / "oficina.p12").unlink()
    assert "no se puede leer" in (await refusal(desk.lawyer, SIGN, **right)).message
    monkeypatch.delenv("CONVENIOS_SIGNATURE_P12")
    settings.cache_clear()
    assert "CONVENIOS_SIGNATURE_P12" in (await refusal(desk.lawyer, SIGN, **right)).message
    monkeypatch.setattr("actions.electronic_signing.AVAILABLE", False)
    assert "uv sync --extra firma" in (await refusal(desk.lawyer, SIGN, **right)).message
    assert "uv sync --extra firma" in (await request(desk.lawyer, "GET", f"/documentos/{id_of(desk.paper)}")).text


async def test_what_the_office_signs_with_can_be_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = office_certificate()

    assert (found.subject, found.issuer) == ("Asesoría Jurídica de prueba", "Autoridad de prueba")
    assert PASSPHRASE not in repr(settings())
    good, words = signing_state()
    assert (good, "se confía en 1 autoridad" in words, "renuévelo" in words) == (True, True, False)
    soon = certificate("Por vencer", authority(), ends=datetime.now(UTC) + timedelta(days=30))
    gone = certificate("Vencido", authority(), ends=datetime.now(UTC) - timedelta(days=1))
    for signer, expected, said in ((soon, True, "renuévelo pronto"), (gone, False, "no está vigente")):
        equip(monkeypatch, tmp_path / "otro", signer)
        assert (signing_state()[0], said in signing_state()[1]) == (expected, True)
    (tmp_path / "otro" / "roots.pem").write_bytes(b"nada")
    assert signing_state()[0] is False
    for name in ("CONVENIOS_SIGNATURE_P12", "CONVENIOS_SIGNATURE_ROOTS"):
        monkeypatch.delenv(name)
    settings.cache_clear()
    assert signing_state()[0] is None


async def test_a_stranger_is_told_what_was_added_to_the_issued_pdf(desk: Desk) -> None:
    copy = (await done(desk.lawyer, SIGN, documentId=id_of(desk.paper)))["signedCopy"]
    pdf = bytes_of(copy["file"]["sha256"])
    await SignedCopy.all().delete()

    answer = await sent(None, pdf, "a.pdf")
    assert (answer["verdict"], answer["signaturesSound"]) == ("APPENDED", True)
    assert "El PDF de SOSEP, firmado electrónicamente" in await shown(pdf, "a.pdf")
    changed = await asyncio.to_thread(updated, pdf)
    answer = await sent(None, changed, "a.pdf")
    assert (answer["verdict"], answer["signaturesSound"]) == ("APPENDED", False)
    page = await shown(changed, "a.pdf")
    assert "con algo agregado después" in page
    assert "✗ Alterada" in page
    broken = pdf.replace(b"/ByteRange", b"/ByteRangf")
    assert (await sent(None, broken, "a.pdf"))["verdict"] == "APPENDED"
    assert "no lo tenga por bueno" in await shown(broken, "a.pdf")


async def test_a_withdrawn_signature_may_be_put_again(desk: Desk) -> None:
    await done(desk.lawyer, SIGN, documentId=id_of(desk.paper))
    await SignedCopy.all().update(
        withdrawn_at="2026-03-02T16:00:00Z", withdrawn_by_id=desk.lawyer.id, withdrawn_reason="x"
    )

    copy = (await done(desk.lawyer, SIGN, documentId=id_of(desk.paper)))["signedCopy"]
    found = await looked_at(copy["file"]["sha256"])
    assert [one.trust for one in found.signatures] == [SignatureTrust.TRUSTED]
    assert await SignedCopy.filter(kind=CopyKind.ELECTRONIC).count() == 2
    assert storage().exists(copy["file"]["sha256"])
