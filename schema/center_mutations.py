"""Opening centers and noting what becomes of them: inputs, payloads and resolvers."""

from datetime import date
from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import center_events, centers
from models.centers import CenterEventKind, CenterKind, TenureBasis
from models.people import User
from reads.center_history import events_by_id
from reads.centers import centers_by_id
from schema.agreements import Center, CenterEvent
from schema.context import Context, Info
from schema.ids import row_id
from schema.inputs import ONCE, SENT, VERSION
from schema.payloads import Payload, answer

TOWN = "Código del INE, o el nombre si no hay otro que se llame igual."
ACT = "Papel que lo ordena, como se cita: «Acuerdo Interno 12-2026»."
COPY = "Copia del acto, subida por POST /files."


@strawberry.input(description="Apertura de un centro.")
class OpenCenterInput:
    name: str = strawberry.field(description="Nombre.")
    kind: CenterKind = strawberry.field(description="Clase de centro; el programa es el que atiende esa clase.")
    municipality_code: str = strawberry.field(description=f"Municipio. {TOWN}")
    opened_on: date = strawberry.field(description="Primer día en que atiende.")
    act: str = strawberry.field(description=ACT)
    code: str | None = strawberry.field(
        default=None, description="Código, que no se repite; vacío: el siguiente del programa en el municipio."
    )
    settlement: str | None = strawberry.field(default=None, description="Zona, aldea o colonia.")
    address: str | None = strawberry.field(default=None, description="Dirección.")
    capacity: int | None = strawberry.field(default=None, description="Personas que puede atender.")
    premises: TenureBasis | None = strawberry.field(
        default=None,
        description="Inmueble propio o adscrito, si lo es; convenios y arrendamientos se registran aparte.",
    )
    reason: str | None = strawberry.field(default=None, description="Motivo.")
    file_id: strawberry.ID | None = strawberry.field(default=None, description=COPY)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Anotación de lo que le pasa a un centro; lo que la clase de acto no cambia va vacío.")
class RecordCenterEventInput:
    center_id: strawberry.ID = strawberry.field(description="Centro.")
    kind: CenterEventKind = strawberry.field(description="Qué le pasa.")
    happened_on: date = strawberry.field(description="Primer día en que vale, del último acto a hoy.")
    act: str = strawberry.field(description=ACT)
    reason: str | None = strawberry.field(
        default=None, description="Motivo; obligatorio para suspender, reducir o cerrar."
    )
    capacity: int | None = strawberry.field(default=None, description="Capacidad nueva, si se amplía o reduce.")
    municipality_code: str | None = strawberry.field(
        default=None, description=f"Municipio adonde se traslada, si es otro. {TOWN}"
    )
    settlement: str | None = strawberry.field(
        default=None, description="Zona, aldea o colonia adonde se traslada; vacío si no consta."
    )
    address: str | None = strawberry.field(
        default=None, description="Dirección adonde se traslada; vacío si no consta."
    )
    premises: TenureBasis | None = strawberry.field(
        default=None,
        description="Inmueble propio o adscrito, en una apertura, un traslado o un acto de eso; vacío: ninguno.",
    )
    file_id: strawberry.ID | None = strawberry.field(default=None, description=COPY)
    expected_version: int | None = strawberry.field(default=None, description=f"Del centro. {VERSION}")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Anulación del último acto de un centro, anotado por error.")
class AnnulCenterEventInput:
    event_id: strawberry.ID = strawberry.field(description="Acto.")
    reason: str = strawberry.field(description="Por qué se anula.")
    expected_version: int | None = strawberry.field(default=None, description=f"Del centro. {VERSION}")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con el centro que se abrió.")
class OpenCenterPayload(Payload):
    center: Center | None = strawberry.field(default=None, description="El centro.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.center = Center.of(await context.load(centers_by_id, key))


@strawberry.type(description="Respuesta con el acto y el centro tal como quedó.")
class CenterEventPayload(Payload):
    event: CenterEvent | None = strawberry.field(default=None, description="El acto.")
    center: Center | None = strawberry.field(default=None, description="El centro.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        row = await context.load(events_by_id, key)
        self.event = CenterEvent.of(row)
        self.center = Center.of(await context.load(centers_by_id, row["center_id"]))


async def open_center(info: Info, input: Annotated[OpenCenterInput, SENT]) -> OpenCenterPayload:
    """Put a center on record."""

    async def act(actor: User) -> Model:
        given = centers.NewCenter(
            name=input.name,
            kind=input.kind,
            municipality=input.municipality_code,
            opened_on=input.opened_on,
            act=input.act,
            code=input.code or "",
            settlement=input.settlement or "",
            address=input.address or "",
            capacity=input.capacity,
            premises=input.premises,
            reason=input.reason or "",
            file_id=_file(input.file_id),
        )
        return await centers.open_center(actor=actor, given=given)

    return await answer(info, OpenCenterPayload, input, act)


async def record_center_event(info: Info, input: Annotated[RecordCenterEventInput, SENT]) -> CenterEventPayload:
    """Note a deed of a center."""

    async def act(actor: User) -> Model:
        deed = center_events.Deed(
            kind=input.kind,
            happened_on=input.happened_on,
            act=input.act,
            reason=input.reason or "",
            capacity=input.capacity,
            municipality=input.municipality_code or "",
            settlement=input.settlement or "",
            address=input.address or "",
            premises=input.premises,
            file_id=_file(input.file_id),
        )
        return await center_events.record_center_event(
            actor=actor,
            center_id=row_id(input.center_id, "Center", path="centerId")[1],
            deed=deed,
            expected_version=input.expected_version,
        )

    return await answer(info, CenterEventPayload, input, act)


async def annul_center_event(info: Info, input: Annotated[AnnulCenterEventInput, SENT]) -> CenterEventPayload:
    """Annul the last deed of a center."""

    async def act(actor: User) -> Model:
        return await center_events.annul_center_event(
            actor=actor,
            event_id=row_id(input.event_id, "CenterEvent", path="eventId")[1],
            reason=input.reason,
            expected_version=input.expected_version,
        )

    return await answer(info, CenterEventPayload, input, act)


def _file(given: str | None) -> int | None:
    return row_id(given, "File", path="fileId")[1] if given else None
