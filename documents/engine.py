"""Makes papers: fields and a template in, a sealed Word file and its hashes out. No database, no network."""

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import TracebackType
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import ns
from docx.oxml.parser import parse_xml
from docxtpl import DocxTemplate
from jinja2 import TemplateError
from lxml import etree  # type: ignore[import-untyped]
from pydantic import BaseModel

from .fields import PaperFields
from .finishing import finish
from .kinds import UnknownKind, fields_of
from .packing import pack, set_properties
from .projects import blanks_of, mark_project
from .seal import sha256_hex
from .templates import PaperTemplate, UnknownTemplate, template
from .vetting import CLOSE, OPEN, SANDBOX, TemplateRefused, derived
from .wording import WordingError

MAX_UNPACKED = 20_000_000
qn = lru_cache(maxsize=64)(ns.qn)
"""The name of a node with its namespace: asked of every node of every paper."""
# What zipfile, lxml and python-docx raise for a package that is damaged or of another program.
MALFORMED = (
    zipfile.BadZipFile,
    zlib.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    RuntimeError,
    etree.LxmlError,
)


class PaperRefused(Exception):
    """A paper cannot be made; the message, in Spanish, names the place and the field."""


@dataclass(frozen=True)
class Paper:
    """A made paper: its bytes, its visible text, and the hashes that prove both and its template."""

    docx: bytes
    sha256: str
    text: str
    text_sha256: str
    template_sha256: str
    filename: str


def make_paper(
    kind: str,
    fields: BaseModel,
    variant: str = "",
    chosen: PaperTemplate | None = None,
    *,
    missing: Sequence[str] = (),
) -> Paper:
    """Return the paper of a kind and variant, as `kinds.FIELDS_BY_KIND` lists them, made from its fields.

    Without `chosen`, a vetted template of that kind and variant, it is worded as the program itself brings it. A
    project says at its head what is `missing`, in words.
    """
    try:
        model = fields_of(kind, variant)
        if not isinstance(fields, PaperFields) or type(fields) is not model:
            raise PaperRefused(f"Los datos no son los de un documento de clase {kind}.")
        if fields.project == bool(fields.serial):
            # Copies of a model are not checked again: nothing numbered is made of a project's fields, or the reverse.
            raise PaperRefused("Un proyecto no lleva número, y un documento emitido no se hace sin él.")
        chosen = chosen or template(kind, variant)
        if (chosen.kind, chosen.variant) != (kind, variant):
            raise PaperRefused(f"La plantilla es de otra clase de documento: {chosen.kind}.")
    except (UnknownKind, UnknownTemplate, TemplateRefused) as error:
        raise PaperRefused(str(error)) from error
    docx = _merged(chosen, fields, missing)
    text = visible_text(docx)
    return Paper(docx, sha256_hex(docx), text, sha256_hex(text), chosen.sha256, _filename(fields.number))


def _merged(chosen: PaperTemplate, fields: PaperFields, missing: Sequence[str]) -> bytes:
    merger = _Merger(io.BytesIO(chosen.docx))
    # The models themselves, not dictionaries: a field called «items» must not meet dict.items.
    names = (*type(fields).model_fields, *derived(type(fields)))
    context = {name: getattr(fields, name) for name in names}
    merger.render({**context, **blanks_of(fields), "leyes": chosen.laws}, SANDBOX, autoescape=True)
    document = merger.get_docx() if merger.docx is None else merger.docx
    for key, relation in list(document.part.rels.items()):
        if relation.reltype == RELATIONSHIP_TYPE.CUSTOM_XML:
            del document.part.rels[key]
    section = document.sections[0]
    width = section.page_width - section.left_margin - section.right_margin
    if fields.project:
        mark_project(document, missing)
    finish(document, fields.verification_url, round(width / 36000))
    set_properties(document, f"{chosen.title} {fields.number}", chosen.title, fields.number, fields.issued_on)
    return pack(document)


class _Merger(DocxTemplate):
    """docxtpl that says where it failed, and lets no brace of a template pass into a paper."""

    def patch_xml(self, src_xml: str) -> str:
        return _patched(src_xml)

    def render_xml_part(self, src_xml: str, part: Any, context: dict[str, Any], jinja_env: Any = None) -> str:
        try:
            merged: str = super().render_xml_part(src_xml, part, context, jinja_env)
        except (TemplateError, WordingError) as error:
            near = _place(src_xml, error.__traceback__)
            raise PaperRefused(f"No se puede redactar «{near}»: {_reason(error)}.") from error
        for left in re.findall(r">([^<]+)<", merged) if "{" in merged or "}" in merged else ():
            if "{" in left or "}" in left:
                raise PaperRefused(f"Quedó una llave de la plantilla sin reemplazar: «{left.strip()[:80]}».")
        return merged.replace(OPEN, "{").replace(CLOSE, "}")

    def map_headers_footers_xml(self, relKey: str, xml: bytes) -> None:
        # docxtpl puts a part in place that can hold no picture; this one stays a header or footer.
        self.docx.part.rels[relKey].target_part._element = parse_xml(xml)


@lru_cache(maxsize=64)
def _patched(source: str) -> str:
    """Return a template's XML with its marks put together, once per process: a fifth of what a paper costs."""
    found: str = DocxTemplate.patch_xml(None, source)
    return found


def _reason(error: Exception) -> str:
    if isinstance(error, WordingError):
        return str(error)
    named = re.search(r"'([^']+)'[^']*$", str(error))
    return f"falta el dato «{named[1]}»" if named else "falta un dato"


def _place(source: str, trace: TracebackType | None) -> str:
    """Return the template's text at the line where merging stopped, with the names of its fields."""
    number = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            number = trace.tb_lineno
        trace = trace.tb_next
    # The same cut that docxtpl makes before it renders: one line a paragraph.
    lines = re.sub(r"<w:p([ >])", r"\n<w:p\1", source).split("\n")
    line = re.sub(r"<[^>]*>", "", lines[number - 1]) if 0 < number <= len(lines) else ""
    return line.strip()[:160] or "el documento"


def _filename(number: str) -> str:
    """Return a file name that every system accepts."""
    return re.sub(r"[^A-Za-z0-9ÁÉÍÓÚÜÑáéíóúüñ-]+", "-", number).strip("-")[:80] + ".docx"


def visible_text(docx: bytes) -> str:
    """Return what a reader sees, one line a paragraph: a file saved again has the same text, a changed one does not.

    Page numbers do not count, since every program writes its own; neither do spaces in a row.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(docx)) as package:
            modest = sum(member.file_size for member in package.infolist()) <= MAX_UNPACKED
        if not modest:
            raise PaperRefused("El documento de Word es demasiado grande.")
        stories = _stories(docx)
    except MALFORMED as error:
        raise PaperRefused("El archivo no es un documento de Word.") from error
    lines = [_line(paragraph) for story in stories for paragraph in story.iter(qn("w:p"))]
    return "\n".join(line for line in lines if line)


def _stories(docx: bytes) -> list[etree._Element]:
    """Return header, body and footer of a Word file; one without sections has its body alone."""
    document = Document(io.BytesIO(docx))
    body = [document.element.body] if document.element.body is not None else []
    if not document.element.findall(f".//{qn('w:sectPr')}"):
        return body
    section = document.sections[0]
    return [section.header._element, *body, section.footer._element]


def _line(paragraph: etree._Element) -> str:
    pieces: list[str] = []
    depth = 0
    for node in paragraph.iter():
        if node.tag == qn("w:fldChar"):
            depth += {"begin": 1, "end": -1}.get(node.get(qn("w:fldCharType")), 0)
        elif depth or _inside(node, paragraph):
            continue
        elif node.tag == qn("w:t"):
            pieces.append(node.text or "")
        elif node.tag == qn("w:noBreakHyphen"):
            pieces.append("-")
        elif node.tag in (qn("w:tab"), qn("w:br"), qn("w:cr")) and node.getparent().tag == qn("w:r"):
            pieces.append(" ")
    return " ".join("".join(pieces).split())


def _inside(node: etree._Element, paragraph: etree._Element) -> bool:
    """Say whether a node belongs to a page field, or to a paragraph of a text box, which speaks for itself."""
    for parent in node.iterancestors():
        if parent is paragraph:
            return False
        if parent.tag in (qn("w:fldSimple"), qn("w:p")):
            return True
    return False
