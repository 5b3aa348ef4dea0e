"""A request that nobody answers is taken as given up: by the head after the term, by the engine only if fair."""

import asyncio
from datetime import date

import httpx
import pytest

from actions.lapse import lapse_review
from actions.papers import ObservationInput, return_review
from actions.people import system_user
from actions.reviews import submit_for_review, submit_requirement, withdraw_review
from models.agreements import AgreementStage
from models.audit import AuditEntry, Verb
from models.calendar import LegalParameter
from models.outbox import Notice
from models.people import Role, User
from models.reviews import LegalReview, ReviewStage
from tests import builders, stages
from tests.browsing import enter, form, forms, send
from tests.builders import CHAMELCO
from tests.conftest import Clock, FreshDatabase
from tests.door import (
    bad_ids,
    changed,
    contract,
    done,
    everything,
    forbidden,
    id_of,
    id_text,
    last_entry,
    once,
    refusal,
)
from tests.door import told as asked
from workflows.lapses import lapse_unanswered

LAPSE = """mutation ($input: LapseReviewInput!) { lapseReview(input: $input) {
    review { code stage closedOn dueOn conclusion version } errors { code message path } } }"""
SHOWN = "query ($code: String!) { legalReview(code: $code) { lapse { lastDay days confirmed handedIn possible } } }"
SEEN = [ObservationInput("DPI", "Vencido.", "Entregar otro.")]
pytestmark = pytest.mark.both_databases


async def term(days: int = 10, *, confirmed: bool = True) -> None:
    """Set the term after which a request lapses."""
    await LegalParameter.create(
        code="RETURN_LAPSE_DAYS", title="x", value=days, unit="días hábiles", confirmed=confirmed,
        valid_from=date(2024, 1, 1),
    )  # fmt: skip


async def returned(mayor: User, lawyer: User) -> LegalReview:
    """Return a file given back on Monday the 2nd with five working days to answer: until Monday the 9th."""
    review = await stages.file_in(ReviewStage.IN_ANALYSIS, requested_by=mayor, assignee=lawyer)
    await return_review(actor=lawyer, review_id=review.id, observations=SEEN, working_days=5)
    return await stages.again(review)


async def warned(review: LegalReview, on: Clock, day: date) -> None:
    """Let the requester have been warned on a day."""
    on.move_to(day)
    await builders.notice(f"deadline:lapsing:{review.code}:{review.due_on:%Y%m%d}:a@b.example", review=review)


async def test_the_head_takes_it_as_given_up_once_the_term_is_over(db: FreshDatabase, clock: Clock) -> None:
    head, lawyer = await builders.person(Role.LEGAL_HEAD), await builders.person(Role.LEGAL)
    mayor = await builders.person(Role.MUNICIPAL)
    await term(10, confirmed=False)
    review = await returned(mayor, lawyer)
    # An unconfirmed value counts for nothing: thirty working days after Monday the 9th, Easter's two days left out.
    clock.move_to(date(2026, 4, 22))
    early = await refusal(head, LAPSE, reviewId=id_of(review))
    assert early.code == "NOT_ALLOWED_NOW"
    assert "hasta el 22/04/2026 (30 días hábiles después" in early.message
    clock.move_to(date(2026, 4, 23))
    assert await lapse_unanswered() == 0
    assert (await stages.again(review)).stage == ReviewStage.RETURNED

    payload = await once(head, LAPSE, reviewId=id_of(review), expectedVersion=review.version)

    shown = payload["review"]
    assert (shown["stage"], shown["closedOn"], shown["dueOn"]) == ("WITHDRAWN", "2026-04-23", None)
    assert shown["conclusion"] == (
        "La solicitud se tiene por desistida: el plazo para responder la PROVIDENCIA-AJ-1-2026 venció el 09/03/2026 y "
        "pasaron 30 días hábiles sin respuesta."
    )
    assert (await stages.convention_of(review)).stage == AgreementStage.WITHDRAWN
    entry = await last_entry()
    assert (entry.verb, entry.actor_id, entry.subject_id) == (Verb.LAPSE_REVIEW, head.id, str(review.id))
    assert changed(entry, review)["stage"] == ("RETURNED", "WITHDRAWN")
    told = await Notice.filter(key__startswith="lapsed:").values_list("recipient", flat=True)
    assert set(told) == {head.email, lawyer.email, mayor.email}


async def test_what_lapsed_can_be_asked_for_again(db: FreshDatabase, clock: Clock) -> None:
    mayor, old = await builders.person(Role.MUNICIPAL), await builders.convention()
    first = await done(mayor, contract("request-renewal"), conventionId=id_of(old))
    await LegalReview.all().update(stage=ReviewStage.RETURNED, due_on=date(2025, 9, 1))
    await done(await builders.person(Role.LEGAL_HEAD), LAPSE, reviewId=first["review"]["id"])
    second = await done(mayor, contract("request-renewal"), conventionId=id_of(old))
    assert second["review"]["code"] == "EXP-2026-0002"


async def test_the_engine_does_it_by_itself_after_a_confirmed_term_and_a_warning(
    db: FreshDatabase, clock: Clock
) -> None:
    lawyer, mayor = await builders.person(Role.LEGAL), await builders.person(Role.MUNICIPAL)
    await term(10)
    # A holiday of the town is none of its working days.
    await builders.holiday(date(2026, 3, 16), at=CHAMELCO)
    review = await returned(mayor, lawyer)
    await warned(review, clock, date(2026, 3, 17))
    # Ten working days after the 9th, one holiday left out: Tuesday the 24th. Five after the warning: the same.
    clock.move_to(date(2026, 3, 24))
    assert await lapse_unanswered() == 0
    clock.move_to(date(2026, 3, 25))
    outcomes = await asyncio.gather(*(lapse_unanswered() for _ in range(4)))
    assert sum(outcomes) == 1
    assert (await stages.again(review)).stage == ReviewStage.WITHDRAWN
    lapses = [one for one in await AuditEntry.filter(verb=Verb.LAPSE_REVIEW) if one.changes]
    (entry,) = lapses
    assert entry.summary.startswith("El sistema tuvo por desistida la solicitud: ")
    assert await Notice.filter(key__startswith="lapsed:", recipient=mayor.email).count() == 1
    before = await everything()
    assert await lapse_unanswered() == 0
    assert await everything() == before


async def test_without_a_warning_or_with_a_late_one_the_engine_waits(db: FreshDatabase, clock: Clock) -> None:
    lawyer, mayor = await builders.person(Role.LEGAL), await builders.person(Role.MUNICIPAL)
    await term(10)
    review = await returned(mayor, lawyer)
    clock.move_to(date(2026, 5, 4))
    assert await lapse_unanswered() == 0
    # The machine was off; warned today, the requester has five working days more.
    await warned(review, clock, date(2026, 5, 4))
    clock.move_to(date(2026, 5, 11))
    assert await lapse_unanswered() == 0
    clock.move_to(date(2026, 5, 12))
    assert await lapse_unanswered() == 1


@pytest.mark.parametrize("state", ["FAILED", "DROPPED"])
async def test_a_warning_that_reached_nobody_is_none(db: FreshDatabase, clock: Clock, state: str) -> None:
    lawyer, mayor = await builders.person(Role.LEGAL), await builders.person(Role.MUNICIPAL)
    await term(10)
    review = await returned(mayor, lawyer)
    await warned(review, clock, date(2026, 3, 16))
    await Notice.filter(key__startswith="deadline:lapsing").update(state=state)
    clock.move_to(date(2026, 6, 1))
    assert await lapse_unanswered() == 0


async def test_what_came_in_since_the_return_is_for_a_person_to_judge(db: FreshDatabase, clock: Clock) -> None:
    head, lawyer = await builders.person(Role.LEGAL_HEAD), await builders.person(Role.LEGAL)
    mayor = await builders.person(Role.MUNICIPAL)
    await term(10)
    review = await returned(mayor, lawyer)
    await builders.asked(review, await builders.requirement("FOTO", mandatory=False))
    await warned(review, clock, date(2026, 3, 16))
    file = await builders.stored_file(mayor)
    await submit_requirement(actor=mayor, review_id=review.id, requirement_code="FOTO", file_id=file.id)
    clock.move_to(date(2026, 6, 1))
    assert await lapse_unanswered() == 0
    shown = (await asked(mayor, SHOWN, code=review.code))["legalReview"]["lapse"]
    assert (shown["handedIn"], shown["possible"], shown["lastDay"]) == (True, True, "2026-03-23")
    payload = await done(head, LAPSE, reviewId=id_of(review))
    assert payload["review"]["conclusion"].endswith("sin que se enviara la respuesta.")


async def test_what_came_in_before_another_return_does_not_count(db: FreshDatabase, clock: Clock) -> None:
    lawyer, mayor = await builders.person(Role.LEGAL), await builders.person(Role.MUNICIPAL)
    await term(10)
    review = await returned(mayor, lawyer)
    await builders.asked(review, await builders.requirement("FOTO", mandatory=False))
    file = await builders.stored_file(mayor)
    await submit_requirement(actor=mayor, review_id=review.id, requirement_code="FOTO", file_id=file.id)
    await submit_for_review(actor=mayor, review_id=review.id)
    await return_review(
        actor=lawyer, review_id=review.id, observations=SEEN, working_days=5, reason_for_second_return="Falta."
    )
    await warned(await stages.again(review), clock, date(2026, 3, 16))
    clock.move_to(date(2026, 3, 24))
    assert await lapse_unanswered() == 1


async def test_an_answer_or_a_withdrawal_stops_it(db: FreshDatabase, clock: Clock) -> None:
    lawyer, mayor = await builders.person(Role.LEGAL), await builders.person(Role.MUNICIPAL)
    await term(10)
    answered, given_up = await returned(mayor, lawyer), await returned(mayor, lawyer)
    for review in (answered, given_up):
        await warned(review, clock, date(2026, 3, 16))
    clock.move_to(date(2026, 6, 1))
    await submit_for_review(actor=mayor, review_id=answered.id)
    await withdraw_review(actor=mayor, review_id=given_up.id, reason="Ya no.")
    system = await system_user()
    for review in (answered, given_up):
        assert await lapse_review(actor=system, review_id=review.id) is None
    assert await lapse_unanswered() == 0
    assert (await stages.again(answered)).stage == ReviewStage.IN_ANALYSIS
    assert await lapse_review(actor=system, review_id=999_999) is None


async def test_an_unconfirmed_term_is_shown_to_the_office_alone(db: FreshDatabase, clock: Clock) -> None:
    lawyer, mayor = await builders.person(Role.LEGAL), await builders.person(Role.MUNICIPAL)
    review = await returned(mayor, lawyer)
    assert (await asked(mayor, SHOWN, code=review.code))["legalReview"]["lapse"] is None
    shown = (await asked(lawyer, SHOWN, code=review.code))["legalReview"]["lapse"]
    assert shown == {"lastDay": "2026-04-22", "days": 30, "confirmed": False, "handedIn": False, "possible": False}
    await term(10)
    shown = (await asked(mayor, SHOWN, code=review.code))["legalReview"]["lapse"]
    assert (shown["confirmed"], shown["lastDay"]) == (True, "2026-03-23")
    desk = await stages.file_in(ReviewStage.IN_ANALYSIS)
    assert (await asked(lawyer, SHOWN, code=desk.code))["legalReview"]["lapse"] is None


async def test_missing_damaged_and_stale(db: FreshDatabase, clock: Clock) -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    review = await stages.file_in(ReviewStage.RETURNED, due_on=date(2025, 6, 2))
    assert (await refusal(head, LAPSE, reviewId=id_text("LegalReview"))).code == "NOT_FOUND"
    for given in bad_ids("LegalReview"):
        assert (await refusal(head, LAPSE, reviewId=given)).path == "reviewId"
    assert (await refusal(head, LAPSE, reviewId=id_of(review), expectedVersion=9)).code == "STALE"
    open_ended = await stages.file_in(ReviewStage.RETURNED)
    assert "sin plazo" in (await refusal(head, LAPSE, reviewId=id_of(open_ended))).message


@pytest.mark.parametrize("role", [one for one in Role if one not in (Role.LEGAL_HEAD, Role.SYSTEM)])
async def test_only_the_head_does(db: FreshDatabase, clock: Clock, role: Role) -> None:
    review = await stages.file_in(ReviewStage.RETURNED, due_on=date(2025, 6, 2))
    await forbidden(await builders.person(role), LAPSE, reviewId=id_of(review))


async def test_the_page_offers_it_to_the_head_when_it_is_time(
    db: FreshDatabase, clock: Clock, app_client: httpx.AsyncClient
) -> None:
    head, lawyer = await builders.person(Role.LEGAL_HEAD), await builders.person(Role.LEGAL)
    review = await returned(await builders.person(Role.MUNICIPAL), lawyer)
    await enter(app_client, head)
    early = await app_client.get(f"/expedientes/{review.code}")
    assert "LapseReview" not in [one.values.get("_operation") for one in forms(early)]
    clock.move_to(date(2026, 4, 23))
    await enter(app_client, head)
    page = await app_client.get(f"/expedientes/{review.code}")
    assert "todavía no confirmó ese plazo" in page.text
    answer = await send(app_client, page, form(page, "LapseReview"))
    assert answer.status_code == 303, answer.text
    page = await app_client.get(answer.headers["location"])
    assert "La solicitud se tiene por desistida: el plazo para responder la PROVIDENCIA-AJ-1-2026" in page.text
    await enter(app_client, lawyer)
    other = await stages.file_in(ReviewStage.RETURNED, due_on=date(2025, 6, 2))
    page = await app_client.get(f"/expedientes/{other.code}")
    assert "LapseReview" not in [one.values.get("_operation") for one in forms(page)]
