"""Opaque global ids: which type and which row; an id of another type is a clear refusal."""

import base64
import binascii
from typing import Any, Self

import strawberry

from actions.refusals import ErrorCode, Problem, Refusal
from reads.paging import Row
from schema.rows import FromRow


def global_id(kind: str, row_id: int | str) -> strawberry.ID:
    """Return the opaque id of a row."""
    return strawberry.ID(base64.urlsafe_b64encode(f"{kind}:{row_id}".encode()).decode().rstrip("="))


@strawberry.interface(description="Todo lo que tiene un identificador opaco.")
class Node(FromRow):
    key: strawberry.Private[int]

    @classmethod
    def of(cls, row: Row, /, **more: Any) -> Self:
        """Make one from a row; its id is the row's, and a type that keeps the whole row gets it."""
        return super().of(row, key=row["id"], row=row, **more)

    @strawberry.field(description="Identificador opaco.")
    def id(self) -> strawberry.ID:
        return global_id(type(self).__name__, self.key)


def opened(given: str) -> tuple[str, str] | None:
    """Return type and key inside an id; None when it is no id of ours."""
    try:
        text = base64.b64decode(given.encode() + b"=" * (-len(given) % 4), altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error):
        return None
    kind, colon, key = text.partition(":")
    return (kind, key) if colon and kind and key else None


def row_id(given: str, *kinds: str, path: str) -> tuple[str, int]:
    """Return type and number inside an id of one of these types; refuses anything else, naming the input's field.

    The path of a field inside a list has its parts between dots, `centers.0.centerId`.
    """
    found = opened(given)
    if found is None or found[0] not in kinds or not found[1].isascii() or not found[1].isdigit() or len(found[1]) > 9:
        message = "El identificador no es válido para este dato."
        raise Refusal(Problem(ErrorCode.BAD_USER_INPUT, message, tuple(path.split("."))))
    return found[0], int(found[1])
