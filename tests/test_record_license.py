"""Noting the license that MSPAS issued: for a request that has its dictamen, or at once by the legal office."""

from datetime import date
from typing import Any

import pytest

from actions.reviews import close_review
from models.agreements import AgreementStage, SanitaryLicense
from models.audit import Verb
from models.outbox import WakeUp
from models.papers import Outcome
from models.people import Role
from models.reviews import LegalReview, ReviewMatter, ReviewStage
from reads.engine import next_step
from tests import builders, stages
from tests.conftest import Clock
from tests.door import (
    HOSTILE,
    Said,
    bad_ids,
    changed,
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

RECORD = """mutation ($input: RecordLicenseInput!) { recordLicense(input: $input) {
    license { number licenseNumber stage standing startsOn expiresOn file { sha256 } renews { number } }
    errors { code message path } } }"""
ISSUED = {"licenseNumber": "DRPSA-123-2026", "issuedOn": "2026-03-01", "expiresOn": "2027-02-28"}
pytestmark = pytest.mark.usefixtures("db", "clock")


async def asked(
    stage: ReviewStage = ReviewStage.DICTAMEN_ISSUED, outcome: Outcome = Outcome.FAVORABLE, **more: Any
) -> tuple[SanitaryLicense, LegalReview]:
    """Return a license that is being asked for, and its file in a stage."""
    waiting = {"stage": AgreementStage.IN_REVIEW, "starts_on": None, "ends_on": None}
    license = await builders.sanitary_license(await builders.center(), **waiting | more)
    review = await LegalReview.create(
        code=f"EXP-2026-{6000 + license.id}", matter=ReviewMatter.SANITARY_LICENSE, license=license, stage=stage,
        municipality_id=builders.CHAMELCO, department_id="16", program="MAD", title="Licencia sanitaria",
        requested_by=await builders.person(Role.ADMIN), requested_on=date(2026, 3, 2), last_moved_on=date(2026, 3, 2),
    )  # fmt: skip
    if stage in stages.CONCLUDED:
        await stages.dictamen(review, outcome, license_id=license.id)
    return license, review


async def test_it_is_noted_for_a_request_and_its_file_closes() -> None:
    coordinator = await builders.person(Role.COORDINATOR)
    license, review = await asked()
    assert await next_step(review.id) is None, "the file stays open until the license is there"
    file = await sent_up(coordinator)

    payload = await done(coordinator, RECORD, licenseId=id_of(license), expectedVersion=1, fileId=file["id"], **ISSUED)

    assert payload["license"] == {
        "number": license.number, "licenseNumber": "DRPSA-123-2026", "stage": "SIGNED", "standing": "IN_FORCE",
        "startsOn": "2026-03-01", "expiresOn": "2027-02-28", "file": {"sha256": file["sha256"]}, "renews": None,
    }  # fmt: skip
    entry = await last_entry()
    assert (entry.verb, entry.subject_id) == (Verb.RECORD_LICENSE, str(license.id))
    assert changed(entry, license)["ends_on"] == (None, "2027-02-28")
    assert (await WakeUp.get()).review_id == review.id
    assert await close_review(actor=await stages.engine(), review_id=review.id)
    assert (await stages.again(review)).stage == ReviewStage.CLOSED
    row = await SanitaryLicense.get(id=license.id)
    path = f"/files/{row.file_id}"
    assert (await request(await builders.person(Role.MUNICIPAL), "GET", path)).status_code == 200
    stranger = await builders.person(Role.MUNICIPAL, at=builders.MIXCO)
    assert (await request(stranger, "GET", path)).status_code == 404


async def test_the_center_shows_the_new_one() -> None:
    lawyer, center = await builders.person(Role.LEGAL), await builders.center()
    await builders.sanitary_license(center, ends_on=date(2026, 3, 31))
    query = "query ($code: String!) { center(code: $code) { license { number standing } alarms { code } } }"
    before = (await told(lawyer, query, code=center.code))["center"]
    assert "LICENSE_EXPIRING" in [alarm["code"] for alarm in before["alarms"]]

    payload = await done(lawyer, RECORD, centerId=id_of(center), **ISSUED)

    assert payload["license"]["renews"] is not None
    after = (await told(lawyer, query, code=center.code))["center"]
    assert after["license"] == {"number": payload["license"]["number"], "standing": "IN_FORCE"}
    assert "LICENSE_EXPIRING" not in [alarm["code"] for alarm in after["alarms"]]


async def test_an_older_one_follows_nothing_and_the_same_is_noted_once() -> None:
    lawyer, center = await builders.person(Role.LEGAL), await builders.center()
    await done(lawyer, RECORD, centerId=id_of(center), **ISSUED)
    said = await refusal(lawyer, RECORD, centerId=id_of(center), **ISSUED)
    assert (said.code, said.path) == ("CONFLICT", "licenseNumber")
    old = ISSUED | {"licenseNumber": "DRPSA-9-2024", "issuedOn": "2024-03-01", "expiresOn": "2025-02-28"}
    payload = await done(lawyer, RECORD, centerId=id_of(center), **old)
    assert (payload["license"]["renews"], payload["license"]["standing"]) == (None, "EXPIRED")
    elsewhere = await builders.center()
    await done(lawyer, RECORD, centerId=id_of(elsewhere), **ISSUED)


async def test_a_request_under_way_is_not_passed_by() -> None:
    lawyer = await builders.person(Role.LEGAL)
    license, review = await asked(ReviewStage.IN_ANALYSIS)
    center_id = id_of(await license.center)

    said = await refusal(lawyer, RECORD, centerId=center_id, **ISSUED)

    assert (said.code, license.number in said.message, review.code in said.message) == ("RENEWAL_PENDING", True, True)


@pytest.mark.parametrize("stage", [ReviewStage.GATHERING, ReviewStage.RECEIVED, ReviewStage.IN_ANALYSIS])
async def test_not_before_the_dictamen(stage: ReviewStage) -> None:
    license, review = await asked(stage)

    said = await refusal(await builders.person(Role.DIRECTOR), RECORD, licenseId=id_of(license), **ISSUED)

    assert (said.code, "Falta el dictamen favorable" in said.message) == ("NOT_ALLOWED_NOW", True)
    assert review.code in said.message


async def test_not_after_an_unfavorable_one_nor_twice() -> None:
    lawyer = await builders.person(Role.LEGAL)
    against, _ = await asked(outcome=Outcome.UNFAVORABLE)
    assert "Falta el dictamen" in (await refusal(lawyer, RECORD, licenseId=id_of(against), **ISSUED)).message
    license, _ = await asked()
    await once(lawyer, RECORD, licenseId=id_of(license), **ISSUED)
    said = await refusal(lawyer, RECORD, licenseId=id_of(license), **ISSUED)
    assert "ya no está en trámite" in said.message


async def test_wrong_values_are_named_field_by_field(clock: Clock) -> None:
    lawyer = await builders.person(Role.LEGAL)
    license, _ = await asked(version=2)
    good = {"licenseId": id_of(license), **ISSUED}
    for more, path in [
        ({"licenseNumber": " "}, "licenseNumber"),
        ({"licenseNumber": "x" * 61}, "licenseNumber"),
        ({"issuedOn": "2026-03-03", "expiresOn": "2027-03-03"}, "issuedOn"),
        ({"issuedOn": "2005-01-01", "expiresOn": "2006-01-01"}, "issuedOn"),
        ({"expiresOn": "2026-03-01"}, "expiresOn"),
        ({"expiresOn": "2036-04-01"}, "expiresOn"),
        ({"expiresOn": "9999-12-31"}, "expiresOn"),
        ({"licenseId": None}, "licenseId"),
        ({"centerId": id_text("Center")}, "licenseId"),
        ({"licenseId": None, "centerId": "x"}, "centerId"),
        *(({"licenseId": given}, "licenseId") for given in filter(None, bad_ids("SanitaryLicense", "Lease"))),
        *(({"fileId": given}, "fileId") for given in filter(None, bad_ids("File"))),
    ]:
        said = await refusal(lawyer, RECORD, **good | more)
        assert (said.code, said.path) == ("BAD_USER_INPUT", path), more
    wrong = {"licenseNumber": "", "issuedOn": "2030-01-01", "expiresOn": "2029-01-01"}
    assert {one.path for one in await refused(lawyer, RECORD, **good | wrong)} == {
        "licenseNumber", "issuedOn", "expiresOn",
    }  # fmt: skip
    assert (await refusal(lawyer, RECORD, **good | {"expectedVersion": 1})).code == "STALE"
    gone = Said("NOT_FOUND", "licenseId", "No se encontró la licencia sanitaria.")
    assert await refusal(lawyer, RECORD, **good | {"licenseId": id_text("SanitaryLicense")}) == gone
    stranger = await builders.person(Role.COORDINATOR, at=builders.MIXCO)
    assert await refusal(stranger, RECORD, **good) == gone


async def test_what_was_not_asked_for_here_only_the_legal_office_notes() -> None:
    center = await builders.center()
    for role in (Role.COORDINATOR, Role.DIRECTOR):
        await forbidden(await builders.person(role), RECORD, centerId=id_of(center), **ISSUED)
    license, _ = await asked()
    for role in (Role.MUNICIPAL, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN):
        await forbidden(await builders.person(role), RECORD, licenseId=id_of(license), **ISSUED)


async def test_any_number_is_kept_as_typed() -> None:
    lawyer = await builders.person(Role.LEGAL)
    for text in HOSTILE:
        payload = await done(
            lawyer, RECORD, **ISSUED | {"centerId": id_of(await builders.center()), "licenseNumber": text}
        )
        assert payload["license"]["licenseNumber"] == text


async def test_the_register_is_filtered_and_each_sees_the_own() -> None:
    here, there = await builders.center(), await builders.center(at=builders.MIXCO)
    good = await builders.sanitary_license(here, search="chamelco")
    late = await builders.sanitary_license(there, ends_on=date(2026, 1, 1), search="mixco")
    license, _ = await asked()
    lawyer = await builders.person(Role.LEGAL)
    query = """query ($filter: SanitaryLicenseFilter, $asOf: Date) { sanitaryLicenses(filter: $filter, asOf: $asOf) {
        totalCount nodes { number } } }"""

    async def numbers(person: Any = lawyer, as_of: str | None = None, **filter: Any) -> list[str]:
        page = (await told(person, query, filter=filter or None, asOf=as_of))["sanitaryLicenses"]
        assert page["totalCount"] == len(page["nodes"])
        return [node["number"] for node in page["nodes"]]

    assert await numbers() == [late.number, good.number, license.number]
    for filter, found in [
        ({"standing": ["EXPIRED"]}, [late]), ({"standing": ["PENDING"]}, [license]),
        ({"stage": ["SIGNED"]}, [late, good]),
        ({"municipalityCode": builders.MIXCO}, [late]), ({"departmentCode": "16"}, [good, license]),
        ({"search": "CHAMÉLCO"}, [good]),
    ]:  # fmt: skip
        assert await numbers(**filter) == [one.number for one in found], filter
    assert await numbers(as_of="2025-12-31", standing=["EXPIRING"]) == [late.number]
    assert await numbers(await builders.person(Role.MUNICIPAL)) == [good.number, license.number]
    assert await numbers(await builders.person(Role.COORDINATOR, at=builders.MIXCO)) == [late.number]
    assert await numbers(await builders.person(Role.DIRECTOR, program="HC")) == []
    one = "query ($number: String!) { sanitaryLicense(number: $number) { number } }"
    mixco = await builders.person(Role.MUNICIPAL, at=builders.MIXCO)
    assert await told(mixco, one, number=good.number) == {"sanitaryLicense": None}
    assert await told(mixco, one, number=late.number.lower()) == {"sanitaryLicense": {"number": late.number}}
