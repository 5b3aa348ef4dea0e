"""Spreadsheets of centers: one a row, known by its code."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from actions.audited import Entry
from actions.centers import (
    CODE,
    CODE_RULE,
    CODE_TAKEN,
    EARLIEST,
    FOREIGN_KIND,
    KIND_WORDS,
    LARGEST_CENTER,
    RUN_BY,
    center_words,
    first_deeds,
    kinds_of,
    likely_code,
)
from actions.sheet_facts import department_list, program_list, town_list
from actions.sheet_rows import Choices, RowReader, chunks, first_lines
from actions.sheets import BATCH, Origin, Sheet, SheetColumn, SheetRow
from documents.sheet_cells import Cell
from models.centers import KIND_LABELS, Center, CenterEvent, CenterKind, CenterState, Source, TenureBasis
from models.fields import folded
from models.imports import SheetKind
from models.places import ProgramCode

KINDS = Choices(
    KIND_WORDS,
    {folded(label): kind for kind, label in KIND_LABELS.items()} | {"hogar": CenterKind.HOGAR_COMUNITARIO},
)
STATES = Choices(
    {CenterState.OPEN: "En funcionamiento", CenterState.SUSPENDED: "Suspendido", CenterState.CLOSED: "Cerrado"},
    {"activo": CenterState.OPEN, "abierto": CenterState.OPEN, "cerrada": CenterState.CLOSED},
)
PREMISES = Choices(
    {TenureBasis.OWN_BUILDING: "Propio", TenureBasis.PROPERTY_ASSIGNMENT: "Adscrito"},
    {"inmueble propio": TenureBasis.OWN_BUILDING, "adscripcion": TenureBasis.PROPERTY_ASSIGNMENT},
)

COLUMNS = (
    SheetColumn("code", "Código", ("código del centro", "no."), required=True, width=16,
                hint="Letras, números y guiones, hasta 24. No se repite.", text=True),
    SheetColumn("name", "Nombre", ("nombre del centro", "centro"), required=True, width=36),
    SheetColumn("kind", "Clase", ("tipo", "clase de centro", "tipo de centro"), required=True, offers=KINDS.offered),
    SheetColumn("program", "Programa", offers=program_list, hint="Vacío: el que atiende esa clase de centro."),
    SheetColumn("municipality", "Municipio", ("lugar",), required=True, width=30, offers=town_list, free=True,
                hint="Código del INE, o el nombre."),
    SheetColumn("department", "Departamento", offers=department_list, free=True,
                hint="Solo hace falta si hay dos municipios con ese nombre."),
    SheetColumn("settlement", "Aldea o zona", ("zona", "aldea", "lugar poblado"), width=22),
    SheetColumn("address", "Dirección", width=34),
    SheetColumn("capacity", "Cupo", ("capacidad", "cupo máximo"), width=10, hint="Personas; vacío si no consta."),
    SheetColumn("state", "Estado", ("situación",), offers=STATES.offered, hint="Vacío: En funcionamiento."),
    SheetColumn("since", "Desde", ("fecha del estado",),
                hint="Desde cuándo está así. Día/mes/año, como 24/01/2025."),
    SheetColumn("opened", "Apertura", ("fecha de apertura", "fecha de inicio", "inicio"),
                hint="Día en que se abrió; vacío si no consta."),
    SheetColumn("premises", "Inmueble", ("edificio",), offers=PREMISES.offered,
                hint="Solo si es propio o adscrito; los convenios y arrendamientos van en su propia hoja."),
    SheetColumn("act", "Acto", ("acuerdo", "resolución"), width=30, text=True,
                hint="Papel que lo ordena, como Acuerdo Interno 12-2026; vacío: la hoja misma."),
)  # fmt: skip


def read_center(reader: RowReader) -> SheetRow | None:
    """Return the center that a row describes."""
    code = reader.text("code", 24, required=True).upper()
    if code and not CODE.fullmatch(code):
        reader.wrong("code", CODE_RULE, f"¿{likely_code(code)}?")
    known = reader.facts.centers.get(code)
    if known and not known.reached:
        reader.wrong("code", CODE_TAKEN, "Use otro código.")
    name = reader.text("name", 120, required=True)
    kind = reader.choice("kind", KINDS)
    program = _program(reader, kind)
    town = reader.municipality("municipality", "department", required=True)
    values = {
        "settlement": reader.text("settlement", 80),
        "address": reader.text("address", 200),
        "capacity": reader.whole("capacity", least=1, most=LARGEST_CENTER),
        "state": reader.choice("state", STATES, CenterState.OPEN),
        "premises": reader.choice("premises", PREMISES) if reader.written("premises") else None,
        "state_since": reader.day("since", least=EARLIEST, most=reader.facts.today),
    }
    more = {"opened_on": _opened(reader, values), "act": reader.text("act", 160)}
    if reader.broken or town is None:
        return None
    values |= {"code": code, "name": name, "kind": kind, "program": program, "municipality_id": town}
    place = reader.facts.town_names[town]
    values["search"] = center_words(code, name, place, reader.facts.department_names[town[:2]])
    return SheetRow(reader.number, code, first_lines(code, name, place), values, more)


def _opened(reader: RowReader, values: dict[str, Any]) -> date | None:
    """Return the day of the opening; an open center of which only that is known has been open since then."""
    opened: date | None = reader.day("opened", least=EARLIEST, most=reader.facts.today)
    since = values["state_since"]
    if opened and since and since < opened:
        reader.wrong(
            "opened", f"Es posterior al día desde el que está así, {since:%d/%m/%Y}.", "Revise las dos fechas."
        )
    if opened and values["state"] == CenterState.OPEN and since is None:
        values["state_since"] = opened
    return opened


def _program(reader: RowReader, kind: CenterKind | None) -> ProgramCode | None:
    usual = RUN_BY[kind] if kind else None
    if usual and not reader.written("program"):
        mine = reader.facts.program
        if not reader.facts.sees_all and mine != usual:
            reader.wrong("kind", FOREIGN_KIND, kinds_of(mine))
        return usual
    if kind is None and not reader.written("program"):
        return None
    program = reader.program("program")
    if usual and program and program != usual:
        reader.wrong("program", f"Los centros de esa clase son de {usual.value}.", f"¿{usual.value}?")
    return program


async def centers_on_record(keys: Collection[str]) -> dict[str, str]:
    """Return the codes that centers have."""
    found: dict[str, str] = {}
    for part in chunks(list(keys), BATCH):
        found |= {code: code for code in await Center.filter(code__in=part).values_list("code", flat=True)}
    return found


async def write_centers(entry: Entry, rows: Sequence[SheetRow], origin: Origin) -> None:
    """Write centers, with the deeds of which their rows give the day."""
    made = (Center(**row.values, source=Source.SYSTEM, source_note=origin.note(row)) for row in rows)
    await Center.bulk_create(made, batch_size=200)
    written = {one.code: one for one in await Center.filter(code__in=[row.key for row in rows])}
    deeds = (
        CenterEvent(
            center_id=written[row.key].id,
            **deed,
            act=row.more["act"] or origin.note(row),
            recorded_at=entry.at,
            recorded_by_id=entry.actor.id,
        )
        for row in rows
        for deed in first_deeds(written[row.key], row.more["opened_on"])
    )
    await CenterEvent.bulk_create(deeds, batch_size=200)


def examples(today: date) -> Sequence[Mapping[str, Cell]]:
    """Return two centers that do not exist."""
    return (
        {"code": "CAD-EJEMPLO-1", "name": "CAD Aldea de Ejemplo", "kind": "CAD", "program": "MAD",
         "municipality": "1610", "settlement": "Aldea de Ejemplo", "address": "Frente al parque", "capacity": 40,
         "state": "En funcionamiento", "opened": date(2024, 1, 15), "act": "Acuerdo Interno 12-2024"},
        {"code": "CADI-EJEMPLO-2", "name": "CADI de Ejemplo", "kind": "CADI", "municipality": "Mixco",
         "department": "Guatemala", "capacity": 60},
    )  # fmt: skip


CENTERS = Sheet(
    SheetKind.CENTERS, COLUMNS, read_center, centers_on_record, write_centers, ("un centro", "centros"), examples,
    key_column="code", explained="Un centro por fila. Los que ya están registrados con ese código quedan como están.",
)  # fmt: skip
