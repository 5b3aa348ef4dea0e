"""Questions about sanitary licenses: filter, order, and how each is answered."""

from enum import Enum
from functools import partial
from typing import Annotated

import strawberry

from models.agreements import AgreementStage, Standing
from models.clock import today
from reads.licenses import LicenseQuery, license_by_number, license_page
from reads.paging import Order
from schema.agreements import SanitaryLicense
from schema.center_facts import AsOf
from schema.context import Info
from schema.inputs import OrderDirection
from schema.paging import After, Connection, First, connect
from schema.queries import Number, refuse_unknown_places


@strawberry.enum(description="Por qué se ordenan las licencias sanitarias.")
class SanitaryLicenseOrderField(Enum):
    ENDS_ON = strawberry.enum_value("ends_on", description="Último día en que valen.")
    NUMBER = strawberry.enum_value("number", description="Número de registro.")


@strawberry.input(description="Orden de las licencias sanitarias.")
class SanitaryLicenseOrder:
    field: SanitaryLicenseOrderField = strawberry.field(description="Por qué.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Sentido.")


@strawberry.input(description="Qué licencias sanitarias se piden; lo vacío no limita.")
class SanitaryLicenseFilter:
    standing: list[Standing] | None = strawberry.field(default=None, description="Situación en la fecha.")
    stage: list[AgreementStage] | None = strawberry.field(default=None, description="Etapa.")
    municipality_code: str | None = strawberry.field(default=None, description="Municipio del centro.")
    department_code: str | None = strawberry.field(default=None, description="Departamento del centro.")
    search: str | None = strawberry.field(default=None, description="Palabras; sin importar tildes ni mayúsculas.")


LicensesWanted = Annotated[SanitaryLicenseFilter | None, strawberry.argument(description="Cuáles se piden.")]
LicensesOrder = Annotated[SanitaryLicenseOrder | None, strawberry.argument(description="En qué orden.")]


async def sanitary_license_of(info: Info, number: Number) -> SanitaryLicense | None:
    """Return a sanitary license in reach by its number."""
    row = await license_by_number(number.strip().upper(), info.context.person)
    return SanitaryLicense.of(row) if row else None


async def sanitary_licenses(
    info: Info,
    filter: LicensesWanted = None,
    as_of: AsOf = None,
    order_by: LicensesOrder = None,
    first: First = 50,
    after: After = None,
) -> Connection[SanitaryLicense]:
    """Return a page of the sanitary licenses in reach."""
    asked = filter or SanitaryLicenseFilter()
    await refuse_unknown_places(info, asked.municipality_code, asked.department_code)
    query = LicenseQuery(
        standing=asked.standing or [],
        stage=asked.stage or [],
        municipality_code=asked.municipality_code,
        department_code=asked.department_code,
        search=asked.search,
    )
    given = order_by or SanitaryLicenseOrder(field=SanitaryLicenseOrderField.ENDS_ON)
    order = Order(str(given.field.value), given.direction == OrderDirection.DESC)
    page = license_page(info.context.person, query, on=as_of or today(), order=order, first=first, after=after)
    return await connect(partial(SanitaryLicense.of, on=as_of), page, after)
