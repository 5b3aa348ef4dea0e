"""Noting visits of supervision and what is done about their findings: inputs, payloads and resolvers."""

from datetime import date
from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import supervision as actions
from models.people import User
from models.signing import Side
from models.supervision import FindingSeverity
from reads.supervision import findings_by_id, visits_by_id
from schema.agreements import SupervisionFinding, SupervisionVisit
from schema.context import Context, Info
from schema.ids import row_id
from schema.inputs import ONCE, SENT, VERSION
from schema.payloads import Payload, answer


@strawberry.input(description="Algo que se encontró en una visita.")
class FindingInput:
    text: str = strawberry.field(description="Qué se encontró.")
    severity: FindingSeverity = strawberry.field(description="Cuánto pesa.")
    party: Side = strawberry.field(description="A quién le toca corregirlo.")
    due_on: date | None = strawberry.field(default=None, description="Último día para corregirlo, si se fijó.")


@strawberry.input(description="Una visita de supervisión con todo lo que se encontró.")
class RecordVisitInput:
    center_id: strawberry.ID = strawberry.field(description="Centro visitado.")
    visited_on: date = strawberry.field(description="Día de la visita; no puede ser futuro.")
    supervisor_name: str = strawberry.field(description="Quién la hizo.")
    act: str | None = strawberry.field(default=None, description="Acta o informe que se levantó.")
    summary: str = strawberry.field(description="Qué se vio.")
    file_id: strawberry.ID | None = strawberry.field(
        default=None, description="Copia del acta o informe, subida por POST /files."
    )
    findings: list[FindingInput] | None = strawberry.field(default=None, description="Lo que hay que corregir.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Lo que se hizo o se vio de un hallazgo.")
class FollowUpFindingInput:
    finding_id: strawberry.ID = strawberry.field(description="Hallazgo que sigue abierto.")
    noted_on: date = strawberry.field(description="Día del que se habla; no puede ser futuro.")
    text: str = strawberry.field(description="Qué se hizo o se vio.")
    resolves: bool = strawberry.field(default=False, description="Si con eso queda corregido.")
    file_id: strawberry.ID | None = strawberry.field(default=None, description="Lo que lo prueba, por POST /files.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con la visita anotada.")
class RecordVisitPayload(Payload):
    visit: SupervisionVisit | None = strawberry.field(default=None, description="La visita.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.visit = SupervisionVisit.of(await context.load(visits_by_id, key))


@strawberry.type(description="Respuesta con el hallazgo tal como quedó.")
class FollowUpFindingPayload(Payload):
    finding: SupervisionFinding | None = strawberry.field(default=None, description="El hallazgo.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.finding = SupervisionFinding.of(await context.load(findings_by_id, key))


def _file(given: str | None) -> int | None:
    return row_id(given, "File", path="fileId")[1] if given else None


async def record_visit(info: Info, input: Annotated[RecordVisitInput, SENT]) -> RecordVisitPayload:
    """Note a visit."""

    async def act(actor: User) -> Model:
        return await actions.record_visit(
            actor=actor,
            center_id=row_id(input.center_id, "Center", path="centerId")[1],
            visit=actions.VisitInput(
                visited_on=input.visited_on,
                supervisor_name=input.supervisor_name,
                summary=input.summary,
                act=input.act or "",
                file_id=_file(input.file_id),
                findings=[
                    actions.FindingInput(one.text, one.severity, one.party, one.due_on) for one in input.findings or []
                ],
            ),
        )

    return await answer(info, RecordVisitPayload, input, act)


async def follow_up_finding(info: Info, input: Annotated[FollowUpFindingInput, SENT]) -> FollowUpFindingPayload:
    """Note what was done about a finding."""

    async def act(actor: User) -> Model:
        return await actions.follow_up_finding(
            actor=actor,
            finding_id=row_id(input.finding_id, "SupervisionFinding", path="findingId")[1],
            noted_on=input.noted_on,
            text=input.text,
            resolves=input.resolves,
            file_id=_file(input.file_id),
            expected_version=input.expected_version,
        )

    return await answer(info, FollowUpFindingPayload, input, act)
