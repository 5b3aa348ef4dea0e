"""Spanish words of the closed lists that belong to reminders, renewals and batches."""

from enum import Enum

from models.batches import BatchItemState, BatchKind, BatchState, PaperPlan
from models.ladders import DayUnit, Instrument

RENEWAL_LABELS: dict[type[Enum], tuple[str, dict[str, str]]] = {
    Instrument: (
        "Qué vence y se recuerda.",
        {
            "CONVENTION": "Convenio",
            "LEASE": "Arrendamiento o adscripción",
            "LICENSE": "Licencia sanitaria",
        },
    ),
    DayUnit: ("Cómo se cuentan los días.", {"CALENDAR": "Días calendario", "WORKING": "Días hábiles"}),
    BatchKind: (
        "Qué se hace con cada elemento de un lote.",
        {"RENEWALS": "Solicitar renovaciones", "PAPERS": "Preparar documentos"},
    ),
    PaperPlan: (
        "Qué se obtiene al preparar el documento de un convenio.",
        {
            "ISSUED": "Ya emitido",
            "PREPARES": "Se emite",
            "PROJECT": "Proyecto sin número",
            "NONE": "No se incluye",
        },
    ),
    BatchState: (
        "Qué tan lejos va un lote.",
        {"QUEUED": "En espera", "RUNNING": "En curso", "DONE": "Terminado", "STOPPED": "Detenido"},
    ),
    BatchItemState: (
        "Qué resultó de un elemento de un lote.",
        {"PENDING": "Pendiente", "DONE": "Hecho", "REFUSED": "No procede", "FAILED": "Con falla"},
    ),
}
"""Description of each list, and the word for each of its values."""

API_NAMES: dict[type[Enum], str] = {Instrument: "InstrumentKind"}
"""Names in the API of lists whose own name is another type's there."""
