"""Legal parameters: dated values that administrators set and a lawyer of the office confirms."""

from dataclasses import dataclass
from datetime import date, timedelta

from actions.audited import audited
from actions.refusals import Checks, NotAllowedNow, NotFound
from models.audit import Verb
from models.calendar import LegalParameter
from models.parameters import rule_of
from models.people import Role, User
from reads.people import told


@dataclass(frozen=True)
class ParameterInput:
    """A value as an administrator types it; `value` counts what the parameter's unit says."""

    code: str
    value: int
    valid_from: date | None = None
    legal_basis: str = ""
    note: str = ""


async def set_parameter(*, actor: User, given: ParameterInput) -> LegalParameter:
    """Set the value that a parameter has from a day on (today when empty); the one before it ends on the eve.

    A value set for the same day replaces what was set for it, both stay in the audit trail. It waits for a lawyer's
    confirmation; what it does until then stands in models/parameters.py.
    """
    checks = Checks()
    code = given.code.strip().upper()
    rule = rule_of(code)
    known = f"No existe el parámetro «{code[:60]}»: elija uno de la lista."
    checks.that(rule, "code", known)
    if rule:
        fits = rule.least <= given.value <= rule.most
        checks.that(fits, "value", f"El valor va de {rule.least} a {rule.most} ({rule.unit}).")
    basis = checks.text(given.legal_basis, "legalBasis", label="el fundamento legal", most=240, required=False)
    note = checks.text(given.note, "note", label="la nota", most=2000, required=False)
    checks.done()
    assert rule
    async with audited(Verb.SET_PARAMETER, actor=actor) as entry:
        day = given.valid_from or entry.today
        checks.that(day >= entry.today, "validFrom", "Un valor rige desde hoy o desde un día que viene.")
        checks.done()
        values = {"value": given.value, "legal_basis": basis, "note": note}
        values |= {"confirmed": False, "confirmed_by_id": None, "confirmed_on": None}
        rows = await LegalParameter.filter(code=code).order_by("valid_from")
        row = next((one for one in rows if one.valid_from == day), None)
        if row:
            await entry.change(row, **values)
        else:
            earlier = [one for one in rows if one.valid_from < day]
            later = next((one for one in rows if one.valid_from > day), None)
            if earlier and (earlier[-1].valid_to is None or earlier[-1].valid_to >= day):
                await entry.change(earlier[-1], valid_to=day - timedelta(days=1))
            words = {"title": earlier[-1].title if earlier else rule.title, "unit": rule.unit}
            ends = later.valid_from - timedelta(days=1) if later else None
            row = await entry.create(LegalParameter, code=code, valid_from=day, valid_to=ends, **words, **values)
        summary = f"{actor.name} fijó {code} en {row.value} {row.unit} desde el {day:%d/%m/%Y}."
        entry.about(row, summary)
        entry.tell(
            await told(roles=[Role.LEGAL_HEAD]),
            key=f"parameter:{entry.sequence}",
            subject=f"Parámetro por confirmar: {code}",
            body=f"{row.title}\n\n{summary}\n\nConfírmelo en Administración › Parámetros legales, o diga qué corregir.",
        )
        return entry.answers(row)


async def confirm_parameter(*, actor: User, parameter_id: int, legal_basis: str = "") -> LegalParameter:
    """Confirm a value as a lawyer of the office, with its legal basis when it can be said better."""
    checks = Checks()
    basis = checks.text(legal_basis, "legalBasis", label="el fundamento legal", most=240, required=False)
    checks.done()
    async with audited(Verb.CONFIRM_PARAMETER, actor=actor) as entry:
        row = await LegalParameter.get_or_none(id=parameter_id)
        if row is None:
            raise NotFound("el parámetro", "parameterId")
        if row.confirmed:
            raise NotAllowedNow(f"El valor de {row.code} desde el {row.valid_from:%d/%m/%Y} ya está confirmado.")
        if row.valid_to is not None and row.valid_to < entry.today:
            raise NotAllowedNow(f"Ese valor de {row.code} rigió hasta el {row.valid_to:%d/%m/%Y}: confirme el de hoy.")
        values = {"confirmed": True, "confirmed_by_id": actor.id, "confirmed_on": entry.today}
        await entry.change(row, **values, legal_basis=basis or row.legal_basis)
        entry.about(row, f"{actor.name} confirmó {row.code}: {row.value} {row.unit}.")
        return entry.answers(row)
