"""Who may do which deed: the table, and the groups of roles that it names. Which rows, models/permissions.py says."""

from models.audit import Verb
from models.imports import SheetKind
from models.people import Role

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
