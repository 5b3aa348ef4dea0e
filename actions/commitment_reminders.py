"""Telling people of promises near or past their day: one deed per batch, each rung told once to each address."""

from babel.dates import format_date

from actions.audited import audited
from actions.queueing import queue_notices
from actions.reminders import Told, when_it_ends
from models.audit import Verb
from models.clock import today
from models.messages import NoticeTopic
from models.people import User
from models.signing import Side
from reads.commitment_reminders import DueCommitment, due_commitments
from settings import settings


async def remind_commitments(*, actor: User, after_id: int = 0, limit: int = 500) -> Told:
    """Queue what is due today about the next `limit` promises; twice in a row tells nothing twice."""
    page = await due_commitments(today(), after_id=after_id, limit=limit)
    if not page.due:
        return Told(0, page.after_id)
    async with audited(Verb.REMIND, actor=actor) as entry:
        # Asked again inside the gate: another engine may have told the same page a moment ago.
        page = await due_commitments(entry.today, after_id=after_id, limit=limit)
        messages = await queue_notices(
            [
                {
                    "key": due.key(address),
                    "recipient": address,
                    "recipient_name": name,
                    "subject": f"Compromiso del convenio {due.number}: {when_it_ends(due.due_on, entry.today)}"[:200],
                    "body": _body(due, name),
                    "topic": NoticeTopic.DEADLINES,
                    "passing": True,
                    "convention_id": due.convention_id,
                }
                for due in page.due
                for address, name in due.people
            ],
            entry.at,
        )
        entry.about(actor, f"Se prepararon {messages} avisos sobre {len(page.due)} compromisos.")
    return Told(messages, page.after_id)


def _body(due: DueCommitment, name: str) -> str:
    day = format_date(due.due_on, "d 'de' MMMM 'de' y", locale="es_GT")
    whose = "SOSEP" if due.party == Side.SOSEP else "la contraparte"
    first = f"Convenio {due.number}, con {due.parties}. Compromiso de {whose}: {due.item}."
    advice = (
        f"{'Debía' if due.rung < 0 else 'Debe'} cumplirse a más tardar el {day}. Si ya se cumplió, le rogamos anotarlo."
    )
    return "\n\n".join([f"{name}:", first, advice, f"Puede hacerlo en {settings().address()}/compromisos"])
