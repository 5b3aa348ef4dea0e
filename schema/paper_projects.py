"""Projects of papers in the API: what is typed so far as a Word file without a number; nothing is written."""

from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from actions.documents import SUBJECTS
from actions.paper_projects import project_document, project_of_draft
from actions.refusals import Forbidden, Refusal
from actions.trial_papers import Project, project_by_trial
from documents.media_types import WORD
from models.papers import DocumentKind
from models.people import User
from schema import amendments, lease_paper_mutations
from schema.amendments import AmendConventionInput
from schema.context import Context, Info
from schema.draft_mutations import DraftInput
from schema.ids import row_id
from schema.inputs import ONCE, SENT
from schema.lease_paper_mutations import IssueLeasePaperInput
from schema.masking import CodedError, ErrorCode
from schema.payloads import Input, Payload, UserError


@strawberry.input(description="Lo escrito hasta ahora de un documento que se emite a mano.")
class PreviewDocumentInput:
    kind: DocumentKind = strawberry.field(description="Clase, de las que «issueDocument» emite.")
    subject_id: strawberry.ID | None = strawberry.field(
        default=None, description="De qué trata; vacío si de nada que esté registrado."
    )
    fields: JSON = strawberry.field(description="Lo escrito, según «documentForm»; puede estar incompleto.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Lo escrito hasta ahora de un dictamen o de una providencia de devolución.")
class PreviewDraftInput(DraftInput):
    pass


@strawberry.input(description="Lo que se escribiría para el documento de un arrendamiento; tiene que estar completo.")
class PreviewLeasePaperInput(IssueLeasePaperInput):
    pass


@strawberry.input(description="Lo que se escribiría en una adenda; tiene que estar completo.")
class PreviewAmendmentInput(AmendConventionInput):
    pass


@strawberry.type(description="Un archivo que se entrega en la misma respuesta y que nadie guarda.")
class HandedFile:
    filename: str = strawberry.field(description="Nombre del archivo.")
    media_type: str = strawberry.field(description="Tipo de contenido.")
    content: str = strawberry.field(description="Contenido, en base64.")


@strawberry.type(description="Respuesta con el proyecto: no tiene número ni validez, y no se guarda.")
class ProjectPayload(Payload):
    file: HandedFile | None = strawberry.field(default=None, description="El proyecto en Word.")
    missing: list[str] = strawberry.field(default_factory=list, description="Lo que falta por escribir.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        raise NotImplementedError


async def preview_document(info: Info, input: Annotated[PreviewDocumentInput, SENT]) -> ProjectPayload:
    """Give a paper that is issued by hand as it is typed so far."""

    async def make(person: User) -> Project:
        kind, key = row_id(input.subject_id, *SUBJECTS, path="subjectId") if input.subject_id else ("", None)
        return await project_document(
            actor=person, kind=input.kind, fields=input.fields, subject_kind=kind, subject_id=key
        )

    return await _given(info, input, make)


async def preview_draft(info: Info, input: Annotated[PreviewDraftInput, SENT]) -> ProjectPayload:
    """Give the dictamen or the providencia of a file as it is written so far."""

    async def make(person: User) -> Project:
        key = row_id(input.review_id, "LegalReview", path="reviewId")[1]
        return await project_of_draft(actor=person, review_id=key, kind=input.kind, written=input.written())

    return await _given(info, input, make)


async def preview_lease_paper(info: Info, input: Annotated[PreviewLeasePaperInput, SENT]) -> ProjectPayload:
    """Give the paper of a lease as it would be made now."""

    async def make(person: User) -> Project:
        return await project_by_trial(lease_paper_mutations.deed_of(person, input))

    return await _given(info, input, make)


async def preview_amendment(info: Info, input: Annotated[PreviewAmendmentInput, SENT]) -> ProjectPayload:
    """Give an adenda as it would be issued now."""

    async def make(person: User) -> Project:
        return await project_by_trial(amendments.deed_of(person, input))

    return await _given(info, input, make)


async def _given(info: Info, input: Input, make: Callable[[User], Awaitable[Project]]) -> ProjectPayload:
    made = ProjectPayload(client_mutation_id=input.client_mutation_id)
    try:
        project = await make(info.context.person)
    except Forbidden as forbidden:
        raise CodedError(ErrorCode.FORBIDDEN, "Su papel en el sistema no permite hacer esto.") from forbidden
    except Refusal as refusal:
        made.errors = [UserError(code=p.code, message=p.message, path=list(p.path)) for p in refusal.problems]
        return made
    made.missing = list(project.missing)
    made.file = HandedFile(filename=project.filename, media_type=WORD, content=b64encode(project.docx).decode())
    return made
