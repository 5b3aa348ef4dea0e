"""What the deeds on court files share about dates: the next one, the deadline of a notice, the calendar that counts."""

from actions.audited import Entry
from models.calendar import WorkingCalendar
from models.court import CourtDate, CourtDateKind, CourtFile, CourtNotice, CourtStage
from reads.calendar import working_calendar
from reads.court import seat_of


async def calendar_of(file: CourtFile | None) -> WorkingCalendar:
    """Return the calendar of the town where a file's court sits; of the capital when no department is noted."""
    return await working_calendar(seat_of(file.department_id if file else None))


async def keep_next_date(entry: Entry, file: CourtFile) -> None:
    """Keep the file's next date in step with its open dates, and raise its version: what hangs on it changed."""
    nearest = await CourtDate.filter(court_file_id=file.id, settled_on=None).order_by("on_date", "id").first()
    next_on = nearest.on_date if nearest else None
    if file.next_on == next_on:
        await entry.touch(file)
    else:
        await entry.change(file, next_on=next_on)


def answer_title(notice: CourtNotice) -> str:
    """Return what the deadline of a notice is called among the dates of its file."""
    return f"Responder la notificación: {notice.summary}"[:200]


async def add_notice_deadline(entry: Entry, file: CourtFile, notice: CourtNotice) -> None:
    """Put the day by which a notice must be answered among the dates of its file, unless the file is closed."""
    if not notice.due_on or notice.answered_on or file.stage == CourtStage.CLOSED:
        return
    calendar = await calendar_of(file)
    await entry.create(
        CourtDate,
        court_file_id=file.id,
        kind=CourtDateKind.DEADLINE,
        on_date=notice.due_on,
        title=answer_title(notice),
        counted_from=notice.received_on,
        counted_days=calendar.between(notice.received_on, notice.due_on),
    )
