"""Spreadsheets of leases that are signed already: one a row, known by its number."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from actions.audited import Entry
from actions.lease_facts import CENTAVO, LARGEST_RENT
from actions.sheet_facts import center_list, department_list, office_list, town_list
from actions.sheet_rows import Choices, RowReader, chunks, first_lines
from actions.sheet_terms import (
    FOLLOWS_COLUMN,
    NUMBER_COLUMN,
    TERM_COLUMNS,
    link_followed,
    read_followed,
    read_number,
    read_term,
)
from actions.sheets import BATCH, Origin, Sheet, SheetColumn, SheetRow
from documents.sheet_cells import Cell
from models.agreements import AgreementStage, Lease, LeaseForm, LeaseNature
from models.centers import Source
from models.fields import folded
from models.imports import SheetKind
from models.places import ProgramCode

FORMS = Choices(
    {LeaseForm.CONTRATO: "Contrato", LeaseForm.ACTA_NEGOCIACION: "Acta de negociación"},
    {"acta": LeaseForm.ACTA_NEGOCIACION, "contrato administrativo": LeaseForm.CONTRATO},
)

COLUMNS = (
    NUMBER_COLUMN,
    SheetColumn("form", "Forma", ("tipo",), offers=FORMS.offered, hint="Vacío si no consta."),
    SheetColumn("landlord", "Arrendante", ("arrendador", "propietario", "propietaria"), required=True, width=34),
    SheetColumn("nit", "NIT", ("nit del arrendante",), width=14, text=True,
                hint="Con su dígito verificador, como 576937-K."),
    SheetColumn("center", "Centro", ("código del centro",), width=34, offers=center_list, free=True,
                hint="El código del centro; vacío si el inmueble es de una sede."),
    SheetColumn("office", "Sede", ("sede departamental",), width=26, offers=office_list, free=True,
                hint="Vacío si el inmueble es de un centro."),
    SheetColumn("municipality", "Municipio", ("lugar",), width=30, offers=town_list, free=True,
                hint="Del inmueble; de un centro se sabe."),
    SheetColumn("department", "Departamento", offers=department_list, free=True,
                hint="Solo hace falta si hay dos municipios con ese nombre."),
    SheetColumn("address", "Dirección", ("dirección del inmueble",), width=34),
    SheetColumn("finca", "Finca", width=10, text=True),
    SheetColumn("folio", "Folio", width=10, text=True),
    SheetColumn("libro", "Libro", width=18, text=True),
    SheetColumn("rent", "Renta mensual", ("renta", "monto mensual", "canon"), required=True,
                hint="Quetzales, como 1500.00 o Q.1,500.00."),
    *TERM_COLUMNS,
    SheetColumn("total", "Total", ("monto total",), hint="Vacío, o la renta por los meses: se comprueba."),
    SheetColumn("budget_line", "Partida", ("partida presupuestaria",), width=16, text=True),
    SheetColumn("use", "Uso", ("destino",), width=30),
    FOLLOWS_COLUMN,
)  # fmt: skip


def read_lease(reader: RowReader) -> SheetRow | None:
    """Return the lease that a row describes."""
    facts = reader.facts
    number = read_number(reader, facts.leases)
    term = read_term(reader)
    rent, total = _money(reader, term.months if term else None)
    served = _served(reader)
    values: dict[str, Any] = {
        "number": number,
        "form": reader.choice("form", FORMS) if reader.written("form") else None,
        "landlord_name": reader.text("landlord", 160, required=True),
        "landlord_nit": reader.nit("nit"),
        "address": reader.text("address", 200),
        "finca": reader.text("finca", 20),
        "folio": reader.text("folio", 20),
        "libro": reader.text("libro", 40),
        "budget_line": reader.text("budget_line", 40),
        "use": reader.text("use", 300),
        "monthly_rent": rent,
        "total": total,
    }
    if len({bool(values[part]) for part in ("finca", "folio", "libro")}) > 1:
        missing = next(part for part in ("finca", "folio", "libro") if not values[part])
        reader.wrong(missing, "Escriba finca, folio y libro, o ninguno de los tres.")
    renews = read_followed(reader, number, term, Lease, facts.leases)
    if reader.broken or term is None or served is None:
        return None
    values |= served | {"starts_on": term.starts_on, "ends_on": term.ends_on, "term_months": term.months}
    name = values.pop("served")
    town = values["municipality_id"]
    place = (facts.town_names[town], facts.department_names[town[:2]])
    owner = (values["landlord_name"], values["landlord_nit"])
    values["search"] = folded(number, name, *place, *owner, values["address"])[:500]
    words = first_lines(number, values["landlord_name"], name, f"hasta el {term.ends_on:%d/%m/%Y}")
    return SheetRow(reader.number, number, words, values, {"renews": renews})


def _money(reader: RowReader, months: int | None) -> tuple[Decimal | None, Decimal | None]:
    """Return rent and total; a total that is written must be the rent by the months, to the last centavo."""
    rent, total = reader.amount("rent", required=True), reader.amount("total")
    if rent is not None and not CENTAVO <= rent <= LARGEST_RENT:
        reader.wrong("rent", f"La renta mensual va de Q.0.01 a Q.{LARGEST_RENT:,.2f}.")
        return None, None
    if rent is None or months is None:
        return rent, total
    exact = rent * months
    if total is not None and total != exact:
        reader.wrong("total", f"No es la renta por los meses: Q.{rent:,.2f} por {months}.", f"¿Q.{exact:,.2f}?")
    return rent, exact


def _served(reader: RowReader) -> dict[str, Any] | None:
    """Return what premises are for, and where they are: a center's town, or one of an office's department."""
    written = [key for key in ("center", "office") if reader.written(key)]
    if len(written) != 1:
        said = "Escriba el centro o la sede, uno de los dos." if written else "Falta el centro o la sede."
        reader.wrong("office" if written else "center", said)
        return None
    town = reader.municipality("municipality", "department", required=written == ["office"])
    names = reader.facts.department_names
    if written == ["center"]:
        center = reader.center("center")
        if center is None:
            return None
        if town and town != center.municipality:
            reader.wrong("municipality", "El inmueble debe estar en el municipio del centro.",
                         f"¿{reader.facts.town_names[center.municipality]}?")  # fmt: skip
        return {"served": center.name, "center_id": center.id, "program": center.program,
                "municipality_id": center.municipality}  # fmt: skip
    office = reader.office("office")
    if office is None or town is None:
        return None
    if town[:2] != office.department:
        reader.wrong("municipality", "El inmueble debe estar en el departamento de la sede.",
                     f"La sede es de {names[office.department]}.")  # fmt: skip
    return {"served": office.name, "office_id": office.id, "program": ProgramCode.INSTITUCIONAL,
            "municipality_id": town}  # fmt: skip


async def leases_on_record(keys: Collection[str]) -> dict[str, str]:
    """Return the numbers that leases have."""
    found: dict[str, str] = {}
    for part in chunks(list(keys), BATCH):
        found |= {number: number for number in await Lease.filter(number__in=part).values_list("number", flat=True)}
    return found


async def write_leases(entry: Entry, rows: Sequence[SheetRow], origin: Origin) -> None:
    """Write leases as signed: their file was made before the system."""
    made = (
        Lease(
            nature=LeaseNature.LEASE,
            stage=AgreementStage.SIGNED,
            source=Source.SYSTEM,
            justification=origin.note(row),
            **row.values,
        )
        for row in rows
    )
    await Lease.bulk_create(made, batch_size=200)


async def link_leases(entry: Entry, rows: Sequence[SheetRow]) -> str:
    """Link each lease to the one that it renews."""
    await link_followed(Lease, rows)
    return ""


def examples(today: date) -> Sequence[Mapping[str, Cell]]:
    """Return two leases of people who do not exist."""
    return (
        {"number": "EJEMPLO-12-2024", "form": "Contrato", "landlord": "Persona de Ejemplo Uno", "nit": "576937-K",
         "center": "CAD-EJEMPLO-1", "address": "1a. calle 2-34, zona 1", "finca": "1234", "folio": "56",
         "libro": "78 de Alta Verapaz", "rent": "Q.3,500.00", "starts_on": date(2024, 1, 1), "months": 12,
         "total": "Q.42,000.00", "budget_line": "151"},
        {"number": "EJEMPLO-7-2025", "form": "Acta de negociación", "landlord": "Persona de Ejemplo Dos",
         "center": "CAD-EJEMPLO-1", "rent": 3500, "starts_on": date(2025, 1, 1), "ends_on": date(2025, 12, 31),
         "renews": "EJEMPLO-12-2024"},
    )  # fmt: skip


LEASES = Sheet(
    SheetKind.LEASES, COLUMNS, read_lease, leases_on_record, write_leases, ("un arrendamiento", "arrendamientos"),
    examples, key_column="number",
    explained="Un arrendamiento ya firmado por fila. Los que se siguen uno a otro van en orden, con «Sigue a».",
    finish=link_leases,
)  # fmt: skip
