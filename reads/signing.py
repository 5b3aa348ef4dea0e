"""What keeps an agreement from being signed, which signatures it still lacks, and who holds an office on a day."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import shorten

from tortoise.expressions import Q

from models.agreements import AgreementStage, Convention, Lease, LeaseForm, SanitaryLicense
from models.papers import DocumentKind, OfficialDocument
from models.people import User
from models.permissions import within
from models.places import OfficeHolder
from models.reviews import LegalReview, ReviewStage
from models.signing import CouncilMinute, Side, Signature, SignatureDelegation
from reads.calendar import legal_parameter
from reads.conditions import blocking_conditions
from reads.engine import favorable_dictamen
from reads.parties import parties_of


@dataclass(frozen=True)
class Blocker:
    """One thing that must be there before a signature: a stable code and a Spanish sentence."""

    code: str
    message: str


def by_agreement(agreement: Convention | Lease | SanitaryLicense) -> dict[str, int]:
    """Return the column that names an agreement in what hangs on it (reviews, signatures), with its value."""
    columns = {Convention: "convention_id", Lease: "lease_id", SanitaryLicense: "license_id"}
    return {columns[type(agreement)]: agreement.id}


async def review_of(agreement: Convention | Lease | SanitaryLicense) -> LegalReview | None:
    """Return the last file of an agreement."""
    return await LegalReview.filter(**by_agreement(agreement)).order_by("-id").first()


async def latest_minute(convention_id: int | None, party_id: int | None = None) -> CouncilMinute | None:
    """Return the council's minute that counts for a party of a convention: the last one noted, of the first if none."""
    minutes = CouncilMinute.filter(convention_id=convention_id, party_id=party_id)
    return await minutes.order_by("-id").first()


async def blockers_of(agreement: Convention | Lease, *, on: date) -> list[Blocker]:
    """Return what keeps an agreement from being signed; empty when it is fit to be signed."""
    if agreement.stage == AgreementStage.SIGNED:
        return [Blocker("ALREADY_SIGNED", "Ya tiene todas sus firmas.")]
    if agreement.stage in (AgreementStage.WITHDRAWN, AgreementStage.TERMINATED):
        return [Blocker("NOT_IN_PROCESS", "Ya no está en trámite.")]
    found = []
    review = await review_of(agreement)
    dictamen = await favorable_dictamen(review.id) if review else None
    if review is None or dictamen is None:
        found.append(Blocker("DICTAMEN_MISSING", "Falta el dictamen favorable de la Asesoría Jurídica."))
    elif review.stage == ReviewStage.DICTAMEN_ISSUED and isinstance(agreement, Convention):
        found.append(Blocker("DOCUMENT_MISSING", "El documento del convenio todavía se está elaborando."))
    if dictamen and (unmet := await blocking_conditions(dictamen.id, on=on)):
        named = "; ".join(f"«{shorten(one, 160, placeholder='…')}»" for one in unmet)
        text = f"Falta cumplir lo que el {dictamen.number} pone por condición: {named}."
        found.append(Blocker("CONDITIONS_UNMET", text))
    if isinstance(agreement, Convention):
        found += await _council_blockers(agreement, on=on)
    if isinstance(agreement, Lease):
        found += await _lease_blockers(agreement)
    return found


LEASE_PAPERS = {
    LeaseForm.CONTRATO: DocumentKind.CONTRATO_ARRENDAMIENTO,
    LeaseForm.ACTA_NEGOCIACION: DocumentKind.ACTA_NEGOCIACION,
}
"""The paper of each form."""


async def lease_paper(lease: Lease) -> OfficialDocument | None:
    """Return the contract or acta that the parties of a lease sign, as its form asks; None while it is not made."""
    if lease.form is None:
        return None
    papers = OfficialDocument.filter(lease_id=lease.id, kind=LEASE_PAPERS[lease.form], voided_on=None)
    return await papers.order_by("-id").first()


async def delegation_of(agreement: Convention | Lease) -> SignatureDelegation | None:
    """Return the delegation of signature that counts for an agreement: the last one noted."""
    return await SignatureDelegation.filter(**by_agreement(agreement)).order_by("-id").first()


async def _lease_blockers(lease: Lease) -> list[Blocker]:
    found = []
    if lease.form_confirmed_by_id is None:
        found.append(Blocker("FORM_UNCONFIRMED", "Falta que la Asesoría Jurídica confirme si es por contrato o acta."))
    elif await lease_paper(lease) is None:
        paper = "el contrato" if lease.form == LeaseForm.CONTRATO else "el acta de negociación"
        found.append(Blocker("DOCUMENT_MISSING", f"Falta elaborar {paper}."))
    if lease.needs_delegation and await delegation_of(lease) is None:
        what = "esta adscripción" if lease.assigned else "este contrato"
        found.append(Blocker("DELEGATION_MISSING", f"Falta la delegación de firma para {what}."))
    return found


async def _council_blockers(convention: Convention, *, on: date) -> list[Blocker]:
    """Return what each municipal party's council still owes; with several the sentence says whose it is."""
    parties = (await parties_of([convention.id]))[convention.id]
    councils = [one for one in parties if one.municipality_id]
    found = []
    for party in councils:
        of = f" ({party.name})" if len(councils) > 1 else ""
        minute = await latest_minute(convention.id, party.party_id)
        if minute is None:
            found.append(Blocker("COUNCIL_MINUTE_MISSING", f"Falta el punto de acta del Concejo Municipal{of}."))
            continue
        days = await legal_parameter("COUNCIL_MINUTE_DAYS", on=on)
        texts = minute.warnings(days=days)
        found += [Blocker("COUNCIL_MINUTE_INVALID", f"{text.removesuffix('.')}{of}.") for text in texts]
    return found


async def earliest_signature(
    agreement: Convention | Lease, side: Side, party_id: int | None = None
) -> tuple[date, str]:
    """Return the first day on which a side may sign an agreement, and in Spanish what happened on that day.

    `party_id` names the further counterpart that signs; none is the first one.
    """
    review = await review_of(agreement)
    dictamen = await favorable_dictamen(review.id) if review else None
    found = [(dictamen.issued_on, "fecha del dictamen")] if dictamen else []
    if isinstance(agreement, Lease):
        paper = await lease_paper(agreement)
        delegation = await delegation_of(agreement) if side == Side.SOSEP else None
        found += [(paper.issued_on, "fecha del documento")] if paper else []
        found += [(delegation.issued_on, "fecha de la delegación de firma")] if delegation else []
    if isinstance(agreement, Convention) and side == Side.COUNTERPART:
        # Before its approval the minute authorized nobody to sign.
        minute = await latest_minute(agreement.id, party_id)
        if minute and minute.approved_date:
            found.append((minute.approved_date, "fecha en que se aprobó el acta del Concejo"))
    return max(found, default=(date.min, "sin dictamen"), key=lambda one: one[0])


async def blockers_by_convention(ids: Sequence[int], actor: User, *, on: date) -> dict[int, list[Blocker]]:
    """Return what keeps each convention in reach from being signed on a date."""
    conventions = await Convention.filter(within(Convention, actor), id__in=ids)
    return {one.id: await blockers_of(one, on=on) for one in conventions}


Lacking = dict[tuple[Side, int | None], int]
"""How many signatures are missing, by side and further party."""


async def missing_signatures(agreement: Convention | Lease) -> Lacking:
    """Return how many signatures SOSEP and each counterpart still lack, by side and further party; empty when none."""
    return (await missing_signatures_of([agreement]))[type(agreement), agreement.id]


async def missing_signatures_of(agreements: Sequence[Convention | Lease]) -> dict[tuple[type, int], Lacking]:
    """Return the same for each of several agreements, by kind and id; a fixed number of statements."""
    conventions = [one.id for one in agreements if isinstance(one, Convention)]
    leases = [one.id for one in agreements if isinstance(one, Lease)]
    theirs = Q(Q(convention_id__in=conventions), Q(lease_id__in=leases), join_type="OR")
    given: dict[tuple[type, int], list[tuple[Side, int | None]]] = defaultdict(list)
    for row in await Signature.filter(theirs).values("convention_id", "lease_id", "side", "party_id"):
        whose = (Convention, row["convention_id"]) if row["convention_id"] else (Lease, row["lease_id"])
        given[whose].append((row["side"], row["party_id"]))
    parties = await parties_of(conventions) if conventions else {}
    found: dict[tuple[type, int], Lacking] = {}
    for one in agreements:
        wanted: Lacking = {(Side.SOSEP, None): 1, (Side.COUNTERPART, None): 1}
        if isinstance(one, Convention):
            wanted[Side.SOSEP, None] = one.sosep_signatures
            wanted |= {(Side.COUNTERPART, party.party_id): party.needed_signatures for party in parties[one.id]}
        has = given[type(one), one.id]
        found[type(one), one.id] = {who: most - has.count(who) for who, most in wanted.items() if most > has.count(who)}
    return found


async def office_holder(
    *, municipality: str | None = None, institution: int | None = None, on: date
) -> OfficeHolder | None:
    """Return who signs on a date for a municipality or an institution, or for SOSEP when none is named."""
    since = Q(Q(since__isnull=True) | Q(since__lte=on))
    until = Q(Q(until__isnull=True) | Q(until__gte=on))
    holders = OfficeHolder.filter(since, until, municipality_id=municipality, institution_id=institution)
    return await holders.order_by("-since", "id").first()
