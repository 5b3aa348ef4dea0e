"""Voiding a paper: the number stays, the reason is kept, and the file goes back to where the paper had found it."""

from datetime import date
from typing import Any

import pytest

from actions.papers import GroundInput, ObservationInput, issue_dictamen, return_review
from actions.preparation import prepare_agreement
from actions.reviews import submit_for_review
from models.agreements import AgreementStage
from models.audit import Verb
from models.conventions import Amendment
from models.outbox import Notice, WakeUp
from models.papers import DocumentKind, OfficialDocument, Outcome, Series
from models.people import Role, User
from models.reviews import LegalReview, ReviewMatter, ReviewStage
from models.signing import Side, Signature
from reads.engine import favorable_dictamen, next_step
from tests import builders, stages
from tests.conftest import Clock
from tests.door import (
    HOSTILE,
    Said,
    bad_ids,
    changed,
    contract,
    done,
    forbidden,
    id_of,
    id_text,
    last_entry,
    once,
    refusal,
    refused,
    told,
)

VOID = contract("void-document")
WHY = "Se emitió con un nombre equivocado."
pytestmark = pytest.mark.usefixtures("db", "clock")


async def head() -> User:
    """Return a head of the legal office."""
    return await builders.person(Role.LEGAL_HEAD)


async def on_desk(**more: Any) -> tuple[User, LegalReview]:
    """Return a lawyer and a file under analysis on her desk, due in ten working days."""
    lawyer = await builders.person(Role.LEGAL)
    await builders.program()
    return lawyer, await stages.file_in(
        ReviewStage.IN_ANALYSIS, **{"assignee": lawyer, "due_on": date(2026, 3, 16)} | more
    )


async def concluded(lawyer: User, review: LegalReview, outcome: Outcome = Outcome.FAVORABLE) -> OfficialDocument:
    """Issue a dictamen for a file through its own deed."""
    texts = {"background": "a", "analysis": "b", "conclusion": "c", "grounds": [GroundInput("n", "t")]}
    return await issue_dictamen(actor=lawyer, review_id=review.id, outcome=outcome, **texts)


async def void(person: User, document: OfficialDocument, reason: str = WHY) -> OfficialDocument:
    """Void a paper over GraphQL and return it as it stands."""
    payload = await done(person, VOID, documentId=id_of(document), reason=reason)
    assert payload["document"]["number"] == document.number
    return await OfficialDocument.get(id=document.id)


async def test_a_voided_paper_keeps_its_number_and_says_why() -> None:
    boss, lawyer = await head(), await builders.person(Role.LEGAL)
    paper = await builders.paper(issued_by=lawyer, subject="Informe al Congreso")

    payload = await done(boss, VOID, documentId=id_of(paper), reason=f"  {WHY} ")

    assert payload["document"] == {"number": paper.number, "voidedOn": "2026-03-02", "voidReason": WHY}
    kept = await OfficialDocument.get(id=paper.id)
    assert (kept.serial, kept.voided_by_id) == (paper.serial, boss.id)
    entry = await last_entry()
    assert (entry.verb, entry.subject_type, entry.subject_id) == (Verb.VOID_DOCUMENT, "OfficialDocument", str(paper.id))
    assert WHY in entry.summary
    assert changed(entry, paper)["void_reason"] == ("", WHY)
    (notice,) = await Notice.all()
    assert (notice.recipient, WHY in notice.body, "Informe al Congreso" in notice.body) == (lawyer.email, True, True)
    verified = (await told(None, contract("verify-document"), code=paper.verification_code))["verifyDocument"]
    assert (verified["number"], verified["state"]) == (paper.number, "VOIDED")
    assert WHY not in str(verified)


async def test_a_void_is_not_repeated() -> None:
    boss, paper = await head(), await builders.paper()

    await once(boss, VOID, documentId=id_of(paper), reason=WHY)

    said = await refusal(boss, VOID, documentId=id_of(paper), reason="Otro motivo")
    assert said.code == "NOT_ALLOWED_NOW"
    assert f"{paper.number} ya se anuló el 02/03/2026" in said.message


async def test_a_voided_dictamen_sends_its_file_back_with_a_new_term(clock: Clock) -> None:
    boss, mayor = await head(), await builders.person(Role.MUNICIPAL)
    lawyer, review = await on_desk(requested_by=mayor, admitted=True)
    paper = await concluded(lawyer, review)
    clock.move_to(date(2026, 3, 5))

    await void(boss, paper)

    after = await stages.again(review)
    assert (after.stage, after.due_on, after.due_from, after.due_days) == (
        ReviewStage.IN_ANALYSIS, date(2026, 3, 19), date(2026, 3, 5), 10,
    )  # fmt: skip
    assert after.assignee_id == lawyer.id
    assert await favorable_dictamen(review.id) is None
    assert await next_step(review.id) is None
    entry = await last_entry()
    assert (entry.subject_type, entry.subject_id) == ("LegalReview", str(review.id))
    assert "19/03/2026" in entry.summary
    people = await Notice.filter(key__startswith=f"voided:{paper.number}").values_list("recipient", flat=True)
    assert set(people) == {mayor.email, lawyer.email}
    again = await concluded(lawyer, after, Outcome.UNFAVORABLE)
    assert (paper.serial, again.serial) == (1, 2)
    assert (await Series.get(kind="DICTAMEN")).value == 2


async def test_without_its_dictamen_the_agreements_paper_falls_too() -> None:
    boss, engine, signatory = await head(), await stages.engine(), await builders.person(Role.SIGNATORY)
    lawyer, review = await on_desk()
    paper = await concluded(lawyer, review)
    assert await prepare_agreement(actor=engine, review_id=review.id)
    agreement = await OfficialDocument.get(kind=DocumentKind.CONVENIO)

    await void(boss, paper)

    await agreement.refresh_from_db()
    assert agreement.voided_on == date(2026, 3, 2)
    assert paper.number in agreement.void_reason
    assert (await stages.again(review)).stage == ReviewStage.IN_ANALYSIS
    assert (await stages.convention_of(review)).stage == AgreementStage.IN_REVIEW
    assert await Notice.exists(key=f"voided:{paper.number}:{signatory.email}")
    await concluded(lawyer, await stages.again(review))
    assert await prepare_agreement(actor=engine, review_id=review.id)
    valid = OfficialDocument.filter(kind=DocumentKind.CONVENIO, voided_on=None)
    assert await valid.values_list("serial", flat=True) == [2]


async def test_a_voided_agreement_paper_is_made_anew() -> None:
    boss, engine, mayor = await head(), await stages.engine(), await builders.person(Role.MUNICIPAL)
    lawyer, review = await on_desk()
    await concluded(lawyer, review)
    assert await prepare_agreement(actor=engine, review_id=review.id)
    paper = await OfficialDocument.get(kind=DocumentKind.CONVENIO)
    await WakeUp.all().delete()

    await void(boss, paper)

    assert (await stages.again(review)).stage == ReviewStage.DICTAMEN_ISSUED
    assert (await stages.convention_of(review)).stage == AgreementStage.IN_REVIEW
    assert await WakeUp.all().values_list("review_id", flat=True) == [review.id]
    assert await Notice.exists(key=f"voided:{paper.number}:{mayor.email}")
    assert not await Notice.exists(key=f"voided:{paper.number}:{engine.email}")
    assert await next_step(review.id) == Verb.PREPARE_AGREEMENT
    assert await prepare_agreement(actor=engine, review_id=review.id)
    assert (await stages.again(review)).stage == ReviewStage.AWAITING_SIGNATURE
    assert (await stages.convention_of(review)).stage == AgreementStage.READY_TO_SIGN


async def test_a_voided_return_gives_the_file_back_with_the_days_it_had(clock: Clock) -> None:
    boss = await head()
    lawyer, review = await on_desk()
    paper = await return_review(actor=lawyer, review_id=review.id, observations=[ObservationInput("a", "b", "c")])
    clock.move_to(date(2026, 3, 9))

    await void(boss, paper)

    after = await stages.again(review)
    # Ten working days were left on 2 March, and the clock stood still while the file was away.
    assert (after.stage, after.due_on, after.days_left) == (ReviewStage.IN_ANALYSIS, date(2026, 3, 23), None)
    assert after.returns_count == 0
    query = """query ($id: ID!) { node(id: $id) {
        ... on LegalReview { observations { subject } documents { number } } } }"""
    shown = (await told(lawyer, query, id=id_of(review)))["node"]
    assert shown == {"observations": [], "documents": [{"number": paper.number}]}
    # It was no return, so the next one is the first.
    second = await return_review(actor=lawyer, review_id=review.id, observations=[ObservationInput("d", "e", "f")])
    assert second.data["return_ordinal"] == 1


async def test_a_return_that_was_answered_moves_nothing() -> None:
    boss, mayor = await head(), await builders.person(Role.MUNICIPAL)
    lawyer, review = await on_desk(requested_by=mayor)
    paper = await return_review(actor=lawyer, review_id=review.id, observations=[ObservationInput("a", "b", "c")])
    await submit_for_review(actor=mayor, review_id=review.id)
    before = await stages.again(review)

    await void(boss, paper)

    assert (await stages.again(review)).stage == ReviewStage.IN_ANALYSIS
    assert (await stages.again(review)).version == before.version
    # Neither does an older return while the file is away with a newer one.
    newer = await return_review(
        actor=lawyer, review_id=review.id, observations=[ObservationInput("a", "b", "c")],
        reason_for_second_return="Falta otro.",
    )  # fmt: skip
    other = await builders.paper(DocumentKind.PROVIDENCIA, review=review)
    await void(boss, other)
    assert (await stages.again(review)).stage == ReviewStage.RETURNED
    await void(boss, newer)
    assert (await stages.again(review)).stage == ReviewStage.IN_ANALYSIS


async def test_a_consultation_that_its_dictamen_closed_opens_again() -> None:
    boss = await head()
    closed = {"convention": None, "municipality_id": None, "matter": ReviewMatter.DICTAMEN}
    closed["closed_on"] = date(2026, 3, 2)
    answered = await builders.review(stage=ReviewStage.CLOSED, **closed)
    by_hand = await builders.review(stage=ReviewStage.CLOSED, **closed, conclusion="Se archivó.")
    for review, stage in ((answered, ReviewStage.IN_ANALYSIS), (by_hand, ReviewStage.CLOSED)):
        await void(boss, await stages.dictamen(review))
        after = await stages.again(review)
        assert (after.stage, after.closed_on) == (stage, None if stage != ReviewStage.CLOSED else date(2026, 3, 2))


@pytest.mark.parametrize("stage", [AgreementStage.SIGNED, AgreementStage.TERMINATED])
async def test_what_a_signed_agreement_stands_on_is_refused(stage: AgreementStage) -> None:
    boss = await head()
    review = await stages.file_in(ReviewStage.CLOSED)
    convention = await stages.convention_of(review)
    await type(convention).filter(id=convention.id).update(stage=stage)
    dictamen = await OfficialDocument.get(kind=DocumentKind.DICTAMEN)
    center = await builders.center()
    lease = await builders.lease(center)
    papers = [dictamen, await builders.paper(DocumentKind.CONVENIO, review=review, convention=convention)]
    if stage == AgreementStage.SIGNED:
        papers.append(await builders.paper(DocumentKind.CONTRATO_ARRENDAMIENTO, lease=lease))
    for paper in papers:
        said = await refusal(boss, VOID, documentId=id_of(paper), reason=WHY)
        assert said.code == "NOT_ALLOWED_NOW"
        assert paper.number in said.message
        assert "ya está firmado" in said.message
    await void(boss, await builders.paper(DocumentKind.OFICIO, review=review, convention=convention))


async def test_one_signature_is_enough_to_refuse() -> None:
    boss = await head()
    review = await stages.file_in(ReviewStage.AWAITING_SIGNATURE)
    convention = await stages.convention_of(review)
    await Signature.create(
        convention=convention, side=Side.SOSEP, signer_name="Carla Ruiz", capacity="Secretaria", place="Guatemala",
        signed_on=date(2026, 3, 2), recorded_by=boss,
    )  # fmt: skip
    paper = await builders.paper(DocumentKind.CONVENIO, review=review, convention=convention)
    for document in (paper, await OfficialDocument.get(kind=DocumentKind.DICTAMEN)):
        said = await refusal(boss, VOID, documentId=id_of(document), reason=WHY)
        assert "ya tiene firmas anotadas" in said.message


async def test_a_signed_adenda_is_refused_and_one_unsigned_is_not() -> None:
    boss, convention = await head(), await builders.convention()
    signed, other = [await builders.paper(DocumentKind.ADENDA, convention=convention) for _ in range(2)]
    await Amendment.create(
        convention=convention, ordinal=1, motive="Horario", signed_on=date(2025, 8, 1), document=signed
    )
    said = await refusal(boss, VOID, documentId=id_of(signed), reason=WHY)
    assert f"La adenda {signed.number} ya está firmada" in said.message
    assert (await void(boss, other)).voided_on


async def test_a_second_agreement_paper_holds_the_file_where_it_is() -> None:
    boss = await head()
    review = await stages.file_in(ReviewStage.AWAITING_SIGNATURE)
    links = {"review": review, "convention": await stages.convention_of(review)}
    first, second = [await builders.paper(DocumentKind.CONVENIO, **links) for _ in range(2)]
    await void(boss, first)
    assert (await stages.again(review)).stage == ReviewStage.AWAITING_SIGNATURE
    await void(boss, second)
    assert (await stages.again(review)).stage == ReviewStage.DICTAMEN_ISSUED


async def test_papers_of_leases_go_back_too() -> None:
    boss, lawyer = await head(), await builders.person(Role.LEGAL)
    lease = await builders.lease(await builders.center(), stage=AgreementStage.READY_TO_SIGN)
    review = await builders.review(
        stage=ReviewStage.AWAITING_SIGNATURE, convention=None, municipality_id=None, lease=lease, assignee=lawyer,
        matter=ReviewMatter.LEASE_CONTRACT,
    )  # fmt: skip
    dictamen = await stages.dictamen(review)
    paper = await builders.paper(DocumentKind.CONTRATO_ARRENDAMIENTO, review=review, lease=lease)
    await void(boss, paper)
    await lease.refresh_from_db()
    assert ((await stages.again(review)).stage, lease.stage) == (ReviewStage.DICTAMEN_ISSUED, AgreementStage.IN_REVIEW)
    await void(boss, dictamen)
    assert (await stages.again(review)).stage == ReviewStage.IN_ANALYSIS


async def test_a_paper_of_2024_without_a_file_may_be_voided_too() -> None:
    boss = await head()
    paper = await builders.paper(year=2024, issued_on=date(2024, 5, 6), source="DEMO", file=None)
    assert (await void(boss, paper)).voided_on == date(2026, 3, 2)


async def test_only_the_head_voids() -> None:
    paper = await builders.paper()
    for role in set(Role) - {Role.LEGAL_HEAD, Role.SYSTEM}:
        await forbidden(await builders.person(role), VOID, documentId=id_of(paper), reason=WHY)
    await forbidden(None, VOID, documentId=id_of(paper), reason=WHY)


async def test_wrong_values_are_named_field_by_field() -> None:
    boss, paper = await head(), await builders.paper()
    for reason, words in (
        ("", "Escriba el motivo"), ("  \n", "Escriba el motivo"), ("x" * 2001, "2000 caracteres"),
        ("a\x1bb", "caracteres de control"),
    ):  # fmt: skip
        said = await refusal(boss, VOID, documentId=id_of(paper), reason=reason)
        assert (said.code, said.path) == ("BAD_USER_INPUT", "reason")
        assert words in said.message
    for given in bad_ids("OfficialDocument"):
        assert (await refusal(boss, VOID, documentId=given, reason=WHY)).path == "documentId"
    said = await refusal(boss, VOID, documentId=id_text("OfficialDocument"), reason=WHY)
    assert said == Said("NOT_FOUND", "documentId", "No se encontró el documento.")
    both = await refused(boss, VOID, documentId=id_of(paper), reason="\x1b" * 2001)
    assert [one.path for one in both] == ["reason", "reason"]


async def test_any_reason_is_kept_as_typed() -> None:
    boss = await head()
    for text in HOSTILE:
        assert (await void(boss, await builders.paper(), text)).void_reason == text
