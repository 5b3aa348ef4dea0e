"""The signature gate: the council's minute, and signatures that only a fit agreement gets."""

from dataclasses import dataclass
from datetime import date, timedelta

from actions.audited import Entry, audited, reachable
from actions.files import use_file
from actions.refusals import Checks, ErrorCode, Forbidden, NotAllowedNow, Problem, Refusal
from actions.reviews import keep_wanting
from models.agreements import PENDING_STAGES, AgreementStage, Convention, Lease, last_day
from models.audit import Verb
from models.fields import folded
from models.people import Role, User
from models.reviews import OPEN_STAGES, LegalReview
from models.signing import CouncilMinute, Side, Signature
from reads.parties import Party, listed, own_party, parties_of
from reads.people import told
from reads.signing import (
    Blocker,
    blockers_of,
    by_agreement,
    delegation_of,
    earliest_signature,
    latest_minute,
    missing_signatures,
    review_of,
)


class NotReadyToSign(Refusal):
    """The agreement may not be signed yet; `blockers` say why, one by one."""

    def __init__(self, number: str, blockers: list[Blocker]) -> None:
        listed = " ".join(blocker.message for blocker in blockers)
        super().__init__(Problem(ErrorCode.NOT_READY_TO_SIGN, f"{number} todavía no puede firmarse. {listed}"))
        self.blockers = blockers


async def record_council_minute(
    *,
    actor: User,
    convention_id: int,
    act_number: str,
    point_number: str,
    session_date: date,
    approved_date: date | None = None,
    votes_for: int | None = None,
    votes_against: int | None = None,
    file_id: int | None = None,
    municipality_code: str | None = None,
) -> CouncilMinute:
    """Note the point of the council's minute that authorizes the mayor; a doubtful one is kept, with its warnings.

    `municipality_code` says whose council it is when several municipalities are parties; a municipal person notes
    that of her or his own.
    """
    checks = Checks()
    act_number = checks.text(act_number, "actNumber", label="el número de acta", most=40)
    point_number = checks.text(point_number, "pointNumber", label="el número de punto", most=40)
    for value, path in ((votes_for, "votesFor"), (votes_against, "votesAgainst")):
        checks.that(value is None or 0 <= value <= 99, path, "Los votos van de 0 a 99.")
    order = approved_date is None or approved_date >= session_date
    checks.that(order, "approvedDate", "La aprobación no puede ser anterior a la sesión.")
    async with audited(Verb.RECORD_COUNCIL_MINUTE, actor=actor) as entry:
        checks.that(
            entry.today - timedelta(days=3653) <= session_date <= entry.today,
            "sessionDate",
            "La fecha de la sesión debe ser de los últimos diez años y no puede ser futura.",
        )
        past = approved_date is None or approved_date <= entry.today
        checks.that(past, "approvedDate", "La fecha de aprobación no puede ser futura.")
        checks.done()
        convention = await reachable(Convention, convention_id, actor, path="conventionId")
        party = await _council_party(convention, actor, municipality_code)
        if convention.stage not in PENDING_STAGES:
            raise NotAllowedNow(f"El convenio {convention.number} no está en trámite: no se anota otro punto de acta.")
        file = await use_file(entry, file_id, actor, "fileId") if file_id else None
        noted = {
            "act_number": act_number,
            "point_number": point_number,
            "session_date": session_date,
            "approved_date": approved_date,
            "votes_for": votes_for,
            "votes_against": votes_against,
            "file_id": file.id if file else None,
            "party_id": party.party_id,
        }
        last = await latest_minute(convention.id, party.party_id)
        if last and all(getattr(last, name) == value for name, value in noted.items()):
            raise NotAllowedNow(f"El punto {point_number} del acta {act_number} ya está anotado con esos mismos datos.")
        minute = await entry.create(CouncilMinute, convention_id=convention.id, recorded_by_id=actor.id, **noted)
        review = await LegalReview.get_or_none(convention_id=convention.id, stage__in=OPEN_STAGES)
        if review:
            await keep_wanting(entry, review)
        of = f" ({party.name})" if party.party_id else ""
        entry.about(convention, f"{actor.name} anotó el punto {point_number} del acta {act_number} del Concejo{of}.")
        return entry.answers(minute)


async def _council_party(convention: Convention, actor: User, municipality_code: str | None) -> Party:
    """Return the municipal party whose council a minute is of."""
    parties = (await parties_of([convention.id]))[convention.id]
    councils = [one for one in parties if one.municipality_id]
    if not councils:
        raise NotAllowedNow(f"El convenio {convention.number} no es con una municipalidad: no lleva punto de acta.")
    own = own_party(parties, actor)
    if own:
        if municipality_code not in (None, "", own.municipality_id):
            raise Forbidden(Verb.RECORD_COUNCIL_MINUTE.value)
        return own
    if municipality_code:
        named = next((one for one in councils if one.municipality_id == municipality_code), None)
        if named is None:
            message = f"Esa municipalidad no es parte del convenio {convention.number}."
            raise Refusal(Problem(ErrorCode.BAD_USER_INPUT, message, ("municipalityCode",)))
        return named
    if len(councils) > 1:
        message = f"Elija de qué Concejo es el acta: {listed([one.name for one in councils])} son partes del convenio."
        raise Refusal(Problem(ErrorCode.BAD_USER_INPUT, message, ("municipalityCode",)))
    return councils[0]


@dataclass(frozen=True)
class SignatureInput:
    """Who signed, for which side, in which capacity, where, when, and the scan's file."""

    side: Side
    signer_name: str
    capacity: str
    place: str
    signed_on: date
    file_id: int | None = None
    party_id: int | None = None
    """The further counterpart that signs; none is the first one."""


async def record_signature(
    *,
    actor: User,
    signature: SignatureInput,
    convention_id: int | None = None,
    lease_id: int | None = None,
    expected_version: int | None = None,
) -> Convention | Lease:
    """Note a signature on a convention or a lease; with the last one needed, its term begins.

    Refuses with NotReadyToSign while a dictamen, council minute, delegation or document is missing.
    """
    if actor.role == Role.MUNICIPAL and signature.side != Side.COUNTERPART:
        raise Forbidden(Verb.RECORD_SIGNATURE.value)
    checks = Checks()
    name = checks.text(signature.signer_name, "signerName", label="el nombre de quien firma", most=120)
    capacity = checks.text(signature.capacity, "capacity", label="la calidad en que firma", most=160)
    place = checks.text(signature.place, "place", label="el lugar de la firma", most=120)
    async with audited(Verb.RECORD_SIGNATURE, actor=actor) as entry:
        model = Convention if convention_id else Lease
        agreement: Convention | Lease = await reachable(
            model, convention_id or lease_id or 0, actor, expected_version=expected_version, path="subjectId"
        )
        review = await review_of(agreement)
        blockers = await blockers_of(agreement, on=signature.signed_on)
        if blockers:
            raise NotReadyToSign(agreement.number, blockers)
        party_id = await _signing_party(agreement, actor, signature)
        earliest, why = await earliest_signature(agreement, signature.side, party_id)
        checks.that(
            earliest <= signature.signed_on <= entry.today,
            "signedOn",
            f"La firma debe ser del {earliest:%d/%m/%Y} ({why}) a hoy.",
        )
        given = await Signature.filter(**by_agreement(agreement))
        if isinstance(agreement, Lease) and signature.side == Side.SOSEP:
            await _check_delegate(checks, agreement, name)
        same = [one for one in given if one.side == signature.side and one.party_id == party_id]
        twice = any(one.signer_name.casefold() == name.casefold() for one in same)
        checks.that(not twice, "signerName", f"La firma de {name} ya está anotada.")
        checks.done()
        scan = await use_file(entry, signature.file_id, actor, "fileId") if signature.file_id else None
        await entry.create(
            Signature,
            **by_agreement(agreement),
            side=signature.side,
            signer_name=name,
            capacity=capacity,
            place=place,
            signed_on=signature.signed_on,
            scan_id=scan.id if scan else None,
            party_id=party_id,
            recorded_by_id=actor.id,
        )
        if await missing_signatures(agreement):
            await entry.touch(agreement)
        else:
            await _perfect(entry, agreement, perfected_on=max([signature.signed_on, *(one.signed_on for one in given)]))
        entry.about(agreement, f"{actor.name} anotó la firma de {name}.")
        if review and review.stage in OPEN_STAGES:
            entry.wake(review.id, "signature")
        return entry.answers(agreement)


async def _signing_party(agreement: Convention | Lease, actor: User, signature: SignatureInput) -> int | None:
    """Return the further counterpart that signs, or None for SOSEP, a landlord and the first one.

    Whoever signs for a municipality signs for its own party only.
    """
    if isinstance(agreement, Convention) and signature.side == Side.COUNTERPART:
        parties = (await parties_of([agreement.id]))[agreement.id]
        own = own_party(parties, actor)
        if own:
            if signature.party_id not in (None, own.party_id):
                raise Forbidden(Verb.RECORD_SIGNATURE.value)
            return own.party_id
        if signature.party_id in [one.party_id for one in parties]:
            return signature.party_id
    elif signature.party_id is None:
        return None
    message = f"Esa parte no firma el {agreement.number}. Elija una de las suyas."
    raise Refusal(Problem(ErrorCode.BAD_USER_INPUT, message, ("partyId",)))


async def _perfect(entry: Entry, agreement: Convention | Lease, *, perfected_on: date) -> None:
    """Begin the term: all parties have signed."""
    if isinstance(agreement, Lease):
        await _perfect_lease(entry, agreement, perfected_on=perfected_on)
        return
    renewed = await Convention.get_or_none(id=agreement.renews_id)
    renewed_ends_on = renewed.last_in_force if renewed else None
    starts = agreement.term_starts(renewed_ends_on=renewed_ends_on, perfected_on=perfected_on)
    ends = last_day(starts, agreement.term_months) if agreement.term_months else None
    await entry.change(agreement, stage=AgreementStage.SIGNED, starts_on=starts, ends_on=ends)
    until = f" al {ends:%d/%m/%Y}" if ends else ", sin fecha de vencimiento"
    entry.tell(
        await told(convention=agreement.id, program=agreement.program),
        key=f"signed:{agreement.number}",
        subject=f"Convenio {agreement.number} firmado",
        body=f"Las partes firmaron el convenio {agreement.number}. Rige del {starts:%d/%m/%Y}{until}.",
        convention_id=agreement.id,
    )


async def _check_delegate(checks: Checks, lease: Lease, name: str) -> None:
    """Note a signer for SOSEP who is not the one to whom the signature was delegated."""
    delegation = await delegation_of(lease) if lease.needs_delegation else None
    if delegation:
        same = folded(name) == folded(delegation.delegate_name)
        named = f"{delegation.delegate_name} ({delegation.instrument} {delegation.number})"
        checks.that(same, "signerName", f"Por SOSEP firma a quien se delegó la firma: {named}.")


async def _perfect_lease(entry: Entry, lease: Lease, *, perfected_on: date) -> None:
    """Begin the term of a lease on the day asked for, which its paper names, or else on the last signature's."""
    starts = lease.starts_on or perfected_on
    ends = last_day(starts, lease.term_months) if lease.term_months else lease.ends_on
    await entry.change(lease, stage=AgreementStage.SIGNED, starts_on=starts, ends_on=ends)
    until = f" al {ends:%d/%m/%Y}" if ends else ", sin fecha de vencimiento"
    words = lease.in_words()
    entry.tell(
        await told(program=lease.program, ids=[lease.requested_by_id] if lease.requested_by_id else []),
        key=f"signed:{lease.number}",
        subject=f"{words[0].upper()}{words[1:]}: con todas sus firmas",
        body=f"Las partes firmaron {words}. Rige del {starts:%d/%m/%Y}{until}.",
        lease_id=lease.id,
    )
