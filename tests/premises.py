"""What tests of leases share: a well-formed request, and leases with their files in any stage."""

from datetime import date
from decimal import Decimal
from typing import Any

from models.agreements import AgreementStage, Lease, LeaseForm
from models.centers import Center
from models.people import Role, User
from models.reviews import LegalReview, ReviewMatter, ReviewStage
from models.signing import SignatureDelegation
from reads.signing import LEASE_PAPERS
from tests import builders, stages

REQUEST = """mutation ($input: RequestLeaseInput!) { requestLease(input: $input) {
    lease { number nature stage standing form startsOn endsOn monthlyRent total termMonths use justification budgetLine
        landlord { name nit } premises { address finca folio libro municipality { code } }
        serves { __typename ... on Center { code } ... on DepartmentalOffice { name } }
        proposedForm { form reason confirmed } formConfirmedBy { name } requestedOn version }
    review { code matter title stage requestingUnit requirements { code mandatory } }
    errors { code message path } } }"""

NIT = "1234567-9"
"""A tax number whose check digit is right."""

FACTS: dict[str, Any] = {
    "landlord": {"name": "Inmuebles del Norte, S.A.", "nit": NIT},
    "premises": {"address": "2a calle 3-45 zona 1", "finca": "1204", "folio": "87", "libro": "120 de Alta Verapaz"},
    "use": "Funcionamiento del Centro de Atención Diurna",
    "monthlyRent": "3500.00",
    "termMonths": 12,
    "startsOn": "2026-04-01",
    "budgetLine": "2026-11130016-151",
    "justification": "El inmueble actual se devuelve en marzo.",
}
"""What a lease says, every fact right."""

ASSIGNED = {
    key: value for key, value in FACTS.items() if key not in ("monthlyRent", "budgetLine", "termMonths", "startsOn")
}
"""What an assignment says."""


async def lease_in(
    stage: ReviewStage, *, of: Center | None = None, assignee: User | None = None, **more: Any
) -> tuple[Lease, LegalReview]:
    """Return a lease asked for by a coordinator, and its file in a stage; one that is concluded has its dictamen."""
    place = stages.CONVENTION_STAGES[stage]
    values: dict[str, Any] = {"stage": place, "form": None, "term_months": 12, "total": Decimal("42000.00")}
    values |= {"landlord_name": "Inmuebles del Norte, S.A.", "landlord_nit": NIT, "address": "2a calle 3-45 zona 1"}
    values |= {
        "ends_on": None,
        "use": "Centro de Atención Diurna",
        "starts_on": date(2026, 4, 1),
        "requested_on": date(2026, 3, 2),
    }
    if place == AgreementStage.SIGNED:
        values |= {"ends_on": date(2027, 3, 31), "form": LeaseForm.ACTA_NEGOCIACION}
    lease = await builders.lease(of or await builders.center(), **values | more)
    review = await LegalReview.create(
        code=f"EXP-2026-{7000 + lease.id}", matter=ReviewMatter.LEASE_ACTA, lease=lease, stage=stage,
        department_id=lease.municipality_id[:2], program=lease.program, title=f"Arrendamiento {lease.number}",
        requesting_unit="Dirección de Mis Años Dorados", requested_by=await builders.person(Role.ADMIN),
        requested_on=date(2026, 3, 2), last_moved_on=date(2026, 3, 2), assignee=assignee,
    )  # fmt: skip
    if stage in stages.CONCLUDED:
        await stages.dictamen(review, lease_id=lease.id)
    return lease, review


DELEGATE: dict[str, Any] = {
    "instrument": "Acuerdo",
    "number": "5-2026",
    "issuedOn": "2026-03-02",
    "delegateName": "Carla Ruiz",
    "delegatePosition": "Secretaria de Obras Sociales",
}
"""A delegation of signature, every part right."""


async def delegated(lease: Lease, **more: Any) -> SignatureDelegation:
    """Return a delegation of signature noted for a lease."""
    values: dict[str, Any] = {"instrument": "Acuerdo", "number": f"{lease.id}-2026", "issued_on": date(2026, 3, 2)}
    values |= {"delegate_name": "Carla Ruiz", "delegate_position": "Secretaria"}
    return await SignatureDelegation.create(
        **values | {"lease": lease, "recorded_by": await builders.person(Role.ADMIN)} | more
    )


async def to_sign(form: LeaseForm = LeaseForm.ACTA_NEGOCIACION, **more: Any) -> tuple[Lease, LegalReview]:
    """Return a lease whose paper is made, and its file; a contract has its delegation."""
    lawyer = await builders.person(Role.LEGAL)
    lease, review = await lease_in(
        ReviewStage.AWAITING_SIGNATURE, form=form, form_confirmed_by=lawyer, assignee=lawyer, **more
    )
    await builders.paper(LEASE_PAPERS[form], lease=lease, review=review)
    if lease.needs_delegation:
        await delegated(lease)
    return lease, review
