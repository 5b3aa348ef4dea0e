"""What SOSEP allows Hogares Comunitarios and CADI: rates that administrators set from a day on, and end."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from actions.audited import audited
from actions.centers import EARLIEST, LARGEST_CENTER
from actions.refusals import Checks, ErrorCode, NotAllowedNow, NotFound, Problem, Refusal
from models.audit import Verb
from models.contributions import AllowanceBasis, AllowancePeriod, AllowanceRate
from models.fields import folded, is_money
from models.people import User
from reads.allowances import bracket_in_words

LARGEST = Decimal(1_000_000)
"""Quetzales; a larger allowance is a slip of the keyboard."""


@dataclass(frozen=True)
class RateInput:
    """A rate as an administrator types it; what an item is (label, basis, period) is said when it is new."""

    amount: Decimal
    since: date
    source: str
    item: str = ""
    label: str = ""
    basis: AllowanceBasis | None = None
    period: AllowancePeriod | None = None
    is_ceiling: bool | None = None
    children_min: int | None = None
    children_max: int | None = None
    until: date | None = None


@dataclass(frozen=True)
class _Item:
    """What an allowance is, whatever its amounts."""

    item: str
    item_label: str
    basis: AllowanceBasis
    period: AllowancePeriod
    is_ceiling: bool


async def save_allowance(*, actor: User, given: RateInput) -> AllowanceRate:
    """Set what is allowed for a bracket of children from a day on; the one before it ends on the eve.

    A rate noted late counts from its day, and one set for the same day replaces what was set for it; both stay in the
    audit trail. Refuses a bracket that overlaps with another of the same days, and to reach into the days of a later
    rate.
    """
    checks = Checks()
    source = checks.text(given.source, "source", label="el acuerdo o la resolución que lo autoriza", most=160)
    label = checks.text(given.label, "label", label="el nombre de la asignación", most=120, required=not given.item)
    amount = given.amount
    exact = is_money(amount, LARGEST)
    checks.that(exact, "amount", f"Escriba quetzales con centavos, de 0 a {LARGEST:,}.")
    _check_bracket(checks, given)
    checks.that(given.since >= EARLIEST, "since", f"Una asignación rige desde {EARLIEST.year} o después.")
    ends_late = given.until is None or given.until >= given.since
    checks.that(ends_late, "until", "El último día no puede ser anterior al primero.")
    checks.done()
    async with audited(Verb.SAVE_ALLOWANCE, actor=actor) as entry:
        what = await _item(checks, given, label)
        rates = await AllowanceRate.filter(item=what.item).order_by("since")
        _refuse_clash(given, rates)
        earlier = [one for one in rates if _same_bracket(one, given) and one.since <= given.since]
        former = [one for one in earlier if _lasts(one, given.since)]
        values = {"amount": amount, "is_ceiling": what.is_ceiling, "until": given.until, "source": source}
        row = next((one for one in former if one.since == given.since), None)
        if row:
            await entry.change(row, **values)
        else:
            for one in former:
                await entry.change(one, until=given.since - timedelta(days=1))
            bracket = {"children_min": given.children_min, "children_max": given.children_max}
            row = await entry.create(AllowanceRate, since=given.since, **vars(what) | bracket | values)
        whom = bracket_in_words(row.children_min, row.children_max)
        said = f"{actor.name} fijó {row.item_label} {whom} en Q{amount:,.2f} desde el {row.since:%d/%m/%Y}."
        entry.about(row, said)
        return entry.answers(row)


def _check_bracket(checks: Checks, given: RateInput) -> None:
    for path, number in (("childrenMin", given.children_min), ("childrenMax", given.children_max)):
        fits = number is None or 1 <= number <= LARGEST_CENTER
        checks.that(fits, path, f"Las niñas y niños van de 1 a {LARGEST_CENTER:,}.")
    begins = given.children_min is not None or given.children_max is None
    checks.that(begins, "childrenMin", "Escriba desde cuántas niñas y niños; 1 si desde el primero.")
    ordered = given.children_min is None or given.children_max is None or given.children_min <= given.children_max
    checks.that(ordered, "childrenMax", "El tramo va del número menor al mayor.")


async def _item(checks: Checks, given: RateInput, label: str) -> _Item:
    """Return what the allowance is: as its last rate says, or, for a new one, as it is described."""
    known = AllowanceRate.all().order_by("-since", "-id")
    code = given.item.strip().lower()
    if code:
        last = await known.filter(item=code[:40]).first()
        checks.that(last and len(code) <= 40, "item", "No existe esa asignación: elija una de la lista.")
        checks.done()
        assert last
        ceiling = last.is_ceiling if given.is_ceiling is None else given.is_ceiling
        return _Item(last.item, last.item_label, last.basis, last.period, ceiling)
    code = re.sub(r"[^a-z0-9]+", "_", folded(label))[:40].strip("_")
    checks.that(code, "label", "El nombre de la asignación lleva letras.")
    checks.that(not await known.filter(item=code).exists(), "label", "Ya hay una asignación con ese nombre: elíjala.")
    checks.that(given.basis, "basis", "Diga por qué se da: por centro, por niña o niño, o por madre cuidadora.")
    checks.that(given.period, "period", "Diga cada cuánto se da.")
    checks.done()
    assert given.basis
    assert given.period
    return _Item(code, label, given.basis, given.period, bool(given.is_ceiling))


def _refuse_clash(given: RateInput, rates: list[AllowanceRate]) -> None:
    """Refuse a rate whose bracket overlaps another one of the same days, or that reaches into a later one's."""
    for one in rates:
        together = _lasts(one, given.since) and (given.until is None or one.since <= given.until)
        bracket = bracket_in_words(one.children_min, one.children_max)
        days = f"desde el {one.since:%d/%m/%Y}" + (f" hasta el {one.until:%d/%m/%Y}" if one.until else "")
        said = path = ""
        if together and not _same_bracket(one, given) and overlaps(one, given):
            said, path = f"El tramo se traslapa con el que rige {days}, {bracket}. Termine ese primero.", "childrenMin"
        elif together and _same_bracket(one, given) and one.since > given.since:
            said = f"Para ese tramo, {bracket}, ya hay un monto que rige {days}: fije este hasta la víspera."
            path = "until"
        if said:
            raise Refusal(Problem(ErrorCode.CONFLICT, said, (path,)))


def _lasts(rate: AllowanceRate, day: date) -> bool:
    return rate.until is None or rate.until >= day


def _same_bracket(rate: AllowanceRate, given: RateInput) -> bool:
    return (rate.children_min, rate.children_max) == (given.children_min, given.children_max)


def overlaps(rate: AllowanceRate, given: RateInput) -> bool:
    """Tell whether some number of children is in the brackets of both."""
    return (rate.children_min or 0) <= (given.children_max or LARGEST_CENTER) and (given.children_min or 0) <= (
        rate.children_max or LARGEST_CENTER
    )


async def end_allowance(*, actor: User, rate_id: int, ends_on: date, reason: str) -> AllowanceRate:
    """Let a rate end on a day, without another one after it: the allowance is given no more, or its brackets change."""
    checks = Checks()
    reason = checks.text(reason, "reason", label="el motivo", most=500)
    checks.done()
    async with audited(Verb.SAVE_ALLOWANCE, actor=actor) as entry:
        row = await AllowanceRate.get_or_none(id=rate_id)
        if row is None:
            raise NotFound("la asignación", "rateId")
        checks.that(ends_on >= row.since, "endsOn", f"Rige desde el {row.since:%d/%m/%Y}: termínela ese día o después.")
        checks.done()
        if row.until is not None and row.until <= ends_on:
            raise NotAllowedNow(f"Esa asignación ya termina el {row.until:%d/%m/%Y}.")
        await entry.change(row, until=ends_on)
        said = f"{actor.name} terminó {row.item_label} {bracket_in_words(row.children_min, row.children_max)}"
        entry.about(row, f"{said} el {ends_on:%d/%m/%Y}. Motivo: {reason}")
        return entry.answers(row)
