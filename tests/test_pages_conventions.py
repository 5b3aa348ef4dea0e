"""A convention on its pages: the list, its whole life on one page, and its signatures."""

import re

import httpx
import pytest

from models.people import Role, User
from models.reviews import ReviewStage
from models.signing import CouncilMinute, Side, Signature
from tests import builders
from tests.browsing import enter, form, forms, send
from tests.builders import MIXCO
from tests.conftest import Clock
from tests.stages import convention_of, file_in

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


@pytest.fixture
async def lawyer(clock: Clock, app_client: httpx.AsyncClient) -> User:
    """Sign a lawyer in."""
    person = await builders.person(Role.LEGAL)
    await enter(app_client, person)
    return person


async def test_a_convention_shows_its_whole_life(lawyer: User, app_client: httpx.AsyncClient) -> None:
    center = await builders.center("Casa de los Abuelos")
    old = await builders.convention(centers=[center])
    file = await file_in(ReviewStage.AWAITING_SIGNATURE)
    new = await convention_of(file)
    new.renews_id = old.id
    await new.save(update_fields=["renews_id"])
    page = await app_client.get(f"/convenios/{old.number}")
    assert "Por vencer" in page.text
    assert "Vence en 29 días" in page.text
    assert f'href="/expedientes/{file.code}"' in page.text
    assert "Casa de los Abuelos" in page.text
    assert page.text.count("<rect") == 2
    assert f'<a href="/convenios/{new.number}">' in page.text
    assert "Solicitar renovación" not in page.text
    assert not re.search(r"\b(EXPIRING|SIGNED|CONVENIO_|AWAITING)", page.text)


async def test_the_list_of_conventions_is_filtered(lawyer: User, app_client: httpx.AsyncClient) -> None:
    expiring = await builders.convention(search="san juan chamelco")
    endless = await builders.convention(at=MIXCO, ends_on=None, search="mixco")
    every = await app_client.get("/convenios")
    assert every.text.index(expiring.number) < every.text.index(endless.number)
    assert "Sin fecha de vencimiento" in every.text
    for query, shown, hidden in (
        ("filter.standing=EXPIRING", expiring, endless),
        ("filter.departmentCode=01", endless, expiring),
        ("filter.search=mixco", endless, expiring),
        ("filter.search=CHAMÉLCO", expiring, endless),
    ):
        page = await app_client.get(f"/convenios?{query}")
        assert (shown.number in page.text, hidden.number in page.text) == (True, False), query


async def signing(client: httpx.AsyncClient, page: httpx.Response, **typed: str) -> httpx.Response:
    """Send the signature form as it stands, with what is typed over it."""
    values = {"place": "Guatemala", "signerName": "Sofía Firmante", "capacity": "Secretaria", "side": "SOSEP"}
    blank = {"fileId": ("", b"", "application/octet-stream")}
    return await send(client, page, form(page, "RecordSignature"), blank, **values | typed)


async def test_the_signatory_sees_what_is_fit_and_signs(clock: Clock, app_client: httpx.AsyncClient) -> None:
    fit = await convention_of(await file_in(ReviewStage.AWAITING_SIGNATURE))
    unfit = await convention_of(await file_in(ReviewStage.AWAITING_SIGNATURE, minute=False))
    early = await convention_of(await file_in(ReviewStage.IN_ANALYSIS))
    person = await builders.person(Role.SIGNATORY, name="Sofía Firmante", position="Secretaria")
    await enter(app_client, person)
    page = await app_client.get("/firmas")
    assert page.text.index(fit.number) < page.text.index(unfit.number)
    assert early.number not in page.text
    assert page.text.count("Listo para su firma") == 1
    assert page.text.count("Falta el punto de acta del Concejo") == 1
    page = await app_client.get(f"/convenios/{fit.number}")
    filled = form(page, "RecordSignature")
    assert filled.values["signerName"] == "Sofía Firmante"
    assert filled.values["side"] == "SOSEP"
    answer = await send(app_client, page, filled, {"fileId": ("hoja.pdf", PDF, "application/pdf")}, place="Guatemala")
    assert answer.status_code == 303, answer.text
    (signature,) = await Signature.filter(convention_id=fit.id)
    assert signature.side == Side.SOSEP
    assert signature.scan_id  # type: ignore[attr-defined]
    page = await app_client.get(answer.headers["location"])
    assert "La firma quedó anotada." in page.text
    assert "hoja.pdf" in page.text


async def test_what_blocks_a_signature_is_listed(clock: Clock, app_client: httpx.AsyncClient) -> None:
    convention = await convention_of(await file_in(ReviewStage.AWAITING_SIGNATURE, minute=False, outcome=None))
    await enter(app_client, await builders.person(Role.SIGNATORY))
    page = await app_client.get(f"/convenios/{convention.number}")
    for sentence in (
        "Falta el dictamen favorable de la Asesoría Jurídica.",
        "Falta el punto de acta del Concejo Municipal.",
    ):
        assert sentence in page.text
    assert not [one for one in forms(page) if one.values.get("_operation") == "RecordSignature"]


async def test_a_signature_typed_before_it_was_blocked_is_refused(clock: Clock, app_client: httpx.AsyncClient) -> None:
    convention = await convention_of(await file_in(ReviewStage.AWAITING_SIGNATURE))
    await enter(app_client, await builders.person(Role.SIGNATORY))
    page = await app_client.get(f"/convenios/{convention.number}")
    await CouncilMinute.filter(convention_id=convention.id).update(votes_for=1, votes_against=6)
    refused = await signing(app_client, page)
    assert refused.status_code == 422
    assert "Todavía no puede firmarse" in refused.text
    assert "<li>El punto no alcanzó mayoría de votos a favor.</li>" in refused.text
    assert form(refused, "RecordSignature").values["signerName"] == "Sofía Firmante"
    assert not await Signature.exists()


async def test_a_municipality_signs_for_itself_only(clock: Clock, app_client: httpx.AsyncClient) -> None:
    convention = await convention_of(await file_in(ReviewStage.AWAITING_SIGNATURE))
    await enter(app_client, await builders.person(Role.MUNICIPAL))
    page = await app_client.get(f"/convenios/{convention.number}")
    assert form(page, "RecordSignature").values["side"] == "COUNTERPART"
    assert (await signing(app_client, page)).status_code == 403
    future = await signing(app_client, page, side="COUNTERPART", signedOn="2026-03-03")
    assert future.status_code == 422
    assert form(future, "RecordSignature").values["signedOn"] == "2026-03-03"
    assert not await Signature.exists()
    assert (await signing(app_client, page, side="COUNTERPART")).status_code == 303


async def test_signatures_wait_until_the_convention_is_ready(lawyer: User, app_client: httpx.AsyncClient) -> None:
    convention = await convention_of(await file_in(ReviewStage.IN_ANALYSIS))
    page = await app_client.get(f"/convenios/{convention.number}")
    assert page.status_code == 200
    assert "RecordSignature" not in page.text
