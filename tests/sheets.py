"""Spreadsheets as tests bring them in: a template's workbook with rows, its dry run, its import."""

from typing import Any

from actions.import_claims import due_imports
from actions.sheet_catalog import SHEETS
from documents.workbooks import Column, SheetPlan, make_workbook
from models.imports import SheetKind
from models.people import User
from tests.door import done, sent_up, told
from workflows.imports import work_on

START = """mutation ($input: StartImportInput!) { startImport(input: $input) {
    sheetImport { id } errors { code message path } } }"""
CONFIRM = """mutation ($input: ConfirmImportInput!) { confirmImport(input: $input) {
    sheetImport { id state } errors { code message path } } }"""
DISCARD = """mutation ($input: DiscardImportInput!) { discardImport(input: $input) {
    sheetImport { id state } errors { code message path } } }"""
LOOK = """query ($id: ID!) { sheetImport(id: $id) {
    id kind state rowsTotal rowsRead toAdd presentCount wrongCount ignoredColumns said version importable
    file { filename sha256 url } errorsFile { url filename }
    problems { row column value reason suggestion warning } sample { row words present } } }"""


def workbook(kind: SheetKind, *rows: dict[str, Any]) -> bytes:
    """Return a workbook with the template's columns and these rows."""
    columns = SHEETS[kind].columns
    cells = [[row.get(one.key) for one in columns] for row in rows]
    return make_workbook([SheetPlan("Hoja", [Column(one.label) for one in columns], cells)], title="x")


async def sent(person: User, kind: SheetKind, *rows: dict[str, Any], name: str = "hoja.xlsx") -> str:
    """Send a sheet for its dry run and return the import's id."""
    up = await sent_up(person, name, workbook(kind, *rows))
    return str((await done(person, START, kind=kind.value, fileId=up["id"]))["sheetImport"]["id"])


async def worked() -> int:
    """Let an engine do what is due; return how many imports it took up."""
    claims = await due_imports(5)
    for claim in claims:
        await work_on(claim)
    return len(claims)


async def looked(person: User, key: str) -> dict[str, Any]:
    """Return an import as its page shows it."""
    return dict((await told(person, LOOK, id=key))["sheetImport"])


async def checked(person: User, kind: SheetKind, *rows: dict[str, Any]) -> dict[str, Any]:
    """Return the dry run of a sheet with these rows."""
    key = await sent(person, kind, *rows)
    await worked()
    return await looked(person, key)


async def confirmed(person: User, shown: dict[str, Any]) -> dict[str, Any]:
    """Confirm what was looked at, let an engine write it, and return the import."""
    await done(person, CONFIRM, importId=shown["id"], sha256=shown["file"]["sha256"], expectedVersion=shown["version"])
    await worked()
    return await looked(person, shown["id"])


async def brought(person: User, kind: SheetKind, *rows: dict[str, Any]) -> dict[str, Any]:
    """Bring a sheet in that has nothing wrong."""
    shown = await checked(person, kind, *rows)
    assert shown["problems"] == [], shown["problems"]
    after = await confirmed(person, shown)
    assert after["state"] == "DONE", after
    return after
