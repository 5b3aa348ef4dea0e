"""The working-day calendar through the API: each day of rest with its origin, and counts that explain themselves."""

from datetime import date, timedelta
from typing import Any

import pytest

from actions.catalogs import load_catalogs
from actions.people import system_user
from models.people import Role, User
from tests import builders
from tests.door import ask, told
from tests.test_catalog_data import HOLIDAYS

YEAR = """query ($year: Int, $town: String) { holidays(year: $year, municipalityCode: $town) { year
  municipality { code } days { day name kind scope origin correction { legalBasis withdrawnOn added halfDay } } } }"""
DUE = """query ($from: Date!, $days: Int!, $town: String) {
  workingDays(from: $from, days: $days, municipalityCode: $town) { days dueOn explanation skipped { day name } } }"""
BETWEEN = """query ($from: Date!, $to: Date!, $town: String) {
  workingDaysBetween(from: $from, to: $to, municipalityCode: $town) { days explanation skipped { day } } }"""
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
async def lawyer(db: Any) -> User:
    """Load the catalogs that every office starts with."""
    await load_catalogs(actor=await system_user())
    return await builders.person(Role.LEGAL)


async def days_of(person: User, year: int, town: str | None = None) -> dict[str, dict[str, Any]]:
    """Return the lines of a year's calendar that hold, by day."""
    shown = (await told(person, YEAR, year=year, town=town))["holidays"]
    assert shown["year"] == year
    return {one["day"]: one for one in shown["days"] if one["kind"] in ("REST", "HALF_DAY")}


@pytest.mark.parametrize("year", HOLIDAYS)
async def test_the_calendar_of_four_years(lawyer: User, year: int) -> None:
    full, half = ([f"{year}-{day}" for day in days.split()] for days in HOLIDAYS[year])
    capital, elsewhere = await days_of(lawyer, year), await days_of(lawyer, year, "Cobán")

    assert sorted(day for day, one in capital.items() if one["kind"] == "REST") == full
    assert sorted(day for day, one in capital.items() if one["kind"] == "HALF_DAY") == half
    assert capital.keys() - elsewhere.keys() == {f"{year}-08-15"}
    assert elsewhere.keys() < capital.keys()
    for one in capital.values():
        assert one["origin"] == ("CORRECTION" if one["correction"] else "LIBRARY")
        assert one["correction"] is None or one["correction"]["legalBasis"]
    assert capital[f"{year}-08-15"]["scope"] == "MUNICIPAL"
    # Every day of the year is counted, and only those are left out.
    start, days, due = f"{year - 1}-12-31", 0, date(year, 1, 1)
    while due.year == year:
        days += due.weekday() < 5 and due.isoformat() not in full
        due += timedelta(days=1)
    counted = (await told(lawyer, BETWEEN, **{"from": start, "to": f"{year}-12-31"}))["workingDaysBetween"]
    assert counted["days"] == days
    assert [one["day"] for one in counted["skipped"]] == [day for day in full if date.fromisoformat(day).weekday() < 5]


async def test_a_day_given_by_decree_names_the_decree(lawyer: User) -> None:
    monday = (await days_of(lawyer, 2025))["2025-11-03"]
    assert (monday["scope"], monday["correction"]["legalBasis"]) == ("INSTITUTIONAL", "Acuerdo Gubernativo 186-2025")

    counted = (await told(lawyer, DUE, **{"from": "2025-10-30", "days": 2}))["workingDays"]
    assert counted == {
        "days": 2, "dueOn": "2025-11-04", "skipped": [
            {"day": "2025-11-03", "name": "Día de Todos los Santos (descanso trasladado)"},
        ],
        "explanation": (
            "2 días hábiles desde el jueves 30 de octubre de 2025: vence el martes 4 de noviembre de 2025. "
            "La cuenta empieza el día siguiente; se omiten sábados y domingos, y por asueto el lunes 3 de noviembre "
            "de 2025 (Día de Todos los Santos (descanso trasladado))."
        ),
    }  # fmt: skip


async def test_half_days_count_and_are_named(lawyer: User) -> None:
    counted = (await told(lawyer, DUE, **{"from": "2026-12-23", "days": 1}))["workingDays"]
    assert (counted["dueOn"], counted["skipped"]) == ("2026-12-24", [])
    assert counted["explanation"].endswith(
        "Medio día, que sí cuenta: el jueves 24 de diciembre de 2026 (Nochebuena (medio día))."
    )
    assert counted["explanation"].startswith("1 día hábil desde el miércoles 23 de diciembre de 2026")


async def test_the_capital_rests_alone_on_15_august_and_a_town_on_its_own_day(lawyer: User) -> None:
    await builders.holiday(date(2025, 8, 4), "Feria de Santo Domingo", at="1601")
    for town, due in [(None, "2025-08-18"), ("Guatemala", "2025-08-18"), ("1610", "2025-08-15")]:
        assert (await told(lawyer, DUE, **{"from": "2025-08-14", "days": 1, "town": town}))["workingDays"][
            "dueOn"
        ] == due, town
    for town, due in [("Cobán", "2025-08-05"), ("1610", "2025-08-04"), (None, "2025-08-04")]:
        assert (await told(lawyer, DUE, **{"from": "2025-08-01", "days": 1, "town": town}))["workingDays"][
            "dueOn"
        ] == due, town
    assert "2025-08-04" in await days_of(lawyer, 2025, "1601")
    assert "2025-08-04" not in await days_of(lawyer, 2025, "1610")


async def test_without_a_place_a_town_asks_for_its_own_calendar(lawyer: User) -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    assert (await told(mayor, YEAR))["holidays"] == (await told(lawyer, YEAR, town="1610", year=2026))["holidays"]
    assert (await told(lawyer, YEAR))["holidays"]["municipality"] == {"code": "0101"}


async def test_counting_between_two_days(lawyer: User) -> None:
    asked = {"from": "2026-03-27", "to": "2026-04-06"}
    counted = (await told(lawyer, BETWEEN, **asked))["workingDaysBetween"]
    # Monday to Wednesday, Holy Thursday and Friday rest, Monday again; Wednesday's afternoon off counts.
    assert counted["days"] == 4
    assert counted["explanation"].startswith("4 días hábiles del viernes 27 de marzo de 2026 al lunes 6 de abril")
    assert "Jueves Santo" in counted["explanation"]
    assert "Medio día, que sí cuenta: el miércoles 1 de abril de 2026" in counted["explanation"]
    back = (await told(lawyer, BETWEEN, **{"from": asked["to"], "to": asked["from"]}))["workingDaysBetween"]
    assert (back["days"], back["skipped"]) == (-4, counted["skipped"])
    same = (await told(lawyer, BETWEEN, **{"from": "2026-03-27", "to": "2026-03-27"}))["workingDaysBetween"]
    assert (same["days"], same["skipped"]) == (0, [])


@pytest.mark.parametrize(
    ("query", "asked", "words"),
    [
        (DUE, {"from": "2026-03-02", "days": -1}, "van de 0 a 2000"),
        (DUE, {"from": "2026-03-02", "days": 2001}, "van de 0 a 2000"),
        (DUE, {"from": "9999-12-31", "days": 1}, "va de 2000 a 2100"),
        (BETWEEN, {"from": "0001-01-01", "to": "2026-01-01"}, "va de 2000 a 2100"),
        (YEAR, {"year": 1999}, "va de 2000 a 2100"),
        (YEAR, {"year": 2_000_000}, "va de 2000 a 2100"),
        (YEAR, {"town": "Macondo"}, "No se conoce el municipio «Macondo»"),
        (YEAR, {"town": "9999"}, "No se conoce el municipio «9999»"),
        (YEAR, {"town": "x" * 5000}, "No se conoce"),
        (YEAR, {"town": "La Democracia"}, "puede ser 0503 (La Democracia) o 1312 (La Democracia): escriba el código"),
        (DUE, {"from": "2026-02-29", "days": 1}, "escriba una fecha que exista"),
    ],
)
async def test_what_cannot_be_counted_is_said(lawyer: User, query: str, asked: dict[str, Any], words: str) -> None:
    (error,) = (await ask(lawyer, query, **asked))["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT" or "no es válido" in error["message"]
    assert words in error["message"]


async def test_the_ends_of_the_calendar_are_counted(lawyer: User) -> None:
    counted = (await told(lawyer, DUE, **{"from": "2100-12-31", "days": 2000}))["workingDays"]
    assert counted["dueOn"] > "2108"
