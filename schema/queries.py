"""How each query is answered: the arguments become a read, the rows become types."""

from datetime import date
from functools import partial
from typing import Annotated

import strawberry

from actions.refusals import Refusal
from models.clock import today
from models.ladders import Instrument as InstrumentKind
from models.places import ProgramCode
from reads.agreements import ConventionQuery, convention_by_number, convention_page
from reads.centers import CenterQuery, center_by_code, center_page
from reads.paging import Order
from reads.people import lawyers as all_lawyers
from reads.people import viewers_by_id
from reads.places import all_departments, departments_by_code, municipalities_by_code
from reads.reviews import ReviewQuery, review_by_code, review_page
from schema.agreements import Center, Convention, LegalReview
from schema.center_facts import AsOf
from schema.context import Info
from schema.ids import Node, row_id
from schema.inputs import (
    CenterFilter,
    CenterOrder,
    ConventionFilter,
    ConventionOrder,
    LegalReviewFilter,
    LegalReviewOrder,
    OrderDirection,
)
from schema.masking import CodedError, ErrorCode
from schema.nodes import node_of
from schema.paging import After, Connection, First, connect
from schema.people import Person, Viewer
from schema.people import viewer as viewer_type
from schema.places import Department
from schema.public import FileProgress, FileVerification, Verification, track, verify, verify_hash
from schema.renewals import DueAsked, RenewalDue, due_connection

Code = Annotated[str, strawberry.argument(description="Código.")]
Hash = Annotated[str, strawberry.argument(description="Huella SHA-256 de un archivo: 64 cifras hexadecimales.")]
Number = Annotated[str, strawberry.argument(description="Número de registro.")]
ProgramArgument = Annotated[ProgramCode | None, strawberry.argument(description="Solo este programa.")]
InstrumentArgument = Annotated[
    InstrumentKind | None, strawberry.argument(description="Solo convenios, inmuebles o licencias.")
]
Within = Annotated[int, strawberry.argument(description="Días calendario hacia adelante.")]
EndsFrom = Annotated[date | None, strawberry.argument(description="Solo lo que vence desde este día.")]
EndsTo = Annotated[
    date | None, strawberry.argument(description="Solo lo que vence hasta este día, en vez de «withinDays».")
]
DepartmentArgument = Annotated[str | None, strawberry.argument(description="Solo este departamento.")]
LawyerArgument = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Solo lo que tiene o tendría esta persona de la Asesoría, según el plan."),
]
UnassignedArgument = Annotated[bool, strawberry.argument(description="Solo lo que según el plan es de nadie todavía.")]
PendingArgument = Annotated[
    bool | None, strawberry.argument(description="Solo con renovación en trámite, o solo lo que nadie ha pedido.")
]
ConventionsWanted = Annotated[ConventionFilter | None, strawberry.argument(description="Cuáles se piden.")]
ConventionsOrder = Annotated[ConventionOrder | None, strawberry.argument(description="En qué orden.")]
ReviewsWanted = Annotated[LegalReviewFilter | None, strawberry.argument(description="Cuáles se piden.")]
ReviewsOrder = Annotated[LegalReviewOrder | None, strawberry.argument(description="En qué orden.")]
CentersWanted = Annotated[CenterFilter | None, strawberry.argument(description="Cuáles se piden.")]
CentersOrder = Annotated[CenterOrder | None, strawberry.argument(description="En qué orden.")]
Identifier = Annotated[strawberry.ID, strawberry.argument(description="Identificador opaco.")]


async def viewer(info: Info) -> Viewer | None:
    """Return who is signed in, or None."""
    actor = info.context.actor
    if actor is None:
        return None
    row = await info.context.load(viewers_by_id, actor.id)
    return viewer_type(row) if row else None


async def node(info: Info, id: Identifier) -> Node | None:
    """Return any record in reach by its id."""
    return await node_of(info, id)


async def convention_of(info: Info, number: Number) -> Convention | None:
    """Return a convention in reach by its number."""
    row = await convention_by_number(number.strip().upper(), info.context.person)
    return Convention.of(row) if row else None


async def conventions(
    info: Info,
    filter: ConventionsWanted = None,
    as_of: AsOf = None,
    order_by: ConventionsOrder = None,
    first: First = 50,
    after: After = None,
) -> Connection[Convention]:
    """Return a page of the conventions in reach."""
    asked = filter or ConventionFilter()
    await refuse_unknown_places(info, asked.municipality_code, asked.department_code)
    query = ConventionQuery(
        standing=asked.standing or [],
        stage=asked.stage or [],
        program=asked.program,
        requested_year=asked.requested_year,
        municipality_code=asked.municipality_code,
        department_code=asked.department_code,
        without_center=asked.without_center,
        signed_from=asked.signed_from,
        signed_to=asked.signed_to,
        ends_from=asked.ends_from,
        ends_to=asked.ends_to,
        municipal=bool(asked.municipal),
        search=asked.search,
    )
    order = _order(order_by, "ends_on")
    page = convention_page(info.context.person, query, on=as_of or today(), order=order, first=first, after=after)
    return await connect(partial(Convention.of, on=as_of), page, after)


async def legal_review(info: Info, code: Code) -> LegalReview | None:
    """Return a file in reach by its code."""
    row = await review_by_code(code.strip().upper(), info.context.person)
    return LegalReview.of(row) if row else None


async def legal_reviews(
    info: Info,
    filter: ReviewsWanted = None,
    order_by: ReviewsOrder = None,
    first: First = 50,
    after: After = None,
) -> Connection[LegalReview]:
    """Return a page of the files in reach."""
    asked = filter or LegalReviewFilter()
    await refuse_unknown_places(info, asked.municipality_code, asked.department_code)
    query = ReviewQuery(
        assignee_id=_assignee(asked.assignee_id),
        mine=bool(asked.mine),
        unassigned=bool(asked.unassigned),
        stage=asked.stage or [],
        overdue=asked.overdue,
        subject_kind=str(asked.subject_kind.value) if asked.subject_kind else None,
        program=asked.program,
        municipality_code=asked.municipality_code,
        department_code=asked.department_code,
        without_department=bool(asked.without_department),
        matter=asked.matter or [],
        received_from=asked.received_from,
        received_to=asked.received_to,
        closed_from=asked.closed_from,
        closed_to=asked.closed_to,
        search=asked.search,
    )
    order = _order(order_by, "due_on")
    page = review_page(info.context.person, query, on=today(), order=order, first=first, after=after)
    return await connect(LegalReview.of, page, after)


async def center_of(info: Info, code: Code, as_of: AsOf = None) -> Center | None:
    """Return a center in reach by its code, as it was on a date."""
    row = await center_by_code(code.strip().upper(), info.context.person, on=as_of)
    return Center.of(row, on=as_of) if row else None


async def centers(
    info: Info,
    filter: CentersWanted = None,
    as_of: AsOf = None,
    order_by: CentersOrder = None,
    first: First = 100,
    after: After = None,
) -> Connection[Center]:
    """Return a page of the centers in reach."""
    asked = filter or CenterFilter()
    await refuse_unknown_places(info, asked.municipality_code, asked.department_code)
    query = CenterQuery(
        program=asked.program,
        kind=asked.kind or [],
        department_code=asked.department_code,
        municipality_code=asked.municipality_code,
        state=asked.state or [],
        alarm=asked.alarm or [],
        tenure=asked.tenure or [],
        search=asked.search,
    )
    order = _order(order_by, "name")
    page = center_page(info.context.person, query, on=as_of or today(), order=order, first=first, after=after)
    return await connect(partial(Center.of, on=as_of), page, after)


async def renewals_due(
    info: Info,
    within_days: Within = 120,
    ends_from: EndsFrom = None,
    ends_to: EndsTo = None,
    program: ProgramArgument = None,
    department_code: DepartmentArgument = None,
    instrument: InstrumentArgument = None,
    pending: PendingArgument = None,
    lawyer_id: LawyerArgument = None,
    unassigned: UnassignedArgument = False,
    as_of: AsOf = None,
    first: First = 100,
    after: After = None,
) -> Connection[RenewalDue]:
    """Return a page of what ends within days, or between two days."""
    await refuse_unknown_places(info, None, department_code)
    asked = DueAsked(
        within_days, ends_from, ends_to, program, department_code, instrument, pending, lawyer_id, unassigned
    )
    return await due_connection(info, asked, as_of, first, after)


async def lawyers(info: Info) -> list[Person]:
    """Return who can be given a file."""
    _ = info.context.person
    return [Person(key=one.id, name=one.name, role=one.role, position=one.position) for one in await all_lawyers()]


async def track_file(code: Code) -> FileProgress | None:
    """Return the progress of a file."""
    return await track(code)


async def verify_document(code: Code) -> Verification | None:
    """Return what is public of a paper."""
    return await verify(code)


async def verify_file(sha256: Hash) -> FileVerification | None:
    """Return which paper a hash belongs to."""
    return await verify_hash(sha256)


def _assignee(given: str | None) -> int | None:
    if given is None:
        return None
    try:
        return row_id(given, "Person", "Viewer", path="assigneeId")[1]
    except Refusal as refusal:
        raise CodedError(ErrorCode.BAD_USER_INPUT, "El identificador de «assigneeId» no es válido.") from refusal


async def departments(info: Info) -> list[Department]:
    """Return the departments, for filters."""
    _ = info.context.person
    return [Department.of(row) for row in await all_departments()]


async def refuse_unknown_places(info: Info, municipality: str | None, department: str | None = None) -> None:
    """Refuse a filter by a place that does not exist: an empty list would look like an answer."""
    # A column refuses a longer text with an error of its own: the length comes first.
    if municipality and not (len(municipality) == 4 and await info.context.load(municipalities_by_code, municipality)):
        message = f"No existe el municipio «{municipality[:40]}»: use el código del INE, de cuatro dígitos."
        raise CodedError(ErrorCode.BAD_USER_INPUT, message)
    if department and not (len(department) == 2 and await info.context.load(departments_by_code, department)):
        message = f"No existe el departamento «{department[:40]}»: use el código del INE, de dos dígitos."
        raise CodedError(ErrorCode.BAD_USER_INPUT, message)


def _order(given: ConventionOrder | LegalReviewOrder | CenterOrder | None, usual: str) -> Order:
    if given is None:
        return Order(usual)
    return Order(given.field.value, given.direction == OrderDirection.DESC)
