"""The legal review of a file: its stage, the one table of allowed moves, its checklist, evidence and observations."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.agreements import ConventionKind
from models.audit import Verb
from models.centers import Source
from models.fields import belongs_to, one_of
from models.papers import AGREEMENT_PAPERS, DocumentKind
from models.places import ProgramCode


class ReviewStage(StrEnum):
    """Where a file is."""

    GATHERING = "GATHERING"
    RECEIVED = "RECEIVED"
    IN_ANALYSIS = "IN_ANALYSIS"
    RETURNED = "RETURNED"
    DICTAMEN_ISSUED = "DICTAMEN_ISSUED"
    AWAITING_SIGNATURE = "AWAITING_SIGNATURE"
    CLOSED = "CLOSED"
    WITHDRAWN = "WITHDRAWN"


STAGE_LABELS = {
    ReviewStage.GATHERING: "Reuniendo requisitos",
    ReviewStage.RECEIVED: "Recibido por la Asesoría Jurídica",
    ReviewStage.IN_ANALYSIS: "En análisis",
    ReviewStage.RETURNED: "Devuelto con observaciones",
    ReviewStage.DICTAMEN_ISSUED: "Con dictamen",
    ReviewStage.AWAITING_SIGNATURE: "En espera de firmas",
    ReviewStage.CLOSED: "Concluido",
    ReviewStage.WITHDRAWN: "Desistido",
}
"""What people read for each stage."""

OPEN_STAGES = tuple(stage for stage in ReviewStage if stage not in (ReviewStage.CLOSED, ReviewStage.WITHDRAWN))
"""Stages of a file that still moves."""

DESK_STAGES = (ReviewStage.RECEIVED, ReviewStage.IN_ANALYSIS)
"""Stages in which the legal office's clock runs."""

_TO_THE_END: dict[ReviewStage, ReviewStage] = {stage: stage for stage in OPEN_STAGES}

_AFTER_DICTAMEN: dict[ReviewStage, ReviewStage] = {
    stage: stage for stage in (ReviewStage.DICTAMEN_ISSUED, ReviewStage.AWAITING_SIGNATURE, ReviewStage.CLOSED)
}

MOVES: dict[Verb, dict[ReviewStage, ReviewStage]] = {
    Verb.SUBMIT_REQUIREMENT: {
        ReviewStage.GATHERING: ReviewStage.GATHERING,
        ReviewStage.RETURNED: ReviewStage.RETURNED,
    },
    Verb.SUBMIT_FOR_REVIEW: {
        ReviewStage.GATHERING: ReviewStage.RECEIVED,
        ReviewStage.RETURNED: ReviewStage.IN_ANALYSIS,
    },
    Verb.ADMIT_REVIEW: {
        ReviewStage.RECEIVED: ReviewStage.RECEIVED,
        ReviewStage.IN_ANALYSIS: ReviewStage.IN_ANALYSIS,
    },
    Verb.ASSIGN_REVIEW: {
        ReviewStage.RECEIVED: ReviewStage.IN_ANALYSIS,
        ReviewStage.IN_ANALYSIS: ReviewStage.IN_ANALYSIS,
        ReviewStage.RETURNED: ReviewStage.RETURNED,
    },
    Verb.RETURN_REVIEW: {ReviewStage.IN_ANALYSIS: ReviewStage.RETURNED},
    Verb.ISSUE_DICTAMEN: {ReviewStage.IN_ANALYSIS: ReviewStage.DICTAMEN_ISSUED},
    Verb.PREPARE_AGREEMENT: {ReviewStage.DICTAMEN_ISSUED: ReviewStage.AWAITING_SIGNATURE},
    Verb.RECORD_COUNCIL_MINUTE: _TO_THE_END,
    Verb.RECORD_SIGNATURE: {ReviewStage.AWAITING_SIGNATURE: ReviewStage.AWAITING_SIGNATURE},
    Verb.CLOSE_REVIEW: {
        ReviewStage.AWAITING_SIGNATURE: ReviewStage.CLOSED,
        ReviewStage.DICTAMEN_ISSUED: ReviewStage.CLOSED,
    },
    Verb.WITHDRAW_REVIEW: dict.fromkeys(OPEN_STAGES, ReviewStage.WITHDRAWN),
    # Nobody answered a providencia within the term that the office set: the request is taken as given up.
    Verb.LAPSE_REVIEW: {ReviewStage.RETURNED: ReviewStage.WITHDRAWN},
    Verb.SAVE_DRAFT: {ReviewStage.IN_ANALYSIS: ReviewStage.IN_ANALYSIS},
    Verb.SUBMIT_DRAFT: {ReviewStage.IN_ANALYSIS: ReviewStage.IN_ANALYSIS},
    Verb.DECIDE_DRAFT: {ReviewStage.IN_ANALYSIS: ReviewStage.IN_ANALYSIS},
    # Oficios, opiniones, drafts of resolutions: none of them moves the file, and one may follow when it is over.
    Verb.ISSUE_DOCUMENT: {
        stage: stage for stage in ReviewStage if stage not in (ReviewStage.GATHERING, ReviewStage.WITHDRAWN)
    },
    Verb.ISSUE_LEASE_PAPER: {
        ReviewStage.DICTAMEN_ISSUED: ReviewStage.AWAITING_SIGNATURE,
        ReviewStage.AWAITING_SIGNATURE: ReviewStage.AWAITING_SIGNATURE,
    },
    Verb.MEET_CONDITION: _AFTER_DICTAMEN,
    Verb.DEFER_CONDITION: _AFTER_DICTAMEN,
    # A person of the legal office ends it: a consultation answered, a file without merit, an unfavorable dictamen.
    Verb.CONCLUDE_REVIEW: {
        ReviewStage.IN_ANALYSIS: ReviewStage.CLOSED,
        ReviewStage.DICTAMEN_ISSUED: ReviewStage.CLOSED,
    },
}
"""Which deed a file allows in which stage, and the stage that follows. Buttons and actions ask the same table."""

AFTER_VOID: dict[DocumentKind, dict[ReviewStage, ReviewStage]] = {
    DocumentKind.DICTAMEN: {
        ReviewStage.DICTAMEN_ISSUED: ReviewStage.IN_ANALYSIS,
        ReviewStage.AWAITING_SIGNATURE: ReviewStage.IN_ANALYSIS,
        # A consultation that nothing but its dictamen had closed.
        ReviewStage.CLOSED: ReviewStage.IN_ANALYSIS,
    },
    DocumentKind.PROVIDENCIA: {ReviewStage.RETURNED: ReviewStage.IN_ANALYSIS},
    **{kind: {ReviewStage.AWAITING_SIGNATURE: ReviewStage.DICTAMEN_ISSUED} for kind in AGREEMENT_PAPERS},
}
"""Where a file goes back to when the paper is voided that had brought it where it is; other papers move nothing."""


class ReviewMatter(StrEnum):
    """What a file is about: first the ten lines of Tabla 14 of the Memoria 2024-2025, in its order (`TABLE_14`)."""

    LEASE_CONTRACT = "LEASE_CONTRACT"
    LEASE_ACTA = "LEASE_ACTA"
    DICTAMEN = "DICTAMEN"
    OPINION = "OPINION"
    RESOLUTION = "RESOLUTION"
    CONVENTION_MAD = "CONVENTION_MAD"
    SANITARY_LICENSE = "SANITARY_LICENSE"
    CONVENTION_CADI = "CONVENTION_CADI"
    CARTA_ENTENDIMIENTO = "CARTA_ENTENDIMIENTO"
    MEMORANDUM_ENTENDIMIENTO = "MEMORANDUM_ENTENDIMIENTO"
    CONVENTION_OTHER = "CONVENTION_OTHER"
    PROPERTY_ASSIGNMENT = "PROPERTY_ASSIGNMENT"
    OTHER = "OTHER"


TABLE_14 = tuple(ReviewMatter)[:10]
"""The matters that Tabla 14 counts, in its order."""


class LegalReview(Model):
    """An expediente: the legal office's review of an agreement, or of a consultation without one (no subject)."""

    id = fields.IntField(primary_key=True)
    code = fields.CharField(20, unique=True)
    matter = one_of(ReviewMatter, max_length=28)
    convention = belongs_to("Convention", "reviews", null=True)
    convention_id: int | None
    lease = belongs_to("Lease", "reviews", null=True)
    lease_id: int | None
    license = belongs_to("SanitaryLicense", "reviews", null=True)
    license_id: int | None
    municipality = belongs_to("Municipality", "reviews", null=True)
    municipality_id: str | None
    """The municipality whose file it is; empty for leases and consultations, which no municipality may see."""
    department = belongs_to("Department", "reviews", null=True)
    department_id: str | None
    program: ProgramCode | None = one_of(ProgramCode, max_length=20, null=True)
    title = fields.CharField(300)
    requesting_unit = fields.CharField(160, default="")
    stage = one_of(ReviewStage, max_length=20, default=ReviewStage.GATHERING)
    requested_by = belongs_to("User", "requested_reviews")
    requested_by_id: int
    requested_on = fields.DateField()
    received_on = fields.DateField(null=True)
    """When the legal office got it the first time."""
    due_on = fields.DateField(null=True)
    """Day by which the one whose turn it is must act: the legal office, or the requester while it is returned."""
    due_from = fields.DateField(null=True)
    """Day from which the working days of the present term are counted, the count starts the day after."""
    due_days = fields.IntField(null=True)
    """Working days of the present term, so that the deadline can explain itself."""
    reference = fields.CharField(80, default="", db_default="")
    """Number of the paper with which a file came that was not born in the system."""
    folios = fields.IntField(null=True)
    conclusion = fields.TextField(default="", db_default="")
    """Why a person of the legal office concluded it, when no signature did."""
    days_left = fields.IntField(null=True)
    """Working days that the legal office still had when the file was returned: its clock stands still meanwhile."""
    admitted = fields.BooleanField(default=False)
    """Whether the engine has looked at this submission: completeness, proposed lawyer, deadline."""
    missing: list = fields.JSONField(default=list)
    """What the engine found wanting at the last submission, in Spanish, for the lawyer."""
    assignee = belongs_to("User", "assigned_reviews", null=True)
    assignee_id: int | None
    proposed_lawyer = belongs_to("User", "proposed_reviews", null=True)
    proposed_lawyer_id: int | None
    returns_count = fields.IntField(default=0)
    last_moved_on = fields.DateField()
    closed_on = fields.DateField(null=True)
    source = one_of(Source, max_length=10, default=Source.SYSTEM)
    search = fields.CharField(700, default="")
    version = fields.IntField(default=1)

    class Meta:
        table = "legal_reviews"
        indexes = (("due_on", "id"), ("stage", "due_on"), ("convention_id", "id"), ("assignee_id", "stage"))

    @property
    def subject_kind(self) -> str:
        """Name the kind of record that the file is about; empty for a consultation."""
        links = {"Convention": self.convention_id, "Lease": self.lease_id, "SanitaryLicense": self.license_id}
        return next((kind for kind, key in links.items() if key), "")

    def allows(self, deed: Verb) -> bool:
        """Tell whether this file, where it is, allows the deed."""
        return self.stage in MOVES[deed]

    def after(self, deed: Verb) -> ReviewStage:
        """Return the stage that follows a deed which this file allows."""
        return MOVES[deed][self.stage]


class Requirement(Model):
    """A line of the checklist catalog: what is asked for a kind, on what legal basis, and between which dates."""

    id = fields.IntField(primary_key=True)
    code = fields.CharField(40, unique=True)
    title = fields.CharField(240)
    help = fields.TextField(default="")
    legal_basis = fields.CharField(240, default="")
    """Empty means that no law is known to ask for it; such a line is flagged (Decreto 5-2021)."""
    mandatory = fields.BooleanField(default=True)
    convention_kind: ConventionKind | None = one_of(ConventionKind, max_length=28, null=True)
    program: ProgramCode | None = one_of(ProgramCode, max_length=20, null=True)
    matter: ReviewMatter | None = one_of(ReviewMatter, max_length=28, null=True)
    """Matter of the files that it is asked of, when those are no conventions: leases, licenses."""
    municipal_only = fields.BooleanField(default=False)
    confirmed = fields.BooleanField(default=False)
    """Whether a lawyer of the office has confirmed the line; seeded lines are not."""
    valid_from = fields.DateField()
    valid_to = fields.DateField(null=True)
    position = fields.IntField(default=0)

    class Meta:
        table = "requirements"
        ordering = ["position", "id"]


class ReviewRequirement(Model):
    """A checklist line as it was asked of one file, later changes of the catalog do not touch it."""

    id = fields.IntField(primary_key=True)
    review = belongs_to("LegalReview", "requirements")
    review_id: int
    requirement = belongs_to("Requirement", "uses")
    requirement_id: int
    code = fields.CharField(40)
    title = fields.CharField(240)
    help = fields.TextField(default="")
    legal_basis = fields.CharField(240, default="")
    mandatory = fields.BooleanField()
    position = fields.IntField(default=0)
    fulfilled = fields.BooleanField(default=False)

    class Meta:
        table = "review_requirements"
        unique_together = (("review", "code"),)
        ordering = ["position", "id"]


class Evidence(Model):
    """A file handed in for a checklist line. A newer one replaces it, none is overwritten."""

    id = fields.IntField(primary_key=True)
    requirement = belongs_to("ReviewRequirement", "evidence")
    requirement_id: int
    file = belongs_to("StoredFile", "evidence")
    file_id: int
    note = fields.TextField(default="")
    received_at = fields.DatetimeField()
    received_by = belongs_to("User", "evidence")
    received_by_id: int
    replaced_at = fields.DatetimeField(null=True)

    class Meta:
        table = "evidence"


class Observation(Model):
    """One finding of a providencia: where, what, on which legal basis, and how to cure it."""

    id = fields.IntField(primary_key=True)
    review = belongs_to("LegalReview", "observations")
    review_id: int
    document = belongs_to("OfficialDocument", "observations")
    document_id: int
    subject = fields.CharField(240)
    finding = fields.TextField()
    legal_basis = fields.CharField(240, default="")
    cure = fields.TextField()
    cured_on = fields.DateField(null=True)

    class Meta:
        table = "observations"
