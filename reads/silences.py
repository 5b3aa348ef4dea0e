"""Alarms that a person silenced: which silence holds on a date, for what."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from tortoise.expressions import Q

from models.alarms import AlarmCode, AlarmSilence
from models.people import User
from models.permissions import within
from reads.alarm_words import Alarm
from reads.paging import Row

SILENCE = (
    "id", "code", "center_id", "convention_id", "reason", "since", "until", "silenced_by_id", "lifted_on",
    "lifted_by_id", "version",
)  # fmt: skip
"""Columns that the API shows of a silence."""


def silent_is(on: date) -> Q:
    """Return the filter of the silences that hold on a date."""
    return Q(Q(lifted_on__isnull=True) | Q(lifted_on__gt=on), since__lte=on, until__gte=on)


Held = dict[tuple[str, int | None, int | None], Row]
"""Silences by code, center and convention."""


async def held_silences(on: date) -> Held:
    """Return the silences that hold on a date; there are few, so that one statement reads them all."""
    found = {}
    for row in await AlarmSilence.filter(silent_is(on)).order_by("id").values(*SILENCE):
        found[row["code"], row["center_id"], row["convention_id"]] = row
    return found


async def silent_now(on: date) -> Callable[[AlarmCode, int | None, int | None], bool]:
    """Return what tells whether an alarm of a center or of a convention, by its code, is silent on a date."""
    held = await held_silences(on)
    return lambda code, center, convention: (code, center, convention) in held


async def silences_held(ids: Sequence[int], actor: User, *, on: date) -> dict[int, Held]:
    """Return the silences that hold on a date, the same for every center that asks: a loader reads them once."""
    return dict.fromkeys(ids, await held_silences(on))


def silenced(alarms: Iterable[Alarm], held: Held) -> list[Alarm]:
    """Return the alarms, those that are silent with their silence."""
    return [replace(one, silence=found) if (found := _of(one, held)) else one for one in alarms]


def _of(alarm: Alarm, held: Held) -> Row | None:
    if alarm.convention:
        return held.get((alarm.code, None, alarm.convention["id"]))
    return held.get((alarm.code, alarm.center["id"], None)) if alarm.center else None


async def silences_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the silences among these in reach."""
    return {
        row["id"]: row for row in await AlarmSilence.filter(within(AlarmSilence, actor), id__in=ids).values(*SILENCE)
    }
