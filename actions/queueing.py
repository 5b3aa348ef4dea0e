"""Owing messages: every notice is queued here, once for each key, in the way its reader chose to be written to."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from models.messages import MAY_BE_OFF, DeliveryMode, NoticePreference, NoticeTopic
from models.outbox import Notice, NoticeState

AT_A_TIME = 500
"""Keys or addresses in one statement: SQLite takes a limited number of values."""


async def queue_notices(rows: Iterable[dict[str, Any]], at: datetime) -> dict[str, int]:
    """Queue messages inside a deed and return the id of each by its key; a key that is known is not queued again.

    A row holds key, recipient, recipient_name, subject, body, perhaps topic, passing, event, and the record's id.
    Who wants a topic once a day gets it with the day's summary; who wants no moves of files is told of none, which
    the row then says.
    """
    by_key = {row["key"]: row for row in rows}
    known = await _ids(list(by_key))
    fresh = [row for key, row in by_key.items() if key not in known]
    modes = await _modes({row["recipient"] for row in fresh})
    await Notice.bulk_create(
        [
            Notice(
                **row,
                message_id=f"<{secrets.token_hex(16)}@convenios>",
                created_at=at,
                due_at=at,
                **_state(modes.get((row["recipient"], row.get("topic", NoticeTopic.MOVES)))),
            )
            for row in fresh
        ],
        batch_size=200,
    )
    return known | await _ids([row["key"] for row in fresh])


def _state(mode: DeliveryMode | None) -> dict[str, Any]:
    if mode == DeliveryMode.DAILY:
        return {"state": NoticeState.HELD}
    if mode == DeliveryMode.OFF:
        return {"state": NoticeState.DROPPED, "error": "La persona eligió no recibir estos avisos."}
    return {"state": NoticeState.QUEUED}


async def _ids(keys: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(keys), AT_A_TIME):
        rows = await Notice.filter(key__in=keys[start : start + AT_A_TIME]).values("key", "id")
        found.update({row["key"]: row["id"] for row in rows})
    return found


async def _modes(addresses: set[str]) -> dict[tuple[str, NoticeTopic], DeliveryMode]:
    """Return how people with an account want their topics; who is not in it wants them at once."""
    found: dict[tuple[str, NoticeTopic], DeliveryMode] = {}
    every = sorted(addresses)
    for start in range(0, len(every), AT_A_TIME):
        chosen = NoticePreference.filter(user__email__in=every[start : start + AT_A_TIME], user__active=True)
        for row in await chosen.values("user__email", "topic", "mode"):
            if row["mode"] == DeliveryMode.OFF and row["topic"] not in MAY_BE_OFF:
                continue
            found[row["user__email"], row["topic"]] = row["mode"]
    return found
