"""How a lease or assignment goes on or ends: the request that follows it, and its termination before its time."""

from datetime import date, timedelta
from decimal import Decimal

from actions.audited import audited, reachable
from actions.lease_facts import LeaseFacts, check_start, checked_rent
from actions.leases import open_lease_file
from actions.refusals import Checks, ErrorCode, NotAllowedNow, Problem, Refusal
from actions.registry import lease_number
from models.agreements import PENDING_STAGES, AgreementStage, Lease, TerminationBasis
from models.audit import Verb
from models.people import User
from models.reviews import LegalReview
from reads.people import told
from reads.signing import review_of

SAME = (
    "nature", "program", "center_id", "office_id", "municipality_id", "landlord_name", "landlord_nit", "address",
    "finca", "folio", "libro", "budget_line", "use",
)  # fmt: skip
"""What a lease that follows another takes over."""


async def renew_lease(
    *,
    actor: User,
    lease_id: int,
    term_months: int | None = None,
    monthly_rent: Decimal | None = None,
    starts_on: date | None = None,
    justification: str = "",
) -> LegalReview:
    """Ask for a lease that follows a signed one: same premises and owner, its own number, rent, term and file.

    Rent and months are the old ones unless given; it starts the day after the old one ends. Refuses while another
    renewal is pending (RENEWAL_PENDING) or done (ALREADY_RENEWED); the database refuses it too.
    """
    checks = Checks()
    why = checks.text(justification, "justification", label="la justificación", most=4000, required=False)
    async with audited(Verb.RENEW_LEASE, actor=actor) as entry:
        check_start(checks, starts_on, entry.today)
        old = await reachable(Lease, lease_id, actor, path="leaseId")
        await _refuse_second_renewal(old)
        facts = LeaseFacts(
            old.landlord_name,
            old.landlord_nit,
            old.address,
            old.use,
            why,
            monthly_rent=old.monthly_rent if monthly_rent is None else monthly_rent,
            term_months=old.term_months if term_months is None else term_months,
        )
        amounts = checked_rent(checks, facts, rented=not old.assigned)
        checks.done()
        follows = old.ends_on + timedelta(days=1) if old.ends_on and old.ends_on >= entry.today else None
        new = await entry.create(
            Lease,
            number=await lease_number(entry, old.nature),
            **{name: getattr(old, name) for name in SAME},
            **amounts,
            starts_on=starts_on or follows,
            justification=why or f"Renueva {old.in_words()}.",
            renews_id=old.id,
            requested_by_id=actor.id,
            requested_on=entry.today,
        )
        review = await open_lease_file(entry, new)
        entry.about(new, f"{actor.name} solicitó renovar {old.in_words()}.")
        return entry.answers(review)


async def _refuse_second_renewal(old: Lease) -> None:
    words = old.in_words()
    if old.stage != AgreementStage.SIGNED:
        raise NotAllowedNow(f"No se puede renovar {words}: solo se renueva lo que está firmado y no terminó antes.")
    other = await Lease.filter(renews_id=old.id).exclude(stage=AgreementStage.WITHDRAWN).first()
    if other is None:
        return
    if other.stage in PENDING_STAGES:
        review = await review_of(other)
        file = f" Siga el expediente {review.code}." if review else ""
        message = f"Ya está en trámite la renovación {old.of_words()}: {other.number}.{file}"
        raise Refusal(Problem(ErrorCode.RENEWAL_PENDING, message, ("leaseId",)))
    message = f"Ya se renovó {words}: le sigue {other.number}. Renueve ese."
    raise Refusal(Problem(ErrorCode.ALREADY_RENEWED, message, ("leaseId",)))


async def terminate_lease(
    *,
    actor: User,
    lease_id: int,
    reason: str,
    basis: TerminationBasis,
    effective_on: date,
    expected_version: int | None = None,
) -> Lease:
    """End a signed lease before its time, by a deliberate act; it stays in force until the eve of `effective_on`."""
    checks = Checks()
    reason = checks.text(reason, "reason", label="el motivo", most=2000)
    async with audited(Verb.TERMINATE_LEASE, actor=actor) as entry:
        lease = await reachable(Lease, lease_id, actor, expected_version=expected_version, path="leaseId")
        words = lease.in_words()
        if lease.stage != AgreementStage.SIGNED:
            why = "ya terminó" if lease.stage == AgreementStage.TERMINATED else "no está firmado"
            raise NotAllowedNow(f"No se puede terminar {words}: {why}.")
        if lease.ends_on and lease.ends_on < entry.today:
            raise NotAllowedNow(f"No se puede terminar {words}: ya venció el {lease.ends_on:%d/%m/%Y}.")
        first = lease.starts_on or date.min
        last = lease.ends_on or entry.today + timedelta(days=366)
        span = f"del {lease.starts_on:%d/%m/%Y} al {last:%d/%m/%Y}" if lease.starts_on else f"hasta el {last:%d/%m/%Y}"
        checks.that(first <= effective_on <= last, "effectiveOn", f"La fecha debe estar en su plazo: {span}.")
        checks.done()
        await entry.change(
            lease,
            stage=AgreementStage.TERMINATED,
            terminated_on=effective_on,
            termination_reason=reason,
            termination_basis=basis,
        )
        entry.about(lease, f"{actor.name} terminó {words} con efecto el {effective_on:%d/%m/%Y}: {reason}")
        entry.tell(
            await told(program=lease.program, ids=[lease.requested_by_id] if lease.requested_by_id else []),
            key=f"terminated:{lease.number}",
            subject=f"Termina {words} antes de su vencimiento",
            body=f"Termina {words} con efecto el {effective_on:%d/%m/%Y}. Motivo: {reason}",
            lease_id=lease.id,
        )
        return entry.answers(lease)
