"""What a lease says and what it serves, checked field by field: owner, premises, rent, term, center or office."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from actions.agreements import LONGEST_TERM
from actions.audited import Entry, reachable
from actions.refusals import Checks, NotAllowedNow, NotFound
from documents.words import valid_nit
from models.agreements import Lease, LeaseNature
from models.centers import Center, CenterState
from models.people import Role, User
from models.permissions import LEGAL_OFFICE
from models.places import DepartmentalOffice, Municipality, ProgramCode

CENTAVO = Decimal("0.01")

LARGEST_RENT = Decimal(1_000_000)
"""Quetzales a month; a larger rent is a slip of the keyboard."""


@dataclass(frozen=True)
class LeaseFacts:
    """What a lease says; empty texts are unknown. `total` is only checked: it is the rent by the months."""

    landlord_name: str
    landlord_nit: str
    address: str
    use: str
    justification: str
    municipality_code: str = ""
    finca: str = ""
    folio: str = ""
    libro: str = ""
    monthly_rent: Decimal | None = None
    """Quetzales."""
    term_months: int | None = None
    total: Decimal | None = None
    starts_on: date | None = None
    """First day wanted; the last signature's when empty."""
    budget_line: str = ""


def checked(checks: Checks, facts: LeaseFacts, nature: LeaseNature) -> dict[str, Any]:
    """Return the columns that the facts fill, noting what is wrong with each."""
    rented = nature == LeaseNature.LEASE
    owner = "el nombre de quien arrienda" if rented else "el nombre de la institución propietaria"
    nit = checks.text(facts.landlord_nit, ("landlord", "nit"), label="el NIT", most=16, required=rented)
    checks.that(not nit or valid_nit(nit), ("landlord", "nit"), "El NIT no es válido: revise sus dígitos.")
    plain = nit.replace("-", "").replace(" ", "").upper()
    registered = [
        checks.text(text, ("premises", name), label=label, most=most, required=False)
        for text, name, label, most in (
            (facts.finca, "finca", "la finca", 20),
            (facts.folio, "folio", "el folio", 20),
            (facts.libro, "libro", "el libro", 40),
        )
    ]
    whole = len({bool(part) for part in registered}) == 1
    checks.that(whole, ("premises", "finca"), "Escriba finca, folio y libro, o ninguno de los tres.")
    values = {
        "landlord_name": checks.text(facts.landlord_name, ("landlord", "name"), label=owner, most=160),
        "landlord_nit": f"{plain[:-1]}-{plain[-1]}" if plain else "",
        "address": checks.text(facts.address, ("premises", "address"), label="la dirección del inmueble", most=200),
        "use": checks.text(facts.use, "use", label="el uso del inmueble", most=300),
        "justification": checks.text(facts.justification, "justification", label="la justificación", most=4000),
        "budget_line": checks.text(
            facts.budget_line, "budgetLine", label="la partida presupuestaria", most=40, required=False
        ),
        "starts_on": facts.starts_on,
    }
    return (
        values
        | dict(zip(("finca", "folio", "libro"), registered, strict=True))
        | checked_rent(checks, facts, rented=rented)
    )


def checked_rent(checks: Checks, facts: LeaseFacts, *, rented: bool) -> dict[str, Any]:
    """Return rent, months and total; a total sent must be the rent by the months, to the last centavo."""
    months, rent = facts.term_months, facts.monthly_rent
    fits = months is not None and 1 <= months <= LONGEST_TERM
    checks.that(fits or (months is None and not rented), "termMonths", f"El plazo va de 1 a {LONGEST_TERM} meses.")
    if not rented:
        free = "Una adscripción no lleva renta: deje este dato vacío."
        checks.that(rent is None, "monthlyRent", free)
        checks.that(facts.total is None, "total", free)
        return {"monthly_rent": None, "total": None, "term_months": months}
    exact = rent is not None and rent.is_finite() and 0 < rent <= LARGEST_RENT and rent == rent.quantize(CENTAVO)
    checks.that(
        exact,
        "monthlyRent",
        f"Escriba la renta mensual en quetzales, mayor que cero, con dos decimales a lo sumo y hasta {LARGEST_RENT:,}.",
    )
    if not (exact and fits and rent and months):
        return {"monthly_rent": None, "total": None, "term_months": months}
    rent = rent.quantize(CENTAVO)
    total = rent * months
    if facts.total is not None:
        sane = facts.total.is_finite() and abs(facts.total) < 10**12
        sent = f"El total de Q.{facts.total:,.2f}" if sane else "El total"
        by_months = f"Q.{rent:,.2f} por {months} {'mes' if months == 1 else 'meses'} son Q.{total:,.2f}"
        checks.that(sane and facts.total == total, "total", f"{sent} no es la renta por los meses: {by_months}.")
    return {"monthly_rent": rent, "total": total, "term_months": months}


def check_start(checks: Checks, starts_on: date | None, today: date) -> None:
    """Note a first day that is too far from today to be meant."""
    near = starts_on is None or today - timedelta(days=366) <= starts_on <= today + timedelta(days=3 * 366)
    checks.that(near, "startsOn", "El inicio debe ser de hace un año, a lo sumo, a dentro de tres años.")


@dataclass(frozen=True)
class Served:
    """What premises are for, with what follows from it."""

    name: str
    program: ProgramCode
    municipality: str
    """Of a center; empty for an office, whose premises may be anywhere in its department."""
    department: str

    @classmethod
    def of(cls, lease: Lease) -> "Served":
        """Return what a lease serves, its center or office loaded."""
        if lease.center:
            town = lease.center.municipality_id
            return cls(lease.center.name, lease.program, town, town[:2])
        return cls(lease.office.name, lease.program, "", lease.office.department_id)


async def served_by(entry: Entry, center_id: int | None, office_id: int | None) -> Served:
    """Return the center or office asked for, if it is in reach and open."""
    if center_id:
        center = await reachable(Center, center_id, entry.actor, path="servesId")
        if center.state == CenterState.CLOSED:
            raise NotAllowedNow(f"{center.name} está cerrado: no se solicita inmueble para un centro cerrado.")
        town = center.municipality_id
        return Served(center.name, center.program, town, town[:2])
    office = await DepartmentalOffice.get_or_none(id=office_id)
    if office is None or not _reaches(entry.actor, office):
        raise NotFound("la sede departamental", "servesId")
    if (office.valid_from and office.valid_from > entry.today) or (office.valid_to and office.valid_to < entry.today):
        raise NotAllowedNow(f"{office.name} no está abierta en esta fecha.")
    return Served(office.name, ProgramCode.INSTITUCIONAL, "", office.department_id)


def _reaches(actor: User, office: DepartmentalOffice) -> bool:
    """Tell whether a person asks for an office: its coordinator, the institutional direction, the legal office."""
    if actor.role == Role.COORDINATOR:
        return actor.department_id == office.department_id
    return actor.role in LEGAL_OFFICE or actor.program == ProgramCode.INSTITUCIONAL


async def place_of(checks: Checks, code: str, served: Served) -> Municipality | None:
    """Return the municipality of the premises: the center's own, or one of the office's department."""
    wanted = code.strip() or served.municipality
    path = ("premises", "municipalityCode")
    place = await Municipality.get_or_none(code=wanted) if len(wanted) == 4 else None
    if not checks.that(place, path, "Elija el municipio del inmueble: el código del INE, de cuatro dígitos."):
        return None
    same = wanted == served.municipality or (not served.municipality and wanted[:2] == served.department)
    where = "el municipio del centro" if served.municipality else "el departamento de la sede"
    checks.that(same, path, f"El inmueble debe estar en {where}.")
    return place
