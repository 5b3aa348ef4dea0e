"""Many papers in one zip: names that every system accepts, a list of them, and the same bytes for the same papers."""

import csv
import hashlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO

from .list_files import safe_cell
from .packing import EPOCH

LISTING = "listado.csv"
LONGEST_NAME = 100
"""Characters of a name without its ending: with the folder it is unpacked into it stays below Windows' 260."""
RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d", re.I)
"""Names that Windows keeps for devices, whatever their ending."""


@dataclass(frozen=True)
class Packed:
    """One line of the list: what was asked for, and its file if there is one."""

    number: str
    """Of the paper, or of the convention while it has none."""
    place: str
    """Municipality or institution."""
    state: str
    sha256: str = ""
    """Of its Word file; empty without one."""
    reason: str = ""
    ending: str = ".docx"


def safe_name(*parts: str) -> str:
    """Return a file name without ending that Windows, macOS and Linux accept, in plain letters."""
    plain = unicodedata.normalize("NFKD", " ".join(filter(None, parts))).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:LONGEST_NAME].strip("-")
    return f"documento-{name}".strip("-") if not name or RESERVED.fullmatch(name) else name


def names_of(lines: Sequence[Packed]) -> list[str]:
    """Return the name of each line's file, none twice even where capitals count for nothing; empty without a file."""
    taken: set[str] = {LISTING}
    names: list[str] = []
    for line in lines:
        stem = safe_name(line.number, line.place)
        name, count = f"{stem}{line.ending}", 1
        while name.casefold() in taken:
            count += 1
            name = f"{stem}-{count}{line.ending}"
        names.append(name if line.sha256 else "")
        if line.sha256:
            taken.add(name.casefold())
    return names


def write_zip(target: IO[bytes], lines: Sequence[Packed], read: Callable[[str], bytes | None]) -> str:
    """Write the files of the lines and their list into a zip, one after the other; return its SHA-256.

    `read` gives the content of a hash, one at a time in memory, or None when the store cannot: the list says so.
    """
    names = names_of(lines)
    told = dict(zip(names, lines, strict=True))
    lost: set[str] = set()
    # Stored, not squeezed: Word files are zips themselves, and no version of a compressor changes the bytes.
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as package:
        for name in sorted(filter(None, names)):
            content = read(told[name].sha256)
            if content is None:
                lost.add(name)
            else:
                package.writestr(_member(name), content)
        package.writestr(_member(LISTING), _listing(lines, names, lost))
    target.seek(0)
    return hashlib.file_digest(target, "sha256").hexdigest()  # type: ignore[arg-type]


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, EPOCH)
    # Windows and Linux write different creator marks; zero is the same everywhere.
    member.create_system, member.external_attr = 0, 0
    return member


HEADINGS = ("Archivo", "Número", "Municipalidad o institución", "Estado", "SHA-256", "Observaciones")
LOST = "Su archivo no está íntegro en el almacén: avise a quien administra el sistema."


def _listing(lines: Sequence[Packed], names: Sequence[str], lost: set[str]) -> bytes:
    """Return the list as CSV in UTF-8 with its mark, so that spreadsheets read the accents."""
    sheet = io.StringIO()
    table = csv.writer(sheet, lineterminator="\r\n")
    table.writerow(HEADINGS)
    for line, name in zip(lines, names, strict=True):
        gone = name in lost
        shown = ("" if gone else name, line.number, line.place, line.state, line.sha256, LOST if gone else line.reason)
        table.writerow(map(safe_cell, shown))
    return sheet.getvalue().encode("utf-8-sig")
