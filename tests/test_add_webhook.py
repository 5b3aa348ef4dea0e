"""Registering, changing and trying other systems over GraphQL: who may, what is refused, and a key seen once."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from actions.calling import claim_call, mark_called
from actions.webhooks import MOST_SYSTEMS
from models.audit import AuditEntry, Verb
from models.people import Role, User
from models.webhooks import DeliveryState, Webhook, WebhookDelivery, WebhookEvent
from reads.webhooks import WEBHOOK, last_success
from schema.root import build_schema
from tests import builders
from tests.door import HOSTILE, ask, done, everything, id_of, id_text, last_entry, told
from tests.receivers import SECRET, system

pytestmark = pytest.mark.usefixtures("db", "clock")

FIELDS = "id label url events active secretEnd version waiting failed createdBy { name }"
ERRORS = "errors { code message path } clientMutationId"
ADD = f"""mutation ($input: AddWebhookInput!) {{ addWebhook(input: $input) {{
    webhook {{ {FIELDS} }} secret {ERRORS} }} }}"""
CHANGE = f"""mutation ($input: ChangeWebhookInput!) {{ changeWebhook(input: $input) {{
    webhook {{ {FIELDS} }} secret {ERRORS} }} }}"""
CALL = "id event messageId payload state tries sentAt status error nextTryAt webhook { label }"
TRY = f"""mutation ($input: TestWebhookInput!) {{ testWebhook(input: $input) {{ delivery {{ {CALL} }} {ERRORS} }} }}"""
RESEND = f"""mutation ($input: ResendDeliveryInput!) {{ resendDelivery(input: $input) {{
    delivery {{ {CALL} }} {ERRORS} }} }}"""
LIST = f"{{ webhooks {{ {FIELDS} }} }}"
CALLS = f"""query ($id: ID, $state: DeliveryState, $event: WebhookEvent, $first: Int!, $after: String) {{
    webhookDeliveries(webhookId: $id, state: $state, event: $event, first: $first, after: $after) {{
    totalCount nodes {{ {CALL} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
GIVEN: dict[str, Any] = {
    "label": "Presupuesto",
    "url": "https://presupuesto.example/avisos",
    "events": ["AGREEMENT_SIGNED", "REVIEW_OPENED", "AGREEMENT_SIGNED"],
}


async def admin() -> User:
    return await builders.person(Role.ADMIN)


async def wrong(person: User, text: str, **input: Any) -> list[tuple[str, list[str]]]:
    """Send a mutation that is refused, and return codes and paths; nothing may have been written."""
    await told(person, "{ viewer { id } }")
    before = await everything()
    (payload,) = (await told(person, text, input=input)).values()
    assert await everything() == before
    assert all(error["message"].strip() for error in payload["errors"])
    return [(error["code"], error["path"]) for error in payload["errors"]]


async def test_a_system_is_registered_and_its_key_shown_once() -> None:
    person = await admin()

    payload = await done(person, ADD, **GIVEN, clientMutationId="uno")

    kept = await Webhook.get()
    secret = payload["secret"]
    assert kept.secret == secret
    assert secret.startswith("whsec_")
    assert len(secret) == len("whsec_") + 40
    assert payload["webhook"] == {
        "id": id_of(kept), "label": "Presupuesto", "url": GIVEN["url"], "events": ["REVIEW_OPENED", "AGREEMENT_SIGNED"],
        "active": True, "secretEnd": secret[-4:], "version": 1, "waiting": 0, "failed": 0,
        "createdBy": {"name": person.name},
    }  # fmt: skip
    again = await done(person, ADD, **GIVEN, clientMutationId="uno")
    assert (again["webhook"]["id"], again["secret"]) == (id_of(kept), None)
    assert await Webhook.all().count() == 1
    for reader in (person, await builders.person(Role.AUDITOR)):
        shown = await told(reader, LIST)
        assert [one["secretEnd"] for one in shown["webhooks"]] == [secret[-4:]]
        assert secret not in str(shown)
    entry = await AuditEntry.get(verb=Verb.ADD_WEBHOOK)
    assert (entry.verb, entry.subject_type, entry.subject_id) == (Verb.ADD_WEBHOOK, "Webhook", str(kept.id))
    assert {change["field"] for change in entry.changes} >= {"label", "url", "events"}


async def test_a_key_is_in_no_audit_entry_and_no_field_of_the_schema() -> None:
    person = await admin()
    first = (await done(person, ADD, **GIVEN))["secret"]
    second = (await done(person, CHANGE, **GIVEN, webhookId=id_of(await Webhook.get()), rotateSecret=True))["secret"]

    assert first != second
    assert (await Webhook.get()).secret == second
    chain = str([(entry.summary, entry.changes) for entry in await AuditEntry.all()])
    for secret in (first, second):
        assert secret not in chain
        assert secret.removeprefix("whsec_")[:12] not in chain
    assert "llave" in (await last_entry()).summary
    types = build_schema()._schema.type_map
    assert {kind for kind, found in types.items() if "secret" in getattr(found, "fields", {})} == {"WebhookPayload"}
    assert "secretEnd" in types["Webhook"].fields  # type: ignore[attr-defined]
    assert "secret" in WEBHOOK, "read for its end alone"


async def test_wrong_values_are_named_field_by_field() -> None:
    person = await admin()
    other = await system("https://otro.example/")

    for given, where in [
        ({"label": " "}, "label"),
        ({"label": "a" * 81}, "label"),
        ({"label": "a\nb"}, "label"),
        ({"url": ""}, "url"),
        ({"url": "http://127.0.0.1/"}, "url"),
        ({"url": "https://169.254.169.254/"}, "url"),
        ({"events": []}, "events"),
        ({"events": ["PING"]}, "events"),
    ]:
        assert ("BAD_USER_INPUT", [where]) in await wrong(person, ADD, **GIVEN | given)
        assert ("BAD_USER_INPUT", [where]) in await wrong(person, CHANGE, webhookId=id_of(other), **GIVEN | given)
    assert await wrong(person, ADD, **GIVEN | {"url": other.url}) == [("CONFLICT", ["url"])]
    assert len(await wrong(person, ADD, label="", url="x", events=[])) == 3
    answer = await ask(person, ADD, input=GIVEN | {"events": ["COURT_FILE"]})
    assert answer["errors"]
    for text in HOSTILE:
        payload = await done(
            person, ADD, **GIVEN | {"label": text, "url": f"https://a{len(text)}-{hash(text) % 9973}.example/"}
        )
        assert payload["webhook"]["label"] == text.strip()


async def test_there_is_an_end_to_how_many() -> None:
    person = await admin()
    for number in range(MOST_SYSTEMS):
        await system(f"https://s{number}.example/", created_by=person)
    assert await wrong(person, ADD, **GIVEN) == [("NOT_ALLOWED_NOW", [])]


async def test_a_system_is_changed_paused_and_resumed() -> None:
    person, one = await admin(), await system("https://uno.example/")

    whole: dict[str, Any] = {"url": one.url, "events": one.events, "label": "Otro"}

    payload = await done(person, CHANGE, **whole, webhookId=id_of(one), expectedVersion=1, active=False)

    assert payload["secret"] is None
    shown = payload["webhook"]
    assert (shown["label"], shown["active"], shown["version"], shown["url"]) == ("Otro", False, 2, one.url)
    assert "cambió los datos y detuvo las llamadas" in (await last_entry()).summary
    assert await wrong(person, CHANGE, **whole, webhookId=id_of(one), expectedVersion=1) == [
        ("STALE", ["expectedVersion"])
    ]
    assert (await done(person, CHANGE, **whole, webhookId=id_of(one), active=True))["webhook"]["active"] is True
    assert (await done(person, CHANGE, **whole, webhookId=id_of(one)))["webhook"]["version"] == 3
    for given, code in ((id_text("Webhook"), "NOT_FOUND"), (id_of(person, "Person"), "BAD_USER_INPUT")):
        assert await wrong(person, CHANGE, **whole, webhookId=given) == [(code, ["webhookId"])]
    assert (await Webhook.get()).secret == SECRET


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMIN, Role.SYSTEM)])
async def test_only_administrators_change_and_auditors_read(role: Role) -> None:
    person, one = await builders.person(role), await system()
    await done(await admin(), TRY, webhookId=id_of(one))
    call = await WebhookDelivery.get()

    for text, input in [
        (ADD, GIVEN),
        (CHANGE, GIVEN | {"webhookId": id_of(one), "rotateSecret": True}),
        (TRY, {"webhookId": id_of(one)}),
        (RESEND, {"deliveryId": id_of(call)}),
    ]:
        answer = await ask(person, text, input=input)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    reads = role == Role.AUDITOR
    assert len((await told(person, LIST))["webhooks"]) == reads
    assert (await told(person, CALLS, first=5))["webhookDeliveries"]["totalCount"] == reads
    node = "query ($id: ID!) { node(id: $id) { __typename id } }"
    for row in (one, call):
        assert bool((await told(person, node, id=id_of(row)))["node"]) == reads


async def test_a_test_call_is_owed_and_tells_of_nothing() -> None:
    person, one = await admin(), await system(label="Presupuesto")

    call = (await done(person, TRY, webhookId=id_of(one)))["delivery"]

    assert (call["event"], call["state"], call["tries"], call["webhook"]) == (
        "PING", "QUEUED", 0, {"label": "Presupuesto"},
    )  # fmt: skip
    said = json.loads(call["payload"])
    assert (said["event"], said["subject"], said["id"]) == ("PING", None, call["messageId"])
    assert said["sequence"] == (await last_entry()).sequence
    await Webhook.filter(id=one.id).update(active=False)
    assert await wrong(person, TRY, webhookId=id_of(one)) == [("NOT_ALLOWED_NOW", [])]


async def test_a_call_is_repeated_with_the_same_id() -> None:
    person, one = await admin(), await system()
    await done(person, TRY, webhookId=id_of(one))
    row = await WebhookDelivery.get()
    # Not while it waits for its turn, nor while somebody makes it.
    assert await wrong(person, RESEND, deliveryId=id_of(row)) == [("NOT_ALLOWED_NOW", [])]
    call = await claim_call(one.id)
    assert call
    assert await wrong(person, RESEND, deliveryId=id_of(row)) == [("NOT_ALLOWED_NOW", [])]
    await mark_called(call, 200)

    again = (await done(person, RESEND, deliveryId=id_of(row)))["delivery"]

    assert (again["messageId"], again["payload"]) == (row.key, row.payload)
    assert (again["state"], again["tries"], again["error"]) == ("QUEUED", 0, "")
    assert (await last_entry()).verb == Verb.RESEND_DELIVERY
    # What is asked for again while the answer of the first is still under way is not marked by it.
    await mark_called(call, 200)
    assert (await WebhookDelivery.get()).state == DeliveryState.QUEUED
    await WebhookDelivery.all().update(state=DeliveryState.FAILED, tries=9, error="Respondió 500.")
    assert (await told(person, LIST))["webhooks"][0]["failed"] == 1
    assert (await done(person, RESEND, deliveryId=id_of(row)))["delivery"]["state"] == "QUEUED"
    assert await WebhookDelivery.all().count() == 1
    assert await wrong(person, RESEND, deliveryId=id_text("WebhookDelivery")) == [("NOT_FOUND", ["deliveryId"])]


async def test_calls_come_in_pages_the_newest_first_and_by_what_is_asked() -> None:
    person, one, other = await admin(), await system("https://uno.example/"), await system("https://dos.example/")
    for number in range(5):
        await done(person, TRY, webhookId=id_of(one if number % 2 else other))
    rows = await WebhookDelivery.all().order_by("-id")
    seen: list[str] = []
    after = None
    while True:
        page = (await told(person, CALLS, first=2, after=after))["webhookDeliveries"]
        assert page["totalCount"] == 5
        seen += [call["id"] for call in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == [id_of(row) for row in rows]
    await WebhookDelivery.filter(id=rows[0].id).update(state=DeliveryState.SENT)
    for asked, many in (
        ({"id": id_of(one)}, 2),
        ({"id": id_of(other)}, 3),
        ({"state": "SENT"}, 1),
        ({"event": "PING", "state": "QUEUED"}, 4),
        ({"event": "REVIEW_OPENED"}, 0),
    ):
        assert (await told(person, CALLS, first=9, **asked))["webhookDeliveries"]["totalCount"] == many
    answer = await ask(person, CALLS, first=9, id=id_of(person, "Person"))
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
    assert WebhookEvent.PING.value in str(page)


@pytest.mark.both_databases
async def test_when_a_system_last_took_a_call_is_an_instant_on_both_databases() -> None:
    one, at = await system(), datetime(2026, 3, 2, 15, tzinfo=UTC)
    assert await last_success(one.id) is None
    for number, sent in enumerate((at, at + timedelta(hours=1), None)):
        row = {"webhook": one, "event": "PING", "key": str(number), "payload": "{}", "created_at": at, "due_at": at}
        await WebhookDelivery.create(**row, sent_at=sent)
    assert await last_success(one.id) == at + timedelta(hours=1)
    assert await last_success(one.id + 1) is None
