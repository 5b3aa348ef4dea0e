"""What parties give to centers: the list, its totals, and noting, correcting and ending each line."""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import contributions as actions
from models.clock import today
from models.contributions import ContributionKind, ContributionParty
from models.people import User
from reads.contributions import (
    ContributionQuery,
    contribution_page,
    contribution_totals,
    contributions_by_id,
)
from schema.agreements import CenterContribution
from schema.center_facts import AsOf
from schema.context import Context, Info
from schema.contributions import ContributionTotals, PlaceContributions, share_of
from schema.ids import row_id
from schema.inputs import ONCE, SENT, VERSION
from schema.paging import After, Connection, First, connect
from schema.payloads import Payload, answer
from schema.places import Department
from schema.queries import refuse_unknown_places
from schema.supervision_queries import CenterPlaceFilter


@strawberry.input(description="Qué aportes se piden; lo vacío no limita.")
class CenterContributionFilter(CenterPlaceFilter):
    party: ContributionParty | None = strawberry.field(default=None, description="Quién da.")
    kind: ContributionKind | None = strawberry.field(default=None, description="En qué consisten.")
    current: bool | None = strawberry.field(default=None, description="Si se dan en la fecha.")


Wanted = Annotated[CenterContributionFilter | None, strawberry.argument(description="Cuáles se piden.")]


async def _query(info: Info, filter: CenterContributionFilter | None) -> ContributionQuery:
    asked = filter or CenterContributionFilter()
    await refuse_unknown_places(info, asked.municipality_code, asked.department_code)
    return ContributionQuery(**asked.places(), party=asked.party, kind=asked.kind, current=asked.current)


async def center_contributions(
    info: Info, filter: Wanted = None, as_of: AsOf = None, first: First = 50, after: After = None
) -> Connection[CenterContribution]:
    """Return a page of what is given to the centers in reach."""
    query = await _query(info, filter)
    page = contribution_page(info.context.person, query, on=as_of or today(), first=first, after=after)
    return await connect(partial(CenterContribution.of, on=as_of), page, after)


async def totals(info: Info, filter: Wanted = None, as_of: AsOf = None) -> ContributionTotals:
    """Add up what is given on a date."""
    query = await _query(info, filter)
    found = await contribution_totals(info.context.person, query, on=as_of or today())
    return ContributionTotals(
        parties=[share_of(one) for one in found.parties],
        places=[
            PlaceContributions(
                program=one.program,
                department=Department.of(one.department),
                centers=one.centers,
                parties=[share_of(share) for share in one.parties],
            )
            for one in found.places
        ],
    )


@strawberry.input(description="Un aporte nuevo a un centro, o la corrección de uno que se anotó mal.")
class SaveContributionInput:
    center_id: strawberry.ID | None = strawberry.field(
        default=None, description="Centro, si el aporte es nuevo; si no, el aporte."
    )
    contribution_id: strawberry.ID | None = strawberry.field(
        default=None, description="Aporte que se corrige; la corrección vale desde su primer día."
    )
    party: ContributionParty = strawberry.field(description="Quién lo da.")
    party_name: str | None = strawberry.field(default=None, description="Nombre, solo si es otra institución.")
    kind: ContributionKind = strawberry.field(description="En qué consiste.")
    description: str = strawberry.field(description="La plaza o la cosa, en palabras.")
    quantity: int | None = strawberry.field(default=None, description="Plazas, solo si es personal.")
    monthly_amount: Decimal | None = strawberry.field(
        default=None, description="Quetzales al mes por todo el aporte; vacío si no se sabe."
    )
    since: date = strawberry.field(description="Primer día en que se da.")
    until: date | None = strawberry.field(default=None, description="Último día, si ya se sabe.")
    convention_id: strawberry.ID | None = strawberry.field(
        default=None, description="Convenio en que se prometió; debe cubrir el centro."
    )
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Fin de un aporte.")
class EndContributionInput:
    contribution_id: strawberry.ID = strawberry.field(description="Aporte.")
    until: date = strawberry.field(description="Último día en que se da.")
    reason: str = strawberry.field(description="Por qué termina.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con el aporte tal como quedó.")
class ContributionPayload(Payload):
    contribution: CenterContribution | None = strawberry.field(default=None, description="El aporte.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        self.contribution = CenterContribution.of(await context.load(contributions_by_id, key))


def _optional(given: str | None, kind: str, path: str) -> int | None:
    return row_id(given, kind, path=path)[1] if given else None


async def save_contribution(info: Info, input: Annotated[SaveContributionInput, SENT]) -> ContributionPayload:
    """Note or correct what is given."""

    async def act(actor: User) -> Model:
        return await actions.save_contribution(
            actor=actor,
            given=actions.ContributionInput(
                party=input.party,
                kind=input.kind,
                description=input.description,
                since=input.since,
                party_name=input.party_name or "",
                quantity=input.quantity,
                monthly_amount=input.monthly_amount,
                until=input.until,
                convention_id=_optional(input.convention_id, "Convention", "conventionId"),
            ),
            center_id=_optional(input.center_id, "Center", "centerId"),
            contribution_id=_optional(input.contribution_id, "CenterContribution", "contributionId"),
            expected_version=input.expected_version,
        )

    return await answer(info, ContributionPayload, input, act)


async def end_contribution(info: Info, input: Annotated[EndContributionInput, SENT]) -> ContributionPayload:
    """Say until when something is given."""

    async def act(actor: User) -> Model:
        return await actions.end_contribution(
            actor=actor,
            contribution_id=row_id(input.contribution_id, "CenterContribution", path="contributionId")[1],
            until=input.until,
            reason=input.reason,
            expected_version=input.expected_version,
        )

    return await answer(info, ContributionPayload, input, act)
