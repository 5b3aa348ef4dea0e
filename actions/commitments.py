"""What each side promised in a convention, as tasks and contributions with their days, and that it was done."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from actions.audited import audited, reachable
from actions.files import use_file
from actions.refusals import Checks, Forbidden, NotAllowedNow, NotFound, Stale
from models.agreements import PENDING_STAGES, PERFECTED, Convention, Standing
from models.audit import Verb
from models.conventions import Commitment, CommitmentKind
from models.fields import is_money
from models.people import Role, User
from models.permissions import within
from models.signing import Side
from reads.people import told

LARGEST = Decimal(10**9)
"""Quetzales that one contribution may be worth."""
LATEST_AFTER = 366
"""Calendar days after the end of a term by which something may still be due: reports, returns of goods."""
WITHOUT_END = 3653
"""Calendar days from today by which something may be due when the convention has no end."""


@dataclass(frozen=True)
class CommitmentInput:
    """What a side promises: something to do, or something to give, with its worth in quetzales when that is said."""

    party: Side
    kind: CommitmentKind
    item: str
    quantity: str = ""
    amount: Decimal | None = None
    due_on: date | None = None


async def add_commitment(*, actor: User, convention_id: int, commitment: CommitmentInput) -> Commitment:
    """Note what a side promises in a convention that is being made or in force."""
    checks = Checks()
    item = checks.text(commitment.item, "item", label="qué se promete", most=200)
    quantity = checks.text(commitment.quantity, "quantity", label="la cantidad", most=120, required=False)
    _check_amount(checks, commitment)
    async with audited(Verb.ADD_COMMITMENT, actor=actor) as entry:
        convention = await reachable(Convention, convention_id, actor, path="conventionId")
        if convention.standing(entry.today) in (Standing.EXPIRED, Standing.ENDED):
            raise NotAllowedNow(f"El convenio {convention.number} ya no rige: no se le agregan compromisos.")
        _check_due(checks, convention, commitment.due_on, on=entry.today)
        checks.done()
        made = await entry.create(
            Commitment,
            convention_id=convention.id,
            party=commitment.party.value,
            kind=commitment.kind,
            item=item,
            quantity=quantity,
            amount=commitment.amount,
            due_on=commitment.due_on,
        )
        whose = "SOSEP" if commitment.party == Side.SOSEP else "la contraparte"
        entry.about(convention, f"{actor.name} anotó un compromiso de {whose}: {item}.")
        if convention.stage not in PENDING_STAGES:
            due = f" A más tardar el {made.due_on:%d/%m/%Y}." if made.due_on else ""
            entry.tell(
                await told(convention=convention.id, program=convention.program),
                key=f"commitment-added:{made.id}",
                subject=f"Compromiso del convenio {convention.number}",
                body=f"Se anotó un compromiso de {whose} en el convenio {convention.number}: {item}.{due}",
                convention_id=convention.id,
            )
        return entry.answers(made)


def _check_amount(checks: Checks, commitment: CommitmentInput) -> None:
    amount = commitment.amount
    if amount is None:
        return
    contribution = commitment.kind == CommitmentKind.CONTRIBUTION
    checks.that(contribution, "amount", "El valor en quetzales va solo con los aportes.")
    exact = is_money(amount, LARGEST) and amount > 0
    limit = f"mayor que cero, con dos decimales a lo sumo y hasta {LARGEST:,}"
    checks.that(exact, "amount", f"Escriba el valor en quetzales, {limit}.")


def _check_due(checks: Checks, convention: Convention, due_on: date | None, *, on: date) -> None:
    if due_on is None:
        return
    first = convention.starts_on or convention.requested_on or on
    ends_on = convention.ends_on
    last = ends_on + timedelta(days=LATEST_AFTER) if ends_on else on + timedelta(days=WITHOUT_END)
    checks.that(first <= due_on <= last, "dueOn", f"La fecha va del {first:%d/%m/%Y} al {last:%d/%m/%Y}.")


async def fulfill_commitment(
    *,
    actor: User,
    commitment_id: int,
    fulfilled_on: date,
    note: str = "",
    file_id: int | None = None,
    expected_version: int | None = None,
) -> Commitment:
    """Note that a promise was kept, with what proves it; a municipality notes only what the counterpart owes."""
    checks = Checks()
    note = checks.text(note, "note", label="la nota", most=2000, required=False)
    async with audited(Verb.FULFILL_COMMITMENT, actor=actor) as entry:
        commitment = await Commitment.get_or_none(id=commitment_id)
        reached = Convention.filter(within(Convention, actor))
        convention = await reached.get_or_none(id=commitment.convention_id) if commitment else None
        if commitment is None or convention is None:
            raise NotFound("el compromiso", "commitmentId")
        if actor.role == Role.MUNICIPAL and commitment.party != Side.COUNTERPART:
            raise Forbidden(Verb.FULFILL_COMMITMENT.value)
        if expected_version is not None and commitment.version != expected_version:
            raise Stale
        if commitment.fulfilled_on:
            day = f"{commitment.fulfilled_on:%d/%m/%Y}"
            raise NotAllowedNow(f"El compromiso «{commitment.item}» ya consta como cumplido el {day}.")
        if convention.stage not in PERFECTED:
            raise NotAllowedNow(f"El convenio {convention.number} no está firmado: todavía no obliga a las partes.")
        first = min(convention.starts_on or date.min, convention.requested_on or date.max)
        fits = first <= fulfilled_on <= entry.today
        checks.that(fits, "fulfilledOn", f"La fecha va del {first:%d/%m/%Y} a hoy.")
        checks.done()
        file = await use_file(entry, file_id, actor, "fileId") if file_id else None
        await entry.change(
            commitment,
            fulfilled_on=fulfilled_on,
            fulfilled_note=note,
            fulfilled_by_id=actor.id,
            file_id=file.id if file else None,
        )
        day = f"{fulfilled_on:%d/%m/%Y}"
        entry.about(convention, f"{actor.name} dio por cumplido el {day}: {commitment.item}.")
        people = await told(convention=convention.id, program=convention.program)
        entry.tell(
            [one for one in people if one[0] != actor.email],
            key=f"commitment-fulfilled:{commitment.id}",
            subject=f"Compromiso cumplido del convenio {convention.number}",
            body=f"{actor.name} dio por cumplido el {day}, en el convenio {convention.number}: {commitment.item}.",
            convention_id=convention.id,
        )
        return entry.answers(commitment)
