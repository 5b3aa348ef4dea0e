"""What Mis Años Dorados did in a period: Tabla 11, its conventions by department, and Tabla 12, whom it attends."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from tortoise.expressions import Subquery
from tortoise.functions import Count

from models.centers import Center, CenterState
from models.conventions import ConventionParty
from models.people import User
from models.places import Department, Municipality, ProgramCode
from models.reviews import LegalReview, ReviewMatter
from reads.agreements import ConventionQuery, conventions_wanted
from reads.attendance import attendance_during
from reads.center_history import centers_past
from reads.paging import Row
from reads.report_tables import (
    Bars,
    Cell,
    Period,
    ReportRow,
    ReportTable,
    day_in_words,
    listed_at,
)
from reads.tenure import LIVE

PROGRAM = ProgramCode.MAD
CONVENTIONS = (
    "Departamento", "Municipalidades", "Convenios renovados", "Vigentes el último día", "Expedientes revisados",
)  # fmt: skip
CENTERS = ("Departamento", "Municipio", "Centro", "Hombres", "Mujeres", "Total")

CONVENTION_LISTS = "/convenios"
REVIEW_LISTS = "/expedientes"
CENTER_LISTS = "/centros"

WITHOUT_PLACE = "-"
"""The key of the line of what says no department."""

NOBODY = "—"
"""What a cell says where there is nothing to name."""


async def program_tables(actor: User, period: Period) -> list[ReportTable]:
    """Return Tablas 11 and 12 of a period, both days included."""
    towns = {row["code"]: row for row in await Municipality.all().values("code", "name", "department_id")}
    departments = dict(await Department.all().order_by("code").values_list("code", "name"))
    return [
        await _conventions(actor, period, towns, departments),
        await _attended(actor, period, towns, departments),
    ]


def renewed_during(first: date, last: date) -> ConventionQuery:
    """Return which conventions the program renewed in a period, both days included."""
    return ConventionQuery(program=PROGRAM, municipal=True, signed_from=first, signed_to=last)


@dataclass(frozen=True)
class Parties:
    """Conventions with the municipalities that are their parties."""

    towns: dict[int, set[str]]
    following: int
    """How many of them follow another one."""

    @classmethod
    async def of(cls, actor: User, query: ConventionQuery, on: date) -> "Parties":
        """Return the wanted conventions; two statements, however many they are."""
        rows = await conventions_wanted(actor, query, on=on)
        towns: dict[int, set[str]] = defaultdict(set)
        following = 0
        for key, town, renewed in await rows.values_list("id", "municipality_id", "renews_id"):
            towns[key] |= {town} if town else set()
            following += renewed is not None
        further = ConventionParty.filter(municipality_id__isnull=False, convention_id__in=Subquery(rows.values("id")))
        for key, town in await further.values_list("convention_id", "municipality_id"):
            towns[key].add(town)
        return cls(towns, following)

    def by_department(self) -> Counter[str]:
        """Count conventions by department; one with parties of two counts in both."""
        return Counter(code for towns in self.towns.values() for code in {town[:2] for town in towns})

    def by_town(self) -> Counter[str]:
        """Count conventions by municipality."""
        return Counter(town for towns in self.towns.values() for town in towns)


async def _conventions(actor: User, period: Period, towns: dict[str, Row], departments: dict[str, str]) -> ReportTable:
    first, last = period.first, period.last
    renewed = await Parties.of(actor, renewed_during(first, last), last)
    live = await Parties.of(actor, ConventionQuery(program=PROGRAM, municipal=True, standing=list(LIVE)), last)
    reviews = LegalReview.filter(matter=ReviewMatter.CONVENTION_MAD, **period.during("received_on"))
    grouped = reviews.annotate(counted=Count("id")).group_by("department_id").values("department_id", "counted")
    reviewed = {row["department_id"]: row["counted"] for row in await grouped}
    signed_in, live_in, by_town = renewed.by_department(), live.by_department(), renewed.by_town()
    addresses = _Addresses(first, last)
    rows = []
    for code, name in departments.items():
        if not (signed_in[code] or live_in[code] or reviewed.get(code)):
            continue
        named = _named({town: many for town, many in by_town.items() if town[:2] == code}, towns)
        signed = addresses.signed(code)
        cells = [
            Cell(named or NOBODY, signed if named else None),
            Cell(signed_in[code], signed),
            Cell(live_in[code], addresses.live(code)),
            Cell(reviewed.get(code, 0), addresses.reviewed(code)),
        ]
        rows.append(ReportRow(name, cells, code))
    if reviewed.get(None):
        cells = [Cell(NOBODY), Cell(0), Cell(0), Cell(reviewed[None], addresses.reviewed(None))]
        rows.append(ReportRow("Sin municipio en el registro", cells, WITHOUT_PLACE))
    title = f"Convenios con municipalidades para Mis Años Dorados, {period.words}"
    notes = _what_is_counted(last)
    notes.append(
        f"Renovados: {len(renewed.towns)}, con {len(by_town)} municipalidades de {len(signed_in)} departamentos. "
        f"De ellos, siguen a otro convenio del registro: {renewed.following}."
    )
    if +signed_in and signed_in.total() > len(renewed.towns):
        notes.append(
            "Un convenio con municipalidades de varios departamentos cuenta en cada uno, y una vez en el total."
        )
    sums = {
        0: Cell(len(by_town), addresses.signed()),
        1: Cell(len(renewed.towns), addresses.signed()),
        2: Cell(len(live.towns), addresses.live()),
        3: Cell(sum(reviewed.values()), addresses.reviewed()),
    }
    shown = [row for row in rows if signed_in[row.key]]
    figures = [signed_in[row.key] for row in shown]
    bars = Bars(
        f"Convenios renovados {period.words}, por departamento",
        [row.label for row in shown],
        [("Convenios", figures)],
    )
    return ReportTable(11, title, CONVENTIONS, rows, notes, sums=sums, bars=bars, about="Convenios con municipalidades")


@dataclass(frozen=True)
class _Addresses:
    """Where the records behind the figures of Tabla 11 are, of a department or of all."""

    first: date
    last: date

    def signed(self, department: str | None = None) -> str:
        period = {"signedFrom": self.first, "signedTo": self.last}
        wanted = {"program": PROGRAM.value, "municipal": "true", **period, **_of(department)}
        return f"{listed_at(CONVENTION_LISTS, **wanted)}&asOf={self.last}"

    def live(self, department: str | None = None) -> str:
        wanted = {"program": PROGRAM.value, "municipal": "true", "standing": [one.value for one in LIVE]}
        return f"{listed_at(CONVENTION_LISTS, **wanted, **_of(department))}&asOf={self.last}"

    def reviewed(self, *department: str | None) -> str:
        """Without a department, all of them; of None, those that say no department."""
        period = {"receivedFrom": self.first, "receivedTo": self.last}
        of = {"withoutDepartment": "true"} if department == (None,) else _of(*department)
        return listed_at(REVIEW_LISTS, matter=ReviewMatter.CONVENTION_MAD.value, **period, **of)


def _of(department: str | None = None) -> dict[str, str]:
    return {"departmentCode": department} if department else {}


def _named(counts: dict[str, int], towns: dict[str, Row]) -> str:
    """Name municipalities by their code's order, with how many conventions where there are several."""
    return ", ".join(
        towns[code]["name"] + (f" ({counts[code]})" if counts[code] > 1 else "") for code in sorted(counts)
    )


def _what_is_counted(last: date) -> list[str]:
    return [
        "Renovado, vigente y revisado son tres cosas distintas, y cada columna cuenta la suya. Renovados: convenios "
        "del programa con municipalidades que la última de sus partes firmó dentro del período; los que no tienen "
        "firmas en el registro, por el primer día de su plazo.",
        f"Vigentes: los que regían el {day_in_words(last)}, cuando sea que se hayan firmado.",
        "Revisados: expedientes de esos convenios que la Asesoría Jurídica recibió por primera vez dentro del período, "
        "se hayan firmado después o no; son los mismos de la Tabla 14.",
    ]


async def _attended(actor: User, period: Period, towns: dict[str, Row], departments: dict[str, str]) -> ReportTable:
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
    return ReportTable(12, title, CENTERS, rows, notes, sums=sums_below, bars=bars, about="Personas atendidas")


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
