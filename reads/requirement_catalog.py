"""The checklist catalog as rows: which lines it holds, for what, since when, and how many files were asked for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tortoise.expressions import Q
from tortoise.functions import Count

from models.agreements import ConventionKind
from models.fields import folded
from models.people import User
from models.places import ProgramCode
from models.reviews import Requirement, ReviewMatter, ReviewRequirement
from reads.matching import LONGEST_SEARCH, exactly
from reads.paging import Order, Page, Row, page

REQUIREMENT = (
    "id", "code", "title", "help", "legal_basis", "mandatory", "convention_kind", "program", "matter",
    "municipal_only", "confirmed", "valid_from", "valid_to", "position",
)  # fmt: skip


@dataclass(frozen=True)
class RequirementQuery:
    """Which lines are wanted; what is empty does not narrow, but retired lines come only when asked for."""

    convention_kind: ConventionKind | None = None
    matter: ReviewMatter | None = None
    program: ProgramCode | None = None
    in_force_on: date | None = None
    retired: bool | None = None
    without_legal_basis: bool | None = None
    confirmed: bool | None = None
    search: str | None = None


def in_force(on: date) -> Q:
    """Return the condition that a line is asked for on a date."""
    return Q(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)


async def requirement_page(actor: User, query: RequirementQuery, *, on: date, first: int, after: str | None) -> Page:
    """Return a page of the catalog in its order; without a date or `retired`, the lines of `on` and of later days."""
    rows = Requirement.all()
    if query.in_force_on:
        rows = rows.filter(in_force(query.in_force_on))
    elif query.retired is not None:
        rows = rows.filter(valid_to__lt=on) if query.retired else rows.filter(_living(on))
    else:
        rows = rows.filter(_living(on))
    if query.convention_kind:
        # A line without a kind is asked for every kind.
        of_kind = Q(Q(convention_kind__isnull=True) | Q(convention_kind=query.convention_kind))
        rows = rows.filter(of_kind, matter__isnull=True)
    if query.program:
        rows = rows.filter(Q(Q(program__isnull=True) | Q(program=query.program)))
    if query.matter:
        rows = rows.filter(matter=query.matter)
    if query.without_legal_basis is not None:
        rows = rows.filter(legal_basis="") if query.without_legal_basis else rows.exclude(legal_basis="")
    if query.confirmed is not None:
        rows = rows.filter(confirmed=query.confirmed)
    if query.search:
        rows = rows.filter(id__in=await _found(query.search))
    return await page(rows, REQUIREMENT, Order("position"), first=first, after=after)


def _living(on: date) -> Q:
    return Q(Q(valid_to__isnull=True) | Q(valid_to__gte=on))


async def _found(search: str) -> list[int]:
    """Return the lines that hold every word; a catalog of some dozens needs no column for searching."""
    words = folded(search[:LONGEST_SEARCH]).split()
    rows = await Requirement.all().values("id", "code", "title", "help", "legal_basis")
    texts = {row["id"]: folded(row["code"], row["title"], row["help"], row["legal_basis"]) for row in rows}
    return [one for one, text in texts.items() if all(word in text for word in words)]


async def requirement_lines_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return lines of the catalog by id; the catalog is no secret."""
    return {row["id"]: row for row in await Requirement.filter(id__in=ids).values(*REQUIREMENT)}


async def requirement_by_code(code: str) -> Row | None:
    """Return a line of the catalog by its code."""
    rows = await Requirement.filter(exactly(Requirement, "code", code)).values(*REQUIREMENT)
    return rows[0] if rows else None


async def lines_by_family(bases: Sequence[str], actor: User) -> dict[str, list[Row]]:
    """Return, for each base code (SOLICITUD), its line and those that replaced it, newest first."""
    named = Q(*(Q(Q(code=one) | Q(code__startswith=f"{one}-")) for one in bases), join_type="OR")
    found: dict[str, list[Row]] = {one: [] for one in bases}
    for row in await Requirement.filter(named).order_by("-id").values(*REQUIREMENT):
        found[row["code"].partition("-")[0]].append(row)
    return found


async def uses_by_requirement(ids: Sequence[int], actor: User) -> dict[int, int]:
    """Return how many files were asked for each line; a number tells nothing of whose they are."""
    counted = ReviewRequirement.filter(requirement_id__in=ids).annotate(files=Count("id")).group_by("requirement_id")
    return {row["requirement_id"]: row["files"] for row in await counted.values("requirement_id", "files")}
