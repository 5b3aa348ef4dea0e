"""`node(id:)`: any record of the API by its opaque id, if it is in reach."""

from collections.abc import Callable

from reads.agreements import conventions_by_id, leases_by_id, licenses_by_id
from reads.centers import centers_by_id
from reads.paging import Row
from reads.papers import documents_by_id, reachable_files
from reads.people import people_by_id, viewers_by_id
from reads.reviews import requirement_by_id, reviews_by_id
from schema.agreements import center, convention, license_type, review
from schema.context import Info, Read
from schema.ids import Node, opened
from schema.leases import lease
from schema.papers import document, file
from schema.people import person, viewer
from schema.requirements import requirement

KINDS: dict[str, tuple[Read, Callable[[Row], Node]]] = {
    "Center": (centers_by_id, center),
    "Convention": (conventions_by_id, convention),
    "Lease": (leases_by_id, lease),
    "SanitaryLicense": (licenses_by_id, license_type),
    "LegalReview": (reviews_by_id, review),
    "OfficialDocument": (documents_by_id, document),
    "ReviewRequirement": (requirement_by_id, requirement),
    "Person": (people_by_id, person),
    "Viewer": (viewers_by_id, viewer),
    "File": (reachable_files, file),
}
"""Which read answers for each type, and how its row becomes one."""


async def node_of(info: Info, given: str) -> Node | None:
    """Return the record behind an id; None for a damaged id, a missing record and one out of reach alike."""
    _ = info.context.person
    kind, key = opened(given) or ("", "")
    if kind not in KINDS or not (key.isascii() and key.isdigit() and len(key) < 10):
        return None
    read, make = KINDS[kind]
    row = await info.context.load(read, int(key))
    return make(row) if row else None
