"""People attended as of a date: the latest month, whole periods, and last year's figures after a correction."""

from datetime import date

import pytest

from models.centers import Attendance, AttendanceCorrection, Center
from models.people import Role, User
from reads.attendance import attendance_by_center, attendance_by_month, attendance_during, corrections_by_attendance
from tests import builders
from tests.conftest import FreshDatabase
from tests.test_centers_read import counting

pytestmark = pytest.mark.usefixtures("db", "clock")


async def year(of: Center, *months: tuple[int, int]) -> list[Attendance]:
    """Note months of 2025 in a center, (month, men); 20 women in each."""
    return [await builders.attendance(of, date(2025, month, 1), men=men, women=20) for month, men in months]


async def seen(of: Center, person: User, on: date) -> tuple[date, int, int] | None:
    """Return month, men and women of a center as of a date."""
    row = (await attendance_by_center([of.id], person, on=on)).get(of.id)
    return (row["month"], row["men"], row["women"]) if row else None


@pytest.mark.both_databases
async def test_the_latest_month_up_to_a_date(db: FreshDatabase) -> None:
    director = await builders.person(Role.DIRECTOR)
    one, other, silent = [await builders.center() for _ in range(3)]
    await year(one, (1, 1), (3, 3), (12, 12))
    await year(other, (2, 2))

    for on, months in [
        (date(2024, 12, 31), {}),
        (date(2025, 1, 1), {one.id: 1}),
        (date(2025, 2, 28), {one.id: 1, other.id: 2}),
        (date(2025, 11, 30), {one.id: 3, other.id: 2}),
        (date(2026, 3, 2), {one.id: 12, other.id: 2}),
        (date.max, {one.id: 12, other.id: 2}),
        (date.min, {}),
    ]:
        found = await attendance_by_center([one.id, other.id, silent.id], director, on=on)
        assert {center: row["month"].month for center, row in found.items()} == months, on
        assert all(row["men"] == row["month"].month for row in found.values())
    assert await attendance_by_center([], director, on=date(2026, 3, 2)) == {}
    assert set(await attendance_by_center([other.id], director, on=date(2026, 3, 2))) == {other.id}


async def test_the_latest_month_of_a_period(db: FreshDatabase) -> None:
    director = await builders.person(Role.DIRECTOR)
    center = await builders.center()
    await year(center, (1, 1), (3, 3), (6, 6))

    async def latest(first: date, last: date, on: date) -> int | None:
        found = await attendance_during([center.id], director, first=first, last=last, on=on)
        return found[center.id]["month"].month if found else None

    far = date(2030, 1, 1)
    assert await latest(date(2025, 1, 2), date(2025, 11, 7), far) == 6
    assert await latest(date(2025, 1, 31), date(2025, 1, 31), far) == 1, "a period of one day touches its month"
    assert await latest(date(2025, 4, 1), date(2025, 5, 31), far) is None
    assert await latest(date(2025, 1, 1), date(2025, 12, 31), date(2025, 5, 31)) == 3, "known on that day"
    assert await latest(date.min, date(1984, 12, 31), far) is None


@pytest.mark.both_databases
async def test_last_year_as_it_stood_before_it_was_corrected(db: FreshDatabase) -> None:
    director = await builders.person(Role.DIRECTOR)
    center, same = await builders.center(), await builders.center()
    [month] = await year(center, (11, 30))
    await year(same, (11, 7))
    await builders.correction(month, men=25, women=21, on=date(2026, 1, 15), by=director)
    await builders.correction(month, men=26, women=22, on=date(2026, 1, 15), by=director)
    await builders.correction(month, men=27, women=23, on=date(2026, 2, 20), by=director)

    for on, men, women in [
        (date(2025, 11, 1), 30, 20),
        (date(2026, 1, 14), 30, 20),
        (date(2026, 1, 15), 26, 22),
        (date(2026, 2, 19), 26, 22),
        (date(2026, 2, 20), 27, 23),
        (date.max, 27, 23),
    ]:
        assert await seen(center, director, on) == (date(2025, 11, 1), men, women), on
        assert await seen(same, director, on) == (date(2025, 11, 1), 7, 20)
        listed = await attendance_by_month([center.id], director, first=date(2025, 1, 1), last=date.max, on=on)
        assert [(row["men"], row["women"]) for row in listed[center.id]] == [(men, women)], on
    made = await corrections_by_attendance([month.id], director, on=date(2026, 2, 19))
    assert [(row["men_before"], row["men"]) for row in made[month.id]] == [(30, 25), (25, 26)]


async def test_the_months_of_a_period_in_their_order(db: FreshDatabase) -> None:
    director = await builders.person(Role.DIRECTOR)
    one, other = await builders.center(), await builders.center()
    await year(one, (5, 5), (2, 2), (9, 9))
    await year(other, (3, 3))

    found = await attendance_by_month(
        [one.id, other.id], director, first=date(2025, 2, 28), last=date(2025, 6, 30), on=date(2026, 1, 1)
    )

    assert {center: [row["month"].month for row in rows] for center, rows in found.items()} == {
        one.id: [2, 5], other.id: [3],
    }  # fmt: skip


@pytest.mark.both_databases
async def test_many_centers_cost_as_many_statements_as_one(db: FreshDatabase) -> None:
    director = await builders.person(Role.DIRECTOR)
    centers = [await builders.center() for _ in range(12)]
    for center in centers:
        await year(center, (1, 1), (2, 2))
    ids = [center.id for center in centers]

    with counting() as few:
        await attendance_by_center(ids[:1], director, on=date(2026, 1, 1))
    with counting() as many:
        found = await attendance_by_center(ids, director, on=date(2026, 1, 1))

    assert len(few) == len(many) == 2
    assert len(found) == 12


async def test_of_many_centers_the_same_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    director = await builders.person(Role.DIRECTOR)
    centers = [await builders.center() for _ in range(3)]
    for center in centers:
        [_, march] = await year(center, (1, 1), (3, 3))
        await AttendanceCorrection.create(
            attendance=march, men_before=9, women_before=20, men=3, women=20, reason="Se contó mal",
            corrected_on=date(2026, 2, 1), corrected_by=director,
        )  # fmt: skip
    some = [center.id for center in centers[:2]]
    named = await attendance_by_center(some, director, on=date(2026, 1, 31))

    monkeypatch.setattr("reads.attendance.FEW", 1)

    assert await attendance_by_center(some, director, on=date(2026, 1, 31)) == named
    assert {center: row["men"] for center, row in named.items()} == dict.fromkeys(some, 9)
