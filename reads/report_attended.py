"""Tabla 12: whom the centers of Mis Años Dorados attended, men and women, each where it was."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from models.centers import Center, CenterState
from models.people import User
from reads.attendance import attendance_during
from reads.center_history import centers_past
from reads.paging import Row
from reads.report_conventions import PROGRAM
from reads.report_tables import Bars, Cell, Period, ReportRow, ReportTable, day_in_words

COLUMNS = ("Departamento", "Municipio", "Centro", "Hombres", "Mujeres", "Total")
CENTER_LISTS = "/centros"


async def attended_table(
    actor: User, period: Period, towns: Mapping[str, Row], departments: Mapping[str, str]
) -> ReportTable:
    """Return Tabla 12 of a period; `towns` and `departments` by their codes."""
    first, last = period.first, period.last
    every = await Center.filter(program=PROGRAM).values("id", "code", "name", "state", "municipality_id")
    ids = [row["id"] for row in every]
    latest = await attendance_during(ids, actor, first=first, last=last, on=period.on)
    past = await centers_past(on=last, ids=ids)
    # Where each was then; one that told a month counts, even where its opening is noted for later.
    centers = [past.of(row) or row for row in every if row["id"] in latest]
    place = {row["id"]: row["municipality_id"] for row in centers}
    rows = []
    people: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for center in sorted(centers, key=lambda row: (place[row["id"]], row["name"], row["id"])):
        noted, town = latest[center["id"]], towns[place[center["id"]]]
        men, women = noted["men"], noted["women"]
        page = f"{CENTER_LISTS}/{center['code']}"
        then = page if center["id"] in past.unborn else f"{page}?asOf={last}"
        cells = [
            Cell(town["name"], then),
            Cell(center["name"], then),
            *(Cell(figure, f"{page}/asistencia") for figure in (men, women, men + women)),
        ]
        rows.append(ReportRow(departments[town["department_id"]], cells, center["code"]))
        sums = people[town["department_id"]]
        sums[0], sums[1] = sums[0] + men, sums[1] + women
    codes = [code for code in departments if code in people]
    bars = Bars(
        f"Personas atendidas {period.words}, por departamento",
        [departments[code] for code in codes],
        [("Hombres", [people[code][0] for code in codes]), ("Mujeres", [people[code][1] for code in codes])],
    )
    title = f"Beneficiarios de Mis Años Dorados {period.words}, por departamento y centro"
    silent = [row for row in past.of_all(every) if row["id"] not in latest and row["state"] != CenterState.CLOSED]
    notes = _what_is_attended(last, told=len(rows), departments=len(codes), silent=len(silent))
    sums_below = {0: Cell(len(set(place.values()))), 1: Cell(len(rows))}
    return ReportTable(12, title, COLUMNS, rows, notes, sums=sums_below, bars=bars, about="Personas atendidas")


def _what_is_attended(last: date, *, told: int, departments: int, silent: int) -> list[str]:
    """Say what is counted, and how many centers told nothing."""
    notes = [
        "Cuenta de cada centro las personas del último mes que informó dentro del período, bajo el departamento real "
        f"del municipio en que estaba el {day_in_words(last)}. Debajo de municipio y centro va cuántos son.",
    ]
    if told:
        notes.append(f"Centros que informaron: {told}, en {departments} departamentos.")
    if silent:
        notes.append(f"Centros del programa, no cerrados, que no informaron ningún mes del período: {silent}.")
    return notes
