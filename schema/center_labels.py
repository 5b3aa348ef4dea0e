"""Spanish words for the choices about centers, their alarms, calendars and what the office publishes."""

from enum import Enum

from models.alarms import ALARM_LABELS, SEVERITY_LABELS, AlarmCode, Severity
from models.centers import EVENT_LABELS, CenterEventKind
from models.contributions import AllowanceBasis, AllowancePeriod, ContributionKind, ContributionParty
from models.feeds import FeedScope
from models.publications import PublicListing
from models.supervision import FindingSeverity
from reads.supervision import FindingState
from reads.transparency_rows import ColumnKind, ListingChangeKind

CENTER_LABELS: dict[type[Enum], tuple[str, dict[str, str]]] = {
    CenterEventKind: (
        "Qué le pasa a un centro por un acto con fecha.",
        {kind.value: words for kind, words in EVENT_LABELS.items()},
    ),
    AlarmCode: (
        "Clase de alarma de un centro, de un convenio o de un listado público.",
        {code.value: words for code, words in ALARM_LABELS.items()},
    ),
    Severity: ("Urgencia de una alarma.", {one.value: words for one, words in SEVERITY_LABELS.items()}),
    FindingSeverity: ("Cuánto pesa un hallazgo.", {"LOW": "Leve", "MEDIUM": "Moderado", "HIGH": "Grave"}),
    FindingState: (
        "Cómo está un hallazgo en una fecha; los atrasados están abiertos también.",
        {"OPEN": "Por corregir", "OVERDUE": "Atrasado", "RESOLVED": "Corregido"},
    ),
    ContributionParty: (
        "Quién da un aporte a un centro.",
        {"SOSEP": "SOSEP", "MUNICIPALITY": "Municipalidad", "OTHER": "Otra institución"},
    ),
    ContributionKind: (
        "En qué consiste un aporte.",
        {
            "STAFF": "Personal",
            "FOOD": "Alimentación",
            "SUPPLIES": "Insumos",
            "THERAPY": "Terapia",
            "PREMISES": "Inmueble",
            "SERVICES": "Servicios",
            "EQUIPMENT": "Equipo",
            "OTHER": "Otro",
        },
    ),
    AllowanceBasis: (
        "Por quién o por qué se da una asignación.",
        {"CENTER": "Por centro", "CHILD": "Por niña o niño", "CAREGIVER": "Por madre cuidadora"},
    ),
    AllowancePeriod: (
        "Cada cuánto se da una asignación.",
        {"MONTH": "Cada mes", "DAY": "Cada día", "ONCE": "Una sola vez"},
    ),
    FeedScope: (
        "De quién son las fechas de un calendario.",
        {
            "PERSON": "Todas las que usted puede ver",
            "MUNICIPALITY": "De una municipalidad",
            "PROGRAM": "De un programa",
        },
    ),
    PublicListing: (
        "Listado que la ley manda publicar.",
        {
            "LEASES": "Arrendamientos (Decreto 57-2008, artículo 10, numeral 19)",
            "CONVENTIONS": "Convenios con ONG, asociaciones y organismos (Decreto 101-97, artículo 17 ter)",
        },
    ),
    ColumnKind: (
        "Cómo se escriben los valores de una columna de un listado público.",
        {
            "TEXT": "Texto",
            "CHOICE": "Una opción de una lista cerrada",
            "NUMBER": "Número entero",
            "AMOUNT": "Quetzales, con punto y dos decimales",
            "DATE": "Fecha, AAAA-MM-DD",
        },
    ),
    ListingChangeKind: (
        "Qué le haría a una fila publicar de nuevo.",
        {"ADDED": "Se agrega", "REMOVED": "Se quita", "CHANGED": "Cambia"},
    ),
}
"""What each choice is called, by its enum: the description of the enum, then the words of its values."""
