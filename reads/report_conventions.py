"""Tabla 11: the conventions of Mis Años Dorados with municipalities, renewed, in force and reviewed, by department."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tortoise.expressions import Subquery
from tortoise.functions import Count

from models.conventions import ConventionParty
from models.people import User
from models.places import ProgramCode
from models.reviews import LegalReview, ReviewMatter
from reads.agreements import ConventionQuery, conventions_wanted
from reads.paging import Row
from reads.report_tables import Bars, Cell, Period, ReportRow, ReportTable, day_in_words, listed_at
from reads.tenure import LIVE

PROGRAM = ProgramCode.MAD
COLUMNS = (
    "Departamento", "Municipalidades", "Convenios renovados", "Vigentes el último día", "Expedientes revisados",
)  # fmt: skip

CONVENTION_LISTS = "/convenios"
REVIEW_LISTS = "/expedientes"

WITHOUT_PLACE = "-"
"""The key of the line of what says no department."""

NOBODY = "—"
"""What a cell says where there is nothing to name."""


async def conventions_table(
    actor: User, period: Period, towns: Mapping[str, Row], departments: Mapping[str, str]
) -> ReportTable:
    """Return Tabla 11 of a period; `towns` and `departments` by their codes."""
    counted = await _Counted.of(actor, period)
    rows = counted.rows(towns, departments)
    title = f"Convenios con municipalidades para Mis Años Dorados, {period.words}"
    signed = counted.renewed.by_department()
    shown = [row for row in rows if signed[row.key]]
    bars = Bars(
        f"Convenios renovados {period.words}, por departamento",
        [row.label for row in shown],
        [("Convenios", [signed[row.key] for row in shown])],
    )
    about = "Convenios con municipalidades"
    return ReportTable(11, title, COLUMNS, rows, counted.notes(), sums=counted.sums(), bars=bars, about=about)


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


@dataclass(frozen=True)
class _Counted:
    """What Tabla 11 counts, each by its own fact and day."""

    period: Period
    renewed: Parties
    live: Parties
    reviewed: Mapping[str | None, int]
    """Files received, by department; under None those that say none."""

    @classmethod
    async def of(cls, actor: User, period: Period) -> "_Counted":
        last = period.last
        live = ConventionQuery(program=PROGRAM, municipal=True, standing=list(LIVE))
        reviews = LegalReview.filter(matter=ReviewMatter.CONVENTION_MAD, **period.during("received_on"))
        grouped = reviews.annotate(counted=Count("id")).group_by("department_id").values("department_id", "counted")
        return cls(
            period,
            await Parties.of(actor, renewed_during(period.first, last), last),
            await Parties.of(actor, live, last),
            {row["department_id"]: row["counted"] for row in await grouped},
        )

    @property
    def addresses(self) -> "_Addresses":
        return _Addresses(self.period.first, self.period.last)

    def rows(self, towns: Mapping[str, Row], departments: Mapping[str, str]) -> list[ReportRow]:
        """Return a line for each department that has any of them, and one for files that say no department."""
        signed_in, live_in, by_town = self.renewed.by_department(), self.live.by_department(), self.renewed.by_town()
        at = self.addresses
        rows = []
        for code, name in departments.items():
            if not (signed_in[code] or live_in[code] or self.reviewed.get(code)):
                continue
            named = _named({town: many for town, many in by_town.items() if town[:2] == code}, towns)
            cells = [
                Cell(named or NOBODY, at.signed(code) if named else None),
                Cell(signed_in[code], at.signed(code)),
                Cell(live_in[code], at.live(code)),
                Cell(self.reviewed.get(code, 0), at.reviewed(code)),
            ]
            rows.append(ReportRow(name, cells, code))
        if self.reviewed.get(None):
            cells = [Cell(NOBODY), Cell(0), Cell(0), Cell(self.reviewed[None], at.reviewed(None))]
            rows.append(ReportRow("Sin municipio en el registro", cells, WITHOUT_PLACE))
        return rows

    def sums(self) -> dict[int, Cell]:
        """Return the totals: each convention once, whatever the number of its departments."""
        at = self.addresses
        return {
            0: Cell(len(self.renewed.by_town()), at.signed()),
            1: Cell(len(self.renewed.towns), at.signed()),
            2: Cell(len(self.live.towns), at.live()),
            3: Cell(sum(self.reviewed.values()), at.reviewed()),
        }

    def notes(self) -> list[str]:
        """Say what each column counts, and how many there are."""
        signed_in, many = self.renewed.by_department(), len(self.renewed.towns)
        notes = [
            "Renovado, vigente y revisado son tres cosas distintas, y cada columna cuenta la suya. Renovados: "
            "convenios del programa con municipalidades que la última de sus partes firmó dentro del período; los que "
            "no tienen firmas en el registro, por el primer día de su plazo.",
            f"Vigentes: los que regían el {day_in_words(self.period.last)}, cuando sea que se hayan firmado.",
            "Revisados: expedientes de esos convenios que la Asesoría Jurídica recibió por primera vez dentro del "
            "período, se hayan firmado después o no; son los mismos de la Tabla 14.",
            f"Renovados: {many}, con {len(self.renewed.by_town())} municipalidades de {len(signed_in)} departamentos. "
            f"De ellos, siguen a otro convenio del registro: {self.renewed.following}.",
        ]
        if max(signed_in.total() - many, self.live.by_department().total() - len(self.live.towns)) > 0:
            notes.append(
                "Un convenio con municipalidades de varios departamentos cuenta en cada uno, y una vez en el total."
            )
        return notes


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


def _named(counts: Mapping[str, int], towns: Mapping[str, Row]) -> str:
    """Name municipalities by their code's order, with how many conventions where there are several."""
    return ", ".join(
        towns[code]["name"] + (f" ({counts[code]})" if counts[code] > 1 else "") for code in sorted(counts)
    )
