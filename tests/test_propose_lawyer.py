"""Whom the engine proposes: who has room and knows the matter best; and it says why, in the trail, mail and page."""

from datetime import date

import httpx
import pytest

from actions.reviews import admit_review
from models.outbox import Notice
from models.people import Role, User
from models.reviews import LegalReview, ReviewMatter, ReviewStage
from reads.proposals import CLOSE, known_matters, propose_lawyer
from tests import builders, stages
from tests.browsing import enter
from tests.conftest import Clock, FreshDatabase
from tests.door import last_entry, told
from tests.test_centers_read import counting

ON = date(2026, 3, 2)
MAD = ReviewMatter.CONVENTION_MAD
REASON = "query ($code: String!) { legalReview(code: $code) { proposedLawyer { name } proposalReason } }"
pytestmark = pytest.mark.both_databases


async def lawyer(name: str, *, open_files: int = 0, known: int = 0) -> User:
    """Return a lawyer with files to analyze, of another matter, and files of the matter that are over."""
    person = await builders.person(Role.LEGAL, name=name)
    for _ in range(open_files):
        await stages.file_in(ReviewStage.IN_ANALYSIS, assignee=person, matter=ReviewMatter.OPINION)
    for _ in range(known):
        await stages.file_in(ReviewStage.CLOSED, assignee=person)
    return person


async def proposed(review: LegalReview) -> str:
    """Return the name of whom the engine would propose today."""
    found = await propose_lawyer(review, await stages.engine(), on=ON)
    return found.name if found else ""


async def test_of_those_with_room_the_one_who_knows_the_matter(db: FreshDatabase, clock: Clock) -> None:
    await lawyer("Libre")
    await lawyer("Sabe", open_files=CLOSE, known=3)
    await lawyer("Sabe más y está llena", open_files=CLOSE + 1, known=9)
    assert await proposed(await stages.file_in(ReviewStage.RECEIVED)) == "Sabe"


async def test_who_knows_as_much_is_told_apart_by_load_and_then_by_years(db: FreshDatabase, clock: Clock) -> None:
    await lawyer("Primera", open_files=1, known=2)
    await lawyer("Con menos", known=2)
    await lawyer("Igual", known=2)
    assert await proposed(await stages.file_in(ReviewStage.RECEIVED)) == "Con menos"


async def test_only_the_last_year_of_the_same_matter_counts(db: FreshDatabase, clock: Clock) -> None:
    person = await builders.person(Role.LEGAL)
    for received, matter, stage in (
        (date(2025, 3, 2), MAD, ReviewStage.CLOSED),
        (date(2025, 3, 3), MAD, ReviewStage.CLOSED),
        (date(2026, 3, 2), MAD, ReviewStage.IN_ANALYSIS),
        (date(2026, 3, 2), MAD, ReviewStage.WITHDRAWN),
        (date(2026, 3, 3), MAD, ReviewStage.CLOSED),
        (date(2026, 2, 2), ReviewMatter.OPINION, ReviewStage.CLOSED),
    ):
        await stages.file_in(stage, assignee=person, matter=matter, received_on=received)
    key = (person.id, MAD)
    assert await known_matters([key], await stages.engine(), on=ON) == {key: 2}


async def test_it_says_why(db: FreshDatabase, clock: Clock, app_client: httpx.AsyncClient) -> None:
    head, mayor = await builders.person(Role.LEGAL_HEAD), await builders.person(Role.MUNICIPAL)
    chosen = await lawyer("Ana Paz", open_files=2, known=5)
    review = await stages.file_in(ReviewStage.RECEIVED)
    why = "2 expedientes abiertos, 5 de esta materia en el último año"

    await admit_review(actor=await stages.engine(), review_id=review.id)

    # The requester reads the trail: how many files each lawyer has is the office's own.
    assert "Ana Paz" not in (await last_entry()).summary
    for person in (head, chosen):
        assert f"Se propone a Ana Paz: {why}." in (await Notice.get(recipient=person.email)).body
    shown = (await told(head, REASON, code=review.code))["legalReview"]
    assert shown == {"proposedLawyer": {"name": "Ana Paz"}, "proposalReason": why}
    # What the office has to do is none of a municipality's business.
    assert (await told(mayor, REASON, code=review.code))["legalReview"]["proposalReason"] is None
    for person in (head, await builders.person(Role.LEGAL)):
        await enter(app_client, person)
        assert f"Se propone a Ana Paz: {why}." in (await app_client.get(f"/expedientes/{review.code}")).text
    await LegalReview.filter(id=review.id).update(assignee_id=chosen.id, stage=ReviewStage.IN_ANALYSIS)
    assert (await told(head, REASON, code=review.code))["legalReview"]["proposalReason"] is None


async def test_words_for_none_and_one(db: FreshDatabase, clock: Clock) -> None:
    await lawyer("Nueva")
    review = await stages.file_in(ReviewStage.RECEIVED)
    engine = await stages.engine()
    first = await propose_lawyer(review, engine, on=ON)
    assert first
    assert first.sentence() == (
        "se propone a Nueva: ningún expediente abierto, ninguno de esta materia en el último año"
    )
    await stages.file_in(ReviewStage.IN_ANALYSIS, assignee=await User.get(name="Nueva"))
    second = await propose_lawyer(review, engine, on=ON)
    assert second
    assert second.sentence().endswith("1 expediente abierto, 1 de esta materia en el último año")


async def test_the_statements_do_not_grow_with_the_office(db: FreshDatabase, clock: Clock) -> None:
    engine = await stages.engine()
    await lawyer("Una", open_files=1, known=1)
    review = await stages.file_in(ReviewStage.RECEIVED)
    with counting() as few:
        await propose_lawyer(review, engine, on=ON)
    for one in range(5):
        await lawyer(f"Otra {one}", open_files=1, known=1)
    with counting() as many:
        await propose_lawyer(review, engine, on=ON)
    assert len(few) == len(many) == 3
