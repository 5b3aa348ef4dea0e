"""Who sees what: for a municipality another one's records are as absent as those that do not exist, in every field."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from graphql import GraphQLField, GraphQLObjectType, GraphQLScalarType, get_named_type, is_required_argument

from actions.files import storage
from models.agreements import AgreementStage, Convention, Lease, SanitaryLicense
from models.audit import Verb
from models.centers import Center
from models.contributions import CenterContribution
from models.outbox import Notice, Reminder
from models.papers import OfficialDocument, StoredFile
from models.people import ApiToken, Role, User
from models.permissions import ALLOWED
from models.places import ProgramCode
from models.reviews import Evidence, LegalReview, ReviewMatter, ReviewRequirement, ReviewStage
from models.supervision import SupervisionFinding, SupervisionVisit
from schema.root import build_schema
from tests import builders, court, stages
from tests.door import PDF, ask, contract, done, everything, id_of, id_text, made_up, request, sent_up, token_of, told
from tests.premises import DELEGATE, FACTS

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
SCHEMA = build_schema()
PUBLIC = {"trackFile", "verifyDocument", "verifyFile"}
LISTINGS = {"transparencyLeases", "transparencyConventions"}
"""Public too: there before anything is published, for their dictionary."""
COURT = "court"
"""How the names of reserved fields begin: tests/test_court_reserve.py asks them as every role."""
REPORT = "annualReport"
"""For those who see every record that it counts: tests/test_annual_report.py asks it as every role."""
VERB = re.compile(r"([A-Z])")
"""Where a mutation's name parts: requestRenewal does REQUEST_RENEWAL."""
OWN_VERB = {
    "recordSignatureDelegation": Verb.RECORD_DELEGATION,
    "endAllowance": Verb.SAVE_ALLOWANCE,
    "testWebhook": Verb.RESEND_DELIVERY,
    "startRenewals": Verb.START_BATCH,
    "setNoticePreference": Verb.SET_PREFERENCE,
    "startPapers": Verb.START_BATCH,
    "previewDocument": Verb.ISSUE_DOCUMENT,
    "previewDraft": Verb.ISSUE_DICTAMEN,
    "previewLeasePaper": Verb.ISSUE_LEASE_PAPER,
    "previewAmendment": Verb.AMEND_CONVENTION,
}
"""Mutations that clients know by another name than their deed's."""
SYSTEM = {"label": "x", "url": "https://sistema.example/avisos", "events": ["DOCUMENT_ISSUED"]}
"""Another system that is called, every part right."""
ONES_OWN = {"setNoticePreference"}
"""Mutations that touch only what is the asking person's own, whoever she or he is."""
pytestmark = pytest.mark.usefixtures("db", "clock")


@dataclass
class Town:
    """A municipality's records, one of each kind."""

    mayor: User
    center: Center
    convention: Convention
    renewal: Convention
    review: LegalReview
    line: ReviewRequirement
    paper: OfficialDocument
    file: StoredFile
    evidence: StoredFile
    lease: Lease
    lease_review: LegalReview
    license: SanitaryLicense
    visit: SupervisionVisit
    finding: SupervisionFinding
    contribution: CenterContribution


async def town(at: str, program: ProgramCode = ProgramCode.MAD) -> Town:
    """Make a municipality with a leased center, a convention under renewal, papers, evidence and reminders."""
    name = f"Centro de {at}"
    mayor = await builders.person(Role.MUNICIPAL, at=at)
    center = await builders.center(name, at=at, program=program, search=name.lower())
    convention = await builders.convention(at=at, program=program, centers=[center], search=f"convenio de {at}")
    renewal = await builders.convention(
        at=at, program=program, renews=convention, stage=AgreementStage.IN_REVIEW, starts_on=None, ends_on=None,
        search=f"convenio de {at}",
    )  # fmt: skip
    review = await builders.review(
        renewal, stage=ReviewStage.IN_ANALYSIS, requested_by=mayor, search=f"expediente de {at}"
    )
    line = await builders.asked(review, await _line())
    evidence = await _kept(mayor, f"evidencia {at}")
    await Evidence.create(requirement=line, file=evidence, received_at=NOW, received_by=mayor)
    file = await _kept(await builders.person(Role.LEGAL), f"dictamen {at}")
    paper = await stages.dictamen(review, file=file)
    lease = await builders.lease(await builders.center(f"Arrendado de {at}", at=at, program=program))
    lease_review = await LegalReview.create(
        code=f"EXP-2026-9{at[:3]}", matter=ReviewMatter.LEASE_CONTRACT, lease=lease, department_id=at[:2],
        program=program, title="Arrendamiento", requested_by=mayor, requested_on=date(2026, 3, 2),
        last_moved_on=date(2026, 3, 2), search=f"arrendamiento de {at}",
    )  # fmt: skip
    license = await builders.sanitary_license(center, ends_on=date(2026, 4, 1))
    visit = await builders.visit(center, supervisor_name=name)
    finding = await builders.finding(visit, f"Hallazgo en {at}")
    contribution = await builders.contribution(center)
    for person in (mayor, await builders.person(Role.MUNICIPAL, at=at)):
        notice = await Notice.create(
            key=f"{convention.number}:{person.email}", recipient=person.email, subject="Vence", body="Vence",
            message_id=f"<{person.email}>", created_at=NOW, due_at=NOW, sent_at=NOW,
        )  # fmt: skip
        await Reminder.create(
            convention=convention, rung=30, due_on=date(2026, 3, 1), recipient=person.email, notice=notice
        )
    return Town(
        mayor, center, convention, renewal, review, line, paper, file, evidence, lease, lease_review, license, visit,
        finding, contribution,
    )  # fmt: skip


async def _line() -> Any:
    return await builders.Requirement.get_or_none(code="ACTA") or await builders.requirement("ACTA")


async def _kept(by: User, text: str) -> StoredFile:
    content = PDF + text.encode()
    storage().put(content)
    return await builders.stored_file(by, content, used=True)


@pytest.fixture
async def ours(db: object, clock: object) -> Town:
    """San Juan Chamelco's records."""
    return await town(builders.CHAMELCO)


@pytest.fixture
async def theirs(db: object, clock: object) -> Town:
    """Mixco's records."""
    return await town(builders.MIXCO)


def nodes_of(place: Town) -> dict[str, str]:
    """Return an id of each kind of record of a municipality."""
    rows = {"Center": place.center, "Convention": place.convention, "LegalReview": place.review}
    rows |= {"OfficialDocument": place.paper, "ReviewRequirement": place.line, "SanitaryLicense": place.license}
    rows |= {"SupervisionVisit": place.visit, "SupervisionFinding": place.finding}
    rows |= {"CenterContribution": place.contribution}
    return {kind: id_of(row) for kind, row in rows.items()} | {"File": id_of(place.evidence, "File")}


NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
ONE = {
    "convention": "query ($key: String!) { convention(number: $key) { id number chain { number } } }",
    "legalReview": "query ($key: String!) { legalReview(code: $key) { id code documents { number } } }",
    "center": "query ($key: String!) { center(code: $key) { id code tenure { basis } } }",
    "lease": "query ($key: String!) { lease(number: $key) { id number } }",
}
LISTS = {
    "conventions": """query ($filter: ConventionFilter) { conventions(filter: $filter) {
        totalCount nodes { number reviews { code } } pageInfo { endCursor hasNextPage } } }""",
    "legalReviews": """query ($filter: LegalReviewFilter) { legalReviews(filter: $filter) {
        totalCount nodes { code } pageInfo { endCursor hasNextPage } } }""",
    "centers": """query ($filter: CenterFilter) { centers(filter: $filter) {
        totalCount nodes { code } pageInfo { endCursor hasNextPage } } }""",
}


async def test_by_number_and_code_the_others_are_like_missing(ours: Town, theirs: Town) -> None:
    for query, mine, other in [
        (ONE["convention"], ours.convention.number, theirs.convention.number),
        (ONE["convention"], ours.renewal.number, theirs.renewal.number),
        (ONE["legalReview"], ours.review.code, theirs.review.code),
        (ONE["center"], ours.center.code, theirs.center.code),
        # Not even their own town's lease.
        (ONE["lease"], "", ours.lease.number),
    ]:
        missing = await ask(ours.mayor, query, key="NO-EXISTE")
        assert await ask(ours.mayor, query, key=other) == missing
        assert list(missing["data"].values()) == [None]
        assert not mine or list((await told(ours.mayor, query, key=mine)).values()) != [None]


async def test_by_id_the_others_are_like_missing(ours: Town, theirs: Town) -> None:
    for kind, mine in nodes_of(ours).items():
        assert (await told(ours.mayor, NODE, id=mine))["node"] == {"__typename": kind, "id": mine}
        missing = await ask(ours.mayor, NODE, id=id_text(kind))
        assert await ask(ours.mayor, NODE, id=nodes_of(theirs)[kind]) == missing
        assert missing["data"] == {"node": None}
    # Not even their own town's lease, nor its file: they bind SOSEP and a landlord.
    for row in (ours.lease, ours.lease_review, theirs.lease, theirs.lease_review):
        assert (await told(ours.mayor, NODE, id=id_of(row)))["node"] is None
    assert (await told(ours.mayor, NODE, id=id_of(theirs.mayor, "Viewer")))["node"] is None
    for damaged in ("", "x", made_up("User:1"), made_up("Convention:1 OR 1=1"), made_up("ApiToken:1")):
        assert (await told(ours.mayor, NODE, id=damaged))["node"] is None


async def test_lists_searches_and_counts_hold_only_ones_own(ours: Town, theirs: Town) -> None:
    for name, own in [
        ("conventions", {ours.convention.number, ours.renewal.number}),
        ("legalReviews", {ours.review.code}),
        ("centers", {ours.center.code, (await Center.get(name=f"Arrendado de {builders.CHAMELCO}")).code}),
    ]:
        whole = (await told(ours.mayor, LISTS[name]))[name]
        assert {node.get("number") or node["code"] for node in whole["nodes"]} == own
        assert whole["totalCount"] == len(own)
        filters: list[dict[str, Any]] = [{"municipalityCode": builders.MIXCO}, {"search": builders.MIXCO}]
        if name != "legalReviews":
            filters.append({"departmentCode": "01"})
        for wanted in filters:
            page = await told(ours.mayor, LISTS[name], filter=wanted)
            nothing = await told(ours.mayor, LISTS[name], filter={"search": "no existe"})
            assert page == nothing
            assert page[name]["totalCount"] == 0


SEEN_AND_GIVEN = """query ($filter: CenterPlaceFilter, $of: SupervisionFindingFilter, $visits: SupervisionVisitFilter,
    $given: CenterContributionFilter) {
    supervisionFindings(filter: $of) { totalCount nodes { text } }
    supervisionVisits(filter: $visits) { totalCount nodes { supervisorName } }
    unvisitedCenters(days: 1, filter: $filter) { totalCount nodes { name } }
    centerContributions(filter: $given) { totalCount nodes { center { name } } }
    contributionTotals(filter: $given) { parties { count } places { centers department { code } } } }"""


async def test_what_is_seen_in_centers_and_given_to_them_is_ones_own(ours: Town, theirs: Town) -> None:
    mine = await told(ours.mayor, SEEN_AND_GIVEN)
    assert "Mixco" not in str(mine)
    assert builders.MIXCO not in str(mine)
    assert [mine[name]["totalCount"] for name in list(mine)[:4]] == [1, 1, 1, 1]
    assert mine["contributionTotals"] == {
        "parties": [{"count": 1}],
        "places": [{"centers": 1, "department": {"code": "16"}}],
    }
    for there in ({"municipalityCode": builders.MIXCO}, {"departmentCode": "01"}, {"centerCode": theirs.center.code}):
        asked = dict.fromkeys(("filter", "of", "visits", "given"), there)
        other = await told(ours.mayor, SEEN_AND_GIVEN, **asked)
        assert [other[name]["totalCount"] for name in list(other)[:4]] == [0, 0, 0, 0]
        assert other["contributionTotals"] == {"parties": [], "places": []}


async def test_what_ends_soon_is_ones_own(ours: Town, theirs: Town) -> None:
    data = await told(ours.mayor, contract("renewals-due"), withinDays=3660)

    numbers = [node["instrument"]["number"] for node in data["renewalsDue"]["nodes"]]
    assert numbers == [ours.convention.number, ours.license.number]
    assert data["renewalsDue"]["totalCount"] == 2
    assert data["renewalsDue"]["nodes"][0]["pendingRenewal"] == {"code": ours.review.code, "stage": "IN_ANALYSIS"}


async def test_ones_own_convention_shows_nothing_of_others(ours: Town, theirs: Town) -> None:
    # As a slip of data entry might have it: covers a center of theirs.
    await ours.convention.centers.add(theirs.center)

    page = (await told(ours.mayor, contract("convention-file"), number=ours.convention.number))["convention"]

    assert [center["code"] for center in page["centers"]] == [ours.center.code]
    assert [link["number"] for link in page["chain"]] == [ours.convention.number, ours.renewal.number]
    # Reminders: those that went to oneself.
    assert [one["recipient"] for one in page["reminders"]] == [ours.mayor.email]
    for name in (theirs.convention.number, theirs.review.code, theirs.center.code, theirs.mayor.email):
        assert name not in str(page)


async def test_a_leased_center_says_so_and_shows_no_lease(ours: Town) -> None:
    leased = await Center.get(name=f"Arrendado de {builders.CHAMELCO}")
    query = """query ($code: String!) { center(code: $code) { alarms { code message }
        tenure { basis endsOn daysLeft standing instrument { __typename } } } }"""

    shown = (await told(ours.mayor, query, code=leased.code))["center"]
    seen = (await told(await builders.person(Role.DIRECTOR), query, code=leased.code))["center"]

    assert shown["tenure"] == {"basis": "LEASE", "endsOn": None, "daysLeft": None, "standing": None, "instrument": None}
    assert [alarm["code"] for alarm in shown["alarms"]] == ["LICENSE_MISSING", "ATTENDANCE_NOT_REPORTED"]
    assert ours.lease.number not in str(shown)
    assert seen["tenure"]["instrument"] == {"__typename": "Lease"}
    # A center under both shows the convention, which is the municipality's own.
    await ours.convention.centers.add(leased)
    shown = (await told(ours.mayor, query, code=leased.code))["center"]
    assert (shown["tenure"]["basis"], shown["tenure"]["instrument"]) == ("CONVENTION", {"__typename": "Convention"})


async def test_files_are_given_to_whom_their_record_is_in_reach(ours: Town, theirs: Town) -> None:
    missing = await request(ours.mayor, "GET", "/files/999999")
    assert missing.status_code == 404
    for file in (theirs.file, theirs.evidence):
        answer = await request(ours.mayor, "GET", f"/files/{file.id}")
        assert (answer.status_code, answer.content) == (404, missing.content)
    for file in (ours.file, ours.evidence):
        answer = await request(ours.mayor, "GET", f"/files/{file.id}")
        assert answer.status_code == 200
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.content.startswith(PDF)
    lawyer = await builders.person(Role.LEGAL)
    assert (await request(lawyer, "GET", f"/files/{theirs.evidence.id}")).status_code == 200
    assert (await request(None, "GET", f"/files/{ours.file.id}")).status_code == 401
    fresh = await sent_up(theirs.mayor)
    (row,) = await StoredFile.filter(used=False)
    assert fresh["id"] == id_of(row, "File")
    assert (await request(ours.mayor, "GET", f"/files/{row.id}")).status_code == 404


COUNTS = "{ conventions { totalCount } legalReviews { totalCount } centers { totalCount } }"


async def counts(person: User) -> tuple[int, int, int]:
    """Return how many conventions, open files and centers a person sees."""
    data = await told(person, COUNTS)
    return tuple(data[name]["totalCount"] for name in ("conventions", "legalReviews", "centers"))  # type: ignore[return-value]


async def test_each_role_sees_its_part(ours: Town, theirs: Town) -> None:
    coban = await town("1601", ProgramCode.HC)
    # A center makes: 2 conventions, 2 files (one of them of the lease), 2 centers.
    for role, more, expected in [
        (Role.MUNICIPAL, {"at": builders.CHAMELCO}, (2, 1, 2)),
        (Role.COORDINATOR, {"at": builders.CHAMELCO}, (4, 4, 4)),
        (Role.COORDINATOR, {"at": builders.MIXCO}, (2, 2, 2)),
        (Role.DIRECTOR, {}, (4, 4, 4)),
        (Role.DIRECTOR, {"program": ProgramCode.HC}, (2, 2, 2)),
        (Role.DIRECTOR, {"program": ProgramCode.MUJER}, (0, 0, 0)),
        (Role.MUNICIPAL, {"municipality": None}, (0, 0, 0)),
        (Role.COORDINATOR, {"department": None}, (0, 0, 0)),
        (Role.DIRECTOR, {"program": None}, (0, 0, 0)),
        *((role, {}, (6, 6, 6)) for role in (Role.LEGAL, Role.LEGAL_HEAD, Role.SIGNATORY, Role.AUDITOR, Role.ADMIN)),
    ]:
        assert await counts(await builders.person(role, **more)) == expected, (role, more)
    director = await builders.person(Role.DIRECTOR)
    assert (await told(director, NODE, id=id_of(theirs.lease)))["node"]
    assert (await told(director, NODE, id=id_of(coban.lease)))["node"] is None
    coordinator = await builders.person(Role.COORDINATOR)
    assert (await told(coordinator, NODE, id=id_of(coban.lease)))["node"]
    for row in (theirs.lease, theirs.lease_review, theirs.convention, theirs.license):
        assert (await told(coordinator, NODE, id=id_of(row)))["node"] is None


def inputs(place: Town, lawyer: User) -> dict[str, dict[str, Any]]:
    """Return a well-formed input for every mutation, about a municipality's records."""
    review, convention = {"reviewId": id_of(place.review)}, {"conventionId": id_of(place.convention)}
    file = {"fileId": id_of(place.evidence, "File")}
    texts = {"background": "a", "analysis": "b", "conclusion": "c", "grounds": [{"norm": "n", "text": "t"}]}
    who = {"side": "COUNTERPART", "signerName": "a", "capacity": "b", "place": "c", "signedOn": "2026-03-02"}
    return {
        "requestRenewal": convention,
        "submitRequirement": review | file | {"requirementCode": "ACTA"},
        "submitForReview": review,
        "assignReview": review | {"assigneeId": id_of(lawyer, "Person")},
        "returnReview": review | {"observations": [{"subject": "a", "finding": "b", "cure": "c"}]},
        "issueDictamen": review | texts | {"outcome": "FAVORABLE"},
        "recordCouncilMinute": convention | {"actNumber": "1", "pointNumber": "2", "sessionDate": "2026-03-01"},
        "recordSignature": {"subjectId": id_of(place.convention)} | who,
        "withdrawReview": review | {"reason": "x"},
        "requestConvention": {
            "kind": "CONVENIO",
            "program": "MAD",
            "title": "x",
            "termMonths": 1,
            "municipalityCode": place.convention.municipality_id,
        },
        "amendConvention": convention | {"motive": "x", "signedOn": "2026-03-02", "newEndsOn": "2026-12-31"},
        "terminateConvention": convention | {"reason": "x", "effectiveOn": "2026-03-20", "basis": "OTHER"},
        "addCommitment": convention | {"party": "SOSEP", "kind": "TASK", "item": "x"},
        "fulfillCommitment": {"commitmentId": id_text("Commitment"), "fulfilledOn": "2026-03-02"},
        "silenceAlarm": {"code": "LICENSE_MISSING", "subjectId": id_of(place.center), "reason": "x"}
        | {"until": "2026-03-02"},
        "liftSilence": {"silenceId": id_text("AlarmSilence")},
        "recordVisit": {"centerId": id_of(place.center), "visitedOn": "2026-03-02", "supervisorName": "a"}
        | {"summary": "b", "findings": [{"text": "c", "severity": "LOW", "party": "SOSEP"}]},
        "followUpFinding": {"findingId": id_of(place.finding), "notedOn": "2026-03-02", "text": "a"},
        "saveContribution": {"centerId": id_of(place.center), "party": "SOSEP", "kind": "FOOD", "description": "a"}
        | {"since": "2026-03-02"},
        "endContribution": {"contributionId": id_of(place.contribution), "until": "2026-03-02", "reason": "a"},
        "recordOfficeHolder": {
            "municipalityCode": place.convention.municipality_id,
            "name": "x",
            "position": "x",
            "gender": "F",
            "since": "2026-03-02",
        },
        "addInstitution": {"name": "x", "shortName": "x", "sector": "NGO"},
        "requestLease": FACTS | {"servesId": id_of(place.center)},
        "changeLease": FACTS | {"leaseId": id_of(place.lease)},
        "confirmLeaseForm": {"leaseId": id_of(place.lease), "form": "CONTRATO"},
        "registerReview": {"matter": "OTHER", "title": "a", "requestingUnit": "b", "receivedOn": "2026-03-02"},
        "concludeReview": review | {"reason": "x"},
        "lapseReview": review,
        "issueDocument": {"kind": "OFICIO", "subjectId": id_of(place.review), "fields": {"a": "b"}},
        "setSeriesPattern": {"kind": "OFICIO", "pattern": "OF-{serial}-{year}"},
        "renewLease": {"leaseId": id_of(place.lease)},
        "requestLicense": {"centerId": id_of(place.center)},
        "recordLicense": {
            "licenseId": id_of(place.license),
            "licenseNumber": "x",
            "issuedOn": "2026-03-02",
            "expiresOn": "2027-03-01",
        },
        "openCenter": {
            "name": "x",
            "kind": "CAD",
            "municipalityCode": place.convention.municipality_id,
            "openedOn": "2026-03-02",
            "act": "x",
        },
        "recordCenterEvent": {"centerId": id_of(place.center), "kind": "SUSPENSION", "happenedOn": "2026-03-02"}
        | {"act": "x", "reason": "x"},
        "annulCenterEvent": {"eventId": id_text("CenterEvent"), "reason": "x"},
        "issueLeasePaper": {"leaseId": id_of(place.lease)},
        "terminateLease": {
            "leaseId": id_of(place.lease),
            "reason": "x",
            "basis": "BREACH",
            "effectiveOn": "2026-06-30",
        },
        "recordSignatureDelegation": {"subjectId": id_of(place.lease), **DELEGATE},
        **court.inputs(),
        "meetCondition": {"conditionId": id_text("Condition"), "metOn": "2026-03-02", "note": "x"},
        "deferCondition": {"conditionId": id_text("Condition"), "dueOn": "2026-05-04", "reason": "x"},
        "previewDocument": {"kind": "OFICIO", "subjectId": id_of(place.review), "fields": {"a": "b"}},
        "previewLeasePaper": {"leaseId": id_of(place.lease)},
        "previewAmendment": convention | {"motive": "x", "signedOn": "2026-03-02", "newEndsOn": "2026-12-31"},
        "previewDraft": review | {"kind": "DICTAMEN"},
        "saveDraft": review | {"kind": "DICTAMEN"},
        "submitDraft": review | {"kind": "DICTAMEN"},
        "decideDraft": {"draftId": id_text("PaperDraft"), "approve": True},
        "voidDocument": {"documentId": id_of(place.paper), "reason": "x"},
        "attachSignedCopy": {"documentId": id_of(place.paper), "fileId": id_of(place.evidence, "File")}
        | {"signedOn": "2026-03-02"},
        "withdrawSignedCopy": {"copyId": id_text("SignedCopy"), "reason": "x"},
        "signPaper": {"documentId": id_of(place.paper)},
        "uploadTemplate": {"kind": "OFICIO", "fileId": id_text("File"), "note": "x"},
        "approveTemplate": {"versionId": id_text("TemplateVersion")},
        "retireTemplate": {"versionId": id_text("TemplateVersion"), "reason": "x"},
        "saveAllowance": {"item": "gas", "amount": "1.00", "since": "2026-03-02", "source": "x"},
        "endAllowance": {"rateId": id_text("AllowanceRate"), "endsOn": "2026-03-02", "reason": "x"},
        "recordAttendance": {"month": "2026-02", "centers": [{"centerId": id_of(place.center), "men": 1, "women": 1}]},
        "correctAttendance": {"attendanceId": id_text("Attendance"), "men": 1, "women": 1, "reason": "x"},
        "saveHoliday": {"day": "2026-05-04", "scope": "NATIONAL", "name": "x", "legalBasis": "y"},
        "withdrawHoliday": {"holidayId": id_text("Holiday"), "reason": "x"},
        "setParameter": {"code": "RETURN_ANSWER_DAYS", "value": 10},
        "confirmParameter": {"parameterId": id_text("LegalParameter")},
        "startRenewals": {"conventionIds": [id_of(place.convention)]},
        "startPapers": {"conventionIds": [id_of(place.convention)]},
        "retryBatch": {"batchId": id_text("Batch")},
        "stopBatch": {"batchId": id_text("Batch")},
        "startImport": {"kind": "CENTERS", "fileId": id_text("File")},
        "confirmImport": {"importId": id_text("SheetImport"), "sha256": "x"},
        "discardImport": {"importId": id_text("SheetImport")},
        "saveRung": {"instrument": "CONVENTION", "days": 45, "tellsProgram": True},
        "retireRung": {"rungId": id_text("LadderRung")},
        "pauseFlow": {"flow": "REMINDERS", "reason": "x"},
        "resumeFlow": {"flow": "REMINDERS"},
        "saveOffice": {"name": "Sede", "departmentCode": "16"},
        "resendNotice": {"noticeId": id_text("Notice")},
        "issueReport": {"from": "2025-01-01", "to": "2025-12-31"},
        "publishListing": {"listing": "LEASES"},
        "setNoticePreference": {"topic": "MOVES", "mode": "DAILY"},
        "clearBounce": {"bounceId": id_text("BouncedAddress")},
        "saveContact": {"email": "x@y.gt", "name": "x", "municipalityCode": place.convention.municipality_id},
        "stopContact": {"contactId": id_text("Contact")},
        "saveRequirement": {"code": "NUEVO", "title": "x"},
        "retireRequirement": {"requirementId": id_text("Requirement")},
        "confirmRequirement": {"requirementId": id_text("Requirement")},
        "createFeed": {"scope": "MUNICIPALITY", "municipalityCode": place.convention.municipality_id},
        "revokeFeed": {"feedId": id_text("CalendarFeed")},
        "addWebhook": SYSTEM,
        "changeWebhook": SYSTEM | {"webhookId": id_text("Webhook")},
        "testWebhook": {"webhookId": id_text("Webhook")},
        "resendDelivery": {"deliveryId": id_text("WebhookDelivery")},
    }


def mutation(name: str) -> str:
    """Return the text of a mutation that asks only for its errors."""
    return f"""mutation ($input: {name[0].upper()}{name[1:]}Input!) {{
        {name}(input: $input) {{ errors {{ code path }} }} }}"""


def root(kind: str) -> dict[str, GraphQLField]:
    """Return the fields of Query or Mutation."""
    found = SCHEMA._schema.type_map[kind]
    assert isinstance(found, GraphQLObjectType)
    return dict(found.fields)


async def test_the_auditor_and_strangers_change_nothing(ours: Town, theirs: Town) -> None:
    lawyer = await builders.person(Role.LEGAL)
    given = inputs(ours, lawyer)
    assert given.keys() == root("Mutation").keys()
    people = [await builders.person(role) for role in (Role.AUDITOR, Role.ADMIN, Role.COORDINATOR)]
    for person in [*people, theirs.mayor]:
        await token_of(person)
    before = await everything()
    for name, input in given.items():
        for person in people:
            verb = OWN_VERB.get(name) or Verb[VERB.sub(r"_\1", name).upper()]
            if person.role in ALLOWED[verb]:
                continue
            answer = await ask(person, mutation(name), input=input)
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"], (name, person.role)
        answer = await ask(None, mutation(name), input=input)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"], name
        if name in ONES_OWN:
            continue
        answer = await ask(theirs.mayor, mutation(name), input=input)
        if "errors" in answer:
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"], name
        else:
            assert [error["code"] for error in answer["data"][name]["errors"]] == ["NOT_FOUND"], name
    assert await everything() == before


LEAST = {"String": '"x"', "ID": '"x"', "Date": '"2026-03-02"', "Int": "1"}


def question(name: str, asked: GraphQLField) -> str:
    """Return an operation that asks a root field with the least it needs."""
    needed = [key for key, argument in asked.args.items() if is_required_argument(argument)]
    least = {key: LEAST[get_named_type(asked.args[key].type).name] for key in needed}
    arguments = "(" + ", ".join(f"{key}: {value}" for key, value in least.items()) + ")" if needed else ""
    leaf = isinstance(get_named_type(asked.type), GraphQLScalarType)
    return f"{{ {name}{arguments} {'' if leaf else '{ __typename }'} }}"


async def test_without_signing_in_only_verification_and_tracking_answer(ours: Town) -> None:
    asked = root("Query")
    lawyer = await builders.person(Role.LEGAL)
    assert asked.keys() > PUBLIC | LISTINGS
    for name, found in asked.items():
        answer = await ask(None, question(name, found))
        if name in LISTINGS:
            assert answer["data"][name]
            assert "errors" not in answer
        elif name in PUBLIC or name == "viewer":
            assert answer["data"] == {name: None}, name
            assert "errors" not in answer
        else:
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"], name
            assert not any((answer["data"] or {}).values())
            asking = lawyer if name.startswith(COURT) or name == REPORT else ours.mayor
            assert "errors" not in await ask(asking, question(name, found)), "the question itself is wrong"


async def test_what_is_public_names_nobody(ours: Town) -> None:
    tracked = (await told(None, contract("track-file"), code=ours.review.code.lower()))["trackFile"]
    verified = (await told(None, contract("verify-document"), code=ours.paper.verification_code))["verifyDocument"]

    assert (tracked["code"], tracked["stage"], tracked["stageLabel"]) == (
        ours.review.code,
        "IN_ANALYSIS",
        "En análisis",
    )
    assert (verified["number"], verified["state"], verified["parties"]) == (ours.paper.number, "VALID", [])
    for person in await User.all():
        assert person.name not in str((tracked, verified))
        assert person.email not in str((tracked, verified))


async def test_a_token_that_is_altered_expired_or_revoked_opens_nothing(ours: Town) -> None:
    await done(ours.mayor, mutation("withdrawReview"), reviewId=id_of(ours.review), reason="x")
    for change in (
        {"token_hash": "0" * 64},
        {"expires_at": NOW - timedelta(days=30)},
        {"revoked_at": NOW},
    ):
        kept = await ApiToken.get(user_id=ours.mayor.id).values(*change)
        await ApiToken.filter(user_id=ours.mayor.id).update(**change)
        answer = await ask(ours.mayor, COUNTS)
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"UNAUTHENTICATED"}
        await ApiToken.filter(user_id=ours.mayor.id).update(**kept)
    assert "errors" not in await ask(ours.mayor, COUNTS)
    await User.filter(id=ours.mayor.id).update(active=False)
    answer = await ask(ours.mayor, COUNTS)
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"UNAUTHENTICATED"}
