"""Renewals under review on the day of the load, for show: the legal office finds files on its desk, some overdue."""

from dataclasses import dataclass
from datetime import date, timedelta

from tortoise.models import Model

from actions.agreements import file_title
from actions.agreements_2024 import TABLE_11
from actions.audited import Entry
from actions.derived_2024 import STORY, working_days_before
from actions.files_2024 import demo_lawyers
from actions.loading import AlreadyLoaded, insert
from actions.registry import convention_number, review_code
from models.agreements import AgreementStage, Convention
from models.calendar import WorkingCalendar
from models.centers import Source
from models.fields import folded
from models.people import User
from models.reviews import LegalReview, Requirement, ReviewMatter, ReviewRequirement, ReviewStage
from reads.calendar import legal_parameter, review_days, working_calendar
from reads.requirements import requirements_for

NOTE = "Renovación de demostración"
"""Source note of a renewal that the load makes."""

NOTHING_FILED = "Expediente de demostración: sus documentos no existen."


@dataclass(frozen=True)
class Plan:
    """A renewal to be made: of which convention, how far it is, and when the legal office must be done."""

    ends_in: int
    """Calendar days from the load to the end of the convention that it renews, which names it."""
    stage: ReviewStage
    due_in: int | None = None
    """Working days from the load to the legal office's deadline; negative when it has passed."""


PLANS = (
    Plan(-40, ReviewStage.IN_ANALYSIS, -3),
    Plan(-20, ReviewStage.RECEIVED, -1),
    Plan(-8, ReviewStage.IN_ANALYSIS, 0),
    Plan(5, ReviewStage.IN_ANALYSIS, 2),
    Plan(12, ReviewStage.RECEIVED, 4),
    Plan(20, ReviewStage.RECEIVED, 6),
    Plan(28, ReviewStage.IN_ANALYSIS, 8),
    Plan(36, ReviewStage.GATHERING),
    Plan(52, ReviewStage.GATHERING),
)


async def renewals_exist() -> bool:
    """Tell whether the renewals for show are loaded."""
    return await Convention.exists(source=Source.DEMO, source_note=NOTE)


async def add_renewals(entry: Entry) -> tuple[Model, dict[str, int]]:
    """Add renewals of conventions that expired or soon will, each with its open file and checklist."""
    calendar = await working_calendar()
    days = await review_days(ReviewMatter.CONVENTION_MAD, on=entry.today)
    lawyers = await demo_lawyers()
    signed = Convention.filter(source=Source.DEMO, source_note__startswith=TABLE_11).exclude(municipality_id=STORY)
    old = {row.ends_on: row for row in await signed.select_related("municipality__department").order_by("-number")}
    reviews = []
    lines = []
    for number, plan in enumerate(PLANS):
        convention = old.get(entry.today + timedelta(days=plan.ends_in))
        if convention is None:
            # Loaded on an earlier day, or 29 February moved an end: a renewal fewer does no harm.
            continue
        due = _due(calendar, entry.today, plan)
        received = working_days_before(calendar, due, days) if due else None
        requested = working_days_before(calendar, received or entry.today, 4)
        new = await _renewal(entry, convention, plan, requested)
        lawyer = lawyers[number % len(lawyers)] if lawyers else None
        review = await _file(entry, new, convention, plan, (requested, received, due, days if due else None), lawyer)
        checklist = await requirements_for(new, on=requested)
        review.missing = [NOTHING_FILED, *(line.title for line in checklist)] if review.admitted else []
        await review.save(update_fields=["missing"])
        reviews.append(review)
        lines += [_line(review, line) for line in checklist]
    if not reviews:
        raise AlreadyLoaded
    await insert(lines)
    counts = {"renovaciones en trámite": len(reviews)}
    return reviews[0], counts


def _due(calendar: WorkingCalendar, today: date, plan: Plan) -> date | None:
    if plan.due_in is None:
        return None
    if plan.due_in > 0:
        return calendar.add(today, plan.due_in)
    return working_days_before(calendar, today, -plan.due_in)


async def _renewal(entry: Entry, old: Convention, plan: Plan, requested_on: date) -> Convention:
    number = await convention_number(entry, year=requested_on.year)
    gathering = plan.stage == ReviewStage.GATHERING
    new = await Convention.create(
        number=number,
        kind=old.kind,
        program=old.program,
        municipality_id=old.municipality_id,
        title=old.title,
        stage=AgreementStage.REQUESTED if gathering else AgreementStage.IN_REVIEW,
        term_months=await legal_parameter("DEFAULT_TERM_MONTHS", on=requested_on),
        renews_id=old.id,
        requested_by_id=old.requested_by_id,
        requested_on=requested_on,
        source=Source.DEMO,
        source_note=NOTE,
        search=folded(number, old.search),
    )
    if centers := await old.centers.all():
        await new.centers.add(*centers)
    return new


async def _file(
    entry: Entry,
    new: Convention,
    old: Convention,
    plan: Plan,
    dates: tuple[date, date | None, date | None, int | None],
    lawyer: User | None,
) -> LegalReview:
    requested, received, due, days = dates
    party = f"Municipalidad de {old.municipality.name}"
    code = await review_code(entry, year=requested.year)
    title = file_title(new.title, party)
    # Without a lawyer nobody analyzes.
    stage = plan.stage if lawyer or plan.stage != ReviewStage.IN_ANALYSIS else ReviewStage.RECEIVED
    lawyer_id = lawyer.id if lawyer and received else None
    return await LegalReview.create(
        code=code,
        matter=ReviewMatter.CONVENTION_MAD,
        convention_id=new.id,
        municipality_id=old.municipality.code,
        department_id=old.municipality.department.code,
        program=new.program,
        title=title,
        requesting_unit=party,
        stage=stage,
        requested_by_id=new.requested_by_id or entry.actor.id,
        requested_on=requested,
        received_on=received,
        due_on=due,
        due_from=received,
        due_days=days,
        admitted=received is not None,
        proposed_lawyer_id=lawyer_id,
        assignee_id=lawyer_id if stage == ReviewStage.IN_ANALYSIS else None,
        last_moved_on=received or requested,
        source=Source.DEMO,
        search=folded(code, new.number, title, party),
    )


def _line(review: LegalReview, requirement: Requirement) -> ReviewRequirement:
    return ReviewRequirement(
        review_id=review.id,
        requirement_id=requirement.id,
        code=requirement.code,
        title=requirement.title,
        help=requirement.help,
        legal_basis=requirement.legal_basis,
        mandatory=requirement.mandatory,
        position=requirement.position,
    )
