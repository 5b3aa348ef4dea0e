"""The two papers that decide about a file: the dictamen that concludes it, the providencia that returns it."""

from typing import Any

from actions.audited import audited
from actions.drafts import draft_to_issue, end_draft
from actions.issuing import approver, issue_paper, parties_of, signer
from actions.paper_contents import GroundInput, ObservationInput, Written, checked_dictamen, checked_return
from actions.refusals import Checks, ErrorCode, Problem, Refusal
from actions.reviews import NO_TERM, advance, file_for, refuse_unless_theirs
from documents.fields_reviews import DictamenFields, ProvidenciaFields
from models.audit import Verb
from models.drafts import Condition, DraftState, PaperDraft
from models.messages import NoticeTopic
from models.papers import DocumentKind, OfficialDocument, Outcome
from models.people import User
from models.reviews import Observation
from reads.calendar import legal_parameter, working_calendar
from reads.people import told, told_of


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
    draft_id: int | None = None,
    expected_version: int | None = None,
) -> OfficialDocument:
    """Conclude the analysis of a file with a numbered dictamen and its Word file; the engine goes on from there.

    With `draft_id` what is issued must be the draft that the head approved, word by word.
    """
    checks = Checks()
    written = Written(outcome, background, grounds, analysis, conclusion, conditions or ())
    content = checked_dictamen(checks, written)
    checks.done()
    async with audited(Verb.ISSUE_DICTAMEN, actor=actor) as entry:
        review = await file_for(Verb.ISSUE_DICTAMEN, review_id, actor, expected_version)
        refuse_unless_theirs(review, actor)
        draft = await draft_to_issue(entry, review, DocumentKind.DICTAMEN, content, draft_id)
        head = await approver(actor, given_by=_given_by(draft, content))
        document = await issue_paper(
            entry,
            DocumentKind.DICTAMEN,
            lambda common: DictamenFields(
                **common,
                subject=review.title,
                requester=review.requesting_unit or review.title,
                # As it was typed: a ground made here would not say which one it is when it is refused.
                **content,
                adviser=signer(actor),
                head=head,
            ),
            review=review,
            parties=parties_of(review),
            subject=review.title,
            addressee=review.requesting_unit,
            outcome=outcome,
        )
        await end_draft(entry, draft, content, document)
        for position, text in enumerate(content["conditions"], 1):
            await entry.create(Condition, review_id=review.id, document_id=document.id, position=position, text=text)
        await advance(entry, review, **NO_TERM)
        entry.about(review, f"{actor.name} emitió el {document.number}.")
        entry.wake(review.id, "dictamen")
        entry.tell(
            await told_of(review),
            key=f"dictamen:{document.number}",
            subject=f"Dictamen del expediente {review.code}",
            body=f"{review.title}\n\nLa Asesoría Jurídica emitió el {document.number}.{_asked(content['conditions'])}",
            review_id=review.id,
        )
        return entry.answers(document)


def _asked(conditions: list[str]) -> str:
    """Say what a favorable dictamen asks for before the signature; nothing without conditions."""
    listed = "".join(f"\n{n}. {one}" for n, one in enumerate(conditions, 1))
    return f"\n\nAntes de firmar debe cumplirse:{listed}" if listed else ""


def _given_by(draft: PaperDraft | None, content: dict[str, Any]) -> int | None:
    """Return who gave the Vo.Bo. to this very text; None when nobody did."""
    approved = draft and draft.state == DraftState.APPROVED and draft.data == content
    return draft.decided_by_id if draft and approved else None


async def return_review(
    *,
    actor: User,
    review_id: int,
    observations: list[ObservationInput],
    working_days: int | None = None,
    reason_for_second_return: str = "",
    draft_id: int | None = None,
    expected_version: int | None = None,
) -> OfficialDocument:
    """Return a file once with all its observations, by a providencia; the legal office's clock stands still.

    `working_days` are what the requester has to answer. A second return needs a written reason and is counted. With
    `draft_id` what is issued must be the draft that the head approved, word by word.
    """
    checks = Checks()
    content = checked_return(
        checks,
        Written(
            observations=observations, working_days=working_days, reason_for_second_return=reason_for_second_return
        ),
    )
    found, reason = content["observations"], content["reason_for_second_return"]
    checks.done()
    async with audited(Verb.RETURN_REVIEW, actor=actor) as entry:
        review = await file_for(Verb.RETURN_REVIEW, review_id, actor, expected_version)
        refuse_unless_theirs(review, actor)
        if review.returns_count and not reason:
            message = "Este expediente ya se devolvió una vez. Escriba por qué se devuelve de nuevo."
            raise Refusal(Problem(ErrorCode.REASON_REQUIRED, message, ("reasonForSecondReturn",)))
        draft = await draft_to_issue(entry, review, DocumentKind.PROVIDENCIA, content, draft_id)
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
        await end_draft(entry, draft, content, document)
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
            topic=NoticeTopic.DEADLINES,
            event={"on": limit.isoformat(), "title": f"Vence responder las observaciones del expediente {review.code}"},
            review_id=review.id,
        )
        return entry.answers(document)
