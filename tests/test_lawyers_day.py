"""A day in the legal office through GraphQL: receive, assign, return, draft, Vo.Bo., issue, void, answer a court."""

from datetime import date

import pytest

from actions.people import system_user
from actions.reviews import admit_review
from models.people import Role
from models.reviews import LegalReview
from tests import builders
from tests.conftest import Clock, FreshDatabase
from tests.door import contract, done, person_id, refusal, told

REGISTER = """mutation($input: RegisterReviewInput!) { registerReview(input: $input) {
  review { id code stage dueOn deadlineExplanation version } errors { code message path } } }"""
DRAFT = """mutation($input: %s!) { %s(input: $input) {
  draft { id state comment version } review { code stage } errors { code message path } } }"""
SAVE = DRAFT % ("SaveDraftInput", "saveDraft")
SUBMIT = DRAFT % ("SubmitDraftInput", "submitDraft")
DECIDE = DRAFT % ("DecideDraftInput", "decideDraft")
NOTICE = """mutation($input: RegisterCourtNoticeInput!) { registerCourtNotice(input: $input) {
  notice { id dueOn courtFile { code nextOn } } errors { code message path } } }"""
ANSWER = """mutation($input: AnswerCourtNoticeInput!) { answerCourtNotice(input: $input) {
  notice { answeredOn document { number } courtFile { code nextOn } } errors { code message path } } }"""
SUIT = """mutation($input: RegisterCourtFileInput!) { registerCourtFile(input: $input) {
  courtFile { id code branch } errors { code message path } } }"""
FILE = "query($code: String!) { legalReview(code: $code) { returnsCount workingDaysLeft } }"
GAPS = "query($year: Int!) { seriesGaps(year: $year) { kind last issued voided missing } }"
BOOK = """query { outgoingBook(from: "2026-03-01", to: "2026-03-31") { entries { nodes { number voidedOn } } } }"""

DICTAMEN = {
    "outcome": "FAVORABLE",
    "background": "La unidad consulta si procede el préstamo del salón.",
    "grounds": [{"norm": "Ley del Organismo Ejecutivo", "article": "4", "text": "Principios de la función."}],
    "analysis": "El préstamo no compromete bienes del Estado.",
    "conclusion": "Es procedente el préstamo del salón por una jornada.",
}


@pytest.mark.both_databases
async def test_a_day_of_the_legal_office(db: FreshDatabase, clock: Clock) -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    lawyer = await builders.person(Role.LEGAL)
    auditor = await builders.person(Role.AUDITOR)

    # Receive a file that comes on paper, and give it to the lawyer.
    received = await done(
        head, REGISTER, matter="DICTAMEN", title="Préstamo del salón de la sede",
        requestingUnit="Dirección Administrativa", receivedOn="2026-03-02", reference="OFICIO-DA-17-2026", folios=6,
    )  # fmt: skip
    file = received["review"]
    assert (file["stage"], file["code"]) == ("RECEIVED", "EXP-2026-0001")
    assert file["deadlineExplanation"].startswith("10 días hábiles desde el lunes 2 de marzo de 2026")
    row = await LegalReview.get(code=file["code"])
    await admit_review(actor=await system_user(), review_id=row.id)
    await done(head, contract("assign-review"), reviewId=file["id"], assigneeId=person_id(lawyer))

    # Return it once with everything that is missing, and receive it again when the unit answers on paper.
    clock.move_to(date(2026, 3, 4))
    found = {"subject": "Solicitud", "finding": "No dice la fecha", "cure": "Indicar la jornada"}
    returned = await done(lawyer, contract("return-review"), reviewId=file["id"], observations=[found])
    assert returned["document"]["number"] == "PROVIDENCIA-AJ-1-2026"
    clock.move_to(date(2026, 3, 9))
    back = await done(lawyer, contract("submit-for-review"), reviewId=file["id"])
    assert back["review"]["stage"] == "IN_ANALYSIS"
    seen = (await told(lawyer, FILE, code=file["code"]))["legalReview"]
    assert (seen["returnsCount"], seen["workingDaysLeft"]) == (1, 8), "two of ten days had passed, then the clock stood"
    await admit_review(actor=await system_user(), review_id=row.id)

    # Draft, Vo.Bo., issue.
    saved = await done(lawyer, SAVE, reviewId=file["id"], kind="DICTAMEN", **DICTAMEN | {"conclusion": "Procede."})
    assert saved["draft"]["state"] == "DRAFT"
    await done(lawyer, SUBMIT, reviewId=file["id"], kind="DICTAMEN")
    sent_back = await done(head, DECIDE, draftId=saved["draft"]["id"], approve=False, comment="Diga por cuánto tiempo.")
    assert sent_back["draft"]["state"] == "SENT_BACK"
    await done(lawyer, SUBMIT, reviewId=file["id"], kind="DICTAMEN", **DICTAMEN)
    approved = await done(head, DECIDE, draftId=saved["draft"]["id"], approve=True)
    assert approved["draft"]["state"] == "APPROVED"
    other = await refusal(
        lawyer, contract("issue-dictamen"), reviewId=file["id"], draftId=saved["draft"]["id"],
        **DICTAMEN | {"analysis": "Otra cosa."},
    )  # fmt: skip
    assert "visto bueno" in other.message
    issued = await done(
        lawyer, contract("issue-dictamen"), reviewId=file["id"], draftId=saved["draft"]["id"], **DICTAMEN
    )
    assert issued["document"]["number"] == "DICTAMEN-AJ-1-2026"

    # Void one: the number stays, the file goes back, the next dictamen takes the next number.
    voided = await done(
        head, contract("void-document"), documentId=issued["document"]["id"], reason="Error en el nombre."
    )
    assert voided["document"]["number"] == "DICTAMEN-AJ-1-2026"
    assert voided["document"]["voidedOn"] == "2026-03-09"
    again = await done(lawyer, contract("issue-dictamen"), reviewId=file["id"], **DICTAMEN)
    assert again["document"]["number"] == "DICTAMEN-AJ-2-2026"

    # Answer a court's notice with an oficio.
    suit = await done(
        lawyer, SUIT, kind="REINSTATEMENT", court="Juzgado Segundo de Trabajo", courtNumber="01173-2026-00045",
        claimants=["Persona que demanda"], defendants=["SOSEP"], openedOn="2026-02-16",
    )  # fmt: skip
    notice = await done(
        lawyer,
        NOTICE,
        branch="LABOR",
        court="Juzgado Segundo de Trabajo",
        courtNumber="01173-2026-00045",
        receivedOn="2026-03-09",
        summary="Se pide informe",
        workingDays=3,
    )
    assert notice["notice"]["dueOn"] == "2026-03-12"
    assert notice["notice"]["courtFile"] == {"code": suit["courtFile"]["code"], "nextOn": "2026-03-12"}
    clock.move_to(date(2026, 3, 10))
    fields = {"addressee": "Juez Segundo de Trabajo", "subject": "Informe", "body": "Se rinde el informe pedido."}
    letter = await done(
        lawyer, contract("issue-document"), kind="OFICIO", subjectId=suit["courtFile"]["id"], fields=fields
    )
    assert letter["document"]["number"] == "OFICIO-AJ-1-2026"
    answered = await done(
        lawyer, ANSWER, noticeId=notice["notice"]["id"], answeredOn="2026-03-10", answer="Informe circunstanciado",
        documentId=letter["document"]["id"],
    )  # fmt: skip
    assert answered["notice"]["document"] == {"number": "OFICIO-AJ-1-2026"}
    assert answered["notice"]["courtFile"]["nextOn"] is None

    # The auditor sees the day: no hole in a series, the void in the book.
    gaps = (await told(auditor, GAPS, year=2026))["seriesGaps"]
    assert {(one["kind"], one["last"], one["issued"], one["voided"], tuple(one["missing"])) for one in gaps} >= {
        ("DICTAMEN", 2, 2, 1, ()), ("PROVIDENCIA", 1, 1, 0, ()), ("OFICIO", 1, 1, 0, ()),
    }  # fmt: skip
    book = (await told(auditor, BOOK))["outgoingBook"]["entries"]["nodes"]
    assert {one["number"] for one in book if one["voidedOn"]} == {"DICTAMEN-AJ-1-2026"}
