"""Telling lawyers of the dates of their court files: one deed per batch, each rung told once to each address."""

from babel.dates import format_date

from actions.audited import audited
from actions.queueing import queue_notices
from actions.reminders import Told
from models.audit import Verb
from models.clock import today
from models.court import DATE_KIND_LABELS, CourtDateKind
from models.messages import NoticeTopic
from models.people import User
from reads.court_reminders import OVER, CourtMatter, DueDate, due_court_dates
from settings import settings


async def remind_court_dates(*, actor: User, matter: CourtMatter, after_id: int = 0, limit: int = 500) -> Told:
    """Queue what is due today about the next `limit` dates; twice in a row tells nothing twice.

    The messages carry code, date and hour, never a party, a subject or a court: they leave the house by mail.
    """
    page = await due_court_dates(matter, today(), after_id=after_id, limit=limit)
    if not page.due:
        return Told(0, page.after_id)
    async with audited(Verb.REMIND, actor=actor) as entry:
        # Asked again inside the gate: another engine may have told the same page a moment ago.
        page = await due_court_dates(matter, entry.today, after_id=after_id, limit=limit)
        messages = await queue_notices(
            [
                {
                    "key": due.key(address),
                    "recipient": address,
                    "recipient_name": name,
                    "subject": _subject(due),
                    "body": _body(due, name),
                    "topic": NoticeTopic.COURT,
                    "passing": True,
                    "event": _event(due),
                    "court_file_id": due.file_id,
                }
                for due in page.due
                for address, name in due.people
            ],
            entry.at,
        )
        entry.about(actor, f"Se prepararon {messages} avisos sobre {len(page.due)} fechas judiciales.")
    return Told(messages, page.after_id)


def _event(due: DueDate) -> dict[str, str]:
    """Return the date for the reader's calendar: day, hour and our own code, which name nobody."""
    what = _what(due)
    event = {"on": due.on_date.isoformat(), "title": f"{what[0].upper()}{what[1:]}"[:200]}
    event["uid"] = f"court-{due.matter.value}:{due.id}"
    return {**event, "at": due.at_time} if due.at_time else event


def _what(due: DueDate) -> str:
    if due.matter == CourtMatter.NOTICE:
        return "la respuesta a una notificación judicial"
    article = "la" if due.kind == CourtDateKind.HEARING else "el"
    return f"{article} {DATE_KIND_LABELS[due.kind].lower()} del expediente judicial {due.code}"


def _when(due: DueDate) -> str:
    hearing = due.kind == CourtDateKind.HEARING
    if due.rung == OVER:
        return f"{'pasó' if hearing else 'venció'} sin resultado anotado"
    far = "hoy" if due.rung == 0 else f"en {due.working_days} días hábiles"
    return f"{'es' if hearing else 'vence'} {'en un día hábil' if due.rung and due.working_days <= 1 else far}"


def _subject(due: DueDate) -> str:
    what = _what(due)
    return f"{what[0].upper()}{what[1:]} {_when(due)}"


def _body(due: DueDate, name: str) -> str:
    day = format_date(due.on_date, "EEEE d 'de' MMMM 'de' y", locale="es_GT")
    hour = f", a las {due.at_time}" if due.at_time else ""
    advice = (
        "Le rogamos anotar qué resultó, o la fecha nueva si se pospuso."
        if due.rung == OVER
        else "Los datos están en el expediente; por ser información reservada no se envían por correo."
    )
    place = f"judiciales/{due.code}" if due.code else "judiciales/notificaciones"
    return "\n\n".join(
        [
            f"{name}:",
            f"{_subject(due)}: {day}{hour}.",
            advice,
            f"Puede consultarlo en {settings().address()}/{place}",
        ]
    )
