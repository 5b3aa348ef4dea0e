"""What is owed: claims that two engines never share, pauses between tries, signs of life."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from actions.outbox import (
    BACK_OFF,
    DRIVING,
    MOST_TRIES,
    NOTICE_BACK_OFF,
    SENDING,
    beat,
    consume_wakeups,
    due_notices,
    due_wakeups,
    give_back,
    hold_wakeups,
    mark_failed,
    mark_sent,
    newest_wakeup,
    notices_due,
    put_off_wakeups,
    take_back_wakeups,
)
from models.clock import now
from models.engine import EngineBeat, EngineState
from models.outbox import Notice, NoticeState, WakeUp
from models.reviews import LegalReview
from reads.engine_state import FRESH, engine_state
from tests.builders import review
from tests.conftest import Clock, FreshDatabase

pytestmark = pytest.mark.both_databases


async def wakeup(of: LegalReview) -> WakeUp:
    return await WakeUp.create(review=of, reason="prueba", created_at=now(), due_at=now())


async def notice(number: int = 1) -> Notice:
    return await Notice.create(
        key=f"prueba:{number}",
        recipient=f"persona{number}@prueba.example",
        subject="Prueba",
        body="Prueba",
        message_id=f"<{number}@prueba>",
        created_at=now(),
        due_at=now(),
    )


async def test_a_wakeup_is_claimed_once_and_pushed_back(db: FreshDatabase) -> None:
    file = await review()
    made = await wakeup(file)
    claimed = await due_wakeups(4)
    assert [(one.review_id, one.code, one.wakeup_ids) for one in claimed] == [(file.id, file.code, [made.id])]
    assert await due_wakeups(4) == []
    assert (await WakeUp.get(id=made.id)).tries == 1


async def test_what_could_not_be_handed_over_is_due_again_in_a_moment_however_often(db: FreshDatabase) -> None:
    made = await wakeup(await review())
    at = datetime(2026, 3, 2, 15, tzinfo=UTC)
    for _ in range(6):
        with time_machine.travel(at, tick=False):
            assert len(await due_wakeups(4)) == 1
            await take_back_wakeups([made.id])
            assert await due_wakeups(4) == []
        at += BACK_OFF[0]
    assert (await WakeUp.get(id=made.id)).tries == 1


async def test_what_was_consumed_meanwhile_is_not_taken_back(db: FreshDatabase) -> None:
    file = await review()
    made = await wakeup(file)
    await due_wakeups(4)
    await consume_wakeups(file.id, made.id)
    await take_back_wakeups([made.id])
    assert (await WakeUp.get(id=made.id)).consumed_at


async def test_pauses_grow_until_it_is_consumed(db: FreshDatabase) -> None:
    file = await review()
    made = await wakeup(file)
    with time_machine.travel(datetime(2026, 3, 2, 12, tzinfo=UTC), tick=False) as clock:
        for pause in (*BACK_OFF, BACK_OFF[-1]):
            assert len(await due_wakeups(4)) == 1
            clock.shift(timedelta(seconds=3))
            await put_off_wakeups([made.id])
            clock.shift(pause - timedelta(milliseconds=1))
            assert await due_wakeups(4) == []
            clock.shift(timedelta(milliseconds=1))
        assert await consume_wakeups(file.id, made.id) == 1
        clock.shift(timedelta(days=1))
        assert await due_wakeups(4) == []


async def test_a_claim_ends_with_its_engine_and_lasts_while_it_works(db: FreshDatabase) -> None:
    made = await wakeup(await review())
    with time_machine.travel(datetime(2026, 3, 2, 12, tzinfo=UTC), tick=False) as clock:
        assert len(await due_wakeups(4)) == 1
        for _ in range(5):
            clock.shift(DRIVING - timedelta(seconds=1))
            assert await due_wakeups(4) == []
            await hold_wakeups([made.id])
        clock.shift(DRIVING)
        assert len(await due_wakeups(4)) == 1
        await consume_wakeups(made.review_id, made.id)
        await hold_wakeups([made.id])
        await put_off_wakeups([made.id])
        clock.shift(timedelta(days=1))
        assert await due_wakeups(4) == []


async def test_only_what_was_seen_is_consumed(db: FreshDatabase) -> None:
    file = await review()
    first = await wakeup(file)
    newest = await newest_wakeup(file.id)
    later = await wakeup(file)
    assert newest == first.id
    assert await consume_wakeups(file.id, newest) == 1
    assert [one.wakeup_ids for one in await due_wakeups(4)] == [[later.id]]


async def test_many_wakeups_of_one_file_are_one_claim(db: FreshDatabase) -> None:
    busy, other = await review(), await review()
    made = [(await wakeup(busy)).id for _ in range(3)]
    alone = await wakeup(other)
    assert [one.wakeup_ids for one in await due_wakeups(1)] == [made]
    assert [one.wakeup_ids for one in await due_wakeups(4, busy={other.id})] == []
    assert [one.wakeup_ids for one in await due_wakeups(4)] == [[alone.id]]


async def test_engines_at_once_never_hold_the_same_claim(db: FreshDatabase) -> None:
    files = [await review() for _ in range(12)]
    made = {(await wakeup(file)).id for file in files}
    rounds = await asyncio.gather(*(due_wakeups(12) for _ in range(6)))
    claimed = [wakeup_id for owed in rounds for one in owed for wakeup_id in one.wakeup_ids]
    assert sorted(claimed) == sorted(made)


async def test_a_fixed_date_does_not_hold_up_the_engine(db: FreshDatabase, clock: Clock) -> None:
    clock.move_to(date(2031, 5, 1))
    await wakeup(await review())
    await notice()
    assert len(await due_wakeups(4)) == 1
    assert len(await due_notices(4)) == 1


async def test_a_notice_is_claimed_for_one_sender(db: FreshDatabase) -> None:
    for number in range(10):
        await notice(number)
    rounds = await asyncio.gather(*(due_notices(10) for _ in range(4)))
    claimed = [one.id for batch in rounds for one in batch]
    assert len(claimed) == len(set(claimed)) == 10
    assert not await notices_due()
    with time_machine.travel(datetime.now(UTC) + SENDING + timedelta(seconds=1)):
        assert len(await due_notices(10)) == 10


async def test_sent_failed_and_given_back(db: FreshDatabase) -> None:
    sent, failed, hopeless, returned = [await notice(number) for number in range(4)]
    await due_notices(10)
    await mark_sent(sent.id)
    await mark_failed(failed.id, "451 espere")
    await mark_failed(hopeless.id, "550 no existe", final=True)
    await give_back([returned.id])
    states = {one.id: (one.state, one.tries, one.error) for one in await Notice.all()}
    assert states == {
        sent.id: (NoticeState.SENT, 1, ""),
        failed.id: (NoticeState.QUEUED, 1, "451 espere"),
        hopeless.id: (NoticeState.FAILED, 1, "550 no existe"),
        returned.id: (NoticeState.QUEUED, 0, ""),
    }
    assert [one.id for one in await due_notices(10)] == [returned.id]


async def test_a_notice_refused_for_the_moment_is_given_up_at_last(db: FreshDatabase) -> None:
    made = await notice()
    with time_machine.travel(datetime(2026, 3, 2, 12, tzinfo=UTC), tick=False) as clock:
        for _ in range(MOST_TRIES):
            assert [one.id for one in await due_notices(1)] == [made.id]
            await mark_failed(made.id, "451 espere")
            clock.shift(NOTICE_BACK_OFF[-1])
    assert (await Notice.get(id=made.id)).state == NoticeState.FAILED


async def test_the_engine_is_seen_while_its_signs_are_fresh(db: FreshDatabase) -> None:
    assert ((await engine_state()).label, (await engine_state()).seen_at) == ("detenido", None)
    await beat(EngineState.STARTING, anew=True)
    assert (await engine_state()).label == "iniciando"
    await beat(EngineState.RUNNING)
    await beat(EngineState.STOPPED, name="otra máquina")
    assert (await engine_state()).label == "en marcha"
    with time_machine.travel(datetime.now(UTC) + FRESH + timedelta(seconds=1)):
        assert (await engine_state()).label == "detenido"
        assert (await engine_state()).seen_at is not None
    assert await EngineBeat.all().count() == 2
