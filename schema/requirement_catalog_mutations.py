"""How administrators change the checklist catalog through the API, and how lawyers confirm its lines."""

from datetime import date
from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import requirement_catalog as catalog
from models.agreements import ConventionKind
from models.people import User
from models.places import ProgramCode
from models.reviews import ReviewMatter
from reads.requirement_catalog import requirement_lines_by_id
from schema.context import Context, Info
from schema.ids import row_id
from schema.inputs import ONCE, SENT
from schema.payloads import Payload, answer
from schema.requirement_catalog import Requirement


@strawberry.input(description="Un renglón del catálogo, entero: lo que se deja vacío queda vacío.")
class SaveRequirementInput:
    requirement_id: strawberry.ID | None = strawberry.field(
        default=None, description="Renglón que se cambia; vacío para agregar uno."
    )
    code: str | None = strawberry.field(default=None, description="Código del renglón nuevo, como ACTA_CONCEJO.")
    title: str = strawberry.field(description="Qué se pide.")
    help: str | None = strawberry.field(default=None, description="Cómo se obtiene o prepara.")
    legal_basis: str | None = strawberry.field(default=None, description="Fundamento legal, si se conoce.")
    mandatory: bool | None = strawberry.field(default=None, description="Si es obligatorio.")
    convention_kind: ConventionKind | None = strawberry.field(default=None, description="Clase de convenio.")
    program: ProgramCode | None = strawberry.field(default=None, description="Programa.")
    matter: ReviewMatter | None = strawberry.field(
        default=None, description="Asunto, para expedientes que no son de convenios."
    )
    municipal_only: bool | None = strawberry.field(default=None, description="Si se pide solo a municipalidades.")
    position: int | None = strawberry.field(default=None, description="Orden en la lista, de 0 a 999.")
    valid_from: date | None = strawberry.field(
        default=None, description="Desde cuándo se pide así; vacío: desde hoy. No puede ser un día pasado."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Retiro de un renglón del catálogo; los expedientes que lo llevan lo conservan.")
class RetireRequirementInput:
    requirement_id: strawberry.ID = strawberry.field(description="Renglón.")
    retired_from: date | None = strawberry.field(
        default=None, description="Primer día en que ya no se pide; vacío: hoy."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Confirmación de un renglón por la Asesoría Jurídica.")
class ConfirmRequirementInput:
    requirement_id: strawberry.ID = strawberry.field(description="Renglón.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con el renglón del catálogo que vale desde ahora.")
class RequirementPayload(Payload):
    requirement: Requirement | None = strawberry.field(default=None, description="El renglón.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.requirement = Requirement.of(await context.load(requirement_lines_by_id, key))


def _requirement(given: str) -> int:
    return row_id(given, "Requirement", path="requirementId")[1]


async def save_requirement(info: Info, input: Annotated[SaveRequirementInput, SENT]) -> RequirementPayload:
    """Add or change a line."""

    async def act(actor: User) -> Model:
        return await catalog.save_requirement(
            actor=actor,
            requirement_id=_requirement(input.requirement_id) if input.requirement_id else None,
            code=input.code or "",
            valid_from=input.valid_from,
            line=catalog.RequirementLine(
                title=input.title,
                help=input.help or "",
                legal_basis=input.legal_basis or "",
                mandatory=bool(input.mandatory),
                convention_kind=input.convention_kind,
                program=input.program,
                matter=input.matter,
                municipal_only=bool(input.municipal_only),
                position=input.position,
            ),
        )

    return await answer(info, RequirementPayload, input, act)


async def retire_requirement(info: Info, input: Annotated[RetireRequirementInput, SENT]) -> RequirementPayload:
    """Ask for a line no longer."""

    async def act(actor: User) -> Model:
        key = _requirement(input.requirement_id)
        return await catalog.retire_requirement(actor=actor, requirement_id=key, retired_from=input.retired_from)

    return await answer(info, RequirementPayload, input, act)


async def confirm_requirement(info: Info, input: Annotated[ConfirmRequirementInput, SENT]) -> RequirementPayload:
    """Confirm a line."""

    async def act(actor: User) -> Model:
        return await catalog.confirm_requirement(actor=actor, requirement_id=_requirement(input.requirement_id))

    return await answer(info, RequirementPayload, input, act)
