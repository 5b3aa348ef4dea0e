"""Checks a file that somebody sends, before any parser sees it. Reads bytes only: nothing is decoded, drawn or run."""

import hashlib
import re
import struct
import unicodedata
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import puremagic

from documents.media_types import EXCEL, PDF, WORD
from documents.packages import MAX_UNPACKED, check_package
from documents.refusals import FileRefused

MAX_BYTES = 12 * 1024 * 1024
"""Largest file that is taken."""
MAX_FILENAME = 200
"""Longest name of a file, in characters."""
MAX_PIXELS = 100_000_000
"""Largest image, width times height."""

_ACCEPTED = "Se aceptan PDF, PNG, JPEG, Word (.docx) y Excel (.xlsx)."
_OLE_HEAD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that passed: its cleaned name, the media type of its content, its size in bytes and its hash in hex."""

    filename: str
    media_type: str
    size: int
    sha256: str


def inspect_upload(data: bytes, filename: str) -> CheckedFile:
    """Return what is known of a harmless file; raise FileRefused with a Spanish sentence for any other."""
    if not data:
        raise FileRefused("EMPTY_FILE", "El archivo está vacío. Revise que se haya guardado bien y envíelo de nuevo.")
    if len(data) > MAX_BYTES:
        raise FileRefused(
            "FILE_TOO_LARGE",
            "El archivo pesa más de 12 MB. Escanee con menor resolución (200 puntos por pulgada bastan) o divídalo.",
        )
    name = clean_filename(filename)
    extension = name.rpartition(".")[2].lower()
    if extension not in _KINDS:
        raise FileRefused("KIND_NOT_ACCEPTED", f"No se reciben archivos de esta clase («{name}»). {_ACCEPTED}")
    kind = _KINDS[extension]
    if not data.startswith(kind.heads):
        raise _mismatch(data, extension)
    kind.check(data)
    return CheckedFile(name, kind.media_type, len(data), hashlib.sha256(data).hexdigest())


def clean_filename(filename: str) -> str:
    """Return the last part of the path in NFC; raise FileRefused when the name hides something or cannot be written."""
    name = re.split(r"[/\\]", filename)[-1].strip() if len(filename) <= 4096 else filename
    if len(name) > MAX_FILENAME:
        raise FileRefused("BAD_FILENAME", "El nombre del archivo tiene más de 200 letras. Acórtelo y envíelo de nuevo.")
    # Cc control, Cf invisible (U+202E shows acta<202E>fdp.exe as actaexe.pdf), Cs half a character, Cn unknown.
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp") for letter in name):
        raise FileRefused(
            "BAD_FILENAME",
            "El nombre del archivo contiene signos invisibles o que no se pueden escribir. Cámbiele el nombre y "
            "envíelo de nuevo.",
        )
    name = unicodedata.normalize("NFC", name)
    if not name.rpartition(".")[0].strip(". "):
        raise FileRefused(
            "BAD_FILENAME", f"El archivo necesita un nombre y una terminación, como «acta.pdf». {_ACCEPTED}"
        )
    if len(name) > MAX_FILENAME:
        raise FileRefused("BAD_FILENAME", "El nombre del archivo tiene más de 200 letras. Acórtelo y envíelo de nuevo.")
    return name


def _mismatch(data: bytes, extension: str) -> FileRefused:
    if data.startswith(_OLE_HEAD):
        return FileRefused(
            "KIND_MISMATCH",
            f"El archivo termina en .{extension} pero es de una versión antigua de Office o está protegido con "
            "contraseña. Guárdelo como .docx o .xlsx, sin contraseña, y envíelo de nuevo.",
        )
    try:
        found = puremagic.from_string(data[:4096])
    except (puremagic.PureError, ValueError):
        found = ""
    seems = f" (parece {found})" if found and found != f".{extension}" else ""
    return FileRefused(
        "KIND_MISMATCH",
        f"El archivo termina en .{extension}, pero su contenido no lo es{seems}. Ábralo con el programa que lo hizo y "
        f"guárdelo como corresponde. {_ACCEPTED}",
    )


def _damaged(what: str) -> FileRefused:
    return FileRefused("DAMAGED", f"{what}. Compruebe que el archivo abre bien en su computadora y envíelo de nuevo.")


def _check_docx(data: bytes) -> None:
    _check_office(data, "word/document.xml", "docx")


def _check_xlsx(data: bytes) -> None:
    _check_office(data, "xl/workbook.xml", "xlsx")


def _check_office(data: bytes, main_part: str, extension: str) -> None:
    parts = check_package(data)
    if main_part in parts and "[content_types].xml" in parts and "_rels/.rels" in parts:
        return
    if main_part not in parts and parts & {"word/document.xml", "xl/workbook.xml", "ppt/presentation.xml"}:
        raise FileRefused(
            "KIND_MISMATCH",
            f"El archivo termina en .{extension}, pero es de otro programa de Office. Póngale la terminación correcta. "
            f"{_ACCEPTED}",
        )
    raise FileRefused(
        "MISSING_PART",
        f"El archivo termina en .{extension}, pero le falta lo principal («{main_part}»). Ábralo en Word o Excel, "
        "guárdelo de nuevo y envíe esa copia.",
    )


# --- Text tables -------------------------------------------------------------------------------------------------

_NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _check_csv(data: bytes) -> None:
    """Look for bytes that no table of text holds. What it says does not matter here: nothing computes its formulas."""
    if data.startswith((b"%PDF-", b"PK", b"\x89PNG", b"\xff\xd8\xff", _OLE_HEAD)) or _NO_TEXT.search(data):
        raise FileRefused(
            "KIND_MISMATCH",
            "El archivo termina en .csv, pero no es texto en UTF-8 ni en el juego de Windows. Guárdelo en Excel como "
            "«CSV UTF-8», o envíe el .xlsx.",
        )


# --- PDF ---------------------------------------------------------------------------------------------------------

# Looking at a name takes a quarter of a microsecond at worst.
_MAX_PDF_NAMES = 400_000
_MAX_OBJECT_STREAMS = 2000


def _escapable(name: str) -> str:
    """Return a pattern for a PDF name, any letter of which may be written as #xx."""
    return "".join(f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in name)


_ACTS = "(?P<script>{})|(?P<launch>{})|(?P<embedded>{})|(?P<media>{})|(?P<encrypted>{})".format(
    *map(_escapable, ("JavaScript", "Launch", "EmbeddedFile", "RichMedia", "Encrypt"))
)
_PDF_ACTS = re.compile(f"/(?:{_ACTS})".encode())
_PDF_NAMES = re.compile(f"/(?:{_ACTS}|(?P<objects>{_escapable('ObjStm')}))".encode())
_PDF_REFUSALS = {
    "script": ("ACTIVE_CONTENT", "El PDF contiene programas (JavaScript)."),
    "launch": ("ACTIVE_CONTENT", "El PDF intenta abrir otros programas."),
    "embedded": ("EMBEDDED_OBJECT", "El PDF lleva otros archivos adjuntos dentro."),
    "media": ("ACTIVE_CONTENT", "El PDF contiene video, sonido o animaciones."),
    "encrypted": ("ENCRYPTED", "El PDF está protegido con contraseña o restricciones."),
}


def _check_pdf(data: bytes) -> None:
    """Look for names that make a PDF act, in the open and in compressed object streams.

    No deeper than that, because the server never opens a PDF: it keeps it and hands it back. Page contents stay packed;
    a stream with an unusual filter is refused rather than undone; a reader's own defects are beyond any check of bytes.
    """
    if b"%%EOF" not in data[-2048:]:
        raise _damaged("El PDF está dañado o incompleto")
    names = data.count(b"/")
    left = MAX_UNPACKED
    at = streams = 0
    while names <= _MAX_PDF_NAMES and (found := _PDF_NAMES.search(data, at)):
        if found.lastgroup != "objects":
            raise _acting(found)
        streams += 1
        begin = data.find(b"stream", found.end(), found.end() + 4096)
        if begin < 0 or streams > _MAX_OBJECT_STREAMS:
            raise _damaged("El PDF está dañado o incompleto")
        begin += len(b"stream")
        begin += 2 if data[begin : begin + 2] == b"\r\n" else 1
        at, size, slashes = _check_object_stream(data, begin, left, _MAX_PDF_NAMES - names)
        left -= size
        names += slashes
    if names > _MAX_PDF_NAMES:
        raise FileRefused(
            "UNPACKED_TOO_LARGE", "El PDF es demasiado complejo. Imprímalo de nuevo como PDF y envíe esa copia."
        )


def _check_object_stream(data: bytes, begin: int, left: int, names_left: int) -> tuple[int, int, int]:
    """Return where the stream ends in the file, how many bytes it held and how many names, at most."""
    inflater = zlib.decompressobj()
    view = memoryview(data)
    at, size, names, tail = begin, 0, 0, b""
    pending: bytes | memoryview = b""
    full = False
    while not inflater.eof and names <= names_left:
        if not pending and not full:
            pending = view[at : at + 16384]
            at += len(pending)
        try:
            chunk = inflater.decompress(pending, 65536)
        except zlib.error:
            raise _damaged("El PDF está dañado o incompleto") from None
        if not chunk and not pending and not full:
            raise _damaged("El PDF está dañado o incompleto")
        pending = inflater.unconsumed_tail
        full = len(chunk) == 65536
        size += len(chunk)
        names += chunk.count(b"/")
        if size > left:
            raise FileRefused(
                "UNPACKED_TOO_LARGE",
                "El PDF, una vez descomprimido, ocupa más de 20 MB. Imprímalo de nuevo como PDF y envíe esa copia.",
            )
        window = tail + chunk
        tail = window[-64:]
        if names <= names_left and (found := _PDF_ACTS.search(window)):
            raise _acting(found)
    return at - len(inflater.unused_data), size, names


def _acting(found: re.Match[bytes]) -> FileRefused:
    code, sentence = _PDF_REFUSALS[found.lastgroup or ""]
    return FileRefused(code, f"{sentence} Imprímalo de nuevo como PDF (sin contraseña ni adjuntos) y envíe esa copia.")


# --- Images ------------------------------------------------------------------------------------------------------

_START_OF_FRAME = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_MAX_JPEG_SEGMENTS = 1000


def _check_png(data: bytes) -> None:
    if data[8:16] != b"\0\0\0\rIHDR" or len(data) < 33 or b"IEND\xaeB`\x82" not in data[-64:]:
        raise _damaged("La imagen PNG está dañada o incompleta")
    _check_dimensions(*struct.unpack_from(">LL", data, 16))


def _check_jpeg(data: bytes) -> None:
    """Walk the segments up to the frame header, which has the dimensions; a photo's trailer after its end is usual."""
    at = 2
    for _ in range(_MAX_JPEG_SEGMENTS):
        if at + 9 > len(data) or data[at] != 0xFF:
            break
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker in _START_OF_FRAME:
            height, width = struct.unpack_from(">HH", data, at + 5)
            if b"\xff\xd9" not in data[at:]:
                break
            return _check_dimensions(width, height)
        length = int.from_bytes(data[at + 2 : at + 4])
        if marker in (0xD8, 0xD9, 0xDA) or length < 2:
            break
        at += 2 + length
    raise _damaged("La imagen JPEG está dañada o incompleta")


def _check_dimensions(width: int, height: int) -> None:
    if not width or not height:
        raise _damaged("La imagen no tiene ancho o alto")
    if width * height > MAX_PIXELS:
        raise FileRefused(
            "IMAGE_TOO_LARGE",
            f"La imagen mide {width} × {height} puntos, más de 100 millones. Redúzcala o escanee con menor resolución.",
        )


@dataclass(frozen=True, slots=True)
class _Kind:
    media_type: str
    heads: bytes | tuple[bytes, ...]
    check: Callable[[bytes], None]


_JPEG = _Kind("image/jpeg", b"\xff\xd8\xff", _check_jpeg)
_KINDS = {
    "pdf": _Kind(PDF, (b"%PDF-", b"\xef\xbb\xbf%PDF-", b"\n%PDF-", b"\r\n%PDF-"), _check_pdf),
    "png": _Kind("image/png", b"\x89PNG\r\n\x1a\n", _check_png),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "docx": _Kind(WORD, b"PK\x03\x04", _check_docx),
    # For imports alone: no record names one (actions/files.use_file), so people are not told of it elsewhere.
    "csv": _Kind("text/csv", b"", _check_csv),
    "xlsx": _Kind(EXCEL, b"PK\x03\x04", _check_xlsx),
}
