"""How each mutation about court files is done, and what it answers."""

from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import court, court_dates, court_notices
from models.people import User
from reads.court import court_files_by_id
from reads.court_dates import court_dates_by_id, court_notices_by_id, court_papers_by_id
from schema.context import Context, Info
from schema.court import CourtDate, CourtFile, CourtNotice, CourtPaper
from schema.court_inputs import (
    AddCourtDateInput,
    AddCourtPaperInput,
    AnswerCourtNoticeInput,
    ChangeCourtFileInput,
    RegisterCourtFileInput,
    RegisterCourtNoticeInput,
    SettleCourtDateInput,
)
from schema.ids import row_id
from schema.inputs import SENT
from schema.payloads import Payload, answer


@strawberry.type(description="Respuesta con el expediente judicial tal como quedó.")
class CourtFilePayload(Payload):
    court_file: CourtFile | None = strawberry.field(default=None, description="El expediente judicial.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.court_file = CourtFile.of(await context.load(court_files_by_id, key))


@strawberry.type(description="Respuesta con la audiencia o plazo tal como quedó.")
class CourtDatePayload(Payload):
    court_date: CourtDate | None = strawberry.field(default=None, description="La audiencia o plazo.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.court_date = CourtDate.of(await context.load(court_dates_by_id, key))


@strawberry.type(description="Respuesta con la notificación judicial tal como quedó.")
class CourtNoticePayload(Payload):
    notice: CourtNotice | None = strawberry.field(default=None, description="La notificación.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.notice = CourtNotice.of(await context.load(court_notices_by_id, key))


@strawberry.type(description="Respuesta con el documento agregado.")
class CourtPaperPayload(Payload):
    paper: CourtPaper | None = strawberry.field(default=None, description="El documento.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.paper = CourtPaper.of(await context.load(court_papers_by_id, key))


def _key(given: str, *kinds: str, path: str) -> int:
    return row_id(given, *kinds, path=path)[1]


def _optional(given: str | None, *kinds: str, path: str) -> int | None:
    return _key(given, *kinds, path=path) if given else None


async def register_court_file(info: Info, input: Annotated[RegisterCourtFileInput, SENT]) -> CourtFilePayload:
    """Register a court file."""

    async def act(actor: User) -> Model:
        given = court.CourtFileInput(
            kind=input.kind,
            court=input.court,
            opened_on=input.opened_on,
            court_number=input.court_number or "",
            claimants=input.claimants or [],
            defendants=input.defendants or [],
            subject=input.subject or "",
            department_code=input.department_code,
            lawyer_id=_optional(input.lawyer_id, "Person", "Viewer", path="lawyerId"),
            note=input.note or "",
        )
        return await court.register_court_file(actor=actor, given=given)

    return await answer(info, CourtFilePayload, input, act)


async def change_court_file(info: Info, input: Annotated[ChangeCourtFileInput, SENT]) -> CourtFilePayload:
    """Change a court file."""

    async def act(actor: User) -> Model:
        return await court.change_court_file(
            actor=actor,
            court_file_id=_key(input.court_file_id, "CourtFile", path="courtFileId"),
            change=court.CourtFileChange(
                lawyer_id=_optional(input.lawyer_id, "Person", "Viewer", path="lawyerId"),
                stage=input.stage,
                closed_on=input.closed_on,
                outcome=input.outcome,
                court_number=input.court_number,
                note=input.note,
            ),
            expected_version=input.expected_version,
        )

    return await answer(info, CourtFilePayload, input, act)


async def add_court_date(info: Info, input: Annotated[AddCourtDateInput, SENT]) -> CourtDatePayload:
    """Note a hearing or a deadline."""

    async def act(actor: User) -> Model:
        return await court_dates.add_court_date(
            actor=actor,
            court_file_id=_key(input.court_file_id, "CourtFile", path="courtFileId"),
            given=court_dates.CourtDateInput(
                kind=input.kind,
                title=input.title,
                on_date=input.on_date,
                at_time=input.at_time or "",
                place=input.place or "",
                counted_from=input.counted_from,
                working_days=input.working_days,
            ),
            expected_version=input.expected_version,
        )

    return await answer(info, CourtDatePayload, input, act)


async def settle_court_date(info: Info, input: Annotated[SettleCourtDateInput, SENT]) -> CourtDatePayload:
    """Note what came of a hearing or deadline."""

    async def act(actor: User) -> Model:
        return await court_dates.settle_court_date(
            actor=actor,
            court_date_id=_key(input.court_date_id, "CourtDate", path="courtDateId"),
            settled_on=input.settled_on,
            result=input.result,
            expected_version=input.expected_version,
        )

    return await answer(info, CourtDatePayload, input, act)


async def register_court_notice(info: Info, input: Annotated[RegisterCourtNoticeInput, SENT]) -> CourtNoticePayload:
    """Register a notice."""

    async def act(actor: User) -> Model:
        given = court_notices.CourtNoticeInput(
            received_on=input.received_on,
            summary=input.summary,
            branch=input.branch,
            court=input.court or "",
            court_number=input.court_number or "",
            court_file_id=_optional(input.court_file_id, "CourtFile", path="courtFileId"),
            working_days=input.working_days,
            file_id=_optional(input.file_id, "File", path="fileId"),
        )
        return await court_notices.register_court_notice(actor=actor, given=given)

    return await answer(info, CourtNoticePayload, input, act)


async def answer_court_notice(info: Info, input: Annotated[AnswerCourtNoticeInput, SENT]) -> CourtNoticePayload:
    """Note how a notice was answered."""

    async def act(actor: User) -> Model:
        return await court_notices.answer_court_notice(
            actor=actor,
            notice_id=_key(input.notice_id, "CourtNotice", path="noticeId"),
            answered_on=input.answered_on,
            answer=input.answer,
            file_id=_optional(input.file_id, "File", path="fileId"),
            document_id=_optional(input.document_id, "OfficialDocument", path="documentId"),
            court_file_id=_optional(input.court_file_id, "CourtFile", path="courtFileId"),
            expected_version=input.expected_version,
        )

    return await answer(info, CourtNoticePayload, input, act)


async def add_court_paper(info: Info, input: Annotated[AddCourtPaperInput, SENT]) -> CourtPaperPayload:
    """Keep a paper of a court file."""

    async def act(actor: User) -> Model:
        return await court_notices.add_court_paper(
            actor=actor,
            court_file_id=_key(input.court_file_id, "CourtFile", path="courtFileId"),
            file_id=_key(input.file_id, "File", path="fileId"),
            title=input.title,
            dated_on=input.dated_on,
        )

    return await answer(info, CourtPaperPayload, input, act)
