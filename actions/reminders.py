"""Telling people that an agreement nears its end: one deed per batch, each rung told once to each address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date

from actions.audited import audited
from actions.queueing import notice_ids, queue_notices
from models.agreements import ends_in_words
from models.audit import Verb
from models.clock import today
from models.ladders import Instrument
from models.messages import NoticeTopic
from models.outbox import Reminder
from models.people import User
from reads.parties import listed
from reads.reminders import Due, due_reminders
from settings import settings

WORDS = {
    Instrument.CONVENTION: ("el convenio", "convenios"),
    Instrument.LEASE: ("el arrendamiento", "arrendamientos y adscripciones"),
    Instrument.LICENSE: ("la licencia sanitaria", "licencias sanitarias"),
}

MOST_NAMED = 4
"""Lines of a checklist that a message names; the page has them all."""


@dataclass(frozen=True)
class Told:
    """What one batch told: how many messages were queued, and where the next batch starts (None: all done)."""

    messages: int
    after_id: int | None


async def remind(*, actor: User, instrument: Instrument, after_id: int = 0, limit: int = 500) -> Told:
    """Queue the reminders due today for the next `limit` agreements of a kind; twice in a row tells nothing twice."""
    page = await due_reminders(instrument, today(), after_id=after_id, limit=limit)
    if not page.due:
        return Told(0, page.after_id)
    async with audited(Verb.REMIND, actor=actor) as entry:
        # Asked again inside the gate: another engine may have told the same page a moment ago.
        page = await due_reminders(instrument, entry.today, after_id=after_id, limit=limit)
        messages = await queue_notices(
            [
                {
                    "key": _key(due, address),
                    "recipient": address,
                    "recipient_name": name,
                    "subject": _subject(due, entry.today),
                    "body": _body(due, name, entry.today),
                    "topic": NoticeTopic.DEADLINES,
                    "passing": True,
                    "event": {"on": due.ends_on.isoformat(), "title": f"Vence {_what(due)} {due.number}"},
                    **_matter(due),
                }
                for due in page.due
                for address, name in due.people
            ],
            entry.at,
        )
        ids = await notice_ids([_key(due, address) for due in page.due for address, _ in due.people])
        await Reminder.bulk_create(
            [
                Reminder(
                    rung=due.rung.days,
                    unit=due.rung.unit,
                    due_on=due.due_on,
                    recipient=address,
                    notice_id=ids[_key(due, address)],
                    **_matter(due),
                )
                for due in page.due
                for address, _ in due.people
            ],
            batch_size=200,
        )
        # The rows themselves say who was told what: a thousand of them would only swell the sealed entry.
        entry.about(
            actor, f"Se prepararon {messages} avisos de vencimiento sobre {len(page.due)} {WORDS[instrument][1]}."
        )
    return Told(messages, page.after_id)


def _key(due: Due, address: str) -> str:
    rung = f"{due.rung.days}{due.rung.unit.value[0]}"
    return f"end:{due.instrument.value}:{due.id}:{due.ends_on:%Y%m%d}:{rung}:{address}"


def _matter(due: Due) -> dict[str, Any]:
    return {f"{due.instrument.value}_id": due.id}


def when_it_ends(ends_on: date, on: date) -> str:
    """Say in Spanish when something ends, seen from a date: «vence en 30 días», «vence hoy», «venció ayer»."""
    days = (ends_on - on).days
    nearby = {1: "vence mañana", 0: "vence hoy", -1: "venció ayer"}
    return nearby.get(days) or ends_in_words(days)


def _what(due: Due) -> str:
    """Name in words what ends, before its number."""
    return "la adscripción" if due.assigned else WORDS[due.instrument][0]


def _subject(due: Due, on: date) -> str:
    what = _what(due)
    return f"{what[0].upper()}{what[1:]} {due.number} {when_it_ends(due.ends_on, on)}"[:200]


def _body(due: Due, name: str, on: date) -> str:
    what = _what(due)
    place = f" ({due.place})" if due.place else ""
    day = format_date(due.ends_on, "d 'de' MMMM 'de' y", locale="es_GT")
    first = f"{what[0].upper()}{what[1:]} {due.number}{place} {when_it_ends(due.ends_on, on)}: "
    first += f"su último día de vigencia {'fue' if due.ends_on < on else 'es'} el {day}."
    parts = [f"{name}:", first, _advice(due, over=due.ends_on < on)]
    if due.asked and not due.renewal:
        parts.append(f"Para solicitarla se pide: {asked_in_words(due.asked)}.")
    return "\n\n".join([*parts, f"{_invitation(due)} {settings().address()}{_page(due)}"])


def asked_in_words(titles: Sequence[str]) -> str:
    """Name what is asked for in a few words: the first lines, and how many more there are."""
    named = [title[0].lower() + title[1:] if title[1:2].islower() else title for title in titles[:MOST_NAMED]]
    more = len(titles) - len(named)
    if more:
        named.append(f"{more} requisitos más" if more > 1 else "un requisito más")
    return listed(named)


def _page(due: Due) -> str:
    """Return the page where a renewal is asked for, or where the record is read while one is under way."""
    if due.renewal:
        return f"/expedientes/{due.renewal}"
    return {
        Instrument.CONVENTION: f"/convenios/{due.number}/renovar",
        Instrument.LEASE: f"/arrendamientos/{due.number}",
        Instrument.LICENSE: f"/licencias/{due.number}",
    }[due.instrument]


def _invitation(due: Due) -> str:
    return "Puede seguirla en" if due.renewal else "La lista completa y la solicitud están en"


def _advice(due: Due, *, over: bool) -> str:
    if due.renewal:
        return (
            f"Su renovación {due.renewal} está en trámite; no necesita pedirla de nuevo. "
            "Si el expediente espera algo de su parte, le rogamos atenderlo cuanto antes."
        )
    if due.instrument == Instrument.CONVENTION:
        if over:
            return "No consta una renovación. Un convenio vencido no se prorroga: le rogamos solicitar uno nuevo."
        return (
            "Si desea continuarlo, le rogamos solicitar la renovación con tiempo: la revisión legal toma varios días."
        )
    if due.instrument == Instrument.LEASE:
        if over:
            return "No consta otro instrumento para el inmueble. Le rogamos informar cómo continuará su uso."
        if due.assigned:
            return "Le rogamos solicitar con tiempo su renovación, o prever otro inmueble."
        return "Le rogamos iniciar con tiempo el trámite del nuevo arrendamiento o prever otro inmueble."
    if over:
        return "No consta una licencia nueva. Le rogamos gestionarla ante el MSPAS y registrar la que se obtenga."
    return "Le rogamos gestionar con tiempo su renovación ante el MSPAS."
