"""Who signs for municipalities, institutions and SOSEP: one at a time, each from a day on."""

from dataclasses import dataclass
from datetime import date, timedelta

from actions.audited import Entry, audited
from actions.refusals import Checks
from models.audit import Verb
from models.people import User
from models.places import Gender, Institution, Municipality, OfficeHolder
from reads.matching import exactly

OLDEST = date(1985, 1, 1)
"""No paper that the office handles is older than the Constitution in force (31 May 1985)."""
FARTHEST_AHEAD = 366
"""Calendar days before taking office by which it may be noted."""
LONGEST = 3653
"""Calendar days of the longest time in office that is no slip; a mayor's is four years (Constitución, art. 254)."""


@dataclass(frozen=True)
class HolderInput:
    """Who takes an office: of a municipality, of an institution or, said outright, of SOSEP."""

    name: str
    position: str
    gender: Gender
    since: date
    until: date | None = None
    appointment: str = ""
    municipality_code: str = ""
    institution_id: int | None = None
    sosep: bool = False


async def record_office_holder(*, actor: User, holder: HolderInput) -> OfficeHolder:
    """Note who holds an office from a day on; whoever held it before leaves it on the eve.

    Refuses two holders on one day: somebody noted for a later day stays, and the new one must end before.
    """
    checks = Checks()
    name = checks.text(holder.name, "name", label="el nombre", most=120)
    position = checks.text(holder.position, "position", label="el cargo", most=160)
    appointment = checks.text(holder.appointment, "appointment", label="el nombramiento", most=2000, required=False)
    chosen = sum([bool(holder.municipality_code), holder.institution_id is not None, holder.sosep])
    whose = "Elija una municipalidad, una institución o SOSEP, una de las tres."
    checks.that(chosen == 1, "municipalityCode", whose)
    until = holder.until
    if until:
        order = holder.since <= until <= holder.since + timedelta(days=LONGEST)
        checks.that(order, "until", "La fecha final va desde el día en que tomó el cargo hasta diez años después.")
    async with audited(Verb.RECORD_OFFICE_HOLDER, actor=actor) as entry:
        latest = entry.today + timedelta(days=FARTHEST_AHEAD)
        span = f"La fecha va del {OLDEST:%d/%m/%Y} al {latest:%d/%m/%Y}."
        checks.that(OLDEST <= holder.since <= latest, "since", span)
        whom = await _office(checks, holder)
        office = {"municipality_id": holder.municipality_code or None, "institution_id": holder.institution_id}
        earlier = await OfficeHolder.filter(**office) if whom else []
        for other in earlier:
            _check_overlap(checks, other, holder)
        checks.done()
        for other in earlier:
            await _close(entry, other, holder.since)
        made = await entry.create(
            OfficeHolder,
            **office,
            name=name,
            position=position,
            gender=holder.gender.value,
            appointment=appointment,
            since=holder.since,
            until=until,
            recorded_by_id=actor.id,
        )
        entry.about(made, f"{actor.name} anotó a {name}, {position} de {whom}, desde el {holder.since:%d/%m/%Y}.")
        return entry.answers(made)


async def _office(checks: Checks, holder: HolderInput) -> str:
    """Return whose office it is, in words; note one that is not known, and return nothing of it."""
    if holder.municipality_code:
        code = holder.municipality_code
        town = await Municipality.filter(exactly(Municipality, "code", code)).first()
        checks.that(town, "municipalityCode", f"No existe el municipio «{code[:40]}».")
        return f"la Municipalidad de {town.name}" if town else ""
    if holder.institution_id is not None:
        institution = await Institution.get_or_none(id=holder.institution_id)
        checks.that(institution, "institutionId", "No se encontró la institución.")
        return institution.name if institution else ""
    return "SOSEP"


def _check_overlap(checks: Checks, other: OfficeHolder, holder: HolderInput) -> None:
    """Note a holder who begins on the same day, or later while the new one would still be there."""
    if other.since is None or other.since < holder.since:
        return
    if other.since == holder.since:
        checks.that(False, "since", f"Desde ese día ya está anotado el nombre de {other.name}.")
        return
    begins = f"{other.name} ocupa el cargo desde el {other.since:%d/%m/%Y}"
    before = holder.until is not None and holder.until < other.since
    checks.that(before, "until", f"{begins}: escriba una fecha final anterior a ese día.")


async def _close(entry: Entry, other: OfficeHolder, since: date) -> None:
    """Let whoever held the office before leave it on the eve, unless that was earlier."""
    begun = other.since is None or other.since < since
    if begun and (other.until is None or other.until >= since):
        await entry.change(other, until=since - timedelta(days=1))
