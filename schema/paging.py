"""Relay connections with `nodes` and `totalCount`, and how a page of rows becomes one."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

import strawberry

from reads.paging import BadPage, Page, Row, check_size, cursor_of, place_of
from schema.masking import CodedError, ErrorCode

T = TypeVar("T")
Item = TypeVar("Item")
Place = TypeVar("Place", bound=tuple[str | int, ...])

First = Annotated[int, strawberry.argument(description="Cuántos elementos se piden: de 1 a 200.")]
After = Annotated[
    str | None, strawberry.argument(description="Marcador desde el que se continúa, tomado de «endCursor».")
]


@strawberry.type(description="Dónde termina la página y si hay más.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Si hay más elementos después.")
    has_previous_page: bool = strawberry.field(description="Si la página no es la primera.")
    start_cursor: str | None = strawberry.field(description="Marcador del primer elemento.")
    end_cursor: str | None = strawberry.field(description="Marcador del último elemento.")


@strawberry.type(description="Un elemento de la lista con su marcador.")
class Edge(Generic[T]):
    cursor: str = strawberry.field(description="Marcador del elemento.")
    node: T = strawberry.field(description="El elemento.")


@strawberry.type(description="Una página de una lista.")
class Connection(Generic[T]):
    nodes: list[T] = strawberry.field(description="Los elementos de la página.")
    edges: list[Edge[T]] = strawberry.field(description="Los elementos con su marcador.")
    page_info: PageInfo = strawberry.field(description="Dónde termina la página.")
    count: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field(description="Cuántos elementos tiene la lista completa.")
    async def total_count(self) -> int:
        return await self.count()


async def connect(make: Callable[[Row], T], asked: Awaitable[Page], after: str | None) -> Connection[T]:
    """Await a page of rows and give it as a connection; a damaged cursor or a wrong size is BAD_USER_INPUT."""
    try:
        page = await asked
    except BadPage as bad:
        raise CodedError(ErrorCode.BAD_USER_INPUT, str(bad)) from bad
    return connection([(page.cursor(row), make(row)) for row in page.rows], page.has_next, bool(after), page.count)


def connect_whole(
    items: Sequence[Item],
    make: Callable[[Item], T],
    *,
    place: Callable[[Item], Place],
    read: Callable[..., Place],
    first: int,
    after: str | None,
) -> Connection[T]:
    """Give a page of what was computed whole, in the order of its places; `read` makes a place of a cursor's parts.

    A damaged cursor or a wrong size is BAD_USER_INPUT.
    """
    try:
        check_size(first)
        beyond = place_of(after, read) if after else None
    except BadPage as bad:
        raise CodedError(ErrorCode.BAD_USER_INPUT, str(bad)) from bad
    rest = [one for one in items if beyond is None or place(one) > beyond]

    async def count() -> int:
        return len(items)

    marked = [(cursor_of(*place(one)), make(one)) for one in rest[:first]]
    return connection(marked, len(rest) > first, beyond is not None, count)


def connection(
    marked: list[tuple[str, Any]], has_next: bool, has_previous: bool, count: Callable[[], Awaitable[int]]
) -> Connection[Any]:
    """Give marked elements as a connection."""
    return Connection(
        nodes=[node for _, node in marked],
        edges=[Edge(cursor=cursor, node=node) for cursor, node in marked],
        page_info=PageInfo(
            has_next_page=has_next,
            has_previous_page=has_previous,
            start_cursor=marked[0][0] if marked else None,
            end_cursor=marked[-1][0] if marked else None,
        ),
        count=count,
    )
