"""Tables of records in Word, thousands of rows too: header rows that repeat, fixed widths, a caption for everybody."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from docx.document import Document as WordDocument
from docx.oxml.ns import nsdecls
from docx.oxml.parser import parse_xml
from docx.text.paragraph import Paragraph

TWIPS_PER_MM = 1440 / 25.4
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML may hold."""


@dataclass(frozen=True)
class Words:
    """A paragraph of a cell."""

    text: str
    struck: bool = False
    bold: bool = False
    right: bool = False
    keep: bool = False
    """Whether it stays on the sheet of what follows."""


Cell = str | Words | Sequence[Words]


@dataclass(frozen=True)
class Numbering:
    """The number before a caption, as a field that counts: «Tabla 11.»"""

    word: str
    number: int
    begins: bool = False
    """Whether the counting begins here, at this number."""

    @property
    def text(self) -> str:
        """What stands there until somebody lets Word count anew."""
        return f"{self.word} {self.number}. "


def add_caption(document: WordDocument, caption: str, numbering: Numbering | None = None) -> Paragraph:
    """Add a caption, which stays with what follows."""
    legend = document.add_paragraph()
    legend._p.get_or_add_pPr().get_or_add_pStyle().val = "Leyenda"
    if numbering:
        begins = f" \\r {numbering.number}" if numbering.begins else ""
        legend.add_run(f"{numbering.word} ")
        legend._p.append(
            parse_xml(
                f'<w:fldSimple {nsdecls("w")} w:instr=" SEQ {numbering.word} \\* ARABIC{begins} ">'
                f"<w:r><w:t>{numbering.number}</w:t></w:r></w:fldSimple>"
            )
        )
        legend.add_run(". ")
    legend.add_run(_clean(caption))
    return legend


def add_table(
    document: WordDocument,
    caption: str,
    headings: Sequence[Cell],
    widths: Sequence[int],
    rows: Iterable[Sequence[Cell]],
    numbering: Numbering | None = None,
) -> None:
    """Add a table with its caption before it; `widths` are millimeters.

    Written as text and parsed once: python-docx takes half a minute for the rows of a year.
    """
    legend = add_caption(document, caption, numbering)
    named = f"{numbering.text if numbering else ''}{caption}"
    twips = [round(width * TWIPS_PER_MM) for width in widths]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in twips)
    head = _row(headings, twips, header=True)
    body = "".join(_row(row, twips) for row in rows)
    table = (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="Cuadro"/><w:tblW w:w="{sum(twips)}" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" '
        'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f"<w:tblCaption w:val={quoteattr(_clean(named))}/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{head}{body}</w:tbl>"
    )
    legend._p.addnext(parse_xml(table))


def _row(cells: Sequence[Cell], twips: Sequence[int], *, header: bool = False) -> str:
    properties = "<w:cantSplit/>" + ("<w:tblHeader/>" if header else "")
    style = "CeldaTitulo" if header else "Celda"
    inner = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{_paragraphs(cell, style)}</w:tc>'
        for cell, width in zip(cells, twips, strict=True)
    )
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inner}</w:tr>"


def _paragraphs(cell: Cell, style: str) -> str:
    parts = [Words(cell)] if isinstance(cell, str) else [cell] if isinstance(cell, Words) else list(cell)
    return "".join(_paragraph(part, style) for part in parts) or _paragraph(Words(""), style)


def _paragraph(words: Words, style: str) -> str:
    marks = ("<w:b/>" if words.bold else "") + ("<w:strike/>" if words.struck else "")
    keep = "<w:keepNext/>" if words.keep else ""
    side = '<w:jc w:val="right"/>' if words.right else ""
    lines = _clean(words.text).replace("\r", "").split("\n")
    text = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in lines)
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{keep}{side}</w:pPr><w:r><w:rPr>{marks}</w:rPr>{text}</w:r></w:p>'


def _clean(text: str) -> str:
    return _ILLEGAL.sub("", text)
