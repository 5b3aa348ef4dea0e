"""What one request carries: who asks, and the loaders that gather what many fields ask for into one statement."""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

import strawberry
from strawberry.dataloader import DataLoader

from models.people import User
from schema.masking import CodedError, ErrorCode

Read = Callable[..., Awaitable[Mapping[Any, Any]]]


@dataclass
class Context:
    """One per request. Loaders live as long as the request, so an answer never mixes two moments of one row."""

    actor: User | None = None
    request_id: str = ""
    _loaders: dict[Hashable, DataLoader[Any, Any]] = field(default_factory=dict)

    @property
    def person(self) -> User:
        """Return who asks; raises UNAUTHENTICATED when nobody is signed in."""
        if self.actor is None:
            raise CodedError(ErrorCode.UNAUTHENTICATED, "Ingrese al sistema para ver o hacer esto.")
        return self.actor

    async def load(self, read: Read, key: Any, **fixed: Any) -> Any:
        """Return what a read answers for one key, together with all other keys asked for meanwhile."""
        if key is None:
            return None
        which = (read, *sorted(fixed.items()))
        if which not in self._loaders:
            person = self.person

            async def batch(keys: list[Any]) -> list[Any]:
                found = await read(keys, person, **fixed)
                return [found.get(one) for one in keys]

            self._loaders[which] = DataLoader(load_fn=batch)
        return await self._loaders[which].load(key)

    def forget(self) -> None:
        """Drop what was loaded: a mutation has changed it."""
        self._loaders.clear()


Info = strawberry.Info[Context, None]
