"""The draft that the engine leaves when a file comes in wanting: whole, once, and never over what a person wrote."""

import asyncio
from datetime import date

import httpx
import pytest

from actions.drafts import save_draft, submit_draft
from actions.paper_contents import ObservationInput, Written
from actions.papers import return_review
from actions.people import system_user
from actions.reviews import admit_review, submit_for_review
from actions.signing import record_council_minute
from models.drafts import DraftState, PaperDraft
from models.outbox import Notice
from models.papers import DocumentKind
from models.people import Role, User
from models.reviews import LegalReview, Observation, Requirement, ReviewStage
from tests import builders, stages
from tests.browsing import enter, form, forms, send
from tests.conftest import Clock, FreshDatabase
from tests.door import changed, everything, last_entry

pytestmark = pytest.mark.both_databases
MINE = Written(observations=[ObservationInput("Plano", "Borroso.", "Otro legible.")])
DAY = date(2026, 3, 2)


async def wanting(stage: ReviewStage = ReviewStage.RECEIVED, **more: object) -> LegalReview:
    """Return a file without its photograph, which is optional, and without the council's minute."""
    review = await stages.file_in(stage, **more)  # type: ignore[arg-type]
    line = await Requirement.get_or_none(code="FOTO") or await builders.requirement("FOTO", mandatory=False)
    await builders.asked(review, line, help="De la fachada.", legal_basis="Acuerdo 5")
    return review


async def admit(review: LegalReview) -> LegalReview | None:
    """Let the engine look at a file."""
    return await admit_review(actor=await system_user(), review_id=review.id)


async def subjects(review: LegalReview) -> list[str]:
    """Return what the file's living draft of a providencia observes."""
    draft = await PaperDraft.filter(review=review, kind=DocumentKind.PROVIDENCIA).exclude(state="ISSUED").get()
    return [one["subject"] for one in draft.data["observations"]]


async def test_each_missing_line_is_an_observation(db: FreshDatabase, clock: Clock) -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    review = await wanting()

    await admit(review)

    draft = await PaperDraft.get(review=review)
    assert (draft.kind, draft.state, draft.author_id) == ("PROVIDENCIA", "DRAFT", (await system_user()).id)
    assert draft.data == {
        "observations": [
            {
                "subject": "Requisito FOTO", "finding": "No consta en el expediente.", "legal_basis": "Acuerdo 5",
                "cure": "Entregue este requisito. De la fachada.",
            },
            {
                "subject": "Punto de acta del Concejo Municipal",
                "finding": "Punto de acta del Concejo Municipal, que todavía no está anotado.", "legal_basis": "",
                "cure": (
                    "Anote o corrija el punto de acta con que el Concejo autoriza la firma, y suba su certificación."
                ),
            },
        ],
        "working_days": None,
        "reason_for_second_return": "",
    }  # fmt: skip
    said = "Quedó preparado un borrador de providencia con 2 observaciones, para corregirlo y emitirlo o descartarlo."
    assert said in (await Notice.get(recipient=head.email)).body
    entry = await last_entry()
    assert "borrador" not in entry.summary, "the requester reads the trail, and drafts are the office's own"
    assert changed(entry, draft)["kind"] == (None, "PROVIDENCIA")


async def test_a_whole_file_leaves_no_draft(db: FreshDatabase, clock: Clock) -> None:
    review = await stages.file_in(ReviewStage.RECEIVED)
    await stages.council_minute(await stages.convention_of(review))
    await admit(review)
    assert not await PaperDraft.exists()


async def test_two_engines_at_once_leave_one(db: FreshDatabase, clock: Clock) -> None:
    review = await wanting()
    await asyncio.gather(*(admit(review) for _ in range(4)))
    assert await PaperDraft.all().count() == 1
    before = await everything()
    assert await admit(review) is None
    assert await everything() == before


@pytest.mark.parametrize("state", [DraftState.DRAFT, DraftState.SUBMITTED, DraftState.APPROVED, DraftState.SENT_BACK])
async def test_what_a_person_wrote_stays(db: FreshDatabase, clock: Clock, state: DraftState) -> None:
    lawyer = await builders.person(Role.LEGAL)
    review = await wanting(ReviewStage.IN_ANALYSIS, assignee=lawyer, returns_count=1)
    await builders.draft(
        review, lawyer, kind=DocumentKind.PROVIDENCIA, data={"observations": [{"subject": "Mío"}]}, state=state
    )
    before = await PaperDraft.all().values()
    await admit(review)
    assert await PaperDraft.all().values() == before
    assert not await Notice.filter(body__contains="borrador").exists()


async def test_the_lawyer_issues_it_as_it_is_or_corrected(db: FreshDatabase, clock: Clock) -> None:
    lawyer, mayor = await builders.person(Role.LEGAL), await builders.person(Role.MUNICIPAL)
    review = await wanting(ReviewStage.IN_ANALYSIS, assignee=lawyer, requested_by=mayor)
    await admit(review)
    content = Written.kept((await PaperDraft.get(review=review)).data)
    await return_review(actor=lawyer, review_id=review.id, observations=list(content.observations))
    assert (await PaperDraft.get(review=review)).state == DraftState.ISSUED
    assert await Observation.filter(review=review).count() == 2

    # It comes back as it was: a new submission, a new draft.
    await submit_for_review(actor=mayor, review_id=review.id)
    await admit(review)
    assert await subjects(review) == ["Requisito FOTO", "Punto de acta del Concejo Municipal"]
    await save_draft(actor=lawyer, review_id=review.id, kind=DocumentKind.PROVIDENCIA, written=MINE)
    draft = await PaperDraft.get(review=review, state=DraftState.DRAFT)
    assert draft.author_id == lawyer.id


async def test_what_comes_in_meanwhile_leaves_the_engines_own_draft(db: FreshDatabase, clock: Clock) -> None:
    lawyer, mayor = await builders.person(Role.LEGAL), await builders.person(Role.MUNICIPAL)
    review, other = [await wanting(ReviewStage.IN_ANALYSIS, assignee=lawyer) for _ in range(2)]
    for one in (review, other):
        await admit(one)
    await save_draft(actor=lawyer, review_id=other.id, kind=DocumentKind.PROVIDENCIA, written=MINE)
    for one in (review, other):
        await record_council_minute(
            actor=mayor, convention_id=one.convention_id, act_number="1", point_number="2", session_date=DAY,
            approved_date=DAY,
        )  # fmt: skip
    assert await subjects(review) == ["Requisito FOTO"]
    assert await subjects(other) == ["Plano"]


async def test_a_draft_that_was_sent_is_the_lawyers(db: FreshDatabase, clock: Clock) -> None:
    lawyer, mayor = await builders.person(Role.LEGAL), await builders.person(Role.MUNICIPAL)
    review = await wanting(ReviewStage.IN_ANALYSIS, assignee=lawyer)
    await admit(review)
    await submit_draft(actor=lawyer, review_id=review.id, kind=DocumentKind.PROVIDENCIA)
    await record_council_minute(
        actor=mayor, convention_id=review.convention_id, act_number="1", point_number="2", session_date=DAY,
        approved_date=DAY,
    )  # fmt: skip
    assert len(await subjects(review)) == 2


async def lawyer_with(app_client: httpx.AsyncClient) -> tuple[User, LegalReview]:
    """Return a lawyer who is signed in, with a file that the engine looked at."""
    lawyer = await builders.person(Role.LEGAL)
    review = await wanting(ReviewStage.IN_ANALYSIS, assignee=lawyer)
    await admit(review)
    await enter(app_client, lawyer)
    return lawyer, review


async def test_the_pages_say_that_the_system_prepared_it(
    db: FreshDatabase, clock: Clock, app_client: httpx.AsyncClient
) -> None:
    _, review = await lawyer_with(app_client)
    assert "preparado por el sistema" in (await app_client.get(f"/expedientes/{review.code}")).text
    assert "Preparado por el sistema" in (await app_client.get(f"/expedientes/{review.code}/borrador")).text
    page = await app_client.get(f"/expedientes/{review.code}/devolver")
    assert "<b>Preparado por el sistema</b>" in page.text
    assert (await app_client.get(f"/expedientes/{review.code}/dictamen")).status_code == 200
    filled = form(page, "ReturnReview")
    assert filled.values["observations.0.subject"] == "Requisito FOTO"
    answer = await send(app_client, page, filled, **{"observations.0.subject": "Fotografía"})
    assert answer.status_code == 303, answer.text
    assert set(await Observation.all().values_list("subject", flat=True)) == {
        "Fotografía", "Punto de acta del Concejo Municipal"
    }  # fmt: skip


async def test_it_is_thrown_away_and_comes_again_with_the_next_submission(
    db: FreshDatabase, clock: Clock, app_client: httpx.AsyncClient
) -> None:
    lawyer, review = await lawyer_with(app_client)
    page = await app_client.get(f"/expedientes/{review.code}/borrador")
    answer = await send(app_client, page, form(page, "SaveDraft"))
    assert answer.status_code == 303, answer.text
    page = await app_client.get(answer.headers["location"])
    assert "El borrador se descartó." in page.text
    assert "no tiene borradores por emitir" in page.text
    assert "SaveDraft" not in [one.values.get("_operation") for one in forms(page)]
    assert "borrador</a>" not in (await app_client.get(f"/expedientes/{review.code}")).text
    page = await app_client.get(f"/expedientes/{review.code}/devolver")
    assert form(page, "ReturnReview").values["observations.0.subject"] == ""
    assert "Preparar las 2 observaciones" in page.text
    draft = await PaperDraft.get(review=review)
    assert draft.author_id == lawyer.id
    await LegalReview.filter(id=review.id).update(admitted=False)
    await admit(review)
    assert len(await subjects(review)) == 2
