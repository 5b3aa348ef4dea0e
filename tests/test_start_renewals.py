"""Many renewals at once: each its own deed in the starter's name; a kill, a fault or a refusal stops no other."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import time_machine

from actions.agreements import request_renewal
from actions.batches import LEASE, MOST_ITEMS, MOST_TRIES, due_batches, hold_batch, mark_done, open_items, stop_batch
from actions.flows import pause_flow, resume_flow
from actions.refusals import NotAllowedNow
from models.agreements import AgreementStage, Convention, Lease, SanitaryLicense
from models.audit import AuditEntry, Verb
from models.batches import Batch, BatchItem, BatchItemState, BatchState
from models.clock import instant
from models.engine import StepFailure
from models.flows import FlowName
from models.outbox import Notice
from models.people import Role, User
from models.places import ProgramCode
from models.reviews import LegalReview
from tests import builders
from tests.browsing import enter, form, send
from tests.builders import MIXCO
from tests.door import bad_ids, done, forbidden, id_of, id_text, last_entry, once, refusal, refused, told
from workflows import batches as work
from workflows import flow_states

START = """mutation ($input: StartRenewalsInput!) { startRenewals(input: $input) {
  batch { id title state itemCount pendingCount createdBy { name } } errors { code message path } } }"""
STOP = """mutation ($input: StopBatchInput!) { stopBatch(input: $input) {
  batch { id state pendingCount } errors { code message path } } }"""
ONE = """query ($id: ID!) { batch(id: $id) { id state itemCount pendingCount doneCount refusedCount failedCount
  items { totalCount nodes { position state said tries review { code }
    instrument { ... on Convention { number } ... on Lease { number } ... on SanitaryLicense { number } } } } } }"""
ALL = "{ batches { totalCount nodes { id } } }"
PLAN = """query ($c: [ID!], $l: [ID!], $s: [ID!]) {
  renewalPlan(conventionIds: $c, leaseIds: $l, licenseIds: $s) { possibleCount items { possible why } } }"""
pytestmark = [pytest.mark.usefixtures("db", "clock"), pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def at_work() -> Iterator[None]:
    """Let the engine of the test be none that is about to stop."""
    work._resting.clear()
    yield
    work._resting.clear()


async def ending(many: int, **more: Any) -> list[Convention]:
    """Return conventions that end one day after the other."""
    today = datetime(2026, 3, 31).date()
    return [await builders.convention(ends_on=today + timedelta(days=n), **more) for n in range(many)]


async def started(by: User, *rows: Convention | Lease | SanitaryLicense) -> Batch:
    """Start a batch with these and return it."""
    lists = {"Convention": "conventionIds", "Lease": "leaseIds", "SanitaryLicense": "licenseIds"}
    given: dict[str, list[str]] = {}
    for row in rows:
        given.setdefault(lists[type(row).__name__], []).append(id_of(row))
    await done(by, START, **given)
    batch = await Batch.all().order_by("-id").first()
    assert batch
    return batch


async def run_due() -> int:
    """Let an engine work through what is due; return how many batches it took up."""
    claims = await due_batches(5)
    for claim in claims:
        await work.work_through(claim)
    return len(claims)


async def outcomes(batch: Batch) -> list[BatchItemState]:
    """Return what became of each item, in order."""
    items = await BatchItem.filter(batch_id=batch.id).order_by("position")
    return [item.state for item in items]


# Starting ------------------------------------------------------------------------------------------------------------


async def test_a_director_renews_everything_of_the_program() -> None:
    director = await builders.person(Role.DIRECTOR)
    late, soon = reversed(await ending(2))
    place = await builders.center()
    rented, licensed = await builders.lease(place, term_months=12), await builders.sanitary_license(place)
    batch = await started(director, late, soon, rented, licensed)
    assert batch.title == "4 renovaciones del 02/03/2026"
    entry = await last_entry()
    assert (entry.verb, entry.subject_type) == (Verb.START_BATCH, "Batch")

    assert await run_due() == 1

    assert await outcomes(batch) == [BatchItemState.DONE] * 4
    shown = (await told(director, ONE, id=id_of(batch)))["batch"]
    assert (shown["state"], shown["doneCount"], shown["pendingCount"]) == ("DONE", 4, 0)
    numbers = [item["instrument"]["number"] for item in shown["items"]["nodes"]]
    assert numbers == [soon.number, late.number, rented.number, licensed.number]
    codes = [item["review"]["code"] for item in shown["items"]["nodes"]]
    assert codes == list(await LegalReview.all().order_by("id").values_list("code", flat=True))
    verbs = (Verb.REQUEST_RENEWAL, Verb.RENEW_LEASE, Verb.REQUEST_LICENSE)
    deeds = await AuditEntry.filter(verb__in=verbs)
    assert len(deeds) == 4
    assert {deed.actor_id for deed in deeds} == {director.id}
    assert {deed.request_id for deed in deeds} == {f"batch-{batch.id}"}
    closing = await Notice.get(subject__startswith="Terminó el lote")
    assert closing.recipient == director.email
    assert "4 hechas, 0 no procedían, 0 con falla" in closing.body
    assert await run_due() == 0


async def test_the_same_click_starts_one_batch() -> None:
    director = await builders.person(Role.DIRECTOR)
    (one,) = await ending(1)
    await once(director, START, conventionIds=[id_of(one)], title="Renovaciones de marzo")
    assert await Batch.all().count() == await BatchItem.all().count() == 1
    assert (await Batch.get()).title == "Renovaciones de marzo"


async def test_what_cannot_be_a_batch_is_refused_whole() -> None:
    director = await builders.person(Role.DIRECTOR)
    mine, twin = await ending(2)
    (theirs,) = await ending(1, program=ProgramCode.HC)
    said = await refused(director, START, conventionIds=[id_of(mine), id_of(theirs), id_text("Convention")])
    assert [(one.code, one.path) for one in said] == [
        ("NOT_FOUND", "conventionIds.1"), ("NOT_FOUND", "conventionIds.2"),
    ]  # fmt: skip
    same = await refusal(director, START, conventionIds=[id_of(mine), id_of(twin), id_of(mine)])
    assert same.path == "conventionIds.2"
    assert (await refusal(director, START)).path == "conventionIds"
    assert (await refusal(director, START, conventionIds=[id_of(mine)], title="x" * 201)).path == "title"
    many = [id_text("Convention").replace("=", "")] * 1 + [id_of(mine)] * MOST_ITEMS
    assert any("hasta 500" in one.message for one in await refused(director, START, conventionIds=many))
    for bad in bad_ids("Lease"):
        assert (await refusal(director, START, leaseIds=[bad])).path == "leaseIds"


@pytest.mark.parametrize("role", [Role.MUNICIPAL, Role.COORDINATOR, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN])
async def test_others_start_none(role: Role) -> None:
    (one,) = await ending(1)
    await forbidden(await builders.person(role), START, conventionIds=[id_of(one)])


# What becomes of each ------------------------------------------------------------------------------------------------


async def test_each_refusal_says_why_and_stops_no_other() -> None:
    lawyer = await builders.person(Role.LEGAL)
    town, foundation = await ending(1), await builders.institution()
    free, pending, renewed = await ending(3, at=None, institution=foundation)
    await request_renewal(actor=lawyer, convention_id=pending.id)
    await builders.convention(renews=renewed, at=None, institution=foundation, ends_on=None)
    ended = await builders.convention(at=None, institution=foundation, stage=AgreementStage.TERMINATED)
    place = await builders.center()
    old = await builders.sanitary_license(place, ends_on=datetime(2026, 3, 5).date())
    await builders.sanitary_license(place)
    rows = [*town, free, pending, renewed, ended]
    bare = await builders.lease(place)
    given = {"c": [id_of(row) for row in rows], "l": [id_of(bare)], "s": [id_of(old)]}
    planned = (await told(lawyer, PLAN, **given))["renewalPlan"]
    assert [one["possible"] for one in planned["items"]] == [False, True, False, False, False, False, False]
    batch = await started(lawyer, *rows, bare, old)
    await run_due()
    items = {item.convention_id or -(item.lease_id or 0): item for item in await BatchItem.filter(batch_id=batch.id)}
    assert items[free.id].state == BatchItemState.DONE
    for key, words in [
        (town[0].id, "La solicitan la municipalidad o la dirección del programa."),
        (pending.id, "ya tiene una renovación en trámite. Siga el expediente EXP-"),
        (renewed.id, "ya fue renovado por el"),
        (ended.id, "no está firmado"),
        (-bare.id, "El plazo va de 1"),
        (0, "ya tiene otra licencia"),
    ]:
        assert items[key].state == BatchItemState.REFUSED
        assert words in items[key].said, items[key].said
    body = (await Notice.get(subject__startswith="Terminó el lote")).body
    assert "1 hechas, 6 no procedían" in body
    assert f"- {pending.number}: El convenio" in body


async def test_who_lost_the_account_meanwhile_renews_nothing() -> None:
    director = await builders.person(Role.DIRECTOR)
    batch = await started(director, *(await ending(2)))
    director.active = False
    await director.save()
    await run_due()
    assert await outcomes(batch) == [BatchItemState.REFUSED] * 2
    assert "ya no está activa" in (await BatchItem.filter(batch_id=batch.id).first()).said  # type: ignore[union-attr]
    assert await LegalReview.all().count() == 0


async def test_a_fault_of_one_is_tried_again_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    director = await builders.person(Role.DIRECTOR)
    rows = await ending(3)
    batch = await started(director, *rows)
    whole, healed = work.request_renewal, False

    async def flawed(*, actor: User, convention_id: int) -> LegalReview:
        if convention_id == rows[1].id and not healed:
            raise RuntimeError("the secret of a person")
        return await whole(actor=actor, convention_id=convention_id)

    monkeypatch.setattr(work, "request_renewal", flawed)
    at = datetime(2026, 3, 2, 15, tzinfo=UTC)
    await Batch.all().update(due_at=at)
    for _ in range(MOST_TRIES - 1):
        with time_machine.travel(at, tick=False):
            assert await run_due() == 1
            assert await run_due() == 0, "it is not tried again without a pause"
        at += timedelta(minutes=15)
    assert await outcomes(batch) == [BatchItemState.DONE, BatchItemState.FAILED, BatchItemState.DONE]
    item = await BatchItem.get(batch_id=batch.id, position=2)
    assert item.said.startswith("Falla del sistema, incidente ")
    assert "secret" not in item.said
    assert (await Batch.get()).state == BatchState.RUNNING
    assert not await Notice.filter(subject__startswith="Terminó el lote").exists()
    healed = True
    with time_machine.travel(at, tick=False):
        assert await run_due() == 1
    assert await outcomes(batch) == [BatchItemState.DONE] * 3
    assert (await Batch.get()).state == BatchState.DONE
    assert await LegalReview.all().count() == 3
    failure = await StepFailure.get()
    assert (failure.step, failure.tries, failure.kind) == ("item-2", MOST_TRIES - 1, "RuntimeError")
    assert failure.resolved_at


async def test_what_never_works_ends_with_its_incident(monkeypatch: pytest.MonkeyPatch) -> None:
    director = await builders.person(Role.DIRECTOR)
    batch = await started(director, *(await ending(1)))

    async def broken(**_: Any) -> LegalReview:
        raise RuntimeError

    monkeypatch.setattr(work, "request_renewal", broken)
    at = datetime(2026, 3, 2, 15, tzinfo=UTC)
    await Batch.all().update(due_at=at)
    for _ in range(MOST_TRIES):
        with time_machine.travel(at, tick=False):
            assert await run_due() == 1
        at += timedelta(minutes=15)
    with time_machine.travel(at, tick=False):
        assert await run_due() == 0
    assert await outcomes(batch) == [BatchItemState.FAILED]
    assert "0 hechas, 0 no procedían, 1 con falla" in (await Notice.get(subject__startswith="Terminó")).body


# Pulling the plug ----------------------------------------------------------------------------------------------------


class Plug(BaseException):
    """The process is gone: nothing catches it, nothing more runs."""


@pytest.mark.parametrize("when", ["before the deed", "before the mark", "before the end"])
@pytest.mark.parametrize("kind", ["convention", "lease", "license"])
async def test_a_kill_at_any_moment_loses_nothing_and_doubles_nothing(
    monkeypatch: pytest.MonkeyPatch, when: str, kind: str
) -> None:
    director = await builders.person(Role.DIRECTOR)
    places = [await builders.center() for _ in range(3)]
    rows: list[Any] = {
        "convention": lambda: [builders.convention(centers=[place]) for place in places],
        "lease": lambda: [builders.lease(place, term_months=12) for place in places],
        "license": lambda: [builders.sanitary_license(place) for place in places],
    }[kind]()
    batch = await started(director, *[await row for row in rows])
    name = {"before the deed": "_renewed", "before the mark": "mark_done", "before the end": "end_round"}[when]
    whole, calls = getattr(work, name), 0

    async def pulled(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == (1 if when == "before the end" else 2):
            raise Plug
        return await whole(*args)

    monkeypatch.setattr(work, name, pulled)
    with pytest.raises(Plug):
        await run_due()
    assert await run_due() == 0, "its lease is not over yet"
    with time_machine.travel(instant() + LEASE + timedelta(seconds=1)):
        assert await run_due() == 1
    assert await outcomes(batch) == [BatchItemState.DONE] * 3
    assert await LegalReview.all().count() == 3
    files = await BatchItem.filter(batch_id=batch.id).values_list("review_id", flat=True)
    assert len(set(files)) == 3
    assert await Notice.filter(subject__startswith="Terminó el lote").count() == 1


async def test_two_engines_on_one_batch_do_each_item_once() -> None:
    director = await builders.person(Role.DIRECTOR)
    batch = await started(director, *(await ending(6)))
    (first,) = await due_batches(5)
    assert await due_batches(5) == []
    # An engine that was only slow goes on beside the one that took its batch over.
    await Batch.all().update(due_at=instant())
    (second,) = await due_batches(5)
    assert not await hold_batch(first)
    items = await open_items(batch.id)
    await asyncio.gather(work.work_through(second), *(work._renew(item, director) for item in items))
    assert await outcomes(batch) == [BatchItemState.DONE] * 6
    assert await LegalReview.all().count() == 6
    assert await Notice.filter(subject__startswith="Terminó el lote").count() == 1


async def test_a_paused_flow_leaves_the_batch_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    director, admin = await builders.person(Role.DIRECTOR), await builders.person(Role.ADMIN)
    batch = await started(director, *(await ending(1)))
    monkeypatch.setattr(flow_states, "KNOWN_FOR", -1.0)
    await pause_flow(actor=admin, name=FlowName.BATCHES, reason="Mantenimiento")
    assert await run_due() == 1
    assert await outcomes(batch) == [BatchItemState.PENDING]
    await resume_flow(actor=admin, name=FlowName.BATCHES)
    assert await run_due() == 1
    assert await outcomes(batch) == [BatchItemState.DONE]


async def test_two_claim_at_once_and_one_gets_it() -> None:
    await started(await builders.person(Role.DIRECTOR), *(await ending(1)))
    claims = await asyncio.gather(*(due_batches(5) for _ in range(4)))
    assert sum(len(one) for one in claims) == 1


async def test_an_engine_that_stops_gives_the_batch_back() -> None:
    director = await builders.person(Role.DIRECTOR)
    batch = await started(director, *(await ending(2)))
    work._resting.set()
    assert await run_due() == 1
    assert await outcomes(batch) == [BatchItemState.PENDING] * 2
    work._resting.clear()
    assert await run_due() == 1
    assert await outcomes(batch) == [BatchItemState.DONE] * 2


# Stopping ------------------------------------------------------------------------------------------------------------


async def test_a_stopped_batch_begins_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    director, head = await builders.person(Role.DIRECTOR), await builders.person(Role.LEGAL_HEAD)
    batch = await started(director, *(await ending(3)))

    async def stopping(item_id: int, review_id: int) -> None:
        await mark_done(item_id, review_id)
        await stop_batch(actor=head, batch_id=batch.id)

    monkeypatch.setattr(work, "mark_done", stopping)
    await run_due()
    assert await outcomes(batch) == [BatchItemState.DONE, BatchItemState.PENDING, BatchItemState.PENDING]
    assert (await Batch.get()).state == BatchState.STOPPED
    notice = await Notice.get(subject__startswith="Se detuvo el lote")
    assert notice.recipient == director.email
    assert "Sin iniciar quedaron 2" in notice.body
    with time_machine.travel(instant() + LEASE * 2):
        assert await run_due() == 0
    with pytest.raises(NotAllowedNow):
        await stop_batch(actor=head, batch_id=batch.id)
    assert not await Notice.filter(subject__startswith="Terminó el lote").exists()


async def test_batches_are_their_starters_own_and_the_offices() -> None:
    director, colleague = await builders.person(Role.DIRECTOR), await builders.person(Role.DIRECTOR)
    batch = await started(director, *(await ending(1)))
    for role, seen in [
        (Role.LEGAL, 1), (Role.LEGAL_HEAD, 1), (Role.AUDITOR, 1), (Role.ADMIN, 1), (Role.MUNICIPAL, 0),
        (Role.COORDINATOR, 0), (Role.SIGNATORY, 0),
    ]:  # fmt: skip
        person = await builders.person(role, at=MIXCO)
        assert (await told(person, ALL))["batches"]["totalCount"] == seen, role
        assert bool((await told(person, ONE, id=id_of(batch)))["batch"]) == bool(seen)
    assert (await told(colleague, ALL))["batches"]["nodes"] == []
    said = await refusal(colleague, STOP, batchId=id_of(batch))
    missing = await refusal(colleague, STOP, batchId=id_text("Batch"))
    assert (said.code, said.message) == (missing.code, missing.message) == ("NOT_FOUND", "No se encontró el lote.")
    for bad in bad_ids("Batch"):
        assert (await told(director, ONE, id=bad))["batch"] is None
    stopped = await done(director, STOP, batchId=id_of(batch))
    assert (stopped["batch"]["state"], stopped["batch"]["pendingCount"]) == ("STOPPED", 1)
    assert not await Notice.filter(subject__startswith="Se detuvo").exists()


# Pages ---------------------------------------------------------------------------------------------------------------


async def test_from_the_list_to_the_batch(app_client: httpx.AsyncClient) -> None:
    director = await builders.person(Role.DIRECTOR)
    first, second = await ending(2)
    await builders.further_party(first, at=MIXCO)
    pending = (await ending(1))[0]
    await request_renewal(actor=director, convention_id=pending.id)
    await enter(app_client, director)
    page = await app_client.get("/renovaciones")
    assert "Marzo de 2026" in page.text
    assert "Abril de 2026" in page.text
    assert page.text.count('type="checkbox"') == 2
    chosen = f"/renovaciones/iniciar?conventionIds={id_of(first)}&conventionIds={id_of(second)}"
    plan = await app_client.get(f"{chosen}&conventionIds={id_of(pending)}")
    assert "Se abrirán 2 expedientes" in plan.text
    assert "1 no procede y no se incluye" in plan.text
    assert "Su renovación ya está en trámite: EXP-2026-0001." in plan.text
    assert plan.text.count('name="conventionIds"') == 2
    assert not await Batch.all().exists()
    empty = await app_client.get("/renovaciones/iniciar")
    assert "No eligió nada" in empty.text
    assert (await app_client.get("/renovaciones/iniciar?conventionIds=x")).status_code == 400

    plan = await app_client.get(chosen.partition("&")[0])
    sent = await send(app_client, plan, form(plan, "StartRenewals"), title="De marzo")
    batch = await Batch.get()
    address = f"/lotes/{id_of(batch)}"
    assert (sent.status_code, sent.headers["location"]) == (303, f"{address}?hecho=StartRenewals")
    waiting = await app_client.get(sent.headers["location"])
    assert "El lote quedó en espera del motor" in waiting.text
    assert f'<meta http-equiv="refresh" content="5;url={address}">' in waiting.text
    assert "http-equiv" not in (await app_client.get(f"{address}?quieto=1")).text
    assert "De marzo" in (await app_client.get("/renovaciones")).text
    await run_due()
    over = await app_client.get(address)
    assert "1 de 1" in over.text
    assert "http-equiv" not in over.text
    assert 'href="/expedientes/EXP-2026-0002"' in over.text
    assert "De marzo" in (await app_client.get("/lotes")).text
    # Somebody else's batch is no page.
    await enter(app_client, await builders.person(Role.DIRECTOR))
    assert (await app_client.get(address)).status_code == 404


async def test_a_batch_is_stopped_on_its_page(app_client: httpx.AsyncClient) -> None:
    lawyer = await builders.person(Role.LEGAL)
    place = await builders.center()
    rented, licensed = await builders.lease(place), await builders.sanitary_license(place)
    made = await ending(1, at=None, institution=await builders.institution())
    batch = await started(lawyer, *made, rented, licensed)
    await enter(app_client, lawyer)
    page = await app_client.get(f"/lotes/{id_of(batch)}")
    for address in (
        f"/convenios/{made[0].number}",
        f"/arrendamientos/{rented.number}",
        f"/licencias/{licensed.number}",
    ):
        assert f'href="{address}"' in page.text
    listed = await app_client.get("/renovaciones?withinDays=3660")
    assert rented.number in listed.text
    assert licensed.number in listed.text
    plan = await app_client.get(f"/renovaciones/iniciar?leaseIds={id_of(rented)}&licenseIds={id_of(licensed)}")
    assert "Se abrirá 1 expediente" in plan.text
    assert "No consta su renta" in plan.text
    stopped = await send(app_client, page, form(page, "StopBatch"))
    assert stopped.status_code == 303
    again = await app_client.get(stopped.headers["location"])
    assert "El lote quedó detenido" in again.text
    assert "Sin iniciar" in again.text
    late = await send(app_client, page, form(page, "StopBatch"))
    assert late.status_code == 422
    assert "ya no está en curso" in late.text
