"""Spreadsheets of court files: one a row, known by court and number, or by all that never changes in it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from actions.audited import Entry
from actions.court import LONGEST_PARTIES, OLDEST, in_one_line
from actions.court_agenda import add_notice_deadline, keep_next_date
from actions.court_dates import FURTHEST
from actions.registry import court_file_codes
from actions.sheet_facts import department_list, lawyer_list
from actions.sheet_rows import Choices, RowReader, first_lines
from actions.sheets import BATCH, Origin, Sheet, SheetColumn, SheetRow
from documents.sheet_cells import Cell
from models.court import (
    BRANCH_OF,
    COURT_KIND_LABELS,
    COURT_STAGE_LABELS,
    DATE_KIND_LABELS,
    CourtDate,
    CourtDateKind,
    CourtFile,
    CourtFileKind,
    CourtNotice,
    CourtStage,
    searchable,
)
from models.fields import folded
from models.imports import SheetKind
from reads.court import court_file_for

KINDS = Choices(
    COURT_KIND_LABELS,
    {
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
    },
)
STAGES = Choices(
    COURT_STAGE_LABELS,
    {
        "cerrado": CourtStage.CLOSED,
        "archivado": CourtStage.CLOSED,
        "terminado": CourtStage.CLOSED,
        "sentencia": CourtStage.RULED,
        "apelacion": CourtStage.APPEALED,
        "apelado": CourtStage.APPEALED,
        "tramite": CourtStage.IN_PROCEEDINGS,
    },
)
DATE_KINDS = Choices(DATE_KIND_LABELS)

COLUMNS = (
    SheetColumn("kind", "Clase", ("tipo", "clase de expediente", "tipo de expediente", "tipo de proceso"),
                required=True, hint="Elija de la lista.", offers=KINDS.offered),
    SheetColumn("court", "Juzgado", ("juzgado u órgano", "órgano jurisdiccional", "tribunal", "órgano"), required=True,
                hint="Nombre completo del juzgado u órgano.", width=34),
    SheetColumn("court_number", "Número", ("no.", "no. de expediente", "número de expediente", "expediente"),
                hint="Tal como está en la carátula. Vacío si todavía no tiene.", width=22, text=True),
    SheetColumn("claimants", "Actores",
                ("actor", "demandante", "demandantes", "denunciante", "actores o denunciantes"),
                hint="Quienes demandan o denuncian, separados por punto y coma.", width=34),
    SheetColumn("defendants", "Demandados", ("demandado", "denunciado", "denunciados", "demandados o denunciados"),
                hint="Quienes son demandados o denunciados, separados por punto y coma.", width=34),
    SheetColumn("subject", "Asunto", ("materia del proceso", "pretensión"), width=34),
    SheetColumn("department", "Departamento", ("lugar", "departamento del juzgado"),
                hint="Del juzgado. Vacío si no consta.", offers=department_list, free=True),
    SheetColumn("lawyer", "Abogado", ("abogada", "abogado a cargo", "a cargo", "responsable", "asesor"),
                hint="Nombre o correo de quien lo lleva. Vacío si nadie.", offers=lawyer_list, free=True),
    SheetColumn("stage", "Etapa", ("estado", "fase", "etapa procesal"), hint="Vacío: Presentado.",
                offers=STAGES.offered),
    SheetColumn("opened_on", "Fecha de inicio", ("fecha de ingreso", "fecha", "inicio", "ingreso"), required=True,
                hint="Día/mes/año, como 24/01/2025."),
    SheetColumn("closed_on", "Fecha de cierre", ("fecha en que feneció", "cierre"), hint="Solo si ya feneció."),
    SheetColumn("outcome", "Resultado", ("resolución", "cómo terminó"), hint="Solo si ya feneció: en qué terminó.",
                width=30),
    SheetColumn("next_on", "Próxima fecha", ("próxima audiencia", "siguiente fecha"),
                hint="Próxima audiencia o plazo, si tiene."),
    SheetColumn("next_kind", "Tipo de fecha", ("audiencia o plazo",), offers=DATE_KINDS.offered),
    SheetColumn("next_time", "Hora", ("hora de la audiencia",), hint="Como 09:30."),
    SheetColumn("next_title", "Motivo de la fecha", ("motivo",)),
    SheetColumn("note", "Nota", ("notas", "observaciones", "observación"), width=34),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ComingDate:
    """The next hearing or deadline that a row names."""

    on_date: date
    kind: CourtDateKind
    at_time: str
    title: str


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


def read_court_file(reader: RowReader) -> SheetRow | None:
    """Return the court file that a row describes."""
    kind = reader.choice("kind", KINDS)
    stage = reader.choice("stage", STAGES, CourtStage.FILED)
    opened = reader.day("opened_on", required=True, least=OLDEST, most=reader.facts.today)
    closed, outcome = _end(reader, stage, opened)
    coming = _coming(reader, stage, opened)
    claimants, defendants = _parties(reader, "claimants"), _parties(reader, "defendants")
    if not claimants and not defendants:
        reader.wrong("claimants", "Falta al menos una parte: quién demanda o contra quién.")
    values: dict[str, Any] = {
        "kind": kind,
        "court": reader.text("court", 200, required=True),
        "court_number": reader.text("court_number", 60),
        "claimants": claimants,
        "defendants": defendants,
        "subject": reader.text("subject", 300, one_line=False),
        "department_id": reader.department("department"),
        "lawyer_id": reader.lawyer("lawyer"),
        "stage": stage,
        "opened_on": opened,
        "closed_on": closed,
        "outcome": outcome,
        "note": reader.text("note", 4000, one_line=False),
    }
    if reader.broken or kind is None or opened is None:
        return None
    values["branch"] = BRANCH_OF[kind]
    values["next_on"] = coming.on_date if coming else None
    place = reader.facts.department_names.get(values["department_id"] or "", "")
    began = f"inició el {opened:%d/%m/%Y}"
    words = first_lines(COURT_KIND_LABELS[kind], values["court"], values["court_number"], began)
    return SheetRow(reader.number, twin_key(values), words, values, {"coming": coming, "place": place})


def _parties(reader: RowReader, key: str) -> str:
    """Return the people of a cell, one a line; a semicolon parts them too."""
    parts = reader.text(key, LONGEST_PARTIES, one_line=False).replace(";", "\n").splitlines()
    return "\n".join(line for part in parts if (line := in_one_line(part)))


def _end(reader: RowReader, stage: CourtStage | None, opened: date | None) -> tuple[date | None, str]:
    """Return when and how a file ended: both are needed for a closed one, and a date for no other."""
    closed = reader.day("closed_on")
    outcome = reader.text("outcome", 4000, one_line=False)
    over = stage == CourtStage.CLOSED
    written = reader.written("closed_on")
    if over and not written:
        reader.wrong("closed_on", "Un expediente fenecido lleva su fecha de cierre.")
    if over and not outcome:
        reader.wrong("outcome", "Un expediente fenecido lleva su resultado.")
    if stage is not None and not over and written:
        label = COURT_STAGE_LABELS[CourtStage.CLOSED]
        reader.wrong("closed_on", "La fecha de cierre solo va con un expediente fenecido.", f"Etapa: ¿{label}?")
    if closed and opened and not opened <= closed <= reader.facts.today:
        reader.wrong("closed_on", f"La fecha de cierre va del inicio, {opened:%d/%m/%Y}, a hoy.")
    return closed, outcome


def _coming(reader: RowReader, stage: CourtStage | None, opened: date | None) -> ComingDate | None:
    """Return the next hearing or deadline of a row; one is refused for a closed file."""
    on_date, hour = reader.day("next_on"), reader.hour("next_time")
    kind = reader.choice("next_kind", DATE_KINDS, CourtDateKind.HEARING) or CourtDateKind.HEARING
    title = reader.text("next_title", 200, one_line=False)
    if on_date and stage == CourtStage.CLOSED:
        reader.wrong("next_on", "Un expediente fenecido no tiene próxima fecha.")
    if on_date and opened and not opened <= on_date <= reader.facts.today + FURTHEST:
        reader.wrong("next_on", f"La próxima fecha va del inicio, {opened:%d/%m/%Y}, a cinco años.")
    if not reader.written("next_on"):
        for key in ("next_time", "next_title"):
            if reader.written(key):
                reader.wrong(key, "Va con una próxima fecha, y esa celda está vacía.")
    usual = {
        CourtDateKind.HEARING: "Audiencia anotada al importar",
        CourtDateKind.DEADLINE: "Plazo anotado al importar",
    }
    return ComingDate(on_date, kind, hour, title or usual[kind]) if on_date else None


def twin_of(row: SheetRow) -> tuple[str, str]:
    """Return what to say of a row that repeats another."""
    if row.values["court_number"]:
        return "court_number", "Deje una de las dos."
    return "subject", "Si son dos expedientes, distíngalos en el asunto."


async def court_files_on_record(keys: Collection[str]) -> dict[str, str]:
    """Return the keys that court files have; files are walked in batches, because a key is none of their columns."""
    found: dict[str, str] = {}
    after = 0
    while True:
        batch = await CourtFile.filter(id__gt=after).order_by("id").limit(BATCH).values("id", "code", *TWIN_COLUMNS)
        for known in batch:
            for key in (number_key(known) if known["court_number"] else "", whole_key(known)):
                if key in keys:
                    found[key] = known["code"]
        if len(batch) < BATCH:
            return found
        after = batch[-1]["id"]


async def write_court_files(entry: Entry, rows: Sequence[SheetRow], origin: Origin) -> None:
    """Write court files with their codes and next dates."""
    codes = await court_file_codes(entry, len(rows))
    await CourtFile.bulk_create(
        [_file(code, row, origin) for code, row in zip(codes, rows, strict=True)], batch_size=200
    )
    ids = dict(await CourtFile.filter(code__in=list(codes)).values_list("code", "id"))
    await CourtDate.bulk_create(
        [
            CourtDate(
                court_file_id=ids[code],
                kind=coming.kind,
                on_date=coming.on_date,
                at_time=coming.at_time,
                title=coming.title,
            )
            for code, row in zip(codes, rows, strict=True)
            if (coming := row.more["coming"])
        ],
        batch_size=200,
    )


def _file(code: str, row: SheetRow, origin: Origin) -> CourtFile:
    of = row.values
    texts = (of["court_number"], of["court"], row.more["place"], of["claimants"], of["defendants"], of["subject"])
    return CourtFile(code=code, search=searchable(code, *texts), source_note=origin.note(row), **of)


async def link_waiting(entry: Entry, rows: Sequence[SheetRow]) -> str:
    """Link the notices that waited for one of these files, with their deadlines, and say how many."""
    numbers = {folded(row.values["court_number"]) for row in rows if row.values["court_number"]}
    linked = 0
    for notice in await CourtNotice.filter(court_file_id=None).exclude(court_number="").order_by("id"):
        if folded(notice.court_number) not in numbers:
            continue
        file = await court_file_for(notice.court, notice.court_number, notice.branch)
        if file:
            await entry.change(notice, court_file_id=file.id)
            await add_notice_deadline(entry, file, notice)
            await keep_next_date(entry, file)
            linked += 1
    if not linked:
        return ""
    return "Se vinculó una notificación." if linked == 1 else f"Se vincularon {linked} notificaciones."


def examples(today: date) -> Sequence[Mapping[str, Cell]]:
    """Return two court files of people who do not exist."""
    office = "Secretaría de Obras Sociales de la Esposa del Presidente"
    return (
        {"kind": COURT_KIND_LABELS[CourtFileKind.REINSTATEMENT],
         "court": "Juzgado Primero de Trabajo y Previsión Social", "court_number": "01173-2025-00001",
         "claimants": "Persona de Ejemplo Uno", "defendants": office, "subject": "Reinstalación",
         "department": "Guatemala", "stage": COURT_STAGE_LABELS[CourtStage.IN_PROCEEDINGS],
         "opened_on": today - timedelta(days=90), "next_on": today + timedelta(days=14),
         "next_kind": DATE_KIND_LABELS[CourtDateKind.HEARING], "next_time": "09:30",
         "next_title": "Junta conciliatoria"},
        {"kind": COURT_KIND_LABELS[CourtFileKind.COMPLAINT], "court": "Ministerio Público, Fiscalía Distrital",
         "claimants": office, "defendants": "Persona Dos; Persona Tres", "subject": "Robo de equipo",
         "department": "Alta Verapaz", "stage": COURT_STAGE_LABELS[CourtStage.CLOSED],
         "opened_on": today - timedelta(days=400), "closed_on": today - timedelta(days=30),
         "outcome": "Se desestimó.", "note": "El número se anota cuando lo asignan."},
    )  # fmt: skip


COURT_FILES = Sheet(
    SheetKind.COURT_FILES, COLUMNS, read_court_file, court_files_on_record, write_court_files,
    ("un expediente judicial", "expedientes judiciales"), examples, key_column="court_number",
    explained="Un expediente por fila. Información reservada: solo la ve la Asesoría Jurídica, y Auditoría.",
    finish=link_waiting, twin=twin_of,
)  # fmt: skip
