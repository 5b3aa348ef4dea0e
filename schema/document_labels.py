"""Spanish words for the choices about templates, derived papers, signed copies and spreadsheets."""

from enum import Enum

from actions.remaking import RemakeState
from documents.pades import SignatureTrust
from documents.redline import ChangeKind
from models.imports import ImportState, SheetKind
from models.renditions import RenditionState
from models.signed_copies import CopyKind
from models.templates import TemplateState
from reads.verification import FileMatch

DOCUMENT_LABELS: dict[type[Enum], tuple[str, dict[str, str]]] = {
    TemplateState: (
        "Qué tan lejos va una versión de una plantilla.",
        {"DRAFT": "Propuesta", "APPROVED": "En uso", "RETIRED": "Retirada"},
    ),
    ChangeKind: (
        "Qué pasó con un párrafo o unas palabras entre dos versiones de un texto.",
        {
            "SAME": "Igual",
            "ADDED": "Agregado",
            "REMOVED": "Quitado",
            "CHANGED": "Cambiado",
            "SKIPPED": "Sin cambios",
        },
    ),
    RemakeState: (
        "Cómo sale un documento que se elabora de nuevo con lo que recuerda.",
        {
            "IDENTICAL": "Idéntico, byte por byte",
            "SAME_TEXT": "El mismo texto en un archivo distinto",
            "DIFFERENT": "Otro texto",
            "IMPOSSIBLE": "No se puede elaborar de nuevo",
        },
    ),
    RenditionState: (
        "Qué tan lejos va el PDF de un documento.",
        {"PENDING": "En espera", "DONE": "Listo", "FAILED": "No se pudo elaborar"},
    ),
    CopyKind: ("Cómo se firmó una copia.", {"SCAN": "A mano, digitalizada", "ELECTRONIC": "Electrónicamente"}),
    SignatureTrust: (
        "Si el certificado de una firma electrónica lleva a una autoridad en que confía esta oficina.",
        {
            "TRUSTED": "De una autoridad en que se confía",
            "NO_ROOTS": "Sin comprobar: no hay autoridades configuradas",
            "UNKNOWN_ISSUER": "De una autoridad desconocida",
            "EXPIRED": "Certificado vencido",
            "NOT_YET_VALID": "Certificado que todavía no vale",
            "REVOKED": "Certificado revocado",
            "UNFIT": "Certificado que no sirve para firmar",
        },
    ),
    FileMatch: (
        "A cuál de los archivos de un documento pertenece una huella.",
        {
            "WORD": "El archivo de Word que se emitió",
            "PDF": "El PDF que se elaboró de él",
            "SIGNED_COPY": "Una copia firmada que se guarda",
            "WITHDRAWN_COPY": "Una copia firmada que después se retiró",
        },
    ),
    SheetKind: (
        "Qué trae cada fila de una hoja de cálculo.",
        {
            "CONVENTIONS": "Convenios",
            "LEASES": "Arrendamientos",
            "CENTERS": "Centros",
            "ATTENDANCE": "Personas atendidas por mes",
            "LICENSES": "Licencias sanitarias",
            "COURT_FILES": "Expedientes judiciales",
            "PEOPLE": "Personas con cuenta",
        },
    ),
    ImportState: (
        "Qué tan lejos va una importación.",
        {
            "QUEUED": "En espera",
            "READING": "Revisando las filas",
            "CHECKED": "Revisada, por confirmar",
            "CONFIRMED": "Guardando",
            "DONE": "Importada",
            "REFUSED": "No se pudo leer",
            "DISCARDED": "Descartada",
        },
    ),
}
"""What each choice is called, by its enum: the description of the enum, then the words of its values."""
