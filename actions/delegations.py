"""Delegations of signature: the faculty to sign one agreement, given case by case (LCE art. 47)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from actions.audited import audited, reachable
from actions.files import use_file
from actions.refusals import Checks, ErrorCode, NotAllowedNow, Problem, Refusal
from models.agreements import PENDING_STAGES, AgreementStage, Convention, Lease
from models.audit import Verb
from models.fields import folded
from models.papers import DocumentKind
from models.people import User
from models.signing import Side, Signature, SignatureDelegation
from reads.signing import by_agreement, delegation_of, lease_paper

OLDEST = timedelta(days=2 * 366)
"""How old a delegation may be: it is given for a contract that is about to be signed."""


@dataclass(frozen=True)
class DelegationInput:
    """Which instrument delegates the signature, of which date, to whom."""

    instrument: str
    number: str
    issued_on: date
    delegate_name: str
    delegate_position: str
    file_id: int | None = None


async def record_delegation(
    *, actor: User, delegation: DelegationInput, convention_id: int | None = None, lease_id: int | None = None
) -> SignatureDelegation:
    """Note the delegation given for one agreement; the same instrument never serves two.

    Another one may take its place until somebody signs for SOSEP or the contract names it.
    """
    checks = Checks()
    noted = {
        name: checks.text(getattr(delegation, name), path, label=label, most=most)
        for name, path, label, most in (
            ("instrument", "instrument", "la clase de documento", 80),
            ("number", "number", "el número del documento", 40),
            ("delegate_name", "delegateName", "el nombre de quien firmará", 120),
            ("delegate_position", "delegatePosition", "el cargo de quien firmará", 160),
        )
    }
    async with audited(Verb.RECORD_DELEGATION, actor=actor) as entry:
        oldest = entry.today - OLDEST
        checks.that(
            oldest <= delegation.issued_on <= entry.today,
            "issuedOn",
            f"La fecha del documento debe ser del {oldest:%d/%m/%Y} a hoy.",
        )
        checks.done()
        model = Convention if convention_id else Lease
        agreement: Convention | Lease = await reachable(model, convention_id or lease_id or 0, actor, path="subjectId")
        await _refuse_second(agreement, noted | {"issued_on": delegation.issued_on})
        await _refuse_shared(agreement, noted["instrument"], noted["number"])
        file = await use_file(entry, delegation.file_id, actor, "fileId") if delegation.file_id else None
        row = await entry.create(
            SignatureDelegation,
            **by_agreement(agreement),
            **noted,
            issued_on=delegation.issued_on,
            file_id=file.id if file else None,
            recorded_by_id=actor.id,
        )
        await entry.touch(agreement)
        entry.about(
            agreement,
            f"{actor.name} anotó la delegación de firma {row.instrument} {row.number} a {row.delegate_name}.",
        )
        return entry.answers(row)


async def _refuse_second(agreement: Convention | Lease, noted: dict[str, Any]) -> None:
    """Refuse for an agreement that is not being made, and another one once the delegation that it has was used."""
    words = agreement.in_words()
    if agreement.stage not in PENDING_STAGES:
        raise NotAllowedNow(f"Ya no está en trámite {words}: no se anota otra delegación de firma.")
    earlier = await delegation_of(agreement)
    if earlier is None:
        return
    named = f"{earlier.instrument} {earlier.number}"
    if all(getattr(earlier, name) == value for name, value in noted.items()):
        raise NotAllowedNow(f"La delegación {named} ya está anotada para {words} con esos mismos datos.")
    if await Signature.filter(**by_agreement(agreement), side=Side.SOSEP).exists():
        raise NotAllowedNow(f"Por SOSEP ya se firmó {words} con la delegación {named}: no se cambia.")
    paper = await lease_paper(agreement) if isinstance(agreement, Lease) else None
    if paper and paper.kind == DocumentKind.CONTRATO_ARRENDAMIENTO:
        raise NotAllowedNow(f"El contrato {paper.number} nombra la delegación {named}. Anúlelo antes de anotar otra.")


async def _refuse_shared(agreement: Convention | Lease, instrument: str, number: str) -> None:
    """Refuse an instrument that was given for another agreement; one of an agreement given up served nothing."""
    for other in await SignatureDelegation.filter(number__icontains=number).select_related("convention", "lease"):
        of = other.convention or other.lease
        if of == agreement or of.stage == AgreementStage.WITHDRAWN:
            continue
        if (folded(other.instrument), folded(other.number)) != (folded(instrument), folded(number)):
            continue
        message = f"La delegación {instrument} {number} ya está anotada para {of.in_words()}: se da una por contrato."
        raise Refusal(Problem(ErrorCode.CONFLICT, message, ("number",)))
