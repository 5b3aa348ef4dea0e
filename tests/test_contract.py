"""The operations that clients rely on run as written: the mutations as one story, then every list with its values."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, parse, validate

from actions.preparation import prepare_agreement
from actions.reviews import admit_review, close_review
from models.agreements import AgreementStage, Convention
from models.batches import Batch
from models.calendar import LegalParameter
from models.contributions import AllowanceRate
from models.conventions import Amendment, Commitment
from models.drafts import Condition
from models.feeds import CalendarFeed
from models.imports import SheetImport
from models.outbox import Notice, Reminder
from models.papers import OfficialDocument
from models.people import Role
from models.places import Sector
from models.publications import IssuedReport
from models.reviews import LegalReview, ReviewMatter, ReviewStage
from models.signed_copies import SignedCopy
from models.templates import TemplateVersion
from models.webhooks import WebhookDelivery
from schema.root import build_schema
from settings import PROJECT
from tests import builders, court, messages, stages
from tests.conftest import Clock
from tests.door import contract, done, id_of, person_id, sent_up, told
from tests.receivers import system

SCHEMA = build_schema()
OFFERED = {
    "agreement-stats", "amend-convention", "annual-report", "assign-review", "center-status", "convention-file",
    "issue-dictamen",
    "issue-document", "lease-register", "legal-inbox", "municipal-home", "record-council-minute", "record-delegation",
    "record-signature", "renewals-due", "request-renewal", "return-review", "submit-for-review", "submit-requirement",
    "terminate-convention", "track-file", "verify-document", "void-document",
}  # fmt: skip
LATER = {
    "audit-trail", "review-changed",
}  # fmt: skip
"""Not offered yet; the one that begins to validate moves up."""
NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"


def test_the_contract_is_known_whole() -> None:
    files = {path.stem for path in (PROJECT / "tests" / "contract").glob("*.graphql")}

    assert files == OFFERED | LATER
    assert not OFFERED & LATER
    assert len(OFFERED) == 23


@pytest.mark.parametrize("name", sorted(OFFERED))
def test_what_is_offered_is_valid(name: str) -> None:
    assert validate(SCHEMA._schema, parse(contract(name))) == []


@pytest.mark.parametrize("name", sorted(LATER))
def test_what_comes_later_is_not_valid_yet(name: str) -> None:
    assert validate(SCHEMA._schema, parse(contract(name))), f"{name} validates: move it to OFFERED and test its answer"


def ids(answer: Any) -> Iterator[str]:
    """Give every id inside an answer."""
    if isinstance(answer, dict):
        if isinstance(answer.get("id"), str):
            yield answer["id"]
        for value in answer.values():
            yield from ids(value)
    if isinstance(answer, list):
        for value in answer:
            yield from ids(value)


async def test_the_story_of_a_renewal_from_request_to_signature(db: object, clock: Clock) -> None:
    engine = await stages.engine()
    mayor, lawyer, signatory = [await builders.person(role) for role in (Role.MUNICIPAL, Role.LEGAL, Role.SIGNATORY)]
    await builders.program()
    center = await builders.center("Los Nietos")
    old = await builders.convention(centers=[center])
    await builders.requirement("ACTA")
    seen: list[Any] = []

    async def do(person: Any, name: str, **input: Any) -> dict[str, Any]:
        payload = await done(person, contract(name), **input)
        seen.append(payload)
        return payload

    asked = await do(mayor, "request-renewal", conventionId=id_of(old), termMonths=12, note="Con gusto")
    new, review = asked["convention"]["id"], {"reviewId": asked["review"]["id"]}
    key = (await LegalReview.get()).id
    up = await sent_up(mayor)
    handed = await do(mayor, "submit-requirement", **review, requirementCode="ACTA", fileId=up["id"], note="")
    assert (handed["requirement"]["fulfilled"], handed["requirement"]["evidence"]["sha256"]) == (True, up["sha256"])
    sent = await do(mayor, "submit-for-review", **review, expectedVersion=1)
    assert (sent["review"]["stage"], sent["review"]["dueOn"]) == ("RECEIVED", "2026-03-16")
    assert await admit_review(actor=engine, review_id=key)
    taken = await do(lawyer, "assign-review", **review, assigneeId=person_id(lawyer))
    assert (taken["review"]["stage"], taken["review"]["assignee"]) == ("IN_ANALYSIS", {"name": lawyer.name})
    one = {"subject": "Acta", "finding": "No consta aprobada.", "legalBasis": "Art. 41", "cure": "Certifíquela."}
    back = await do(lawyer, "return-review", **review, observations=[one], workingDays=10)
    assert (back["document"]["number"], back["review"]["returnsCount"]) == ("PROVIDENCIA-AJ-1-2026", 1)
    clock.move_to(date(2026, 3, 9))
    minute = await do(
        mayor, "record-council-minute", conventionId=new, actNumber="12-2026", pointNumber="Quinto",
        sessionDate="2026-02-02", approvedDate="2026-02-09", votesFor=9, votesAgainst=1, fileId=None,
    )  # fmt: skip
    assert minute["councilMinute"]["valid"]
    answered = await do(mayor, "submit-for-review", **review)
    assert (answered["review"]["stage"], answered["review"]["dueOn"]) == ("IN_ANALYSIS", "2026-03-23")
    assert await admit_review(actor=engine, review_id=key)
    concluded = await do(
        lawyer, "issue-dictamen", **review, outcome="FAVORABLE", background="Pidió renovar.",
        grounds=[{"norm": "Código Municipal", "article": "35", "text": "Faculta."}], analysis="Cumple.",
        conclusion="Procede.", conditions=[],
    )  # fmt: skip
    assert concluded["document"]["number"] == "DICTAMEN-AJ-1-2026"
    assert await prepare_agreement(actor=engine, review_id=key)
    who = {"subjectId": new, "place": "Guatemala", "signedOn": "2026-03-09"}
    for person, side, name, scan in (
        (signatory, "SOSEP", "Carla Ruiz", None), (mayor, "COUNTERPART", "Berta Xol", (await sent_up(mayor))["id"]),
    ):  # fmt: skip
        signed = await do(
            person, "record-signature", **who, side=side, signerName=name, capacity="Titular", fileId=scan
        )
    assert (signed["subject"]["stage"], signed["blockers"]) == ("SIGNED", [])
    assert await close_review(actor=engine, review_id=key)

    page = (await told(mayor, contract("convention-file"), number=asked["convention"]["number"]))["convention"]
    seen.append(page)
    timeline = [(entry["action"], entry["actor"]["name"]) for entry in page.pop("timeline")]
    assert timeline == [
        ("REQUEST_RENEWAL", mayor.name), ("SUBMIT_REQUIREMENT", mayor.name), ("SUBMIT_FOR_REVIEW", mayor.name),
        ("ADMIT_REVIEW", engine.name), ("ASSIGN_REVIEW", lawyer.name), ("RETURN_REVIEW", lawyer.name),
        ("RECORD_COUNCIL_MINUTE", mayor.name), ("SUBMIT_FOR_REVIEW", mayor.name), ("ADMIT_REVIEW", engine.name),
        ("ISSUE_DICTAMEN", lawyer.name), ("PREPARE_AGREEMENT", engine.name), ("RECORD_SIGNATURE", signatory.name),
        ("RECORD_SIGNATURE", mayor.name), ("CLOSE_REVIEW", engine.name),
    ]  # fmt: skip
    papers = page.pop("documents")
    assert [(paper["number"], paper["voidedOn"]) for paper in papers] == [
        ("PROVIDENCIA-AJ-1-2026", None), ("DICTAMEN-AJ-1-2026", None), ("CONVENIO-AJ-1-2026", None),
    ]  # fmt: skip
    assert all(paper["file"]["url"] and len(paper["file"]["sha256"]) == 64 for paper in papers)
    assert page == {
        "id": new, "number": "CONV-2026-0001", "kind": "CONVENIO", "program": "MAD", "stage": "SIGNED",
        "standing": "PENDING", "startsOn": "2026-04-01", "endsOn": "2027-03-31", "daysLeft": 387, "source": "SYSTEM",
        "version": 6,
        "municipality": {"code": "1610", "name": "San Juan Chamelco", "department": {"name": "Alta Verapaz"}},
        "counterpart": None,
        "centers": [{"code": center.code, "name": "Los Nietos", "kind": "CAD"}],
        "chain": [
            {"number": old.number, "startsOn": "2025-04-01", "endsOn": "2026-03-31", "standing": "EXPIRING"},
            {"number": "CONV-2026-0001", "startsOn": "2026-04-01", "endsOn": "2027-03-31", "standing": "PENDING"},
        ],
        "councilMinutes": [{
            "actNumber": "12-2026", "pointNumber": "Quinto", "sessionDate": "2026-02-02", "approvedDate": "2026-02-09",
            "valid": True,
        }],
        "reviews": [{
            "code": "EXP-2026-0001", "stage": "CLOSED", "receivedOn": "2026-03-02", "closedOn": "2026-03-09",
            "returnsCount": 1,
            "documents": [
                {"kind": "PROVIDENCIA", "number": "PROVIDENCIA-AJ-1-2026", "outcome": None, "issuedOn": "2026-03-02"},
                {"kind": "DICTAMEN", "number": "DICTAMEN-AJ-1-2026", "outcome": "FAVORABLE", "issuedOn": "2026-03-09"},
                {"kind": "CONVENIO", "number": "CONVENIO-AJ-1-2026", "outcome": None, "issuedOn": "2026-03-09"},
            ],
        }],
        "signatures": [
            {"side": "SOSEP", "signerName": "Carla Ruiz", "capacity": "Titular", "signedOn": "2026-03-09"},
            {"side": "COUNTERPART", "signerName": "Berta Xol", "capacity": "Titular", "signedOn": "2026-03-09"},
        ],
        "amendments": [], "commitments": [], "reminders": [],
    }  # fmt: skip
    verified = await told(None, contract("verify-document"), code=papers[1]["verificationCode"])
    typed = papers[1]["verificationCode"].replace("-", " ").lower()
    assert await told(None, contract("verify-document"), code=typed) == verified
    assert verified["verifyDocument"] == {
        "kind": "DICTAMEN", "number": "DICTAMEN-AJ-1-2026", "issuedOn": "2026-03-09", "state": "VALID",
        "parties": ["SOSEP", "Municipalidad de San Juan Chamelco"], "sha256Prefix": papers[1]["file"]["sha256"][:16],
    }  # fmt: skip
    tracked = await told(None, contract("track-file"), code="EXP-2026-0001")
    assert tracked["trackFile"] == {
        "code": "EXP-2026-0001", "stage": "CLOSED", "stageLabel": "Concluido", "receivedOn": "2026-03-02",
        "dueOn": None, "lastMovedOn": "2026-03-09",
    }  # fmt: skip
    given = set(ids(seen))
    assert len(given) == 4  # old and new convention, file, dictamen
    for one_id in given:
        assert (await told(mayor, NODE, id=one_id))["node"]["id"] == one_id


async def test_what_no_story_tells_is_on_the_conventions_page_too(db: object, clock: Clock) -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    convention = await builders.convention()
    await Amendment.create(convention=convention, ordinal=1, motive="Horario", signed_on=date(2025, 8, 1))
    await Commitment.create(
        convention=convention, party="SOSEP", item="Alimentos", quantity="35", due_on=date(2026, 1, 1),
        fulfilled_on=date(2026, 1, 2),
    )  # fmt: skip
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    notice = await Notice.create(
        key="vence", recipient=mayor.email, subject="Vence", body="Vence", message_id="<1>", created_at=at, due_at=at,
        sent_at=at,
    )  # fmt: skip
    await Reminder.create(convention=convention, rung=30, due_on=date(2026, 3, 1), recipient=mayor.email, notice=notice)

    page = (await told(mayor, contract("convention-file"), number=convention.number, asOf="2026-04-01"))["convention"]

    assert page["amendments"] == [{"ordinal": 1, "motive": "Horario", "signedOn": "2025-08-01"}]
    assert page["commitments"] == [
        {"party": "SOSEP", "item": "Alimentos", "quantity": "35", "dueOn": "2026-01-01", "fulfilled": True}
    ]
    (reminder,) = page["reminders"]
    assert reminder.pop("sentAt").startswith("2026-03-01T")
    assert reminder == {"rung": 30, "dueOn": "2026-03-01", "recipient": mayor.email}
    assert (page["standing"], page["daysLeft"]) == ("EXPIRED", -1)
    assert [link["standing"] for link in page["chain"]] == ["EXPIRED"]


async def test_the_municipal_home(db: object, clock: Clock) -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    center = await builders.center()
    endless = await builders.convention(ends_on=None)
    ending = await builders.convention(centers=[center])
    renewal = await builders.convention(renews=ending, stage=AgreementStage.IN_REVIEW, starts_on=None, ends_on=None)
    review = await stages.file_in(ReviewStage.RECEIVED, of=renewal, due_on=date(2026, 3, 16))
    await builders.convention(at=builders.MIXCO)

    home = await told(mayor, contract("municipal-home"))

    assert home["viewer"] == {
        "name": mayor.name, "role": "MUNICIPAL",
        "municipality": {
            "code": "1610", "name": "San Juan Chamelco", "department": {"code": "16", "name": "Alta Verapaz"},
        },
    }  # fmt: skip
    page = home["conventions"]
    assert page["totalCount"] == 3
    assert [node["number"] for node in page["nodes"]] == [ending.number, endless.number, renewal.number]
    assert page["nodes"][0] == {
        "id": id_of(ending), "number": ending.number, "kind": "CONVENIO", "program": "MAD", "stage": "SIGNED",
        "standing": "EXPIRING", "daysLeft": 29, "startsOn": "2025-04-01", "endsOn": "2026-03-31", "version": 1,
        "centers": [{"code": center.code, "name": center.name, "kind": "CAD"}],
        "pendingRenewal": {"code": review.code, "stage": "RECEIVED", "dueOn": "2026-03-16"},
    }  # fmt: skip
    assert page["pageInfo"]["hasNextPage"] is False
    first = (await told(mayor, contract("municipal-home"), first=1))["conventions"]
    rest = (await told(mayor, contract("municipal-home"), after=first["pageInfo"]["endCursor"]))["conventions"]
    assert [node["number"] for node in first["nodes"] + rest["nodes"]] == [node["number"] for node in page["nodes"]]


async def test_the_lawyers_inbox(db: object, clock: Clock) -> None:
    lawyer, colleague = await builders.person(Role.LEGAL), await builders.person(Role.LEGAL)
    ngo = await builders.institution("Fundación Niñez", Sector.NGO)
    kinds = {"stage": AgreementStage.IN_REVIEW, "starts_on": None, "ends_on": None}
    late = await stages.file_in(
        ReviewStage.IN_ANALYSIS, of=await builders.convention(**kinds), assignee=lawyer, due_on=date(2026, 2, 27)
    )
    paper = await stages.dictamen(late, issued_on=date(2026, 2, 20))
    soon = await stages.file_in(
        ReviewStage.RECEIVED, of=await builders.convention(at=None, institution=ngo, **kinds), proposed_lawyer=lawyer,
        due_on=date(2026, 3, 9),
    )  # fmt: skip
    center = await builders.center()
    common = {"requested_by": lawyer, "requested_on": date(2026, 3, 2), "last_moved_on": date(2026, 3, 2)}
    common |= {"stage": ReviewStage.IN_ANALYSIS, "assignee": colleague, "title": "x", "program": "MAD"}
    lease = await builders.lease(center)
    await LegalReview.create(
        code="EXP-2026-0801", matter=ReviewMatter.LEASE_CONTRACT, lease=lease, due_on=date(2026, 3, 10), **common
    )
    await LegalReview.create(
        code="EXP-2026-0802", matter=ReviewMatter.SANITARY_LICENSE, license=await builders.sanitary_license(center),
        due_on=date(2026, 3, 11), **common,
    )  # fmt: skip
    await LegalReview.create(code="EXP-2026-0803", matter=ReviewMatter.OPINION, **common)
    await stages.file_in(ReviewStage.CLOSED)

    inbox = (await told(lawyer, contract("legal-inbox")))["legalReviews"]

    assert inbox["totalCount"] == 5
    first, second, third, fourth, fifth = inbox["nodes"]
    of = await stages.convention_of(late)
    assert first == {
        "id": id_of(late), "code": late.code, "stage": "IN_ANALYSIS", "receivedOn": "2026-03-02", "dueOn": "2026-02-27",
        "workingDaysLeft": -1, "overdue": True, "returnsCount": 0, "version": 1,
        "assignee": {"id": person_id(lawyer), "name": lawyer.name},
        "subject": {
            "__typename": "Convention", "number": of.number, "kind": "CONVENIO", "program": "MAD",
            "municipality": {"code": "1610", "name": "San Juan Chamelco"}, "counterpart": None,
        },
        "latestDocument": {"kind": "DICTAMEN", "number": paper.number, "issuedOn": "2026-02-20"},
    }  # fmt: skip
    assert (second["workingDaysLeft"], second["overdue"], second["assignee"], second["latestDocument"]) == (
        5, False, None, None,
    )  # fmt: skip
    assert (second["subject"]["municipality"], second["subject"]["counterpart"]) == (None, {"name": "Fundación Niñez"})
    assert third["subject"] == {
        "__typename": "Lease", "number": lease.number, "form": "CONTRATO",
        "municipality": {"code": "1610", "name": "San Juan Chamelco"},
    }  # fmt: skip
    assert fourth["subject"] == {
        "__typename": "SanitaryLicense", "center": {"code": center.code, "name": center.name},
    }  # fmt: skip
    assert fifth["subject"] == {"__typename": "Consultation"}
    assert (fifth["dueOn"], fifth["workingDaysLeft"]) == (None, None)
    for wanted, codes in [
        ({"mine": True}, [late.code, soon.code]),
        ({"assigneeId": person_id(lawyer)}, [late.code]),
        ({"unassigned": True}, [soon.code]),
        ({"stage": ["RECEIVED"]}, [soon.code]),
        ({"stage": ["CLOSED", "WITHDRAWN"], "overdue": True}, []),
        ({"overdue": True}, [late.code]),
        ({"overdue": False, "mine": True}, [soon.code]),
        ({"subjectKind": "LEASE"}, ["EXP-2026-0801"]),
        ({"subjectKind": "SANITARY_LICENSE"}, ["EXP-2026-0802"]),
        ({"program": "HC"}, []),
        ({"municipalityCode": "1610"}, [late.code]),
        ({"search": "no existe"}, []),
    ]:
        page = (await told(lawyer, contract("legal-inbox"), filter=wanted))["legalReviews"]
        assert [node["code"] for node in page["nodes"]] == codes, wanted
        assert page["totalCount"] == len(codes)


async def test_what_is_due_for_renewal(db: object, clock: Clock) -> None:
    director, center = await builders.person(Role.DIRECTOR), await builders.center()
    lapsed = await builders.convention(starts_on=date(2025, 1, 1), ends_on=date(2026, 2, 1))
    ending = await builders.convention()
    renewal = await builders.convention(renews=ending, stage=AgreementStage.REQUESTED, starts_on=None, ends_on=None)
    review = await stages.file_in(ReviewStage.GATHERING, of=renewal)
    followed = await builders.convention()
    await builders.convention(renews=followed, starts_on=date(2026, 4, 1), ends_on=date(2027, 3, 31))
    lease = await builders.lease(center, ends_on=date(2026, 6, 30))
    license = await builders.sanitary_license(center, ends_on=date(2026, 5, 1))
    await builders.convention(ends_on=None)

    due = (await told(director, contract("renewals-due")))["renewalsDue"]

    place = {"code": "1610", "name": "San Juan Chamelco"}
    assert due["totalCount"] == 4
    assert due["nodes"] == [
        {"instrument": {"__typename": kind, "number": number}, "municipality": place, "endsOn": ends, "daysLeft": days,
         "nextRung": rung, "pendingRenewal": pending}
        for kind, number, ends, days, rung, pending in [
            ("Convention", lapsed.number, "2026-02-01", -29, None, None),
            ("Convention", ending.number, "2026-03-31", 29, 15, {"code": review.code, "stage": "GATHERING"}),
            ("SanitaryLicense", license.number, "2026-05-01", 60, 60, None),
            ("Lease", lease.number, "2026-06-30", 120, 90, None),
        ]
    ]  # fmt: skip
    for more, count in [
        ({"withinDays": 30}, 2), ({"withinDays": 0}, 1), ({"program": "HC"}, 0), ({"asOf": "2025-11-01"}, 1),
        ({"asOf": "9999-12-31", "withinDays": 3660}, 5), ({"asOf": "0001-01-01"}, 0),
    ]:  # fmt: skip
        page = (await told(director, contract("renewals-due"), **more))["renewalsDue"]
        assert page["totalCount"] == count, more
    one = (await told(director, contract("renewals-due"), first=1))["renewalsDue"]
    rest = (await told(director, contract("renewals-due"), after=one["pageInfo"]["endCursor"]))["renewalsDue"]
    assert one["nodes"] + rest["nodes"] == due["nodes"]


async def test_every_kind_of_id_comes_back_through_node(db: object, clock: Clock) -> None:
    lawyer = await builders.person(Role.LEGAL)
    center = await builders.center()
    review = await stages.file_in(ReviewStage.DICTAMEN_ISSUED)
    asked = await builders.requirement()
    line = await builders.asked(review, asked)
    file = await builders.stored_file(lawyer)
    rows = [
        asked,
        await builders.office(),
        await builders.holiday(date(2026, 3, 3)),
        await LegalParameter.create(code="X", title="x", value=1, unit="x", valid_from=date(2026, 1, 1)),
        await builders.institution(),
        await Commitment.create(convention_id=review.convention_id, party="SOSEP", item="x"),
        center,
        await builders.center_event(center),
        await builders.attendance(center),
        visit := await builders.visit(center),
        await builders.finding(visit),
        await builders.contribution(center),
        await builders.silence(center),
        await AllowanceRate.create(
            item="x", item_label="x", amount=Decimal(1), basis="CHILD", period="MONTH", since=date(2026, 1, 1)
        ),
        await builders.lease(center),
        await builders.sanitary_license(center),
        review,
        line,
        await builders.draft(review, lawyer),
        await Condition.create(review=review, document=await OfficialDocument.first(), position=1, text="x"),
    ]
    rows += [await Convention.first(), await OfficialDocument.first()]
    of_court = await builders.court_file()
    hearing = await court.court_date(of_court, date(2026, 3, 9))
    rows += [of_court, hearing, await court.notice(of_court), await court.paper(of_court)]
    when = datetime(2026, 3, 2, 15, tzinfo=UTC)
    values: dict[str, Any] = {"kind": "RENEWALS", "title": "x", "created_by": lawyer}
    rows.append(await Batch.create(**values, created_at=when, due_at=when))
    sheet = {"kind": "CENTERS", "file": file, "created_by": lawyer, "created_at": when, "due_at": when}
    rows.append(await SheetImport.create(**sheet))
    rows.append(await CalendarFeed.create(owner=lawyer, scope="PERSON", token_hash="a" * 64, created_at=when))
    rows += [
        await messages.notice(),
        await builders.contact("ana@prueba.example"),
        await messages.bounce("x@y.example"),
    ]
    dated = {"file": file, "created_at": when}
    rows += [
        await TemplateVersion.create(**dated, kind="OFICIO", edition=1, title="x", text="x", sha256="a" * 64),
        await SheetImport.create(**dated, kind="COURT_FILES", created_by=lawyer, due_at=when),
        await IssuedReport.create(
            first_day=when.date(), last_day=when.date(), edition=1, tables=[], issued_at=when, issued_by=lawyer
        ),
        await SignedCopy.create(
            document=await OfficialDocument.first(),
            kind="SCAN",
            file=file,
            signed_on=when.date(),
            attached_by=lawyer,
            attached_at=when,
        ),
    ]
    target = await system()
    call = {"webhook": target, "event": "PING", "key": "x", "payload": "{}", "created_at": when, "due_at": when}
    reserved = [(type(row).__name__, id_of(row)) for row in (target, await WebhookDelivery.create(**call))]
    wanted = [(type(row).__name__, id_of(row)) for row in rows]
    wanted += [("File", id_of(file, "File")), ("Person", person_id(lawyer)), ("Viewer", id_of(lawyer, "Viewer"))]

    for kind, one in wanted:
        assert (await told(lawyer, NODE, id=one))["node"] == {"__typename": kind, "id": one}
    for kind, one in reserved:
        assert (await told(target.created_by, NODE, id=one))["node"] == {"__typename": kind, "id": one}

    node = SCHEMA._schema.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    kinds = {kind.name for kind in SCHEMA._schema.get_possible_types(node) if isinstance(kind, GraphQLObjectType)}
    assert {kind for kind, _ in wanted + reserved} == kinds
