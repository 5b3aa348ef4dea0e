"""Projects: papers that nobody has issued yet, made from the same wording, with room for what is not known."""

from collections.abc import Sequence
from typing import Any

from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from .fields import PaperFields
from .kinds import Shape, TypedField
from .wording import BLANK, Blank

NOTICE = "PROYECTO SIN NÚMERO NI VALIDEZ: NO ES UN DOCUMENTO EMITIDO"
SEAL = "Proyecto sin número ni validez. No tiene código de verificación: quien lo reciba no puede comprobarlo."
"""What every sheet says where an issued paper has its code."""


def blanks_of(fields: PaperFields) -> dict[str, Blank]:
    """Return the fields where a project leaves room, its date always among them; none of an issued paper."""
    if not fields.project:
        return {}
    empty = [name for name in fields.WHEN_ISSUED if getattr(fields, name) in (None, "")]
    return dict.fromkeys(("issued_on", *empty), BLANK)


def mark_project(document: WordDocument, missing: Sequence[str] = ()) -> None:
    """Say at the head and on every sheet of a merged paper that it is a project, whatever its wording says of that.

    `missing` names, in words, what is still to be written.
    """
    first = document.paragraphs[0]
    lines = [NOTICE, *([f"Falta por escribir: {'; '.join(missing)}."] if missing else [])]
    for line in lines:
        notice = first.insert_paragraph_before()
        notice._p.get_or_add_pPr().get_or_add_pStyle().val = "Aviso"
        notice.add_run(line).bold = line is NOTICE
    for section in document.sections:
        sealed = [one for one in section.footer.paragraphs if one._p.style == "Verificacion"]
        for paragraph in sealed[1:]:
            paragraph._p.getparent().remove(paragraph._p)
        for paragraph in sealed[:1]:
            _say(paragraph, SEAL)


def _say(paragraph: Paragraph, words: str) -> None:
    for child in list(paragraph._p):
        if child.tag != qn("w:pPr"):
            paragraph._p.remove(child)
    paragraph.add_run(words).bold = True


def with_blanks(fields: Sequence[TypedField], typed: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return what was typed with room for the texts that lack, and what lacks, in words.

    What no room can be left for (a date, a choice) stays out: the schema of its kind names it.
    """
    filled, missing = dict(typed), []
    for field in fields:
        value = filled.get(field.name)
        if value in (None, "", [], {}):
            room = _room(field) if field.required else None
            if room is not None:
                filled[field.name] = room
                missing.append(_label(field))
        elif field.shape == Shape.OBJECT and isinstance(value, dict):
            filled[field.name], inside = with_blanks(field.members, value)
            missing += [f"{_label(field)}, {one}" for one in inside]
        elif field.shape == Shape.OBJECTS and isinstance(value, list) and all(isinstance(one, dict) for one in value):
            items = [with_blanks(field.members, one) for one in value]
            filled[field.name] = [one for one, _ in items]
            missing += [f"{_label(field)} {n}, {one}" for n, (_, inside) in enumerate(items, 1) for one in inside]
    return filled, missing


def _room(field: TypedField) -> Any:
    if field.shape in (Shape.LINE, Shape.TEXT):
        return BLANK
    if field.shape in (Shape.LINES, Shape.TEXTS):
        return [BLANK] * (field.least or 1)
    if field.shape in (Shape.OBJECT, Shape.OBJECTS):
        needed = [member for member in field.members if member.required]
        members = {member.name: _room(member) for member in needed}
        if all(room is not None for room in members.values()):
            return members if field.shape == Shape.OBJECT else [members] * (field.least or 1)
    return None


def _label(field: TypedField) -> str:
    label = field.description.partition(":")[0].partition(";")[0].strip(" .")
    return f"{label[0].lower()}{label[1:]}"
