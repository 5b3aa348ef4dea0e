"""The legal office's pages about papers: the list, voiding one, the outgoing book and the series."""

import re
from datetime import date
from typing import Any

import httpx
import pytest

from actions.documents import BY_HAND
from models.papers import DocumentKind, OfficialDocument, Series, SeriesPattern
from models.people import Role, User
from models.reviews import ReviewStage
from tests import builders, stages
from tests.browsing import enter, form, forms, send
from tests.door import id_of

HOSTILE = "<script>alert(1)</script> {{7*7}}"
VOID: dict[str, Any] = {"voided_on": date(2026, 3, 2), "void_reason": "Error de nombre"}
pytestmark = pytest.mark.usefixtures("db", "clock")


async def signed_in(client: httpx.AsyncClient, role: Role) -> User:
    """Sign somebody of a role in."""
    person = await builders.person(role)
    await enter(client, person)
    return person


async def test_the_list_shows_what_was_issued_and_finds_it(app_client: httpx.AsyncClient) -> None:
    lawyer = await signed_in(app_client, Role.LEGAL)
    review = await stages.file_in(ReviewStage.IN_ANALYSIS, assignee=lawyer)
    file = await builders.stored_file(lawyer, used=True)
    mine = await builders.paper(review=review, subject=HOSTILE, addressee=HOSTILE, file=file, search="informe anual")
    void = await builders.paper(DocumentKind.OPINION, **VOID)
    page = await app_client.get("/documentos")
    assert page.status_code == 200
    assert "<script>" not in page.text
    assert f'href="/files/{file.id}"' in page.text
    assert f'href="/expedientes/{review.code}"' in page.text
    assert f"<s>{void.number}</s>" in page.text
    assert "Error de nombre" in page.text
    assert "/anular" not in page.text, "only the head voids"
    assert 'href="/documentos/nuevo"' in page.text
    for query, shown, hidden in [
        ("filter.search=INFÓRME", mine, void),
        ("filter.kind=OPINION", void, mine),
        ("filter.voided=true", void, mine),
        ("filter.voided=false", mine, void),
        (f"filter.year=2025&filter.from=2026-03-02&filter.search={mine.number}", None, void),
    ]:
        found = await app_client.get(f"/documentos?{query}")
        assert found.status_code == 200, query
        assert hidden.number not in found.text, query
        assert shown is None or shown.number in found.text, query
    for wrong in ("filter.kind=NADA", "filter.from=ayer", "filter.year=x"):
        assert (await app_client.get(f"/documentos?{wrong}")).status_code == 422, wrong
    assert (await app_client.get("/documentos?filter.year=0")).status_code == 400


async def test_the_pages_are_for_the_office(app_client: httpx.AsyncClient) -> None:
    paper = await builders.paper()
    paths = (
        "/documentos",
        "/documentos/nuevo",
        f"/documentos/{id_of(paper)}/anular",
        "/libro-de-salida",
        "/correlativos",
    )
    for path in paths:
        app_client.cookies.clear()
        assert (await app_client.get(path)).status_code == 303
    for role in (Role.MUNICIPAL, Role.DIRECTOR, Role.COORDINATOR, Role.SIGNATORY):
        await signed_in(app_client, role)
        for path in paths:
            assert (await app_client.get(path)).status_code == 403, (role, path)
    for role in (Role.AUDITOR, Role.ADMIN):
        await signed_in(app_client, role)
        statuses = [(await app_client.get(path)).status_code for path in paths]
        assert statuses == [200, 403, 200, 200, 200], role


async def test_the_head_voids_with_a_reason(app_client: httpx.AsyncClient) -> None:
    await signed_in(app_client, Role.LEGAL_HEAD)
    paper = await builders.paper(subject="Informe")
    listed = await app_client.get("/documentos")
    (path,) = re.findall(r'href="(/documentos/[^"]+/anular)"', listed.text)
    page = await app_client.get(path)
    refused = await send(app_client, page, form(page, "VoidDocument"), reason=" ")
    assert refused.status_code == 422
    assert "Complete este dato." in refused.text
    done = await send(app_client, refused, form(refused, "VoidDocument"), reason="Nombre equivocado")
    assert done.status_code == 303
    after = await app_client.get(done.headers["location"])
    assert "quedó anulado" in after.text
    assert (await OfficialDocument.get(id=paper.id)).void_reason == "Nombre equivocado"
    again = await app_client.get(path)
    assert "Ya está anulado" in again.text
    assert not [one for one in forms(again) if one.method == "post" and one.action != "/salir"]
    verify = await app_client.get(f"/verificar/{paper.verification_code}")
    assert "después lo anuló" in verify.text
    assert "Fecha de anulación</dt><dd>2 de marzo de 2026" in verify.text
    assert "Nombre equivocado" not in verify.text
    for missing in ("x", id_of(paper)[:-3], "T2ZmaWNpYWxEb2N1bWVudDo5OTk5OTk"):
        assert (await app_client.get(f"/documentos/{missing}/anular")).status_code == 404, missing


async def test_a_lawyer_reads_who_voids(app_client: httpx.AsyncClient) -> None:
    await signed_in(app_client, Role.LEGAL)
    page = await app_client.get(f"/documentos/{id_of(await builders.paper())}/anular")
    assert "Solo la jefatura" in page.text
    assert not [one for one in forms(page) if one.values.get("_operation") == "VoidDocument"]


async def test_a_file_leads_to_its_next_paper_and_the_head_to_annulling(app_client: httpx.AsyncClient) -> None:
    lawyer = await signed_in(app_client, Role.LEGAL)
    review = await stages.file_in(ReviewStage.IN_ANALYSIS, assignee=lawyer)
    paper = await builders.paper(review=review)
    link = f'href="/documentos/nuevo?subject={id_of(review)}"'
    page = await app_client.get(f"/expedientes/{review.code}")
    assert link in page.text
    assert "/anular" not in page.text
    await signed_in(app_client, Role.LEGAL_HEAD)
    page = await app_client.get(f"/expedientes/{review.code}")
    assert link in page.text
    assert f'href="/documentos/{id_of(paper)}/anular"' in page.text
    for role in (Role.LEGAL, Role.MUNICIPAL, Role.AUDITOR):
        await signed_in(app_client, role)
        assert link not in (await app_client.get(f"/expedientes/{review.code}")).text, role


async def test_the_series_show_holes_and_administrators_set_their_form(app_client: httpx.AsyncClient) -> None:
    await builders.paper(year=2026, serial=2, number="OFICIO-AJ-2-2026")
    await Series.create(kind="OFICIO", unit="AJ", year=2026, value=2)
    await signed_in(app_client, Role.LEGAL)
    page = await app_client.get("/correlativos")
    assert "Falta el número 1." in page.text
    assert "SetSeriesPattern" not in page.text
    assert "no se ha emitido ningún documento" in (await app_client.get("/correlativos?year=2020")).text
    assert (await app_client.get("/correlativos?year=x")).status_code == 422
    await signed_in(app_client, Role.ADMIN)
    page = await app_client.get("/correlativos")
    refused = await send(app_client, page, form(page, "SetSeriesPattern"), kind="OFICIO", pattern="OF-{serial}")
    assert refused.status_code == 422
    assert "una vez {year}" in refused.text
    assert form(refused, "SetSeriesPattern").values["pattern"] == "OF-{serial}"
    filled = form(refused, "SetSeriesPattern")
    done = await send(app_client, refused, filled, pattern="OF-{serial}-{year}", validFrom="2026-04-01")
    assert done.status_code == 303
    row = await SeriesPattern.get()
    assert (row.kind, row.valid_from) == ("OFICIO", date(2026, 4, 1))
    assert "OF-172-2026" in (await app_client.get(done.headers["location"])).text


# Issuing by hand ------------------------------------------------------------------------------------------------------

OFICIO = {
    "fields.addressee": "Licenciada Ana Pérez",
    "fields.subject": "Informe «anual»",
    "fields.body": "Se remite.\r\nAtentamente.",
}


async def test_the_kind_is_chosen_first_and_the_others_say_where_they_are_made(app_client: httpx.AsyncClient) -> None:
    lawyer = await signed_in(app_client, Role.LEGAL)
    review = await stages.file_in(ReviewStage.IN_ANALYSIS, assignee=lawyer)
    page = await app_client.get(f"/documentos/nuevo?subject={id_of(review)}")
    assert review.title in page.text
    kinds = set(re.findall(r'href="/documentos/nuevo\?kind=([A-Z_]+)&amp;subject=', page.text))
    assert kinds == {kind.value for kind in BY_HAND}
    assert "issueDictamen" not in page.text
    assert "El dictamen concluye un expediente: se emite desde él." in page.text
    court_file = await builders.court_file()
    for record, words in (
        (court_file, f"Sobre el expediente judicial {court_file.code}"),
        (await builders.center("Casa Azul"), "Sobre el centro Casa Azul"),
    ):
        page = await app_client.get(f"/documentos/nuevo?kind=OFICIO&subject={id_of(record)}")
        assert words in page.text
        assert form(page, "IssueDocument").values["expectedVersion"] == "1"
    for strange in ("kind=NADA", "kind=DICTAMEN", "subject=x", "subject="):
        assert "¿De qué clase?" in (await app_client.get(f"/documentos/nuevo?{strange}")).text, strange


async def test_an_oficio_is_issued_and_what_was_typed_is_kept_on_refusal(app_client: httpx.AsyncClient) -> None:
    lawyer = await signed_in(app_client, Role.LEGAL)
    review = await stages.file_in(ReviewStage.IN_ANALYSIS, assignee=lawyer)
    page = await app_client.get(f"/documentos/nuevo?kind=OFICIO&subject={id_of(review)}")
    assert form(page, "IssueDocument").values["fields.subject"] == review.title
    typed = OFICIO | {"fields.copies.1": "Archivo", "fields.copies.3": "x" * 2001, "fields.addressee": ""}
    refused = await send(app_client, page, form(page, "IssueDocument"), **typed)
    assert refused.status_code == 422
    filled = form(refused, "IssueDocument")
    assert filled.errors == 2
    assert 'href="#f-fields.addressee"' in refused.text
    assert 'id="f-fields.copies.1"' in refused.text
    assert "Falta este dato" in refused.text
    assert (filled.values["fields.copies.0"], filled.values["fields.subject"]) == ("Archivo", "Informe «anual»")
    assert filled.values["fields.body"] == "Se remite.\nAtentamente."
    assert filled.values["subjectId"] == id_of(review)
    answer = await send(
        app_client, refused, filled, **{"fields.addressee": "Licenciada Ana Pérez", "fields.copies.1": "Despacho"}
    )
    assert answer.status_code == 303, answer.text
    made = await OfficialDocument.get(kind=DocumentKind.OFICIO)
    assert (made.review_id, made.data["copies"], made.subject) == (
        review.id,
        ["Archivo", "Despacho"],
        "Informe «anual»",
    )
    after = await app_client.get(answer.headers["location"])
    assert made.number in after.text
    assert "quedó emitido" in after.text


async def test_groups_that_repeat_become_lists(app_client: httpx.AsyncClient) -> None:
    await signed_in(app_client, Role.LEGAL)
    page = await app_client.get("/documentos/nuevo?kind=CONOCIMIENTO")
    typed = {
        "fields.addressee": "Secretaría General",
        "fields.items.0.description": "Expediente 12-2026",
        "fields.items.0.folios": "treinta",
        # A row left blank between two.
        "fields.items.2.description": "Disco compacto",
    }
    refused = await send(app_client, page, form(page, "IssueDocument"), **typed)
    assert refused.status_code == 422
    assert 'href="#f-fields.items.0.folios"' in refused.text
    filled = form(refused, "IssueDocument")
    assert (filled.values["fields.items.0.folios"], filled.values["fields.items.1.description"]) == (
        "treinta", "Disco compacto",
    )  # fmt: skip
    answer = await send(app_client, refused, filled, **{"fields.items.0.folios": "30"})
    assert answer.status_code == 303
    made = await OfficialDocument.get()
    assert made.data["items"] == [
        {"description": "Expediente 12-2026", "folios": 30}, {"description": "Disco compacto", "folios": None},
    ]  # fmt: skip


async def test_people_inside_groups_are_typed_too(app_client: httpx.AsyncClient) -> None:
    await signed_in(app_client, Role.LEGAL)
    page = await app_client.get("/documentos/nuevo?kind=CARTA_ENTENDIMIENTO")
    typed = {
        "fields.title": "Lectura en los centros", "fields.motives": "Que se lea.", "fields.areas.0": "Lectura",
        "fields.commitments.0.party": "LA SOSEP", "fields.commitments.0.text": "Prestar sus centros.",
        "fields.termMonths": "12",
    }  # fmt: skip
    for n, (name, article, alias) in enumerate((("SOSEP", "la", "LA SOSEP"), ("MINEDUC", "el", "EL MINISTERIO"))):
        party = {"name": name, "article": article, "alias": alias, "signer.name": f"Persona {n}"}
        party |= {"signer.position": "Titular", "signer.gender": "F"}
        typed |= {f"fields.parties.{n}.{key}": value for key, value in party.items()}
    answer = await send(app_client, page, form(page, "IssueDocument"), **typed)
    assert answer.status_code == 303, re.findall(r'class="problems".*?</ul>', answer.text, re.S)
    made = await OfficialDocument.get()
    assert [party["signer"]["name"] for party in made.data["parties"]] == ["Persona 0", "Persona 1"]


async def test_every_form_can_be_opened_and_sent_empty(app_client: httpx.AsyncClient) -> None:
    await signed_in(app_client, Role.LEGAL)
    for kind in BY_HAND:
        page = await app_client.get(f"/documentos/nuevo?kind={kind.value}")
        assert page.status_code == 200
        refused = await send(app_client, page, form(page, "IssueDocument"))
        assert refused.status_code == 422, kind
        for place in re.findall(r'<li><a href="#([^"]+)"', refused.text):
            assert f'id="{place}"' in refused.text, (kind, place)
    assert not await OfficialDocument.exists()


async def test_a_form_with_strange_names_does_no_harm(app_client: httpx.AsyncClient) -> None:
    await signed_in(app_client, Role.LEGAL)
    page = await app_client.get("/documentos/nuevo?kind=OFICIO")
    filled = form(page, "IssueDocument")
    strange = {
        "fields.": "x", "fields..": "x", "fields.copies.999999": "x", "fields.copies.x": "y",
        "fields.a.b.c.d.e.f.g.h.i": "z",
        "fields.subject.0": "x", "fields.__class__": "x", "fields": "x", "fields.copies.²": "z",
    }  # fmt: skip
    filled.values |= OFICIO | strange
    answer = await send(app_client, page, filled)
    assert answer.status_code == 422
    assert not await OfficialDocument.exists()


async def test_somebody_faster_is_told_and_pressing_twice_issues_once(app_client: httpx.AsyncClient) -> None:
    lawyer = await signed_in(app_client, Role.LEGAL)
    review = await stages.file_in(ReviewStage.IN_ANALYSIS, assignee=lawyer)
    page = await app_client.get(f"/documentos/nuevo?kind=OFICIO&subject={id_of(review)}")
    await type(review).filter(id=review.id).update(version=7)
    stale = await send(app_client, page, form(page, "IssueDocument"), **OFICIO)
    assert stale.status_code == 422
    assert "Otra persona cambió" in stale.text
    filled = form(stale, "IssueDocument")
    assert filled.values["expectedVersion"] == "7"
    answers = [await send(app_client, stale, filled) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert await OfficialDocument.all().count() == 1
