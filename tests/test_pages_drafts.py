"""A draft in the pages: kept unfinished, sent, read and sent back by the head, approved, and issued as it stands."""

import re

import httpx
import pytest

from models.calendar import LegalParameter
from models.drafts import DraftState, PaperDraft
from models.papers import OfficialDocument
from models.people import Role, User
from models.reviews import LegalReview, Observation, ReviewStage
from tests import builders, stages
from tests.browsing import enter, form, forms, send
from tests.conftest import Clock
from tests.test_pages_legal import REASONED

BUTTON = re.compile(r'<button[^>]* name="_operation" value="(\w+)"[^>]*>')


@pytest.fixture
async def lawyer(clock: Clock, app_client: httpx.AsyncClient) -> User:
    """Sign a lawyer in."""
    person = await builders.person(Role.LEGAL)
    await enter(app_client, person)
    return person


async def on_desk(of: User) -> LegalReview:
    """Return a file that a lawyer analyzes."""
    return await stages.file_in(ReviewStage.IN_ANALYSIS, assignee=of)


async def test_from_the_first_word_to_the_number(lawyer: User, app_client: httpx.AsyncClient) -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    file = await on_desk(lawyer)
    address = f"/expedientes/{file.code}/dictamen"
    page = await app_client.get(address)
    # Enter in a field presses the first button: it must be the harmless one, and ask for nothing.
    assert BUTTON.findall(page.text) == ["SaveDraft", "PreviewDraft", "SubmitDraft"]
    assert 'value="SaveDraft" formnovalidate' in page.text
    kept = await send(app_client, page, form(page, "IssueDictamen"), background="Se pide…", _operation="SaveDraft")
    assert kept.status_code == 303, kept.text
    assert kept.headers["location"] == f"{address}?hecho=SaveDraft"

    page = await app_client.get(kept.headers["location"])
    assert "El borrador quedó guardado." in page.text
    filled = form(page, "IssueDictamen")
    assert filled.values["background"] == "Se pide…"
    again = await send(app_client, page, filled, **REASONED, _operation="SubmitDraft")
    assert again.status_code == 422
    assert "Elija el sentido del dictamen." in again.text
    filled = form(again, "IssueDictamen")
    filled.values |= {"outcome": "FAVORABLE", "_operation": "SubmitDraft"}
    sent = await send(app_client, again, filled)
    assert sent.status_code == 303, sent.text
    page = await app_client.get(sent.headers["location"])
    assert "El borrador espera el visto bueno de la jefatura." in page.text

    await enter(app_client, head)
    assert re.search(r'href="/borradores">Por visto bueno <b>1</b>', (await app_client.get("/expedientes")).text)
    page = await app_client.get("/borradores")
    assert f'href="/expedientes/{file.code}/borrador"' in page.text
    page = await app_client.get(f"/expedientes/{file.code}/borrador")
    for words in REASONED.values():
        assert words in page.text
    again = await send(app_client, page, form(page, "DecideDraft"), {}, **{"comment": ""})
    assert again.status_code == 422
    refusing = form(again, "DecideDraft")
    refusing.values |= {"approve": "false"}
    again = await send(app_client, again, refusing)
    assert again.status_code == 422
    assert "Escriba qué hay que corregir." in again.text
    refusing = form(again, "DecideDraft")
    refusing.values |= {"approve": "false"}
    back = await send(app_client, again, refusing, comment="Falta el <artículo>.")
    assert back.headers["location"] == "/borradores?hecho=DecideDraft"
    assert "Ningún borrador espera visto bueno." in (await app_client.get("/borradores")).text

    await enter(app_client, lawyer)
    page = await app_client.get(address)
    assert "lo devolvió para corregir:</b> Falta el &lt;artículo&gt;." in page.text
    filled = form(page, "IssueDictamen")
    assert 'value="FAVORABLE" id="f-outcome-FAVORABLE" aria-describedby="h-FAVORABLE" required checked' in page.text
    sent = await send(app_client, page, filled, analysis="Procede, art. 35.", _operation="SubmitDraft")
    assert sent.status_code == 303, sent.text

    await enter(app_client, head)
    page = await app_client.get(f"/expedientes/{file.code}/borrador")
    approving = form(page, "DecideDraft")
    approving.values |= {"approve": "true"}
    assert (await send(app_client, page, approving)).status_code == 303

    await enter(app_client, lawyer)
    page = await app_client.get(address)
    assert f"Tiene el visto bueno de {head.name}." in page.text
    assert BUTTON.findall(page.text) == ["SaveDraft", "PreviewDraft"]
    changed = await send(app_client, page, form(page, "IssueDictamen"), conclusion="Otra.")
    assert changed.status_code == 422
    assert '<a href="#f-draftId">Lo que quiere emitir difiere del borrador' in changed.text
    page = await app_client.get(address)
    done = await send(app_client, page, form(page, "IssueDictamen"))
    assert done.status_code == 303, done.text
    paper = await OfficialDocument.get()
    assert paper.data["analysis"] == "Procede, art. 35."
    assert (await PaperDraft.get()).state == DraftState.ISSUED
    assert "Borrador del dictamen" not in (await app_client.get(f"/expedientes/{file.code}")).text


async def test_where_the_vobo_is_needed_only_the_head_finds_the_button(
    lawyer: User, app_client: httpx.AsyncClient
) -> None:
    file = await on_desk(lawyer)
    address = f"/expedientes/{file.code}/dictamen"
    rule = await LegalParameter.create(
        code="DICTAMEN_VOBO_REQUIRED", title="x", value=1, unit="x", valid_from="2024-01-01"
    )
    page = await app_client.get(address)
    assert "Se recomienda enviarlo a visto bueno" in page.text
    assert "<button>Emitir el dictamen</button>" in page.text
    rule.confirmed = True
    await rule.save()
    page = await app_client.get(address)
    assert "necesita el visto bueno de la jefatura" in page.text
    assert "<button>Emitir el dictamen</button>" not in page.text
    await enter(app_client, await builders.person(Role.LEGAL_HEAD))
    page = await app_client.get(address)
    assert "<button>Emitir el dictamen</button>" in page.text
    assert BUTTON.findall(page.text) == ["SaveDraft", "PreviewDraft"]


async def test_observations_are_kept_and_go_on(lawyer: User, app_client: httpx.AsyncClient) -> None:
    file = await on_desk(lawyer)
    address = f"/expedientes/{file.code}/devolver"
    page = await app_client.get(address)
    typed = {"observations.0.subject": "DPI", "observations.2.finding": "Falta firma.", "workingDays": "7"}
    kept = await send(app_client, page, form(page, "ReturnReview"), **typed, _operation="SaveDraft")
    assert kept.status_code == 303, kept.text
    page = await app_client.get(address)
    values = form(page, "ReturnReview").values
    assert (values["observations.0.subject"], values["observations.1.finding"]) == ("DPI", "Falta firma.")
    assert values["workingDays"] == "7"
    more = {"finding": "Vencido.", "cure": "Entregar otro."}
    rest = {f"observations.0.{name}": text for name, text in more.items()}
    rest |= {"observations.1.subject": "Acta", "observations.1.cure": "Firmarla."}
    done = await send(app_client, page, form(page, "ReturnReview"), **rest)
    assert done.status_code == 303, done.text
    assert await Observation.filter(review_id=file.id).count() == 2
    assert (await PaperDraft.get()).state == DraftState.ISSUED


async def test_who_was_slower_is_told_and_keeps_what_she_typed(lawyer: User, app_client: httpx.AsyncClient) -> None:
    file = await on_desk(lawyer)
    page = await app_client.get(f"/expedientes/{file.code}/dictamen")
    await builders.draft(file, await builders.person(Role.LEGAL_HEAD))
    again = await send(app_client, page, form(page, "IssueDictamen"), analysis="Mío.", _operation="SaveDraft")
    assert again.status_code == 422
    assert "Otra persona cambió este registro" in again.text
    filled = form(again, "IssueDictamen")
    assert (filled.values["analysis"], filled.values["draftVersion"]) == ("Mío.", "1")
    assert (await send(app_client, again, filled, _operation="SaveDraft")).status_code == 303


async def test_readers_see_a_draft_and_decide_nothing(clock: Clock, app_client: httpx.AsyncClient) -> None:
    lawyer = await builders.person(Role.LEGAL)
    file = await on_desk(lawyer)
    await builders.draft(file, lawyer, state=DraftState.SUBMITTED)
    for role in (Role.AUDITOR, Role.LEGAL):
        await enter(app_client, await builders.person(role))
        page = await app_client.get(f"/expedientes/{file.code}/borrador")
        assert "Se opina favorablemente." in page.text
        assert [one.action for one in forms(page)] == ["/salir"]
        assert "Seguir escribiendo" not in page.text
    for role in (Role.MUNICIPAL, Role.DIRECTOR, Role.SIGNATORY):
        await enter(app_client, await builders.person(role))
        assert (await app_client.get(f"/expedientes/{file.code}/borrador")).status_code == 403
        assert (await app_client.get("/borradores")).status_code == 403
