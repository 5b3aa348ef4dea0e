"""Court files from a spreadsheet: a dry run that writes nothing, all rows or none, the same sheet twice adds none."""

import io
import time
import tracemalloc
from datetime import date
from typing import Any

import httpx
import pytest
from python_calamine import load_workbook

from actions.court_columns import COLUMNS, template_rows
from documents.uploads import inspect_upload
from documents.workbooks import Column, SheetPlan, make_workbook
from models.audit import AuditEntry, Verb
from models.clock import today
from models.court import CourtDate, CourtFile, CourtFileKind, CourtNotice, CourtStage
from models.papers import StoredFile
from models.people import Role, User
from models.places import DepartmentAlias, MunicipalityAlias
from tests import builders, court
from tests.browsing import enter, form, send
from tests.conftest import Clock
from tests.door import (
    HOSTILE,
    ask,
    done,
    everything,
    forbidden,
    id_of,
    id_text,
    refused,
    request,
    sent_up,
    told,
)

IMPORT = """mutation ($input: ImportCourtFilesInput!) { importCourtFiles(input: $input) {
    report { sha256 toAdd presentCount problemCount imported importable } errors { code message path } } }"""
LOOK = """query ($id: ID!, $first: Int = 50, $after: String) { courtImport(fileId: $id) {
    filename sha256 importable toAdd presentCount problemCount imported ignoredColumns
    rows(first: $first, after: $after) {
        totalCount nodes { number outcome summary code } pageInfo { hasNextPage endCursor } }
    problems(first: $first) { totalCount nodes { row column value reason suggestion } } } }"""
pytestmark = pytest.mark.usefixtures("db", "clock")

KEYS = [one.key for one in COLUMNS]
SUIT: dict[str, Any] = {
    "kind": "Juicio ordinario", "court": "Juzgado Primero de Trabajo", "court_number": "01173-2025-1",
    "claimants": "Ana López; Beto Caal", "defendants": "SOSEP", "subject": "Prestaciones", "opened_on": "24/01/2025",
}  # fmt: skip


def sheet(*rows: dict[str, Any]) -> bytes:
    """Return a workbook with the template's columns and these rows."""
    columns = [Column(one.label) for one in COLUMNS]
    return make_workbook([SheetPlan("Expedientes", columns, [[row.get(k) for k in KEYS] for row in rows])], title="x")


async def sent(person: User, *rows: dict[str, Any]) -> dict[str, Any]:
    """Send a sheet up and return its id and hash."""
    up = await sent_up(person, "casos.xlsx", sheet(*rows))
    return {"fileId": up["id"], "sha256": up["sha256"]}


async def looked(person: User, up: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the dry run of a sheet."""
    return dict((await told(person, LOOK, id=up["fileId"], **more))["courtImport"])


@pytest.fixture
async def lawyer(db: object, clock: Clock) -> User:
    """A lawyer in an office that knows its departments."""
    await builders.places()
    return await builders.person(Role.LEGAL, name="Ana Núñez")


async def test_a_dry_run_says_what_each_row_would_do_and_writes_nothing(lawyer: User) -> None:
    known = await builders.court_file(court="JUZGADO primero de trabajo", court_number="01173-2025-2")
    up = await sent(lawyer, SUIT, SUIT | {"court_number": "01173-2025-2"}, {}, SUIT | {"court_number": ""})
    before = await everything()

    shown = await looked(lawyer, up)
    dry = (await done(lawyer, IMPORT, fileId=up["fileId"]))["report"]

    assert await everything() == before
    assert (shown["filename"], shown["sha256"]) == ("casos.xlsx", up["sha256"])
    counts = {"toAdd": 2, "presentCount": 1, "problemCount": 0, "imported": 0, "importable": True}
    assert counts.items() <= shown.items()
    assert dry == counts | {"sha256": up["sha256"]}
    assert shown["rows"]["nodes"] == [
        {"number": 2, "outcome": "ADD", "code": "",
         "summary": "Juicio ordinario, Juzgado Primero de Trabajo, 01173-2025-1, inició el 24/01/2025"},
        {"number": 3, "outcome": "PRESENT", "code": known.code,
         "summary": "Juicio ordinario, Juzgado Primero de Trabajo, 01173-2025-2, inició el 24/01/2025"},
        {"number": 5, "outcome": "ADD", "code": "",
         "summary": "Juicio ordinario, Juzgado Primero de Trabajo, inició el 24/01/2025"},
    ]  # fmt: skip


async def test_two_bad_cells_import_nothing_and_are_named(lawyer: User) -> None:
    up = await sent(lawyer, SUIT, SUIT | {"kind": "Juicio ordinaro", "court_number": "2"},
                    SUIT | {"court_number": "3", "opened_on": "31/02/2025"})  # fmt: skip
    said = await refused(lawyer, IMPORT, **up)
    assert [one.message for one in said] == [
        "No se importó nada: hay 2 celdas por corregir.",
        "Fila 3, columna «Clase» («Juicio ordinaro»; ¿Juicio ordinario?): No es una de las opciones.",
        "Fila 4, columna «Fecha de inicio» («31/02/2025»; ¿28/02/2025?): Esa fecha no existe: febrero de 2025 tiene 28 "
        "días.",
    ]
    assert not await CourtFile.exists()
    shown = await looked(lawyer, up)
    assert (shown["importable"], shown["toAdd"], shown["problemCount"]) == (False, 1, 2)
    assert [(one["number"], one["outcome"]) for one in shown["rows"]["nodes"]] == [
        (2, "ADD"),
        (3, "WRONG"),
        (4, "WRONG"),
    ]
    assert shown["problems"]["nodes"][0] == {
        "row": 3, "column": "Clase", "value": "Juicio ordinaro", "reason": "No es una de las opciones.",
        "suggestion": "¿Juicio ordinario?",
    }  # fmt: skip


@pytest.mark.both_databases
async def test_all_rows_are_imported_in_one_deed_and_the_same_sheet_twice_adds_nothing(db: Any, lawyer: User) -> None:
    await court.notice(court_number="01173-2025-1", court="Juzgado Primero de Trabajo", due_on=date(2026, 3, 6))
    closed = {"stage": "Fenecido", "closed_on": "2025-06-30", "outcome": "Se desistió.", "court_number": "2"}
    coming = {"next_on": date(2026, 3, 9), "next_time": "9:30", "next_title": "Vista", "court_number": "3"}
    rows = [SUIT | {"lawyer": "ana nunez", "department": "alta verapaz", "note": "Urge"}, SUIT | closed, SUIT | coming,
            SUIT | {"court_number": "", "kind": "COMPLAINT", "next_on": "10-mar-26", "next_kind": "plazo"}]  # fmt: skip
    up = await sent(lawyer, *rows)

    report = (await done(lawyer, IMPORT, **up))["report"]

    assert (report["imported"], report["presentCount"], report["toAdd"], report["importable"]) == (4, 4, 0, False)
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
    assert files[0].source_note == f"Importado de «casos.xlsx», fila 2 ({up['sha256'][:16]})"
    dates = await CourtDate.all().order_by("on_date").values_list("title", "at_time", "on_date")
    assert [(title, at) for title, at, _ in dates] == [
        ("Responder la notificación: Se corre audiencia", ""), ("Vista", "09:30"), ("Plazo anotado al importar", ""),
    ]  # fmt: skip
    assert (await CourtNotice.get()).court_file_id == files[0].id
    deed = await AuditEntry.get(verb=Verb.IMPORT_COURT_FILES)
    assert deed.summary.startswith(
        "Ana Núñez importó 4 expedientes judiciales, JUD-2026-0001 a JUD-2026-0004, de «casos"
    )
    assert deed.summary.endswith("Se vinculó una notificación.")
    assert (await StoredFile.get(id=int(deed.subject_id))).used

    again = await refused(lawyer, IMPORT, **up)
    assert [(one.code, "ya están registradas" in one.message) for one in again] == [("NOT_ALLOWED_NOW", True)]
    # Sent anew, and changed since in what may change: still the same files.
    await CourtFile.filter(id=files[3].id).update(court_number="MP001-2026-7", note="otra", stage=CourtStage.RULED)
    anew = await sent(lawyer, *rows, SUIT | {"court_number": "5"})
    shown = await looked(lawyer, anew)
    assert (shown["presentCount"], shown["toAdd"], shown["imported"]) == (4, 1, 0)
    await done(lawyer, IMPORT, **anew)
    assert await CourtFile.all().count() == 5
    found = """query { courtFiles(filter: { search: "lopez verapaz" }) { nodes { code } } }"""
    assert (await told(lawyer, found))["courtFiles"]["nodes"] == [{"code": "JUD-2026-0001"}]


async def test_the_sheet_that_is_confirmed_is_the_one_that_was_looked_at(lawyer: User) -> None:
    up, other = await sent(lawyer, SUIT), await sent(lawyer, SUIT | {"court_number": "2"})
    said = await refused(lawyer, IMPORT, fileId=up["fileId"], sha256=other["sha256"])
    assert [one.path for one in said] == ["sha256"]
    colleague = await builders.person(Role.LEGAL)
    assert [one.code for one in await refused(colleague, IMPORT, **up)] == ["NOT_FOUND"]
    assert await told(colleague, LOOK, id=up["fileId"]) == {"courtImport": None}
    for given in ("", "x", id_text("File"), id_text("CourtFile")):
        assert await told(lawyer, LOOK, id=given) == {"courtImport": None}
    pdf = await sent_up(lawyer)
    answer = await ask(lawyer, LOOK, id=pdf["id"])
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "hojas de cálculo" in answer["errors"][0]["message"]
    said = await refused(lawyer, IMPORT, fileId=pdf["id"])
    assert [(one.code, one.path) for one in said] == [("FILE_REFUSED", "fileId")]


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"kind": ""}, "Clase", "Falta"),
        ({"court": " "}, "Juzgado", "Escriba"),
        ({"court": "x" * 201}, "Juzgado", "200 caracteres"),
        ({"court_number": "9" * 61}, "Número", "60 caracteres"),
        ({"claimants": "", "defendants": ""}, "Actores", "al menos una parte"),
        ({"claimants": "a\u202eb"}, "Actores", "control"),
        ({"subject": "x" * 301}, "Asunto", "300 caracteres"),
        ({"opened_on": ""}, "Fecha de inicio", "Falta"),
        ({"opened_on": "03/03/2026"}, "Fecha de inicio", "a hoy"),
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
        ({"stage": "Fenecido", "closed_on": "01/02/2025", "outcome": "x", "next_on": "09/03/2026"}, "Próxima fecha",
         "no tiene"),
        ({"department": "Antigua"}, "Departamento", "No se conoce"),
        ({"department": "99"}, "Departamento", "No se conoce"),
        ({"lawyer": "Nadie"}, "Abogado", "cuenta activa"),
    ],
)  # fmt: skip
async def test_every_cell_that_cannot_be_is_named(
    lawyer: User, cells: dict[str, Any], column: str, reason: str
) -> None:
    shown = await looked(lawyer, await sent(lawyer, SUIT | cells))
    (one,) = shown["problems"]["nodes"]
    assert (one["row"], one["column"]) == (2, column)
    assert reason in one["reason"]
    assert shown["importable"] is False


async def test_places_and_people_are_found_by_their_spellings(lawyer: User) -> None:
    await DepartmentAlias.create(alias="Alta Verapáz Norte", department_id="16")
    await MunicipalityAlias.create(alias="Mizco", search="mizco", municipality_id=builders.MIXCO)
    written = ["16", "1", "ALTA VERAPAZ", "alta verapaz norte", "Cobán", "Mizco", "guatemala", ""]
    rows = [
        SUIT | {"department": one, "court_number": str(n), "lawyer": lawyer.email} for n, one in enumerate(written, 1)
    ]
    await done(lawyer, IMPORT, **await sent(lawyer, *rows))
    codes = await CourtFile.all().order_by("id").values_list("department_id", flat=True)
    assert codes == ["16", "01", "16", "16", "16", "01", "01", None]
    assert await CourtFile.filter(lawyer_id=lawyer.id).count() == len(written)
    near = await looked(lawyer, await sent(lawyer, SUIT | {"department": "Alta Verapas", "lawyer": "Ana Nunes"}))
    assert [one["suggestion"] for one in near["problems"]["nodes"]] == ["¿Alta Verapaz?", "¿Ana Núñez?"]


async def test_twins_inside_a_sheet_are_named(lawyer: User) -> None:
    twin = SUIT | {"court": "juzgado PRIMERO de trabájo", "subject": "Otro asunto"}
    bare = SUIT | {"court_number": ""}
    shown = await looked(lawyer, await sent(lawyer, SUIT, twin, bare, bare))
    assert [(one["row"], one["column"], one["reason"]) for one in shown["problems"]["nodes"]] == [
        (3, "Número", "Repite la fila 2."), (5, "Asunto", "Repite la fila 4."),
    ]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
async def test_texts_stay_texts_through_the_sheet_and_back(lawyer: User, text: str) -> None:
    up = await sent(lawyer, SUIT | {"subject": text, "court": text, "court_number": text, "note": text})
    await done(lawyer, IMPORT, **up)
    file = await CourtFile.get()
    assert (file.subject, file.court, file.court_number, file.note) == (text,) * 4
    wrong = await sent(lawyer, SUIT | {"kind": text})
    answer = await request(lawyer, "GET", f"/judiciales/importar/{wrong['fileId']}/errores.xlsx")
    assert answer.status_code == 200
    inspect_upload(answer.content, "errores.xlsx")
    rows = load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[0] == ["Fila", "Columna", "Valor", "Qué pasa", "Sugerencia"]
    assert rows[1][:3] == [2, "Clase", text]


async def test_a_text_table_imports_too_and_is_no_paper(lawyer: User) -> None:
    data = "Clase;Juzgado;Actor;Fecha;Color\nDenuncia;MP;=1+1;24/01/2025;azul\n".encode("cp1252")
    up = await sent_up(lawyer, "casos.csv", data)
    shown = await looked(lawyer, {"fileId": up["id"]})
    assert (shown["ignoredColumns"], shown["toAdd"]) == (["Color"], 1)
    file = await builders.court_file()
    paper = {"courtFileId": id_of(file), "title": "Tabla", "datedOn": "2026-03-02"}
    (said,) = await refused(lawyer, court.ADD_PAPER, **paper, fileId=up["id"])
    assert (said.code, "solo sirve para importar" in said.message) == ("FILE_REFUSED", True)
    await done(lawyer, IMPORT, fileId=up["id"], sha256=up["sha256"])
    assert await CourtFile.exists(claimants="=1+1", court="MP")


async def test_the_template_is_what_the_import_reads(lawyer: User, clock: Clock) -> None:
    answer = await request(lawyer, "GET", "/judiciales/importar/plantilla.xlsx")
    assert answer.headers["content-disposition"] == 'attachment; filename="expedientes-judiciales.xlsx"'
    inspect_upload(answer.content, "plantilla.xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    assert [sheet.name for sheet in book.sheets_metadata] == ["Expedientes", "Ejemplo", "Listas"]
    assert book.get_sheet_by_name("Expedientes").to_python() == [[one.label for one in COLUMNS]]
    lists = list(zip(*book.get_sheet_by_name("Listas").to_python(), strict=True))
    assert ("Denuncia" in lists[0], "Alta Verapaz" in lists[1], "Ana Núñez" in lists[2], "Fenecido" in lists[3]) == (
        True,
    ) * 4
    empty = await sent_up(lawyer, "plantilla.xlsx", answer.content)
    shown = await looked(lawyer, {"fileId": empty["id"]})
    assert (shown["toAdd"], shown["importable"]) == (0, False)
    # Its examples, moved to the first sheet, would pass.
    filled = [dict(zip(KEYS, row, strict=True)) for row in template_rows(today())]
    shown = await looked(lawyer, await sent(lawyer, *filled))
    assert (shown["problems"]["nodes"], shown["toAdd"]) == ([], 2)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.LEGAL, Role.LEGAL_HEAD, Role.SYSTEM)])
async def test_nobody_else_imports_or_sees_a_sheet(role: Role, lawyer: User) -> None:
    up = await sent(lawyer, SUIT)
    person = await builders.person(role)
    await forbidden(person, IMPORT, **up)
    answer = await ask(person, LOOK, id=up["fileId"])
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    await done(lawyer, IMPORT, **up)
    key = (await StoredFile.get()).id
    assert (await request(lawyer, "GET", f"/files/{key}")).status_code == 200
    assert (await request(person, "GET", f"/files/{key}")).status_code == (200 if role == Role.AUDITOR else 404)
    for path in ("plantilla.xlsx", f"{up['fileId']}/errores.xlsx", ""):
        assert (await request(person, "GET", f"/judiciales/importar/{path}".rstrip("/"))).status_code == 403


async def test_five_thousand_rows_in_one_deed_with_flat_memory(lawyer: User) -> None:
    up = await sent(
        lawyer, *(SUIT | {"court_number": f"01173-2025-{n}", "subject": "Prestaciones " * 10} for n in range(5000))
    )
    begun = time.monotonic()
    tracemalloc.start()
    report = (await done(lawyer, IMPORT, **up))["report"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"5000 rows imported: {time.monotonic() - begun:.1f} s under tracing, {peak / 1e6:.0f} MB")
    assert report["imported"] == await CourtFile.all().count() == 5000
    assert peak < 120_000_000
    deed = await AuditEntry.get(verb=Verb.IMPORT_COURT_FILES)
    assert len(deed.changes) == 1, "the sealed entry says how many and of which sheet, not every cell"
    again = await looked(lawyer, up, first=200)
    assert (again["presentCount"], again["rows"]["totalCount"], len(again["rows"]["nodes"])) == (5000, 5000, 200)
    over = await sent_up(lawyer, "casos.xlsx", sheet(*(SUIT | {"court_number": str(n)} for n in range(5001))))
    said = await refused(lawyer, IMPORT, fileId=over["id"])
    assert "más de 5,000 filas" in said[0].message


# Page ----------------------------------------------------------------------------------------------------------------


async def test_on_the_page_a_sheet_is_looked_at_mended_and_confirmed(
    lawyer: User, app_client: httpx.AsyncClient
) -> None:
    await enter(app_client, lawyer)
    page = await app_client.get("/judiciales/importar")
    assert 'href="/judiciales/importar/plantilla.xlsx"' in page.text
    wrong = {"fileId": ("casos.xlsx", sheet(SUIT, SUIT | {"kind": "Nada", "court_number": "2"}))}
    looked_at = await send(app_client, page, form(page, "ImportCourtFiles"), wrong)
    assert looked_at.status_code == 303, looked_at.text
    page = await app_client.get(looked_at.headers["location"])
    assert "Todavía no se registró nada." in page.text
    assert "No es una de las opciones." in page.text
    assert "errores.xlsx" in page.text
    assert "sha256" not in form(page, "ImportCourtFiles").values
    good = {"fileId": ("casos.xlsx", sheet(SUIT, SUIT | {"court_number": "2"}))}
    looked_at = await send(app_client, page, form(page, "ImportCourtFiles"), good)
    page = await app_client.get(looked_at.headers["location"])
    assert "Importar 2 expedientes" in page.text
    assert "01173-2025-1" in page.text
    assert not await CourtFile.exists()
    digest = (await StoredFile.all().order_by("-id").first()).sha256  # type: ignore[union-attr]
    confirmed = await send(app_client, page, form(page, "ImportCourtFiles", sha256=digest))
    assert confirmed.status_code == 303, confirmed.text
    page = await app_client.get(confirmed.headers["location"])
    assert "Los 2 expedientes de esta hoja están registrados." in page.text
    assert await CourtFile.all().count() == 2
    page = await app_client.get("/judiciales/importar")
    other = {"fileId": ("x.csv", b"nada;de\neso;\n")}
    again = await send(app_client, page, form(page, "ImportCourtFiles"), other)
    assert again.status_code == 422
    assert "No se encontró la fila de encabezados" in again.text
