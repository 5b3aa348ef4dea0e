"""Agreements that end soon, of every kind, in one list."""

from dataclasses import dataclass
from datetime import date

import strawberry

from actions.refusals import Refusal
from models.clock import today
from models.ladders import DayUnit
from models.ladders import Instrument as Reminded
from models.months import last_of_month, months_later
from models.places import ProgramCode
from reads.ladders import Rung, ladders_in_force
from reads.paging import BadPage, Row
from reads.renewal_outlook import Outlook, outlooks
from reads.renewal_start import renewal_starts
from reads.renewal_workload import MOST_MONTHS, keys_of_lawyer
from reads.renewals_due import DueQuery, Key, cursor, pending_then, renewals_due
from reads.reviews import pending_lease_renewals, pending_license_renewals, pending_renewals
from schema.agreements import Convention, Instrument, Lease, LegalReview, SanitaryLicense
from schema.context import Info
from schema.ids import row_id
from schema.masking import CodedError, ErrorCode
from schema.paging import Connection, connection
from schema.places import Municipality, municipality_of

MAKERS = {"Convention": Convention.of, "Lease": Lease.of, "SanitaryLicense": SanitaryLicense.of}
PENDING = {
    "Convention": pending_renewals,
    "Lease": pending_lease_renewals,
    "SanitaryLicense": pending_license_renewals,
}
REMINDED = {"Convention": Reminded.CONVENTION, "Lease": Reminded.LEASE, "SanitaryLicense": Reminded.LICENSE}


@strawberry.type(description="Un convenio, arrendamiento o licencia que vence pronto o ya venció.")
class RenewalDue:
    kind: strawberry.Private[str]
    row: strawberry.Private[Row]
    on: strawberry.Private[date]

    @strawberry.field(description="Lo que vence.")
    def instrument(self) -> Instrument:
        return MAKERS[self.kind](self.row)  # type: ignore[return-value]

    @strawberry.field(description="Municipio donde rige.")
    async def municipality(self, info: Info) -> Municipality | None:
        code = self.row.get("municipality_id") or self.row.get("center__municipality_id")
        return await municipality_of(info, code)

    @strawberry.field(description="Último día en que rige.")
    def ends_on(self) -> date:
        return self.row["ends_on"]

    @strawberry.field(description="Días calendario que faltan; negativo si ya venció.")
    def days_left(self) -> int:
        return (self.row["ends_on"] - self.on).days

    @property
    def _ladder(self) -> str:
        """The kind whose own ladder it has, if there is one."""
        return str(self.row.get("nature") or (self.row["kind"] if self.kind == "Convention" else ""))

    @strawberry.field(
        description="Cuándo debe iniciarse su renovación para estar a tiempo: el primer aviso de su escala."
    )
    async def start_by(self, info: Info) -> date:
        kept = await info.context.load(ladders_in_force, REMINDED[self.kind])
        return renewal_starts(kept, REMINDED[self.kind], self._ladder, self.row["ends_on"])

    async def _coming(self, info: Info) -> tuple[date, Rung] | None:
        kept = await info.context.load(ladders_in_force, REMINDED[self.kind])
        reminded = REMINDED[self.kind]
        found: tuple[date, Rung] | None = kept.coming(reminded, self._ladder, self.row["ends_on"], self.on)
        return found

    @strawberry.field(description="Próximo aviso, en días antes del vencimiento; negativo: después. Vacío: no hay más.")
    async def next_rung(self, info: Info) -> int | None:
        coming = await self._coming(info)
        return coming[1].days if coming else None

    @strawberry.field(description="Cómo se cuentan los días del próximo aviso.")
    async def next_rung_unit(self, info: Info) -> DayUnit | None:
        coming = await self._coming(info)
        return coming[1].unit if coming else None

    @strawberry.field(description="Fecha del próximo aviso; vacía si no hay más.")
    async def next_notice_on(self, info: Info) -> date | None:
        coming = await self._coming(info)
        return coming[0] if coming else None

    @strawberry.field(description="Si usted podría solicitar ahora su renovación.")
    async def renewable(self, info: Info) -> bool:
        outlook: Outlook = await info.context.load(outlooks, (self.kind, self.row["id"]))
        return outlook.possible

    @strawberry.field(description="Por qué usted no podría; vacío si podría.")
    async def why_not(self, info: Info) -> str:
        outlook: Outlook = await info.context.load(outlooks, (self.kind, self.row["id"]))
        return outlook.why

    @strawberry.field(description="Expediente de la renovación que estaba en trámite en la fecha, si la había.")
    async def pending_renewal(self, info: Info) -> LegalReview | None:
        if self.on < today():
            row = await info.context.load(pending_then, (self.kind, self.row["id"]), on=self.on)
        else:
            row = await info.context.load(PENDING[self.kind], self.row["id"])
        return LegalReview.of(row) if row else None


@dataclass(frozen=True)
class DueAsked:
    """The arguments of the list, as they were sent."""

    within_days: int = 120
    ends_from: date | None = None
    ends_to: date | None = None
    program: ProgramCode | None = None
    department_code: str | None = None
    instrument: Reminded | None = None
    pending: bool | None = None
    lawyer_id: strawberry.ID | None = None
    unassigned: bool = False


async def due_connection(
    info: Info, asked: DueAsked, as_of: date | None, first: int, after: str | None
) -> Connection[RenewalDue]:
    """Return a page of what ends within days, the next to end first."""
    if not 0 <= asked.within_days <= 3660:
        raise CodedError(ErrorCode.BAD_USER_INPUT, "«withinDays» va de 0 a 3660.")
    if asked.ends_from and asked.ends_to and asked.ends_to < asked.ends_from:
        raise CodedError(ErrorCode.BAD_USER_INPUT, "«endsTo» no puede ser anterior a «endsFrom».")
    on = as_of or today()
    horizon = date.fromordinal(min(on.toordinal() + asked.within_days, date.max.toordinal()))
    until = asked.ends_to or horizon
    query = DueQuery(
        until=until,
        since=asked.ends_from,
        program=asked.program,
        department_code=asked.department_code,
        instrument=asked.instrument,
        pending=asked.pending,
        only=await _of_lawyer(asked, on, until),
    )
    try:
        page = await renewals_due(info.context.person, query, on=on, first=first, after=after)
    except BadPage as bad:
        raise CodedError(ErrorCode.BAD_USER_INPUT, str(bad)) from bad
    marked = [(cursor(kind, row), RenewalDue(kind=kind, row=row, on=on)) for kind, row in page.rows]
    return connection(marked, page.has_next, bool(after), page.count)


async def _of_lawyer(asked: DueAsked, on: date, until: date) -> list[Key] | None:
    """Return what of the plan is a person's or nobody's; None when that was not asked."""
    if asked.lawyer_id is None and not asked.unassigned:
        return None
    if asked.lawyer_id is not None and asked.unassigned:
        raise CodedError(ErrorCode.BAD_USER_INPUT, "Pida «lawyerId» o «unassigned», no los dos.")
    if until > last_of_month(months_later(on, 2 * MOST_MONTHS)):
        raise CodedError(ErrorCode.BAD_USER_INPUT, f"Por persona se planifican hasta {2 * MOST_MONTHS} meses.")
    try:
        lawyer = row_id(asked.lawyer_id, "Person", "Viewer", path="lawyerId")[1] if asked.lawyer_id else None
    except Refusal as refusal:
        raise CodedError(ErrorCode.BAD_USER_INPUT, "El identificador de «lawyerId» no es válido.") from refusal
    return await keys_of_lawyer(lawyer, on=on, since=asked.ends_from, until=until)
