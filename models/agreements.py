"""Conventions, leases and sanitary licenses: their stage, their term, and where they stand on a given date."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from models.centers import Source
from models.fields import Money, belongs_to, one_of
from models.places import ProgramCode

EXPIRING_DAYS = 90
"""Calendar days before its end during which an agreement counts as expiring (first rung of the reminder ladder)."""


class ConventionKind(StrEnum):
    """Form of the agreement with another institution."""

    CONVENIO = "CONVENIO"
    CARTA_ENTENDIMIENTO = "CARTA_ENTENDIMIENTO"
    MEMORANDUM_ENTENDIMIENTO = "MEMORANDUM_ENTENDIMIENTO"
    INTERCAMBIO_CARTAS = "INTERCAMBIO_CARTAS"
    CONVENIO_DONACION = "CONVENIO_DONACION"


CONVENTION_KIND_LABELS = {
    ConventionKind.CONVENIO: "Convenio",
    ConventionKind.CARTA_ENTENDIMIENTO: "Carta de entendimiento",
    ConventionKind.MEMORANDUM_ENTENDIMIENTO: "Memorándum de entendimiento",
    ConventionKind.INTERCAMBIO_CARTAS: "Intercambio de cartas",
    ConventionKind.CONVENIO_DONACION: "Convenio de donación",
}
"""What people and papers read for each kind."""


class LeaseForm(StrEnum):
    """A CONTRATO is signed by delegation of the Secretaría General de la Presidencia, case by case (LCE art. 47)."""

    CONTRATO = "CONTRATO"
    ACTA_NEGOCIACION = "ACTA_NEGOCIACION"


class LeaseNature(StrEnum):
    """By what right SOSEP uses premises that are not its own, both follow the same path (decision 8)."""

    LEASE = "LEASE"
    PROPERTY_ASSIGNMENT = "PROPERTY_ASSIGNMENT"


class AgreementStage(StrEnum):
    """How far the making of an agreement has come. Where it stands in time is `Standing`, computed for a date."""

    REQUESTED = "REQUESTED"
    IN_REVIEW = "IN_REVIEW"
    READY_TO_SIGN = "READY_TO_SIGN"
    SIGNED = "SIGNED"
    TERMINATED = "TERMINATED"
    WITHDRAWN = "WITHDRAWN"


PENDING_STAGES = (AgreementStage.REQUESTED, AgreementStage.IN_REVIEW, AgreementStage.READY_TO_SIGN)
"""Stages of an agreement still being made."""

PERFECTED = (AgreementStage.SIGNED, AgreementStage.TERMINATED)
"""Stages of an agreement that all parties have signed: it binds until its end, or until an early one."""


class Standing(StrEnum):
    """Where an agreement stands on a date, exactly one holds on any date."""

    PENDING = "PENDING"
    IN_FORCE = "IN_FORCE"
    EXPIRING = "EXPIRING"
    EXPIRED = "EXPIRED"
    ENDED = "ENDED"


class TerminationBasis(StrEnum):
    """Why an agreement ended before its term."""

    MUTUAL_CONSENT = "MUTUAL_CONSENT"
    BREACH = "BREACH"
    FORCE_MAJEURE = "FORCE_MAJEURE"
    OTHER = "OTHER"


def standing(
    stage: AgreementStage, starts_on: date | None, ends_on: date | None, terminated_on: date | None, *, on: date
) -> Standing:
    """Say where an agreement stands on a date. The only definition: queries use `standing_is`, its twin below.

    A request that was given up was pending until that day; when the day is not on record it counts as ended always.
    """
    if terminated_on and terminated_on <= on:
        return Standing.ENDED
    if stage == AgreementStage.WITHDRAWN:
        return Standing.PENDING if terminated_on else Standing.ENDED
    if stage in PENDING_STAGES or starts_on is None or on < starts_on:
        return Standing.PENDING
    if ends_on is None:
        return Standing.IN_FORCE
    if on > ends_on:
        return Standing.EXPIRED
    return Standing.EXPIRING if ends_on - on <= timedelta(days=EXPIRING_DAYS) else Standing.IN_FORCE


def standing_is(wanted: Standing, *, on: date) -> Q:
    """Return the filter that selects the agreements for which `standing(…, on=on)` is `wanted`."""
    ended = Q(stage=AgreementStage.WITHDRAWN, terminated_on__isnull=True) | Q(terminated_on__lte=on)
    alive = Q(Q(terminated_on__isnull=True, stage__not=AgreementStage.WITHDRAWN) | Q(terminated_on__gt=on))
    unborn = Q(stage__not_in=PERFECTED) | Q(starts_on__isnull=True) | Q(starts_on__gt=on)
    born = alive & Q(stage__in=PERFECTED) & Q(starts_on__lte=on)
    threshold = date.fromordinal(min(on.toordinal() + EXPIRING_DAYS, date.max.toordinal()))
    return {
        Standing.ENDED: ended,
        Standing.PENDING: alive & unborn,
        Standing.IN_FORCE: born & Q(Q(ends_on__isnull=True) | Q(ends_on__gt=threshold)),
        Standing.EXPIRING: born & Q(ends_on__gte=on, ends_on__lte=threshold),
        Standing.EXPIRED: born & Q(ends_on__lt=on),
    }[wanted]


def live_is(on: date) -> Q:
    """Return the filter of what is in force on a date, about to expire or not: two standings in one plain condition."""
    alive = Q(Q(terminated_on__isnull=True) | Q(terminated_on__gt=on), stage__in=PERFECTED, starts_on__lte=on)
    return alive & Q(Q(ends_on__isnull=True) | Q(ends_on__gte=on))


def last_in_force(ends_on: date | None, terminated_on: date | None) -> date | None:
    """Return the last day in force: the end, or the eve of an early termination when that comes first."""
    eve = terminated_on - timedelta(days=1) if terminated_on else None
    return min(ends_on, eve) if ends_on and eve else ends_on or eve


def ends_in_words(days: int) -> str:
    """Say in Spanish how far an end lies, in calendar days: «vence en 12 días», «vence hoy», «venció hace 3 días»."""
    if days == 0:
        return "vence hoy"
    unit = "día" if abs(days) == 1 else "días"
    return f"vence en {days} {unit}" if days > 0 else f"venció hace {-days} {unit}"


def last_day(starts_on: date, months: int) -> date:
    """Return the end of a term of whole months: the eve of the same day (one year from 15-03-2026 ends 14-03-2027).

    When the last month lacks that day the term ends on its last day, as a term counted in months is read.
    """
    index = starts_on.month - 1 + months
    year, month = starts_on.year + index // 12, index % 12 + 1
    next_month = date(year + month // 12, month % 12 + 1, 1)
    length = (next_month - timedelta(days=1)).day
    if starts_on.day > length:
        return date(year, month, length)
    return date(year, month, starts_on.day) - timedelta(days=1)


class Agreement(Model):
    """What conventions, leases and licenses share: number, stage, term, source and version."""

    id = fields.IntField(primary_key=True)
    number = fields.CharField(40, unique=True)
    stage = one_of(AgreementStage, max_length=16, default=AgreementStage.REQUESTED)
    starts_on = fields.DateField(null=True)
    ends_on = fields.DateField(null=True)
    """Last day in force; empty while it is not signed, or when it has no end date."""
    terminated_on = fields.DateField(null=True)
    """First day on which it binds no more before its time; of a request given up, the day on which it was."""
    source = one_of(Source, max_length=10, default=Source.SYSTEM)
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        abstract = True

    @property
    def last_in_force(self) -> date | None:
        """The last day in force: the end, or the eve of an early termination."""
        return last_in_force(self.ends_on, self.terminated_on)

    def standing(self, on: date) -> Standing:
        """Say where this agreement stands on a date."""
        return standing(self.stage, self.starts_on, self.ends_on, self.terminated_on, on=on)

    def in_words(self) -> str:
        """Name the agreement in a Spanish sentence: «el convenio CONV-2026-0001»."""
        raise NotImplementedError

    def of_words(self) -> str:
        """Name it after «de»: «del convenio CONV-2026-0001», «de la adscripción ADS-2026-0001»."""
        words = self.in_words()
        return f"d{words}" if words.startswith("el ") else f"de {words}"


class Convention(Agreement):
    """An agreement between SOSEP and a municipality or another institution, it covers centers, one or many or none."""

    kind = one_of(ConventionKind, max_length=28, default=ConventionKind.CONVENIO)
    program = one_of(ProgramCode, max_length=20)
    municipality = belongs_to("Municipality", "conventions", null=True)
    municipality_id: str | None
    institution = belongs_to("Institution", "conventions", null=True)
    institution_id: int | None
    title = fields.CharField(240, default="")
    term_months = fields.IntField(null=True)
    renews: Any = belongs_to("Convention", "renewals", null=True)
    renews_id: int | None
    requested_by = belongs_to("User", "requested_conventions", null=True)
    requested_by_id: int | None
    requested_on = fields.DateField(null=True)
    note = fields.TextField(default="")
    termination_reason = fields.TextField(default="")
    termination_basis: TerminationBasis | None = one_of(TerminationBasis, max_length=20, null=True)
    sosep_signatures = fields.IntField(default=1)
    """How many signatures SOSEP's side needs before the convention is perfected."""
    counterpart_signatures = fields.IntField(default=1)
    """How many signatures the counterpart's side needs before the convention is perfected."""
    source_note = fields.CharField(120, default="")
    search = fields.CharField(500, default="")

    centers: Any = fields.ManyToManyField(
        "models.Center",
        through="convention_centers",
        forward_key="center_id",
        backward_key="convention_id",
        related_name="conventions",
        on_delete=fields.RESTRICT,
    )

    class Meta:
        table = "conventions"
        indexes = (("ends_on", "id"), ("municipality_id", "ends_on"), ("renews_id",))

    def in_words(self) -> str:
        """Name the convention in a sentence."""
        return f"el convenio {self.number}"

    def term_starts(self, *, renewed_ends_on: date | None, perfected_on: date) -> date:
        """Return the first day of the term: the day after the one it renews, or the last signature's if later."""
        if renewed_ends_on and renewed_ends_on >= perfected_on:
            return renewed_ends_on + timedelta(days=1)
        return perfected_on


class Lease(Agreement):
    """The use of premises for a center or a departmental office, rented or assigned (adscripción)."""

    nature = one_of(LeaseNature, max_length=20, default=LeaseNature.LEASE, db_default=LeaseNature.LEASE.value)
    form: LeaseForm | None = one_of(LeaseForm, max_length=20, null=True)
    """Empty when the source does not say whether it is a contract or an acta (FINDINGS F-10)."""
    program = one_of(ProgramCode, max_length=20)
    center = belongs_to("Center", "leases", null=True)
    center_id: int | None
    office = belongs_to("DepartmentalOffice", "leases", null=True)
    office_id: int | None
    municipality = belongs_to("Municipality", "leases")
    municipality_id: str
    landlord_name = fields.CharField(160, default="")
    landlord_nit = fields.CharField(16, default="")
    address = fields.CharField(200, default="")
    finca = fields.CharField(20, default="")
    folio = fields.CharField(20, default="")
    libro = fields.CharField(40, default="")
    monthly_rent = Money(null=True)
    total = Money(null=True)
    term_months = fields.IntField(null=True)
    budget_line = fields.CharField(40, default="")
    use = fields.CharField(300, default="", db_default="")
    """What the premises are for, as the paper says it."""
    justification = fields.TextField(default="", db_default="")
    """Why these premises are needed, as the sede or program asked."""
    form_confirmed_by = belongs_to("User", "confirmed_lease_forms", null=True)
    form_confirmed_by_id: int | None
    """The lawyer who confirmed the form, the system only proposes it from dated legal parameters."""
    renews: Any = belongs_to("Lease", "renewals", null=True)
    renews_id: int | None
    requested_by = belongs_to("User", "requested_leases", null=True)
    requested_by_id: int | None
    requested_on = fields.DateField(null=True)
    termination_reason = fields.TextField(default="", db_default="")
    termination_basis: TerminationBasis | None = one_of(TerminationBasis, max_length=20, null=True)
    search = fields.CharField(500, default="", db_default="")

    class Meta:
        table = "leases"
        indexes = (("ends_on", "id"),)

    @property
    def assigned(self) -> bool:
        """Whether the premises are assigned by another institution, without rent."""
        return self.nature == LeaseNature.PROPERTY_ASSIGNMENT

    @property
    def needs_delegation(self) -> bool:
        """Whether SOSEP may sign it only by a delegation given for it (LCE art. 47; assignments: decision 8)."""
        return self.assigned or self.form == LeaseForm.CONTRATO

    def in_words(self) -> str:
        """Name the lease or assignment in a sentence."""
        return f"{'la adscripción' if self.assigned else 'el arrendamiento'} {self.number}"


class SanitaryLicense(Agreement):
    """The sanitary license that MSPAS issues for one center, `ends_on` is its expiry."""

    center = belongs_to("Center", "licenses")
    center_id: int
    license_number = fields.CharField(60, default="", db_default="")
    """The number that MSPAS printed on it, `number` is the registry's own."""
    file = belongs_to("StoredFile", "licenses", null=True)
    file_id: int | None
    renews: Any = belongs_to("SanitaryLicense", "renewals", null=True)
    renews_id: int | None
    requested_by = belongs_to("User", "requested_licenses", null=True)
    requested_by_id: int | None
    requested_on = fields.DateField(null=True)
    note = fields.TextField(default="", db_default="")
    search = fields.CharField(500, default="", db_default="")

    class Meta:
        table = "sanitary_licenses"
        indexes = (("center_id", "ends_on"),)

    def in_words(self) -> str:
        """Name the license in a sentence."""
        return f"la licencia sanitaria {self.number}"
