"""The loaded system gives back by query what data/FINDINGS.md says of the report, and every load is the same."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from tortoise.models import Model

from actions.catalogs import load_catalogs
from actions.demo_people import load_demo_people
from actions.derived_2024 import PERIOD
from actions.load_2024 import load_2024
from actions.people import system_user
from actions.refusals import Forbidden, NotAllowedNow
from actions.registry import paper_number
from models.agreements import AgreementStage, Convention, Lease, SanitaryLicense, Standing, standing_is
from models.audit import AuditEntry
from models.centers import Attendance, Center, CenterCode, CenterEvent, CenterKind, Source
from models.clock import today
from models.conventions import Commitment
from models.database import MODULES
from models.papers import DocumentKind, OfficialDocument, Series
from models.people import Role, User
from models.places import Institution, Municipality, MunicipalityAlias, OfficeHolder
from models.reviews import OPEN_STAGES, TABLE_14, LegalReview, ReviewRequirement, ReviewStage
from models.signing import Side, Signature
from reads.calendar import working_calendar
from tests.builders import person

LAWYERS = ("juridico@demo.example", "juridico2@demo.example", "juridico3@demo.example")

SECTION_B = {
    "01": (11, 156, 218, 11),
    "02": (2, 25, 26, 2),
    "03": (4, 48, 117, 3),
    "04": (3, 27, 66, 3),
    "05": (2, 71, 23, 2),
    "06": (4, 58, 79, 4),
    "07": (2, 26, 34, 2),
    "09": (1, 22, 7, 1),
    "10": (1, 15, 8, 1),
    "11": (4, 89, 100, 4),
    "12": (5, 92, 125, 5),
    "13": (4, 48, 78, 3),
    "14": (1, 10, 21, 1),
    "16": (3, 47, 71, 2),
    "18": (0, 0, 0, 1),
    "19": (6, 159, 157, 4),
    "20": (2, 44, 44, 2),
    "21": (6, 101, 147, 5),
    "22": (8, 149, 170, 5),
}
"""FINDINGS B: centers, men, women and sites with a convention of each department."""

TABLA_14 = dict(zip(TABLE_14, (4, 23, 172, 33, 90, 75, 37, 113, 4, 1), strict=True))


@pytest.fixture
async def loaded(db: Any, clock: Any) -> User:
    """Load catalogs, demo people and the data of 2024; return the engine's account, which did it."""
    engine = await system_user()
    await load_catalogs(actor=engine)
    await load_demo_people(actor=engine, password_hash="not a hash")
    await load_2024(actor=engine)
    return engine


async def row_counts() -> dict[str, int]:
    """Count the rows of every table."""
    models = [model for model in Model.__subclasses__() if model.__module__ in MODULES and not model._meta.abstract]
    models += [Convention, Lease, SanitaryLicense]
    return {model.__name__: await model.all().count() for model in models}


@pytest.mark.both_databases
async def test_centers_of_tabla_12(loaded: User) -> None:
    """F-01 to F-05, and section B: by the department of the municipality's code, never as printed."""
    centers = await Center.all().select_related("municipality")
    assert Counter(center.kind for center in centers) == {CenterKind.CAD: 68, CenterKind.CAP: 1}
    assert not await CenterEvent.exists(), "the report tells of no opening, so none is on record"
    assert len({center.municipality_id for center in centers}) == 66
    assert len({center.municipality.department_id for center in centers}) == 18
    people = await Attendance.all().select_related("center__municipality")
    assert (sum(row.men for row in people), sum(row.women for row in people)) == (1187, 1491)
    sites = await Convention.filter(stage=AgreementStage.SIGNED).select_related("municipality")
    found = {}
    for code in SECTION_B:
        here = [row for row in people if row.center.municipality.department_id == code]
        signed = sum(site.municipality.department_id == code for site in sites)
        found[code] = (len(here), sum(row.men for row in here), sum(row.women for row in here), signed)
    assert found == SECTION_B
    assert {center.source for center in centers} == {row.source for row in people} == {Source.REPORT}
    assert all(center.source_note.startswith("Tabla 12, l.1") for center in centers)


@pytest.mark.both_databases
async def test_conventions_of_tabla_11(loaded: User) -> None:
    """F-06 to F-08, and section C."""
    signed = await Convention.filter(stage=AgreementStage.SIGNED).select_related("municipality").order_by("number")
    assert [row.number for row in signed] == [f"CONV-2024-{n:04d}" for n in range(1, 62)]
    assert len({row.municipality_id for row in signed}) == 57
    assert len({row.municipality.department_id for row in signed}) == 19
    assert {row.source for row in signed} == {Source.DEMO}
    covered = {row["id"]: row["centers__id"] for row in await Convention.all().values("id", "centers__id")}
    places = {row.title.partition("Diurna ")[2] for row in signed if covered[row.id] is None}
    assert places == {"Zaragoza", "Mixco zona 5", "Livingston"}
    bare = await Center.filter(conventions__id__isnull=True, leases__id__isnull=True)
    assert {center.name for center in bare} == {
        "CAD Parramos",
        "CAD Senahú",
        "CAD San Antonio Aguas Calientes",
        "CAD Gualán",
        "CAD Cabañas",
        "CAD Huehuetenango",
        "CAD Jalpatagua",
    }
    crowd = await Attendance.filter(center_id__in=[center.id for center in bare])
    assert sum(row.men + row.women for row in crowd) == 277


async def test_how_sites_are_called(loaded: User) -> None:
    names = dict(await Center.all().values_list("code", "name"))
    assert names["MAD-1610-01"] == "CAD San Juan Chamelco"
    assert [names[f"MAD-0108-0{n}"] for n in (1, 2, 3)] == [
        "CAD Mixco zona 6",
        "CAD Mixco zona 10",
        "CAD Mixco zona 11",
    ]
    assert names["MAD-0110-02"] == "CAD Ciudad Quetzal (San Juan Sacatepéquez)"
    assert names["MAD-0101-01"] == "CAP zona 1"
    peronia = await Convention.get(title__endswith="Ciudad Peronia (Villa Nueva)").prefetch_related("centers")
    assert [center.name for center in peronia.centers] == ["CAD Villa Nueva"]


async def test_terms_spread_around_the_day_of_loading(loaded: User) -> None:
    day = today()
    held = {one: await Convention.filter(standing_is(one, on=day)).count() for one in Standing}
    assert held == {
        Standing.PENDING: 9,
        Standing.IN_FORCE: 41,
        Standing.EXPIRING: 12,
        Standing.EXPIRED: 8,
        Standing.ENDED: 0,
    }
    chamelco = await Convention.get(municipality_id="1610")
    assert chamelco.ends_on == day - timedelta(days=12)
    assert chamelco.standing(day) == Standing.EXPIRED
    assert not await LegalReview.exists(municipality_id="1610", stage__in=OPEN_STAGES)
    for row in await Convention.filter(stage=AgreementStage.SIGNED).prefetch_related("signatures"):
        assert Counter(one.side for one in row.signatures) == {Side.SOSEP: 1, Side.COUNTERPART: 1}
        assert max(one.signed_on for one in row.signatures) <= row.starts_on
    assert await Signature.all().count() == 122
    assert await Commitment.filter(source=Source.DEMO).count() == 61 * 5


async def test_leases_licenses_and_the_rest(loaded: User) -> None:
    """F-10 and F-17: the form of the leases is not stated, nor the place of most codes."""
    leases = await Lease.all().select_related("center").order_by("number")
    served = [row.center.name for row in leases]
    assert [row.number for row in leases] == [f"ARR-2024-000{n}" for n in range(1, 5)]
    assert served == ["CAD Santa Catarina Mita", "CAD Jutiapa", "CAD Jalapa", "CAP zona 1"]
    assert {(row.form, row.source) for row in leases} == {(None, Source.DEMO)}
    assert [row.number for row in leases if "cad jutiapa" in row.search] == ["ARR-2024-0002"]
    licenses = await SanitaryLicense.all()
    assert len({row.center_id for row in licenses}) == len(licenses) == 37
    assert {row.source for row in licenses} == {Source.DEMO}
    assert await Institution.all().count() == 38
    codes = await CenterCode.all()
    assert (len(codes), sum(code.capacity for code in codes)) == (15, 436)
    secretaria = await OfficeHolder.get(municipality_id=None)
    assert (secretaria.name, secretaria.source) == ("Zulma Calderón", Source.REPORT)
    mayors = await OfficeHolder.exclude(municipality_id=None)
    assert {mayor.source for mayor in mayors} == {Source.DEMO}
    assert len(mayors) == len({mayor.municipality_id for mayor in mayors}) == 68


@pytest.mark.both_databases
async def test_files_of_tabla_14(loaded: User) -> None:
    """F-11, F-12: 552 files, kind by kind, on working days of the period, numbered in the order they came."""
    files = await LegalReview.filter(stage=ReviewStage.CLOSED).order_by("code")
    assert Counter(file.matter for file in files) == TABLA_14
    assert [file.code for file in files] == [f"EXP-2024-{n:04d}" for n in range(1, 553)]
    calendar = await working_calendar()
    for file in files:
        assert PERIOD[0] <= file.requested_on < file.closed_on <= PERIOD[1]
        assert calendar.is_working(file.requested_on)
        assert calendar.is_working(file.closed_on)
    assert [file.requested_on for file in files] == sorted(file.requested_on for file in files)
    assert {file.source for file in files} == {Source.DEMO}
    assert len({file.convention_id for file in files if file.convention_id}) == 61
    assert len({file.license_id for file in files if file.license_id}) == 37
    shares = Counter(file.assignee_id for file in files)
    assert set(shares.values()) == {184}, "three lawyers, a third each"


@pytest.mark.both_databases
async def test_papers_that_the_report_counts(loaded: User) -> None:
    for kind, count in ((DocumentKind.DICTAMEN, 172), (DocumentKind.OPINION, 33)):
        papers = await OfficialDocument.filter(kind=kind).order_by("serial").select_related("review")
        assert [paper.serial for paper in papers] == list(range(1, count + 1))
        assert [paper.issued_on for paper in papers] == sorted(paper.review.closed_on for paper in papers)
        assert {(paper.source, paper.file_id) for paper in papers} == {("DEMO", None)}
        assert papers[0].number == await paper_number(kind, "AJ", 1, 2024, on=date(2024, 1, 1))
    ends = {(row.kind, row.year): row.value for row in await Series.all()}
    assert ends[DocumentKind.DICTAMEN.value, 2024] == 172
    assert ends["EXPEDIENTE", 2024] == 552
    assert ends["REGISTRO_CONVENIOS", 2024] == 61


@pytest.mark.both_databases
async def test_correspondence_that_the_report_counts(loaded: User) -> None:
    """F-13: 1340 oficios, 854 providencias, 7 conocimientos, without a printed total."""
    calendar = await working_calendar()
    for kind, count in (
        (DocumentKind.OFICIO, 1340),
        (DocumentKind.PROVIDENCIA, 854),
        (DocumentKind.CONOCIMIENTO, 7),
    ):
        papers = await OfficialDocument.filter(kind=kind, year=2024).order_by("serial")
        assert [paper.serial for paper in papers] == list(range(1, count + 1))
        days = [paper.issued_on for paper in papers]
        assert days == sorted(days)
        assert PERIOD[0] <= days[0]
        assert days[-1] <= PERIOD[1]
        assert all(calendar.is_working(day) for day in set(days))
        assert {(paper.source, paper.file_id, paper.review_id, paper.voided_on) for paper in papers} == {
            ("DEMO", None, None, None)
        }
        assert {paper.subject for paper in papers} == {"No detallado en el informe (l.1445)"}
        assert len({paper.verification_code for paper in papers}) == count
        assert papers[-1].number == await paper_number(kind, "AJ", count, 2024, on=date(2024, 1, 1))
        assert {row.value for row in await Series.filter(kind=kind.value, year=2024)} == {count}


async def test_renewals_under_review(loaded: User) -> None:
    reviews = await LegalReview.filter(stage__in=OPEN_STAGES).order_by("code").select_related("convention__renews")
    assert [row.code for row in reviews] == [f"EXP-2026-{n:04d}" for n in range(1, 10)]
    assert Counter(row.stage for row in reviews) == {
        ReviewStage.IN_ANALYSIS: 4,
        ReviewStage.RECEIVED: 3,
        ReviewStage.GATHERING: 2,
    }
    calendar = await working_calendar()
    on_desk = [row for row in reviews if row.due_on]
    assert [calendar.between(row.received_on, row.due_on) for row in on_desk] == [10] * 7
    assert [calendar.between(today(), row.due_on) for row in on_desk] == [-3, -1, 0, 2, 4, 6, 8]
    for row in reviews:
        assert row.convention.renews.stage == AgreementStage.SIGNED
        assert row.admitted == bool(row.due_on) == bool(row.missing)
        assert bool(row.assignee_id) == (row.stage == ReviewStage.IN_ANALYSIS)
        asked = {line.code for line in await ReviewRequirement.filter(review_id=row.id)}
        assert {"SOLICITUD", "ACTA_CONCEJO"} <= asked
        assert "CAPACIDAD_CADI" not in asked


@pytest.mark.both_databases
async def test_loading_twice_changes_nothing(loaded: User) -> None:
    before = await row_counts()
    entries = await AuditEntry.all().order_by("sequence")
    assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
    assert (await load_catalogs(actor=loaded)).added == {}
    assert (await load_2024(actor=loaded)).added == {}
    assert await load_demo_people(actor=loaded, password_hash="another") == 0
    assert await row_counts() == before
    assert not await User.exists(password_hash="another")


async def test_catalogs_alone(db: Any) -> None:
    told: list[tuple[str, int, int]] = []
    engine = await system_user()
    with pytest.raises(NotAllowedNow):
        await load_2024(actor=engine)
    added = (await load_catalogs(actor=engine, progress=lambda *step: told.append(step))).added
    assert added["municipios"] == await Municipality.all().count() == 340
    assert await MunicipalityAlias.all().count() == 84
    assert [(done, total) for _, done, total in told] == [(n, len(told)) for n in range(1, 13)]
    for empty in (Center, Convention, LegalReview, OfficeHolder, Institution):
        assert not await empty.exists()


async def test_without_demo_people_nobody_is_made_responsible(db: Any, clock: Any) -> None:
    engine = await system_user()
    await load_catalogs(actor=engine)
    await person(Role.LEGAL)
    await load_2024(actor=engine)
    assert not await LegalReview.exists(assignee_id__not_isnull=True)
    assert not await LegalReview.exists(stage=ReviewStage.IN_ANALYSIS)


async def test_only_the_engine_loads(db: Any) -> None:
    engine = await system_user()
    await load_catalogs(actor=engine)
    admin = await person(Role.ADMIN)
    before = await AuditEntry.all().count()
    for load in (load_catalogs, load_2024):
        with pytest.raises(Forbidden):
            await load(actor=admin)
    with pytest.raises(Forbidden):
        await load_demo_people(actor=admin, password_hash="x")
    assert await AuditEntry.all().count() == before
    assert not await Center.exists()


async def test_demo_people(loaded: User) -> None:
    people = {person.email: person for person in await User.filter(email__endswith="@demo.example")}
    assert Counter(person.role for person in people.values()) == {
        Role.LEGAL: 3,
        Role.LEGAL_HEAD: 1,
        Role.DIRECTOR: 2,
        Role.COORDINATOR: 1,
        Role.SIGNATORY: 1,
        Role.AUDITOR: 1,
        Role.ADMIN: 1,
        Role.MUNICIPAL: 340,
    }
    assert all(people[email].role == Role.LEGAL for email in LAWYERS)
    assert people["municipio.1610@demo.example"].municipality_id == "1610"
    assert people["coordinacion.16@demo.example"].department_id == "16"
    assert people["direccion.hc@demo.example"].program == "HC"
