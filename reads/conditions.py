"""Conditions of favorable dictámenes as rows, and those that keep an agreement from being signed."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from tortoise.expressions import Q

from models.drafts import Condition
from models.people import User
from models.permissions import within
from models.reviews import LegalReview
from reads.paging import Row

CONDITION = (
    "id", "review_id", "position", "text", "due_on", "deferred_reason", "met_on", "note", "file_id", "met_by_id",
    "version",
)  # fmt: skip


async def conditions_by_review(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the conditions of each file in their order; those of a void dictamen are asked of nobody."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    rows = Condition.filter(review_id__in=ids, document__voided_on__isnull=True).order_by("document_id", "position")
    for row in await rows.values(*CONDITION, number="document__number"):
        grouped[row["review_id"]].append(row)
    return grouped


async def conditions_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return conditions by id, of files in reach."""
    rows = await Condition.filter(id__in=ids).values(*CONDITION, number="document__number")
    files = LegalReview.filter(within(LegalReview, actor), id__in=[row["review_id"] for row in rows])
    reachable = set(await files.values_list("id", flat=True))
    return {row["id"]: row for row in rows if row["review_id"] in reachable}


async def blocking_conditions(document_id: int, *, on: date) -> list[str]:
    """Return the texts of a dictamen's conditions that are neither met by a date nor put off."""
    unmet = Q(Q(met_on__isnull=True) | Q(met_on__gt=on), due_on__isnull=True)
    rows = await Condition.filter(unmet, document_id=document_id).order_by("position")
    return [row.text for row in rows]
