"""The text of one paragraph of an edited template: its runs, fields and looks, and what none of them may hold."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from docx.oxml.ns import qn
from lxml import etree  # type: ignore[import-untyped]

from .fields import DIRECTION_OVERRIDES
from .markup import FIELD_MARKS
from .refusals import Layer

Note = Callable[[Layer, str], None]
"""Notes what is wrong with the paragraph at hand."""

BOLD, ITALIC = "**", "*"
MARK = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}")
"""A field or an order between braces. No brace inside: thousands that open and never close are passed over at once."""
QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″", '"') | dict.fromkeys("‘’‚‛′", "'"))
"""What word processors make of the quotes that are typed: inside a mark only straight ones are read."""
INVISIBLE = set("\u200b\u200c\u200d\u2060\ufeff\u00ad")

_SKIPPED = {
    "pPr", "rPr", "bookmarkStart", "bookmarkEnd", "proofErr", "permStart", "permEnd", "lastRenderedPageBreak",
    "softHyphen", "annotationRef",
}  # fmt: skip
_COMMENT = "lleva un comentario abierto; resuélvalo y bórrelo"
_TRACKED = "lleva control de cambios; acepte o rechace todos los cambios y guarde de nuevo"
_PICTURE = "lleva una imagen, un cuadro de texto o un objeto, que no pasaría a los documentos; quítelo"
_NOTE = "lleva una nota al pie o al final, que no pasaría a los documentos; escríbala en el texto"
_WORDS = {
    **dict.fromkeys(("commentRangeStart", "commentRangeEnd", "commentReference"), _COMMENT),
    **dict.fromkeys(("ins", "del", "moveFrom", "moveTo", "delText", "delInstrText"), _TRACKED),
    **dict.fromkeys(("drawing", "pict", "object", "AlternateContent"), _PICTURE),
    **dict.fromkeys(("footnoteReference", "endnoteReference", "footnoteRef", "endnoteRef"), _NOTE),
    "sdt": "lleva un control de contenido (un recuadro para rellenar); quítelo y deje solo el texto",
    "oMath": "lleva una ecuación; escríbala como texto",
    "oMathPara": "lleva una ecuación; escríbala como texto",
    "sym": "lleva un símbolo de otra letra; escríbalo con el teclado",
    "ruby": "lleva una guía de pronunciación; quítela",
}
"""What is wrong with the elements that a paragraph may not hold, by name."""
TRACKED = re.compile(r"(Change|RangeStart|RangeEnd)$|^(cellIns|cellDel|cellMerge)$")
"""Further elements of tracked changes; the ranges are those of moves and of inserted XML."""
_LOST = {
    "u": "subrayado", "strike": "tachado", "dstrike": "tachado", "vertAlign": "superíndice o subíndice",
    "highlight": "resaltado", "caps": "mayúsculas automáticas", "smallCaps": "versalitas",
}  # fmt: skip
_OFF = {"0", "false", "off", "none", "baseline", "auto"}
_LOOKS_BY_STYLE = {"strong": BOLD, "texto en negrita": BOLD, "emphasis": ITALIC, "énfasis": ITALIC}


@dataclass
class _Field:
    """A field of Word that is under way: its instruction, and whether its result has begun."""

    instruction: list[str] = field(default_factory=list)


@dataclass
class Runs:
    """Reads the runs of paragraphs; `styles` gives the names of character styles by id."""

    styles: dict[str, str]
    _open: list[_Field] = field(default_factory=list)

    def text(self, paragraph: etree._Element, note: Note, *, plain_look: str = "") -> str:
        """Return a paragraph's text with its marks of bold and italics, `plain_look` being the look of its style."""
        pieces = list(self._pieces(paragraph, note))
        if self._open:
            note(Layer.PACKAGE, "lleva un campo de Word que no termina; bórrelo")
            self._open.clear()
        return _marked(_clean(_whole_marks(pieces, plain_look), note), note)

    def _pieces(self, parent: etree._Element, note: Note) -> Iterator[tuple[str, str]]:
        for child in parent:
            name = etree.QName(child).localname if isinstance(child.tag, str) else ""
            if name == "r":
                yield from self._run(child, note)
            elif name == "fldSimple":
                yield from self._word_field(child.get(qn("w:instr"), ""), note)
            elif name in ("smartTag", "hyperlink"):
                if name == "hyperlink":
                    note(Layer.PACKAGE, "lleva un hipervínculo; quítelo y deje solo el texto")
                yield from self._pieces(child, note)
            elif name and name not in _SKIPPED:
                note(Layer.PACKAGE, _words(name))

    def _run(self, run: etree._Element, note: Note) -> Iterator[tuple[str, str]]:
        look = self._look(run, note)
        for child in run:
            name = etree.QName(child).localname if isinstance(child.tag, str) else ""
            if name == "fldChar":
                yield from self._field_mark(child.get(qn("w:fldCharType"), ""), note)
            elif name == "instrText":
                if self._open:
                    self._open[-1].instruction.append(child.text or "")
            elif self._open or not name or name in _SKIPPED:
                continue
            elif name == "t":
                yield child.text or "", look
            elif name in ("tab", "ptab"):
                yield "\t", look
            elif name in ("br", "cr"):
                if child.get(qn("w:type"), "textWrapping") != "textWrapping":
                    note(Layer.READING, "lleva un salto de página o de columna; quítelo")
                yield "\n", look
            elif name == "noBreakHyphen":
                yield "-", look
            else:
                note(Layer.PACKAGE, _words(name))

    def _field_mark(self, kind: str, note: Note) -> Iterator[tuple[str, str]]:
        if kind == "begin":
            self._open.append(_Field())
        elif kind == "end" and self._open:
            yield from self._word_field(" ".join(self._open.pop().instruction), note)

    def _word_field(self, instruction: str, note: Note) -> Iterator[tuple[str, str]]:
        name = (instruction.split() or [""])[0].upper()
        if name in FIELD_MARKS:
            yield FIELD_MARKS[name], ""
        else:
            said = f" ({name[:20]})" if name else ""
            note(Layer.PACKAGE, f"lleva un campo de Word{said}; solo se admiten los números de página")

    def _look(self, run: etree._Element, note: Note) -> str:
        properties = run.find(qn("w:rPr"))
        if properties is None or not "".join(run.itertext()).strip():
            return ""
        if any(_on(properties, f"w:{name}") for name in ("vanish", "specVanish", "webHidden")):
            note(Layer.PACKAGE, "lleva texto oculto; muéstrelo o bórrelo")
        for lost, words in _LOST.items():
            if _on(properties, f"w:{lost}"):
                note(Layer.READING, f"lleva {words}, que la plantilla no guarda; use negrita o cursiva")
        style = properties.find(qn("w:rStyle"))
        name = self.styles.get(style.get(qn("w:val"), ""), "").lower() if style is not None else ""
        by_style = _LOOKS_BY_STYLE.get(name, "")
        bold, italic = _on(properties, "w:b") or by_style == BOLD, _on(properties, "w:i") or by_style == ITALIC
        if bold and italic:
            return BOLD + ITALIC
        return BOLD if bold else ITALIC if italic else ""


def _words(name: str) -> str:
    """Say what is wrong with an element that no paragraph may hold."""
    if name in _WORDS:
        return _WORDS[name]
    return _TRACKED if TRACKED.search(name) else f"lleva algo que una plantilla no puede guardar ({name[:40]}); quítelo"


def _on(properties: etree._Element, name: str) -> bool:
    mark = properties.find(qn(name))
    return mark is not None and mark.get(qn("w:val"), "1") not in _OFF


_BEYOND = {BOLD: {BOLD: "", BOLD + ITALIC: ITALIC}, ITALIC: {ITALIC: "", BOLD + ITALIC: BOLD}}
"""What is left of a run's look where its paragraph's style has it already."""

Signs = list[tuple[str, str]]
"""Signs one by one, each with its look."""


def _whole_marks(pieces: list[tuple[str, str]], plain_look: str) -> Signs:
    """Return the signs with marks made whole: one look each, straight quotes, plain spaces, no breaks inside."""
    beyond = _BEYOND.get(plain_look, {})
    signs = [(sign, beyond.get(look, look)) for text, look in pieces for sign in _cut(text)]
    text = "".join(sign if len(sign) == 1 else "\ufffc" for sign, _ in signs)
    for found in reversed(list(MARK.finditer(text))):
        look = signs[found.start()][1]
        inner = re.sub(r"\s+", " ", re.sub("[\u200b\u200c\u200d\u2060\ufeff\u00ad]", "", found[0])).translate(QUOTES)
        inner = re.sub(r"^\{%(?:p|tr)(?= )", "{%", inner)
        signs[found.start() : found.end()] = [(sign, look) for sign in inner]
    return signs


def _cut(text: str) -> list[str]:
    """Return the signs of a piece; the mark of a page number is one."""
    return [text] if text in FIELD_MARKS.values() else list(text)


def _clean(signs: Signs, note: Note) -> Signs:
    """Return the signs without what is not seen: spaces in a row, breaks at the ends, marks of width zero."""
    kept: Signs = []
    for sign, look in signs:
        if sign in INVISIBLE:
            continue
        category = unicodedata.category(sign) if len(sign) == 1 else ""
        unseen = category in ("Cc", "Cf", "Cs", "Co", "Cn") and sign not in "\t\n"
        if unseen or sign in DIRECTION_OVERRIDES:
            note(Layer.PACKAGE, "lleva un carácter invisible o que no se puede imprimir; bórrelo y escríbalo de nuevo")
            continue
        sign = " " if category in ("Zs", "Zl", "Zp") else sign
        if sign in " \n" and kept and kept[-1][0] == "\n":
            continue
        if sign in " " and kept and kept[-1][0] == " ":
            continue
        if sign == "\n" and kept and kept[-1][0] == " ":
            kept.pop()
        kept.append((sign, look))
    while kept and kept[0][0] in " \n":
        kept.pop(0)
    while kept and kept[-1][0] in " \n":
        kept.pop()
    return kept


def _marked(signs: Signs, note: Note) -> str:
    """Return the text with its marks of bold and italics, which never hold a break, nor spaces at their ends."""
    outside = MARK.sub("", "".join(sign for sign, _ in signs))
    if "*" in outside or "\\" in outside:
        note(Layer.READING, "lleva un asterisco o una barra invertida, que la plantilla reserva; quítelos")
    groups: list[tuple[str, str]] = []
    for sign, look in signs:
        look = "" if sign in "\n\t" or len(sign) > 1 else look
        sign = "[tab]" if sign == "\t" else sign
        if groups and groups[-1][0] == look:
            groups[-1] = (look, groups[-1][1] + sign)
        else:
            groups.append((look, sign))
    said = ""
    before = ""
    for look, text in groups:
        bare = text.strip(" ")
        if look and bare:
            if look == BOLD + ITALIC:
                note(Layer.READING, "lleva negrita y cursiva a la vez; deje una de las dos")
            if before and said.endswith("*"):
                note(Layer.READING, "lleva negrita y cursiva sin espacio entre ellas; sepárelas")
            head, tail = text[: len(text) - len(text.lstrip(" "))], text[len(text.rstrip(" ")) :]
            text = f"{head}{look}{bare}{look}{tail}"
        said, before = said + text, look if bare else before
    return said
