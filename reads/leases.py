"""Leases and property assignments as rows: the register, what each serves, and which form the parameters propose."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tortoise.expressions import Q, Subquery

from models.agreements import AgreementStage, Lease, LeaseForm, LeaseNature, Standing
from models.calendar import LegalParameter
from models.people import User
from models.permissions import within
from models.reviews import ReviewMatter
from models.signing import SignatureDelegation
from reads.agreement_history import agreements_past
from reads.agreements import LEASE
from reads.calendar import DEFAULTS
from reads.matching import exactly, holding
from reads.paging import Order, Page, Row, page
from reads.signing import Blocker, blockers_of


@dataclass(frozen=True)
class LeaseQuery:
    """Which leases are wanted; empty lists mean all, but for `nature`: without one the register holds leases only."""

    nature: list[LeaseNature] = field(default_factory=list)
    form: LeaseForm | None = None
    standing: list[Standing] = field(default_factory=list)
    stage: list[AgreementStage] = field(default_factory=list)
    municipality_code: str | None = None
    department_code: str | None = None
    delegated: bool | None = None
    """Whether a delegation of signature is noted."""
    search: str | None = None


async def lease_page(actor: User, query: LeaseQuery, *, on: date, order: Order, first: int, after: str | None) -> Page:
    """Return a page of the leases in reach and on record by a date; standings are those of the date."""
    past = await agreements_past(Lease, on=on)
    rows = Lease.filter(within(Lease, actor), past.on_record(), nature__in=query.nature or [LeaseNature.LEASE])
    if query.form:
        rows = rows.filter(form=query.form)
    if query.standing:
        rows = rows.filter(past.standing_is(*set(query.standing)))
    if query.stage:
        rows = rows.filter(stage__in=query.stage)
    if query.municipality_code:
        rows = rows.filter(exactly(Lease, "municipality_id", query.municipality_code))
    if query.department_code:
        rows = rows.filter(exactly(Lease, "municipality__department_id", query.department_code))
    if query.delegated is not None:
        delegated = Subquery(SignatureDelegation.filter(lease_id__isnull=False).values("lease_id"))
        rows = rows.filter(id__in=delegated) if query.delegated else rows.filter(id__not_in=delegated)
    rows = rows.filter(holding(query.search))
    return await page(rows, LEASE, order, first=first, after=after)


async def lease_by_number(number: str, actor: User) -> Row | None:
    """Return a lease or assignment in reach by its registry number."""
    named = exactly(Lease, "number", number)
    rows = await Lease.filter(within(Lease, actor), named).limit(1).values(*LEASE)
    return rows[0] if rows else None


async def lease_renewals(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return, for each lease, the one that renews it and was not given up."""
    rows = Lease.filter(within(Lease, actor), renews_id__in=ids).exclude(stage=AgreementStage.WITHDRAWN)
    return {row["renews_id"]: row for row in await rows.values(*LEASE)}


async def blockers_by_lease(ids: Sequence[int], actor: User, *, on: date) -> dict[int, list[Blocker]]:
    """Return what keeps each lease in reach from being signed on a date."""
    leases = await Lease.filter(within(Lease, actor), id__in=ids)
    return {one.id: await blockers_of(one, on=on) for one in leases}


@dataclass(frozen=True)
class FormProposal:
    """Which form a lease should take, why, and whether a lawyer confirmed the parameter that says so."""

    form: LeaseForm
    reason: str
    confirmed: bool


ACTA_MOST = "LEASE_ACTA_MOST"
"""Code of the parameter: the total in quetzales up to which an acta will do."""


async def form_rules(codes: Sequence[str], actor: User | None, *, on: date) -> dict[str, LegalParameter]:
    """Return the parameters in force on a date by which forms are proposed; one that is missing has its default."""
    current = Q(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)
    rows = await LegalParameter.filter(current, code__in=codes).order_by("valid_from")
    found = {row.code: row for row in rows}
    return {code: found.get(code) or LegalParameter(code=code, value=DEFAULTS[code]) for code in codes}


async def proposed_form(nature: LeaseNature, total: Decimal | None, *, on: date) -> FormProposal:
    """Propose the form of a lease from the parameters of a date. It only proposes: a lawyer confirms each form."""
    return propose_form(nature, total, (await form_rules([ACTA_MOST], None, on=on))[ACTA_MOST])


def propose_form(nature: LeaseNature, total: Decimal | None, rule: LegalParameter) -> FormProposal:
    """Propose the form of a lease by one parameter: an acta up to its amount, a contract above it."""
    if nature == LeaseNature.PROPERTY_ASSIGNMENT:
        reason = "Una adscripción no lleva renta: se hace constar en acta."
        return FormProposal(LeaseForm.ACTA_NEGOCIACION, reason, confirmed=False)
    most = Decimal(rule.value)
    basis = f" Fundamento: {rule.legal_basis}." if rule.legal_basis else ""
    if total is None:
        reason = f"No consta el monto total, que decide si pasa de Q.{most:,.2f}.{basis}"
        return FormProposal(LeaseForm.CONTRATO, reason, confirmed=False)
    small = total <= most
    reason = f"El total de Q.{total:,.2f} {'no pasa' if small else 'pasa'} de Q.{most:,.2f}.{basis}"
    return FormProposal(LeaseForm.ACTA_NEGOCIACION if small else LeaseForm.CONTRATO, reason, rule.confirmed)


def matter_of(nature: LeaseNature, form: LeaseForm) -> ReviewMatter:
    """Return the matter of a lease's file by its nature and form, as Tabla 14 counts them."""
    if nature == LeaseNature.PROPERTY_ASSIGNMENT:
        return ReviewMatter.PROPERTY_ASSIGNMENT
    return ReviewMatter.LEASE_CONTRACT if form == LeaseForm.CONTRATO else ReviewMatter.LEASE_ACTA
