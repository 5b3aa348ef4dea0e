"""Templates: Markdown in the repository, compiled to a Word file that lawyers can open, edit and compare."""

import io
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.section import _Footer, _Header
from docx.shared import Mm
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree  # type: ignore[import-untyped]

from .kinds import FIELDS_BY_KIND, fields_of
from .layout import SHEETS, blank_document
from .markup import MM_PER_DASH, Block, blocks, fill, front_data, paragraph_text, split_front, table_text
from .packing import pack, set_properties
from .seal import sha256_hex
from .vetting import vet

TEXTS = Path(__file__).parent / "texts"
FRONT_PART = "/customXml/plantilla.xml"


@dataclass(frozen=True)
class PaperTemplate:
    """A compiled and vetted template; its hash names the wording that a paper was made from."""

    kind: str
    variant: str
    version: str
    title: str
    docx: bytes
    sha256: str
    laws: dict[str, str]


class UnknownTemplate(LookupError):
    """There is no template for this kind and variant."""


@lru_cache(maxsize=32)
def template(kind: str, variant: str = "") -> PaperTemplate:
    """Return the template of a kind and variant (MAD, CADI, TRAMITE…), compiled once per process."""
    markdown = template_markdown(kind, variant)
    return open_template(compile_template(markdown), kind, variant)


def template_stem(kind: str, variant: str = "") -> str:
    """Return how addresses and files name a template: «convenio_mad_cad»."""
    return "_".join(part.lower() for part in (kind, variant) if part)


def template_markdown(kind: str, variant: str = "") -> str:
    """Return the wording of a kind and variant that the program brings, as Markdown; raises UnknownTemplate."""
    path = _path(kind, variant)
    if (kind, variant) not in FIELDS_BY_KIND or path.parent != TEXTS or not path.is_file():
        raise UnknownTemplate(f"No hay plantilla para {kind} {variant}".rstrip() + ".")
    return path.read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def known_templates() -> tuple[tuple[str, str], ...]:
    """Return the kinds and variants that the program brings a wording of, in the order of their schemas."""
    return tuple(key for key in FIELDS_BY_KIND if _path(*key).is_file())


def _path(kind: str, variant: str) -> Path:
    return TEXTS / f"{template_stem(kind, variant)}.md"


@lru_cache(maxsize=64)
def open_template(docx: bytes, kind: str, variant: str = "") -> PaperTemplate:
    """Return a template's Word file as papers are made from it; raises TemplateRefused if it may not be used.

    Vetted once per process: the bytes themselves are the key.
    """
    front = front_data(split_front(template_text(docx))[0])
    laws = laws_of(front)
    vet(docx, fields_of(kind, variant), laws)
    return PaperTemplate(kind, variant, str(front["version"]), str(front["title"]), docx, sha256_hex(docx), laws)


@lru_cache(maxsize=64)
def names_field(docx: bytes, name: str) -> bool:
    """Say whether a template's Word file prints or asks for a field."""
    return re.search(rf"\b{re.escape(name)}\b", template_text(docx)) is not None


def laws_of(front: dict[str, object]) -> dict[str, str]:
    """Return the citations of a template by their short names."""
    laws = front.get("leyes") or {}
    if not isinstance(laws, dict):
        raise ValueError("«leyes» debe ser una lista de nombres y citas.")
    return {str(name): str(citation) for name, citation in laws.items()}


def compile_template(markdown: str) -> bytes:
    """Return the template as .docx with named styles; the same Markdown gives the same bytes."""
    front, body = split_front(markdown)
    data = front_data(front)
    document = blank_document(SHEETS[str(data.get("pagina", "carta"))])
    section = document.sections[0]
    for block in blocks(body):
        if block.style == "Tabla":
            _add_table(document, block)
        elif block.style == "Cabecera":
            _add_paragraph(section.header, block)
        elif block.style in ("Verificacion", "Pie"):
            _add_paragraph(section.footer, block)
        else:
            _add_paragraph(document, block)
    _keep_front(document, front)
    set_properties(document, str(data["title"]), "Plantilla", f"{data['kind']} {data['version']}", date(2000, 1, 1))
    return pack(document)


def _add_paragraph(story: WordDocument | _Header | _Footer, block: Block) -> None:
    # A new header or footer already holds one empty paragraph.
    fresh = not isinstance(story, WordDocument) and [p.text for p in story.paragraphs] == [""]
    paragraph = story.paragraphs[0] if fresh else story.add_paragraph()
    if block.style != "Normal":
        paragraph._p.get_or_add_pPr().get_or_add_pStyle().val = block.style
    fill(paragraph, block.text.replace("{% ", "{%p ", 1) if block.style == "Control" else block.text)


def _add_table(document: WordDocument, block: Block) -> None:
    widths = [Mm(count * MM_PER_DASH) for count in block.dashes]
    table = document.add_table(0, len(widths))
    table.autofit = False
    table._tbl.tblPr.get_or_add_tblStyle().val = "Cuadro"
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for position, cells in enumerate(block.rows):
        row = table.add_row()
        row_properties = row._tr.get_or_add_trPr()
        row_properties.append(OxmlElement("w:cantSplit"))
        if position == 0:
            row_properties.append(OxmlElement("w:tblHeader"))
        control = len(cells) == 1 and cells[0].startswith("{% ")
        targets = [row.cells[0].merge(row.cells[-1])] if control else list(row.cells)
        for cell, text, width in zip(targets, cells, widths, strict=not control):
            cell.width = sum(widths) if control else width
            style = "CeldaTitulo" if position == 0 else "Celda"
            cell.paragraphs[0]._p.get_or_add_pPr().get_or_add_pStyle().val = style
            fill(cell.paragraphs[0], text.replace("{% ", "{%tr ", 1) if control else text)


def _keep_front(document: WordDocument, front: str) -> None:
    """Keep the front matter inside the Word file, so that an edited template comes back with its data."""
    root = etree.Element("{urn:convenios:plantilla}plantilla", nsmap={None: "urn:convenios:plantilla"})
    root.text = front
    content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    part = Part(PackURI(FRONT_PART), "application/xml", content, document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)


def template_text(docx: bytes) -> str:
    """Return a template's Markdown from its Word file, one line a block: what an approver compares."""
    document = Document(io.BytesIO(docx))
    front = document.part.part_related_by(RELATIONSHIP_TYPE.CUSTOM_XML).blob
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    pieces = [f"---\n{etree.fromstring(front, parser).text}\n---"]
    section = document.sections[0]
    pieces += [paragraph_text(paragraph) for paragraph in section.header.paragraphs]
    for child in document.element.body:
        if child.tag == qn("w:p"):
            pieces.append(paragraph_text(Paragraph(child, document)))
        elif child.tag == qn("w:tbl"):
            pieces.append(table_text(Table(child, document)))
    pieces += [paragraph_text(paragraph) for paragraph in section.footer.paragraphs]
    return "\n\n".join(piece for piece in pieces if piece) + "\n"
