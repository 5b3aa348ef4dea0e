"""Files of the legal review as rows: the lawyer's inbox, checklists, evidence and observations."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from tortoise.expressions import Q, Subquery
from tortoise.functions import Count

from models.agreements import PENDING_STAGES, Agreement, Convention, Lease, SanitaryLicense
from models.papers import OfficialDocument
from models.people import User
from models.permissions import within
from models.reviews import (
    DESK_STAGES,
    LegalReview,
    Observation,
    ReviewMatter,
    ReviewStage,
)
from reads.matching import exactly, holding
from reads.paging import Order, Page, Row, page
from reads.parties import further_with

REVIEW = (
    "id", "code", "matter", "title", "requesting_unit", "program", "stage", "requested_on", "received_on", "due_on",
    "due_from", "due_days", "days_left", "closed_on", "conclusion", "reference", "folios", "last_moved_on",
    "returns_count", "missing", "source", "version",
    "convention_id", "lease_id", "license_id", "municipality_id", "assignee_id", "proposed_lawyer_id",
)  # fmt: skip
"""Columns that the API shows of a file."""

LOAD_STAGES = (*DESK_STAGES, ReviewStage.RETURNED)
"""Stages in which a file keeps a lawyer busy."""


@dataclass(frozen=True)
class ReviewQuery:
    """Which files are wanted; what is empty does not narrow."""

    assignee_id: int | None = None
    mine: bool = False
    unassigned: bool = False
    stage: list[ReviewStage] = field(default_factory=list)
    overdue: bool | None = None
    subject_kind: str | None = None
    program: str | None = None
    municipality_code: str | None = None
    department_code: str | None = None
    without_department: bool = False
    matter: list[ReviewMatter] = field(default_factory=list)
    received_from: date | None = None
    received_to: date | None = None
    closed_from: date | None = None
    closed_to: date | None = None
    search: str | None = None

    def period(self) -> dict[str, date]:
        """Return the bounds of the days of receipt and of conclusion that are asked for, both included."""
        bounds = {
            "received_on__gte": self.received_from,
            "received_on__lte": self.received_to,
            "closed_on__gte": self.closed_from,
            "closed_on__lte": self.closed_to,
        }
        return {name: day for name, day in bounds.items() if day}


async def review_page(
    actor: User, query: ReviewQuery, *, on: date, order: Order, first: int, after: str | None
) -> Page:
    """Return a page of the files in reach; without stage, search or period asked for, those still open."""
    rows = LegalReview.filter(within(LegalReview, actor), **query.period())
    if query.stage:
        rows = rows.filter(stage__in=query.stage)
    elif not query.search and not query.period():
        rows = rows.exclude(stage__in=(ReviewStage.CLOSED, ReviewStage.WITHDRAWN))
    if query.mine:
        rows = rows.filter(Q(assignee_id=actor.id) | Q(assignee_id=None, proposed_lawyer_id=actor.id))
    if query.assignee_id is not None:
        rows = rows.filter(assignee_id=query.assignee_id)
    if query.unassigned:
        rows = rows.filter(assignee_id=None)
    if query.overdue is not None:
        late = Q(stage__in=DESK_STAGES, due_on__lt=on)
        rows = rows.filter(late if query.overdue else ~late)
    if query.subject_kind:
        rows = rows.filter(**{f"{query.subject_kind}_id__isnull": False})
    if query.program:
        rows = rows.filter(program=query.program)
    if query.municipality_code:
        town = exactly(LegalReview, "municipality_id", query.municipality_code)
        rows = rows.filter(town | Q(convention_id__in=further_with("municipality_id", query.municipality_code)))
    if query.department_code:
        rows = rows.filter(exactly(LegalReview, "department_id", query.department_code))
    if query.without_department:
        rows = rows.filter(department_id__isnull=True)
    if query.matter:
        rows = rows.filter(matter__in=query.matter)
    rows = rows.filter(mentioning(query.search))
    return await page(rows, REVIEW, order, first=first, after=after)


def mentioning(search: str | None) -> Q:
    """Return the condition that a file holds every word of a search: itself, a paper of it, or its agreement.

    Papers bring their numbers and addressees, agreements their numbers and parties. Each table is asked once,
    whatever the number of words; a paper's whole number is found by its index.
    """
    words = holding(search)
    if not words.children:
        return Q()
    number = exactly(OfficialDocument, "number", (search or "").strip().upper())
    papers = OfficialDocument.filter(words | number, review_id__isnull=False).values("review_id")
    return Q(
        words,
        Q(id__in=Subquery(papers)),
        Q(convention_id__in=Subquery(Convention.filter(words).values("id"))),
        Q(lease_id__in=Subquery(Lease.filter(words).values("id"))),
        Q(license_id__in=Subquery(SanitaryLicense.filter(words).values("id"))),
        join_type="OR",
    )


@dataclass(frozen=True)
class Load:
    """How many files a lawyer has, and how many of them passed their deadline on her or his desk."""

    open: int = 0
    overdue: int = 0


async def loads_by_lawyer(ids: Sequence[int], actor: User, *, on: date, without: int | None = None) -> dict[int, Load]:
    """Return what each lawyer has to analyze: files on the desk or returned, assigned, or proposed and not assigned.

    `without` leaves a file out, the one that is about to be given to somebody.
    """
    theirs = Q(Q(assignee_id__in=ids), Q(assignee_id=None, proposed_lawyer_id__in=ids), join_type="OR")
    rows = LegalReview.filter(within(LegalReview, actor), theirs, stage__in=LOAD_STAGES)
    if without:
        rows = rows.exclude(id=without)
    late = Count("id", _filter=Q(stage__in=DESK_STAGES, due_on__lt=on))
    grouped = rows.annotate(open=Count("id"), late=late).group_by("assignee_id", "proposed_lawyer_id")
    loads = dict.fromkeys(ids, Load())
    for row in await grouped.values("assignee_id", "proposed_lawyer_id", "open", "late"):
        lawyer = row["assignee_id"] or row["proposed_lawyer_id"]
        loads[lawyer] = Load(loads[lawyer].open + row["open"], loads[lawyer].overdue + row["late"])
    return loads


async def review_by_code(code: str, actor: User) -> Row | None:
    """Return a file in reach by its code."""
    named = exactly(LegalReview, "code", code)
    rows = await LegalReview.filter(within(LegalReview, actor), named).limit(1).values(*REVIEW)
    return rows[0] if rows else None


async def public_progress(code: str) -> Row | None:
    """Return what anybody may know of a file by its code: stage and dates, no names. Old papers are not public."""
    columns = ("code", "stage", "received_on", "due_on", "last_moved_on")
    rows = await LegalReview.filter(exactly(LegalReview, "code", code)).limit(1).values(*columns)
    return rows[0] if rows else None


async def reviews_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the files in reach among these."""
    rows = await LegalReview.filter(within(LegalReview, actor), id__in=ids).values(*REVIEW)
    return {row["id"]: row for row in rows}


async def reviews_by_convention(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the files of each convention, oldest first."""
    return await _reviews_by("convention_id", ids, actor)


async def reviews_by_lease(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the files of each lease or assignment, oldest first."""
    return await _reviews_by("lease_id", ids, actor)


async def reviews_by_license(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the files of each sanitary license, oldest first."""
    return await _reviews_by("license_id", ids, actor)


async def _reviews_by(link: str, ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    rows = LegalReview.filter(within(LegalReview, actor), **{f"{link}__in": ids})
    for row in await rows.order_by("id").values(*REVIEW):
        grouped[row[link]].append(row)
    return grouped


async def pending_renewals(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return, for each convention, the file of the renewal that is pending."""
    return await _pending(Convention, "convention_id", ids, actor)


async def pending_lease_renewals(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the same for each lease or assignment."""
    return await _pending(Lease, "lease_id", ids, actor)


async def pending_license_renewals(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return the same for each sanitary license."""
    return await _pending(SanitaryLicense, "license_id", ids, actor)


async def _pending(model: type[Agreement], link: str, ids: Sequence[int], actor: User) -> dict[int, Row]:
    new = await model.filter(renews_id__in=ids, stage__in=PENDING_STAGES).values("id", "renews_id")
    files = await _reviews_by(link, [row["id"] for row in new], actor)
    return {row["renews_id"]: files[row["id"]][-1] for row in new if files.get(row["id"])}


async def returns_by_review(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the returns of each file in their order: providencias with observations, kept whole and not void."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    observed = Subquery(Observation.filter(review_id__in=ids).values("document_id"))
    papers = OfficialDocument.filter(id__in=observed, voided_on=None).order_by("id")
    for paper in await papers.values("review_id", "number", "issued_on", "data"):
        told = paper["data"]
        if not told:
            continue
        grouped[paper["review_id"]].append(
            {
                "ordinal": told.get("return_ordinal", 1),
                "number": paper["number"],
                "returned_on": paper["issued_on"],
                "working_days": told["working_days"],
                "answer_by": date.fromisoformat(told["limit_date"]),
                "reason": told.get("second_return_reason") or "",
            }
        )
    return grouped


async def observations_by_review(ids: Sequence[int], actor: User) -> dict[int, list[Row]]:
    """Return the observations of each file, oldest first; those of a voided providencia count for nothing."""
    columns = ("review_id", "subject", "finding", "legal_basis", "cure", "cured_on")
    grouped: dict[int, list[Row]] = defaultdict(list)
    rows = Observation.filter(review_id__in=ids, document__voided_on__isnull=True)
    for row in await rows.order_by("id").values(*columns):
        grouped[row["review_id"]].append(row)
    return grouped
