"""Electronic signatures in PDF (PAdES): what the ones in a file prove, and putting one more. Bytes in, bytes out.

pyHanko does the work (extra `[firma]`). Nothing is fetched: whether a certificate was revoked meanwhile is not asked.
What a signature proves is that nothing changed since and that who signed had the key; its worth in law, the law says.
"""

import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

try:
    from asn1crypto import x509  # type: ignore[import-untyped]
    from pyhanko.keys import load_certs_from_pemder_data
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
    from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext
except ImportError:
    AVAILABLE = False
else:
    AVAILABLE = True
    # It writes the whole story of every certificate that is not trusted, names of persons included.
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)

MISSING = "Falta el complemento de firma electrónica en el servidor («uv sync --extra firma»)."
MOST_SIGNATURES = 30
"""Signatures that are looked at in a file."""
MOST_REVISIONS = 60
"""How many times a file may have been added to: every signature is compared with all that came after it."""
MOST_OBJECTS = 20_000
"""Parts of a file; a scan of two hundred pages has two thousand."""
MOST_LOOKS = 60_000
"""Parts times signatures: about five seconds of one core."""


HEAVY = "El PDF lleva demasiadas firmas, cambios o partes para comprobarlo aquí. Ábralo en un lector de PDF."


class SignaturesUnavailable(Exception):
    """pyHanko is not installed; the sentence says so."""

    def __init__(self) -> None:
        super().__init__(MISSING)


class SignatureFault(Exception):
    """A PDF whose signatures cannot be read, or a certificate that cannot sign; the sentence is for people."""


class SignatureTrust(StrEnum):
    """Whether the certificate of a signature leads to an authority that this office trusts."""

    TRUSTED = "TRUSTED"
    NO_ROOTS = "NO_ROOTS"
    """No authority is configured: nothing can be said."""
    UNKNOWN_ISSUER = "UNKNOWN_ISSUER"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    REVOKED = "REVOKED"
    UNFIT = "UNFIT"
    """A certificate that is not for signing, or signs in a way that is not secure."""


@dataclass(frozen=True)
class Found:
    """What one signature in a PDF says and proves."""

    field: str
    signer: str
    """Name in the certificate."""
    stated_name: str
    """Who signs, as the signature itself says; only who had the key vouches for it."""
    organization: str
    issuer: str
    serial: str
    """Serial number of the certificate, in hexadecimal."""
    claimed_at: datetime | None
    """When the signing computer says that it signed; nobody else vouches for it."""
    stamped_at: datetime | None
    """When a trusted time stamp says so."""
    intact: bool
    """Whether what was signed is what stands there, and the signature is the certificate's."""
    covers: bool
    """Whether it covers the whole document as it was when signed."""
    changed_after: bool
    """Whether the document was changed afterwards by more than further signatures."""
    trust: SignatureTrust


@dataclass(frozen=True)
class SignedPdf:
    """The signatures of a PDF, in the order in which they were put."""

    signatures: tuple[Found, ...]
    whole: bool
    """Whether the last one covers the entire file: nothing stands after it."""

    @property
    def sound(self) -> bool:
        """Whether every signature is intact and nothing else was changed or added."""
        good = all(one.intact and one.covers and not one.changed_after for one in self.signatures)
        return bool(self.signatures) and self.whole and good


def signed(pdf: bytes) -> bool:
    """Tell by its bytes whether a PDF seems to carry signatures; no reader is needed."""
    return b"/ByteRange" in pdf


def verify(pdf: bytes, *, roots: Sequence[bytes], at: datetime) -> SignedPdf:
    """Return what the signatures of a PDF prove at an instant; `roots` are certificates of authorities, PEM or DER.

    Raises SignaturesUnavailable, or SignatureFault for a PDF that cannot be read or is protected.
    """
    if not AVAILABLE:
        raise SignaturesUnavailable
    trusted = [one for content in roots for one in _certificates(content)]
    # Counted before it is opened, because opening follows every revision.
    _refuse(pdf.count(b"trailer") > MOST_REVISIONS or pdf.count(b"obj") > 2 * MOST_OBJECTS, HEAVY)
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=True)
        _refuse(reader.encrypted, "El PDF está protegido con contraseña: no se pueden leer sus firmas.")
        _refuse(reader.total_revisions > MOST_REVISIONS, HEAVY)
        embedded = list(reader.embedded_regular_signatures)
        parts = sum(len(reader.xrefs.explicit_refs_in_revision(one)) for one in range(reader.total_revisions))
        _refuse(len(embedded) > MOST_SIGNATURES or parts * len(embedded) > MOST_LOOKS, HEAVY)
        checked = [(one, _status(one, trusted, at)) for one in embedded]
        stamps = list(reader.embedded_timestamp_signatures)
        last = [*embedded, *stamps]
        last.sort(key=lambda one: one.signed_revision)
        whole = bool(last) and last[-1].evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE
    except (PdfError, SignatureValidationError, *_MALFORMED) as error:
        raise SignatureFault(
            "El PDF está dañado o armado de una manera poco usual: no se pueden leer sus firmas."
        ) from error
    return SignedPdf(tuple(_found(one, status, bool(trusted)) for one, status in checked), whole)


def _refuse(holds: bool, sentence: str) -> None:
    if holds:
        raise SignatureFault(sentence)


# What pyHanko and asn1crypto raise for objects and certificates that are not what they should be.
_MALFORMED = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError, OSError)


def _status(embedded: "EmbeddedPdfSignature", trusted: "list[x509.Certificate]", at: datetime) -> "PdfSignatureStatus":
    # Without this list, even an empty one, the operating system's own authorities would be trusted.
    context = ValidationContext(trust_roots=trusted, allow_fetching=False, moment=at)
    return validate_pdf_signature(embedded, signer_validation_context=context)


def _found(embedded: "EmbeddedPdfSignature", status: "PdfSignatureStatus", rooted: bool) -> Found:
    certificate = status.signing_cert
    subject, issuer = certificate.subject.native, certificate.issuer.native
    stamp = status.timestamp_validity
    level = status.modification_level
    stamped = stamp.timestamp if stamp and stamp.intact and stamp.valid and stamp.trusted else None
    return Found(
        field=_text(embedded.field_name),
        signer=_text(subject.get("common_name") or certificate.subject.human_friendly),
        stated_name=_text(embedded.sig_object.get("/Name", "")),
        organization=_text(subject.get("organization_name")),
        issuer=_text(issuer.get("common_name") or certificate.issuer.human_friendly),
        serial=f"{certificate.serial_number:x}",
        claimed_at=status.signer_reported_dt,
        stamped_at=stamped,
        intact=status.intact and status.valid,
        covers=status.coverage in (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION),
        changed_after=level is None or level > ModificationLevel.FORM_FILLING,
        trust=_trust(status, rooted),
    )


def _trust(status: "PdfSignatureStatus", rooted: bool) -> SignatureTrust:
    if status.trusted:
        return SignatureTrust.TRUSTED
    problem = status.trust_problem_indic
    if problem in (AdESIndeterminate.EXPIRED, AdESIndeterminate.OUT_OF_BOUNDS_NO_POE):
        return SignatureTrust.EXPIRED
    if problem in (AdESFailure.NOT_YET_VALID, AdESIndeterminate.NOT_YET_VALID):
        return SignatureTrust.NOT_YET_VALID
    if problem in (AdESFailure.REVOKED, AdESIndeterminate.REVOKED_NO_POE, AdESIndeterminate.REVOKED_CA_NO_POE):
        return SignatureTrust.REVOKED
    if problem in (AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND, AdESIndeterminate.CERTIFICATE_CHAIN_GENERAL_FAILURE):
        return SignatureTrust.UNKNOWN_ISSUER if rooted else SignatureTrust.NO_ROOTS
    if problem is None and not rooted:
        return SignatureTrust.NO_ROOTS
    return SignatureTrust.UNFIT if problem is not None else SignatureTrust.UNKNOWN_ISSUER


def _text(value: object) -> str:
    """Return one line of what a certificate says, which anybody may have written."""
    words = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())[:200]


def _certificates(content: bytes) -> "list[x509.Certificate]":
    try:
        return list(load_certs_from_pemder_data(content))
    except _MALFORMED as error:
        raise SignatureFault("Un archivo de autoridades certificadoras no es un certificado PEM o DER.") from error


def check_roots(content: bytes) -> int:
    """Return how many certificates a file of authorities holds; raise SignatureFault when it is none."""
    if not AVAILABLE:
        raise SignaturesUnavailable
    return len(_certificates(content))


@dataclass(frozen=True)
class Certificate:
    """Whose certificate this office signs with, and until when."""

    subject: str
    issuer: str
    starts_at: datetime
    ends_at: datetime


def certificate_of(p12: bytes, passphrase: str) -> Certificate:
    """Return what a PKCS#12 file holds; raise SignatureFault when it does not open."""
    own = _own(_signer(p12, passphrase))
    return Certificate(
        subject=_text(own.subject.native.get("common_name") or own.subject.human_friendly),
        issuer=_text(own.issuer.native.get("common_name") or own.issuer.human_friendly),
        starts_at=own.not_valid_before,
        ends_at=own.not_valid_after,
    )


def sign(pdf: bytes, p12: bytes, passphrase: str, *, name: str, reason: str, at: datetime) -> bytes:
    """Return the PDF with one more signature added at its end; what stood there stays byte for byte.

    `name` and `reason` are written into the signature. Raises SignaturesUnavailable or SignatureFault.
    """
    signer = _signer(p12, passphrase)
    own = _own(signer)
    begins, ends = own.not_valid_before, own.not_valid_after
    if not begins <= at <= ends:
        raise SignatureFault(
            f"El certificado con que se firma vale del {begins:%d/%m/%Y} al {ends:%d/%m/%Y}: quien administra debe "
            "configurar uno vigente."
        )
    made = io.BytesIO()
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=True)
        taken = {one.field_name for one in reader.embedded_signatures}
        free = next(f"Firma{number}" for number in range(1, 1000) if f"Firma{number}" not in taken)
        about = PdfSignatureMetadata(field_name=free, name=name, reason=reason, subfilter=SigSeedSubFilter.PADES)
        PdfSigner(about, signer).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=made)
    except (PdfError, SigningError, *_MALFORMED) as error:
        raise SignatureFault("El PDF no se puede firmar: está dañado o no admite firmas.") from error
    return made.getvalue()


def _own(signer: "SimpleSigner") -> "x509.Certificate":
    if signer.signing_cert is None:
        raise SignatureFault("El archivo con que se firma no trae ningún certificado.")
    return signer.signing_cert


def _signer(p12: bytes, passphrase: str) -> "SimpleSigner":
    if not AVAILABLE:
        raise SignaturesUnavailable
    try:
        return SimpleSigner.load_pkcs12_data(p12, [], passphrase.encode())
    except _MALFORMED:
        # The cause is not passed on: it may quote what it was given.
        raise SignatureFault(
            "El certificado con que se firma no se puede abrir: el archivo no es un PKCS#12 o su contraseña es otra."
        ) from None
