"""The register of messages: what people read of each, who sees which, and sending one again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from actions.outbox import due_notices, mark_failed
from models.audit import Verb
from models.clock import instant
from models.messages import NoticeTopic
from models.outbox import Notice, NoticeState
from models.people import Role, User
from tests import builders, messages
from tests.conftest import FreshDatabase, Mailbox
from tests.door import ask, bad_ids, forbidden, id_of, last_entry, once, refusal, told
from workflows.notices import send_due

pytestmark = pytest.mark.usefixtures("db")

LIST = """query ($filter: NoticeFilter) { notices(filter: $filter) { totalCount nodes {
    id subject state stateLabel reason tries nextTryAt sentAt } } }"""
COUNTS = "query ($filter: NoticeFilter) { noticeCounts(filter: $filter) { state label count } }"
ONE = """query ($id: ID!) { notice(id: $id) { subject body state review { code } digest { id } gathered { subject }
    bounce { reason } } }"""
RESEND = """mutation ($input: ResendNoticeInput!) { resendNotice(input: $input) {
    notice { id state } errors { code message path } clientMutationId } }"""


async def subjects(person: User, **wanted: Any) -> list[str]:
    """Return the subjects that a person is shown, in order."""
    return [one["subject"] for one in (await told(person, LIST, filter=wanted))["notices"]["nodes"]]


@pytest.mark.both_databases
async def test_each_state_is_told_in_words_and_counted(db: FreshDatabase) -> None:
    lawyer = await builders.person(Role.LEGAL)
    retried = await messages.notice(1)
    await due_notices(1)
    await mark_failed(retried.id, "451 espere")
    await messages.notice(2)
    for number, state in enumerate(set(NoticeState) - {NoticeState.QUEUED}, 3):
        await messages.notice(number, state=state)
    nodes = (await told(lawyer, LIST))["notices"]["nodes"]
    first = nodes[-1]
    assert (first["state"], first["stateLabel"], first["reason"]) == ("RETRYING", "Falló por ahora", "451 espere")
    assert first["tries"] == 1
    assert first["nextTryAt"]
    assert nodes[-2] | {"id": "", "subject": ""} == {
        "id": "", "subject": "", "state": "QUEUED", "stateLabel": "En cola", "reason": "", "tries": 0,
        "nextTryAt": None, "sentAt": None,
    }  # fmt: skip
    counts = (await told(lawyer, COUNTS))["noticeCounts"]
    assert {one["state"]: (one["label"], one["count"]) for one in counts} == {
        "QUEUED": ("En cola", 1),
        "RETRYING": ("Falló por ahora", 1),
        "HELD": ("Para el resumen del día", 1),
        "DIGESTED": ("En el resumen", 1),
        "SENT": ("Enviado", 1),
        "FAILED": ("Falló definitivamente", 1),
        "DROPPED": ("No hizo falta", 1),
    }
    for one in counts:
        page = (await told(lawyer, LIST, filter={"state": one["state"]}))["notices"]
        assert (page["totalCount"], {node["state"] for node in page["nodes"]}) == (1, {one["state"]})


@pytest.mark.both_databases
async def test_messages_are_found_by_state_recipient_file_topic_and_day(db: FreshDatabase) -> None:
    lawyer = await builders.person(Role.LEGAL)
    file = await builders.review()
    # Late in the evening of 1 March in Guatemala, which is the 2nd in Greenwich.
    evening = datetime(2026, 3, 2, 4, tzinfo=UTC)
    await messages.notice(1, review=file, recipient="ana@prueba.example", created_at=evening)
    await messages.notice(2, recipient_name="Ana", topic=NoticeTopic.SIGNATURES, created_at=evening + timedelta(days=1))
    await messages.notice(3, state=NoticeState.SENT, recipient_name="Luis", created_at=evening + timedelta(days=2))
    assert await subjects(lawyer) == [f"Aviso número {number}" for number in (3, 2, 1)]
    for wanted, numbers in (
        ({"recipient": "ANA"}, (2, 1)),
        ({"reviewCode": file.code.lower()}, (1,)),
        ({"reviewCode": "EXP-1900-0001"}, ()),
        ({"topic": "SIGNATURES"}, (2,)),
        ({"since": "2026-03-02"}, (3, 2)),
        ({"until": "2026-03-01"}, (1,)),
        ({"since": "2026-03-02", "until": "2026-03-02"}, (2,)),
        ({"state": "SENT", "recipient": "luis"}, (3,)),
        ({"recipient": "' OR 1=1--"}, ()),
    ):
        assert await subjects(lawyer, **wanted) == [f"Aviso número {number}" for number in numbers], wanted


async def test_who_sees_which(db: FreshDatabase) -> None:
    file = await builders.court_file()
    mayor, other = [await builders.person(Role.MUNICIPAL) for _ in range(2)]
    admin = await builders.person(Role.ADMIN)
    open_one = await messages.notice(1, recipient=mayor.email)
    reserved = [
        await messages.notice(2, court_file=file),
        await messages.notice(3, topic=NoticeTopic.COURT),
        await messages.notice(4, key="court-notice:1:x"),
    ]
    to_admin = await messages.notice(5, recipient=admin.email, topic=NoticeTopic.COURT)
    everything = {one.subject for one in (open_one, *reserved, to_admin)}
    for role in (Role.LEGAL, Role.LEGAL_HEAD, Role.AUDITOR):
        assert set(await subjects(await builders.person(role))) == everything
    assert set(await subjects(admin)) == {open_one.subject, to_admin.subject}
    assert await subjects(mayor) == [open_one.subject]
    for role in (Role.DIRECTOR, Role.COORDINATOR, Role.SIGNATORY, Role.MUNICIPAL):
        person = await builders.person(role)
        assert await subjects(person) == []
        assert sum(one["count"] for one in (await told(person, COUNTS))["noticeCounts"]) == 0
    for one in reserved:
        assert (await told(admin, ONE, id=id_of(one)))["notice"] is None
        assert (await told(other, ONE, id=id_of(one)))["notice"] is None
        said = await refusal(admin, RESEND, noticeId=id_of(one))
        assert (said.code, said.path) == ("NOT_FOUND", "noticeId")
    shown = (await told(mayor, ONE, id=id_of(open_one)))["notice"]
    assert (shown["body"], shown["state"]) == (open_one.body, "QUEUED")
    for damaged in bad_ids("Notice"):
        assert (await told(mayor, ONE, id=damaged))["notice"] is None
    assert "errors" in await ask(None, LIST)


@pytest.mark.both_databases
async def test_one_that_failed_travels_again_as_it_is(db: FreshDatabase, smtp: Mailbox) -> None:
    lawyer = await builders.person(Role.LEGAL)
    made = await messages.notice(1, state=NoticeState.FAILED, tries=7, error="554 no")
    answer = await once(lawyer, RESEND, noticeId=id_of(made))
    assert answer["notice"] == {"id": id_of(made), "state": "QUEUED"}
    entry = await last_entry()
    assert (entry.verb, entry.subject_id) == (Verb.RESEND_NOTICE, str(made.id))
    assert await send_due() == 1
    kept = await Notice.get()
    assert (kept.state, kept.tries, kept.error) == (NoticeState.SENT, 1, "")
    assert [one["Message-ID"] for one in smtp.messages] == [made.message_id]


async def test_one_that_arrived_is_sent_as_a_copy(db: FreshDatabase, smtp: Mailbox) -> None:
    admin = await builders.person(Role.ADMIN)
    made = await messages.notice(
        1, passing=True, review=await builders.review(), event={"on": "2026-03-02", "title": "x"}
    )
    await send_due()
    answer = await once(admin, RESEND, noticeId=id_of(made))
    assert answer["notice"]["id"] != id_of(made)
    copy = await Notice.get(id__not=made.id)
    assert (copy.review_id, copy.event, copy.body, copy.passing) == (made.review_id, made.event, made.body, False)
    assert await send_due() == 1
    first, second = smtp.messages
    assert first["Message-ID"] != second["Message-ID"]
    assert first["Subject"] == second["Subject"]


async def test_what_cannot_be_sent_again_says_why(db: FreshDatabase) -> None:
    lawyer = await builders.person(Role.LEGAL)
    for number, (state, word) in enumerate(
        {
            NoticeState.QUEUED: "todavía está en cola",
            NoticeState.HELD: "resumen",
            NoticeState.DIGESTED: "reenvíe el resumen",
            NoticeState.DROPPED: "no hizo falta",
        }.items()
    ):
        made = await messages.notice(number, state=state)
        said = await refusal(lawyer, RESEND, noticeId=id_of(made))
        assert said.code == "NOT_ALLOWED_NOW"
        assert word in said.message
    failed = await messages.notice(8, state=NoticeState.FAILED, recipient="Fuera@prueba.example")
    await messages.bounce("fuera@prueba.example")
    assert "levante la marca" in (await refusal(lawyer, RESEND, noticeId=id_of(failed))).message
    stopped = await messages.notice(9, state=NoticeState.SENT, recipient="quieta@prueba.example")
    await messages.contact("quieta@prueba.example", stopped_at=instant())
    assert "pidió no recibir" in (await refusal(lawyer, RESEND, noticeId=id_of(stopped))).message
    for role in set(Role) - {Role.LEGAL, Role.LEGAL_HEAD, Role.ADMIN, Role.SYSTEM}:
        person = await builders.person(role)
        await forbidden(person, RESEND, noticeId=id_of(failed))
