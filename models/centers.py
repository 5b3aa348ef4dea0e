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


class Attendance(Model):
    """People attended in a center during a month (its first day), by sex."""

    id = fields.IntField(primary_key=True)
    center = belongs_to("Center", "attendance")
    center_id: int
    month = fields.DateField()
    men = fields.IntField()
    women = fields.IntField()
    source = one_of(Source, max_length=10, default=Source.SYSTEM)

    class Meta:
        table = "attendance"
        unique_together = (("center", "month"),)


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
