"""A page of a PDF as a small picture for slow lines, and its words for whoever cannot see it."""

import struct
import zlib

from .pdf import NO_READER, _reading, pypdfium2

DOTS = 105
"""Dots per inch: enough to read a paper set in 11 points."""

LEVELS = 16
"""Grays of a picture: black letters with soft edges need no more, and two fit into a byte."""

MOST_DOTS = 4_000_000
"""A page larger than this is none of our papers: about A3 at this fineness, twice over."""

_HIGH = bytes((value >> 4) << 4 for value in range(256))
_LOW = bytes(value >> 4 for value in range(256))


class NoPage(LookupError):
    """The PDF has no such page, or it cannot be shown here; the message is Spanish."""


def page_png(pdf: bytes, page: int) -> bytes:
    """Return a page, counted from 1, as a PNG in sixteen grays; raises NoPage."""
    _refuse_without_reader()
    with _reading, pypdfium2.PdfDocument(pdf) as document:
        sheet = document[_index(document, page)]
        scale = DOTS / 72
        if sheet.get_width() * sheet.get_height() * scale**2 > MOST_DOTS:
            raise NoPage("La hoja es demasiado grande para mostrarla.")
        bitmap = sheet.render(scale=scale, grayscale=True)
        width, height, stride = bitmap.width, bitmap.height, bitmap.stride
        grays = bytes(bitmap.buffer)
    return _png(width, height, stride, grays)


def page_text(pdf: bytes, page: int) -> str:
    """Return the words of a page, counted from 1, one line as on the paper; raises NoPage."""
    _refuse_without_reader()
    with _reading, pypdfium2.PdfDocument(pdf) as document:
        text = document[_index(document, page)].get_textpage().get_text_range()
    lines = (" ".join(line.split()) for line in text.replace("\ufffe", "").splitlines())
    return "\n".join(line for line in lines if line)


def _refuse_without_reader() -> None:
    if pypdfium2 is None:
        raise NoPage(NO_READER)


def _index(document: "pypdfium2.PdfDocument", page: int) -> int:
    if not 1 <= page <= len(document):
        raise NoPage("El documento no tiene esa hoja.")
    return page - 1


def _png(width: int, height: int, stride: int, grays: bytes) -> bytes:
    """Return eight-bit grays, rows `stride` bytes apart, as a PNG of four bits."""
    high, low = grays.translate(_HIGH), grays.translate(_LOW)
    packed = bytearray()
    many = (width + 1) // 2
    for start in range(0, height * stride, stride):
        left = high[start : start + width : 2]
        right = low[start + 1 : start + width : 2].ljust(many, b"\0")
        # Both halves of all bytes of a row in one sum: no loop over a million dots.
        row = int.from_bytes(left, "big") | int.from_bytes(right, "big")
        packed += b"\0" + row.to_bytes(many, "big")
    header = struct.pack(">IIBBBBB", width, height, 4, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(packed), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
