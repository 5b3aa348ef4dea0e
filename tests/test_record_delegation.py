"""Noting a delegation of signature: one for each contract, of sane dates, kept from serving another."""

from datetime import date

import pytest

from models.agreements import AgreementStage, LeaseForm
from models.audit import Verb
from models.papers import DocumentKind
from models.people import Role
from models.reviews import ReviewStage
from models.signing import SignatureDelegation
from tests import builders, stages
from tests.door import (
    HOSTILE,
    Said,
    bad_ids,
    contract,
    done,
    forbidden,
    id_of,
    id_text,
    last_entry,
    once,
    refusal,
    refused,
    request,
    sent_up,
    told,
)
from tests.premises import DELEGATE, lease_in, to_sign

RECORD = contract("record-delegation")
SHOWN = {"instrument": "Acuerdo", "number": "5-2026", "issuedOn": "2026-03-02", "delegateName": "Carla Ruiz"}
pytestmark = pytest.mark.usefixtures("db", "clock")


async def test_a_delegation_is_noted_and_shown_on_the_lease() -> None:
    lawyer = await builders.person(Role.LEGAL)
    lease, _ = await lease_in(ReviewStage.DICTAMEN_ISSUED, form=LeaseForm.CONTRATO)
    file = await sent_up(lawyer)

    payload = await done(lawyer, RECORD, subjectId=id_of(lease), fileId=file["id"], **DELEGATE)

    assert payload["delegation"] == SHOWN
    entry = await last_entry()
    assert (entry.verb, entry.subject_type, entry.subject_id) == (Verb.RECORD_DELEGATION, "Lease", str(lease.id))
    query = """query ($number: String!) { lease(number: $number) { version
        delegation { instrument number delegatePosition file { url sha256 } } timeline { action } } }"""
    shown = (await told(lawyer, query, number=lease.number))["lease"]
    assert shown["delegation"].pop("file")["sha256"] == file["sha256"]
    assert shown["delegation"]["delegatePosition"] == DELEGATE["delegatePosition"]
    assert (shown["version"], [one["action"] for one in shown["timeline"]]) == (2, ["RECORD_DELEGATION"])
    # Whoever reaches the lease reads its file, nobody else.
    (row,) = await SignatureDelegation.all()
    path = f"/files/{row.file_id}"  # type: ignore[attr-defined]
    assert (await request(await builders.person(Role.COORDINATOR), "GET", path)).status_code == 200
    stranger = await builders.person(Role.COORDINATOR, at=builders.MIXCO)
    assert (await request(stranger, "GET", path)).status_code == 404
    assert (await request(await builders.person(Role.MUNICIPAL), "GET", path)).status_code == 404


async def test_a_convention_may_have_one_too() -> None:
    convention = await stages.convention_of(await stages.file_in(ReviewStage.AWAITING_SIGNATURE))
    lawyer = await builders.person(Role.LEGAL)

    await done(lawyer, RECORD, subjectId=id_of(convention), **DELEGATE)

    query = "query ($number: String!) { convention(number: $number) { delegation { number delegateName } } }"
    shown = await told(lawyer, query, number=convention.number)
    assert shown["convention"]["delegation"] == {"number": "5-2026", "delegateName": "Carla Ruiz"}


async def test_one_instrument_serves_one_contract() -> None:
    lawyer = await builders.person(Role.LEGAL)
    first, _ = await lease_in(ReviewStage.DICTAMEN_ISSUED)
    second, _ = await lease_in(ReviewStage.DICTAMEN_ISSUED)
    await done(lawyer, RECORD, subjectId=id_of(first), **DELEGATE)

    for more in ({}, {"instrument": "ACUERDO", "delegateName": "Otra"}):
        said = await refusal(lawyer, RECORD, subjectId=id_of(second), **DELEGATE | more)
        assert (said.code, said.path) == ("CONFLICT", "number")
        assert first.number in said.message
    await done(lawyer, RECORD, subjectId=id_of(second), **DELEGATE | {"instrument": "Resolución"})
    third, _ = await lease_in(ReviewStage.DICTAMEN_ISSUED)
    await done(lawyer, RECORD, subjectId=id_of(third), **DELEGATE | {"number": "15-2026"})
    # What was given up before it was signed leaves its delegation unused.
    first.stage = AgreementStage.WITHDRAWN
    await first.save()
    fourth, _ = await lease_in(ReviewStage.DICTAMEN_ISSUED)
    await done(lawyer, RECORD, subjectId=id_of(fourth), **DELEGATE)


async def test_it_is_corrected_until_somebody_relies_on_it() -> None:
    lawyer = await builders.person(Role.LEGAL)
    lease, _ = await lease_in(ReviewStage.DICTAMEN_ISSUED, form=LeaseForm.CONTRATO)
    await done(lawyer, RECORD, subjectId=id_of(lease), **DELEGATE)
    said = await refusal(lawyer, RECORD, subjectId=id_of(lease), **DELEGATE)
    assert "con esos mismos datos" in said.message
    await done(lawyer, RECORD, subjectId=id_of(lease), **DELEGATE | {"delegateName": "Carla Ruiz de Paz"})
    assert await SignatureDelegation.all().count() == 2

    paper = await builders.paper(DocumentKind.CONTRATO_ARRENDAMIENTO, lease=lease)
    said = await refusal(lawyer, RECORD, subjectId=id_of(lease), **DELEGATE | {"number": "6"})
    assert (said.code, paper.number in said.message) == ("NOT_ALLOWED_NOW", True)
    signed, _ = await to_sign(LeaseForm.CONTRATO)
    signatory = await builders.person(Role.SIGNATORY)
    given = {"side": "SOSEP", "signerName": "Carla Ruiz", "capacity": "a", "place": "b", "signedOn": "2026-03-02"}
    await done(signatory, contract("record-signature"), subjectId=id_of(signed), **given)
    said = await refusal(lawyer, RECORD, subjectId=id_of(signed), **DELEGATE | {"number": "7"})
    assert "ya se firmó" in said.message


@pytest.mark.parametrize("stage", [ReviewStage.CLOSED, ReviewStage.WITHDRAWN])
async def test_what_is_not_being_made_takes_none(stage: ReviewStage) -> None:
    lease, _ = await lease_in(stage)

    said = await refusal(await builders.person(Role.LEGAL), RECORD, subjectId=id_of(lease), **DELEGATE)

    assert said.code == "NOT_ALLOWED_NOW"
    assert lease.number in said.message


async def test_wrong_values_are_named_field_by_field() -> None:
    lawyer = await builders.person(Role.LEGAL)
    lease, _ = await lease_in(ReviewStage.DICTAMEN_ISSUED)
    for more, path in [
        ({"instrument": " "}, "instrument"),
        ({"instrument": "x" * 81}, "instrument"),
        ({"number": ""}, "number"),
        ({"number": "x" * 41}, "number"),
        ({"delegateName": ""}, "delegateName"),
        ({"delegateName": "x" * 121}, "delegateName"),
        ({"delegatePosition": ""}, "delegatePosition"),
        *(({"issuedOn": day}, "issuedOn") for day in ("2026-03-03", "2024-02-28", "0001-01-01", "9999-12-31")),
        *(({"subjectId": given}, "subjectId") for given in bad_ids("Lease", "SanitaryLicense")),
        *(({"fileId": given}, "fileId") for given in filter(None, bad_ids("File"))),
    ]:
        said = await refusal(lawyer, RECORD, **{"subjectId": id_of(lease), **DELEGATE} | more)
        assert (said.code, said.path) == ("BAD_USER_INPUT", path), more
    wrong = {"instrument": "", "number": "", "issuedOn": "2027-01-01", "delegateName": "", "delegatePosition": ""}
    assert [one.path for one in await refused(lawyer, RECORD, subjectId=id_of(lease), **wrong)] == [
        "instrument", "number", "delegateName", "delegatePosition", "issuedOn",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "role", [Role.MUNICIPAL, Role.COORDINATOR, Role.DIRECTOR, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN]
)
async def test_only_the_legal_office_notes_it(role: Role) -> None:
    lease, _ = await lease_in(ReviewStage.DICTAMEN_ISSUED)

    await forbidden(await builders.person(role), RECORD, subjectId=id_of(lease), **DELEGATE)


async def test_missing_repeated_and_any_text() -> None:
    lawyer = await builders.person(Role.LEGAL)
    gone = Said("NOT_FOUND", "subjectId", "No se encontró el arrendamiento.")
    assert await refusal(lawyer, RECORD, subjectId=id_text("Lease"), **DELEGATE) == gone
    lease, _ = await lease_in(ReviewStage.DICTAMEN_ISSUED)
    await once(lawyer, RECORD, subjectId=id_of(lease), **DELEGATE)
    for number, text in enumerate(HOSTILE):
        lease, _ = await lease_in(ReviewStage.DICTAMEN_ISSUED)
        given = DELEGATE | {"instrument": text, "number": f"{number}%_", "delegateName": text}
        payload = await done(lawyer, RECORD, subjectId=id_of(lease), **given)
        assert (payload["delegation"]["instrument"], payload["delegation"]["delegateName"]) == (text, text)
    assert (await SignatureDelegation.all().order_by("-id").first()).issued_on == date(2026, 3, 2)  # type: ignore[union-attr]
