"""Conventions counted, in the API: what dashboards show, each as of a date and within reach."""

from calendar import monthrange
from datetime import date

import strawberry

from models.agreements import Standing
from models.clock import today
from models.places import ProgramCode
from reads import agreement_stats as stats
from schema.center_facts import AsOf
from schema.context import Info
from schema.places import Department


@strawberry.type(description="Cuántos convenios hay en una situación.")
class StandingCount:
    standing: Standing = strawberry.field(description="Situación en la fecha.")
    count: int = strawberry.field(description="Cuántos.")


@strawberry.type(description="Los convenios de un programa.")
class ProgramAgreements:
    program: ProgramCode = strawberry.field(description="Programa.")
    count: int = strawberry.field(description="Todos, también los que están en trámite o terminaron.")
    in_force: int = strawberry.field(description="Vigentes, con los que están por vencer.")
    expiring: int = strawberry.field(description="De los vigentes, los que vencen en 90 días o menos.")
    expired: int = strawberry.field(description="Vencidos.")


@strawberry.type(description="Los centros y convenios de un departamento.")
class DepartmentAgreements:
    department: Department = strawberry.field(description="Departamento.")
    centers: int = strawberry.field(description="Centros que no están cerrados.")
    conventions: int = strawberry.field(
        description="Convenios con sus municipalidades, en cualquier situación; los de varias, en cada departamento."
    )
    in_force: int = strawberry.field(description="De ellos, los vigentes, con los que están por vencer.")
    expiring: int = strawberry.field(description="De los vigentes, los que vencen en 90 días o menos.")
    alarms: int = strawberry.field(description="Alarmas de sus centros y convenios en la fecha, sin las silenciadas.")
    towns: int = strawberry.field(description="Municipios del departamento.")
    covered: int = strawberry.field(description="De ellos, los que tienen un centro sin cerrar o un convenio vigente.")


@strawberry.type(description="Cuántos convenios vencen en un mes.")
class MonthAgreements:
    month: date = strawberry.field(description="Primer día del mes.")
    count: int = strawberry.field(description="Cuántos de los vigentes tienen en él su último día.")

    @strawberry.field(description="Último día del mes.")
    def last_day(self) -> date:
        return self.month.replace(day=monthrange(self.month.year, self.month.month)[1])


@strawberry.type(description="Los convenios al alcance de quien pregunta, contados en una fecha.")
class AgreementStats:
    total: int = strawberry.field(description="Todos los solicitados hasta la fecha, menos los desistidos.")
    by_standing: list[StandingCount] = strawberry.field(description="Por situación; cada convenio en una sola.")
    by_program: list[ProgramAgreements] = strawberry.field(description="Por programa.")
    by_department: list[DepartmentAgreements] = strawberry.field(
        description="Por departamento, los que tienen algún centro o convenio; los convenios con instituciones no."
    )
    ending_by_month: list[MonthAgreements] = strawberry.field(
        description="Por mes en que vencen, de 24 meses desde el de la fecha."
    )


async def agreement_stats(info: Info, as_of: AsOf = None) -> AgreementStats:
    """Return the counts as of a date."""
    found = await stats.agreement_stats(info.context.person, as_of or today())
    return AgreementStats(
        total=found.total,
        by_standing=[StandingCount(standing=one, count=many) for one, many in found.by_standing.items()],
        by_program=[ProgramAgreements(**vars(one)) for one in found.by_program],
        by_department=[
            DepartmentAgreements(**vars(one) | {"department": Department.of(one.department)})
            for one in found.by_department
        ],
        ending_by_month=[MonthAgreements(month=month, count=many) for month, many in found.ending_by_month],
    )
