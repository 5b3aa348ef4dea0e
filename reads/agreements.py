"""Conventions, leases and licenses as rows, and what hangs on a convention: chain, minutes, signatures, renewals."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, date
from typing import Any

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models.agreements import (
    AgreementStage,
    Convention,
    Lease,
    SanitaryLicense,
    Standing,
)
from models.conventions import Amendment
from models.outbox import Reminder
from models.people import Role, User
from models.permissions import SEES_ALL, within
from models.signing import CouncilMinute, Signature, SignatureDelegation
from reads.agreement_history import LIVE, agreements_past
from reads.matching import exactly, holding
from reads.paging import Order, Page, Row, page
from reads.parties import further_municipal, further_with
from reads.perfected import perfected_during

CONVENTION = (
    "id", "number", "kind", "program", "stage", "starts_on", "ends_on", "terminated_on", "title", "term_months",
    "requested_on", "note", "termination_reason", "termination_basis", "source", "source_note", "version",
    "municipality_id", "institution_id", "renews_id", "sosep_signatures",
)  # fmt: skip
LEASE = (
    "id", "number", "nature", "form", "program", "stage", "starts_on", "ends_on", "terminated_on", "monthly_rent",
    "total", "term_months", "budget_line", "use", "justification", "requested_on",
    "landlord_name", "landlord_nit", "address", "finca", "folio", "libro", "source", "version",
    "termination_reason", "termination_basis",
    "municipality_id", "center_id", "office_id", "renews_id", "form_confirmed_by_id",
)  # fmt: skip
LICENSE = (
    "id", "number", "stage", "starts_on", "ends_on", "terminated_on", "source", "version", "center_id",
    "license_number", "requested_on", "note", "file_id", "renews_id",
)  # fmt: skip
"""Columns that the API shows of each."""
MINUTE = (
    "id", "act_number", "point_number", "session_date", "approved_date", "votes_for", "votes_against", "file_id",
    "party__municipality_id", "convention__municipality_id",
)  # fmt: skip
"""Columns of a council's minute, with what says whose council it is."""


@dataclass(frozen=True)
class ConventionQuery:
    """Which conventions are wanted; empty lists mean all."""

    standing: list[Standing] = field(default_factory=list)
    stage: list[AgreementStage] = field(default_factory=list)
    program: str | None = None
    requested_year: int | None = None
    municipality_code: str | None = None
    department_code: str | None = None
    without_center: bool | None = None
    signed_from: date | None = None
    signed_to: date | None = None
    """Days on which the last of the parties signed, both included."""
    ends_from: date | None = None
    ends_to: date | None = None
    """Last days in force that are wanted, both included; an early end counts."""
    municipal: bool = False
    """Only those of which a municipality is a party."""
    search: str | None = None


async def convention_page(
    actor: User, query: ConventionQuery, *, on: date, order: Order, first: int, after: str | None
) -> Page:
    """Return a page of the conventions in reach and on record by a date; standings are those of the date."""
    rows = await conventions_wanted(actor, query, on=on)
    since = _first_end(query, on) if order.column == "ends_on" else None
    return await page(rows, CONVENTION, order, first=first, after=after, since=since)


def _first_end(query: ConventionQuery, on: date) -> date | None:
    """Return the day before which none of the wanted ends, if one can be told; a later extension only lengthens."""
    live = bool(query.standing) and LIVE.issuperset(query.standing)
    return max(filter(None, (on if live else None, query.ends_from)), default=None)


async def conventions_wanted(actor: User, query: ConventionQuery, *, on: date) -> QuerySet[Convention]:
    """Return the query for the conventions in reach and on record by a date that are wanted, as they stood on it."""
    past = await agreements_past(Convention, on=on)
    rows = Convention.filter(within(Convention, actor), past.on_record())
    if query.standing:
        rows = rows.filter(past.standing_is(*set(query.standing)))
    if query.stage:
        rows = rows.filter(stage__in=query.stage)
    if query.program:
        rows = rows.filter(program=query.program)
    if query.requested_year is not None:
        year = min(max(query.requested_year, MINYEAR), MAXYEAR)
        rows = rows.filter(requested_on__gte=date(year, 1, 1), requested_on__lte=date(year, 12, 31))
    if query.municipality_code:
        town = exactly(Convention, "municipality_id", query.municipality_code)
        rows = rows.filter(town | Q(id__in=further_with("municipality_id", query.municipality_code)))
    if query.department_code:
        path = "municipality__department_id"
        department = exactly(Convention, path, query.department_code)
        rows = rows.filter(department | Q(id__in=further_with(path, query.department_code)))
    if query.without_center is not None:
        linked = await Convention.filter(centers__id__isnull=False).distinct().values_list("id", flat=True)
        rows = rows.filter(id__not_in=linked) if query.without_center else rows.filter(id__in=linked)
    if query.signed_from or query.signed_to:
        rows = rows.filter(perfected_during(query.signed_from or date.min, query.signed_to or date.max))
    if query.ends_from or query.ends_to:
        rows = rows.filter(past.last_day_within(query.ends_from or date.min, query.ends_to or date.max))
    if query.municipal:
        rows = rows.filter(Q(municipality_id__isnull=False) | Q(id__in=further_municipal()))
    return rows.filter(holding(query.search))


async def convention_by_number(number: str, actor: User) -> Row | None:
    """Return a convention in reach by its registry number."""
    named = exactly(Convention, "number", number)
    rows = await Convention.filter(within(Convention, actor), named).limit(1).values(*CONVENTION)
    return rows[0] if rows else None


async def conventions_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the conventions in reach among these."""
    rows = await Convention.filter(within(Convention, actor), id__in=ids).values(*CONVENTION)
    return {row["id"]: row for row in rows}


async def conventions_by_center(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the conventions in reach that cover or covered each center, the newest first; withdrawn ones left out."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    rows = Convention.filter(within(Convention, actor), centers__id__in=ids).exclude(stage=AgreementStage.WITHDRAWN)
    for row in await rows.order_by("-id").values(*CONVENTION, center="centers__id"):
        grouped[row["center"]].append(row)
    return grouped


async def leases_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the leases in reach among these."""
    return {row["id"]: row for row in await Lease.filter(within(Lease, actor), id__in=ids).values(*LEASE)}


async def licenses_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the sanitary licenses in reach among these."""
    rows = await SanitaryLicense.filter(within(SanitaryLicense, actor), id__in=ids).values(*LICENSE)
    return {row["id"]: row for row in rows}


async def chains(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return, for each convention, the whole chain of renewals it belongs to, oldest first, itself included."""
    known = await conventions_by_id(ids, actor)
    frontier = set(known)
    while frontier:
        older = [row["renews_id"] for row in known.values() if row["renews_id"] and row["renews_id"] not in known]
        newer = Convention.filter(within(Convention, actor), renews_id__in=list(frontier))
        found = {row["id"]: row for row in await newer.exclude(stage=AgreementStage.WITHDRAWN).values(*CONVENTION)}
        found |= await conventions_by_id(older, actor) if older else {}
        frontier = set(found) - set(known)
        known |= found
    return {one: _chain(one, known) for one in ids if one in known}


def _chain(one: int, known: dict[int, Row]) -> list[Row]:
    row = known[one]
    while row["renews_id"] in known:
        row = known[row["renews_id"]]
    after = {other["renews_id"]: other for other in known.values() if other["stage"] != AgreementStage.WITHDRAWN}
    chain = [row]
    while chain[-1]["id"] in after:
        chain.append(after[chain[-1]["id"]])
    # A withdrawn request stands in no chain but its own.
    return chain if any(link["id"] == one for link in chain) else [*chain, known[one]]


async def _hanging(model: Any, ids: Sequence[int], *columns: str, order: str = "id") -> dict[int, list[Row]]:
    rows = await model.filter(convention_id__in=ids).order_by(order).values("convention_id", *columns)
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["convention_id"]].append(row)
    return grouped


async def minutes_by_convention(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the council's minutes noted for each convention, oldest first."""
    found = await _hanging(CouncilMinute, ids, *MINUTE)
    return {one: [_with_town(row) for row in rows] for one, rows in found.items()}


def _with_town(row: Row) -> Row:
    """Name the municipality whose council's minute it is."""
    return row | {"town": row["party__municipality_id"] or row["convention__municipality_id"]}


async def signatures_by_convention(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the signatures of each convention in the order they were given."""
    columns = ("side", "signer_name", "capacity", "place", "signed_on", "scan_id", "party_id")
    named = ("party__municipality__name", "party__institution__name")
    found = await _hanging(Signature, ids, *columns, *named, order="signed_on")
    for row in (row for rows in found.values() for row in rows):
        town = row["party__municipality__name"]
        row["further_party"] = f"Municipalidad de {town}" if town else row["party__institution__name"] or ""
    return found


async def signatures_by_lease(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the signatures of each lease in the order they were given."""
    columns = ("lease_id", "side", "signer_name", "capacity", "place", "signed_on", "scan_id")
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in await Signature.filter(lease_id__in=ids).order_by("signed_on", "id").values(*columns):
        grouped[row["lease_id"]].append(row)
    return grouped


async def amendments_by_convention(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the adendas of each convention in their order."""
    columns = ("ordinal", "motive", "signed_on", "changes", "old_ends_on", "new_ends_on", "document_id")
    found = await _hanging(Amendment, ids, *columns, order="ordinal")
    return {one: [row | {"clauses": row["changes"] or []} for row in rows] for one, rows in found.items()}


async def amended_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return which convention each adenda changes, and its paper, by the adenda's id."""
    rows = await Amendment.filter(id__in=ids).values("id", "convention_id", "document_id")
    return {row["id"]: row for row in rows}


async def reminders_by_convention(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the reminders of each convention; people of a municipality see only those sent to themselves."""
    rows = Reminder.filter(convention_id__in=ids)
    if actor.role not in SEES_ALL | {Role.DIRECTOR}:
        rows = rows.filter(recipient=actor.email)
    grouped: dict[int, list[Row]] = defaultdict(list)
    columns = {"sent_at": "notice__sent_at"}
    for row in await rows.order_by("due_on", "id").values(
        "convention_id", "rung", "unit", "due_on", "recipient", **columns
    ):
        grouped[row["convention_id"]].append(row)
    return grouped


DELEGATION = ("id", "instrument", "number", "issued_on", "delegate_name", "delegate_position", "file_id")


async def delegation_by_lease(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the latest delegation of signature of each lease."""
    rows = await SignatureDelegation.filter(lease_id__in=ids).order_by("id").values("lease_id", *DELEGATION)
    return {row["lease_id"]: row for row in rows}


async def delegation_by_convention(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the latest delegation of signature of each convention."""
    rows = SignatureDelegation.filter(convention_id__in=ids).order_by("id")
    return {row["convention_id"]: row for row in await rows.values("convention_id", *DELEGATION)}


async def delegations_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return delegations of signature by id, of agreements in reach."""
    rows = await SignatureDelegation.filter(id__in=ids).values("convention_id", "lease_id", *DELEGATION)
    conventions = await conventions_by_id([row["convention_id"] for row in rows if row["convention_id"]], actor)
    leases = await leases_by_id([row["lease_id"] for row in rows if row["lease_id"]], actor)
    return {row["id"]: row for row in rows if row["convention_id"] in conventions or row["lease_id"] in leases}


async def minutes_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return council's minutes by id, of conventions in reach."""
    rows = await CouncilMinute.filter(id__in=ids).values("convention_id", *MINUTE)
    reachable = await conventions_by_id([row["convention_id"] for row in rows], actor)
    return {row["id"]: _with_town(row) for row in rows if row["convention_id"] in reachable}
