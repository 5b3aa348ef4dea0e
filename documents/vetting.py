"""What a template may say: the sandbox it runs in, the constructs it may use, and the fields it may name."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from types import GenericAlias, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, Undefined, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel

from .fields import Part
from .wording import WORDINGS, WordingError

# Braces inside values travel as private signs, so that a brace left after merging can only be the template's.
OPEN, CLOSE = "\ue000", "\ue001"
LOOP_FIELDS = {"index": int, "first": bool, "last": bool}
ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.For, nodes.If, nodes.Getattr, nodes.Name, nodes.Filter,
    nodes.Const, nodes.Not, nodes.And, nodes.Or, nodes.Compare, nodes.Operand,
)  # fmt: skip


class TemplateRefused(ValueError):
    """A template says something it may not say; the Spanish message names the place."""


class _Unread:
    """Stands for the type of what was refused already: nothing more is said about what hangs on it."""


UNREAD = _Unread()


def _printed(value: Any) -> str:
    """Return what is printed in a place: never nothing, never an object that was not worded."""
    if isinstance(value, Undefined):
        str(value)  # a strict undefined raises here, with the name of what is missing
    if not isinstance(value, str):
        raise WordingError("falta el dato o no se expresó en palabras")
    line = " ".join(value.split())
    if not line:
        raise WordingError("el dato está vacío")
    return line.replace("{", OPEN).replace("}", CLOSE)


class TemplateSandbox(ImmutableSandboxedEnvironment):
    """Jinja with nothing in reach but the fields and our filters."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, finalize=_printed)
        self.globals.clear()
        self.tests.clear()
        self.filters = dict(WORDINGS)

    def from_string(self, source: Any, *_: Any, **__: Any) -> Template:
        """Return the compiled template; a paper's template is compiled once per process."""
        return _compiled(source)


@lru_cache(maxsize=128)
def _compiled(source: str) -> Template:
    return ImmutableSandboxedEnvironment.from_string(SANDBOX, source)


SANDBOX = TemplateSandbox()


def vet(docx: bytes, model: type[BaseModel], laws: Mapping[str, str]) -> None:
    """Refuse a template that leaves its sandbox, names an unknown field, or prints what is not a text."""
    merger = DocxTemplate(io.BytesIO(docx))
    merger.init_docx()
    sources = [merger.patch_xml(merger.get_xml())]
    for uri in (merger.HEADER_URI, merger.FOOTER_URI):
        sources += [merger.patch_xml(merger.get_part_xml(part)) for _, part in merger.get_headers_footers(uri)]
    properties = merger.docx.core_properties
    sources += [properties.title, properties.subject, properties.identifier, properties.comments, properties.author]
    for source in sources:
        vet_source(source, model, laws)


def vet_source(source: str, model: type[BaseModel], laws: Mapping[str, str]) -> None:
    """Refuse one text of a template, as `vet` does; `source` may hold Word's XML around the marks."""
    try:
        tree = SANDBOX.parse(re.sub(r"<w:p([ >])", r"\n<w:p\1", source))
    except TemplateSyntaxError as error:
        raise TemplateRefused(f"La plantilla no se entiende: {error.message} (párrafo {error.lineno}).") from error
    _Reader(model, laws).read(tree, {})


Scope = Mapping[str, Any]


@dataclass(frozen=True)
class FieldsRead:
    """What a template names: the fields that it reads, and what is wrong with them, by line of its source."""

    names: frozenset[str]
    """Fields of the kind itself: number, adviser, centers…"""
    problems: tuple[tuple[int, str], ...]


def read_fields(source: str, model: type[BaseModel], laws: Mapping[str, str]) -> FieldsRead:
    """Return every field that a template reads and all that is wrong with them; its syntax must be right."""
    reader = _Reader(model, laws, gathers=True)
    reader.read(SANDBOX.parse(source), {})
    return FieldsRead(frozenset(reader.names), tuple(dict.fromkeys(reader.problems)))


class _Reader:
    """Walks a template with the types of its loops, from the fields of its kind."""

    def __init__(self, model: type[BaseModel], laws: Mapping[str, str], *, gathers: bool = False) -> None:
        self.model = model
        self.laws = laws
        self.gathers = gathers
        """Whether to note problems and go on, rather than to stop at the first."""
        self.problems: list[tuple[int, str]] = []
        self.names: set[str] = set()

    def _typed(self, node: nodes.Node, scope: Scope) -> Any:
        """Return the type of a whole expression; what is wrong with it is noted, or raised."""
        try:
            return self.type_of(node, scope)
        except TemplateRefused as refused:
            if not self.gathers:
                raise
            self.problems.append((node.lineno, str(refused)))
            return UNREAD

    def read(self, node: nodes.Node, scope: Scope) -> None:
        """Check a node and all below it."""
        if not isinstance(node, ALLOWED):
            raise TemplateRefused(f"La plantilla usa algo que no está permitido: {_name(node)}.")
        match node:
            case nodes.TemplateData():
                self._no_braces(node.data)
            case nodes.Output():
                for child in node.nodes:
                    self._output(child, scope)
            case nodes.For():
                self._loop(node, scope)
            case nodes.If():
                self._typed(node.test, scope)
                self._read_all([*node.body, *node.elif_, *node.else_], scope)
            case nodes.Template():
                self._read_all(node.body, scope)
            case _:
                raise TemplateRefused(f"La plantilla usa algo fuera de lugar: {_name(node)}.")

    def _no_braces(self, text: str) -> None:
        visible = re.sub(r"<[^>]*>", "", text)
        if brace := re.search("[{}]", visible):
            near = re.sub(r"\s+", " ", visible[max(0, brace.start() - 30) :])[:80]
            raise TemplateRefused(f"Sobra una llave en la plantilla, cerca de «{near}».")

    def _output(self, node: nodes.Node, scope: Scope) -> None:
        if isinstance(node, nodes.TemplateData):
            self._no_braces(node.data)
        elif self._typed(node, scope) not in (str, UNREAD):
            self._refuse(node, f"«{_path(node)}» debe expresarse en palabras con un filtro, por ejemplo «| fecha».")

    def _loop(self, node: nodes.For, scope: Scope) -> None:
        if node.recursive or node.test or not isinstance(node.target, nodes.Name):
            raise TemplateRefused("La plantilla repite de un modo que no está permitido.")
        kind = self._typed(node.iter, scope)
        listed = get_origin(kind) in (list, tuple)
        if not listed and kind is not UNREAD:
            self._refuse(node.iter, f"«{_path(node.iter)}» no es una lista.")
        item = get_args(kind)[0] if listed else UNREAD
        self._read_all(node.body, {**scope, node.target.name: item, "loop": LOOP_FIELDS})
        self._read_all(node.else_, scope)

    def _refuse(self, node: nodes.Node, message: str) -> None:
        if not self.gathers:
            raise TemplateRefused(message)
        self.problems.append((node.lineno, message))

    def _read_all(self, children: Sequence[nodes.Node], scope: Scope) -> None:
        for child in children:
            self.read(child, scope)

    def type_of(self, node: nodes.Node, scope: Scope) -> Any:
        """Return the type of an expression, refusing what no field or filter gives."""
        if not isinstance(node, ALLOWED):
            raise TemplateRefused(f"La plantilla usa algo que no está permitido: {_name(node)}.")
        match node:
            case nodes.Const():
                return type(node.value)
            case nodes.Name():
                if node.name not in scope:
                    self.names.add(node.name)
                return self._member({**self._root(), **scope}, node.name, node.name)
            case nodes.Getattr():
                return self._member(self.type_of(node.node, scope), node.attr, _path(node))
            case nodes.Filter():
                return self._filter(node, scope)
            case nodes.Not():
                self.type_of(node.node, scope)
            case nodes.And() | nodes.Or():
                self.type_of(node.left, scope)
                self.type_of(node.right, scope)
            case nodes.Compare():
                self.type_of(node.expr, scope)
                for operand in node.ops:
                    self.type_of(operand.expr, scope)
            case _:
                raise TemplateRefused(f"La plantilla usa algo fuera de lugar: {_name(node)}.")
        return bool

    def _root(self) -> dict[str, Any]:
        return {**_members(self.model), "leyes": dict.fromkeys(self.laws, str)}

    def _member(self, owner: Any, name: str, path: str) -> Any:
        members = _members(owner)
        if owner is UNREAD:
            return UNREAD
        if name not in members:
            near = get_close_matches(name, members, n=1)
            hint = f" Tal vez es «{near[0]}»." if near else ""
            raise TemplateRefused(f"La plantilla nombra un campo que no existe: «{path}».{hint}")
        return members[name]

    def _filter(self, node: nodes.Filter, scope: Scope) -> Any:
        wording = WORDINGS.get(node.name)
        if wording is None or node.node is None:
            raise TemplateRefused(f"La plantilla usa un filtro que no existe: «{node.name}».")
        plain = all(isinstance(argument, nodes.Const) for argument in node.args)
        if not plain or node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise TemplateRefused(f"El filtro «{node.name}» solo admite textos fijos.")
        kind = self.type_of(node.node, scope)
        if kind is not UNREAD and not (isinstance(kind, type) and issubclass(kind, wording.takes)):
            raise TemplateRefused(f"El filtro «{node.name}» no sirve para «{_path(node.node)}».")
        return list[str] if wording.gives is list else wording.gives


def _members(owner: Any) -> Mapping[str, Any]:
    """Return the names below a model or mapping with their types, `X | None` counted as X."""
    if isinstance(owner, dict):
        return owner
    if isinstance(owner, type) and issubclass(owner, BaseModel):
        fields = {name: _plain(field.annotation) for name, field in owner.model_fields.items()}
        return {
            **fields,
            **{name: _plain(get_type_hints(member.fget)["return"]) for name, member in derived(owner).items()},
        }
    return {}


@dataclass(frozen=True)
class KnownField:
    """A field that a template of a kind may name, with what it is in Spanish."""

    name: str
    description: str
    printed: bool
    """Whether it is a text, printed as it is; any other takes a filter, a loop or a condition."""


def known_fields(model: type[BaseModel], prefix: str = "") -> list[KnownField]:
    """Return the fields of a kind, those inside its objects under their owner's name: «adviser.name»."""
    found: list[KnownField] = []
    for name, field in model.model_fields.items():
        kind = _plain(field.annotation)
        found.append(KnownField(f"{prefix}{name}", field.description or name, kind is str))
        if isinstance(kind, type) and issubclass(kind, BaseModel) and not prefix:
            found += known_fields(kind, f"{name}.")
    return found


def derived(model: type[BaseModel]) -> dict[str, property]:
    """Return what a model derives from its own fields, like a convention's counterpart."""
    ours = [kind for kind in model.__mro__ if issubclass(kind, Part) and kind is not Part]
    return {name: member for kind in ours for name, member in vars(kind).items() if isinstance(member, property)}


def _plain(annotation: Any) -> Any:
    """Return the type that a template sees: without None, without constraints."""
    if hasattr(annotation, "__metadata__"):
        return _plain(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return _plain(next(kind for kind in get_args(annotation) if kind is not type(None)))
    if get_origin(annotation) is Literal:
        return str
    if get_origin(annotation) is tuple:
        return GenericAlias(tuple, (_plain(get_args(annotation)[0]), ...))
    return annotation


def _name(node: nodes.Node) -> str:
    return type(node).__name__


def _path(node: nodes.Node | None) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node)}.{node.attr}"
    if isinstance(node, nodes.Filter):
        return f"{_path(node.node)} | {node.name}"
    return str(getattr(node, "name", "") or getattr(node, "value", "") or "…")
