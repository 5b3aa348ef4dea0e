"""Types made from plain rows: a field named like a column takes its value."""

import dataclasses
from typing import Any, Self

from reads.paging import Row
from schema.context import Info, Read


class FromRow:
    """A GraphQL type whose plain fields are columns; `more` gives what is no column."""

    @classmethod
    def of(cls, row: Row, /, **more: Any) -> Self:
        """Make one from a row; columns that the type does not show are left aside."""
        names = [item.name for item in dataclasses.fields(cls) if item.init]  # type: ignore[arg-type]
        return cls(**{name: more[name] if name in more else row[name] for name in names if name in more or name in row})

    @classmethod
    async def each(cls, info: Info, read: Read, key: Any) -> list[Self]:
        """Make one from each row that a read lists for a key, gathered with the others that the request asks for."""
        return [cls.of(row) for row in await info.context.load(read, key) or []]
