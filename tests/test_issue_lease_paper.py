"""Making the paper of a lease: the acta or the contract that its form asks, numbered, with all that the lease says."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from models.agreements import AgreementStage, Lease, LeaseForm, LeaseNature
from models.audit import Verb
from models.outbox import Notice
from models.papers import DocumentKind, OfficialDocument, Outcome, Series
from models.people import Role, User
from models.places import OfficeHolder
from models.reviews import LegalReview, ReviewStage
from tests import builders, stages
from tests.conftest import Clock
from tests.door import (
    Said,
    bad_ids,
    bytes_of,
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
from tests.premises import delegated, lease_in
from tests.test_papers_engine import visible_text

ISSUE = """mutation ($input: IssueLeasePaperInput!) { issueLeasePaper(input: $input) {
    document { kind number serial file { sha256 } } lease { number stage startsOn } review { stage }
    errors { code message path } } }"""
ACTA: dict[str, Any] = {
    "book": "Libro de Actas de Negociación número dos (2)",
    "bookRegistry": "L2 45,123",
    "folioFrom": 14,
    "folioTo": 15,
    "startTime": "09:30",
    "endTime": "11:00:00",
    "attendees": [
        {"name": "Carla Ruiz", "position": "Secretaria de Obras Sociales"},
        {"name": "Marta Xol", "position": "representante de la arrendante"},
    ],
    "points": ["Se entrega con inventario."],
}
CONTRATO: dict[str, Any] = {
    "landlord": {"name": "Marta Xol", "position": "representante legal", "gender": "F", "appointment": "acta notarial"},
    "delegateGender": "F",
    "ownership": "Certificación del Registro General de la Propiedad.",
    "guarantee": "Depósito de un mes.",
    "publications": ["NOG 12345678"],
}
pytestmark = pytest.mark.usefixtures("db", "clock")


async def concluded(
    form: LeaseForm | None = LeaseForm.ACTA_NEGOCIACION, **more: Any
) -> tuple[User, Lease, LegalReview]:
    """Return a lawyer, and a lease of her or his whose form is confirmed after a favorable dictamen."""
    lawyer = await builders.person(Role.LEGAL)
    confirmed = {"form": form, "form_confirmed_by": lawyer} if form else {}
    lease, review = await lease_in(ReviewStage.DICTAMEN_ISSUED, assignee=lawyer, **confirmed | more)
    return lawyer, lease, review


async def text_of(payload: dict[str, Any]) -> str:
    """Return what a reader sees of the paper that was made."""
    return visible_text(bytes_of(payload["document"]["file"]["sha256"]))


async def test_an_acta_is_written_from_the_lease_and_what_is_typed() -> None:
    lawyer, lease, review = await concluded(finca="1204", folio="87", libro="120 de Alta Verapaz")
    director, signatory = await builders.person(Role.DIRECTOR), await builders.person(Role.SIGNATORY)

    payload = await done(lawyer, ISSUE, leaseId=id_of(lease), expectedVersion=1, **ACTA)

    assert (payload["document"]["kind"], payload["document"]["number"]) == (
        "ACTA_NEGOCIACION", "ACTA_NEGOCIACION-AJ-1-2026",
    )  # fmt: skip
    assert payload["lease"] == {"number": lease.number, "stage": "READY_TO_SIGN", "startsOn": "2026-04-01"}
    assert payload["review"] == {"stage": "AWAITING_SIGNATURE"}
    text = await text_of(payload)
    for words in (
        lease.number, "Libro de Actas de Negociación número dos (2)", "de los folios catorce (14) al quince (15)",
        "las nueve horas con treinta minutos (9:30)", "Carla Ruiz", "Marta Xol",
        "finca número mil doscientos cuatro (1204)",
        "TRES MIL QUINIENTOS QUETZALES EXACTOS (Q.3,500.00)", "CUARENTA Y DOS MIL QUETZALES EXACTOS (Q.42,000.00)",
        "uno (1) de abril", "treinta y uno (31) de marzo", "Se entrega con inventario.", review.code,
    ):  # fmt: skip
        assert words in text, words
    document = await OfficialDocument.get(kind=DocumentKind.ACTA_NEGOCIACION)
    assert (document.lease_id, document.review_id, document.parties) == (lease.id, review.id, ["SOSEP"])
    entry = await last_entry()
    assert (entry.verb, entry.subject_type, entry.subject_id) == (Verb.ISSUE_LEASE_PAPER, "Lease", str(lease.id))
    assert set(await Notice.all().values_list("recipient", flat=True)) == {director.email, signatory.email}
    # Nobody reads in public who lets the house.
    verified = await told(None, contract("verify-document"), code=document.verification_code)
    assert verified["verifyDocument"]["parties"] == ["SOSEP"]


async def test_a_contract_names_its_delegation() -> None:
    lawyer, lease, _ = await concluded(LeaseForm.CONTRATO)
    said = await refusal(lawyer, ISSUE, leaseId=id_of(lease), **CONTRATO)
    assert (said.code, "delegación de firma" in said.message) == ("NOT_ALLOWED_NOW", True)
    given = await delegated(lease)

    payload = await done(lawyer, ISSUE, leaseId=id_of(lease), **CONTRATO)

    assert payload["document"]["number"] == "CONTRATO_ARRENDAMIENTO-AJ-1-2026"
    text = await text_of(payload)
    for words in (
        "NOSOTRAS", "CARLA RUIZ", "MARTA XOL", "INMUEBLES DEL NORTE, S.A.", "acta notarial", given.number,
        "Depósito de un mes.", "Certificación del Registro", "NOG 12345678",
    ):  # fmt: skip
        assert words in text, words


async def test_the_directory_knows_the_delegate() -> None:
    lawyer, lease, _ = await concluded(LeaseForm.CONTRATO, landlord_name="Marta Xol")
    await delegated(lease)
    typed = {name: value for name, value in CONTRATO.items() if name != "delegateGender"}
    said = await refusal(lawyer, ISSUE, leaseId=id_of(lease), **typed)
    assert said.path == "delegateGender"
    await OfficeHolder.create(
        name="Carla Ruíz", position="Secretaria", gender="F", appointment="Acuerdo Gubernativo 1-2024",
        since=date(2024, 1, 1),
    )  # fmt: skip
    text = await text_of(await done(lawyer, ISSUE, leaseId=id_of(lease), **typed))
    assert "Acuerdo Gubernativo 1-2024" in text
    assert "quien actúa en nombre propio" in text


async def test_an_assignment_has_its_own_acta() -> None:
    lawyer, lease, _ = await concluded(
        nature=LeaseNature.PROPERTY_ASSIGNMENT, landlord_name="Ministerio de Educación", landlord_nit="",
        monthly_rent=None, total=None, term_months=None,
    )  # fmt: skip

    payload = await done(lawyer, ISSUE, leaseId=id_of(lease), place="Cobán", **ACTA)

    text = await text_of(payload)
    assert "el Ministerio de Educación" in text
    assert "En Cobán, siendo" in text
    assert "QUETZALES" not in text
    assert "dura mientras el inmueble se use" in text
    document = await OfficialDocument.get(kind=DocumentKind.ACTA_NEGOCIACION)
    assert document.parties == ["SOSEP", "Ministerio de Educación"]


async def test_a_first_day_that_nobody_asked_for_is_todays_and_stays() -> None:
    lawyer, lease, _ = await concluded(starts_on=None)

    payload = await done(lawyer, ISSUE, leaseId=id_of(lease), **ACTA)

    assert payload["lease"]["startsOn"] == "2026-03-02"
    assert "dos (2) de marzo del año dos mil veintiséis (2026) al uno (1) de marzo" in await text_of(payload)


async def test_one_paper_at_a_time_and_again_after_a_void(clock: Clock) -> None:
    lawyer, lease, review = await concluded()
    first = await done(lawyer, ISSUE, leaseId=id_of(lease), **ACTA)
    said = await refusal(lawyer, ISSUE, leaseId=id_of(lease), **ACTA)
    assert first["document"]["number"] in said.message

    void = """mutation ($input: VoidDocumentInput!) { voidDocument(input: $input) { errors { code message path } } }"""
    document = await OfficialDocument.get(kind=DocumentKind.ACTA_NEGOCIACION)
    await done(await builders.person(Role.LEGAL_HEAD), void, documentId=id_of(document), reason="Otro folio")
    assert (await stages.again(review)).stage == ReviewStage.DICTAMEN_ISSUED
    assert (await Lease.get(id=lease.id)).stage == AgreementStage.IN_REVIEW
    second = await done(lawyer, ISSUE, leaseId=id_of(lease), **ACTA)
    assert second["document"]["serial"] == 2


async def test_what_it_needs_first_is_said() -> None:
    lawyer, bare, _ = await concluded(None)
    said = await refusal(lawyer, ISSUE, leaseId=id_of(bare), **ACTA)
    assert "no tiene forma" in said.message
    unknown = await builders.lease(await builders.center(), stage=AgreementStage.REQUESTED)
    said = await refusal(lawyer, ISSUE, leaseId=id_of(unknown), **ACTA)
    assert "no tiene expediente" in said.message
    _, against, review = await concluded()
    await OfficialDocument.filter(review=review).update(outcome=Outcome.UNFAVORABLE)
    head = await builders.person(Role.LEGAL_HEAD)
    said = await refusal(head, ISSUE, leaseId=id_of(against), **ACTA)
    assert "no tiene dictamen favorable" in said.message
    _, lacking, _ = await concluded(landlord_nit="", term_months=None, monthly_rent=None)
    said = await refusal(head, ISSUE, leaseId=id_of(lacking), **ACTA)
    assert said.message.endswith("falta el NIT de quien arrienda, la renta, el plazo.")
    _, others, _ = await concluded()
    said = await refusal(lawyer, ISSUE, leaseId=id_of(others), **ACTA)
    assert "está asignado a otra persona" in said.message
    assert await Series.filter(kind="ACTA_NEGOCIACION").count() == 0


async def test_wrong_values_are_named_as_they_were_typed() -> None:
    lawyer, lease, _ = await concluded()
    for more, path in [
        ({"book": None}, "book"), ({"bookRegistry": " "}, "bookRegistry"), ({"folioFrom": None}, "folioFrom"),
        ({"folioFrom": 0}, "folioFrom"), ({"folioTo": 13}, "folioTo"), ({"folioTo": 2**31 - 1}, "folioTo"),
        ({"endTime": "09:30"}, "endTime"), ({"startTime": None}, "startTime"),
        ({"endTime": "09:30:59.5+06:00"}, "endTime"),
        ({"attendees": []}, "attendees"), ({"attendees": ACTA["attendees"][:1]}, "attendees"),
        ({"attendees": [ACTA["attendees"][0]] * 2}, "attendees"),
        ({"attendees": [*ACTA["attendees"], {"name": "", "position": "x"}]}, "attendees.2.name"),
        ({"points": ["a\ue000"]}, "points.0"), ({"place": "x" * 121}, "place"),
        ({"ownership": "x"}, "ownership"), ({"publications": ["x"]}, "publications"),
    ]:  # fmt: skip
        said = await refusal(lawyer, ISSUE, **{"leaseId": id_of(lease), **ACTA} | more)
        assert (said.path, said.code) in ((path, "BAD_USER_INPUT"), (path, "PAPER_REFUSED")), (more, said)
    by_contract_lawyer, by_contract, _ = await concluded(LeaseForm.CONTRATO)
    await delegated(by_contract)
    for more, path in [
        ({"landlord": None}, "landlord"), ({"ownership": ""}, "ownership"), ({"delegateGender": "x"}, "delegateGender"),
        ({"landlord": CONTRATO["landlord"] | {"gender": ""}}, "landlord.gender"),
        ({"landlord": CONTRATO["landlord"] | {"name": ""}}, "landlord.name"), ({"book": "x"}, "book"),
    ]:  # fmt: skip
        said = await refusal(by_contract_lawyer, ISSUE, **{"leaseId": id_of(by_contract), **CONTRATO} | more)
        assert said.path == path, (more, said)
    assert {one.path for one in await refused(lawyer, ISSUE, leaseId=id_of(lease))} == {
        "book", "bookRegistry", "folioFrom", "folioTo", "startTime", "endTime", "attendees",
    }  # fmt: skip
    assert await Series.filter(kind__in=["ACTA_NEGOCIACION", "CONTRATO_ARRENDAMIENTO"]).count() == 0


async def test_out_of_reach_stale_repeated_and_forbidden() -> None:
    lawyer, lease, _ = await concluded(version=3)
    gone = Said("NOT_FOUND", "leaseId", "No se encontró el arrendamiento.")
    assert await refusal(lawyer, ISSUE, leaseId=id_text("Lease"), **ACTA) == gone
    assert (await refusal(lawyer, ISSUE, leaseId=id_of(lease), expectedVersion=2, **ACTA)).code == "STALE"
    for given in bad_ids("Lease", "Convention"):
        assert (await refusal(lawyer, ISSUE, leaseId=given, **ACTA)).path == "leaseId"
    for role in (Role.COORDINATOR, Role.DIRECTOR, Role.MUNICIPAL, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN):
        await forbidden(await builders.person(role), ISSUE, leaseId=id_of(lease), **ACTA)
    await once(lawyer, ISSUE, leaseId=id_of(lease), **ACTA)


@pytest.mark.parametrize("stage", [one for one in ReviewStage if one != ReviewStage.DICTAMEN_ISSUED])
async def test_only_after_the_dictamen(stage: ReviewStage) -> None:
    head = await builders.person(Role.LEGAL_HEAD)
    lease, review = await lease_in(stage, form=LeaseForm.ACTA_NEGOCIACION, form_confirmed_by=head)
    if stage == ReviewStage.AWAITING_SIGNATURE:
        # Its paper was voided outside the usual way: the table lets it be made anew.
        await done(head, ISSUE, leaseId=id_of(lease), **ACTA)
        return
    said = await refusal(head, ISSUE, leaseId=id_of(lease), **ACTA)
    assert said.code == "NOT_ALLOWED_NOW"
    assert review.code in said.message


async def test_money_of_the_paper_is_the_leases() -> None:
    lawyer, lease, _ = await concluded(monthly_rent=Decimal("3500.50"), total=Decimal("42006.00"))
    text = await text_of(await done(lawyer, ISSUE, leaseId=id_of(lease), **ACTA))
    assert "CON CINCUENTA CENTAVOS (Q.3,500.50)" in text
