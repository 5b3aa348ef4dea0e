"""Papers as lists: who sees which, what filters find, and what a paper says of itself."""

from datetime import date
from typing import Any

import pytest

from models.papers import DocumentKind
from models.people import Role
from models.places import ProgramCode
from models.reviews import ReviewMatter, ReviewStage
from tests import builders, stages
from tests.door import PDF, ask, id_of, request, told

LIST = """query ($filter: OfficialDocumentFilter, $orderBy: OfficialDocumentOrder, $first: Int! = 50, $after: String) {
    officialDocuments(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
        totalCount nodes { number } pageInfo { hasNextPage endCursor } } }"""
ONE = """query ($id: ID!) { officialDocument(id: $id) { number subject addressee parties source voidedOn
    issuedBy { name } voidedBy { name } about { kind id number } } }"""
NODE = "query ($id: ID!) { node(id: $id) { ... on OfficialDocument { number about { number } } } }"
VOID: dict[str, Any] = {"voided_on": date(2026, 3, 2), "void_reason": "Error"}
pytestmark = pytest.mark.usefixtures("db", "clock")


async def numbers(person: Any, **variables: Any) -> list[str]:
    """Return the numbers of a list of papers, and make sure that it counts what it shows."""
    page = (await told(person, LIST, **variables))["officialDocuments"]
    assert page["totalCount"] == len(page["nodes"])
    return [node["number"] for node in page["nodes"]]


@pytest.mark.both_databases
async def test_each_role_sees_the_papers_of_what_it_reaches() -> None:
    ours = await stages.file_in(ReviewStage.IN_ANALYSIS)
    theirs = await builders.review(await builders.convention(at=builders.MIXCO, program=ProgramCode.HC))
    center = await builders.center()
    lease, license = await builders.lease(center), await builders.sanitary_license(center)
    leased = await builders.review(
        convention=None, municipality_id=None, lease=lease, matter=ReviewMatter.LEASE_CONTRACT, department_id="16"
    )
    court_file = await builders.court_file()
    papers = {
        "ours": await builders.paper(review=ours),
        "theirs": await builders.paper(review=theirs),
        "convention": await builders.paper(convention=await stages.convention_of(ours)),
        "lease": await builders.paper(lease=lease),
        "leased": await builders.paper(review=leased),
        "license": await builders.paper(license=license),
        "court": await builders.paper(court_file=court_file),
        "nothing": await builders.paper(),
    }
    office = set(papers) - {"court"}
    for role, more, expected in [
        (Role.MUNICIPAL, {}, {"ours", "convention", "license"}),
        (Role.MUNICIPAL, {"at": builders.MIXCO}, {"theirs"}),
        (Role.MUNICIPAL, {"municipality": None}, set()),
        (Role.COORDINATOR, {}, {"ours", "convention", "lease", "leased", "license"}),
        (Role.COORDINATOR, {"at": builders.MIXCO}, {"theirs"}),
        (Role.DIRECTOR, {}, {"ours", "convention", "lease", "leased", "license"}),
        (Role.DIRECTOR, {"program": ProgramCode.HC}, {"theirs"}),
        (Role.DIRECTOR, {"program": ProgramCode.MUJER}, set()),
        (Role.ADMIN, {}, office),
        (Role.SIGNATORY, {}, office),
        (Role.LEGAL, {}, set(papers)),
        (Role.LEGAL_HEAD, {}, set(papers)),
        (Role.AUDITOR, {}, set(papers)),
    ]:
        person = await builders.person(role, **more)
        seen = {papers[name].number for name in expected}
        assert set(await numbers(person)) == seen, (role, more)
        for name, paper in papers.items():
            one = (await told(person, ONE, id=id_of(paper)))["officialDocument"]
            node = (await told(person, NODE, id=id_of(paper)))["node"]
            assert (one is not None) is (node is not None) is (name in expected), (role, more, name)


async def test_a_court_papers_file_is_as_reserved_as_the_court_file() -> None:
    lawyer = await builders.person(Role.LEGAL)
    files = {}
    for name, more in (("court", {"court_file": await builders.court_file()}), ("nothing", {})):
        files[name] = await builders.stored_file(lawyer, PDF + name.encode(), used=True)
        await builders.paper(issued_by=lawyer, file=files[name], **more)
    for role, court, nothing in [
        (Role.AUDITOR, 500, 500), (Role.ADMIN, 404, 500), (Role.SIGNATORY, 404, 500), (Role.MUNICIPAL, 404, 404),
        (Role.DIRECTOR, 404, 404), (Role.COORDINATOR, 404, 404),
    ]:  # fmt: skip
        person = await builders.person(role)
        # 500: allowed, only that these bytes were never put into the store.
        assert (await request(person, "GET", f"/files/{files['court'].id}")).status_code == court, role
        assert (await request(person, "GET", f"/files/{files['nothing'].id}")).status_code == nothing, role


@pytest.mark.both_databases
async def test_filters_narrow_and_go_together() -> None:
    lawyer = await builders.person(Role.LEGAL)
    review = await stages.file_in(ReviewStage.IN_ANALYSIS)
    old = await builders.paper(
        DocumentKind.OFICIO, issued_on=date(2024, 5, 6), year=2024, search="oficio-aj-1-2024 informe al congreso"
    )
    mine = await builders.paper(DocumentKind.OPINION, issued_by=lawyer, search="opinion cadi san jose")
    void = await builders.paper(DocumentKind.OFICIO, review=review, **VOID)
    for wanted, expected in [
        ({}, [mine, void, old]),
        ({"kind": ["OFICIO"]}, [void, old]),
        ({"kind": ["OFICIO", "OPINION"], "year": 2025}, [mine, void]),
        ({"year": 2024}, [old]),
        ({"from": "2026-03-02"}, [mine, void]),
        ({"to": "2026-03-01"}, [old]),
        ({"from": "2024-05-06", "to": "2024-05-06"}, [old]),
        ({"voided": True}, [void]),
        ({"voided": False}, [mine, old]),
        ({"reviewCode": f" {review.code.lower()} "}, [void]),
        ({"reviewCode": "x" * 500}, []),
        ({"mine": True}, [mine]),
        ({"search": "INFORMÉ congreso"}, [old]),
        ({"search": "informe cadi"}, []),
    ]:
        assert await numbers(lawyer, filter=wanted) == [paper.number for paper in expected], wanted
    ordered = {"field": "SERIAL", "direction": "DESC"}
    assert await numbers(lawyer, orderBy=ordered) == [void.number, mine.number, old.number]
    for wrong in ({"year": 0}, {"year": 3000}):
        answer = await ask(lawyer, LIST, filter=wrong)
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.both_databases
async def test_pages_follow_each_other_in_every_order() -> None:
    lawyer = await builders.person(Role.LEGAL)
    made = [await builders.paper(issued_on=date(2026, 1, 1 + n // 2)) for n in range(5)]
    for field in ("ISSUED_ON", "SERIAL", "NUMBER"):
        found: list[str] = []
        after = None
        for _ in range(3):
            variables = {"orderBy": {"field": field}, "first": 2, "after": after}
            page = (await told(lawyer, LIST, **variables))["officialDocuments"]
            assert page["totalCount"] == 5
            found += [node["number"] for node in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
        assert not page["pageInfo"]["hasNextPage"]
        assert sorted(found) == sorted(paper.number for paper in made)


async def test_a_paper_says_what_it_is_about_and_who_made_it() -> None:
    boss, lawyer = await builders.person(Role.LEGAL_HEAD), await builders.person(Role.LEGAL)
    review = await stages.file_in(ReviewStage.IN_ANALYSIS)
    convention = await stages.convention_of(review)
    court_file, lease = await builders.court_file(), await builders.lease(await builders.center())
    paper = await builders.paper(
        review=review, convention=convention, subject="Consulta", addressee="Lic. Ana Pérez", issued_by=lawyer,
        voided_by=boss, parties=["SOSEP"], **VOID,
    )  # fmt: skip
    assert (await told(boss, ONE, id=id_of(paper)))["officialDocument"] == {
        "number": paper.number, "subject": "Consulta", "addressee": "Lic. Ana Pérez", "parties": ["SOSEP"],
        "source": "SYSTEM", "voidedOn": "2026-03-02", "issuedBy": {"name": lawyer.name},
        "voidedBy": {"name": boss.name},
        "about": {"kind": "LegalReview", "id": id_of(review), "number": review.code},
    }  # fmt: skip
    for record, more in (
        (convention, {"convention": convention}), (lease, {"lease": lease}), (court_file, {"court_file": court_file}),
    ):  # fmt: skip
        about = (await told(boss, ONE, id=id_of(await builders.paper(**more))))["officialDocument"]["about"]
        name = getattr(record, "code", None) or record.number
        assert about == {"kind": type(record).__name__, "id": id_of(record), "number": name}
    assert (await told(boss, ONE, id=id_of(await builders.paper())))["officialDocument"]["about"] is None
    for given in ("", "x", id_of(review)):
        assert (await told(boss, ONE, id=given))["officialDocument"] is None
