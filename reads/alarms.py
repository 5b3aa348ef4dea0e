"""Every alarm as of a date, computed from the records and never stored: of centers, conventions, public listings."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from models.alarms import AlarmCode, Severity
from models.centers import Center
from models.fields import folded
from models.people import User
from models.permissions import SEES_ALL, within
from models.publications import LISTING_NAMES
from reads.alarm_counts import Otherwise, count_unchanged, what_was_otherwise
from reads.alarm_words import Alarm
from reads.center_alarms import CENTER_FACTS, alarms_of_centers, center_facts
from reads.center_history import centers_past
from reads.convention_alarms import alarms_of_conventions
from reads.matching import LONGEST_SEARCH
from reads.silences import held_silences, silenced
from reads.tenure import live_conventions
from reads.transparency import StaleListing, stale_listings


@dataclass(frozen=True)
class AlarmQuery:
    """Which alarms are wanted; what is empty does not narrow."""

    code: list[AlarmCode] = field(default_factory=list)
    severity: list[Severity] = field(default_factory=list)
    program: str | None = None
    department_code: str | None = None
    municipality_code: str | None = None
    silenced: bool = False
    """Those that are silent on the date, instead of those that are not."""
    search: str | None = None


async def alarms_by_center(ids: Sequence[int], actor: User, *, on: date) -> dict[int, list[Alarm]]:
    """Return the alarms of each center as of a date, the most pressing first, silenced ones with their silence.

    With those of the center itself come those of the conventions in force that cover it, as far as they are in reach.
    """
    centers = list((await center_facts(ids, actor, on=on)).values())
    live = await live_conventions(actor, on=on, centers=ids)
    own = await alarms_of_centers(centers, live, actor, on=on)
    covering = await alarms_of_conventions(live, actor, on=on, ids=sorted({row["id"] for row in live}))
    every = silenced([one for some in (own, covering) for of in some.values() for one in of], await held_silences(on))
    found: dict[int, list[Alarm]] = defaultdict(list)
    covered = defaultdict(list)
    for row in live:
        covered[row["id"]].append(row["center"])
    for alarm in every:
        if alarm.center:
            found[alarm.center["id"]].append(alarm)
        elif alarm.convention:
            for center in covered[alarm.convention["id"]]:
                # A center that raises no alarms of its own because it is closed raises none of its convention's.
                if center in own:
                    found[center].append(alarm)
    return {one: sorted(found[one], key=lambda alarm: alarm.rank[0]) for one in ids}


async def alarms_by_convention(ids: Sequence[int], actor: User, *, on: date) -> dict[int, list[Alarm]]:
    """Return the alarms as of a date of the conventions among these in reach, without a word of their silences."""
    return await alarms_of_conventions(await live_conventions(actor, on=on, ids=ids), actor, on=on, ids=ids)


async def own_alarms_of_centers(ids: Sequence[int], actor: User, *, on: date) -> list[Alarm]:
    """Return the alarms of these centers themselves as of a date, for the nightly pass: without their conventions'."""
    centers = list((await center_facts(ids, actor, on=on)).values())
    live = await live_conventions(actor, on=on, centers=ids)
    return [one for some in (await alarms_of_centers(centers, live, actor, on=on)).values() for one in some]


async def own_alarms_of_conventions(ids: Sequence[int], actor: User, *, on: date) -> list[Alarm]:
    """Return the alarms of these conventions as of a date, for the nightly pass."""
    return [one for some in (await alarms_by_convention(ids, actor, on=on)).values() for one in some]


async def alarms_of_listings(on: date) -> list[Alarm]:
    """Return the alarms of the public listings as of a date."""
    return [_stale(one, on) for one in await stale_listings(on)]


async def alarms_in_reach(actor: User, *, on: date) -> list[Alarm]:
    """Return every alarm in a person's reach as of a date, silenced ones with their silence.

    One pass: the number of statements does not depend on how many centers and conventions there are.
    """
    rows = await Center.filter(within(Center, actor)).values(*CENTER_FACTS)
    centers = (await centers_past(on=on)).of_all(rows)
    live = await live_conventions(actor, on=on)
    own = await alarms_of_centers(centers, live, actor, on=on)
    others = await alarms_of_conventions(live, actor, on=on)
    found = [one for some in (own, others) for of in some.values() for one in of]
    if actor.role in SEES_ALL:
        found += await alarms_of_listings(on)
    return silenced(found, await held_silences(on))


def _stale(one: StaleListing, on: date) -> Alarm:
    days = one.days(on)
    told = "nunca se ha publicado" if days is None else f"se publicó hace {days} días"
    message = f"El listado público de {LISTING_NAMES[one.listing]} {told}: debe publicarse de nuevo."
    link = "/administracion/transparencia"
    return Alarm(AlarmCode.LISTING_STALE, Severity.WARNING, None, lambda: message, link, about=one.listing.value)


async def alarms_wanted(actor: User, query: AlarmQuery, *, on: date) -> list[Alarm]:
    """Return the alarms in reach that are asked for, the most pressing first, of those the oldest first."""
    words = folded((query.search or "")[:LONGEST_SEARCH]).split()
    wanted = [
        one
        for one in await alarms_in_reach(actor, on=on)
        if (one.silence is not None) == query.silenced
        and (not query.code or one.code in query.code)
        and (not query.severity or one.severity in query.severity)
        and (not query.program or one.program == query.program)
        and (not query.department_code or one.place[:2] == query.department_code)
        and (not query.municipality_code or one.place == query.municipality_code)
        and (not words or _holds(one, words))
    ]
    return sorted(wanted, key=lambda one: one.rank)


def _holds(alarm: Alarm, words: list[str]) -> bool:
    center, convention = alarm.center or {}, alarm.convention or {}
    text = folded(center.get("name"), center.get("code"), convention.get("number"), alarm.message)
    return all(word in text for word in words)


async def alarm_counts_by_department(actor: User, on: date) -> Counter[str]:
    """Count the alarms in a person's reach as of a date by department code; silenced ones do not count.

    For agreementStats and the map. Each alarm counts once, where its center or its convention's municipality is: as
    many as `alarms(filter: {departmentCode})` lists. Those of conventions with institutions and of public listings
    are of no department and stand under "".
    """
    but = await what_was_otherwise(on)
    found: Counter[str] = Counter()
    for town, many in (await count_unchanged(actor, on, but)).items():
        found[town[:2]] += many
    found.update(one.place[:2] for one in await _changed_later(actor, on, but) if one.silence is None)
    found[""] += len(await stale_listings(on)) if actor.role in SEES_ALL else 0
    return +found


async def _changed_later(actor: User, on: date, but: Otherwise) -> list[Alarm]:
    """Return the alarms of the centers and conventions in reach that later deeds changed, but for commitments."""
    found: list[Alarm] = []
    if but.centers:
        rows = await Center.filter(within(Center, actor), id__in=list(but.centers)).values("id")
        found += await own_alarms_of_centers([row["id"] for row in rows], actor, on=on)
    if but.conventions:
        every = await own_alarms_of_conventions(list(but.conventions), actor, on=on)
        found += [one for one in every if one.code != AlarmCode.COMMITMENT_OVERDUE]
    return silenced(found, await held_silences(on)) if found else []
