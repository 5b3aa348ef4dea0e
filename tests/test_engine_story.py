"""A file's story with the engine: what it did, what it waits for and since when, what comes, and who may read it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from actions.failures import note_failure, resolve_failures
from actions.outbox import due_wakeups
from actions.papers import ObservationInput, return_review
from actions.preparation import prepare_agreement
from actions.reviews import admit_review, assign_review, submit_for_review
from models.agreements import AgreementStage
from models.audit import Verb
from models.calendar import LegalParameter
from models.clock import today
from models.flows import FlowName
from models.outbox import Notice, WakeUp
from models.papers import DocumentKind, Outcome
from models.people import Role, User
from models.reviews import LegalReview, ReviewStage
from models.signing import Side, Signature
from reads.coming_notices import RUNGS, coming_by_review
from reads.deadlines import Rung
from reads.engine import next_step, next_steps
from reads.engine_story import STEPS, waits_by_review
from tests import builders, stages
from tests.browsing import enter
from tests.builders import MIXCO
from tests.conftest import Clock, FreshDatabase
from tests.door import told
from tests.test_centers_read import counting
from tests.test_escalation import TERM
from workflows.lapses import lapse_unanswered
from workflows.reminders import escalate_everything

STORY = """query ($code: String!) { legalReview(code: $code) { engine {
    deeds { verb summary at } wait { sentence since step calledAt tries nextTryAt } coming { on sentence }
    notices { recipient subject state tries error } failures { step incident lastIncident tries } } } }"""
pytestmark = pytest.mark.both_databases


async def story(person: User, review: LegalReview) -> dict[str, Any]:
    """Return a file's story as a person reads it."""
    return dict((await told(person, STORY, code=review.code))["legalReview"]["engine"])


async def waits(review: LegalReview) -> str:
    """Return the sentence of what a file waits for."""
    return (await waits_by_review([review.id], await builders.person(Role.ADMIN)))[review.id].sentence


async def test_a_file_from_its_submission_to_its_signature(db: FreshDatabase, clock: Clock) -> None:
    head, lawyer = await builders.person(Role.LEGAL_HEAD), await builders.person(Role.LEGAL, name="Ana Paz")
    mayor, engine = await builders.person(Role.MUNICIPAL), await stages.engine()
    await builders.program()
    review = await stages.file_in(ReviewStage.GATHERING, requested_by=mayor)
    assert await waits(review) == "Espera que quien solicita reúna los requisitos y envíe el expediente."
    await submit_for_review(actor=mayor, review_id=review.id)

    seen = await story(head, review)
    assert seen["wait"]["sentence"] == "Al sistema le toca revisar los requisitos y proponer a quién se asigna."
    assert (seen["wait"]["step"], seen["wait"]["since"], seen["wait"]["tries"]) == ("ADMIT_REVIEW", "2026-03-02", 0)
    assert seen["wait"]["calledAt"].startswith("2026-03-0")
    assert seen["wait"]["nextTryAt"] is None
    assert seen["deeds"] == []

    await admit_review(actor=engine, review_id=review.id)
    await WakeUp.all().update(consumed_at=datetime(2026, 3, 2, 15, tzinfo=UTC))
    seen = await story(head, review)
    assert seen["wait"]["sentence"] == (
        "Espera que la Asesoría Jurídica lo asigne; se propone a Ana Paz. Tiene hasta el 16/03/2026."
    )
    assert (seen["wait"]["step"], seen["wait"]["calledAt"]) == (None, None)
    assert [one["verb"] for one in seen["deeds"]] == ["ADMIT_REVIEW"]
    assert seen["deeds"][0]["summary"].startswith("El motor revisó los requisitos.")
    assert seen["coming"] == {"on": "2026-03-09", "sentence": RUNGS[Rung.HALFWAY]}

    await assign_review(actor=head, review_id=review.id, assignee_id=lawyer.id)
    assert await waits(review) == "Espera el dictamen o la devolución de Ana Paz. Tiene hasta el 16/03/2026."
    await stages.dictamen(review)
    await stages.council_minute(await stages.convention_of(review))
    await LegalReview.filter(id=review.id).update(stage=ReviewStage.DICTAMEN_ISSUED)
    assert await waits(review) == f"Al sistema le toca {STEPS[Verb.PREPARE_AGREEMENT]}."
    await prepare_agreement(actor=engine, review_id=review.id)
    assert await waits(review) == "Espera la firma de SOSEP y la firma de Municipalidad de San Juan Chamelco."
    seen = await story(head, review)
    assert [one["verb"] for one in seen["deeds"]] == ["ADMIT_REVIEW", "PREPARE_AGREEMENT"]
    assert seen["coming"] == {"on": "2026-03-16", "sentence": "Recordatorio a quienes faltan por firmar."}
    await Signature.create(
        convention_id=review.convention_id, side=Side.SOSEP, signer_name="x", capacity="x", place="x",
        signed_on=date(2026, 3, 2), recorded_by=head,
    )  # fmt: skip
    assert await waits(review) == "Espera la firma de Municipalidad de San Juan Chamelco."


async def test_each_turn_is_said(db: FreshDatabase, clock: Clock) -> None:
    returned = await stages.file_in(ReviewStage.RETURNED, due_on=date(2026, 3, 9))
    late = await stages.file_in(ReviewStage.RETURNED, due_on=today() - timedelta(days=1))
    unfavorable = await stages.file_in(ReviewStage.DICTAMEN_ISSUED, outcome=Outcome.UNFAVORABLE)
    signed = await stages.file_in(
        ReviewStage.AWAITING_SIGNATURE, of=await builders.convention(stage=AgreementStage.SIGNED)
    )
    over = await stages.file_in(ReviewStage.CLOSED, closed_on=date(2026, 3, 1))
    assert await waits(returned) == (
        "Espera que quien solicita corrija lo observado y lo envíe de nuevo. Tiene hasta el 09/03/2026."
    )
    assert "Su plazo venció el" in await waits(late)
    assert "dé por concluido" in await waits(unfavorable)
    assert await waits(signed) == "Al sistema le toca concluir el expediente."
    assert await waits(over) == "No espera nada: el expediente terminó."
    since = (await waits_by_review([over.id], await stages.engine()))[over.id].since
    assert since == date(2026, 3, 1)


async def test_a_call_that_was_tried_says_when_it_is_tried_again(db: FreshDatabase, clock: Clock) -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    review = await stages.file_in(ReviewStage.RECEIVED)
    at = datetime.now(UTC)
    first = await WakeUp.create(review=review, reason="submitted", created_at=at - timedelta(minutes=9), due_at=at)
    await WakeUp.create(review=review, reason="submitted", created_at=at, due_at=at)
    await due_wakeups(5)
    await WakeUp.filter(id=first.id).update(tries=4)
    wait = (await story(head, review))["wait"]
    assert wait["tries"] == 4
    assert datetime.fromisoformat(wait["calledAt"]) == first.created_at
    assert wait["nextTryAt"] is not None


async def test_what_fails_is_shown_to_who_can_have_it_mended(db: FreshDatabase, clock: Clock) -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    review = await stages.file_in(ReviewStage.RECEIVED, requested_by=mayor)
    for incident in ("aaaa1111", "bbbb2222"):
        await note_failure(
            flow=FlowName.LEGAL_REVIEW, step="admit", incident=incident, kind="ValueError", review_id=review.id
        )
    failing = [{"step": "admit", "incident": "aaaa1111", "lastIncident": "bbbb2222", "tries": 2}]
    for role in (Role.LEGAL, Role.LEGAL_HEAD, Role.AUDITOR, Role.ADMIN):
        assert (await story(await builders.person(role), review))["failures"] == failing
    for person in (mayor, await builders.person(Role.DIRECTOR), await builders.person(Role.COORDINATOR)):
        assert (await story(person, review))["failures"] == []
    await resolve_failures(flow=FlowName.LEGAL_REVIEW, step="admit", review_id=review.id)
    assert (await story(await builders.person(Role.ADMIN), review))["failures"] == []


async def test_each_reads_the_messages_that_concern_them(db: FreshDatabase, clock: Clock) -> None:
    lawyer, director = await builders.person(Role.LEGAL), await builders.person(Role.DIRECTOR)
    mayor, secretary = await builders.person(Role.MUNICIPAL), await builders.person(Role.MUNICIPAL)
    other = await builders.person(Role.MUNICIPAL, at=MIXCO)
    contact = await builders.contact("alcaldia@chamelco.example")
    review = await stages.file_in(ReviewStage.RETURNED, requested_by=mayor)
    await builders.further_party(await stages.convention_of(review), at=MIXCO)
    everybody = [lawyer.email, director.email, mayor.email, secretary.email, other.email, contact.email]
    for address in everybody:
        await builders.notice(f"x:{address}", review=review)
    await builders.notice(f"y:{mayor.email}", review=await stages.file_in(ReviewStage.RETURNED, requested_by=mayor))

    async def read(person: User) -> list[str]:
        return [one["recipient"] for one in (await story(person, review))["notices"]]

    for role in (Role.LEGAL, Role.LEGAL_HEAD, Role.AUDITOR, Role.ADMIN):
        assert await read(await builders.person(role)) == everybody[::-1]
    assert await read(mayor) == [contact.email, secretary.email, mayor.email]
    assert await read(other) == [other.email]
    assert await read(director) == [director.email]
    assert await read(await builders.person(Role.SIGNATORY)) == []


async def test_only_the_newest_messages_are_listed(db: FreshDatabase, clock: Clock) -> None:
    admin = await builders.person(Role.ADMIN)
    review, other = [await stages.file_in(ReviewStage.RETURNED) for _ in range(2)]
    for number in range(65):
        await builders.notice(f"x:{number}@prueba.example", review=review)
    await builders.notice("x:otra@prueba.example", review=other)
    seen = (await story(admin, review))["notices"]
    assert (len(seen), seen[0]["recipient"]) == (60, "64@prueba.example")
    assert len((await story(admin, other))["notices"]) == 1


async def coming(review: LegalReview, person: User) -> tuple[str, str]:
    """Return on which day what comes next, as a person reads it."""
    found = (await story(person, review))["coming"]
    return (found["on"], found["sentence"]) if found else ("", "")


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        (
            ReviewStage.IN_ANALYSIS,
            [("2026-03-06", "half"), ("2026-03-10", "near"), ("2026-03-12", "due"), ("2026-03-13", "late")],
        ),
        (
            ReviewStage.RETURNED,
            [
                ("2026-03-06", "answer-half"), ("2026-03-10", "answer-near"), ("2026-03-12", "answer-due"),
                ("2026-03-13", "unanswered"), ("2026-03-19", "lapsing"), ("2026-03-27", ""),
            ],
        ),
    ],
)  # fmt: skip
async def test_what_comes_is_what_then_really_comes(
    db: FreshDatabase, clock: Clock, stage: ReviewStage, expected: list[tuple[str, str]]
) -> None:
    head, lawyer = await builders.person(Role.LEGAL_HEAD), await builders.person(Role.LEGAL)
    mayor = await builders.person(Role.MUNICIPAL)
    await LegalParameter.create(
        code="RETURN_LAPSE_DAYS", title="x", value=10, unit="días hábiles", confirmed=True, valid_from=date(2024, 1, 1)
    )
    review = await stages.file_in(stage, assignee=lawyer, requested_by=mayor, due_on=date(2026, 3, 12), **TERM)
    for on, rung in expected:
        day = date.fromisoformat(on)
        lapses = "La solicitud se tiene por desistida, si nadie responde antes."
        assert await coming(review, head) == (on, RUNGS[Rung(rung)] if rung else lapses)
        # The day before nothing comes; on its day, before the round, it is still foretold.
        clock.move_to(day - timedelta(days=1))
        assert await round_of(review) == (0, 0)
        clock.move_to(day)
        assert (await coming(review, head))[0] == (on if rung else "")
        assert await round_of(review) >= ((0, 1) if rung else (1, 0))
    assert await coming(review, head) == ("", "")


async def round_of(review: LegalReview) -> tuple[int, int]:
    """Go the daily round; return how many requests lapsed, and how many messages it brought about the file."""
    lapsed = await lapse_unanswered()
    before = await Notice.filter(review=review).count()
    await escalate_everything()
    return lapsed, await Notice.filter(review=review).count() - before


async def test_what_the_office_alone_is_told_is_foretold_to_the_office_alone(db: FreshDatabase, clock: Clock) -> None:
    head, mayor = await builders.person(Role.LEGAL_HEAD), await builders.person(Role.MUNICIPAL)
    desk = await stages.file_in(ReviewStage.IN_ANALYSIS, due_on=date(2026, 3, 12), **TERM)
    away = await stages.file_in(ReviewStage.RETURNED, requested_by=mayor, due_on=date(2026, 3, 2))
    assert await coming(desk, mayor) == ("", "")
    clock.move_to(date(2026, 3, 4))
    await escalate_everything()
    assert (await coming(away, head))[1] == "Aviso a la jefatura de que la solicitud puede tenerse por desistida."
    assert await coming(away, mayor) == ("", "")


async def test_signatures_are_foretold_three_times(db: FreshDatabase, clock: Clock) -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    review = await stages.file_in(ReviewStage.AWAITING_SIGNATURE)
    await builders.paper(DocumentKind.CONVENIO, review=review, issued_on=date(2026, 3, 2))
    for day, next_on in (("2026-03-16", "2026-03-30"), ("2026-03-30", "2026-04-15"), ("2026-04-15", "")):
        clock.move_to(date.fromisoformat(day))
        assert (await coming(review, head))[0] == next_on


async def test_steps_of_many_are_the_steps_of_each(db: FreshDatabase, clock: Clock) -> None:
    files = [await stages.file_in(stage) for stage in ReviewStage]
    files += [await stages.file_in(ReviewStage.DICTAMEN_ISSUED, outcome=one) for one in (*Outcome, None)]
    files += [await stages.file_in(ReviewStage.RECEIVED, admitted=True)]
    for stage in (AgreementStage.SIGNED, AgreementStage.WITHDRAWN):
        of = await builders.convention(stage=stage)
        files += [await stages.file_in(ReviewStage.DICTAMEN_ISSUED, of=of)]
    ids = [one.id for one in files]
    steps = await next_steps(ids)
    assert {one: steps.get(one) for one in ids} == {one: await next_step(one) for one in ids}
    assert set(steps.values()) == {Verb.ADMIT_REVIEW, Verb.PREPARE_AGREEMENT, Verb.CLOSE_REVIEW}


async def test_the_statements_do_not_grow_with_the_files(db: FreshDatabase, clock: Clock) -> None:
    admin = await builders.person(Role.ADMIN)

    async def cost(ids: list[int]) -> int:
        with counting() as kept:
            await waits_by_review(ids, admin)
            await coming_by_review(ids, admin, on=date(2026, 3, 2))
        return len(kept)

    ids = []
    for stage in ReviewStage:
        ids.append((await stages.file_in(stage, due_on=date(2026, 3, 9))).id)
    few = await cost(ids)
    for stage in ReviewStage:
        ids += [(await stages.file_in(stage, due_on=date(2026, 3, 9))).id for _ in range(2)]
    assert await cost(ids) == few


async def test_the_page_tells_the_story(db: FreshDatabase, clock: Clock, app_client: httpx.AsyncClient) -> None:
    head, lawyer = await builders.person(Role.LEGAL_HEAD), await builders.person(Role.LEGAL)
    mayor = await builders.person(Role.MUNICIPAL)
    review = await stages.file_in(ReviewStage.RECEIVED, requested_by=mayor)
    await admit_review(actor=await stages.engine(), review_id=review.id)
    await assign_review(actor=head, review_id=review.id, assignee_id=lawyer.id)
    await return_review(actor=lawyer, review_id=review.id, observations=[ObservationInput("DPI", "Vencido.", "Otro.")])
    await note_failure(flow=FlowName.LEGAL_REVIEW, step="admit", incident="aaaa1111", kind="X", review_id=review.id)
    await enter(app_client, head)
    assert f'href="/expedientes/{review.code}/motor"' in (await app_client.get(f"/expedientes/{review.code}")).text
    page = (await app_client.get(f"/expedientes/{review.code}/motor")).text
    for words in (
        "Espera que quien solicita corrija lo observado", "Revisar los requisitos", "aaaa1111", "Si nada cambia, el",
        f"Observaciones al expediente {review.code}", lawyer.email,
    ):  # fmt: skip
        assert words in page, words
    await enter(app_client, mayor)
    page = (await app_client.get(f"/expedientes/{review.code}/motor")).text
    assert "Avisos a su municipalidad" in page
    assert mayor.email in page
    for words in ("aaaa1111", lawyer.email, head.email):
        assert words not in page
    await enter(app_client, await builders.person(Role.MUNICIPAL, at=MIXCO))
    assert (await app_client.get(f"/expedientes/{review.code}/motor")).status_code == 404
