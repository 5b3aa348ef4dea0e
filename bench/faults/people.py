"""Clients as real ones are: when the connection breaks they send the same again, under the same clientMutationId."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from bench.desk import operation
from bench.faults.plant import PATIENCE


class Refused(Exception):
    """The program answered that it did not do it: what a client must never hear in a story told in the right order."""


@dataclass
class Person:
    """Somebody with an account, who asks one of several addresses and turns to another when it does not answer."""

    http: httpx.AsyncClient
    addresses: Sequence[str]
    token: str
    resent: list[str]
    """What had to be sent again, by everybody who shares the list."""

    async def _answer(self, what: str, send: Callable[[str], Any]) -> httpx.Response:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return await send(random.choice(self.addresses))
            except httpx.TransportError as fault:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{what}: {type(fault).__name__}") from fault
            self.resent.append(what)
            await asyncio.sleep(0.3)

    async def ask(self, text: str, **variables: Any) -> dict[str, Any]:
        """Send an operation's text until it is answered, and return its data."""
        body = {"query": text, "variables": variables}
        answer = await self._answer(
            text.split("(")[0].strip().splitlines()[-1],
            lambda address: self.http.post(f"{address}/graphql", json=body, headers=self._headers()),
        )
        if answer.status_code != 200 or answer.json().get("errors"):
            raise Refused(f"{answer.status_code} {answer.text[:500]}")
        return dict(answer.json()["data"])

    async def do(self, name: str, **values: Any) -> dict[str, Any]:
        """Send one of the contract's mutations until it is answered, and return its payload."""
        return await self.change(operation(name), **values)

    async def change(self, text: str, **values: Any) -> dict[str, Any]:
        """Send a mutation's text until it is answered, each time as the same deed, and return its payload."""
        [payload] = (await self.ask(text, input=values | {"clientMutationId": str(uuid4())})).values()
        if payload["errors"] or payload.get("blockers"):
            raise Refused(str(payload["errors"] or payload["blockers"]))
        return dict(payload)

    async def upload(self, filename: str, content: bytes) -> str:
        """Send a file until it is taken, and return its id; one that was sent twice is forgotten after a day."""
        answer = await self._answer(
            "POST /files",
            lambda address: self.http.post(
                f"{address}/files", files={"file": (filename, content)}, headers=self._headers()
            ),
        )
        if answer.status_code != 201:
            raise Refused(f"{answer.status_code} {answer.text[:500]}")
        return str(answer.json()["id"])

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}
