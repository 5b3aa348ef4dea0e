"""Files that were not born in the system: the legal office registers the paper that somebody brings to its desk."""

from dataclasses import dataclass
from datetime import date, timedelta

from actions.audited import Entry, audited, reachable
from actions.files import use_file
from actions.opening import ask_for
from actions.refusals import Checks, NotAllowedNow, NotFound
from actions.registry import review_code
from actions.reviews import office_term
from models.agreements import PENDING_STAGES, AgreementStage, Convention, Lease, SanitaryLicense
from models.audit import Verb
from models.centers import Center
from models.fields import folded
from models.people import User
from models.permissions import within
from models.places import Department, Municipality, ProgramCode
from models.reviews import (
    OPEN_STAGES,
    Evidence,
    LegalReview,
    Requirement,
    ReviewMatter,
    ReviewStage,
)
from reads.calendar import review_days
from reads.matching import exactly
from reads.people import told
from reads.signing import by_agreement

OLDEST_PAPER = 60
"""Calendar days that may have passed since a paper was received until it is registered."""
MOST_FOLIOS = 20_000

INTAKE_LINE = "DOCUMENTO_DE_INGRESO"
"""Code of the checklist line that holds the paper with which a file came."""

NOT_MUNICIPAL = (ReviewMatter.LEASE_CONTRACT, ReviewMatter.LEASE_ACTA, ReviewMatter.PROPERTY_ASSIGNMENT)
"""Matters between SOSEP and a landlord: a municipality whose file it were would see it."""

Agreement = Convention | Lease | SanitaryLicense
AGREEMENTS: tuple[type[Agreement], ...] = (Convention, Lease, SanitaryLicense)


@dataclass(frozen=True)
class Intake:
    """A paper that came to the desk: what it asks, who asks, since when, and what it is about.

    `subject` is an agreement as (model, id); `subject_number` its registry number, for whoever has the paper in hand.
    Municipality, department and program say whose a consultation is; one about an agreement is of whom that is.
    """

    matter: ReviewMatter
    title: str
    requesting_unit: str
    received_on: date
    municipality: str | None = None
    department: str | None = None
    program: ProgramCode | None = None
    subject: tuple[type[Agreement], int] | None = None
    subject_number: str = ""
    reference: str = ""
    folios: int | None = None
    file_id: int | None = None


@dataclass(frozen=True)
class Owner:
    """Whose a file is: their people can follow it and are told of it."""

    municipality: str | None = None
    department: str | None = None
    program: ProgramCode | None = None


async def register_review(*, actor: User, intake: Intake) -> LegalReview:
    """Open a file from a paper received at the desk; its clock runs from the day of receipt and the engine admits it.

    Refuses a paper that is registered already, and a second open file for an agreement.
    """
    checks = Checks()
    title = checks.text(intake.title, "title", label="el asunto", most=300)
    unit = checks.text(intake.requesting_unit, "requestingUnit", label="quién lo pide", most=160)
    reference = checks.text(intake.reference, "reference", label="el número del documento", most=80, required=False)
    fits = intake.folios is None or 1 <= intake.folios <= MOST_FOLIOS
    checks.that(fits, "folios", f"Los folios van de 1 a {MOST_FOLIOS}.")
    one_way = not (intake.subject and intake.subject_number.strip())
    checks.that(one_way, "subjectNumber", "Indique de qué trata por su identificador o por su número, no por ambos.")
    municipal = intake.municipality and intake.matter in NOT_MUNICIPAL
    checks.that(
        not municipal,
        "municipalityCode",
        "La municipalidad vería el expediente, y este asunto no es suyo: deje el municipio vacío e indique el "
        "departamento.",
    )
    async with audited(Verb.REGISTER_REVIEW, actor=actor) as entry:
        checks.that(
            entry.today - timedelta(days=OLDEST_PAPER) <= intake.received_on <= entry.today,
            "receivedOn",
            f"La fecha de recepción va de {OLDEST_PAPER} días atrás a hoy.",
        )
        about = intake.subject or intake.subject_number.strip()
        owner = Owner() if about else await _owner(checks, intake)
        checks.done()
        agreement = await _agreement(actor, intake)
        if agreement:
            owner = await _owner_of(checks, intake, agreement)
            checks.done()
        await _refuse_second(unit, reference, agreement)
        code = await review_code(entry)
        words = [agreement.number] if agreement else []
        if owner.municipality:
            words.append((await Municipality.get(code=owner.municipality)).name)
        review = await entry.create(
            LegalReview,
            code=code,
            matter=intake.matter,
            **(by_agreement(agreement) if agreement else {}),
            municipality_id=owner.municipality,
            department_id=owner.department,
            program=owner.program,
            title=title,
            requesting_unit=unit,
            stage=ReviewStage.RECEIVED,
            requested_by_id=actor.id,
            requested_on=intake.received_on,
            received_on=intake.received_on,
            reference=reference,
            folios=intake.folios,
            last_moved_on=entry.today,
            search=folded(code, *words, reference, title, unit)[:700],
            **await office_term(intake.received_on, await review_days(intake.matter, on=entry.today)),
        )
        if intake.file_id:
            await _keep(entry, review, intake.file_id)
        if agreement and agreement.stage in PENDING_STAGES:
            await entry.change(agreement, stage=AgreementStage.IN_REVIEW)
        with_paper = f" con el documento {reference}" if reference else ""
        entry.about(review, f"{actor.name} registró el expediente, que ingresó{with_paper}.")
        entry.wake(review.id, "registered")
        entry.tell(
            await told(municipality=owner.municipality, convention=review.convention_id, program=owner.program),
            key=f"submitted:{review.code}:0",
            subject=f"Recibimos el expediente {review.code}",
            body=(
                f"{title}\n\nLa Asesoría Jurídica recibió el expediente {review.code}{with_paper}. "
                f"Tiene hasta el {review.due_on:%d/%m/%Y} ({review.due_days} días hábiles) para analizarlo."
            ),
            review_id=review.id,
        )
        return entry.answers(review)


async def _owner(checks: Checks, intake: Intake) -> Owner:
    """Return whose a consultation is; notes places that do not exist or do not agree."""
    department = intake.department or None
    if intake.municipality:
        town = await Municipality.get_or_none(exactly(Municipality, "code", intake.municipality))
        if not checks.that(town, "municipalityCode", "Elija un municipio de la lista."):
            return Owner()
        assert town
        same = department in (None, town.department_id)
        checks.that(same, "departmentCode", f"{town.name} no es de ese departamento: corrija uno de los dos.")
        department = town.department_id
    elif department:
        known = await Department.exists(exactly(Department, "code", department))
        checks.that(known, "departmentCode", "Elija un departamento de la lista.")
    return Owner(intake.municipality, department, intake.program)


async def _owner_of(checks: Checks, intake: Intake, agreement: Agreement) -> Owner:
    """Return whose a file about an agreement is: whose the agreement is; notes what was typed otherwise."""
    if isinstance(agreement, SanitaryLicense):
        center = await Center.get(id=agreement.center_id).select_related("municipality")
        owner = Owner(None, center.municipality.department_id, center.program)
    elif isinstance(agreement, Lease):
        await agreement.fetch_related("municipality")
        owner = Owner(None, agreement.municipality.department_id, agreement.program)
    else:
        await agreement.fetch_related("municipality")
        town = agreement.municipality
        owner = Owner(town.code if town else None, town.department_id if town else None, agreement.program)
    message = f"El expediente es de quien lo es {agreement.in_words()}: deje este dato vacío."
    checks.that(intake.municipality in (None, owner.municipality), "municipalityCode", message)
    checks.that(intake.department in (None, owner.department), "departmentCode", message)
    checks.that(intake.program in (None, owner.program), "program", message)
    return owner


async def _agreement(actor: User, intake: Intake) -> Agreement | None:
    """Return the agreement that the paper is about, by its id or its number."""
    if intake.subject:
        model, row_id = intake.subject
        return await reachable(model, row_id, actor, path="subjectId")
    number = intake.subject_number.strip().upper()
    if not number:
        return None
    for model in AGREEMENTS:
        named = exactly(model, "number", number)
        if agreement := await model.filter(within(model, actor), named).first():
            return agreement
    raise NotFound(f"un convenio, arrendamiento o licencia con el número {number[:40]}", "subjectNumber")


async def _refuse_second(unit: str, reference: str, agreement: Agreement | None) -> None:
    """Refuse what is on the desk already: the same paper of the same unit, or an agreement with an open file."""
    if reference:
        known = await LegalReview.filter(reference=reference, stage__in=OPEN_STAGES).order_by("id")
        same = next((one for one in known if folded(one.requesting_unit) == folded(unit)), None)
        if same:
            raise NotAllowedNow(
                f"El documento {reference} de {unit} ya ingresó: siga el expediente {same.code}. "
                "Si es otro documento sin número propio, deje el número en blanco."
            )
    if agreement is None:
        return
    if agreement.stage == AgreementStage.WITHDRAWN:
        raise NotAllowedNow(f"De {agreement.number} se desistió: solicítelo de nuevo y siga el expediente que se abra.")
    under_way = await LegalReview.filter(**by_agreement(agreement), stage__in=OPEN_STAGES).first()
    if under_way:
        raise NotAllowedNow(f"{agreement.number} ya tiene un expediente abierto: siga el {under_way.code}.")


async def _keep(entry: Entry, review: LegalReview, file_id: int) -> None:
    """Keep the scan of the paper as evidence of a line that no catalog asks for."""
    file = await use_file(entry, file_id, entry.actor, "fileId")
    asked = await Requirement.get_or_none(code=INTAKE_LINE)
    if asked is None:
        # Its validity is over before it begins: it is asked of no file, it only names what came.
        asked = await entry.create(
            Requirement,
            code=INTAKE_LINE,
            title="Documento con que ingresó el expediente",
            mandatory=False,
            confirmed=True,
            valid_from=date(2024, 1, 2),
            valid_to=date(2024, 1, 1),
        )
    (line,) = await ask_for(review, [asked])
    await entry.change(line, fulfilled=True)
    await entry.create(
        Evidence,
        requirement_id=line.id,
        file_id=file.id,
        received_at=entry.at,
        received_by_id=entry.actor.id,
    )
