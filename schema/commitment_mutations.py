"""Commitments: the list of what is owed, and noting them and that they were kept."""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import commitments as actions
from models.clock import today
from models.conventions import CommitmentKind
from models.people import User
from models.places import ProgramCode
from models.signing import Side
from reads.commitments import CommitmentQuery, commitment_page, commitments_by_id
from schema.agreements import Commitment
from schema.center_facts import AsOf
from schema.context import Context, Info
from schema.ids import opened, row_id
from schema.inputs import ONCE, SENT, VERSION
from schema.paging import After, Connection, First, connect
from schema.payloads import Payload, answer


@strawberry.input(description="Qué compromisos se piden; lo vacío no limita.")
class CommitmentFilter:
    open: bool | None = strawberry.field(default=None, description="Si todavía se deben.")
    overdue: bool | None = strawberry.field(default=None, description="Si se deben y ya pasó su fecha.")
    party: Side | None = strawberry.field(default=None, description="De qué lado son.")
    program: ProgramCode | None = strawberry.field(default=None, description="Programa del convenio.")
    convention_number: str | None = strawberry.field(default=None, description="Número del convenio.")


Wanted = Annotated[CommitmentFilter | None, strawberry.argument(description="Cuáles se piden.")]
Identifier = Annotated[strawberry.ID, strawberry.argument(description="Identificador opaco.")]


async def commitments(
    info: Info, filter: Wanted = None, as_of: AsOf = None, first: First = 50, after: After = None
) -> Connection[Commitment]:
    """Return a page of the commitments in reach, the next due first, as they were owed on a date."""
    asked = filter or CommitmentFilter()
    query = CommitmentQuery(
        open=asked.open,
        overdue=asked.overdue,
        party=asked.party,
        program=asked.program,
        convention_number=asked.convention_number,
    )
    page = commitment_page(info.context.person, query, on=as_of or today(), first=first, after=after)
    return await connect(partial(Commitment.of, on=as_of), page, after)


async def commitment_of(info: Info, id: Identifier) -> Commitment | None:
    """Return a commitment in reach by its id."""
    _ = info.context.person
    kind, key = opened(id) or ("", "")
    if kind != "Commitment" or not (key.isascii() and key.isdigit() and len(key) < 10):
        return None
    row = await info.context.load(commitments_by_id, int(key))
    return Commitment.of(row) if row else None


@strawberry.input(description="Un compromiso de una parte.")
class AddCommitmentInput:
    convention_id: strawberry.ID = strawberry.field(description="Convenio en trámite o en vigor.")
    party: Side = strawberry.field(description="De qué lado es.")
    kind: CommitmentKind = strawberry.field(description="Si es algo por hacer o un aporte.")
    item: str = strawberry.field(description="Qué se promete.")
    quantity: str | None = strawberry.field(default=None, description="Cantidad, en palabras.")
    amount: Decimal | None = strawberry.field(default=None, description="Valor en quetzales, si es un aporte.")
    due_on: date | None = strawberry.field(default=None, description="Fecha en que debe cumplirse.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Cumplimiento de un compromiso.")
class FulfillCommitmentInput:
    commitment_id: strawberry.ID = strawberry.field(description="Compromiso.")
    fulfilled_on: date = strawberry.field(description="Fecha en que se cumplió.")
    note: str | None = strawberry.field(default=None, description="Cómo se cumplió.")
    file_id: strawberry.ID | None = strawberry.field(default=None, description="Lo que lo prueba, por POST /files.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con el compromiso tal como quedó.")
class CommitmentPayload(Payload):
    commitment: Commitment | None = strawberry.field(default=None, description="El compromiso.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.commitment = Commitment.of(await context.load(commitments_by_id, key))


async def add_commitment(info: Info, input: Annotated[AddCommitmentInput, SENT]) -> CommitmentPayload:
    """Note a promise."""

    async def act(actor: User) -> Model:
        return await actions.add_commitment(
            actor=actor,
            convention_id=row_id(input.convention_id, "Convention", path="conventionId")[1],
            commitment=actions.CommitmentInput(
                input.party, input.kind, input.item, input.quantity or "", input.amount, input.due_on
            ),
        )

    return await answer(info, CommitmentPayload, input, act)


async def fulfill_commitment(info: Info, input: Annotated[FulfillCommitmentInput, SENT]) -> CommitmentPayload:
    """Note that a promise was kept."""

    async def act(actor: User) -> Model:
        return await actions.fulfill_commitment(
            actor=actor,
            commitment_id=row_id(input.commitment_id, "Commitment", path="commitmentId")[1],
            fulfilled_on=input.fulfilled_on,
            note=input.note or "",
            file_id=row_id(input.file_id, "File", path="fileId")[1] if input.file_id else None,
            expected_version=input.expected_version,
        )

    return await answer(info, CommitmentPayload, input, act)
