"""Looks over a Word file before its words are read: how much work it asks for, and what it shows besides its words.

Reading lays every part out as a tree: 20 MB of tags would take 600 MB. And a file may show what its words do not say:
a picture over an amount, a note, the result of a field. Who compares only words must know of those.
"""

import io
import re
import zipfile
from collections import Counter
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from documents.refusals import FileRefused
from documents.seal import sha256_hex

MOST_ELEMENTS = 100_000
"""Tags of all parts together; a paper of 40 clauses has about two thousand."""
MOST_READING = 300_000
"""Tags counted once for each paragraph that they are in: paragraphs may lie in paragraphs, and each is read."""
MOST_LETTERS = 2_000_000
"""Letters of the whole file."""

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_PARAGRAPH, _TEXT = "p", "t"
_HIDING = frozenset(("vanish", "webHidden", "specVanish"))
_FOREIGN = frozenset(("sym", "object", "altChunk", "contentPart", "ruby", "control", "movie"))
_NOTES = re.compile(r"word/(foot|end)notes|word/comments", re.IGNORECASE)
_MARGINS = re.compile(r"word/(header|footer)\d*\.xml", re.IGNORECASE)


@dataclass(frozen=True)
class Scan:
    """What a Word file shows besides its words; two that differ here do not look alike though their words agree."""

    margins: frozenset[str]
    """Words of each header and footer: pages may have others than the first section's."""
    pictures: frozenset[str]
    """Hash of each picture and other content that is kept beside the text."""
    drawn: int
    """Pictures and shapes that are placed somewhere."""
    hidden: int
    """Runs whose words are there and not shown."""
    notes: int
    """Letters in footnotes, endnotes and comments."""
    in_fields: int
    """Letters that fields show, other than the figures of page numbers in headers and footers."""
    foreign: int
    """Symbols, embedded objects and words of drawings, formulas or diagrams."""
    numbered: int
    """Paragraphs that Word numbers by itself, with whatever words the list says."""

    def more_than(self, other: "Scan") -> tuple[str, ...]:
        """Say in Spanish what this file shows besides its words that the other one does not."""
        found = (
            (self.hidden > other.hidden, "texto oculto"),
            (bool(self.pictures - other.pictures) or self.drawn > other.drawn, "imágenes o figuras"),
            (self.notes > other.notes, "notas al pie o comentarios"),
            (self.in_fields > other.in_fields, "campos que muestran texto"),
            (self.foreign > other.foreign, "objetos o símbolos insertados"),
            (self.numbered > other.numbered, "párrafos con numeración automática"),
            (bool(self.margins - other.margins), "otros encabezados o pies de página"),
        )
        return tuple(words for holds, words in found if holds)


def scan(data: bytes) -> Scan:
    """Look over a Word file that passed the checks of an upload; raise FileRefused when reading it would take too much.

    Any other file is refused as damaged.
    """
    meter = _Meter()
    margins: set[str] = set()
    pictures: set[str] = set()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            for name in sorted(parts.namelist()):
                content = parts.read(name)
                if name.lower().endswith(".xml"):
                    words = meter.measure(name, content)
                    if _MARGINS.fullmatch(name) and words:
                        margins.add(words)
                elif name.lower().startswith("word/") and not name.lower().endswith((".rels", "/")):
                    pictures.add(sha256_hex(content))
    except (zipfile.BadZipFile, expat.ExpatError):
        message = "El documento de Word está dañado. Ábralo en Word, guárdelo de nuevo y envíe esa copia."
        raise FileRefused("DAMAGED", message) from None
    seen = meter.seen
    return Scan(
        frozenset(margins),
        frozenset(pictures),
        seen["drawn"],
        seen["hidden"],
        seen["notes"],
        seen["fields"],
        seen["foreign"],
        seen["numbered"],
    )


def _too_much() -> FileRefused:
    return FileRefused(
        "TOO_COMPLEX",
        "El documento de Word es mucho más largo o complejo que los que se emiten aquí. Envíe el archivo tal como lo "
        "recibió.",
    )


class _Meter:
    """Goes through the parts of one file, tag by tag, without keeping them."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.elements = self.reading = self.letters = 0

    def measure(self, name: str, content: bytes) -> str:
        """Take one part and return its words without the blanks between them, which every program sets its own way."""
        self._note, self._margin = bool(_NOTES.match(name)), bool(_MARGINS.fullmatch(name))
        self._open: list[str] = []
        self._paragraphs = self._fields = 0
        self._words: list[str] = []
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(content, True)
        return "".join("".join(self._words).split())

    def _start(self, tag: str, attributes: dict[str, Any]) -> None:
        space, _, local = tag.rpartition(" ")
        word = space in (WORD, STRICT)
        self._open.append(local if word else f"other {local}")
        # One more tree hangs on every attribute than on none.
        self.elements += 1 + len(attributes) // 4
        if word and local == _PARAGRAPH:
            self._paragraphs += 1
        self.reading += max(self._paragraphs, 1)
        if self.elements > MOST_ELEMENTS or self.reading > MOST_READING or len(self._open) > 200:
            raise _too_much()
        if not word:
            return
        if local in _HIDING and str(attributes.get(f"{space} val", "1")).lower() not in ("0", "false", "off"):
            self.seen["hidden"] += 1
        elif local in ("drawing", "pict"):
            self.seen["drawn"] += 1
        elif local in _FOREIGN:
            self.seen["foreign"] += 1
        elif local == "numPr":
            self.seen["numbered"] += 1
        elif local == "fldSimple":
            self._fields += 1
        elif local == "fldChar":
            self._fields += {"begin": 1, "end": -1}.get(attributes.get(f"{space} fldCharType", ""), 0)

    def _end(self, tag: str) -> None:
        last = self._open.pop()
        if last == _PARAGRAPH:
            self._paragraphs -= 1
        elif last == "fldSimple":
            self._fields -= 1

    def _text(self, letters: str) -> None:
        self.letters += len(letters)
        if self.letters > MOST_LETTERS:
            raise _too_much()
        within = self._open[-1] if self._open else ""
        if within == _TEXT and self._fields > 0:
            # A page's own number is what the fields of a header or footer are for.
            self.seen["fields"] += sum(not (self._margin and letter.isdigit()) for letter in letters)
        elif within == _TEXT:
            self._words.append(letters)
            self.seen["notes"] += len(letters) if self._note else 0
        elif within == "other t":
            self.seen["foreign"] += len(letters)
