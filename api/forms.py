"""From what a browser sends to an operation's variables: typed by the schema, refused field by field in Spanish."""

import re
from datetime import date, time
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    type_from_ast,
)
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from actions.files import upload_file
from actions.refusals import Forbidden, Refusal
from documents.fields import Amount
from documents.uploads import MAX_BYTES
from models.people import User
from schema.ids import global_id

LONGEST_LIST = 100
"""Most rows of a repeated group that a form may hold."""
DEEPEST_NAME = 8
"""Parts of a field's name after its group: more than any form of ours has."""


AMOUNT = TypeAdapter(Amount)
"""Quetzales as people type them: «Q.1,500.00» and «1500» are amounts, «1.500,00» is refused."""

_SPOILT = re.compile("[\0\ufffd\ud800-\udfff]")


class DamagedForm(Exception):
    """What was sent is no form of ours; the sentence is for people."""


async def read_form(request: Request, *, max_files: int, max_fields: int) -> FormData:
    """Return a posted form whose texts can be stored; raises DamagedForm when it cannot be read or holds others.

    Starlette decodes what is no UTF-8 to U+FFFD, and by a charset that the sender names to half characters; databases
    refuse those, and NUL, or keep something else than was typed.
    """
    try:
        form = await request.form(max_files=max_files, max_fields=max_fields)
    except (MultiPartException, HTTPException):
        raise DamagedForm("El formulario llegó dañado. Vuelva a la página y envíelo de nuevo.") from None
    for name, value in form.multi_items():
        if _SPOILT.search(name) or (isinstance(value, str) and _SPOILT.search(value)):
            raise DamagedForm("El formulario contiene un carácter que no se admite. Bórrelo y envíelo de nuevo.")
    return form


class Problems(dict[str, list[str]]):
    """Sentences by the path of the field they concern; the empty path is the whole form."""


def _bare(kind: GraphQLInputType) -> Any:
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind


def _value(text: str, kind: Any, path: str, problems: Problems) -> Any:
    """Return one typed text as the scalar or enum wants it, noting a problem when it cannot be."""
    text = text.strip()
    if isinstance(kind, GraphQLEnumType):
        if text not in kind.values:
            problems.setdefault(path, []).append("Elija una de las opciones.")
            return None
        return text
    if kind.name == "Int":
        try:
            number = int(text)
        except ValueError:
            problems.setdefault(path, []).append("Escriba un número entero, sin letras ni decimales.")
            return None
        if abs(number) > 2**31 - 1:
            problems.setdefault(path, []).append("El número es demasiado grande.")
        return number
    if kind.name == "Date":
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            problems.setdefault(path, []).append("Escriba una fecha que exista: día, mes y año.")
            return None
    if kind.name == "Decimal":
        try:
            return str(AMOUNT.validate_python(text))
        except ValidationError as wrong:
            problems.setdefault(path, []).append(wrong.errors()[0]["msg"].removeprefix("Value error, "))
            return None
    if kind.name == "Time":
        try:
            return time.fromisoformat(text).isoformat()
        except ValueError:
            problems.setdefault(path, []).append("Escriba una hora de 00:00 a 23:59, como 09:30.")
            return None
    if kind.name == "Boolean":
        return text in ("on", "true", "1", "sí")
    return text.replace("\r\n", "\n")


def variables_from_query(
    schema: GraphQLSchema, operation: OperationDefinitionNode, given: dict[str, Any], repeated: FormData | None = None
) -> tuple[dict[str, Any], Problems]:
    """Return a query's variables from the path and the address; empty ones are left out, wrong ones noted.

    Lists of texts come as a repeated name, which `repeated` holds as the address has them.
    """
    problems = Problems()
    found: dict[str, Any] = {}
    listed_names = repeated or FormData()
    asked = [*((key, v) for key, v in given.items() if key not in listed_names), *listed_names.multi_items()]
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        kind = _bare(type_from_ast(schema, definition.type))  # type: ignore[arg-type]
        if isinstance(kind, GraphQLInputObjectType):
            prefix = f"{name}."
            inner = FormData([(key[len(prefix) :], str(v)) for key, v in asked if key.startswith(prefix)])
            wrong = Problems()
            value = _object(kind, inner, "", wrong, required=False)
            problems.update({prefix + path: sentences for path, sentences in wrong.items()})
            if value:
                found[name] = value
            continue
        if isinstance(kind, GraphQLList):
            if listed := _list(_bare(kind.of_type), listed_names, name, problems):
                found[name] = listed
            continue
        text = str(given.get(name, ""))
        if text:
            value = _value(text, kind, name, problems)
            if name not in problems:
                found[name] = value
    return found, problems


def variables_from_form(
    schema: GraphQLSchema, operation: OperationDefinitionNode, form: FormData
) -> tuple[dict[str, Any], Problems]:
    """Return a mutation's variables from a posted form: its one `input`, by the schema's types.

    Lists of objects come as `observations.0.finding`, lists of texts as a repeated name. Files are left to
    `keep_files`, so that nothing is kept while another field is wrong.
    """
    problems = Problems()
    [definition] = operation.variable_definitions or ()
    kind = _bare(type_from_ast(schema, definition.type))  # type: ignore[arg-type]
    sent = [path for path, file in form.multi_items() if isinstance(file, UploadFile) and file.filename]
    for path in sent:
        if path not in kind.fields or _bare(kind.fields[path].type).name != "ID":
            problems[path] = ["Aquí no se espera ningún archivo."]
        elif sent.count(path) > 1:
            problems[path] = ["Elija un solo archivo."]
    return {definition.variable.name.value: _object(kind, form, "", problems, required=True)}, problems


def _object(
    kind: GraphQLInputObjectType, form: FormData, prefix: str, problems: Problems, *, required: bool
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, item in kind.fields.items():
        path = prefix + name
        needed = required and isinstance(item.type, GraphQLNonNull) and item.default_value is Undefined
        inner = _bare(item.type)
        if isinstance(inner, GraphQLList):
            rows = _list(_bare(inner.of_type), form, path, problems)
            if rows or needed:
                found[name] = rows
            continue
        if isinstance(inner, GraphQLInputObjectType):
            # What may be left out whole is asked for its parts only once one of them was typed.
            begun = needed or any(key.startswith(f"{path}.") and str(sent).strip() for key, sent in form.multi_items())
            part = _object(inner, form, f"{path}.", problems, required=required and begun)
            if part:
                found[name] = part
            continue
        if inner.name == "JSON":
            found[name] = typed_tree(form, path)
            continue
        sent = form.get(path)
        if isinstance(sent, UploadFile):
            if needed and not sent.filename:
                problems.setdefault(path, []).append("Elija un archivo.")
            continue
        if sent is None or not str(sent).strip():
            if needed:
                problems.setdefault(path, []).append("Complete este dato.")
            continue
        value = _value(str(sent), inner, path, problems)
        if value is not None:
            found[name] = value
    return found


def _list(kind: Any, form: FormData, path: str, problems: Problems) -> list[Any]:
    if not isinstance(kind, GraphQLInputObjectType):
        texts = [str(text) for text in form.getlist(path) if str(text).strip()]
        values = [_value(text, kind, path, problems) for text in texts[:LONGEST_LIST]]
        return [value for value in values if value is not None]
    # Rows are numbered anew, so that a problem names the same row here and in the action's answer.
    found = []
    for number, row in enumerate(typed_rows(form, path)):
        prefix = f"{path}.{number}."
        answered = FormData([(prefix + name, text) for name, text in row.items()])
        found.append(_object(kind, answered, prefix, problems, required=True))
    return found


def typed_rows(form: FormData, path: str) -> list[dict[str, str]]:
    """Return the rows of a repeated group in which something was typed, in their order, by field name.

    A row that nobody touched is a blank line of the form, not an answer.
    """
    rows: dict[int, dict[str, str]] = {}
    for key, value in form.multi_items():
        group, _, rest = key.partition(".")
        number, _, name = rest.partition(".")
        if group == path and number.isdecimal() and len(number) < 4 and int(number) < LONGEST_LIST and name:
            rows.setdefault(int(number), {})[name] = str(value)
    return [row for _, row in sorted(rows.items()) if any(text.strip() for text in row.values())]


def typed_tree(form: FormData, path: str) -> dict[str, Any]:
    """Return what was typed under a path as nested objects and lists: `fields.items.0.folios` and the like.

    What is blank is left out, and items of lists are numbered anew, as in `typed_rows`.
    """
    tree: dict[str, Any] = {}
    for key, value in form.multi_items():
        group, *parts = key.split(".")
        if group != path or not parts or len(parts) > DEEPEST_NAME or isinstance(value, UploadFile):
            continue
        if not all(parts) or not value.strip():
            continue
        branch = tree
        for part in parts[:-1]:
            inner = branch.setdefault(part, {})
            branch = inner if isinstance(inner, dict) else {}
        branch[parts[-1]] = value.strip().replace("\r\n", "\n")
    return {name: _lists(value) for name, value in tree.items()}


def _lists(value: Any) -> Any:
    """Turn objects whose names are all numbers into lists, in the order of the numbers."""
    if not isinstance(value, dict):
        return value
    if value and all(name.isdecimal() and name.isascii() and len(name) < 4 for name in value):
        return [_lists(value[name]) for name in sorted(value, key=int)[:LONGEST_LIST]]
    return {name: _lists(inner) for name, inner in value.items()}


async def keep_files(form: FormData, variables: dict[str, Any], person: User | None) -> Problems:
    """Keep the files of a form and put their ids into the variables; note why a file is refused."""
    problems = Problems()
    for path, sent in form.multi_items():
        if not isinstance(sent, UploadFile) or not sent.filename or person is None:
            continue
        data = await sent.read(MAX_BYTES + 1)
        try:
            file = await upload_file(actor=person, data=data, filename=sent.filename)
        except Forbidden:
            problems.setdefault(path, []).append("Su papel en el sistema no permite subir archivos.")
        except Refusal as refusal:
            problems.setdefault(path, []).extend(problem.message for problem in refusal.problems)
        else:
            [value] = variables.values()
            value[path] = global_id("File", file.id)
    return problems
