"""The deeds of a center in the API: what happened to it, by which act, and what each of them changed."""

from datetime import date, datetime
from enum import Enum
from typing import Any

import strawberry

from models.centers import CenterEventKind
from reads.center_agreements import warnings_of
from reads.center_history import columns_from
from reads.paging import Row
from reads.places import departments_by_code, municipalities_by_code
from schema.context import Info
from schema.ids import Node
from schema.labels import label
from schema.papers import File, file_of
from schema.people import Person, person_of

COLUMNS = {
    "state": "Estado",
    "capacity": "Capacidad",
    "municipality_id": "Municipio",
    "settlement": "Zona, aldea o colonia",
    "address": "Dirección",
    "premises": "Inmueble",
}
"""What a deed changes that people read of, in the order in which it is told."""


@strawberry.type(description="Un dato de un centro que un acto cambió, en palabras.")
class CenterChange:
    what: str = strawberry.field(description="Qué dato.")
    before: str = strawberry.field(description="Como estaba; vacío si no constaba, y en una apertura.")
    after: str = strawberry.field(description="Como quedó; vacío si ya no consta.")


@strawberry.type(description="Lo que un acto de un centro dice de sí.")
class CenterEventFacts(Node):
    kind: CenterEventKind = strawberry.field(description="Qué le pasó.")
    happened_on: date = strawberry.field(description="Primer día en que vale.")
    act: str = strawberry.field(description="Papel que lo ordena, como se cita.")
    reason: str = strawberry.field(description="Motivo.")
    recorded_at: datetime = strawberry.field(description="Cuándo se anotó.")
    annulled_on: date | None = strawberry.field(
        description="Día en que se anuló por estar anotado por error; desde entonces no cuenta para ninguna fecha."
    )
    annulled_reason: str = strawberry.field(description="Por qué se anuló.")
    annullable: bool = strawberry.field(description="Si es el último que cuenta: solo ese se anula.")
    row: strawberry.Private[Row]

    @strawberry.field(description="Lo que cambió del centro.")
    async def changes(self, info: Info) -> list[CenterChange]:
        before, after = columns_from(self.row["before"]), columns_from(self.row["after"])
        told = [
            (what, await _words(info, name, before.get(name)), await _words(info, name, after.get(name)))
            for name, what in COLUMNS.items()
        ]
        return [CenterChange(what=what, before=was, after=became) for what, was, became in told if was != became]

    @strawberry.field(description="Lo que un cierre deja abierto, mientras sea el último acto; advierte, no impide.")
    async def warnings(self, info: Info) -> list[str]:
        return await warnings_of(self.row, info.context.person) if self.annullable else []

    @strawberry.field(description="Copia del acto.")
    async def file(self, info: Info) -> File | None:
        return await file_of(info, self.row["file_id"])

    @strawberry.field(description="Quién lo anotó.")
    async def recorded_by(self, info: Info) -> Person | None:
        return await person_of(info, self.row["recorded_by_id"])

    @strawberry.field(description="Quién lo anuló.")
    async def annulled_by(self, info: Info) -> Person | None:
        return await person_of(info, self.row["annulled_by_id"])


async def _words(info: Info, name: str, value: Any) -> str:
    """Return a column's value as people read it; empty for none."""
    if value is None or value == "":
        return ""
    if isinstance(value, Enum):
        return label(value)
    if name != "municipality_id":
        return str(value)
    town = await info.context.load(municipalities_by_code, value)
    return f"{town['name']}, {(await info.context.load(departments_by_code, town['department_id']))['name']}"
