"""The annual report as a download: /informe.csv, for the same people as its page."""

from datetime import date

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from actions.report_papers import plain_tables
from api.login import who
from api.templating import render
from documents.report_csv import report_csv as written
from reads.report import annual_report, reads_report
from schema.masking import CodedError
from schema.report import period


async def report_csv(request: Request) -> Response:
    """Give the tables of a period as CSV."""
    person = await who(request)
    if person is None:
        return RedirectResponse("/ingresar?next=/informe", 303)
    if not reads_report(person):
        return await render(request, "forbidden.html", {}, status=403, person=person)
    given = request.query_params
    try:
        first, last = period(*(date.fromisoformat(given[name]) if given.get(name) else None for name in ("from", "to")))
    except (CodedError, ValueError) as wrong:
        message = wrong.message if isinstance(wrong, CodedError) else "Escriba fechas que existan, como 2026-03-31."
        return await render(request, "bad_request.html", {"message": message}, status=400, person=person)
    tables = plain_tables(await annual_report(person, first, last), with_asides=True)
    name = f"informe-{first}-{last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(written(first, last, tables), media_type="text/csv; charset=utf-8", headers=headers)
