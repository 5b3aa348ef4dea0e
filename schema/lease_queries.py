"""Questions about leases and property assignments: filter, order, and how each is answered."""

from enum import Enum
from functools import partial
from typing import Annotated

import strawberry

from models.agreements import AgreementStage, LeaseForm, LeaseNature, Standing
from models.clock import today
from reads.leases import LeaseQuery, lease_by_number, lease_page
from reads.paging import Order
from reads.places import open_offices
from schema.agreements import Lease
from schema.center_facts import AsOf
from schema.context import Info
from schema.inputs import OrderDirection
from schema.paging import After, Connection, First, connect
from schema.places import DepartmentalOffice
from schema.queries import Number, refuse_unknown_places


@strawberry.enum(description="Por qué se ordenan los arrendamientos.")
class LeaseOrderField(Enum):
    ENDS_ON = strawberry.enum_value("ends_on", description="Último día en que rigen.")
    NUMBER = strawberry.enum_value("number", description="Número.")


@strawberry.input(description="Orden de los arrendamientos.")
class LeaseOrder:
    field: LeaseOrderField = strawberry.field(description="Por qué.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Sentido.")


@strawberry.input(description="Qué arrendamientos se piden; lo vacío no limita, salvo «nature».")
class LeaseFilter:
    nature: list[LeaseNature] | None = strawberry.field(
        default=None, description="Arrendamientos, adscripciones o ambos; vacío: solo arrendamientos."
    )
    form: LeaseForm | None = strawberry.field(default=None, description="Forma.")
    standing: list[Standing] | None = strawberry.field(default=None, description="Situación en la fecha.")
    stage: list[AgreementStage] | None = strawberry.field(default=None, description="Etapa.")
    municipality_code: str | None = strawberry.field(default=None, description="Municipio del inmueble.")
    department_code: str | None = strawberry.field(default=None, description="Departamento del inmueble.")
    delegated: bool | None = strawberry.field(default=None, description="Si consta la delegación de firma.")
    search: str | None = strawberry.field(default=None, description="Palabras; sin importar tildes ni mayúsculas.")


LeasesWanted = Annotated[LeaseFilter | None, strawberry.argument(description="Cuáles se piden.")]
LeasesOrder = Annotated[LeaseOrder | None, strawberry.argument(description="En qué orden.")]


async def lease_of(info: Info, number: Number) -> Lease | None:
    """Return a lease or assignment in reach by its number."""
    row = await lease_by_number(number.strip().upper(), info.context.person)
    return Lease.of(row) if row else None


async def leases(
    info: Info,
    filter: LeasesWanted = None,
    as_of: AsOf = None,
    order_by: LeasesOrder = None,
    first: First = 50,
    after: After = None,
) -> Connection[Lease]:
    """Return a page of the leases in reach."""
    asked = filter or LeaseFilter()
    await refuse_unknown_places(info, asked.municipality_code, asked.department_code)
    query = LeaseQuery(
        nature=asked.nature or [],
        form=asked.form,
        standing=asked.standing or [],
        stage=asked.stage or [],
        municipality_code=asked.municipality_code,
        department_code=asked.department_code,
        delegated=asked.delegated,
        search=asked.search,
    )
    given = order_by or LeaseOrder(field=LeaseOrderField.ENDS_ON)
    order = Order(str(given.field.value), given.direction == OrderDirection.DESC)
    page = lease_page(info.context.person, query, on=as_of or today(), order=order, first=first, after=after)
    return await connect(partial(Lease.of, on=as_of), page, after)


async def departmental_offices(info: Info, as_of: AsOf = None) -> list[DepartmentalOffice]:
    """Return the departmental offices open on a date."""
    return [DepartmentalOffice.of(row) for row in await open_offices(info.context.person, on=as_of or today())]
