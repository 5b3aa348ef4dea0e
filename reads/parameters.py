"""Legal parameters as rows, with their earlier and later values."""

from collections.abc import Sequence
from datetime import date

from tortoise.expressions import Q

from models.calendar import LegalParameter
from models.people import User
from reads.matching import exactly
from reads.paging import Order, Page, Row, page

PARAMETER = (
    "id", "code", "title", "value", "unit", "legal_basis", "confirmed", "valid_from", "valid_to", "note",
    "confirmed_by_id", "confirmed_on",
)  # fmt: skip


async def parameter_page(
    actor: User,
    *,
    code: str | None,
    on: date | None,
    not_before: date | None,
    confirmed: bool | None,
    first: int,
    after: str | None,
) -> Page:
    """Return a page of the dated values, by code and in the order in which they were set.

    `on` keeps those of one day, `not_before` those of that day and later ones.
    """
    rows = LegalParameter.all()
    if code:
        rows = rows.filter(exactly(LegalParameter, "code", code))
    if on:
        rows = rows.filter(Q(Q(valid_to__isnull=True) | Q(valid_to__gte=on)), valid_from__lte=on)
    if not_before:
        rows = rows.filter(Q(Q(valid_to__isnull=True) | Q(valid_to__gte=not_before)))
    if confirmed is not None:
        rows = rows.filter(confirmed=confirmed)
    return await page(rows, PARAMETER, Order("code"), first=first, after=after)


async def parameters_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return dated values by id; they are no secret."""
    return {row["id"]: row for row in await LegalParameter.filter(id__in=ids).values(*PARAMETER)}
