"""The 552 administrative files that Tabla 14 counts: kind and number are the report's, the rest of each is for show."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from tortoise.models import Model

from actions.agreements_2024 import TABLE_11
from actions.audited import Entry
from actions.demo_people import DOMAIN
from actions.derived_2024 import PERIOD, DatedFile, Desk2024, verification_code
from actions.loading import insert, table
from actions.registry import paper_number, review_code, take_number
from models.agreements import Convention, SanitaryLicense
from models.centers import Source
from models.clock import GUATEMALA
from models.fields import folded
from models.papers import LEGAL_UNIT, DocumentKind, OfficialDocument
from models.people import Role, User
from models.places import Municipality, ProgramCode
from models.reviews import TABLE_14, LegalReview, ReviewMatter, ReviewStage
from reads.calendar import working_calendar

NOT_STATED = "No consta en el informe"
MAD_DIRECTION = "Dirección de Mis Años Dorados"

UNITS = {
    ReviewMatter.LEASE_CONTRACT: MAD_DIRECTION,
    ReviewMatter.LEASE_ACTA: "Coordinación de Sedes Departamentales",
    ReviewMatter.CONVENTION_MAD: MAD_DIRECTION,
    ReviewMatter.CONVENTION_CADI: "Dirección de Hogares Comunitarios",
}
"""Who asks for files of a matter, where the report says so (l.1051, l.1080, l.1432, l.1441)."""

PROGRAMS = {
    ReviewMatter.CONVENTION_MAD: ProgramCode.MAD,
    ReviewMatter.CONVENTION_CADI: ProgramCode.HC,
    ReviewMatter.SANITARY_LICENSE: ProgramCode.MAD,
}

TITLES = {
    ReviewMatter.LEASE_CONTRACT: "Arrendamiento por contrato",
    ReviewMatter.LEASE_ACTA: "Arrendamiento por acta de negociación",
    ReviewMatter.DICTAMEN: "Consulta concluida con dictamen",
    ReviewMatter.OPINION: "Consulta concluida con opinión",
    ReviewMatter.RESOLUTION: "Proyecto de resolución",
    ReviewMatter.CONVENTION_MAD: "Convenio MAD",
    ReviewMatter.SANITARY_LICENSE: "Licencia sanitaria",
    ReviewMatter.CONVENTION_CADI: "Convenio CADI",
    ReviewMatter.CARTA_ENTENDIMIENTO: "Carta de entendimiento",
    ReviewMatter.MEMORANDUM_ENTENDIMIENTO: "Memorándum de entendimiento",
}

PAPERS = {ReviewMatter.DICTAMEN: DocumentKind.DICTAMEN, ReviewMatter.OPINION: DocumentKind.OPINION}
"""Matters that the report counts by the paper that concluded them."""


async def files_exist() -> bool:
    """Tell whether the files of Tabla 14 are loaded."""
    return await LegalReview.exists(source=Source.DEMO, stage=ReviewStage.CLOSED, code__startswith="EXP-2024-")


@dataclass(frozen=True)
class PlannedFile:
    """A file of 2024 before it has its code."""

    matter: ReviewMatter
    dates: DatedFile
    seed: str
    title: str
    place: Municipality | None = None
    convention_id: int | None = None
    license_id: int | None = None
    requested_by_id: int | None = None


async def add_files(entry: Entry) -> tuple[Model, dict[str, int]]:
    """Add the files, coded in the order they were asked for, and the dictámenes and opiniones, in that of issue."""
    desk = Desk2024(await working_calendar())
    planned = [file for matter in await _by_matter(desk) for file in matter]
    planned.sort(key=lambda file: (file.dates.requested_on, file.seed))
    lawyers = await demo_lawyers()
    reviews = [
        _review(entry, await review_code(entry, year=2024), file, lawyers[number % len(lawyers)] if lawyers else None)
        for number, file in enumerate(planned)
    ]
    counts = {"expedientes": await insert(reviews)}
    codes = [review.code for review in reviews]
    loaded = {row.code: row for row in await LegalReview.filter(code__in=codes)}
    concluded = sorted(loaded.values(), key=lambda row: (row.closed_on, row.code))
    papers = [await _paper(entry, row) for row in concluded if row.matter in PAPERS]
    counts["dictámenes y opiniones"] = await insert(papers)
    return loaded[codes[0]], counts


async def demo_lawyers() -> list[User]:
    """Return the demo people of the legal office, in a fixed order; none in an office of real people."""
    return await User.filter(role=Role.LEGAL, email__endswith=f"@{DOMAIN}", active=True).order_by("id")


async def _by_matter(desk: Desk2024) -> list[list[PlannedFile]]:
    """Plan the files of each line of Tabla 14, as many as the line says."""
    conventions = await Convention.filter(source_note__startswith=TABLE_11).select_related("municipality__department")
    licenses = await SanitaryLicense.filter(source=Source.DEMO).select_related("center__municipality__department")
    planned = []
    lines = [row for row in table("legal_results_2024.csv") if row["table"] == "Tabla 14"]
    for matter, line in zip(TABLE_14, lines, strict=True):
        count = int(line["quantity"])
        files: list[PlannedFile] = []
        if matter == ReviewMatter.CONVENTION_MAD:
            files = [_of_convention(desk, row) for row in conventions]
        if matter == ReviewMatter.SANITARY_LICENSE:
            files = [_of_license(desk, row) for row in licenses]
        missing = count - len(files)
        for index in range(missing):
            seed = f"{matter}/{index}"
            title = f"{TITLES[matter]} no identificado en el informe (Tabla 14, l.{line['source_line']})"
            if TITLES[matter].startswith(("Consulta", "Carta", "Licencia")):
                title = title.replace("identificado", "identificada")
            files.append(PlannedFile(matter, desk.spread(index, missing), seed, title))
        planned.append(files)
    return planned


def _of_convention(desk: Desk2024, convention: Convention) -> PlannedFile:
    assert convention.starts_on
    assert convention.requested_on
    return PlannedFile(
        ReviewMatter.CONVENTION_MAD,
        desk.file_requested_on(convention.requested_on),
        f"convention/{convention.number}",
        f"{convention.title} · Municipalidad de {convention.municipality.name}",
        convention.municipality,
        convention_id=convention.id,
        requested_by_id=convention.requested_by_id,
    )


def _of_license(desk: Desk2024, license: SanitaryLicense) -> PlannedFile:
    assert license.starts_on
    dates = replace(desk.concluded_by(license.number, license.starts_on), closed_on=license.starts_on)
    return PlannedFile(
        ReviewMatter.SANITARY_LICENSE,
        dates,
        f"license/{license.number}",
        f"Licencia sanitaria {license.number} · {license.center.name}",
        license.center.municipality,
        license_id=license.id,
    )


def _review(entry: Entry, code: str, file: PlannedFile, lawyer: User | None) -> LegalReview:
    place = file.place
    return LegalReview(
        code=code,
        matter=file.matter,
        convention_id=file.convention_id,
        license_id=file.license_id,
        municipality_id=place.code if place else None,
        department_id=place.department.code if place else None,
        program=PROGRAMS.get(file.matter),
        title=file.title,
        requesting_unit=UNITS.get(file.matter, NOT_STATED),
        stage=ReviewStage.CLOSED,
        requested_by_id=file.requested_by_id or entry.actor.id,
        requested_on=file.dates.requested_on,
        received_on=file.dates.requested_on,
        admitted=True,
        assignee_id=lawyer.id if lawyer else None,
        last_moved_on=file.dates.closed_on,
        closed_on=file.dates.closed_on,
        source=Source.DEMO,
        search=folded(code, file.title, place.department.name if place else ""),
    )


async def _paper(entry: Entry, review: LegalReview) -> OfficialDocument:
    assert review.closed_on
    kind = PAPERS[review.matter]
    serial, year = await take_number(entry, kind.value, year=2024)
    number = await paper_number(kind, LEGAL_UNIT, serial, year, on=date(year, 1, 1))
    by = review.assignee_id or entry.actor.id
    return paper_of_2024(kind, serial, number, review.closed_on, issued_by_id=by, review_id=review.id)


def paper_of_2024(
    kind: DocumentKind, serial: int, number: str, issued_on: date, *, issued_by_id: int, **more: Any
) -> OfficialDocument:
    """Return a paper that the report counts and nobody has: numbered and dated, without its Word file."""
    return OfficialDocument(
        kind=kind,
        unit=LEGAL_UNIT,
        year=PERIOD[0].year,
        serial=serial,
        number=number,
        issued_on=issued_on,
        issued_at=datetime.combine(issued_on, time(15), GUATEMALA),
        issued_by_id=issued_by_id,
        verification_code=verification_code(number),
        source=Source.DEMO.value,
        **more,
    )
