"""Correcting what a lease says: by whose turn it is, until its paper is made, with old and new value kept."""

from datetime import date

import pytest

from models.agreements import Lease, LeaseForm
from models.audit import Verb
from models.people import Role
from models.reviews import ReviewStage
from tests import builders
from tests.door import Said, bad_ids, changed, done, forbidden, id_of, id_text, last_entry, once, refusal, refused
from tests.premises import FACTS, lease_in

CHANGE = """mutation ($input: ChangeLeaseInput!) { changeLease(input: $input) {
    lease { number monthlyRent total termMonths startsOn form formConfirmedBy { name } version
        landlord { name } premises { finca } }
    review { code } errors { code message path } } }"""
pytestmark = pytest.mark.usefixtures("db", "clock")


async def test_facts_are_replaced_and_the_old_ones_kept_in_the_trail() -> None:
    coordinator = await builders.person(Role.COORDINATOR)
    lease, _ = await lease_in(ReviewStage.GATHERING, budget_line="vieja", finca="1", folio="2", libro="3")
    premises = {"address": "Otra dirección"}

    payload = await done(
        coordinator, CHANGE, leaseId=id_of(lease), expectedVersion=1,
        **FACTS | {"monthlyRent": "4000.00", "premises": premises, "startsOn": None},
    )  # fmt: skip

    assert payload["lease"] == {
        "number": lease.number, "monthlyRent": "4000.00", "total": "48000.00", "termMonths": 12, "startsOn": None,
        "form": None, "formConfirmedBy": None, "version": 2, "landlord": {"name": FACTS["landlord"]["name"]},
        "premises": {"finca": ""},
    }  # fmt: skip
    entry = await last_entry()
    assert (entry.verb, entry.subject_id) == (Verb.CHANGE_LEASE, str(lease.id))
    seen = changed(entry, lease)
    assert seen["monthly_rent"] == ("3500.00", "4000.00")
    assert seen["finca"] == ("1", "")
    assert "otra direccion" in (await Lease.get()).search


@pytest.mark.parametrize(
    ("more", "kept"), [({}, True), ({"monthlyRent": "9000.00"}, False), ({"termMonths": 24}, False)]
)
async def test_another_total_takes_the_confirmation_of_the_form_back(more: dict[str, object], kept: bool) -> None:
    lawyer = await builders.person(Role.LEGAL)
    lease, _ = await lease_in(
        ReviewStage.IN_ANALYSIS, assignee=lawyer, form=LeaseForm.ACTA_NEGOCIACION, form_confirmed_by=lawyer
    )

    payload = await done(lawyer, CHANGE, leaseId=id_of(lease), **FACTS | more)

    shown = (payload["lease"]["form"], payload["lease"]["formConfirmedBy"])
    assert shown == (("ACTA_NEGOCIACION", {"name": lawyer.name}) if kept else (None, None))


@pytest.mark.parametrize("stage", list(ReviewStage))
async def test_whose_turn_it_is_corrects(stage: ReviewStage) -> None:
    lease, _ = await lease_in(stage)
    coordinator, lawyer = await builders.person(Role.COORDINATOR), await builders.person(Role.LEGAL)
    theirs = stage in (ReviewStage.GATHERING, ReviewStage.RETURNED)
    open_ = stage not in (ReviewStage.AWAITING_SIGNATURE, ReviewStage.CLOSED, ReviewStage.WITHDRAWN)
    for person, may in ((coordinator, theirs), (lawyer, open_)):
        if may:
            await done(person, CHANGE, leaseId=id_of(lease), **FACTS)
        else:
            said = await refusal(person, CHANGE, leaseId=id_of(lease), **FACTS)
            assert said.code == "NOT_ALLOWED_NOW"
            assert lease.number in said.message


async def test_wrong_values_are_named_and_a_center_keeps_its_town() -> None:
    lawyer = await builders.person(Role.LEGAL)
    lease, _ = await lease_in(ReviewStage.GATHERING)
    await builders.municipality(builders.MIXCO)
    wrong = {"monthlyRent": "0", "use": "", "startsOn": "9999-12-31", "leaseId": id_of(lease)}
    wrong |= {"premises": {"address": "x", "municipalityCode": builders.MIXCO}}

    said = await refused(lawyer, CHANGE, **FACTS | wrong)

    assert {one.path for one in said} == {"monthlyRent", "use", "startsOn", "premises.municipalityCode"}


async def test_out_of_reach_stale_and_repeated() -> None:
    lease, _ = await lease_in(ReviewStage.GATHERING, version=3)
    gone = Said("NOT_FOUND", "leaseId", "No se encontró el arrendamiento.")
    stranger = await builders.person(Role.COORDINATOR, at=builders.MIXCO)
    assert await refusal(stranger, CHANGE, leaseId=id_of(lease), **FACTS) == gone
    assert await refusal(stranger, CHANGE, leaseId=id_text("Lease"), **FACTS) == gone
    director = await builders.person(Role.DIRECTOR)
    assert (await refusal(director, CHANGE, leaseId=id_of(lease), expectedVersion=2, **FACTS)).code == "STALE"
    for given in bad_ids("Lease", "Convention"):
        assert (await refusal(director, CHANGE, leaseId=given, **FACTS)).path == "leaseId"
    await once(director, CHANGE, leaseId=id_of(lease), expectedVersion=3, **FACTS)


@pytest.mark.parametrize("role", [Role.MUNICIPAL, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN])
async def test_a_role_that_does_not_ask_is_forbidden(role: Role) -> None:
    lease, _ = await lease_in(ReviewStage.GATHERING)

    await forbidden(await builders.person(role), CHANGE, leaseId=id_of(lease), **FACTS)


async def test_an_old_lease_of_the_report_is_not_changed() -> None:
    lease = await builders.lease(await builders.center(), starts_on=date(2024, 1, 1), ends_on=date(2026, 12, 31))

    said = await refusal(await builders.person(Role.LEGAL), CHANGE, leaseId=id_of(lease), **FACTS)

    assert "ya no está en trámite" in said.message
