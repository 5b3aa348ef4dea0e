"""The annual report as a chapter in Word: tables with numbered captions, notes, charts; plain tables in, bytes out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from docx.document import Document as WordDocument
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml.ns import nsdecls
from docx.oxml.parser import parse_xml
from docx.shared import Mm

from .bar_charts import add_bar_chart
from .layout import SEAL_INDENT, SHEETS, blank_document
from .markup import fill
from .packing import pack, set_properties
from .report_parts import ChapterTable
from .tables import Cell, Numbering, Words, add_caption, add_table

SHEET = SHEETS["carta"]
WHOLE_ROWS = 15
"""Lines of the longest table that is kept on one sheet."""
LETTER_WIDTH = 1.9
"""Millimeters that a letter of a cell takes, at most on average."""


@dataclass(frozen=True)
class Chapter:
    """What a chapter says of itself: its period, both days included, the day it is made, and its edition if issued."""

    first: date
    last: date
    words: str
    """The period as headings say it."""
    on: date
    edition: int | None = None
    as_of: date | None = None
    """The day as of which the records were asked, when it is another."""
    demo: bool = False

    @property
    def title(self) -> str:
        """The chapter's title and period."""
        return f"Informe de resultados {self.words}"

    @property
    def counted(self) -> str:
        """When it was counted, and as of when if that is another day."""
        known = f", como constaban el {self.as_of:%d/%m/%Y}" if self.as_of else ""
        return f"contados el {self.on:%d/%m/%Y}{known}"


def report_docx(chapter: Chapter, tables: Sequence[ChapterTable]) -> bytes:
    """Return the chapter as a Word file; the same tables of the same day give the same bytes."""
    document = blank_document(SHEET)
    _frame(document, chapter)
    if chapter.demo:
        _paragraph(document, "Aviso", "DATOS DE DEMOSTRACIÓN: ESTE INFORME NO TIENE VALIDEZ")
    _heading(document, "Titulo", "INFORME DE RESULTADOS", level=0)
    edition = f" · Edición {chapter.edition}" if chapter.edition else ""
    _paragraph(document, "Subtitulo", f"{chapter.words[:1].upper()}{chapter.words[1:]}{edition}")
    for text in _introduction(chapter, tables):
        _paragraph(document, "Normal", text)
    charts = 0
    begun = False
    for table in tables:
        numbering = None
        if table.number is not None:
            numbering = Numbering("Tabla", table.number, begins=not begun)
            begun = True
        _heading(document, "Apartado", table.heading, level=1)
        _add(document, table, numbering)
        _paragraph(document, "Nota", f"Fuente: registros del sistema Convenios, {chapter.counted}.")
        for number, note in enumerate(table.notes, start=1):
            _paragraph(document, "Nota", f"{number}. {note}")
        if table.chart and table.chart.labels:
            charts += 1
            add_caption(document, f"{table.chart.title}.", Numbering("Gráfica", charts))
            add_bar_chart(document, table.chart, number=charts, width=SHEET.text_width)
    about = f"{chapter.title}{edition}"
    set_properties(document, about, "Informe de resultados", f"{chapter.first}/{chapter.last}", chapter.on)
    return pack(document)


def _frame(document: WordDocument, chapter: Chapter) -> None:
    section = document.sections[0]
    for text in ("SECRETARÍA DE OBRAS SOCIALES DE LA ESPOSA DEL PRESIDENTE DE LA REPÚBLICA", "Asesoría Jurídica"):
        first = section.header.paragraphs[0]
        header = section.header.add_paragraph() if first.text else first
        header._p.get_or_add_pPr().get_or_add_pStyle().val = "Cabecera"
        header.add_run(text)
    footer = section.footer.paragraphs[0]
    footer._p.get_or_add_pPr().get_or_add_pStyle().val = "Pie"
    # No seal stands beside these words: the pages are counted at the edge of the text.
    footer.paragraph_format.tab_stops.add_tab_stop(Mm(SHEET.text_width - SEAL_INDENT), WD_TAB_ALIGNMENT.CLEAR)
    footer.paragraph_format.tab_stops.add_tab_stop(Mm(SHEET.text_width), WD_TAB_ALIGNMENT.RIGHT)
    fill(footer, f"{chapter.title}[tab]Página [página] de [páginas]")


def _introduction(chapter: Chapter, tables: Sequence[ChapterTable]) -> Iterator[str]:
    yield (
        "Cada cifra de este informe se contó de los registros; los totales se calculan. Debajo de cada tabla se dice "
        "qué cuenta y por qué fecha, porque un mismo asunto se recibe, se firma y rige en fechas distintas."
    )
    if any(note.startswith("F-") for table in tables for note in table.notes):
        yield (
            "Para este período hay una Memoria de Labores impresa. Las notas que empiezan con F y un número dicen qué "
            "imprime y en qué línea de su texto, y qué dan los registros."
        )


def _paragraph(document: WordDocument, style: str, text: str) -> None:
    paragraph = document.add_paragraph(text)
    if style != "Normal":
        paragraph._p.get_or_add_pPr().get_or_add_pStyle().val = style


def _heading(document: WordDocument, style: str, text: str, *, level: int) -> None:
    """Add a heading that the navigation of Word and screen readers know as one."""
    _paragraph(document, style, text)
    properties = document.paragraphs[-1]._p.get_or_add_pPr()
    properties.append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="{level}"/>'))


def _add(document: WordDocument, table: ChapterTable, numbering: Numbering | None) -> None:
    places = range(len(table.columns))
    figures = [table.figures(at) for at in places]
    headings = [Words(table.columns[at], right=figures[at]) for at in places]
    # A short table is never parted; of a long one the last line stays with the totals, and they with their source.
    first_kept = 1 if len(table.rows) <= WHOLE_ROWS else len(table.rows)
    rows = [
        [Words(_said(row[at]), right=figures[at], keep=number >= first_kept) for at in places]
        for number, row in enumerate(table.rows, start=1)
    ]
    below = ["Total", *table.totals]
    total = [Words(_said(below[at]), bold=True, right=figures[at], keep=True) for at in places]
    lines: list[Sequence[Cell]] = [*rows, total]
    add_table(document, f"{table.title}.", headings, _widths(table, figures), lines, numbering)


def _said(value: int | str) -> str:
    """Return a value as people read it: thousands with a comma, as in Guatemala."""
    return f"{value:,}" if isinstance(value, int) else value


def _widths(table: ChapterTable, figures: Sequence[bool]) -> list[int]:
    """Return the columns' millimeters: each holds its longest word, and texts share the rest."""
    widths = [0] * len(figures)
    for at, is_figure in enumerate(figures):
        if is_figure:
            longest = max(len(word) for word in table.columns[at].split())
            widths[at] = max(18, round(longest * LETTER_WIDTH) + 4)
    texts = [at for at, is_figure in enumerate(figures) if not is_figure]
    said = {at: [table.columns[at], *(str(row[at]) for row in table.rows)] for at in texts}
    for at in texts:
        longest = max(len(word) for text in said[at] for word in text.split())
        widths[at] = round(longest * LETTER_WIDTH) + 4
    # What is left goes to those whose texts are longest, so that lines do not break more than they must.
    share = {at: min(60, max(len(text) for text in said[at])) for at in texts}
    left = SHEET.text_width - sum(widths)
    for at in texts:
        widths[at] += left * share[at] // sum(share.values())
    widths[texts[-1]] += SHEET.text_width - sum(widths)
    return widths
