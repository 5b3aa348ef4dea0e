"""What hangs on a center in the API and knows no other record: whom it attends, what it is allowed and given."""

from datetime import date

import strawberry

from models.centers import CenterEventKind
from models.clock import today
from reads.allowances import allowance_by_center
from reads.attendance import attendance_by_center, attendance_by_month
from reads.center_history import events_by_center, possible_events
from reads.centers import centers_by_id
from reads.contributions import shares_by_center
from reads.supervision_coverage import last_visits
from schema.allowances import Allowance, Caregivers, refuse_counts
from schema.attendance import Attendance, FromMonth, ToMonth, months_asked
from schema.center_facts import AsOf
from schema.context import Info
from schema.contributions import ContributionShare, share_of
from schema.ids import Node


@strawberry.type(description="Lo que cuelga de un centro.")
class CenterParts(Node):
    on: strawberry.Private[date | None] = None
    """The date as of which it was asked for; what hangs on it is told as of the same, when not asked otherwise."""

    @strawberry.field(description="Último mes informado hasta la fecha.")
    async def attendance(self, info: Info, as_of: AsOf = None) -> Attendance | None:
        on = as_of or self.on or today()
        row = await info.context.load(attendance_by_center, self.key, on=on)
        return Attendance.of(row, as_of=on) if row else None

    @strawberry.field(description="Los meses informados de un período, del más antiguo al más nuevo.")
    async def attendance_by_month(
        self, info: Info, from_: FromMonth = None, to: ToMonth = None, as_of: AsOf = None
    ) -> list[Attendance]:
        on = as_of or self.on or today()
        first, last = months_asked(from_, to, on)
        rows = await info.context.load(attendance_by_month, self.key, first=first, last=last, on=on)
        return [Attendance.of(row, as_of=on) for row in rows or []]

    @strawberry.field(
        description="Lo que se asigna a un HC o CADI por las niñas y niños de su último mes; vacío si no hay ninguno."
    )
    async def allowance(self, info: Info, caregivers: Caregivers = None, as_of: AsOf = None) -> Allowance | None:
        refuse_counts(caregivers)
        on = as_of or self.on or today()
        row = await info.context.load(allowance_by_center, self.key, on=on, caregivers=caregivers)
        return Allowance(row=row) if row else None

    @strawberry.field(description="Día de la última visita de supervisión hasta la fecha; vacío si no consta ninguna.")
    async def last_visit_on(self, info: Info, as_of: AsOf = None) -> date | None:
        found: date | None = await info.context.load(last_visits, self.key, on=as_of or self.on or today())
        return found

    @strawberry.field(description="Lo que cada parte da al centro en la fecha, sumado; la que no da nada no aparece.")
    async def contribution_shares(self, info: Info, as_of: AsOf = None) -> list[ContributionShare]:
        found = await info.context.load(shares_by_center, self.key, on=as_of or self.on or today())
        return [share_of(one) for one in found or []]

    @strawberry.field(description="Los actos que hoy caben en él: no se suspende, por ejemplo, lo suspendido.")
    async def possible_events(self, info: Info) -> list[CenterEventKind]:
        now = await info.context.load(centers_by_id, self.key)
        return possible_events(now["state"], await info.context.load(events_by_center, self.key) or [])
