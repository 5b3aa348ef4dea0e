"""What may be wrong with conventions on a date: no center on record, a mayor who did not sign, promises not kept."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial

from models.agreements import Convention
from models.alarms import AlarmCode, Severity
from models.conventions import Commitment
from models.people import User
from models.permissions import SEES_ALL, within
from models.places import ProgramCode
from models.signing import Side
from reads.alarm_words import Alarm
from reads.commitments import overdue_is
from reads.holder_changes import HolderChange, mayors_changed
from reads.paging import Row

WITH_CENTERS = (ProgramCode.MAD, ProgramCode.HC)
"""Programs that run centers: a convention of another covers none by its nature."""

CONVENTION_FACTS = ("id", "number", "program", "municipality_id", "institution_id")
"""Columns of a convention that tell whose an alarm is."""


async def alarms_of_conventions(
    live: Sequence[Row], actor: User, *, on: date, ids: Sequence[int] | None = None
) -> dict[int, list[Alarm]]:
    """Return the alarms on a date of the conventions in reach, of these or of all.

    `live` are the conventions in force then, read before. The number of statements does not depend on how many.
    """
    known = {row["id"]: row for row in live if row["shown"]}
    overdue = await _overdue(ids, on)
    # What is promised is owed after the term too.
    missing = [one for one in overdue if one not in known]
    if missing:
        rows = Convention.filter(id__in=missing)
        rows = rows if actor.role in SEES_ALL else rows.filter(within(Convention, actor))
        known |= {row["id"]: row for row in await rows.values(*CONVENTION_FACTS)}
    changes = await mayors_changed(sorted({row["id"] for row in live}) if ids is not None else None, on=on)
    in_force = {row["id"] for row in live}
    changes = {one: found for one, found in changes.items() if one in in_force}
    alone = [row for row in live if row["center"] is None and row["shown"]]
    found: dict[int, list[Alarm]] = {}
    for one in (*_without_center(alone), *_mayors(changes, known), *_commitments(overdue, known)):
        assert one.convention
        found.setdefault(one.convention["id"], []).append(one)
    return found


def _without_center(alone: Sequence[Row]) -> Iterator[Alarm]:
    for row in alone:
        if row["program"] in WITH_CENTERS and row["municipality_id"]:
            yield Alarm(
                AlarmCode.CONVENTION_WITHOUT_CENTER, Severity.WARNING, row["starts_on"],
                partial(_alone, row),
                f"/convenios/{row['number']}", convention=row,
            )  # fmt: skip


def _alone(convention: Row) -> str:
    return f"El convenio {convention['number']} rige sin centro en registro; por verificar."


def _changed(change: HolderChange) -> str:
    return change.message


def _mayors(changes: dict[int, list[HolderChange]], known: dict[int, Row]) -> Iterator[Alarm]:
    for one, found in changes.items():
        for change in found:
            if row := known.get(one):
                yield Alarm(
                    AlarmCode.MAYOR_CHANGED, Severity.WARNING, change.since, partial(_changed, change),
                    f"/convenios/{row['number']}", convention=row, about=change.office[0] or "",
                )  # fmt: skip


async def _overdue(ids: Sequence[int] | None, on: date) -> dict[int, list[Row]]:
    rows = Commitment.filter(overdue_is(on))
    if ids is not None:
        rows = rows.filter(convention_id__in=ids)
    found: dict[int, list[Row]] = {}
    for row in await rows.order_by("due_on", "id").values("convention_id", "party", "due_on", "item"):
        found.setdefault(row["convention_id"], []).append(row)
    return found


def _commitments(overdue: dict[int, list[Row]], known: dict[int, Row]) -> Iterator[Alarm]:
    for one, owed in overdue.items():
        if row := known.get(one):
            sides = {promise["party"] for promise in owed}
            yield Alarm(
                AlarmCode.COMMITMENT_OVERDUE, Severity.WARNING, owed[0]["due_on"] + timedelta(days=1),
                partial(_promised, row, owed), f"/convenios/{row['number']}", convention=row,
                owed_by=Side(sides.pop()) if len(sides) == 1 else None,
            )  # fmt: skip


def _promised(convention: Row, owed: Sequence[Row]) -> str:
    many = "Un compromiso" if len(owed) == 1 else f"{len(owed)} compromisos"
    passed = "pasó de su fecha" if len(owed) == 1 else "pasaron de su fecha"
    return f"{many} del convenio {convention['number']} {passed} sin que conste que se cumplió: {owed[0]['item']}."
