"""Voiding a paper: its number stays taken, its reason is kept, and the file that it had moved goes back."""

from actions.audited import Entry, audited, reachable
from actions.refusals import Checks, NotAllowedNow
from actions.reviews import office_term
from models.agreements import AgreementStage, Convention, Lease
from models.audit import Verb
from models.conventions import Amendment
from models.court import CourtFile
from models.papers import AGREEMENT_PAPERS, DocumentKind, OfficialDocument
from models.people import Role, User
from models.reviews import AFTER_VOID, LegalReview, Observation, ReviewStage
from models.signing import Signature
from reads.calendar import review_days, working_calendar
from reads.people import People, told
from reads.signing import by_agreement

LONGEST_REASON = 2000
"""Characters of the reason of a void."""

TOLD_TO_REQUESTER = (
    DocumentKind.DICTAMEN,
    DocumentKind.OPINION,
    DocumentKind.PROVIDENCIA,
    *AGREEMENT_PAPERS,
)
"""Papers that the requester of a file hears of when they are issued, and so when they are voided."""


async def void_document(*, actor: User, document_id: int, reason: str) -> OfficialDocument:
    """Void a paper of any kind and year, once; what a signed agreement stands on is refused.

    A voided dictamen, return or agreement paper takes its file back to where it stood (`AFTER_VOID`).
    """
    checks = Checks()
    reason = checks.text(reason, "reason", label="el motivo de la anulación", most=LONGEST_REASON)
    checks.done()
    async with audited(Verb.VOID_DOCUMENT, actor=actor) as entry:
        document = await reachable(OfficialDocument, document_id, actor, path="documentId")
        if document.voided_on:
            raise NotAllowedNow(
                f"El documento {document.number} ya se anuló el {document.voided_on:%d/%m/%Y}. "
                "Una anulación no se repite ni se cambia."
            )
        review = await LegalReview.get_or_none(id=document.review_id)
        await _refuse_signed(document, review)
        await _void(entry, document, reason)
        waiting = review is not None and review.stage == ReviewStage.AWAITING_SIGNATURE
        followed = await _give_back(entry, document, review) if review else ""
        entry.about(review or document, f"{actor.name} anuló el documento {document.number}: {reason}{followed}")
        signers = await told(roles=[Role.SIGNATORY]) if waiting and followed else []
        await _tell(entry, document, review, signers, f"Motivo: {reason}{followed}")
        return entry.answers(document)


async def _void(entry: Entry, document: OfficialDocument, reason: str) -> None:
    await entry.change(document, voided_on=entry.today, void_reason=reason, voided_by_id=entry.actor.id)


async def _agreement_of(of: OfficialDocument | LegalReview) -> Convention | Lease | None:
    return await Convention.get_or_none(id=of.convention_id) or await Lease.get_or_none(id=of.lease_id)


async def _refuse_signed(document: OfficialDocument, review: LegalReview | None) -> None:
    """Refuse to void what signatures stand on: the dictamen and the paper of a signed agreement, a signed adenda."""
    number = document.number
    if await Amendment.exists(document_id=document.id):
        raise NotAllowedNow(f"La adenda {number} ya está firmada: no se anula. Corríjala con otra adenda.")
    if document.kind != DocumentKind.DICTAMEN and document.kind not in AGREEMENT_PAPERS:
        return
    agreement = await _agreement_of(review or document)
    if agreement is None:
        return
    what = "El convenio" if isinstance(agreement, Convention) else "El arrendamiento"
    if agreement.stage in (AgreementStage.SIGNED, AgreementStage.TERMINATED):
        raise NotAllowedNow(
            f"{what} {agreement.number} ya está firmado y se apoya en el documento {number}: no se anula. "
            "Para corregirlo haga una adenda, o termínelo antes de tiempo."
        )
    if await Signature.filter(**by_agreement(agreement)).exists():
        raise NotAllowedNow(
            f"{what} {agreement.number} ya tiene firmas anotadas sobre el documento {number}: no se anula. "
            "Desista del expediente y comience otro, o espere a que se firme y haga una adenda."
        )


async def _give_back(entry: Entry, document: OfficialDocument, review: LegalReview) -> str:
    """Take the file back to where it stood before the voided paper moved it, and say so; empty when it stays."""
    stage = AFTER_VOID.get(document.kind, {}).get(review.stage)
    if stage is None or not await _stands_on(document, review):
        return ""
    if document.kind == DocumentKind.PROVIDENCIA:
        left = review.days_left
        due_on = None if left is None else (await working_calendar()).add(entry.today, left)
        clock = {"due_on": due_on, "due_from": due_on and entry.today, "due_days": left, "days_left": None}
        await _move(entry, review, stage, returns_count=max(review.returns_count - 1, 0), **clock)
        return " El expediente vuelve a análisis, con los días que le quedaban a la Asesoría Jurídica."
    agreement = await _agreement_of(review)
    if agreement and agreement.stage == AgreementStage.READY_TO_SIGN:
        await entry.change(agreement, stage=AgreementStage.IN_REVIEW)
    if document.kind in AGREEMENT_PAPERS:
        await _move(entry, review, stage)
        entry.wake(review.id, "agreement paper voided")
        return " El expediente vuelve a «Con dictamen», para que se elabore de nuevo."
    rests_on_it = OfficialDocument.filter(review_id=review.id, kind__in=AGREEMENT_PAPERS, voided_on=None)
    for paper in await rests_on_it.order_by("id"):
        await _void(entry, paper, f"Se anuló el documento {document.number}, en que se apoyaba.")
    term = await office_term(entry.today, await review_days(review.matter, on=entry.today))
    await _move(entry, review, stage, closed_on=None, **term)
    return f" El expediente vuelve a análisis y su plazo se cuenta de nuevo: vence el {term['due_on']:%d/%m/%Y}."


async def _stands_on(document: OfficialDocument, review: LegalReview) -> bool:
    """Tell whether it was this paper that brought the file where it is, and no other has taken its place."""
    if document.kind == DocumentKind.PROVIDENCIA:
        last = await Observation.filter(review_id=review.id).order_by("-id").first()
        return last is not None and last.document_id == document.id
    kinds = AGREEMENT_PAPERS if document.kind in AGREEMENT_PAPERS else (document.kind,)
    if await OfficialDocument.exists(review_id=review.id, kind__in=kinds, voided_on=None):
        return False
    if review.stage == ReviewStage.CLOSED:
        # One that a person concluded, or that ended with its agreement, was not closed by the dictamen alone.
        return not review.conclusion and await _agreement_of(review) is None
    return True


async def _move(entry: Entry, review: LegalReview, stage: ReviewStage, **values: object) -> None:
    await entry.change(review, stage=stage, last_moved_on=entry.today, **values)


async def _tell(
    entry: Entry, document: OfficialDocument, review: LegalReview | None, signers: People, why: str
) -> None:
    """Tell who relied on the paper: its author, who works on the file, who asked for it, who was to sign it."""
    ids = [document.issued_by_id]
    people = set(signers)
    if review:
        ids += [review.assignee_id] if review.assignee_id else []
        if document.kind in TOLD_TO_REQUESTER:
            ids.append(review.requested_by_id)
            people |= set(
                await told(municipality=review.municipality_id, convention=review.convention_id, program=review.program)
            )
    court_file = await CourtFile.get_or_none(id=document.court_file_id)
    if court_file and court_file.lawyer_id:
        ids.append(court_file.lawyer_id)
    people |= set(await told(ids=ids))
    entry.tell(
        sorted(people - {(entry.actor.email, entry.actor.name)}),
        key=f"voided:{document.number}",
        subject=f"Se anuló el documento {document.number}",
        body=(
            f"{document.subject or (review.title if review else '')}\n\nEl documento {document.number}, del "
            f"{document.issued_on:%d/%m/%Y}, quedó anulado y ya no tiene efecto. {why}"
        ).strip(),
        review_id=review.id if review else None,
    )
