"""Changing a signed convention: adendas and early ends, their inputs, payloads and resolvers."""

from collections.abc import Coroutine
from datetime import date
from typing import Annotated, Any

import strawberry
from tortoise.models import Model

from actions import amendments, terminations
from models.agreements import TerminationBasis
from models.people import User
from reads.agreements import amended_by_id, conventions_by_id
from reads.papers import documents_by_id
from schema.agreements import Convention
from schema.context import Context, Info
from schema.ids import row_id
from schema.inputs import ONCE, SENT, VERSION
from schema.papers import OfficialDocument
from schema.payloads import Payload, answer


@strawberry.input(description="Una cláusula que cambia.")
class ClauseChangeInput:
    clause: str = strawberry.field(description="Cláusula: DÉCIMA TERCERA.")
    before: str = strawberry.field(description="Texto vigente.")
    after: str = strawberry.field(description="Texto nuevo.")


@strawberry.input(description="Anotación de una adenda firmada.")
class AmendConventionInput:
    convention_id: strawberry.ID = strawberry.field(description="Convenio en vigor.")
    motive: str = strawberry.field(description="Motivo.")
    changes: list[ClauseChangeInput] | None = strawberry.field(default=None, description="Cláusulas que cambian.")
    new_ends_on: date | None = strawberry.field(
        default=None, description="Nuevo último día del plazo, si se prorroga; posterior al vigente."
    )
    signed_on: date = strawberry.field(description="Fecha en que las partes la firmaron.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Terminación anticipada de un convenio firmado.")
class TerminateConventionInput:
    convention_id: strawberry.ID = strawberry.field(description="Convenio firmado que no ha terminado.")
    reason: str = strawberry.field(description="Motivo.")
    effective_on: date = strawberry.field(description="Desde cuándo: la víspera es el último día que rige.")
    basis: TerminationBasis = strawberry.field(description="Causa.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con el convenio y su adenda numerada.")
class AmendConventionPayload(Payload):
    convention: Convention | None = strawberry.field(default=None, description="El convenio, tal como quedó.")
    document: OfficialDocument | None = strawberry.field(default=None, description="La adenda, con su número.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        row = await context.load(amended_by_id, key)
        self.convention = Convention.of(await context.load(conventions_by_id, row["convention_id"]))
        self.document = OfficialDocument.of(await context.load(documents_by_id, row["document_id"]))


@strawberry.type(description="Respuesta con el convenio tal como quedó.")
class ConventionPayload(Payload):
    convention: Convention | None = strawberry.field(default=None, description="El convenio.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.convention = Convention.of(await context.load(conventions_by_id, key))


def _convention(given: str) -> int:
    return row_id(given, "Convention", path="conventionId")[1]


def deed_of(actor: User, input: AmendConventionInput) -> Coroutine[Any, Any, Model]:
    """Return the adenda that was sent as the deed that notes it, not begun yet."""
    changes = [amendments.ClauseInput(one.clause, one.before, one.after) for one in input.changes or []]
    return amendments.amend_convention(
        actor=actor,
        convention_id=_convention(input.convention_id),
        amendment=amendments.AmendmentInput(input.motive, input.signed_on, changes, input.new_ends_on),
        expected_version=input.expected_version,
    )


async def amend_convention(info: Info, input: Annotated[AmendConventionInput, SENT]) -> AmendConventionPayload:
    """Note an adenda."""

    async def act(actor: User) -> Model:
        return await deed_of(actor, input)

    return await answer(info, AmendConventionPayload, input, act)


async def terminate_convention(info: Info, input: Annotated[TerminateConventionInput, SENT]) -> ConventionPayload:
    """End a convention early."""

    async def act(actor: User) -> Model:
        return await terminations.terminate_convention(
            actor=actor,
            convention_id=_convention(input.convention_id),
            reason=input.reason,
            effective_on=input.effective_on,
            basis=input.basis,
            expected_version=input.expected_version,
        )

    return await answer(info, ConventionPayload, input, act)
