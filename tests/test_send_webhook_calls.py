"""The sender against real servers: signed, in order, repeated with patience, each system on its own."""

import asyncio
import signal
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
import time_machine

from actions.calling import BACK_OFF, CALLING, GIVEN_UP, LEAST_TRIES, REFUSED_TRIES, claim_call, owe_call
from actions.people import system_user
from actions.webhooks import TOLD_AFTER
from logs import configure_log
from models.audit import AuditEntry
from models.clock import instant, now
from models.database import database
from models.messages import NoticeTopic
from models.outbox import Notice
from models.people import Role
from models.webhooks import DeliveryState, Webhook, WebhookDelivery, WebhookEvent
from settings import PROJECT, settings
from tests import builders
from tests.conftest import FreshDatabase
from tests.receivers import SECRET, Received, Receiver, signed_by, system
from workflows import webhooks
from workflows.webhooks import call_system, keep_calling

QUEUED, SENT, FAILED = DeliveryState.QUEUED, DeliveryState.SENT, DeliveryState.FAILED


@pytest.fixture(autouse=True)
def demo(monkeypatch: pytest.MonkeyPatch, own_settings: None) -> None:
    """Let the sender call this machine, where the tests' servers are."""
    monkeypatch.setenv("CONVENIOS_DEMO", "true")
    settings.cache_clear()


async def owed(to: Webhook, many: int = 1) -> list[WebhookDelivery]:
    """Owe a system some calls."""
    made = []
    for _ in range(many):
        number = await WebhookDelivery.all().count() + 1
        facts: dict[str, Any] = {"subject": {"type": "LegalReview", "number": f"EXP-2026-{number:04d}", "url": "x"}}
        mark = f"{number}-1-abc"
        made.append(await owe_call(to.id, WebhookEvent.REVIEW_OPENED, facts, at=now(), sequence=number, mark=mark))
    return made


async def state_of(one: WebhookDelivery) -> tuple[DeliveryState, int]:
    found = await WebhookDelivery.get(id=one.id)
    return found.state, found.tries


@pytest.mark.both_databases
async def test_a_call_arrives_once_signed_and_as_it_was_written(db: FreshDatabase) -> None:
    with Receiver() as receiver:
        target = await system(receiver.url)
        [made] = await owed(target)

        assert await call_system(target.id) == 1
        assert await call_system(target.id) == 0

        [came] = receiver.requests
    assert signed_by(SECRET, came)
    assert not signed_by(SECRET[:-4] + "AAAA", came)
    assert not signed_by(SECRET, Received(came.headers, came.body + b" "))
    assert not signed_by(SECRET, Received(came.headers | {"webhook-id": "otra"}, came.body))
    assert not signed_by(SECRET, Received(came.headers | {"webhook-timestamp": "1700000000"}, came.body))
    assert came.body.decode() == made.payload
    assert (came.key, came.told["id"]) == (made.key, made.key)
    assert abs(int(came.headers["webhook-timestamp"]) - instant().timestamp()) < 60
    assert came.headers["content-type"] == "application/json"
    assert came.headers["host"] == f"localhost:{receiver.port}"
    assert came.headers["path"] == "/avisos?de=convenios"
    kept = await WebhookDelivery.get(id=made.id)
    assert (kept.state, kept.status, kept.error, kept.tries) == (SENT, 204, "", 1)
    assert kept.sent_at


@pytest.mark.both_databases
async def test_several_senders_at_once_send_nothing_twice_and_all_in_order(db: FreshDatabase) -> None:
    with Receiver() as receiver:
        target = await system(receiver.url)
        made = await owed(target, 15)

        for _ in range(3):
            await asyncio.gather(*(call_system(target.id) for _ in range(4)))

    assert receiver.keys == [one.key for one in made]


async def test_a_system_that_was_down_gets_each_call_once_and_in_order(db: FreshDatabase) -> None:
    receiver = Receiver()
    target = await system(receiver.url)
    made = await owed(target, 4)
    at = datetime.now(UTC)
    with time_machine.travel(at, tick=True) as clock:
        for pause in (*BACK_OFF, BACK_OFF[-1]):
            assert await call_system(target.id) == 0
            assert await call_system(target.id) == 0, "not before its pause is over"
            clock.shift(pause + timedelta(seconds=1))
        assert await state_of(made[0]) == (QUEUED, len(BACK_OFF) + 1)
        assert (await WebhookDelivery.get(id=made[0].id)).error == "No se pudo conectar."
        # The later ones wait behind it.
        assert [await state_of(one) for one in made[1:]] == [(QUEUED, 0)] * 3
        with receiver:
            assert await call_system(target.id) == 4
    assert receiver.keys == [one.key for one in made]
    assert len({one.headers["webhook-signature"] for one in receiver.requests}) == 4


async def test_what_still_fails_after_three_days_is_given_up_and_the_next_one_goes_on(db: FreshDatabase) -> None:
    with Receiver(status=500) as receiver:
        target = await system(receiver.url)
        first, second = await owed(target, 2)
        began = datetime.now(UTC)
        with time_machine.travel(began, tick=True) as clock:
            while (await state_of(first))[0] == QUEUED:
                await call_system(target.id)
                clock.shift(BACK_OFF[-1] + timedelta(seconds=1))
                assert datetime.now(UTC) - began < 2 * GIVEN_UP
            assert datetime.now(UTC) - began > GIVEN_UP
            gone = await WebhookDelivery.get(id=first.id)
            assert (gone.state, gone.status, gone.error) == (FAILED, 500, "Respondió 500.")
            receiver.status = 200
            await call_system(target.id)
            assert (await state_of(second))[0] == SENT


async def test_what_is_old_when_the_engine_comes_back_is_still_tried(db: FreshDatabase) -> None:
    with Receiver(status=503) as receiver:
        target = await system(receiver.url)
        [made] = await owed(target)
        with time_machine.travel(datetime.now(UTC) + timedelta(days=10), tick=True) as clock:
            for tries in range(1, LEAST_TRIES):
                await call_system(target.id)
                assert await state_of(made) == (QUEUED, tries)
                clock.shift(timedelta(hours=1))
            receiver.status = 200
            assert await call_system(target.id) == 1


async def test_what_is_refused_for_its_content_does_not_hold_up_the_rest_for_days(db: FreshDatabase) -> None:
    with Receiver(status=422) as receiver:
        target = await system(receiver.url)
        refused, fine = await owed(target, 2)
        receiver.before = lambda: setattr(receiver, "status", 422 if receiver.requests[-1].key == refused.key else 200)
        with time_machine.travel(datetime.now(UTC), tick=True) as clock:
            for _ in range(REFUSED_TRIES):
                await call_system(target.id)
                clock.shift(timedelta(minutes=11))
        assert await state_of(refused) == (FAILED, REFUSED_TRIES)
        assert (await state_of(fine))[0] == SENT


async def test_a_redirect_is_not_followed(db: FreshDatabase) -> None:
    with Receiver() as elsewhere:
        with Receiver(status=307, answer_headers={"Location": elsewhere.url}) as receiver:
            target = await system(receiver.url)
            [made] = await owed(target)
            assert await call_system(target.id) == 0
    kept = await WebhookDelivery.get(id=made.id)
    assert (kept.state, kept.status, "remite a otra" in kept.error) == (QUEUED, 307, True)
    assert elsewhere.requests == []


async def test_nothing_of_an_answer_is_kept_however_long_it_is(db: FreshDatabase) -> None:
    with Receiver(status=403, body=b"clave interna " * 100_000) as receiver:
        target = await system(receiver.url)
        [made] = await owed(target)
        await call_system(target.id)
        kept = await WebhookDelivery.get(id=made.id)
        assert (kept.error, kept.status) == ("Respondió 403.", 403)


async def test_a_system_that_never_answers_holds_up_no_other(
    db: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hold() -> None:
        asyncio.run_coroutine_threadsafe(held.wait(), loop).result()

    with Receiver(before=hold) as slow, Receiver() as quick:
        stuck, other = await system(slow.url), await system(quick.url)
        await owed(stuck, 2)
        await owed(other, 3)
        sender = asyncio.create_task(keep_calling())
        await slow.has(1)
        await quick.has(3)
        # Still the same one call to the slow system, and what comes later to the other one goes out meanwhile.
        await owed(other)
        await quick.has(4)
        assert len(slow.requests) == 1
        held.set()
        await slow.has(2)
        async with asyncio.timeout(60):
            while await WebhookDelivery.filter(state=QUEUED).exists():  # noqa: ASYNC110 - the sender writes it
                await asyncio.sleep(0.05)
        sender.cancel()
        await asyncio.wait([sender])
    assert len(slow.requests) == 2
    assert len(quick.requests) == 4


async def test_a_stopping_engine_lets_the_call_under_way_end_and_begins_no_other(db: FreshDatabase) -> None:
    held = asyncio.Event()
    loop = asyncio.get_running_loop()
    with Receiver(before=lambda: asyncio.run_coroutine_threadsafe(held.wait(), loop).result()) as receiver:
        target = await system(receiver.url)
        first, second = await owed(target, 2)
        sender = asyncio.create_task(keep_calling())
        await receiver.has(1)
        sender.cancel()
        loop.call_later(0.1, held.set)
        await asyncio.wait([sender])
    assert (await state_of(first))[0] == SENT
    assert await state_of(second) == (QUEUED, 0)
    assert receiver.keys == [first.key]


async def test_patience_has_an_end(db: FreshDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "PATIENCE", 0.2)
    held = asyncio.Event()
    loop = asyncio.get_running_loop()
    with Receiver(before=lambda: asyncio.run_coroutine_threadsafe(held.wait(), loop).result()) as receiver:
        target = await system(receiver.url)
        [made] = await owed(target)
        await call_system(target.id)
        held.set()
    kept = await WebhookDelivery.get(id=made.id)
    assert (kept.state, kept.status) == (QUEUED, None)
    assert kept.error.startswith("No respondió en")


SENDER = """
import asyncio
from models.database import database
from workflows.webhooks import keep_calling
async def main():
    async with database():
        await keep_calling()
asyncio.run(main())
"""


@pytest.mark.both_databases
async def test_a_sender_killed_before_marking_repeats_the_same_webhook_id(closed_db: FreshDatabase) -> None:
    held = asyncio.Event()
    loop = asyncio.get_running_loop()
    with Receiver(before=lambda: asyncio.run_coroutine_threadsafe(held.wait(), loop).result()) as receiver:
        async with database():
            target = await system(receiver.url)
            first, second = await owed(target, 2)
        sender = await asyncio.create_subprocess_exec(sys.executable, "-c", SENDER, cwd=PROJECT)
        await receiver.has(1)
        sender.send_signal(signal.SIGKILL)
        await sender.wait()
        held.set()
        receiver.before = None
        async with database():
            assert await state_of(first) == (QUEUED, 1)
            assert await call_system(target.id) == 0, "it is left to its sender as long as its claim lasts"
            with time_machine.travel(datetime.now(UTC) + CALLING + timedelta(seconds=1)):
                assert await call_system(target.id) == 2
            assert await state_of(first) == (SENT, 2)
        assert receiver.keys == [first.key, first.key, second.key]
        assert receiver.requests[0].body == receiver.requests[1].body


async def test_what_is_owed_to_a_paused_system_waits_for_it(db: FreshDatabase) -> None:
    with Receiver() as receiver:
        target = await system(receiver.url, active=False)
        await owed(target, 2)
        assert await call_system(target.id) == 0
        await Webhook.filter(id=target.id).update(active=True)
        assert await call_system(target.id) == 2


async def test_administrators_hear_once_of_a_system_that_takes_nothing(db: FreshDatabase) -> None:
    await system_user()
    with Receiver(status=500) as receiver:
        target = await system(receiver.url + "&clave=abracadabra", label="Presupuesto")
        admins = [target.created_by.email, (await builders.person(Role.ADMIN)).email]
        await builders.person(Role.LEGAL)
        await owed(target, 2)
        with time_machine.travel(datetime.now(UTC), tick=True) as clock:
            for number in range(1, TOLD_AFTER + 4):
                await call_system(target.id)
                assert await Notice.exists() == (number >= TOLD_AFTER)
                clock.shift(timedelta(hours=7))
            told = await Notice.all()
            assert sorted(one.recipient for one in told) == sorted(admins)
            assert {one.topic for one in told} == {NoticeTopic.SYSTEM}
            assert all("Presupuesto" in one.subject and "Respondió 500." in one.body for one in told)
            assert "abracadabra" not in str([(one.subject, one.body) for one in told])
            receiver.status = 200
            assert await call_system(target.id) == 2
            await owed(target)
            receiver.status = 500
            for _ in range(TOLD_AFTER):
                await call_system(target.id)
                clock.shift(timedelta(hours=1))
    # It had recovered meanwhile: that is another matter.
    assert await Notice.all().count() == 4
    assert await AuditEntry.filter(subject_type="Webhook").count() == 2


async def test_neither_key_nor_address_reaches_the_log(
    db: FreshDatabase, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    configure_log()
    caplog.set_level("INFO")
    with Receiver(status=500) as receiver, structlog.testing.capture_logs() as lines:
        target = await system(receiver.url + "&clave=abracadabra")
        await owed(target)
        await call_system(target.id)
        await WebhookDelivery.all().update(tries=0)
        call = await claim_call(target.id)
        assert call
        assert call.secret == SECRET
        assert not {SECRET, target.url} & set(repr(call).split("'"))
    said = "".join(capsys.readouterr()) + str(lines)
    assert "call not taken" in said
    assert SECRET not in said + caplog.text
    assert SECRET.removeprefix("whsec_") not in said + caplog.text
    assert "abracadabra" not in said + caplog.text


def test_a_signature_is_what_the_specification_makes_of_its_example() -> None:
    # The key and message with which the libraries of Standard Webhooks are tried.
    key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'

    assert webhooks.signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )
