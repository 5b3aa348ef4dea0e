"""The workbook to fill in for each kind of import: headings with lists and hints, and a sheet with examples."""

import asyncio

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from actions.imports import may_bring
from actions.sheet_catalog import SHEETS
from actions.sheet_facts import Facts, facts_for
from actions.sheets import MOST_ROWS, Sheet
from api.login import who
from api.templating import render
from documents.media_types import EXCEL
from documents.workbooks import Column, SheetPlan, make_workbook
from models.clock import today
from models.fields import folded
from models.imports import SheetKind
from schema.labels import label


async def template(request: Request) -> Response:
    """Give the template of a kind, with what this person may choose in its lists."""
    person = await who(request)
    if person is None:
        return RedirectResponse("/ingresar?next=/importar", 303)
    kind = request.path_params["kind"]
    if kind not in SHEETS:
        return await render(request, "missing.html", {}, status=404, person=person)
    if not may_bring(person, SheetKind(kind)):
        return await render(request, "forbidden.html", {}, status=403, person=person)
    sheet, facts = SHEETS[SheetKind(kind)], await facts_for(person, SheetKind(kind))
    data = await asyncio.to_thread(_workbook, sheet, facts)
    stem = folded(label(sheet.kind)).replace(" ", "-")
    return Response(
        data, media_type=EXCEL, headers={"Content-Disposition": f'attachment; filename="plantilla-{stem}.xlsx"'}
    )


def _workbook(sheet: Sheet, facts: Facts) -> bytes:
    title = label(sheet.kind)
    columns = [Column(one.label, one.width, one.offers(facts), one.hint, one.free, one.text) for one in sheet.columns]
    plain = [Column(one.label, one.width) for one in sheet.columns]
    shown = [[row.get(one.key) for one in sheet.columns] for row in sheet.examples(today())]
    sheets = [SheetPlan(title[:31], columns), SheetPlan("Ejemplo", plain, shown)]
    return make_workbook(sheets, title=f"{title}, hasta {MOST_ROWS:,} filas")
