"""What all agreements share in the API, and what a lease or property assignment shows of itself."""

from datetime import date
from decimal import Decimal

import strawberry

from models.agreements import (
    PENDING_STAGES,
    AgreementStage,
    LeaseForm,
    LeaseNature,
    Standing,
    TerminationBasis,
    standing,
)
from models.centers import Source
from models.clock import today
from models.places import ProgramCode
from reads.agreements import delegation_by_lease, signatures_by_lease
from reads.audit import timeline_by_lease
from reads.leases import ACTA_MOST, blockers_by_lease, form_rules, propose_form
from reads.paging import Row
from reads.papers import documents_by_lease
from schema.center_facts import AsOf
from schema.context import Info
from schema.ids import Node
from schema.papers import OfficialDocument
from schema.people import Person, person_of
from schema.places import Municipality, municipality_of
from schema.rows import FromRow
from schema.signing import Signature, SignatureDelegation, SigningBlocker, Termination, TimelineEntry


@strawberry.interface(description="Lo que convenios, arrendamientos y licencias tienen en común.")
class Agreement(Node):
    number: str = strawberry.field(description="Número de registro.")
    stage: AgreementStage = strawberry.field(description="Etapa de elaboración.")
    starts_on: date | None = strawberry.field(
        description="Primer día en que rige; en un arrendamiento en trámite, el solicitado."
    )
    ends_on: date | None = strawberry.field(description="Último día en que rige; vacío si no vence o no se ha firmado.")
    source: Source = strawberry.field(description="De dónde viene el registro.")
    version: int = strawberry.field(description="Versión, para no pisar los cambios de otra persona.")
    terminated_on: strawberry.Private[date | None]

    @strawberry.field(description="Situación en una fecha.")
    def standing(self, as_of: AsOf = None) -> Standing:
        return standing(self.stage, self.starts_on, self.ends_on, self.terminated_on, on=as_of or today())

    @strawberry.field(description="Días calendario que faltan para el último día; negativo si ya pasó.")
    def days_left(self, as_of: AsOf = None) -> int | None:
        return (self.ends_on - (as_of or today())).days if self.ends_on else None


@strawberry.type(description="Quien da el inmueble: en arrendamiento o, si es una institución, en adscripción.")
class Landlord:
    name: str = strawberry.field(description="Nombre o razón social.")
    nit: str = strawberry.field(description="Número de identificación tributaria; vacío si no consta.")


@strawberry.type(description="Inmueble arrendado o adscrito.")
class Premises(FromRow):
    address: str = strawberry.field(description="Dirección.")
    finca: str = strawberry.field(description="Finca del Registro de la Propiedad.")
    folio: str = strawberry.field(description="Folio.")
    libro: str = strawberry.field(description="Libro.")
    municipality_id: strawberry.Private[str]

    @strawberry.field(description="Municipio donde está.")
    async def municipality(self, info: Info) -> Municipality | None:
        return await municipality_of(info, self.municipality_id)


@strawberry.type(description="Forma que los parámetros legales proponen; la confirma la Asesoría.")
class LeaseFormProposal:
    form: LeaseForm = strawberry.field(description="Forma propuesta.")
    reason: str = strawberry.field(description="Por qué, con las cifras.")
    confirmed: bool = strawberry.field(description="Si la Asesoría Jurídica confirmó el parámetro que la sustenta.")


@strawberry.type(description="Lo que un arrendamiento o adscripción muestra de sí mismo.")
class LeaseFacts(Agreement):
    nature: LeaseNature = strawberry.field(description="Si se arrienda o se recibe en adscripción.")
    form: LeaseForm | None = strawberry.field(description="Forma; vacía si no se ha confirmado o la fuente no la dice.")
    program: ProgramCode = strawberry.field(description="Programa.")
    monthly_rent: Decimal | None = strawberry.field(description="Renta mensual en quetzales; vacía en adscripciones.")
    total: Decimal | None = strawberry.field(description="Total del plazo en quetzales: la renta por los meses.")
    term_months: int | None = strawberry.field(description="Plazo en meses; vacío si no vence.")
    use: str = strawberry.field(description="Para qué se usa el inmueble.")
    justification: str = strawberry.field(description="Por qué se necesita, según quien lo pidió.")
    budget_line: str = strawberry.field(description="Partida presupuestaria que paga la renta.")
    requested_on: date | None = strawberry.field(description="Fecha de la solicitud.")
    row: strawberry.Private[Row]

    @strawberry.field(description="Quien da el inmueble.")
    def landlord(self) -> Landlord:
        return Landlord(name=self.row["landlord_name"], nit=self.row["landlord_nit"])

    @strawberry.field(description="Inmueble.")
    def premises(self) -> Premises:
        return Premises.of(self.row)

    @strawberry.field(description="Municipio del inmueble.")
    async def municipality(self, info: Info) -> Municipality | None:
        return await municipality_of(info, self.row["municipality_id"])

    @strawberry.field(description="Forma propuesta hoy; vacía si ya no está en trámite.")
    async def proposed_form(self, info: Info) -> LeaseFormProposal | None:
        if self.stage not in PENDING_STAGES:
            return None
        rule = await info.context.load(form_rules, ACTA_MOST, on=today())
        found = propose_form(self.nature, self.total, rule)
        return LeaseFormProposal(form=found.form, reason=found.reason, confirmed=found.confirmed)

    @strawberry.field(description="Quién de la Asesoría Jurídica confirmó la forma.")
    async def form_confirmed_by(self, info: Info) -> Person | None:
        return await person_of(info, self.row["form_confirmed_by_id"])

    @strawberry.field(description="Última delegación de firma.")
    async def delegation(self, info: Info) -> SignatureDelegation | None:
        row = await info.context.load(delegation_by_lease, self.key)
        return SignatureDelegation.of(row) if row else None

    @strawberry.field(description="Lo que hoy impide firmarlo; vacío si nada lo impide.")
    async def signing_blockers(self, info: Info) -> list[SigningBlocker]:
        found = await info.context.load(blockers_by_lease, self.key, on=today())
        return [SigningBlocker(code=one.code, message=one.message) for one in found or []]

    @strawberry.field(description="Firmas, en su orden.")
    async def signatures(self, info: Info) -> list[Signature]:
        return await Signature.each(info, signatures_by_lease, self.key)

    @strawberry.field(description="Documentos oficiales.")
    async def documents(self, info: Info) -> list[OfficialDocument]:
        return await OfficialDocument.each(info, documents_by_lease, self.key)

    @strawberry.field(description="Terminación anticipada, si la hubo.")
    def termination(self) -> Termination | None:
        ended = self.terminated_on
        basis: TerminationBasis | None = self.row["termination_basis"]
        reason = self.row["termination_reason"]
        return Termination(reason=reason, basis=basis, effective_on=ended) if ended else None

    @strawberry.field(description="Todo lo que se hizo, en orden.")
    async def timeline(self, info: Info) -> list[TimelineEntry]:
        return await TimelineEntry.each(info, timeline_by_lease, self.key)
