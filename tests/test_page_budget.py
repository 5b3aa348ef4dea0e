"""Every page on a slow line: its weight with the style sheet, its requests, and nothing from elsewhere or inline."""

import re
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from actions.calling import owe_call
from actions.reports import issue_report
from actions.webhooks import MOST_SYSTEMS
from api.app import PAGES
from documents.stems import spanish_stems
from documents.templates import template, template_text
from models.agreements import AgreementStage, Convention, LeaseForm
from models.archive import ArchiveCheck
from models.batches import Batch, BatchItem, BatchItemState, BatchKind, BatchState
from models.centers import Attendance, Center, CenterKind
from models.clock import now
from models.contributions import ContributionKind, ContributionParty
from models.conventions import Commitment
from models.imports import ImportState, SheetImport, SheetKind
from models.papers import OfficialDocument
from models.people import Role, User
from models.places import ProgramCode
from models.publications import IssuedReport, Publication
from models.renditions import PaperText
from models.reviews import LegalReview, ReviewStage
from models.templates import TemplateState, TemplateVersion
from models.webhooks import WebhookDelivery, WebhookEvent
from reads.archive import SHOWN
from reads.transparency import MARKS_SHOWN
from reads.transparency_rows import COLUMNS, ColumnKind
from schema.ids import global_id
from tests import builders, court, messages
from tests.browsing import enter
from tests.builders import CHAMELCO
from tests.conftest import Clock, FreshDatabase
from tests.door import id_of
from tests.premises import delegated, lease_in
from tests.receivers import system

MOST_BYTES = 14 * 1024
"""As they travel: what fits into the first round of a fresh connection."""
MOST_REQUESTS = 3
ROWS = 30
"""More than one page of any list."""

LEASE, LICENSE = "ARR-2026-0099", "LIC-2026-0099"
"""Registry numbers of the lease and the license that have all their parts."""

PUBLIC_OTHERS = ("/ingresar", "/no-existe")


class Page(HTMLParser):
    """Notes what a page makes a browser fetch, and what the budget forbids."""

    FETCHING = {"link": "href", "script": "src", "img": "src", "iframe": "src", "source": "src", "use": "href"}

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.linked: list[str] = []
        self.inline: list[str] = []
        self.language = ""
        self.titles = 0
        self.drawing = 0
        self.headings = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in self.FETCHING and self.FETCHING[tag] in given:
            self.fetched.append(given[self.FETCHING[tag]])
        if tag in ("a", "form"):
            self.linked.append(given.get("href") or given.get("action") or "")
        if tag in ("script", "style") and "src" not in given:
            self.inline.append(tag)
        self.inline += [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]
        if tag == "html":
            self.language = given.get("lang", "")
        # A drawing may name its parts by titles of their own.
        self.drawing += tag == "svg"
        self.titles += tag == "title" and not self.drawing
        self.headings += tag == "h1"

    def handle_endtag(self, tag: str) -> None:
        self.drawing -= tag == "svg"


async def weight(client: httpx.AsyncClient, address: str) -> int:
    """Return the bytes of an answer's body as they travel, compressed."""
    async with client.stream("GET", address, headers={"Accept-Encoding": "gzip"}) as answer:
        return sum([len(part) async for part in answer.aiter_raw()])


@pytest.fixture
async def full(db: FreshDatabase, clock: Clock) -> tuple[Convention, LegalReview]:
    """Fill every list with more than a page, and return one convention and one file with all their parts."""
    lawyer = await builders.person(Role.LEGAL)
    lines = [await builders.requirement(f"REQ_{n}", help="Cómo se obtiene y quién lo firma. " * 4) for n in range(ROWS)]
    for number in range(ROWS):
        center = await builders.center(f"Centro de Atención Diurna número {number}")
        await builders.attendance(center)
        await builders.sanitary_license(center)
        await builders.lease(center, landlord_name="Inmuebles del Norte, Sociedad Anónima")
        await builders.lease(center, stage=AgreementStage.READY_TO_SIGN, starts_on=None, ends_on=None)
        signed = await builders.convention(centers=[center], ends_on=date(2026, 3, 31) + timedelta(days=number))
        await Commitment.create(convention=signed, party="COUNTERPART", item=f"Compromiso {number}", due_on=date.max)
        await builders.convention(stage=AgreementStage.READY_TO_SIGN, starts_on=None, ends_on=None, centers=[center])
        review = await builders.review(stage=ReviewStage.IN_ANALYSIS, assignee=lawyer, due_on=date(2026, 3, 16))
        about = f"Solicitud de opinión número {number} sobre el contrato de mantenimiento de los centros"
        void = (
            {"voided_on": date(2026, 3, 2), "void_reason": "Se emitió con el nombre equivocado"} if number % 5 else {}
        )
        await builders.paper(review=review, subject=about, addressee="Licenciada Ana Pérez, Directora", **void)
        of_court = await builders.court_file(
            code=f"JUD-2026-{number:04d}", subject="Pago de prestaciones e indemnización", lawyer=lawyer,
            claimants="Ana María López Pérez\nJosé Domingo Caal", next_on=date(2026, 3, 9),
        )  # fmt: skip
        await court.court_date(of_court, date(2026, 3, 9) + timedelta(days=number), place="Sala de audiencias 2")
        email = f"secretaria{number}@municipalidad.example"
        await messages.contact(email, position="Secretaria municipal")
        await messages.bounce(email, "550 5.1.1 The email account that you tried to reach does not exist.")
        await messages.notice(number, recipient=email, recipient_name="Rosa Caal", review=review, tries=number)
        await court.notice(of_court, summary="Se corre audiencia por cinco días de la excepción. " * 3)
    await _supervised(center, signed)
    for number in range(2 * ROWS):
        key = f"deadline:{number}:persona.{number}@municipalidad-de-prueba.example"
        said = f"Expediente {review.code}: el plazo venció el 16/03/2026, hace {number} días hábiles"
        await builders.notice(key, review=review, subject=said, recipient_name=f"Persona número {number}")
    for number in range(12):
        await court.court_date(of_court, date(2026, 4, 1) + timedelta(days=number), counted_from=date(2026, 3, 2))
        await court.notice(of_court, due_on=date(2026, 3, 9), summary="Se señala audiencia. " * 6)
        await court.paper(of_court, title=f"Memorial número {number}")
    await _batch(lawyer)
    await _imports(lawyer)
    await _archive(lawyer)
    await _wordings(lawyer)
    await _publications(lawyer)
    await _reports(lawyer)
    more = {"form": LeaseForm.CONTRATO, "form_confirmed_by": lawyer, "justification": "El inmueble es apto. " * 40}
    await delegated((await lease_in(ReviewStage.DICTAMEN_ISSUED, number=LEASE, assignee=lawyer, **more))[0])
    for number in range(MOST_SYSTEMS):
        target = await system(f"https://sistema{number}.ejemplo.gob.gt/convenios/avisos", label=f"Sistema {number}")
        for place in range(ROWS):
            mark = f"{100 * number + place}-1-{number:06d}{place:06d}"
            facts = {"subject": {"type": "LegalReview", "number": f"EXP-2026-{place:04d}", "url": target.url}}
            await owe_call(target.id, WebhookEvent.REVIEW_OPENED, facts, at=now(), sequence=place, mark=mark)
    await WebhookDelivery.filter(id__gt=1).update(tries=7, error="Respondió 500.", status=500)
    await builders.sanitary_license(center, number=LICENSE, stage=AgreementStage.IN_REVIEW)
    home = await builders.center(code="HC-1", program=ProgramCode.HC, kind=CenterKind.HOGAR_COMUNITARIO)
    for number in range(ROWS):
        source = "Memoria de Labores 2024-2025, l.839; «y así sucesivamente», no impreso (F-20); por confirmar"
        label = f"Asignación número {number}"
        await builders.allowance_rate(10, 40, item=f"i{number}", item_label=label, source=source)
    for number in range(12):
        month = await builders.attendance(home, date(2025 + (number + 3) // 12, (number + 3) % 12 + 1, 1))
        await builders.correction(month, men=11, women=9, on=date(2026, 3, 2), by=lawyer)
    gathering = await builders.review()
    for line in lines[:12]:
        await builders.asked(review, line)
        await builders.asked(gathering, line)
    return signed, gathering


async def _supervised(center: Center, promised: Convention) -> None:
    """Visit and endow a center more often than a page shows."""
    for number in range(ROWS):
        seen = await builders.visit(
            center, visited_on=date(2026, 2, 1) + timedelta(days=number % 28), act=f"Acta {number}-2026",
            summary="Se recorrieron los salones, la cocina y los servicios sanitarios. " * 4,
        )  # fmt: skip
        for place in range(3):
            due = date(2026, 2, 20) + timedelta(days=number)
            await builders.finding(seen, f"Falta reparar el techo del salón {place} y pintarlo", due_on=due)
        await builders.contribution(
            center, description=f"Enfermera auxiliar número {number}", party=list(ContributionParty)[number % 3],
            kind=ContributionKind.STAFF, quantity=number + 1, monthly_amount=number * 100 + 3500, convention=promised,
            party_name="Fundación de Beneficencia del Norte" if number % 3 == 2 else "",
        )  # fmt: skip


async def _wordings(by: User) -> None:
    """Make versions of a wording, the second of which says nearly everything in other words."""
    file = await builders.stored_file(by)
    text = template_text(template("CONVENIO", "MAD_CAP").docx)
    for edition in range(1, ROWS):
        await TemplateVersion.create(
            kind="CONVENIO", variant="MAD_CAP", edition=edition, title="Convenio", file=file, sha256="a" * 64,
            state=TemplateState.APPROVED if edition == 1 else TemplateState.DRAFT, author=by, created_at=now(),
            text=re.sub(r" (y|de|a) ", r" \1, además, ", text) if edition > 1 else text, note="Se cambió. " * 20,
        )  # fmt: skip


async def _batch(by: User) -> None:
    """Make a batch under way with every outcome."""
    at = "2026-03-02T15:00:00Z"
    batch = await Batch.create(
        kind=BatchKind.RENEWALS, title="30 renovaciones", created_by=by, created_at=at, due_at=at,
        state=BatchState.RUNNING,
    )  # fmt: skip
    for number, one in enumerate(await Convention.filter(stage=AgreementStage.SIGNED).order_by("id")):
        state = list(BatchItemState)[number % 4]
        said = "Su renovación ya está en trámite: EXP-2026-0001." if state == BatchItemState.REFUSED else ""
        await BatchItem.create(batch=batch, position=number, convention=one, state=state, said=said)


async def _imports(by: User) -> None:
    """Make spreadsheets brought in, the first with as many wrong cells as a page shows."""
    why = "No se encontró el centro «MAD-1610-{n}»."
    cells = [
        {"row": n, "column": "Centro", "value": f"MAD-1610-{n}", "reason": why.format(n=n),
         "suggestion": "¿MAD-1610-1?", "warning": False}
        for n in range(50)
    ]  # fmt: skip
    for number in range(ROWS):
        file = await builders.stored_file(by, b"hoja", filename=f"personas atendidas {number}.xlsx", used=True)
        await SheetImport.create(
            kind=SheetKind.ATTENDANCE, file=file, state=ImportState.CHECKED, created_by=by, created_at=now(),
            due_at=now(), rows_total=20_000, rows_read=20_000, to_add=19_950, wrong=50, problems=cells,
        )  # fmt: skip


async def _archive(by: User) -> None:
    """Make checks of the archive, the last with as many contents gone as a page shows, and papers with their words."""
    papers = [await builders.paper(issued_by=by) for _ in range(SHOWN)]
    gone = []
    for number, paper in enumerate(papers):
        file = await builders.stored_file(by, b"%d" % number, used=True)
        await OfficialDocument.filter(id=paper.id).update(file_id=file.id)
        gone.append(file.sha256)
        text = f"Se aprueba la nómina {file.sha256} " * 9
        await PaperText.create(document_id=paper.id, text=text, stems=spanish_stems(text))
    for _ in range(ROWS):
        await ArchiveCheck.create(started_at=now(), ended_at=now(), files=9000, size=10**9, missing=gone)


async def _reports(by: User) -> None:
    """Issue a year's report and correct months after it: many cells differ."""
    report = await issue_report(actor=by, first=date(2026, 1, 1), last=date(2026, 3, 2))
    await Attendance.all().update(men=11)
    facts = {"tables": report.tables, "issued_at": now(), "issued_by": by}
    for number in range(1, ROWS):
        day = date(2025, 1, number)
        await IssuedReport.create(first_day=day, last_day=day, edition=1, note="Se corrigió. " * 9, **facts)


async def _publications(by: User) -> None:
    """Make a year's publications of both listings, with rows that are no longer so: the preview shows them whole."""
    for listing, columns in COLUMNS.items():
        rows = []
        for number in range(2 * ROWS):
            values: dict[str, Any] = {one.field: f"Lo que dice la fila {number * 7919}" for one in columns}
            values |= {"number": f"A-{number:04d}", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}
            values |= {one.field: one.choices[0].value for one in columns if one.choices}
            values |= {one.field: f"{number}500.00" for one in columns if one.kind == ColumnKind.AMOUNT}
            values |= {"term_months": 12, "terminated_on": None, "sectors": ["NGO"], "institutions": ["Asociación"] * 2}
            rows.append({one.field: values[one.field] for one in columns})
        for months in range(MARKS_SHOWN + 1, 0, -1):
            at = now() - timedelta(days=30 * months)
            await Publication.create(listing=listing, rows=rows, published_at=at, published_by=by)


def addresses(
    signed: Convention, review: LegalReview, analyzed: LegalReview, center: str, promised: str
) -> dict[str, tuple[str, Role]]:
    """Return an example of every page, by its path in the table of pages, and who opens it."""
    return {
        "/municipalidad": ("/municipalidad", Role.MUNICIPAL),
        "/convenios/{number}/renovar": (f"/convenios/{signed.number}/renovar", Role.MUNICIPAL),
        "/expedientes": ("/expedientes", Role.LEGAL),
        "/expedientes/nuevo": ("/expedientes/nuevo", Role.LEGAL),
        "/expedientes/{code}": (f"/expedientes/{review.code}", Role.MUNICIPAL),
        "/expedientes/{code}/devolver": (f"/expedientes/{analyzed.code}/devolver", Role.LEGAL_HEAD),
        "/expedientes/{code}/motor": (f"/expedientes/{analyzed.code}/motor", Role.LEGAL_HEAD),
        "/expedientes/{code}/dictamen": (f"/expedientes/{analyzed.code}/dictamen", Role.LEGAL_HEAD),
        "/expedientes/{code}/borrador": (f"/expedientes/{analyzed.code}/borrador", Role.LEGAL_HEAD),
        "/borradores": ("/borradores", Role.LEGAL_HEAD),
        "/convenios": ("/convenios", Role.LEGAL),
        "/convenios/{number}/adenda": (f"/convenios/{signed.number}/adenda", Role.LEGAL),
        "/convenios/{number}/terminar": (f"/convenios/{signed.number}/terminar", Role.LEGAL),
        "/convenios/{number}/compromisos": (f"/convenios/{signed.number}/compromisos", Role.LEGAL),
        "/compromisos": ("/compromisos", Role.LEGAL),
        "/compromisos/{id}": (f"/compromisos/{promised}", Role.LEGAL),
        "/convenios/nuevo": ("/convenios/nuevo?program=MAD&municipalityCode=", Role.LEGAL),
        "/autoridades": ("/autoridades", Role.LEGAL),
        "/instituciones": ("/instituciones", Role.LEGAL),
        "/convenios/{number}": (f"/convenios/{signed.number}", Role.LEGAL),
        "/arrendamientos": ("/arrendamientos", Role.LEGAL),
        "/arrendamientos/nuevo": ("/arrendamientos/nuevo", Role.LEGAL),
        "/arrendamientos/{number}": (f"/arrendamientos/{LEASE}", Role.LEGAL_HEAD),
        "/arrendamientos/{number}/corregir": (f"/arrendamientos/{LEASE}/corregir", Role.LEGAL),
        "/arrendamientos/{number}/documento": (f"/arrendamientos/{LEASE}/documento", Role.LEGAL_HEAD),
        "/licencias": ("/licencias", Role.LEGAL),
        "/licencias/nueva": (f"/licencias/nueva?center={global_id('Center', 1)}", Role.LEGAL),
        "/licencias/{number}": (f"/licencias/{LICENSE}", Role.LEGAL),
        "/firmas": ("/firmas", Role.SIGNATORY),
        "/centros": ("/centros", Role.DIRECTOR),
        "/centros/nuevo": ("/centros/nuevo", Role.DIRECTOR),
        "/centros/{code}/historia": (f"/centros/{center}/historia?acto=MOVE", Role.DIRECTOR),
        "/centros/{code}": (f"/centros/{center}", Role.DIRECTOR),
        "/centros/{code}/asignaciones": ("/centros/HC-1/asignaciones", Role.ADMIN),
        "/administracion/asignaciones": ("/administracion/asignaciones", Role.ADMIN),
        "/centros/{code}/asistencia": ("/centros/HC-1/asistencia", Role.ADMIN),
        "/asistencia": ("/asistencia?month=2026-01", Role.COORDINATOR),
        "/centros/{code}/supervision": (f"/centros/{center}/supervision", Role.DIRECTOR),
        "/centros/{code}/aportes": (f"/centros/{center}/aportes", Role.DIRECTOR),
        "/alarmas": ("/alarmas", Role.DIRECTOR),
        "/alarmas/historia": ("/alarmas/historia", Role.AUDITOR),
        "/supervision": ("/supervision", Role.DIRECTOR),
        "/supervision/visitas": ("/supervision/visitas", Role.ADMIN),
        "/supervision/sin-visita": ("/supervision/sin-visita?days=1", Role.ADMIN),
        "/supervision/hallazgos/{id}": (f"/supervision/hallazgos/{global_id('SupervisionFinding', 1)}", Role.DIRECTOR),
        "/aportes": ("/aportes", Role.ADMIN),
        "/aportes/{id}": (f"/aportes/{global_id('CenterContribution', 1)}", Role.DIRECTOR),
        "/vencimientos": ("/vencimientos", Role.LEGAL),
        "/renovaciones": ("/renovaciones?withinDays=365", Role.DIRECTOR),
        "/renovaciones/plan": ("/renovaciones/plan?months=24", Role.LEGAL_HEAD),
        "/renovaciones/iniciar": (f"/renovaciones/iniciar?conventionIds={id_of(signed)}", Role.DIRECTOR),
        "/lotes": ("/lotes", Role.ADMIN),
        "/lotes/documentos": ("/lotes/documentos?stage=SIGNED&todos=1", Role.LEGAL),
        "/lotes/documentos/iniciar": (f"/lotes/documentos/iniciar?conventionIds={id_of(signed)}", Role.DIRECTOR),
        "/lotes/{id}": (f"/lotes/{global_id('Batch', 1)}?quieto=1", Role.ADMIN),
        "/informe": ("/informe", Role.LEGAL_HEAD),
        "/informe/emitidos": ("/informe/emitidos", Role.LEGAL),
        "/informe/emitidos/{id}": (f"/informe/emitidos/{global_id('IssuedReport', 1)}", Role.LEGAL),
        "/tablero": ("/tablero", Role.DIRECTOR),
        "/calendario": ("/calendario?year=2025", Role.MUNICIPAL),
        "/administracion/calendario": ("/administracion/calendario", Role.ADMIN),
        "/administracion/sedes": ("/administracion/sedes", Role.COORDINATOR),
        "/administracion/escalas": ("/administracion/escalas?endsOn=2027-03-01", Role.ADMIN),
        "/administracion/motor": ("/administracion/motor", Role.ADMIN),
        "/administracion/archivo": ("/administracion/archivo", Role.AUDITOR),
        "/administracion/sistemas": ("/administracion/sistemas", Role.ADMIN),
        "/administracion/sistemas/{id}": (f"/administracion/sistemas/{global_id('Webhook', 1)}", Role.ADMIN),
        "/administracion/plantillas": ("/administracion/plantillas", Role.LEGAL_HEAD),
        "/administracion/plantillas/{key}": ("/administracion/plantillas/convenio_mad_cap", Role.LEGAL),
        "/administracion/plantillas/version/{id}": (
            f"/administracion/plantillas/version/{global_id('TemplateVersion', 2)}",
            Role.LEGAL_HEAD,
        ),
        "/documentos/{id}/rehacer": (f"/documentos/{global_id('OfficialDocument', 1)}/rehacer", Role.AUDITOR),
        "/administracion/parametros": ("/administracion/parametros", Role.ADMIN),
        "/administracion": ("/administracion", Role.ADMIN),
        "/administracion/requisitos": ("/administracion/requisitos", Role.ADMIN),
        "/administracion/requisitos/{code}": ("/administracion/requisitos/REQ_1", Role.ADMIN),
        "/documentos": ("/documentos?text=nominas", Role.LEGAL_HEAD),
        "/documentos/nuevo": ("/documentos/nuevo?kind=CARTA_ENTENDIMIENTO", Role.LEGAL),
        "/documentos/{id}/anular": (f"/documentos/{global_id('OfficialDocument', 1)}/anular", Role.LEGAL_HEAD),
        "/documentos/{id}/vista": (f"/documentos/{global_id('OfficialDocument', 1)}/vista", Role.LEGAL),
        "/documentos/{id}": (f"/documentos/{global_id('OfficialDocument', 1)}", Role.LEGAL_HEAD),
        "/libro-de-salida": ("/libro-de-salida", Role.LEGAL),
        "/correlativos": ("/correlativos?year=2025", Role.ADMIN),
        "/judiciales": ("/judiciales", Role.LEGAL),
        "/judiciales/nuevo": ("/judiciales/nuevo", Role.LEGAL),
        "/judiciales/agenda": ("/judiciales/agenda", Role.LEGAL_HEAD),
        "/judiciales/notificaciones": ("/judiciales/notificaciones", Role.LEGAL),
        "/judiciales/notificaciones/{id}": (f"/judiciales/notificaciones/{global_id('CourtNotice', 1)}", Role.LEGAL),
        "/judiciales/{code}": (f"/judiciales/JUD-2026-{ROWS - 1:04d}", Role.LEGAL),
        "/importar": ("/importar", Role.ADMIN),
        "/importar/{id}": (f"/importar/{global_id('SheetImport', 1)}", Role.ADMIN),
        "/avisos": ("/avisos", Role.LEGAL_HEAD),
        "/avisos/rechazados": ("/avisos/rechazados", Role.ADMIN),
        "/avisos/{id}": (f"/avisos/{global_id('Notice', 1)}", Role.LEGAL_HEAD),
        "/mis-avisos": ("/mis-avisos", Role.MUNICIPAL),
        "/mis-calendarios": ("/mis-calendarios?everybodys=true", Role.ADMIN),
        "/contactos": ("/contactos", Role.LEGAL),
        "/verificar": ("/verificar", Role.LEGAL),
        "/verificar/{code}": ("/verificar/NADA-0000", Role.LEGAL),
        "/seguimiento": ("/seguimiento", Role.LEGAL),
        "/transparencia": ("/transparencia", Role.LEGAL),
        "/transparencia/diccionario": ("/transparencia/diccionario", Role.LEGAL),
        "/transparencia/arrendamientos": ("/transparencia/arrendamientos", Role.LEGAL),
        "/transparencia/convenios": ("/transparencia/convenios", Role.LEGAL),
        "/administracion/transparencia": ("/administracion/transparencia", Role.LEGAL),
        "/seguimiento/{code}": (f"/seguimiento/{review.code}", Role.LEGAL),
    }


async def test_every_page_stays_in_its_budget(
    full: tuple[Convention, LegalReview], app_client: httpx.AsyncClient
) -> None:
    signed, gathering = full
    analyzed = await LegalReview.filter(stage=ReviewStage.IN_ANALYSIS).order_by("-id").first()
    center = await signed.centers.all().first()
    promised = await Commitment.all().order_by("id").first()
    assert analyzed
    assert center
    assert promised
    examples = addresses(signed, gathering, analyzed, center.code, id_of(promised))
    assert {"/verificar", *(page.path for page in PAGES)} == examples.keys(), "a new page needs an example here"
    people: dict[Role, User] = {}
    for address, role in [*examples.values(), *((path, None) for path in PUBLIC_OTHERS)]:
        if role:
            people[role] = people.get(role) or await builders.person(role, at=CHAMELCO)
            await enter(app_client, people[role])
        else:
            app_client.cookies.clear()
        answer = await app_client.get(address)
        assert answer.status_code == (404 if address == "/no-existe" else 200), (address, answer.text)
        page = Page(answer.text)

        assert page.inline == [], f"{address}: the content security policy forbids {page.inline}"
        assert "javascript:" not in answer.text, address
        hosts = {urlsplit(link).netloc for link in (*page.fetched, *page.linked)}
        assert hosts == {""}, f"{address} leads to {hosts}"
        assert 1 + len(set(page.fetched)) <= MOST_REQUESTS, (address, page.fetched)
        total = await weight(app_client, address)
        for other in set(page.fetched):
            total += await weight(app_client, urljoin(address, other))
        assert total <= MOST_BYTES, f"{address} weighs {total} bytes"

        assert (page.language, page.titles, page.headings) == ("es-GT", 1, 1), address


async def test_no_raw_word_of_the_program_reaches_a_person(
    full: tuple[Convention, LegalReview], app_client: httpx.AsyncClient
) -> None:
    signed, gathering = full
    await enter(app_client, await builders.person(Role.LEGAL))
    for address in (
        "/expedientes",
        "/convenios",
        "/centros",
        f"/expedientes/{gathering.code}",
        f"/convenios/{signed.number}",
        "/judiciales",
        "/judiciales/agenda",
        "/judiciales/notificaciones",
        f"/judiciales/JUD-2026-{ROWS - 1:04d}",
    ):
        text = _Visible.of((await app_client.get(address)).text)
        for word in (
            "GATHERING",
            "IN_ANALYSIS",
            "IN_FORCE",
            "EXPIRING",
            "READY_TO_SIGN",
            "LEGAL",
            "HEARING",
            "FILED",
            "LABOR",
            "None",
            "Undefined",
        ):
            assert word not in text, f"{address} shows {word}"


class _Visible(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @classmethod
    def of(cls, text: str) -> str:
        """Return what a person reads of a page."""
        parser = cls()
        parser.feed(text)
        return " ".join(parser.words)


async def test_the_style_sheet_is_kept_by_browsers_and_fetches_nothing(app_client: httpx.AsyncClient) -> None:
    page = Page((await app_client.get("/ingresar")).text)
    sheet = next(address for address in page.fetched if ".css" in address)
    answer = await app_client.get(sheet)
    assert "?v=" in sheet
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    for forbidden in ("url(", "@import", "@font-face", "http:", "https:"):
        assert forbidden not in answer.text
    assert (await app_client.get("/ingresar")).headers["cache-control"] == "no-store"
