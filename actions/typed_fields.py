"""What a person typed for a paper: one spelling of names, bounded sizes, and what is wrong, in Spanish."""

import re
from collections.abc import Collection, Sequence
from typing import Any

import orjson
from pydantic import ValidationError

from actions.refusals import Checks, ErrorCode, Problem
from documents.kinds import Shape, TypedField

LARGEST = 200_000
"""Bytes of everything that is typed for one paper, as JSON."""
DEEPEST = 8
"""Objects and lists inside one another; the deepest paper has half of them."""


def spelled(name: str) -> str:
    """Return a name as Python spells it: `workingDays` becomes `working_days`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f"_{found[1].lower()}", name)


def camel(name: object) -> str:
    """Return a name as the API spells it: `working_days` becomes `workingDays`; places in a list stay numbers."""
    return re.sub(r"_(\w)", lambda found: found[1].upper(), str(name))


def read_typed(checks: Checks, fields: Any) -> dict[str, Any]:
    """Return what was typed under Python's names, without what is empty; notes what no paper could be made of."""
    if not checks.that(isinstance(fields, dict), "fields", "Envíe los datos del documento como un objeto JSON."):
        return {}
    if not checks.that(_depth(fields) <= DEEPEST, "fields", f"Los datos van en {DEEPEST} niveles o menos."):
        return {}
    try:
        size = len(orjson.dumps(fields))
    except orjson.JSONEncodeError:
        checks.that(False, "fields", "Los datos contienen un valor que no se puede guardar.")
        return {}
    limit = f"Los datos pesan demasiado: use {LARGEST // 1000} KB o menos."
    if not checks.that(size <= LARGEST, "fields", limit):
        return {}
    read: dict[str, Any] = _spelled(checks, fields, ("fields",))
    return read


def _depth(value: Any) -> int:
    """Return how many objects and lists stand inside one another, by a stack of our own."""
    deepest, pending = 0, [(value, 1)]
    while pending and deepest <= DEEPEST:
        one, depth = pending.pop()
        if isinstance(one, dict | list):
            deepest = max(deepest, depth)
            pending += [(item, depth + 1) for item in (one.values() if isinstance(one, dict) else one)]
    return deepest


def _spelled(checks: Checks, value: Any, path: tuple[str, ...]) -> Any:
    if isinstance(value, list):
        return [_spelled(checks, item, (*path, str(n))) for n, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    found: dict[str, Any] = {}
    for name, item in value.items():
        if item is None:
            continue
        once = spelled(name) not in found
        if checks.that(once, (*path, _short(name)), f"El dato «{_short(name)}» viene dos veces: déjelo una sola."):
            found[spelled(name)] = _spelled(checks, item, (*path, _short(name)))
    return found


def _short(name: object) -> str:
    return str(name)[:60]


def wrong_shapes(checks: Checks, fields: Sequence[TypedField], typed: dict[str, Any], path: tuple[str, ...]) -> None:
    """Note what the schema would read otherwise than it was meant: a number for a date, «sí» for a number of days."""
    for field in fields:
        value, at = typed.get(field.name), (*path, camel(field.name))
        if value is None:
            continue
        if field.shape in (Shape.DATE, Shape.TIME):
            checks.that(isinstance(value, str), at, MESSAGES["date_type"])
        elif field.shape == Shape.INTEGER:
            checks.that(not isinstance(value, bool | float), at, MESSAGES["int_type"])
        elif field.shape == Shape.OBJECT and isinstance(value, dict):
            wrong_shapes(checks, field.members, value, at)
        elif field.shape == Shape.OBJECTS and isinstance(value, list):
            for n, item in enumerate(value):
                if isinstance(item, dict):
                    wrong_shapes(checks, field.members, item, (*at, str(n)))


def unknown_names(checks: Checks, fields: Sequence[TypedField], typed: Collection[str]) -> None:
    """Note what this kind of paper does not take from whoever issues it: its number, its date, its signer included."""
    known = {field.name for field in fields}
    for name in sorted(set(typed) - known):
        at = camel(_short(name))
        listed = ", ".join(camel(field.name) for field in fields)
        checks.that(False, ("fields", at), f"Este documento no lleva el dato «{at}». Lleva: {listed}.")


MESSAGES = {
    "missing": "Falta este dato: {label}.",
    "string_type": "Escriba un texto: {label}.",
    "string_too_short": "Escriba este dato: {label}.",
    "string_too_long": "Use {max_length} caracteres o menos: {label}.",
    "int_type": "Escriba un número entero, sin letras ni decimales.",
    "int_parsing": "Escriba un número entero, sin letras ni decimales.",
    "int_from_float": "Escriba un número entero, sin letras ni decimales.",
    "int_parsing_size": "El número es demasiado grande.",
    "greater_than_equal": "El número debe ser {ge} o más.",
    "less_than_equal": "El número debe ser {le} o menos.",
    "less_than": "El número debe ser menor que {lt}.",
    "date_type": "Escriba una fecha que exista, como 2026-03-31.",
    "date_parsing": "Escriba una fecha que exista, como 2026-03-31.",
    "date_from_datetime_parsing": "Escriba una fecha que exista, como 2026-03-31.",
    "date_from_datetime_inexact": "Escriba una fecha que exista, como 2026-03-31.",
    "time_parsing": "Escriba una hora que exista, como 14:30.",
    "literal_error": "Elija una de las opciones: {expected}.",
    "enum": "Elija una de las opciones: {expected}.",
    "tuple_type": "Envíe una lista: {label}.",
    "too_short": "Hace falta al menos {min_length}: {label}.",
    "model_type": "Envíe un objeto con sus datos: {label}.",
    "model_attributes_type": "Envíe un objeto con sus datos: {label}.",
    "extra_forbidden": "No existe el dato «{name}» en este lugar.",
    "bool_parsing": "Responda sí o no.",
    "bool_type": "Responda sí o no.",
    "other": "Revise este dato: {label}.",
}
"""What a person reads for each reason that the field schemas have to refuse a value."""


def problems_of(wrong: ValidationError, fields: Sequence[TypedField]) -> list[Problem]:
    """Return what the field schema refused, one sentence for each place, in the order of the fields."""
    refused = wrong.errors(include_url=False)
    places = [tuple(map(str, detail["loc"])) for detail in refused]
    found = []
    for detail, place in zip(refused, places, strict=True):
        # A list whose only item was refused is also said to be too short.
        inside = any(len(other) > len(place) and other[: len(place)] == place for other in places)
        if detail["type"] == "too_short" and inside:
            continue
        path = ("fields", *(camel(_short(part)) for part in place))
        found.append(Problem(ErrorCode.BAD_USER_INPUT, _sentence(detail, place, fields), path))
    return found


def _sentence(detail: Any, place: tuple[str, ...], fields: Sequence[TypedField]) -> str:
    if detail["type"] == "value_error":
        return str(detail["msg"]).removeprefix("Value error, ")
    label = _label(place, fields)
    # A text's bounds come after its blanks are cut, and are said as a list's are.
    kind = {"too_short": "string_too_short", "too_long": "string_too_long"}.get(detail["type"], "")
    pattern = MESSAGES.get(kind if isinstance(detail["input"], str) and kind else detail["type"], MESSAGES["other"])
    context = {key: str(value).replace(" or ", " o ") for key, value in (detail.get("ctx") or {}).items()}
    return pattern.format_map({**context, "label": label, "name": camel(_short(place[-1])) if place else ""})


def _label(place: tuple[str, ...], fields: Sequence[TypedField]) -> str:
    """Return the description of the field at a place, as part of a sentence; its own name when it has none."""
    label = camel(place[-1]) if place else "datos"
    for part in place:
        field = next((one for one in fields if one.name == part), None)
        if field:
            label, fields = field.description, field.members
    return label.rstrip(".")
