"""Court files from a spreadsheet: what makes two rows one file, notices that waited, and who never sees any of it."""

import io
from datetime import date
from typing import Any

import pytest
from python_calamine import load_workbook

from actions.sheet_catalog import SHEETS
from actions.sheet_facts import facts_for
from actions.sheet_rows import RowReader
from actions.sheets import CellProblem
from documents.sheets import TableRow
from documents.uploads import inspect_upload
from models.audit import AuditEntry, Verb
from models.clock import today
from models.court import CourtDate, CourtFile, CourtFileKind, CourtNotice, CourtStage
from models.imports import SheetImport, SheetKind
from models.people import Role, User
from models.places import DepartmentAlias, MunicipalityAlias
from tests import builders, court
from tests.conftest import Clock
from tests.door import HOSTILE, ask, forbidden, id_of, refused, request, sent_up, told
from tests.sheets import CONFIRM, DISCARD, LOOK, START, brought, checked, confirmed, looked, sent, worked

pytestmark = pytest.mark.usefixtures("db", "clock")

COURT = SheetKind.COURT_FILES
SUIT: dict[str, Any] = {
    "kind": "Juicio ordinario", "court": "Juzgado Primero de Trabajo", "court_number": "01173-2025-1",
    "claimants": "Ana López; Beto Caal", "defendants": "SOSEP", "subject": "Prestaciones", "opened_on": "24/01/2025",
}  # fmt: skip


@pytest.fixture
async def lawyer(db: object, clock: Clock) -> User:
    """A lawyer in an office that knows its departments."""
    await builders.places()
    return await builders.person(Role.LEGAL, name="Ana Núñez")


async def problems_of(person: User, cells: dict[str, Any]) -> list[CellProblem]:
    """Return what is wrong with one row."""
    sheet = SHEETS[COURT]
    reader = RowReader(TableRow(2, cells), await facts_for(person, COURT), sheet.by_key)
    assert sheet.read(reader) is None or not reader.broken
    return reader.problems


async def test_a_dry_run_says_what_each_row_would_do(lawyer: User) -> None:
    known = await builders.court_file(court="JUZGADO primero de trabajo", court_number="01173-2025-2")
    rows = [SUIT, SUIT | {"court_number": "01173-2025-2"}, {}, SUIT | {"court_number": ""}]

    shown = await checked(lawyer, COURT, *rows)

    assert (shown["toAdd"], shown["presentCount"], shown["wrongCount"]) == (2, 1, 0)
    first = "Juicio ordinario, Juzgado Primero de Trabajo, 01173-2025-1, inició el 24/01/2025"
    assert [(one["row"], one["words"], one["present"]) for one in shown["sample"]] == [
        (2, first, ""), (3, first.replace("2025-1,", "2025-2,"), known.code),
        (5, first.replace(" 01173-2025-1,", ""), ""),
    ]  # fmt: skip
    assert await CourtFile.all().count() == 1


@pytest.mark.both_databases
async def test_all_rows_are_imported_in_one_deed_and_notices_find_their_file(db: Any, lawyer: User) -> None:
    await court.notice(court_number="01173-2025-1", court="Juzgado Primero de Trabajo", due_on=date(2026, 3, 6))
    closed = {"stage": "Fenecido", "closed_on": "2025-06-30", "outcome": "Se desistió.", "court_number": "2"}
    coming = {"next_on": date(2026, 3, 9), "next_time": "9:30", "next_title": "Vista", "court_number": "3"}
    rows = [SUIT | {"lawyer": "ana nunez", "department": "alta verapaz", "note": "Urge"}, SUIT | closed, SUIT | coming,
            SUIT | {"court_number": "", "kind": "COMPLAINT", "next_on": "10-mar-26", "next_kind": "plazo"}]  # fmt: skip

    after = await brought(lawyer, COURT, *rows)

    assert (after["toAdd"], after["said"]) == (4, "Se vinculó una notificación.")
    files = await CourtFile.all().order_by("code")
    assert [file.code for file in files] == [f"JUD-2026-000{n}" for n in (1, 2, 3, 4)]
    assert (files[0].lawyer_id, files[0].department_id, files[0].note) == (lawyer.id, "16", "Urge")
    assert files[0].claimants == "Ana López\nBeto Caal"
    assert (files[1].stage, files[1].closed_on, files[1].outcome) == (
        CourtStage.CLOSED,
        date(2025, 6, 30),
        "Se desistió.",
    )
    assert [file.next_on for file in files] == [date(2026, 3, 6), None, date(2026, 3, 9), date(2026, 3, 10)]
    assert files[3].kind == CourtFileKind.COMPLAINT
    assert files[0].source_note == f"Importado de «hoja.xlsx», fila 2 ({after['file']['sha256'][:16]})"
    dates = await CourtDate.all().order_by("on_date").values_list("title", "at_time", "on_date")
    assert [(title, at) for title, at, _ in dates] == [
        ("Responder la notificación: Se corre audiencia", ""), ("Vista", "09:30"), ("Plazo anotado al importar", ""),
    ]  # fmt: skip
    assert (await CourtNotice.get()).court_file_id == files[0].id
    deed = await AuditEntry.get(verb=Verb.IMPORT_SHEET)
    assert deed.summary.startswith("El sistema importó 4 expedientes judiciales de «hoja.xlsx» (SHA-256 ")
    assert deed.summary.endswith("por encargo de Ana Núñez. Se vinculó una notificación.")

    # Sent anew, and changed since in what may change: still the same files.
    await CourtFile.filter(id=files[3].id).update(court_number="MP001-2026-7", note="otra", stage=CourtStage.RULED)
    anew = await checked(lawyer, COURT, *rows, SUIT | {"court_number": "5"})
    assert (anew["presentCount"], anew["toAdd"]) == (4, 1)
    await confirmed(lawyer, anew)
    assert await CourtFile.all().count() == 5
    found = """query { courtFiles(filter: { search: "lopez verapaz" }) { nodes { code } } }"""
    assert (await told(lawyer, found))["courtFiles"]["nodes"] == [{"code": "JUD-2026-0001"}]


CELLS: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"kind": ""}, "Clase", "Falta"),
    ({"court": " "}, "Juzgado", "Escriba"),
    ({"court": "x" * 201}, "Juzgado", "200 caracteres"),
    ({"court": "#REF!"}, "Juzgado", "fórmula"),
    ({"court_number": "9" * 61}, "Número", "60 caracteres"),
    ({"claimants": "", "defendants": ""}, "Actores", "al menos una parte"),
    ({"claimants": "a\u202eb"}, "Actores", "control"),
    ({"subject": "x" * 301}, "Asunto", "300 caracteres"),
    ({"opened_on": ""}, "Fecha de inicio", "Falta"),
    ({"opened_on": "03/03/2026"}, "Fecha de inicio", "hasta el 02/03/2026"),
    ({"opened_on": "31/12/1979"}, "Fecha de inicio", "01/01/1980"),
    ({"stage": "Perdido"}, "Etapa", "opciones"),
    ({"stage": "Fenecido", "outcome": "x"}, "Fecha de cierre", "lleva su fecha"),
    ({"stage": "Fenecido", "closed_on": "01/02/2025"}, "Resultado", "lleva su resultado"),
    ({"stage": "Fenecido", "closed_on": "23/01/2025", "outcome": "x"}, "Fecha de cierre", "del inicio"),
    ({"closed_on": "01/02/2025"}, "Fecha de cierre", "solo va con"),
    ({"next_on": "01/01/2025"}, "Próxima fecha", "del inicio"),
    ({"next_on": "01/01/2099"}, "Próxima fecha", "cinco años"),
    ({"next_on": "09/03/2026", "next_time": "25:00"}, "Hora", "hora"),
    ({"next_time": "09:00"}, "Hora", "próxima fecha"),
    ({"next_on": "09/03/2026", "next_kind": "Vista"}, "Tipo de fecha", "opciones"),
    (
        {"stage": "Fenecido", "closed_on": "01/02/2025", "outcome": "x", "next_on": "09/03/2026"},
        "Próxima fecha",
        "no tiene",
    ),
    ({"department": "Antigua"}, "Departamento", "No se conoce"),
    ({"department": "99"}, "Departamento", "No se conoce"),
    ({"lawyer": "Nadie"}, "Abogado", "cuenta activa"),
)


async def test_every_cell_that_cannot_be_is_named(lawyer: User) -> None:
    assert await problems_of(lawyer, SUIT) == []
    for cells, column, reason in CELLS:
        (one,) = await problems_of(lawyer, SUIT | cells)
        assert (one.row, one.column) == (2, column), cells
        assert reason in one.reason, cells


async def test_places_and_people_are_found_by_their_spellings(lawyer: User) -> None:
    await DepartmentAlias.create(alias="Alta Verapáz Norte", department_id="16")
    await MunicipalityAlias.create(alias="Mizco", search="mizco", municipality_id=builders.MIXCO)
    written = ["16", "1", "ALTA VERAPAZ", "alta verapaz norte", "Cobán", "Mizco", "guatemala", ""]
    rows = [
        SUIT | {"department": one, "court_number": str(n), "lawyer": lawyer.email} for n, one in enumerate(written, 1)
    ]
    await brought(lawyer, COURT, *rows)
    codes = await CourtFile.all().order_by("id").values_list("department_id", flat=True)
    assert codes == ["16", "01", "16", "16", "16", "01", "01", None]
    assert await CourtFile.filter(lawyer_id=lawyer.id).count() == len(written)
    near = await problems_of(lawyer, SUIT | {"department": "Alta Verapas", "lawyer": "Ana Nunes"})
    assert [one.suggestion for one in near] == ["¿Alta Verapaz?", "¿Ana Núñez?"]


async def test_twins_inside_a_sheet_are_named(lawyer: User) -> None:
    twin = SUIT | {"court": "juzgado PRIMERO de trabájo", "subject": "Otro asunto"}
    bare = SUIT | {"court_number": ""}
    shown = await checked(lawyer, COURT, SUIT, twin, bare, bare)
    assert [(one["row"], one["column"], one["reason"]) for one in shown["problems"]] == [
        (3, "Número", "Repite la fila 2."), (5, "Asunto", "Repite la fila 4."),
    ]  # fmt: skip


async def test_texts_stay_texts_through_the_sheet_and_back(lawyer: User) -> None:
    for text in (*HOSTILE, "=cmd|' /C calc'!A0"):
        await brought(lawyer, COURT, SUIT | {"subject": text, "court": text, "court_number": text, "note": text})
        file = await CourtFile.get(court=text)
        assert (file.subject, file.court_number, file.note) == (text,) * 3
        wrong = await checked(lawyer, COURT, SUIT | {"kind": text})
        answer = await request(lawyer, "GET", wrong["errorsFile"]["url"])
        assert answer.status_code == 200
        inspect_upload(answer.content, "errores.xlsx")
        rows = load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
        assert rows[0] == ["Fila", "Columna", "Valor", "Qué pasa", "Sugerencia", "¿Impide importar?"]
        assert rows[1][:3] == [2, "Clase", text]


async def test_a_text_table_imports_too_and_is_no_paper(lawyer: User) -> None:
    data = "Clase;Juzgado;Actor;Fecha;Color\nDenuncia;MP;=1+1;24/01/2025;azul\n".encode("cp1252")
    up = await sent_up(lawyer, "casos.csv", data)
    file = await builders.court_file()
    paper = {"courtFileId": id_of(file), "title": "Tabla", "datedOn": "2026-03-02"}
    (said,) = await refused(lawyer, court.ADD_PAPER, **paper, fileId=up["id"])
    assert (said.code, "solo sirve para importar" in said.message) == ("FILE_REFUSED", True)
    key = (await told(lawyer, START, input={"kind": "COURT_FILES", "fileId": up["id"]}))["startImport"]["sheetImport"]
    await worked()
    shown = await looked(lawyer, key["id"])
    assert (shown["ignoredColumns"], shown["toAdd"]) == (["Color"], 1)
    await confirmed(lawyer, shown)
    assert await CourtFile.exists(claimants="=1+1", court="MP")


async def test_the_examples_of_the_template_pass(lawyer: User) -> None:
    shown = await checked(lawyer, COURT, *(dict(row) for row in SHEETS[COURT].examples(today())))
    assert (shown["problems"], shown["toAdd"]) == ([], 2)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.LEGAL, Role.LEGAL_HEAD, Role.SYSTEM)])
async def test_nobody_else_imports_or_sees_a_sheet(role: Role, lawyer: User) -> None:
    wrong = await checked(lawyer, COURT, SUIT, SUIT | {"kind": "Nada"})
    person = await builders.person(role)
    if role != Role.AUDITOR:
        up = await sent_up(person, "casos.csv", b"Clase;Juzgado;Fecha\n")
        await forbidden(person, START, kind="COURT_FILES", fileId=up["id"])
    answer = await request(person, "GET", "/importar/plantillas/COURT_FILES.xlsx")
    assert answer.status_code == 403
    seen = role == Role.AUDITOR
    assert bool((await ask(person, LOOK, id=wrong["id"]))["data"]["sheetImport"]) == seen
    for address in (wrong["file"]["url"], wrong["errorsFile"]["url"]):
        assert (await request(person, "GET", address)).status_code == (200 if seen else 404)
        assert (await request(lawyer, "GET", address)).status_code == 200
    page = await request(person, "GET", f"/importar/{wrong['id']}")
    assert page.status_code == (200 if seen else 403 if role in (Role.MUNICIPAL, Role.SIGNATORY) else 404)
    listed = await told(person, "{ sheetImports { totalCount } }")
    assert listed["sheetImports"]["totalCount"] == int(seen)


async def test_whoever_leaves_the_legal_office_leaves_its_sheets_behind(lawyer: User) -> None:
    shown = await checked(lawyer, COURT, SUIT)
    await User.filter(id=lawyer.id).update(role=Role.ADMIN)
    admin = await User.get(id=lawyer.id)
    assert (await told(admin, LOOK, id=shown["id"]))["sheetImport"] is None
    given = {"importId": shown["id"], "sha256": shown["file"]["sha256"]}
    assert [one.code for one in await refused(admin, CONFIRM, **given)] == ["NOT_FOUND"]
    assert [one.code for one in await refused(admin, DISCARD, importId=shown["id"])] == ["NOT_FOUND"]
    waiting = await SheetImport.get()
    await User.filter(id=lawyer.id).update(role=Role.LEGAL)
    await sent(await User.get(id=lawyer.id), COURT, SUIT | {"court_number": "9"})
    await User.filter(id=lawyer.id).update(role=Role.ADMIN)
    await worked()
    late = await SheetImport.all().order_by("-id").first()
    assert late
    assert late.id != waiting.id
    assert (late.state.value, "ya no puede" in late.said) == ("REFUSED", True)
