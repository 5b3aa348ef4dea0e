"""Asking for a center's sanitary license: one at a time, each following the last, with its own checklist."""

import pytest

from models.agreements import AgreementStage, SanitaryLicense
from models.audit import Verb
from models.centers import CenterState
from models.outbox import Notice
from models.people import Role
from models.places import ProgramCode
from models.reviews import LegalReview, ReviewMatter
from tests import builders
from tests.door import HOSTILE, Said, bad_ids, done, forbidden, id_of, id_text, last_entry, once, refusal, told

REQUEST = """mutation ($input: RequestLicenseInput!) { requestLicense(input: $input) {
    license { number stage standing note renews { number } center { code } licenseNumber }
    review { code matter title stage requirements { code } } errors { code message path } } }"""
pytestmark = pytest.mark.usefixtures("db", "clock")


async def test_it_opens_a_file_with_its_checklist() -> None:
    center = await builders.center("Los Nietos")
    await builders.requirement("LICENCIA_SOLICITUD", matter=ReviewMatter.SANITARY_LICENSE)
    await builders.requirement("SOLICITUD")
    coordinator, director = await builders.person(Role.COORDINATOR), await builders.person(Role.DIRECTOR)

    payload = await done(coordinator, REQUEST, centerId=id_of(center), note="Es la primera.")

    assert payload["license"] == {
        "number": "LIC-2026-0001", "stage": "REQUESTED", "standing": "PENDING", "note": "Es la primera.",
        "renews": None, "center": {"code": center.code}, "licenseNumber": "",
    }  # fmt: skip
    assert payload["review"] == {
        "code": "EXP-2026-0001", "matter": "SANITARY_LICENSE", "stage": "GATHERING",
        "title": "Licencia sanitaria de Los Nietos (San Juan Chamelco)",
        "requirements": [{"code": "LICENCIA_SOLICITUD"}],
    }  # fmt: skip
    license, review = await SanitaryLicense.get(), await LegalReview.get()
    assert (review.license_id, review.municipality_id, review.department_id, review.program) == (
        license.id, builders.CHAMELCO, "16", ProgramCode.MAD,
    )  # fmt: skip
    entry = await last_entry()
    assert (entry.verb, entry.subject_type, entry.subject_id) == (
        Verb.REQUEST_LICENSE, "SanitaryLicense", str(license.id),
    )  # fmt: skip
    assert set(await Notice.all().values_list("recipient", flat=True)) == {coordinator.email, director.email}


async def test_the_next_one_follows_the_last_both_ways() -> None:
    center = await builders.center()
    old = await builders.sanitary_license(center)
    director = await builders.person(Role.DIRECTOR)

    payload = await done(director, REQUEST, centerId=id_of(center))

    assert payload["license"]["renews"] == {"number": old.number}
    query = """query ($number: String!) { sanitaryLicense(number: $number) {
        renewal { number } reviews { code } timeline { action } } }"""
    shown = (await told(director, query, number=old.number))["sanitaryLicense"]
    assert shown == {"renewal": {"number": "LIC-2026-0001"}, "reviews": [], "timeline": []}


async def test_one_at_a_time() -> None:
    center, lawyer = await builders.center(), await builders.person(Role.LEGAL)
    first = await done(lawyer, REQUEST, centerId=id_of(center))

    said = await refusal(lawyer, REQUEST, centerId=id_of(center))

    assert (said.code, said.path) == ("RENEWAL_PENDING", "centerId")
    assert first["license"]["number"] in said.message
    assert first["review"]["code"] in said.message
    await SanitaryLicense.all().update(stage=AgreementStage.WITHDRAWN)
    await LegalReview.all().update(stage="WITHDRAWN")
    await done(lawyer, REQUEST, centerId=id_of(center))


async def test_who_asks_for_what() -> None:
    center = await builders.center()
    gone = Said("NOT_FOUND", "centerId", "No se encontró el centro.")
    stranger = await builders.person(Role.COORDINATOR, at=builders.MIXCO)
    assert await refusal(stranger, REQUEST, centerId=id_of(center)) == gone
    assert await refusal(stranger, REQUEST, centerId=id_text("Center")) == gone
    for role in (Role.MUNICIPAL, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN):
        await forbidden(await builders.person(role), REQUEST, centerId=id_of(center))
    closed = await builders.center(state=CenterState.CLOSED)
    lawyer = await builders.person(Role.LEGAL)
    assert (await refusal(lawyer, REQUEST, centerId=id_of(closed))).code == "NOT_ALLOWED_NOW"
    for given in bad_ids("Center", "Lease"):
        assert (await refusal(lawyer, REQUEST, centerId=given)).path == "centerId"
    assert (await refusal(lawyer, REQUEST, centerId=id_of(center), note="x" * 2001)).path == "note"
    await once(lawyer, REQUEST, centerId=id_of(center))


async def test_any_note_is_kept_as_typed() -> None:
    lawyer = await builders.person(Role.LEGAL)
    for text in HOSTILE:
        payload = await done(lawyer, REQUEST, centerId=id_of(await builders.center()), note=text)
        assert payload["license"]["note"] == text
