"""The year's renewals as work to come, in the API: month by month, by who would get them."""

from datetime import date
from typing import Annotated

import strawberry

from models.clock import today
from models.months import last_of_month
from models.places import ProgramCode
from reads import renewal_workload as workload
from schema.center_facts import AsOf
from schema.context import Info
from schema.masking import CodedError, ErrorCode
from schema.people import Person, person_of
from schema.queries import refuse_unknown_places

LAST_YEAR = 9990
"""The last year from which renewals are planned."""

Months = Annotated[int, strawberry.argument(description="Cuántos meses: de 1 a 24.")]
Program = Annotated[ProgramCode | None, strawberry.argument(description="Solo este programa.")]
Department = Annotated[str | None, strawberry.argument(description="Solo este departamento.")]


@strawberry.type(description="Lo que de un mes toca a una persona de la Asesoría.")
class RenewalShare:
    lawyer_id: strawberry.Private[int | None]
    count: int = strawberry.field(description="Cuántas renovaciones.")
    pending: int = strawberry.field(description="De ellas, las que ya están en trámite.")

    @strawberry.field(
        description="Quien tiene el expediente o a quien se propondría; vacío: sin asignar. No asigna nada."
    )
    async def lawyer(self, info: Info) -> Person | None:
        return await person_of(info, self.lawyer_id)


@strawberry.type(description="Lo que vence en un mes y nadie ha renovado.")
class RenewalMonth:
    month: date = strawberry.field(description="Primer día del mes.")
    ends_to: date = strawberry.field(description="Último día del mes.")
    total: int = strawberry.field(description="Cuántos convenios, arrendamientos y licencias vencen.")
    pending: int = strawberry.field(description="De ellos, los que tienen su renovación en trámite.")
    late: int = strawberry.field(description="Los que nadie ha pedido renovar y ya debieron iniciarse.")
    start_by: date | None = strawberry.field(
        description="Cuándo debe iniciarse la primera de las que nadie ha pedido, según su escala de avisos."
    )
    conventions: int = strawberry.field(description="Convenios que vencen.")
    leases: int = strawberry.field(description="Arrendamientos y adscripciones que vencen.")
    licenses: int = strawberry.field(description="Licencias sanitarias que vencen.")
    shares: list[RenewalShare] = strawberry.field(description="A quién tocan; lo que es de nadie, al final.")


@strawberry.type(description="Las renovaciones a su alcance como trabajo por venir.")
class RenewalWorkload:
    as_of: date = strawberry.field(description="Fecha en que se cuenta.")
    total: int = strawberry.field(description="Cuántos vencen en estos meses.")
    overdue: int = strawberry.field(description="Lo que venció antes del primero de estos meses sin renovarse.")
    overdue_pending: int = strawberry.field(description="De ello, lo que tiene su renovación en trámite.")
    months: list[RenewalMonth] = strawberry.field(description="Los meses, en su orden.")


async def renewal_workload(
    info: Info,
    from_: Annotated[date | None, strawberry.argument(name="from", description="Desde el mes de este día.")] = None,
    months: Months = 12,
    program: Program = None,
    department_code: Department = None,
    as_of: AsOf = None,
) -> RenewalWorkload:
    """Return the work of some months."""
    person = info.context.person
    if not 1 <= months <= workload.MOST_MONTHS:
        raise CodedError(ErrorCode.BAD_USER_INPUT, f"«months» va de 1 a {workload.MOST_MONTHS}.")
    await refuse_unknown_places(info, None, department_code)
    on = as_of or today()
    if (from_ or on).year > LAST_YEAR:
        raise CodedError(ErrorCode.BAD_USER_INPUT, f"Las renovaciones se planifican hasta el año {LAST_YEAR}.")
    scope = workload.Scope(program=program, department_code=department_code)
    found = await workload.renewal_workload(person, on=on, since=from_, months=months, scope=scope)
    return RenewalWorkload(
        as_of=found.on,
        total=found.total,
        overdue=found.overdue,
        overdue_pending=found.overdue_pending,
        months=[_month(one) for one in found.months],
    )


def _month(one: workload.MonthLoad) -> RenewalMonth:
    return RenewalMonth(
        month=one.month,
        ends_to=last_of_month(one.month),
        total=one.total,
        pending=one.pending,
        late=one.late,
        start_by=one.start_by,
        conventions=one.by_kind["Convention"],
        leases=one.by_kind["Lease"],
        licenses=one.by_kind["SanitaryLicense"],
        shares=[
            RenewalShare(lawyer_id=share.lawyer_id, count=share.count, pending=share.pending) for share in one.shares
        ],
    )
