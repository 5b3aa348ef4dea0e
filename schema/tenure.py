"""What a center's tenure shows of itself: everything but the convention or lease that it rests on."""

from datetime import date

import strawberry

from models.agreements import Standing
from models.centers import TenureBasis
from reads.tenure import Tenure as Row


@strawberry.type(description="Lo que un título muestra de sí mismo.")
class TenureFacts:
    row: strawberry.Private[Row]
    on: strawberry.Private[date | None] = None

    @strawberry.field(description="Clase de título.")
    def basis(self) -> TenureBasis:
        return self.row.basis

    @strawberry.field(description="Último día en que rige; vacío si no vence.")
    def ends_on(self) -> date | None:
        return self.row.ends_on

    @strawberry.field(description="Días calendario que faltan; negativo si ya venció.")
    def days_left(self) -> int | None:
        return self.row.days_left

    @strawberry.field(description="Situación del título en la fecha.")
    def standing(self) -> Standing | None:
        return self.row.standing
