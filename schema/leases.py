"""What all agreements share in the API, and what a lease or property assignment shows of itself."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any, Self, TypeVar

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
from reads.agreement_history import conventions_then, leases_then, licenses_then
from reads.agreements import delegation_by_lease, signatures_by_lease
from reads.audit import timeline_by_lease
from reads.leases import ACTA_MOST, blockers_by_lease, form_rules, propose_form
from reads.paging import Row
from reads.papers import documents_by_lease
from schema.center_facts import AsOf
from schema.context import Info, Read
from schema.ids import Node
from schema.papers import OfficialDocument
from schema.people import Person, person_of
from schema.places import Municipality, municipality_of
from schema.rows import FromRow
from schema.signing import Signature, SignatureDelegation, SigningBlocker, Termination, TimelineEntry

T = TypeVar("T")

_THEN: dict[str, Read] = {"Convention": conventions_then, "Lease": leases_then, "SanitaryLicense": licenses_then}
"""What tells how the term of each kind was on a date that is over."""


@strawberry.interface(description="Lo que convenios, arrendamientos y licencias tienen en común.")
class Agreement(Node):
    number: str = strawberry.field(description="Número de registro.")
    stage: AgreementStage = strawberry.field(description="Etapa de elaboración, siempre la de hoy.")
    starts_on: date | None = strawberry.field(
        description="Primer día en que rige; en un arrendamiento en trámite, el solicitado."
    )
    source: Source = strawberry.field(description="De dónde viene el registro.")
    version: int = strawberry.field(description="Versión, para no pisar los cambios de otra persona.")
    terminated_on: strawberry.Private[date | None]
    term: strawberry.Private[Row]
    on: strawberry.Private[date | None] = None
    """The date as of which it was asked for; its term is told as of the same, when not asked otherwise."""

    @classmethod
    def of(cls, row: Row, /, **more: Any) -> Self:
        """Make one from a row, with the columns of its term together."""
        return super().of(row, **{"term": row} | more)

    @strawberry.field(description="Situación en una fecha.", graphql_type=Standing)
    def standing(self, info: Info, as_of: AsOf = None) -> Standing | Awaitable[Standing]:
        return self._as_of(info, as_of, _standing)

    @strawberry.field(
        description="Último día en que rige, según lo firmado hasta la fecha; vacío si no vence o no se ha firmado.",
        graphql_type=date | None,
    )
    def ends_on(self, info: Info, as_of: AsOf = None) -> date | Awaitable[date | None] | None:
        return self._as_of(info, as_of, _ends_on)

    @strawberry.field(
        description="Días calendario que faltan para el último día; negativo si ya pasó.", graphql_type=int | None
    )
    def days_left(self, info: Info, as_of: AsOf = None) -> int | Awaitable[int | None] | None:
        return self._as_of(info, as_of, _days_left)

    def _as_of(self, info: Info, as_of: date | None, told: Callable[[Row, date], T]) -> T | Awaitable[T]:
        """Tell something of the term; only of days that are over the database is asked what came after."""
        now = today()
        on = as_of or self.on or now
        return told(self.term, on) if on >= now else self._told_then(info, on, told)

    async def _told_then(self, info: Info, on: date, told: Callable[[Row, date], T]) -> T:
        changed = await info.context.load(_THEN[type(self).__name__], self.key, on=on)
        return told({**self.term, **(changed or {})}, on)


def _standing(term: Row, on: date) -> Standing:
    return standing(term["stage"], term["starts_on"], term["ends_on"], term["terminated_on"], on=on)


def _ends_on(term: Row, on: date) -> date | None:
    ends_on: date | None = term["ends_on"]
    return ends_on


def _days_left(term: Row, on: date) -> int | None:
    ends_on = _ends_on(term, on)
    return (ends_on - on).days if ends_on else None


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
        ended = None if self.stage == AgreementStage.WITHDRAWN else self.terminated_on
        basis: TerminationBasis | None = self.row["termination_basis"]
        reason = self.row["termination_reason"]
        return Termination(reason=reason, basis=basis, effective_on=ended) if ended else None

    @strawberry.field(description="Todo lo que se hizo, en orden.")
    async def timeline(self, info: Info) -> list[TimelineEntry]:
        return await TimelineEntry.each(info, timeline_by_lease, self.key)
