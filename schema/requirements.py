"""Checklist lines, the evidence handed in for them, and the observations of a providencia, in the API."""

from datetime import date, datetime

import strawberry

from reads.requirements import evidence_by_requirement
from schema.context import Info
from schema.ids import Node
from schema.rows import FromRow


@strawberry.type(description="Archivo entregado para un requisito.")
class Evidence(FromRow):
    file_id: strawberry.Private[int]
    filename: str = strawberry.field(description="Nombre del archivo.")
    media_type: str = strawberry.field(description="Tipo de contenido.")
    size: int = strawberry.field(description="Tamaño en bytes.")
    sha256: str = strawberry.field(description="Huella SHA-256 del contenido, en hexadecimal.")
    received_at: datetime = strawberry.field(description="Cuándo se recibió.")
    replaced_at: datetime | None = strawberry.field(description="Cuándo otro archivo lo sustituyó.")
    note: str = strawberry.field(description="Nota de quien lo entregó.")

    @strawberry.field(description="Dirección de descarga, en este mismo sitio.")
    def url(self) -> str:
        return f"/files/{self.file_id}"


@strawberry.type(description="Un requisito del catálogo, tal como se pide hoy.")
class ChecklistLine(FromRow):
    code: str = strawberry.field(description="Código del requisito.")
    title: str = strawberry.field(description="Qué se pide.")
    help: str = strawberry.field(description="Cómo se obtiene o prepara.")
    legal_basis: str = strawberry.field(description="Fundamento legal; vacío si no se conoce.")
    mandatory: bool = strawberry.field(description="Si es obligatorio.")


@strawberry.type(description="Un renglón de la lista de requisitos de un expediente.")
class ReviewRequirement(Node):
    code: str = strawberry.field(description="Código del requisito.")
    title: str = strawberry.field(description="Qué se pide.")
    help: str = strawberry.field(description="Cómo se obtiene o prepara.")
    legal_basis: str = strawberry.field(description="Fundamento legal; vacío si no se conoce.")
    mandatory: bool = strawberry.field(description="Si es obligatorio.")
    fulfilled: bool = strawberry.field(description="Si ya se entregó.")

    @strawberry.field(description="El archivo que cuenta; los anteriores se conservan en «history».")
    async def evidence(self, info: Info) -> Evidence | None:
        handed_in = await self.history(info)
        return next((one for one in handed_in if one.replaced_at is None), None)

    @strawberry.field(description="Todo lo entregado, lo último primero.")
    async def history(self, info: Info) -> list[Evidence]:
        return await Evidence.each(info, evidence_by_requirement, self.key)


@strawberry.type(description="Una observación de una providencia.")
class Observation(FromRow):
    subject: str = strawberry.field(description="Documento o cláusula observada.")
    finding: str = strawberry.field(description="Hallazgo.")
    legal_basis: str = strawberry.field(description="Fundamento legal.")
    cure: str = strawberry.field(description="Cómo subsanar.")
    cured_on: date | None = strawberry.field(description="Fecha en que el solicitante la respondió.")

    @strawberry.field(description="Si el solicitante ya la respondió.")
    def cured(self) -> bool:
        return self.cured_on is not None
