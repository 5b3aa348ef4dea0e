"""Allowances of Hogares Comunitarios and CADI in the API: the dated table, and what it comes to."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import strawberry

from models.clock import today
from models.contributions import AllowanceBasis, AllowancePeriod
from reads import allowances as reads
from schema.center_facts import AsOf
from schema.context import Info
from schema.ids import Node
from schema.masking import CodedError, ErrorCode

MOST_CHILDREN = 2000
"""More than any center attends."""

Caregivers = Annotated[
    int | None,
    strawberry.argument(description="Madres cuidadoras; vacío: lo que se da por cada una no se calcula."),
]


@strawberry.type(description="Lo que SOSEP asigna por una cosa y un tramo de niñas y niños, entre dos fechas.")
class AllowanceRate(Node):
    item: str = strawberry.field(description="Código de la asignación.")
    item_label: str = strawberry.field(description="Nombre de la asignación.")
    children_min: int | None = strawberry.field(description="Desde cuántas niñas y niños; vacío si no depende.")
    children_max: int | None = strawberry.field(description="Hasta cuántas niñas y niños; vacío si no hay tope.")
    amount: Decimal = strawberry.field(description="Quetzales.")
    basis: AllowanceBasis = strawberry.field(description="Por quién o por qué se da.")
    period: AllowancePeriod = strawberry.field(description="Cada cuánto se da.")
    is_ceiling: bool = strawberry.field(description="Si es lo más que puede darse, no lo que se da.")
    since: date = strawberry.field(description="Primer día en que rige.")
    until: date | None = strawberry.field(description="Último día en que rige; vacío si no tiene fin.")
    source: str = strawberry.field(description="Lo que lo autoriza, y lo que está por confirmar.")

    @strawberry.field(description="Si rige hoy.")
    def in_force(self) -> bool:
        return self.since <= today() and (self.until is None or self.until >= today())


@strawberry.type(description="Una asignación aplicada a un centro.")
class AllowanceLine:
    rate: AllowanceRate = strawberry.field(description="La asignación.")
    units: int = strawberry.field(description="Por cuántos se da: un centro, sus niñas y niños o sus cuidadoras.")
    total: Decimal = strawberry.field(description="Quetzales al mes, al día o una vez, según la asignación.")


@strawberry.type(description="Lo que se asigna a un Hogar Comunitario o CADI en una fecha.")
class Allowance:
    row: strawberry.Private[reads.Allowance]

    @strawberry.field(description="Fecha de la consulta.")
    def on_date(self) -> date:
        return self.row.on

    @strawberry.field(description="Niñas y niños.")
    def children(self) -> int:
        return self.row.children

    @strawberry.field(description="Madres cuidadoras; vacío si no se dijo cuántas.")
    def caregivers(self) -> int | None:
        return self.row.caregivers

    @strawberry.field(description="Mes cuya asistencia dio las niñas y niños; vacío si se preguntó por un número.")
    def month(self) -> date | None:
        return self.row.month

    @strawberry.field(description="Las asignaciones que aplican, por su nombre.")
    def lines(self) -> list[AllowanceLine]:
        return [
            AllowanceLine(rate=AllowanceRate.of(one.rate), units=one.units, total=one.total) for one in self.row.lines
        ]

    @strawberry.field(description="Quetzales al mes, con los topes completos; sin lo que dice «gaps».")
    def monthly_total(self) -> Decimal:
        return self.row.total(AllowancePeriod.MONTH)

    @strawberry.field(description="Quetzales al día por cada niña o niño.")
    def daily_per_child(self) -> Decimal:
        return self.row.daily_per_child

    @strawberry.field(description="Quetzales al día por todas las niñas y niños.")
    def daily_total(self) -> Decimal:
        return self.row.total(AllowancePeriod.DAY)

    @strawberry.field(description="Quetzales que se dan una sola vez en las fechas de la consulta.")
    def once_total(self) -> Decimal:
        return self.row.total(AllowancePeriod.ONCE)

    @strawberry.field(description="Lo que no se calculó y por qué: la tabla no lo dice. Vacío si nada falta.")
    def gaps(self) -> list[str]:
        return self.row.gaps


async def allowances_for(
    info: Info,
    children: Annotated[int, strawberry.argument(description="Niñas y niños del centro.")],
    caregivers: Caregivers = None,
    on: AsOf = None,
) -> Allowance:
    """Return what is allowed for so many children and caregivers on a date."""
    _ = info.context.person
    refuse_counts(children, caregivers)
    return Allowance(row=await reads.allowance_for(children, caregivers, on=on or today()))


def refuse_counts(*counts: int | None) -> None:
    """Refuse numbers of people that no center has."""
    if any(count is not None and not 0 <= count <= MOST_CHILDREN for count in counts):
        raise CodedError(ErrorCode.BAD_USER_INPUT, f"Las personas van de 0 a {MOST_CHILDREN:,}.")


async def allowance_rates(
    info: Info,
    on: Annotated[date | None, strawberry.argument(description="Solo las que rigen ese día; vacío: todas.")] = None,
    item: Annotated[str | None, strawberry.argument(description="Solo las de esta asignación, por su código.")] = None,
) -> list[AllowanceRate]:
    """Return the dated table."""
    _ = info.context.person
    return [AllowanceRate.of(row) for row in await reads.rates(on=on, item=item)]
