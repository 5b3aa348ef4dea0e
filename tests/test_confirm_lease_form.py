"""Which form a lease takes: the parameters propose, a lawyer settles it, the file follows."""

import pytest

from models.agreements import Lease, LeaseForm, LeaseNature
from models.audit import Verb
from models.people import Role
from models.reviews import ReviewMatter, ReviewRequirement, ReviewStage
from tests import builders, stages
from tests.door import HOSTILE, Said, changed, done, forbidden, id_of, id_text, last_entry, once, refusal
from tests.premises import lease_in

CONFIRM = """mutation ($input: ConfirmLeaseFormInput!) { confirmLeaseForm(input: $input) {
    lease { form formConfirmedBy { name } version } errors { code message path } } }"""
pytestmark = pytest.mark.usefixtures("db", "clock")


async def test_a_lawyer_confirms_what_is_proposed() -> None:
    lawyer = await builders.person(Role.LEGAL)
    lease, review = await lease_in(ReviewStage.IN_ANALYSIS, assignee=lawyer)

    payload = await done(lawyer, CONFIRM, leaseId=id_of(lease), form="ACTA_NEGOCIACION", expectedVersion=1)

    assert payload["lease"] == {"form": "ACTA_NEGOCIACION", "formConfirmedBy": {"name": lawyer.name}, "version": 2}
    assert (await stages.again(review)).matter == ReviewMatter.LEASE_ACTA
    entry = await last_entry()
    assert (entry.verb, entry.subject_id) == (Verb.CONFIRM_LEASE_FORM, str(lease.id))
    assert changed(entry, lease)["form"] == (None, "ACTA_NEGOCIACION")
    said = await refusal(lawyer, CONFIRM, leaseId=id_of(lease), form="ACTA_NEGOCIACION")
    assert "ya está confirmada" in said.message


async def test_another_form_takes_a_reason_and_the_file_follows() -> None:
    lawyer = await builders.person(Role.LEGAL)
    lease, review = await lease_in(ReviewStage.IN_ANALYSIS, assignee=lawyer)
    of_acta = await builders.requirement("ACTA_DPI", matter=ReviewMatter.LEASE_ACTA, title="DPI")
    await builders.requirement("CONTRATO_DPI", matter=ReviewMatter.LEASE_CONTRACT, title="DPI")
    await builders.requirement("CONTRATO_DELEGACION", matter=ReviewMatter.LEASE_CONTRACT, title="Delegación")
    await builders.asked(review, of_acta, fulfilled=True)

    said = await refusal(lawyer, CONFIRM, leaseId=id_of(lease), form="CONTRATO")
    assert (said.code, said.path) == ("BAD_USER_INPUT", "reason")
    assert "El total de Q.42,000.00 no pasa de Q.100,000.00" in said.message
    await done(lawyer, CONFIRM, leaseId=id_of(lease), form="CONTRATO", reason="Así lo pide la SGP.")

    assert (await stages.again(review)).matter == ReviewMatter.LEASE_CONTRACT
    asked = await ReviewRequirement.filter(review=review).order_by("id").values_list("code", "fulfilled")
    assert asked == [("ACTA_DPI", True), ("CONTRATO_DELEGACION", False)]
    assert "Así lo pide la SGP." in (await last_entry()).summary


async def test_an_assignment_is_no_contract_of_rent() -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    lease, review = await lease_in(
        ReviewStage.IN_ANALYSIS, nature=LeaseNature.PROPERTY_ASSIGNMENT, monthly_rent=None, total=None
    )

    said = await refusal(head, CONFIRM, leaseId=id_of(lease), form="CONTRATO", reason="x")

    assert said.path == "form"
    await done(head, CONFIRM, leaseId=id_of(lease), form="ACTA_NEGOCIACION")
    assert (await stages.again(review)).matter == ReviewMatter.PROPERTY_ASSIGNMENT


@pytest.mark.parametrize("stage", list(ReviewStage))
async def test_only_before_the_paper(stage: ReviewStage) -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    lease, _ = await lease_in(stage)
    if stage in (ReviewStage.AWAITING_SIGNATURE, ReviewStage.CLOSED, ReviewStage.WITHDRAWN):
        said = await refusal(head, CONFIRM, leaseId=id_of(lease), form="ACTA_NEGOCIACION")
        assert said.code == "NOT_ALLOWED_NOW"
    else:
        await done(head, CONFIRM, leaseId=id_of(lease), form="ACTA_NEGOCIACION")
        assert (await Lease.get(id=lease.id)).form == LeaseForm.ACTA_NEGOCIACION


async def test_a_lawyer_settles_only_the_own_files_and_nobody_else_any() -> None:
    lawyer = await builders.person(Role.LEGAL)
    lease, _ = await lease_in(ReviewStage.IN_ANALYSIS, assignee=lawyer, version=2)
    asked = {"leaseId": id_of(lease), "form": "ACTA_NEGOCIACION"}

    said = await refusal(await builders.person(Role.LEGAL), CONFIRM, **asked)
    assert "está asignado a otra persona" in said.message
    for role in (Role.COORDINATOR, Role.DIRECTOR, Role.MUNICIPAL, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN):
        await forbidden(await builders.person(role), CONFIRM, **asked)
    gone = Said("NOT_FOUND", "leaseId", "No se encontró el arrendamiento.")
    assert await refusal(lawyer, CONFIRM, **asked | {"leaseId": id_text("Lease")}) == gone
    assert (await refusal(lawyer, CONFIRM, expectedVersion=1, **asked)).code == "STALE"
    assert (await refusal(lawyer, CONFIRM, reason="x" * 2001, **asked)).path == "reason"
    await once(lawyer, CONFIRM, **asked)


async def test_any_reason_is_kept_as_typed() -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    for text in HOSTILE:
        lease, _ = await lease_in(ReviewStage.IN_ANALYSIS)
        await done(head, CONFIRM, leaseId=id_of(lease), form="CONTRATO", reason=text)
        assert text in (await last_entry()).summary
