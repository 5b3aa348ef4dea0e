"""Telling people that a deadline is near or past: one deed per batch, each deadline told once to each address."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from actions.audited import audited
from actions.reminders import Told
from models.audit import Verb
from models.calendar import working_days
from models.clock import today
from models.messages import NoticeTopic
from models.people import User
from reads.deadlines import Alarm, AlarmPage, Rung
from reads.escalation import alarms_of_conditions, alarms_of_files
from reads.signature_wait import alarms_of_signatures
from settings import settings

AT_SIGNATURE = 100
"""Files at signature in one deed."""

Read = Callable[..., Awaitable[AlarmPage]]


async def escalate_deadlines(*, actor: User, after_id: int = 0, limit: int = 200) -> Told:
    """Queue what the next `limit` files have to tell of deadlines: half-way, near, today, past, about to lapse."""
    return await _escalate(alarms_of_files, actor, after_id, limit)


async def escalate_conditions(*, actor: User, after_id: int = 0, limit: int = 200) -> Told:
    """Queue what the next `limit` conditions have to tell: put off to a day that passed, and not met."""
    return await _escalate(alarms_of_conditions, actor, after_id, limit)


async def escalate_signatures(*, actor: User, after_id: int = 0, limit: int = 200) -> Told:
    """Queue what the next `limit` files at signature have to tell: who has not signed for long, or what prevents it.

    At most `AT_SIGNATURE` of them: what prevents a signature is asked file by file, and the gate is not held for long.
    """
    return await _escalate(alarms_of_signatures, actor, after_id, min(limit, AT_SIGNATURE))


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
                topic=NoticeTopic.SIGNATURES if alarm.rung == Rung.SIGNATURES else NoticeTopic.DEADLINES,
                passing=True,
                event=_event(alarm),
                review_id=alarm.review_id,
            )
        # The notices themselves say who was told what: listed here they would only swell the sealed entry.
        entry.about(actor, f"Se prepararon {messages} avisos sobre {len(page.alarms)} plazos.")
    return Told(messages, page.after_id)


AHEAD = (Rung.HALFWAY, Rung.NEAR, Rung.DUE, Rung.ANSWER_HALFWAY, Rung.ANSWER_NEAR, Rung.ANSWER_DUE)
"""Rungs of a deadline that is still to come, which a calendar may note."""


def _event(alarm: Alarm) -> dict[str, Any] | None:
    """Return the date that matters, for the calendar; none when it has passed."""
    if alarm.rung in AHEAD:
        return {"on": alarm.due_on.isoformat(), "title": f"Vence el plazo del expediente {alarm.code}"}
    if alarm.rung == Rung.LAPSING and alarm.last_day:
        return {"on": alarm.last_day.isoformat(), "title": f"Último día para responder: expediente {alarm.code}"}
    return None


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _left(days: int) -> str:
    if days <= 0:
        return "vence hoy"
    return "falta 1 día hábil" if days == 1 else f"faltan {days} días hábiles"


def _passed(alarm: Alarm) -> str:
    """Say since when a deadline is past; on the weekend after it no working day has passed yet."""
    since = f", hace {working_days(alarm.days)}" if alarm.days > 0 else ""
    return f"el {_day(alarm.due_on)}{since}"


def _to_answer(days: int) -> str:
    if days <= 0:
        return "hoy vence el plazo para responder las observaciones"
    return f"{_left(days)} para responder las observaciones"


SUBJECTS: dict[Rung, Callable[[Alarm], str]] = {
    Rung.HALFWAY: lambda alarm: _left(alarm.days),
    Rung.NEAR: lambda alarm: _left(alarm.days),
    Rung.DUE: lambda alarm: _left(0),
    Rung.LATE: lambda alarm: f"el plazo venció {_passed(alarm)}",
    Rung.ANSWER_HALFWAY: lambda alarm: _to_answer(alarm.days),
    Rung.ANSWER_NEAR: lambda alarm: _to_answer(alarm.days),
    Rung.ANSWER_DUE: lambda alarm: _to_answer(0),
    Rung.UNANSWERED: lambda alarm: "las observaciones siguen sin respuesta",
    Rung.UNSENT: lambda alarm: "lo entregado todavía no se ha enviado",
    Rung.LAPSING: lambda alarm: f"si no se responde hasta el {_day(alarm.last_day)}, se tendrá por desistido",
    Rung.MAY_LAPSE: lambda alarm: "la solicitud puede tenerse por desistida",
    Rung.CONDITION: lambda alarm: "una condición aplazada no consta como cumplida",
    Rung.SIGNATURES: lambda alarm: f"sigue a la firma, desde hace {working_days(alarm.days)}",
}
"""What follows the file's code in the subject of each rung."""


def _subject(alarm: Alarm) -> str:
    return f"Expediente {alarm.code}: {SUBJECTS[alarm.rung](alarm)}"


STILL = "Todavía puede responderse: corrija lo observado y envíe el expediente de nuevo."


def _desk(alarm: Alarm) -> str:
    """Say how far the legal office's own term has come."""
    who = f"Está a cargo de {alarm.assignee}." if alarm.assignee else "Nadie lo tiene asignado."
    term = f"El plazo de la Asesoría Jurídica para el expediente {alarm.code}"
    if alarm.rung == Rung.LATE:
        return f"{term} venció {_passed(alarm)}. {who}"
    half = "pasó de la mitad y " if alarm.rung == Rung.HALFWAY else ""
    return f"{term} {half}termina el {_day(alarm.due_on)}: {_left(alarm.days)}. {who}"


def _answer(alarm: Alarm) -> str:
    """Say how far the term to answer the observations has come."""
    half = "pasó de la mitad y " if alarm.rung == Rung.ANSWER_HALFWAY else ""
    return (
        f"El plazo para responder las observaciones del expediente {alarm.code} {half}termina el "
        f"{_day(alarm.due_on)}: {_left(alarm.days)}. Corrija lo observado, entregue lo que falte y envíe el expediente "
        "de nuevo."
    )


def _unanswered(alarm: Alarm) -> str:
    """Say that the term to answer is over, and what follows for the office's own."""
    paused = f" Le quedan {working_days(alarm.paused_days)}." if alarm.paused_days else ""
    return (
        f"El plazo para responder las observaciones del expediente {alarm.code} venció {_passed(alarm)}. {STILL} "
        f"Mientras tanto, el reloj de la Asesoría Jurídica está detenido.{paused}"
    )


def _unsent(alarm: Alarm) -> str:
    binding = alarm.lapse is not None and alarm.lapse.confirmed
    judged = f" Si no se envía hasta el {_day(alarm.last_day)}, la jefatura decidirá si se tiene por desistida."
    return (
        f"El plazo para responder las observaciones del expediente {alarm.code} venció {_passed(alarm)}. Después de la "
        "devolución se entregó algo, pero la respuesta no se ha enviado: revise lo entregado y envíe el expediente de "
        f"nuevo.{judged if binding else ''}"
    )


def _lapsing(alarm: Alarm) -> str:
    return (
        f"El plazo para responder las observaciones del expediente {alarm.code} venció {_passed(alarm)}. Si nadie "
        f"responde a más tardar el {_day(alarm.last_day)}, la solicitud se tendrá por desistida: el expediente pasará "
        f"al archivo y habría que presentar una solicitud nueva. {STILL}"
    )


def _may_lapse(alarm: Alarm) -> str:
    lapse = alarm.lapse
    assert lapse, "only a file with a lapse is told of"
    if lapse.handed_in:
        why = "Después de la devolución se entregó algo sin enviar la respuesta, por eso el sistema no decide."
    elif not lapse.confirmed:
        why = "La Asesoría todavía no confirmó ese plazo, por eso el sistema no lo hace por su cuenta."
    else:
        why = "No hay a quién avisarle antes, por eso el sistema no lo hace por su cuenta."
    return (
        f"El plazo para responder las observaciones venció {_passed(alarm)}, y el {_day(lapse.last_day)} pasaron los "
        f"{working_days(lapse.days)} tras los que la solicitud puede tenerse por desistida. {why} Si procede, hágalo "
        "en la página del expediente."
    )


def _condition(alarm: Alarm) -> str:
    return (
        f"Esta condición del dictamen debía cumplirse a más tardar el {_day(alarm.due_on)}: {alarm.text} Si ya se "
        "cumplió, haga llegar la constancia a la Asesoría Jurídica."
    )


BODIES: dict[Rung, Callable[[Alarm], str]] = {
    **dict.fromkeys((Rung.HALFWAY, Rung.NEAR, Rung.DUE, Rung.LATE), _desk),
    **dict.fromkeys((Rung.ANSWER_HALFWAY, Rung.ANSWER_NEAR, Rung.ANSWER_DUE), _answer),
    Rung.UNANSWERED: _unanswered,
    Rung.UNSENT: _unsent,
    Rung.LAPSING: _lapsing,
    Rung.MAY_LAPSE: _may_lapse,
    Rung.CONDITION: _condition,
    Rung.SIGNATURES: lambda alarm: alarm.text,
}


def _body(alarm: Alarm) -> str:
    return BODIES[alarm.rung](alarm)
