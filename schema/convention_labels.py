"""Spanish words of the closed lists that belong to conventions and to those who sign them."""

from enum import Enum

from models.agreements import CONVENTION_KIND_LABELS, ConventionKind, TerminationBasis
from models.conventions import CommitmentKind
from models.places import Gender
from reads.warnings import WarningCode

CONVENTION_LABELS: dict[type[Enum], tuple[str, dict[str, str]]] = {
    ConventionKind: (
        "Clase de convenio.",
        {kind.value: label for kind, label in CONVENTION_KIND_LABELS.items()},
    ),
    TerminationBasis: (
        "Causa de la terminación anticipada.",
        {
            "MUTUAL_CONSENT": "Mutuo consentimiento",
            "BREACH": "Incumplimiento",
            "FORCE_MAJEURE": "Fuerza mayor",
            "OTHER": "Otra causa",
        },
    ),
    CommitmentKind: ("Qué clase de compromiso es.", {"TASK": "Por hacer", "CONTRIBUTION": "Aporte"}),
    Gender: ("Concordancia de una persona en los documentos.", {"F": "Femenino", "M": "Masculino"}),
    WarningCode: (
        "Qué conviene mirar de un convenio; advierte, no impide.",
        {
            "TERM_OUTLIVES_HOLDER": "El plazo pasa del período de la autoridad",
            "HOLDER_CHANGED": "Cambió quien representa a una parte",
            "COMMITMENT_OVERDUE": "Compromiso vencido",
            "CONDITIONS_PENDING": "Condición del dictamen vencida",
            "TWO_LIVE": "Dos convenios del mismo programa para un centro",
            "RENEWED_CHANGED": "Cambió el plazo del convenio que renueva",
        },
    ),
}
"""Description of each list, and the word for each of its values."""
