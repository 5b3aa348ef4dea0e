"""Counting alarms in the database comes to what making each of them does, whatever the records and whoever asks."""

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from models.agreements import AgreementStage, Convention, LeaseNature
from models.alarms import AlarmCode
from models.centers import Attendance, AttendanceCorrection, Center, CenterEventKind, CenterState, TenureBasis
from models.conventions import Amendment, Commitment
from models.people import Role
from models.places import OfficeHolder, ProgramCode
from models.signing import Side, Signature
from reads.alarms import alarm_counts_by_department, alarms_in_reach
from tests import builders
from tests.builders import CHAMELCO, MIXCO
from tests.conftest import Clock

pytestmark = [pytest.mark.usefixtures("db", "clock"), pytest.mark.both_databases]
TOWNS = (CHAMELCO, "1601", MIXCO)
PROGRAMS = (ProgramCode.MAD, ProgramCode.HC)
CENTERS, CONVENTIONS = 30, 90


async def records(chance: Random, on: date) -> None:
    """Write centers and agreements at random: near every edge, and across towns and programs as slips have it."""
    await builders.places()

    def day(spread: int = 400) -> date:
        # Edges, where a day decides, as often as anything else.
        edges = (-1, 0, 1, 89, 90, 91)
        return on + timedelta(days=chance.choice(edges) if chance.random() < 0.5 else chance.randint(-spread, spread))

    def term() -> dict[str, Any]:
        ends_on = day() if chance.random() < 0.9 else None
        starts_on = min(day(700) - timedelta(days=200), ends_on or date.max)
        ended = chance.random() < 0.15 and ends_on and starts_on < ends_on
        stage = chance.choice([AgreementStage.SIGNED] * 5 + [AgreementStage.WITHDRAWN, AgreementStage.IN_REVIEW])
        if ended and stage == AgreementStage.SIGNED:
            early = max(starts_on + timedelta(days=1), min(day(), ends_on or date.max))
            return {"starts_on": starts_on, "ends_on": ends_on, "stage": AgreementStage.TERMINATED} | {
                "terminated_on": early
            }
        return {"starts_on": starts_on, "ends_on": ends_on, "stage": stage}

    lawyer = await builders.person(Role.LEGAL)
    for town in TOWNS:
        values = {"position": "Alcalde", "gender": "M", "municipality_id": town}
        await OfficeHolder.create(name="Uno", since=on - timedelta(days=900), until=on - timedelta(days=100), **values)
        await OfficeHolder.create(name="Dos", since=on - timedelta(days=99), **values)
    centers: list[Center] = []
    for n in range(CENTERS):
        made = await builders.center(
            f"Centro {n}", at=chance.choice(TOWNS), program=chance.choice(PROGRAMS),
            capacity=chance.choice([None, 20, 36]), state=chance.choice([*[CenterState.OPEN] * 4, *CenterState]),
            state_since=chance.choice([None, None, date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 2)]),
            premises=chance.choice([None] * 5 + [TenureBasis.OWN_BUILDING]),
        )  # fmt: skip
        centers.append(made)
        for month in (date(2025, 6, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 3, 1)):
            if chance.random() < 0.4:
                await builders.attendance(made, month, men=chance.choice([5, 11]), women=25)
        for _ in range(chance.choice([0, 1, 2])):
            ends_on = day(900)
            starts_on = ends_on - timedelta(days=chance.randint(1, 900))
            await builders.sanitary_license(made, starts_on=starts_on, ends_on=ends_on)
        if chance.random() < 0.7:
            nature = chance.choice(list(LeaseNature))
            await builders.lease(made, nature=nature, monthly_rent=None, **term())
        if chance.random() < 0.6:
            visit = await builders.visit(made, visited_on=on - timedelta(days=30))
            for _ in range(2):
                await builders.finding(visit, due_on=day(20), resolved_on=chance.choice([None, on]))
        if chance.random() < 0.3:
            await builders.silence(made, chance.choice(list(AlarmCode)))
    before = None
    for _ in range(CONVENTIONS):
        covered = chance.sample(centers, chance.choice([0, 1, 1, 2]))
        program = chance.choice([*PROGRAMS, *PROGRAMS, ProgramCode.MUJER])
        more = {"renews": before} if chance.random() < 0.3 else {}
        of = await builders.convention(at=chance.choice(TOWNS), program=program, centers=covered, **more, **term())
        before = of if of.stage == AgreementStage.SIGNED else None
        if chance.random() < 0.2:
            await builders.further_party(of, at=chance.choice(TOWNS))
        if chance.random() < 0.3:
            await Signature.create(
                convention=of, side=Side.COUNTERPART, signer_name="Uno", capacity="x", place="x", recorded_by=lawyer,
                signed_on=on - timedelta(days=chance.choice([98, 99, 100, 101, 300])),
            )  # fmt: skip
        if chance.random() < 0.3:
            await Commitment.create(convention=of, party="SOSEP", item="x", due_on=day(5))
            await Commitment.create(convention=of, party="SOSEP", item="x", due_on=day(5), fulfilled_on=on)
        if chance.random() < 0.1:
            await builders.silence(
                None, chance.choice([AlarmCode.CONVENTION_WITHOUT_CENTER, AlarmCode.MAYOR_CHANGED]), convention=of
            )


async def changes(chance: Random, on: date) -> None:
    """Change a part of it after a date: extensions, signatures, centers that moved, closed or opened, corrections."""
    who = await builders.person(Role.LEGAL)
    for of in await Convention.filter(stage=AgreementStage.SIGNED, ends_on__isnull=False).order_by("id"):
        assert of.ends_on
        assert of.starts_on
        if chance.random() < 0.15 and of.starts_on < of.ends_on:
            await Amendment.create(
                convention=of, ordinal=1, motive="x", signed_on=on + timedelta(days=1), new_ends_on=of.ends_on,
                old_ends_on=max(of.ends_on - timedelta(days=chance.choice([30, 300])), of.starts_on),
            )  # fmt: skip
        elif chance.random() < 0.1:
            await Signature.create(
                convention=of, side=Side.SOSEP, signer_name="x", capacity="x", place="x", recorded_by=who,
                signed_on=on + timedelta(days=1),
            )  # fmt: skip
    kinds: list[tuple[CenterEventKind, dict[str, Any]]] = [
        (CenterEventKind.MOVE, {"municipality_id": MIXCO}),
        (CenterEventKind.CLOSING, {"state": "OPEN", "state_since": None}),
        (CenterEventKind.REDUCTION, {"capacity": 60}),
        (CenterEventKind.OPENING, {}),
    ]
    for of in await Center.all().order_by("id"):
        if chance.random() < 0.3:
            kind, before = chance.choice(kinds)
            more = {"happened_on": on + timedelta(days=1), "before": before, "recorded_by": who}
            await builders.center_event(of, kind, **more)
    for month in await Attendance.all().order_by("id"):
        if chance.random() < 0.1:
            await AttendanceCorrection.create(
                attendance=month, men_before=50, women_before=0, men=month.men, women=month.women, reason="x",
                corrected_on=on + timedelta(days=1), corrected_by=who,
            )  # fmt: skip


async def test_counting_is_making_them_all(clock: Clock) -> None:
    await records(Random(28), clock.today)
    seen = await compared(clock.today)
    # Every kind took part, or the comparison would say little.
    assert seen.keys() == {one.value for one in AlarmCode}
    # The days after, with deeds that change what this one was.
    await changes(Random(28), clock.today)
    on = clock.today
    clock.move_to(on + timedelta(days=30))
    assert sum((await compared(on)).values()) != sum(seen.values())
    for edge in (date.min, date(2025, 1, 1), date.max):
        await compared(edge)


async def compared(on: date) -> Counter[str]:
    """Count the alarms of everybody both ways, which must agree; return how many there are of each kind."""
    people = [await builders.person(role) for role in (Role.LEGAL, Role.AUDITOR)]
    people += [await builders.person(Role.DIRECTOR, program=program) for program in (*PROGRAMS, ProgramCode.MUJER)]
    people += [await builders.person(role, at=at) for role in (Role.COORDINATOR, Role.MUNICIPAL) for at in TOWNS]
    seen: Counter[str] = Counter()
    for person in people:
        made = [one for one in await alarms_in_reach(person, on=on) if one.silence is None]
        expected = Counter(one.place[:2] for one in made)
        assert await alarm_counts_by_department(person, on) == expected, (on, person.role, person.program)
        seen.update(one.code.value for one in made)
    return seen
