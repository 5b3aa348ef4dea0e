"""Owing messages: every notice is queued here, once for each key, in the way its reader chose to be written to."""

import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from models.messages import MAY_BE_OFF, DeliveryMode, NoticePreference, NoticeTopic
from models.outbox import Notice, NoticeState
from models.reviews import LegalReview
from reads.contacts import folded_address, stop_codes
from settings import settings

AT_A_TIME = 500
"""Keys or addresses in one statement: SQLite takes a limited number of values."""

DECLINED = "La persona eligió no recibir estos avisos."
"""Why a message did not travel."""

CODE = r"[A-Z]+-\d{4}-\d+"
"""How the code of a file is written."""


async def queue_notices(rows: Iterable[dict[str, Any]], at: datetime) -> int:
    """Queue messages inside a deed and return how many keys they have; a key that is known is not queued again.

    A row holds key, recipient, recipient_name, subject, body, perhaps topic, passing, event, and the record's id.
    Who wants a topic once a day gets it with the day's summary; who wants no moves of files is told of none, which
    the row then says.
    """
    by_key = {row["key"]: row for row in rows}
    known = await notice_ids(list(by_key))
    fresh = [row for key, row in by_key.items() if key not in known]
    modes = await _modes({row["recipient"] for row in fresh})
    await _lead_somewhere(fresh)
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
    return len(by_key)


async def _lead_somewhere(rows: list[dict[str, Any]]) -> None:
    """Let each message end in the page that it is about; for people without an account, in one without sign-in."""
    files = {row["review_id"] for row in rows if row.get("review_id")}
    codes = dict(await LegalReview.filter(id__in=list(files)).values_list("id", "code")) if files else {}
    outside = await stop_codes({row["recipient"] for row in rows})
    address = settings().address()
    for row in rows:
        code = codes.get(row.get("review_id"), "")
        if code and address not in row["body"]:
            row["body"] += f"\n\n{address}/expedientes/{code}"
        if folded_address(row["recipient"]) in outside:
            row["body"] = _for_outsiders(row["body"], address, code)


def _for_outsiders(body: str, address: str, code: str) -> str:
    """Return a text whose links lead to what anybody may open: the progress of a file, or where to ask for it."""
    page = f"{address}/seguimiento"
    body = re.sub(rf"{re.escape(address)}/expedientes/({CODE})(?:/[^\s.,;)]*)?", rf"{page}/\1", body)
    elsewhere = f"{page}/{code}" if code else page
    return re.sub(rf"{re.escape(address)}(?!/(?:seguimiento|verificar)\b)(?:/[^\s.,;)]*)?", elsewhere, body)


def _state(mode: DeliveryMode | None) -> dict[str, Any]:
    if mode == DeliveryMode.DAILY:
        return {"state": NoticeState.HELD}
    if mode == DeliveryMode.OFF:
        return {"state": NoticeState.DROPPED, "error": DECLINED}
    return {"state": NoticeState.QUEUED}


async def notice_ids(keys: list[str]) -> dict[str, int]:
    """Return the id of each message that is owed or was, by its key."""
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
