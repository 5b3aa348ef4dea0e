"""What the sender keeps back: matters settled meanwhile, addresses that bounce, people who asked to be left alone."""

from datetime import date, timedelta

import pytest
import time_machine

from actions.outbox import MAY_HAVE_ARRIVED, SENDING, due_notices, give_back, mark_failed, mark_sent, may_send
from actions.people import system_user
from models.agreements import AgreementStage
from models.audit import AuditEntry, Verb
from models.clock import instant, now
from models.conventions import Commitment
from models.drafts import Condition
from models.messages import BouncedAddress
from models.outbox import Notice, NoticeState
from models.people import Role
from models.reviews import ReviewStage
from settings import settings
from tests import builders, court
from tests.conftest import FreshDatabase, Mailbox
from tests.messages import contact, notice
from workflows.notices import send_due, send_round


async def states() -> dict[str, tuple[str, str]]:
    """Return state and reason of each notice by its key."""
    return {row.key: (row.state.value, row.error) for row in await Notice.all().order_by("id")}


@pytest.mark.both_databases
async def test_what_is_settled_is_not_sent_and_says_why(db: FreshDatabase, smtp: Mailbox) -> None:
    await builders.places()
    closed = await builders.review(stage=ReviewStage.CLOSED)
    given_up = await builders.review(stage=ReviewStage.WITHDRAWN)
    away = await builders.review(stage=ReviewStage.RETURNED)
    working = await builders.review(stage=ReviewStage.IN_ANALYSIS)
    renewed, pending, ended = [await builders.convention() for _ in range(3)]
    follower = await builders.convention(renews=renewed)
    await builders.convention(renews=pending, stage=AgreementStage.IN_REVIEW, starts_on=None, ends_on=None)
    await type(ended).filter(id=ended.id).update(terminated_on=date(2026, 3, 1), stage=AgreementStage.TERMINATED)
    file = await builders.court_file()
    over, ahead = [await court.court_date(file, date(2026, 3, day)) for day in (9, 10)]
    await type(over).filter(id=over.id).update(settled_on=date(2026, 3, 2), result="Se suspendió")
    kept, broken = [
        await Commitment.create(convention=renewed, party="SOSEP", item="Capacitar", due_on=date(2026, 3, 9), **more)
        for more in ({"fulfilled_on": date(2026, 3, 1)}, {})
    ]
    expected = {}
    for number, (key, matter, reason) in enumerate(
        [
            ("a:cerrado", {"review": closed}, f"El expediente {closed.code} ya se concluyó."),
            ("a:desistido", {"review": given_up}, f"El expediente {given_up.code} ya se desistió."),
            (
                "deadline:late:x:1:y",
                {"review": away},
                f"El expediente {away.code} ya no espera a la Asesoría Jurídica.",
            ),
            ("deadline:unanswered:x:1:y", {"review": away}, ""),
            (
                "deadline:unanswered:z:1:y",
                {"review": working},
                f"El expediente {working.code} ya recibió respuesta.",
            ),
            ("deadline:late:w:1:y", {"review": working}, ""),
            ("end:convention:1", {"convention": renewed}, f"El convenio ya se renovó: {follower.number}."),
            ("end:convention:2", {"convention": pending}, ""),
            ("end:convention:3", {"convention": ended}, "El convenio terminó antes de su vencimiento."),
            (f"court-date:{over.id}:1", {"court_file": file}, "La fecha judicial ya tiene su resultado."),
            (f"court-date:{ahead.id}:1", {"court_file": file}, ""),
            (f"commitment:{kept.id}:0", {"convention": renewed}, "El compromiso ya se cumplió."),
            # Owed after the term too.
            (f"commitment:{broken.id}:0", {"convention": renewed}, ""),
        ]
    ):
        await notice(number, key=key, passing=True, **matter)
        expected[key] = ("DROPPED", reason) if reason else ("SENT", "")
    # What only tells what happened is told, however the matter went on.
    await notice(99, key="cierre", review=closed)
    expected["cierre"] = ("SENT", "")
    await send_due()
    assert await states() == expected
    assert len(smtp.messages) == sum(state == "SENT" for state, _ in expected.values())


async def test_what_a_dead_sender_had_in_its_hands_may_have_arrived(db: FreshDatabase, smtp: Mailbox) -> None:
    file = await builders.review(stage=ReviewStage.CLOSED)
    passed = now() - timedelta(minutes=1)
    for number, (tries, error) in enumerate(((0, ""), (1, ""), (1, "451 Espere")), 1):
        await notice(number, passing=True, review=file, tries=tries, error=error, due_at=passed)
    await send_due()
    said = await states()
    assert [state for state, _ in said.values()] == ["DROPPED"] * 3
    assert [reason.endswith(MAY_HAVE_ARRIVED) for _, reason in said.values()] == [False, True, False]


async def test_a_condition_put_off_is_told_after_its_file_was_closed(db: FreshDatabase, smtp: Mailbox) -> None:
    file = await builders.review(stage=ReviewStage.CLOSED)
    paper = await builders.paper(review=file)
    for number, met_on in enumerate((None, date(2026, 3, 1)), 1):
        row = await Condition.create(review=file, document=paper, position=number, text="x", met_on=met_on)
        await notice(number, key=f"deadline:condition:{row.id}:20260301:{number}", passing=True, review=file)
    await send_due()
    assert [one for one, _ in (await states()).values()] == ["SENT", "DROPPED"]


@pytest.mark.both_databases
async def test_an_address_refused_for_good_is_marked_and_left_alone(db: FreshDatabase, smtp: Mailbox) -> None:
    smtp.unknown = {"persona1@prueba.example"}
    await notice(1)
    await notice(2)
    assert await send_due() == 1
    mark = await BouncedAddress.get()
    assert (mark.address, mark.reason) == ("persona1@prueba.example", "550 5.1.1 Unknown")
    entry = await AuditEntry.filter(verb=Verb.RECORD_BOUNCE).get()
    assert entry.actor_id == (await system_user()).id
    await notice(3, recipient="Persona1@Prueba.example")
    smtp.unknown = set()
    assert await send_due() == 0
    state, error = (await states())["prueba:3"]
    assert state == "FAILED"
    assert error.startswith("La dirección está marcada desde el")
    assert "550 5.1.1" in error
    assert "levante la marca" in error
    await BouncedAddress.all().update(cleared_at=now())
    await notice(4, recipient="persona1@prueba.example")
    assert await send_due() == 1


async def test_a_server_that_refuses_us_marks_nobody(db: FreshDatabase, smtp: Mailbox) -> None:
    smtp.unknown, smtp.because = {"persona1@prueba.example"}, "550 5.7.1 Relaying denied"
    await notice(1)
    await send_due()
    assert (await Notice.get()).state == NoticeState.FAILED
    assert not await BouncedAddress.exists()


async def test_people_without_an_account_can_stop_the_messages(db: FreshDatabase, smtp: Mailbox) -> None:
    await contact("persona1@prueba.example")
    await contact("persona2@prueba.example", stopped_at=now())
    # Who has an account too chooses there.
    await builders.person(Role.MUNICIPAL, email="persona3@prueba.example")
    await contact("persona3@prueba.example", stopped_at=now())
    for number in (1, 2, 3):
        await notice(number)
    assert await send_due() == 2
    first, third = sorted(smtp.messages, key=lambda one: str(one["To"]))
    link = f"{settings().address()}/avisos/baja/codigo-de-prueba-persona1@prueba.example"
    assert first["List-Unsubscribe"].strip() == f"<{link}>"
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in first.get_body(("plain",)).get_content()
    assert third["List-Unsubscribe"] is None
    assert f"{settings().address()}/mis-avisos" in third.get_body(("plain",)).get_content()
    assert (await states())["prueba:2"] == ("DROPPED", "La persona pidió no recibir más avisos.")


@pytest.mark.both_databases
async def test_all_engines_together_keep_to_the_minute(
    db: FreshDatabase, smtp: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVENIOS_MAIL_PER_MINUTE", "5")
    settings.cache_clear()
    for number in range(12):
        await notice(number)
    with time_machine.travel(instant()) as clock:
        assert [await send_due(3), await send_due(3), await send_due(3)] == [3, 2, 0]
        clock.shift(timedelta(seconds=61))
        assert (await send_round()).sent == 5
        clock.shift(timedelta(seconds=61))
        assert (await send_round()).sent == 2
    assert len({message["Message-ID"] for message in smtp.messages}) == len(smtp.messages) == 12


async def test_what_another_engine_is_sending_counts_for_the_minute(
    db: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVENIOS_MAIL_PER_MINUTE", "5")
    settings.cache_clear()
    for number in range(8):
        await notice(number)
    first, second, third = await due_notices(3)
    assert await may_send() == 2
    await mark_sent(first.id)
    await give_back([second.id])
    assert await may_send() == 3
    await mark_failed(third.id, "451 espere")
    assert await may_send() == 4


async def test_what_is_owed_goes_out_oldest_first(db: FreshDatabase, smtp: Mailbox) -> None:
    old = await notice(1, tries=3, due_at=instant() - timedelta(seconds=1))
    newer = await notice(2)
    waiting = await notice(3, tries=1, due_at=instant() + SENDING)
    newest = await notice(4)
    assert await send_due() == 3
    assert [one["Message-ID"] for one in smtp.messages] == [one.message_id for one in (old, newer, newest)]
    assert (await Notice.get(id=waiting.id)).state == NoticeState.QUEUED


@pytest.mark.both_databases
async def test_after_a_day_without_mail_everything_owed_goes_out_once_and_nothing_settled(
    db: FreshDatabase, smtp: Mailbox
) -> None:
    await builders.places()
    files = [await builders.review(stage=ReviewStage.IN_ANALYSIS) for _ in range(4)]
    smtp.refuse = "451 4.3.2 Fuera de servicio"
    with time_machine.travel(instant()) as clock:
        for hour in range(24):
            await notice(hour, passing=hour % 2 == 0, review=files[hour % 4])
            # The engine looks far more often; what it does in between is the same.
            await send_due()
            clock.shift(timedelta(hours=1))
        assert {row.state for row in await Notice.all()} == {NoticeState.QUEUED}
        await type(files[0]).filter(id=files[0].id).update(stage=ReviewStage.CLOSED)
        smtp.refuse = ""
        while (await send_round(5)).claimed:
            pass
        clock.shift(timedelta(days=1))
        assert await send_due() == 0
    owed = [row for row in await Notice.all().order_by("id") if row.review_id != files[0].id]
    assert [one["Message-ID"] for one in smtp.messages] == [one.message_id for one in owed]
    assert len(owed) == 18
    needless = await Notice.filter(review_id=files[0].id)
    assert {(one.state, one.error) for one in needless} == {
        (NoticeState.DROPPED, f"El expediente {files[0].code} ya se concluyó.")
    }
