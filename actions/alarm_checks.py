"""The nightly pass over all alarms: which are new, which are gone; and one message a person for the new ones.

Computing is a read; noting what changed since the last pass is a deed for each batch that changed anything. Done
twice, or again after it was killed halfway, the second time finds nothing to note and nobody to tell.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tortoise.expressions import Q

from actions.audited import audited
from models.agreements import Convention
from models.alarms import ALARM_LABELS, SEVERITY_LABELS, AlarmRecord, Severity
from models.audit import Verb
from models.centers import Center
from models.clock import today
from models.messages import NoticeTopic
from models.people import Role, User
from models.permissions import within
from reads.alarm_records import TOLD, open_records, told_up_to
from reads.alarm_words import OF_LEGAL, Alarm
from reads.alarms import alarms_of_listings, own_alarms_of_centers, own_alarms_of_conventions
from reads.silences import silent_now
from settings import settings

NAMED = 20
"""Alarms that a message names; of more it tells how many there are of each kind besides."""


class Round(StrEnum):
    """What a pass goes through, one after the other."""

    CENTERS = "CENTERS"
    CONVENTIONS = "CONVENTIONS"
    LISTINGS = "LISTINGS"


@dataclass(frozen=True)
class Checked:
    """What one batch came to, and where the next begins (None: this round is through)."""

    looked_at: int
    raised: int
    ended: int
    after_id: int | None


async def check_alarms(*, actor: User, round: Round, after_id: int = 0, limit: int = 500) -> Checked:
    """Compare the alarms of the next `limit` centers or conventions with those that the last pass saw."""
    ids = await _next(round, after_id, limit)
    found, known = await _alarms(round, ids, actor, today()), await open_records(_about(round, ids))
    raised, ended = _difference(found, known)
    if raised or ended:
        async with audited(Verb.CHECK_ALARMS, actor=actor) as entry:
            # Asked again inside the gate: another engine may have noted the same a moment ago.
            found, known = await _alarms(round, ids, actor, entry.today), await open_records(_about(round, ids))
            raised, ended = _difference(found, known)
            await AlarmRecord.bulk_create([_record(one, entry.today) for one in raised], batch_size=200)
            await AlarmRecord.filter(id__in=[one.id for one in ended]).update(ended_on=entry.today)
            entry.about(actor, f"La revisión de alarmas encontró {len(raised)} nuevas y {len(ended)} que ya no son.")
    more = round != Round.LISTINGS and len(ids) == limit
    return Checked(len(ids), len(raised), len(ended), ids[-1] if more else None)


async def _next(round: Round, after_id: int, limit: int) -> list[int]:
    if round == Round.LISTINGS:
        return []
    model = Center if round == Round.CENTERS else Convention
    rows = await model.filter(id__gt=after_id).order_by("id").limit(limit).values("id")
    return [row["id"] for row in rows]


async def _alarms(round: Round, ids: Sequence[int], actor: User, on: date) -> list[Alarm]:
    if round == Round.LISTINGS:
        return await alarms_of_listings(on)
    read = own_alarms_of_centers if round == Round.CENTERS else own_alarms_of_conventions
    return await read(ids, actor, on=on)


def _about(round: Round, ids: Sequence[int]) -> Q:
    """Return the filter of the records about these; ids come in order, and none between them is another's."""
    if round == Round.LISTINGS:
        return Q(center_id__isnull=True, convention_id__isnull=True)
    if not ids:
        return Q(id__in=[])
    if round == Round.CENTERS:
        return Q(center_id__gte=ids[0], center_id__lte=ids[-1])
    return Q(convention_id__gte=ids[0], convention_id__lte=ids[-1])


def _difference(found: Sequence[Alarm], known: Sequence[AlarmRecord]) -> tuple[list[Alarm], list[AlarmRecord]]:
    """Return what is seen for the first time, and what is seen no more."""
    seen, noted = {one.key: one for one in found}, {one.key for one in known}
    return [one for key, one in seen.items() if key not in noted], [one for one in known if one.key not in seen]


def _record(alarm: Alarm, on: date) -> AlarmRecord:
    return AlarmRecord(
        key=alarm.key,
        code=alarm.code,
        severity=alarm.severity,
        center_id=alarm.center["id"] if alarm.center else None,
        convention_id=alarm.convention["id"] if alarm.convention else None,
        message=alarm.message,
        seen_on=on,
    )


async def tell_of_alarms(*, actor: User) -> int:
    """Owe each director and coordinator one message with what is new in reach since the last; return how many people.

    The heads of the legal office are told of what that office attends to. Once a night: what a second pass of the
    same night finds is told the next. Silenced alarms are told to nobody.
    """
    if not await _owed(today()):
        return 0
    async with audited(Verb.CHECK_ALARMS, actor=actor) as entry:
        owed = await _owed(entry.today)
        for person, rows in owed:
            key = f"{TOLD}:{entry.today:%Y%m%d}:{max(row.id for row in rows)}"
            subject, body = f"{_many(rows)} de centros y convenios", _body(person.name, rows)
            entry.tell([(person.email, person.name)], key=key, subject=subject, body=body, topic=NoticeTopic.ALARMS)
        entry.about(actor, f"Se avisó de las alarmas nuevas a {len(owed)} personas.")
    return len(owed)


async def _owed(on: date) -> list[tuple[User, list[AlarmRecord]]]:
    """Return who is to be told, and of what."""
    people = await User.filter(role__in=(Role.DIRECTOR, Role.COORDINATOR, Role.LEGAL_HEAD), active=True).order_by("id")
    told, silent = await told_up_to([one.email for one in people]), await silent_now(on)
    found = []
    for person in people:
        night, after = told.get(person.email, ("", 0))
        # Whoever was told tonight is told of the rest tomorrow.
        rows = await _new(person, after) if night != f"{on:%Y%m%d}" else []
        sounding = [row for row in rows if not silent(row.code, row.center_id, row.convention_id)]
        if sounding:
            found.append((person, sounding))
    return found


async def _new(person: User, after: int) -> list[AlarmRecord]:
    rows = AlarmRecord.filter(within(AlarmRecord, person), id__gt=after, ended_on__isnull=True)
    if person.role == Role.LEGAL_HEAD:
        rows = rows.filter(code__in=list(OF_LEGAL))
    found = await rows.select_related("center", "convention").order_by("id")
    return sorted(found, key=lambda row: (list(Severity).index(row.severity), row.id))


def _many(rows: Sequence[AlarmRecord]) -> str:
    return "1 alarma nueva" if len(rows) == 1 else f"{len(rows)} alarmas nuevas"


def _body(name: str, rows: Sequence[AlarmRecord]) -> str:
    lines = [f"- {SEVERITY_LABELS[row.severity]}: {_said(row)}" for row in rows[:NAMED]]
    parts = [f"{name}:", f"La revisión de esta noche encontró {_many(rows)} en lo que usted lleva:", "\n".join(lines)]
    if rest := Counter(row.code for row in rows[NAMED:]):
        more = [f"- {ALARM_LABELS[code]}: {count}" for code, count in rest.most_common()]
        parts.append("Y además:\n" + "\n".join(more))
    where = f"{settings().address()}/alarmas"
    return "\n\n".join([*parts, f"Quién atiende cada una y cómo se quita está en {where}"])


def _said(row: AlarmRecord) -> str:
    """Name what it is about and its kind: its own sentence may name what the reader must not see, but for listings."""
    if row.center_id:
        return f"{row.center.name} ({row.center.code}): {ALARM_LABELS[row.code]}."
    return f"convenio {row.convention.number}: {ALARM_LABELS[row.code]}." if row.convention_id else row.message
