"""Sanitary licenses as rows: the register, and which follows which."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from models.agreements import PENDING_STAGES, AgreementStage, SanitaryLicense, Standing
from models.people import User
from models.permissions import within
from reads.agreement_history import agreements_past
from reads.agreements import LICENSE
from reads.matching import exactly, holding
from reads.paging import Order, Page, Row, page


@dataclass(frozen=True)
class LicenseQuery:
    """Which licenses are wanted; empty lists mean all."""

    standing: list[Standing] = field(default_factory=list)
    stage: list[AgreementStage] = field(default_factory=list)
    municipality_code: str | None = None
    department_code: str | None = None
    search: str | None = None


async def license_page(
    actor: User, query: LicenseQuery, *, on: date, order: Order, first: int, after: str | None
) -> Page:
    """Return a page of the sanitary licenses in reach and on record by a date; standings are those of the date."""
    past = await agreements_past(SanitaryLicense, on=on)
    rows = SanitaryLicense.filter(within(SanitaryLicense, actor), past.on_record())
    if query.standing:
        rows = rows.filter(past.standing_is(*set(query.standing)))
    if query.stage:
        rows = rows.filter(stage__in=query.stage)
    if query.municipality_code:
        rows = rows.filter(exactly(SanitaryLicense, "center__municipality_id", query.municipality_code))
    if query.department_code:
        rows = rows.filter(exactly(SanitaryLicense, "center__municipality__department_id", query.department_code))
    rows = rows.filter(holding(query.search))
    return await page(rows, LICENSE, order, first=first, after=after)


async def license_by_number(number: str, actor: User) -> Row | None:
    """Return a sanitary license in reach by its registry number."""
    named = exactly(SanitaryLicense, "number", number)
    rows = await SanitaryLicense.filter(within(SanitaryLicense, actor), named).limit(1).values(*LICENSE)
    return rows[0] if rows else None


async def license_renewals(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return, for each license, the one that follows it and was not given up."""
    rows = SanitaryLicense.filter(within(SanitaryLicense, actor), renews_id__in=ids)
    rows = rows.exclude(stage=AgreementStage.WITHDRAWN)
    return {row["renews_id"]: row for row in await rows.values(*LICENSE)}


async def license_by_center(ids: Sequence[int], actor: User, *, on: date) -> dict[int, Row]:
    """Return the sanitary license of each center that ends last among those begun by a date."""
    rows = SanitaryLicense.filter(center_id__in=ids, stage=AgreementStage.SIGNED, starts_on__lte=on)
    return {row["center_id"]: row for row in await rows.order_by("ends_on", "id").values(*LICENSE)}


async def pending_license(center_id: int) -> SanitaryLicense | None:
    """Return the license that is being asked for a center, if one is."""
    return await SanitaryLicense.filter(center_id=center_id, stage__in=PENDING_STAGES).order_by("-id").first()


async def latest_license(center_id: int) -> SanitaryLicense | None:
    """Return the recorded license of a center that ends last and that none follows: the next one renews it."""
    recorded = SanitaryLicense.filter(center_id=center_id, stage=AgreementStage.SIGNED).order_by("-ends_on", "-id")
    followed = await license_renewals_of(center_id)
    return next((one for one in await recorded if one.id not in followed), None)


async def license_renewals_of(center_id: int) -> set[int]:
    """Return the licenses of a center that another one follows, pending or recorded."""
    following = SanitaryLicense.filter(center_id=center_id, renews_id__isnull=False)
    return {row["renews_id"] for row in await following.exclude(stage=AgreementStage.WITHDRAWN).values("renews_id")}
