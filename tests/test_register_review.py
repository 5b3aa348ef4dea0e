"""Registering a file that came on paper: its clock runs from the day of receipt, and it is registered once."""

from datetime import date
from typing import Any

import pytest

from actions.reviews import admit_review
from models.agreements import AgreementStage
from models.audit import Verb
from models.outbox import Notice, WakeUp
from models.people import Role
from models.reviews import LegalReview, Requirement, ReviewStage
from reads.engine import next_step
from reads.requirements import requirements_for
from tests import builders, stages
from tests.door import (
    HOSTILE,
    bad_ids,
    done,
    forbidden,
    id_of,
    id_text,
    last_entry,
    once,
    refusal,
    refused,
    sent_up,
)

REGISTER = """mutation ($input: RegisterReviewInput!) { registerReview(input: $input) {
    review {
      code matter title requestingUnit stage receivedOn dueOn deadlineExplanation reference folios
      subject { __typename ... on Convention { number } ... on Lease { number } ... on SanitaryLicense { number } }
      requirements { code fulfilled evidence { filename } }
    }
    errors { code message path }
} }"""
PAPER: dict[str, Any] = {
    "matter": "OPINION", "title": "Consulta sobre viáticos", "requestingUnit": "Dirección Financiera",
    "receivedOn": "2026-03-02",
}  # fmt: skip
pytestmark = pytest.mark.usefixtures("db", "clock")


async def test_a_consultation_is_on_the_desk_with_its_clock_running_from_the_day_of_receipt() -> None:
    lawyer = await builders.person(Role.LEGAL)
    file = await sent_up(lawyer, "oficio.pdf")
    paper = PAPER | {"receivedOn": "2026-02-26", "reference": "OF-DF-12-2026", "folios": 7, "fileId": file["id"]}

    review = (await done(lawyer, REGISTER, **paper))["review"]

    assert review == {
        "code": "EXP-2026-0001", "matter": "OPINION", "title": "Consulta sobre viáticos",
        "requestingUnit": "Dirección Financiera", "stage": "RECEIVED", "receivedOn": "2026-02-26",
        "dueOn": "2026-03-12", "reference": "OF-DF-12-2026", "folios": 7, "subject": {"__typename": "Consultation"},
        "deadlineExplanation": review["deadlineExplanation"],
        "requirements": [
            {"code": "DOCUMENTO_DE_INGRESO", "fulfilled": True, "evidence": {"filename": "oficio.pdf"}}
        ],
    }  # fmt: skip
    assert review["deadlineExplanation"].startswith("10 días hábiles desde el jueves 26 de febrero de 2026")
    row = await LegalReview.get()
    assert (row.requested_by_id, row.municipality_id, row.department_id, row.program) == (lawyer.id, None, None, None)
    assert (await last_entry()).verb == Verb.REGISTER_REVIEW
    assert (await WakeUp.get()).review_id == row.id
    assert await Notice.all().count() == 0
    # The engine admits it like any other: no line is wanting, the least loaded lawyer is proposed.
    assert await next_step(row.id) == Verb.ADMIT_REVIEW
    admitted = await admit_review(actor=await stages.engine(), review_id=row.id)
    assert admitted
    assert (admitted.missing, admitted.proposed_lawyer_id) == ([], lawyer.id)
    # The line that holds the scan is asked of nobody.
    convention = await builders.convention()
    assert await requirements_for(convention, on=date(2026, 3, 2)) == []
    await done(lawyer, REGISTER, **PAPER, fileId=(await sent_up(lawyer))["id"])
    assert await Requirement.all().count() == 1


async def test_whose_file_it_is_sees_it_and_is_told() -> None:
    lawyer, mayor, director = [await builders.person(role) for role in (Role.LEGAL, Role.MUNICIPAL, Role.DIRECTOR)]
    await builders.person(Role.MUNICIPAL, at=builders.MIXCO)

    await done(lawyer, REGISTER, **PAPER, municipalityCode=builders.CHAMELCO, program="MAD")

    row = await LegalReview.get()
    assert (row.municipality_id, row.department_id) == (builders.CHAMELCO, builders.CHAMELCO[:2])  # type: ignore[attr-defined]
    notices = await Notice.all()
    assert {one.recipient for one in notices} == {mayor.email, director.email}
    assert "Tiene hasta el 16/03/2026 (10 días hábiles)" in notices[0].body


async def test_a_file_about_an_agreement_is_of_whom_the_agreement_is() -> None:
    lawyer, mayor = await builders.person(Role.LEGAL), await builders.person(Role.MUNICIPAL)
    convention, center = await builders.convention(), await builders.center()
    lease, license = await builders.lease(center), await builders.sanitary_license(center)
    for agreement, town in ((convention, builders.CHAMELCO), (lease, None), (license, None)):
        for field, value in (("municipalityCode", builders.MIXCO), ("departmentCode", "01"), ("program", "HC")):
            said = await refusal(lawyer, REGISTER, **PAPER | {"subjectId": id_of(agreement), field: value})
            assert (said.path, agreement.number in said.message) == (field, True)
        await done(lawyer, REGISTER, **PAPER, subjectId=id_of(agreement))
        row = await LegalReview.all().order_by("-id").first()
        assert row
        assert (row.municipality_id, row.department_id, row.program) == (town, "16", "MAD")  # type: ignore[attr-defined]
    assert await Notice.filter(recipient=mayor.email).count() == 1


@pytest.mark.parametrize("by", ["id", "number"])
async def test_a_pending_agreement_comes_under_review_and_a_signed_one_stays(by: str) -> None:
    lawyer = await builders.person(Role.LEGAL)
    pending = await builders.convention(stage=AgreementStage.REQUESTED, starts_on=None, ends_on=None)
    signed = await builders.lease(await builders.center())
    for agreement in (pending, signed):
        about = {"subjectId": id_of(agreement)} if by == "id" else {"subjectNumber": f" {agreement.number.lower()} "}

        review = (await done(lawyer, REGISTER, **PAPER, **about))["review"]

        assert review["subject"]["number"] == agreement.number
        await agreement.refresh_from_db()
        said = await refusal(lawyer, REGISTER, **PAPER, **about)
        assert said.code == "NOT_ALLOWED_NOW"
        assert f"siga el {review['code']}" in said.message
    assert (pending.stage, signed.stage) == (AgreementStage.IN_REVIEW, AgreementStage.SIGNED)


async def test_what_is_wrong_is_said_field_by_field() -> None:
    lawyer = await builders.person(Role.LEGAL)
    await builders.places()
    wrong: dict[str, Any] = {
        "title": " ", "requestingUnit": "x" * 161, "reference": "x" * 81, "folios": 0, "receivedOn": "2026-03-03",
        "municipalityCode": "9999",
    }  # fmt: skip
    said = await refused(lawyer, REGISTER, **PAPER | wrong)
    assert {one.path for one in said} == {
        "title", "requestingUnit", "reference", "folios", "receivedOn", "municipalityCode",
    }  # fmt: skip
    for field, value in (
        ("receivedOn", "2025-12-31"),
        ("receivedOn", "9999-12-31"),
        ("folios", 20_001),
        ("folios", -1),
        ("municipalityCode", "' OR 1=1--"),
        ("departmentCode", "99"),
        ("title", "x" * 301),
        ("title", "a\u202eb"),
    ):
        assert (await refusal(lawyer, REGISTER, **PAPER | {field: value})).path == field, value
    apart = await refusal(lawyer, REGISTER, **PAPER, municipalityCode=builders.CHAMELCO, departmentCode="01")
    assert apart.path == "departmentCode"
    both = await refusal(lawyer, REGISTER, **PAPER, subjectId=id_text("Lease"), subjectNumber="ARR-1")
    assert both.path == "subjectNumber"
    # Sixty days back still pass, for a paper that lay about.
    await done(lawyer, REGISTER, **PAPER | {"receivedOn": "2026-01-01", "departmentCode": "01"})


async def test_what_it_is_about_must_exist() -> None:
    lawyer = await builders.person(Role.LEGAL)
    for given in bad_ids("Convention"):
        if given:
            assert (await refusal(lawyer, REGISTER, **PAPER, subjectId=given)).path == "subjectId", given
    missing = await refusal(lawyer, REGISTER, **PAPER, subjectId=id_text("SanitaryLicense"))
    assert (missing.code, missing.path) == ("NOT_FOUND", "subjectId")
    unknown = await refusal(lawyer, REGISTER, **PAPER, subjectNumber="CONV-2020-0001" * 9)
    assert (unknown.code, unknown.path) == ("NOT_FOUND", "subjectNumber")
    withdrawn = await builders.convention(stage=AgreementStage.WITHDRAWN, starts_on=None, ends_on=None)
    said = await refusal(lawyer, REGISTER, **PAPER, subjectId=id_of(withdrawn))
    assert "solicítelo de nuevo" in said.message


async def test_a_landlords_matter_is_no_municipalitys() -> None:
    lawyer = await builders.person(Role.LEGAL)
    await builders.places()
    for matter in ("LEASE_CONTRACT", "LEASE_ACTA", "PROPERTY_ASSIGNMENT"):
        said = await refusal(lawyer, REGISTER, **PAPER | {"matter": matter, "municipalityCode": builders.CHAMELCO})
        assert said.path == "municipalityCode"


async def test_the_same_paper_of_the_same_unit_is_registered_once_while_its_file_is_open() -> None:
    lawyer = await builders.person(Role.LEGAL)
    await done(lawyer, REGISTER, **PAPER, reference="OF-1")

    again = PAPER | {"requestingUnit": "DIRECCION  FINANCIERA", "title": "Otro asunto"}
    said = await refusal(lawyer, REGISTER, **again, reference="OF-1")
    assert said.code == "NOT_ALLOWED_NOW"
    assert "EXP-2026-0001" in said.message
    await done(lawyer, REGISTER, **PAPER | {"requestingUnit": "Recursos Humanos"}, reference="OF-1")
    await done(lawyer, REGISTER, **again)
    await LegalReview.filter(code="EXP-2026-0001").update(stage=ReviewStage.CLOSED)
    await done(lawyer, REGISTER, **again, reference="OF-1")


async def test_hostile_texts_are_kept_as_they_were_typed() -> None:
    lawyer = await builders.person(Role.LEGAL)
    for text in HOSTILE:
        review = (await done(lawyer, REGISTER, **PAPER | {"title": text, "requestingUnit": text}))["review"]
        assert (review["title"], review["requestingUnit"]) == (text, text)


async def test_pressing_twice_registers_once() -> None:
    await once(await builders.person(Role.LEGAL_HEAD), REGISTER, **PAPER)
    assert await LegalReview.all().count() == 1


@pytest.mark.parametrize(
    "role", [Role.MUNICIPAL, Role.DIRECTOR, Role.COORDINATOR, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN]
)
async def test_only_the_legal_office_registers(role: Role) -> None:
    await forbidden(await builders.person(role), REGISTER, **PAPER)
