"""Making the agreement's paper after a favorable dictamen: the engine's step between review and signature."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from actions.audited import audited, reachable
from actions.issuing import issue_paper
from actions.paper_parties import in_public, parties_in_paper, sosep_signers
from actions.reviews import advance
from actions.sheets_count import counting_sheets
from documents.fields import PaperFields
from documents.fields_conventions import Commitment as CommitmentRef
from documents.fields_conventions import ConvenioFields
from documents.fields_parties import SOSEP_ALIAS, SOSEP_NAME, CenterRef, SigningParty, counterparts
from documents.fields_understandings import EntendimientoFields, Promise
from models.agreements import AgreementStage, Convention, ConventionKind, last_day
from models.audit import Verb
from models.centers import KIND_LABELS, CenterKind
from models.conventions import Commitment
from models.messages import NoticeTopic
from models.papers import DocumentKind, OfficialDocument
from models.people import Role, User
from models.places import Program, ProgramCode
from models.reviews import LegalReview
from models.signing import Side
from reads.calendar import legal_parameter
from reads.engine import favorable_dictamen, next_step
from reads.parties import parties_of
from reads.people import told

PAPERS = {
    ConventionKind.CARTA_ENTENDIMIENTO: DocumentKind.CARTA_ENTENDIMIENTO,
    # The letters that are exchanged say what a carta says; the office has no series of their own for them.
    ConventionKind.INTERCAMBIO_CARTAS: DocumentKind.CARTA_ENTENDIMIENTO,
    ConventionKind.MEMORANDUM_ENTENDIMIENTO: DocumentKind.MEMORANDUM_ENTENDIMIENTO,
}
"""Paper of each kind of convention; the other kinds are a CONVENIO, worded for their program."""

VARIANTS = {ProgramCode.MAD: "MAD_CAD", ProgramCode.HC: "CADI"}
"""Wording of a convenio by its program; all others share the general one."""
PERMANENT = "MAD_CAP"
"""Wording for centers where elders live, and not only spend the day."""


@counting_sheets
async def prepare_agreement(*, actor: User, review_id: int) -> LegalReview | None:
    """Engine's step: make and number the agreement's Word document, open it to signature, tell who signs. Once."""
    if await next_step(review_id) != Verb.PREPARE_AGREEMENT:
        return None
    async with audited(Verb.PREPARE_AGREEMENT, actor=actor) as entry:
        review = await reachable(LegalReview, review_id, actor)
        if not review.allows(Verb.PREPARE_AGREEMENT):
            entry.about(review, "El motor revisó el expediente: el documento ya estaba hecho.")
            return review
        convention = await Convention.get(id=review.convention_id).select_related("renews")
        kind, variant, make = await agreement_paper(convention, await favorable_dictamen(review.id), on=entry.today)
        document = await issue_paper(
            entry,
            kind,
            make,
            review=review,
            parties=in_public((await parties_of([convention.id]))[convention.id]),
            subject=review.title,
            addressee=review.requesting_unit,
            variant=variant,
        )
        await advance(entry, review)
        await entry.change(convention, stage=AgreementStage.READY_TO_SIGN)
        entry.about(review, f"Se elaboró el documento {document.number}; queda a la firma.")
        entry.tell(
            await told(
                municipality=review.municipality_id,
                convention=review.convention_id,
                program=review.program,
                roles=[Role.SIGNATORY],
            ),
            key=f"to-sign:{document.number}",
            subject=f"Listo para firma: {document.number}",
            body=f"{review.title}\n\nEl documento {document.number} está listo para la firma de las partes.",
            topic=NoticeTopic.SIGNATURES,
            passing=True,
            review_id=review.id,
        )
        return review


async def convenio_variant(convention: Convention) -> str:
    """Return the wording of a convenio; a donation is none of the programs' services, whoever asks for it.

    One permanent center among several asks for the wording of permanent ones, which says what holds in the day centers
    beside it: that of day centers alone would leave residents without nights, shifts and emergencies. Without centers
    in the register elders are attended by day, as in all centers of 2024 but one.
    """
    if convention.kind == ConventionKind.CONVENIO_DONACION:
        return "GENERAL"
    if convention.program == ProgramCode.MAD and await convention.centers.filter(kind=CenterKind.CAP).exists():
        return PERMANENT
    return VARIANTS.get(convention.program, "GENERAL")


MakeFields = Callable[[dict[str, Any]], PaperFields]


async def agreement_paper(
    convention: Convention, dictamen: OfficialDocument | None, *, on: date
) -> tuple[DocumentKind, str, MakeFields]:
    """Return the kind and variant of an agreement's paper, and what makes its fields from what every paper carries.

    Without a favorable dictamen only a project can be made of it. The convention comes with the one that it renews.
    """
    kind = PAPERS.get(convention.kind, DocumentKind.CONVENIO)
    if kind == DocumentKind.CONVENIO:
        return kind, await convenio_variant(convention), await _convenio_fields(convention, dictamen, on)
    return kind, "", await _understanding_fields(convention, on)


async def _convenio_fields(convention: Convention, dictamen: OfficialDocument | None, on: date) -> MakeFields:
    """Gather what the convenio's paper says; who signs comes from the office holders of the day."""
    program = await Program.get(code=convention.program)
    sosep, besides = await sosep_signers(convention, on=on)
    first, *further = await parties_in_paper(convention, on=on)
    shared = await _shared_fields(convention, on)
    notice = await legal_parameter("CONVENTION_NOTICE_DAYS", on=on)
    several = "Contrapartes" if further else "Municipalidad" if first.municipality else "Institución"
    commitments = tuple(
        CommitmentRef(
            party="SOSEP" if one.party == Side.SOSEP else several,
            item=one.item,
            quantity=one.quantity,
            amount=one.amount,
        )
        for one in await _commitments(convention)
    )
    return lambda common: ConvenioFields(
        **common,
        **shared,
        program=program.name,
        title=convention.title or f"para la atención del programa {program.name}",
        sosep=sosep,
        sosep_further_signers=besides,
        municipality=first.municipality,
        institution=first.institution,
        council_minute=first.council_minute,
        further_parties=tuple(further),
        dictamen_number=dictamen.number if dictamen else "",
        dictamen_date=dictamen.issued_on if dictamen else None,
        commitments=commitments,
        notice_days=notice,
    )


async def _understanding_fields(convention: Convention, on: date) -> MakeFields:
    """Gather what a carta or a memorándum says; what nobody has written down yet is said in general words."""
    program = await Program.get(code=convention.program)
    sosep, besides = await sosep_signers(convention, on=on)
    others = counterparts(await parties_in_paper(convention, on=on))
    office = SigningParty(name=SOSEP_NAME, article="la", alias=SOSEP_ALIAS, signer=sosep, further_signers=besides)
    promised = await _commitments(convention)
    promises = [
        Promise(party=party.alias, text=f"{one.item}: {one.quantity}" if one.quantity else one.item)
        for party, side in [(office, Side.SOSEP), *((other, Side.COUNTERPART) for other in others)]
        for one in promised
        if one.party == side
    ]
    purpose = convention.title or f"para cooperar en el programa {program.name}"
    general = f"Coordinar con las demás partes lo que corresponda al programa {program.name}"
    shared = await _shared_fields(convention, on)
    return lambda common: EntendimientoFields(
        **common,
        **shared,
        title=purpose,
        parties=(office, *others),
        motives=convention.note or f"Las partes comparten el interés de cooperar {purpose[0].lower()}{purpose[1:]}.",
        areas=(program.name,),
        commitments=tuple(promises) or tuple(Promise(party=one.alias, text=general) for one in (office, *others)),
    )


async def _shared_fields(convention: Convention, on: date) -> dict[str, Any]:
    """Return what every agreement's paper says of centers, term and the one that it follows.

    A renewal begins the day after, unless that has passed; its end is then known too.
    """
    renewed = convention.renews
    months = convention.term_months
    last = renewed.last_in_force if renewed else None
    starts = last + timedelta(days=1) if last else None
    if starts and starts <= on:
        starts = None
    centers = await convention.centers.all().order_by("name")
    return {
        "previous_number": renewed.number if renewed else "",
        "centers": tuple(
            CenterRef(
                code=center.code,
                name=center.name,
                kind_label=KIND_LABELS[center.kind],
                address=center.address,
                capacity=center.capacity or None,
            )
            for center in centers
        ),
        "term_months": months,
        "starts_on": starts,
        "ends_on": last_day(starts, months) if starts and months else None,
    }


async def _commitments(convention: Convention) -> list[Commitment]:
    """Return what the parties promise: as noted for this convention, or else for the one that it renews."""
    own = await Commitment.filter(convention_id=convention.id).order_by("id")
    if own or convention.renews_id is None:
        return own
    return await Commitment.filter(convention_id=convention.renews_id).order_by("id")
