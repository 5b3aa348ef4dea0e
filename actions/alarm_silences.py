"""Silencing an alarm until a day, with a reason, and wanting to hear of it again. Nothing is ever deleted."""

from datetime import date

from actions.audited import Entry, audited, reachable
from actions.refusals import Checks, NotAllowedNow
from models.agreements import Convention
from models.alarms import ALARM_LABELS, AlarmCode, AlarmSilence
from models.audit import Verb
from models.centers import Center
from models.people import User
from reads.alarm_words import Alarm
from reads.alarms import alarms_by_center, alarms_by_convention
from reads.silences import held_silences, silenced

LONGEST_REASON = 500

Subject = Center | Convention
"""What an alarm that can be silenced is about."""


def last_silent_day(on: date) -> date:
    """Return the last day until which an alarm may be silenced on a date: one year ahead."""
    if on.year == date.max.year:
        return date.max
    return on.replace(year=on.year + 1, day=28) if (on.month, on.day) == (2, 29) else on.replace(year=on.year + 1)


async def silence_alarm(
    *, actor: User, code: AlarmCode, subject: type[Subject], subject_id: int, reason: str, until: date
) -> AlarmSilence:
    """Silence an alarm of a center or of a convention until a day, at most a year ahead; today counts.

    Any may be silenced, the most pressing too: it stays on the list of those that are silent, with who and why. Only
    one that there is today; the refusal says so.
    """
    checks = Checks()
    reason = checks.text(reason, "reason", label="por qué no hace falta oír de ella", most=LONGEST_REASON)
    async with audited(Verb.SILENCE_ALARM, actor=actor) as entry:
        last = last_silent_day(entry.today)
        checks.that(entry.today <= until <= last, "until", f"La fecha va de hoy al {last:%d/%m/%Y}: un año a lo sumo.")
        of: Subject = await reachable(subject, subject_id, actor, path="subjectId")
        checks.done()
        label = ALARM_LABELS[code]
        found = [one for one in await _alarms(of, actor, entry.today) if one.code == code]
        if not found:
            raise NotAllowedNow(f"Hoy no hay una alarma «{label}» de {_named(of)}: no hay qué silenciar.")
        if held := found[0].silence:
            day = f"{held['until']:%d/%m/%Y}"
            raise NotAllowedNow(f"Esa alarma ya está en silencio hasta el {day}. Levántelo primero para poner otro.")
        made = await entry.create(
            AlarmSilence,
            code=code,
            center_id=of.pk if isinstance(of, Center) else None,
            convention_id=of.pk if isinstance(of, Convention) else None,
            reason=reason,
            since=entry.today,
            until=until,
            silenced_by_id=actor.id,
        )
        entry.about(of, f"{actor.name} silenció la alarma «{label}» hasta el {until:%d/%m/%Y}: {reason}")
        return entry.answers(made)


async def _alarms(of: Subject, actor: User, on: date) -> list[Alarm]:
    if isinstance(of, Center):
        return [one for one in (await alarms_by_center([of.id], actor, on=on))[of.id] if one.center]
    found = (await alarms_by_convention([of.pk], actor, on=on)).get(of.pk, [])
    return silenced(found, await held_silences(on))


def _named(of: Subject) -> str:
    return f"«{of.name}»" if isinstance(of, Center) else of.number


async def lift_silence(*, actor: User, silence_id: int, expected_version: int | None = None) -> AlarmSilence:
    """End a silence today: the alarm sounds again if it still holds. The silence stays on record."""
    async with audited(Verb.LIFT_SILENCE, actor=actor) as entry:
        silence = await reachable(AlarmSilence, silence_id, actor, expected_version=expected_version, path="silenceId")
        if silence.lifted_on:
            raise NotAllowedNow(f"Ese silencio ya se levantó el {silence.lifted_on:%d/%m/%Y}.")
        if silence.until < entry.today:
            raise NotAllowedNow(f"Ese silencio terminó el {silence.until:%d/%m/%Y}: no hay qué levantar.")
        await entry.change(silence, lifted_on=entry.today, lifted_by_id=actor.id)
        await _name_subject(entry, silence)
        return entry.answers(silence)


async def _name_subject(entry: Entry, silence: AlarmSilence) -> None:
    of: Subject = await (
        Center.get(id=silence.center_id) if silence.center_id else Convention.get(id=silence.convention_id)
    )
    label = ALARM_LABELS[silence.code]
    entry.about(of, f"{entry.actor.name} levantó el silencio de la alarma «{label}» de {_named(of)}.")
