"""Preparing many papers at once in the API: what would come of it, and how it is started and tried again."""

from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import batches
from models.batches import BatchKind, PaperPlan
from models.people import User
from reads.agreements import conventions_by_id
from reads.paper_outlook import paper_outlooks
from reads.papers import documents_by_id
from schema.agreements import Convention
from schema.batch_mutations import SENT, BatchPayload
from schema.batches import Ids, chosen_keys
from schema.context import Info
from schema.ids import row_id
from schema.inputs import ONCE
from schema.papers import OfficialDocument
from schema.payloads import answer


@strawberry.type(description="Qué se obtendría al preparar ahora el documento de un convenio.")
class PlannedPaper:
    convention: Convention = strawberry.field(description="El convenio.")
    plan: PaperPlan = strawberry.field(description="Qué se obtendría.")
    why: str = strawberry.field(description="Por qué no se incluye; vacío si se incluye.")
    document_id: strawberry.Private[int | None]

    @strawberry.field(description="El documento que ya está emitido.")
    async def document(self, info: Info) -> OfficialDocument | None:
        row = await info.context.load(documents_by_id, self.document_id)
        return OfficialDocument.of(row) if row else None


@strawberry.type(description="Qué haría ahora startPapers; verlo no escribe nada.")
class PapersPlan:
    items: list[PlannedPaper] = strawberry.field(description="Lo elegido que está a su alcance, en su orden.")

    def _many(self, plan: PaperPlan) -> int:
        return sum(item.plan == plan for item in self.items)

    @strawberry.field(description="Cuántos ya están emitidos.")
    def issued_count(self) -> int:
        return self._many(PaperPlan.ISSUED)

    @strawberry.field(description="Cuántos se emitirían.")
    def prepared_count(self) -> int:
        return self._many(PaperPlan.PREPARES)

    @strawberry.field(description="Cuántos saldrían como proyecto sin número.")
    def project_count(self) -> int:
        return self._many(PaperPlan.PROJECT)


async def papers_plan(info: Info, convention_ids: Ids = None) -> PapersPlan:
    """Return what starting a batch of papers with these would do."""
    person = info.context.person
    keys = chosen_keys("Convention", convention_ids, "conventionIds")
    rows = await conventions_by_id(keys, person)
    told = await paper_outlooks(keys, person)
    return PapersPlan(
        items=[
            PlannedPaper(
                convention=Convention.of(rows[key]),
                plan=told[key].plan,
                why=told[key].why,
                document_id=told[key].document_id,
            )
            for key in keys
            if key in rows and key in told
        ]
    )


@strawberry.input(description="Preparación de muchos documentos a la vez: hasta 500, cada uno por separado.")
class StartPapersInput:
    convention_ids: list[strawberry.ID] | None = strawberry.field(default=None, description="Convenios.")
    title: str | None = strawberry.field(default=None, description="Nombre del lote; vacío: cuántos y la fecha.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Reintento de lo que un lote terminado no logró; lo hecho queda hecho.")
class RetryBatchInput:
    batch_id: strawberry.ID = strawberry.field(description="El lote.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


async def start_papers(info: Info, input: Annotated[StartPapersInput, SENT]) -> BatchPayload:
    """Start preparing many papers at once."""

    async def act(actor: User) -> Model:
        ids = [row_id(one, "Convention", path="conventionIds")[1] for one in input.convention_ids or []]
        chosen = batches.Chosen(convention_ids=ids)
        return await batches.start_batch(actor=actor, kind=BatchKind.PAPERS, chosen=chosen, title=input.title or "")

    return await answer(info, BatchPayload, input, act)


async def retry_batch(info: Info, input: Annotated[RetryBatchInput, SENT]) -> BatchPayload:
    """Try again what a batch did not achieve."""

    async def act(actor: User) -> Model:
        key = row_id(input.batch_id, "Batch", path="batchId")[1]
        return await batches.retry_batch(actor=actor, batch_id=key)

    return await answer(info, BatchPayload, input, act)
