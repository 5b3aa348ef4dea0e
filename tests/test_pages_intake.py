"""Registering a paper, preparing a providencia from what is missing, taking a file back, ending it: in the pages."""

from datetime import date

import httpx
import pytest

from actions.papers import ObservationInput, return_review
from models.agreements import AgreementStage
from models.papers import Outcome
from models.people import Role, User
from models.reviews import LegalReview, Observation, ReviewStage
from tests import builders, stages
from tests.browsing import enter, form, forms, send
from tests.conftest import Clock


@pytest.fixture
async def lawyer(clock: Clock, app_client: httpx.AsyncClient) -> User:
    """Sign a lawyer in."""
    person = await builders.person(Role.LEGAL)
    await enter(app_client, person)
    return person


async def test_a_paper_is_registered_and_what_was_typed_survives_a_mistake(
    lawyer: User, app_client: httpx.AsyncClient
) -> None:
    await builders.places()
    assert 'href="/expedientes/nuevo"' in (await app_client.get("/expedientes")).text
    page = await app_client.get("/expedientes/nuevo")
    filled = form(page, "RegisterReview")
    assert filled.values["receivedOn"] == "2026-03-02"
    assert filled.files == {"fileId"}
    typed = {"title": "Consulta «a» <b>", "requestingUnit": "Dirección Financiera", "municipalityCode": "1610"}
    again = await send(app_client, page, filled, **typed, folios="siete")
    assert again.status_code == 422
    assert "#f-matter" in again.text
    assert "Escriba un número entero" in again.text
    filled = form(again, "RegisterReview")
    assert typed.items() <= filled.values.items()
    pdf = {"fileId": ("oficio.pdf", b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n%%EOF\n")}
    done = await send(app_client, again, filled, pdf, matter="OPINION", folios="7")
    assert done.status_code == 303, done.text
    review = await LegalReview.get()
    assert done.headers["location"] == f"/expedientes/{review.code}?hecho=RegisterReview"
    shown = await app_client.get(done.headers["location"])
    assert f"registrado con el código {review.code}" in shown.text
    assert "oficio.pdf" in shown.text


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN, Role.DIRECTOR, Role.MUNICIPAL])
async def test_others_are_not_offered_the_form(clock: Clock, app_client: httpx.AsyncClient, role: Role) -> None:
    await enter(app_client, await builders.person(role))
    assert (await app_client.get("/expedientes/nuevo")).status_code == 403
    assert "/expedientes/nuevo" not in (await app_client.get("/expedientes")).text


async def test_what_is_missing_becomes_observations(lawyer: User, app_client: httpx.AsyncClient) -> None:
    file = await stages.file_in(
        ReviewStage.IN_ANALYSIS, assignee=lawyer, missing=["Requisito FOTO", "Punto de acta, que no está anotado"]
    )
    await builders.asked(file, await builders.requirement("FOTO", mandatory=False, help="De la fachada."))
    await builders.asked(file, await builders.requirement("ACTA"), fulfilled=True)
    line = await file.requirements.filter(code="FOTO").first()  # type: ignore[attr-defined]
    line.legal_basis, line.help = "Acuerdo 5", "De la fachada."
    await line.save()
    page = await app_client.get(f"/expedientes/{file.code}/devolver")
    assert "Preparar las 2 observaciones de lo que falta" in page.text
    assert form(page, "ReturnReview").values["observations.0.subject"] == ""
    page = await app_client.get(f"/expedientes/{file.code}/devolver?faltantes=1")
    values = form(page, "ReturnReview").values
    assert values["observations.0.subject"] == "Requisito FOTO"
    assert values["observations.0.legalBasis"] == "Acuerdo 5"
    assert values["observations.0.cure"] == "Entregue este requisito. De la fachada."
    assert values["observations.1.subject"] == "Punto de acta del Concejo Municipal"
    assert values["observations.1.finding"] == "Punto de acta, que no está anotado."
    answer = await send(app_client, page, form(page, "ReturnReview"), **{"observations.0.subject": "Fotografías"})
    assert answer.status_code == 303, answer.text
    subjects = await Observation.filter(review_id=file.id).order_by("id").values_list("subject", flat=True)
    assert list(subjects) == ["Fotografías", "Punto de acta del Concejo Municipal"]


async def test_each_return_is_shown_with_its_reason_and_the_file_is_taken_back_on_paper(
    lawyer: User, app_client: httpx.AsyncClient, clock: Clock
) -> None:
    term = {"due_on": date(2026, 3, 16), "due_from": date(2026, 3, 2), "due_days": 10}
    file = await stages.file_in(ReviewStage.IN_ANALYSIS, assignee=lawyer, requested_by=lawyer, **term)
    seen = [ObservationInput("DPI", "Vencido.", "Entregar otro.")]
    await return_review(actor=lawyer, review_id=file.id, observations=seen, working_days=5)
    clock.move_to(date(2026, 3, 5))
    await enter(app_client, lawyer)
    page = await app_client.get(f"/expedientes/{file.code}")
    assert "Devolución del 2 de marzo de 2026, PROVIDENCIA-AJ-1-2026: 5 días hábiles para responder" in page.text
    assert "le quedaban 10 días hábiles" in page.text
    assert "El turno es de quien solicita" in page.text

    back = await send(app_client, page, form(page, "SubmitForReview"))

    assert back.status_code == 303, back.text
    assert (await stages.again(file)).due_on == date(2026, 3, 19)
    await return_review(
        actor=lawyer, review_id=file.id, observations=seen, reason_for_second_return="Entregó el mismo DPI."
    )
    page = await app_client.get(f"/expedientes/{file.code}")
    assert "Devolución 1 del 2 de marzo" in page.text
    assert "Devolución 2 del 5 de marzo" in page.text
    assert "Por qué se devolvió de nuevo:</b> Entregó el mismo DPI." in page.text


async def test_an_unfavorable_dictamen_is_concluded_from_the_file(lawyer: User, app_client: httpx.AsyncClient) -> None:
    file = await stages.file_in(ReviewStage.DICTAMEN_ISSUED, outcome=Outcome.UNFAVORABLE, assignee=lawyer)
    page = await app_client.get(f"/expedientes/{file.code}")
    assert "Tiene dictamen desfavorable" in page.text
    again = await send(app_client, page, form(page, "ConcludeReview"))
    assert again.status_code == 422
    assert "Complete este dato." in again.text
    done = await send(app_client, again, form(again, "ConcludeReview"), reason="No procede <b>.")
    assert done.status_code == 303, done.text
    page = await app_client.get(f"/expedientes/{file.code}")
    assert "No procede &lt;b&gt;." in page.text
    assert (await stages.convention_of(file)).stage == AgreementStage.WITHDRAWN


async def test_a_colleague_is_not_offered_the_end_of_a_file(lawyer: User, app_client: httpx.AsyncClient) -> None:
    file = await stages.file_in(ReviewStage.IN_ANALYSIS, assignee=await builders.person(Role.LEGAL))
    page = await app_client.get(f"/expedientes/{file.code}")
    assert "ConcludeReview" not in [one.values.get("_operation") for one in forms(page)]
