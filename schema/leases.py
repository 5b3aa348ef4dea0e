"""What all agreements share in the API, and leases."""

from datetime import date
from decimal import Decimal

import strawberry

from models.agreements import AgreementStage, LeaseForm, Standing, standing
from models.centers import Source
from models.clock import today
from models.places import ProgramCode
from reads.agreements import delegation_by_lease, signatures_by_lease
from reads.paging import Row
from schema.center_facts import AsOf
from schema.context import Info
from schema.ids import Node
from schema.places import Municipality, municipality_of
from schema.rows import FromRow
from schema.signing import Signature, SignatureDelegation


@strawberry.interface(description="Lo que convenios, arrendamientos y licencias tienen en común.")
class Agreement(Node):
    number: str = strawberry.field(description="Número de registro.")
    stage: AgreementStage = strawberry.field(description="Etapa de elaboración.")
    starts_on: date | None = strawberry.field(description="Primer día en que rige.")
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


@strawberry.type(description="Quien da el inmueble en arrendamiento.")
class Landlord:
    name: str = strawberry.field(description="Nombre o razón social.")
    nit: str = strawberry.field(description="Número de identificación tributaria.")


@strawberry.type(description="Inmueble arrendado.")
class Premises(FromRow):
    address: str = strawberry.field(description="Dirección.")
    finca: str = strawberry.field(description="Finca del Registro de la Propiedad.")
    folio: str = strawberry.field(description="Folio.")
    libro: str = strawberry.field(description="Libro.")
    municipality_id: strawberry.Private[str]

    @strawberry.field(description="Municipio donde está.")
    async def municipality(self, info: Info) -> Municipality | None:
        return await municipality_of(info, self.municipality_id)


@strawberry.type(description="Arrendamiento de un inmueble para un centro o una sede.")
class Lease(Agreement):
    form: LeaseForm | None = strawberry.field(description="Forma; vacía si la fuente no la dice.")
    program: ProgramCode = strawberry.field(description="Programa.")
    monthly_rent: Decimal | None = strawberry.field(description="Renta mensual en quetzales.")
    total: Decimal | None = strawberry.field(description="Total del plazo en quetzales.")
    row: strawberry.Private[Row]

    @strawberry.field(description="Quien da en arrendamiento.")
    def landlord(self) -> Landlord:
        return Landlord(name=self.row["landlord_name"], nit=self.row["landlord_nit"])

    @strawberry.field(description="Inmueble.")
    def premises(self) -> Premises:
        return Premises.of(self.row)

    @strawberry.field(description="Municipio del inmueble.")
    async def municipality(self, info: Info) -> Municipality | None:
        return await municipality_of(info, self.row["municipality_id"])

    @strawberry.field(description="Última delegación de firma.")
    async def delegation(self, info: Info) -> SignatureDelegation | None:
        row = await info.context.load(delegation_by_lease, self.key)
        return SignatureDelegation.of(row) if row else None

    @strawberry.field(description="Firmas, en su orden.")
    async def signatures(self, info: Info) -> list[Signature]:
        return await Signature.each(info, signatures_by_lease, self.key)
