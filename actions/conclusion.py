"""Ending a file by a person of the legal office, when no signature does."""

from actions.audited import audited
from actions.refusals import Checks, NotAllowedNow
from actions.reviews import NO_TERM, advance, file_for, refuse_unless_theirs
from models.agreements import PENDING_STAGES, AgreementStage
from models.audit import Verb
from models.people import User
from models.reviews import LegalReview
from reads.engine import agreement_of, favorable_dictamen
from reads.people import told


async def conclude_review(
    *, actor: User, review_id: int, reason: str, expected_version: int | None = None
) -> LegalReview:
    """End a file as the legal office: a consultation answered, a request without merit, an unfavorable dictamen.

    The agreement that it was making is withdrawn. Refuses while a favorable dictamen lets the agreement be made.
    """
    checks = Checks()
    reason = checks.text(reason, "reason", label="por qué se da por concluido", most=2000)
    checks.done()
    async with audited(Verb.CONCLUDE_REVIEW, actor=actor) as entry:
        review = await file_for(Verb.CONCLUDE_REVIEW, review_id, actor, expected_version)
        refuse_unless_theirs(review, actor)
        agreement = await agreement_of(review)
        pending = agreement if agreement and agreement.stage in PENDING_STAGES else None
        if pending and await favorable_dictamen(review.id):
            raise NotAllowedNow(
                f"El expediente {review.code} tiene dictamen favorable y {pending.number} está en trámite de firma. "
                "Si ya no se quiere, desista de la solicitud; si el dictamen está mal, anúlelo."
            )
        await advance(entry, review, closed_on=entry.today, conclusion=reason, days_left=None, **NO_TERM)
        if pending:
            await entry.change(pending, stage=AgreementStage.WITHDRAWN, terminated_on=entry.today)
        entry.about(review, f"{actor.name} dio por concluido el expediente: {reason}")
        entry.tell(
            await told(
                municipality=review.municipality_id,
                convention=review.convention_id,
                program=review.program,
                ids=[review.requested_by_id],
            ),
            key=f"closed:{review.code}",
            subject=f"Concluyó el expediente {review.code}",
            body=f"{review.title}\n\nLa Asesoría Jurídica dio por concluido el expediente {review.code}: {reason}",
            review_id=review.id,
        )
        return entry.answers(review)
