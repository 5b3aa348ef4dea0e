"""Reviews a template as it comes back from Word: five layers, each told whole, and what is kept of it."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from jinja2 import TemplateError

from .edited import Edited, read_edited
from .engine import MALFORMED, PaperRefused, make_paper
from .examples import CODE, NUMBER, example_papers
from .kinds import fields_of
from .marks import problems_of_marks
from .markup import front_data, split_front
from .refusals import FileRefused, Layer, TemplateProblem, TemplateUnfit
from .templates import PaperTemplate, compile_template, laws_of, open_template, template_markdown, template_text
from .uploads import inspect_upload
from .vetting import TemplateRefused, read_fields
from .word_scan import scan

LONGEST_TEXT = 300_000
"""Characters of a whole template, five times the longest that the program brings."""
MARKS_OF_TRUTH = ("number", "verification_code", "verification_url", "demo")
"""What no wording may leave out where the program's own has it: they tell a paper from a sample, and prove it."""


@dataclass(frozen=True)
class ReviewedTemplate:
    """A template fit for use: its text, the Word file compiled from it, and what its author should look at again."""

    text: str
    docx: bytes
    title: str
    warnings: tuple[str, ...]


def review_template(data: bytes, filename: str, in_use: PaperTemplate, version: int) -> ReviewedTemplate:
    """Return what is kept of an edited template; raises TemplateUnfit with all that the first failing layer found.

    `in_use` is the wording that it would replace; a file whose program dropped the template's data takes that one's.
    """
    kind, variant = in_use.kind, in_use.variant
    try:
        checked = inspect_upload(data, filename)
        if checked.filename.lower().endswith(".docx"):
            scan(data)
    except FileRefused as refused:
        raise TemplateUnfit(Layer.PACKAGE, [TemplateProblem("", refused.message)]) from refused
    if not checked.filename.lower().endswith(".docx"):
        message = "La plantilla se sube como documento de Word (.docx)."
        raise TemplateUnfit(Layer.PACKAGE, [TemplateProblem("", message)])
    edited = read_edited(data, kind, variant)
    body, (lines, places) = edited.body(), edited.lines()
    old_front, old_body = split_front(template_text(in_use.docx))
    front = _with_version(edited.front or old_front, version)
    _refuse_unchanged(edited, body, front, old_front, old_body, version)
    _refuse(Layer.SYNTAX, problems_of_marks(lines, places))
    text = f"---\n{front}\n---\n\n{body}"
    _refuse(Layer.FIELDS, _problems_of_fields(front, lines, places, kind, variant))
    docx = _compiled(text)
    chosen = _opened(docx, kind, variant)
    _refuse(Layer.TRIAL, list(_problems_of_trial(chosen)))
    return ReviewedTemplate(text, docx, chosen.title, warnings_between(template_text(in_use.docx), text, kind, variant))


def warnings_between(before: str, after: str, kind: str, variant: str) -> tuple[str, ...]:
    """Return what a wording no longer prints that another prints, in sentences, what every paper must have first."""
    old, new = _names(before, kind, variant), _names(after, kind, variant)
    fields = fields_of(kind, variant).model_fields
    gone = sorted(old - new, key=lambda name: (name not in fields or not fields[name].is_required(), name))
    said = []
    for name in gone:
        field = fields.get(name)
        what = f" ({field.description})" if field and field.description else ""
        must = ", que es obligatorio al emitirlo" if field and field.is_required() else ""
        said.append(f"Ya no imprime el dato «{name}»{what}{must}; la versión en uso sí.")
    return tuple(said)


def _refuse(layer: Layer, problems: Sequence[TemplateProblem]) -> None:
    if problems:
        raise TemplateUnfit(layer, problems)


def _with_version(front: str, version: int) -> str:
    line = f"version: {version}"
    return re.sub(r"^version:.*$", line, front, count=1, flags=re.M) if "version:" in front else f"{front}\n{line}"


def _refuse_unchanged(edited: Edited, body: str, front: str, old_front: str, old_body: str, version: int) -> None:
    if len(body) > LONGEST_TEXT:
        message = f"El texto es demasiado largo: use {LONGEST_TEXT:,} caracteres o menos."
        raise TemplateUnfit(Layer.READING, [TemplateProblem("", message)])
    if body.split() == old_body.split() and front == _with_version(old_front, version):
        message = "El archivo dice lo mismo que la versión en uso: no hay nada que proponer."
        raise TemplateUnfit(Layer.READING, [TemplateProblem("", message)])


def _names(text: str, kind: str, variant: str) -> frozenset[str]:
    front, body = split_front(text)
    return read_fields(body, fields_of(kind, variant), laws_of(front_data(front))).names


def _problems_of_fields(
    front: str, lines: Sequence[str], places: Sequence[str], kind: str, variant: str
) -> list[TemplateProblem]:
    laws = laws_of(front_data(front))
    try:
        read = read_fields("\n".join(lines), fields_of(kind, variant), laws)
    except (TemplateError, RecursionError) as error:
        message = "El texto tiene órdenes demasiado anidadas."
        raise TemplateUnfit(Layer.SYNTAX, [TemplateProblem("", message)]) from error
    problems = [TemplateProblem(places[line - 1], message) for line, message in read.problems]
    ours = _names(template_markdown(kind, variant), kind, variant)
    for name in MARKS_OF_TRUTH:
        if name in ours and name not in read.names:
            said = fields_of(kind, variant).model_fields[name].description
            message = f"No usa el dato «{name}» ({said}), sin el que un documento no se puede comprobar; devuélvalo."
            problems.append(TemplateProblem("", message))
    return list(dict.fromkeys(problems))


def _compiled(text: str) -> bytes:
    """Return the Word file of a text, having read it back: what is kept says what the approver will read."""
    docx = b""
    with suppress(ValueError):  # it does not even compile
        docx = compile_template(text)
    if not docx or template_text(docx).split() != text.split():
        message = "El archivo mezcla formatos de un modo que no se puede guardar: quite negritas y cursivas y repita."
        raise TemplateUnfit(Layer.READING, [TemplateProblem("", message)])
    return docx


def _opened(docx: bytes, kind: str, variant: str) -> PaperTemplate:
    try:
        return open_template(docx, kind, variant)
    except TemplateRefused as refused:
        raise TemplateUnfit(Layer.SYNTAX, [TemplateProblem("", str(refused))]) from refused


def _problems_of_trial(chosen: PaperTemplate) -> list[TemplateProblem]:
    """Return what goes wrong when made-up papers are made with a template and read back."""
    problems = []
    for example in example_papers(chosen.kind, chosen.variant):
        place = f"Al elaborar {example.name}"
        try:
            said = make_paper(chosen.kind, example.fields, chosen.variant, chosen).text
            true = example.fields.model_copy(update={"demo": False})
            unmarked = "" if example.extreme else make_paper(chosen.kind, true, chosen.variant, chosen).text
        except PaperRefused as refused:
            problems.append(TemplateProblem(place, str(refused)))
            continue
        except (TemplateError, TypeError, *MALFORMED):
            message = "El documento no se pudo armar; revise las órdenes «{% … %}» que abren y cierran."
            problems.append(TemplateProblem(place, message))
            continue
        missing = [one for one in (NUMBER, CODE) if one not in said and not example.fields.project]
        problems += [
            TemplateProblem(place, f"El documento sale sin «{one}»; revise dónde se imprime.") for one in missing
        ]
        if said == unmarked:
            message = "El documento de demostración sale sin su aviso; devuelva el que va bajo «{% if demo %}»."
            problems.append(TemplateProblem(place, message))
    return problems
