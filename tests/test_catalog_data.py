"""The CSV files of data/ agree with themselves and with the findings; the calendar agrees with the law."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import orjson
import pytest

from actions.catalogs import load_catalogs
from actions.loading import DATA, table
from actions.people import system_user
from models.calendar import Holiday, WorkingCalendar
from models.fields import folded
from reads.calendar import working_calendar
from reads.places import resolve_municipality

PER_DEPARTMENT = [17, 8, 16, 16, 14, 14, 19, 8, 24, 21, 9, 30, 33, 21, 8, 17, 14, 5, 11, 11, 7, 17]


def names() -> dict[str, str]:
    return {row["code"]: row["name"] for row in table("municipalities.csv")}


@pytest.mark.parametrize("name", sorted(path.name for path in DATA.glob("*.csv")))
def test_every_file_is_plain_csv(name: str) -> None:
    raw = (DATA / name).read_bytes()
    rows = table(name)
    assert not raw.startswith(b"\xef\xbb\xbf"), "byte order mark"
    assert rows
    for row in rows:
        assert None not in row, f"a row of {name} has more cells than the header"
        assert None not in row.values(), f"a row of {name} has fewer cells than the header"
        assert all(value == value.strip() for value in row.values()), row


def test_places() -> None:
    departments = table("departments.csv")
    codes = [row["code"] for row in departments]
    assert codes == [f"{n:02d}" for n in range(1, 23)]
    assert all(row["iso"] == f"GT-{row['code']}" for row in departments)
    wanted = [f"{dep}{n:02d}" for dep, count in zip(codes, PER_DEPARTMENT, strict=True) for n in range(1, count + 1)]
    assert [row["code"] for row in table("municipalities.csv")] == wanted
    assert all(row["code"].startswith(row["department_code"]) for row in table("municipalities.csv"))
    assert all(names()[f"{row['code']}01"] == row["capital"] for row in departments)
    assert (names()["0206"], names()["0207"]) == ("Sansare", "Sanarate")


def test_aliases_name_known_places() -> None:
    known = names()
    rows = table("municipality_aliases.csv")
    assert len(rows) == 60
    assert {row["municipality_code"] for row in rows} <= set(known)
    for row in rows:
        assert bool(row["settlement"]) == (row["reason"] in {"zone", "settlement"}), row
        if row["reason"] in {"accent", "case"}:
            assert folded(row["alias"]) == folded(known[row["municipality_code"]])
    variants = table("municipality_name_variants.csv")
    assert len(variants) == 27
    assert all(row["variant"] != known[row["municipality_code"]] for row in variants)


def test_centers_add_up() -> None:
    """FINDINGS F-01 to F-05."""
    rows = table("mad_centers_2024.csv")
    sums = [sum(int(row[column]) for row in rows) for column in ("men", "women", "total")]
    assert all(int(row["men"]) + int(row["women"]) == int(row["total"]) for row in rows)
    assert (len(rows), sums) == (69, [1187, 1491, 2678])
    assert Counter(row["kind"] for row in rows) == {"CAD": 68, "CAP": 1}
    assert all(row["municipality_code"].startswith(row["department_code"]) for row in rows)
    departments = {row["code"]: folded(row["name"]) for row in table("departments.csv")}
    shifted = [row for row in rows if departments[row["department_code"]] != folded(row["printed_department"])]
    assert len(shifted) == 29


def test_conventions_and_leases_name_centers() -> None:
    """FINDINGS F-06 to F-10."""
    centers = {row["label_in_source"]: row for row in table("mad_centers_2024.csv")}
    sites = table("mad_conventions_2024.csv")
    leases = table("mad_leases_2024.csv")
    linked = [row["center_label_in_tabla_12"] for row in sites if row["center_label_in_tabla_12"]]
    assert (len(sites), len({row["municipality_code"] for row in sites}), len(linked)) == (61, 57, 58)
    assert len(linked) == len(set(linked))
    for row in [*sites, *leases]:
        if label := row["center_label_in_tabla_12"]:
            assert centers[label]["municipality_code"] == row["municipality_code"]
    assert len(leases) == 4
    assert {row["instrument"] for row in leases} == {""}
    leased = {row["center_label_in_tabla_12"] for row in leases}
    for label, row in centers.items():
        assert row["convention_in_tabla_11"] == ("yes" if label in linked else "no")
        assert row["lease_in_text"] == ("yes" if label in leased else "no")


def test_legal_results_add_up() -> None:
    """FINDINGS F-11 and F-13."""
    sums: Counter[str] = Counter()
    for row in table("legal_results_2024.csv"):
        sums[row["table"]] += int(row["quantity"])
    assert sums == {"Tabla 13": 2275, "Tabla 14": 552, "Tabla 15": 66, "Tabla 16": 2893, "texto": 2201}


def test_codes_of_children_centers() -> None:
    """FINDINGS F-17."""
    rows = table("hc_cadi_2024.csv")
    capacity = {row["code"]: int(row["capacity"]) for row in rows}
    assert (len(rows), len(capacity), sum(capacity.values())) == (23, 15, 436)
    assert all(row["code"] == f"{row['number']}-{row['capacity']}" for row in rows)


def test_nothing_is_asked_without_a_law() -> None:
    """Decreto 5-2021: a line without a legal basis is not mandatory; no lawyer has confirmed any."""
    rows = table("requirements.csv")
    assert len({row["code"] for row in rows}) == len(rows)
    assert all(row["legal_basis"] or row["mandatory"] == "no" for row in rows)
    catalogs = [*rows, *table("legal_parameters.csv"), *table("departmental_offices.csv")]
    assert {row["confirmed"] for row in catalogs} == {"no"}


def test_map_has_every_department() -> None:
    shapes = orjson.loads((DATA / "guatemala_departments.geojson").read_bytes())["features"]
    codes = {row["code"] for row in table("departments.csv")}
    assert {shape["properties"]["code"] for shape in shapes} == codes
    assert {row["code"] for row in table("guatemala_departments_svg.csv")} == codes


def test_texts_point_to_files_that_are_here() -> None:
    for name in ("FINDINGS.md", "SOURCES.md"):
        text = (DATA / name).read_text(encoding="utf-8")
        assert "../" not in text
        assert "check.py" not in text


HOLIDAYS = {
    2024: (
        "01-01 01-02 03-28 03-29 03-30 05-01 07-01 08-15 09-15 10-20 11-01 12-23 12-24 12-25 12-30 12-31",
        "03-27",
    ),
    2025: (
        "01-01 04-17 04-18 04-19 05-01 06-30 08-15 09-15 10-20 11-01 11-03 12-24 12-25 12-26 12-31",
        "04-16",
    ),
    2026: ("01-01 04-02 04-03 04-04 05-01 06-29 08-15 09-15 10-20 11-01 12-25", "04-01 12-24 12-31"),
    2027: ("01-01 03-25 03-26 03-27 05-01 06-28 08-15 09-15 10-20 11-01 12-25", "03-24 12-24 12-31"),
}
"""Days of rest of the central offices, and half days: written by hand from data/SOURCES.md."""


@pytest.mark.parametrize("year", HOLIDAYS)
async def test_working_calendar_follows_the_law(db: Any, year: int) -> None:
    await load_catalogs(actor=await system_user())
    capital, elsewhere = await working_calendar(), await working_calendar("1610")
    full, half = ([date.fromisoformat(f"{year}-{day}") for day in days.split()] for days in HOLIDAYS[year])
    every = [date(year, 1, 1) + timedelta(days=n) for n in range(366 if year == 2024 else 365)]
    assert [day for day in every if capital.holiday(day)] == full
    assert [day for day in every if elsewhere.holiday(day)] == [day for day in full if (day.month, day.day) != (8, 15)]
    halves = {row.day for row in await Holiday.filter(half_day=True, day__gte=every[0], day__lte=every[-1])}
    assert sorted(halves) == half
    assert all(capital.is_working(day) for day in half if day.weekday() < 5)


async def test_terms_skip_days_of_rest(db: Any) -> None:
    await load_catalogs(actor=await system_user())
    calendar: WorkingCalendar = await working_calendar()
    assert calendar.add(date(2025, 10, 31), 1) == date(2025, 11, 4), "Monday 3 November 2025 was given by decree"
    assert calendar.add(date(2024, 12, 20), 3) == date(2025, 1, 2)
    assert calendar.between(date(2025, 8, 14), date(2025, 8, 18)) == 1


@pytest.mark.both_databases
async def test_places_are_found_however_written(db: Any) -> None:
    await load_catalogs(actor=await system_user())

    async def found(text: str, department: str | None = None) -> list[tuple[str, str]]:
        return [(place.municipality.code, place.settlement) for place in await resolve_municipality(text, department)]

    assert await found("Sicapate") == [("0514", "")]
    assert await found("QUEZADA") == [("2217", "")]
    assert await found("Mizco zona 10") == [("0108", "zona 10")]
    assert await found("san juan chamelco ") == [("1610", "")]
    assert await found("Peronia") == [("0115", "Ciudad Peronia")]
    assert await found("La Democracia") == [("0503", ""), ("1312", "")]
    assert await found("La Democracia", "13") == [("1312", "")]
    assert await found("San Pedro Sacatepéquez") == [("0109", ""), ("1202", "")]
    assert await found("Macondo") == []
    assert await found("") == []
