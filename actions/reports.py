"""Issuing the annual report: its tables, its chapter and its workbook as they are today, kept for good."""

from datetime import date

from actions.audited import audited
from actions.files import keep_bytes, made_file
from actions.refusals import Checks, ErrorCode, Forbidden, Problem, Refusal
from actions.report_papers import chapter_of, word_of, workbook_of
from documents.media_types import EXCEL, WORD
from models.audit import Verb
from models.clock import today
from models.people import User
from models.permissions import may
from models.publications import IssuedReport
from reads.issued_reports import editions, kept
from reads.report import annual_report
from reads.report_tables import period_in_words

LONGEST_NOTE = 2000


async def issue_report(*, actor: User, first: date, last: date, note: str | None = None) -> IssuedReport:
    """Issue the report of a period that has ended, both days included, as its next edition.

    Refuses a period that is reversed or not over yet, and the slower of two that are issued at once.
    """
    checks = Checks()
    said = checks.text(note, "note", label="la nota", most=LONGEST_NOTE, required=False)
    checks.that(first <= last, "to", "El período termina antes de empezar: revise las dos fechas.")
    over = "El período todavía no termina: emita el informe hasta una fecha que ya pasó, o hasta hoy."
    checks.that(last <= today(), "to", over)
    checks.done()
    if not may(actor, Verb.ISSUE_REPORT):
        raise Forbidden(Verb.ISSUE_REPORT.value)
    # Counted and made before the gate, where everybody waits. Should somebody issue the same edition meanwhile, this
    # one is refused.
    tables = await annual_report(actor, first, last)
    edition = await editions(first, last) + 1
    chapter = chapter_of(first, last, edition=edition)
    made = [(await word_of(chapter, tables), "docx", WORD), (await workbook_of(chapter, tables), "xlsx", EXCEL)]
    hashes = [await keep_bytes(data) for data, _, _ in made]
    async with audited(Verb.ISSUE_REPORT, actor=actor) as entry:
        if await editions(first, last) + 1 != edition:
            message = "Otra persona emitió este informe a la vez. Véalo, y emita otra edición si hace falta."
            raise Refusal(Problem(ErrorCode.CONFLICT, message))
        name = f"informe-{first}-{last}-edicion-{edition}"
        word, workbook = [
            await made_file(sha256, f"{name}.{extension}", kind, size=len(data), by=actor.id, at=entry.at)
            for (data, extension, kind), sha256 in zip(made, hashes, strict=True)
        ]
        # The trail keeps the hash of the paper instead of every cell of it.
        report = await IssuedReport.create(
            first_day=first,
            last_day=last,
            edition=edition,
            tables=[kept(table) for table in tables],
            note=said,
            word_id=word.id,
            workbook_id=workbook.id,
            issued_at=entry.at,
            issued_by_id=actor.id,
        )
        which = f"el informe {period_in_words(first, last)}, edición {edition}"
        entry.about(report, f"{actor.name} emitió {which}. Huella del Word: {word.sha256}.")
        return entry.answers(report)
