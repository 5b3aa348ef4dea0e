"""The gate: role, one transaction, one sealed audit entry, numbers without gaps, messages only with the commit."""

import asyncio
import random
import sqlite3
import subprocess
import sys
from datetime import UTC, date

import asyncpg
import pytest

from actions.audited import Repeated, audited, on_occasion
from actions.refusals import ErrorCode, Forbidden, Refusal
from actions.registry import review_code, take_number
from models.agreements import AgreementStage, Convention
from models.audit import AuditEntry, AuditHead, MutationAnswer, Verb, seal
from models.database import database, is_sqlite
from models.outbox import Notice, WakeUp
from models.papers import Series
from models.people import Role, User
from models.reviews import LegalReview, Requirement
from settings import PROJECT
from tests import builders
from tests.conftest import Clock, FreshDatabase

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("clock")]

TABLES = (AuditEntry, Series, WakeUp, Notice, MutationAnswer, Requirement)
"""What a deed of these tests may leave."""


async def left() -> dict[str, int]:
    """Count what deeds have left in the database, the chain's head included."""
    counts = {model.__name__: await model.all().count() for model in TABLES}
    return counts | {"head": (await AuditHead.get(id=1)).sequence}


async def add_line(actor: User, code: str, *, fail: bool = False) -> Requirement:
    """Do a whole deed: take a number, write a row, wake the engine, owe a message; then fail, if asked to."""
    async with audited(Verb.UPLOAD_FILE, actor=actor) as entry:
        serial, year = await take_number(entry, "PRUEBA")
        values = {"code": code, "title": f"{serial}-{year}", "mandatory": True, "valid_from": entry.today}
        line = await entry.create(Requirement, **values)
        entry.about(line, f"Se agregó la línea {code}.")
        if first := await LegalReview.first():
            entry.wake(first.id, "prueba")
        entry.tell([("ana@prueba.example", "Ana")], key=f"linea:{code}", subject="Línea nueva", body="Hay una más.")
        if fail:
            raise RuntimeError("the machine fails here")
        return entry.answers(line)


async def test_a_deed_leaves_its_row_its_number_its_messages_and_one_entry(db: FreshDatabase, clock: Clock) -> None:
    lawyer = await builders.person(Role.LEGAL)
    review = await builders.review()

    with on_occasion(request_id="pedido-1"):
        line = await add_line(lawyer, "UNO")

    entry = await AuditEntry.get()
    assert (entry.sequence, entry.verb, entry.actor_id) == (1, Verb.UPLOAD_FILE, lawyer.id)
    assert (entry.subject_type, entry.subject_id) == ("Requirement", str(line.id))
    assert (entry.summary, entry.request_id) == ("Se agregó la línea UNO.", "pedido-1")
    assert {"subject": f"Requirement:{line.id}", "field": "title", "before": None, "after": "1-2026"} in entry.changes
    assert entry.at.astimezone(UTC).date() in (date(2026, 3, 2), date(2026, 3, 3))
    wakeup, notice = await WakeUp.get(), await Notice.get()
    assert (wakeup.review_id, wakeup.reason, wakeup.consumed_at) == (review.id, "prueba", None)
    assert (notice.recipient, notice.subject, notice.state) == ("ana@prueba.example", "Línea nueva", "QUEUED")
    assert (await AuditHead.get(id=1)).hash == entry.hash


async def test_a_change_keeps_old_and_new_value_and_raises_the_version(db: FreshDatabase) -> None:
    lawyer = await builders.person(Role.LEGAL)
    convention = await builders.convention(stage=AgreementStage.REQUESTED, note="igual")

    async with audited(Verb.RETURN_REVIEW, actor=lawyer) as entry:
        row = await Convention.get(id=convention.id)
        entry.about(row, "Se cambió la etapa.")
        await entry.change(row, stage=AgreementStage.IN_REVIEW, ends_on=date(2027, 3, 14), note="igual")

    changes = {change["field"]: (change["before"], change["after"]) for change in (await AuditEntry.get()).changes}
    assert changes == {"stage": ("REQUESTED", "IN_REVIEW"), "ends_on": ("2026-03-31", "2027-03-14")}
    assert (await Convention.get(id=convention.id)).version == convention.version + 1


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SYSTEM])
async def test_a_role_that_may_not_is_refused_and_nothing_is_written(db: FreshDatabase, role: Role) -> None:
    before = await left()

    with pytest.raises(Forbidden):
        await add_line(await builders.person(role), "UNO")
    assert await left() == before


async def test_a_person_who_left_may_do_nothing(db: FreshDatabase) -> None:
    with pytest.raises(Forbidden):
        await add_line(await builders.person(Role.LEGAL, active=False), "UNO")
    assert (await left())["head"] == 0


async def test_an_entry_without_subject_is_an_error_and_nothing_remains(db: FreshDatabase) -> None:
    lawyer = await builders.person(Role.LEGAL)
    before = await left()

    async def forgetful() -> None:
        async with audited(Verb.UPLOAD_FILE, actor=lawyer) as entry:
            await take_number(entry, "PRUEBA")
            await entry.create(Requirement, code="UNO", title="Uno", mandatory=True, valid_from=entry.today)

    with pytest.raises(RuntimeError, match="names its subject"):
        await forgetful()
    assert await left() == before


async def test_a_failed_deed_gives_number_and_sequence_back(db: FreshDatabase) -> None:
    lawyer = await builders.person(Role.LEGAL)
    await builders.review()
    await add_line(lawyer, "UNO")
    before = await left()

    with pytest.raises(RuntimeError, match="the machine fails"):
        await add_line(lawyer, "DOS", fail=True)
    assert await left() == before

    assert (await add_line(lawyer, "DOS")).title == "2-2026"
    assert await AuditEntry.all().order_by("sequence").values_list("sequence", flat=True) == [1, 2]


async def test_what_the_database_refuses_becomes_a_refusal(db: FreshDatabase) -> None:
    lawyer = await builders.person(Role.LEGAL)
    await add_line(lawyer, "UNO")
    before = await left()

    with pytest.raises(Refusal) as refused:
        await add_line(lawyer, "UNO")
    assert [problem.code for problem in refused.value.problems] == [ErrorCode.CONFLICT]
    assert await left() == before


async def test_actions_do_not_call_actions(db: FreshDatabase) -> None:
    lawyer = await builders.person(Role.LEGAL)

    async def nested() -> None:
        async with audited(Verb.RETURN_REVIEW, actor=lawyer) as entry:
            entry.about(lawyer, "Afuera.")
            await add_line(lawyer, "UNO")

    with pytest.raises(RuntimeError, match="open already"):
        await nested()
    assert (await left())["head"] == 0
    await add_line(lawyer, "DOS")


async def test_the_same_client_mutation_id_is_answered_and_not_done_again(db: FreshDatabase) -> None:
    lawyer, colleague = await builders.person(Role.LEGAL), await builders.person(Role.LEGAL)
    with on_occasion(client_mutation_id="clic-1"):
        with pytest.raises(RuntimeError):
            await add_line(lawyer, "UNO", fail=True)
        line = await add_line(lawyer, "UNO")
    done = await left()

    with on_occasion(client_mutation_id="clic-1"):
        with pytest.raises(Repeated) as repeated:
            await add_line(lawyer, "DOS")
    assert (repeated.value.subject_type, repeated.value.subject_id) == ("Requirement", line.id)
    assert await left() == done

    with on_occasion(client_mutation_id="clic-1"):
        await add_line(colleague, "DOS")
    with on_occasion(client_mutation_id="clic-2"):
        await add_line(lawyer, "TRES")
    assert await Requirement.all().count() == 3


async def test_a_client_mutation_id_belongs_to_one_deed(db: FreshDatabase) -> None:
    lawyer = await builders.person(Role.LEGAL)

    async def another_deed() -> None:
        async with audited(Verb.RETURN_REVIEW, actor=lawyer) as entry:
            entry.about(lawyer, "Otra cosa.")

    with on_occasion(client_mutation_id="clic-1"):
        await add_line(lawyer, "UNO")
        done = await left()
        with pytest.raises(Refusal) as refused:
            await another_deed()
    assert [problem.path for problem in refused.value.problems] == [("clientMutationId",)]
    assert await left() == done


async def test_the_same_thing_is_told_to_the_same_address_once(db: FreshDatabase) -> None:
    lawyer = await builders.person(Role.LEGAL)
    ana, luz = ("ana@prueba.example", "Ana"), ("luz@prueba.example", "Luz")
    for people in ([ana, ana], [ana, luz], [luz]):
        async with audited(Verb.RETURN_REVIEW, actor=lawyer) as entry:
            entry.about(lawyer, "Se avisó.")
            entry.tell(people, key="vence:7:30", subject="Su convenio vence", body="Faltan 30 días.")

    assert sorted(await Notice.all().values_list("recipient", flat=True)) == [ana[0], luz[0]]
    assert len(set(await Notice.all().values_list("message_id", flat=True))) == 2


async def seen_from_outside(db: FreshDatabase) -> tuple[int, int, int, int]:
    """Count entries, wake-ups and notices, and read the head, as another program would now."""
    question = "SELECT (SELECT count(*) FROM audit_entries), (SELECT count(*) FROM wakeups), "
    question += "(SELECT count(*) FROM notices), (SELECT sequence FROM audit_head)"
    if is_sqlite():
        with sqlite3.connect(db.url.removeprefix("sqlite://")) as other:
            return tuple(other.execute(question).fetchone())
    outsider = await asyncpg.connect(db.url)
    try:
        return tuple(await outsider.fetchrow(question))
    finally:
        await outsider.close()


async def test_nobody_sees_a_deed_before_it_is_whole(db: FreshDatabase) -> None:
    lawyer, review = await builders.person(Role.LEGAL), await builders.review()

    async with audited(Verb.RETURN_REVIEW, actor=lawyer) as entry:
        await entry.change(review, title="Otro título")
        entry.about(review, "Se cambió el título.")
        entry.wake(review.id, "primero")
        entry.wake(review.id, "segundo")
        entry.tell([("ana@prueba.example", "Ana")], key="cambio", subject="Cambio", body="Cambió.", review_id=review.id)
        assert await seen_from_outside(db) == (0, 0, 0, 0)

    assert await seen_from_outside(db) == (1, 1, 1, 1)
    assert (await Notice.get()).review_id == review.id


async def test_the_chain_proves_every_entry(db: FreshDatabase) -> None:
    lawyer = await builders.person(Role.LEGAL)
    convention = await builders.convention()
    for code in ("UNO", "DOS"):
        await add_line(lawyer, code)
    async with audited(Verb.RETURN_REVIEW, actor=lawyer) as entry:
        entry.about(convention, "Ñandú, «comillas» y 1.50.")
        await entry.change(convention, ends_on=None, note="línea\notra")

    previous = ""
    for kept in await AuditEntry.all().order_by("sequence"):
        body = {
            "at": kept.at.astimezone(UTC).isoformat(),
            "actor": kept.actor_id,
            "verb": kept.verb.value,
            "subject": f"{kept.subject_type}:{kept.subject_id}",
            "summary": kept.summary,
            "changes": kept.changes,
            "request_id": kept.request_id,
        }
        assert kept.previous_hash == previous
        assert kept.hash == seal(kept.sequence, previous, body)
        assert kept.hash != seal(kept.sequence, previous, body | {"summary": kept.summary + "."})
        previous = kept.hash
    assert (await AuditHead.get(id=1)).hash == previous


# Many at once --------------------------------------------------------------------------------------------------------


async def write_many(actor: User, label: str, *, writers: int, deeds: int) -> list[int]:
    """Let writers do deeds at the same time, a third of which fail; return the serials that were kept."""
    chance = random.Random(label)
    open_desks, kept = asyncio.Semaphore(writers), []

    async def one(number: int, fails: bool) -> None:
        async with open_desks:
            try:
                line = await add_line(actor, f"{label}-{number}", fail=fails)
            except RuntimeError:
                return
            kept.append(int(line.title.split("-")[0]))

    await asyncio.gather(*(one(number, chance.random() < 1 / 3) for number in range(deeds)))
    return kept


async def gapless(kept: int) -> None:
    """Assert that numbers and audit sequences run from 1 to the number of deeds that were kept."""
    serials = sorted(int(title.split("-")[0]) for title in await Requirement.all().values_list("title", flat=True))
    assert serials == list(range(1, kept + 1))
    assert (await Series.get(kind="PRUEBA")).value == kept
    chain = await AuditEntry.all().order_by("sequence").values_list("sequence", "previous_hash", "hash")
    assert [sequence for sequence, _, _ in chain] == list(range(1, kept + 1))
    assert [before for _, before, _ in chain[1:]] == [sealed for _, _, sealed in chain[:-1]]


async def test_numbers_have_no_gap_under_twenty_writers_of_whom_some_fail(db: FreshDatabase) -> None:
    lawyer = await builders.person(Role.LEGAL)

    kept = await write_many(lawyer, "aqui", writers=20, deeds=150)

    assert 80 < len(kept) < 120
    await gapless(len(kept))


async def elsewhere(email: str, label: str) -> None:
    """Write from another process: what the test below starts."""
    async with database():
        kept = await write_many(await User.get(email=email), label, writers=10, deeds=40)
    print(len(kept))


async def test_numbers_have_no_gap_when_several_programs_write(db: FreshDatabase) -> None:
    lawyer = await builders.person(Role.LEGAL)
    program = "import asyncio, sys; from tests.test_gate import elsewhere; asyncio.run(elsewhere(*sys.argv[1:]))"
    others = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, lawyer.email, label, cwd=PROJECT, stdout=subprocess.PIPE
        )
        for label in ("uno", "dos")
    ]

    kept = len(await write_many(lawyer, "aqui", writers=10, deeds=40))
    for other in others:
        said, _ = await other.communicate()
        assert other.returncode == 0
        kept += int(said.split()[-1])

    await gapless(kept)


async def test_codes_start_again_each_year(db: FreshDatabase, clock: Clock) -> None:
    lawyer, codes = await builders.person(Role.LEGAL), []
    for day in (date(2026, 12, 31), date(2026, 12, 31), date(2027, 1, 1)):
        clock.move_to(day)
        async with audited(Verb.RETURN_REVIEW, actor=lawyer) as entry:
            entry.about(lawyer, "Se dio un código.")
            codes.append(await review_code(entry))

    assert codes == ["EXP-2026-0001", "EXP-2026-0002", "EXP-2027-0001"]
