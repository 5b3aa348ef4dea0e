"""Finding files: by any word or number that belongs to them, by matter, and by the days they came and were done."""

from datetime import date
from typing import Any

import pytest

from actions.agreements import open_review
from actions.audited import audited
from models.agreements import AgreementStage
from models.audit import Verb
from models.fields import folded
from models.people import Role, User
from models.places import ProgramCode
from models.reviews import LegalReview, ReviewMatter, ReviewStage
from tests import builders, stages
from tests.door import ask, told

LIST = """query ($filter: LegalReviewFilter) { legalReviews(filter: $filter, first: 50, orderBy: { field: CODE }) {
    totalCount nodes { code } } }"""


async def found(person: User, **filter: Any) -> list[str]:
    """Return the codes of the files that a filter finds, in the order of the codes."""
    page = (await told(person, LIST, filter=filter))["legalReviews"]
    assert page["totalCount"] == len(page["nodes"])
    return [node["code"] for node in page["nodes"]]


async def opened(number: str, **more: Any) -> LegalReview:
    """Return the file of a convention under way, opened as a request opens it."""
    director = await builders.person(Role.DIRECTOR)
    convention = await builders.convention(
        stage=AgreementStage.REQUESTED, starts_on=None, ends_on=None, search=folded(number), number=number, **more
    )
    async with audited(Verb.REQUEST_RENEWAL, actor=director) as entry:
        review = await open_review(entry, convention)
        entry.about(review, "Se abrió.")
    return review


@pytest.mark.both_databases
async def test_a_file_is_found_by_what_its_papers_agreement_and_parties_are_called(db: object, clock: object) -> None:
    lawyer = await builders.person(Role.LEGAL)
    town = await opened("CONV-2026-0501")
    ally = await opened(
        "CONV-2026-0502", at=None, institution=await builders.institution("Fundación Niñez Ágil"), title="Útiles"
    )
    lease = await builders.lease(await builders.center(), number="ARR-2026-0077", search=folded("arr-2026-0077 Peña"))
    rented = await LegalReview.create(
        code="EXP-2026-0900", matter=ReviewMatter.LEASE_ACTA, lease=lease, title="Arrendamiento", requested_by=lawyer,
        requested_on=date(2026, 3, 2), last_moved_on=date(2026, 3, 2), reference="OF-99",
        search=folded("EXP-2026-0900 Arrendamiento OF-99"),
    )  # fmt: skip
    await stages.dictamen(ally, number="DICTAMEN-AJ-3-2026", serial=3)
    # As the papers of an older program stand: without words of their own.
    await stages.dictamen(town, number="DICTAMEN-AJ-13-2026", serial=13)
    await stages.dictamen(rented, number="OFICIO-AJ-8-2026", serial=8, search=folded("OFICIO-AJ-8-2026 Bienes Nación"))

    for search, files in {
        "DICTAMEN-AJ-3-2026": [ally],
        " dictamen-aj-13-2026 ": [town],
        "ninez agil": [ally],
        "ÁGIL utiles": [ally],
        "municipalidad chamelco": [town],
        "CONV-2026-0501": [town],
        "arr-2026-0077": [rented],
        "pena": [rented],
        "of-99": [rented],
        "bienes nacion": [rented],
        "exp-2026-0900": [rented],
        "chamelco ninez": [],
        "%": [],
        "' OR 1=1--": [],
        "x" * 5000: [],
    }.items():
        assert await found(lawyer, search=search) == sorted(file.code for file in files), search
    # Whoever cannot reach a file does not find it by its papers either.
    stranger = await builders.person(Role.MUNICIPAL, at=builders.MIXCO)
    assert await found(stranger, search="DICTAMEN-AJ-13-2026") == []
    mayor = await builders.person(Role.MUNICIPAL)
    assert await found(mayor, search="DICTAMEN-AJ-13-2026") == [town.code]
    assert await found(mayor, search="OFICIO-AJ-8-2026") == []


@pytest.mark.usefixtures("db", "clock")
async def test_by_matter_and_by_the_days_of_receipt_and_conclusion() -> None:
    lawyer = await builders.person(Role.LEGAL)
    early = await stages.file_in(
        ReviewStage.CLOSED, requested_on=date(2026, 1, 2), closed_on=date(2026, 1, 30), code="EXP-2026-0001"
    )
    late = await stages.file_in(
        ReviewStage.CLOSED, requested_on=date(2026, 2, 10), closed_on=date(2026, 2, 27), code="EXP-2026-0002",
        matter=ReviewMatter.CONVENTION_CADI,
    )  # fmt: skip
    under_way = await stages.file_in(
        ReviewStage.IN_ANALYSIS, requested_on=date(2026, 2, 10), code="EXP-2026-0003",
        matter=ReviewMatter.CONVENTION_CADI,
    )  # fmt: skip
    opinion = await stages.file_in(
        ReviewStage.RECEIVED, requested_on=date(2026, 3, 1), code="EXP-2026-0004", matter=ReviewMatter.OPINION
    )

    for filter, files in (
        ({}, [under_way, opinion]),
        ({"matter": ["CONVENTION_CADI"]}, [under_way]),
        ({"matter": ["CONVENTION_CADI", "OPINION"]}, [under_way, opinion]),
        ({"receivedFrom": "2026-01-02", "receivedTo": "2026-02-10"}, [early, late, under_way]),
        ({"receivedFrom": "2026-01-03", "receivedTo": "2026-02-09"}, []),
        ({"receivedTo": "2026-12-31", "matter": ["CONVENTION_CADI"]}, [late, under_way]),
        ({"closedFrom": "2026-01-30", "closedTo": "2026-01-30"}, [early]),
        ({"closedFrom": "2026-01-31"}, [late]),
        ({"closedTo": "2026-12-31", "stage": ["CLOSED"], "matter": ["OPINION"]}, []),
    ):
        assert await found(lawyer, **filter) == [file.code for file in files], filter
    wrong = await ask(lawyer, LIST, filter={"receivedFrom": "2027-02-29"})
    assert "escriba una fecha que exista" in wrong["errors"][0]["message"]


@pytest.mark.usefixtures("db", "clock")
@pytest.mark.parametrize(
    ("program", "matter"),
    [
        (ProgramCode.MAD, ReviewMatter.CONVENTION_MAD),
        (ProgramCode.HC, ReviewMatter.CONVENTION_CADI),
        (ProgramCode.MUJER, ReviewMatter.CONVENTION_OTHER),
        (ProgramCode.SERVICIO_SOCIAL, ReviewMatter.CONVENTION_OTHER),
        (ProgramCode.INSTITUCIONAL, ReviewMatter.CONVENTION_OTHER),
    ],
)
async def test_a_convention_counts_in_the_line_of_its_program(program: ProgramCode, matter: ReviewMatter) -> None:
    assert (await opened("CONV-2026-0600", program=program)).matter == matter
