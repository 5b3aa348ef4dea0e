"""A municipality at work in its browser: home, renewal, file and requisites, and what it must never see."""

import httpx
import pytest

from models.agreements import AgreementStage, Convention
from models.people import Role, User
from models.reviews import Evidence, LegalReview, ReviewRequirement, ReviewStage
from models.signing import CouncilMinute
from tests import builders
from tests.browsing import FROM_HERE, enter, form, forms, send
from tests.builders import CHAMELCO, MIXCO
from tests.conftest import Clock

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


@pytest.fixture
async def secretary(clock: Clock, app_client: httpx.AsyncClient) -> User:
    """Sign the municipal secretary of San Juan Chamelco in."""
    person = await builders.person(Role.MUNICIPAL, at=CHAMELCO)
    await enter(app_client, person)
    return person


async def gathering(by: User, *, codes: tuple[str, ...] = ("SOLICITUD", "DPI_ALCALDE")) -> LegalReview:
    """Return a file that still gathers these requisites."""
    review = await builders.review(requested_by=by)
    for code in codes:
        await builders.asked(review, await builders.requirement(code))
    return review


async def test_home_shows_the_own_conventions_only(secretary: User, app_client: httpx.AsyncClient) -> None:
    own = await builders.convention(centers=[await builders.center("Casa de los Abuelos")])
    foreign = await builders.convention(at=MIXCO, centers=[await builders.center("Hogar de Mixco", at=MIXCO)])
    page = await app_client.get("/municipalidad")
    assert page.status_code == 200
    assert "San Juan Chamelco, Alta Verapaz" in page.text
    assert own.number in page.text
    assert "Casa de los Abuelos" in page.text
    assert "31 de marzo de 2026" in page.text
    assert "vence en 29 días" in page.text
    assert f"/convenios/{own.number}/renovar" in page.text
    assert foreign.number not in page.text
    assert "Mixco" not in page.text


async def test_home_puts_first_what_waits_for_the_municipality(secretary: User, app_client: httpx.AsyncClient) -> None:
    returned = await builders.review(requested_by=secretary, stage=ReviewStage.RETURNED)
    analyzed = await builders.review(requested_by=secretary, stage=ReviewStage.IN_ANALYSIS)
    page = await app_client.get("/municipalidad")
    assert page.text.index("Esperan por usted") < page.text.index(returned.code) < page.text.index("En camino")
    assert page.text.index("En camino") < page.text.index(analyzed.code)
    assert "RETURNED" not in page.text
    assert "IN_ANALYSIS" not in page.text


async def test_a_renewal_lands_on_its_new_file(secretary: User, app_client: httpx.AsyncClient) -> None:
    old = await builders.convention()
    await builders.requirement("SOLICITUD")
    page = await app_client.get(f"/convenios/{old.number}/renovar")
    answer = await send(app_client, page, form(page, "RequestRenewal"), termMonths="24", note="Se amplió el comedor.")
    new = await Convention.get(renews_id=old.id)
    review = await LegalReview.get(convention_id=new.id)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/expedientes/{review.code}?hecho=RequestRenewal",
    )
    assert (new.term_months, new.note, new.stage) == (24, "Se amplió el comedor.", AgreementStage.REQUESTED)
    file = await app_client.get(answer.headers["location"])
    assert file.status_code == 200
    assert "se abrió su expediente" in file.text
    assert form(file, "SubmitRequirement", requirementCode="SOLICITUD").files == {"fileId"}


@pytest.mark.parametrize("months", ["0", "121", "-3", "doce", "1.5", "99999999999"])
async def test_a_wrong_term_keeps_what_was_typed(secretary: User, app_client: httpx.AsyncClient, months: str) -> None:
    old = await builders.convention()
    page = await app_client.get(f"/convenios/{old.number}/renovar")
    typed = 'Nota con <b>"comillas"</b>\n  y sangría'
    answer = await send(app_client, page, form(page, "RequestRenewal"), termMonths=months, note=typed)
    assert answer.status_code == 422
    again = form(answer, "RequestRenewal")
    assert (again.values["termMonths"], again.values["note"]) == (months, typed)
    assert again.errors == 1
    assert 'role="alert"' in answer.text
    assert 'href="#f-termMonths"' in answer.text
    assert await Convention.all().count() == 1
    assert await LegalReview.all().count() == 0


async def test_a_convention_in_renewal_offers_no_second_one(secretary: User, app_client: httpx.AsyncClient) -> None:
    old = await builders.convention()
    page = await app_client.get(f"/convenios/{old.number}/renovar")
    await send(app_client, page, form(page, "RequestRenewal"))
    review = await LegalReview.all().get()
    again = await send(app_client, page, form(page, "RequestRenewal"), clientMutationId="another")
    assert again.status_code == 422
    assert "ya tiene una renovación en trámite" in again.text
    shown = await app_client.get(f"/convenios/{old.number}/renovar")
    assert [one for one in forms(shown) if "conventionId" in one.values] == []
    assert f"/expedientes/{review.code}" in shown.text


async def test_pressing_twice_asks_once(secretary: User, app_client: httpx.AsyncClient) -> None:
    old = await builders.convention()
    page = await app_client.get(f"/convenios/{old.number}/renovar")
    first = await send(app_client, page, form(page, "RequestRenewal"))
    second = await send(app_client, page, form(page, "RequestRenewal"))
    assert first.headers["location"] == second.headers["location"]
    assert await LegalReview.all().count() == 1


async def test_requisites_go_up_one_by_one_and_the_file_is_sent(secretary: User, app_client: httpx.AsyncClient) -> None:
    review = await gathering(secretary)
    address = f"/expedientes/{review.code}"
    page = await app_client.get(address)
    refused = await send(app_client, page, form(page, "SubmitForReview"))
    assert refused.status_code == 422
    assert refused.text.count("Súbalo antes de enviar") == 2
    assert 'href="#f-requirements.SOLICITUD"' in refused.text
    assert 'id="f-requirements.SOLICITUD"' in refused.text

    for code in ("SOLICITUD", "DPI_ALCALDE"):
        handed = form(page, "SubmitRequirement", requirementCode=code)
        answer = await send(app_client, page, handed, {"fileId": (f"{code}.pdf", PDF, "application/pdf")}, note="Va")
        assert answer.headers["location"] == f"{address}?hecho=SubmitRequirement"
    page = await app_client.get(answer.headers["location"])
    assert "Ya están todos los requisitos obligatorios" in page.text
    assert "SOLICITUD.pdf" in page.text
    assert await Evidence.filter(note="Va").count() == 2

    sent = await send(app_client, page, form(page, "SubmitForReview"))
    assert sent.headers["location"] == f"{address}?hecho=SubmitForReview"
    after = await app_client.get(sent.headers["location"])
    await review.refresh_from_db()
    assert review.stage == ReviewStage.RECEIVED
    assert "SubmitForReview" not in {one.values.get("_operation") for one in forms(after)}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("acta.pdf", b"MZ\x90\x00" + bytes(200), "su contenido no lo es"),
        ("macro.docm", b"PK\x03\x04" + bytes(200), "Se aceptan PDF"),
        ("vacio.pdf", b"", "vacío"),
    ],
)
async def test_a_hostile_requisite_is_refused_with_its_reason(
    secretary: User, app_client: httpx.AsyncClient, name: str, content: bytes, reason: str
) -> None:
    review = await gathering(secretary)
    page = await app_client.get(f"/expedientes/{review.code}")
    handed = form(page, "SubmitRequirement", requirementCode="DPI_ALCALDE")
    answer = await send(app_client, page, handed, {"fileId": (name, content, "application/pdf")}, note="mi nota")
    assert answer.status_code == 422
    assert reason in answer.text
    again = form(answer, "SubmitRequirement", requirementCode="DPI_ALCALDE")
    assert (again.errors, again.values["note"]) == (1, "mi nota")
    other = form(answer, "SubmitRequirement", requirementCode="SOLICITUD")
    assert (other.errors, other.values["note"]) == (0, "")
    assert await Evidence.all().count() == 0
    assert not (await ReviewRequirement.get(review_id=review.id, code="DPI_ALCALDE")).fulfilled


async def test_no_file_chosen_is_said_in_spanish(secretary: User, app_client: httpx.AsyncClient) -> None:
    review = await gathering(secretary)
    page = await app_client.get(f"/expedientes/{review.code}")
    values = form(page, "SubmitRequirement", requirementCode="SOLICITUD").values
    # A browser that sends no file names it "", which httpx cannot.
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}' for name, value in values.items()]
    parts.append('Content-Disposition: form-data; name="fileId"; filename=""\r\nContent-Type: text/plain\r\n\r\n')
    body = "".join(f"--limite\r\n{part}\r\n" for part in parts) + "--limite--\r\n"
    headers = {**FROM_HERE, "Content-Type": "multipart/form-data; boundary=limite"}
    answer = await app_client.post(str(page.request.url), content=body.encode(), headers=headers)
    assert answer.status_code == 422
    assert "Elija un archivo." in answer.text


async def test_a_scan_of_several_megabytes_passes(secretary: User, app_client: httpx.AsyncClient) -> None:
    review = await gathering(secretary)
    page = await app_client.get(f"/expedientes/{review.code}")
    handed = form(page, "SubmitRequirement", requirementCode="SOLICITUD")
    scan = PDF.replace(b"%%EOF", b"%" + b"x" * 3_000_000 + b"\n%%EOF")
    answer = await send(app_client, page, handed, {"fileId": ("escaneo.pdf", scan, "application/pdf")})
    assert answer.status_code == 303


async def test_the_council_minute_is_noted_from_the_file(secretary: User, app_client: httpx.AsyncClient) -> None:
    review = await gathering(secretary)
    page = await app_client.get(f"/expedientes/{review.code}")
    typed = {"actNumber": "15-2026", "pointNumber": "quinto", "approvedDate": "2026-02-20"}
    wrong = await send(app_client, page, form(page, "RecordCouncilMinute"), sessionDate="2026-02-30", **typed)
    assert wrong.status_code == 422
    assert "Escriba una fecha que exista" in wrong.text
    assert form(wrong, "RecordCouncilMinute").values["actNumber"] == "15-2026"
    assert await CouncilMinute.all().count() == 0
    done = await send(app_client, page, form(page, "RecordCouncilMinute"), sessionDate="2026-02-13", **typed)
    assert done.status_code == 303
    shown = await app_client.get(done.headers["location"])
    assert "Acta 15-2026, punto quinto" in shown.text
    assert "13 de febrero de 2026" in shown.text


async def test_giving_up_needs_a_reason(secretary: User, app_client: httpx.AsyncClient) -> None:
    review = await gathering(secretary)
    page = await app_client.get(f"/expedientes/{review.code}")
    refused = await send(app_client, page, form(page, "WithdrawReview"), reason="  ")
    assert refused.status_code == 422
    assert form(refused, "WithdrawReview").errors == 1
    done = await send(app_client, page, form(page, "WithdrawReview"), reason="Cambió la corporación municipal.")
    assert done.status_code == 303
    await review.refresh_from_db()
    assert review.stage == ReviewStage.WITHDRAWN


async def test_another_municipality_finds_nothing(clock: Clock, app_client: httpx.AsyncClient) -> None:
    owner = await builders.person(Role.MUNICIPAL, at=CHAMELCO)
    review = await gathering(owner)
    old = await builders.convention()
    await enter(app_client, await builders.person(Role.MUNICIPAL, at=MIXCO))
    for own, never in (
        (f"/expedientes/{review.code}", "/expedientes/EXP-2099-0001"),
        (f"/convenios/{old.number}/renovar", "/convenios/CONV-2099-0001/renovar"),
    ):
        page, nothing = await app_client.get(own), await app_client.get(never)
        assert page.status_code == nothing.status_code == 404
        assert page.text == nothing.text, "what is out of reach must look like what does not exist"


async def test_an_unknown_operation_is_a_bad_request(secretary: User, app_client: httpx.AsyncClient) -> None:
    review = await gathering(secretary)
    for operation in ("", "IssueDictamen", "SubmitRequirement; DROP TABLE"):
        answer = await app_client.post(f"/expedientes/{review.code}", data={"_operation": operation}, headers=FROM_HERE)
        assert answer.status_code == 400
        assert "La página no conoce esa operación" in answer.text


async def test_strangers_are_sent_to_sign_in(app_client: httpx.AsyncClient) -> None:
    for path in ("/municipalidad", "/expedientes/EXP-2026-0001", "/convenios/CONV-2025-0001/renovar"):
        answer = await app_client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/ingresar?next={path}")
    answer = await app_client.post("/expedientes/EXP-2026-0001", data={"_operation": "SubmitForReview"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/ingresar?next=")


async def test_the_home_is_for_municipalities(clock: Clock, app_client: httpx.AsyncClient) -> None:
    await enter(app_client, await builders.person(Role.LEGAL))
    answer = await app_client.get("/municipalidad")
    assert answer.status_code == 403
    assert "Su papel en el sistema no incluye" in answer.text


async def test_the_head_assigns_the_proposed_lawyer(clock: Clock, app_client: httpx.AsyncClient) -> None:
    lawyer, other = await builders.person(Role.LEGAL), await builders.person(Role.LEGAL)
    review = await builders.review(stage=ReviewStage.RECEIVED, proposed_lawyer=lawyer)
    await enter(app_client, await builders.person(Role.LEGAL_HEAD))
    page = await app_client.get(f"/expedientes/{review.code}")
    assert other.name in page.text
    assert (await send(app_client, page, form(page, "AssignReview"))).status_code == 303
    await review.refresh_from_db()
    assert review.assignee_id == lawyer.id  # type: ignore[attr-defined]

    await enter(app_client, other)
    page = await app_client.get(f"/expedientes/{review.code}")
    assert f"En análisis de {lawyer.name}" in page.text
    assert "AssignReview" not in {one.values.get("_operation") for one in forms(page)}
    assert "/dictamen" not in page.text


async def test_a_lawyer_takes_a_free_file(clock: Clock, app_client: httpx.AsyncClient) -> None:
    lawyer = await builders.person(Role.LEGAL)
    review = await builders.review(stage=ReviewStage.RECEIVED)
    await enter(app_client, lawyer)
    page = await app_client.get(f"/expedientes/{review.code}")
    assert "/dictamen" not in page.text
    assert (await send(app_client, page, form(page, "AssignReview"))).status_code == 303
    await review.refresh_from_db()
    assert review.assignee_id == lawyer.id  # type: ignore[attr-defined]
    page = await app_client.get(f"/expedientes/{review.code}")
    assert f"/expedientes/{review.code}/dictamen" in page.text
    assert f"/expedientes/{review.code}/devolver" in page.text


async def test_somebody_faster_is_told(clock: Clock, app_client: httpx.AsyncClient) -> None:
    await enter(app_client, await builders.person(Role.LEGAL))
    review = await builders.review(stage=ReviewStage.RECEIVED)
    page = await app_client.get(f"/expedientes/{review.code}")
    await LegalReview.filter(id=review.id).update(version=review.version + 1)
    answer = await send(app_client, page, form(page, "AssignReview"))
    assert answer.status_code == 422
    assert "Otra persona cambió este registro" in answer.text
