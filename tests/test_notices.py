"""The post: what is queued reaches the mail server once, survives its absence, and keeps its Message-ID."""

import asyncio
import email.policy
import signal
import sys
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from actions.outbox import SENDING
from models.clock import now
from models.database import database
from models.outbox import DemoMail, Notice, NoticeState
from settings import PROJECT, settings
from tests.conftest import FreshDatabase, Mailbox
from tests.postgres import free_port
from workflows.mailbox import demo_mailbox
from workflows.messages import message_for
from workflows.notices import MailServerDown, connection, mail_server, send_due


async def notice(number: int = 1, **more: object) -> Notice:
    values = {
        "key": f"prueba:{number}",
        "recipient": f"persona{number}@prueba.example",
        "recipient_name": "María Peña",
        "subject": "El convenio CONV-2026-0001 vence en 30 días",
        "body": "María Peña:\n\nEl convenio vence <pronto> & sin falta.\n\nVéalo en http://127.0.0.1:8000/centros",
        "message_id": f"<{number}@convenios>",
        "created_at": now(),
        "due_at": now(),
    }
    return await Notice.create(**values | more)


async def states() -> dict[int, NoticeState]:
    return {row.id: row.state for row in await Notice.all().order_by("id")}


def parts(message: EmailMessage) -> tuple[str, str]:
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain
    assert html
    return plain.get_content(), html.get_content()


@pytest.mark.both_databases
async def test_a_queued_notice_arrives_once(db: FreshDatabase, smtp: Mailbox) -> None:
    made = await notice()
    assert await send_due() == 1
    assert await send_due() == 0
    [message] = smtp.messages
    assert message["Message-ID"] == made.message_id
    assert message["To"] == "María Peña <persona1@prueba.example>"
    assert message["From"].addresses[0].addr_spec == settings().mail_from
    assert message["Subject"] == made.subject
    assert message["Content-Language"] == "es-GT"
    assert message["X-Envelope-To"] == made.recipient
    plain, html = parts(message)
    assert "vence <pronto> & sin falta" in plain
    assert "vence &lt;pronto&gt; &amp; sin falta" in html
    assert '<a href="http://127.0.0.1:8000/centros" ' in html
    sent = await Notice.get(id=made.id)
    assert sent.state == NoticeState.SENT
    assert sent.sent_at is not None


@pytest.mark.both_databases
async def test_two_senders_at_once_send_nothing_twice(db: FreshDatabase, smtp: Mailbox) -> None:
    for number in range(20):
        await notice(number)
    outcomes = await asyncio.gather(*(send_due() for _ in range(3)))
    assert sum(outcomes) == 20
    assert len({message["Message-ID"] for message in smtp.messages}) == len(smtp.messages) == 20


async def test_nothing_is_lost_while_the_server_is_down(db: FreshDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    mailbox = Mailbox(free_port())
    monkeypatch.setenv("CONVENIOS_SMTP_URL", f"smtp://127.0.0.1:{mailbox.port}")
    settings.cache_clear()
    made = [await notice(number) for number in range(3)]
    for _ in range(20):
        with pytest.raises(MailServerDown):
            await send_due()
    assert {(row.state, row.tries) for row in await Notice.all()} == {(NoticeState.QUEUED, 0)}
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    try:
        assert await send_due() == 3
    finally:
        controller.stop()
    assert sorted(message["Message-ID"] for message in mailbox.messages) == sorted(one.message_id for one in made)


async def test_without_a_mail_server_mail_waits(db: FreshDatabase) -> None:
    made = await notice()
    assert mail_server() == ""
    assert await send_due() == 0
    assert await states() == {made.id: NoticeState.QUEUED}


async def test_refused_for_the_moment_is_tried_again(db: FreshDatabase, smtp: Mailbox) -> None:
    made = await notice()
    smtp.refuse = "451 4.3.0 Intente más tarde"
    assert await send_due() == 0
    waiting = await Notice.get(id=made.id)
    assert waiting.state == NoticeState.QUEUED
    assert waiting.error.startswith("451")
    smtp.refuse = ""
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=2)):
        assert await send_due() == 1
    assert (await Notice.get(id=made.id)).error == ""


async def test_refused_for_good_is_marked_and_does_not_hold_up_the_rest(db: FreshDatabase, smtp: Mailbox) -> None:
    broken = await notice(1, recipient="sin arroba\nBcc: otra@prueba.example")
    fine = await notice(2)
    assert await send_due() == 1
    assert await states() == {broken.id: NoticeState.FAILED, fine.id: NoticeState.SENT}
    assert [message["X-Envelope-To"] for message in smtp.messages] == [fine.recipient]
    smtp.refuse = "554 5.7.1 No se acepta"
    refused = await notice(3)
    assert await send_due() == 0
    assert (await states())[refused.id] == NoticeState.FAILED


class _Hanging(Mailbox):
    """Takes the message, then keeps the sender waiting for the answer."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(30)
        return "250 2.0.0 Ok"


SENDER = """
import asyncio
from models.database import database
from workflows.notices import send_due
async def main():
    async with database():
        await send_due()
asyncio.run(main())
"""


async def test_a_sender_killed_before_marking_repeats_the_same_message_id(
    closed_db: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = _Hanging(free_port())
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    monkeypatch.setenv("CONVENIOS_SMTP_URL", f"smtp://127.0.0.1:{mailbox.port}")
    settings.cache_clear()
    try:
        async with database():
            made = await notice()
        sender = await asyncio.create_subprocess_exec(sys.executable, "-c", SENDER, cwd=PROJECT)
        async with asyncio.timeout(60):
            while not mailbox.messages:  # noqa: ASYNC110 - another process fills it
                await asyncio.sleep(0.05)
        sender.send_signal(signal.SIGKILL)
        await sender.wait()
    finally:
        controller.stop()
    second = Mailbox(mailbox.port)
    controller = Controller(second, hostname="127.0.0.1", port=second.port)
    controller.start()
    try:
        async with database():
            assert await states() == {made.id: NoticeState.QUEUED}
            assert await send_due() == 0
            with time_machine.travel(datetime.now(UTC) + SENDING + timedelta(seconds=1)):
                assert await send_due() == 1
            assert await states() == {made.id: NoticeState.SENT}
    finally:
        controller.stop()
    assert [one["Message-ID"] for one in (*mailbox.messages, *second.messages)] == [made.message_id] * 2


async def test_the_demo_keeps_its_mail_for_the_mailbox_page(db: FreshDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVENIOS_DEMO", "true")
    monkeypatch.setenv("CONVENIOS_PORT", str(free_port()))
    settings.cache_clear()
    made = await notice()
    async with demo_mailbox(settings().port + 2):
        assert await send_due() == 1
        await Notice.filter(id=made.id).update(state=NoticeState.QUEUED, tries=0)
        assert await send_due() == 1
    kept = await DemoMail.get()
    assert (kept.recipient, kept.subject, kept.message_id) == (made.recipient, made.subject, made.message_id)
    assert "vence <pronto> & sin falta" in kept.body
    assert kept.sender == settings().mail_from


async def test_the_demo_prefers_a_server_that_was_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVENIOS_DEMO", "true")
    settings.cache_clear()
    assert mail_server() == "smtp://127.0.0.1:8002"
    monkeypatch.setenv("CONVENIOS_SMTP_URL", "smtps://correo.example")
    settings.cache_clear()
    assert mail_server() == "smtps://correo.example"


async def test_signing_in_at_the_mail_server(db: FreshDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"ana@x", b"p:1")
        return AuthResult(success=known, handled=False)

    mailbox = Mailbox(free_port())
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=mailbox.port,
        authenticator=check,
        auth_required=True,
        auth_require_tls=False,
    )
    controller.start()
    try:
        for credentials, works in (("ana%40x:mal", False), ("ana%40x:p%3A1", True)):
            made = await notice(len(credentials))
            monkeypatch.setenv("CONVENIOS_SMTP_URL", f"smtp://{credentials}@127.0.0.1:{mailbox.port}")
            settings.cache_clear()
            if works:
                assert await send_due() == 2
            else:
                with pytest.raises(MailServerDown):
                    await send_due()
                assert await states() == {made.id: NoticeState.QUEUED}
    finally:
        controller.stop()


def test_a_password_never_travels_in_the_clear() -> None:
    far = connection("smtp://ana:clave@correo.example")
    assert (far.port, far._start_tls_on_connect) == (587, True)
    assert connection("smtps://ana:clave@correo.example").use_tls
    assert connection("smtp+starttls://correo.example")._start_tls_on_connect is True
    with pytest.raises(MailServerDown):
        connection("http://correo.example")


async def test_what_travels_can_be_read_back(db: FreshDatabase) -> None:
    made = await notice(subject="Señalización ñ — «prueba»", body="Línea uno\n\nLínea <b>dos</b>")
    travelled = BytesParser(policy=email.policy.default).parsebytes(bytes(message_for(made)))
    assert travelled["Subject"] == made.subject
    assert travelled["Auto-Submitted"] == "auto-generated"
    plain, html = parts(travelled)
    assert plain.startswith("Línea uno\n\nLínea <b>dos</b>")
    assert ">Línea &lt;b&gt;dos&lt;/b&gt;</p>" in html
