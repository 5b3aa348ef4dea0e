"""The conventions, leases and licenses of 2024: the report names them, everything else about them is for show."""

from dataclasses import dataclass
from datetime import date, timedelta

from tortoise.models import Model

from actions.audited import Entry
from actions.demo_people import DOMAIN
from actions.derived_2024 import (
    Desk2024,
    days_to_end,
    invented_mayor,
    pick,
    place_name,
    term_ending,
    working_days_before,
)
from actions.loading import insert, table
from actions.registry import convention_number, lease_number, license_number
from models.agreements import AgreementStage, Convention, ConventionKind, Lease, LeaseNature, SanitaryLicense
from models.calendar import WorkingCalendar
from models.centers import Center, Source
from models.conventions import Commitment
from models.fields import folded
from models.people import User
from models.places import Municipality, ProgramCode
from models.signing import Side, Signature
from reads.calendar import working_calendar

TABLE_11 = "Tabla 11"
"""Start of the source note of a convention that the report lists."""

LICENSES = 37
"""Sanitary licenses that Tabla 14 counts (l.1431); which centers they belong to is not said."""

LEASE_ENDS_IN = (60, 200, 330, 460)
"""Calendar days from the load to the end of each lease."""

COMMITMENTS = (
    (Side.COUNTERPART, "Inmueble para el centro, con sus servicios básicos", "un inmueble"),
    (Side.COUNTERPART, "Salarios del personal que atiende el centro", "doce meses al año"),
    (Side.SOSEP, "Alimentos para las personas atendidas", "cada día de atención"),
    (Side.SOSEP, "Kits de higiene y de materiales", "uno por persona al año"),
    (Side.SOSEP, "Terapia física y ocupacional", "cada semana"),
)
"""What each party typically gives: the municipality premises and salaries, SOSEP food, kits and therapy."""

SECRETARIA = "Secretaria de Obras Sociales de la Esposa del Presidente"


async def agreements_exist() -> bool:
    """Tell whether the conventions of Tabla 11 are loaded."""
    return await Convention.exists(source=Source.DEMO, source_note__startswith=TABLE_11)


async def add_agreements(entry: Entry) -> tuple[Model, dict[str, int]]:
    """Add conventions with signatures and commitments, leases and licenses; return one of them and the counts."""
    calendar = await working_calendar()
    sites = await _sites(entry.today, calendar)
    people = await User.filter(municipality_id__not_isnull=True, email__endswith=f"@{DOMAIN}")
    asking = {person.municipality_id: person.id for person in people if person.municipality_id}
    counts = {"convenios": await insert([await _convention(entry, site, asking) for site in sites])}
    loaded = await Convention.filter(source_note__startswith=TABLE_11).order_by("number")
    centers = await _centers_by_line()
    for site, convention in zip(sites, loaded, strict=True):
        if site.center_line:
            await convention.centers.add(centers[site.center_line])
    counts["firmas"] = await insert(
        signature
        for site, convention in zip(sites, loaded, strict=True)
        for signature in _signatures(entry, site, convention, calendar)
    )
    counts["compromisos"] = await insert(
        Commitment(convention_id=convention.id, party=side.value, item=item, quantity=amount, source=Source.DEMO)
        for convention in loaded
        for side, item, amount in COMMITMENTS
    )
    counts["arrendamientos"] = await insert(await _leases(entry, centers))
    counts["licencias sanitarias"] = await insert(await _licenses(entry, Desk2024(calendar)))
    return loaded[0], counts


@dataclass(frozen=True)
class Site:
    """A site of Tabla 11 with the dates derived for it."""

    place: Municipality
    settlement: str
    label: str
    line: str
    center_line: str
    requested_on: date
    closed_on: date
    starts_on: date
    ends_on: date
    months: int


async def _sites(today: date, calendar: WorkingCalendar) -> list[Site]:
    """Return the sites in the order in which their conventions were asked for, which is that of their numbers."""
    places = {row.code: row for row in await Municipality.all().select_related("department")}
    lines = {row["label_in_source"]: row["source_line"] for row in table("mad_centers_2024.csv")}
    rows = table("mad_conventions_2024.csv")
    ends = days_to_end([(row["municipality_code"], row["label_in_source"]) for row in rows])
    desk = Desk2024(calendar)
    found = []
    for row in rows:
        code, label = row["municipality_code"], row["label_in_source"]
        starts, last, months = term_ending(today + timedelta(days=ends[code, label]))
        # Some weeks lie between the last signature, which concludes the file, and the first day of the term.
        file = desk.concluded_by(code + label, starts - timedelta(days=25))
        center_line = lines[row["center_label_in_tabla_12"]] if row["center_label_in_tabla_12"] else ""
        dates = (file.requested_on, file.closed_on, starts, last, months)
        found.append(Site(places[code], row["settlement"], label, row["source_line"], center_line, *dates))
    return sorted(found, key=lambda site: (site.requested_on, site.place.code, site.label))


async def _centers_by_line() -> dict[str, Center]:
    """Return the centers of Tabla 12 by the line that names them."""
    rows = await Center.filter(source=Source.REPORT)
    return {row.source_note.rsplit("l.", 1)[-1]: row for row in rows}


async def _convention(entry: Entry, site: Site, asking: dict[str, int]) -> Convention:
    name = place_name(site.settlement, site.place.name)
    number = await convention_number(entry, year=2024)
    title = f"Para el funcionamiento del Centro de Atención Diurna {name}"
    return Convention(
        number=number,
        kind=ConventionKind.CONVENIO,
        program=ProgramCode.MAD,
        municipality_id=site.place.code,
        title=title,
        stage=AgreementStage.SIGNED,
        starts_on=site.starts_on,
        ends_on=site.ends_on,
        term_months=site.months,
        requested_by_id=asking.get(site.place.code),
        requested_on=site.requested_on,
        source=Source.DEMO,
        source_note=f"{TABLE_11}, l.{site.line} («{site.label}»)",
        search=folded(number, title, site.label, site.place.name, site.place.department.name),
    )


def _signatures(entry: Entry, site: Site, convention: Convention, calendar: WorkingCalendar) -> list[Signature]:
    mayor = invented_mayor(site.place.code)
    # The last signature concludes the file: the report counts both within its period.
    signed_on = working_days_before(calendar, site.closed_on, 2)
    return [
        Signature(
            convention_id=convention.id,
            side=Side.COUNTERPART,
            signer_name=mayor.name,
            capacity=mayor.position,
            place=site.place.name,
            signed_on=signed_on,
            recorded_by_id=entry.actor.id,
        ),
        Signature(
            convention_id=convention.id,
            side=Side.SOSEP,
            # No real person is said to have signed an invented date.
            signer_name="Firma de demostración",
            capacity=SECRETARIA,
            place="Ciudad de Guatemala",
            signed_on=site.closed_on,
            recorded_by_id=entry.actor.id,
        ),
    ]


async def _leases(entry: Entry, centers: dict[str, Center]) -> list[Lease]:
    lines = {row["label_in_source"]: row["source_line"] for row in table("mad_centers_2024.csv")}
    found = []
    for row, days in zip(table("mad_leases_2024.csv"), LEASE_ENDS_IN, strict=True):
        center = centers[lines[row["center_label_in_tabla_12"]]]
        starts, last, months = term_ending(entry.today + timedelta(days=days))
        number = await lease_number(entry, LeaseNature.LEASE, year=2024)
        found.append(
            Lease(
                number=number,
                search=folded(number, center.search)[:500],
                stage=AgreementStage.SIGNED,
                form=None,
                program=ProgramCode.MAD,
                center_id=center.id,
                municipality_id=row["municipality_code"],
                landlord_name="No consta en el informe",
                starts_on=starts,
                ends_on=last,
                term_months=months,
                source=Source.DEMO,
            )
        )
    return found


async def _licenses(entry: Entry, desk: Desk2024) -> list[SanitaryLicense]:
    """Give a license to 37 centers, from days spread over the period of 2024 to days around the load."""
    centers = await Center.filter(source=Source.REPORT)
    chosen = sorted(centers, key=lambda center: pick(f"license/{center.code}", 2**32))[:LICENSES]
    found = []
    for index, center in enumerate(chosen):
        starts = desk.spread(index, LICENSES).closed_on
        ends = entry.today + timedelta(days=-60 + 25 * index)
        number = await license_number(entry, year=2024)
        found.append(
            SanitaryLicense(
                number=number,
                search=folded(number, center.search)[:500],
                stage=AgreementStage.SIGNED,
                center_id=center.id,
                starts_on=starts,
                ends_on=max(ends, starts + timedelta(days=30)),
                source=Source.DEMO,
            )
        )
    return found
