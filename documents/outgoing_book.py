"""The outgoing book (libro de salida) as a Word file: plain lines in, bytes out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.shared import Mm

from .layout import Sheet, blank_document
from .markup import fill
from .packing import pack, set_properties
from .tables import Cell, Words, add_table

LANDSCAPE = Sheet(330, 216, text_width=274)
"""The Guatemalan «oficio», lying."""


@dataclass(frozen=True)
class BookLine:
    """One paper as the book shows it."""

    number: str
    kind: str
    """In words: Oficio."""
    issued_on: date
    subject: str
    addressee: str
    issued_by: str
    voided_on: date | None = None
    void_reason: str = ""


@dataclass(frozen=True)
class BookTotal:
    """How many of a kind, in words, left in the period."""

    kind: str
    issued: int
    voided: int


@dataclass(frozen=True)
class BookPeriod:
    """What a book covers: both days included, all kinds or one, with or without what is reserved."""

    first: date
    last: date
    kind: str = ""
    """In words; empty means all kinds."""
    whole: bool = True
    demo: bool = False

    @property
    def words(self) -> str:
        """The period as headings print it."""
        return f"Del {self.first:%d/%m/%Y} al {self.last:%d/%m/%Y}"


def outgoing_docx(period: BookPeriod, totals: Sequence[BookTotal], lines: Sequence[BookLine], *, on: date) -> bytes:
    """Return the book as a Word file: totals by kind, then every paper; `on` is the day it is made."""
    document = blank_document(LANDSCAPE)
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    # No seal stands in this footer: the room is for lines.
    section.top_margin, section.bottom_margin = Mm(24), Mm(16)
    for text in ("SECRETARÍA DE OBRAS SOCIALES DE LA ESPOSA DEL PRESIDENTE DE LA REPÚBLICA", "Asesoría Jurídica"):
        first = section.header.paragraphs[0]
        header = section.header.add_paragraph() if first.text else first
        header._p.get_or_add_pPr().get_or_add_pStyle().val = "Cabecera"
        header.add_run(text)
    if period.demo:
        _paragraph(document, "Aviso", "DATOS DE DEMOSTRACIÓN: ESTE LIBRO NO TIENE VALIDEZ")
    _paragraph(document, "Titulo", "LIBRO DE SALIDA")
    _paragraph(document, "Subtitulo", period.words + (f" · {period.kind}" if period.kind else ""))
    if not period.whole:
        _paragraph(document, "Aviso", "No incluye los documentos reservados de expedientes judiciales.")
    add_table(
        document, "Totales por clase", ("Clase", "Emitidos", "Anulados", "Valen"), (90, 30, 30, 30), _totals(totals)
    )
    add_table(
        document,
        "Documentos, en el orden en que salieron",
        ("Número", "Fecha", "Asunto", "Destinatario", "Emitido por"),
        (48, 20, 92, 58, 56),
        (_line(line) for line in lines),
    )
    if not lines:
        _paragraph(document, "Celda", "En el período no salió ningún documento.")
    _paragraph(
        document, "Verificacion", f"Hecho el {on:%d/%m/%Y}; cada total se calcula de los documentos registrados."
    )
    footer = section.footer.paragraphs[0]
    footer._p.get_or_add_pPr().get_or_add_pStyle().val = "Pie"
    fill(footer, f"Libro de salida · {period.words}[tab]Página [página] de [páginas]")
    set_properties(document, f"Libro de salida. {period.words}", "Libro de salida", period.words, on)
    return pack(document)


def _paragraph(document: WordDocument, style: str, text: str) -> None:
    paragraph = document.add_paragraph(text)
    paragraph._p.get_or_add_pPr().get_or_add_pStyle().val = style


def _totals(totals: Sequence[BookTotal]) -> Iterator[Sequence[Cell]]:
    for one in totals:
        yield one.kind, *(Words(str(n), right=True) for n in (one.issued, one.voided, one.issued - one.voided))
    issued, voided = sum(one.issued for one in totals), sum(one.voided for one in totals)
    sums = (Words(str(n), right=True, bold=True) for n in (issued, voided, issued - voided))
    yield Words("Total", bold=True), *sums


def _line(line: BookLine) -> Sequence[Cell]:
    gone = line.voided_on is not None
    subject = [Words(line.subject, struck=gone)]
    if line.voided_on:
        subject.append(Words(f"Anulado el {line.voided_on:%d/%m/%Y}: {line.void_reason}"))
    return (
        Words(line.number, struck=gone),
        f"{line.issued_on:%d/%m/%Y}",
        subject,
        Words(line.addressee, struck=gone),
        line.issued_by,
    )
