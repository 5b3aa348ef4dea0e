"""Looks into the zip of a Word or Excel file before any parser does; what the document says does not matter here.

The zip is walked by hand: `zipfile` reads the whole central directory into objects first (a 12 MB file makes 260,000 of
them), copies extra fields quadratically, and believes the sizes in the headers.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from documents.refusals import FileRefused

MAX_PARTS = 2000
"""Most members of a zip."""
MAX_UNPACKED = 20 * 1024 * 1024
"""Most bytes that all members may hold together, counted while unpacking."""

_MAX_RELATIONSHIPS = 256 * 1024  # about 1,300 links; parsing them takes 50 ms
_CHUNK = 256 * 1024
_END = struct.Struct("<4s4H2LH")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_ENCRYPTED_FLAGS = 0x2041  # bit 0 encrypted, bit 6 strong encryption, bit 13 masked headers
_STORED, _DEFLATED = 0, 8
# Between two members only the data descriptor of the first may stand: signature, CRC and two sizes of 8 bytes.
_MAX_GAP = 24

_XML_ENDINGS = (".xml", ".rels", ".vml", ".svg", ".psmdcp")
_PICTURE_ENDINGS = (
    ".png",
    ".jpg",
    ".jpeg",
    ".jfif",
    ".gif",
    ".bmp",
    ".tif",
    ".tiff",
    ".emf",
    ".wmf",
    ".emz",
    ".wmz",
    ".wdp",
)
_OTHER_ENDINGS = ("/", ".odttf", ".ttf", ".fntdata", ".bin", ".dat", ".txt", ".json")
_EXECUTABLE_HEADS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"#!")
_ARCHIVE_HEADS = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"%PDF")
_OLE_HEAD = b"\xd0\xcf\x11\xe0"
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([^"']*)["']""")
_HYPERLINKS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink",
    "http://purl.oclc.org/ooxml/officeDocument/relationships/hyperlink",
)
_ORDERS = (b"DDEAUTO", b"INCLUDETEXT", b"DDELINK")
_OVERLAP = 256  # a mark cut in two by the pieces is still seen whole


class _Part(NamedTuple):
    name: str
    raw_name: bytes
    offset: int
    method: int
    packed: int
    size: int
    crc: int


def check_package(data: bytes) -> frozenset[str]:
    """Return the names of the parts in lower case; raise FileRefused for what could harm a reader of the file."""
    parts = _directory(data)
    names = _check_names(parts)
    left = MAX_UNPACKED
    related = 0
    for part, start in _located(data, parts):
        kept = bytearray() if part.name.endswith(".rels") or part.name == "[content_types].xml" else None
        for chunk in _scanned(data, part, start):
            left -= len(chunk)
            if left < 0:
                raise FileRefused(
                    "UNPACKED_TOO_LARGE",
                    "El archivo, una vez descomprimido, ocupa más de 20 MB. Quite imágenes u hojas que no hagan falta, "
                    "o envíelo como PDF.",
                )
            if kept is not None:
                kept += chunk
                related += len(chunk)
                if related > _MAX_RELATIONSHIPS:
                    raise FileRefused(
                        "TOO_MANY_PARTS", "El archivo tiene demasiados vínculos. Envíelo como PDF o divídalo en varios."
                    )
        if kept is not None:
            _check_links(part.name, bytes(kept))
    return names


def _damaged() -> FileRefused:
    return FileRefused(
        "DAMAGED",
        "El archivo está dañado, incompleto o armado de una manera poco usual. Ábralo en Word o Excel, guárdelo de "
        "nuevo con otro nombre y envíe esa copia.",
    )


def _directory(data: bytes) -> list[_Part]:
    """Return the members in the order of the central directory; its place must leave no room for a second reading."""
    end_at = len(data) - _END.size
    if end_at < 0:
        raise _damaged()
    sign, disk, first_disk, here, total, size, at, comment = _END.unpack_from(data, end_at)
    if sign != b"PK\x05\x06" or comment or disk or first_disk or here != total or at + size != end_at:
        raise _damaged()
    parts: list[_Part] = []
    while at < end_at:
        if len(parts) == MAX_PARTS:
            raise FileRefused(
                "TOO_MANY_PARTS",
                "El archivo contiene más de 2,000 piezas. Quite imágenes u hojas que sobren, o envíelo como PDF.",
            )
        if at + _CENTRAL.size > end_at:
            raise _damaged()
        entry = _CENTRAL.unpack_from(data, at)
        flags, method, crc, packed, unpacked, name_size, extra, note = *entry[3:5], *entry[7:13]
        if entry[0] != b"PK\x01\x02" or method not in (_STORED, _DEFLATED):
            raise _damaged()
        if flags & _ENCRYPTED_FLAGS:
            raise FileRefused(
                "ENCRYPTED", "El archivo está protegido con contraseña. Quítele la contraseña y envíelo de nuevo."
            )
        raw = data[at + _CENTRAL.size : at + _CENTRAL.size + name_size]
        name = raw.decode("utf-8" if flags & 0x800 else "cp437", "replace").lower()
        parts.append(_Part(name, raw, entry[16], method, packed, unpacked, crc))
        at += _CENTRAL.size + name_size + extra + note
    if at != end_at or len(parts) != total or not parts:
        raise _damaged()
    return parts


def _check_names(parts: list[_Part]) -> frozenset[str]:
    names = frozenset(part.name for part in parts)
    if len(names) != len(parts):
        raise _damaged()  # Word reads one of the two, another program the other
    for name in names:
        pieces = name.removesuffix("/").split("/")
        if not name.isprintable() or len(name) > 200 or "\\" in name or ":" in name or {"", ".", ".."} & {*pieces}:
            raise FileRefused(
                "BAD_PART_NAME",
                "El archivo contiene una pieza con un nombre que sale de su carpeta o que no es válido. Ábralo en Word "
                "o Excel, guárdelo de nuevo y envíe esa copia.",
            )
        if "vbaproject" in name or "vbadata" in name or "/macrosheets/" in name:
            raise _macros()
        if "/activex/" in name or not name.endswith(_XML_ENDINGS + _PICTURE_ENDINGS + _OTHER_ENDINGS):
            raise _embedded(name)
    return names


def _macros() -> FileRefused:
    return FileRefused(
        "MACROS",
        "El archivo contiene macros (programas). Guárdelo sin macros, como .docx o .xlsx, y envíelo de nuevo.",
    )


def _embedded(name: str) -> FileRefused:
    return FileRefused(
        "EMBEDDED_OBJECT",
        f"El archivo lleva dentro otro archivo u objeto («{name}»). Quítelo o péguelo como imagen, o envíe el "
        "documento como PDF.",
    )


def _located(data: bytes, parts: list[_Part]) -> Iterator[tuple[_Part, int]]:
    """Yield each member with the place of its data; members may not overlap nor hide anything between them."""
    directory_at = _END.unpack_from(data, len(data) - _END.size)[6]
    expected = 0
    for part in sorted(parts, key=lambda part: part.offset):
        start = part.offset + _LOCAL.size
        if not expected <= part.offset <= expected + (_MAX_GAP if expected else 0) or start > directory_at:
            raise _damaged()
        sign, _, flags, method, *_, name_size, extra = _LOCAL.unpack_from(data, part.offset)
        raw = data[start : start + name_size]
        expected = start + name_size + extra + part.packed
        if sign != b"PK\x03\x04" or raw != part.raw_name or method != part.method or flags & _ENCRYPTED_FLAGS:
            raise _damaged()
        if expected > directory_at:
            raise _damaged()
        yield part, expected - part.packed
    if directory_at > expected + _MAX_GAP:
        raise _damaged()


def _unpacked(packed: memoryview, method: int) -> Iterator[bytes]:
    """Yield the content in pieces of at most 256 KB, whatever the headers promise."""
    if method == _STORED:
        for at in range(0, len(packed), _CHUNK):
            yield bytes(packed[at : at + _CHUNK])
        return
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    at = 0
    pending: bytes | memoryview = b""
    full = False
    while not inflater.eof:
        if not pending and not full:
            pending = packed[at : at + _CHUNK // 4]
            at += len(pending)
            if not pending:
                raise _damaged()
        try:
            chunk = inflater.decompress(pending, _CHUNK)
        except zlib.error:
            raise _damaged() from None
        pending = inflater.unconsumed_tail
        full = len(chunk) == _CHUNK
        yield chunk
    if inflater.unused_data or at < len(packed):
        raise _damaged()


def _scanned(data: bytes, part: _Part, start: int) -> Iterator[bytes]:
    """Yield the content of a member while looking at it; at the end size and CRC must be the promised ones."""
    size, crc, tail, begun = 0, 0, b"", False
    xml = part.name.endswith(_XML_ENDINGS)
    for chunk in _unpacked(memoryview(data)[start : start + part.packed], part.method):
        if not begun and chunk:
            begun = True
            _check_head(part.name, chunk[:256], xml)
        size += len(chunk)
        crc = zlib.crc32(chunk, crc)
        yield chunk  # counted by the caller before anything else is spent on it
        window = tail + chunk
        tail = window[-_OVERLAP:]
        if window.find(b"<!DOCTYPE") >= 0:
            raise FileRefused(
                "DTD",
                f"El archivo trae definiciones propias de XML (DOCTYPE) en «{part.name}», que Word y Excel no usan. "
                "Ábralo, guárdelo de nuevo y envíe esa copia.",
            )
        # Instructions of fields are read without regard to case, but the marks around them are not.
        shouted = window.upper() if xml and (b"instr" in window or b"ddeLink" in window) else b""
        if any(order in shouted for order in _ORDERS):
            raise FileRefused(
                "ACTIVE_CONTENT",
                f"El archivo contiene un campo que trae datos de otro programa o archivo (DDE, INCLUDETEXT) en "
                f"«{part.name}». Conviértalo en texto normal y envíelo de nuevo.",
            )
    if size != part.size or crc != part.crc or (part.name.endswith("/") and size):
        raise _damaged()


def _check_head(name: str, head: bytes, xml: bool) -> None:
    if head.startswith(_OLE_HEAD) or head.startswith(_EXECUTABLE_HEADS) or head.startswith(_ARCHIVE_HEADS):
        raise _embedded(name)
    if not xml:
        return
    # In UTF-16, UTF-7 or EBCDIC a DOCTYPE would have other bytes than those that are looked for.
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    prolog, closed, _ = text.partition(b"?>") if text.startswith(b"<?xml") else (b"", b"?>", b"")
    encoding = _ENCODING.search(prolog)
    plain = encoding is None or encoding[1].lower() in (b"utf-8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252")
    if (
        not text.startswith(b"<")
        or b"\0" in head
        or not closed
        or not plain
        or (b"encoding" in prolog and not encoding)
    ):
        raise _damaged()


def _check_links(name: str, content: bytes) -> None:
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise _damaged() from None
    for element in root.iter():
        if not element.attrib:
            continue
        kind = element.get("ContentType", "").lower()
        if "macroenabled" in kind or "vbaproject" in kind:
            raise _macros()
        place = element.get("PartName") or "." + element.get("Extension", "")
        if kind.endswith("xml") and not place.lower().endswith(_XML_ENDINGS):
            raise _damaged()  # XML under the name of something else would pass unread
        if element.get("TargetMode", "").strip().lower() == "external" and element.get("Type") not in _HYPERLINKS:
            raise FileRefused(
                "EXTERNAL_LINK",
                f"El archivo depende de otro que está fuera de él (imagen, plantilla o libro vinculado, en «{name}»). "
                "Incruste o quite ese vínculo y envíelo de nuevo.",
            )
