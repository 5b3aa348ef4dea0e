"""Asking for a convention anew: the renewal request, its file and its checklist."""

from actions.audited import Entry, audited, reachable
from actions.opening import open_file
from actions.refusals import Checks, ErrorCode, Forbidden, NotAllowedNow, Problem, Refusal
from actions.registry import convention_number
from models.agreements import CONVENTION_KIND_LABELS, PENDING_STAGES, AgreementStage, Convention, ConventionKind
from models.audit import Verb
from models.conventions import Commitment, ConventionParty
from models.fields import folded
from models.people import User
from models.permissions import LEGAL_OFFICE
from models.reviews import LegalReview
from reads.calendar import legal_parameter
from reads.matters import matter_of_convention
from reads.parties import listed, parties_of, towns_of
from reads.people import told
from reads.requirements import requirements_for

LONGEST_TERM = 120
"""Months; a longer term is a slip of the keyboard."""


async def request_renewal(
    *, actor: User, convention_id: int, term_months: int | None = None, note: str = ""
) -> LegalReview:
    """Ask for a new convention that follows a signed one; opens its file with the checklist in force today.

    `term_months` are whole months; the office's usual term when empty. Refuses while another renewal of the same
    convention is pending (RENEWAL_PENDING) or done (ALREADY_RENEWED); the database refuses it too.
    """
    checks = Checks()
    if term_months is not None:
        checks.that(1 <= term_months <= LONGEST_TERM, "termMonths", f"El plazo va de 1 a {LONGEST_TERM} meses.")
    note = checks.text(note, "note", label="la nota", most=2000, required=False)
    checks.done()
    async with audited(Verb.REQUEST_RENEWAL, actor=actor) as entry:
        old = await reachable(Convention, convention_id, actor, path="conventionId")
        if actor.role in LEGAL_OFFICE and await towns_of(old.id):
            # A municipality or its program asks for its own; the legal office for those that nobody else asks for.
            raise Forbidden(Verb.REQUEST_RENEWAL.value)
        await _refuse_second_renewal(old)
        term = term_months or await legal_parameter("DEFAULT_TERM_MONTHS", on=entry.today)
        new = await _follow(entry, old, term, note)
        review = await open_review(entry, new)
        entry.about(new, f"{actor.name} solicitó renovar el convenio {old.number}.")
        entry.tell(
            await told(convention=old.id, program=old.program),
            key=f"renewal-requested:{new.number}",
            subject=f"Solicitud de renovación {review.code}",
            body=(
                f"Se abrió el expediente {review.code} para renovar el convenio {old.number}.\n\n"
                "Reúna los requisitos de la lista y envíelo a revisión cuando estén completos."
            ),
            review_id=review.id,
        )
        return entry.answers(review)


async def _refuse_second_renewal(old: Convention) -> None:
    if old.stage != AgreementStage.SIGNED:
        raise NotAllowedNow(f"El convenio {old.number} no está firmado y vigente o vencido: no se puede renovar.")
    other = await Convention.filter(renews_id=old.id).exclude(stage=AgreementStage.WITHDRAWN).first()
    if other is None:
        return
    if other.stage in PENDING_STAGES:
        review = await LegalReview.filter(convention_id=other.id).order_by("-id").first()
        file = f" Siga el expediente {review.code}." if review else ""
        message = f"El convenio {old.number} ya tiene una renovación en trámite.{file}"
        raise Refusal(Problem(ErrorCode.RENEWAL_PENDING, message, ("conventionId",)))
    message = f"El convenio {old.number} ya fue renovado por el {other.number}. Renueve ese."
    raise Refusal(Problem(ErrorCode.ALREADY_RENEWED, message, ("conventionId",)))


async def _follow(entry: Entry, old: Convention, term_months: int, note: str) -> Convention:
    """Create the convention that follows another: same parties, program and centers, its own number and term."""
    new = await entry.create(
        Convention,
        number=await convention_number(entry),
        kind=old.kind,
        program=old.program,
        municipality_id=old.municipality_id,
        institution_id=old.institution_id,
        title=old.title,
        term_months=term_months,
        renews_id=old.id,
        requested_by_id=entry.actor.id,
        requested_on=entry.today,
        note=note,
        sosep_signatures=old.sosep_signatures,
        counterpart_signatures=old.counterpart_signatures,
    )
    centers = await old.centers.all()
    if centers:
        await new.centers.add(*centers)
    for party in await ConventionParty.filter(convention_id=old.id).order_by("position", "id"):
        await entry.create(
            ConventionParty,
            convention_id=new.id,
            municipality_id=party.municipality_id,
            institution_id=party.institution_id,
            needed_signatures=party.needed_signatures,
            position=party.position,
        )
    # Promises with a day of their own belong to the term that ends.
    for promise in await Commitment.filter(convention_id=old.id, due_on__isnull=True).order_by("id"):
        await entry.create(
            Commitment,
            convention_id=new.id,
            party=promise.party,
            kind=promise.kind,
            item=promise.item,
            quantity=promise.quantity,
            amount=promise.amount,
        )
    await entry.change(new, search=folded(new.number, old.search)[:500])
    return new


async def open_review(entry: Entry, convention: Convention) -> LegalReview:
    """Open the file of a convention and copy into it the checklist lines in force on the day."""
    await convention.fetch_related("municipality")
    place = convention.municipality
    names = [party.name for party in (await parties_of([convention.id]))[convention.id]]
    return await open_file(
        entry,
        convention,
        matter=matter_of_convention(convention.kind, convention.program),
        program=convention.program,
        title=file_title(convention.title, listed(names), convention.kind),
        unit=names[0],
        municipality=place.code if place else None,
        department=place.department_id if place else None,
        lines=await requirements_for(convention, on=entry.today),
    )


def file_title(title: str, parties: str, kind: ConventionKind = ConventionKind.CONVENIO) -> str:
    """Say in one line what a convention's file is about: «Convenio para el funcionamiento de… (Municipalidad de …)»."""
    purpose = f" {title[0].lower()}{title[1:]}" if title else ""
    return f"{CONVENTION_KIND_LABELS[kind]}{purpose} ({parties})"[:300]
