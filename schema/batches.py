"""Batches in the API: many renewals or papers at once, how far they have come, and what became of each."""

from datetime import datetime
from typing import Annotated

import strawberry

from actions.refusals import Refusal
from models.batches import BatchItemState, BatchKind, BatchState
from reads.agreements import conventions_by_id, leases_by_id, licenses_by_id
from reads.batches import batch_page, batches_by_id, counts_by_batch, item_page
from reads.paging import Row
from reads.papers import documents_by_id
from reads.renewal_outlook import outlooks
from reads.reviews import reviews_by_id
from schema.agreements import Convention, Instrument, Lease, LegalReview, SanitaryLicense
from schema.context import Info
from schema.ids import Node, row_id
from schema.masking import CodedError, ErrorCode
from schema.paging import After, Connection, First, connect
from schema.papers import File, OfficialDocument, file_of
from schema.people import Person, person_of
from schema.rows import FromRow

Ids = Annotated[list[strawberry.ID] | None, strawberry.argument(description="Identificadores, sin repetir.")]
MOST_PLANNED = 500
"""Instruments that a plan answers for, as many as a batch takes."""


async def instrument_of(info: Info, row: Row) -> Instrument | None:
    """Return the instrument that an item names, if it is in reach."""
    for column, read, make in (
        ("convention_id", conventions_by_id, Convention.of),
        ("lease_id", leases_by_id, Lease.of),
        ("license_id", licenses_by_id, SanitaryLicense.of),
    ):
        if row.get(column):
            found = await info.context.load(read, row[column])
            return make(found) if found else None
    return None


@strawberry.type(description="Un elemento de un lote y qué resultó de él.")
class BatchItem(FromRow):
    row: strawberry.Private[Row]
    position: int = strawberry.field(description="Su orden en el lote.")
    state: BatchItemState = strawberry.field(description="Qué resultó.")
    said: str = strawberry.field(description="Por qué no procede, o el número de incidente de su falla.")
    tries: int = strawberry.field(description="Cuántas veces se intentó.")
    done_at: datetime | None = strawberry.field(description="Cuándo se intentó por última vez.")

    @strawberry.field(description="De qué se trata; vacío si ya no está a su alcance.")
    async def instrument(self, info: Info) -> Instrument | None:
        return await instrument_of(info, self.row)

    @strawberry.field(description="El documento numerado que se obtuvo; vacío si no está a su alcance.")
    async def document(self, info: Info) -> OfficialDocument | None:
        row = await info.context.load(documents_by_id, self.row["document_id"])
        return OfficialDocument.of(row) if row else None

    @strawberry.field(description="El Word que se obtuvo: de ese documento, o de un proyecto que no tiene número.")
    async def file(self, info: Info) -> File | None:
        return await file_of(info, self.row["file_id"])

    @strawberry.field(description="El expediente que se abrió, o el del documento.")
    async def review(self, info: Info) -> LegalReview | None:
        row = await info.context.load(reviews_by_id, self.row["review_id"])
        return LegalReview.of(row) if row else None


@strawberry.type(description="Muchas solicitudes a la vez, que el motor hace en nombre de quien inició el lote.")
class Batch(Node):
    kind: BatchKind = strawberry.field(description="Qué se hace con cada elemento.")
    title: str = strawberry.field(description="Nombre del lote.")
    state: BatchState = strawberry.field(description="Qué tan lejos va.")
    created_at: datetime = strawberry.field(description="Cuándo se inició.")
    started_at: datetime | None = strawberry.field(description="Cuándo lo tomó el motor.")
    ended_at: datetime | None = strawberry.field(description="Cuándo terminó o se detuvo.")
    created_by_id: strawberry.Private[int]
    file_id: strawberry.Private[int | None]

    async def _many(self, info: Info, state: BatchItemState) -> int:
        counts = await info.context.load(counts_by_batch, self.key) or {}
        return int(counts.get(state, 0))

    @strawberry.field(description="Quien lo inició.")
    async def created_by(self, info: Info) -> Person | None:
        return await person_of(info, self.created_by_id)

    @strawberry.field(description="El zip con todos los documentos y su listado, cuando el lote terminó.")
    async def file(self, info: Info) -> File | None:
        return await file_of(info, self.file_id)

    @strawberry.field(description="Cuántos elementos tiene.")
    async def item_count(self, info: Info) -> int:
        return sum((await info.context.load(counts_by_batch, self.key) or {}).values())

    @strawberry.field(description="Cuántos están pendientes.")
    async def pending_count(self, info: Info) -> int:
        return await self._many(info, BatchItemState.PENDING)

    @strawberry.field(description="Cuántos están hechos.")
    async def done_count(self, info: Info) -> int:
        return await self._many(info, BatchItemState.DONE)

    @strawberry.field(description="Cuántos no procedían.")
    async def refused_count(self, info: Info) -> int:
        return await self._many(info, BatchItemState.REFUSED)

    @strawberry.field(description="Cuántos tuvieron una falla; mientras el lote está en curso se intentan de nuevo.")
    async def failed_count(self, info: Info) -> int:
        return await self._many(info, BatchItemState.FAILED)

    @strawberry.field(description="Sus elementos, en su orden.")
    async def items(
        self,
        info: Info,
        state: Annotated[
            list[BatchItemState] | None, strawberry.argument(description="Solo los que están así.")
        ] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[BatchItem]:
        page = item_page(self.key, info.context.person, state=state or (), first=first, after=after)
        return await connect(lambda row: BatchItem.of(row, row=row), page, after)


@strawberry.type(description="Qué pasaría al solicitar ahora la renovación de un instrumento.")
class PlannedRenewal:
    instrument: Instrument = strawberry.field(description="Lo que se renovaría.")
    possible: bool = strawberry.field(description="Si se abriría un expediente.")
    why: str = strawberry.field(description="Por qué no; vacío si se abriría.")


@strawberry.type(description="Qué haría ahora startRenewals; verlo no escribe nada.")
class RenewalPlan:
    items: list[PlannedRenewal] = strawberry.field(description="Lo elegido que está a su alcance, en su orden.")

    @strawberry.field(description="Cuántos expedientes se abrirían.")
    def possible_count(self) -> int:
        return sum(item.possible for item in self.items)


def chosen_keys(kind: str, ids: list[strawberry.ID] | None, path: str) -> list[int]:
    """Return the rows that ids of a kind name, each once."""
    if ids and len(ids) > MOST_PLANNED:
        raise CodedError(ErrorCode.BAD_USER_INPUT, f"«{path}» lleva hasta {MOST_PLANNED} identificadores.")
    try:
        return list(dict.fromkeys(row_id(one, kind, path=path)[1] for one in ids or []))
    except Refusal as refusal:
        raise CodedError(ErrorCode.BAD_USER_INPUT, f"Un identificador de «{path}» no es válido.") from refusal


async def renewal_plan(
    info: Info, convention_ids: Ids = None, lease_ids: Ids = None, license_ids: Ids = None
) -> RenewalPlan:
    """Return what starting a batch with these would do."""
    person = info.context.person
    chosen = [
        ("Convention", conventions_by_id, Convention.of, convention_ids, "conventionIds"),
        ("Lease", leases_by_id, Lease.of, lease_ids, "leaseIds"),
        ("SanitaryLicense", licenses_by_id, SanitaryLicense.of, license_ids, "licenseIds"),
    ]
    rows = []
    for kind, read, make, ids, path in chosen:
        keys = chosen_keys(kind, ids, path)
        found = await read(keys, person)
        rows += [(kind, found[key], make) for key in keys if key in found]
    told = await outlooks([(kind, row["id"]) for kind, row, _ in rows], person)
    return RenewalPlan(
        items=[
            PlannedRenewal(
                instrument=make(row),  # type: ignore[arg-type]
                possible=told[kind, row["id"]].possible,
                why=told[kind, row["id"]].why,
            )
            for kind, row, make in rows
        ]
    )


async def batch_of(
    info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Identificador del lote.")]
) -> Batch | None:
    """Return a batch in reach; None for a damaged id, a missing batch and one out of reach alike."""
    _ = info.context.person
    try:
        key = row_id(id, "Batch", path="id")[1]
    except Refusal:
        return None
    row = await info.context.load(batches_by_id, key)
    return Batch.of(row) if row else None


async def batches(
    info: Info,
    state: Annotated[list[BatchState] | None, strawberry.argument(description="Solo los que están así.")] = None,
    first: First = 50,
    after: After = None,
) -> Connection[Batch]:
    """Return a page of the batches in reach."""
    page = batch_page(info.context.person, state=state or (), first=first, after=after)
    return await connect(Batch.of, page, after)
