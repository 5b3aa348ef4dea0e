"""«Ver en Word, sin número»: what is typed so far comes as a project, what lacks is named, and nothing is written."""

import base64
from typing import Any

import httpx
import pytest

from documents.engine import visible_text
from documents.projects import NOTICE
from models.agreements import LeaseForm
from models.people import Role, User
from models.reviews import LegalReview, ReviewStage
from tests import builders, stages
from tests.browsing import enter, form, send
from tests.door import bad_ids, done, everything, forbidden, id_of, refusal, refused, token_of
from tests.premises import lease_in
from tests.test_issue_lease_paper import ACTA

ANSWER = "{ file { filename mediaType content } missing errors { code message path } }"
DOCUMENT = f"mutation ($input: PreviewDocumentInput!) {{ previewDocument(input: $input) {ANSWER} }}"
DRAFT = f"mutation ($input: PreviewDraftInput!) {{ previewDraft(input: $input) {ANSWER} }}"
LEASE = f"mutation ($input: PreviewLeasePaperInput!) {{ previewLeasePaper(input: $input) {ANSWER} }}"
AMENDMENT = f"mutation ($input: PreviewAmendmentInput!) {{ previewAmendment(input: $input) {ANSWER} }}"
ISSUE_LEASE = """mutation ($input: IssueLeasePaperInput!) { issueLeasePaper(input: $input) {
  document { number } errors { code message path } } }"""
LETTER = {"addressee": "Señor Pedro Caal & Cía. <Alcalde>", "subject": "Remisión", "body": "Uno.\nDos."}
pytestmark = pytest.mark.usefixtures("db", "clock")


async def on_desk(**more: Any) -> tuple[User, LegalReview]:
    """Return a lawyer and a file that she analyzes."""
    lawyer = await builders.person(Role.LEGAL)
    return lawyer, await stages.file_in(ReviewStage.IN_ANALYSIS, assignee=lawyer, **more)


async def text_of(person: User, mutation: str, **input: Any) -> tuple[str, list[str]]:
    """Return what a preview says and what it names as missing; asking for it left no trace."""
    await token_of(person)
    before = await everything()
    answer = await done(person, mutation, **input)
    assert await everything() == before
    assert answer["file"]["filename"].startswith("PROYECTO-")
    return visible_text(base64.b64decode(answer["file"]["content"])), answer["missing"]


async def test_a_letter_as_it_is_typed_so_far() -> None:
    lawyer, review = await on_desk()
    text, missing = await text_of(lawyer, DOCUMENT, kind="OFICIO", fields=LETTER)
    assert NOTICE in text
    assert LETTER["addressee"] in text
    assert lawyer.name in text
    assert missing == []
    text, missing = await text_of(
        lawyer, DOCUMENT, kind="OFICIO", subjectId=id_of(review), fields={"body": "Solo el cuerpo."}
    )
    assert review.title in text, "the file lends its subject"
    assert "Falta por escribir: a quién se dirige, con su tratamiento." in text
    assert missing == ["a quién se dirige, con su tratamiento"]


@pytest.mark.parametrize("kind", ["OPINION", "PROVIDENCIA", "RESOLUCION", "CONOCIMIENTO"])
async def test_an_empty_paper_names_all_that_it_needs(kind: str) -> None:
    lawyer = await builders.person(Role.LEGAL)
    text, missing = await text_of(lawyer, DOCUMENT, kind=kind, fields={})
    assert len(missing) >= 2
    assert "________" in text


async def test_what_is_wrong_is_refused_in_its_place() -> None:
    lawyer = await builders.person(Role.LEGAL)
    said = await refused(lawyer, DOCUMENT, kind="OFICIO", fields={"number": "OFICIO-AJ-1-2026", "body": "\u202e"})
    assert {one.path for one in said} == {"fields.number", "fields.body"}
    parties = await refused(lawyer, DOCUMENT, kind="CARTA_ENTENDIMIENTO", fields={"title": "Cooperar"})
    assert {one.path for one in parties} >= {"fields.parties", "fields.motives"}
    assert (await refusal(lawyer, DOCUMENT, kind="DICTAMEN", fields={})).path == "kind"
    for bad in filter(None, bad_ids("LegalReview", "Person")):
        assert (await refusal(lawyer, DOCUMENT, kind="OFICIO", fields=LETTER, subjectId=bad)).path == "subjectId"


async def test_a_dictamen_without_a_conclusion() -> None:
    lawyer, review = await on_desk()
    given = {"reviewId": id_of(review), "kind": "DICTAMEN"}
    text, missing = await text_of(lawyer, DRAFT, **given, background="Se pidió.", grounds=[{"norm": "Ley"}])
    assert "DICTAMEN ________, con la conclusión siguiente" in text
    assert missing == ["sentido del dictamen", "fundamento de derecho 1, lo que la norma dispone o cómo se aplica",
                       "análisis", "conclusión"]  # fmt: skip
    text, missing = await text_of(lawyer, DRAFT, **given, outcome="UNFAVORABLE", conclusion="No procede.")
    assert "DICTAMEN DESFAVORABLE" in text
    assert "conclusión" not in missing
    said = await refused(lawyer, DRAFT, **given, outcome="UNFAVORABLE", conditions=["Una"])
    assert "condiciones" in said[0].message


async def test_a_second_return_without_its_reason() -> None:
    lawyer, review = await on_desk(returns_count=1)
    given = {"reviewId": id_of(review), "kind": "PROVIDENCIA"}
    observed = {"subject": "DPI", "finding": "Vencido.", "cure": "Entregar otro."}
    text, missing = await text_of(lawyer, DRAFT, **given, observations=[observed], workingDays=5)
    assert "DPI" in text
    assert missing == ["motivo de la segunda devolución"]
    text, missing = await text_of(lawyer, DRAFT, **given, reasonForSecondReturn="Llegó otro documento.")
    assert missing == ["todas las observaciones"]


async def test_papers_of_leases_and_adendas_are_tried_and_undone() -> None:
    lawyer = await builders.person(Role.LEGAL)
    lease, _ = await lease_in(ReviewStage.DICTAMEN_ISSUED, assignee=lawyer, form=LeaseForm.ACTA_NEGOCIACION,
                                   form_confirmed_by=lawyer)  # fmt: skip
    text, _ = await text_of(lawyer, LEASE, leaseId=id_of(lease), **ACTA)
    assert "ACTA DE NEGOCIACIÓN (PROYECTO SIN NÚMERO)" in text
    assert "Se entrega con inventario." in text
    said = await refused(lawyer, LEASE, leaseId=id_of(lease), **ACTA | {"attendees": []})
    assert {one.path for one in said} == {"attendees"}
    signed = await builders.convention()
    amended = {"conventionId": id_of(signed), "motive": "Cambia el horario", "signedOn": "2026-03-02"}
    change = {"clause": "DÉCIMA, HORARIO", "before": "De 8 a 12.", "after": "De 8 a 15."}
    text, _ = await text_of(lawyer, AMENDMENT, **amended, changes=[change])
    assert "ADENDA (PROYECTO SIN NÚMERO)" in text
    assert "De 8 a 15." in text
    assert (await refusal(lawyer, AMENDMENT, **amended, changes=[])).path == "changes"
    issued = await done(lawyer, ISSUE_LEASE, leaseId=id_of(lease), **ACTA)
    assert issued["document"]["number"] == "ACTA_NEGOCIACION-AJ-1-2026", "what was tried took no number"


async def test_only_who_may_issue_it_reads_it_before() -> None:
    _, review = await on_desk()
    given = {"reviewId": id_of(review), "kind": "DICTAMEN"}
    for role in (Role.MUNICIPAL, Role.DIRECTOR, Role.COORDINATOR, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN):
        person = await builders.person(role)
        await forbidden(person, DRAFT, **given)
        await forbidden(person, DOCUMENT, kind="OFICIO", fields=LETTER)
    colleague = await builders.person(Role.LEGAL)
    assert "asignado a otra persona" in (await refusal(colleague, DRAFT, **given)).message
    assert "asignado a otra persona" in (
        await refusal(colleague, DOCUMENT, kind="OFICIO", fields=LETTER, subjectId=id_of(review))
    ).message  # fmt: skip


async def test_from_the_pages_it_is_a_download(app_client: httpx.AsyncClient) -> None:
    lawyer, review = await on_desk()
    signed = await builders.convention()
    await enter(app_client, lawyer)
    before = await everything()
    page = await app_client.get("/documentos/nuevo?kind=OFICIO")
    assert "Ver en Word, sin número" in page.text
    sent = await send(
        app_client, page, form(page, "IssueDocument"), **{"_operation": "PreviewDocument", "fields.body": "Hola."}
    )
    assert sent.status_code == 200
    assert sent.headers["content-disposition"] == "attachment; filename*=UTF-8''PROYECTO-OFICIO.docx"
    assert "Hola." in visible_text(sent.content)
    for path in ("dictamen", "devolver"):
        page = await app_client.get(f"/expedientes/{review.code}/{path}")
        operation = "IssueDictamen" if path == "dictamen" else "ReturnReview"
        sent = await send(app_client, page, form(page, operation), **{"_operation": "PreviewDraft"})
        assert sent.headers["content-disposition"].startswith("attachment"), path
        assert NOTICE in visible_text(sent.content)
    wrong = await send(
        app_client,
        await app_client.get("/documentos/nuevo?kind=CARTA_ENTENDIMIENTO"),
        form(await app_client.get("/documentos/nuevo?kind=CARTA_ENTENDIMIENTO"), "IssueDocument"),
        **{"_operation": "PreviewDocument", "fields.title": "Lo que ya escribí"},
    )
    assert wrong.status_code == 422
    assert "Lo que ya escribí" in wrong.text, "what was typed stays"
    page = await app_client.get(f"/convenios/{signed.number}/adenda")
    amendment = form(page, "AmendConvention")
    changed = {"changes.0.clause": "QUINTA", "changes.0.before": "Uno.", "changes.0.after": "Dos."}
    typed = {"_operation": "PreviewAmendment", "motive": "Cambio", **changed}
    sent = await send(app_client, page, amendment, **typed)
    assert "ADENDA (PROYECTO SIN NÚMERO)" in visible_text(sent.content)
    wrong = await send(app_client, page, amendment, **typed | {"motive": ""})
    assert wrong.status_code == 422
    assert "Dos." in wrong.text
    assert await everything() == before
