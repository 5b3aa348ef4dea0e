"""`node(id:)`: any record of the API by its opaque id, if it is in reach."""

from collections.abc import Callable

from models.clock import today
from reads.agreements import conventions_by_id, leases_by_id, licenses_by_id
from reads.allowances import rates_by_id
from reads.attendance import attendance_by_id
from reads.batches import batches_by_id
from reads.bounces import bounces_by_id
from reads.center_history import events_by_id
from reads.centers import centers_by_id
from reads.commitments import commitments_by_id
from reads.conditions import conditions_by_id
from reads.contacts import contacts_by_id
from reads.contributions import contributions_by_id
from reads.court import court_files_by_id
from reads.court_dates import court_dates_by_id, court_notices_by_id, court_papers_by_id
from reads.drafts import drafts_by_id
from reads.feeds import feeds_by_id
from reads.holidays import holidays_by_id
from reads.imports import imports_by_id
from reads.issued_reports import issued_by_id
from reads.notices import notices_by_id
from reads.paging import Row
from reads.papers import documents_by_id, reachable_files
from reads.parameters import parameters_by_id
from reads.people import people_by_id, viewers_by_id
from reads.places import institutions_by_id, offices_by_id
from reads.requirement_catalog import requirement_lines_by_id
from reads.requirements import requirement_by_id
from reads.reviews import reviews_by_id
from reads.signed_copies import copies_by_id
from reads.silences import silences_by_id
from reads.supervision import findings_by_id, visits_by_id
from reads.templates import versions_by_id
from reads.webhooks import deliveries_by_id, webhooks_by_id
from schema.agreements import (
    Center,
    CenterContribution,
    CenterEvent,
    Commitment,
    Convention,
    Lease,
    LegalReview,
    SanitaryLicense,
    SupervisionFinding,
    SupervisionVisit,
)
from schema.alarm_facts import AlarmSilence
from schema.allowances import AllowanceRate
from schema.attendance import Attendance
from schema.batches import Batch
from schema.conditions import Condition
from schema.contacts import Contact
from schema.context import Info, Read
from schema.court import CourtDate, CourtFile, CourtNotice, CourtPaper
from schema.drafts import PaperDraft
from schema.feeds import CalendarFeed
from schema.holidays import Holiday
from schema.ids import Node, opened
from schema.imports import sheet_import_type
from schema.issued_reports import IssuedReport
from schema.notices import BouncedAddress, Notice
from schema.papers import OfficialDocument, SignedCopy, file
from schema.parameters import LegalParameter
from schema.people import person, viewer
from schema.places import DepartmentalOffice, Institution
from schema.requirement_catalog import Requirement
from schema.requirements import ReviewRequirement
from schema.templates import TemplateVersion
from schema.webhooks import WebhookDelivery, webhook_of

KINDS: dict[str, tuple[Read, Callable[[Row], Node]]] = {
    "Center": (centers_by_id, Center.of),
    "CenterEvent": (events_by_id, CenterEvent.of),
    "Attendance": (attendance_by_id, lambda row: Attendance.of(row, as_of=today())),
    "Convention": (conventions_by_id, Convention.of),
    "Lease": (leases_by_id, Lease.of),
    "DepartmentalOffice": (offices_by_id, DepartmentalOffice.of),
    "SanitaryLicense": (licenses_by_id, SanitaryLicense.of),
    "LegalReview": (reviews_by_id, LegalReview.of),
    "OfficialDocument": (documents_by_id, OfficialDocument.of),
    "SignedCopy": (copies_by_id, SignedCopy.of),
    "SupervisionVisit": (visits_by_id, SupervisionVisit.of),
    "SupervisionFinding": (findings_by_id, SupervisionFinding.of),
    "CenterContribution": (contributions_by_id, CenterContribution.of),
    "Commitment": (commitments_by_id, Commitment.of),
    "Institution": (institutions_by_id, Institution.of),
    "ReviewRequirement": (requirement_by_id, ReviewRequirement.of),
    "Holiday": (holidays_by_id, Holiday.of),
    "AllowanceRate": (rates_by_id, AllowanceRate.of),
    "LegalParameter": (parameters_by_id, LegalParameter.of),
    "Condition": (conditions_by_id, Condition.of),
    "PaperDraft": (drafts_by_id, PaperDraft.of),
    "Requirement": (requirement_lines_by_id, Requirement.of),
    "CourtFile": (court_files_by_id, CourtFile.of),
    "CourtDate": (court_dates_by_id, CourtDate.of),
    "CourtNotice": (court_notices_by_id, CourtNotice.of),
    "CourtPaper": (court_papers_by_id, CourtPaper.of),
    "Webhook": (webhooks_by_id, webhook_of),
    "WebhookDelivery": (deliveries_by_id, WebhookDelivery.of),
    "SheetImport": (imports_by_id, sheet_import_type),
    "Batch": (batches_by_id, Batch.of),
    "IssuedReport": (issued_by_id, IssuedReport.of),
    "Notice": (notices_by_id, Notice.of),
    "Contact": (contacts_by_id, Contact.of),
    "CalendarFeed": (feeds_by_id, CalendarFeed.of),
    "BouncedAddress": (bounces_by_id, BouncedAddress.of),
    "Person": (people_by_id, person),
    "Viewer": (viewers_by_id, viewer),
    "AlarmSilence": (silences_by_id, AlarmSilence.of),
    "TemplateVersion": (versions_by_id, TemplateVersion.of),
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
