"""The columns of a spreadsheet of court files, the words that its cells may hold, and when two rows are one file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from documents.sheet_cells import Cell
from documents.sheets import Heading
from models.court import (
    COURT_KIND_LABELS,
    COURT_STAGE_LABELS,
    DATE_KIND_LABELS,
    CourtDateKind,
    CourtFileKind,
    CourtStage,
)
from models.fields import folded

COLUMNS = (
    Heading("kind", "Clase", ("tipo", "clase de expediente", "tipo de expediente", "tipo de proceso"), required=True),
    Heading("court", "Juzgado", ("juzgado u órgano", "órgano jurisdiccional", "tribunal", "órgano"), required=True),
    Heading("court_number", "Número", ("no.", "no. de expediente", "número de expediente", "expediente")),
    Heading("claimants", "Actores", ("actor", "demandante", "demandantes", "denunciante", "actores o denunciantes")),
    Heading("defendants", "Demandados", ("demandado", "denunciado", "denunciados", "demandados o denunciados")),
    Heading("subject", "Asunto", ("materia del proceso", "pretensión")),
    Heading("department", "Departamento", ("lugar", "departamento del juzgado")),
    Heading("lawyer", "Abogado", ("abogada", "abogado a cargo", "a cargo", "responsable", "asesor")),
    Heading("stage", "Etapa", ("estado", "fase", "etapa procesal")),
    Heading("opened_on", "Fecha de inicio", ("fecha de ingreso", "fecha", "inicio", "ingreso"), required=True),
    Heading("closed_on", "Fecha de cierre", ("fecha en que feneció", "cierre")),
    Heading("outcome", "Resultado", ("resolución", "cómo terminó")),
    Heading("next_on", "Próxima fecha", ("próxima audiencia", "siguiente fecha")),
    Heading("next_kind", "Tipo de fecha", ("audiencia o plazo",)),
    Heading("next_time", "Hora", ("hora de la audiencia",)),
    Heading("next_title", "Motivo de la fecha", ("motivo",)),
    Heading("note", "Nota", ("notas", "observaciones", "observación")),
)
"""The columns of the template, and how else the office's spreadsheets call them."""

LABELS = {one.key: one.label for one in COLUMNS}

KIND_WORDS = {
    "reinstalacion": CourtFileKind.REINSTATEMENT,
    "incidente de reinstalaciones": CourtFileKind.REINSTATEMENT,
    "ordinario": CourtFileKind.ORDINARY_SUIT,
    "ordinario laboral": CourtFileKind.ORDINARY_SUIT,
    "madre cuidadora": CourtFileKind.CAREGIVER_CLAIM,
    "madres cuidadoras": CourtFileKind.CAREGIVER_CLAIM,
    "terminacion laboral": CourtFileKind.LABOR_TERMINATION,
    "incidente de terminacion": CourtFileKind.LABOR_TERMINATION,
    "penal": CourtFileKind.CRIMINAL_CASE,
    "administrativo": CourtFileKind.ADMINISTRATIVE_CASE,
    "contencioso administrativo": CourtFileKind.ADMINISTRATIVE_CASE,
}
"""Short names that mean one kind."""

STAGE_WORDS = {
    "cerrado": CourtStage.CLOSED,
    "archivado": CourtStage.CLOSED,
    "terminado": CourtStage.CLOSED,
    "sentencia": CourtStage.RULED,
    "apelacion": CourtStage.APPEALED,
    "apelado": CourtStage.APPEALED,
    "tramite": CourtStage.IN_PROCEEDINGS,
}
"""Short names that mean one stage."""


@dataclass(frozen=True, slots=True)
class ComingDate:
    """The next hearing or deadline that a row names."""

    on_date: date
    kind: CourtDateKind
    at_time: str
    title: str


@dataclass(frozen=True, slots=True)
class CourtRow:
    """A row that can be taken, read into what a court file holds."""

    number: int
    kind: CourtFileKind
    court: str
    court_number: str
    claimants: str
    defendants: str
    subject: str
    department_id: str | None
    lawyer_id: int | None
    stage: CourtStage
    opened_on: date
    closed_on: date | None
    outcome: str
    coming: ComingDate | None
    note: str

    @property
    def twin_key(self) -> str:
        """Return what no two files share: court and number, or without a number all that never changes."""
        return twin_key({name: getattr(self, name) for name in TWIN_COLUMNS})


TWIN_COLUMNS = ("kind", "court", "court_number", "claimants", "defendants", "subject", "department_id", "opened_on")
"""Columns of a court file that tell whether a row is already there."""


def twin_key(of: Mapping[str, Any]) -> str:
    """Return the key of a file by its columns: by court and number when it has one."""
    return number_key(of) if of["court_number"] else whole_key(of)


def number_key(of: Mapping[str, Any]) -> str:
    """Return the key of court and number, however they are spelled."""
    return f"{folded(of['court'])}#{folded(of['court_number'])}"


def whole_key(of: Mapping[str, Any]) -> str:
    """Return the key of everything in a file that never changes; the number may come later."""
    texts = (folded(of[name]) for name in ("court", "claimants", "defendants", "subject"))
    return "|".join([str(of["kind"]), f"{of['opened_on']}", of["department_id"] or "", *texts])


def template_rows(today: date) -> Sequence[Sequence[Cell]]:
    """Return rows that show how the template is filled in; the people in them do not exist."""
    return (
        (
            COURT_KIND_LABELS[CourtFileKind.REINSTATEMENT], "Juzgado Primero de Trabajo y Previsión Social",
            "01173-2025-00001", "Persona de Ejemplo Uno", "Secretaría de Obras Sociales de la Esposa del Presidente",
            "Reinstalación", "Guatemala", "", COURT_STAGE_LABELS[CourtStage.IN_PROCEEDINGS],
            today - timedelta(days=90), None, "", today + timedelta(days=14), DATE_KIND_LABELS[CourtDateKind.HEARING],
            "09:30", "Junta conciliatoria", "",
        ),
        (
            COURT_KIND_LABELS[CourtFileKind.COMPLAINT], "Ministerio Público, Fiscalía Distrital", "",
            "Secretaría de Obras Sociales de la Esposa del Presidente", "Persona Dos; Persona Tres",
            "Robo de equipo", "Alta Verapaz", "", COURT_STAGE_LABELS[CourtStage.CLOSED], today - timedelta(days=400),
            today - timedelta(days=30), "Se desestimó.", None, "", "", "", "El número se anota cuando lo asignan.",
        ),
    )  # fmt: skip
