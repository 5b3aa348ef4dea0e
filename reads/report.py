"""The tables of the annual report for any period, counted from the records: Tablas 13 to 16 and the correspondence.

Each figure has the address of the list of its records. What a table counts, and by which day, it says in its notes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from models.court import BRANCH_OF, CourtBranch, CourtFile, CourtFileKind, CourtNotice
from models.papers import DocumentKind, OfficialDocument
from models.people import Role, User
from models.permissions import SEES_ALL
from models.reviews import TABLE_14, LegalReview, ReviewMatter, ReviewStage
from reads.court import sees_court_files

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


@dataclass(frozen=True)
class ReportRow:
    """A line of a table: its label, its figures, and where its records are; no address for whom they are closed to."""

    label: str
    count: int
    href: str | None = None


@dataclass(frozen=True)
class ReportTable:
    """A table with its total, computed, and notes that say what it counts."""

    number: int | None
    title: str
    rows: list[ReportRow]
    notes: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Return the sum of the lines."""
        return sum(row.count for row in self.rows)


def reads_report(person: User) -> bool:
    """Tell whether a person reads the report: who sees every record that it counts, or the court's totals beside them.

    Court files are reserved, their totals are not: the office publishes them in its Memoria.
    """
    return person.role in SEES_ALL


async def annual_report(actor: User, first: date, last: date) -> list[ReportTable]:
    """Return the tables for a period, both days included; one statement for each kind of record."""
    # Not `within`: whoever reads the report reads the totals of what is reserved, and no row of it.
    notices = await _counted(CourtNotice.filter(**_during("received_on", first, last)), "branch")
    files = await _counted(CourtFile.filter(**_during("opened_on", first, last)), "kind")
    linked = sees_court_files(actor)

    def court(branch: CourtBranch) -> list[ReportRow]:
        return _court_rows(branch, notices, files, (first, last), linked)

    labor, criminal = court(CourtBranch.LABOR), court(CourtBranch.CRIMINAL)
    criminal = [*criminal[1:], criminal[0]]
    by_court = ["Cuenta las notificaciones por el día en que se recibieron y los expedientes por el de su inicio."]
    if not linked:
        by_court.append("Los expedientes judiciales son reservados: aquí van solo sus totales.")
    words = period_in_words(first, last)
    tables = [
        ReportTable(13, f"Resultados alcanzados {words} en materia laboral", labor, [*by_court]),
        await _reviews(first, last),
        ReportTable(15, f"Resultados alcanzados {words} en materia penal", criminal, [*by_court]),
    ]
    tables.append(_integration(tables, (first, last), notices, files))
    tables.append(await _correspondence(actor, first, last, linked))
    for table in tables:
        if not table.total:
            table.notes.append("En el período no consta ningún registro.")
    return tables


def period_in_words(first: date, last: date) -> str:
    """Say a period as headings do: «del 2 de enero al 7 de noviembre de 2024», «el 2 de enero de 2024»."""
    whole = "d 'de' MMMM 'de' y"
    if first == last:
        return f"el {format_date(first, whole, locale='es_GT')}"
    since = format_date(first, "d 'de' MMMM" if first.year == last.year else whole, locale="es_GT")
    return f"del {since} al {format_date(last, whole, locale='es_GT')}"


def _during(column: str, first: date, last: date) -> dict[str, Any]:
    return {f"{column}__gte": first, f"{column}__lte": last}


async def _counted(rows: QuerySet[Any], *columns: str) -> dict[Any, int]:
    """Count rows by the values of one column, or of several as a tuple."""
    found = await rows.annotate(counted=Count("id")).group_by(*columns).values(*columns, "counted")
    return {
        row[columns[0]] if len(columns) == 1 else tuple(row[column] for column in columns): row["counted"]
        for row in found
    }


def _list(path: str, **filters: Any) -> str:
    return f"{path}?{urlencode({f'filter.{name}': value for name, value in filters.items()})}"


def _court_rows(
    branch: CourtBranch,
    notices: Mapping[Any, int],
    files: Mapping[Any, int],
    period: tuple[date, date],
    linked: bool,
) -> list[ReportRow]:
    """Return the lines of a branch: its notices, then its kinds of files."""
    first, last = period
    href = _list(NOTICE_LISTS, branch=branch.value, receivedFrom=first, receivedTo=last)
    rows = [ReportRow(NOTICES[branch], notices.get(branch, 0), href if linked else None)]
    for kind, label in FILES.items():
        if BRANCH_OF[kind] == branch:
            href = _list(FILE_LISTS, kind=kind.value, openedFrom=first, openedTo=last)
            rows.append(ReportRow(label, files.get(kind, 0), href if linked else None))
    return rows


async def _reviews(first: date, last: date) -> ReportTable:
    found = await _counted(LegalReview.filter(**_during("received_on", first, last)), "matter", "stage")
    by_matter = {matter: sum(n for (of, _), n in found.items() if of == matter) for matter in ReviewMatter}
    rows = [
        ReportRow(
            label, by_matter[matter], _list(REVIEW_LISTS, matter=matter.value, receivedFrom=first, receivedTo=last)
        )
        for matter, label in MATTERS.items()
    ]
    counted = {
        stage: sum(n for (of, at), n in found.items() if at == stage and of in TABLE_14) for stage in ReviewStage
    }
    closed, withdrawn = counted[ReviewStage.CLOSED], counted[ReviewStage.WITHDRAWN]
    open_still = sum(counted.values()) - closed - withdrawn
    notes = [
        "Cuenta los expedientes por el día en que la Asesoría Jurídica los recibió por primera vez, cada uno una vez "
        "aunque se haya devuelto, según su asunto. No es lo mismo que los convenios firmados o vigentes.",
        f"De ellos, hoy: concluidos {closed}, en trámite {open_still}, desistidos {withdrawn}.",
    ]
    others = sum(n for matter, n in by_matter.items() if matter not in TABLE_14)
    if others:
        notes.append(f"Otros asuntos recibidos, que la Tabla 14 no cuenta: {others}.")
    return ReportTable(
        14, f"Resultados alcanzados {period_in_words(first, last)} en materia administrativa", rows, notes
    )


def _integration(
    tables: list[ReportTable], period: tuple[date, date], notices: Mapping[Any, int], files: Mapping[Any, int]
) -> ReportTable:
    first, last = period
    address = f"/informe?{urlencode({'from': first, 'to': last})}"
    rows = [
        ReportRow(label, table.total, f"{address}#tabla-{table.number}")
        for label, table in zip(("Laboral", "Administrativo", "Penal"), tables, strict=True)
    ]
    notes = ["Suma los totales de las Tablas 13, 14 y 15."]
    administrative = files.get(CourtFileKind.ADMINISTRATIVE_CASE, 0) + notices.get(CourtBranch.ADMINISTRATIVE, 0)
    if administrative:
        notes.append(
            "Expedientes y notificaciones judiciales de materia administrativa, que ninguna de las tablas cuenta: "
            f"{administrative}."
        )
    return ReportTable(16, f"Integración de resultados alcanzados {period_in_words(first, last)}", rows, notes)


async def _correspondence(actor: User, first: date, last: date, whole: bool) -> ReportTable:
    papers = OfficialDocument.filter(kind__in=list(PAPERS), **_during("issued_on", first, last))
    rows = (
        await papers.annotate(issued=Count("id"), voided=Count("voided_on"))
        .group_by("kind")
        .values("kind", "issued", "voided")
    )
    found = {row["kind"]: row for row in rows}
    none = {"issued": 0, "voided": 0}
    lines = []
    for kind, label in PAPERS.items():
        of_kind = found.get(kind, none)
        filters = {"kind": kind.value, "from": first, "to": last, "voided": "false"}
        href = None if actor.role in WITHOUT_PAPERS else _list(PAPER_LISTS, **filters)
        lines.append(ReportRow(label, of_kind["issued"] - of_kind["voided"], href))
    notes = ["Cuenta los documentos por la fecha en que se emitieron; los anulados no se cuentan."]
    voided = {label: found[kind]["voided"] for kind, label in PAPERS.items() if kind in found and found[kind]["voided"]}
    if voided:
        notes.append("Anulados: " + ", ".join(f"{label.lower()} {count}" for label, count in voided.items()) + ".")
    if not whole and actor.role not in WITHOUT_PAPERS:
        notes.append("La lista que abre cada cifra no muestra los documentos reservados de expedientes judiciales.")
    return ReportTable(None, f"Correspondencia emitida {period_in_words(first, last)}", lines, notes)
