"""Taking a request as given up: nobody answered the providencia within the term that the office set for it."""

from datetime import date

from tortoise.expressions import Subquery

from actions.audited import audited, reachable
from actions.refusals import NotAllowedNow
from actions.reviews import NO_TERM, advance, file_for
from models.agreements import PENDING_STAGES, AgreementStage
from models.audit import Verb
from models.calendar import working_days
from models.clock import today
from models.papers import OfficialDocument
from models.people import Role, User
from models.reviews import LegalReview, Observation
from reads.engine import agreement_of
from reads.lapse import Lapse, lapses_by_review
from reads.people import told


async def lapse_review(*, actor: User, review_id: int, expected_version: int | None = None) -> LegalReview | None:
    """Take a returned file that nobody answered as given up; its agreement is withdrawn and may be asked for again.

    The head may do it once the term is over. The engine does it only while a lawyer has confirmed the term, the
    requester was warned in time, and nothing came in since the return; otherwise it does nothing and returns None.
    """
    engine = actor.role == Role.SYSTEM
    if engine and not await _owed(review_id, actor):
        return None
    async with audited(Verb.LAPSE_REVIEW, actor=actor) as entry:
        if engine:
            review = await reachable(LegalReview, review_id, actor)
            lapse = (await lapses_by_review([review.id], actor, on=entry.today)).get(review.id)
            if lapse is None or not lapse.due(entry.today):
                entry.about(review, "El motor revisó el expediente: ya no correspondía tenerlo por desistido.")
                return None
        else:
            review = await file_for(Verb.LAPSE_REVIEW, review_id, actor, expected_version)
            found = (await lapses_by_review([review.id], actor, on=entry.today)).get(review.id)
            lapse = _ripe(found, review, entry.today)
        agreement = await agreement_of(review)
        reason = await _reason(review, lapse)
        why = f"La solicitud se tiene por desistida: {reason}"
        await advance(entry, review, closed_on=entry.today, conclusion=why, days_left=None, **NO_TERM)
        if agreement and agreement.stage in PENDING_STAGES:
            await entry.change(agreement, stage=AgreementStage.WITHDRAWN, terminated_on=entry.today)
        by = "El sistema" if engine else actor.name
        entry.about(review, f"{by} tuvo por desistida la solicitud: {reason}")
        entry.tell(
            await told(
                municipality=review.municipality_id,
                convention=review.convention_id,
                program=review.program,
                roles=[Role.LEGAL_HEAD],
                ids=[review.requested_by_id, review.assignee_id or 0],
            ),
            key=f"lapsed:{review.code}",
            subject=f"La solicitud del expediente {review.code} se tiene por desistida",
            body=(
                f"{review.title}\n\n{why} El expediente queda en el archivo y no puede reabrirse. Si todavía se "
                "necesita, puede presentarse una solicitud nueva."
            ),
            review_id=review.id,
        )
        return entry.answers(review)


async def _owed(review_id: int, actor: User) -> bool:
    lapse = (await lapses_by_review([review_id], actor, on=today())).get(review_id)
    return lapse is not None and lapse.due(today())


def _ripe(lapse: Lapse | None, review: LegalReview, on: date) -> Lapse:
    """Return the lapse of a file whose term is over; refuse before that day, which the sentence names."""
    if lapse is None:
        raise NotAllowedNow(f"El expediente {review.code} se devolvió sin plazo para responder: no puede vencer.")
    if not lapse.possible(on):
        raise NotAllowedNow(
            f"Todavía no puede tenerse por desistida la solicitud del expediente {review.code}: quien solicita puede "
            f"responder hasta el {lapse.last_day:%d/%m/%Y} ({working_days(lapse.days)} después del plazo de la "
            "providencia)."
        )
    return lapse


async def _reason(review: LegalReview, lapse: Lapse) -> str:
    observed = Subquery(Observation.filter(review_id=review.id).values("document_id"))
    paper = await OfficialDocument.filter(id__in=observed, voided_on=None).order_by("-id").first()
    answered = "sin que se enviara la respuesta" if lapse.handed_in else "sin respuesta"
    return (
        f"el plazo para responder {f'la {paper.number}' if paper else 'las observaciones'} venció el "
        f"{lapse.due_on:%d/%m/%Y} y pasaron {working_days(lapse.days)} {answered}."
    )
