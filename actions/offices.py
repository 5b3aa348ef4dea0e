"""The directory of departmental offices: where each is, and between which days it works."""

from dataclasses import dataclass
from datetime import date

from actions.audited import audited
from actions.refusals import Checks, ErrorCode, NotFound, Problem, Refusal
from models.audit import Verb
from models.fields import folded
from models.people import User
from models.places import Department, DepartmentalOffice

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Years in which an office may open or close; anything else is a slip of the keyboard."""


@dataclass(frozen=True)
class OfficeInput:
    """An office as it should stand in the directory, whole: what is empty is empty there too."""

    name: str
    department_code: str
    address: str = ""
    phone: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


async def save_office(*, actor: User, given: OfficeInput, office_id: int | None = None) -> DepartmentalOffice:
    """Add an office to the directory or correct one; a last day closes it, its leases and records stay.

    An office that closed keeps its name: one that opens later in its stead is another office, with another name.
    """
    checks = Checks()
    values = {
        "name": checks.text(given.name, "name", label="el nombre de la sede", most=120),
        "address": checks.text(given.address, "address", label="la dirección", most=200, required=False),
        "phone": checks.text(given.phone, "phone", label="el teléfono", most=40, required=False),
        "valid_from": given.valid_from,
        "valid_to": given.valid_to,
    }
    for day, path in ((given.valid_from, "validFrom"), (given.valid_to, "validTo")):
        known = day is None or FIRST_YEAR <= day.year <= LAST_YEAR
        checks.that(known, path, f"Escriba una fecha de {FIRST_YEAR} a {LAST_YEAR}.")
    in_order = given.valid_from is None or given.valid_to is None or given.valid_from <= given.valid_to
    checks.that(in_order, "validTo", "La sede no puede cerrar antes de abrir.")
    code = given.department_code.strip()
    department = await Department.get_or_none(code=code) if len(code) == 2 else None
    checks.that(department, "departmentCode", "Elija uno de los 22 departamentos.")
    checks.done()
    async with audited(Verb.SAVE_OFFICE, actor=actor) as entry:
        office = await DepartmentalOffice.get_or_none(id=office_id) if office_id is not None else None
        if office_id is not None and office is None:
            raise NotFound("la sede", "officeId")
        await _refuse_twin(str(values["name"]), office)
        if office is None:
            office = await entry.create(DepartmentalOffice, department_id=code, **values)
            entry.about(office, f"{actor.name} agregó la {office.name}.")
        else:
            await entry.change(office, department_id=code, **values)
            entry.about(office, f"{actor.name} corrigió los datos de la {office.name}.")
        return entry.answers(office)


async def _refuse_twin(name: str, but: DepartmentalOffice | None) -> None:
    for other in await DepartmentalOffice.all():
        if folded(other.name) == folded(name) and (but is None or other.id != but.id):
            closed = f", cerrada el {other.valid_to:%d/%m/%Y}" if other.valid_to else ""
            message = f"Ya hay una «{other.name}»{closed}: corrija esa, o use otro nombre."
            raise Refusal(Problem(ErrorCode.CONFLICT, message, ("name",)))
