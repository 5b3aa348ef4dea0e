"""Every closed list of the API with its Spanish words: description in the schema, label on the pages."""

from enum import Enum

import strawberry

from actions.refusals import ErrorCode
from documents.kinds import Shape
from models.agreements import (
    AgreementStage,
    LeaseForm,
    LeaseNature,
    Standing,
)
from models.audit import Verb
from models.calendar import HolidayScope
from models.centers import KIND_LABELS, CenterKind, CenterState, Source, TenureBasis
from models.court import (
    BRANCH_LABELS,
    COURT_KIND_LABELS,
    COURT_STAGE_LABELS,
    DATE_KIND_LABELS,
    CourtBranch,
    CourtDateKind,
    CourtFileKind,
    CourtStage,
)
from models.drafts import Approval, DraftState
from models.papers import DocumentKind, Outcome
from models.parameters import WhileUnconfirmed
from models.people import ROLE_LABELS, Role
from models.places import ProgramCode, Sector
from models.reviews import STAGE_LABELS, ReviewMatter, ReviewStage
from models.signing import Side
from models.webhooks import EVENT_LABELS, DeliveryState, WebhookEvent
from reads.holidays import CalendarDayKind, HolidayOrigin
from schema.center_labels import CENTER_LABELS
from schema.convention_labels import CONVENTION_LABELS
from schema.document_labels import DOCUMENT_LABELS
from schema.engine_labels import ENGINE_LABELS
from schema.message_labels import MESSAGE_LABELS
from schema.renewal_labels import API_NAMES, RENEWAL_LABELS
from schema.verb_labels import VERB_LABELS

LABELS: dict[type[Enum], tuple[str, dict[str, str]]] = {
    **CENTER_LABELS,
    **CONVENTION_LABELS,
    **DOCUMENT_LABELS,
    **ENGINE_LABELS,
    **RENEWAL_LABELS,
    **MESSAGE_LABELS,
    AgreementStage: (
        "Etapa de elaboración de un convenio, arrendamiento o licencia.",
        {
            "REQUESTED": "Solicitado",
            "IN_REVIEW": "En revisión legal",
            "READY_TO_SIGN": "Listo para firma",
            "SIGNED": "Firmado",
            "TERMINATED": "Rescindido",
            "WITHDRAWN": "Desistido",
        },
    ),
    Standing: (
        "Situación en una fecha: se calcula, nunca se guarda.",
        {
            "PENDING": "En trámite",
            "IN_FORCE": "Vigente",
            "EXPIRING": "Por vencer",
            "EXPIRED": "Vencido",
            "ENDED": "Terminado",
        },
    ),
    LeaseForm: (
        "Forma del arrendamiento.",
        {"CONTRATO": "Contrato", "ACTA_NEGOCIACION": "Acta administrativa de negociación"},
    ),
    LeaseNature: (
        "Con qué derecho usa SOSEP un inmueble ajeno.",
        {"LEASE": "Arrendamiento", "PROPERTY_ASSIGNMENT": "Adscripción de inmueble"},
    ),
    ProgramCode: (
        "Programa o dirección de SOSEP.",
        {
            "MAD": "Mis Años Dorados",
            "HC": "Hogares Comunitarios",
            "MUJER": "Mejoramiento de las Condiciones Socioeconómicas de la Mujer",
            "SERVICIO_SOCIAL": "Servicio Social",
            "INSTITUCIONAL": "Institucional",
        },
    ),
    Sector: (
        "Sector de una institución contraparte.",
        {
            "GOVERNMENT": "Gobierno",
            "MUNICIPALITY": "Municipalidad",
            "NGO": "Organización no gubernamental",
            "PRIVATE": "Empresa",
            "INTERNATIONAL": "Organismo internacional",
            "UNIVERSITY": "Universidad",
        },
    ),
    CenterKind: (
        "Clase de centro.",
        {kind.value: label for kind, label in KIND_LABELS.items()},
    ),
    CenterState: (
        "Estado de un centro.",
        {"OPEN": "En funcionamiento", "SUSPENDED": "Suspendido", "CLOSED": "Cerrado"},
    ),
    TenureBasis: (
        "Con qué título ocupa un centro su inmueble.",
        {
            "CONVENTION": "Convenio",
            "LEASE": "Arrendamiento",
            "OWN_BUILDING": "Inmueble propio",
            "PROPERTY_ASSIGNMENT": "Inmueble adscrito",
            "NONE_ON_RECORD": "Sin instrumento en registro, por verificar",
        },
    ),
    Source: (
        "De dónde viene un registro.",
        {
            "SYSTEM": "Nacido en el sistema",
            "REPORT": "Memoria de Labores 2024-2025",
            "DEMO": "Demostración: fechas o datos inventados",
        },
    ),
    ReviewStage: (
        "Etapa de un expediente de revisión legal.",
        {stage.value: label for stage, label in STAGE_LABELS.items()},
    ),
    ReviewMatter: (
        "Asunto de un expediente; los diez primeros son las líneas de la Tabla 14 de la Memoria.",
        {
            "LEASE_CONTRACT": "Arrendamiento por contrato",
            "LEASE_ACTA": "Arrendamiento por acta administrativa de negociación",
            "DICTAMEN": "Dictamen jurídico",
            "OPINION": "Opinión jurídica",
            "RESOLUTION": "Proyecto de resolución",
            "CONVENTION_MAD": "Convenio de Mis Años Dorados",
            "SANITARY_LICENSE": "Licencia sanitaria",
            "CONVENTION_CADI": "Convenio de CADI",
            "CARTA_ENTENDIMIENTO": "Carta de entendimiento",
            "MEMORANDUM_ENTENDIMIENTO": "Memorándum de entendimiento",
            "CONVENTION_OTHER": "Convenio de otro programa",
            "PROPERTY_ASSIGNMENT": "Adscripción de inmueble",
            "OTHER": "Otro asunto",
        },
    ),
    DocumentKind: (
        "Clase de documento oficial.",
        {
            "DICTAMEN": "Dictamen",
            "OPINION": "Opinión",
            "PROVIDENCIA": "Providencia",
            "RESOLUCION": "Resolución",
            "OFICIO": "Oficio",
            "CONOCIMIENTO": "Conocimiento",
            "ACTA_NEGOCIACION": "Acta de negociación",
            "CONTRATO_ARRENDAMIENTO": "Contrato de arrendamiento",
            "ADENDA": "Adenda",
            "CONVENIO": "Convenio",
            "CARTA_ENTENDIMIENTO": "Carta de entendimiento",
            "MEMORANDUM_ENTENDIMIENTO": "Memorándum de entendimiento",
        },
    ),
    Outcome: (
        "Sentido de un dictamen.",
        {
            "FAVORABLE": "Favorable",
            "FAVORABLE_WITH_CONDITIONS": "Favorable con condiciones",
            "UNFAVORABLE": "Desfavorable",
        },
    ),
    Side: ("Parte que firma.", {"SOSEP": "SOSEP", "COUNTERPART": "Contraparte"}),
    Role: ("Papel de una persona en el sistema.", {role.value: words for role, words in ROLE_LABELS.items()}),
    Verb: ("Acto que cambia un registro.", VERB_LABELS),
    DraftState: (
        "Qué tan lejos va un borrador.",
        {
            "DRAFT": "Borrador",
            "SUBMITTED": "Espera visto bueno",
            "APPROVED": "Con visto bueno",
            "SENT_BACK": "Devuelto para corregir",
            "ISSUED": "Emitido",
        },
    ),
    Approval: (
        "Si el dictamen de un abogado o abogada necesita el visto bueno de la jefatura.",
        {"REQUIRED": "Necesario", "ADVISED": "Recomendado", "FREE": "No hace falta"},
    ),
    HolidayScope: (
        "A quién concierne un asueto.",
        {"NATIONAL": "Nacional", "MUNICIPAL": "De un municipio", "INSTITUTIONAL": "De la institución"},
    ),
    WhileUnconfirmed: (
        "Qué hace un parámetro legal mientras la Asesoría Jurídica no lo confirma.",
        {
            "HOLDS": "Por confirmar: vale como plazo de la oficina",
            "WARNS": "Por confirmar: solo advierte",
        },
    ),
    CalendarDayKind: (
        "Qué hace de su día un renglón del calendario.",
        {
            "REST": "Asueto",
            "HALF_DAY": "Medio día: cuenta como hábil",
            "REMOVED": "No es asueto: se quitó de la lista general",
            "WITHDRAWN": "Corrección retirada: no cuenta",
        },
    ),
    HolidayOrigin: (
        "De dónde viene un renglón del calendario.",
        {"LIBRARY": "Lista general de asuetos de Guatemala", "CORRECTION": "Corrección anotada en el sistema"},
    ),
    CourtBranch: (
        "Materia de un expediente judicial.",
        {branch.value: label for branch, label in BRANCH_LABELS.items()},
    ),
    CourtFileKind: (
        "Clase de expediente judicial, según las Tablas 13 y 15 de la Memoria.",
        {kind.value: label for kind, label in COURT_KIND_LABELS.items()},
    ),
    CourtStage: (
        "Etapa de un expediente judicial.",
        {stage.value: label for stage, label in COURT_STAGE_LABELS.items()},
    ),
    CourtDateKind: (
        "Qué es una fecha judicial.",
        {kind.value: label for kind, label in DATE_KIND_LABELS.items()},
    ),
    Shape: (
        "Qué se escribe en un dato de un documento.",
        {
            "LINE": "Una línea",
            "TEXT": "Un texto de varios párrafos",
            "DATE": "Una fecha: 2026-03-31",
            "TIME": "Una hora: 14:30",
            "INTEGER": "Un número entero",
            "MONEY": "Quetzales, con dos decimales",
            "YES_NO": "Sí o no",
            "CHOICE": "Una de las opciones",
            "LINES": "Una lista de líneas",
            "TEXTS": "Una lista de textos",
            "OBJECT": "Un objeto con sus datos",
            "OBJECTS": "Una lista de objetos con sus datos",
        },
    ),
    WebhookEvent: (
        "De qué se avisa a otro sistema.",
        {event.value: label for event, label in EVENT_LABELS.items()},
    ),
    DeliveryState: (
        "Qué tan lejos va una llamada a otro sistema.",
        {"QUEUED": "Por hacer", "SENT": "Recibida", "FAILED": "Fallida"},
    ),
    ErrorCode: (
        "Por qué no se hizo lo pedido.",
        {
            "BAD_USER_INPUT": "Un dato falta o no es válido",
            "NOT_FOUND": "No se encontró",
            "STALE": "Otra persona lo cambió antes",
            "NOT_ALLOWED_NOW": "La etapa no lo permite",
            "RENEWAL_PENDING": "Ya hay una renovación en trámite",
            "ALREADY_RENEWED": "Ya fue renovado",
            "REQUIREMENTS_MISSING": "Faltan requisitos",
            "REASON_REQUIRED": "Falta el motivo",
            "FILE_REFUSED": "El archivo no se puede recibir",
            "PAPER_REFUSED": "El documento no se puede elaborar",
            "NOT_READY_TO_SIGN": "Todavía no puede firmarse",
            "CONFLICT": "Dos cambios a la vez se contradicen",
            "UNAVAILABLE": "Lo que hace falta no responde en este momento",
        },
    ),
}
"""Description of each list, and the word for each of its values."""

for _enum, (_description, _labels) in LABELS.items():
    strawberry.enum(_enum, name=API_NAMES.get(_enum), description=_description)
    for _value in _enum.__strawberry_definition__.values:  # type: ignore[attr-defined]
        _value.description = _labels[_value.name]


def label(value: Enum | str | None, enum: str = "") -> str:
    """Return the Spanish word for a value; `enum` names the list when the value is a bare string."""
    if value is None:
        return ""
    if isinstance(value, Enum):
        return LABELS[type(value)][1][value.name]
    return next((words[value] for kind, (_, words) in LABELS.items() if kind.__name__ == enum), value)
