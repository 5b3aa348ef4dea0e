"""Keyset pages: page 2 000 costs what page 1 costs, and rows inserted meanwhile are neither skipped nor repeated."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

import orjson
from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

T = TypeVar("T")

LARGEST_PAGE = 200
Row = dict[str, Any]


class BadPage(Exception):
    """The page asked for cannot be given: a damaged cursor or a size out of bounds; the sentence is for people."""


DAMAGED = "El marcador de página no es válido: pida la lista desde el principio."


def cursor_of(*place: str | int | None) -> str:
    """Return the opaque mark of a place in a list."""
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode()


def place_of(cursor: str, read: Callable[..., T]) -> T:
    """Return the place that a cursor marks, as `read` makes it of the cursor's parts.

    Raises BadPage for a damaged cursor, and when `read` raises ValueError or TypeError.
    """
    try:
        return read(*orjson.loads(base64.b64decode(cursor.encode(), altchars=b"-_", validate=True)))
    except (ValueError, TypeError, binascii.Error, orjson.JSONDecodeError) as damaged:
        raise BadPage(DAMAGED) from damaged


def check_size(first: int) -> None:
    """Raise BadPage for a size that no page has."""
    if not 1 <= first <= LARGEST_PAGE:
        raise BadPage(f"«first» va de 1 a {LARGEST_PAGE}.")


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
        return cursor_of(self.order.column, text, row["id"])

    async def count(self) -> int:
        """Return how many rows the whole list has."""
        return await self.everything.count()


def _integer(text: str) -> int:
    number = int(text)
    if not -(2**31) <= number < 2**31:
        raise ValueError
    return number


_PARSERS: dict[Any, Callable[[str], Any]] = {date: date.fromisoformat, int: _integer}


def row_key(value: Any) -> int:
    """Return what can be the id of a row; raises ValueError for anything else."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise ValueError
    return value


def _place(after: str, order: Order, parse: Callable[[str], Any]) -> tuple[Any, int]:
    def read(column: Any, text: Any, row_id: Any) -> tuple[Any, int]:
        # PostgreSQL refuses what is no id of a row, and NUL in a text, only when the statement runs.
        if column != order.column or not isinstance(text, str | None) or "\0" in (text or ""):
            raise ValueError
        return (None if text is None else parse(text)), row_key(row_id)

    return place_of(after, read)


async def page(
    rows: QuerySet[Any], columns: tuple[str, ...], order: Order, *, first: int, after: str | None, since: Any = None
) -> Page:
    """Return `first` rows after a cursor as plain dictionaries; `columns` include «id» and the sorted column.

    `since` is a value of that column below which none of the rows lies, when the asker knows one: the database then
    begins there in its index instead of going through what comes before.
    """
    check_size(first)
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
