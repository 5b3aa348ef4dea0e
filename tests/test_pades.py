"""Electronic signatures in PDF: real keys, real signatures, and what becomes of them in other hands."""

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from pyhanko.pdf_utils.generic import NameObject, NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PdfFileWriter, copy_into_new_writer

from actions.verification import issued_within
from documents.pades import (
    HEAVY,
    MOST_OBJECTS,
    MOST_REVISIONS,
    Found,
    SignatureFault,
    SignatureTrust,
    SignedPdf,
    certificate_of,
    sign,
    signed,
    verify,
)
from documents.seal import sha256_hex
from documents.uploads import inspect_upload
from settings import PROJECT
from tests.certificates import PASSPHRASE, Keyed, authority, certificate, office, p12, plain_pdf

NOW = datetime.now(UTC)


def signed_by(who: Keyed, pdf: bytes | None = None, name: str = "Ana Pérez") -> bytes:
    return sign(pdf or plain_pdf(), p12(who), PASSPHRASE, name=name, reason="OFICIO-AJ-1-2026", at=NOW)


def looked_at(pdf: bytes, *roots: Keyed, at: datetime = NOW) -> SignedPdf:
    return verify(pdf, roots=[root.pem for root in roots or (authority(),)], at=at)


def only(found: SignedPdf) -> Found:
    (one,) = found.signatures
    return one


def updated(pdf: bytes, width: int = 300) -> bytes:
    """Return a PDF to which a change was appended that a reader shows: another size of its page."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    page[NameObject("/Rotate")] = NumberObject(90 * (width // 300))
    writer.update_container(page)
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def test_a_signature_says_who_and_when_and_covers_everything() -> None:
    pdf = signed_by(office())
    found = looked_at(pdf)
    one = only(found)

    assert (one.signer, one.organization, one.issuer) == (
        "Asesoría Jurídica de prueba", "SOSEP", "Autoridad de prueba",
    )  # fmt: skip
    assert (one.intact, one.covers, one.changed_after, one.trust) == (True, True, False, SignatureTrust.TRUSTED)
    assert (found.whole, found.sound) == (True, True)
    assert one.claimed_at is not None
    assert abs(one.claimed_at - datetime.now(UTC)) < timedelta(minutes=10)
    assert one.stamped_at is None, "no authority of time was asked"
    assert one.serial == f"{office().certificate.serial_number:x}"
    # What was issued stands in it byte for byte, and it may be sent up.
    assert pdf.startswith(plain_pdf())
    assert sha256_hex(plain_pdf()) in issued_within(pdf)
    assert inspect_upload(pdf, "a.pdf").media_type == "application/pdf"
    assert (signed(pdf), signed(plain_pdf())) == (True, False)


def test_two_people_sign_one_after_the_other() -> None:
    second = certificate("Julia Jefatura", authority())
    pdf = signed_by(second, signed_by(office()))
    found = looked_at(pdf)

    assert [one.signer for one in found.signatures] == ["Asesoría Jurídica de prueba", "Julia Jefatura"]
    assert [one.field for one in found.signatures] == ["Firma1", "Firma2"]
    assert found.sound
    assert all(one.trust == SignatureTrust.TRUSTED for one in found.signatures)


def test_no_signature_is_none() -> None:
    found = looked_at(plain_pdf())

    assert (found.signatures, found.sound) == ((), False)


def test_a_byte_changed_inside_breaks_it() -> None:
    pdf = signed_by(office())
    at = pdf.index(b"612")
    found = looked_at(pdf[:at] + b"613" + pdf[at + 3 :])

    assert (only(found).intact, found.sound) == (False, False)
    assert only(found).trust != SignatureTrust.TRUSTED


def test_what_is_appended_afterwards_is_seen() -> None:
    pdf = updated(signed_by(office()))
    one = only(found := looked_at(pdf))

    assert (one.intact, one.covers) == (True, True), "what was signed is still there"
    assert (one.changed_after, found.whole, found.sound) == (True, False, False)
    # A further signature over the change does not heal the first.
    again = looked_at(signed_by(office(), pdf))
    assert (again.whole, again.sound) == (True, False)
    assert [one.changed_after for one in again.signatures] == [True, False]
    # Words after the end are no document, and yet something that nobody signed.
    whole = signed_by(office())
    end = re.findall(rb"startxref\s+\d+\s+%%EOF", whole)[-1]
    for more in (b"\n% nota\n%%EOF\n", b"\n% nota\n" + end, b"\n" * 3):
        assert outcome(whole + more), more


def test_a_signature_that_leaves_a_hole_does_not_cover_the_document() -> None:
    pdf = signed_by(office())
    found = re.search(rb"/ByteRange ?\[\s*(\d+) (\d+) (\d+) (\d+)\s*\]", pdf)
    assert found
    start, first, second, length = (int(number) for number in found.groups())
    # As shadow attacks do: the last part that was signed is said to be shorter.
    text = found[0].replace(str(length).encode(), str(length - 20).encode().rjust(len(str(length))))
    shadow = pdf.replace(found[0], text)
    assert (start, len(shadow)) == (0, len(pdf))
    assert second > first
    one = only(result := looked_at(shadow))
    assert not result.sound
    assert not (one.intact and one.covers)


def test_an_expired_certificate_is_said_to_be_expired() -> None:
    old = certificate("Certificado viejo", authority(), ends=NOW + timedelta(days=5))
    pdf = signed_by(old)
    one = only(looked_at(pdf, at=NOW + timedelta(days=30)))

    assert (one.intact, one.trust) == (True, SignatureTrust.EXPIRED)
    assert only(looked_at(pdf)).trust == SignatureTrust.TRUSTED
    gone = certificate("Certificado vencido", authority(), ends=NOW - timedelta(days=1))
    with pytest.raises(SignatureFault, match="vale del"):
        signed_by(gone)
    early = certificate("Certificado futuro", authority(), starts=NOW + timedelta(days=1))
    with pytest.raises(SignatureFault, match="vale del"):
        signed_by(early)


def test_an_issuer_that_nobody_trusts_is_said_to_be_unknown() -> None:
    stranger = certificate("Autoridad ajena")
    forged = signed_by(certificate("Asesoría Jurídica de prueba", stranger))

    assert only(looked_at(forged)).trust == SignatureTrust.UNKNOWN_ISSUER
    assert only(looked_at(forged)).intact
    assert only(looked_at(forged, stranger)).trust == SignatureTrust.TRUSTED
    alone = only(verify(forged, roots=[], at=NOW))
    assert alone.trust == SignatureTrust.NO_ROOTS, "not even those of the operating system"
    # An authority of the same name with another key is another one.
    assert only(looked_at(forged, certificate("Autoridad ajena"))).trust == SignatureTrust.UNKNOWN_ISSUER
    unfit = certificate("Para servidores", authority(), uses=("key_agreement",))
    assert only(looked_at(signed_by(unfit))).trust == SignatureTrust.UNFIT


def protected() -> bytes:
    writer: PdfFileWriter = copy_into_new_writer(PdfFileReader(BytesIO(plain_pdf())))
    writer.encrypt(owner_pass="a", user_pass="b")
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def test_protected_damaged_and_hostile_files_are_refused_in_spanish() -> None:
    pdf = signed_by(office())
    contents = re.search(rb"/Contents <([0-9a-fA-F]+)>", pdf)
    assert contents
    hostile = {
        "protected": protected(),
        "nothing": b"",
        "no PDF": b"MZ" + bytes(500),
        "cut": pdf[: len(pdf) // 2],
        "no certificate": pdf.replace(contents[1], b"30" + b"8" * 40 + contents[1][42:]),
        "empty signature": pdf.replace(contents[1], b"0" * len(contents[1])),
        "wrong range": pdf.replace(b"/ByteRange [0 ", b"/ByteRange [-1"),
        "loop of revisions": plain_pdf()
        + b"\nxref\n0 0\ntrailer<</Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF"
        % (len(plain_pdf()) + 1, len(plain_pdf()) + 1),
        "deep": b"%PDF-1.7\n1 0 obj" + b"[" * 20000 + b"endobj\nxref\n0 0\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF",
    }
    said = {name: outcome(data) for name, data in hostile.items()}
    assert {name for name, words in said.items() if not words} == set(), "none of these is sound"
    assert said["protected"].startswith("El PDF está protegido")
    assert said["nothing"].startswith("El PDF está dañado")


def again_and_again(pdf: bytes, count: int) -> bytes:
    """Return a PDF to which nothing was added, many times: small to send, and long to compare."""
    root = re.findall(rb"/Root (\d+ 0 R)", pdf)[-1]
    before = int(pdf.rsplit(b"startxref", 1)[1].split()[0])
    made = bytearray(pdf)
    for _ in range(count):
        here = len(made)
        made += b"xref\n0 0\ntrailer<</Size 20/Root %s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (root, before, here)
        before = here
    return bytes(made)


def with_parts(pdf: bytes, count: int) -> bytes:
    """Return a PDF with many parts that nothing shows."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    for number in range(count):
        writer.add_object(NumberObject(number))
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def test_a_file_that_would_keep_the_machine_busy_is_refused_before() -> None:
    pdf = signed_by(office())
    for heavy in (again_and_again(pdf, 5000), again_and_again(pdf, MOST_REVISIONS), with_parts(pdf, MOST_OBJECTS)):
        assert inspect_upload(heavy, "a.pdf").media_type == "application/pdf"
        with pytest.raises(SignatureFault) as caught:
            looked_at(heavy)
        assert str(caught.value) == HEAVY
    assert outcome(again_and_again(pdf, 5)) == "no signature is sound"
    # As many ends as a file can hold: they are not gathered to look for the one that was issued.
    assert len(issued_within(b"%%EOF\n" * 2_000_000)) <= 3 * 50


def test_what_signs_must_open() -> None:
    for content, passphrase in ((p12(office()), "otra"), (b"nada", PASSPHRASE), (b"", "")):
        with pytest.raises(SignatureFault) as caught:
            sign(plain_pdf(), content, passphrase, name="a", reason="b", at=NOW)
        assert PASSPHRASE not in f"{caught.value!r} {caught.value.__cause__!r}"
    with pytest.raises(SignatureFault, match="no es un certificado"):
        verify(signed_by(office()), roots=[b"nada"], at=NOW)
    with pytest.raises(SignatureFault, match="no se puede firmar"):
        sign(b"%PDF-1.7 nada %%EOF", p12(office()), PASSPHRASE, name="a", reason="b", at=NOW)
    assert certificate_of(p12(office()), PASSPHRASE).subject == "Asesoría Jurídica de prueba"


def outcome(data: bytes) -> str:
    """Say why a file is refused, or that its signatures are not sound; empty when they are."""
    try:
        return "" if looked_at(data).sound else "no signature is sound"
    except SignatureFault as fault:
        return str(fault)


WITHOUT = """
import sys
sys.modules["pyhanko"] = None
from datetime import datetime, UTC
import actions.verification, documents.pades as pades
assert not pades.AVAILABLE
for ask in (lambda: pades.verify(b"", roots=[], at=datetime.now(UTC)), lambda: pades.certificate_of(b"", "")):
    try:
        ask()
    except pades.SignaturesUnavailable as missing:
        print(missing)
"""


def test_without_pyhanko_it_says_what_is_missing() -> None:
    said = subprocess.run([sys.executable, "-c", WITHOUT], cwd=PROJECT, capture_output=True, text=True, check=True)

    assert said.stdout.count("uv sync --extra firma") == 2
