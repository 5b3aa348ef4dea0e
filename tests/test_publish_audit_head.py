"""The audit chain's last hash leaves the database once a day, by mail to the auditors."""

from datetime import date

import pytest

from actions.audit import publish_audit_head
from actions.audited import audited
from actions.refusals import Forbidden
from models.audit import AuditEntry, Verb
from models.outbox import Notice
from models.people import Role, User
from reads.audit import broken_links
from tests import builders
from tests.conftest import Clock

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("db")]


async def something_done() -> AuditEntry:
    """Leave one entry in the chain and return it."""
    person: User = await builders.person(Role.LEGAL)
    async with audited(Verb.SIGN_OUT, actor=person) as entry:
        entry.about(person, "Salió.")
    return await AuditEntry.get(sequence=entry.sequence)


async def test_each_auditor_gets_sequence_and_hash(clock: Clock) -> None:
    auditor, engine = await builders.person(Role.AUDITOR), await builders.person(Role.SYSTEM)
    last = await something_done()
    assert await publish_audit_head(actor=engine)
    letter = await Notice.get(recipient=auditor.email)
    assert f"Última entrada: {last.sequence}\nHuella: {last.hash}" in letter.body
    assert letter.subject == "Huella de la auditoría al 02/03/2026"
    assert await broken_links() == []


async def test_once_a_day_and_never_about_itself(clock: Clock) -> None:
    await builders.person(Role.AUDITOR)
    engine = await builders.person(Role.SYSTEM)
    await something_done()
    assert await publish_audit_head(actor=engine)
    assert not await publish_audit_head(actor=engine), "nothing happened since"
    await something_done()
    await publish_audit_head(actor=engine)
    assert await Notice.all().count() == 1
    clock.move_to(date(2026, 3, 3))
    await something_done()
    await publish_audit_head(actor=engine)
    assert await Notice.all().count() == 2


async def test_without_auditors_nothing_is_written(clock: Clock) -> None:
    engine = await builders.person(Role.SYSTEM)
    before = await something_done()
    assert not await publish_audit_head(actor=engine)
    assert (await AuditEntry.all().order_by("-sequence").first()).sequence == before.sequence  # type: ignore[union-attr]


async def test_only_the_engine_publishes(clock: Clock) -> None:
    await builders.person(Role.AUDITOR)
    lawyer = await builders.person(Role.LEGAL)
    await something_done()
    with pytest.raises(Forbidden):
        await publish_audit_head(actor=lawyer)
    assert not await Notice.exists()
