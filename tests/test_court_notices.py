"""Notices of the courts: linked by their number, with their deadline, answered; and the papers of a file."""

from datetime import date
from typing import Any

import pytest

from models.audit import Verb
from models.court import CourtBranch, CourtDate, CourtFile, CourtFileKind, CourtNotice, CourtPaper, CourtStage
from models.outbox import Notice
from models.people import Role
from tests import builders, court
from tests.court import ADD_PAPER, ANSWER, FILE, NOTICE, NOTIFY
from tests.door import (
    HOSTILE,
    contract,
    done,
    forbidden,
    id_of,
    id_text,
    last_entry,
    once,
    refusal,
    refused,
    request,
    sent_up,
    told,
)

CAME: dict[str, Any] = {"branch": "LABOR", "court": "Juzgado Primero de Trabajo", "receivedOn": "2026-02-27"}
CAME |= {"courtNumber": "01173-2025-00007", "summary": "Se corre audiencia por cinco días"}
REPLY = {"answeredOn": "2026-03-02", "answer": "Se evacuó la audiencia."}
pytestmark = pytest.mark.usefixtures("db", "clock")


async def test_a_notice_finds_its_file_and_sets_its_deadline() -> None:
    lawyer, head = await builders.person(Role.LEGAL), await builders.person(Role.LEGAL_HEAD)
    file = await builders.court_file(court_number="01173-2025-00007", lawyer=lawyer)
    up = await sent_up(head)

    shown = (await done(head, NOTIFY, **CAME, workingDays=5, fileId=up["id"]))["notice"]

    assert shown.pop("id")
    assert shown.pop("file")["url"]
    title = "Responder la notificación: Se corre audiencia por cinco días"
    assert shown == {
        "branch": "LABOR", "court": CAME["court"], "courtNumber": CAME["courtNumber"], "receivedOn": "2026-02-27",
        "summary": CAME["summary"], "dueOn": "2026-03-06", "answeredOn": None, "answer": "", "overdue": False,
        "workingDaysLeft": 4, "version": 1,
        "courtFile": {
            "code": file.code, "nextOn": "2026-03-06", "version": 2, "papers": [],
            "dates": [{"title": title, "onDate": "2026-03-06", "settledOn": None, "result": ""}],
        },
    }  # fmt: skip
    deadline = await CourtDate.get()
    assert (deadline.counted_from, deadline.counted_days) == (date(2026, 2, 27), 5)
    entry = await last_entry()
    assert (entry.verb, entry.subject_type) == (Verb.REGISTER_COURT_NOTICE, "CourtFile")
    assert "5 días hábiles desde el viernes 27 de febrero" in entry.summary
    letter = await Notice.get()
    assert (letter.recipient, letter.court_file_id) == (lawyer.email, file.id)  # type: ignore[attr-defined]
    assert letter.body.endswith("Debe responderse a más tardar el 06/03/2026.")
    assert "audiencia" not in letter.subject + letter.body


async def test_the_number_must_mean_one_file() -> None:
    lawyer = await builders.person(Role.LEGAL)
    head = await builders.person(Role.LEGAL_HEAD)
    number = {"court_number": CAME["courtNumber"]}
    here = await builders.court_file(**number, court="Juzgado PRIMERO de Trabajo")
    there = await builders.court_file(**number, court="Juzgado Segundo de Trabajo")
    await builders.court_file(CourtFileKind.CRIMINAL_CASE, **number, court="Juzgado Tercero Penal")
    for name, file in (
        (here.court, here),
        ("juzgado segundo de trabájo", there),
        ("Sala Quinta", None),
        ("Juzgado Tercero Penal", None),
    ):
        shown = (await done(lawyer, NOTIFY, **CAME | {"court": name}))["notice"]
        assert shown["courtFile"] is None if file is None else shown["courtFile"]["code"] == file.code, name
    # One that nobody can place goes to the head, who decides.
    assert {row.recipient for row in await Notice.all()} == {head.email}
    assert (await last_entry()).subject_type == "CourtNotice"
    # Told which file, it needs no court and no number.
    brief = {"receivedOn": "2026-03-02", "summary": "Se señala vista", "courtFileId": id_of(here)}
    shown = (await done(lawyer, NOTIFY, **brief))["notice"]
    assert (shown["branch"], shown["court"], shown["courtNumber"]) == ("LABOR", here.court, here.court_number)
    assert shown["dueOn"] is None


@pytest.mark.parametrize(
    ("given", "paths"),
    [
        ({"summary": " ", "court": None}, {"summary", "court"}),
        ({"receivedOn": "2026-03-03"}, {"receivedOn"}),
        ({"workingDays": 0}, {"workingDays"}),
        ({"workingDays": 251, "branch": None}, {"workingDays", "branch"}),
        ({"courtNumber": "1" * 61, "summary": "x" * 301}, {"courtNumber", "summary"}),
        ({"fileId": id_text("File")}, {"fileId"}),
        ({"courtFileId": id_text("CourtFile")}, {"courtFileId"}),
    ],
)
async def test_what_is_wrong_is_said_at_once(given: dict[str, Any], paths: set[str]) -> None:
    lawyer = await builders.person(Role.LEGAL)
    assert {one.path for one in await refused(lawyer, NOTIFY, **CAME | given)} == paths


async def test_the_same_notice_twice_is_one() -> None:
    lawyer = await builders.person(Role.LEGAL)
    await once(lawyer, NOTIFY, **CAME)
    said = await refusal(
        lawyer, NOTIFY, **CAME | {"summary": CAME["summary"].upper(), "court": "JUZGADO primero de trabajo"}
    )
    assert (said.code, said.path) == ("CONFLICT", "summary")
    await done(lawyer, NOTIFY, **CAME | {"summary": "Otra cosa"})
    assert await CourtNotice.all().count() == 2
    file = await builders.court_file(CourtFileKind.CRIMINAL_CASE)
    said = await refusal(lawyer, NOTIFY, **CAME | {"courtFileId": id_of(file)})
    assert said.path == "branch"


@pytest.mark.parametrize("text", HOSTILE)
async def test_text_is_kept_as_typed(text: str) -> None:
    lawyer = await builders.person(Role.LEGAL)
    shown = (await done(lawyer, NOTIFY, **CAME | {"summary": text, "court": text, "courtNumber": text}))["notice"]
    assert [shown[name] for name in ("summary", "court", "courtNumber")] == [text] * 3


async def test_an_answer_settles_its_own_deadline_and_keeps_its_paper() -> None:
    lawyer = await builders.person(Role.LEGAL)
    file = await builders.court_file(court_number=CAME["courtNumber"])
    one = (await done(lawyer, NOTIFY, **CAME, workingDays=5))["notice"]
    other = (await done(lawyer, NOTIFY, **CAME | {"summary": "Otra el mismo día"}, workingDays=5))["notice"]
    issued = await builders.paper(court_file=file)
    up = await sent_up(lawyer, "memorial.pdf")

    shown = (
        await done(
            lawyer, ANSWER, noticeId=other["id"], **REPLY, fileId=up["id"], documentId=id_of(issued), expectedVersion=1
        )
    )["notice"]

    assert (shown["answeredOn"], shown["answer"], shown["document"]) == (*REPLY.values(), {"number": issued.number})
    assert [(row["title"], row["settledOn"], row["result"]) for row in shown["courtFile"]["dates"]] == [
        ("Responder la notificación: Se corre audiencia por cinco días", None, ""),
        ("Responder la notificación: Otra el mismo día", "2026-03-02", REPLY["answer"]),
    ]
    assert shown["courtFile"]["papers"] == [{"title": "Respuesta a la notificación del 27/02/2026"}]
    assert shown["courtFile"]["nextOn"] == "2026-03-06"
    entry = await last_entry()
    assert (entry.verb, entry.subject_type) == (Verb.ANSWER_COURT_NOTICE, "CourtFile")
    assert REPLY["answer"] not in entry.summary
    said = await refusal(lawyer, ANSWER, noticeId=other["id"], **REPLY)
    assert (said.code, "02/03/2026" in said.message) == ("NOT_ALLOWED_NOW", True)
    answered = (await done(lawyer, ANSWER, noticeId=one["id"], **REPLY))["notice"]
    assert answered["courtFile"]["nextOn"] is None
    whole = (await told(lawyer, FILE, code=file.code))["courtFile"]
    assert [paper["number"] for paper in whole["documents"]] == [issued.number]


async def test_an_oficio_issued_in_the_file_answers_and_names_nobody_in_public() -> None:
    lawyer, admin = await builders.person(Role.LEGAL), await builders.person(Role.ADMIN)
    file = await builders.court_file(claimants="Ixmucané Zacarías")
    notice = await court.notice(file, due_on=date(2026, 3, 6))
    words = {
        "addressee": "Señor Juez",
        "addresseePosition": "Juez Primero",
        "addresseeInstitution": "Organismo Judicial",
    }
    words |= {"subject": "Informe sobre Ixmucané Zacarías", "body": "Se informa lo pedido."}

    issued = (
        await done(lawyer, contract("issue-document"), kind="OFICIO", subjectId=id_of(file), fields=words)
    )["document"]  # fmt: skip
    shown = (await done(lawyer, ANSWER, noticeId=id_of(notice), **REPLY, documentId=issued["id"]))["notice"]

    assert shown["document"] == {"number": issued["number"]}
    assert (await told(lawyer, FILE, code=file.code))["courtFile"]["documents"] == [{"number": issued["number"]}]
    verified = await told(None, contract("verify-document"), code=issued["verificationCode"])
    assert verified["verifyDocument"]["number"] == issued["number"]
    assert "Ixmucané" not in str(verified)
    assert (await request(lawyer, "GET", issued["file"]["url"])).status_code == 200
    assert (await request(admin, "GET", issued["file"]["url"])).status_code == 404
    listed = "query ($s: String) { officialDocuments(filter: { search: $s }) { totalCount } }"
    for words_of in ("Ixmucané", issued["number"]):
        assert (await told(lawyer, listed, s=words_of))["officialDocuments"]["totalCount"] == 1
        assert (await told(admin, listed, s=words_of))["officialDocuments"]["totalCount"] == 0


async def test_a_notice_without_file_is_linked_when_it_is_answered() -> None:
    lawyer = await builders.person(Role.LEGAL)
    notice = await court.notice(due_on=date(2026, 3, 6))
    file = await builders.court_file()
    penal = await builders.court_file(CourtFileKind.CRIMINAL_CASE)
    up = await sent_up(lawyer)
    base = {"noticeId": id_of(notice)}
    assert (await refusal(lawyer, ANSWER, **base, **REPLY, fileId=up["id"])).path == "fileId"
    assert (await refusal(lawyer, ANSWER, **base, **REPLY, courtFileId=id_of(penal))).path == "courtFileId"
    shown = (await done(lawyer, ANSWER, **base, **REPLY, fileId=up["id"], courtFileId=id_of(file)))["notice"]
    assert (shown["courtFile"]["code"], len(shown["courtFile"]["papers"])) == (file.code, 1)
    free = await court.notice(summary="Archivo")
    shown = (await done(lawyer, ANSWER, noticeId=id_of(free), **REPLY))["notice"]
    assert shown["courtFile"] is None


async def test_an_answer_that_cannot_be() -> None:
    lawyer = await builders.person(Role.LEGAL)
    file, other = await builders.court_file(), await builders.court_file()
    notice = await court.notice(file)
    base = {"noticeId": id_of(notice)}
    for given, paths in (
        ({"answeredOn": "2026-02-26", "answer": " "}, {"answeredOn", "answer"}),
        (REPLY | {"answeredOn": "2026-03-03"}, {"answeredOn"}),
        (REPLY | {"courtFileId": id_of(other)}, {"courtFileId"}),
        (REPLY | {"documentId": id_of(await builders.paper(court_file=other))}, {"documentId"}),
        (REPLY | {"documentId": id_of(await builders.paper())}, {"documentId"}),
        (
            REPLY
            | {
                "documentId": id_of(
                    await builders.paper(court_file=file, voided_on=date(2026, 3, 1), void_reason="Error")
                )
            },
            {"documentId"},
        ),
        (REPLY | {"fileId": id_text("File")}, {"fileId"}),
    ):
        assert {one.path for one in await refused(lawyer, ANSWER, **base, **given)} == paths, given
    assert (await refusal(lawyer, ANSWER, **base, **REPLY, expectedVersion=4)).code == "STALE"
    assert (await refusal(lawyer, ANSWER, noticeId=id_text("CourtNotice"), **REPLY)).code == "NOT_FOUND"


async def test_a_paper_is_kept_in_open_and_closed_files() -> None:
    lawyer = await builders.person(Role.LEGAL)
    closed = await builders.court_file(stage=CourtStage.CLOSED, closed_on=date(2026, 2, 1))
    up = await sent_up(lawyer, "sentencia.pdf")
    given = {"courtFileId": id_of(closed), "fileId": up["id"], "title": "Sentencia", "datedOn": "2026-02-01"}

    shown = (await once(lawyer, ADD_PAPER, **given))["paper"]

    assert (shown["title"], shown["file"]["filename"]) == ("Sentencia", "sentencia.pdf")
    assert shown["courtFile"] == {"code": closed.code, "version": 2}
    entry = await last_entry()
    assert (entry.verb, entry.subject_id) == (Verb.ADD_COURT_PAPER, str(closed.id))
    for wrong, path in (
        ({"title": " "}, "title"), ({"datedOn": "2026-03-03"}, "datedOn"), ({"fileId": id_text("File")}, "fileId"),
        ({"courtFileId": id_text("CourtFile")}, "courtFileId"),
    ):  # fmt: skip
        assert (await refusal(lawyer, ADD_PAPER, **given | wrong)).path == path
    assert await CourtPaper.all().count() == 1


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.LEGAL, Role.LEGAL_HEAD, Role.SYSTEM)])
async def test_nobody_else_works_on_notices(role: Role) -> None:
    somebody = await builders.person(role)
    file = await builders.court_file()
    notice = await court.notice(file)
    await forbidden(somebody, NOTIFY, **CAME)
    await forbidden(somebody, ANSWER, noticeId=id_of(notice), **REPLY)
    paper = {"courtFileId": id_of(file), "fileId": id_text("File"), "title": "x", "datedOn": "2026-03-02"}
    await forbidden(somebody, ADD_PAPER, **paper)


LIST = f"""query ($filter: CourtNoticeFilter, $by: CourtNoticeOrder, $first: Int = 50, $after: String) {{
    courtNotices(filter: $filter, orderBy: $by, first: $first, after: $after) {{
    totalCount nodes {{ {NOTICE} }} pageInfo {{ hasNextPage endCursor }} }} }}"""


async def test_notices_without_answer_come_first() -> None:
    auditor = await builders.person(Role.AUDITOR)
    file: CourtFile = await builders.court_file()
    old = await court.notice(file, answered_on=date(2026, 2, 10), answer="Sí", received_on=date(2026, 2, 2))
    new = await court.notice(answered_on=date(2026, 2, 28), answer="Sí", branch=CourtBranch.CRIMINAL)
    late = await court.notice(file, due_on=date(2026, 2, 28), search="se corre audiencia nandu 01173")
    free = await court.notice(summary="Archivo", received_on=date(2026, 3, 1))
    for wanted, by, expected in (
        (None, None, [late, free, new, old]),
        (None, {"field": "ANSWERED_ON", "direction": "ASC"}, [late, free, old, new]),
        (None, {"field": "RECEIVED_ON", "direction": "DESC"}, [free, new, late, old]),
        ({"answered": False}, {"field": "DUE_ON"}, [late, free]),
        ({"answered": True}, None, [new, old]),
        ({"asksAnswer": True}, None, [late]),
        ({"withoutFile": True}, None, [free, new]),
        ({"courtFileCode": file.code.lower()}, None, [late, old]),
        ({"courtFileCode": "JUD-0"}, None, []),
        ({"courtFileCode": "J" * 500}, None, []),
        ({"branch": "CRIMINAL"}, None, [new]),
        ({"receivedFrom": "2026-02-28", "receivedTo": "2026-03-01"}, None, [free]),
        ({"search": "ÑANDÚ audiencia"}, None, [late]),
    ):
        page = (await told(auditor, LIST, filter=wanted, by=by))["courtNotices"]
        assert [node["id"] for node in page["nodes"]] == [id_of(one) for one in expected], (wanted, by)
        assert page["totalCount"] == len(expected)
    seen, after = [], None
    for _ in range(4):
        page = (await told(auditor, LIST, first=1, after=after))["courtNotices"]
        seen += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert seen == [id_of(one) for one in (late, free, new, old)]
    assert not page["pageInfo"]["hasNextPage"]
