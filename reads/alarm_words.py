"""One alarm: what is wrong, since when, and in words who attends to it and how it ends."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from models.alarms import AlarmCode, Severity
from models.signing import Side
from reads.paging import Row


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something to look into on a date. Never says that anything is illegal."""

    code: AlarmCode
    severity: Severity
    since: date | None
    """First day on which it holds, empty if that is not known."""
    said: Callable[[], str]
    """Makes the sentence: thousands of alarms are counted, and few are read."""
    link: str
    """Page where it is mended."""
    center: Row | None = None
    convention: Row | None = None
    about: str = ""
    """The instrument or listing that it is about, when the subject may have several."""
    owed_by: Side | None = None
    """Of a commitment or finding: which side has to act; None when both have."""
    silence: Row | None = None
    """Who silenced it until when, and why."""

    @property
    def message(self) -> str:
        """The sentence for a person."""
        return self.said()

    @property
    def key(self) -> str:
        """What makes two alarms the same one on two nights: code, subject, instrument."""
        subject = f"center:{self.center['id']}" if self.center else ""
        if self.convention:
            subject = f"convention:{self.convention['id']}"
        return ":".join(part for part in (self.code.value, subject, self.about) if part)

    @property
    def place(self) -> str:
        """Code of the municipality that it concerns, empty for what is of none."""
        subject = self.center or self.convention
        return (subject["municipality_id"] or "") if subject else ""

    @property
    def program(self) -> str:
        """Program that it concerns, empty for what is of none."""
        subject = self.center or self.convention
        return subject["program"] if subject else ""

    @property
    def rank(self) -> tuple[int, str, str]:
        """Its place in a list: what presses most first, of that what has lasted longest."""
        since = self.since.isoformat() if self.since else "9999"
        return SEVERITIES.index(self.severity), since, self.key


SEVERITIES = list(Severity)

LEGAL = "Asesoría Jurídica"

_BY_PROGRAM = {
    AlarmCode.NO_INSTRUMENT_ON_RECORD,
    AlarmCode.INSTRUMENT_EXPIRED,
    AlarmCode.INSTRUMENT_EXPIRING,
    AlarmCode.OVER_CAPACITY,
}
_BY_OFFICE = {
    AlarmCode.LICENSE_MISSING,
    AlarmCode.LICENSE_EXPIRED,
    AlarmCode.LICENSE_EXPIRING,
    AlarmCode.ATTENDANCE_NOT_REPORTED,
}
_BY_SIDE = {AlarmCode.FINDING_OVERDUE, AlarmCode.COMMITMENT_OVERDUE}

OF_LEGAL = frozenset(AlarmCode) - _BY_PROGRAM - _BY_OFFICE - _BY_SIDE
"""Alarms that the legal office attends to, whatever they are about."""


def owner_of(alarm: Alarm, *, direction: str, department: str, counterpart: str) -> str:
    """Say who attends to an alarm: role and office in words.

    `direction` runs the alarm's program, `department` is its department's name, `counterpart` the other party.
    """
    office = f"Coordinación departamental de {department}" if department else direction
    if alarm.code in _BY_PROGRAM:
        return direction or LEGAL
    if alarm.code in _BY_OFFICE:
        return office or LEGAL
    if alarm.code in _BY_SIDE:
        ours = office if alarm.code == AlarmCode.FINDING_OVERDUE else direction
        both = [ours] if alarm.owed_by != Side.COUNTERPART else []
        both += [counterpart] if alarm.owed_by != Side.SOSEP and counterpart else []
        return " y ".join(one for one in both if one) or LEGAL
    return LEGAL


ENDS = {
    AlarmCode.NO_INSTRUMENT_ON_RECORD: "Al registrar el convenio, arrendamiento o adscripción que cubre el centro, "
    "o que el inmueble es propio.",
    AlarmCode.INSTRUMENT_EXPIRED: "Al firmarse la renovación u otro instrumento que cubra el centro.",
    AlarmCode.INSTRUMENT_EXPIRING: "Al firmarse la renovación; si no, pasa a vencido al día siguiente de su fin.",
    AlarmCode.LICENSE_MISSING: "Al anotar la licencia sanitaria que emitió el MSPAS.",
    AlarmCode.LICENSE_EXPIRED: "Al anotar la licencia sanitaria nueva.",
    AlarmCode.LICENSE_EXPIRING: "Al anotar la licencia nueva; si no, pasa a vencida al día siguiente de su fin.",
    AlarmCode.CONVENTION_WITHOUT_CENTER: "Al registrar el centro que cubre, o al terminar el convenio.",
    AlarmCode.TWO_LIVE_CONVENTIONS: "Al terminar uno de los convenios, o al corregir qué centros cubre.",
    AlarmCode.LEASE_AND_CONVENTION: "Al terminar el arrendamiento o el convenio, o cuando venza uno de ellos.",
    AlarmCode.OVER_CAPACITY: "Al ampliar la capacidad por acto, o cuando la asistencia vuelva a caber en ella.",
    AlarmCode.ATTENDANCE_NOT_REPORTED: "Al anotar la asistencia de alguno de los dos últimos meses.",
    AlarmCode.MAYOR_CHANGED: "Al firmarse el convenio que lo renueva con la autoridad de hoy, o al vencer este.",
    AlarmCode.FINDING_OVERDUE: "Al anotar en el seguimiento que se corrigió lo hallado.",
    AlarmCode.COMMITMENT_OVERDUE: "Al dar por cumplido el compromiso, o al terminar el convenio.",
    AlarmCode.LISTING_STALE: "Al publicar de nuevo el listado.",
}
"""How each alarm ends, in a Spanish sentence."""
