"""Keyset pages: page 2 000 costs what page 1 costs, and rows inserted meanwhile are neither skipped nor repeated."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

LARGEST_PAGE = 200
Row = dict[str, Any]


class BadPage(Exception):
    """The page asked for cannot be given: a damaged cursor or a size out of bounds; the sentence is for people."""


@dataclass(frozen=True)
class Order:
    """What a list is sorted by: one column, then the id. Rows without a value come last, whichever the direction."""

    column: str
    descending: bool = False
    blank_first: bool = False
    """Put the rows without a value first: what still waits for its date."""


@dataclass(frozen=True)
class Page:
    """Some rows of a list, whether there are more, and how to count them all."""

    rows: list[Row]
    has_next: bool
    order: Order
    everything: QuerySet[Any]

    def cursor(self, row: Row) -> str:
        """Return the opaque mark of a row's place in the list."""
        value = row[self.order.column]
        text = value.isoformat() if isinstance(value, (date, datetime)) else None if value is None else str(value)
        return base64.urlsafe_b64encode(orjson.dumps([self.order.column, text, row["id"]])).decode()

    async def count(self) -> int:
        """Return how many rows the whole list has."""
        return await self.everything.count()


def _integer(text: str) -> int:
    number = int(text)
    if not -(2**31) <= number < 2**31:
        raise ValueError
    return number


_PARSERS: dict[Any, Callable[[str], Any]] = {date: date.fromisoformat, int: _integer}


def _place(after: str, order: Order, parse: Callable[[str], Any]) -> tuple[Any, int]:
    try:
        column, text, row_id = orjson.loads(base64.b64decode(after.encode(), altchars=b"-_", validate=True))
        if column != order.column or not isinstance(row_id, int) or isinstance(row_id, bool):
            raise ValueError
        # PostgreSQL refuses what is no id of a row, and NUL in a text, only when the statement runs.
        if not 0 <= row_id < 2**31 or not isinstance(text, str | None) or "\0" in (text or ""):
            raise ValueError
        return (None if text is None else parse(text)), row_id
    except (ValueError, TypeError, binascii.Error, orjson.JSONDecodeError) as damaged:
        message = "El marcador de página no es válido: pida la lista desde el principio."
        raise BadPage(message) from damaged


async def page(
    rows: QuerySet[Any], columns: tuple[str, ...], order: Order, *, first: int, after: str | None, since: Any = None
) -> Page:
    """Return `first` rows after a cursor as plain dictionaries; `columns` include «id» and the sorted column.

    `since` is a value of that column below which none of the rows lies, when the asker knows one: the database then
    begins there in its index instead of going through what comes before.
    """
    if not 1 <= first <= LARGEST_PAGE:
        raise BadPage(f"«first» va de 1 a {LARGEST_PAGE}.")
    model: type[Model] = rows.model
    field = model._meta.fields_map[order.column]
    nullable = bool(getattr(field, "null", False))
    parse: Callable[[str], Any] = _PARSERS.get(field.field_type, str)
    sign, beyond = ("-", "lt") if order.descending else ("", "gt")
    value, row_id = _place(after, order, parse) if after else (None, 0)
    at_blank = bool(after) and value is None
    valued = rows.filter(**{f"{order.column}__isnull": False}) if nullable else rows
    if since is not None:
        valued = valued.filter(**{f"{order.column}__gte": since})
    if after and not at_blank:
        later: dict[str, Any] = {f"{order.column}__{beyond}": value}
        same: dict[str, Any] = {order.column: value, "id__gt": row_id}
        valued = valued.filter(Q(**later) | Q(**same))
    parts = [valued.order_by(f"{sign}{order.column}", "id")]
    if nullable:
        # Another query rather than NULLS LAST, which neither Tortoise writes nor SQLite answers from an index.
        blank = rows.filter(**{f"{order.column}__isnull": True})
        parts.append((blank.filter(id__gt=row_id) if at_blank else blank).order_by("id"))
    blank_first = nullable and order.blank_first
    if blank_first:
        parts.reverse()
    if after and at_blank != blank_first:
        parts = parts[1:]
    found: list[Row] = []
    for part in parts:
        if len(found) <= first:
            found += await part.limit(first + 1 - len(found)).values(*columns)
    return Page(found[:first], len(found) > first, order, rows)
