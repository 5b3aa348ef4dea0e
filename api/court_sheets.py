"""Workbooks about the import of court files: the template to fill in, and what is wrong with a sheet that was sent."""

import asyncio

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from actions.court_columns import COLUMNS, template_rows
from actions.court_import import MOST_ROWS, ImportPlan, plan_import
from actions.refusals import Refusal
from api.login import who
from api.templating import render
from documents.workbooks import Column, SheetPlan, make_workbook
from models.audit import Verb
from models.clock import today
from models.court import COURT_KIND_LABELS, COURT_STAGE_LABELS, DATE_KIND_LABELS
from models.people import User
from models.permissions import may
from reads.people import lawyers
from reads.places import all_departments
from schema.ids import row_id

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

HINTS = {
    "kind": "Elija de la lista.",
    "court": "Nombre completo del juzgado u órgano.",
    "court_number": "Tal como está en la carátula. Vacío si todavía no tiene.",
    "claimants": "Quienes demandan o denuncian, separados por punto y coma.",
    "defendants": "Quienes son demandados o denunciados, separados por punto y coma.",
    "department": "Del juzgado. Vacío si no consta.",
    "lawyer": "Nombre o correo de quien lo lleva. Vacío si nadie.",
    "stage": "Vacío: Presentado.",
    "opened_on": "Día/mes/año, como 24/01/2025.",
    "closed_on": "Solo si ya feneció.",
    "outcome": "Solo si ya feneció: en qué terminó.",
    "next_on": "Próxima audiencia o plazo, si tiene.",
    "next_time": "Como 09:30.",
}
"""What a person reads who stands on a cell of the template."""

WIDE = {"court": 34, "claimants": 34, "defendants": 34, "subject": 34, "outcome": 30, "note": 34, "court_number": 22}


async def _who_imports(request: Request) -> User | Response:
    person = await who(request)
    if person is None:
        return RedirectResponse("/ingresar?next=/judiciales/importar", 303)
    if not may(person, Verb.IMPORT_COURT_FILES):
        return await render(request, "forbidden.html", {}, status=403, person=person)
    return person


def _given(data: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=EXCEL, headers=headers)


async def template(request: Request) -> Response:
    """Give the template: headings with lists of what may be chosen, and a sheet with examples."""
    person = await _who_imports(request)
    if isinstance(person, Response):
        return person
    choices = {
        "kind": list(COURT_KIND_LABELS.values()),
        "stage": list(COURT_STAGE_LABELS.values()),
        "next_kind": list(DATE_KIND_LABELS.values()),
        "department": [row["name"] for row in await all_departments()],
        "lawyer": [one.name for one in await lawyers()],
    }
    columns = [
        Column(one.label, WIDE.get(one.key, 18), choices.get(one.key, ()), HINTS.get(one.key, "")) for one in COLUMNS
    ]
    plain = [Column(one.label, WIDE.get(one.key, 18)) for one in COLUMNS]
    sheets = [SheetPlan("Expedientes", columns), SheetPlan("Ejemplo", plain, template_rows(today()))]
    title = f"Expedientes judiciales, hasta {MOST_ROWS} filas"
    return _given(await asyncio.to_thread(make_workbook, sheets, title=title), "expedientes-judiciales.xlsx")


async def errors(request: Request) -> Response:
    """Give what is wrong with a sheet that this person sent, a cell a row, to be mended beside it."""
    person = await _who_imports(request)
    if isinstance(person, Response):
        return person
    try:
        key = row_id(request.path_params["key"], "File", path="fileId")[1]
        plan = await plan_import(actor=person, file_id=key)
    except Refusal:
        return await render(request, "missing.html", {}, status=404, person=person)
    return _given(await asyncio.to_thread(_workbook_of, plan), "errores-de-la-hoja.xlsx")


def _workbook_of(plan: ImportPlan) -> bytes:
    columns = (
        Column("Fila", 8),
        Column("Columna", 20),
        Column("Valor", 34),
        Column("Qué pasa", 60),
        Column("Sugerencia", 44),
    )
    rows = [(one.row, one.column, one.value, one.reason, one.suggestion) for one in plan.problems]
    return make_workbook([SheetPlan("Errores", columns, rows)], title=f"Errores de {plan.file.filename}")
