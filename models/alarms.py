"""Alarms about what centers and conventions stand on: which there are, who silenced one, since when each was seen."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import belongs_to, one_of


class AlarmCode(StrEnum):
    """What may be wrong with what a center stands on, with a convention, or with a public listing."""

    NO_INSTRUMENT_ON_RECORD = "NO_INSTRUMENT_ON_RECORD"
    INSTRUMENT_EXPIRED = "INSTRUMENT_EXPIRED"
    INSTRUMENT_EXPIRING = "INSTRUMENT_EXPIRING"
    LICENSE_MISSING = "LICENSE_MISSING"
    LICENSE_EXPIRED = "LICENSE_EXPIRED"
    LICENSE_EXPIRING = "LICENSE_EXPIRING"
    CONVENTION_WITHOUT_CENTER = "CONVENTION_WITHOUT_CENTER"
    TWO_LIVE_CONVENTIONS = "TWO_LIVE_CONVENTIONS"
    LEASE_AND_CONVENTION = "LEASE_AND_CONVENTION"
    OVER_CAPACITY = "OVER_CAPACITY"
    ATTENDANCE_NOT_REPORTED = "ATTENDANCE_NOT_REPORTED"
    MAYOR_CHANGED = "MAYOR_CHANGED"
    FINDING_OVERDUE = "FINDING_OVERDUE"
    COMMITMENT_OVERDUE = "COMMITMENT_OVERDUE"
    LISTING_STALE = "LISTING_STALE"


ALARM_LABELS = {
    AlarmCode.NO_INSTRUMENT_ON_RECORD: "Sin instrumento en registro, por verificar",
    AlarmCode.INSTRUMENT_EXPIRED: "Instrumento vencido",
    AlarmCode.INSTRUMENT_EXPIRING: "Instrumento por vencer",
    AlarmCode.LICENSE_MISSING: "Sin licencia sanitaria en registro",
    AlarmCode.LICENSE_EXPIRED: "Licencia sanitaria vencida",
    AlarmCode.LICENSE_EXPIRING: "Licencia sanitaria por vencer",
    AlarmCode.CONVENTION_WITHOUT_CENTER: "Convenio sin centro en registro, por verificar",
    AlarmCode.TWO_LIVE_CONVENTIONS: "Dos convenios vigentes para un centro",
    AlarmCode.LEASE_AND_CONVENTION: "Arrendamiento y convenio vigentes a la vez",
    AlarmCode.OVER_CAPACITY: "Atiende a más personas que su capacidad",
    AlarmCode.ATTENDANCE_NOT_REPORTED: "Asistencia sin informar por dos meses",
    AlarmCode.MAYOR_CHANGED: "Cambió quien firmó por la municipalidad",
    AlarmCode.FINDING_OVERDUE: "Hallazgo de supervisión atrasado",
    AlarmCode.COMMITMENT_OVERDUE: "Compromiso atrasado",
    AlarmCode.LISTING_STALE: "Listado público sin actualizar",
}
"""What people read for each code."""


class Severity(StrEnum):
    """How much an alarm presses."""

    CRITICAL = "CRITICAL"
    WARNING = "WARNING"
    INFO = "INFO"


SEVERITY_LABELS = {Severity.CRITICAL: "Urgente", Severity.WARNING: "Atención", Severity.INFO: "Aviso"}
"""What people read for each severity."""


class AlarmSilence(Model):
    """A person says that an alarm needs no telling until a day, and why. It stays on record after that day."""

    id = fields.IntField(primary_key=True)
    code = one_of(AlarmCode, max_length=28)
    center = belongs_to("Center", "silences", null=True)
    center_id: int | None
    convention = belongs_to("Convention", "silences", null=True)
    convention_id: int | None
    reason = fields.TextField()
    since = fields.DateField()
    until = fields.DateField()
    """Last day on which it is silent."""
    silenced_by = belongs_to("User", "alarms_silenced")
    silenced_by_id: int
    lifted_on = fields.DateField(null=True)
    """Day from which somebody wanted to hear of it again."""
    lifted_by = belongs_to("User", "silences_lifted", null=True)
    lifted_by_id: int | None
    version = fields.IntField(default=1)

    class Meta:
        table = "alarm_silences"
        indexes = (("center_id", "code"), ("convention_id", "code"), ("until",))


class AlarmRecord(Model):
    """An alarm that a nightly pass saw for the first time, until the pass that saw it no more."""

    id = fields.IntField(primary_key=True)
    key = fields.CharField(80)
    """Code, subject and instrument: what makes two alarms the same one on two nights."""
    code = one_of(AlarmCode, max_length=28)
    severity = one_of(Severity, max_length=8)
    center = belongs_to("Center", "alarm_records", null=True)
    center_id: int | None
    convention = belongs_to("Convention", "alarm_records", null=True)
    convention_id: int | None
    message = fields.TextField()
    seen_on = fields.DateField()
    """Day of the first pass that saw it."""
    ended_on = fields.DateField(null=True)
    """Day of the first pass that did not see it any more."""

    class Meta:
        table = "alarm_records"
        indexes = (("center_id", "id"), ("convention_id", "id"), ("ended_on", "code"))
