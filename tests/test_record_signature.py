"""Noting a signature: only on what is fit to be signed, and with the last one the term begins."""

from datetime import date
from typing import Any

import pytest

from models.agreements import AgreementStage, Convention, LeaseForm, LeaseNature
from models.audit import Verb
from models.outbox import Notice, WakeUp
from models.papers import DocumentKind, Outcome
from models.people import Role
from models.reviews import LegalReview, ReviewStage
from models.signing import Signature, SignatureDelegation
from tests import builders, stages
from tests.conftest import Clock
from tests.door import (
    HOSTILE,
    Said,
    ask,
    bad_ids,
    changed,
    contract,
    done,
    everything,
    forbidden,
    id_of,
    id_text,
    last_entry,
    once,
    refusal,
    refused,
    sent_up,
    token_of,
)
from tests.premises import delegated, lease_in, to_sign

SIGN = contract("record-signature")
SOSEP: dict[str, Any] = {
    "side": "SOSEP",
    "signerName": "Carla Ruiz",
    "capacity": "Secretaria",
    "place": "Guatemala",
    "signedOn": "2026-03-02",
}
MAYOR = SOSEP | {
    "side": "COUNTERPART",
    "signerName": "Berta Xol",
    "capacity": "Alcaldesa Municipal",
    "place": "Chamelco",
}
pytestmark = pytest.mark.usefixtures("db", "clock")


async def ready(**more: Any) -> tuple[Convention, LegalReview]:
    """Return a convention that waits for signatures, and its file."""
    of = await builders.convention(**{"stage": AgreementStage.READY_TO_SIGN, "starts_on": None, "ends_on": None} | more)
    return of, await stages.file_in(ReviewStage.AWAITING_SIGNATURE, of=of)


async def blockers(person: Any, **input: Any) -> list[str]:
    """Send a signature that is not ready, and return the codes of what blocks it."""
    await token_of(person)
    before = await everything()
    payload = (await ask(person, SIGN, input=input))["data"]["recordSignature"]
    assert await everything() == before
    (error,) = payload["errors"]
    assert (payload["subject"], error["code"]) == (None, "NOT_READY_TO_SIGN")
    assert all(one["message"] in error["message"] for one in payload["blockers"])
    return [one["code"] for one in payload["blockers"]]


async def test_both_sides_sign_in_any_order_and_the_term_begins(clock: Clock) -> None:
    signatory, mayor = await builders.person(Role.SIGNATORY), await builders.person(Role.MUNICIPAL)
    convention, review = await ready()
    up = await sent_up(mayor, "hoja firmada.pdf")

    payload = await done(mayor, SIGN, subjectId=id_of(convention), fileId=up["id"], expectedVersion=1, **MAYOR)

    given = {name: MAYOR[name] for name in ("side", "signerName", "capacity", "place", "signedOn")}
    assert payload["subject"] == {
        "__typename": "Convention", "number": convention.number, "stage": "READY_TO_SIGN", "standing": "PENDING",
        "startsOn": None, "endsOn": None, "signatures": [given | {"scan": {"sha256": up["sha256"]}}],
    }  # fmt: skip
    assert payload["blockers"] == []
    entry = await last_entry()
    assert (entry.verb, entry.subject_type, entry.subject_id) == (
        Verb.RECORD_SIGNATURE, "Convention", str(convention.id),
    )  # fmt: skip
    assert (await WakeUp.get()).review_id == review.id

    clock.move_to(date(2026, 3, 15))
    payload = await done(signatory, SIGN, subjectId=id_of(convention), **SOSEP | {"signedOn": "2026-03-15"})
    subject = payload["subject"]
    # One year from 15-03-2026 ends on the eve, 14-03-2027.
    assert (subject["stage"], subject["standing"], subject["startsOn"], subject["endsOn"]) == (
        "SIGNED", "IN_FORCE", "2026-03-15", "2027-03-14",
    )  # fmt: skip
    assert [one["signerName"] for one in subject["signatures"]] == ["Berta Xol", "Carla Ruiz"]
    assert changed(await last_entry(), convention)["ends_on"] == (None, "2027-03-14")
    notice = await Notice.get(key__startswith="signed:")
    assert notice.recipient == mayor.email
    assert "del 15/03/2026 al 14/03/2027" in notice.body


async def test_a_renewal_begins_the_day_after_the_one_it_renews() -> None:
    old = await builders.convention(ends_on=date(2026, 3, 31))
    convention, _ = await ready(renews=old, term_months=24)
    signatory = await builders.person(Role.SIGNATORY)

    for given in (SOSEP, MAYOR):
        await done(signatory, SIGN, subjectId=id_of(convention), **given)

    after = await Convention.get(id=convention.id)
    assert (after.starts_on, after.ends_on) == (date(2026, 4, 1), date(2028, 3, 31))


async def test_as_many_signatures_as_a_side_needs_in_any_order() -> None:
    convention, _ = await ready(sosep_signatures=2, term_months=None)
    signatory = await builders.person(Role.SIGNATORY)
    stages_seen = []
    for given in (MAYOR, SOSEP, SOSEP | {"signerName": "Dina Paz"}):
        payload = await done(signatory, SIGN, subjectId=id_of(convention), **given)
        stages_seen.append(payload["subject"]["stage"])

    assert stages_seen == ["READY_TO_SIGN", "READY_TO_SIGN", "SIGNED"]
    # No term: it must not vanish from any list, and has no end.
    assert (await Convention.get(id=convention.id)).ends_on is None
    assert payload["subject"]["standing"] == "IN_FORCE"


async def test_a_lease_needs_dictamen_form_paper_and_delegation() -> None:
    signatory, lawyer = await builders.person(Role.SIGNATORY), await builders.person(Role.LEGAL)
    lease, review = await lease_in(ReviewStage.IN_ANALYSIS, assignee=lawyer)
    assert await blockers(signatory, subjectId=id_of(lease), **SOSEP) == ["DICTAMEN_MISSING", "FORM_UNCONFIRMED"]
    await stages.dictamen(review)
    lease.form, lease.form_confirmed_by = LeaseForm.CONTRATO, lawyer
    await lease.save()
    assert await blockers(signatory, subjectId=id_of(lease), **SOSEP) == ["DOCUMENT_MISSING", "DELEGATION_MISSING"]
    # The other form's paper is none, a void one neither.
    for kind, more in [
        (DocumentKind.ACTA_NEGOCIACION, {}),
        (DocumentKind.CONTRATO_ARRENDAMIENTO, {"voided_on": date(2026, 3, 2), "void_reason": "Error"}),
    ]:
        await builders.paper(kind, lease=lease, review=review, **more)
        assert "DOCUMENT_MISSING" in await blockers(signatory, subjectId=id_of(lease), **SOSEP)
    await builders.paper(DocumentKind.CONTRATO_ARRENDAMIENTO, lease=lease, review=review)
    assert await blockers(signatory, subjectId=id_of(lease), **SOSEP) == ["DELEGATION_MISSING"]


async def test_a_contract_is_signed_by_whom_it_was_delegated_to_and_begins_as_its_paper_says() -> None:
    signatory, director = await builders.person(Role.SIGNATORY), await builders.person(Role.DIRECTOR)
    lease, review = await to_sign(LeaseForm.CONTRATO)

    said = await refusal(signatory, SIGN, subjectId=id_of(lease), **SOSEP | {"signerName": "Dina Paz"})
    assert (said.code, said.path) == ("BAD_USER_INPUT", "signerName")
    assert "Carla Ruiz (Acuerdo" in said.message
    await done(signatory, SIGN, subjectId=id_of(lease), **MAYOR)
    payload = await done(signatory, SIGN, subjectId=id_of(lease), **SOSEP | {"signerName": "CARLA RUÍZ"})

    signed = [{name: given[name] for name in ("side", "signerName", "signedOn")} for given in (MAYOR, SOSEP)]
    signed[1]["signerName"] = "CARLA RUÍZ"
    assert payload["subject"] == {
        "__typename": "Lease", "number": lease.number, "stage": "SIGNED", "standing": "PENDING",
        "startsOn": "2026-04-01", "endsOn": "2027-03-31", "signatures": signed,
    }  # fmt: skip
    assert (await WakeUp.filter(review=review)) != []
    notice = await Notice.get(key__startswith="signed:", recipient=director.email)
    assert notice.body == f"Las partes firmaron el arrendamiento {lease.number}. Rige del 01/04/2026 al 31/03/2027."


@pytest.mark.parametrize(
    ("more", "starts", "ends"),
    [
        ({"starts_on": None}, "2026-03-02", "2027-03-01"),
        ({"starts_on": date(2026, 2, 1), "term_months": 6}, "2026-02-01", "2026-07-31"),
        ({"starts_on": date(2024, 2, 29), "term_months": 12}, "2024-02-29", "2025-02-28"),
        ({"starts_on": None, "term_months": None}, "2026-03-02", None),
    ],
)
async def test_the_term_of_a_lease(more: dict[str, Any], starts: str, ends: str | None) -> None:
    signatory = await builders.person(Role.SIGNATORY)
    lease, _ = await to_sign(**more)
    for given in (SOSEP, MAYOR):
        payload = await done(signatory, SIGN, subjectId=id_of(lease), **given)
    assert (payload["subject"]["startsOn"], payload["subject"]["endsOn"]) == (starts, ends)


async def test_an_assignment_takes_a_delegation_too() -> None:
    signatory = await builders.person(Role.SIGNATORY)
    lease, _ = await to_sign(nature=LeaseNature.PROPERTY_ASSIGNMENT, monthly_rent=None, total=None, term_months=None)
    await SignatureDelegation.all().delete()
    assert await blockers(signatory, subjectId=id_of(lease), **SOSEP) == ["DELEGATION_MISSING"]
    await delegated(lease)
    await done(signatory, SIGN, subjectId=id_of(lease), **SOSEP)


async def test_a_lease_is_not_signed_before_its_paper_and_its_delegation(clock: Clock) -> None:
    signatory = await builders.person(Role.SIGNATORY)
    lease, _ = await to_sign(LeaseForm.CONTRATO)
    await SignatureDelegation.all().update(issued_on=date(2026, 3, 5))
    clock.move_to(date(2026, 3, 9))
    for given, day, words in [
        (SOSEP, "2026-03-04", "05/03/2026 (fecha de la delegación de firma)"),
        (MAYOR, "2026-03-01", "02/03/2026"),
    ]:
        said = await refusal(signatory, SIGN, subjectId=id_of(lease), **given | {"signedOn": day})
        assert said.path == "signedOn"
        assert words in said.message
    await done(signatory, SIGN, subjectId=id_of(lease), **MAYOR | {"signedOn": "2026-03-03"})


async def test_nothing_is_signed_before_the_dictamen() -> None:
    signatory = await builders.person(Role.SIGNATORY)
    for stage in (ReviewStage.GATHERING, ReviewStage.RECEIVED, ReviewStage.IN_ANALYSIS, ReviewStage.RETURNED):
        convention = await stages.convention_of(await stages.file_in(stage))
        await stages.council_minute(convention)
        assert await blockers(signatory, subjectId=id_of(convention), **SOSEP) == ["DICTAMEN_MISSING"]
    refused_one = await stages.convention_of(
        await stages.file_in(ReviewStage.DICTAMEN_ISSUED, outcome=Outcome.UNFAVORABLE)
    )
    assert await blockers(signatory, subjectId=id_of(refused_one), **SOSEP) == ["DICTAMEN_MISSING"]
    assert await Signature.all().count() == 0


async def test_nothing_is_signed_before_the_document_is_made() -> None:
    convention = await stages.convention_of(await stages.file_in(ReviewStage.DICTAMEN_ISSUED))

    said = await blockers(await builders.person(Role.SIGNATORY), subjectId=id_of(convention), **SOSEP)

    assert said == ["DOCUMENT_MISSING"]


async def test_nothing_is_signed_without_a_valid_council_minute() -> None:
    signatory = await builders.person(Role.SIGNATORY)
    bare = await stages.convention_of(await stages.file_in(ReviewStage.AWAITING_SIGNATURE, minute=False))
    assert await blockers(signatory, subjectId=id_of(bare), **SOSEP) == ["COUNCIL_MINUTE_MISSING"]
    for minute in (
        {"session_date": date(2026, 1, 20), "approved_date": date(2026, 2, 20)},
        {"votes_for": 2, "votes_against": 7},
        {"approved_date": None},
    ):
        await stages.council_minute(bare, **minute)
        assert await blockers(signatory, subjectId=id_of(bare), **SOSEP) == ["COUNCIL_MINUTE_INVALID"]
    await stages.council_minute(bare)
    await done(signatory, SIGN, subjectId=id_of(bare), **SOSEP)


async def test_an_institution_needs_no_council() -> None:
    convention, _ = await ready(at=None, institution=await builders.institution())

    await done(await builders.person(Role.SIGNATORY), SIGN, subjectId=id_of(convention), **SOSEP)


async def test_out_of_reach_is_refused_like_missing() -> None:
    convention, _ = await ready()
    lease = await builders.lease(await builders.center(), stage=AgreementStage.IN_REVIEW)
    stranger = await builders.person(Role.MUNICIPAL, at=builders.MIXCO)

    gone = await refusal(stranger, SIGN, subjectId=id_text("Convention"), **MAYOR)

    assert gone == Said("NOT_FOUND", "subjectId", "No se encontró el convenio.")
    assert await refusal(stranger, SIGN, subjectId=id_of(convention), **MAYOR) == gone
    no_lease = Said("NOT_FOUND", "subjectId", "No se encontró el arrendamiento.")
    mayor = await builders.person(Role.MUNICIPAL)
    for given in (id_text("Lease"), id_of(lease)):
        assert await refusal(mayor, SIGN, subjectId=given, **MAYOR) == no_lease


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.COORDINATOR, Role.AUDITOR, Role.ADMIN])
async def test_a_role_that_notes_none_is_forbidden(role: Role) -> None:
    convention, _ = await ready()

    await forbidden(await builders.person(role), SIGN, subjectId=id_of(convention), **SOSEP)


async def test_a_municipality_never_signs_for_sosep() -> None:
    convention, _ = await ready()

    await forbidden(await builders.person(Role.MUNICIPAL), SIGN, subjectId=id_of(convention), **SOSEP)


async def test_twice_is_answered_or_refused() -> None:
    convention, _ = await ready(sosep_signatures=2)
    signatory = await builders.person(Role.SIGNATORY)

    await once(signatory, SIGN, subjectId=id_of(convention), **SOSEP)

    for name in ("Carla Ruiz", "  CARLA RUIZ "):
        said = await refusal(signatory, SIGN, subjectId=id_of(convention), **SOSEP | {"signerName": name})
        assert (said.code, said.path) == ("BAD_USER_INPUT", "signerName")
        assert "ya está anotada" in said.message


async def test_what_is_signed_takes_no_more_and_what_is_given_up_neither() -> None:
    signatory = await builders.person(Role.SIGNATORY)
    for stage, code in ((ReviewStage.CLOSED, "ALREADY_SIGNED"), (ReviewStage.WITHDRAWN, "NOT_IN_PROCESS")):
        convention = await stages.convention_of(await stages.file_in(stage))
        assert await blockers(signatory, subjectId=id_of(convention), **SOSEP) == [code]


async def test_what_somebody_changed_meanwhile_is_stale() -> None:
    convention, _ = await ready(version=4)

    said = await refusal(
        await builders.person(Role.SIGNATORY), SIGN, subjectId=id_of(convention), expectedVersion=3, **SOSEP
    )

    assert (said.code, said.path) == ("STALE", "expectedVersion")


async def test_wrong_values_are_named_field_by_field(clock: Clock) -> None:
    convention, _ = await ready()
    await stages.council_minute(convention, session_date=date(2026, 3, 1), approved_date=date(2026, 3, 5))
    signatory = await builders.person(Role.SIGNATORY)
    clock.move_to(date(2026, 3, 9))
    good = SOSEP | {"subjectId": id_of(convention)}
    for more, path, words in [
        ({"signerName": ""}, "signerName", "Escriba el nombre"),
        ({"signerName": "x" * 121}, "signerName", "120 caracteres"),
        ({"capacity": " "}, "capacity", "Escriba la calidad"),
        ({"capacity": "x" * 161}, "capacity", "160 caracteres"),
        ({"place": ""}, "place", "Escriba el lugar"),
        ({"place": "x" * 121}, "place", "120 caracteres"),
        ({"place": "a\x00b".replace("\x00", "\x01")}, "place", "caracteres de control"),
        ({"signedOn": "2026-03-10"}, "signedOn", "a hoy"),
        ({"signedOn": "2026-03-01"}, "signedOn", "02/03/2026 (fecha del dictamen)"),
        ({"signedOn": "0001-01-01"}, "signedOn", "fecha del dictamen"),
        ({"signedOn": "9999-12-31"}, "signedOn", "a hoy"),
        (MAYOR | {"signedOn": "2026-03-04"}, "signedOn", "05/03/2026 (fecha en que se aprobó el acta"),
    ]:
        said = await refusal(signatory, SIGN, **good | more)
        assert (said.code, said.path) == ("BAD_USER_INPUT", path)
        assert words in said.message, said
    wrong = {"signerName": "", "capacity": "", "place": "", "signedOn": "2027-01-01"}
    assert [one.path for one in await refused(signatory, SIGN, **good | wrong)] == [
        "signerName", "capacity", "place", "signedOn",
    ]  # fmt: skip
    for given in [*bad_ids("Convention", "LegalReview"), *bad_ids("Lease", "SanitaryLicense")]:
        assert (await refusal(signatory, SIGN, **good | {"subjectId": given})).path == "subjectId"
    for given in filter(None, bad_ids("File")):
        assert (await refusal(signatory, SIGN, **good | {"fileId": given})).path == "fileId"


async def test_any_text_is_kept_as_typed() -> None:
    signatory = await builders.person(Role.SIGNATORY)
    for text in HOSTILE:
        convention, _ = await ready()
        given = SOSEP | {"signerName": text, "capacity": text, "place": text}
        payload = await done(signatory, SIGN, subjectId=id_of(convention), **given)
        (shown,) = payload["subject"]["signatures"]
        assert (shown["signerName"], shown["capacity"], shown["place"]) == (text, text, text)
