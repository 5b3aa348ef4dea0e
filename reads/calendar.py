"""Working-day calendars and dated legal parameters, from the tables that administrators keep."""

from collections.abc import Sequence
from datetime import date

from tortoise.expressions import Q

from models.calendar import CAPITAL, Holiday, LegalParameter, WorkingCalendar
from models.drafts import Approval
from models.parameters import RULES, WhileUnconfirmed
from models.people import User
from models.reviews import ReviewMatter

DEFAULTS = {code: rule.default for code, rule in RULES.items()}
"""What holds while an office has not filled the table of parameters."""


async def working_calendar(municipality: str | None = None) -> WorkingCalendar:
    """Return the calendar of a municipality; of the capital, where the legal office sits, when none is named."""
    return WorkingCalendar.of(await Holiday.all(), municipality=municipality or CAPITAL)


async def _in_force(code: str, on: date) -> LegalParameter | None:
    current = Q(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)
    return await LegalParameter.filter(current, code=code).order_by("-valid_from").first()


async def legal_parameter(code: str, *, on: date) -> int:
    """Return the value in force on a date of a dated legal parameter.

    A value that no lawyer confirmed holds or not as `RULES` say of its code; one that does not leaves the default.
    """
    row = await _in_force(code, on)
    switched_off = row is not None and not row.confirmed and RULES[code].unconfirmed == WhileUnconfirmed.WARNS
    return row.value if row and not switched_off else DEFAULTS[code]


async def is_confirmed(code: str, *, on: date) -> bool:
    """Tell whether a lawyer confirmed the value in force on a date of a dated legal parameter."""
    row = await _in_force(code, on)
    return row is not None and row.confirmed


async def review_days(matter: ReviewMatter, *, on: date) -> int:
    """Return the working days that the legal office has for a matter: its own where it has them, else the usual."""
    own = await _in_force(f"REVIEW_DEADLINE_DAYS.{matter.value}", on)
    return own.value if own else await legal_parameter("REVIEW_DEADLINE_DAYS", on=on)


async def dictamen_approval(*, on: date) -> Approval:
    """Tell whether a lawyer's dictamen needs the head's Vo.Bo. on a date; an unconfirmed parameter only advises it."""
    row = await _in_force("DICTAMEN_VOBO_REQUIRED", on)
    if not (row.value if row else DEFAULTS["DICTAMEN_VOBO_REQUIRED"]):
        return Approval.FREE
    return Approval.REQUIRED if row and row.confirmed else Approval.ADVISED


def explained_deadline(calendar: WorkingCalendar, start: date, days: int, *, due_on: date) -> str:
    """Say in Spanish how a deadline was counted, and when the calendar has changed since then."""
    told = calendar.explain(start, days)
    if calendar.add(start, days) == due_on:
        return told
    return f"Se fijó para el {due_on:%d/%m/%Y}. El calendario cambió después; contado con el de hoy: {told}"


async def legal_parameters(codes: Sequence[str], actor: User, *, on: date) -> dict[str, int]:
    """Return the values in force on a date of several dated legal parameters."""
    return {code: await legal_parameter(code, on=on) for code in codes}


async def dictamen_approvals(kinds: Sequence[str], actor: User, *, on: date) -> dict[str, Approval]:
    """Return the rule of the Vo.Bo. on a date, once for all files of a page."""
    return dict.fromkeys(kinds, await dictamen_approval(on=on))


async def working_calendars(codes: Sequence[str], actor: User) -> dict[str, WorkingCalendar]:
    """Return the calendars of several municipalities, in one statement; an empty code is the capital's."""
    corrections = await Holiday.all()
    return {code: WorkingCalendar.of(corrections, municipality=code or CAPITAL) for code in codes}
