"""Questions about supervision: visits, what they found, and the centers that nobody visits."""

from datetime import date
from functools import partial
from typing import Annotated

import strawberry

from models.clock import today
from models.places import ProgramCode
from models.signing import Side
from models.supervision import FindingSeverity
from reads.supervision import (
    FindingQuery,
    FindingState,
    PlaceQuery,
    VisitQuery,
    finding_page,
    visit_page,
)
from reads.supervision_coverage import LONGEST, unvisited_page
from schema.agreements import Center, SupervisionFinding, SupervisionVisit
from schema.center_facts import AsOf
from schema.context import Info
from schema.masking import CodedError, ErrorCode
from schema.paging import After, Connection, First, connect
from schema.queries import refuse_unknown_places


@strawberry.input(description="De qué centros se pide algo; lo vacío no limita.")
class CenterPlaceFilter:
    program: ProgramCode | None = strawberry.field(default=None, description="Programa del centro.")
    department_code: str | None = strawberry.field(default=None, description="Departamento del centro.")
    municipality_code: str | None = strawberry.field(default=None, description="Municipio del centro.")
    center_code: str | None = strawberry.field(default=None, description="Código del centro.")

    def places(self) -> dict[str, str | None]:
        """Return the places as reads take them."""
        return {
            "program": self.program,
            "department_code": self.department_code,
            "municipality_code": self.municipality_code,
            "center_code": self.center_code,
        }


@strawberry.input(description="Qué visitas de supervisión se piden; lo vacío no limita.")
class SupervisionVisitFilter(CenterPlaceFilter):
    since: date | None = strawberry.field(default=None, name="from", description="Hechas desde este día.")
    until: date | None = strawberry.field(default=None, name="to", description="Hechas hasta este día.")
    search: str | None = strawberry.field(
        default=None, description="Palabras del centro, o de quien la hizo o del acta como están escritas."
    )


@strawberry.input(description="Qué hallazgos se piden; lo vacío no limita.")
class SupervisionFindingFilter(CenterPlaceFilter):
    state: FindingState | None = strawberry.field(
        default=None, description="Cómo estaban en la fecha; los abiertos incluyen los atrasados."
    )
    severity: FindingSeverity | None = strawberry.field(default=None, description="Cuánto pesan.")
    party: Side | None = strawberry.field(default=None, description="A quién le toca corregirlos.")


VisitsWanted = Annotated[SupervisionVisitFilter | None, strawberry.argument(description="Cuáles se piden.")]
FindingsWanted = Annotated[SupervisionFindingFilter | None, strawberry.argument(description="Cuáles se piden.")]
PlacesWanted = Annotated[CenterPlaceFilter | None, strawberry.argument(description="De qué lugares.")]
Days = Annotated[
    int, strawberry.argument(description=f"Días calendario hasta la fecha, contada ella: de 1 a {LONGEST}.")
]


async def supervision_visits(
    info: Info, filter: VisitsWanted = None, as_of: AsOf = None, first: First = 50, after: After = None
) -> Connection[SupervisionVisit]:
    """Return a page of the visits to the centers in reach."""
    asked = filter or SupervisionVisitFilter()
    await refuse_unknown_places(info, asked.municipality_code, asked.department_code)
    query = VisitQuery(**asked.places(), since=asked.since, until=asked.until, search=asked.search)
    page = visit_page(info.context.person, query, on=as_of or today(), first=first, after=after)
    return await connect(partial(SupervisionVisit.of, on=as_of), page, after)


async def supervision_findings(
    info: Info, filter: FindingsWanted = None, as_of: AsOf = None, first: First = 50, after: After = None
) -> Connection[SupervisionFinding]:
    """Return a page of what was found in the centers in reach."""
    asked = filter or SupervisionFindingFilter()
    await refuse_unknown_places(info, asked.municipality_code, asked.department_code)
    query = FindingQuery(**asked.places(), state=asked.state, severity=asked.severity, party=asked.party)
    page = finding_page(info.context.person, query, on=as_of or today(), first=first, after=after)
    return await connect(partial(SupervisionFinding.of, on=as_of), page, after)


async def unvisited_centers(
    info: Info,
    days: Days = 180,
    filter: PlacesWanted = None,
    as_of: AsOf = None,
    first: First = 50,
    after: After = None,
) -> Connection[Center]:
    """Return a page of the centers in reach that nobody visited lately."""
    asked = filter or CenterPlaceFilter()
    await refuse_unknown_places(info, asked.municipality_code, asked.department_code)
    if not 1 <= days <= LONGEST:
        raise CodedError(ErrorCode.BAD_USER_INPUT, f"«days» va de 1 a {LONGEST}.")
    query = PlaceQuery(**asked.places())
    page = unvisited_page(info.context.person, query, days=days, on=as_of or today(), first=first, after=after)
    return await connect(partial(Center.of, on=as_of), page, after)
