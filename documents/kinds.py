"""Which data each kind of paper takes, and which of them a lawyer types: what forms are built from."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import Enum, StrEnum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from .fields import PaperFields
from .fields_conventions import AdendaFields, ConvenioFields
from .fields_leases import ActaAdscripcionFields, ActaNegociacionFields, ContratoArrendamientoFields
from .fields_letters import ConocimientoFields, OficioFields
from .fields_reviews import (
    OUTCOME_LABELS,
    DictamenFields,
    OpinionFields,
    Outcome,
    ProvidenciaFields,
    ResolucionFields,
    TramiteFields,
)
from .fields_understandings import EntendimientoFields

FIELDS_BY_KIND: dict[tuple[str, str], type[PaperFields]] = {
    ("DICTAMEN", ""): DictamenFields,
    ("OPINION", ""): OpinionFields,
    ("PROVIDENCIA", ""): ProvidenciaFields,
    ("PROVIDENCIA", "TRAMITE"): TramiteFields,
    ("RESOLUCION", ""): ResolucionFields,
    ("OFICIO", ""): OficioFields,
    ("CONOCIMIENTO", ""): ConocimientoFields,
    ("ACTA_NEGOCIACION", ""): ActaNegociacionFields,
    ("ACTA_NEGOCIACION", "ADSCRIPCION"): ActaAdscripcionFields,
    ("CONTRATO_ARRENDAMIENTO", ""): ContratoArrendamientoFields,
    ("ADENDA", ""): AdendaFields,
    ("CONVENIO", "MAD"): ConvenioFields,
    ("CONVENIO", "MAD_CAD"): ConvenioFields,
    ("CONVENIO", "MAD_CAP"): ConvenioFields,
    ("CONVENIO", "CADI"): ConvenioFields,
    ("CONVENIO", "GENERAL"): ConvenioFields,
    ("CARTA_ENTENDIMIENTO", ""): EntendimientoFields,
    ("MEMORANDUM_ENTENDIMIENTO", ""): EntendimientoFields,
}
"""Field schemas by kind and variant; GENERAL is the convenio of programs other than MAD and Hogares Comunitarios.

MAD served day and permanent centers alike until each got words of its own: papers made with it can still be made again.
"""

ISSUER_FIELDS = ("adviser", "signer", "delivered_by")
"""Where a kind names the person of the legal office who issues it, at most one in each kind."""
GIVEN = frozenset(PaperFields.model_fields) | {*ISSUER_FIELDS, "head"}
"""What the system gives to every paper; nobody types it."""


class UnknownKind(LookupError):
    """No paper of this kind and variant is issued."""


class Shape(StrEnum):
    """What a form shows for a field."""

    LINE = "LINE"
    TEXT = "TEXT"
    DATE = "DATE"
    TIME = "TIME"
    INTEGER = "INTEGER"
    MONEY = "MONEY"
    YES_NO = "YES_NO"
    CHOICE = "CHOICE"
    LINES = "LINES"
    TEXTS = "TEXTS"
    OBJECT = "OBJECT"
    OBJECTS = "OBJECTS"


@dataclass(frozen=True)
class TypedField:
    """One field that a person types: its name in the schema, its Spanish description, and its shape."""

    name: str
    description: str
    shape: Shape
    required: bool
    """Whether it must be filled; a required list needs one item at least."""
    least: int | None = None
    """Smallest integer, or fewest items of a list."""
    most: int | None = None
    """Largest integer, or most characters of a text."""
    choices: tuple[tuple[str, str], ...] = ()
    """Values of a CHOICE with their Spanish words."""
    members: tuple["TypedField", ...] = ()
    """Fields of an OBJECT, or of each item of OBJECTS."""


def fields_of(kind: str, variant: str = "") -> type[PaperFields]:
    """Return the field schema of a kind and variant, or raise UnknownKind."""
    found = FIELDS_BY_KIND.get((kind, variant))
    if found is None:
        raise UnknownKind(f"No hay plantilla para {kind} {variant}".rstrip() + ".")
    return found


def issuer_field(kind: str, variant: str = "") -> str:
    """Return the name of the field that takes the person who issues; empty when the kind names none."""
    names = fields_of(kind, variant).model_fields
    return next((name for name in ISSUER_FIELDS if name in names), "")


def typed_fields(kind: str, variant: str = "", *, without: Collection[str] = ()) -> tuple[TypedField, ...]:
    """Return what a lawyer types for a kind, in its order; `without` leaves out what a record gives instead.

    Inside objects only what a form can hold is offered: their optional objects and lists come from records.
    """
    model = fields_of(kind, variant)
    left_out = GIVEN | set(without)
    typed = (_typed(name, field) for name, field in model.model_fields.items() if name not in left_out)
    return tuple(field for field in typed if field.members or field.shape not in (Shape.OBJECT, Shape.OBJECTS))


def _typed(name: str, field: FieldInfo) -> TypedField:
    kind, limits = _bare(field.annotation, list(field.metadata))
    required = field.is_required()
    shape = _shape(kind, limits)
    listed = shape in (Shape.LINES, Shape.TEXTS, Shape.OBJECTS)
    item = _bare(get_args(kind)[0], [])[0] if listed else kind
    fewest = _limit(limits, "min_length") or 0
    return TypedField(
        name=name,
        description=field.description or name,
        shape=shape,
        required=required,
        least=fewest if listed else _limit(limits, "ge"),
        most=None if listed else _most(limits),
        choices=_choices(kind),
        members=_members(item) if shape in (Shape.OBJECT, Shape.OBJECTS) else (),
    )


def _members(model: type[BaseModel]) -> tuple[TypedField, ...]:
    members = (_typed(name, field) for name, field in model.model_fields.items())
    many = (Shape.OBJECT, Shape.OBJECTS, Shape.LINES, Shape.TEXTS)
    return tuple(member for member in members if member.required or member.shape not in many)


def _bare(annotation: Any, limits: list[Any]) -> tuple[Any, list[Any]]:
    """Return a type without None and without its constraints, and the constraints."""
    while True:
        if hasattr(annotation, "__metadata__"):
            limits = [*limits, *annotation.__metadata__]
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in (Union, UnionType):
            annotation = next(kind for kind in get_args(annotation) if kind is not type(None))
        else:
            nested = (limit.metadata if isinstance(limit, FieldInfo) else [limit] for limit in limits)
            return annotation, [limit for few in nested for limit in few]


LONG = 2000
"""Characters from which a field is a text of paragraphs rather than a line."""


def _shape(kind: Any, limits: list[Any]) -> Shape:
    if get_origin(kind) is tuple:
        item, item_limits = _bare(get_args(kind)[0], [])
        if isinstance(item, type) and issubclass(item, BaseModel):
            return Shape.OBJECTS
        return Shape.TEXTS if (_most(item_limits) or 0) > LONG else Shape.LINES
    if get_origin(kind) is Literal or issubclass(kind, Enum):
        return Shape.CHOICE
    if issubclass(kind, BaseModel):
        return Shape.OBJECT
    if kind is str:
        return Shape.TEXT if (_most(limits) or 0) > LONG else Shape.LINE
    return {bool: Shape.YES_NO, int: Shape.INTEGER, Decimal: Shape.MONEY, date: Shape.DATE, time: Shape.TIME}[kind]


def _most(limits: list[Any]) -> int | None:
    below = _limit(limits, "lt")
    return _limit(limits, "max_length") or _limit(limits, "le") or (below and below - 1)


def _limit(limits: list[Any], name: str) -> int | None:
    """Return a limit that pydantic keeps beside a type: ge, le, lt, min_length, max_length."""
    return next((found for limit in limits if (found := getattr(limit, name, None)) is not None), None)


GENDERS = {"F": "Femenino", "M": "Masculino"}


def _choices(kind: Any) -> tuple[tuple[str, str], ...]:
    if kind is Outcome:
        return tuple((outcome.value, label) for outcome, label in OUTCOME_LABELS.items())
    return tuple((value, GENDERS.get(value, value)) for value in get_args(kind)) if get_origin(kind) is Literal else ()
