"""The two papers that decide about a file: the dictamen that concludes it, the providencia that returns it."""

from dataclasses import dataclass

from actions.audited import audited
from actions.issuing import issue_paper, parties_of, signer
from actions.refusals import Checks, ErrorCode, Problem, Refusal
from actions.reviews import NO_TERM, advance, file_for, refuse_unless_theirs
from documents.fields_reviews import DictamenFields, ProvidenciaFields
from documents.fields_reviews import Outcome as PaperOutcome
from models.audit import Verb
from models.papers import DocumentKind, OfficialDocument, Outcome
from models.people import Role, User
from models.reviews import Observation
from reads.calendar import legal_parameter, working_calendar
from reads.people import told

LONGEST_TEXT = 60_000
"""Characters of a free text that a lawyer types."""
LONGEST_ANSWER = 60
"""Working days that a providencia may give."""


@dataclass(frozen=True)
class GroundInput:
    """A norm that a dictamen stands on."""

    norm: str
    text: str
    article: str = ""


@dataclass(frozen=True)
class ObservationInput:
    """One thing to cure: where, what is wrong, on which legal basis, and how to cure it."""

    subject: str
    finding: str
    cure: str
    legal_basis: str = ""


async def issue_dictamen(
    *,
    actor: User,
    review_id: int,
    outcome: Outcome,
    background: str,
    grounds: list[GroundInput],
    analysis: str,
    conclusion: str,
    conditions: list[str] | None = None,
    expected_version: int | None = None,
) -> OfficialDocument:
    """Conclude the analysis of a file with a numbered dictamen and its Word file; the engine goes on from there."""
    checks = Checks()
    background = checks.text(background, "background", label="los antecedentes", most=LONGEST_TEXT)
    analysis = checks.text(analysis, "analysis", label="el análisis", most=LONGEST_TEXT)
    conclusion = checks.text(conclusion, "conclusion", label="la conclusión", most=LONGEST_TEXT)
    checks.that(grounds, "grounds", "Cite al menos una norma como fundamento.")
    checks.that(len(grounds) <= 100, "grounds", "Cite 100 normas o menos.")
    cited = []
    for n, ground in enumerate(grounds):
        at = ("grounds", str(n))
        norm = checks.text(ground.norm, (*at, "norm"), label="la norma", most=500)
        article = checks.text(ground.article, (*at, "article"), label="el artículo", most=500, required=False)
        text = checks.text(ground.text, (*at, "text"), label="lo que dispone la norma", most=LONGEST_TEXT)
        cited.append({"norm": norm, "article": article, "text": text})
    met = [
        checks.text(condition, ("conditions", str(n)), label="la condición", most=2000)
        for n, condition in enumerate(conditions or [])
    ]
    checks.that(len(met) <= 100, "conditions", "Escriba 100 condiciones o menos.")
    if outcome == Outcome.FAVORABLE_WITH_CONDITIONS:
        checks.that(met, "conditions", "Escriba al menos una condición, o elija otro sentido.")
    else:
        checks.that(not met, "conditions", "Las condiciones van solo con «favorable con condiciones».")
    checks.done()
    async with audited(Verb.ISSUE_DICTAMEN, actor=actor) as entry:
        review = await file_for(Verb.ISSUE_DICTAMEN, review_id, actor, expected_version)
        refuse_unless_theirs(review, actor)
        head = await User.filter(role=Role.LEGAL_HEAD, active=True).order_by("id").first()
        document = await issue_paper(
            entry,
            DocumentKind.DICTAMEN,
            lambda common: DictamenFields(
                **common,
                subject=review.title,
                requester=review.requesting_unit or review.title,
                background=background,
                # As they were typed: made here, a ground refused would not say which one it is.
                grounds=cited,
                analysis=analysis,
                conclusion=conclusion,
                outcome=PaperOutcome(outcome.value),
                conditions=tuple(met),
                adviser=signer(actor),
                head=signer(head) if head and head.id != actor.id else None,
            ),
            review=review,
            parties=parties_of(review),
            subject=review.title,
            addressee=review.requesting_unit,
            outcome=outcome,
        )
        await advance(entry, review, **NO_TERM)
        entry.about(review, f"{actor.name} emitió el {document.number}.")
        entry.wake(review.id, "dictamen")
        entry.tell(
            await told(municipality=review.municipality_id, convention=review.convention_id, program=review.program),
            key=f"dictamen:{document.number}",
            subject=f"Dictamen del expediente {review.code}",
            body=f"{review.title}\n\nLa Asesoría Jurídica emitió el {document.number}.",
            review_id=review.id,
        )
        return entry.answers(document)


async def return_review(
    *,
    actor: User,
    review_id: int,
    observations: list[ObservationInput],
    working_days: int | None = None,
    reason_for_second_return: str = "",
    expected_version: int | None = None,
) -> OfficialDocument:
    """Return a file once with all its observations, by a providencia; the legal office's clock stands still.

    `working_days` are what the requester has to answer. A second return needs a written reason and is counted.
    """
    checks = Checks()
    checks.that(observations, "observations", "Escriba al menos una observación.")
    checks.that(len(observations) <= 100, "observations", "Use 100 observaciones o menos.")
    days_fit = working_days is None or 1 <= working_days <= LONGEST_ANSWER
    checks.that(days_fit, "workingDays", f"El plazo va de 1 a {LONGEST_ANSWER} días hábiles.")
    reason = checks.text(
        reason_for_second_return, "reasonForSecondReturn", label="el motivo", most=2000, required=False
    )
    found = []
    for n, one in enumerate(observations):
        at = ("observations", str(n))
        subject = checks.text(one.subject, (*at, "subject"), label="el documento o cláusula", most=240)
        finding = checks.text(one.finding, (*at, "finding"), label="el hallazgo", most=LONGEST_TEXT)
        basis = checks.text(one.legal_basis, (*at, "legalBasis"), label="el fundamento", most=240, required=False)
        cure = checks.text(one.cure, (*at, "cure"), label="cómo subsanar", most=LONGEST_TEXT)
        found.append({"subject": subject, "finding": finding, "legal_basis": basis, "cure": cure})
    checks.done()
    async with audited(Verb.RETURN_REVIEW, actor=actor) as entry:
        review = await file_for(Verb.RETURN_REVIEW, review_id, actor, expected_version)
        refuse_unless_theirs(review, actor)
        if review.returns_count and not reason:
            message = "Este expediente ya se devolvió una vez. Escriba por qué se devuelve de nuevo."
            raise Refusal(Problem(ErrorCode.REASON_REQUIRED, message, ("reasonForSecondReturn",)))
        days = working_days or await legal_parameter("RETURN_ANSWER_DAYS", on=entry.today)
        # The requester's days are counted by the holidays of their own town, the office's by the capital's.
        limit = (await working_calendar(review.municipality_id)).add(entry.today, days)
        own = await working_calendar()
        left = max(own.between(entry.today, review.due_on), 0) if review.due_on else None
        ordinal = review.returns_count + 1
        document = await issue_paper(
            entry,
            DocumentKind.PROVIDENCIA,
            lambda common: ProvidenciaFields(
                **common,
                subject=review.title,
                destination=review.requesting_unit or review.title,
                observations=found,
                working_days=days,
                limit_date=limit,
                adviser=signer(actor),
                return_ordinal=ordinal,
                second_return_reason=reason or None,
            ),
            review=review,
            parties=parties_of(review),
            subject=review.title,
            addressee=review.requesting_unit,
        )
        for observation in found:
            await entry.create(Observation, review_id=review.id, document_id=document.id, **observation)
        term = {"due_on": limit, "due_from": entry.today, "due_days": days}
        await advance(entry, review, returns_count=ordinal, days_left=left, **term)
        count = "una observación" if len(found) == 1 else f"{len(found)} observaciones"
        entry.about(review, f"{actor.name} devolvió el expediente con {count} ({document.number}).")
        listed = "\n".join(f"{n}. {each['subject']}: {each['cure']}" for n, each in enumerate(found, 1))
        entry.tell(
            await told(
                municipality=review.municipality_id,
                convention=review.convention_id,
                program=review.program,
                ids=[review.requested_by_id],
            ),
            key=f"returned:{document.number}",
            subject=f"Observaciones al expediente {review.code}",
            body=(
                f"{review.title}\n\nLa Asesoría Jurídica devolvió el expediente con la {document.number}. "
                f"Responda a más tardar el {limit:%d/%m/%Y} ({days} días hábiles).\n\n{listed}"
            ),
            review_id=review.id,
        )
        return entry.answers(document)
