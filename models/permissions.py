"""Who may do which deed, and which rows each role reaches: the two tables that everything else asks."""

from collections.abc import Callable
from typing import Any

from tortoise.expressions import Q, Subquery
from tortoise.models import Model

from models.agreements import Convention, Lease, SanitaryLicense
from models.audit import Verb
from models.batches import Batch
from models.centers import Center, CenterEvent
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
from models.templates import TemplateVersion
from models.webhooks import Webhook, WebhookDelivery

EVERYBODY = frozenset(Role) - {Role.SYSTEM}
LEGAL_OFFICE = frozenset({Role.LEGAL, Role.LEGAL_HEAD})
REQUESTERS = frozenset({Role.MUNICIPAL, Role.DIRECTOR})
ENGINE = frozenset({Role.SYSTEM})
FIELD = frozenset({Role.DIRECTOR, Role.COORDINATOR})
"""Programs and sedes: they ask for premises and licenses."""
CENTER_KEEPERS = LEGAL_OFFICE | {Role.ADMIN, Role.DIRECTOR}
"""Who notes what becomes of a center, each within reach."""
COURT = LEGAL_OFFICE
"""Who works on court files; internal audit reads them, nobody else (Decreto 57-2008, arts. 22-23)."""

IMPORTS: dict[SheetKind, frozenset[Role]] = {
    SheetKind.CONVENTIONS: LEGAL_OFFICE | {Role.ADMIN},
    SheetKind.LEASES: LEGAL_OFFICE | {Role.ADMIN},
    SheetKind.CENTERS: CENTER_KEEPERS,
    SheetKind.ATTENDANCE: FIELD | {Role.ADMIN},
    SheetKind.LICENSES: LEGAL_OFFICE | {Role.ADMIN, Role.DIRECTOR},
    SheetKind.COURT_FILES: COURT,
    SheetKind.PEOPLE: frozenset({Role.ADMIN}),
}
"""Who brings in which spreadsheet; rows out of a person's reach are refused cell by cell."""

IMPORTERS = frozenset[Role]().union(*IMPORTS.values())

ALLOWED: dict[Verb, frozenset[Role]] = {
    Verb.SIGN_IN: EVERYBODY,
    Verb.SIGN_OUT: EVERYBODY,
    Verb.ADD_PERSON: ENGINE | {Role.ADMIN},
    Verb.CREATE_TOKEN: EVERYBODY | ENGINE,
    Verb.LOAD_CATALOGS: ENGINE,
    Verb.LOAD_2024: ENGINE,
    Verb.UPLOAD_FILE: EVERYBODY - {Role.AUDITOR},
    Verb.FORGET_FILES: ENGINE,
    Verb.REQUEST_RENEWAL: REQUESTERS | LEGAL_OFFICE,
    Verb.SUBMIT_REQUIREMENT: REQUESTERS | FIELD | LEGAL_OFFICE,
    Verb.SUBMIT_FOR_REVIEW: REQUESTERS | FIELD | LEGAL_OFFICE,
    Verb.ADMIT_REVIEW: ENGINE,
    Verb.ASSIGN_REVIEW: LEGAL_OFFICE,
    Verb.RETURN_REVIEW: LEGAL_OFFICE,
    Verb.ISSUE_DICTAMEN: LEGAL_OFFICE,
    Verb.PREPARE_AGREEMENT: ENGINE,
    Verb.RECORD_COUNCIL_MINUTE: REQUESTERS | LEGAL_OFFICE,
    Verb.RECORD_SIGNATURE: LEGAL_OFFICE | {Role.SIGNATORY, Role.MUNICIPAL},
    Verb.CLOSE_REVIEW: ENGINE,
    Verb.WITHDRAW_REVIEW: REQUESTERS | FIELD | LEGAL_OFFICE,
    Verb.REMIND: ENGINE,
    Verb.PUBLISH_AUDIT_HEAD: ENGINE,
    Verb.ISSUE_DOCUMENT: LEGAL_OFFICE,
    Verb.ISSUE_LEASE_PAPER: LEGAL_OFFICE,
    Verb.VOID_DOCUMENT: frozenset({Role.LEGAL_HEAD}),
    Verb.SET_SERIES_PATTERN: frozenset({Role.ADMIN}),
    Verb.SAVE_DRAFT: LEGAL_OFFICE,
    Verb.SUBMIT_DRAFT: LEGAL_OFFICE,
    Verb.DECIDE_DRAFT: frozenset({Role.LEGAL_HEAD}),
    Verb.MEET_CONDITION: LEGAL_OFFICE,
    Verb.DEFER_CONDITION: LEGAL_OFFICE,
    Verb.REGISTER_REVIEW: LEGAL_OFFICE,
    Verb.CONCLUDE_REVIEW: LEGAL_OFFICE,
    Verb.ESCALATE: ENGINE,
    Verb.REQUEST_LEASE: FIELD | LEGAL_OFFICE,
    Verb.CHANGE_LEASE: FIELD | LEGAL_OFFICE,
    Verb.CONFIRM_LEASE_FORM: LEGAL_OFFICE,
    Verb.RENEW_LEASE: FIELD | LEGAL_OFFICE,
    Verb.TERMINATE_LEASE: LEGAL_OFFICE,
    Verb.RECORD_DELEGATION: LEGAL_OFFICE,
    Verb.REQUEST_LICENSE: FIELD | LEGAL_OFFICE,
    Verb.RECORD_LICENSE: FIELD | LEGAL_OFFICE,
    Verb.REQUEST_CONVENTION: REQUESTERS | LEGAL_OFFICE,
    Verb.AMEND_CONVENTION: LEGAL_OFFICE,
    Verb.TERMINATE_CONVENTION: LEGAL_OFFICE,
    Verb.ADD_COMMITMENT: LEGAL_OFFICE | {Role.DIRECTOR},
    Verb.FULFILL_COMMITMENT: LEGAL_OFFICE | {Role.DIRECTOR, Role.MUNICIPAL},
    Verb.RECORD_OFFICE_HOLDER: LEGAL_OFFICE | {Role.ADMIN},
    Verb.ADD_INSTITUTION: LEGAL_OFFICE | {Role.ADMIN},
    Verb.SAVE_REQUIREMENT: frozenset({Role.ADMIN}),
    Verb.RETIRE_REQUIREMENT: frozenset({Role.ADMIN}),
    Verb.CONFIRM_REQUIREMENT: LEGAL_OFFICE,
    Verb.SAVE_HOLIDAY: frozenset({Role.ADMIN}),
    Verb.WITHDRAW_HOLIDAY: frozenset({Role.ADMIN}),
    Verb.SET_PARAMETER: frozenset({Role.ADMIN}),
    Verb.CONFIRM_PARAMETER: LEGAL_OFFICE,
    Verb.SAVE_OFFICE: frozenset({Role.ADMIN}),
    Verb.REGISTER_COURT_FILE: COURT,
    Verb.CHANGE_COURT_FILE: COURT,
    Verb.ADD_COURT_DATE: COURT,
    Verb.SETTLE_COURT_DATE: COURT,
    Verb.REGISTER_COURT_NOTICE: COURT,
    Verb.ANSWER_COURT_NOTICE: COURT,
    Verb.ADD_COURT_PAPER: COURT,
    # Of court files brought in before every kind of sheet was: the trail names it, and nothing does it any more.
    Verb.IMPORT_COURT_FILES: COURT,
    Verb.LAPSE_REVIEW: ENGINE | {Role.LEGAL_HEAD},
    Verb.START_BATCH: LEGAL_OFFICE | {Role.DIRECTOR},
    Verb.RETRY_BATCH: LEGAL_OFFICE | {Role.DIRECTOR, Role.ADMIN},
    Verb.STOP_BATCH: LEGAL_OFFICE | {Role.DIRECTOR, Role.ADMIN},
    Verb.SAVE_RUNG: frozenset({Role.ADMIN}),
    Verb.RETIRE_RUNG: frozenset({Role.ADMIN}),
    Verb.RESEND_NOTICE: LEGAL_OFFICE | {Role.ADMIN},
    Verb.SET_PREFERENCE: EVERYBODY,
    Verb.SAVE_CONTACT: LEGAL_OFFICE | {Role.ADMIN, Role.MUNICIPAL},
    # The engine too: somebody without an account stops by the link in a message.
    Verb.STOP_CONTACT: ENGINE | LEGAL_OFFICE | {Role.ADMIN, Role.MUNICIPAL},
    Verb.RECORD_BOUNCE: ENGINE | {Role.ADMIN},
    Verb.CLEAR_BOUNCE: LEGAL_OFFICE | {Role.ADMIN},
    Verb.COMPOSE_DIGESTS: ENGINE,
    Verb.ADD_WEBHOOK: frozenset({Role.ADMIN}),
    Verb.CHANGE_WEBHOOK: frozenset({Role.ADMIN}),
    Verb.RESEND_DELIVERY: frozenset({Role.ADMIN}),
    Verb.PAUSE_FLOW: frozenset({Role.ADMIN}),
    Verb.RESUME_FLOW: frozenset({Role.ADMIN}),
    Verb.REPORT_FAILURE: ENGINE,
    Verb.UPLOAD_TEMPLATE: LEGAL_OFFICE | {Role.ADMIN},
    Verb.APPROVE_TEMPLATE: LEGAL_OFFICE,
    Verb.RETIRE_TEMPLATE: LEGAL_OFFICE,
    Verb.ATTACH_SIGNED_COPY: LEGAL_OFFICE | {Role.SIGNATORY},
    Verb.WITHDRAW_SIGNED_COPY: LEGAL_OFFICE,
    Verb.SIGN_PAPER: LEGAL_OFFICE,
    Verb.START_IMPORT: IMPORTERS,
    Verb.CONFIRM_IMPORT: IMPORTERS,
    Verb.DISCARD_IMPORT: IMPORTERS,
    Verb.IMPORT_SHEET: ENGINE,
    Verb.OPEN_CENTER: CENTER_KEEPERS,
    Verb.RECORD_CENTER_EVENT: CENTER_KEEPERS,
    Verb.ANNUL_CENTER_EVENT: CENTER_KEEPERS,
    Verb.RECORD_ATTENDANCE: FIELD | {Role.ADMIN},
    Verb.CORRECT_ATTENDANCE: FIELD | {Role.ADMIN},
    Verb.RECORD_VISIT: FIELD | {Role.ADMIN},
    Verb.FOLLOW_UP_FINDING: FIELD | {Role.ADMIN},
    Verb.SAVE_CONTRIBUTION: CENTER_KEEPERS,
    Verb.END_CONTRIBUTION: CENTER_KEEPERS,
    Verb.SAVE_ALLOWANCE: frozenset({Role.ADMIN}),
    Verb.SILENCE_ALARM: FIELD | LEGAL_OFFICE,
    Verb.LIFT_SILENCE: FIELD | LEGAL_OFFICE,
    Verb.CHECK_ALARMS: ENGINE,
    Verb.CREATE_FEED: EVERYBODY - {Role.AUDITOR},
    Verb.REVOKE_FEED: EVERYBODY - {Role.AUDITOR},
    Verb.ISSUE_REPORT: LEGAL_OFFICE,
    Verb.PUBLISH_LISTING: LEGAL_OFFICE | {Role.ADMIN},
}
"""Roles that may do each deed; what they may do it to is `within`."""

_PREMISES = dict.fromkeys((Verb.SUBMIT_REQUIREMENT, Verb.SUBMIT_FOR_REVIEW, Verb.WITHDRAW_REVIEW), FIELD | LEGAL_OFFICE)

ALLOWED_ON: dict[str, dict[Verb, frozenset[Role]]] = {
    "Convention": {
        Verb.SUBMIT_REQUIREMENT: REQUESTERS | LEGAL_OFFICE,
        Verb.SUBMIT_FOR_REVIEW: REQUESTERS | LEGAL_OFFICE,
        Verb.WITHDRAW_REVIEW: REQUESTERS | LEGAL_OFFICE,
    },
    "Lease": _PREMISES,
    "SanitaryLicense": _PREMISES,
}
"""Who, of those, asks for what: a file is moved by who may ask for such a thing, and by nobody else who sees it."""

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

_BY_MUNICIPALITY: dict[Role, Reach] = {
    Role.MUNICIPAL: lambda person: Q(municipality_id=person.municipality_id),
    Role.COORDINATOR: lambda person: Q(municipality__department_id=person.department_id),
    Role.DIRECTOR: lambda person: Q(program=person.program),
}

_BY_CENTER: dict[Role, Reach] = {
    Role.MUNICIPAL: lambda person: Q(center__municipality_id=person.municipality_id),
    Role.COORDINATOR: lambda person: Q(center__municipality__department_id=person.department_id),
    Role.DIRECTOR: lambda person: Q(center__program=person.program),
}
"""What hangs on a center follows where the center is today."""


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
    rule = REACH.get(model, {}).get(person.role)
    # An account without its municipality, department or program must reach nothing, not the rows that lack one.
    homeless = not (person.municipality_id or person.department_id or person.program)
    return NOTHING if rule is None or homeless else rule(person)


def may(person: User, verb: Verb, on: str = "") -> bool:
    """Tell whether a person's role may do a deed; the same answer shows the button and lets the action pass.

    `on` names the kind of record that the deed's file is about («Convention», «Lease», «SanitaryLicense»).
    """
    return person.active and person.role in ALLOWED[verb] & ALLOWED_ON.get(on, {}).get(verb, ALLOWED[verb])
