"""The application: every route on one page, the guard around them, the database for as long as it lives."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from api import center_pages, report, sheet_templates, template_files, transparency
from api.calendars import calendar
from api.endpoint import Endpoint
from api.exports import export_routes
from api.files import download, upload
from api.guard import middleware, prefers_html
from api.health import live, ready
from api.login import home_of, sign_in_page, sign_out_page, who
from api.mailbox import mailbox
from api.outgoing import book_docx
from api.pages import Page, routes
from api.sheet_pictures import sheet_picture
from api.static_files import LastingFiles
from api.templating import render
from api.unsubscribe import stop_messages
from api.verification import FileVerifier
from logs import configure_log
from models.allowed import ALLOWED, IMPORTERS, LEGAL_OFFICE
from models.audit import Verb
from models.database import database
from models.people import Role
from schema.archive import KEEPERS
from schema.context import Context
from schema.engine import WATCHERS
from schema.root import build_schema
from settings import PROJECT, settings

LEGAL = frozenset({Role.LEGAL, Role.LEGAL_HEAD, Role.AUDITOR, Role.ADMIN})
"""Who opens the legal office's desks and the catalogs; what each may change there is the actions' to say."""

CENTRAL = frozenset(Role) - {Role.MUNICIPAL}
"""Everybody but the municipalities."""

STARTERS = ALLOWED[Verb.START_BATCH]
"""Who starts many renewals at once."""

COURT_READERS = LEGAL_OFFICE | {Role.AUDITOR}
"""Who opens the pages about court files, which are reserved: nobody else, whatever else she or he administers."""

SYSTEMS = frozenset({Role.ADMIN, Role.AUDITOR})
"""Who opens the pages about the institution's other systems."""

UPLOADS = (
    "/files", "/convenios", "/expedientes", "/compromisos", "/arrendamientos", "/licencias", "/supervision",
    "/centros", "/judiciales", "/documentos", "/administracion/plantillas", "/verificar", "/importar",
)  # fmt: skip
"""Where forms and the API may send files."""

PAGES = [
    Page("/municipalidad", "municipal_home", roles=frozenset({Role.MUNICIPAL})),
    Page(
        "/convenios/{number}/renovar",
        "renewal_form",
        must="convention",
        after={"RequestRenewal": "/expedientes/{review[code]}"},
    ),
    Page(
        "/convenios/{number}/adenda",
        "amend_form",
        must="convention",
        gives=frozenset({"PreviewAmendment"}),
        after={"AmendConvention": "/convenios/{convention[number]}"},
        roles=LEGAL,
    ),
    Page("/convenios/{number}/compromisos", "commitment_form", must="convention"),
    Page("/compromisos", "commitments"),
    Page("/compromisos/{id}", "commitment", must="commitment"),
    Page(
        "/convenios/{number}/terminar",
        "terminate_form",
        must="convention",
        after={"TerminateConvention": "/convenios/{convention[number]}"},
        roles=LEGAL,
    ),
    Page("/expedientes", "legal_inbox"),
    Page(
        "/expedientes/nuevo",
        "intake_form",
        after={"RegisterReview": "/expedientes/{review[code]}"},
        roles=LEGAL_OFFICE,
    ),
    Page("/expedientes/{code}", "review_file", must="legalReview"),
    Page(
        "/expedientes/{code}/devolver",
        "return_form",
        must="legalReview",
        gives=frozenset({"PreviewDraft"}),
        after=dict.fromkeys(("ReturnReview", "SubmitDraft"), "/expedientes/{review[code]}"),
        roles=LEGAL,
    ),
    Page(
        "/expedientes/{code}/dictamen",
        "dictamen_form",
        must="legalReview",
        gives=frozenset({"PreviewDraft"}),
        after=dict.fromkeys(("IssueDictamen", "SubmitDraft"), "/expedientes/{review[code]}"),
        roles=LEGAL,
    ),
    Page("/expedientes/{code}/motor", "review_engine", must="legalReview"),
    Page("/documentos", "documents", roles=LEGAL),
    Page(
        "/documentos/nuevo",
        "document_form",
        gives=frozenset({"PreviewDocument"}),
        after={"IssueDocument": "/documentos?filter.search={document[number]}"},
        roles=LEGAL_OFFICE,
    ),
    Page(
        "/documentos/{id}/anular",
        "void_form",
        must="officialDocument",
        after={"VoidDocument": "/documentos?filter.search={document[number]}"},
        roles=LEGAL,
    ),
    Page("/documentos/{id}", "paper_file", must="officialDocument"),
    Page("/documentos/{id}/vista", "paper_view", must="officialDocument"),
    Page("/libro-de-salida", "outgoing_book", must="outgoingBook", roles=LEGAL),
    Page("/correlativos", "series", roles=LEGAL),
    Page(
        "/expedientes/{code}/borrador", "draft", must="legalReview", after={"DecideDraft": "/borradores"}, roles=LEGAL
    ),
    Page("/borradores", "drafts_waiting", roles=LEGAL),
    Page("/convenios", "conventions"),
    Page(
        "/convenios/nuevo",
        "convention_form",
        after={"RequestConvention": "/expedientes/{review[code]}"},
    ),
    Page("/instituciones", "institutions", roles=CENTRAL),
    Page("/autoridades", "office_holders", roles=LEGAL),
    Page("/convenios/{number}", "convention_file", must="convention"),
    Page("/arrendamientos", "leases", roles=CENTRAL),
    Page("/arrendamientos/nuevo", "lease_form", after={"RequestLease": "/expedientes/{review[code]}"}, roles=CENTRAL),
    Page(
        "/arrendamientos/{number}",
        "lease_file",
        must="lease",
        after={"RenewLease": "/expedientes/{review[code]}"},
        roles=CENTRAL,
    ),
    Page(
        "/arrendamientos/{number}/corregir",
        "lease_change",
        must="lease",
        after={"ChangeLease": "/arrendamientos/{lease[number]}"},
        roles=CENTRAL,
    ),
    Page(
        "/arrendamientos/{number}/documento",
        "lease_paper_form",
        must="lease",
        gives=frozenset({"PreviewLeasePaper"}),
        after={"IssueLeasePaper": "/arrendamientos/{lease[number]}"},
        roles=LEGAL,
    ),
    Page("/licencias", "licenses"),
    Page(
        "/licencias/nueva",
        "license_form",
        after={"RequestLicense": "/expedientes/{review[code]}", "RecordLicense": "/licencias/{license[number]}"},
        roles=CENTRAL,
    ),
    Page(
        "/licencias/{number}",
        "license_file",
        must="sanitaryLicense",
        after={"RequestLicense": "/expedientes/{review[code]}"},
    ),
    Page("/firmas", "to_sign"),
    *center_pages.PAGES,
    Page("/vencimientos", "renewals_due"),
    Page("/renovaciones", "renewals", roles=STARTERS | {Role.AUDITOR, Role.ADMIN}),
    Page("/renovaciones/plan", "renewal_workload", roles=STARTERS | {Role.COORDINATOR, Role.AUDITOR, Role.ADMIN}),
    Page("/renovaciones/iniciar", "renewals_start", after={"StartRenewals": "/lotes/{batch[id]}"}, roles=STARTERS),
    Page("/lotes", "batches", roles=STARTERS | {Role.AUDITOR, Role.ADMIN}),
    Page("/lotes/documentos", "papers_choose", roles=STARTERS),
    Page("/lotes/documentos/iniciar", "papers_start", after={"StartPapers": "/lotes/{batch[id]}"}, roles=STARTERS),
    Page("/lotes/{id}", "batch", must="batch", roles=STARTERS | {Role.AUDITOR, Role.ADMIN}),
    Page("/calendario", "calendar"),
    Page("/tablero", "dashboard", roles=CENTRAL),
    *report.PAGES,
    Page("/administracion", "administration", roles=LEGAL),
    Page("/administracion/motor", "engine", must="engineStatus", roles=WATCHERS),
    Page("/administracion/archivo", "archive", must="archive", roles=KEEPERS),
    Page("/administracion/calendario", "holidays", roles=LEGAL),
    Page("/administracion/sedes", "offices", roles=LEGAL | {Role.COORDINATOR, Role.DIRECTOR}),
    Page("/administracion/escalas", "ladders", roles=CENTRAL),
    Page("/administracion/parametros", "parameters", roles=LEGAL),
    Page("/administracion/asignaciones", "allowances", roles=CENTRAL),
    Page("/administracion/sistemas", "webhooks", shows=frozenset({"AddWebhook"}), roles=SYSTEMS),
    Page("/administracion/sistemas/{id}", "webhook", must="node", shows=frozenset({"RotateSecret"}), roles=SYSTEMS),
    *template_files.PAGES,
    Page("/administracion/requisitos", "requirement_catalog", roles=LEGAL),
    Page("/administracion/requisitos/{code}", "requirement", must="requirement", roles=LEGAL),
    Page("/judiciales", "court_files", roles=COURT_READERS),
    Page(
        "/judiciales/nuevo",
        "court_file_form",
        after={"RegisterCourtFile": "/judiciales/{courtFile[code]}"},
        roles=LEGAL_OFFICE,
    ),
    Page("/judiciales/agenda", "court_agenda", roles=COURT_READERS),
    Page("/judiciales/notificaciones", "court_notices", roles=COURT_READERS),
    Page("/judiciales/notificaciones/{id}", "court_notice", must="node", roles=COURT_READERS),
    Page("/judiciales/{code}", "court_file", must="courtFile", roles=COURT_READERS),
    Page(
        "/importar",
        "imports",
        after={"StartImport": "/importar/{sheetImport[id]}"},
        roles=IMPORTERS | {Role.AUDITOR},
    ),
    Page("/importar/{id}", "import", must="sheetImport", roles=IMPORTERS | {Role.AUDITOR}),
    Page("/avisos", "notices"),
    Page("/avisos/rechazados", "bounces", roles=LEGAL),
    Page("/avisos/{id}", "notice", must="notice", after={"ResendNotice": "/avisos/{notice[id]}"}),
    Page("/mis-avisos", "my_notices"),
    Page("/mis-calendarios", "my_calendars", shows=frozenset({"CreateFeed"})),
    Page("/contactos", "contacts", roles=LEGAL | {Role.MUNICIPAL}),
    Page("/verificar/{code}", "verify", public=True),
    Page("/seguimiento", "track", public=True),
    Page("/seguimiento/{code}", "track", public=True),
    *transparency.PAGES,
]
"""Every page with its path; what each asks and does stands in its .graphql file."""


async def home(request: Request) -> Response:
    """Send each person where the day begins, and everybody else to what is public."""
    person = await who(request)
    return RedirectResponse(home_of(person) if person else "/ingresar", 303)


async def context_of(request: HTTPConnection, response: Any) -> Context:
    """Make what one GraphQL request carries; a cookie that another site made the browser send stands for nobody."""
    actor = await who(request, by_cookie=not request.state.from_elsewhere)
    return Context(actor=actor, request_id=getattr(request.state, "request_id", ""))


async def missing(request: Request, error: Exception) -> Response:
    """Answer an unknown address with a page that leads back."""
    return await render(request, "missing.html", {}, status=404, person=await who(request))


async def refused(request: Request, error: Exception) -> Response:
    """Answer what Starlette refuses in English, as a method that an address does not take, in words of ours."""
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        code, message = "METHOD_NOT_ALLOWED", "Esta dirección no se abre así. Use los botones de las páginas."
    else:
        code, message = "BAD_REQUEST", "La solicitud no se puede atender tal como llegó."
    headers = dict(error.headers or {})
    if not prefers_html(request.headers.get("accept", "")):
        body = {"errors": [{"message": message, "extensions": {"code": code}}]}
        return JSONResponse(body, error.status_code, headers)
    person = await who(request)
    context = {"message": message}
    return await render(request, "bad_request.html", context, status=error.status_code, person=person, headers=headers)


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Keep the database open around the application, for requests born in other tasks too."""
    async with database(everywhere=True):
        yield


def build_app() -> Starlette:
    """Return the application; a page whose operation the schema does not know stops the start."""
    configure_log()
    schema = build_schema(demo=settings().demo)
    endpoint = Endpoint(schema, context_of)
    return Starlette(
        routes=[
            Route("/", home),
            Route("/live", live),
            Route("/ready", ready),
            Route("/ingresar", sign_in_page, methods=["GET", "POST"]),
            Route("/salir", sign_out_page, methods=["POST"]),
            Route("/graphql", endpoint),
            Route("/files", upload, methods=["POST"]),
            Route("/files/{key}", download),
            Route("/documentos/{id}/hojas/{number}.png", sheet_picture),
            *report.ROUTES,
            Route("/libro-de-salida.docx", book_docx),
            Route("/importar/plantillas/{kind}.xlsx", sheet_templates.template),
            Route("/calendarios/{secret}.ics", calendar),
            Route("/avisos/baja/{code}", stop_messages, methods=["GET", "POST"]),
            Route("/verificar", FileVerifier(schema).answer, methods=["GET", "POST"]),
            *template_files.ROUTES,
            *transparency.ROUTES,
            # Before the pages: «/judiciales/agenda.csv» is no file's code.
            *export_routes(PAGES, schema),
            *routes(PAGES, schema),
            *([Route("/correo", mailbox)] if settings().demo else []),
            Mount("/static", LastingFiles(directory=PROJECT / "api" / "static")),
        ],
        middleware=[
            *middleware(
                settings().address(),
                upload_paths=UPLOADS,
            ),
            # Slow lines are the rule; no answer holds a secret beside what a stranger can make it echo.
            Middleware(GZipMiddleware, minimum_size=1000, compresslevel=6),
        ],
        exception_handlers={404: missing, HTTPException: refused},
        lifespan=lifespan,
    )
