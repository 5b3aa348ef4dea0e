"""The counterparts of a convention: the first, which the convention names itself, and the further ones."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tortoise.expressions import Subquery

from models.agreements import Convention
from models.conventions import ConventionParty
from models.fields import folded
from models.people import Role, User
from models.places import Sector
from reads.matching import exactly
from reads.paging import Row


@dataclass(frozen=True)
class Party:
    """A counterpart with what its signature needs; `party_id` is empty for the first one."""

    convention_id: int
    party_id: int | None
    municipality_id: str | None
    institution_id: int | None
    name: str
    """«Municipalidad de San Juan Chamelco», or the institution's name."""
    sector: Sector
    needed_signatures: int


_NAMED = {"place": "municipality__name", "institution": "institution__name", "sector": "institution__sector"}


async def parties_of(ids: Sequence[int]) -> dict[int, list[Party]]:
    """Return the counterparts of each convention in their order, the first one first; two statements for all."""
    found: dict[int, list[Party]] = defaultdict(list)
    columns = ("municipality_id", "institution_id")
    rows = await Convention.filter(id__in=ids).values("id", "counterpart_signatures", *columns, **_NAMED)
    for row in rows:
        found[row["id"]] = [_party(row, row["id"], None, row["counterpart_signatures"])]
    further = ConventionParty.filter(convention_id__in=ids).order_by("position", "id")
    for row in await further.values("id", "convention_id", "needed_signatures", *columns, **_NAMED):
        found[row["convention_id"]].append(_party(row, row["convention_id"], row["id"], row["needed_signatures"]))
    return found


def _party(row: Row, convention_id: int, party_id: int | None, needed: int) -> Party:
    name = f"Municipalidad de {row['place']}" if row["municipality_id"] else row["institution"]
    sector = Sector.MUNICIPALITY if row["municipality_id"] else row["sector"]
    return Party(convention_id, party_id, row["municipality_id"], row["institution_id"], name, sector, needed)


async def parties_by_convention(ids: Sequence[int], actor: User) -> dict[int, list[Party]]:
    """Return the counterparts of conventions that are in reach already."""
    return await parties_of(ids)


async def towns_of(convention_id: int | None) -> list[str]:
    """Return the municipalities that are parties of a convention, by code."""
    if convention_id is None:
        return []
    first = await Convention.filter(id=convention_id, municipality_id__isnull=False).values("municipality_id")
    further = ConventionParty.filter(convention_id=convention_id, municipality_id__isnull=False).order_by("position")
    return [row["municipality_id"] for row in [*first, *await further.values("municipality_id")]]


async def institutions_of(convention_id: int | None) -> list[int]:
    """Return the institutions that are parties of a convention."""
    if convention_id is None:
        return []
    first = await Convention.filter(id=convention_id, institution_id__isnull=False).values("institution_id")
    further = ConventionParty.filter(convention_id=convention_id, institution_id__isnull=False)
    return [row["institution_id"] for row in [*first, *await further.values("institution_id")]]


def further_with(path: str, text: str) -> Subquery:
    """Return the ids of the conventions whose further parties have this at `path`.

    A subquery, because a join would give a convention once for each of its parties.
    """
    return Subquery(ConventionParty.filter(exactly(ConventionParty, path, text)).values("convention_id"))


def further_municipal() -> Subquery:
    """Return the ids of the conventions that have a municipality among their further parties."""
    return Subquery(ConventionParty.filter(municipality_id__isnull=False).values("convention_id"))


def own_party(parties: Sequence[Party], person: User) -> Party | None:
    """Return the party for which a municipal person acts; None for whoever belongs to no party."""
    if person.role != Role.MUNICIPAL or not person.municipality_id:
        return None
    return next((one for one in parties if one.municipality_id == person.municipality_id), None)


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence lists them: «Cobán, Mixco y Fundación Contexto», «Cobán e Instituto Austriaco»."""
    if len(names) < 2:
        return "".join(names)
    link = "e" if folded(names[-1]).startswith(("i", "hi")) else "y"
    return f"{', '.join(names[:-1])} {link} {names[-1]}"
