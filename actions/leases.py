"""Leases and property assignments while they are asked for: the request, its data, the form that a lawyer confirms."""

from actions.audited import Entry, audited, reachable
from actions.lease_facts import LeaseFacts, Served, check_start, checked, place_of, served_by
from actions.opening import ask_for, open_file
from actions.refusals import Checks, NotAllowedNow
from actions.registry import lease_number
from actions.reviews import refuse_unless_theirs
from models.agreements import PENDING_STAGES, AgreementStage, Lease, LeaseForm, LeaseNature
from models.audit import Verb
from models.fields import folded
from models.people import User
from models.permissions import LEGAL_OFFICE
from models.places import Program
from models.reviews import LegalReview, ReviewRequirement, ReviewStage
from reads.leases import matter_of, proposed_form
from reads.people import told
from reads.requirements import requirements_of
from reads.signing import review_of

THEIR_TURN = (ReviewStage.GATHERING, ReviewStage.RETURNED)
"""Stages in which whoever asked may still correct what was asked for."""


async def request_lease(
    *,
    actor: User,
    facts: LeaseFacts,
    nature: LeaseNature = LeaseNature.LEASE,
    center_id: int | None = None,
    office_id: int | None = None,
) -> LegalReview:
    """Ask for premises for a center or a departmental office; opens the file with the checklist in force today."""
    checks = Checks()
    values = checked(checks, facts, nature)
    async with audited(Verb.REQUEST_LEASE, actor=actor) as entry:
        check_start(checks, facts.starts_on, entry.today)
        checks.done()
        served = await served_by(entry, center_id, office_id)
        place = await place_of(checks, facts.municipality_code, served)
        checks.done()
        assert place, "a place that is not known was refused"
        lease = await entry.create(
            Lease,
            number=await lease_number(entry, nature),
            nature=nature,
            program=served.program,
            center_id=center_id,
            office_id=office_id,
            municipality_id=place.code,
            requested_by_id=actor.id,
            requested_on=entry.today,
            **values,
        )
        review = await open_lease_file(entry, lease)
        entry.about(lease, f"{actor.name} solicitó {lease.in_words()} para {served.name}.")
        return entry.answers(review)


async def open_lease_file(entry: Entry, lease: Lease) -> LegalReview:
    """Open the file of a lease that was just asked for, make the lease findable, and tell the program's direction."""
    await entry.note(lease, search=await _words_of(lease))
    place, name = lease.municipality, (lease.center or lease.office).name
    program = await Program.get_or_none(code=lease.program)
    proposal = await proposed_form(lease.nature, lease.total, on=entry.today)
    matter = matter_of(lease.nature, proposal.form)
    what = "Adscripción" if lease.assigned else "Arrendamiento"
    review = await open_file(
        entry,
        lease,
        matter=matter,
        program=lease.program,
        title=f"{what} de inmueble para {name} ({place.name})",
        unit=lease.office.name if lease.office else (program.direction if program else name),
        # It binds SOSEP and an owner: it is none of the municipality's papers.
        municipality=None,
        department=place.department_id,
        lines=await requirements_of(matter, lease.program, on=entry.today),
    )
    entry.tell(
        await told(program=lease.program, ids=[entry.actor.id]),
        key=f"lease-requested:{lease.number}",
        subject=f"Solicitud {lease.number}",
        body=(
            f"{review.title}\n\nSe abrió el expediente {review.code}. "
            "Reúna los requisitos de la lista y envíelo a revisión cuando estén completos."
        ),
        review_id=review.id,
    )
    return review


async def _words_of(lease: Lease) -> str:
    """Return what a search finds the lease by; loads what it serves and where it is."""
    await lease.fetch_related("center", "office", "municipality__department")
    place, owner = lease.municipality, (lease.landlord_name, lease.landlord_nit)
    served = (lease.center or lease.office).name
    return folded(lease.number, served, place.name, place.department.name, *owner, lease.address)[:500]


async def change_lease(*, actor: User, lease_id: int, facts: LeaseFacts, expected_version: int | None = None) -> Lease:
    """Correct what a lease says while its paper is not made; every fact is sent, an empty one is cleared.

    Whoever asked may do it while the file is theirs, the legal office until the paper. Another total or term takes the
    confirmation of the form back.
    """
    checks = Checks()
    async with audited(Verb.CHANGE_LEASE, actor=actor) as entry:
        lease = await reachable(Lease, lease_id, actor, expected_version=expected_version, path="leaseId")
        review = await review_of(lease)
        _refuse_unless_open(lease)
        if actor.role not in LEGAL_OFFICE and (review is None or review.stage not in THEIR_TURN):
            raise NotAllowedNow(
                f"El expediente {lease.of_words()} está en la Asesoría Jurídica: pídale que corrija el dato."
            )
        values = checked(checks, facts, lease.nature)
        check_start(checks, facts.starts_on, entry.today)
        await lease.fetch_related("center", "office")
        served = Served.of(lease)
        place = await place_of(checks, facts.municipality_code or lease.municipality_id, served)
        checks.done()
        assert place, "a place that is not known was refused"
        weighed = [(name, getattr(lease, name)) for name in ("monthly_rent", "term_months")]
        if lease.form and any(values[name] != before for name, before in weighed):
            values |= {"form": None, "form_confirmed_by_id": None}
        await entry.change(lease, municipality_id=place.code, **values)
        await entry.note(lease, search=await _words_of(lease))
        entry.about(lease, f"{actor.name} corrigió los datos {lease.of_words()}.")
        return entry.answers(lease)


async def confirm_lease_form(
    *, actor: User, lease_id: int, form: LeaseForm, reason: str = "", expected_version: int | None = None
) -> Lease:
    """Settle by a lawyer whether a lease is a contract or an acta; other than proposed, it takes a written reason.

    The file's matter follows the form, and what the form asks for besides is added to the checklist.
    """
    checks = Checks()
    reason = checks.text(reason, "reason", label="el motivo", most=2000, required=False)
    async with audited(Verb.CONFIRM_LEASE_FORM, actor=actor) as entry:
        lease = await reachable(Lease, lease_id, actor, expected_version=expected_version, path="leaseId")
        _refuse_unless_open(lease)
        review = await review_of(lease)
        if review:
            refuse_unless_theirs(review, actor)
        proposal = await proposed_form(lease.nature, lease.total, on=entry.today)
        checks.that(
            not lease.assigned or form == LeaseForm.ACTA_NEGOCIACION,
            "form",
            "El contrato es de arrendamiento, con renta: una adscripción se hace constar en acta.",
        )
        checks.that(
            form == proposal.form or reason,
            "reason",
            f"Escriba por qué la forma es otra que la propuesta. {proposal.reason}",
        )
        checks.done()
        if lease.form == form and lease.form_confirmed_by_id:
            raise NotAllowedNow(f"La forma {lease.of_words()} ya está confirmada.")
        await entry.change(lease, form=form, form_confirmed_by_id=actor.id)
        if review:
            await _follow_form(entry, review, lease, form)
        words = "contrato" if form == LeaseForm.CONTRATO else "acta de negociación"
        entry.about(
            lease, f"{actor.name} confirmó la forma {lease.of_words()}: {words}.{' ' + reason if reason else ''}"
        )
        return entry.answers(lease)


async def _follow_form(entry: Entry, review: LegalReview, lease: Lease, form: LeaseForm) -> None:
    """Give the file the matter of the confirmed form, and ask what that form needs and was not asked yet."""
    matter = matter_of(lease.nature, form)
    if matter == review.matter:
        return
    await entry.change(review, matter=matter)
    asked = set(await ReviewRequirement.filter(review_id=review.id).values_list("title", flat=True))
    lines = await requirements_of(matter, lease.program, on=entry.today)
    await ask_for(review, [line for line in lines if line.title not in asked])


def _refuse_unless_open(lease: Lease) -> None:
    if lease.stage not in (AgreementStage.REQUESTED, AgreementStage.IN_REVIEW):
        why = "su documento ya está hecho" if lease.stage in PENDING_STAGES else "ya no está en trámite"
        raise NotAllowedNow(f"No se puede cambiar {lease.in_words()}: {why}.")
