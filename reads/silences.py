"""Alarms that a person silenced: which silence holds on a date, for what."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from tortoise.expressions import Q, Subquery

from models.agreements import Convention
from models.alarms import AlarmSilence
from models.centers import Center
from models.people import User
from models.permissions import SEES_ALL, within
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


async def with_silences(alarms: Iterable[Alarm], *, on: date) -> list[Alarm]:
    """Return the alarms, those that are silent on a date with their silence; one statement however many they are."""
    held: dict[tuple[str, int | None, int | None], Row] = {}
    for row in await AlarmSilence.filter(silent_is(on)).order_by("id").values(*SILENCE):
        held[row["code"], row["center_id"], row["convention_id"]] = row
    return [replace(one, silence=_of(one, held)) for one in alarms] if held else list(alarms)


def _of(alarm: Alarm, held: dict[tuple[str, int | None, int | None], Row]) -> Row | None:
    if alarm.convention:
        return held.get((alarm.code, None, alarm.convention["id"]))
    return held.get((alarm.code, alarm.center["id"], None)) if alarm.center else None


def silences_within(actor: User) -> Q:
    """Return the filter of the silences of the centers and conventions in a person's reach."""
    if actor.role in SEES_ALL:
        return Q()
    centers = Subquery(Center.filter(within(Center, actor)).values("id"))
    conventions = Subquery(Convention.filter(within(Convention, actor)).values("id"))
    return Q(Q(center_id__in=centers), Q(convention_id__in=conventions), join_type="OR")


async def silences_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the silences among these in reach."""
    return {row["id"]: row for row in await AlarmSilence.filter(silences_within(actor), id__in=ids).values(*SILENCE)}
