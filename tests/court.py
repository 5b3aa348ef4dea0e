"""Court files as tests use them: the operations, and files with dates, notices and papers."""

from datetime import UTC, date, datetime
from typing import Any

from models.court import CourtBranch, CourtDate, CourtDateKind, CourtFile, CourtNotice, CourtPaper
from models.people import Role
from tests import builders
from tests.door import id_of, id_text

WHOLE = """ id code branch kind court courtNumber claimants defendants subject department { code name } lawyer { name }
    stage possibleStages openedOn closedOn outcome nextOn note source sourceNote version """
DATE = """ id kind onDate atTime title place countedFrom countedDays settledOn result workingDaysLeft overdue
    explanation courtFile { code nextOn version } """
NOTICE = """ id branch court courtNumber receivedOn summary dueOn answeredOn answer overdue workingDaysLeft version
    courtFile { code nextOn version dates { title onDate settledOn result } papers { title } } file { url } """

ERRORS = "errors { code message path } clientMutationId"
REGISTER = f"""mutation ($input: RegisterCourtFileInput!) {{ registerCourtFile(input: $input) {{
    courtFile {{ {WHOLE} notices {{ summary }} dates {{ title }} }} {ERRORS} }} }}"""
CHANGE = f"""mutation ($input: ChangeCourtFileInput!) {{ changeCourtFile(input: $input) {{
    courtFile {{ {WHOLE} }} {ERRORS} }} }}"""
ADD_DATE = f"""mutation ($input: AddCourtDateInput!) {{ addCourtDate(input: $input) {{
    courtDate {{ {DATE} }} {ERRORS} }} }}"""
SETTLE = f"""mutation ($input: SettleCourtDateInput!) {{ settleCourtDate(input: $input) {{
    courtDate {{ {DATE} }} {ERRORS} }} }}"""
NOTIFY = f"""mutation ($input: RegisterCourtNoticeInput!) {{ registerCourtNotice(input: $input) {{
    notice {{ {NOTICE} }} {ERRORS} }} }}"""
ANSWER = f"""mutation ($input: AnswerCourtNoticeInput!) {{ answerCourtNotice(input: $input) {{
    notice {{ {NOTICE} document {{ number }} }} {ERRORS} }} }}"""
ADD_PAPER = f"""mutation ($input: AddCourtPaperInput!) {{ addCourtPaper(input: $input) {{
    paper {{ id title datedOn file {{ url filename }} courtFile {{ code version }} }} {ERRORS} }} }}"""
FILE = f"""query ($code: String!) {{ courtFile(code: $code) {{ {WHOLE}
    dates {{ {DATE} }} notices {{ {NOTICE} }} papers {{ title datedOn file {{ url }} recordedBy {{ name }} }}
    documents {{ number }} timeline {{ action summary actor {{ name }} }} }} }}"""


def inputs(file: CourtFile | None = None) -> dict[str, dict[str, Any]]:
    """Return a well-formed input for every mutation about court files, about this one or one that does not exist."""
    of = {"courtFileId": id_of(file) if file else id_text("CourtFile")}
    return {
        "registerCourtFile": {"kind": "COMPLAINT", "court": "x", "claimants": ["x"], "openedOn": "2026-03-02"},
        "changeCourtFile": of | {"note": "x"},
        "addCourtDate": of | {"kind": "DEADLINE", "title": "x", "onDate": "2026-03-09"},
        "settleCourtDate": {"courtDateId": id_text("CourtDate"), "settledOn": "2026-03-02", "result": "x"},
        "registerCourtNotice": of | {"receivedOn": "2026-03-02", "summary": "x"},
        "answerCourtNotice": {"noticeId": id_text("CourtNotice"), "answeredOn": "2026-03-02", "answer": "x"},
        "addCourtPaper": of | {"fileId": id_text("File"), "title": "x", "datedOn": "2026-03-02"},
    }


async def court_date(of: CourtFile, on_date: date = date(2026, 3, 9), **more: Any) -> CourtDate:
    """Return an open hearing of a file, without touching the file's next date."""
    values: dict[str, Any] = {"court_file": of, "kind": CourtDateKind.HEARING, "on_date": on_date, "at_time": "09:30"}
    return await CourtDate.create(**values | {"title": "Junta conciliatoria"} | more)


async def notice(of: CourtFile | None = None, **more: Any) -> CourtNotice:
    """Return a notice without an answer."""
    values: dict[str, Any] = {"branch": of.branch if of else CourtBranch.LABOR, "court_file": of}
    values |= {"court": of.court if of else "Juzgado Segundo de Trabajo", "received_on": date(2026, 2, 27)}
    values |= {"court_number": of.court_number if of else "01173-2025-00777", "summary": "Se corre audiencia"}
    if "recorded_by" not in more:
        values["recorded_by"] = await builders.person(Role.ADMIN)
    return await CourtNotice.create(**values | more)


async def paper(of: CourtFile, **more: Any) -> CourtPaper:
    """Return a paper kept in a file; its bytes are not in the store."""
    by = await builders.person(Role.ADMIN)
    values: dict[str, Any] = {"court_file": of, "title": "Memorial de demanda", "dated_on": date(2026, 2, 20)}
    values |= {"recorded_by": by, "recorded_at": datetime(2026, 3, 2, 15, tzinfo=UTC)}
    if "file" not in more:
        values["file"] = await builders.stored_file(by, used=True)
    return await CourtPaper.create(**values | more)
