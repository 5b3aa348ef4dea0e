"""Which rows each role reaches, and whether a person may do a deed: what everything else asks."""

from collections.abc import Callable
from typing import Any

from tortoise.expressions import Q, Subquery
from tortoise.models import Model

from models.agreements import Convention, Lease, SanitaryLicense
from models.alarms import AlarmRecord, AlarmSilence
from models.allowed import ALLOWED, ALLOWED_ON, COURT, LEGAL_OFFICE
from models.audit import Verb
from models.batches import Batch
from models.centers import Attendance, Center, CenterEvent
from models.contributions import CenterContribution
from models.conventions import ConventionParty
from models.court import CourtDate, CourtFile, CourtNotice, CourtPaper
from models.drafts import PaperDraft
from models.feeds import CalendarFeed
from models.imports import SheetImport, SheetKind
from models.messages import Contact, NoticeTopic
from models.outbox import Notice
from models.papers import OfficialDocument
from models.people import Role, User
from models.reviews import LegalReview
from models.supervision import SupervisionFinding, SupervisionVisit
from models.templates import TemplateVersion
from models.webhooks import Webhook, WebhookDelivery

SEES_ALL = LEGAL_OFFICE | {Role.AUDITOR, Role.ADMIN, Role.SIGNATORY, Role.SYSTEM}
"""Roles whose reach is every row."""

RESERVED: dict[type[Model], frozenset[Role]] = {
    **{
        model: COURT | {Role.AUDITOR, Role.SYSTEM}
        for model in (CourtFile, CourtDate, CourtNotice, CourtPaper, PaperDraft)
    },
    **{model: frozenset({Role.ADMIN, Role.AUDITOR, Role.SYSTEM}) for model in (Webhook, WebhookDelivery)},
    TemplateVersion: LEGAL_OFFICE | {Role.ADMIN, Role.AUDITOR, Role.SYSTEM},
}
"""Models that only these roles see at all, whole; nobody reaches a row of them otherwise."""

SEES_BATCHES = LEGAL_OFFICE | {Role.AUDITOR, Role.ADMIN, Role.SYSTEM}
"""Roles that see every batch; all others see those that they started."""

NOTHING = Q(id__lt=0)

Reach = Callable[[User], Q]


def _by_place(of: str = "") -> dict[Role, Reach]:
    """Return the rules of what has a municipality and a program, or hangs by `of` on what has them today."""

    def same(column: str, value: Any) -> Q:
        there: dict[str, Any] = {of + column: value}
        return Q(**there)

    return {
        Role.MUNICIPAL: lambda person: same("municipality_id", person.municipality_id),
        Role.COORDINATOR: lambda person: same("municipality__department_id", person.department_id),
        Role.DIRECTOR: lambda person: same("program", person.program),
    }


_BY_MUNICIPALITY = _by_place()
_BY_CENTER = _by_place("center__")


def conventions_also_with(**party: Any) -> Subquery:
    """Return the ids of the conventions that have a further party like this (its municipality, say)."""
    return Subquery(ConventionParty.filter(**party).values("convention_id"))


_CONVENTIONS: dict[Role, Reach] = {
    **_BY_MUNICIPALITY,
    Role.MUNICIPAL: lambda person: Q(
        Q(municipality_id=person.municipality_id),
        Q(id__in=conventions_also_with(municipality_id=person.municipality_id)),
        join_type="OR",
    ),
    Role.COORDINATOR: lambda person: Q(
        Q(municipality__department_id=person.department_id),
        Q(id__in=conventions_also_with(municipality__department_id=person.department_id)),
        join_type="OR",
    ),
}
"""A further party has the same right to its convention as the first."""

REACH: dict[type[Model], dict[Role, Reach]] = {
    Center: _BY_MUNICIPALITY,
    Convention: _CONVENTIONS,
    # A lease binds SOSEP and a landlord: it is none of the municipality's papers.
    Lease: _BY_MUNICIPALITY | {Role.MUNICIPAL: lambda person: NOTHING},
    SanitaryLicense: _BY_CENTER,
    CenterEvent: _BY_CENTER,
    Attendance: _BY_CENTER,
    SupervisionVisit: _BY_CENTER,
    SupervisionFinding: _by_place("visit__center__"),
    CenterContribution: _BY_CENTER,
    LegalReview: {
        Role.MUNICIPAL: lambda person: Q(
            Q(municipality_id=person.municipality_id),
            Q(convention_id__in=conventions_also_with(municipality_id=person.municipality_id)),
            join_type="OR",
        ),
        Role.COORDINATOR: lambda person: Q(
            Q(department_id=person.department_id),
            Q(convention_id__in=conventions_also_with(municipality__department_id=person.department_id)),
            join_type="OR",
        ),
        Role.DIRECTOR: lambda person: Q(program=person.program),
    },
    Contact: {Role.MUNICIPAL: lambda person: Q(municipality_id=person.municipality_id)},
}
"""The one definition of reach: which rows of a model each role sees or touches."""


_PAPERS_OF: dict[str, type[Model]] = {
    "review": LegalReview,
    "convention": Convention,
    "lease": Lease,
    "license": SanitaryLicense,
}
"""Records that a paper hangs on, by the paper's column."""


def _papers_within(person: User) -> Q:
    """Papers follow the record that they hang on; those of no record are the central office's alone."""
    if person.role in RESERVED[CourtFile]:
        return Q()
    reserved_not = Q(court_file_id__isnull=True)
    if person.role in SEES_ALL:
        return reserved_not
    reached: dict[str, Any] = {
        f"{name}_id__in": Subquery(model.filter(within(model, person)).values("id"))
        for name, model in _PAPERS_OF.items()
    }
    return Q(reserved_not, Q(join_type="OR", **reached))


READS_ALL_MAIL = LEGAL_OFFICE | {Role.AUDITOR, Role.ADMIN, Role.SYSTEM}
"""Who reads the messages that went to others."""


def _notices_within(person: User) -> Q:
    """Messages: one's own, and those of the whole house for its offices, without what speaks of court files."""
    if person.role not in READS_ALL_MAIL:
        return Q(recipient=person.email)
    if person.role in RESERVED[CourtFile]:
        return Q()
    open_ones = Q(~Q(topic=NoticeTopic.COURT), ~Q(key__startswith="court-"), court_file_id__isnull=True)
    return Q(open_ones, Q(recipient=person.email), join_type="OR")


def _imports_within(person: User) -> Q:
    """Spreadsheets: one's own; audit and administration read all but those of court files."""
    if person.role in RESERVED[CourtFile] & {Role.AUDITOR, Role.SYSTEM}:
        return Q()
    # Whoever left the legal office leaves its court files behind, those that she brought too.
    open_ones = Q() if person.role in COURT else ~Q(kind=SheetKind.COURT_FILES)
    return open_ones if person.role == Role.ADMIN else Q(open_ones, created_by_id=person.id)


def _with_center_or_convention(person: User) -> Q:
    """What is about a center or about a convention follows it."""
    centers = Subquery(Center.filter(within(Center, person)).values("id"))
    conventions = Subquery(Convention.filter(within(Convention, person)).values("id"))
    return Q(Q(center_id__in=centers), Q(convention_id__in=conventions), join_type="OR")


def within(model: type[Model], person: User) -> Q:
    """Return the filter that keeps the rows of `model` in a person's reach; a role without a rule reaches nothing."""
    if model in RESERVED:
        return Q() if person.role in RESERVED[model] else NOTHING
    if model is OfficialDocument:
        return _papers_within(person)
    if model is Batch:
        return Q() if person.role in SEES_BATCHES else Q(created_by_id=person.id)
    if model is CalendarFeed:
        return Q() if person.role in RESERVED[Webhook] else Q(owner_id=person.id)
    if model is Notice:
        return _notices_within(person)
    if model is SheetImport:
        return _imports_within(person)
    if person.role in SEES_ALL:
        return Q()
    if model in (AlarmRecord, AlarmSilence):
        return _with_center_or_convention(person)
    rule = REACH.get(model, {}).get(person.role)
    # An account without its municipality, department or program must reach nothing, not the rows that lack one.
    homeless = not (person.municipality_id or person.department_id or person.program)
    return NOTHING if rule is None or homeless else rule(person)


def may(person: User, verb: Verb, on: str = "") -> bool:
    """Tell whether a person's role may do a deed; the same answer shows the button and lets the action pass.

    `on` names the kind of record that the deed's file is about («Convention», «Lease», «SanitaryLicense»).
    """
    return person.active and person.role in ALLOWED[verb] & ALLOWED_ON.get(on, {}).get(verb, ALLOWED[verb])
