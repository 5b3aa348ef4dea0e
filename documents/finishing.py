"""What is done to a paper after its fields are merged: numbers of clauses, signature block, QR code."""

import io
import re
from collections.abc import Iterator

from docx.document import Document as WordDocument
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.section import _Footer
from docx.shared import Mm, Pt, Twips
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from .layout import CELL_MARGIN, SEAL_INDENT
from .seal import qr_png
from .words import ordinal, roman

QR_SIZE = Mm(18)
QR_COLUMN = 21
"""Millimeters of the footer's cell that holds the QR code."""
AFTER_LIST = Pt(4)
LISTED = ("Literal", "Numeral", "Sangria", "Cita")
"""Styles of what an opening line announces."""
MOST_TOGETHER = 16
"""Paragraphs after the signatures that are held on one sheet."""
LONGEST_NUMBER = 24
_NUMBER = re.compile(r"(?<![\w-])[^\W_a-z]+(?:-[^\W_a-z]+)+(?![\w-])")
_BOND = "\ue002"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def finish(document: WordDocument, verification_url: str, text_width: int) -> None:
    """Number, sign and seal a merged document in place; `text_width` in millimeters.

    What has no address to be verified at, a project, gets no code.
    """
    number_blocks(document)
    bind_numbers(document)
    keep_introductions(document)
    keep_annexes(document)
    lay_out_signatures(document, text_width)
    for section in document.sections:
        if verification_url:
            seal_with_qr(section.footer, verification_url, text_width)
        else:
            widen_footer(section.footer, text_width)
    caption_tables(document)


def number_blocks(document: WordDocument) -> None:
    """Number clauses, sections, letters and items in the order they came out, so an optional one leaves no gap."""
    counts = {"Clausula": 0, "Punto": 0, "Apartado": 0, "Literal": 0, "Numeral": 0}
    for paragraph in document.paragraphs:
        style = style_of(paragraph)
        if style != "Literal":
            counts["Literal"] = 0
        if style in ("Clausula", "Punto", "Apartado"):
            counts["Numeral"] = 0
        if style not in counts:
            continue
        counts[style] += 1
        label = _label(style, counts[style])
        run = OxmlElement("w:r")
        first = paragraph._p.find(qn("w:r"))
        first.addprevious(run) if first is not None else paragraph._p.append(run)
        Run(run, paragraph).text = label
        Run(run, paragraph).bold = style != "Literal"


def bind_numbers(document: WordDocument) -> None:
    """Hold numbers on one line, «57-92» and «DICTAMEN-AJ-12-2026»: their hyphens become those that break no line.

    It is how Word writes it, not another sign: who reads, searches or copies finds a hyphen.
    """
    for text in list(document.element.body.iter(qn("w:t"))):
        first, *others = _NUMBER.sub(_bound, text.text or "").split(_BOND)
        if not others:
            continue
        text.text = first
        text.set(qn("xml:space"), "preserve")
        place = text
        for piece in others:
            for part in (OxmlElement("w:noBreakHyphen"), OxmlElement("w:t")):
                place.addnext(part)
                place = part
            place.text = piece
            place.set(qn("xml:space"), "preserve")


def _bound(found: re.Match[str]) -> str:
    # What is longer, a budget line, would leave a hole in the line before it.
    numbered = len(found[0]) <= LONGEST_NUMBER and any(sign.isdigit() for sign in found[0])
    return found[0].replace("-", _BOND) if numbered else found[0]


def _label(style: str, count: int) -> str:
    if style == "Clausula":
        return f"{ordinal(count, 'F').upper()}: "
    if style == "Punto":
        return f"{ordinal(count).upper()}: "
    if style == "Apartado":
        return f"{roman(count)}. "
    if style == "Numeral":
        return f"{count}.\t"
    # After z come aa, ab…: a list of obligations may outgrow the alphabet.
    before, position = divmod(count - 1, len(LETTERS))
    return f"{LETTERS[before - 1] if before else ''}{LETTERS[position]})\t"


def keep_introductions(document: WordDocument) -> None:
    """Hold on one sheet what opens a list and its beginning, a numbered heading and its text; give air after a list."""
    opening: Paragraph | None = None
    listed: Paragraph | None = None
    for paragraph in document.paragraphs:
        style = style_of(paragraph)
        follows = opening is not None and opening._p.getnext() is paragraph._p
        # Of two items in a row the first opens nothing: a long list goes over to the next sheet.
        items = opening is not None and style_of(opening) == style == "Numeral"
        if opening is not None and follows and style in LISTED and not items:
            opening.paragraph_format.keep_with_next = True
        if listed is not None and style == "Normal" and listed._p.getnext() is paragraph._p:
            paragraph.paragraph_format.space_before = AFTER_LIST
        listed = paragraph if style in LISTED else None
        # Inside a list too: a norm or an observation whose text follows, «La cláusula queda redactada así:».
        announces = style == "Numeral" or paragraph.text.rstrip().endswith(":")
        opening = paragraph if announces or style not in LISTED else None


def keep_annexes(document: WordDocument) -> None:
    """Hold the short list after the signatures together: no sheet carries its last line alone."""
    after = list(document.paragraphs)
    signed = [n for n, paragraph in enumerate(after) if style_of(paragraph) == "Firma"]
    following = after[signed[-1] + 1 :] if signed else []
    if 1 < len(following) <= MOST_TOGETHER and style_of(following[0]) == "Rubro":
        for paragraph in following[:-1]:
            paragraph.paragraph_format.keep_with_next = True


def style_of(paragraph: Paragraph) -> str:
    """Return the id of a paragraph's style."""
    return paragraph._p.style or "Normal"


def lay_out_signatures(document: WordDocument, text_width: int) -> None:
    """Set each run of signature paragraphs side by side over ruled lines, kept together with what they sign.

    Notes right under them go into the table's last row: no program holds a table and a paragraph on one sheet alike.
    """
    notes = list(_groups(document, "Nota"))
    for group in _groups(document, "Firma"):
        below = next((few for few in notes if few[0]._p.getprevious() is group[-1]._p), [])
        columns = 1 if len(group) == 1 else 2
        rows = -(-len(group) // columns)
        table = _table_before(document, group[0], rows + bool(below), columns, text_width)
        _keep_with_next(group[0])
        cells = [cell for row in list(table.rows)[:rows] for cell in row.cells]
        if len(group) > 1 and len(group) % 2:
            cells = [*cells[:-2], cells[-2].merge(cells[-1])]
        for paragraph, cell in zip(group, cells, strict=True):
            _move(paragraph, cell)
            _rule(cell.paragraphs[0], Mm(text_width // 2 - 12), cell.width or Mm(text_width))
        if below:
            last = table.rows[-1].cells
            foot = last[0].merge(last[-1])
            for note in below:
                # As far left as the text: a cell has its margin.
                note.paragraph_format.left_indent = Twips(-CELL_MARGIN)
                _move(note, foot)
        _keep_rows(table)


def seal_with_qr(footer: _Footer, verification_url: str, text_width: int) -> None:
    """Put the QR code of the verification page beside the footer's words: every sheet can be verified by itself.

    In the footer it takes no sheet of its own, as it did after the signatures of a paper that filled its page.
    """
    words = list(footer.paragraphs)
    if "Verificacion" not in map(style_of, words):
        return
    table = footer.add_table(1, 2, Mm(text_width))
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.LEFT
    words[0]._p.addprevious(table._tbl)
    for column, cell, width in zip(
        table.columns, table.rows[0].cells, (QR_COLUMN, text_width - QR_COLUMN), strict=True
    ):
        column.width = cell.width = Mm(width)
        cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    picture, text = table.rows[0].cells
    style = picture.paragraphs[0]._p.get_or_add_pPr().get_or_add_pStyle()
    style.val = "Verificacion"
    picture.paragraphs[0].add_run().add_picture(io.BytesIO(qr_png(verification_url)), QR_SIZE, QR_SIZE)
    for inline in picture._tc.iter(qn("wp:inline")):
        # Without these LibreOffice keeps 3 mm free at each side and cuts the code's edge off.
        for side in ("distT", "distB", "distL", "distR"):
            inline.set(side, "0")
    for drawing in picture._tc.iter(qn("wp:docPr")):
        drawing.set("name", "Código QR de verificación")
        drawing.set("descr", f"Código QR con la dirección para verificar este documento: {verification_url}")
    for paragraph in words:
        _move(paragraph, text)
    _close(footer, table)


def widen_footer(footer: _Footer, text_width: int) -> None:
    """Set the page number at the margin where no QR code takes room from the footer's words."""
    for paragraph in footer.paragraphs:
        if style_of(paragraph) == "Pie":
            stops = paragraph.paragraph_format.tab_stops
            stops.add_tab_stop(Mm(text_width - SEAL_INDENT), WD_TAB_ALIGNMENT.CLEAR)
            stops.add_tab_stop(Mm(text_width), WD_TAB_ALIGNMENT.RIGHT)


def _close(footer: _Footer, table: Table) -> None:
    """End a footer with the empty paragraph that Word wants after a table, as low as it can be."""
    last = footer.add_paragraph()
    last._p.get_or_add_pPr().get_or_add_pStyle().val = "Verificacion"
    last.paragraph_format.line_spacing = Pt(1)
    table._tbl.addnext(last._p)


def caption_tables(document: WordDocument) -> None:
    """Give each table its caption, from the legend before it, as title for screen readers, and air after it."""
    for table in document.tables:
        before = table._tbl.getprevious()
        if before is not None and before.tag == qn("w:p") and before.style == "Leyenda":
            caption = OxmlElement("w:tblCaption")
            caption.set(qn("w:val"), Paragraph(before, table).text)
            table._tbl.tblPr.append(caption)
            after = table._tbl.getnext()
            if after is not None and after.tag == qn("w:p") and (after.style or "Normal") == "Normal":
                Paragraph(after, table).paragraph_format.space_before = Pt(8)


def _groups(document: WordDocument, style: str) -> Iterator[list[Paragraph]]:
    """Yield the runs of consecutive paragraphs of a style."""
    found = [paragraph for paragraph in document.paragraphs if style_of(paragraph) == style]
    while found:
        group = [found.pop(0)]
        while found and group[-1]._p.getnext() is found[0]._p:
            group.append(found.pop(0))
        yield group


def _table_before(document: WordDocument, paragraph: Paragraph, rows: int, columns: int, text_width: int) -> Table:
    table = document.add_table(rows, columns)
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.LEFT
    for column in table.columns:
        column.width = Mm(text_width // columns)
        for cell in column.cells:
            cell.width = Mm(text_width // columns)
    before = paragraph._p.getprevious()
    if before is not None and before.tag == qn("w:tbl"):
        # Word joins tables that touch; elsewhere an empty line would let LibreOffice leave the line to sign alone.
        spacer = document.add_paragraph()
        spacer._p.get_or_add_pPr().get_or_add_pStyle().val = "Celda"
        paragraph._p.addprevious(spacer._p)
    paragraph._p.addprevious(table._tbl)
    return table


def _keep_with_next(signed: Paragraph) -> None:
    """Hold the text before a signature on its page: a line to sign never stands alone on a sheet."""
    place = signed._p.getprevious()
    for _ in range(2):
        place = place.getprevious() if place is not None else None
        if place is not None and place.tag == qn("w:p"):
            Paragraph(place, signed).paragraph_format.keep_with_next = True


def _move(paragraph: Paragraph, cell: _Cell) -> None:
    empty = cell.paragraphs[-1]
    cell._tc.append(paragraph._p)
    if not empty.text and not len(empty._p.findall(qn("w:r"))):
        cell._tc.remove(empty._p)


def _rule(paragraph: Paragraph, line: int, width: int) -> None:
    """Draw the line to sign on: a border over the paragraph, with room above for the hand."""
    borders = OxmlElement("w:pBdr")
    top = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "4"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    paragraph.paragraph_format.space_before = Pt(50)
    margin = max(0, (width - line) // 2)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = margin
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _keep_rows(table: Table) -> None:
    rows = list(table.rows)
    for row in rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for paragraph in (paragraph for row in rows[:-1] for cell in row.cells for paragraph in cell.paragraphs):
        paragraph.paragraph_format.keep_with_next = True
