"""Legal parameters in the API: dated values, what each does unconfirmed, and how they are set and confirmed."""

from datetime import date
from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import parameters
from models.clock import today
from models.parameters import RULES, WhileUnconfirmed, rule_of
from models.people import User
from models.reviews import ReviewMatter
from reads.parameters import parameter_page, parameters_by_id
from schema.context import Context, Info
from schema.ids import Node, row_id
from schema.inputs import ONCE, SENT
from schema.paging import After, Connection, First, connect
from schema.payloads import Payload, answer
from schema.people import Person, person_of
from schema.rows import FromRow


@strawberry.type(description="Un valor de un parámetro legal entre dos fechas.")
class LegalParameter(Node):
    code: str = strawberry.field(description="Código; con punto y asunto cuando es de un solo asunto.")
    title: str = strawberry.field(description="Qué fija.")
    value: int = strawberry.field(description="Valor, en su unidad.")
    unit: str = strawberry.field(description="Unidad: días hábiles, días calendario, meses, quetzales…")
    legal_basis: str = strawberry.field(description="Fundamento legal; vacío si no se conoce.")
    confirmed: bool = strawberry.field(description="Si la Asesoría Jurídica lo confirmó.")
    confirmed_on: date | None = strawberry.field(description="Cuándo lo confirmó.")
    valid_from: date = strawberry.field(description="Primer día en que rige.")
    valid_to: date | None = strawberry.field(description="Último día en que rige; vacío si no tiene fin.")
    note: str = strawberry.field(description="Nota.")
    confirmed_by_id: strawberry.Private[int | None]

    @strawberry.field(description="Quién lo confirmó.")
    async def confirmed_by(self, info: Info) -> Person | None:
        return await person_of(info, self.confirmed_by_id)

    @strawberry.field(description="Asunto, cuando vale para uno solo.")
    def matter(self) -> ReviewMatter | None:
        name = self.code.partition(".")[2]
        return ReviewMatter(name) if name in ReviewMatter.__members__ else None

    @strawberry.field(description="Si rige hoy.")
    def in_force(self) -> bool:
        return self.valid_from <= today() and (self.valid_to is None or self.valid_to >= today())

    @strawberry.field(description="Qué hace mientras nadie lo confirma.")
    def while_unconfirmed(self) -> WhileUnconfirmed:
        rule = rule_of(self.code)
        return rule.unconfirmed if rule else WhileUnconfirmed.WARNS


@strawberry.type(description="Un parámetro que el sistema conoce.")
class ParameterKind(FromRow):
    code: str = strawberry.field(description="Código.")
    title: str = strawberry.field(description="Qué fija.")
    unit: str = strawberry.field(description="Unidad.")
    default: int = strawberry.field(description="Valor mientras nadie fije otro.")
    least: int = strawberry.field(description="Valor más bajo que se admite.")
    most: int = strawberry.field(description="Valor más alto que se admite.")
    by_matter: bool = strawberry.field(description="Si un asunto puede tener el suyo, con código CÓDIGO.ASUNTO.")
    unconfirmed: WhileUnconfirmed = strawberry.field(description="Qué hace un valor que nadie confirmó.")


async def legal_parameters(
    info: Info,
    code: Annotated[str | None, strawberry.argument(description="Solo los valores de este código.")] = None,
    on: Annotated[date | None, strawberry.argument(description="Solo los que rigen en esta fecha.")] = None,
    over: Annotated[
        bool | None, strawberry.argument(description="Falso: sin los que ya terminaron; vacío: también esos.")
    ] = None,
    confirmed: Annotated[bool | None, strawberry.argument(description="Si están confirmados.")] = None,
    first: First = 100,
    after: After = None,
) -> Connection[LegalParameter]:
    """Return a page of the dated values."""
    wanted = code.strip().upper() if code else None
    page = parameter_page(
        info.context.person,
        code=wanted,
        on=on,
        not_before=today() if over is False else None,
        confirmed=confirmed,
        first=first,
        after=after,
    )
    return await connect(LegalParameter.of, page, after)


async def parameter_kinds(info: Info) -> list[ParameterKind]:
    """Return the parameters that the system knows."""
    _ = info.context.person
    return [ParameterKind(code=code, **vars(rule)) for code, rule in RULES.items()]


@strawberry.input(description="Valor nuevo de un parámetro legal; el anterior termina la víspera.")
class SetParameterInput:
    code: str = strawberry.field(description="Código; de un solo asunto: REVIEW_DEADLINE_DAYS.LEASE_ACTA.")
    value: int = strawberry.field(description="Valor, en la unidad del parámetro.")
    valid_from: date | None = strawberry.field(default=None, description="Desde cuándo rige; vacío: desde hoy.")
    legal_basis: str | None = strawberry.field(default=None, description="Fundamento legal.")
    note: str | None = strawberry.field(default=None, description="Nota.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Confirmación de un parámetro por la Asesoría Jurídica.")
class ConfirmParameterInput:
    parameter_id: strawberry.ID = strawberry.field(description="Valor que se confirma.")
    legal_basis: str | None = strawberry.field(default=None, description="Fundamento legal, si puede decirse mejor.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con el parámetro tal como quedó.")
class ParameterPayload(Payload):
    parameter: LegalParameter | None = strawberry.field(default=None, description="El valor.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.parameter = LegalParameter.of(await context.load(parameters_by_id, key))


async def set_parameter(info: Info, input: Annotated[SetParameterInput, SENT]) -> ParameterPayload:
    """Set a dated value."""

    async def act(actor: User) -> Model:
        return await parameters.set_parameter(
            actor=actor,
            given=parameters.ParameterInput(
                code=input.code,
                value=input.value,
                valid_from=input.valid_from,
                legal_basis=input.legal_basis or "",
                note=input.note or "",
            ),
        )

    return await answer(info, ParameterPayload, input, act)


async def confirm_parameter(info: Info, input: Annotated[ConfirmParameterInput, SENT]) -> ParameterPayload:
    """Confirm a value."""

    async def act(actor: User) -> Model:
        key = row_id(input.parameter_id, "LegalParameter", path="parameterId")[1]
        return await parameters.confirm_parameter(actor=actor, parameter_id=key, legal_basis=input.legal_basis or "")

    return await answer(info, ParameterPayload, input, act)
