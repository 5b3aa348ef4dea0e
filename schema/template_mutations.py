"""Templates: inputs, payload, and how each mutation is done."""

from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import template_versions
from models.papers import DocumentKind
from models.people import User
from reads.templates import versions_by_id
from schema.context import Context, Info
from schema.ids import row_id
from schema.inputs import ONCE, SENT, VERSION
from schema.payloads import Payload, answer
from schema.templates import TemplateVersion


@strawberry.input(description="Propuesta de otra redacción para una clase de documento, editada en Word.")
class UploadTemplateInput:
    kind: DocumentKind = strawberry.field(description="Clase de documento.")
    variant: str | None = strawberry.field(default=None, description="Variante de la clase, si tiene varias.")
    file_id: strawberry.ID = strawberry.field(description="El Word (.docx), subido por POST /files.")
    note: str = strawberry.field(description="Qué cambió y por qué, para quien la apruebe.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Aprobación de una propuesta, que pasa a usarse.")
class ApproveTemplateInput:
    version_id: strawberry.ID = strawberry.field(description="La propuesta.")
    replaces_id: strawberry.ID | None = strawberry.field(
        default=None, description="La versión en uso con que la comparó; si ya es otra, STALE."
    )
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Rechazo de una propuesta, o retiro de la versión en uso.")
class RetireTemplateInput:
    version_id: strawberry.ID = strawberry.field(description="La versión.")
    reason: str = strawberry.field(description="Motivo.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con la versión de la plantilla tal como quedó.")
class TemplatePayload(Payload):
    template_version: TemplateVersion | None = strawberry.field(default=None, description="La versión.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.template_version = TemplateVersion.of(await context.load(versions_by_id, key))


def _version(given: str, path: str = "versionId") -> int:
    return row_id(given, "TemplateVersion", path=path)[1]


async def upload_template(info: Info, input: Annotated[UploadTemplateInput, SENT]) -> TemplatePayload:
    """Propose a wording."""

    async def act(actor: User) -> Model:
        return await template_versions.upload_template(
            actor=actor,
            kind=input.kind,
            variant=input.variant or "",
            file_id=row_id(input.file_id, "File", path="fileId")[1],
            note=input.note,
        )

    return await answer(info, TemplatePayload, input, act)


async def approve_template(info: Info, input: Annotated[ApproveTemplateInput, SENT]) -> TemplatePayload:
    """Put a draft into use."""

    async def act(actor: User) -> Model:
        return await template_versions.approve_template(
            actor=actor,
            version_id=_version(input.version_id),
            replaces_id=_version(input.replaces_id, "replacesId") if input.replaces_id else None,
            expected_version=input.expected_version,
        )

    return await answer(info, TemplatePayload, input, act)


async def retire_template(info: Info, input: Annotated[RetireTemplateInput, SENT]) -> TemplatePayload:
    """Refuse a draft or retire the version in use."""

    async def act(actor: User) -> Model:
        return await template_versions.retire_template(
            actor=actor,
            version_id=_version(input.version_id),
            reason=input.reason,
            expected_version=input.expected_version,
        )

    return await answer(info, TemplatePayload, input, act)
