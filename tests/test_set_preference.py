"""How people want their messages: at once, once a day in a summary, or not at all where no term runs."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from actions.digests import compose_digest
from actions.people import system_user
from actions.queueing import queue_notices
from models.audit import AuditEntry, Verb
from models.clock import instant, now
from models.messages import MAY_BE_OFF, DeliveryMode, NoticePreference, NoticeTopic
from models.outbox import Notice, NoticeState
from models.people import Role, User
from models.reviews import LegalReview, ReviewStage
from tests import builders, messages
from tests.conftest import FreshDatabase, Mailbox
from tests.door import forbidden, last_entry, once, refusal, told
from workflows.digests import summarize_everybody
from workflows.notices import send_due

SET = """mutation ($input: SetNoticePreferenceInput!) { setNoticePreference(input: $input) {
    preferences { topic mode mayBeOff } errors { code message path } clientMutationId } }"""
MINE = "{ noticePreferences { topic label mode mayBeOff } }"

SEVEN = datetime(2026, 3, 3, 13, tzinfo=UTC)
"""Seven o'clock in Guatemala."""


async def chosen(person: User, mode: DeliveryMode, *topics: NoticeTopic) -> None:
    for topic in topics or NoticeTopic:
        await NoticePreference.create(user=person, topic=topic, mode=mode)


async def owe(person: User, number: int, topic: NoticeTopic = NoticeTopic.MOVES, **more: object) -> None:
    row = {"key": f"p:{number}", "recipient": person.email, "recipient_name": person.name, "topic": topic}
    text = {"subject": f"Asunto {number}", "body": f"{person.name}:\n\nTexto {number}."}
    await queue_notices([row | text | more], now())


async def states() -> dict[str, str]:
    return {row.key: row.state.value for row in await Notice.all().order_by("id")}


async def test_everybody_chooses_for_each_topic(db: FreshDatabase) -> None:
    for role in set(Role) - {Role.SYSTEM}:
        person = await builders.person(role)
        mine = (await told(person, MINE))["noticePreferences"]
        assert [(one["mode"], one["mayBeOff"]) for one in mine] == [
            ("AT_ONCE", topic in MAY_BE_OFF) for topic in NoticeTopic
        ]
        await once(person, SET, topic="COURT", mode="DAILY")
    entry = await last_entry()
    assert entry.verb == Verb.SET_PREFERENCE
    assert entry.summary.endswith("eligió para «Fechas y notificaciones judiciales»: una vez al día, en un resumen.")
    await forbidden(None, SET, topic="COURT", mode="DAILY")


async def test_only_what_bears_no_term_may_be_declined(db: FreshDatabase) -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    for topic in set(NoticeTopic) - MAY_BE_OFF:
        said = await refusal(mayor, SET, topic=topic.value, mode="OFF")
        assert (said.code, said.path) == ("BAD_USER_INPUT", "mode")
    await once(mayor, SET, topic="MOVES", mode="OFF")
    await owe(mayor, 1)
    await owe(mayor, 2, NoticeTopic.DEADLINES)
    assert await states() == {"p:1": "DROPPED", "p:2": "QUEUED"}


@pytest.mark.both_databases
async def test_what_was_held_goes_out_when_a_person_wants_each_at_once(db: FreshDatabase, smtp: Mailbox) -> None:
    mayor, other = [await builders.person(Role.MUNICIPAL) for _ in range(2)]
    for number, person in enumerate((mayor, other)):
        await chosen(person, DeliveryMode.DAILY)
        await owe(person, number)
        await owe(person, 10 + number, NoticeTopic.SIGNATURES)
    assert await send_due() == 0
    await once(mayor, SET, topic="MOVES", mode="AT_ONCE")
    assert await send_due() == 1
    assert await states() == {"p:0": "SENT", "p:10": "HELD", "p:1": "HELD", "p:11": "HELD"}
    await once(other, SET, topic="MOVES", mode="OFF")
    assert (await states())["p:1"] == "DROPPED"


@pytest.mark.both_databases
async def test_the_days_messages_come_in_one_deadlines_first(db: FreshDatabase, smtp: Mailbox) -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    plain = await builders.person(Role.MUNICIPAL)
    await chosen(mayor, DeliveryMode.DAILY)
    file = await builders.review(stage=ReviewStage.IN_ANALYSIS)
    with time_machine.travel(SEVEN - timedelta(hours=10), tick=False) as clock:
        await owe(mayor, 1)
        await owe(mayor, 2, NoticeTopic.DEADLINES)
        await owe(mayor, 3, NoticeTopic.DEADLINES, passing=True, review_id=file.id)
        await owe(plain, 4)
        await LegalReview.filter(id=file.id).update(stage=ReviewStage.CLOSED)
        # Not yet: it is nine in the evening.
        assert await summarize_everybody() == 0
        clock.move_to(SEVEN)
        assert await summarize_everybody() == 1
        assert await summarize_everybody() == 0
        assert await send_due() == 2
    own = {key: state for key, state in (await states()).items() if key.startswith("p:")}
    assert own == {"p:1": "DIGESTED", "p:2": "DIGESTED", "p:3": "DROPPED", "p:4": "SENT"}
    dropped = await Notice.get(key="p:3")
    assert dropped.error == f"El expediente {file.code} ya se concluyó."
    digest = await Notice.get(key__startswith="digest:20260303:")
    assert {row.digest_id for row in await Notice.filter(state=NoticeState.DIGESTED)} == {digest.id}
    [message] = [one for one in smtp.messages if one["Message-ID"] == digest.message_id]
    assert message["Subject"] == "Resumen del 3 de marzo: 2 avisos"
    plain_part = message.get_body(("plain",))
    html_part = message.get_body(("html",))
    assert plain_part
    assert html_part
    text = plain_part.get_content().replace("\r\n", "\n")
    assert text.index("Vencimientos y plazos") < text.index("1. Asunto 2\nTexto 2.") < text.index("2. Asunto 1")
    assert "Asunto 3" not in text
    assert text.count(f"{mayor.name}:") == 1
    assert html_part.get_content().count("<h2") == 2


@pytest.mark.both_databases
async def test_two_engines_at_once_compose_one_summary(db: FreshDatabase) -> None:
    people = [await builders.person(Role.MUNICIPAL) for _ in range(4)]
    for number, person in enumerate(people):
        await chosen(person, DeliveryMode.DAILY)
        await owe(person, number)
    with time_machine.travel(instant() + timedelta(days=1)):
        made = await asyncio.gather(*(summarize_everybody() for _ in range(3)))
    assert sum(made) == await Notice.filter(key__startswith="digest:").count() == 4
    assert await Notice.filter(state=NoticeState.HELD).count() == 0


async def test_an_engine_that_was_off_at_seven_catches_up_and_not_before(db: FreshDatabase) -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    await chosen(mayor, DeliveryMode.DAILY)
    with time_machine.travel(SEVEN - timedelta(minutes=1), tick=False) as clock:
        await owe(mayor, 1)
        clock.move_to(SEVEN + timedelta(hours=4))
        await owe(mayor, 2)
        assert await summarize_everybody() == 1
        # One message with all that waits, also what came after seven.
        assert {key: state for key, state in (await states()).items() if key in ("p:1", "p:2")} == {
            "p:1": "DIGESTED",
            "p:2": "DIGESTED",
        }
        await owe(mayor, 3)
        # What was held after seven waits for the next morning.
        assert await summarize_everybody() == 0
        clock.move_to(SEVEN + timedelta(hours=20))
        assert await summarize_everybody() == 0
        clock.move_to(SEVEN + timedelta(days=3, hours=-2))
        assert await summarize_everybody() == 1
    assert {state for key, state in (await states()).items() if key.startswith("p:")} == {"DIGESTED"}
    assert await Notice.filter(key__startswith="digest:").count() == 2


async def test_a_summary_is_as_reserved_as_what_it_tells(db: FreshDatabase) -> None:
    lawyer = await builders.person(Role.LEGAL)
    await chosen(lawyer, DeliveryMode.DAILY)
    await owe(lawyer, 1, NoticeTopic.MOVES, court_file_id=(await builders.court_file()).id)
    await owe(lawyer, 2)
    system = await system_user()
    made = await compose_digest(actor=system, recipient=lawyer.email)
    assert made
    assert made.topic == NoticeTopic.COURT
    assert await compose_digest(actor=system, recipient=lawyer.email) is None
    assert await AuditEntry.filter(verb=Verb.COMPOSE_DIGESTS).count() == 2
    admin = await builders.person(Role.ADMIN)
    assert (await told(admin, "{ notices { totalCount } }"))["notices"]["totalCount"] == 1


async def test_many_messages_are_told_by_their_subjects(db: FreshDatabase) -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    await chosen(mayor, DeliveryMode.DAILY)
    for number in range(60):
        await messages.notice(number, recipient=mayor.email, state=NoticeState.HELD, subject=f"Asunto {number}.")
    made = await compose_digest(actor=await system_user(), recipient=mayor.email)
    assert made
    assert made.body.count("Asunto") == 60
    assert made.body.count("Texto del aviso") == 50
