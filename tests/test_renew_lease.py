"""Asking for a lease that follows another: the same premises with their own number, rent, term and file, once."""

from datetime import date
from decimal import Decimal

import pytest

from actions.lease_ends import renew_lease
from actions.refusals import Refusal
from models.agreements import AgreementStage, Lease, LeaseNature
from models.audit import Verb
from models.people import Role
from models.reviews import LegalReview, ReviewMatter, ReviewStage
from tests import builders
from tests.door import Said, bad_ids, contract, done, forbidden, id_of, id_text, last_entry, once, refusal, told
from tests.premises import lease_in

RENEW = """mutation ($input: RenewLeaseInput!) { renewLease(input: $input) {
    lease { number stage startsOn monthlyRent total termMonths justification landlord { name } renews { number }
        serves { __typename } }
    review { code stage matter requirements { code } } errors { code message path } } }"""
pytestmark = pytest.mark.usefixtures("db", "clock")


async def old_lease(**more: object) -> Lease:
    """Return a signed lease that ends at the end of the year."""
    values = {"term_months": 12, "total": Decimal("42000.00"), "landlord_name": "Inmuebles, S.A.", "finca": "1"}
    return await builders.lease(await builders.center(), **values | more)


async def test_it_follows_the_day_after_with_the_same_rent() -> None:
    old, coordinator = await old_lease(), await builders.person(Role.COORDINATOR)
    await builders.requirement("ACTA_DPI", matter=ReviewMatter.LEASE_ACTA)

    payload = await done(coordinator, RENEW, leaseId=id_of(old))

    assert payload["lease"] == {
        "number": "ARR-2026-0001", "stage": "REQUESTED", "startsOn": "2027-01-01", "monthlyRent": "3500.00",
        "total": "42000.00", "termMonths": 12, "justification": f"Renueva el arrendamiento {old.number}.",
        "landlord": {"name": "Inmuebles, S.A."}, "renews": {"number": old.number}, "serves": {"__typename": "Center"},
    }  # fmt: skip
    assert payload["review"] == {
        "code": "EXP-2026-0001", "stage": "GATHERING", "matter": "LEASE_ACTA", "requirements": [{"code": "ACTA_DPI"}],
    }  # fmt: skip
    new = await Lease.get(renews_id=old.id)
    assert (new.finca, new.form, new.ends_on, new.requested_by_id) == ("1", None, None, coordinator.id)
    entry = await last_entry()
    assert (entry.verb, entry.subject_id) == (Verb.RENEW_LEASE, str(new.id))
    both = "query ($number: String!) { lease(number: $number) { renewal { number } renews { number } } }"
    assert (await told(coordinator, both, number=old.number))["lease"] == {
        "renewal": {"number": new.number}, "renews": None,
    }  # fmt: skip


async def test_what_is_given_replaces_what_was() -> None:
    old = await old_lease(ends_on=date(2026, 2, 1))
    given = {
        "termMonths": 24,
        "monthlyRent": "5000.50",
        "startsOn": "2026-03-15",
        "justification": "Sigue siendo apto.",
    }

    payload = await done(await builders.person(Role.DIRECTOR), RENEW, leaseId=id_of(old), **given)

    lease = payload["lease"]
    assert (lease["termMonths"], lease["monthlyRent"], lease["total"]) == (24, "5000.50", "120012.00")
    assert (lease["startsOn"], lease["justification"]) == ("2026-03-15", "Sigue siendo apto.")
    assert payload["review"]["matter"] == "LEASE_CONTRACT"


async def test_one_that_ended_starts_with_its_signatures() -> None:
    old = await old_lease(ends_on=date(2026, 3, 1))
    payload = await done(await builders.person(Role.LEGAL), RENEW, leaseId=id_of(old))
    assert payload["lease"]["startsOn"] is None


async def test_an_assignment_is_renewed_without_rent() -> None:
    old = await old_lease(nature=LeaseNature.PROPERTY_ASSIGNMENT, monthly_rent=None, total=None, term_months=None)
    payload = await done(await builders.person(Role.LEGAL), RENEW, leaseId=id_of(old))
    assert payload["lease"]["number"] == "ADS-2026-0001"
    assert payload["review"]["matter"] == "PROPERTY_ASSIGNMENT"
    other = await old_lease(nature=LeaseNature.PROPERTY_ASSIGNMENT, monthly_rent=None, total=None)
    said = await refusal(await builders.person(Role.LEGAL), RENEW, leaseId=id_of(other), monthlyRent="1.00")
    assert said.path == "monthlyRent"


async def test_one_renewal_at_a_time() -> None:
    old, lawyer = await old_lease(), await builders.person(Role.LEGAL)
    await done(lawyer, RENEW, leaseId=id_of(old))
    new, review = await Lease.get(renews_id=old.id), await LegalReview.get()

    said = await refusal(lawyer, RENEW, leaseId=id_of(old))
    assert (said.code, said.path) == ("RENEWAL_PENDING", "leaseId")
    assert new.number in said.message
    assert review.code in said.message
    await Lease.filter(id=new.id).update(stage=AgreementStage.SIGNED)
    said = await refusal(lawyer, RENEW, leaseId=id_of(old))
    assert (said.code, new.number in said.message) == ("ALREADY_RENEWED", True)
    await Lease.filter(id=new.id).update(stage=AgreementStage.WITHDRAWN)
    await done(lawyer, RENEW, leaseId=id_of(old))


@pytest.mark.both_databases
async def test_the_database_refuses_a_second_one_too() -> None:
    old, lawyer = await old_lease(), await builders.person(Role.LEGAL)
    await renew_lease(actor=lawyer, lease_id=old.id)
    other = await old_lease()
    await renew_lease(actor=lawyer, lease_id=other.id)
    newest = await Lease.all().order_by("-id").first()
    assert newest
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        await Lease.filter(id=newest.id).update(renews_id=old.id)
    with pytest.raises(Refusal):
        await renew_lease(actor=lawyer, lease_id=old.id)


@pytest.mark.parametrize(
    "stage",
    [AgreementStage.REQUESTED, AgreementStage.READY_TO_SIGN, AgreementStage.TERMINATED, AgreementStage.WITHDRAWN],
)
async def test_only_what_is_signed_is_renewed(stage: AgreementStage) -> None:
    old = await old_lease(stage=stage)

    said = await refusal(await builders.person(Role.LEGAL), RENEW, leaseId=id_of(old))

    assert (said.code, old.number in said.message) == ("NOT_ALLOWED_NOW", True)


async def test_out_of_reach_wrong_and_forbidden() -> None:
    old = await old_lease()
    gone = Said("NOT_FOUND", "leaseId", "No se encontró el arrendamiento.")
    stranger = await builders.person(Role.COORDINATOR, at=builders.MIXCO)
    assert await refusal(stranger, RENEW, leaseId=id_of(old)) == gone
    assert await refusal(stranger, RENEW, leaseId=id_text("Lease")) == gone
    lawyer = await builders.person(Role.LEGAL)
    bare = await old_lease(monthly_rent=None, total=None, term_months=None)
    assert (await refusal(lawyer, RENEW, leaseId=id_of(bare), termMonths=12)).path == "monthlyRent"
    for more, path in [
        ({"termMonths": 0}, "termMonths"), ({"termMonths": 121}, "termMonths"), ({"monthlyRent": "0"}, "monthlyRent"),
        ({"startsOn": "9999-12-31"}, "startsOn"), ({"justification": "x" * 4001}, "justification"),
        *(({"leaseId": given}, "leaseId") for given in bad_ids("Lease", "Convention")),
    ]:  # fmt: skip
        said = await refusal(lawyer, RENEW, **{"leaseId": id_of(old)} | more)
        assert (said.code, said.path) == ("BAD_USER_INPUT", path)
    for role in (Role.MUNICIPAL, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN):
        await forbidden(await builders.person(role), RENEW, leaseId=id_of(old))
    await once(lawyer, RENEW, leaseId=id_of(old))


async def test_a_request_that_is_given_up_frees_the_old_one() -> None:
    old, coordinator = await old_lease(), await builders.person(Role.COORDINATOR)
    payload = await done(coordinator, RENEW, leaseId=id_of(old))
    review = await LegalReview.get(code=payload["review"]["code"])
    withdraw = """mutation ($input: WithdrawReviewInput!) { withdrawReview(input: $input) {
        review { stage } errors { code message path } } }"""
    await done(coordinator, withdraw, reviewId=id_of(review), reason="Se halló otro inmueble.")
    assert (await Lease.get(renews_id=old.id)).stage == AgreementStage.WITHDRAWN
    await done(coordinator, RENEW, leaseId=id_of(old))


async def test_a_signed_lease_is_not_given_up() -> None:
    lease, review = await lease_in(ReviewStage.AWAITING_SIGNATURE, nature=LeaseNature.PROPERTY_ASSIGNMENT)
    await Lease.filter(id=lease.id).update(stage=AgreementStage.SIGNED)
    withdraw = """mutation ($input: WithdrawReviewInput!) { withdrawReview(input: $input) {
        review { stage } errors { code message path } } }"""
    said = await refusal(await builders.person(Role.LEGAL), withdraw, reviewId=id_of(review), reason="x")
    assert said.message == f"No se puede desistir: la adscripción {lease.number} ya está firmada."


async def test_what_falls_due_says_that_its_renewal_is_asked_for() -> None:
    ending = await old_lease(ends_on=date(2026, 4, 1))
    followed = await old_lease(ends_on=date(2026, 4, 2))
    await builders.lease(await builders.center(), renews=followed)
    center = await builders.center()
    license = await builders.sanitary_license(center, ends_on=date(2026, 4, 3))
    lawyer = await builders.person(Role.LEGAL)
    asked = await done(lawyer, RENEW, leaseId=id_of(ending))
    request = """mutation ($input: RequestLicenseInput!) { requestLicense(input: $input) {
        review { code } errors { code message path } } }"""
    again = await done(lawyer, request, centerId=id_of(center))

    due = (await told(lawyer, contract("renewals-due")))["renewalsDue"]["nodes"]

    assert [(one["instrument"]["number"], one["pendingRenewal"]["code"]) for one in due] == [
        (ending.number, asked["review"]["code"]), (license.number, again["review"]["code"]),
    ]  # fmt: skip
