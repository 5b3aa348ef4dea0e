"""Spreadsheets of conventions that are signed already: one a row, known by its number."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from tortoise.connection import connections

from actions.audited import Entry
from actions.sheet_facts import center_list, department_list, institution_list, program_list, town_list
from actions.sheet_rows import Choices, RowReader, chunks, first_lines
from actions.sheet_terms import (
    FOLLOWS_COLUMN,
    NUMBER_COLUMN,
    OLDEST,
    TERM_COLUMNS,
    link_followed,
    read_followed,
    read_number,
    read_term,
)
from actions.sheets import BATCH, Origin, Sheet, SheetColumn, SheetRow
from documents.sheet_cells import Cell
from models.agreements import CONVENTION_KIND_LABELS, AgreementStage, Convention, ConventionKind
from models.centers import Source
from models.database import is_sqlite
from models.fields import folded
from models.imports import SheetKind

KINDS = Choices(
    CONVENTION_KIND_LABELS,
    {
        "carta": ConventionKind.CARTA_ENTENDIMIENTO,
        "memorandum": ConventionKind.MEMORANDUM_ENTENDIMIENTO,
        "donacion": ConventionKind.CONVENIO_DONACION,
        "convenio interinstitucional": ConventionKind.CONVENIO,
    },
)

COLUMNS = (
    NUMBER_COLUMN,
    SheetColumn("kind", "Clase", ("tipo", "clase de instrumento"), offers=KINDS.offered, hint="Vacío: Convenio."),
    SheetColumn("program", "Programa", required=True, offers=program_list),
    SheetColumn("municipality", "Municipio", ("municipalidad", "lugar"), width=30, offers=town_list, free=True,
                hint="La municipalidad contraparte: código del INE o nombre. Vacío si es otra institución."),
    SheetColumn("department", "Departamento", offers=department_list, free=True,
                hint="Solo hace falta si hay dos municipios con ese nombre."),
    SheetColumn("institution", "Institución", ("contraparte",), width=34, offers=institution_list, free=True,
                hint="Contraparte que no es una municipalidad, como está registrada."),
    SheetColumn("title", "Objeto", ("asunto", "nombre del convenio"), width=40),
    SheetColumn("centers", "Centros", ("centro", "códigos de centros"), width=34, offers=center_list, free=True,
                hint="Códigos de los centros, separados por comas. Vacío si ninguno."),
    SheetColumn("signed_on", "Firma", ("fecha de firma", "suscripción", "fecha de suscripción"),
                hint="Día de la última firma, como 24/01/2025."),
    *TERM_COLUMNS,
    SheetColumn("dictamen", "Dictamen", ("número de dictamen",), hint="Número del dictamen, si consta.", text=True),
    FOLLOWS_COLUMN,
    SheetColumn("note", "Nota", ("notas", "observaciones"), width=34),
)  # fmt: skip


def read_convention(reader: RowReader) -> SheetRow | None:
    """Return the convention that a row describes."""
    facts = reader.facts
    number = read_number(reader, facts.conventions)
    kind = reader.choice("kind", KINDS, ConventionKind.CONVENIO)
    program = reader.program("program")
    party = _party(reader)
    title = reader.text("title", 240)
    centers = reader.centers("centers")
    for center in centers:
        if program and center.program != program:
            reader.wrong("centers", f"El centro {center.name} es de otro programa.")
    signed = reader.day("signed_on", least=OLDEST, most=facts.today)
    term = read_term(reader, endless=True)
    note = _note(reader, signed)
    renews = read_followed(reader, number, term, Convention, facts.conventions)
    if reader.broken or term is None or party is None:
        return None
    name, place = party.pop("name"), party.pop("place")
    values: dict[str, Any] = {
        "number": number,
        "kind": kind,
        "program": program,
        "title": title,
        "starts_on": term.starts_on,
        "ends_on": term.ends_on,
        "term_months": term.months,
        "note": note,
        "search": folded(number, title, name, place, *(one.name for one in centers))[:500],
        **party,
    }
    until = f"hasta el {term.ends_on:%d/%m/%Y}" if term.ends_on else "sin vencimiento"
    more = {"renews": renews, "centers": [one.id for one in centers]}
    return SheetRow(reader.number, number, first_lines(number, name, until), values, more)


def _party(reader: RowReader) -> dict[str, Any] | None:
    """Return the counterpart: a municipality or an institution, exactly one of the two."""
    written = [key for key in ("municipality", "institution") if reader.written(key)]
    if len(written) != 1:
        said = "Escriba el municipio o la institución, uno de los dos."
        reader.wrong("institution" if written else "municipality", said if written else f"Falta la contraparte. {said}")
        return None
    facts = reader.facts
    if written == ["institution"]:
        key = reader.institution("institution")
        return {"institution_id": key, "name": reader.written("institution"), "place": ""} if key else None
    town = reader.municipality("municipality", "department")
    if town is None:
        return None
    name = f"Municipalidad de {facts.town_names[town]}"
    return {"municipality_id": town, "name": name, "place": facts.department_names[town[:2]]}


def _note(reader: RowReader, signed: date | None) -> str:
    """Return what the record says of its making: nobody has its signatures and its dictamen but the paper."""
    dictamen = reader.text("dictamen", 60)
    said = [
        reader.text("note", 2000, one_line=False),
        f"Firmado el {signed:%d/%m/%Y}." if signed else "",
        f"Dictamen {dictamen}." if dictamen else "",
    ]
    return "\n".join(part for part in said if part)


async def conventions_on_record(keys: Collection[str]) -> dict[str, str]:
    """Return the numbers that conventions have."""
    found: dict[str, str] = {}
    for part in chunks(list(keys), BATCH):
        known = Convention.filter(number__in=part)
        found |= {number: number for number in await known.values_list("number", flat=True)}
    return found


async def write_conventions(entry: Entry, rows: Sequence[SheetRow], origin: Origin) -> None:
    """Write conventions as signed, with the centers that they cover: their file was made before the system."""
    made = (
        Convention(stage=AgreementStage.SIGNED, source=Source.SYSTEM, source_note=origin.note(row), **row.values)
        for row in rows
    )
    await Convention.bulk_create(made, batch_size=200)
    covered = {row.key: row.more["centers"] for row in rows if row.more["centers"]}
    ids = dict(await Convention.filter(number__in=list(covered)).values_list("number", "id"))
    marks = "(?, ?)" if is_sqlite() else "($1, $2)"
    pairs = [[ids[number], center] for number, centers in covered.items() for center in centers]
    if pairs:
        statement = f"INSERT INTO convention_centers (convention_id, center_id) VALUES {marks}"
        await connections.get("default").execute_many(statement, pairs)


async def link_conventions(entry: Entry, rows: Sequence[SheetRow]) -> str:
    """Link each convention to the one that it renews."""
    await link_followed(Convention, rows)
    return ""


def examples(today: date) -> Sequence[Mapping[str, Cell]]:
    """Return three conventions that do not exist."""
    return (
        {"number": "EJEMPLO-3-2023", "kind": "Convenio", "program": "MAD", "municipality": "1610",
         "title": "Funcionamiento del centro de ejemplo", "centers": "CAD-EJEMPLO-1", "signed_on": date(2023, 1, 10),
         "starts_on": date(2023, 1, 15), "months": 12, "dictamen": "45-2023"},
        {"number": "EJEMPLO-5-2024", "kind": "Convenio", "program": "MAD", "municipality": "San Juan Chamelco",
         "centers": "CAD-EJEMPLO-1", "starts_on": date(2024, 1, 15), "ends_on": date(2025, 1, 14),
         "renews": "EJEMPLO-3-2023"},
        {"number": "EJEMPLO-9-2024", "kind": "Carta de entendimiento", "program": "INSTITUCIONAL",
         "institution": "Institución de Ejemplo", "starts_on": date(2024, 3, 1), "ends_on": "Sin vencimiento"},
    )  # fmt: skip


CONVENTIONS = Sheet(
    SheetKind.CONVENTIONS, COLUMNS, read_convention, conventions_on_record, write_conventions,
    ("un convenio", "convenios"), examples, key_column="number",
    explained="Un convenio ya firmado por fila. Los que se siguen uno a otro van en orden, con «Sigue a».",
    finish=link_conventions,
)  # fmt: skip
