"""Authorities and certificates of tests, real ones made here: a verifier cannot tell them from others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from io import BytesIO

import pypdfium2
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID

PASSPHRASE = "una frase que no debe verse"
USES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


@dataclass(frozen=True)
class Keyed:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        """The certificate as people hand it on."""
        return self.certificate.public_bytes(Encoding.PEM)


def certificate(
    name: str,
    by: Keyed | None = None,
    *,
    starts: datetime | None = None,
    ends: datetime | None = None,
    uses: Sequence[str] = ("digital_signature", "content_commitment"),
) -> Keyed:
    """Return a certificate signed by an authority, or an authority of its own without `by`."""
    moment = datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "SOSEP"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    allowed = ("key_cert_sign", "crl_sign") if by is None else uses
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts or moment - timedelta(days=365))
        .not_valid_after(ends or moment + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**{use: use in allowed for use in USES}), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(by.key if by else key, SHA256())
    )
    return Keyed(made, key)


def p12(of: Keyed, *, passphrase: str = PASSPHRASE) -> bytes:
    """Return certificate and key as the file that an office is given."""
    return pkcs12.serialize_key_and_certificates(
        b"firma", of.key, of.certificate, None, BestAvailableEncryption(passphrase.encode())
    )


@lru_cache(maxsize=1)
def authority() -> Keyed:
    """Return the authority that tests trust."""
    return certificate("Autoridad de prueba")


@lru_cache(maxsize=1)
def office() -> Keyed:
    """Return the certificate that the office signs with."""
    return certificate("Asesoría Jurídica de prueba", authority())


@lru_cache(maxsize=1)
def plain_pdf() -> bytes:
    """Return a PDF of one page without signatures."""
    made = BytesIO()
    document = pypdfium2.PdfDocument.new()
    document.new_page(612, 936)
    document.save(made)
    return made.getvalue()
