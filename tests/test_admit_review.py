"""The engine's step after a submission: what is wanting, whose desk has room, and once only."""

from datetime import date

import pytest

from actions.refusals import Forbidden
from actions.reviews import admit_review
from models.audit import AuditEntry, Verb
from models.outbox import Notice
from models.people import Role
from models.reviews import ReviewStage
from tests import builders, stages
from tests.door import everything, last_entry

pytestmark = pytest.mark.usefixtures("db", "clock")


async def test_the_least_loaded_lawyer_is_proposed_and_told() -> None:
    engine = await stages.engine()
    head, busy, free, gone = [
        await builders.person(Role.LEGAL_HEAD), await builders.person(Role.LEGAL), await builders.person(Role.LEGAL),
        await builders.person(Role.LEGAL, active=False),
    ]  # fmt: skip
    for stage in (ReviewStage.IN_ANALYSIS, ReviewStage.RETURNED):
        await stages.file_in(stage, assignee=busy)
    await stages.file_in(ReviewStage.RECEIVED, proposed_lawyer=free)
    # What is concluded lies on nobody's desk.
    for _ in range(3):
        await stages.file_in(ReviewStage.DICTAMEN_ISSUED, assignee=free)
    review = await stages.file_in(ReviewStage.RECEIVED, due_on=date(2026, 3, 16))

    admitted = await admit_review(actor=engine, review_id=review.id)

    assert admitted
    assert (admitted.proposed_lawyer_id, admitted.assignee_id, admitted.admitted) == (free.id, None, True)
    assert admitted.stage == ReviewStage.RECEIVED
    assert set(await Notice.all().values_list("recipient", flat=True)) == {head.email, free.email}
    assert gone.email not in await Notice.all().values_list("recipient", flat=True)
    assert "16/03/2026" in (await Notice.first()).body
    entry = await last_entry()
    assert (entry.verb, entry.actor_id, entry.subject_id) == (Verb.ADMIT_REVIEW, engine.id, str(review.id))


async def test_among_equals_the_one_known_longest_is_proposed() -> None:
    first, _ = await builders.person(Role.LEGAL), await builders.person(Role.LEGAL)
    review = await stages.file_in(ReviewStage.RECEIVED)

    admitted = await admit_review(actor=await stages.engine(), review_id=review.id)

    assert admitted
    assert admitted.proposed_lawyer_id == first.id


async def test_an_office_without_lawyers_still_admits() -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    review = await stages.file_in(ReviewStage.RECEIVED)

    admitted = await admit_review(actor=await stages.engine(), review_id=review.id)

    assert admitted
    assert admitted.proposed_lawyer_id is None
    assert await Notice.all().values_list("recipient", flat=True) == [head.email]


async def test_it_lists_what_is_wanting() -> None:
    engine = await stages.engine()
    review = await stages.file_in(ReviewStage.RECEIVED)
    await builders.asked(review, await builders.requirement("FOTO", mandatory=False))

    admitted = await admit_review(actor=engine, review_id=review.id)

    assert admitted
    assert admitted.missing == ["Requisito FOTO", "Punto de acta del Concejo Municipal, que todavía no está anotado"]
    assert "Requisito FOTO" in (await last_entry()).summary


@pytest.mark.parametrize(
    ("minute", "words"),
    [
        ({}, []),
        ({"approved_date": None}, ["El acta todavía no consta como leída y aprobada por el Concejo."]),
        ({"approved_date": date(2026, 3, 12)}, ["El acta se aprobó más de 30 días después de la sesión."]),
        ({"votes_for": 4, "votes_against": 4}, ["El punto no alcanzó mayoría de votos a favor."]),
    ],
)
async def test_a_doubtful_minute_is_wanting_too(minute: dict[str, object], words: list[str]) -> None:
    review = await stages.file_in(ReviewStage.RECEIVED)
    await stages.council_minute(await stages.convention_of(review), **minute)

    admitted = await admit_review(actor=await stages.engine(), review_id=review.id)

    assert admitted
    assert admitted.missing == words


async def test_twice_is_once() -> None:
    engine, lawyer = await stages.engine(), await builders.person(Role.LEGAL)
    review = await stages.file_in(ReviewStage.RECEIVED)
    await admit_review(actor=engine, review_id=review.id)
    before = await everything()

    assert await admit_review(actor=engine, review_id=review.id) is None

    assert await everything() == before
    assert await Notice.all().values_list("recipient", flat=True) == [lawyer.email]


async def test_a_file_that_came_back_keeps_its_lawyer_and_only_that_one_is_told() -> None:
    engine, lawyer, _ = await stages.engine(), await builders.person(Role.LEGAL), await builders.person(Role.LEGAL)
    await builders.person(Role.LEGAL_HEAD)
    review = await stages.file_in(ReviewStage.IN_ANALYSIS, assignee=lawyer, returns_count=1)

    admitted = await admit_review(actor=engine, review_id=review.id)

    assert admitted
    assert (admitted.proposed_lawyer_id, admitted.stage) == (lawyer.id, ReviewStage.IN_ANALYSIS)
    assert await Notice.all().values_list("recipient", flat=True) == [lawyer.email]


async def test_nothing_is_done_elsewhere_or_by_people() -> None:
    engine = await stages.engine()
    files = [await stages.file_in(stage) for stage in ReviewStage if stage not in ("RECEIVED", "IN_ANALYSIS")]
    waiting = await stages.file_in(ReviewStage.RECEIVED)
    before = await everything()

    for review in files:
        assert await admit_review(actor=engine, review_id=review.id) is None
    assert await admit_review(actor=engine, review_id=999_999) is None
    for role in set(Role) - {Role.SYSTEM}:
        person = await builders.person(role)
        with pytest.raises(Forbidden):
            await admit_review(actor=person, review_id=waiting.id)

    assert await AuditEntry.all().count() == 0
    assert (await everything())["legal_reviews"] == before["legal_reviews"]


async def test_what_the_engine_notes_makes_no_open_form_stale() -> None:
    review = await stages.file_in(ReviewStage.RECEIVED)
    seen = review.version
    await admit_review(actor=await stages.engine(), review_id=review.id)
    await review.refresh_from_db()
    assert review.admitted
    assert review.version == seen
    assert {"field": "admitted", "before": False, "after": True} in [
        {name: change[name] for name in ("field", "before", "after")} for change in (await last_entry()).changes
    ]
