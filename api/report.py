"""The annual report: its pages, and as downloads /informe.docx, .xlsx and .csv, for the same people."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from actions.report_papers import chapter_of, plain_tables, word_of, workbook_of
from api.login import who
from api.pages import Page
from api.templating import render
from documents.media_types import EXCEL, WORD
from documents.report_chapter import Chapter
from documents.report_csv import report_csv as written
from models.people import Role
from models.permissions import SEES_ALL
from reads.report import annual_report, reads_report
from reads.report_tables import ReportTable
from schema.masking import CodedError
from schema.report import period

READERS = SEES_ALL - {Role.SYSTEM}
"""Who reads the report."""

Make = Callable[[Chapter, Sequence[ReportTable]], Awaitable[bytes]]


async def _csv(chapter: Chapter, tables: Sequence[ReportTable]) -> bytes:
    return written(chapter.first, chapter.last, plain_tables(tables, with_asides=True))


class Download:
    """Answers one kind of file of the report."""

    def __init__(self, extension: str, media_type: str, make: Make) -> None:
        self.extension = extension
        self.media_type = media_type
        self.make = make

    async def answer(self, request: Request) -> Response:
        """Give the tables of a period."""
        person = await who(request)
        if person is None:
            return RedirectResponse("/ingresar?next=/informe", 303)
        if not reads_report(person):
            return await render(request, "forbidden.html", {}, status=403, person=person)
        given = request.query_params
        try:
            days = [date.fromisoformat(given[name]) if given.get(name) else None for name in ("from", "to", "asOf")]
            first, last = period(*days)
        except (CodedError, ValueError) as wrong:
            message = wrong.message if isinstance(wrong, CodedError) else "Escriba fechas que existan, como 2026-03-31."
            return await render(request, "bad_request.html", {"message": message}, status=400, person=person)
        tables = await annual_report(person, first, last, on=days[2])
        data = await self.make(chapter_of(first, last, as_of=days[2]), tables)
        name = f"informe-{first}-{last}.{self.extension}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(data, media_type=self.media_type, headers=headers)


PAGES = [
    Page(
        "/informe",
        "annual_report",
        after={"IssueReport": "/informe/emitidos/{issuedReport[id]}"},
        roles=READERS,
    ),
    Page("/informe/emitidos", "issued_reports", roles=READERS),
    Page("/informe/emitidos/{id}", "issued_report", must="issuedReport", roles=READERS),
]

ROUTES = [
    Route("/informe.csv", Download("csv", "text/csv; charset=utf-8", _csv).answer),
    Route("/informe.docx", Download("docx", WORD, word_of).answer),
    Route("/informe.xlsx", Download("xlsx", EXCEL, workbook_of).answer),
]
