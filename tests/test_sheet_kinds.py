"""What each kind of spreadsheet takes and refuses, cell by cell, and what comes of its rows."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from actions.people import SignInRefused, add_person, sign_in, system_user
from actions.refusals import Refusal
from actions.sheet_catalog import SHEETS
from actions.sheet_facts import Facts, facts_for
from actions.sheet_rows import RowReader
from actions.sheets import CellProblem
from documents.sheet_cells import Unreadable
from documents.sheet_numbers import as_amount, as_month, as_nit, as_whole
from documents.sheets import TableRow
from models.agreements import AgreementStage, Convention, ConventionKind, Lease, LeaseForm, SanitaryLicense, Standing
from models.imports import SheetKind
from models.people import Role, User
from models.places import MunicipalityAlias, ProgramCode
from tests import builders
from tests.sheets import brought, checked

pytestmark = pytest.mark.usefixtures("db", "clock")

Cells = dict[str, Any]

CENTER: Cells = {"code": "CAD-7", "name": "CAD Siete", "kind": "CAD", "municipality": "1610"}
LICENSE: Cells = {"center": "CAD-1", "license_number": "L-1", "issued_on": "24/01/2025", "expires_on": "23/01/2027"}
MONTH: Cells = {"center": "CAD-1", "month": "enero 2025", "men": 10, "women": "0"}
CONVENTION: Cells = {
    "number": "12-2025", "program": "MAD", "municipality": "San Juan Chamelco", "centers": "CAD-1",
    "signed_on": "10-ene-25", "starts_on": "15/01/2025", "months": 12, "dictamen": "45-2024",
}  # fmt: skip
LEASE: Cells = {
    "number": "A-1", "form": "contrato", "landlord": "Ana Ejemplo", "nit": "576937-k", "center": "CAD-1",
    "rent": "Q.1,500.00", "starts_on": "01/01/2026", "months": 12, "total": 18000,
}  # fmt: skip
PERSON: Cells = {"email": "Ana@sosep.gob.gt", "name": "Ana Ejemplo", "role": "abogada", "gender": "mujer"}

WRONG: tuple[tuple[SheetKind, Cells, Cells, str, str, str], ...] = (
    (SheetKind.CENTERS, CENTER, {"code": "CAD 7/8"}, "Código", "letras sin tilde", "¿CAD-7-8?"),
    (SheetKind.CENTERS, CENTER, {"code": ""}, "Código", "Escriba", ""),
    (SheetKind.CENTERS, CENTER, {"program": "HC"}, "Programa", "son de MAD", "¿MAD?"),
    (SheetKind.CENTERS, CENTER, {"municipality": "Mixc"}, "Municipio", "No se conoce", "¿Mixco?"),
    (SheetKind.CENTERS, CENTER, {"municipality": "Mixco", "department": "Alta Verapaz"}, "Departamento",
     "otro departamento", "¿Guatemala?"),
    (SheetKind.CENTERS, CENTER, {"municipality": "La Democracia"}, "Municipio", "más de un", "0108"),
    (SheetKind.CENTERS, CENTER, {"capacity": "10.5"}, "Cupo", "entero", ""),
    (SheetKind.CENTERS, CENTER, {"capacity": 10**9}, "Cupo", "2,000", ""),
    (SheetKind.CENTERS, CENTER, {"capacity": -1}, "Cupo", "sin signo", ""),
    (SheetKind.CENTERS, CENTER, {"since": "03/03/2026"}, "Desde", "hasta el 02/03/2026", ""),
    (SheetKind.CENTERS, CENTER, {"name": "x" * 121}, "Nombre", "120 caracteres", ""),
    (SheetKind.ATTENDANCE, MONTH, {"center": "CAD-11"}, "Centro", "No se encontró", "¿CAD-1?"),
    (SheetKind.ATTENDANCE, MONTH, {"center": ""}, "Centro", "Falta", ""),
    (SheetKind.ATTENDANCE, MONTH, {"month": "abril 2026"}, "Mes", "a este mes", ""),
    (SheetKind.ATTENDANCE, MONTH, {"month": "13/2025"}, "Mes", "El mes 13 no existe", ""),
    (SheetKind.ATTENDANCE, MONTH, {"men": ""}, "Hombres", "Falta", ""),
    (SheetKind.LICENSES, LICENSE, {"expires_on": "24/01/2025"}, "Vencimiento", "posterior", ""),
    (SheetKind.LICENSES, LICENSE, {"expires_on": "24/01/2055"}, "Vencimiento", "diez años", ""),
    (SheetKind.LICENSES, LICENSE, {"issued_on": "29/02/2025"}, "Emisión", "28 días", "¿28/02/2025?"),
    (SheetKind.CONVENTIONS, CONVENTION, {"number": "12/2025"}, "Número", "letras sin tilde", "¿12-2025?"),
    (SheetKind.CONVENTIONS, CONVENTION, {"number": date(2024, 12, 1)}, "Número", "convirtió el texto", "de texto"),
    (SheetKind.CONVENTIONS, CONVENTION, {"number": "CONV-2026-0009"}, "Número", "los da el sistema", ""),
    (SheetKind.CONVENTIONS, CONVENTION, {"institution": "Fundación Uno"}, "Institución", "uno de los dos", ""),
    (SheetKind.CONVENTIONS, CONVENTION, {"municipality": ""}, "Municipio", "Falta la contraparte", ""),
    (SheetKind.CONVENTIONS, CONVENTION, {"municipality": "", "institution": "Fundacion Un"}, "Institución",
     "no está registrada", "¿Fundación Uno?"),
    (SheetKind.CONVENTIONS, CONVENTION, {"centers": "CAD-1; CADI-2"}, "Centros", "otro programa", ""),
    (SheetKind.CONVENTIONS, CONVENTION, {"months": ""}, "Fin", "Falta el fin o el plazo, o «Sin vencimiento»", ""),
    (SheetKind.CONVENTIONS, CONVENTION, {"ends_on": "15/01/2026"}, "Fin", "plazo de 12 meses", "¿14/01/2026?"),
    (SheetKind.CONVENTIONS, CONVENTION, {"ends_on": "Sin vencimiento"}, "Fin", "no vence", ""),
    (SheetKind.CONVENTIONS, CONVENTION, {"starts_on": "15/01/9999"}, "Inicio", "hasta el", ""),
    (SheetKind.CONVENTIONS, CONVENTION, {"renews": "99-2020"}, "Sigue a", "No está registrado", ""),
    (SheetKind.CONVENTIONS, CONVENTION, {"renews": "12-2025"}, "Sigue a", "a sí mismo", ""),
    (SheetKind.CONVENTIONS, CONVENTION, {"renews": "5-2023"}, "Sigue a", "ya lo sigue otro", ""),
    (SheetKind.LEASES, LEASE, {"rent": "Q 1.500,00"}, "Renta mensual", "el punto y la coma", "¿Q.1,500.00?"),
    (SheetKind.LEASES, LEASE, {"rent": "Q1,50"}, "Renta mensual", "miles o centavos", "¿Q.1.50?"),
    (SheetKind.LEASES, LEASE, {"rent": "-1"}, "Renta mensual", "No se entiende", ""),
    (SheetKind.LEASES, LEASE, {"rent": 0}, "Renta mensual", "va de Q.0.01", ""),
    (SheetKind.LEASES, LEASE, {"total": "18,000.01"}, "Total", "No es la renta por los meses", "¿Q.18,000.00?"),
    (SheetKind.LEASES, LEASE, {"nit": 5769370.0}, "NIT", "convirtió el NIT en un número", ""),
    (SheetKind.LEASES, LEASE, {"nit": "576937-1"}, "NIT", "no es válido", ""),
    (SheetKind.LEASES, LEASE, {"finca": "1", "folio": "2"}, "Libro", "finca, folio y libro", ""),
    (SheetKind.LEASES, LEASE, {"office": "Sede Uno"}, "Sede", "uno de los dos", ""),
    (SheetKind.LEASES, LEASE, {"center": "", "office": "Sede Uno", "municipality": "Mixco"}, "Municipio",
     "departamento de la sede", "La sede es de Alta Verapaz."),
    (SheetKind.LEASES, LEASE, {"municipality": "Mixco"}, "Municipio", "municipio del centro", ""),
    (SheetKind.LEASES, LEASE, {"ends_on": "Sin vencimiento", "months": ""}, "Fin", "lleva fecha de vencimiento", ""),
    (SheetKind.PEOPLE, PERSON, {"email": "ana"}, "Correo", "nombre@sitio.gt", ""),
    (SheetKind.PEOPLE, PERSON, {"email": "ana@demo.example"}, "Correo", "demostración", ""),
    (SheetKind.PEOPLE, PERSON, {"role": "Sistema"}, "Papel", "opciones", ""),
    (SheetKind.PEOPLE, PERSON, {"role": "Municipalidad"}, "Municipio", "Falta", ""),
    (SheetKind.PEOPLE, PERSON, {"program": "MAD"}, "Programa", "solo con el papel", ""),
    (SheetKind.PEOPLE, PERSON, {"gender": "X"}, "Género", "opciones", ""),
)  # fmt: skip
BASES = {
    SheetKind.CENTERS: CENTER, SheetKind.ATTENDANCE: MONTH, SheetKind.LICENSES: LICENSE,
    SheetKind.CONVENTIONS: CONVENTION, SheetKind.LEASES: LEASE, SheetKind.PEOPLE: PERSON,
}  # fmt: skip


async def office() -> User:
    """Make an office with two centers, an institution, a sede and conventions, and return its administrator."""
    await builders.places()
    await builders.center("Centro Uno", code="CAD-1")
    await builders.center("Centro Dos", code="CADI-2", program=ProgramCode.HC)
    await builders.institution("Fundación Uno", short_name="Uno")
    await builders.office(name="Sede Uno")
    first = await builders.convention(number="5-2023")
    await builders.convention(number="6-2024", renews=first)
    for code in ("0101", builders.MIXCO):
        await MunicipalityAlias.create(alias="La Democracia", search="la democracia", municipality_id=code)
    return await builders.person(Role.ADMIN)


def problems_of(kind: SheetKind, cells: Cells, facts: Facts) -> list[CellProblem]:
    """Return what is wrong with one row."""
    sheet = SHEETS[kind]
    reader = RowReader(TableRow(2, cells), facts, sheet.by_key)
    row = sheet.read(reader)
    assert (row is None) == reader.broken
    return reader.problems


async def test_every_cell_that_cannot_be_is_named_with_its_reason() -> None:
    admin = await office()
    known = {kind: await facts_for(admin, kind) for kind in BASES}
    for kind, base in BASES.items():
        assert problems_of(kind, base, known[kind]) == [], kind
    for kind, base, cells, column, reason, suggestion in WRONG:
        found = problems_of(kind, base | cells, known[kind])
        assert [one.column for one in found] == [column], (kind, cells, found)
        assert reason in found[0].reason, (kind, cells, found)
        assert suggestion in found[0].suggestion, (kind, cells, found)
        assert found[0].reason.lstrip("«")[0].isupper()
        assert found[0].reason.endswith("."), found


async def test_who_brings_it_decides_what_is_taken() -> None:
    await office()
    await builders.center("Centro Tres", code="CAD-3", at=builders.MIXCO)
    of_hc = await facts_for(await builders.person(Role.DIRECTOR, program=ProgramCode.HC), SheetKind.LICENSES)
    (one,) = problems_of(SheetKind.CENTERS, CENTER, of_hc)
    assert (one.column, one.suggestion) == ("Clase", "De su programa son: CADI y Hogar Comunitario.")
    (one,) = problems_of(SheetKind.CENTERS, CENTER | {"kind": "CADI", "program": "MAD"}, of_hc)
    assert (one.column, one.suggestion) == ("Programa", "¿HC?")
    (one,) = problems_of(SheetKind.CENTERS, CENTER | {"kind": "CADI", "code": "CAD-1"}, of_hc)
    assert (one.column, one.reason) == ("Código", "Ese código ya es de otro centro.")
    (one,) = problems_of(SheetKind.LICENSES, LICENSE, of_hc)
    missing = problems_of(SheetKind.LICENSES, LICENSE | {"center": "CAD-9"}, of_hc)[0]
    assert one.reason.replace("CAD-1", "CAD-9") == missing.reason, "out of reach is like missing"
    assert "CAD-" not in one.suggestion
    assert problems_of(SheetKind.LICENSES, LICENSE | {"center": "CADI-2"}, of_hc) == []
    nowhere = await facts_for(await builders.person(Role.DIRECTOR, program=None), SheetKind.CENTERS)
    for cells in (CENTER, CENTER | {"program": "MAD"}, CENTER | {"program": "INSTITUCIONAL"}):
        assert problems_of(SheetKind.CENTERS, cells, nowhere), "an account without its program brings nothing"
    here = await facts_for(await builders.person(Role.COORDINATOR), SheetKind.ATTENDANCE)
    assert problems_of(SheetKind.ATTENDANCE, MONTH, here) == []
    (one,) = problems_of(SheetKind.ATTENDANCE, MONTH | {"center": "CAD-3"}, here)
    assert one.reason == "No se encontró el centro «CAD-3»."


def test_amounts_counts_months_and_tax_numbers_as_people_write_them() -> None:
    for cell in ("Q.1,500.00", "Q 1,500", "1500", 1500.0, 1500, "1,500.00", "q1500.0"):
        assert as_amount(cell) == Decimal(1500), cell
    assert as_amount(0.1 + 0.2) == Decimal("0.30"), "noise of a computed cell"
    for wrong in ("Q 1.500,00", "Q1,50", "1.500", "1,50,000", "quince", 1500.005, 10**12, True, date(2025, 1, 1), "--"):
        with pytest.raises(Unreadable):
            as_amount(wrong)
    assert [as_whole(cell) for cell in (25, 25.0, "25", "1,250", "")] == [25, 25, 25, 1250, None]
    for wrong in (2.5, "-1", "1.250", "dos", True):
        with pytest.raises(Unreadable):
            as_whole(wrong)
    for cell in ("enero 2025", "ene-25", "Enero de 2025", "01/2025", "2025-01", "24/01/2025", 45681.0):
        assert as_month(cell) == date(2025, 1, 1), cell
    assert [as_nit(cell) for cell in ("576937-K", "576937k", " 576 937-K ", 12345679.0, 0.0)[:3]] == ["576937-K"] * 3


# What comes of the rows ----------------------------------------------------------------------------------------------


@pytest.mark.both_databases
async def test_conventions_that_predate_the_system_are_in_force_and_follow_each_other() -> None:
    admin = await office()
    rows = [
        CONVENTION | {"number": "1-2024", "starts_on": "15/01/2024"},
        CONVENTION | {"renews": "1-2024", "centers": "CAD-1", "months": "24"},
        CONVENTION | {"number": "7-2025", "municipality": "", "institution": "UNO", "kind": "carta", "centers": "",
                      "months": "", "ends_on": "sin vencimiento"},
        CONVENTION | {"number": "8-2025", "renews": "6-2024"},
    ]  # fmt: skip
    await brought(admin, SheetKind.CONVENTIONS, *rows)

    old, new, letter = [await Convention.get(number=number) for number in ("1-2024", "12-2025", "7-2025")]
    assert (old.stage, old.starts_on, old.ends_on) == (AgreementStage.SIGNED, date(2024, 1, 15), date(2025, 1, 14))
    assert (new.ends_on, new.term_months, new.renews_id) == (date(2027, 1, 14), 24, old.id)
    assert new.standing(date(2026, 3, 2)) == Standing.IN_FORCE
    assert [center.code for center in await new.centers.all()] == ["CAD-1"]
    assert new.note == "Firmado el 10/01/2025.\nDictamen 45-2024."
    assert (letter.kind, letter.ends_on, letter.municipality_id) == (ConventionKind.CARTA_ENTENDIMIENTO, None, None)
    assert (await Convention.get(number="8-2025").select_related("renews")).renews.number == "6-2024"
    assert "alta verapaz" in new.search
    late = CONVENTION | {"number": "20-2026", "starts_on": "15/01/2026"}
    shown = await checked(admin, SheetKind.CONVENTIONS, late, CONVENTION | {"number": "21-2025", "renews": "20-2026"})
    assert [one["reason"] for one in shown["problems"]] == [
        "Empieza el mismo día que este, o después: no puede ser el de antes.",
    ]  # fmt: skip
    again = await checked(admin, SheetKind.CONVENTIONS, *rows, CONVENTION | {"number": "9-2025", "renews": "1-2024"})
    assert (again["presentCount"], [one["reason"] for one in again["problems"]]) == (
        4, ["A ese instrumento ya lo sigue otro."],
    )  # fmt: skip


@pytest.mark.both_databases
async def test_leases_and_licenses_are_linked_to_the_ones_before() -> None:
    admin = await office()
    sede = {"center": "", "office": "sede uno", "municipality": "Cobán", "number": "B-1", "form": "acta", "nit": ""}
    await brought(admin, SheetKind.LEASES, LEASE, LEASE | sede | {"finca": 12.0, "folio": "3", "libro": "4 de A.V."},
                  LEASE | {"number": "A-2", "starts_on": "01/01/2027", "renews": "a-1"})  # fmt: skip
    first, other, second = [await Lease.get(number=number) for number in ("A-1", "B-1", "A-2")]
    assert (first.form, first.total, first.ends_on) == (LeaseForm.CONTRATO, Decimal(18000), date(2026, 12, 31))
    assert (first.landlord_nit, first.program) == ("576937-K", ProgramCode.MAD)
    assert (other.program, other.municipality_id, other.finca) == (ProgramCode.INSTITUCIONAL, "1601", "12")
    assert second.renews_id == first.id

    await brought(admin, SheetKind.LICENSES, LICENSE)
    earlier = {"license_number": "L-0", "issued_on": "24/01/2023", "expires_on": "23/01/2025"}
    later = {"license_number": "L-2", "issued_on": "01/02/2026", "expires_on": "23/01/2029"}
    await brought(admin, SheetKind.LICENSES, LICENSE | later, LICENSE | earlier, LICENSE | {"license_number": "l-1"})
    rows = await SanitaryLicense.all().order_by("starts_on").select_related("renews")
    assert [one.license_number for one in rows] == ["L-0", "L-1", "L-2"]
    assert [one.renews.license_number if one.renews else None for one in rows] == [None, "L-0", "L-1"]
    assert sorted(one.number for one in rows) == ["LIC-2026-0001", "LIC-2026-0002", "LIC-2026-0003"]


async def test_people_come_without_a_password_and_are_given_their_first_one_once() -> None:
    admin = await office()
    town = {"email": "beto@muni.gob.gt", "role": "Municipalidad", "municipality": "Mixco", "department": "Guatemala"}
    after = await brought(admin, SheetKind.PEOPLE, PERSON, PERSON | town)
    assert "primera contraseña" in after["said"]
    ana, beto = await User.get(email="ana@sosep.gob.gt"), await User.get(email="beto@muni.gob.gt")
    assert (ana.role, ana.gender, ana.password_hash) == (Role.LEGAL, "F", None)
    assert (beto.municipality_id, beto.department_id) == (builders.MIXCO, None)
    with pytest.raises(SignInRefused):
        await sign_in(ana.email, "")
    given = {"actor": await system_user(), "email": ana.email, "name": ana.name, "password": "una larga"}
    with pytest.raises(Refusal):
        await add_person(**given | {"password": "demasiado larga"}, role=Role.ADMIN)
    await add_person(**given | {"password": "muy larga y buena"}, role=Role.LEGAL)
    assert await sign_in(ana.email, "muy larga y buena")
    with pytest.raises(Refusal):
        await add_person(**given | {"password": "otra muy larga"}, role=Role.LEGAL)
