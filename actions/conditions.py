"""Conditions of a favorable dictamen: met with a proof, or put off to a day after the signature."""

from datetime import date, timedelta

from actions.audited import audited, reachable
from actions.files import use_file
from actions.refusals import Checks, NotAllowedNow
from actions.reviews import file_for, refuse_unless_theirs
from models.audit import Verb
from models.drafts import Condition
from models.papers import OfficialDocument
from models.people import User
from models.reviews import LegalReview
from reads.people import told_of

LATEST = 3653
"""Calendar days to which a condition may be put off: ten years."""


async def meet_condition(
    *,
    actor: User,
    condition_id: int,
    met_on: date,
    note: str = "",
    file_id: int | None = None,
    expected_version: int | None = None,
) -> Condition:
    """Note that a condition is met: since when, and by which proof, a text or a file."""
    checks = Checks()
    note = checks.text(note, "note", label="cómo se comprobó", most=2000, required=False)
    checks.that(note or file_id, "note", "Escriba cómo se comprobó, o adjunte la constancia.")
    async with audited(Verb.MEET_CONDITION, actor=actor) as entry:
        condition, review, dictamen = await _open_condition(Verb.MEET_CONDITION, condition_id, actor, expected_version)
        checks.that(
            dictamen.issued_on <= met_on <= entry.today,
            "metOn",
            f"La fecha va del {dictamen.issued_on:%d/%m/%Y} (fecha del dictamen) a hoy.",
        )
        checks.done()
        file = await use_file(entry, file_id, actor, "fileId") if file_id else None
        proof = {"note": note, "file_id": file.id if file else None, "met_by_id": actor.id}
        await entry.change(condition, met_on=met_on, **proof)
        entry.about(review, f"{actor.name} dio por cumplida la condición {condition.position} del {dictamen.number}.")
        return entry.answers(condition)


async def defer_condition(
    *, actor: User, condition_id: int, due_on: date, reason: str, expected_version: int | None = None
) -> Condition:
    """Let a condition be met after the signature, by a day and for a reason that are kept; again with a new day."""
    checks = Checks()
    reason = checks.text(reason, "reason", label="por qué se aplaza", most=2000)
    async with audited(Verb.DEFER_CONDITION, actor=actor) as entry:
        condition, review, dictamen = await _open_condition(Verb.DEFER_CONDITION, condition_id, actor, expected_version)
        last = entry.today + timedelta(days=LATEST)
        checks.that(entry.today < due_on <= last, "dueOn", "Elija un día después de hoy, de los próximos diez años.")
        checks.done()
        await entry.change(condition, due_on=due_on, deferred_reason=reason)
        which = f"la condición {condition.position} del {dictamen.number}"
        entry.about(review, f"{actor.name} aplazó {which} al {due_on:%d/%m/%Y}: {reason}")
        entry.tell(
            await told_of(review),
            key=f"deferred:{condition.id}:{condition.version}",
            subject=f"Condición aplazada: expediente {review.code}",
            body=(
                f"{review.title}\n\nUna condición del {dictamen.number} puede cumplirse después de la firma, a más "
                f"tardar el {due_on:%d/%m/%Y}: {condition.text}"
            ),
            review_id=review.id,
        )
        return entry.answers(condition)


async def _open_condition(
    deed: Verb, condition_id: int, actor: User, expected_version: int | None
) -> tuple[Condition, LegalReview, OfficialDocument]:
    """Return a condition that is not met yet, with its file and its dictamen; refuse one that is met or void."""
    condition = await reachable(Condition, condition_id, actor, expected_version=expected_version, path="conditionId")
    review = await file_for(deed, condition.review_id, actor)
    refuse_unless_theirs(review, actor)
    dictamen = await OfficialDocument.get(id=condition.document_id)
    if dictamen.voided_on:
        raise NotAllowedNow(f"El {dictamen.number} está anulado: sus condiciones ya no se piden.")
    if condition.met_on:
        raise NotAllowedNow(
            f"La condición {condition.position} del {dictamen.number} ya se dio por cumplida el "
            f"{condition.met_on:%d/%m/%Y}."
        )
    return condition, review, dictamen
