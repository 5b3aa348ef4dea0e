"""The life of a file at the desk: requisites in, submitted, admitted, assigned, withdrawn, closed."""

from datetime import date
from typing import Any

from actions.audited import Entry, audited, reachable
from actions.files import use_file
from actions.providencia_drafts import prepare_return, renew_return
from actions.refusals import Checks, ErrorCode, Forbidden, NotAllowedNow, NotFound, Problem, Refusal
from models.agreements import PENDING_STAGES, AgreementStage
from models.audit import Verb
from models.people import Role, User
from models.permissions import LEGAL_OFFICE, may
from models.reviews import (
    DESK_STAGES,
    STAGE_LABELS,
    Evidence,
    LegalReview,
    Observation,
    ReviewRequirement,
    ReviewStage,
)
from reads.calendar import review_days, working_calendar
from reads.engine import agreement_of, next_step
from reads.people import told, told_of
from reads.proposals import Proposal, propose_lawyer
from reads.requirements import wanting

LEAST_DAYS_BACK = 3
"""Working days that the legal office has at the least when a returned file comes back."""

DEEDS = {
    Verb.SUBMIT_REQUIREMENT: "agregar requisitos",
    Verb.SUBMIT_FOR_REVIEW: "enviarlo a revisión",
    Verb.ASSIGN_REVIEW: "asignarlo",
    Verb.RETURN_REVIEW: "devolverlo con observaciones",
    Verb.ISSUE_DICTAMEN: "emitir el dictamen",
    Verb.RECORD_COUNCIL_MINUTE: "anotar el punto de acta",
    Verb.WITHDRAW_REVIEW: "desistir",
    Verb.LAPSE_REVIEW: "tener por desistida la solicitud",
    Verb.CONCLUDE_REVIEW: "darlo por concluido",
    Verb.SAVE_DRAFT: "guardar un borrador",
    Verb.SUBMIT_DRAFT: "enviar un borrador a visto bueno",
    Verb.DECIDE_DRAFT: "resolver el visto bueno",
    Verb.MEET_CONDITION: "dar por cumplida la condición",
    Verb.DEFER_CONDITION: "aplazar la condición",
    Verb.ISSUE_DOCUMENT: "emitir otro documento",
    Verb.ISSUE_LEASE_PAPER: "elaborar el contrato o acta",
}

HINTS = {
    ReviewStage.GATHERING: "El solicitante todavía reúne los requisitos.",
    ReviewStage.RECEIVED: "Falta asignarlo a un abogado o abogada.",
    ReviewStage.IN_ANALYSIS: "Lo analiza la Asesoría Jurídica.",
    ReviewStage.RETURNED: "Espera que el solicitante subsane las observaciones y lo envíe de nuevo.",
    ReviewStage.DICTAMEN_ISSUED: "Ya tiene dictamen.",
    ReviewStage.AWAITING_SIGNATURE: "Ya tiene dictamen y está a la firma.",
    ReviewStage.CLOSED: "Ya concluyó.",
    ReviewStage.WITHDRAWN: "El solicitante desistió.",
}


async def file_for(
    deed: Verb, review_id: int, actor: User, expected_version: int | None = None, *, path: str = "reviewId"
) -> LegalReview:
    """Return the file if it is in reach, unchanged, and allows the deed where it is; refuse with a sentence if not.

    Raises Forbidden when the person's role does not do this to files about such a thing.
    """
    review = await reachable(LegalReview, review_id, actor, expected_version=expected_version, path=path)
    if not may(actor, deed, review.subject_kind):
        raise Forbidden(deed.value)
    if not review.allows(deed):
        label = STAGE_LABELS[review.stage]
        raise NotAllowedNow(
            f"No se puede {DEEDS[deed]}: el expediente {review.code} está «{label}». {HINTS[review.stage]}"
        )
    return review


async def advance(entry: Entry, review: LegalReview, **values: object) -> None:
    """Move the file to the stage that follows the deed of this entry, and change other fields with it."""
    await entry.change(review, stage=review.after(entry.verb), last_moved_on=entry.today, **values)


NO_TERM: dict[str, Any] = {"due_on": None, "due_from": None, "due_days": None}
"""Columns of a file that nobody's clock runs for."""


async def office_term(start: date, days: int) -> dict[str, Any]:
    """Return the columns of a term of the legal office: so many working days of the capital, from the day after."""
    return {"due_on": (await working_calendar()).add(start, days), "due_from": start, "due_days": days}


async def submit_requirement(
    *, actor: User, review_id: int, requirement_code: str, file_id: int, note: str = ""
) -> ReviewRequirement:
    """Hand in a file for a line of the checklist; a newer file replaces the earlier one, which is kept."""
    checks = Checks()
    note = checks.text(note, "note", label="la nota", most=2000, required=False)
    checks.done()
    async with audited(Verb.SUBMIT_REQUIREMENT, actor=actor) as entry:
        review = await file_for(Verb.SUBMIT_REQUIREMENT, review_id, actor)
        line = await ReviewRequirement.get_or_none(review_id=review.id, code=requirement_code)
        if line is None:
            raise NotFound("ese requisito en la lista del expediente", "requirementCode")
        file = await use_file(entry, file_id, actor, "fileId")
        for earlier in await Evidence.filter(requirement_id=line.id, replaced_at=None):
            await entry.change(earlier, replaced_at=entry.at)
        await entry.create(
            Evidence,
            requirement_id=line.id,
            file_id=file.id,
            note=note,
            received_at=entry.at,
            received_by_id=actor.id,
        )
        await entry.change(line, fulfilled=True)
        await keep_wanting(entry, review)
        entry.about(review, f"{actor.name} entregó «{line.title}» ({file.filename}).")
        return entry.answers(line)


async def submit_for_review(*, actor: User, review_id: int, expected_version: int | None = None) -> LegalReview:
    """Send a file to the legal office, the first time or in answer to a providencia; its clock runs from today.

    The office itself notes what comes on paper, from those who have no account.

    Refuses with one sentence for each mandatory requisite that is missing.
    """
    async with audited(Verb.SUBMIT_FOR_REVIEW, actor=actor) as entry:
        review = await file_for(Verb.SUBMIT_FOR_REVIEW, review_id, actor, expected_version)
        await _refuse_incomplete(review)
        again = review.stage == ReviewStage.RETURNED
        days = await review_days(review.matter, on=entry.today)
        if again:
            # The clock stood still while the file was away; what was left of it runs on.
            days = max(review.days_left or 0, LEAST_DAYS_BACK)
            for observation in await Observation.filter(review_id=review.id, cured_on=None):
                await entry.change(observation, cured_on=entry.today)
        term = await office_term(entry.today, days)
        await advance(
            entry, review, received_on=review.received_on or entry.today, days_left=None, admitted=False, **term
        )
        agreement = await agreement_of(review)
        if agreement and agreement.stage in PENDING_STAGES:
            await entry.change(agreement, stage=AgreementStage.IN_REVIEW)
        if actor.role in LEGAL_OFFICE:
            done = "recibió la respuesta a las observaciones" if again else "recibió el expediente de quien solicita"
        else:
            done = "respondió las observaciones" if again else "envió el expediente"
        entry.about(review, f"{actor.name} {done}.")
        entry.wake(review.id, "submitted")
        entry.tell(
            await told(
                municipality=review.municipality_id, convention=review.convention_id, ids=[review.requested_by_id]
            ),
            key=f"submitted:{review.code}:{review.returns_count}",
            subject=f"Recibimos el expediente {review.code}",
            body=(
                f"La Asesoría Jurídica recibió el expediente {review.code}.\n\n"
                f"Tiene hasta el {term['due_on']:%d/%m/%Y} ({days} días hábiles) para analizarlo."
            ),
            review_id=review.id,
        )
        return entry.answers(review)


async def _refuse_incomplete(review: LegalReview) -> None:
    lines = ReviewRequirement.filter(review_id=review.id, mandatory=True, fulfilled=False)
    missing = await lines.order_by("position", "id")
    if missing:
        raise Refusal(
            *(
                Problem(
                    ErrorCode.REQUIREMENTS_MISSING,
                    f"Falta el requisito «{line.title}». Súbalo antes de enviar el expediente.",
                    ("requirements", line.code),
                )
                for line in missing
            )
        )


async def admit_review(*, actor: User, review_id: int) -> LegalReview | None:
    """Engine's step: note what is wanting, draft its providencia, propose a lawyer, tell who acts. Nothing twice."""
    if await next_step(review_id) != Verb.ADMIT_REVIEW:
        return None
    async with audited(Verb.ADMIT_REVIEW, actor=actor) as entry:
        review = await reachable(LegalReview, review_id, actor)
        if review.admitted or review.stage not in DESK_STAGES:
            entry.about(review, "El motor revisó el expediente: no había nada pendiente.")
            return review
        missing = await wanting(review)
        proposal = None if review.assignee_id else await propose_lawyer(review, actor, on=entry.today)
        proposed = review.assignee_id or (proposal.lawyer_id if proposal else None)
        await entry.note(review, admitted=True, missing=missing, proposed_lawyer_id=proposed)
        found = f"Falta: {'; '.join(missing)}." if missing else "Está completo."
        # The requester reads the trail too: drafts and the load of lawyers are the office's own.
        entry.about(review, f"El motor revisó los requisitos. {found}")
        own = _for_the_office(await prepare_return(entry, review, missing), proposal)
        heads = [] if review.assignee_id else [Role.LEGAL_HEAD]
        entry.tell(
            await told(roles=heads, ids=[proposed] if proposed else []),
            key=f"admitted:{review.code}:{review.returns_count}",
            subject=f"Expediente {review.code} para análisis",
            body="\n\n".join(
                [review.title, *([f"Vence el {review.due_on:%d/%m/%Y}."] if review.due_on else []), found, *own]
            ),
            review_id=review.id,
        )
        return review


def _for_the_office(observed: int, proposal: Proposal | None) -> list[str]:
    """Say what else admitting a file came to: the draft that observes what it lacks, and to whom it is proposed."""
    said = []
    if observed:
        count = "1 observación" if observed == 1 else f"{observed} observaciones"
        said.append(
            f"Quedó preparado un borrador de providencia con {count}, para corregirlo y emitirlo o descartarlo."
        )
    if proposal:
        sentence = proposal.sentence()
        said.append(f"{sentence[0].upper()}{sentence[1:]}.")
    return said


async def keep_wanting(entry: Entry, review: LegalReview) -> None:
    """Bring up to date what an admitted file lacks, and the engine's untouched draft of it, when something came in."""
    if review.admitted:
        missing = await wanting(review)
        await entry.note(review, missing=missing)
        await renew_return(entry, review, missing)


async def assign_review(
    *, actor: User, review_id: int, assignee_id: int, expected_version: int | None = None
) -> LegalReview:
    """Give a file to a lawyer. The head gives to anybody; a lawyer takes a free file for herself or himself."""
    async with audited(Verb.ASSIGN_REVIEW, actor=actor) as entry:
        review = await file_for(Verb.ASSIGN_REVIEW, review_id, actor, expected_version)
        lawyer = await User.get_or_none(id=assignee_id, role__in=(Role.LEGAL, Role.LEGAL_HEAD), active=True)
        if lawyer is None:
            message = "Elija a una persona activa de la Asesoría Jurídica."
            raise Refusal(Problem(ErrorCode.BAD_USER_INPUT, message, ("assigneeId",)))
        if actor.role == Role.LEGAL and lawyer.id != actor.id:
            raise NotAllowedNow("Puede tomar el expediente para usted; repartirlo a otra persona toca a la jefatura.")
        if review.assignee_id == lawyer.id:
            raise NotAllowedNow(f"El expediente {review.code} ya está asignado a {lawyer.name}.")
        if review.assignee_id:
            # Otherwise a lawyer who may not work on a colleague's file would take it first and then work on it.
            refuse_unless_theirs(review, actor)
        await advance(entry, review, assignee_id=lawyer.id)
        entry.about(review, f"{actor.name} asignó el expediente a {lawyer.name}.")
        if lawyer.id != actor.id:
            due = f" Vence el {review.due_on:%d/%m/%Y}." if review.due_on else ""
            entry.tell(
                [(lawyer.email, lawyer.name)],
                key=f"assigned:{review.code}:{review.version}",
                subject=f"Se le asignó el expediente {review.code}",
                body=f"{review.title}\n\n{actor.name} le asignó este expediente.{due}",
                review_id=review.id,
            )
        return entry.answers(review)


def refuse_unless_theirs(review: LegalReview, actor: User) -> None:
    """Refuse a lawyer who works on a file that is another's; the head may work on any."""
    if actor.role == Role.LEGAL and review.assignee_id != actor.id:
        raise NotAllowedNow(
            f"El expediente {review.code} está asignado a otra persona. Pida a la jefatura que se lo asigne."
        )


async def withdraw_review(
    *, actor: User, review_id: int, reason: str, expected_version: int | None = None
) -> LegalReview:
    """Give up a request at any stage before it is signed; its agreement can then be asked for again."""
    checks = Checks()
    reason = checks.text(reason, "reason", label="el motivo", most=2000)
    checks.done()
    async with audited(Verb.WITHDRAW_REVIEW, actor=actor) as entry:
        review = await file_for(Verb.WITHDRAW_REVIEW, review_id, actor, expected_version)
        agreement = await agreement_of(review)
        if review.stage == ReviewStage.AWAITING_SIGNATURE and agreement and agreement.stage == AgreementStage.SIGNED:
            words = agreement.in_words()
            signed = "firmado" if words.startswith("el ") else "firmada"
            raise NotAllowedNow(f"No se puede desistir: {words} ya está {signed}.")
        await advance(entry, review, closed_on=entry.today, **NO_TERM)
        if agreement and agreement.stage in PENDING_STAGES:
            await entry.change(agreement, stage=AgreementStage.WITHDRAWN, terminated_on=entry.today)
        entry.about(review, f"{actor.name} desistió: {reason}")
        entry.tell(
            await told_of(review, also=[review.assignee_id]),
            key=f"withdrawn:{review.code}",
            subject=f"Se desistió del expediente {review.code}",
            body=f"{review.title}\n\n{actor.name} desistió de la solicitud. Motivo: {reason}",
            review_id=review.id,
        )
        return entry.answers(review)


async def close_review(*, actor: User, review_id: int) -> LegalReview | None:
    """Engine's step: close a file whose agreement is signed, or whose consultation is answered. Nothing twice."""
    if await next_step(review_id) != Verb.CLOSE_REVIEW:
        return None
    async with audited(Verb.CLOSE_REVIEW, actor=actor) as entry:
        review = await reachable(LegalReview, review_id, actor)
        if not review.allows(Verb.CLOSE_REVIEW):
            entry.about(review, "El motor revisó el expediente: ya estaba concluido.")
            return review
        await advance(entry, review, closed_on=entry.today, **NO_TERM)
        entry.about(review, "Concluyó el expediente.")
        entry.tell(
            await told_of(review),
            key=f"closed:{review.code}",
            subject=f"Concluyó el expediente {review.code}",
            body=f"{review.title}\n\nEl expediente {review.code} concluyó.",
            review_id=review.id,
        )
        return review
