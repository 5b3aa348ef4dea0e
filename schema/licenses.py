"""What a sanitary license shows of itself in the API: everything but its center, its file and its neighbors."""

from datetime import date

import strawberry

from reads.audit import timeline_by_license
from schema.context import Info
from schema.leases import Agreement
from schema.papers import File, file_of
from schema.signing import TimelineEntry


@strawberry.type(description="Lo que una licencia sanitaria muestra de sí misma.")
class LicenseFacts(Agreement):
    license_number: str = strawberry.field(description="Número que le dio el MSPAS; vacío si no consta.")
    requested_on: date | None = strawberry.field(description="Fecha de la solicitud.")
    note: str = strawberry.field(description="Nota de quien la solicitó.")
    center_id: strawberry.Private[int]
    renews_id: strawberry.Private[int | None]
    file_id: strawberry.Private[int | None]

    @strawberry.field(description="Último día en que vale.")
    def expires_on(self) -> date | None:
        expires_on: date | None = self.term["ends_on"]
        return expires_on

    @strawberry.field(description="Copia de la licencia.")
    async def file(self, info: Info) -> File | None:
        return await file_of(info, self.file_id)

    @strawberry.field(description="Todo lo que se hizo, en orden.")
    async def timeline(self, info: Info) -> list[TimelineEntry]:
        return await TimelineEntry.each(info, timeline_by_license, self.key)
