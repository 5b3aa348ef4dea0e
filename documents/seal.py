"""What proves a paper: verification codes, their QR picture, and hashes."""

import hashlib
import io
import re
import secrets

import segno

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 signs without 0/O, 1/I/L: twelve of them carry 59 bits, too many to guess through a page."""


def new_verification_code() -> str:
    """Return an opaque random code that is easy to read aloud, like K7QM-4TRX-9PZC."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))


def normal_verification_code(typed: str) -> str:
    """Return a code as it is stored from what a person typed, or an empty text when it cannot be one."""
    signs = re.sub(r"[\s\-–—_.]", "", typed).upper()
    if len(signs) != 12 or set(signs) - set(ALPHABET):
        return ""
    return "-".join((signs[:4], signs[4:8], signs[8:]))


def sha256_hex(content: bytes | str) -> str:
    """Return the SHA-256 of bytes, or of a text as UTF-8, in lower-case hexadecimal."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def qr_png(address: str) -> bytes:
    """Return the QR code of an address as PNG; error level M survives a stamp or a fold."""
    return _picture(address, "png", scale=6)


def qr_svg(address: str) -> bytes:
    """Return the QR code of an address as SVG for pages, sized by its style sheet."""
    return _picture(address, "svg", xmldecl=False, omitsize=True, svgclass="qr", lineclass=None)


def _picture(address: str, kind: str, **options: object) -> bytes:
    picture = io.BytesIO()
    segno.make_qr(address, error="m", boost_error=False).save(picture, kind=kind, border=2, **options)
    return picture.getvalue()
