"""Measures a workbook before a reader opens it: a few bytes can ask for a table of billions of cells, or repeat a book.

A reader lays a sheet out as one rectangle around all its cells and copies a shared text into every cell that names it.
"""

import io
import re
import zipfile
from typing import Any
from xml.parsers import expat

from documents.refusals import FileRefused

MOST_AREA = 1_000_000
"""Cells of the rectangle around everything that a sheet holds."""
MOST_TEXT = 20_000_000
"""Letters of a sheet, each shared text counted as often as it is named."""
MOST_SHARED = 300_000
"""Shared texts of a workbook."""

_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)


class _OtherPart(Exception):
    """The part's first element is none that is measured."""


def check_workbook(data: bytes) -> None:
    """Refuse a workbook whose sheets would not fit; `data` has passed the checks of an upload."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        names = [name for name in parts.namelist() if name.lower().endswith(".xml")]
        shared: list[int] = []
        for name in names:
            _measured(parts, name, _SharedTexts(shared))
        for name in names:
            _measured(parts, name, _Sheet(shared))


def _measured(parts: zipfile.ZipFile, name: str, meter: "_Meter") -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = meter.start
    parser.EndElementHandler = meter.end
    parser.CharacterDataHandler = meter.text
    try:
        with parts.open(name) as part:
            parser.ParseFile(part)
    except _OtherPart:
        pass
    except expat.ExpatError:
        raise FileRefused(
            "DAMAGED", f"El libro está dañado («{name}»). Ábralo en Excel, guárdelo de nuevo y envíe esa copia."
        ) from None


def _too_large() -> FileRefused:
    return FileRefused(
        "SHEET_TOO_LARGE",
        "La hoja tiene datos muy lejos de la tabla, o demasiado texto. Copie solo la tabla en la plantilla y envíe esa "
        "copia.",
    )


class _Meter:
    """Measures one part of a workbook as it is parsed; a part of another kind is left at its first element."""

    root = ""

    def __init__(self) -> None:
        self.begun = False

    def start(self, tag: str, attributes: dict[str, Any]) -> None:
        """Take an element's beginning."""
        name = tag.rpartition(":")[2]
        if not self.begun and name != self.root:
            raise _OtherPart
        self.begun = True
        self.opened(name, attributes)

    def end(self, tag: str) -> None:
        """Take an element's end."""

    def opened(self, name: str, attributes: dict[str, Any]) -> None:
        """Take an element below the root."""

    def text(self, letters: str) -> None:
        """Take letters between elements."""


class _SharedTexts(_Meter):
    """Notes how long each shared text is."""

    root = "sst"

    def __init__(self, lengths: list[int]) -> None:
        super().__init__()
        self.lengths = lengths

    def opened(self, name: str, attributes: dict[str, Any]) -> None:
        """Begin a shared text."""
        if name == "si":
            self.lengths.append(0)
            if len(self.lengths) > MOST_SHARED:
                raise _too_large()

    def text(self, letters: str) -> None:
        """Count letters into the text that is open."""
        if self.lengths:
            self.lengths[-1] += len(letters)


class _Sheet(_Meter):
    """Measures the rectangle around the cells that hold something, and the letters in them."""

    root = "worksheet"

    def __init__(self, shared: list[int]) -> None:
        super().__init__()
        self.shared = shared
        self.row = self.column = self.last_row = self.last_column = self.letters = 0
        self.by_number = False
        self.number = ""
        self.within = ""

    def opened(self, name: str, attributes: dict[str, Any]) -> None:
        """Follow rows and cells; those without a place stand after the one before."""
        if name == "row":
            given = attributes.get("r", "")
            self.row = int(given) if given.isascii() and given.isdigit() and len(given) < 8 else self.row + 1
            self.column = 0
        elif name == "c":
            place = _PLACE.fullmatch(attributes.get("r", ""))
            self.column = _number_of(place[1]) if place else self.column + 1
            self.row = int(place[2]) if place else self.row
            self.by_number = attributes.get("t") == "s"
        elif name in ("v", "is"):
            self.within, self.number = name, ""
            self.last_row, self.last_column = max(self.last_row, self.row), max(self.last_column, self.column)
            if self.last_row * self.last_column > MOST_AREA:
                raise _too_large()

    def text(self, letters: str) -> None:
        """Count letters of a cell; digits that name a shared text are kept."""
        if self.within == "v" and self.by_number:
            self.number += letters[:10]
        elif self.within:
            self._count(len(letters))

    def end(self, tag: str) -> None:
        """Count the shared text that a cell named."""
        name = tag.rpartition(":")[2]
        if name != self.within:
            return
        self.within = ""
        if name == "v" and self.by_number and self.number.strip().isdecimal():
            which = int(self.number)
            self._count(self.shared[which] if which < len(self.shared) else 0)

    def _count(self, letters: int) -> None:
        self.letters += letters
        if self.letters > MOST_TEXT:
            raise _too_large()


def _number_of(column: str) -> int:
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
