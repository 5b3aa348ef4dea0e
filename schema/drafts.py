"""Drafts of papers in the API: what a lawyer has written, and what the head answered."""

from datetime import datetime

import strawberry

from models.drafts import DraftState
from models.papers import DocumentKind, Outcome
from reads.paging import Row
from reads.papers import documents_by_id
from schema.context import Info
from schema.ids import Node
from schema.papers import OfficialDocument
from schema.people import Person, person_of
from schema.rows import FromRow


@strawberry.type(description="Una norma citada en un borrador.")
class DraftGround(FromRow):
    norm: str = strawberry.field(description="Norma.")
    article: str = strawberry.field(description="Artículo.")
    text: str = strawberry.field(description="Qué dispone o cómo se aplica.")


@strawberry.type(description="Lo escrito de un dictamen; lo que falta está vacío.")
class DictamenText(FromRow):
    outcome: Outcome | None = strawberry.field(description="Sentido.")
    background: str = strawberry.field(description="Antecedentes.")
    grounds: list[DraftGround] = strawberry.field(description="Fundamento de derecho.")
    analysis: str = strawberry.field(description="Análisis.")
    conclusion: str = strawberry.field(description="Conclusión.")
    conditions: list[str] = strawberry.field(description="Condiciones.")


@strawberry.type(description="Una observación en un borrador de providencia.")
class DraftObservation(FromRow):
    subject: str = strawberry.field(description="Documento o cláusula observada.")
    finding: str = strawberry.field(description="Hallazgo.")
    legal_basis: str = strawberry.field(description="Fundamento legal.")
    cure: str = strawberry.field(description="Cómo subsanar.")


@strawberry.type(description="Lo escrito de una providencia que devuelve un expediente; lo que falta está vacío.")
class ReturnText(FromRow):
    observations: list[DraftObservation] = strawberry.field(description="Observaciones.")
    working_days: int | None = strawberry.field(description="Días hábiles para responder; vacío: los usuales.")
    reason_for_second_return: str = strawberry.field(description="Motivo de una nueva devolución.")


@strawberry.type(description="Borrador de un documento de un expediente, todavía sin número.")
class PaperDraft(Node):
    kind: DocumentKind = strawberry.field(description="Clase de documento.")
    state: DraftState = strawberry.field(description="Qué tan lejos va.")
    comment: str = strawberry.field(description="Lo que respondió la jefatura la última vez.")
    decided_at: datetime | None = strawberry.field(description="Cuándo resolvió la jefatura.")
    changed_at: datetime = strawberry.field(description="Último cambio, o cuándo se envió a visto bueno.")
    version: int = strawberry.field(description="Versión, para no pisar los cambios de otra persona.")
    row: strawberry.Private[Row]

    @strawberry.field(description="Si no tiene nada escrito: alguien lo vació, o ya no falta lo que observaba.")
    def blank(self) -> bool:
        return not any(self.row["data"].values())

    @strawberry.field(description="Quién lo escribió; el sistema, si nadie lo ha cambiado desde que lo preparó.")
    async def author(self, info: Info) -> Person | None:
        return await person_of(info, self.row["author_id"])

    @strawberry.field(description="Quién resolvió el visto bueno.")
    async def decided_by(self, info: Info) -> Person | None:
        return await person_of(info, self.row["decided_by_id"])

    @strawberry.field(description="Lo escrito, si es un dictamen.")
    def dictamen(self) -> DictamenText | None:
        if self.kind != DocumentKind.DICTAMEN:
            return None
        kept = self.row["data"]
        outcome = Outcome(kept["outcome"]) if kept["outcome"] else None
        return DictamenText.of(kept, outcome=outcome, grounds=[DraftGround.of(one) for one in kept["grounds"]])

    @strawberry.field(description="Lo escrito, si es la providencia que devuelve el expediente.")
    def returning(self) -> ReturnText | None:
        if self.kind != DocumentKind.PROVIDENCIA:
            return None
        kept = self.row["data"]
        return ReturnText.of(kept, observations=[DraftObservation.of(one) for one in kept["observations"]])

    @strawberry.field(description="Documento con que se emitió, si ya se emitió.")
    async def document(self, info: Info) -> OfficialDocument | None:
        row = await info.context.load(documents_by_id, self.row["document_id"])
        return OfficialDocument.of(row) if row else None
