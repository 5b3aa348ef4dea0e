"""Centers for elders and children, their monthly attendance, and codes that the report leaves unplaced."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import belongs_to, one_of
from models.places import ProgramCode


class Source(StrEnum):
    """Where a record comes from. DEMO: derived from the 2024 report with invented dates, never to be relied upon."""

    SYSTEM = "SYSTEM"
    REPORT = "REPORT"
    DEMO = "DEMO"


class CenterKind(StrEnum):
    """CAD: day center, CAP: permanent center, CADI and HOGAR_COMUNITARIO attend children."""

    CAD = "CAD"
    CAP = "CAP"
    CADI = "CADI"
    HOGAR_COMUNITARIO = "HOGAR_COMUNITARIO"


KIND_LABELS = {
    CenterKind.CAD: "Centro de Atención Diurna",
    CenterKind.CAP: "Centro de Atención Permanente",
    CenterKind.CADI: "Centro de Atención y Desarrollo Infantil",
    CenterKind.HOGAR_COMUNITARIO: "Hogar Comunitario",
}
"""What people and papers read for each kind."""


class CenterState(StrEnum):
    """Whether a center attends people."""

    OPEN = "OPEN"
    SUSPENDED = "SUSPENDED"
    CLOSED = "CLOSED"


class TenureBasis(StrEnum):
    """By what right a center uses its premises, NONE_ON_RECORD means to be verified, never illegal."""

    CONVENTION = "CONVENTION"
    LEASE = "LEASE"
    OWN_BUILDING = "OWN_BUILDING"
    PROPERTY_ASSIGNMENT = "PROPERTY_ASSIGNMENT"
    NONE_ON_RECORD = "NONE_ON_RECORD"


OF_THE_CENTER = (TenureBasis.OWN_BUILDING, TenureBasis.PROPERTY_ASSIGNMENT)
"""What may stand in the record of a center itself, conventions and leases have records of their own."""


class Center(Model):
    """A place where a program attends people. One municipality has many."""

    id = fields.IntField(primary_key=True)
    code = fields.CharField(24, unique=True)
    name = fields.CharField(120)
    kind = one_of(CenterKind, max_length=20)
    program = one_of(ProgramCode, max_length=20)
    municipality = belongs_to("Municipality", "centers")
    municipality_id: str
    settlement = fields.CharField(80, default="")
    address = fields.CharField(200, default="")
    state = one_of(CenterState, max_length=10, default=CenterState.OPEN)
    state_since = fields.DateField(null=True)
    capacity = fields.IntField(null=True)
    premises: TenureBasis | None = one_of(TenureBasis, max_length=20, null=True)
    """Own building or property assignment, when neither convention nor lease gives the premises."""
    source = one_of(Source, max_length=10, default=Source.SYSTEM)
    source_note = fields.CharField(120, default="")
    search = fields.CharField(400, default="")
    version = fields.IntField(default=1)

    class Meta:
        table = "centers"
        indexes = (("name", "id"), ("municipality_id",))


class CenterEventKind(StrEnum):
    """What happens to a center by a dated act. MOVE: to other premises, perhaps in another municipality.

    PREMISES: from a day on they are its own or assigned to it, or are so no more.
    """

    OPENING = "OPENING"
    ENLARGEMENT = "ENLARGEMENT"
    REDUCTION = "REDUCTION"
    SUSPENSION = "SUSPENSION"
    REOPENING = "REOPENING"
    MOVE = "MOVE"
    PREMISES = "PREMISES"
    CLOSING = "CLOSING"


EVENT_LABELS = {
    CenterEventKind.OPENING: "Apertura",
    CenterEventKind.ENLARGEMENT: "Ampliación",
    CenterEventKind.REDUCTION: "Reducción",
    CenterEventKind.SUSPENSION: "Suspensión",
    CenterEventKind.REOPENING: "Reapertura",
    CenterEventKind.MOVE: "Traslado",
    CenterEventKind.PREMISES: "Inmueble propio o adscrito",
    CenterEventKind.CLOSING: "Cierre",
}
"""What people read for each kind of deed."""

_STANDING = frozenset({CenterState.OPEN, CenterState.SUSPENDED})
POSSIBLE_IN: dict[CenterEventKind, frozenset[CenterState]] = {
    CenterEventKind.ENLARGEMENT: _STANDING,
    CenterEventKind.REDUCTION: _STANDING,
    CenterEventKind.SUSPENSION: frozenset({CenterState.OPEN}),
    CenterEventKind.REOPENING: frozenset({CenterState.SUSPENDED, CenterState.CLOSED}),
    CenterEventKind.MOVE: _STANDING,
    CenterEventKind.PREMISES: _STANDING,
    CenterEventKind.CLOSING: _STANDING,
}
"""In which state a center must be for a deed. An opening has no such rule, a center has one at most."""


class CenterEvent(Model):
    """A dated deed in the life of a center, with the act that orders it.

    The center itself holds the present. As of a day, what happens later is undone by `before`.
    """

    id = fields.IntField(primary_key=True)
    center = belongs_to("Center", "events")
    center_id: int
    kind = one_of(CenterEventKind, max_length=12)
    happened_on = fields.DateField()
    """First day on which it holds."""
    act = fields.CharField(160)
    """The paper that orders it, as people cite it: «Acuerdo Interno 12-2026»."""
    reason = fields.TextField(default="")
    file = belongs_to("StoredFile", "center_events", null=True)
    file_id: int | None
    before: dict = fields.JSONField(default=dict)
    """Columns of the center that it changed, as they were: state, capacity, municipality_id, settlement, premises…"""
    after: dict = fields.JSONField(default=dict)
    """The same columns as it left them."""
    recorded_at = fields.DatetimeField()
    recorded_by = belongs_to("User", "center_events")
    recorded_by_id: int
    annulled_on = fields.DateField(null=True)
    """Day on which it was found to be noted by mistake, it counts for nothing then."""
    annulled_reason = fields.TextField(default="")
    annulled_by = belongs_to("User", "center_events_annulled", null=True)
    annulled_by_id: int | None

    class Meta:
        table = "center_events"
        indexes = (("center_id", "happened_on", "id"), ("happened_on",))


class Attendance(Model):
    """People attended in a center during a month (its first day), by sex."""

    id = fields.IntField(primary_key=True)
    center = belongs_to("Center", "attendance")
    center_id: int
    month = fields.DateField()
    men = fields.IntField()
    women = fields.IntField()
    source = one_of(Source, max_length=10, default=Source.SYSTEM)
    recorded_on = fields.DateField(null=True)
    """Day on which it was noted, empty for what came with the 2024 report."""
    recorded_by = belongs_to("User", "attendance_recorded", null=True)
    recorded_by_id: int | None
    version = fields.IntField(default=1, db_default=1)

    class Meta:
        table = "attendance"
        unique_together = (("center", "month"),)
        indexes = (("month", "center_id"),)


class AttendanceCorrection(Model):
    """A month of attendance that was noted wrong: what it said before, what it says since, who changed it and why.

    The attendance itself holds the present. As of a day, what is corrected later counts as it was before.
    """

    id = fields.IntField(primary_key=True)
    attendance = belongs_to("Attendance", "corrections")
    attendance_id: int
    men_before = fields.IntField()
    women_before = fields.IntField()
    men = fields.IntField()
    women = fields.IntField()
    reason = fields.TextField()
    corrected_on = fields.DateField()
    corrected_by = belongs_to("User", "attendance_corrected")
    corrected_by_id: int

    class Meta:
        table = "attendance_corrections"
        indexes = (("attendance_id", "id"), ("corrected_on",))


class CenterCode(Model):
    """A code of a Hogar Comunitario or CADI that the 2024 report names, mostly without saying where it is."""

    code = fields.CharField(20, primary_key=True)
    number = fields.IntField()
    capacity = fields.IntField()
    kind: CenterKind | None = one_of(CenterKind, max_length=20, null=True)
    municipality = belongs_to("Municipality", "center_codes", null=True)
    municipality_id: str | None
    settlement = fields.CharField(80, default="")
    seen_in = fields.TextField(default="")

    class Meta:
        table = "center_codes"
