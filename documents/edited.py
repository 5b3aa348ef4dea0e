"""Reads a template as somebody edited it in Word or Writer: its Markdown, or all that it may not hold, place by place.

What is kept of it is what is read here, compiled anew: nothing that the approver does not see can pass into papers.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from docx import Document
from docx.document import Document as WordDocument
from docx.exceptions import PythonDocxError
from docx.opc.exceptions import OpcError
from docx.oxml.exceptions import XmlchemyError
from docx.oxml.ns import qn
from lxml import etree  # type: ignore[import-untyped]

from .edited_front import front_of
from .edited_runs import BOLD, ITALIC, TRACKED, Note, Runs
from .layout import LOOKS
from .markup import CONTROL, MARKS, MM_PER_DASH, Block, blocks
from .refusals import Layer, TemplateProblem, TemplateUnfit

UNREADABLE = (
    KeyError, ValueError, AttributeError, IndexError, TypeError, OverflowError, etree.LxmlError, OpcError,
    PythonDocxError, XmlchemyError, RecursionError,
)  # fmt: skip
"""What python-docx and lxml raise for a package that is damaged or of another program."""
FIRST_WORDS = 40
"""Signs of a place's text that are told to find it."""

_NORMAL = {
    "normal", "standard", "default paragraph style", "body text", "text body", "cuerpo de texto", "texto independiente",
    "estilo predeterminado", "estilo de párrafo predeterminado", "no spacing", "sin espaciado",
}  # fmt: skip
"""What word processors call plain text."""
_IDS = {look.name.lower(): style for style, look in LOOKS.items()} | {style.lower(): style for style in LOOKS}
_OF_THE_PAGE = {"Cabecera": "el encabezado de la página", "Verificacion": "el pie", "Pie": "el pie"}


@dataclass(frozen=True)
class Piece:
    """One block of an edited template, or one row of a table, with the place that a person finds it by."""

    place: str
    markdown: str
    row: bool = False
    """A row that goes right under the piece before it."""
    cells: tuple[tuple[str, str], ...] = ()
    """Place and text of each cell of a row that is no order."""


@dataclass(frozen=True)
class Edited:
    """An edited template: the data it brought about itself, if any, and its blocks."""

    front: str
    pieces: tuple[Piece, ...]

    def body(self) -> str:
        """Return the blocks as Markdown."""
        text = ""
        for piece in self.pieces:
            text += ("" if not text else "\n" if piece.row else "\n\n") + piece.markdown
        return text + "\n"

    def lines(self) -> tuple[list[str], list[str]]:
        """Return what it says line by line, each cell by itself, and the place of each line."""
        told = [
            (place, line)
            for piece in self.pieces
            for place, text in piece.cells or ((piece.place, piece.markdown),)
            for line in text.split("\n")
        ]
        return [line for _, line in told], [place for place, _ in told]


def read_edited(docx: bytes, kind: str, variant: str) -> Edited:
    """Return what an edited template says; raises TemplateUnfit with all that it may not hold.

    The package must have passed `uploads.inspect_upload`.
    """
    try:
        document = Document(io.BytesIO(docx))
        reader = _Reader(document, kind, variant)
        read = reader.read()
    except UNREADABLE as error:
        wrong = TemplateProblem("", "El archivo no se puede leer como documento de Word: guárdelo de nuevo como .docx.")
        raise TemplateUnfit(Layer.PACKAGE, [wrong]) from error
    reader.refuse()
    return read


class _Reader:
    """Walks header, body and footer, and notes what is wrong by layer."""

    def __init__(self, document: WordDocument, kind: str, variant: str) -> None:
        self.document = document
        self.kind, self.variant = kind, variant
        self.names: dict[str, str] = {}
        for style in document.styles.element.findall(qn("w:style")):
            name = style.find(qn("w:name"))
            self.names[style.get(qn("w:styleId"), "")] = name.get(qn("w:val"), "") if name is not None else ""
        self.runs = Runs(self.names)
        self.found: dict[Layer, dict[TemplateProblem, None]] = {Layer.PACKAGE: {}, Layer.READING: {}}

    def refuse(self) -> None:
        """Raise all that the first layer with problems noted."""
        for layer, problems in self.found.items():
            if problems:
                raise TemplateUnfit(layer, list(problems))

    def noting(self, place: str) -> Note:
        """Return what notes a problem at a place, once."""

        def note(layer: Layer, message: str) -> None:
            self.found[layer][TemplateProblem(place, f"{message}.")] = None

        return note

    def read(self) -> Edited:
        """Return header, body and footer, whatever may be wrong with them."""
        body = self.document.element.body
        sections = body.findall(f".//{qn('w:sectPr')}")
        whole = self.noting("El archivo")
        if len(sections) > 1:
            whole(Layer.READING, "lleva saltos de sección; quítelos: la plantilla tiene una sola")
        section = self.document.sections[0]
        of_others = (section.first_page_header, section.even_page_header, section.first_page_footer)
        for other in (*of_others, section.even_page_footer):
            if not other.is_linked_to_previous and "".join(other._element.itertext()).strip():
                whole(Layer.READING, "lleva otro encabezado o pie en la primera página o en las pares; deje uno solo")
        pieces = [*self._story(section.header._element, "Encabezado de página", "Cabecera")]
        pieces += self._story(body, "", "")
        pieces += self._story(section.footer._element, "Pie de página", "Pie")
        if not pieces:
            whole(Layer.READING, "está vacío")
        return Edited(front_of(self.document, self.kind, self.variant, whole), tuple(pieces))

    def _story(self, story: etree._Element, place: str, usual: str) -> Iterator[Piece]:
        paragraphs = tables = 0
        for child in story:
            name = etree.QName(child).localname if isinstance(child.tag, str) else ""
            if name == "p":
                paragraphs += 1
                words = f"{place}, párrafo {paragraphs}" if place else f"Párrafo {paragraphs}"
                if markdown := self._paragraph(child, f"{words}{_first_words(child)}", usual):
                    yield Piece(f"{words}{_first_words(child)}", markdown)
            elif name == "tbl" and not usual:
                tables += 1
                yield from self._table(child, f"Cuadro {tables}")
            elif name == "tbl":
                self.noting(place)(Layer.READING, "lleva un cuadro; ahí solo van párrafos")
            elif name and name not in ("sectPr", "bookmarkStart", "bookmarkEnd", "proofErr"):
                self.noting(f"{place or 'El texto'}, después del párrafo {paragraphs}")(
                    Layer.PACKAGE, _block_words(name)
                )

    def _paragraph(self, paragraph: etree._Element, place: str, usual: str) -> str:
        """Return a paragraph as its Markdown block; an empty one is none."""
        note = self.noting(place)
        style = self._style(paragraph, usual, note)
        look = LOOKS.get(style)
        plain = "" if look is None else BOLD if look.bold else ITALIC if look.italic else ""
        text = self.runs.text(paragraph, note, plain_look=plain)
        self._properties(paragraph, note)
        if not text:
            return ""
        bare = text.replace("*", "") if text.startswith("*") else text
        if CONTROL.fullmatch(bare):
            return bare
        if style == "Control":
            note(Layer.READING, "tiene el estilo «Control», que es solo para líneas «{% … %}»; dele otro estilo")
            return ""
        if not usual and style in _OF_THE_PAGE:
            note(Layer.READING, f"tiene un estilo que es para {_OF_THE_PAGE[style]}; dele otro o muévalo ahí")
        block = MARKS.get(style, "") + text.replace("\n", " \\\n")
        if _reread(block) != [Block(style, text)]:
            note(
                Layer.READING, "empieza un renglón con un signo que la plantilla reserva («-», «#», «§», «+», «>», «|»)"
            )
        return block

    def _style(self, paragraph: etree._Element, usual: str, note: Note) -> str:
        properties = paragraph.find(qn("w:pPr"))
        named = properties.find(qn("w:pStyle")) if properties is not None else None
        key = named.get(qn("w:val"), "") if named is not None else ""
        name = self.names.get(key, key)
        style = _IDS.get(name.lower(), "")
        if usual:
            # Word gives new lines of header and footer its own styles: they are told by where they stand.
            return "Verificacion" if (usual, style) == ("Pie", "Verificacion") else usual
        if style:
            return style
        if name and name.lower() not in _NORMAL and "".join(paragraph.itertext()).strip():
            allowed = ", ".join(
                look.name for key, look in LOOKS.items() if key not in _OF_THE_PAGE and key != "Control"
            )
            note(Layer.READING, f"usa el estilo «{name[:60]}», que la plantilla no tiene. Use uno de estos: {allowed}")
        return "Normal"

    def _properties(self, paragraph: etree._Element, note: Note) -> None:
        properties = paragraph.find(qn("w:pPr"))
        if properties is None:
            return
        for inner in properties.iter():
            name = etree.QName(inner).localname if isinstance(inner.tag, str) else ""
            if name in ("ins", "del", "moveFrom", "moveTo") or TRACKED.search(name):
                note(Layer.PACKAGE, "lleva control de cambios; acepte o rechace todos los cambios y guarde de nuevo")
        numbering = properties.find(f"{qn('w:numPr')}/{qn('w:numId')}")
        if numbering is not None and numbering.get(qn("w:val")) != "0" and "".join(paragraph.itertext()).strip():
            advice = "use el estilo «Literal», «Numeral» o «Cláusula», que el sistema numera solo"
            note(Layer.READING, f"lleva numeración o viñetas automáticas; {advice}")
        if properties.find(qn("w:framePr")) is not None:
            note(Layer.PACKAGE, "está en un marco de texto; sáquelo al texto corrido")

    def _table(self, table: etree._Element, place: str) -> Iterator[Piece]:
        widths = [int(column.get(qn("w:w"), "0")) for column in table.findall(f"{qn('w:tblGrid')}/{qn('w:gridCol')}")]
        rows = [row for row in table if row.tag == qn("w:tr")]
        if others := [row for row in table if row.tag not in {qn(f"w:{one}") for one in ("tr", "tblPr", "tblGrid")}]:
            self.noting(place)(Layer.PACKAGE, _block_words(etree.QName(others[0]).localname))
        if len(rows) < 2:
            self.noting(place)(Layer.READING, "lleva menos de dos filas: la primera es el encabezado; agregue otra")
        for number, row in enumerate(rows, 1):
            at = f"{place}, fila {number}"
            cells = self._cells(row, at)
            filled = [cell for _, cell in cells if cell]
            control = len(filled) == 1 and CONTROL.fullmatch(filled[0]) is not None
            if not control and len(cells) != len(widths):
                self.noting(at)(Layer.READING, "tiene celdas combinadas o de más; déjela como las demás filas")
            if number == 1 and control:
                self.noting(at)(Layer.READING, "es una orden «{% … %}», y la primera fila es el encabezado")
            if control:
                yield Piece(at, f"|{filled[0]}|", row=number > 1)
            else:
                said = " | ".join(cell for _, cell in cells)
                yield Piece(at, f"| {said} |", row=number > 1, cells=tuple(cells))
            if number == 1:
                dashes = (max(1, round(width / 56.7 / MM_PER_DASH)) for width in widths)
                yield Piece(at, "|" + "|".join("-" * count for count in dashes) + "|", row=True)

    def _cells(self, row: etree._Element, place: str) -> list[tuple[str, str]]:
        """Return place and text of each cell."""
        texts = []
        for number, cell in enumerate(row.iterchildren(qn("w:tc")), 1):
            at = f"{place}, columna {number}{_first_words(cell)}"
            note = self.noting(at)
            properties = cell.find(qn("w:tcPr"))
            if properties is not None and properties.find(qn("w:vMerge")) is not None:
                note(Layer.READING, "está combinada con la celda de arriba o de abajo; sepárelas")
            if cell.find(qn("w:tbl")) is not None:
                note(Layer.READING, "lleva un cuadro dentro; quítelo")
            plain = BOLD if row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None else ""
            paragraphs = [self.runs.text(one, note, plain_look=plain) for one in cell.iterchildren(qn("w:p"))]
            for one in cell.iterchildren(qn("w:p")):
                self._properties(one, note)
            filled = [text for text in paragraphs if text]
            if len(filled) > 1 or any("\n" in text for text in filled):
                note(Layer.READING, "lleva más de un renglón; una celda lleva un solo párrafo")
            text = " ".join(filled).replace("\n", " ")
            if "|" in _without_marks(text):
                note(Layer.READING, "lleva una barra «|», que la plantilla reserva; quítela")
            texts.append((at, text))
        return texts


def _reread(block: str) -> list[Block]:
    try:
        return list(blocks(block))
    except ValueError:
        return []  # it would begin a table


def _without_marks(text: str) -> str:
    return "".join(text.split("{{")[:1] + [rest.partition("}}")[2] for rest in text.split("{{")[1:]])


def _block_words(name: str) -> str:
    if name in ("ins", "del", "moveFrom", "moveTo") or TRACKED.search(name):
        return "lleva control de cambios; acepte o rechace todos los cambios y guarde de nuevo"
    if name in ("commentRangeStart", "commentRangeEnd"):
        return "lleva un comentario abierto; resuélvalo y bórrelo"
    if name == "sdt":
        return "lleva un control de contenido (un recuadro para rellenar, una portada o un índice); quítelo"
    return f"lleva algo que una plantilla no puede guardar ({name[:40]}); quítelo"


def _first_words(element: etree._Element) -> str:
    text = " ".join("".join(node.text or "" for node in element.iter(qn("w:t"))).split())
    if not text:
        return ""
    return f" («{text[:FIRST_WORDS].rstrip()}{'…' if len(text) > FIRST_WORDS else ''}»)"
