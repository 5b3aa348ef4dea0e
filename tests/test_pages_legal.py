"""A lawyer's pages: the inbox, returning a file with observations, and the dictamen."""

import re
from datetime import date
from html import escape
from typing import Any

import httpx
import pytest

from models.agreements import AgreementStage
from models.papers import OfficialDocument, Outcome
from models.people import Role, User
from models.reviews import LegalReview, Observation, ReviewStage
from tests import builders
from tests.browsing import enter, form, send
from tests.builders import MIXCO
from tests.conftest import Clock
from tests.stages import convention_of

HOSTILE = "<script>alert(1)</script> {{7*7}}"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


@pytest.fixture
async def lawyer(clock: Clock, app_client: httpx.AsyncClient) -> User:
    """Sign a lawyer in."""
    person = await builders.person(Role.LEGAL)
    await enter(app_client, person)
    return person


async def on_desk(of: User, **more: Any) -> LegalReview:
    """Return a file that a lawyer analyzes."""
    return await builders.review(stage=ReviewStage.IN_ANALYSIS, assignee=of, **more)


def codes(page: httpx.Response) -> list[str]:
    """Return the codes of the files that a list links to, in its order."""
    return re.findall(r'<th scope="row"><a href="/expedientes/(EXP-\d{4}-\d{4,})"', page.text)


# Inbox ---------------------------------------------------------------------------------------------------------------


async def test_the_nearest_deadline_comes_first_and_what_is_late_says_so(
    lawyer: User, app_client: httpx.AsyncClient
) -> None:
    later = await on_desk(lawyer, due_on=date(2026, 3, 12))
    late = await on_desk(lawyer, due_on=date(2026, 2, 25))
    without = await builders.review()
    soon = await on_desk(lawyer, due_on=date(2026, 3, 2))
    page = await app_client.get("/expedientes")
    assert codes(page) == [late.code, soon.code, later.code, without.code]
    assert "Venció hace 3 días hábiles" in page.text
    assert "Vence hoy" in page.text
    assert "Faltan 8 días hábiles" in page.text
    assert "Sin plazo" in page.text
    assert "IN_ANALYSIS" not in page.text.replace("stage=", "")


async def test_each_tab_shows_its_own_files(lawyer: User, app_client: httpx.AsyncClient) -> None:
    other = await builders.person(Role.LEGAL)
    mine = await on_desk(lawyer, due_on=date(2026, 3, 12))
    theirs = await on_desk(other, due_on=date(2026, 2, 25))
    free = await builders.review(stage=ReviewStage.RECEIVED, due_on=date(2026, 3, 20))
    away = await builders.review(stage=ReviewStage.RETURNED, assignee=other, due_on=date(2026, 3, 30))
    closed = await builders.review(stage=ReviewStage.CLOSED, search="revision de prueba quetzal")
    shown = {
        "": [theirs, mine, free, away],
        "?filter.mine=true": [mine],
        "?filter.unassigned=true&filter.stage=RECEIVED": [free],
        "?filter.overdue=true": [theirs],
        "?filter.stage=RETURNED": [away],
        "?filter.search=QUETZÁL": [closed],
    }
    first = await app_client.get("/expedientes")
    for query, files in shown.items():
        page = await app_client.get(f"/expedientes{query}")
        assert codes(page) == [file.code for file in files], query
        if "search" not in query:
            assert f'href="/expedientes{escape(query)}"' in first.text
            assert re.search(r'<li><a href="/expedientes[^"]*" aria-current="page">', page.text), query
    assert "para el solicitante" in first.text


async def test_a_filter_that_does_not_exist_is_said_in_spanish(lawyer: User, app_client: httpx.AsyncClient) -> None:
    page = await app_client.get("/expedientes?filter.stage=NADA")
    assert page.status_code == 422
    assert "Elija una de las opciones." in page.text


async def test_long_lists_go_on_with_their_filter(lawyer: User, app_client: httpx.AsyncClient) -> None:
    for _ in range(27):
        convention = await builders.convention(stage=AgreementStage.IN_REVIEW, starts_on=None, ends_on=None)
        await builders.review(convention, stage=ReviewStage.RECEIVED, due_on=date(2026, 3, 9))
    page = await app_client.get("/expedientes?filter.unassigned=true&filter.stage=RECEIVED")
    (following,) = re.findall(r'rel="next" href="([^"]+)"', page.text)
    assert "filter.unassigned=true" in following
    rest = await app_client.get(following.replace("&amp;", "&"))
    assert len(codes(page)) == 25
    assert len(codes(rest)) == 2
    assert not set(codes(page)) & set(codes(rest))


async def test_names_are_text_never_markup(lawyer: User, app_client: httpx.AsyncClient) -> None:
    file = await on_desk(lawyer, title=HOSTILE, requesting_unit=HOSTILE, missing=[HOSTILE])
    convention = await convention_of(file)
    convention.title = HOSTILE
    await convention.save(update_fields=["title"])
    for path in (
        "/expedientes",
        f"/expedientes/{file.code}/devolver",
        f"/expedientes/{file.code}/dictamen",
        "/convenios",
        f"/convenios/{convention.number}",
    ):
        page = await app_client.get(path)
        assert page.status_code == 200, path
        assert "<script>" not in page.text, path
        assert path == "/convenios" or "&lt;script&gt;alert(1)&lt;/script&gt; {{7*7}}" in page.text, path


# Returning a file ----------------------------------------------------------------------------------------------------


async def test_all_observations_leave_in_one_providencia(lawyer: User, app_client: httpx.AsyncClient) -> None:
    file = await on_desk(lawyer, due_on=date(2026, 3, 12))
    await builders.asked(file, await builders.requirement("SOLICITUD"), fulfilled=True)
    page = await app_client.get(f"/expedientes/{file.code}/devolver")
    assert "Requisito SOLICITUD" in page.text
    assert page.text.count("Observación ") == 6
    answer = await send(
        app_client,
        page,
        form(page, "ReturnReview"),
        **{
            "observations.0.subject": "Punto de acta",
            "observations.0.finding": "No consta aprobada.",
            "observations.0.cure": "Entregar la certificación.",
            # The third line, with the second left blank.
            "observations.2.subject": "DPI",
            "observations.2.finding": "Está vencido.",
            "observations.2.legalBasis": "Ley del RENAP",
            "observations.2.cure": "Entregar uno vigente.",
        },
        workingDays="10",
    )
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == f"/expedientes/{file.code}?hecho=ReturnReview"
    observed = await Observation.filter(review_id=file.id).order_by("id")
    assert [(one.subject, one.legal_basis) for one in observed] == [("Punto de acta", ""), ("DPI", "Ley del RENAP")]
    assert await OfficialDocument.filter(review_id=file.id).count() == 1


async def test_an_incomplete_observation_keeps_all_that_was_typed(lawyer: User, app_client: httpx.AsyncClient) -> None:
    file = await on_desk(lawyer)
    page = await app_client.get(f"/expedientes/{file.code}/devolver")
    typed = {
        "observations.0.subject": "Punto de acta",
        "observations.0.finding": "No consta\r\naprobada.",
        "observations.0.cure": "Entregar «la» <certificación>.",
        "observations.4.subject": "DPI",
        "observations.4.finding": "Está vencido.",
        "workingDays": "7",
    }
    again = await send(app_client, page, form(page, "ReturnReview"), **typed)
    assert again.status_code == 422
    filled = form(again, "ReturnReview")
    assert filled.errors == 1
    assert '<a href="#f-observations.1.cure">Complete este dato.</a>' in again.text
    assert 'id="f-observations.1.cure" name="observations.1.cure"' in again.text
    kept = {name: value.replace("\r\n", "\n") for name, value in filled.values.items() if value}
    expected = {name.replace(".4.", ".1."): value.replace("\r\n", "\n") for name, value in typed.items()}
    assert expected.items() <= kept.items()
    assert not await Observation.exists()
    done = await send(app_client, again, filled, **{"observations.1.cure": "Entregar uno vigente."})
    assert done.status_code == 303
    assert await Observation.filter(review_id=file.id).count() == 2


async def test_what_the_deed_refuses_is_shown_at_its_line(lawyer: User, app_client: httpx.AsyncClient) -> None:
    file = await on_desk(lawyer)
    page = await app_client.get(f"/expedientes/{file.code}/devolver")
    again = await send(
        app_client,
        page,
        form(page, "ReturnReview"),
        **{
            "observations.3.subject": "x" * 241,
            "observations.3.finding": "Hallazgo",
            "observations.3.cure": "Remedio",
        },
        workingDays="400",
    )
    assert again.status_code == 422
    assert form(again, "ReturnReview").errors == 2
    assert "#f-observations.0.subject" in again.text
    assert "use 240 caracteres o menos" in again.text
    assert "El plazo va de 1 a 60 días hábiles." in again.text


async def test_no_observation_at_all_is_refused(lawyer: User, app_client: httpx.AsyncClient) -> None:
    file = await on_desk(lawyer)
    page = await app_client.get(f"/expedientes/{file.code}/devolver")
    again = await send(app_client, page, form(page, "ReturnReview"))
    assert again.status_code == 422
    assert '<a href="#f-observations">Escriba al menos una observación.</a>' in again.text


async def test_a_second_return_needs_its_reason(lawyer: User, app_client: httpx.AsyncClient) -> None:
    first = await on_desk(lawyer)
    page = await app_client.get(f"/expedientes/{first.code}/devolver")
    assert "reasonForSecondReturn" not in form(page, "ReturnReview").values
    file = await on_desk(lawyer, returns_count=1)
    page = await app_client.get(f"/expedientes/{file.code}/devolver")
    typed = {"subject": "DPI", "finding": "Vencido.", "cure": "Entregar otro."}
    observed = {f"observations.0.{name}": value for name, value in typed.items()}
    again = await send(app_client, page, form(page, "ReturnReview"), **observed)
    assert again.status_code == 422
    assert "Escriba por qué se devuelve de nuevo." in again.text
    assert form(again, "ReturnReview").values["observations.0.cure"] == "Entregar otro."
    done = await send(app_client, again, form(again, "ReturnReview"), reasonForSecondReturn="Entregó otro documento.")
    assert done.status_code == 303
    assert (await LegalReview.get(id=file.id)).returns_count == 2


async def test_more_lines_on_demand(lawyer: User, app_client: httpx.AsyncClient) -> None:
    file = await on_desk(lawyer)
    page = await app_client.get(f"/expedientes/{file.code}/devolver?rows=12")
    assert "observations.11.cure" in form(page, "ReturnReview").values
    for strange in ("-3", "abc", "99999999999", "²"):
        page = await app_client.get(f"/expedientes/{file.code}/devolver", params={"rows": strange})
        assert page.status_code == 200, strange
        assert page.text.count("Observación ") <= 60


async def test_pressing_twice_returns_once(lawyer: User, app_client: httpx.AsyncClient) -> None:
    file = await on_desk(lawyer)
    page = await app_client.get(f"/expedientes/{file.code}/devolver")
    filled = form(page, "ReturnReview")
    filled.values |= {"observations.0.subject": "DPI", "observations.0.finding": "Vencido."}
    filled.values |= {"observations.0.cure": "Entregar otro."}
    answers = [await send(app_client, page, filled) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert await OfficialDocument.filter(review_id=file.id).count() == 1


async def test_somebody_faster_is_told_and_nothing_typed_is_lost(lawyer: User, app_client: httpx.AsyncClient) -> None:
    file = await on_desk(lawyer)
    page = await app_client.get(f"/expedientes/{file.code}/devolver")
    await LegalReview.filter(id=file.id).update(version=file.version + 1)
    typed = {"observations.0.subject": "DPI", "observations.0.finding": "Vencido.", "observations.0.cure": "Otro."}
    again = await send(app_client, page, form(page, "ReturnReview"), **typed)
    assert again.status_code == 422
    assert "Otra persona cambió este registro" in again.text
    filled = form(again, "ReturnReview")
    assert typed.items() <= filled.values.items()
    # The page shows the file as it is now, so sending it once more is a choice made with open eyes.
    assert filled.values["expectedVersion"] == str(file.version + 1)
    assert (await send(app_client, again, filled)).status_code == 303


# Dictamen ------------------------------------------------------------------------------------------------------------

REASONED = {
    "background": "La municipalidad pide renovar el convenio.",
    "grounds.0.norm": "Código Municipal",
    "grounds.0.article": "35",
    "grounds.0.text": "Compete al Concejo autorizar convenios.",
    "analysis": "Procede.",
    "conclusion": "Se opina favorablemente.",
}


async def test_a_dictamen_is_issued_with_its_conditions(lawyer: User, app_client: httpx.AsyncClient) -> None:
    file = await on_desk(lawyer)
    page = await app_client.get(f"/expedientes/{file.code}/dictamen")
    filled = form(page, "IssueDictamen")
    filled.values |= {"outcome": "FAVORABLE_WITH_CONDITIONS"}
    refused = await send(app_client, page, filled, **REASONED)
    assert refused.status_code == 422
    assert "Escriba al menos una condición, o elija otro sentido." in refused.text
    assert 'value="FAVORABLE_WITH_CONDITIONS"' in re.findall(r"<input[^>]* checked>", refused.text)[0]
    filled = form(refused, "IssueDictamen")
    assert REASONED.items() <= filled.values.items()
    answer = await send(app_client, refused, filled, conditions="Que se renueve la licencia sanitaria.")
    assert answer.status_code == 303, answer.text
    (paper,) = await OfficialDocument.filter(review_id=file.id)
    assert paper.outcome == Outcome.FAVORABLE_WITH_CONDITIONS
    assert paper.data["conditions"] == ["Que se renueve la licencia sanitaria."]


async def test_without_an_outcome_the_form_says_so(lawyer: User, app_client: httpx.AsyncClient) -> None:
    file = await on_desk(lawyer)
    page = await app_client.get(f"/expedientes/{file.code}/dictamen")
    again = await send(app_client, page, form(page, "IssueDictamen"))
    assert again.status_code == 422
    for name in ("outcome", "background", "analysis", "conclusion"):
        assert f'<a href="#f-{name}">Complete este dato.</a>' in again.text
        assert f'id="f-{name}"' in again.text


async def test_a_file_that_is_away_takes_no_dictamen(lawyer: User, app_client: httpx.AsyncClient) -> None:
    file = await on_desk(lawyer)
    open_page = await app_client.get(f"/expedientes/{file.code}/dictamen")
    filled = form(open_page, "IssueDictamen")
    filled.values |= {"outcome": "FAVORABLE", "expectedVersion": ""}
    file.stage = ReviewStage.RETURNED
    await file.save(update_fields=["stage"])
    page = await app_client.get(f"/expedientes/{file.code}/dictamen")
    assert "Ahora no se puede emitir el dictamen." in page.text
    assert "Espera que el solicitante subsane las observaciones" in page.text
    assert "IssueDictamen" not in page.text
    refused = await send(app_client, open_page, filled, **REASONED)
    assert refused.status_code == 422
    assert "Espera que el solicitante subsane las observaciones" in refused.text
    assert REASONED.items() <= form(refused, "IssueDictamen").values.items()
    assert not await OfficialDocument.exists()


async def test_a_colleagues_file_is_read_not_decided(lawyer: User, app_client: httpx.AsyncClient) -> None:
    colleague = await builders.person(Role.LEGAL, name="Licenciada Colega")
    file = await on_desk(colleague)
    for name in ("devolver", "dictamen"):
        page = await app_client.get(f"/expedientes/{file.code}/{name}")
        assert "asignado a Licenciada Colega" in page.text
        assert "_operation" not in page.text


async def test_only_the_legal_office_opens_the_forms(clock: Clock, app_client: httpx.AsyncClient) -> None:
    file = await builders.review(stage=ReviewStage.IN_ANALYSIS)
    foreign = await builders.convention(at=MIXCO)
    await enter(app_client, await builders.person(Role.MUNICIPAL))
    for name in ("devolver", "dictamen"):
        page = await app_client.get(f"/expedientes/{file.code}/{name}")
        assert page.status_code == 403
        assert file.title not in page.text
    assert (await app_client.get(f"/convenios/{foreign.number}")).status_code == 404
    inbox = await app_client.get("/expedientes")
    assert codes(inbox) == [file.code]
    assert "Sin asignar <b" not in inbox.text
    await enter(app_client, await builders.person(Role.AUDITOR))
    page = await app_client.get(f"/expedientes/{file.code}/dictamen")
    assert "permite leer este expediente, no cambiarlo" in page.text
    assert "_operation" not in page.text
