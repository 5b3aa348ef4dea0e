"""Spreadsheets brought in: a dry run that writes no record, all rows or none, the same content once."""

from datetime import date
from typing import Any

import pytest

from models.audit import AuditEntry, Verb
from models.centers import Attendance, Center, CenterEventKind, CenterState
from models.imports import SheetKind
from models.people import Role, User
from models.places import ProgramCode
from tests import builders
from tests.door import everything, refused, sent_up
from tests.sheets import CONFIRM, START, brought, checked, confirmed, workbook, worked

pytestmark = pytest.mark.usefixtures("db", "clock")

CAD: dict[str, Any] = {
    "code": "CAD-1", "name": "CAD Chamelco", "kind": "CAD", "municipality": "San Juan Chamelco", "capacity": 40,
    "since": "24/01/2025",
}  # fmt: skip


@pytest.fixture
async def lawyer(db: object, clock: object) -> User:
    """A lawyer in an office that knows its places."""
    await builders.places()
    return await builders.person(Role.LEGAL, name="Ana Núñez")


@pytest.mark.both_databases
async def test_a_sheet_is_checked_confirmed_and_written_in_one_deed(lawyer: User) -> None:
    await builders.center(code="CAD-9", name="El de antes")
    rows = [CAD, CAD | {"code": "cad-9", "name": "Otro nombre"}, {}, CAD | {"code": "CADI-2", "kind": "cadi"}]
    before = await Center.all().count()

    shown = await checked(lawyer, SheetKind.CENTERS, *rows)

    assert await Center.all().count() == before
    counts = {"state": "CHECKED", "rowsRead": 3, "toAdd": 2, "presentCount": 1, "wrongCount": 0, "importable": True}
    assert counts.items() <= shown.items()
    assert shown["sample"][1] == {"row": 3, "words": "CAD-9, Otro nombre, San Juan Chamelco", "present": "CAD-9"}

    after = await confirmed(lawyer, shown)

    assert (after["state"], after["toAdd"], after["presentCount"]) == ("DONE", 2, 1)
    made = await Center.get(code="CADI-2")
    assert (made.program, made.municipality_id, made.state, made.state_since, made.capacity) == (
        ProgramCode.HC, builders.CHAMELCO, CenterState.OPEN, date(2025, 1, 24), 40,
    )  # fmt: skip
    assert made.source_note == f"Importado de «hoja.xlsx», fila 5 ({shown['file']['sha256'][:16]})"
    assert "alta verapaz" in made.search
    assert (await Center.get(code="CAD-9")).name == "El de antes"
    deed = await AuditEntry.get(verb=Verb.IMPORT_SHEET)
    assert deed.summary.startswith("El sistema importó 2 centros de «hoja.xlsx» (SHA-256 ")
    assert deed.summary.endswith("por encargo de Ana Núñez.")


async def test_two_bad_cells_import_nothing_and_are_named(lawyer: User) -> None:
    shown = await checked(
        lawyer, SheetKind.CENTERS, CAD, CAD | {"code": "CAD-2", "kind": "CADD"},
        CAD | {"code": "CAD-3", "since": "31/02/2025"},
    )  # fmt: skip
    assert (shown["toAdd"], shown["wrongCount"], shown["importable"]) == (1, 2, False)
    assert [(one["row"], one["column"], one["value"], one["suggestion"]) for one in shown["problems"]] == [
        (3, "Clase", "CADD", "¿CAD?"), (4, "Desde", "31/02/2025", "¿28/02/2025?"),
    ]  # fmt: skip
    said = await refused(lawyer, CONFIRM, importId=shown["id"], sha256=shown["file"]["sha256"])
    assert [one.message for one in said] == [
        "No se importó nada: hay 2 celdas por corregir.",
        "Fila 3, columna «Clase» («CADD»; ¿CAD?): No es una de las opciones.",
        "Fila 4, columna «Desde» («31/02/2025»; ¿28/02/2025?): Esa fecha no existe: febrero de 2025 tiene 28 días.",
    ]
    assert not await worked()
    assert not await Center.exists()


async def test_the_same_content_is_imported_once_and_told_when_and_by_whom(lawyer: User) -> None:
    data = workbook(SheetKind.CENTERS, CAD)
    await brought(lawyer, SheetKind.CENTERS, CAD)
    colleague = await builders.person(Role.LEGAL_HEAD)
    up = await sent_up(colleague, "otro nombre.xlsx", data)
    before = await everything()
    (said,) = await refused(colleague, START, kind="CENTERS", fileId=up["id"])
    assert said.message.startswith("Esta misma hoja ya se importó el 02/03/2026 a las ")
    assert said.message.endswith(", por Ana Núñez. No se hizo nada.")
    assert await everything() == before


@pytest.mark.both_databases
async def test_people_attended_within_reach_and_over_capacity(lawyer: User) -> None:
    mine = await builders.center("Chamelco", code="CAD-1", capacity=30)
    await builders.center("Mixco", code="CAD-2", at=builders.MIXCO)
    await builders.attendance(mine, date(2025, 1, 1))
    coordinator = await builders.person(Role.COORDINATOR)
    row = {"center": "CAD-1", "month": "enero 2025", "men": 10, "women": 25}
    shown = await checked(coordinator, SheetKind.ATTENDANCE, row | {"month": "feb-25"}, row | {"center": "CAD-2"})
    assert [(one["row"], one["column"], one["reason"]) for one in shown["problems"]] == [
        (3, "Centro", "No se encontró el centro «CAD-2»."),
        (2, "Mujeres", "Pasa del cupo del centro: 35 personas y 30 lugares."),
    ]
    assert [one["warning"] for one in shown["problems"]] == [False, True]
    assert shown["wrongCount"] == 1
    shown = await checked(coordinator, SheetKind.ATTENDANCE, row | {"month": "feb-25", "men": 5}, row)
    assert (shown["toAdd"], shown["presentCount"], shown["wrongCount"]) == (1, 1, 0)
    await confirmed(coordinator, shown)
    assert await Attendance.filter(center=mine).order_by("month").values_list("month", "men", "women") == [
        (date(2025, 1, 1), 10, 25), (date(2025, 2, 1), 5, 25),
    ]  # fmt: skip
    brought_in = await Attendance.get(center=mine, month=date(2025, 2, 1))
    assert (brought_in.recorded_by_id, brought_in.recorded_on) == (coordinator.id, date(2026, 3, 2))


async def test_no_month_before_the_center_opened_or_after_it_closed(lawyer: User) -> None:
    new = await builders.center("Nuevo", code="CAD-1")
    await builders.center_event(new, CenterEventKind.OPENING, happened_on=date(2025, 3, 15))
    await builders.center("Viejo", code="CAD-2", state=CenterState.CLOSED, state_since=date(2025, 3, 1))
    coordinator = await builders.person(Role.COORDINATOR)
    row = {"center": "CAD-1", "month": "marzo 2025", "men": 1, "women": 2}
    shown = await checked(
        coordinator, SheetKind.ATTENDANCE, row, row | {"month": "febrero 2025"}, row | {"center": "CAD-2"}
    )
    assert [(one["row"], one["column"], one["reason"]) for one in shown["problems"]] == [
        (3, "Mes", "El centro abrió el 15/03/2025: todavía no atendía en febrero de 2025."),
        (4, "Mes", "El centro cerró el 01/03/2025: ya no atendía en marzo de 2025."),
    ]
