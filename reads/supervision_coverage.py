"""How supervision covers the centers as of a date: when each was last visited, and which nobody visits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from tortoise.expressions import Q, Subquery
from tortoise.functions import Max

from models.centers import Center, CenterState
from models.people import User
from models.permissions import within
from models.supervision import SupervisionVisit
from reads.center_history import centers_past
from reads.centers import CENTER
from reads.paging import Order, Page, page
from reads.supervision import PlaceQuery, at_places

LONGEST = 3653
"""Days without a visit that may be asked for: ten years."""


async def last_visits(ids: Sequence[int], actor: User, *, on: date) -> dict[int, date]:
    """Return the day of the last visit made to each center by a date; centers never visited are left out."""
    rows = SupervisionVisit.filter(center_id__in=ids, visited_on__lte=on).annotate(last=Max("visited_on"))
    return {row["center_id"]: row["last"] for row in await rows.group_by("center_id").values("center_id", "last")}


async def unvisited_page(actor: User, query: PlaceQuery, *, days: int, on: date, first: int, after: str | None) -> Page:
    """Return a page of the centers that nobody visited in the days up to a date, by name; those closed by it left out.

    Once visited within the days of a date, a center is covered on it: 30 days before the 31st begin on the 1st.
    """
    past = await centers_past(on=on)
    # A date may be so early that no days lie before it.
    before = on - timedelta(days=min(days, (on - date.min).days))
    visited = SupervisionVisit.filter(visited_on__gt=before, visited_on__lte=on)
    closed = past.filter("state", Q(state=CenterState.CLOSED), CenterState.CLOSED.__eq__)
    rows = Center.filter(within(Center, actor), at_places(query, past), past.opened(), ~closed)
    rows = rows.exclude(id__in=Subquery(visited.values("center_id")))
    found = await page(rows, CENTER, Order("name"), first=first, after=after)
    return replace(found, rows=past.of_all(found.rows))
