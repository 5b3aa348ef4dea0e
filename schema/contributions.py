"""What each party gives to centers, as the API shows it: line by line and added up."""

from datetime import date
from decimal import Decimal

import strawberry

from models.clock import today
from models.contributions import ContributionKind, ContributionParty
from models.places import ProgramCode
from reads.contributions import PartyShare, is_given
from reads.paging import Row
from schema.center_facts import AsOf
from schema.context import Info
from schema.ids import Node
from schema.people import Person, person_of
from schema.places import Department


@strawberry.type(description="Lo que da una parte en una fecha, sumado.")
class ContributionShare:
    party: ContributionParty = strawberry.field(description="Quién da.")
    count: int = strawberry.field(description="Cuántos aportes son.")
    posts: int = strawberry.field(description="Plazas de personal.")
    monthly_amount: Decimal = strawberry.field(description="Quetzales al mes de los aportes cuyo valor consta.")
    without_amount: int = strawberry.field(description="Aportes cuyo valor no consta: la suma nada dice de ellos.")


@strawberry.type(description="Lo que se da a los centros de un programa en un departamento.")
class PlaceContributions:
    program: ProgramCode = strawberry.field(description="Programa.")
    department: Department = strawberry.field(description="Departamento.")
    centers: int = strawberry.field(description="Centros que reciben algún aporte.")
    parties: list[ContributionShare] = strawberry.field(description="Por parte; la que no da nada no aparece.")


@strawberry.type(description="Lo que se da a los centros al alcance de quien pregunta en una fecha.")
class ContributionTotals:
    parties: list[ContributionShare] = strawberry.field(description="Por parte, en todos los centros.")
    places: list[PlaceContributions] = strawberry.field(description="Por programa y departamento.")


def share_of(one: PartyShare) -> ContributionShare:
    """Show what one party gives."""
    return ContributionShare(
        party=one.party,
        count=one.count,
        posts=one.posts,
        monthly_amount=one.monthly_amount,
        without_amount=one.without_amount,
    )


@strawberry.type(description="Lo que un aporte muestra de sí mismo.")
class ContributionFacts(Node):
    party: ContributionParty = strawberry.field(description="Quién lo da.")
    party_name: str = strawberry.field(description="Nombre de quien lo da, si es otra institución.")
    kind: ContributionKind = strawberry.field(description="En qué consiste.")
    description: str = strawberry.field(description="La plaza o la cosa, en palabras.")
    quantity: int | None = strawberry.field(description="Plazas, si es personal.")
    monthly_amount: Decimal | None = strawberry.field(
        description="Quetzales al mes por todo el aporte; vacío si no consta."
    )
    since: date = strawberry.field(description="Primer día en que se da.")
    until: date | None = strawberry.field(description="Último día en que se da; vacío si no tiene fin.")
    end_reason: str = strawberry.field(description="Por qué se dio por terminado; vacío si nadie lo terminó.")
    version: int = strawberry.field(description="Versión, para no pisar los cambios de otra persona.")
    row: strawberry.Private[Row]
    on: strawberry.Private[date | None] = None
    """The date as of which it was asked for."""

    @strawberry.field(description="Si se da en la fecha.")
    def current(self, as_of: AsOf = None) -> bool:
        return is_given(self.row, as_of or self.on or today())

    @strawberry.field(description="Quién lo anotó.")
    async def recorded_by(self, info: Info) -> Person | None:
        return await person_of(info, self.row["recorded_by_id"])
