"""Who signs for municipalities, institutions and SOSEP: the list, and noting who takes an office."""

from datetime import date
from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import office_holders as actions
from actions.refusals import Refusal
from models.clock import today
from models.people import User
from models.places import Gender
from reads.office_holders import HolderQuery, holder_page, holders_by_id
from schema.context import Context, Info
from schema.ids import row_id
from schema.inputs import ONCE, SENT
from schema.masking import CodedError, ErrorCode
from schema.paging import After, Connection, First, connect
from schema.payloads import Payload, answer
from schema.places import OfficeHolder


@strawberry.input(description="Qué titulares se piden; lo vacío no limita.")
class OfficeHolderFilter:
    municipality_code: str | None = strawberry.field(default=None, description="Municipio.")
    institution_id: strawberry.ID | None = strawberry.field(default=None, description="Institución.")
    sosep: bool | None = strawberry.field(default=None, description="Solo los de SOSEP.")
    current: bool | None = strawberry.field(default=None, description="Solo quienes ocupan el cargo hoy.")
    ends_within_days: int | None = strawberry.field(
        default=None, description="Solo cuyo período termina en estos días calendario."
    )
    search: str | None = strawberry.field(
        default=None, description="Palabras del nombre, del lugar o de la institución; sin importar tildes."
    )


Wanted = Annotated[OfficeHolderFilter | None, strawberry.argument(description="Cuáles se piden.")]


async def office_holders(
    info: Info, filter: Wanted = None, first: First = 50, after: After = None
) -> Connection[OfficeHolder]:
    """Return a page of who holds or held an office."""
    asked = filter or OfficeHolderFilter()
    days = asked.ends_within_days
    if days is not None and not 0 <= days <= 3660:
        raise CodedError(ErrorCode.BAD_USER_INPUT, "«endsWithinDays» va de 0 a 3660.")
    query = HolderQuery(
        municipality_code=asked.municipality_code,
        institution_id=_institution(asked.institution_id),
        sosep=bool(asked.sosep),
        current=bool(asked.current),
        ends_within_days=days,
        search=asked.search,
    )
    page = holder_page(info.context.person, query, on=today(), first=first, after=after)
    return await connect(OfficeHolder.of, page, after)


def _institution(given: str | None) -> int | None:
    if given is None:
        return None
    try:
        return row_id(given, "Institution", path="institutionId")[1]
    except Refusal as refusal:
        raise CodedError(ErrorCode.BAD_USER_INPUT, "El identificador de «institutionId» no es válido.") from refusal


@strawberry.input(description="Quien toma un cargo; quien lo ocupaba lo deja la víspera.")
class RecordOfficeHolderInput:
    municipality_code: str | None = strawberry.field(default=None, description="Municipio, si es de una municipalidad.")
    institution_id: strawberry.ID | None = strawberry.field(default=None, description="Institución, si es de otra.")
    sosep: bool = strawberry.field(default=False, description="Que es de SOSEP.")
    name: str = strawberry.field(description="Nombre.")
    position: str = strawberry.field(description="Cargo, concordado con la persona: Alcaldesa Municipal.")
    gender: Gender = strawberry.field(description="Concordancia en los documentos.")
    since: date = strawberry.field(description="Desde cuándo.")
    until: date | None = strawberry.field(default=None, description="Hasta cuándo, si su período tiene fin.")
    appointment: str | None = strawberry.field(default=None, description="Documento con que acredita el cargo.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con quien ocupa el cargo.")
class RecordOfficeHolderPayload(Payload):
    office_holder: OfficeHolder | None = strawberry.field(default=None, description="Quien ocupa el cargo.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.office_holder = OfficeHolder.of(await context.load(holders_by_id, key))


async def record_office_holder(
    info: Info, input: Annotated[RecordOfficeHolderInput, SENT]
) -> RecordOfficeHolderPayload:
    """Note who takes an office."""

    async def act(actor: User) -> Model:
        given = input.institution_id
        institution = row_id(given, "Institution", path="institutionId")[1] if given else None
        return await actions.record_office_holder(
            actor=actor,
            holder=actions.HolderInput(
                name=input.name,
                position=input.position,
                gender=input.gender,
                since=input.since,
                until=input.until,
                appointment=input.appointment or "",
                municipality_code=(input.municipality_code or "").strip(),
                institution_id=institution,
                sosep=input.sosep,
            ),
        )

    return await answer(info, RecordOfficeHolderPayload, input, act)
