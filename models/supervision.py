"""Supervision of centers: visits, what each found, and what was done about it."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import belongs_to, one_of


class FindingSeverity(StrEnum):
    """How much a finding weighs for the people attended."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class SupervisionVisit(Model):
    """A visit of supervision to a center."""

    id = fields.IntField(primary_key=True)
    center = belongs_to("Center", "visits")
    center_id: int
    visited_on = fields.DateField()
    supervisor_name = fields.CharField(120)
    """Who made the visit, who may have no account."""
    act = fields.CharField(160, default="")
    """The paper that was drawn up there, as people cite it."""
    summary = fields.TextField()
    file = belongs_to("StoredFile", "supervision_visits", null=True)
    file_id: int | None
    recorded_at = fields.DatetimeField()
    recorded_by = belongs_to("User", "supervision_visits")
    recorded_by_id: int
    version = fields.IntField(default=1)

    class Meta:
        table = "supervision_visits"
        indexes = (("center_id", "visited_on", "id"), ("visited_on", "id"))


class SupervisionFinding(Model):
    """Something that a visit found and that a party has to mend, by a day when one was set."""

    id = fields.IntField(primary_key=True)
    visit = belongs_to("SupervisionVisit", "findings")
    visit_id: int
    ordinal = fields.IntField()
    text = fields.TextField()
    severity = one_of(FindingSeverity, max_length=8, default=FindingSeverity.MEDIUM)
    party = fields.CharField(12)
    """Who mends it: SOSEP or COUNTERPART, as in commitments."""
    due_on = fields.DateField(null=True)
    """Last calendar day to mend it, empty when no day was set."""
    resolved_on = fields.DateField(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "supervision_findings"
        unique_together = (("visit", "ordinal"),)
        indexes = (("resolved_on", "due_on"),)


class FindingFollowUp(Model):
    """What was done or seen about a finding on a day, the last one may say that it is mended."""

    id = fields.IntField(primary_key=True)
    finding = belongs_to("SupervisionFinding", "follow_ups")
    finding_id: int
    noted_on = fields.DateField()
    text = fields.TextField()
    resolves = fields.BooleanField(default=False)
    file = belongs_to("StoredFile", "finding_follow_ups", null=True)
    file_id: int | None
    recorded_at = fields.DatetimeField()
    recorded_by = belongs_to("User", "finding_follow_ups")
    recorded_by_id: int

    class Meta:
        table = "finding_follow_ups"
        indexes = (("finding_id", "id"),)
