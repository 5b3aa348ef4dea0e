"""Who may do which deed, and which rows each role reaches: the two tables that everything else asks."""

from collections.abc import Callable

from tortoise.expressions import Q
from tortoise.models import Model

from models.agreements import Convention, Lease, SanitaryLicense
from models.audit import Verb
from models.centers import Center
from models.people import Role, User
from models.reviews import LegalReview

EVERYBODY = frozenset(Role) - {Role.SYSTEM}
LEGAL_OFFICE = frozenset({Role.LEGAL, Role.LEGAL_HEAD})
REQUESTERS = frozenset({Role.MUNICIPAL, Role.DIRECTOR})
ENGINE = frozenset({Role.SYSTEM})

ALLOWED: dict[Verb, frozenset[Role]] = {
    Verb.SIGN_IN: EVERYBODY,
    Verb.SIGN_OUT: EVERYBODY,
    Verb.ADD_PERSON: ENGINE | {Role.ADMIN},
    Verb.CREATE_TOKEN: EVERYBODY | ENGINE,
    Verb.LOAD_CATALOGS: ENGINE,
    Verb.LOAD_2024: ENGINE,
    Verb.UPLOAD_FILE: EVERYBODY - {Role.AUDITOR},
    Verb.FORGET_FILES: ENGINE,
    Verb.REQUEST_RENEWAL: REQUESTERS,
    Verb.SUBMIT_REQUIREMENT: REQUESTERS | LEGAL_OFFICE,
    Verb.SUBMIT_FOR_REVIEW: REQUESTERS,
    Verb.ADMIT_REVIEW: ENGINE,
    Verb.ASSIGN_REVIEW: LEGAL_OFFICE,
    Verb.RETURN_REVIEW: LEGAL_OFFICE,
    Verb.ISSUE_DICTAMEN: LEGAL_OFFICE,
    Verb.PREPARE_AGREEMENT: ENGINE,
    Verb.RECORD_COUNCIL_MINUTE: REQUESTERS | LEGAL_OFFICE,
    Verb.RECORD_SIGNATURE: LEGAL_OFFICE | {Role.SIGNATORY, Role.MUNICIPAL},
    Verb.CLOSE_REVIEW: ENGINE,
    Verb.WITHDRAW_REVIEW: REQUESTERS | LEGAL_OFFICE,
    Verb.REMIND: ENGINE,
    Verb.PUBLISH_AUDIT_HEAD: ENGINE,
}
"""Roles that may do each deed; what they may do it to is `within`."""

SEES_ALL = LEGAL_OFFICE | {Role.AUDITOR, Role.ADMIN, Role.SIGNATORY, Role.SYSTEM}
"""Roles whose reach is every row."""

NOTHING = Q(id__lt=0)

Reach = Callable[[User], Q]

_BY_MUNICIPALITY: dict[Role, Reach] = {
    Role.MUNICIPAL: lambda person: Q(municipality_id=person.municipality_id),
    Role.COORDINATOR: lambda person: Q(municipality__department_id=person.department_id),
    Role.DIRECTOR: lambda person: Q(program=person.program),
}

REACH: dict[type[Model], dict[Role, Reach]] = {
    Center: _BY_MUNICIPALITY,
    Convention: _BY_MUNICIPALITY,
    # A lease binds SOSEP and a landlord: it is none of the municipality's papers.
    Lease: _BY_MUNICIPALITY | {Role.MUNICIPAL: lambda person: NOTHING},
    SanitaryLicense: {
        Role.MUNICIPAL: lambda person: Q(center__municipality_id=person.municipality_id),
        Role.COORDINATOR: lambda person: Q(center__municipality__department_id=person.department_id),
        Role.DIRECTOR: lambda person: Q(center__program=person.program),
    },
    LegalReview: {
        Role.MUNICIPAL: lambda person: Q(municipality_id=person.municipality_id),
        Role.COORDINATOR: lambda person: Q(department_id=person.department_id),
        Role.DIRECTOR: lambda person: Q(program=person.program),
    },
}
"""The one definition of reach: which rows of a model each role sees or touches."""


def within(model: type[Model], person: User) -> Q:
    """Return the filter that keeps the rows of `model` in a person's reach; a role without a rule reaches nothing."""
    if person.role in SEES_ALL:
        return Q()
    rule = REACH.get(model, {}).get(person.role)
    # An account without its municipality, department or program must reach nothing, not the rows that lack one.
    homeless = not (person.municipality_id or person.department_id or person.program)
    return NOTHING if rule is None or homeless else rule(person)


def may(person: User, verb: Verb) -> bool:
    """Tell whether a person's role may do a deed; the same answer shows the button and lets the action pass."""
    return person.active and person.role in ALLOWED[verb]
