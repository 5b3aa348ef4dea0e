"""What comes back: reports of mail servers mark the addresses that do not exist, and nothing else."""

from typing import Any

import pytest
from typer.testing import CliRunner, Result

from actions.bounces import record_bounce
from actions.people import system_user
from actions.refusals import Refusal
from cli import app
from documents.delivery_reports import LARGEST, BadReport, read_delivery_report
from models.audit import Verb
from models.clock import now
from models.messages import BouncedAddress
from models.outbox import Notice, NoticeState
from models.people import Role
from tests import builders, messages
from tests.conftest import FreshDatabase
from tests.door import bad_ids, forbidden, id_of, last_entry, once, refusal, told
from tests.test_cli import inside

CLEAR = """mutation ($input: ClearBounceInput!) { clearBounce(input: $input) {
    bouncedAddress { address clearedAt } errors { code message path } clientMutationId } }"""
LIST = "query ($marked: Boolean) { bouncedAddresses(marked: $marked) { nodes { address reason } } }"


def report(
    address: str = "persona1@prueba.example",
    *,
    status: str = "5.1.1",
    action: str = "failed",
    message_id: str = "<1@convenios>",
    said: str = "smtp; 550 5.1.1 <persona1@prueba.example>: User unknown",
) -> bytes:
    """Return a delivery report as Postfix writes it."""
    original = f"Message-ID: {message_id}\r\nSubject: Aviso\r\n" if message_id else "Subject: Aviso\r\n"
    return f"""From: MAILER-DAEMON@correo.example (Mail Delivery System)\r
To: convenios@sosep.example\r
Subject: Undelivered Mail Returned to Sender\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="frontera"\r
\r
--frontera\r
Content-Type: text/plain; charset=us-ascii\r
\r
I'm sorry to have to inform you.\r
\r
--frontera\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; correo.example\r
Arrival-Date: Mon, 2 Mar 2026 09:00:00 -0600 (CST)\r
\r
Final-Recipient: rfc822; {address}\r
Original-Recipient: rfc822;{address}\r
Action: {action}\r
Status: {status}\r
Diagnostic-Code: {said}\r
\r
--frontera\r
Content-Type: text/rfc822-headers\r
\r
{original}\r
--frontera--\r
""".encode()


def test_a_report_is_read() -> None:
    read = read_delivery_report(report())
    assert read.message_id == "<1@convenios>"
    [one] = read.refused
    assert (one.address, one.status, one.lasting) == ("persona1@prueba.example", "5.1.1", True)
    assert one.reason == "5.1.1 550 5.1.1 <persona1@prueba.example>: User unknown"
    whole = report().replace(b"text/rfc822-headers", b"message/rfc822")
    assert read_delivery_report(whole).message_id == "<1@convenios>"
    assert read_delivery_report(report(message_id="")).message_id == ""
    assert not read_delivery_report(report(status="4.4.1", action="delayed")).refused[0].lasting


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "no es un informe"),
        (b"hola", "no es un informe"),
        (b"\xff\x00" * 5000, "no es un informe"),
        (report().replace(b"multipart/report", b"multipart/mixed"), "no es un informe"),
        (report().replace(b"message/delivery-status", b"text/plain"), "delivery-status"),
        (report(action="delivered"), "ning"),
        (report(address="sin arroba"), "ning"),
        (report(status="muy mal"), "ning"),
        (report(address="a" * 200 + "@b.gt"), "ning"),
        (report().split(b"--frontera\r\nContent-Type: message/del")[0], "delivery-status"),
        (b"x" * (LARGEST + 1), "MB"),
        (b"Content-Type: multipart/report; boundary=a\r\n\r\n" + b"--a\r\n" * 20_000, "delivery-status"),
        (
            report().replace(b"\r\nDiagnostic", b"\r\nX: y\r\n" + b"\r\nFinal-Recipient: rfc822; a@b.gt\r\n"
                             b"Action: failed\r\nStatus: 5.1.1\r\n" * 30 + b"\r\nDiagnostic", 1),
            "demasiados",
        ),
    ],
)  # fmt: skip
def test_what_is_no_report_is_refused_in_a_sentence(data: bytes, word: str) -> None:
    with pytest.raises(BadReport, match=word) as refused:
        read_delivery_report(data)
    assert str(refused.value).endswith(".")


async def sent(number: int = 1, **more: Any) -> Notice:
    return await messages.notice(number, state=NoticeState.SENT, sent_at=now(), **more)


@pytest.mark.both_databases
async def test_a_lasting_refusal_marks_the_address_and_its_message(db: FreshDatabase) -> None:
    made = await sent(recipient="Persona1@prueba.example")
    other = await sent(2)
    system = await system_user()
    [mark] = await record_bounce(actor=system, report=read_delivery_report(report()))
    assert (mark.address, mark.cleared_at) == ("persona1@prueba.example", None)
    assert "User unknown" in mark.reason
    kept = await Notice.get(id=made.id)
    assert (kept.state, "User unknown" in kept.error) == (NoticeState.FAILED, True)
    assert (await Notice.get(id=other.id)).state == NoticeState.SENT
    entry = await last_entry()
    assert (entry.verb, entry.actor_id) == (Verb.RECORD_BOUNCE, system.id)
    # The mail server may hand in the same report twice.
    await record_bounce(actor=system, report=read_delivery_report(report()))
    assert await BouncedAddress.all().count() == 1


@pytest.mark.parametrize(
    "data",
    [
        report(status="4.2.2", action="delayed"),
        report(status="4.4.7", action="failed"),
        report("nunca@prueba.example"),
        report("persona2@prueba.example"),
        report(message_id="<otro@convenios>"),
        report("cola@prueba.example", message_id="<3@convenios>"),
    ],
    ids=["delayed", "given up for the moment", "never written to", "not hers", "no message of ours", "not sent yet"],
)
async def test_what_is_forged_or_passing_marks_nobody(db: FreshDatabase, data: bytes) -> None:
    await sent(1)
    await sent(2)
    await messages.notice(3, recipient="cola@prueba.example")
    with pytest.raises(Refusal) as refused:
        await record_bounce(actor=await system_user(), report=read_delivery_report(data))
    assert refused.value.problems[0].message.endswith(".")
    assert not await BouncedAddress.exists()
    assert await Notice.filter(state=NoticeState.FAILED).count() == 0


async def test_without_the_message_only_what_was_written_lately_counts(db: FreshDatabase) -> None:
    made = await sent()
    system = await system_user()
    await Notice.filter(id=made.id).update(sent_at="2020-01-01 00:00:00+00:00")
    with pytest.raises(Refusal):
        await record_bounce(actor=system, report=read_delivery_report(report(message_id="")))
    await sent(2, recipient="persona1@prueba.example")
    assert len(await record_bounce(actor=system, report=read_delivery_report(report(message_id="")))) == 1
    # Which of her messages came back it does not say.
    assert await Notice.filter(state=NoticeState.FAILED).count() == 0


async def test_a_mended_address_is_cleared(db: FreshDatabase) -> None:
    admin = await builders.person(Role.ADMIN)
    mayor = await builders.person(Role.MUNICIPAL)
    mark = await messages.bounce("persona1@prueba.example")
    await messages.contact("rosa@prueba.example")
    for address in (mayor.email, "rosa@prueba.example"):
        await messages.bounce(address)
    shown = (await told(admin, LIST, marked=True))["bouncedAddresses"]["nodes"]
    assert [one["address"] for one in shown] == ["rosa@prueba.example", mayor.email, "persona1@prueba.example"]
    shown = (await told(mayor, LIST, marked=True))["bouncedAddresses"]["nodes"]
    assert {one["address"] for one in shown} == {"rosa@prueba.example", mayor.email}
    for role in (Role.MUNICIPAL, Role.AUDITOR, Role.DIRECTOR, Role.SIGNATORY, Role.COORDINATOR):
        await forbidden(await builders.person(role), CLEAR, bounceId=id_of(mark))
    cleared = await once(admin, CLEAR, bounceId=id_of(mark))
    assert cleared["bouncedAddress"]["clearedAt"]
    assert "ya se levantó" in (await refusal(admin, CLEAR, bounceId=id_of(mark))).message
    for damaged in bad_ids("BouncedAddress")[:4]:
        assert (await refusal(admin, CLEAR, bounceId=damaged)).path == "bounceId"
    assert len((await told(admin, LIST, marked=False))["bouncedAddresses"]["nodes"]) == 1


def piped(data: bytes) -> Result:
    """Run the command as a mail server's pipe does."""
    return CliRunner().invoke(app, ["bounce"], input=data)


def test_the_command_reads_a_report_from_a_pipe(closed_db: FreshDatabase) -> None:
    inside(sent)
    bad = piped(b"hola")
    assert (bad.exit_code, bad.stderr) == (1, "Lo recibido no es un informe de entrega (multipart/report, RFC 3464).\n")
    forged = piped(report("nunca@prueba.example"))
    assert forged.exit_code == 1
    assert "no se marcó nada" in forged.stderr
    good = piped(report())
    assert (good.exit_code, "persona1@prueba.example" in good.output) == (0, True)
    assert inside(lambda: BouncedAddress.all().count()) == 1
