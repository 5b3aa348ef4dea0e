"""Who signs for municipalities, institutions and SOSEP, since when and until when, as rows."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tortoise.expressions import Q

from models.fields import folded
from models.people import Role, User
from models.places import OfficeHolder
from reads.matching import LONGEST_SEARCH, exactly
from reads.paging import Order, Page, Row, page

HOLDER = (
    "id", "name", "position", "gender", "appointment", "since", "until", "source", "municipality_id", "institution_id",
)  # fmt: skip
"""Columns that the API shows of who holds an office."""


@dataclass(frozen=True)
class HolderQuery:
    """Which holders are wanted; what is empty does not narrow."""

    municipality_code: str | None = None
    institution_id: int | None = None
    sosep: bool = False
    current: bool = False
    ends_within_days: int | None = None
    search: str | None = None


def holds_on(on: date) -> Q:
    """Return the filter of who holds an office on a day."""
    since = Q(Q(since__isnull=True) | Q(since__lte=on))
    return since & Q(Q(until__isnull=True) | Q(until__gte=on))


def held_on(row: Row, on: date) -> bool:
    """Tell of one row what `holds_on` filters."""
    return (row["since"] is None or row["since"] <= on) and (row["until"] is None or row["until"] >= on)


def _seen_by(actor: User) -> Q:
    """Return whose offices a person sees: a municipality its own, everybody else all of them."""
    return Q(municipality_id=actor.municipality_id or "") if actor.role == Role.MUNICIPAL else Q()


async def holder_page(actor: User, query: HolderQuery, *, on: date, first: int, after: str | None) -> Page:
    """Return a page of who holds or held an office, the next term to end first, open ones last."""
    rows = OfficeHolder.filter(_seen_by(actor))
    if query.municipality_code:
        rows = rows.filter(exactly(OfficeHolder, "municipality_id", query.municipality_code))
    if query.institution_id is not None:
        rows = rows.filter(institution_id=query.institution_id)
    if query.sosep:
        rows = rows.filter(municipality_id=None, institution_id=None)
    if query.current:
        rows = rows.filter(holds_on(on))
    if query.ends_within_days is not None:
        limit = date.fromordinal(min(on.toordinal() + query.ends_within_days, date.max.toordinal()))
        rows = rows.filter(until__gte=on, until__lte=limit)
    words = folded((query.search or "")[:LONGEST_SEARCH]).split()
    if words:
        rows = rows.filter(id__in=await _named(actor, words))
    return await page(rows, HOLDER, Order("until"), first=first, after=after)


async def _named(actor: User, words: Sequence[str]) -> list[int]:
    """Return the holders whose name, place or institution holds every word; the table has a few rows per office."""
    told = ("name", "municipality__name", "municipality__department__name", "institution__name")
    rows = await OfficeHolder.filter(_seen_by(actor)).values("id", *told)
    texts = {row["id"]: folded(*(row[name] for name in told)) for row in rows}
    return [key for key, text in texts.items() if all(word in text for word in words)]


async def holders_by_municipality(codes: Sequence[str], actor: User) -> dict[str, list[Row]]:
    """Return who holds and held the office of each municipality, the latest first."""
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in await _latest_first(Q(municipality_id__in=codes) & _seen_by(actor)):
        grouped[row["municipality_id"]].append(row)
    return grouped


async def holders_by_institution(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return who represents and represented each institution, the latest first."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in await _latest_first(Q(institution_id__in=ids) & _seen_by(actor)):
        grouped[row["institution_id"]].append(row)
    return grouped


async def _latest_first(wanted: Q) -> list[Row]:
    rows = await OfficeHolder.filter(wanted).order_by("id").values(*HOLDER)
    return sorted(rows, key=lambda row: row["since"] or date.min, reverse=True)


async def holders_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return holders by id."""
    return {row["id"]: row for row in await OfficeHolder.filter(_seen_by(actor), id__in=ids).values(*HOLDER)}


Office = tuple[str | None, int | None]
"""Municipality and institution of an office; neither is SOSEP's."""


async def holders_of(towns: Sequence[str], institutions: Sequence[int]) -> dict[Office, list[Row]]:
    """Return who holds and held the offices of places, institutions and SOSEP, by (municipality, institution)."""
    sosep = Q(municipality_id__isnull=True, institution_id__isnull=True)
    wanted = Q(Q(municipality_id__in=list(towns)), Q(institution_id__in=list(institutions)), sosep, join_type="OR")
    grouped: dict[Office, list[Row]] = defaultdict(list)
    for row in await OfficeHolder.filter(wanted).order_by("id").values(*HOLDER):
        grouped[row["municipality_id"], row["institution_id"]].append(row)
    return grouped


def holder_on(rows: Sequence[Row], on: date) -> Row | None:
    """Return who holds an office on a day: the last to have taken it, of those who hold it then."""
    held = [row for row in rows if held_on(row, on)]
    return max(held, key=lambda row: (row["since"] or date.min, -row["id"]), default=None)
