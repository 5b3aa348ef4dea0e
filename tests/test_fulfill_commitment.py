"""A promise kept: with its day and what proves it; and the messages before and after its day, each told once."""

import asyncio
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from actions.commitment_reminders import remind_commitments
from actions.people import system_user
from actions.refusals import Forbidden
from models.agreements import AgreementStage, Convention
from models.audit import AuditEntry, Verb
from models.conventions import Commitment
from models.outbox import Notice
from models.people import Role
from models.places import ProgramCode
from reads.commitment_reminders import rung_reached
from tests import builders
from tests.browsing import enter, form, forms, send
from tests.conftest import Clock, FreshDatabase
from tests.door import (
    HOSTILE,
    PDF,
    Said,
    changed,
    done,
    forbidden,
    id_of,
    id_text,
    last_entry,
    once,
    refusal,
    request,
    sent_up,
)
from tests.test_add_commitment import promise
from workflows.reminders import remind_of_commitments

FULFILL = """mutation ($input: FulfillCommitmentInput!) { fulfillCommitment(input: $input) { commitment {
    item fulfilledOn fulfilledNote fulfilled open version fulfilledBy { name } file { filename url } }
    errors { code message path } } }"""
GOOD: dict[str, Any] = {"fulfilledOn": "2026-03-01", "note": "Con acta"}
ON = date(2026, 3, 2)
pytestmark = pytest.mark.usefixtures("db", "clock")


async def owed(**more: Any) -> Commitment:
    """Return what the counterpart of a signed convention owes."""
    return await promise(await builders.convention(), "Reparar el techo", **{"party": "COUNTERPART"} | more)


async def test_a_municipality_notes_its_own_with_the_proof() -> None:
    mayor, director = await builders.person(Role.MUNICIPAL), await builders.person(Role.DIRECTOR)
    stranger = await builders.person(Role.MUNICIPAL, at=builders.MIXCO)
    one = await owed()
    up = await sent_up(mayor, "acta.pdf")

    given = GOOD | {"commitmentId": id_of(one), "fileId": up["id"], "expectedVersion": 1}
    made = (await once(mayor, FULFILL, **given))["commitment"]

    url = made["file"]["url"]
    assert made == {
        "item": "Reparar el techo", "fulfilledOn": "2026-03-01", "fulfilledNote": "Con acta", "fulfilled": True,
        "open": False, "version": 2, "fulfilledBy": {"name": mayor.name}, "file": {"filename": "acta.pdf", "url": url},
    }  # fmt: skip
    entry = await last_entry()
    assert (entry.verb, entry.subject_type) == (Verb.FULFILL_COMMITMENT, "Convention")
    assert changed(entry, one)["fulfilled_on"] == (None, "2026-03-01")
    assert await Notice.filter(key__startswith="commitment-fulfilled:").values_list("recipient", flat=True) == [
        director.email
    ]
    assert (await request(director, "GET", url)).status_code == 200
    assert (await request(stranger, "GET", url)).status_code == 404


async def test_a_further_party_notes_too_and_nobody_for_sosep() -> None:
    of = await builders.convention()
    await builders.further_party(of, at=builders.MIXCO)
    mixco = await builders.person(Role.MUNICIPAL, at=builders.MIXCO)
    theirs, ours = await promise(of, "a", party="COUNTERPART"), await promise(of, "b", party="SOSEP")

    await done(mixco, FULFILL, commitmentId=id_of(theirs), **GOOD)

    await forbidden(mixco, FULFILL, commitmentId=id_of(ours), **GOOD)
    await done(await builders.person(Role.DIRECTOR), FULFILL, commitmentId=id_of(ours), **GOOD)


async def test_once_and_only_of_what_is_signed() -> None:
    lawyer, one = await builders.person(Role.LEGAL), await owed()
    await done(lawyer, FULFILL, commitmentId=id_of(one), **GOOD)
    said = await refusal(lawyer, FULFILL, commitmentId=id_of(one), **GOOD)
    assert (said.code, "ya consta como cumplido el 01/03/2026" in said.message) == ("NOT_ALLOWED_NOW", True)
    for stage in (AgreementStage.REQUESTED, AgreementStage.READY_TO_SIGN, AgreementStage.WITHDRAWN):
        of = await builders.convention(stage=stage, starts_on=None, ends_on=None)
        said = await refusal(lawyer, FULFILL, commitmentId=id_of(await promise(of)), **GOOD)
        assert (said.code, of.number in said.message) == ("NOT_ALLOWED_NOW", True)


async def test_wrong_values_missing_rows_and_other_roles() -> None:
    lawyer, one = await builders.person(Role.LEGAL), await owed()
    for more, path, words in [
        ({"fulfilledOn": "2026-03-03"}, "fulfilledOn", "del 01/04/2025 a hoy"),
        ({"fulfilledOn": "2025-03-31"}, "fulfilledOn", "del 01/04/2025 a hoy"),
        ({"fulfilledOn": "9999-12-31"}, "fulfilledOn", "a hoy"),
        ({"note": "x" * 2001}, "note", "2000 caracteres"),
        ({"fileId": id_text("File")}, "fileId", "No se encontró el archivo"),
        ({"expectedVersion": 7}, "expectedVersion", "Otra persona"),
    ]:
        said = await refusal(lawyer, FULFILL, **GOOD | {"commitmentId": id_of(one)} | more)
        assert (said.path, words in said.message) == (path, True), said
    gone = Said("NOT_FOUND", "commitmentId", "No se encontró el compromiso.")
    stranger = await builders.person(Role.MUNICIPAL, at=builders.MIXCO)
    other = await builders.person(Role.DIRECTOR, program=ProgramCode.HC)
    for person, given in ((lawyer, id_text("Commitment")), (stranger, id_of(one)), (other, id_of(one))):
        assert await refusal(person, FULFILL, commitmentId=given, **GOOD) == gone
    for role in (Role.COORDINATOR, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN):
        await forbidden(await builders.person(role), FULFILL, commitmentId=id_of(one), **GOOD)
    await forbidden(None, FULFILL, commitmentId=id_of(one), **GOOD)


async def test_any_note_is_kept_as_typed() -> None:
    lawyer = await builders.person(Role.LEGAL)
    for text in HOSTILE:
        made = await done(lawyer, FULFILL, commitmentId=id_of(await owed()), **GOOD | {"note": text})
        assert made["commitment"]["fulfilledNote"] == text


async def test_the_page_notes_it(app_client: httpx.AsyncClient) -> None:
    one = await owed(due_on=ON)
    await enter(app_client, await builders.person(Role.MUNICIPAL))
    listing = await app_client.get("/compromisos")
    assert f"/compromisos/{id_of(one)}" in listing.text
    page = await app_client.get(f"/compromisos/{id_of(one)}")
    assert "Es hoy" in page.text
    again = await send(app_client, page, form(page, "FulfillCommitment"), fulfilledOn="2026-12-01", note="Hecho")
    assert again.status_code == 422
    kept = form(again, "FulfillCommitment")
    assert kept.values["note"] == "Hecho"
    answer = await send(app_client, again, kept, {"fileId": ("acta.pdf", PDF)}, fulfilledOn="2026-03-02")
    assert answer.status_code == 303
    page = await app_client.get(answer.headers["location"])
    assert "quedó como cumplido" in page.text
    assert "acta.pdf" in page.text
    assert not [one for one in forms(page) if "_operation" in one.values]
    await enter(app_client, await builders.person(Role.MUNICIPAL, at=builders.MIXCO))
    assert (await app_client.get(f"/compromisos/{id_of(one)}")).status_code == 404
    assert (await app_client.get("/compromisos/nada")).status_code == 404


# Messages ------------------------------------------------------------------------------------------------------------


async def told() -> list[tuple[str, str]]:
    """Return address and subject of everything told so far of promises, in order."""
    rows = await Notice.filter(key__startswith="commitment:").order_by("id")
    return [(row.recipient, row.subject.split(": ")[1]) for row in rows]


@pytest.mark.both_databases
async def test_before_on_and_after_the_day_each_is_told_once(db: FreshDatabase, clock: Clock) -> None:
    mayor, director = await builders.person(Role.MUNICIPAL), await builders.person(Role.DIRECTOR)
    head, mixco = await builders.person(Role.LEGAL_HEAD), await builders.person(Role.MUNICIPAL, at=builders.MIXCO)
    one = await owed(due_on=ON + timedelta(days=20))
    await builders.further_party(await Convention.get(id=one.convention_id), at=builders.MIXCO)
    for _ in range(60):
        await remind_of_commitments()
        clock.move_to(clock.today + timedelta(days=1))

    circle = {mayor.email, mixco.email, director.email}
    found = await told()
    for words, people in (
        ("vence en 15 días", circle), ("vence hoy", circle), ("venció hace 15 días", circle | {head.email}),
    ):  # fmt: skip
        assert {address for address, said in found if said == words} == people
    assert len(found) == 10
    assert await AuditEntry.filter(verb=Verb.REMIND).count() == 3
    assert await remind_of_commitments() == 0


@pytest.mark.both_databases
async def test_two_engines_at_once_tell_once_and_pages_are_walked(db: FreshDatabase) -> None:
    await builders.person(Role.DIRECTOR)
    of = await builders.convention()
    made = [await promise(of, f"Tarea {n}", due_on=ON) for n in range(7)]
    system = await system_user()

    outcomes = await asyncio.gather(*(remind_commitments(actor=system, limit=3) for _ in range(4)))

    assert sum(one.messages for one in outcomes) == 3
    assert {one.after_id for one in outcomes} == {made[2].id}
    assert await remind_of_commitments() == 4
    assert await Notice.all().count() == 7


async def test_what_needs_no_message_gets_none(clock: Clock) -> None:
    await builders.person(Role.DIRECTOR)
    soon = ON + timedelta(days=3)
    await owed(due_on=soon, fulfilled_on=ON)
    await owed()
    await owed(due_on=ON + timedelta(days=16))
    for stage, more in (
        (AgreementStage.TERMINATED, {"terminated_on": ON + timedelta(days=30)}),
        (AgreementStage.IN_REVIEW, {"starts_on": None, "ends_on": None}),
        (AgreementStage.WITHDRAWN, {"starts_on": None, "ends_on": None}),
    ):
        await promise(await builders.convention(stage=stage, **more), due_on=soon)
    assert await remind_of_commitments() == 0
    assert await AuditEntry.all().count() == 0


async def test_after_a_month_without_power_only_the_last_rung_is_told(clock: Clock) -> None:
    await builders.person(Role.DIRECTOR)
    await owed(due_on=ON)
    clock.move_to(ON + timedelta(days=40))
    assert await remind_of_commitments() == 1
    assert [words for _, words in await told()] == ["venció hace 40 días"]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SYSTEM])
async def test_nobody_but_the_engine_tells(role: Role) -> None:
    await builders.person(Role.DIRECTOR)
    await owed(due_on=ON)
    with pytest.raises(Forbidden):
        await remind_commitments(actor=await builders.person(role))
    assert await Notice.all().count() == 0


@pytest.mark.parametrize(("days", "rung"), [(16, None), (15, 15), (1, 15), (0, 0), (-14, 0), (-15, -15), (-99, -15)])
def test_the_most_urgent_rung_reached(days: int, rung: int | None) -> None:
    assert rung_reached(ON + timedelta(days=days), ON) == rung
