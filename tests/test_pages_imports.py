"""The pages that bring spreadsheets in: the template, the sheet that is looked at, mended and confirmed."""

import io

import httpx
import pytest
from python_calamine import load_workbook

from actions.sheet_catalog import SHEETS
from documents.uploads import inspect_upload
from models.allowed import IMPORTERS, IMPORTS
from models.centers import Center
from models.clock import today
from models.imports import SheetKind
from models.people import Role, User
from tests import builders
from tests.browsing import enter, form, forms, send
from tests.sheets import brought, workbook, worked

pytestmark = pytest.mark.usefixtures("db", "clock")

CAD = {"code": "CAD-1", "name": "CAD Uno", "kind": "CAD", "municipality": "1610"}


@pytest.fixture
async def lawyer(db: object, clock: object) -> User:
    """A lawyer in an office that knows its places."""
    await builders.places()
    return await builders.person(Role.LEGAL, name="Ana Núñez")


async def test_a_sheet_is_looked_at_mended_and_confirmed(lawyer: User, app_client: httpx.AsyncClient) -> None:
    await enter(app_client, lawyer)
    page = await app_client.get("/importar")
    assert 'href="/importar/plantillas/CENTERS.xlsx"' in page.text
    wrong = {"fileId": ("centros.xlsx", workbook(SheetKind.CENTERS, CAD, CAD | {"code": "CAD-2", "kind": "Nada"}))}
    answer = await send(app_client, page, form(page, "StartImport"), wrong, kind="CENTERS")
    assert answer.status_code == 303, answer.text
    page = await app_client.get(answer.headers["location"])
    assert 'http-equiv="refresh"' in page.text
    assert "En espera" in page.text
    await worked()
    page = await app_client.get(answer.headers["location"])
    assert 'http-equiv="refresh"' not in page.text
    assert "Todavía no se registró nada." in page.text
    assert "No es una de las opciones." in page.text
    assert "Descargar las correcciones" in page.text
    assert [one.values["_operation"] for one in forms(page) if "_operation" in one.values] == ["DiscardImport"]
    await send(app_client, page, form(page, "DiscardImport"))
    assert "No se importó nada de esta hoja." in (await app_client.get(answer.headers["location"])).text

    page = await app_client.get("/importar")
    good = {"fileId": ("centros.xlsx", workbook(SheetKind.CENTERS, CAD, CAD | {"code": "CAD-2"}))}
    answer = await send(app_client, page, form(page, "StartImport"), good, kind="CENTERS")
    await worked()
    page = await app_client.get(answer.headers["location"])
    assert "Importar 2 filas" in page.text
    assert "CAD-2, CAD Uno, San Juan Chamelco" in page.text
    assert not await Center.exists()
    assert (await send(app_client, page, form(page, "ConfirmImport"))).status_code == 303
    assert "El sistema está registrando 2 filas." in (await app_client.get(answer.headers["location"])).text
    await worked()
    page = await app_client.get(answer.headers["location"])
    assert "Importada" in page.text
    assert await Center.all().count() == 2

    page = await app_client.get("/importar")
    assert "2 filas" in page.text
    again = await send(app_client, page, form(page, "StartImport"), good, kind="CENTERS")
    assert again.status_code == 422
    assert "Esta misma hoja ya se importó el 02/03/2026" in again.text
    assert "por Ana Núñez. No se hizo nada." in again.text
    page = await app_client.get("/importar?kind=COURT_FILES")
    assert form(page, "StartImport").values["kind"] == "COURT_FILES"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SYSTEM])
async def test_each_role_is_offered_what_it_may_bring(role: Role, app_client: httpx.AsyncClient) -> None:
    await builders.places()
    await enter(app_client, await builders.person(role))
    page = await app_client.get("/importar")
    assert page.status_code == (200 if role in IMPORTERS | {Role.AUDITOR} else 403)
    for kind, roles in IMPORTS.items():
        address = f"/importar/plantillas/{kind.value}.xlsx"
        assert (f'href="{address}"' in page.text) == (role in roles), kind
        assert (await app_client.get(address)).status_code == (200 if role in roles else 403), kind
    assert (await app_client.get("/importar/plantillas/NADA.xlsx")).status_code == 404
    home = await app_client.get("/avisos")
    assert ('href="/importar"' in home.text) == (role in IMPORTERS)


async def test_every_template_is_what_the_import_reads(app_client: httpx.AsyncClient) -> None:
    await builders.places()
    await builders.center("CAD de ejemplo", code="CAD-EJEMPLO-1")
    await builders.institution("Institución de Ejemplo")
    admin, lawyer = await builders.person(Role.ADMIN), await builders.person(Role.LEGAL, name="Ana Núñez")
    for kind, sheet in SHEETS.items():
        person = admin if admin.role in IMPORTS[kind] else lawyer
        await enter(app_client, person)
        answer = await app_client.get(f"/importar/plantillas/{kind.value}.xlsx")
        assert answer.headers["content-disposition"].startswith('attachment; filename="plantilla-')
        inspect_upload(answer.content, "plantilla.xlsx")
        book = load_workbook(io.BytesIO(answer.content))
        names = [one.name for one in book.sheets_metadata]
        assert names[1:] in (["Ejemplo"], ["Ejemplo", "Listas"]), kind
        assert book.get_sheet_by_name(names[0]).to_python() == [[one.label for one in sheet.columns]], kind
        examples = book.get_sheet_by_name("Ejemplo").to_python()[1:]
        assert len(examples) == len(sheet.examples(today()))
        # What the sheet of examples really holds passes, but for what is on record by now.
        keys = [one.key for one in sheet.columns]
        rows = [dict(zip(keys, row, strict=False)) for row in examples]
        after = await brought(person, kind, *rows)
        assert after["toAdd"] + after["presentCount"] == len(rows), kind
    lists = [list(column) for column in zip(*book.get_sheet_by_name("Listas").to_python(), strict=True)]
    assert any("1610 · San Juan Chamelco" in one for one in lists)
