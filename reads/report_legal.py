"""What the legal office did in a period: Tablas 13 to 16 of the annual report, and the correspondence."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from tortoise.functions import Count
from tortoise.queryset import QuerySet

from models.court import BRANCH_OF, CourtBranch, CourtFile, CourtFileKind, CourtNotice
from models.papers import DocumentKind, OfficialDocument
from models.people import Role, User
from models.reviews import TABLE_14, LegalReview, ReviewMatter, ReviewStage
from reads.court import sees_court_files
from reads.report_tables import Bars, Cell, Period, ReportRow, ReportTable, counted, listed_at

COLUMNS = ("Descripción", "Cantidad")

NOTICES = {
    CourtBranch.LABOR: "Notificaciones que ingresaron del Organismo Judicial",
    CourtBranch.CRIMINAL: "Notificaciones judiciales",
}
FILES = {
    CourtFileKind.REINSTATEMENT: "Incidentes de Reinstalación",
    CourtFileKind.ORDINARY_SUIT: "Juicios Ordinarios",
    CourtFileKind.CAREGIVER_CLAIM: "Madres Cuidadoras, que quieren establecer relación laboral",
    CourtFileKind.LABOR_TERMINATION: "Incidentes de Terminación Laboral",
    CourtFileKind.COMPLAINT: "Planteamiento de Denuncias",
    CourtFileKind.CRIMINAL_CASE: "Causas penales",
}
MATTERS = {
    ReviewMatter.LEASE_CONTRACT: "Arrendamientos de Bienes Inmuebles para la SOSEP, por medio de Contrato",
    ReviewMatter.LEASE_ACTA: (
        "Arrendamientos de Bienes Inmuebles para la SOSEP, por medio de Acta Administrativa de Negociación"
    ),
    ReviewMatter.DICTAMEN: "Dictámenes Jurídicos",
    ReviewMatter.OPINION: "Opiniones Jurídicas",
    ReviewMatter.RESOLUTION: "Proyectos de Resoluciones",
    ReviewMatter.CONVENTION_MAD: "Convenios Interinstitucionales del Programa Mis Años Dorados",
    ReviewMatter.SANITARY_LICENSE: "Licencias Sanitarias",
    ReviewMatter.CONVENTION_CADI: ("Convenios Interinstitucionales Programa Centro de Atención de Desarrollo Infantil"),
    ReviewMatter.CARTA_ENTENDIMIENTO: "Cartas de Entendimiento Interinstitucionales",
    ReviewMatter.MEMORANDUM_ENTENDIMIENTO: "Memorandum de Entendimiento",
}
SHORT = (
    "Arrendamientos por contrato", "Arrendamientos por acta", "Dictámenes", "Opiniones", "Proyectos de resoluciones",
    "Convenios MAD", "Licencias sanitarias", "Convenios CADI", "Cartas de entendimiento",
    "Memorandum de entendimiento",
)  # fmt: skip
"""The same in fewer words, for a chart."""
PAPERS = {
    DocumentKind.OFICIO: "Oficios",
    DocumentKind.PROVIDENCIA: "Providencias",
    DocumentKind.CONOCIMIENTO: "Conocimientos",
}
"""Lines as the Memoria 2024-2025 prints them (l.1413 to l.1456), but for a slip of the keyboard in l.1426."""

FILE_LISTS = "/judiciales"
NOTICE_LISTS = "/judiciales/notificaciones"
REVIEW_LISTS = "/expedientes"
PAPER_LISTS = "/documentos"

WITHOUT_PAPERS = frozenset({Role.SIGNATORY})
"""Who reads the report and does not open the list of papers."""


async def legal_tables(actor: User, period: Period) -> list[ReportTable]:
    """Return Tablas 13 to 16 and the correspondence of a period; one statement for each kind of record."""
    # Not `within`: whoever reads the report reads the totals of what is reserved, and no row of it.
    notices = await _counted(CourtNotice.filter(**period.during("received_on")), "branch")
    files = await _counted(CourtFile.filter(**period.during("opened_on")), "kind")
    linked = sees_court_files(actor)

    def court(branch: CourtBranch) -> list[ReportRow]:
        return _court_rows(branch, notices, files, period, linked)

    labor, criminal = court(CourtBranch.LABOR), court(CourtBranch.CRIMINAL)
    criminal = [*criminal[1:], criminal[0]]
    by_court = ["Cuenta las notificaciones por el día en que se recibieron y los expedientes por el de su inicio."]
    asides = [] if linked else ["Los expedientes judiciales son reservados: aquí van solo sus totales."]
    title = f"Resultados alcanzados {period.words} en materia"
    tables = [
        ReportTable(13, f"{title} laboral", COLUMNS, labor, [*by_court], [*asides], about="Materia laboral"),
        await _reviews(period),
        ReportTable(15, f"{title} penal", COLUMNS, criminal, [*by_court], [*asides], about="Materia penal"),
    ]
    tables.append(_integration(tables, period, notices, files))
    tables.append(await _correspondence(actor, period, linked))
    return tables


async def _counted(rows: QuerySet[Any], *columns: str) -> dict[Any, int]:
    """Count rows by the values of one column, or of several as a tuple."""
    found = await rows.annotate(counted=Count("id")).group_by(*columns).values(*columns, "counted")
    return {
        row[columns[0]] if len(columns) == 1 else tuple(row[column] for column in columns): row["counted"]
        for row in found
    }


def _court_rows(
    branch: CourtBranch,
    notices: Mapping[Any, int],
    files: Mapping[Any, int],
    period: Period,
    linked: bool,
) -> list[ReportRow]:
    """Return the lines of a branch: its notices, then its kinds of files."""
    href = listed_at(NOTICE_LISTS, branch=branch.value, receivedFrom=period.first, receivedTo=period.last)
    rows = [counted(NOTICES[branch], notices.get(branch, 0), href if linked else None)]
    for kind, label in FILES.items():
        if BRANCH_OF[kind] == branch:
            href = listed_at(FILE_LISTS, kind=kind.value, openedFrom=period.first, openedTo=period.last)
            rows.append(counted(label, files.get(kind, 0), href if linked else None))
    return rows


async def _reviews(period: Period) -> ReportTable:
    received = LegalReview.filter(**period.during("received_on"))
    found = await _counted(received, "matter", "stage")
    dates = {"receivedFrom": period.first, "receivedTo": period.last}
    by_matter = {matter: sum(n for (of, _), n in found.items() if of == matter) for matter in ReviewMatter}
    rows = [
        counted(
            label,
            by_matter[matter],
            listed_at(REVIEW_LISTS, matter=matter.value, **dates),
        )
        for matter, label in MATTERS.items()
    ]
    of_stage = {
        stage: sum(n for (of, at), n in found.items() if at == stage and of in TABLE_14) for stage in ReviewStage
    }
    later = await _counted(received.filter(closed_on__gt=period.on, matter__in=TABLE_14), "stage")
    for stage, many in later.items():
        of_stage[stage] -= many
        of_stage[ReviewStage.IN_ANALYSIS] += many
    closed, withdrawn = of_stage[ReviewStage.CLOSED], of_stage[ReviewStage.WITHDRAWN]
    open_still = sum(of_stage.values()) - closed - withdrawn
    notes = [
        "Cuenta los expedientes por el día en que la Asesoría Jurídica los recibió por primera vez, cada uno una vez "
        "aunque se haya devuelto, según su asunto. No es lo mismo que los convenios firmados o vigentes.",
        f"De ellos, al {period.on:%d/%m/%Y}: concluidos {closed}, en trámite {open_still}, desistidos {withdrawn}.",
    ]
    others = sum(n for matter, n in by_matter.items() if matter not in TABLE_14)
    if others:
        notes.append(f"Otros asuntos recibidos, que la Tabla 14 no cuenta: {others}.")
    words = period.words
    title = f"Resultados alcanzados {words} en materia administrativa"
    figures = [by_matter[matter] for matter in MATTERS]
    bars = Bars(f"Expedientes recibidos {words}, por asunto", list(SHORT), [("Expedientes", figures)])
    every = [matter.value for matter in MATTERS]
    sums = {0: Cell(sum(figures), listed_at(REVIEW_LISTS, matter=every, **dates))}
    return ReportTable(14, title, COLUMNS, rows, notes, sums=sums, bars=bars, about="Materia administrativa")


def _integration(
    tables: list[ReportTable], period: Period, notices: Mapping[Any, int], files: Mapping[Any, int]
) -> ReportTable:
    address = f"/informe?{urlencode({'from': period.first, 'to': period.last})}"
    rows = [
        counted(label, table.total, f"{address}#tabla-{table.number}")
        for label, table in zip(("Laboral", "Administrativo", "Penal"), tables, strict=True)
    ]
    sums = [table.total for table in tables]
    notes = ["Suma los totales de las Tablas 13, 14 y 15."]
    administrative = files.get(CourtFileKind.ADMINISTRATIVE_CASE, 0) + notices.get(CourtBranch.ADMINISTRATIVE, 0)
    if administrative:
        notes.append(
            "Expedientes y notificaciones judiciales de materia administrativa, que ninguna de las tablas cuenta: "
            f"{administrative}."
        )
    words = period.words
    bars = Bars(f"Resultados {words} por materia", [row.label for row in rows], [("Cantidad", sums)])
    return ReportTable(
        16, f"Integración de resultados alcanzados {words}", COLUMNS, rows, notes, bars=bars, about="Integración"
    )


async def _correspondence(actor: User, period: Period, whole: bool) -> ReportTable:
    papers = OfficialDocument.filter(kind__in=list(PAPERS), **period.during("issued_on"))
    issued, voided = await _counted(papers, "kind"), await _counted(papers.filter(voided_on__lte=period.on), "kind")

    def behind(*kinds: DocumentKind) -> str | None:
        filters = {"kind": [kind.value for kind in kinds], "from": period.first, "to": period.last, "voided": "false"}
        return None if actor.role in WITHOUT_PAPERS else listed_at(PAPER_LISTS, **filters)

    lines = [counted(label, issued.get(kind, 0) - voided.get(kind, 0), behind(kind)) for kind, label in PAPERS.items()]
    notes = ["Cuenta los documentos por la fecha en que se emitieron; los anulados no se cuentan."]
    if voided:
        gone = ", ".join(f"{label.lower()} {voided[kind]}" for kind, label in PAPERS.items() if kind in voided)
        notes.append(f"Anulados: {gone}.")
    asides: list[str] = []
    if not whole and actor.role not in WITHOUT_PAPERS:
        asides.append("La lista que abre cada cifra no muestra los documentos reservados de expedientes judiciales.")
    sums = {0: Cell(sum(issued.values()) - sum(voided.values()), behind(*PAPERS))}
    title = f"Correspondencia emitida {period.words}"
    return ReportTable(None, title, COLUMNS, lines, notes, asides, sums=sums, about="Correspondencia")
