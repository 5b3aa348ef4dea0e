"""Every list that can be taken away, by the name of its page: its title, and its columns with their way in the schema.

Which rows, in which order and within whose reach is the page's own matter: api/list_query.py asks its query.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Taken:
    """A column: its heading, where its value stands in a row, and its width in letters.

    Of several ways the first that leads to something counts: `subject` of a file is of three kinds.
    """

    label: str
    paths: tuple[str, ...]
    width: int


@dataclass(frozen=True, slots=True)
class ExportedList:
    """A list's title, its columns, and its field where the page shows it whole instead of page by page."""

    title: str
    columns: tuple[Taken, ...]
    at: str = ""


def _c(label: str, *paths: str, width: int = 18) -> Taken:
    return Taken(label, paths, width)


_NUMBER = _c("Número", "number", width=24)
_PROGRAM = _c("Programa", "program", width=28)
_STAGE = _c("Etapa", "stage")
_STANDING = _c("Situación", "standing", width=14)
_FROM_TO = (
    _c("Desde", "startsOn", width=12),
    _c("Hasta", "endsOn", width=12),
    _c("Días que faltan", "daysLeft", width=10),
)
_PLACE = (_c("Municipio", "municipality.name", width=24), _c("Departamento", "municipality.department.name", width=20))
_SOURCE = _c("Origen del registro", "source", width=24)


def _of_center(way: str = "") -> tuple[Taken, ...]:
    return (
        _c("Código del centro", f"{way}center.code"), _c("Centro", f"{way}center.name", width=40),
        _c("Municipio", f"{way}center.municipality.name", width=24),
        _c("Departamento", f"{way}center.municipality.department.name", width=20),
    )  # fmt: skip


_OF_CENTER = _of_center()
_PAPER = (
    _NUMBER, _c("Clase", "kind", width=22), _c("Fecha", "issuedOn", width=12), _c("Asunto", "subject", width=60),
    _c("Destinatario", "addressee", width=32), _c("Emitido por", "issuedBy.name", width=28),
    _c("Código de verificación", "verificationCode"), _c("Anulado el", "voidedOn", width=12),
    _c("Motivo de la anulación", "voidReason", width=40),
)  # fmt: skip
_DEADLINE = (
    _c("Vence", "dueOn", width=12), _c("Días hábiles que faltan", "workingDaysLeft", width=10),
    _c("Fuera de plazo", "overdue", width=10),
)  # fmt: skip
_ENDING = (
    _c("Número", "instrument.number", width=24), _c("Qué es", "instrument.__typename"),
    _c("Con quién", "instrument.parties.name", "instrument.landlord.name", "instrument.center.name", width=44),
    *_PLACE, _c("Vence", "endsOn", width=12), _c("Días que faltan", "daysLeft", width=10),
    _c("Iniciar desde", "startBy", width=12), _c("Próximo aviso", "nextNoticeOn", width=12),
    _c("En renovación", "pendingRenewal.code"),
    _c("Etapa de la renovación", "pendingRenewal.stageLabel", width=22),
    _c("Por qué no puede renovarse ahora", "whyNot", width=44),
)  # fmt: skip

EXPORTED: dict[str, ExportedList] = {
    "conventions": ExportedList("Convenios", (
        _NUMBER, _c("Objeto", "title", width=60), _c("Clase", "kind", width=26), _PROGRAM,
        _c("Partes además de SOSEP", "parties.name", width=44), *_PLACE, _STAGE, _STANDING, *_FROM_TO,
        _c("Meses", "termMonths", width=8), _c("Solicitado el", "requestedOn", width=12),
        _c("En renovación", "pendingRenewal.code"), _SOURCE,
    )),
    "leases": ExportedList("Arrendamientos y adscripciones", (
        _NUMBER, _c("Naturaleza", "nature", width=22), _c("Forma", "form", width=26), _PROGRAM, _STAGE, _STANDING,
        *_FROM_TO, _c("Meses", "termMonths", width=8), _c("Renta mensual", "monthlyRent", width=14),
        _c("Total del plazo", "total", width=16), _c("Partida presupuestaria", "budgetLine", width=24),
        _c("Propietario", "landlord.name", width=36), _c("Inmueble", "premises.address", width=44), *_PLACE,
        _c("Para quién", "serves.name", width=40), _c("Renovación", "renewal.number"), _SOURCE,
    )),
    "licenses": ExportedList("Licencias sanitarias", (
        _NUMBER, _c("Licencia del MSPAS", "licenseNumber", width=24), _STAGE, _STANDING, *_FROM_TO, *_OF_CENTER,
        _c("Renovación", "renewal.number"), _SOURCE,
    )),
    "centers": ExportedList("Centros", (
        _c("Código", "code"), _c("Centro", "name", width=40), _c("Clase", "kind", width=34), _PROGRAM,
        _c("Estado", "state"), *_PLACE, _c("Dirección", "address", width=44), _c("Capacidad", "capacity", width=10),
        _c("Mes de la asistencia", "attendance.month", width=12), _c("Mujeres", "attendance.women", width=10),
        _c("Hombres", "attendance.men", width=10), _c("Personas atendidas", "attendance.total", width=10),
        _c("Título del inmueble", "tenure.basis", width=24), _c("Instrumento", "tenure.instrument.number", width=24),
        _c("Vence el instrumento", "tenure.endsOn", width=12), _c("Licencia", "license.number", width=24),
        _c("Vence la licencia", "license.expiresOn", width=12), _c("Por revisar", "alarms.message", width=60), _SOURCE,
    )),
    "attendance_sheet": ExportedList("Asistencia del mes", (
        *_OF_CENTER, _c("Cupo", "center.capacity", width=10), _c("Mes", "attendance.month", width=12),
        _c("Hombres o niños", "attendance.men", width=10), _c("Mujeres o niñas", "attendance.women", width=10),
        _c("Total", "attendance.total", width=10), _c("Anotado el", "attendance.recordedOn", width=12),
        _c("Mes anterior informado", "previous.month", width=12), _c("Hombres antes", "previous.men", width=10),
        _c("Mujeres antes", "previous.women", width=10),
    )),
    "alarms": ExportedList("Alarmas", (
        _c("Urgencia", "severity", width=12), _c("Clase", "code", width=44), _c("Qué pasa", "message", width=70),
        _c("Desde", "since", width=12), _c("Código del centro", "center.code"), _c("Centro", "center.name", width=40),
        _c("Convenio", "convention.number", width=24),
        _c("Municipio", "center.municipality.name", "convention.municipality.name", width=24),
        _c("Quién la atiende", "owner", width=44), _c("Cómo se quita", "ends", width=70),
        _c("En silencio hasta", "silence.until", width=12), _c("Por qué en silencio", "silence.reason", width=50),
    )),
    "alarm_history": ExportedList("Historia de las alarmas", (
        _c("Clase", "code", width=44), _c("Urgencia", "severity", width=12), _c("Qué decía", "message", width=70),
        _c("Código del centro", "center.code"), _c("Centro", "center.name", width=40),
        _c("Convenio", "convention.number", width=24), _c("Vista desde", "seenOn", width=12),
        _c("Hasta", "endedOn", width=12),
    )),
    "legal_inbox": ExportedList("Expedientes", (
        _c("Código", "code"), _c("Asunto", "title", width=60), _c("Materia", "matter", width=32), _STAGE,
        _c("Solicita", "requestingUnit", width=36), _c("Sobre", "subject.number", width=24),
        _c("Municipio", "subject.municipality.name", "subject.center.municipality.name", width=24),
        _c("Recibido", "receivedOn", width=12), *_DEADLINE, _c("Devoluciones", "returnsCount", width=10),
        _c("A cargo", "assignee.name", width=28), _c("Propuesto", "proposedLawyer.name", width=28),
        _c("Ingresó con", "reference", width=24), _c("Folios", "folios", width=8),
        _c("Concluido el", "closedOn", width=12),
        _SOURCE,
    )),
    "documents": ExportedList("Documentos oficiales", (
        *_PAPER, _c("Sentido", "outcome"), _c("Partes", "parties", width=44), _c("Sobre", "about.number", width=24),
    )),
    "outgoing_book": ExportedList("Libro de salida", _PAPER),
    "court_files": ExportedList("Expedientes judiciales", (
        _c("Código", "code"), _c("Materia", "branch", width=16), _c("Clase", "kind", width=36),
        _c("Juzgado", "court", width=44), _c("Número en el juzgado", "courtNumber", width=24),
        _c("Parte actora", "claimants", width=36), _c("Parte demandada", "defendants", width=36),
        _c("Asunto", "subject", width=50), _STAGE, _c("Iniciado", "openedOn", width=12),
        _c("Próxima fecha", "nextOn", width=12), _c("A cargo", "lawyer.name", width=28),
        _c("Fenecido", "closedOn", width=12), _c("Resultado", "outcome", width=40), _SOURCE,
    )),
    "court_agenda": ExportedList("Audiencias y plazos judiciales", (
        _c("Día", "onDate", width=12), _c("Hora", "atTime", width=8), _c("Qué es", "kind"),
        _c("Descripción", "title", width=50), _c("Lugar", "place", width=36), _c("Expediente", "courtFile.code"),
        _c("Clase del expediente", "courtFile.kind", width=36), _c("A cargo", "courtFile.lawyer.name", width=28),
        _c("Días hábiles que faltan", "workingDaysLeft", width=10), _c("Fuera de plazo", "overdue", width=10),
        _c("Anotado el resultado", "settledOn", width=12), _c("Resultado", "result", width=50),
    )),
    "court_notices": ExportedList("Notificaciones judiciales", (
        _c("Recibida", "receivedOn", width=12), _c("Materia", "branch", width=16), _c("Juzgado", "court", width=44),
        _c("Número en el juzgado", "courtNumber", width=24), _c("Expediente", "courtFile.code"),
        _c("Resumen", "summary", width=60), *_DEADLINE, _c("Respondida", "answeredOn", width=12),
        _c("Respuesta", "answer", width=50), _SOURCE,
    )),
    "commitments": ExportedList("Compromisos de convenios", (
        _c("Convenio", "convention.number", width=24), _c("Programa", "convention.program", width=28),
        _c("Partes además de SOSEP", "convention.parties.name", width=44), _c("A cargo de", "party"),
        _c("Clase", "kind", width=22), _c("Compromiso", "item", width=50), _c("Cantidad", "quantity"),
        _c("Valor", "amount", width=14), _c("Vence", "dueOn", width=12), _c("Días que faltan", "daysLeft", width=10),
        _c("Vencido", "overdue", width=10), _c("Cumplido el", "fulfilledOn", width=12),
        _c("Nota", "fulfilledNote", width=40), _SOURCE,
    )),
    "supervision": ExportedList("Hallazgos de supervisión", (
        _c("Hallazgo", "text", width=60), _c("Cuánto pesa", "severity", width=12), _c("A quién le toca", "party"),
        _c("Cómo está", "state", width=14), _c("Vence", "dueOn", width=12), _c("Días que faltan", "daysLeft", width=10),
        _c("Corregido el", "resolvedOn", width=12), _c("Visita", "visit.visitedOn", width=12),
        _c("Quién visitó", "visit.supervisorName", width=28), _c("Acta", "visit.act", width=24), *_of_center("visit."),
    )),
    "visits": ExportedList("Visitas de supervisión", (
        _c("Visita", "visitedOn", width=12), _c("Quién visitó", "supervisorName", width=28),
        _c("Acta", "act", width=24), _c("Qué se vio", "summary", width=60), *_OF_CENTER,
        _c("Hallazgos", "findings.text", width=60), _c("Cómo están", "findings.state", width=24),
        _c("Anotó", "recordedBy.name", width=28),
    )),
    "unvisited": ExportedList("Centros sin visita", (
        _c("Código", "code"), _c("Centro", "name", width=40), _c("Clase", "kind", width=34), _PROGRAM, *_PLACE,
        _c("Última visita", "lastVisitOn", width=12),
    )),
    "contributions": ExportedList("Aportes a los centros", (
        *_OF_CENTER, _c("Quién da", "party"), _c("Nombre", "partyName", width=32), _c("Clase", "kind"),
        _c("Aporte", "description", width=50), _c("Plazas", "quantity", width=8),
        _c("Valor al mes", "monthlyAmount", width=14), _c("Desde", "since", width=12), _c("Hasta", "until", width=12),
        _c("Convenio", "convention.number", width=24), _c("Por qué terminó", "endReason", width=40),
    )),
    "renewals_due": ExportedList("Vencimientos", _ENDING),
    "renewals": ExportedList("Renovaciones por iniciar", _ENDING),
    "to_sign": ExportedList("Convenios a la firma", (
        _NUMBER, _c("Objeto", "title", width=60), _c("Clase", "kind", width=26), _PROGRAM,
        _c("Partes además de SOSEP", "parties.name", width=44), _c("Centros", "centers.name", width=44),
        _c("Solicitado el", "requestedOn", width=12), _c("Meses", "termMonths", width=8),
        _c("Ya firmaron por", "signatures.side", width=22),
        _c("Qué falta para firmar", "signingBlockers.message", width=60),
        _c("Renueva a", "renews.number", width=24),
    )),
    "notices": ExportedList("Avisos", (
        _c("Escrito", "createdAt"), _c("Para", "recipient", width=40), _c("Nombre", "recipientName", width=30),
        _c("Asunto", "subject", width=70), _c("Tema", "topic", width=30), _c("Estado", "stateLabel"),
        _c("Motivo", "reason", width=50), _c("Intentos", "tries", width=10), _c("Enviado", "sentAt"),
        _c("Próximo intento", "nextTryAt"), _c("Expediente", "review.code"),
    )),
    "bounces": ExportedList("Direcciones rechazadas", (
        _c("Dirección", "address", width=44), _c("Rechazada", "bouncedAt"), _c("Motivo", "reason", width=70),
    )),
    "office_holders": ExportedList("Autoridades", (
        _c("Nombre", "name", width=36), _c("Cargo", "position", width=36), *_PLACE,
        _c("Institución", "institution.name", width=40), _c("Nombramiento", "appointment", width=44),
        _c("Desde", "since", width=12), _c("Hasta", "until", width=12), _c("En el cargo", "current", width=10), _SOURCE,
    )),
    "institutions": ExportedList("Instituciones", (
        _c("Institución", "name", width=60), _c("Nombre corto", "shortName"), _c("Sector", "sector", width=28),
        _c("Nota", "note", width=50),
    )),
    "requirement_catalog": ExportedList("Catálogo de requisitos", (
        _c("Código", "code", width=28), _c("Requisito", "title", width=60), _c("Obligatorio", "mandatory", width=12),
        _c("Fundamento legal", "legalBasis", width=50), _c("Clase de convenio", "conventionKind", width=26), _PROGRAM,
        _c("Materia", "matter", width=32), _c("Solo municipalidades", "municipalOnly", width=14),
        _c("Confirmado", "confirmed", width=12), _c("Vale desde", "validFrom", width=12),
        _c("Vale hasta", "validTo", width=12), _c("Se pide hoy", "inForce", width=10),
    )),
    "holidays": ExportedList("Correcciones al calendario", (
        _c("Día", "day", width=12), _c("Nombre", "name", width=44), _c("A quién concierne", "scope", width=22),
        _c("Municipio", "municipality.name", width=24), _c("Medio día", "halfDay", width=10),
        _c("Se agrega", "added", width=10), _c("Fundamento legal", "legalBasis", width=50),
        _c("Retirada", "withdrawnOn", width=12), _c("Anotó", "recordedBy.name", width=28),
    )),
    "contacts": ExportedList("Contactos", (
        _c("Nombre", "name", width=36), _c("Correo", "email", width=40), _c("Cargo", "position", width=32),
        _c("Municipio", "municipality.name", width=24), _c("Institución", "institution.name", width=40),
        _c("No se le escribe desde", "stoppedAt"), _c("Dirección rechazada desde", "bounce.bouncedAt"),
        _c("Por qué se rechaza", "bounce.reason", width=50),
    )),
    "batches": ExportedList("Lotes", (
        _c("Lote", "title", width=50), _c("Clase", "kind", width=22), _c("Estado", "state"), _c("Creado", "createdAt"),
        _c("Terminado", "endedAt"), _c("Por", "createdBy.name", width=28), _c("Son", "itemCount", width=8),
        _c("Hechos", "doneCount", width=8), _c("No procedieron", "refusedCount", width=10),
        _c("Fallaron", "failedCount", width=8),
    )),
    "batch": ExportedList("Lote", (
        _c("Puesto", "position", width=8), _c("Número", "instrument.number", width=24), _c("Estado", "state"),
        _c("Qué pasó", "said", width=70), _c("Intentos", "tries", width=8), _c("Expediente", "review.code"),
        _c("Documento", "document.number", width=26),
    )),
    "drafts_waiting": ExportedList("Borradores que esperan visto bueno", (
        _c("Expediente", "review.code"), _c("Asunto", "review.title", width=60), _c("Clase", "draft.kind", width=22),
        _c("Escribió", "draft.author.name", width=28), _c("Desde", "draft.changedAt"),
        _c("Solicita", "review.requestingUnit", width=36), _c("Etapa", "review.stage"),
        _c("Vence", "review.dueOn", width=12),
        _c("Días hábiles que faltan", "review.workingDaysLeft", width=10),
    )),
    "issued_reports": ExportedList("Informes emitidos", (
        _c("Desde", "firstDay", width=12), _c("Hasta", "lastDay", width=12), _c("Edición", "edition", width=8),
        _c("Emitido", "issuedAt"), _c("Por", "issuedBy.name", width=28), _c("Nota", "note", width=50),
        _c("Huella del Word (SHA-256)", "file.sha256", width=66),
    )),
    "imports": ExportedList("Importaciones de hojas", (
        _c("Hoja", "file.filename", width=44), _c("Qué trae", "kind", width=26), _c("Estado", "state", width=22),
        _c("Enviada", "createdAt"), _c("Por agregar", "toAdd", width=10), _c("Con errores", "wrongCount", width=10),
        _c("Por", "createdBy.name", width=28),
    )),
    "webhooks": ExportedList("Llamadas a otros sistemas", (_CALL := (
        _c("Sistema", "webhook.label", width=32), _c("Suceso", "event", width=32), _c("Estado", "state"),
        _c("Creada", "createdAt"), _c("Intentos", "tries", width=8), _c("Recibida", "sentAt"),
        _c("Respuesta", "status", width=10), _c("Falla", "error", width=50), _c("Próximo intento", "nextTryAt"),
        _c("Identificador", "messageId", width=40),
    ))),
    "webhook": ExportedList("Llamadas a un sistema", _CALL),
    "series": ExportedList("Correlativos", (
        _c("Clase", "kind", width=26), _c("Unidad", "unit", width=10), _c("Año", "year", width=8),
        _c("Primero", "first", width=10), _c("Último", "last", width=10), _c("Contador", "counter", width=10),
        _c("Emitidos", "issued", width=10), _c("Anulados", "voided", width=10), _c("Faltan", "missingCount", width=10),
        _c("Completo", "complete", width=10), _c("Dictamen", "verdict", width=60),
    ), at="seriesGaps"),
    "offices": ExportedList("Sedes departamentales", (
        _c("Sede", "name", width=40), _c("Departamento", "department.name", width=20),
        _c("Dirección", "address", width=50),
        _c("Teléfono", "phone"), _c("Desde", "validFrom", width=12), _c("Hasta", "validTo", width=12),
        _c("Abierta", "open", width=10),
    ), at="officeDirectory"),
    "allowances": ExportedList("Asignaciones de HC y CADI", (
        _c("Asignación", "itemLabel", width=44), _c("Desde cuántas niñas y niños", "childrenMin", width=10),
        _c("Hasta cuántas niñas y niños", "childrenMax", width=10), _c("Quetzales", "amount", width=14),
        _c("Por quién se da", "basis", width=22), _c("Cada cuánto", "period"), _c("Es un tope", "isCeiling", width=10),
        _c("Desde", "since", width=12), _c("Hasta", "until", width=12), _c("Autoriza", "source", width=60),
    ), at="allowanceRates"),
    "paper_templates": ExportedList("Plantillas de documentos", (
        _c("Plantilla", "name", width=44), _c("Clase", "kind", width=26),
        _c("Título", "title", width=60), _c("Es la del programa", "fromProgram", width=14),
    ), at="paperTemplates"),
}  # fmt: skip
"""The lists by the names of their pages."""

NOT_TAKEN = {
    "center_supervision": "one center's page, of which «visits» and «supervision» take the lists",
    "center_contributions": "one center's page, of which «contributions» takes the list",
    "my_calendars": "a person's few calendars, whose addresses no list shows",
    "papers_choose": "a choice of what is taken by «conventions»",
    "municipal_home": "a person's beginning of the day, of which «conventions» takes the list",
    "convention_file": "one convention's page",
    "commitment_form": "one convention's page",
    "lease_file": "one lease's page",
    "review_engine": "one file's page",
    "import": "one import's page, whose wrong cells go out in a workbook of their own",
    "remade_document": "one paper's page",
    "papers_start": "a choice before a deed",
    "renewal_workload": "figures, each of which leads to its list",
    "renewals_start": "a choice before a deed",
    "center_allowances": "one center's sum, of which «allowances» takes the table",
    "center_attendance": "one center's year, of which «attendance_sheet» takes each month for all centers",
    "dashboard": "figures, each of which leads to its list",
    "issued_report": "one report's page, with downloads of its own",
    "annual_report": "tables of figures, with a download of their own",
    "calendar": "a year's days, computed",
    "engine": "how the engine is at this moment",
    "archive": "how the store of files is at this moment",
    "transparency_leases": "public, with downloads of its own that need no account",
    "transparency_conventions": "public, with downloads of its own that need no account",
    "transparency_dictionary": "what the columns of the public listings mean",
    "transparency_publishing": "what publishing would change",
    "ladders": "ladders of a few rungs, set on their page",
}
"""Pages with tables or pages of rows that are no list to be taken away, and why."""
