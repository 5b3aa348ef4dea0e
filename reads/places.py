"""Questions about places: which municipality a written name means."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tortoise.expressions import Q

from models.fields import folded
from models.people import Role, User
from models.places import (
    Department,
    DepartmentAlias,
    DepartmentalOffice,
    Institution,
    Municipality,
    MunicipalityAlias,
    Program,
)
from reads.matching import fitting
from reads.paging import Row

LONGEST_NAME = 120
"""Characters of a typed place that count: no name or spelling is longer."""


@dataclass(frozen=True)
class PlaceMatch:
    """A municipality that a text may mean, and the place inside it when the text names one (zone, town)."""

    municipality: Municipality
    settlement: str = ""


async def resolve_municipality(text: str, department_code: str | None = None) -> list[PlaceMatch]:
    """Return every municipality that a written name may mean, by code; empty when none is known.

    Official names and known spellings are compared without accents or capitals. Several matches are the caller's
    to settle, with `department_code` (La Democracia is in Escuintla and in Huehuetenango) or by asking the person.
    """
    wanted = folded(text)
    if not wanted:
        return []
    reach = {"department_id": department_code} if department_code else {}
    official = [row for row in await Municipality.filter(**reach) if folded(row.name) == wanted]
    spelled = MunicipalityAlias.filter(search=wanted).select_related("municipality")
    found = {(row.code, ""): PlaceMatch(row) for row in official}
    for alias in await spelled:
        place: Municipality = alias.municipality
        if department_code in (None, place.department_id):
            found.setdefault((place.code, alias.settlement), PlaceMatch(place, alias.settlement))
    return [found[key] for key in sorted(found)]


async def municipalities_meant(text: str) -> list[Municipality]:
    """Return the municipalities that a person may mean who typed a code or a name; empty when none is known."""
    wanted = text.strip()
    if len(wanted) == 4 and wanted.isdecimal():
        return await Municipality.filter(code=wanted)
    found = {match.municipality.code: match.municipality for match in await resolve_municipality(wanted[:LONGEST_NAME])}
    return list(found.values())


def unclear_place(text: str, found: Sequence[Municipality]) -> str:
    """Say in Spanish why a typed place is not one municipality, and how to mend it."""
    if not found:
        return f"No se conoce el municipio «{text.strip()[:40]}»: escriba su nombre o su código del INE."
    meant = " o ".join(f"{row.code} ({row.name})" for row in found)
    return f"«{text.strip()[:40]}» puede ser {meant}: escriba el código."


async def department_spellings() -> dict[str, set[str]]:
    """Return which departments a folded text may mean: a code, a name, a known spelling, or a town's name.

    For whoever reads many written places at once; a town's name counts only where no department is called so.
    """
    found: dict[str, set[str]] = {}
    for department in await Department.all():
        found[department.code] = found[folded(department.name)] = {department.code}
    for alias in await DepartmentAlias.exclude(department_id=None):
        found.setdefault(folded(alias.alias), {str(alias.department_id)})
    towns: dict[str, set[str]] = {}
    for code, name in await Municipality.all().values_list("department_id", "name"):
        towns.setdefault(folded(name), set()).add(code)
    for code, name in await MunicipalityAlias.all().values_list("municipality__department_id", "search"):
        towns.setdefault(name, set()).add(code)
    return towns | found


async def municipality_spellings() -> dict[str, set[str]]:
    """Return which municipalities a folded text may mean: a code, a name, or a known spelling.

    Names that departments share («La Democracia») mean several: the caller settles it with the department.
    """
    found: dict[str, set[str]] = {}
    for code, name in await Municipality.all().values_list("code", "name"):
        found.setdefault(folded(name), set()).add(code)
        found[code] = {code}
    for code, name in await MunicipalityAlias.all().values_list("municipality_id", "search"):
        found.setdefault(name, set()).add(code)
    return found


async def all_departments() -> list[Row]:
    """Return the 22 departments by code."""
    return await Department.all().order_by("code").values("code", "name")


async def towns_named(search: str | None = None, department: str | None = None) -> list[Row]:
    """Return the municipalities by code whose name, or whose department's, holds every word of a search."""
    rows = Municipality.filter(department_id=department) if department else Municipality.all()
    words = folded((search or "")[:LONGEST_NAME]).split()
    columns = ("code", "name", "department_id", "department__name")
    return [
        row
        for row in await rows.order_by("code").values(*columns)
        if all(word in folded(row["name"], row["department__name"], row["code"]) for word in words)
    ]


async def departments_by_code(codes: Sequence[str], actor: User) -> dict[str, Row]:
    """Return departments by code; the catalog is no secret."""
    return {
        row["code"]: row
        for row in await Department.filter(code__in=fitting(Department, "code", codes)).values("code", "name")
    }


async def municipalities_by_code(codes: Sequence[str], actor: User) -> dict[str, Row]:
    """Return municipalities by code; the catalog is no secret."""
    rows = await Municipality.filter(code__in=fitting(Municipality, "code", codes)).values(
        "code", "name", "department_id"
    )
    return {row["code"]: row for row in rows}


async def municipalities_by_department(codes: Sequence[str], actor: User) -> dict[str, list[Row]]:
    """Return the municipalities of each department by code; the catalog is no secret."""
    grouped: dict[str, list[Row]] = defaultdict(list)
    rows = Municipality.filter(department_id__in=fitting(Department, "code", codes)).order_by("code")
    for row in await rows.values("code", "name", "department_id"):
        grouped[row["department_id"]].append(row)
    return grouped


async def institutions_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return institutions by id."""
    rows = await Institution.filter(id__in=ids).values("id", "name", "short_name", "sector", "note")
    return {row["id"]: row for row in rows}


OFFICE = ("id", "name", "address", "phone", "valid_from", "valid_to", "department_id")
"""Columns that the API shows of a departmental office."""


async def offices_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return departmental offices by id; the directory is no secret."""
    return {row["id"]: row for row in await DepartmentalOffice.filter(id__in=ids).values(*OFFICE)}


async def open_offices(actor: User, *, on: date) -> list[Row]:
    """Return the departmental offices that are open on a date, by name; a coordinator's are those of the department."""
    current = Q(Q(valid_from__isnull=True) | Q(valid_from__lte=on), Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    rows = DepartmentalOffice.filter(current)
    if actor.role == Role.COORDINATOR:
        rows = rows.filter(department_id=actor.department_id)
    return await rows.order_by("name").values(*OFFICE)


async def all_offices(actor: User) -> list[Row]:
    """Return the whole directory by department and name, with the offices that closed or have not opened."""
    return await DepartmentalOffice.all().order_by("department_id", "name").values(*OFFICE)


async def programs_by_code(codes: Sequence[str], actor: User) -> dict[str, Row]:
    """Return programs with their directions by code."""
    rows = await Program.filter(code__in=codes).values("code", "name", "direction")
    return {row["code"]: row for row in rows}


async def all_programs(actor: User) -> list[Row]:
    """Return the programs with their directions, by name."""
    return await Program.all().order_by("name").values("code", "name", "direction")
