"""Asking for leases and property assignments, renewing and ending them: inputs, payloads, resolvers."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import strawberry
from tortoise.models import Model

from actions import lease_ends, lease_facts, leases
from models.agreements import LeaseForm, LeaseNature, TerminationBasis
from models.people import User
from reads.agreements import leases_by_id
from reads.reviews import reviews_by_id
from schema.agreements import Lease, LegalReview
from schema.context import Context, Info
from schema.ids import row_id
from schema.inputs import ONCE, SENT, VERSION
from schema.payloads import Payload, answer


@strawberry.input(description="Quien da el inmueble; en una adscripción, la institución propietaria.")
class LandlordInput:
    name: str = strawberry.field(description="Nombre o razón social.")
    nit: str | None = strawberry.field(default=None, description="NIT; obligatorio en un arrendamiento.")


@strawberry.input(description="El inmueble: dirección e inscripción en el Registro de la Propiedad.")
class PremisesInput:
    address: str = strawberry.field(description="Dirección.")
    municipality_code: str | None = strawberry.field(
        default=None, description="Municipio, por su código del INE; vacío: el del centro."
    )
    finca: str | None = strawberry.field(default=None, description="Finca.")
    folio: str | None = strawberry.field(default=None, description="Folio.")
    libro: str | None = strawberry.field(default=None, description="Libro.")


@strawberry.input(description="Lo que dice un arrendamiento o adscripción.")
class LeaseFactsInput:
    landlord: LandlordInput = strawberry.field(description="Quien da el inmueble.")
    premises: PremisesInput = strawberry.field(description="El inmueble.")
    use: str = strawberry.field(description="Para qué se usará.")
    monthly_rent: Decimal | None = strawberry.field(
        default=None, description="Renta mensual en quetzales; vacía en una adscripción."
    )
    term_months: int | None = strawberry.field(
        default=None, description="Plazo en meses; vacío en una adscripción que no vence."
    )
    total: Decimal | None = strawberry.field(
        default=None, description="Total; se calcula, y si se envía debe ser la renta por los meses."
    )
    starts_on: date | None = strawberry.field(
        default=None, description="Desde cuándo se quiere; vacío: desde la última firma."
    )
    budget_line: str | None = strawberry.field(default=None, description="Partida presupuestaria.")
    justification: str = strawberry.field(description="Por qué se necesita este inmueble.")

    def facts(self) -> lease_facts.LeaseFacts:
        """Give what was sent as the action takes it."""
        return lease_facts.LeaseFacts(
            landlord_name=self.landlord.name,
            landlord_nit=self.landlord.nit or "",
            address=self.premises.address,
            municipality_code=self.premises.municipality_code or "",
            finca=self.premises.finca or "",
            folio=self.premises.folio or "",
            libro=self.premises.libro or "",
            use=self.use,
            monthly_rent=self.monthly_rent,
            term_months=self.term_months,
            total=self.total,
            starts_on=self.starts_on,
            budget_line=self.budget_line or "",
            justification=self.justification,
        )


@strawberry.input(description="Solicitud de un inmueble en arrendamiento o adscripción.")
class RequestLeaseInput(LeaseFactsInput):
    serves_id: strawberry.ID = strawberry.field(description="Centro o sede departamental que lo usará.")
    nature: LeaseNature = strawberry.field(
        default=LeaseNature.LEASE, description="Si se arrienda o se recibe en adscripción."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Corrección de los datos de un arrendamiento: se envían todos, como deben quedar.")
class ChangeLeaseInput(LeaseFactsInput):
    lease_id: strawberry.ID = strawberry.field(description="Arrendamiento o adscripción.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Confirmación de la forma de un arrendamiento por la Asesoría Jurídica.")
class ConfirmLeaseFormInput:
    lease_id: strawberry.ID = strawberry.field(description="Arrendamiento o adscripción.")
    form: LeaseForm = strawberry.field(description="Forma.")
    reason: str | None = strawberry.field(default=None, description="Motivo, si no es la forma propuesta.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Solicitud de renovación de un arrendamiento o adscripción.")
class RenewLeaseInput:
    lease_id: strawberry.ID = strawberry.field(description="Arrendamiento o adscripción que se renueva.")
    term_months: int | None = strawberry.field(default=None, description="Plazo en meses; vacío: el mismo.")
    monthly_rent: Decimal | None = strawberry.field(default=None, description="Renta mensual; vacía: la misma.")
    starts_on: date | None = strawberry.field(
        default=None, description="Desde cuándo; vacío: el día siguiente al último del que se renueva."
    )
    justification: str | None = strawberry.field(default=None, description="Por qué se continúa.")
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.input(description="Terminación anticipada de un arrendamiento o adscripción.")
class TerminateLeaseInput:
    lease_id: strawberry.ID = strawberry.field(description="Arrendamiento o adscripción.")
    reason: str = strawberry.field(description="Motivo.")
    basis: TerminationBasis = strawberry.field(description="Causa.")
    effective_on: date = strawberry.field(description="Primer día en que ya no rige.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    client_mutation_id: str | None = strawberry.field(default=None, description=ONCE)


@strawberry.type(description="Respuesta con el arrendamiento tal como quedó y, si se abrió o se movió, su expediente.")
class LeasePayload(Payload):
    lease: Lease | None = strawberry.field(default=None, description="El arrendamiento o adscripción.")
    review: LegalReview | None = strawberry.field(default=None, description="Su último expediente.")

    async def fill(self, context: Context, kind: str, key: int) -> None:
        if kind == "LegalReview":
            row = await context.load(reviews_by_id, key)
            self.review, key = LegalReview.of(row), row["lease_id"]
        self.lease = Lease.of(await context.load(leases_by_id, key))


def lease_key(given: str) -> int:
    """Return the number inside the id of a lease."""
    return row_id(given, "Lease", path="leaseId")[1]


async def request_lease(info: Info, input: Annotated[RequestLeaseInput, SENT]) -> LeasePayload:
    """Ask for premises."""

    async def act(actor: User) -> Model:
        kind, key = row_id(input.serves_id, "Center", "DepartmentalOffice", path="servesId")
        return await leases.request_lease(
            actor=actor,
            facts=input.facts(),
            nature=input.nature,
            center_id=key if kind == "Center" else None,
            office_id=key if kind == "DepartmentalOffice" else None,
        )

    return await answer(info, LeasePayload, input, act)


async def change_lease(info: Info, input: Annotated[ChangeLeaseInput, SENT]) -> LeasePayload:
    """Correct a lease."""

    async def act(actor: User) -> Model:
        return await leases.change_lease(
            actor=actor,
            lease_id=lease_key(input.lease_id),
            facts=input.facts(),
            expected_version=input.expected_version,
        )

    return await answer(info, LeasePayload, input, act)


async def confirm_lease_form(info: Info, input: Annotated[ConfirmLeaseFormInput, SENT]) -> LeasePayload:
    """Settle the form of a lease."""

    async def act(actor: User) -> Model:
        return await leases.confirm_lease_form(
            actor=actor,
            lease_id=lease_key(input.lease_id),
            form=input.form,
            reason=input.reason or "",
            expected_version=input.expected_version,
        )

    return await answer(info, LeasePayload, input, act)


async def renew_lease(info: Info, input: Annotated[RenewLeaseInput, SENT]) -> LeasePayload:
    """Ask for a lease that follows another."""

    async def act(actor: User) -> Model:
        return await lease_ends.renew_lease(
            actor=actor,
            lease_id=lease_key(input.lease_id),
            term_months=input.term_months,
            monthly_rent=input.monthly_rent,
            starts_on=input.starts_on,
            justification=input.justification or "",
        )

    return await answer(info, LeasePayload, input, act)


async def terminate_lease(info: Info, input: Annotated[TerminateLeaseInput, SENT]) -> LeasePayload:
    """End a lease before its time."""

    async def act(actor: User) -> Model:
        return await lease_ends.terminate_lease(
            actor=actor,
            lease_id=lease_key(input.lease_id),
            reason=input.reason,
            basis=input.basis,
            effective_on=input.effective_on,
            expected_version=input.expected_version,
        )

    return await answer(info, LeasePayload, input, act)
