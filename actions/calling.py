"""Calls owed to other systems: written with the deed that they tell of, claimed by one sender, marked when answered.

The sender's claims and marks are the engine's own bookkeeping, so not audited, as in actions/outbox.py.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from tortoise.functions import Min

from models.agreements import Convention, Lease, SanitaryLicense
from models.audit import Verb
from models.clock import instant
from models.conventions import Amendment
from models.papers import OfficialDocument
from models.reviews import LegalReview
from models.webhooks import EVENTS_OF, TRACES, DeliveryState, Webhook, WebhookDelivery, WebhookEvent
from settings import settings

BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (1, 5, 30, 120, 600, 3600, 10_800, 21_600))
"""How long after the first, second, … try that failed the next one comes; the last counts for all that follow."""

CALLING = timedelta(minutes=1)
"""How long a claimed call is left to its sender: much longer than a call may take, so that two never make it."""

GIVEN_UP = timedelta(days=3)
"""Age at which a call that still fails is given up."""

LEAST_TRIES = 6
"""Tries that a call gets at the least however old it is, over some thirteen minutes: the engine may have been off."""

REFUSED_TRIES = 6
"""Tries of a call whose very content is refused; the later ones wait behind it, and it would be refused for good."""

REFUSED = frozenset({400, 409, 413, 415, 422})
"""Answers that concern the one call. All others may concern the system: its address, its key, its state."""

PATHS = {
    "LegalReview": "expedientes",
    "Convention": "convenios",
    "Lease": "arrendamientos",
    "SanitaryLicense": "licencias",
}
"""Where the page of a record lies."""

Facts = dict[str, Any]


async def queue_calls(
    verb: Verb, changes: Iterable[Mapping[str, Any]], *, at: datetime, sequence: int, sealed: str
) -> None:
    """Owe a call to every active system for each event that a deed has caused, within the deed's transaction.

    `changes` are those of the audit entry, `sealed` its hash.
    """
    if verb not in EVENTS_OF:
        return
    wanted = await Webhook.filter(active=True).order_by("id").values("id", "events")
    heard = [event for event in EVENTS_OF[verb] if any(event in one["events"] for one in wanted)]
    if not heard:
        return
    noted = list(changes)
    place = 0
    for event in heard:
        for kind, key in _traces(event, noted):
            facts = await _facts(kind, key)
            if facts is None:
                continue
            place += 1
            for one in wanted:
                if event in one["events"]:
                    await owe_call(
                        one["id"], event, facts, at=at, sequence=sequence, mark=f"{sequence}-{place}-{sealed[:12]}"
                    )


async def owe_call(
    webhook_id: int, event: WebhookEvent, facts: Facts, *, at: datetime, sequence: int, mark: str
) -> WebhookDelivery:
    """Queue one call; `mark` tells it from every other call of that system, also after a backup was restored."""
    key = f"convenios-{webhook_id}-{mark}"
    told = {"id": key, "event": event.value, "at": at.isoformat(timespec="seconds"), "sequence": sequence, **facts}
    due = instant()
    return await WebhookDelivery.create(
        webhook_id=webhook_id,
        event=event.value,
        key=key,
        payload=orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode(),
        created_at=due,
        due_at=due,
    )


def _traces(event: WebhookEvent, changes: list[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """Return kind and id of the rows whose changes say that an event has happened."""
    kinds, column, value = TRACES[event]
    found: dict[tuple[str, int], None] = {}
    for change in changes:
        kind, _, key = change["subject"].partition(":")
        if kind in kinds and change["field"] == column and value in ("", change["after"]):
            found[kind, int(key)] = None
    return list(found)


async def _facts(kind: str, key: int) -> Facts | None:
    """Return what may be told of a row: what it is and where it stands; None for what is reserved."""
    if kind == "OfficialDocument":
        return await _of_document(key)
    if kind == "Amendment":
        return await _facts("Convention", (await Amendment.get(id=key)).convention_id)
    if kind == "LegalReview":
        row = await LegalReview.get(id=key).values("code", "stage", "municipality_id", "program")
        return _about(kind, row["code"], row["stage"], row["municipality_id"], row["program"])
    if kind == "SanitaryLicense":
        row = await SanitaryLicense.get(id=key).values("number", "stage", "center__municipality_id", "center__program")
        return _about(kind, row["number"], row["stage"], row["center__municipality_id"], row["center__program"])
    model: type[Convention] | type[Lease] = Convention if kind == "Convention" else Lease
    row = await model.get(id=key).values("number", "stage", "municipality_id", "program")
    return _about(kind, row["number"], row["stage"], row["municipality_id"], row["program"])


def _about(kind: str, number: str, stage: str | None, municipality: str | None, program: str | None) -> Facts:
    url = f"{settings().address()}/{PATHS[kind]}/{number}"
    return {
        "subject": {"type": kind, "number": number, "url": url},
        "stage": stage,
        "municipality": municipality,
        "program": program,
    }


async def _of_document(key: int) -> Facts | None:
    row = await OfficialDocument.get(id=key).values(
        "number", "kind", "issued_on", "voided_on", "verification_code", "file__sha256",
        "review_id", "convention_id", "lease_id", "license_id", "court_file_id",
    )  # fmt: skip
    if row["court_file_id"]:
        return None
    url = f"{settings().address()}/verificar/{row['verification_code']}"
    of = {
        "LegalReview": row["review_id"],
        "Convention": row["convention_id"],
        "Lease": row["lease_id"],
        "SanitaryLicense": row["license_id"],
    }
    on = next(((kind, one) for kind, one in of.items() if one), None)
    own = {"type": "OfficialDocument", "number": row["number"], "url": url}
    about = await _facts(*on) if on else {"subject": own, "stage": None, "municipality": None, "program": None}
    document = {
        "number": row["number"],
        "kind": row["kind"],
        "issuedOn": row["issued_on"],
        "voidedOn": row["voided_on"],
        "sha256": row["file__sha256"],
        "verificationUrl": url,
    }
    return about and {**about, "document": document}


@dataclass(frozen=True)
class Call:
    """A call that this sender has claimed. Neither its key nor its address shows when it is printed."""

    id: int
    webhook_id: int
    key: str
    payload: str = field(repr=False)
    url: str = field(repr=False)
    secret: str = field(repr=False)
    tries: int
    """With the one that was claimed."""


async def systems_to_call() -> list[int]:
    """Return the active systems whose oldest call is due: the later ones wait for it, so that all come in order."""
    owed = WebhookDelivery.filter(state=DeliveryState.QUEUED, webhook__active=True)
    heads = await owed.annotate(head=Min("id")).group_by("webhook_id").values_list("head", flat=True)
    if not heads:
        return []
    rows = await WebhookDelivery.filter(id__in=list(heads)).values("webhook_id", "tries", "due_at")
    at = instant()
    # Never tried means due at once, whatever another machine's clock wrote.
    return [row["webhook_id"] for row in rows if not row["tries"] or row["due_at"] <= at]


async def claim_call(webhook_id: int, *, after: int = 0) -> Call | None:
    """Claim the oldest call that is owed to a system, if it is due; a claim lasts `CALLING`.

    `after` is one that was just made: what comes next is then found without going over those made long ago.
    """
    owed = WebhookDelivery.filter(webhook_id=webhook_id, state=DeliveryState.QUEUED)
    if after:
        head = await owed.filter(id__gt=after).order_by("id").first()
    else:
        oldest = await owed.annotate(head=Min("id")).group_by("webhook_id").values_list("head", flat=True)
        head = await WebhookDelivery.get(id=oldest[0]) if oldest else None
    if head is None or (head.tries and head.due_at > instant()):
        return None
    system = await Webhook.get(id=webhook_id)
    if not system.active:
        return None
    # A claim is told from a pause by its empty error: what somebody is making cannot be asked for again meanwhile.
    mine = await WebhookDelivery.filter(id=head.id, tries=head.tries, state=DeliveryState.QUEUED).update(
        tries=head.tries + 1, due_at=instant() + CALLING, error=""
    )
    if not mine:
        return None
    return Call(head.id, webhook_id, head.key, head.payload, system.url, system.secret, head.tries + 1)


async def mark_called(call: Call, status: int) -> None:
    """Note that the system took the call."""
    await WebhookDelivery.filter(id=call.id, tries=call.tries, state=DeliveryState.QUEUED).update(
        state=DeliveryState.SENT, sent_at=instant(), status=status, error=""
    )


async def mark_uncalled(call: Call, error: str, status: int | None) -> bool:
    """Note why a call failed and when it is tried again; tell whether it was given up.

    Given up is what still fails after `GIVEN_UP`, and sooner what the system refuses for its content.
    """
    made = await WebhookDelivery.get(id=call.id)
    old = instant() - made.created_at >= GIVEN_UP and call.tries >= LEAST_TRIES
    given_up = old or (status in REFUSED and call.tries >= REFUSED_TRIES)
    pause = BACK_OFF[min(call.tries, len(BACK_OFF)) - 1]
    left = {"state": DeliveryState.FAILED} if given_up else {"due_at": instant() + pause}
    await WebhookDelivery.filter(id=call.id, tries=call.tries, state=DeliveryState.QUEUED).update(
        error=error[:300], status=status, **left
    )
    return given_up
