"""Drafts of the papers that decide about a file: kept, sent to the head, approved or sent back, issued as approved."""

from typing import Any

from actions.audited import Entry, audited, reachable
from actions.paper_contents import CONTENTS, Written
from actions.refusals import Checks, ErrorCode, NotAllowedNow, NotFound, Problem, Refusal, Stale
from actions.reviews import file_for, refuse_unless_theirs
from models.audit import Verb
from models.drafts import Approval, DraftState, PaperDraft
from models.papers import DocumentKind, OfficialDocument
from models.people import Role, User
from models.reviews import LegalReview
from reads.calendar import dictamen_approval
from reads.drafts import living_draft
from reads.people import told

PAPERS = {DocumentKind.DICTAMEN: "del dictamen", DocumentKind.PROVIDENCIA: "de la providencia"}
"""How a sentence names whose draft it is."""


async def save_draft(
    *, actor: User, review_id: int, kind: DocumentKind, written: Written, draft_version: int | None = None
) -> PaperDraft:
    """Keep what a lawyer has written so far of a paper; a file has one draft of each kind until it is issued.

    A change of what was sent or approved makes it a draft again. `draft_version` is the version that the person saw,
    0 when there was none.
    """
    checks = Checks()
    content = _checked(checks, kind, written, whole=False)
    checks.done()
    async with audited(Verb.SAVE_DRAFT, actor=actor) as entry:
        review = await file_for(Verb.SAVE_DRAFT, review_id, actor)
        refuse_unless_theirs(review, actor)
        draft = await _keep(entry, review, kind, content, draft_version)
        entry.about(review, f"{actor.name} guardó el borrador {PAPERS[kind]}.")
        return entry.answers(draft)


async def submit_draft(
    *,
    actor: User,
    review_id: int,
    kind: DocumentKind,
    written: Written | None = None,
    draft_version: int | None = None,
) -> PaperDraft:
    """Send a whole draft to the head for the Vo.Bo.: what is written now, or what was kept when nothing is."""
    checks = Checks()
    content = _checked(checks, kind, written, whole=True) if written else None
    checks.done()
    async with audited(Verb.SUBMIT_DRAFT, actor=actor) as entry:
        review = await file_for(Verb.SUBMIT_DRAFT, review_id, actor)
        refuse_unless_theirs(review, actor)
        if content is None:
            kept = await living_draft(review.id, kind)
            if kept is None:
                raise NotAllowedNow(f"El expediente {review.code} no tiene borrador {PAPERS[kind]}: escríbalo primero.")
            content = _checked(checks, kind, Written.kept(kept.data), whole=True)
            checks.done()
        draft = await _keep(entry, review, kind, content, draft_version)
        if draft.state in (DraftState.SUBMITTED, DraftState.APPROVED):
            already = "ya tiene visto bueno: emítalo" if draft.state == DraftState.APPROVED else "ya espera visto bueno"
            raise NotAllowedNow(f"El borrador {PAPERS[kind]} del expediente {review.code} {already}.")
        await entry.change(draft, state=DraftState.SUBMITTED, changed_at=entry.at)
        entry.about(review, f"{actor.name} envió a visto bueno el borrador {PAPERS[kind]}.")
        heads = [one for one in await told(roles=[Role.LEGAL_HEAD]) if one[0] != actor.email]
        entry.tell(
            heads,
            key=f"draft:{draft.id}:{draft.version}",
            subject=f"Un borrador espera su visto bueno: {review.code}",
            body=f"{review.title}\n\n{actor.name} envió a visto bueno el borrador {PAPERS[kind]}.",
            review_id=review.id,
        )
        return entry.answers(draft)


async def decide_draft(
    *, actor: User, draft_id: int, approve: bool, comment: str = "", expected_version: int | None = None
) -> PaperDraft:
    """Give a draft the Vo.Bo., or send it back with what is to be corrected; nobody approves a draft of their own."""
    checks = Checks()
    comment = checks.text(comment, "comment", label="qué hay que corregir", most=10_000, required=not approve)
    checks.done()
    async with audited(Verb.DECIDE_DRAFT, actor=actor) as entry:
        draft = await reachable(PaperDraft, draft_id, actor, expected_version=expected_version, path="draftId")
        review = await file_for(Verb.DECIDE_DRAFT, draft.review_id, actor)
        if draft.state != DraftState.SUBMITTED:
            raise NotAllowedNow(f"El borrador {PAPERS[draft.kind]} del expediente {review.code} no espera visto bueno.")
        if draft.author_id == actor.id:
            raise NotAllowedNow(
                "Usted escribió este borrador: emítalo directamente, o pida el visto bueno a otra persona."
            )
        state = DraftState.APPROVED if approve else DraftState.SENT_BACK
        await entry.change(draft, state=state, comment=comment, decided_by_id=actor.id, decided_at=entry.at)
        done = "dio visto bueno al" if approve else "devolvió para corregir el"
        said = f": {comment}" if comment else "."
        entry.about(review, f"{actor.name} {done} borrador {PAPERS[draft.kind]}{said}")
        ids = {draft.author_id, review.assignee_id or draft.author_id} - {actor.id}
        entry.tell(
            await told(ids=ids),
            key=f"draft:{draft.id}:{draft.version}",
            subject=f"{'Visto bueno' if approve else 'Borrador por corregir'}: {review.code}",
            body=f"{review.title}\n\n{actor.name} {done} borrador {PAPERS[draft.kind]}{said}",
            review_id=review.id,
        )
        return entry.answers(draft)


def _checked(checks: Checks, kind: DocumentKind, written: Written, *, whole: bool) -> dict[str, Any]:
    if not checks.that(kind in CONTENTS, "kind", "Solo el dictamen y la providencia se preparan en borrador."):
        checks.done()
    return CONTENTS[kind](checks, written, whole=whole)


async def _keep(
    entry: Entry, review: LegalReview, kind: DocumentKind, content: dict[str, Any], seen: int | None
) -> PaperDraft:
    """Write the content into the file's draft of the kind, made if there is none; the same content changes nothing."""
    draft = await living_draft(review.id, kind)
    if seen is not None and seen != (draft.version if draft else 0):
        raise Stale("draftVersion")
    if draft is None:
        return await entry.create(
            PaperDraft, review_id=review.id, kind=kind, data=content, author_id=entry.actor.id, changed_at=entry.at
        )
    if draft.data != content:
        unsent = {"state": DraftState.DRAFT, "author_id": entry.actor.id, "changed_at": entry.at}
        await entry.change(draft, data=content, decided_by_id=None, decided_at=None, **unsent)
    return draft


async def draft_to_issue(
    entry: Entry, review: LegalReview, kind: DocumentKind, content: dict[str, Any], draft_id: int | None
) -> PaperDraft | None:
    """Return the draft that issuing this content ends, None without one; refuse what its Vo.Bo. does not cover.

    A draft that is named must hold just this content and, for a lawyer, have the Vo.Bo.; without a name a lawyer may
    issue only while no confirmed parameter asks for a Vo.Bo. The head may always issue.
    """
    draft = await living_draft(review.id, kind)
    is_head = entry.actor.role == Role.LEGAL_HEAD
    covered = draft is not None and draft.state == DraftState.APPROVED and draft.data == content
    if draft_id is not None:
        if draft is None or draft.id != draft_id:
            raise NotFound("ese borrador entre los que el expediente tiene por emitir", "draftId")
        if draft.data != content:
            message = (
                f"Lo que quiere emitir difiere del borrador {PAPERS[kind]}. Emita el borrador tal como está, o guarde "
                "los cambios y envíelos de nuevo a visto bueno."
            )
            raise Refusal(Problem(ErrorCode.STALE, message, ("draftId",)))
        if not covered and not is_head:
            raise NotAllowedNow(f"El borrador {PAPERS[kind]} todavía no tiene el visto bueno de la jefatura.")
        return draft
    free = covered or is_head or kind != DocumentKind.DICTAMEN
    if not free and await dictamen_approval(on=entry.today) == Approval.REQUIRED:
        raise NotAllowedNow(
            "El dictamen necesita el visto bueno de la jefatura: envíe el borrador y emítalo cuando esté aprobado."
        )
    return draft


async def end_draft(
    entry: Entry, draft: PaperDraft | None, content: dict[str, Any], document: OfficialDocument
) -> None:
    """Mark a draft as issued by its document. What was not approved loses the mark of an approval."""
    if draft is None:
        return
    changed = {} if draft.data == content else {"data": content, "decided_by_id": None, "decided_at": None}
    await entry.change(draft, state=DraftState.ISSUED, document_id=document.id, changed_at=entry.at, **changed)
