"""Telling people that a deadline is near or past: one deed per batch, each deadline told once to each address."""

from collections.abc import Awaitable, Callable
from datetime import date

from actions.audited import audited
from actions.reminders import Told
from models.audit import Verb
from models.calendar import working_days
from models.clock import today
from models.messages import NoticeTopic
from models.people import User
from reads.escalation import Alarm, AlarmPage, Rung, alarms_of_conditions, alarms_of_files
from settings import settings

Read = Callable[..., Awaitable[AlarmPage]]


async def escalate_deadlines(*, actor: User, after_id: int = 0, limit: int = 200) -> Told:
    """Queue what the next `limit` files have to tell: a deadline near or past, a return that nobody answered."""
    return await _escalate(alarms_of_files, actor, after_id, limit)


async def escalate_conditions(*, actor: User, after_id: int = 0, limit: int = 200) -> Told:
    """Queue what the next `limit` conditions have to tell: put off to a day that passed, and not met."""
    return await _escalate(alarms_of_conditions, actor, after_id, limit)


async def _escalate(read: Read, actor: User, after_id: int, limit: int) -> Told:
    page = await read(actor, today(), after_id=after_id, limit=limit)
    if not page.alarms:
        return Told(0, page.after_id)
    async with audited(Verb.ESCALATE, actor=actor) as entry:
        # Asked again inside the gate: another engine may have told the same page a moment ago.
        page = await read(actor, entry.today, after_id=after_id, limit=limit)
        messages = 0
        for alarm in page.alarms:
            messages += len(alarm.people)
            entry.tell(
                alarm.people,
                key=alarm.key,
                subject=_subject(alarm),
                body=f"{alarm.title}\n\n{_body(alarm)}\n\n{settings().address()}/expedientes/{alarm.code}",
                topic=NoticeTopic.DEADLINES,
                passing=True,
                review_id=alarm.review_id,
            )
        # The notices themselves say who was told what: listed here they would only swell the sealed entry.
        entry.about(actor, f"Se prepararon {messages} avisos sobre {len(page.alarms)} plazos.")
    return Told(messages, page.after_id)


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _left(days: int) -> str:
    if days <= 0:
        return "vence hoy"
    return "falta 1 día hábil" if days == 1 else f"faltan {days} días hábiles"


def _passed(alarm: Alarm) -> str:
    """Say since when a deadline is past; on the weekend after it no working day has passed yet."""
    since = f", hace {working_days(alarm.days)}" if alarm.days > 0 else ""
    return f"el {_day(alarm.due_on)}{since}"


def _subject(alarm: Alarm) -> str:
    return {
        Rung.NEAR: f"Expediente {alarm.code}: {_left(alarm.days)}",
        Rung.LATE: f"Expediente {alarm.code}: el plazo venció {_passed(alarm)}",
        Rung.UNANSWERED: f"Expediente {alarm.code}: las observaciones siguen sin respuesta",
        Rung.CONDITION: f"Expediente {alarm.code}: una condición aplazada no consta como cumplida",
    }[alarm.rung]


def _body(alarm: Alarm) -> str:
    who = f"Está a cargo de {alarm.assignee}." if alarm.assignee else "Nadie lo tiene asignado."
    paused = f" Le quedan {working_days(alarm.paused_days)}." if alarm.paused_days else ""
    return {
        Rung.NEAR: (
            f"El plazo de la Asesoría Jurídica para el expediente {alarm.code} termina el {_day(alarm.due_on)}: "
            f"{_left(alarm.days)}. {who}"
        ),
        Rung.LATE: f"El plazo de la Asesoría Jurídica para el expediente {alarm.code} venció {_passed(alarm)}. {who}",
        Rung.UNANSWERED: (
            f"El plazo para responder las observaciones del expediente {alarm.code} venció {_passed(alarm)}. Todavía "
            "puede responderse: corrija lo observado y envíe el expediente de nuevo. Mientras tanto, el reloj de la "
            f"Asesoría Jurídica está detenido.{paused}"
        ),
        Rung.CONDITION: (
            f"Esta condición del dictamen debía cumplirse a más tardar el {_day(alarm.due_on)}: {alarm.text} Si ya se "
            "cumplió, haga llegar la constancia a la Asesoría Jurídica."
        ),
    }[alarm.rung]
