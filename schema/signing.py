"""What hangs on an agreement in the API: minutes, signatures, adendas, commitments, reminders, timeline."""

from datetime import date, datetime

import strawberry

from models.agreements import TerminationBasis
from models.alarms import Severity
from models.audit import Verb
from models.clock import today
from models.ladders import DayUnit
from models.signing import Side, minute_warnings
from reads.calendar import legal_parameters
from reads.papers import documents_by_id
from reads.warnings import WarningCode
from schema.context import Info
from schema.papers import File, OfficialDocument, file_of
from schema.people import Person, person_of
from schema.places import Municipality, municipality_of
from schema.rows import FromRow


@strawberry.type(description="Punto del acta del Concejo que autoriza al alcalde o alcaldesa a firmar.")
class CouncilMinute(FromRow):
    act_number: str = strawberry.field(description="Número de acta.")
    point_number: str = strawberry.field(description="Punto del acta.")
    session_date: date = strawberry.field(description="Fecha de la sesión.")
    approved_date: date | None = strawberry.field(description="Fecha en que el acta fue leída y aprobada.")
    votes_for: int | None = strawberry.field(description="Votos a favor.")
    votes_against: int | None = strawberry.field(description="Votos en contra.")
    town: strawberry.Private[str | None]
    file_id: strawberry.Private[int | None]

    @strawberry.field(description="Municipio cuyo Concejo autoriza.")
    async def municipality(self, info: Info) -> Municipality | None:
        return await municipality_of(info, self.town)

    @strawberry.field(description="Lo que impide que autorice una firma, en palabras; vacío si nada lo impide.")
    async def warnings(self, info: Info) -> list[str]:
        days = await info.context.load(legal_parameters, "COUNCIL_MINUTE_DAYS", on=today())
        return minute_warnings(self.session_date, self.approved_date, self.votes_for, self.votes_against, days=days)

    @strawberry.field(description="Si autoriza la firma.")
    async def valid(self, info: Info) -> bool:
        return not await self.warnings(info)

    @strawberry.field(description="Certificación del punto de acta.")
    async def file(self, info: Info) -> File | None:
        return await file_of(info, self.file_id)


@strawberry.type(description="Delegación de la facultad de firmar, caso por caso.")
class SignatureDelegation(FromRow):
    instrument: str = strawberry.field(description="Documento que delega.")
    number: str = strawberry.field(description="Número del documento.")
    issued_on: date = strawberry.field(description="Fecha del documento.")
    delegate_name: str = strawberry.field(description="Nombre de quien puede firmar.")
    delegate_position: str = strawberry.field(description="Cargo de quien puede firmar.")
    file_id: strawberry.Private[int | None]

    @strawberry.field(description="Copia del documento.")
    async def file(self, info: Info) -> File | None:
        return await file_of(info, self.file_id)


@strawberry.type(description="Una firma puesta en un convenio o arrendamiento.")
class Signature(FromRow):
    side: Side = strawberry.field(description="Parte que firma.")
    signer_name: str = strawberry.field(description="Nombre de quien firmó.")
    capacity: str = strawberry.field(description="Calidad en que firmó.")
    place: str = strawberry.field(description="Lugar de la firma.")
    signed_on: date = strawberry.field(description="Fecha de la firma.")
    scan_id: strawberry.Private[int | None]
    party_id: strawberry.Private[int | None] = None
    further_party: str = strawberry.field(
        default="", description="Contraparte por la que firmó, si no es la primera; vacío para SOSEP y la primera."
    )

    @strawberry.field(description="Copia escaneada de la hoja firmada.")
    async def scan(self, info: Info) -> File | None:
        return await file_of(info, self.scan_id)


@strawberry.type(description="Una cláusula que una adenda cambia.")
class ClauseChange:
    clause: str = strawberry.field(description="Cláusula.")
    before: str = strawberry.field(description="Texto que tenía.")
    after: str = strawberry.field(description="Texto que tiene.")


@strawberry.type(description="Adenda de un convenio.")
class Amendment(FromRow):
    ordinal: int = strawberry.field(description="Primera, segunda…")
    motive: str = strawberry.field(description="Motivo.")
    signed_on: date = strawberry.field(description="Fecha de la firma.")
    old_ends_on: date | None = strawberry.field(description="Último día que tenía el plazo, si lo prorroga.")
    new_ends_on: date | None = strawberry.field(description="Último día que tiene el plazo, si lo prorroga.")
    document_id: strawberry.Private[int | None]
    clauses: strawberry.Private[list[dict[str, str]]]

    @strawberry.field(description="Cláusulas que cambia, con su texto anterior y el nuevo.")
    def changes(self) -> list[ClauseChange]:
        return [ClauseChange(**one) for one in self.clauses]

    @strawberry.field(description="Documento numerado.")
    async def document(self, info: Info) -> OfficialDocument | None:
        row = await info.context.load(documents_by_id, self.document_id)
        return OfficialDocument.of(row) if row else None


@strawberry.type(description="Un recordatorio de vencimiento.")
class Reminder(FromRow):
    rung: int = strawberry.field(description="Días antes del vencimiento; negativo: después.")
    unit: DayUnit = strawberry.field(description="Cómo se contaron esos días.")
    due_on: date = strawberry.field(description="Día en que tocaba.")
    sent_at: datetime | None = strawberry.field(description="Cuándo se envió.")
    recipient: str = strawberry.field(description="Dirección a la que se envía.")


@strawberry.type(description="Terminación anticipada: un acto deliberado, distinto del vencimiento.")
class Termination:
    reason: str = strawberry.field(description="Motivo.")
    basis: TerminationBasis | None = strawberry.field(description="Causa.")
    effective_on: date = strawberry.field(description="Desde cuándo surte efecto.")


@strawberry.type(description="Algo que se hizo, en la historia de un convenio.")
class TimelineEntry(FromRow):
    at: datetime = strawberry.field(description="Cuándo.")
    verb: strawberry.Private[Verb]
    summary: str = strawberry.field(description="Qué se hizo, en una frase.")
    actor_id: strawberry.Private[int]

    @strawberry.field(description="Qué acto fue.")
    def action(self) -> Verb:
        return self.verb

    @strawberry.field(description="Quién lo hizo.")
    async def actor(self, info: Info) -> Person | None:
        return await person_of(info, self.actor_id)


@strawberry.type(description="Algo que conviene mirar de un convenio; advierte, no impide.")
class ConventionWarning:
    code: WarningCode = strawberry.field(description="Qué es.")
    severity: Severity = strawberry.field(description="Urgencia.")
    message: str = strawberry.field(description="Explicación para una persona.")


@strawberry.type(description="Lo que todavía impide firmar.")
class SigningBlocker:
    code: str = strawberry.field(description="Código estable.")
    message: str = strawberry.field(description="Explicación para una persona.")
