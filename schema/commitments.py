"""What a party promised, as the API shows it: everything but the convention in which it did."""

from datetime import date
from decimal import Decimal

import strawberry

from models.centers import Source
from models.clock import today
from models.conventions import CommitmentKind
from models.signing import Side
from reads.commitments import is_open, is_overdue
from reads.paging import Row
from schema.center_facts import AsOf
from schema.context import Info
from schema.ids import Node
from schema.papers import File, file_of
from schema.people import Person, person_of


@strawberry.type(description="Lo que valen los aportes de un lado.")
class Contribution:
    party: Side = strawberry.field(description="De qué lado.")
    total: Decimal = strawberry.field(description="Suma de los aportes con valor, en quetzales.")
    fulfilled: Decimal = strawberry.field(description="Cuánto de eso consta como dado, en quetzales.")


@strawberry.type(description="Lo que un compromiso muestra de sí mismo.")
class CommitmentFacts(Node):
    kind: CommitmentKind = strawberry.field(description="Si es algo por hacer o un aporte.")
    item: str = strawberry.field(description="Qué se prometió.")
    quantity: str = strawberry.field(description="Cantidad, en palabras.")
    amount: Decimal | None = strawberry.field(description="Valor en quetzales, si es un aporte que lo tiene.")
    due_on: date | None = strawberry.field(description="Fecha en que debe cumplirse.")
    fulfilled_on: date | None = strawberry.field(description="Fecha en que se cumplió.")
    fulfilled_note: str = strawberry.field(description="Nota de quien lo dio por cumplido.")
    source: Source = strawberry.field(description="De dónde viene el registro.")
    version: int = strawberry.field(description="Versión, para no pisar los cambios de otra persona.")
    row: strawberry.Private[Row]
    on: strawberry.Private[date | None] = None
    """The date as of which it was asked for; whether it is owed is told as of the same, when not asked otherwise."""

    @strawberry.field(description="De qué lado es: SOSEP o la contraparte.")
    def party(self) -> Side:
        return Side(self.row["party"])

    @strawberry.field(description="Si ya se había cumplido en la fecha.")
    def fulfilled(self, as_of: AsOf = None) -> bool:
        return self.fulfilled_on is not None and self.fulfilled_on <= (as_of or self.on or today())

    @strawberry.field(description="Si se debe en la fecha: no consta cumplido y el convenio obliga.")
    def open(self, as_of: AsOf = None) -> bool:
        return is_open(self.row, as_of or self.on or today())

    @strawberry.field(description="Si se debe y ya pasó su fecha.")
    def overdue(self, as_of: AsOf = None) -> bool:
        return is_overdue(self.row, as_of or self.on or today())

    @strawberry.field(description="Días calendario que faltan para su fecha; negativo si ya pasó.")
    def days_left(self, as_of: AsOf = None) -> int | None:
        return (self.due_on - (as_of or self.on or today())).days if self.due_on else None

    @strawberry.field(description="Quién lo dio por cumplido.")
    async def fulfilled_by(self, info: Info) -> Person | None:
        return await person_of(info, self.row["fulfilled_by_id"])

    @strawberry.field(description="Lo que prueba que se cumplió.")
    async def file(self, info: Info) -> File | None:
        return await file_of(info, self.row["file_id"])
