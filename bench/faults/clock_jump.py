"""Fault: the machine is off for ten days, and agreements end around those days."""

import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from bench.faults import prefect_records
from bench.faults.plant import ENGINE, until
from bench.faults.scene import towns
from bench.faults.trial import Trial, newest_notice
from bench.faults.verdict import Row, at_rest, engine_kills, judge
from models.agreements import Convention
from models.outbox import Reminder

LADDER = (90, 60, 30, 15, 0, -15)
"""Days before the end at which people are told, as the office begins."""

ENDINGS = (50, 40, 26, 25, 12, 11, 10, 8, 7, 5, -3, -8)
"""Days from the bench's first day until each agreement ends."""

AWAY = 10
"""Days that the machine is off."""


async def agreements_that_end(trial: Trial) -> None:
    """Prepare the agreements, before the machine is first switched on."""
    trial.ending = [town.convention_id for days in ENDINGS for town in await towns(1, ends_in=days)]


def words(days: int) -> str:
    """Return how people are told of an end so many days ahead, or behind."""
    near = {0: "vence hoy", 1: "vence mañana", -1: "venció ayer"}
    return near.get(days) or (f"vence en {days} días" if days > 0 else f"venció hace {-days} días")


def owed(ends_on: date, days: Sequence[date]) -> list[str]:
    """Return what a person is told of an end when the engine ran on these days: the last rung reached, each once."""
    told: dict[int, str] = {}
    for day in days:
        left = (ends_on - day).days
        if reached := [rung for rung in LADDER if left <= rung]:
            told.setdefault(reached[-1], words(left))
    return list(told.values())


async def clock_jump(trial: Trial) -> Row:
    """Let ten days go by while the machine is off; then go the round of reminders twice, on one day."""
    await trial.on()
    began, since, before = time.monotonic(), await newest_notice(), len(trial.killed)
    row = Row(f"machine off for {AWAY} days", trial.database)
    await trial.off(for_days=AWAY)
    for kills in range(2):
        if kills:
            await at_rest()
            trial.plant.kill(ENGINE)
        gone = prefect_records.rounds("reminders")
        await trial.on()
        await until(lambda gone=gone: prefect_records.rounds("reminders") > gone, "a round of reminders")
    row.kills = 1
    await judge(row, [], trial.box, engine_kills(trial.killed[before:]), since)
    for convention in await Convention.filter(id__in=trial.ending).order_by("id"):
        row.started += 1
        row.ended += await _told(row, convention, owed(convention.ends_on, trial.days))
    row.seconds = time.monotonic() - began
    return row


async def _told(row: Row, convention: Convention, wanted: Sequence[str]) -> bool:
    """Compare what each person was told of an agreement's end with what is owed, in order."""
    heard: dict[str, list[str]] = defaultdict(list)
    for rung in await Reminder.filter(convention_id=convention.id).order_by("id").select_related("notice"):
        heard[rung.recipient].append(rung.notice.subject)
    if not heard and wanted:
        row.miss(f"all reminders of {convention.number}")
    whole = True
    for person, subjects in heard.items():
        for phrase in wanted:
            row.compare(f"«{phrase}» of {convention.number} to {person}", _holding(subjects, phrase), 1, 1)
        if len(subjects) > len(wanted):
            row.twice(f"reminders of {convention.number} to {person}: {subjects}, owed {wanted}")
        whole &= len(subjects) == len(wanted) and all(map(_holds, subjects, wanted))
    return whole and bool(heard or not wanted)


def _holds(subject: str, phrase: str) -> bool:
    return subject.endswith(phrase)


def _holding(subjects: Sequence[str], phrase: str) -> int:
    return sum(_holds(subject, phrase) for subject in subjects)
