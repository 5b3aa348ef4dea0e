"""Deeds of a center that is on record: noted with the act that orders them, annulled when noted by mistake."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from actions.audited import Entry, audited, reachable, refuse_beyond_reach
from actions.centers import act_of, center_words, check_capacity, check_day, check_premises, place_words, town_of
from actions.files import use_file
from actions.refusals import Checks, ErrorCode, NotAllowedNow, Problem, Refusal
from models.audit import Verb
from models.centers import EVENT_LABELS, POSSIBLE_IN, Center, CenterEvent, CenterEventKind, CenterState, TenureBasis
from models.people import User
from reads.center_agreements import bound_to_place
from reads.center_history import columns_from, counting_deeds, first_month

CAPACITY = (CenterEventKind.ENLARGEMENT, CenterEventKind.REDUCTION)
PLACING = (CenterEventKind.OPENING, CenterEventKind.MOVE, CenterEventKind.PREMISES)
REASONED = (CenterEventKind.REDUCTION, CenterEventKind.SUSPENSION, CenterEventKind.CLOSING)
"""Deeds that take something away from people: they are told why."""

LEAVES = {
    CenterEventKind.SUSPENSION: CenterState.SUSPENDED,
    CenterEventKind.REOPENING: CenterState.OPEN,
    CenterEventKind.CLOSING: CenterState.CLOSED,
}
"""The state in which a deed leaves a center; the others leave it as it was."""

STATE_WORDS = {
    CenterState.OPEN: "en funcionamiento",
    CenterState.SUSPENDED: "suspendido",
    CenterState.CLOSED: "cerrado",
}


@dataclass(frozen=True)
class Deed:
    """What happens to a center, as its act says. What the kind does not change stays empty."""

    kind: CenterEventKind
    happened_on: date
    act: str
    reason: str = ""
    capacity: int | None = None
    """The new one, of an enlargement or reduction."""
    municipality: str = ""
    """Of a move: name or INE code; empty when it stays in its municipality."""
    settlement: str = ""
    address: str = ""
    premises: TenureBasis | None = None
    """Own building or assignment, of an opening, a move or of this alone; empty (but for an opening): neither now."""
    file_id: int | None = None


async def record_center_event(
    *, actor: User, center_id: int, deed: Deed, expected_version: int | None = None
) -> CenterEvent:
    """Note a deed of a center, which from now on is as the deed leaves it.

    Refuses what cannot have happened: on a day before the last deed or still to come, to a center in another state.
    """
    checks = Checks()
    act = act_of(checks, deed.act)
    reason = checks.text(deed.reason, "reason", label="el motivo", most=2000, required=deed.kind in REASONED)
    async with audited(Verb.RECORD_CENTER_EVENT, actor=actor) as entry:
        center = await reachable(Center, center_id, actor, expected_version=expected_version, path="centerId")
        earlier = await counting_deeds(center.id)
        _refuse_wrong_state(center, deed.kind, earlier)
        if check_day(checks, deed.happened_on, entry, "happenedOn"):
            await _check_order(checks, center, deed, earlier)
        changes = await _changes(checks, center, deed, earlier)
        checks.done()
        before = {name: getattr(center, name) for name in changes}
        file = await use_file(entry, deed.file_id, actor, "fileId") if deed.file_id else None
        made = await entry.create(
            CenterEvent,
            center_id=center.id,
            kind=deed.kind,
            happened_on=deed.happened_on,
            act=act,
            reason=reason,
            file_id=file.id if file else None,
            before=_kept(before),
            after=_kept(changes),
            recorded_at=entry.at,
            recorded_by_id=actor.id,
        )
        await _set(entry, center, changes)
        await refuse_beyond_reach(center, actor, Verb.RECORD_CENTER_EVENT)
        what = f"{EVENT_LABELS[deed.kind]} de {center.name} desde el {deed.happened_on:%d/%m/%Y} ({act})"
        entry.about(center, f"{actor.name} anotó: {what}.")
        return entry.answers(made)


async def annul_center_event(
    *, actor: User, event_id: int, reason: str, expected_version: int | None = None
) -> CenterEvent:
    """Annul the last deed of a center, noted by mistake: it counts for nothing on any day, and undoes what it changed.

    `expected_version` is the center's. Refuses when a later deed, or an agreement made since, stands on it.
    """
    checks = Checks()
    reason = checks.text(reason, "reason", label="por qué se anula", most=2000)
    checks.done()
    async with audited(Verb.ANNUL_CENTER_EVENT, actor=actor) as entry:
        event = await reachable(CenterEvent, event_id, actor, path="eventId")
        center = await reachable(Center, event.center_id, actor, expected_version=expected_version, path="eventId")
        words = f"{EVENT_LABELS[event.kind]} del {event.happened_on:%d/%m/%Y}"
        if event.annulled_on:
            raise NotAllowedNow(f"Ese acto ({words}) ya se anuló el {event.annulled_on:%d/%m/%Y}.")
        last = (await counting_deeds(center.id))[-1]
        if last.id != event.id:
            after = f"{EVENT_LABELS[last.kind].lower()} del {last.happened_on:%d/%m/%Y}"
            raise NotAllowedNow(f"Después se anotó otro acto: {after}. Solo se anula el último; anule antes ese.")
        before, left = columns_from(event.before), columns_from(event.after)
        if any(getattr(center, name) != left.get(name) for name in before):
            raise NotAllowedNow(f"{center.name} ya no está como lo dejó ese acto: anote uno nuevo que lo corrija.")
        town = before.get("municipality_id", center.municipality_id)
        if town != center.municipality_id and (bound := await bound_to_place(center, event.happened_on)):
            raise NotAllowedNow(f"No se puede anular el traslado: {bound} se hizo ya para el lugar nuevo.")
        await entry.change(event, annulled_on=entry.today, annulled_reason=reason, annulled_by_id=actor.id)
        await _set(entry, center, before)
        await refuse_beyond_reach(center, actor, Verb.ANNUL_CENTER_EVENT)
        entry.about(center, f"{actor.name} anuló un acto de {center.name}, anotado por error: {words} ({event.act}).")
        return entry.answers(event)


async def _set(entry: Entry, center: Center, columns: Mapping[str, Any]) -> None:
    """Write columns of a center; its version rises even where nothing differs, for the forms that are open."""
    await entry.note(center, **columns)
    await entry.touch(center)


def _kept(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns as a deed keeps them."""
    plain = {name: value.value if isinstance(value, Enum) else value for name, value in columns.items()}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in plain.items()}


def _refuse_wrong_state(center: Center, kind: CenterEventKind, earlier: list[CenterEvent]) -> None:
    if kind == CenterEventKind.OPENING:
        opening = next((one for one in earlier if one.kind == kind), None)
        if opening is None:
            return
        message = f"La apertura de {center.name} ya consta: el {opening.happened_on:%d/%m/%Y} ({opening.act})."
    elif center.state in POSSIBLE_IN[kind]:
        return
    else:
        since = f" desde el {center.state_since:%d/%m/%Y}" if center.state_since else ""
        message = f"{center.name} está {STATE_WORDS[center.state]}{since}: no cabe anotar «{EVENT_LABELS[kind]}»."
    raise Refusal(Problem(ErrorCode.NOT_ALLOWED_NOW, message, ("kind",)))


async def _check_order(checks: Checks, center: Center, deed: Deed, earlier: list[CenterEvent]) -> None:
    """Note a day that contradicts what is on record of the center."""
    day, path = deed.happened_on, "happenedOn"
    since = center.state_since
    if deed.kind != CenterEventKind.OPENING:
        last = earlier[-1] if earlier else None
        if last:
            said = f"El último acto es del {last.happened_on:%d/%m/%Y} ({EVENT_LABELS[last.kind].lower()})"
            checks.that(day >= last.happened_on, path, f"{said}: este no puede ser anterior.")
        if since and not (last and day < last.happened_on):
            words = f"{center.name} está {STATE_WORDS[center.state]} desde el {since:%d/%m/%Y}"
            checks.that(day >= since, path, f"{words}: el acto no puede ser anterior.")
        return
    if earlier:
        said = f"Ya consta un acto del {earlier[0].happened_on:%d/%m/%Y} ({EVENT_LABELS[earlier[0].kind].lower()})"
        checks.that(day <= earlier[0].happened_on, path, f"{said}: la apertura no puede ser posterior.")
    elif since:
        words = f"{center.name} está {STATE_WORDS[center.state]} desde el {since:%d/%m/%Y}"
        checks.that(day <= since, path, f"{words}: la apertura no puede ser posterior.")
    month = await first_month(center.id)
    if month and day.replace(day=1) > month:
        words = f"Ya hay asistencia informada de {month:%m/%Y}: la apertura no puede ser posterior."
        checks.that(False, path, words)


async def _changes(checks: Checks, center: Center, deed: Deed, earlier: list[CenterEvent]) -> dict[str, Any]:
    """Return the columns that a deed changes; note what is wrong with them."""
    kind = deed.kind
    if kind not in CAPACITY:
        checks.that(deed.capacity is None, "capacity", "La capacidad solo se escribe en una ampliación o reducción.")
    if kind != CenterEventKind.MOVE:
        for path, text in (
            ("municipalityCode", deed.municipality),
            ("settlement", deed.settlement),
            ("address", deed.address),
        ):
            checks.that(not text.strip(), path, "El lugar solo se escribe en un traslado.")
    if kind not in PLACING:
        words = "Si el inmueble es propio o adscrito solo se escribe en una apertura, un traslado o en un acto de eso."
        checks.that(deed.premises is None, "premises", words)
    check_premises(checks, deed.premises)
    if kind in CAPACITY:
        return _new_capacity(checks, center, deed)
    if kind == CenterEventKind.MOVE:
        return await _new_place(checks, center, deed)
    if kind == CenterEventKind.PREMISES:
        words = "Así consta ya: elija otra cosa."
        checks.that(deed.premises != center.premises, "premises", words)
        return {"premises": deed.premises}
    if kind == CenterEventKind.OPENING:
        return _opened(checks, center, deed, earlier)
    return {"state": LEAVES[kind], "state_since": deed.happened_on}


def _opened(checks: Checks, center: Center, deed: Deed, earlier: list[CenterEvent]) -> dict[str, Any]:
    """Return what an opening that is noted later tells of a center to which nothing happened since."""
    if earlier:
        words = "Ya constan otros actos: anote aparte que el inmueble es propio o adscrito."
        checks.that(deed.premises is None, "premises", words)
        return {}
    known: dict[str, Any] = {"premises": deed.premises} if deed.premises else {}
    if center.state == CenterState.OPEN and center.state_since is None:
        known["state_since"] = deed.happened_on
    return known


def _new_capacity(checks: Checks, center: Center, deed: Deed) -> dict[str, Any]:
    new, old = deed.capacity, center.capacity
    if not checks.that(new is not None, "capacity", "Escriba la capacidad nueva, en personas.") or new is None:
        return {}
    check_capacity(checks, new)
    if old is not None:
        more = deed.kind == CenterEventKind.ENLARGEMENT
        which = "mayor" if more else "menor"
        words = f"La capacidad en registro es de {old}: la {EVENT_LABELS[deed.kind].lower()} pide una {which}."
        checks.that(new > old if more else new < old, "capacity", words)
    return {"capacity": new}


async def _new_place(checks: Checks, center: Center, deed: Deed) -> dict[str, Any]:
    place: dict[str, Any] = dict(place_words(checks, deed.settlement, deed.address))
    if deed.municipality.strip():
        town = await town_of(checks, deed.municipality)
        if town is None:
            return {}
        if town.code != center.municipality_id:
            place["municipality_id"] = town.code
            place["search"] = center_words(center.code, center.name, town.name, town.department.name)
    told = any(text.strip() for text in (deed.municipality, deed.settlement, deed.address))
    same = all(getattr(center, name) == value for name, value in place.items())
    words = "Escriba adónde se traslada: otro municipio, otra zona o aldea, u otra dirección."
    checks.that(told and not same, "municipalityCode", words)
    place["premises"] = deed.premises
    return {name: value for name, value in place.items() if getattr(center, name) != value}
