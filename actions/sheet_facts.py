"""What the office knows while a spreadsheet is read: the day, who brings it, places and their spellings, centers…"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from models.agreements import PENDING_STAGES, AgreementStage, Convention, Lease, SanitaryLicense
from models.centers import Center, CenterKind, CenterState
from models.clock import today
from models.fields import folded
from models.imports import SheetKind
from models.people import Role, User
from models.permissions import SEES_ALL, within
from models.places import Department, DepartmentalOffice, Institution, Municipality, ProgramCode
from reads.attendance import Life, every_life
from reads.people import lawyers
from reads.places import department_spellings, municipality_spellings

MOST_COMPARED = 400
"""Texts for which the nearest known one is looked up in a sheet: each is compared with hundreds."""

SEPARATOR = " · "
"""Between a code and its name in what a template offers."""


@dataclass(frozen=True, slots=True)
class CenterFact:
    """A center as a row may name it."""

    id: int
    name: str
    program: ProgramCode
    kind: CenterKind
    municipality: str
    capacity: int | None
    state: CenterState
    reached: bool
    """Whether it is in the reach of who brings the sheet."""


@dataclass(frozen=True, slots=True)
class OfficeFact:
    """A departmental office as a row may name it."""

    id: int
    name: str
    department: str


@dataclass(frozen=True)
class Facts:
    """Everything outside a sheet that decides whether a row can be taken.

    Two are equal when rows read by one say the same by the other: what was read before the deed holds inside it.
    """

    today: date
    role: Role
    program: ProgramCode | None
    department: str | None
    active: bool
    departments: Mapping[str, set[str]]
    """Codes that a folded text may mean."""
    department_names: Mapping[str, str]
    towns: Mapping[str, set[str]]
    """Codes of municipalities that a folded text may mean."""
    town_names: Mapping[str, str]
    centers: Mapping[str, CenterFact]
    """Every center by its code."""
    lawyers: Mapping[str, tuple[int, str]]
    """Id and name by folded e-mail address or name."""
    institutions: Mapping[str, tuple[int, str]]
    """Id and name by folded name or short name."""
    offices: Mapping[str, OfficeFact]
    """Departmental offices by folded name."""
    conventions: Mapping[str, int]
    """Id of every convention by its number."""
    leases: Mapping[str, int]
    """Id of every lease by its number."""
    followed: frozenset[tuple[str, int]]
    """Conventions and leases that another one renews, by model and id."""
    asked: frozenset[int]
    """Centers for which a sanitary license is being asked."""
    lives: Mapping[int, Life]
    """When centers opened and closed, by their ids."""
    _compared: dict[tuple[str, str], str] = field(default_factory=dict, compare=False)

    @property
    def sees_all(self) -> bool:
        """Whether whoever brings the sheet reaches every row."""
        return self.role in SEES_ALL

    @cached_property
    def words(self) -> dict[str, dict[str, str]]:
        """What may be named, by its folded text, for each thing that rows name."""
        return {
            "department": {folded(name): name for name in self.department_names.values()},
            "municipality": {folded(name): name for name in self.town_names.values()},
            "center": {folded(code): code for code, one in self.centers.items() if one.reached},
            "lawyer": {key: name for key, (_, name) in self.lawyers.items()},
            "institution": {key: name for key, (_, name) in self.institutions.items()},
            "office": {key: one.name for key, one in self.offices.items()},
        }

    def nearest(self, text: str, of: str, known: Mapping[str, str] | None = None) -> str:
        """Return the known word that is spelled most alike, as people write it; empty when none is near.

        `of` is what the text should name; `known` are its words by their folded text, those of `words` when not given.
        Only the first few hundred texts of a sheet are compared.
        """
        words = self.words[of] if known is None else known
        key = (of, text)
        if key not in self._compared:
            if len(self._compared) >= MOST_COMPARED:
                return ""
            near = difflib.get_close_matches(folded(text[:120]), words, n=1, cutoff=0.6)
            self._compared[key] = words[near[0]] if near else ""
        return self._compared[key]


async def facts_for(person: User, kind: SheetKind) -> Facts:
    """Return what is known now, with the reach of who brings a sheet.

    What rows of the kind never name stays empty: a sheet of centers is not read anew because a convention was made.
    """
    agreements = kind in (SheetKind.CONVENTIONS, SheetKind.LEASES)
    return Facts(
        today=today(),
        role=person.role,
        program=person.program,
        department=person.department_id,
        active=person.active,
        departments=await department_spellings(),
        department_names=dict(await Department.all().values_list("code", "name")),
        towns=await municipality_spellings(),
        town_names=dict(await Municipality.all().values_list("code", "name")),
        centers=await _centers(person),
        lawyers=await _lawyers() if kind == SheetKind.COURT_FILES else {},
        institutions=await _institutions() if kind == SheetKind.CONVENTIONS else {},
        offices={
            folded(row.name): OfficeFact(row.id, row.name, row.department_id) for row in await DepartmentalOffice.all()
        },
        conventions=dict(await Convention.all().values_list("number", "id")) if agreements else {},
        leases=dict(await Lease.all().values_list("number", "id")) if agreements else {},
        followed=await _followed() if agreements else frozenset(),
        asked=await _asked() if kind == SheetKind.LICENSES else frozenset(),
        lives=await every_life() if kind == SheetKind.ATTENDANCE else {},
    )


async def _centers(person: User) -> dict[str, CenterFact]:
    reached = set(await Center.filter(within(Center, person)).values_list("id", flat=True))
    columns = ("code", "id", "name", "program", "kind", "municipality_id", "capacity", "state")
    return {
        code: CenterFact(key, name, program, kind, town, capacity, state, key in reached)
        for code, key, name, program, kind, town, capacity, state in await Center.all().values_list(*columns)
    }


async def _followed() -> frozenset[tuple[str, int]]:
    found: set[tuple[str, int]] = set()
    for model in (Convention, Lease):
        following = model.filter(renews_id__isnull=False).exclude(stage=AgreementStage.WITHDRAWN)
        found |= {(model.__name__, key) for (key,) in await following.values_list("renews_id")}
    return frozenset(found)


async def _asked() -> frozenset[int]:
    pending = SanitaryLicense.filter(stage__in=PENDING_STAGES)
    return frozenset(center for (center,) in await pending.values_list("center_id"))


async def _lawyers() -> dict[str, tuple[int, str]]:
    return {key: (one.id, one.name) for one in await lawyers() for key in (folded(one.email), folded(one.name))}


async def _institutions() -> dict[str, tuple[int, str]]:
    rows = await Institution.all().order_by("id").values_list("id", "name", "short_name")
    short = {folded(brief): (key, name) for key, name, brief in reversed(rows) if brief}
    return short | {folded(name): (key, name) for key, name, _ in rows}


def town_list(facts: Facts) -> list[str]:
    """Return the municipalities as a template offers them."""
    return [f"{code}{SEPARATOR}{name}" for code, name in sorted(facts.town_names.items())]


def department_list(facts: Facts) -> list[str]:
    """Return the departments as a template offers them."""
    return [name for _, name in sorted(facts.department_names.items())]


def center_list(facts: Facts) -> list[str]:
    """Return the centers in reach as a template offers them."""
    return [f"{code}{SEPARATOR}{one.name}" for code, one in sorted(facts.centers.items()) if one.reached]


def office_list(facts: Facts) -> list[str]:
    """Return the departmental offices as a template offers them."""
    return sorted(one.name for one in facts.offices.values())


def institution_list(facts: Facts) -> list[str]:
    """Return the institutions as a template offers them."""
    return sorted({name for _, name in facts.institutions.values()})


def lawyer_list(facts: Facts) -> list[str]:
    """Return the lawyers as a template offers them."""
    return sorted({name for _, name in facts.lawyers.values()})


def program_list(facts: Facts) -> list[str]:
    """Return the programs whose rows a person may bring."""
    return [facts.program.value] if facts.program and not facts.sees_all else [one.value for one in ProgramCode]
