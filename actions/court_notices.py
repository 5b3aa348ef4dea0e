"""Notices of the courts: registered as they come, linked to their file, answered; and the papers of a file."""

from dataclasses import dataclass
from datetime import date

from actions.audited import Entry, audited, reachable
from actions.court import OLDEST, court_text, number_text
from actions.court_agenda import add_notice_deadline, answer_title, calendar_of, keep_next_date
from actions.court_dates import MOST_DAYS
from actions.files import use_file
from actions.refusals import Checks, ErrorCode, NotAllowedNow, Problem, Refusal
from models.audit import Verb
from models.court import (
    BRANCH_LABELS,
    CourtBranch,
    CourtDate,
    CourtDateKind,
    CourtFile,
    CourtNotice,
    CourtPaper,
    searchable,
)
from models.fields import folded
from models.papers import OfficialDocument
from models.people import Role, User
from reads.court import court_file_for
from reads.people import told


@dataclass(frozen=True)
class CourtNoticeInput:
    """A notice as it came; with its file given, branch, court and number may be left to the file."""

    received_on: date
    summary: str
    branch: CourtBranch | None = None
    court: str = ""
    court_number: str = ""
    court_file_id: int | None = None
    working_days: int | None = None
    """Working days to answer it, from the day it was received; None when it asks for no answer."""
    file_id: int | None = None


async def register_court_notice(*, actor: User, given: CourtNoticeInput) -> CourtNotice:
    """Register a notice, link it to the one file with its number, and note the deadline to answer it.

    Tells the file's lawyer, or the head while no file or no lawyer is known.
    """
    checks = Checks()
    summary = checks.text(given.summary, "summary", label="qué se notifica", most=300)
    days = given.working_days
    checks.that(days is None or 1 <= days <= MOST_DAYS, "workingDays", f"Los días hábiles van de 1 a {MOST_DAYS}.")
    async with audited(Verb.REGISTER_COURT_NOTICE, actor=actor) as entry:
        file: CourtFile | None = None
        if given.court_file_id is not None:
            file = await reachable(CourtFile, given.court_file_id, actor, path="courtFileId")
        court = court_text(checks, given.court or (file.court if file else ""))
        number = number_text(checks, given.court_number or (file.court_number if file else ""))
        checks.that(given.branch or file, "branch", "Elija la materia.")
        same_branch = not (given.branch and file) or given.branch == file.branch
        checks.that(same_branch, "branch", "La materia no es la del expediente.")
        past = OLDEST <= given.received_on <= entry.today
        checks.that(past, "receivedOn", f"La fecha de recepción va del {OLDEST:%d/%m/%Y} a hoy.")
        checks.done()
        await _refuse_twin(court, number, given.received_on, summary)
        file = file or await court_file_for(court, number, given.branch)
        scan = await use_file(entry, given.file_id, actor, "fileId") if given.file_id else None
        calendar = await calendar_of(file)
        branch = given.branch or (file.branch if file else None)
        notice = await entry.create(
            CourtNotice,
            branch=branch,
            court=court,
            court_number=number,
            received_on=given.received_on,
            summary=summary,
            court_file_id=file.id if file else None,
            due_on=calendar.add(given.received_on, days) if days else None,
            file_id=scan.id if scan else None,
            recorded_by_id=actor.id,
            search=searchable(number, court, file.code if file else "", summary),
        )
        explained = f" {calendar.explain(given.received_on, days)}" if days else ""
        if file:
            await add_notice_deadline(entry, file, notice)
            await keep_next_date(entry, file)
        came = f"la notificación recibida el {given.received_on:%d/%m/%Y}"
        where = f" en el expediente judicial {file.code}" if file else ", todavía sin expediente"
        entry.about(file or notice, f"{actor.name} registró {came}{where}.{explained}")
        await _tell_of(entry, notice, file)
        return entry.answers(notice)


async def _refuse_twin(court: str, number: str, received_on: date, summary: str) -> None:
    rows = await CourtNotice.filter(received_on=received_on, court_number__iexact=number)
    wanted = (folded(court), folded(summary))
    if any((folded(row.court), folded(row.summary)) == wanted for row in rows):
        message = f"Esa notificación del {received_on:%d/%m/%Y} ya está registrada, con el mismo juzgado y resumen."
        raise Refusal(Problem(ErrorCode.CONFLICT, message, ("summary",)))


async def _tell_of(entry: Entry, notice: CourtNotice, file: CourtFile | None) -> None:
    people = await told(ids=[file.lawyer_id]) if file and file.lawyer_id else []
    people = people or await told(roles=[Role.LEGAL_HEAD])
    until = f" Debe responderse a más tardar el {notice.due_on:%d/%m/%Y}." if notice.due_on else ""
    where = f"en el expediente judicial {file.code}" if file else "que todavía no tiene expediente"
    entry.tell(
        [one for one in people if one[0] != entry.actor.email],
        key=f"court-notice:{notice.id}",
        subject=f"Notificación judicial {f'en el {file.code}' if file else 'sin expediente'}",
        body=f"El {notice.received_on:%d/%m/%Y} se recibió una notificación judicial {where}.{until}",
        court_file_id=file.id if file else None,
    )


async def answer_court_notice(
    *,
    actor: User,
    notice_id: int,
    answered_on: date,
    answer: str,
    file_id: int | None = None,
    document_id: int | None = None,
    court_file_id: int | None = None,
    expected_version: int | None = None,
) -> CourtNotice:
    """Note how a notice was answered, which settles its deadline; the paper of the answer goes to its file.

    `court_file_id` links a notice that has no file yet; `document_id` is a paper issued in the file.
    """
    checks = Checks()
    answer = checks.text(answer, "answer", label="cómo se respondió", most=4000)
    async with audited(Verb.ANSWER_COURT_NOTICE, actor=actor) as entry:
        notice = await reachable(CourtNotice, notice_id, actor, expected_version=expected_version, path="noticeId")
        if notice.answered_on:
            raise NotAllowedNow(f"Esa notificación ya se respondió, el {notice.answered_on:%d/%m/%Y}.")
        file = await _file_of(checks, notice, court_file_id, actor)
        checks.that(
            notice.received_on <= answered_on <= entry.today,
            "answeredOn",
            f"La fecha de respuesta va de la recepción, {notice.received_on:%d/%m/%Y}, a hoy.",
        )
        checks.that(file or not file_id, "fileId", "Indique primero a qué expediente pertenece la notificación.")
        if document_id is not None:
            issued = file and await OfficialDocument.exists(id=document_id, court_file_id=file.id, voided_on=None)
            checks.that(issued, "documentId", "Elija un documento emitido en ese expediente y sin anular.")
        checks.done()
        await entry.change(
            notice,
            answered_on=answered_on,
            answer=answer,
            document_id=document_id,
            court_file_id=file.id if file else None,
        )
        if file:
            if file_id:
                title = f"Respuesta a la notificación del {notice.received_on:%d/%m/%Y}"
                await _keep_paper(entry, file, file_id, title, answered_on)
            await _settle_deadline(entry, file, notice)
            await keep_next_date(entry, file)
        where = f" del expediente judicial {file.code}" if file else ""
        came = f"la notificación recibida el {notice.received_on:%d/%m/%Y}{where}"
        entry.about(file or notice, f"{actor.name} anotó la respuesta a {came}.")
        return entry.answers(notice)


async def _file_of(checks: Checks, notice: CourtNotice, court_file_id: int | None, actor: User) -> CourtFile | None:
    known = notice.court_file_id
    moved = known is not None and court_file_id is not None and court_file_id != known
    checks.that(not moved, "courtFileId", "La notificación ya pertenece a otro expediente.")
    if known is None and court_file_id is None:
        return None
    file = await reachable(CourtFile, known or court_file_id or 0, actor, path="courtFileId")
    words = f"La notificación es de materia {BRANCH_LABELS[notice.branch].lower()} y el expediente no."
    checks.that(file.branch == notice.branch, "courtFileId", words)
    return file


async def _settle_deadline(entry: Entry, file: CourtFile, notice: CourtNotice) -> None:
    """Settle the date that the notice brought; the file's other dates stay open."""
    own = CourtDate.filter(court_file_id=file.id, kind=CourtDateKind.DEADLINE, settled_on=None)
    own = own.filter(on_date=notice.due_on, counted_from=notice.received_on, title=answer_title(notice))
    brought = await own.order_by("id").first() if notice.due_on else None
    if brought:
        await entry.change(brought, settled_on=notice.answered_on, result=notice.answer)


async def add_court_paper(*, actor: User, court_file_id: int, file_id: int, title: str, dated_on: date) -> CourtPaper:
    """Keep a paper that came or went in a court file and was not issued here; a closed file takes papers too."""
    checks = Checks()
    title = checks.text(title, "title", label="qué documento es", most=200)
    async with audited(Verb.ADD_COURT_PAPER, actor=actor) as entry:
        file = await reachable(CourtFile, court_file_id, actor, path="courtFileId")
        past = OLDEST <= dated_on <= entry.today
        checks.that(past, "datedOn", f"La fecha del documento va del {OLDEST:%d/%m/%Y} a hoy.")
        checks.done()
        paper = await _keep_paper(entry, file, file_id, title, dated_on)
        await entry.touch(file)
        entry.about(file, f"{actor.name} agregó un documento al expediente judicial {file.code}.")
        return entry.answers(paper)


async def _keep_paper(entry: Entry, file: CourtFile, file_id: int, title: str, dated_on: date) -> CourtPaper:
    sent = await use_file(entry, file_id, entry.actor, "fileId")
    return await entry.create(
        CourtPaper,
        court_file_id=file.id,
        file_id=sent.id,
        title=title,
        dated_on=dated_on,
        recorded_by_id=entry.actor.id,
        recorded_at=entry.at,
    )
