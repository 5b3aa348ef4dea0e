"""Drafts of papers: inputs, payload, and how each mutation is done."""

from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import drafts
from actions.paper_contents import GroundInput, ObservationInput, Written
from models.papers import DocumentKind, Outcome
from models.people import User
from reads.drafts import drafts_by_id
from reads.reviews import reviews_by_id
from schema.agreements import LegalReview
from schema.context import Context, Info
from schema.drafts import PaperDraft
from schema.ids import row_id
from schema.inputs import ONCE, SENT, VERSION
from schema.payloads import Payload, answer


@strawberry.input(description="Una norma en un borrador; puede estar incompleta.")
class DraftGroundInput:
    norm: str | None = strawberry.field(default=None, description="Norma.")
    article: str | None = strawberry.field(default=None, description="Artículo.")
    text: str | None = strawberry.field(default=None, description="Qué dispone o cómo se aplica.")


@strawberry.input(description="Una observación en un borrador; puede estar incompleta.")
class DraftObservationInput:
    subject: str | None = strawberry.field(default=None, description="Documento o cláusula observada.")
    finding: str | None = strawberry.field(default=None, description="Hallazgo.")
    legal_basis: str | None = strawberry.field(default=None, description="Fundamento legal.")
    cure: str | None = strawberry.field(default=None, description="Cómo subsanar.")


@strawberry.input(description="Lo que un borrador dice.")
class DraftInput:
    review_id: strawberry.ID = strawberry.field(description="Expediente.")
    kind: DocumentKind = strawberry.field(description="DICTAMEN, o PROVIDENCIA para devolver el expediente.")
    outcome: Outcome | None = strawberry.field(default=None, description="Sentido del dictamen.")
    background: str | None = strawberry.field(default=None, description="Antecedentes del dictamen.")
    grounds: list[DraftGroundInput] | None = strawberry.field(default=None, description="Fundamento del dictamen.")
    analysis: str | None = strawberry.field(default=None, description="Análisis del dictamen.")
    conclusion: str | None = strawberry.field(default=None, description="Conclusión del dictamen.")
    conditions: list[str] | None = strawberry.field(default=None, description="Condiciones del dictamen.")
    observations: list[DraftObservationInput] | None = strawberry.field(
        default=None, description="Observaciones de la providencia."
    )
    working_days: int | None = strawberry.field(default=None, description="Días hábiles que da la providencia.")
    reason_for_second_return: str | None = strawberry.field(default=None, description="Motivo de una nueva devolución.")
    draft_version: int | None = strawberry.field(
        default=None, description="Versión del borrador que usted vio, 0 si no había; si cambió, STALE."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)

    def written(self) -> Written:
        """Return what was typed."""
        return Written(
            outcome=self.outcome,
            background=self.background or "",
            grounds=[GroundInput(one.norm or "", one.text or "", one.article or "") for one in self.grounds or ()],
            analysis=self.analysis or "",
            conclusion=self.conclusion or "",
            conditions=self.conditions or [],
            observations=[
                ObservationInput(one.subject or "", one.finding or "", one.cure or "", one.legal_basis or "")
                for one in self.observations or ()
            ],
            working_days=self.working_days,
            reason_for_second_return=self.reason_for_second_return or "",
        )


@strawberry.input(description="Guarda un borrador, entero: lo que se deja vacío queda vacío.")
class SaveDraftInput(DraftInput):
    pass


@strawberry.input(description="Envía un borrador a visto bueno: lo escrito aquí o, si nada se escribe, lo guardado.")
class SubmitDraftInput(DraftInput):
    pass


@strawberry.input(description="Resolución de la jefatura sobre un borrador.")
class DecideDraftInput:
    draft_id: strawberry.ID = strawberry.field(description="Borrador.")
    approve: bool = strawberry.field(description="Verdadero: da el visto bueno. Falso: lo devuelve para corregir.")
    comment: str | None = strawberry.field(default=None, description="Qué hay que corregir; obligatorio al devolver.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con el borrador y su expediente.")
class DraftPayload(Payload):
    draft: PaperDraft | None = strawberry.field(default=None, description="El borrador, tal como quedó.")
    review: LegalReview | None = strawberry.field(default=None, description="Su expediente.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        row = await context.load(drafts_by_id, key)
        self.draft = PaperDraft.of(row)
        self.review = LegalReview.of(await context.load(reviews_by_id, row["review_id"]))


async def save_draft(info: Info, input: Annotated[SaveDraftInput, SENT]) -> DraftPayload:
    """Keep a draft."""

    async def act(actor: User) -> Model:
        return await drafts.save_draft(
            actor=actor,
            review_id=row_id(input.review_id, "LegalReview", path="reviewId")[1],
            kind=input.kind,
            written=input.written(),
            draft_version=input.draft_version,
        )

    return await answer(info, DraftPayload, input, act)


async def submit_draft(info: Info, input: Annotated[SubmitDraftInput, SENT]) -> DraftPayload:
    """Send a draft to the head."""

    async def act(actor: User) -> Model:
        written = input.written()
        return await drafts.submit_draft(
            actor=actor,
            review_id=row_id(input.review_id, "LegalReview", path="reviewId")[1],
            kind=input.kind,
            written=None if written.blank else written,
            draft_version=input.draft_version,
        )

    return await answer(info, DraftPayload, input, act)


async def decide_draft(info: Info, input: Annotated[DecideDraftInput, SENT]) -> DraftPayload:
    """Approve a draft or send it back."""

    async def act(actor: User) -> Model:
        return await drafts.decide_draft(
            actor=actor,
            draft_id=row_id(input.draft_id, "PaperDraft", path="draftId")[1],
            approve=input.approve,
            comment=input.comment or "",
            expected_version=input.expected_version,
        )

    return await answer(info, DraftPayload, input, act)
