"""Loads what the report of 2024 says: institutions, centers, conventions, leases, licenses, and the 552 legal files."""

from collections.abc import Awaitable, Callable
from datetime import date

from tortoise.models import Model

from actions.agreements_2024 import add_agreements, agreements_exist
from actions.audited import Entry, audited
from actions.correspondence_2024 import add_correspondence, correspondence_exists
from actions.court_2024 import add_court_files, court_files_exist
from actions.derived_2024 import invented_mayor, place_name
from actions.files_2024 import add_files, files_exist
from actions.loading import AlreadyLoaded, Loaded, Progress, in_words, insert, table, yes
from actions.refusals import NotAllowedNow
from actions.renewals_2024 import add_renewals, renewals_exist
from models.audit import Verb
from models.centers import Attendance, Center, CenterCode, CenterKind, Source
from models.fields import folded
from models.people import User
from models.places import Institution, Municipality, OfficeHolder, ProgramCode, Sector

MONTH = date(2024, 11, 1)
"""Month under which the report's one figure of attendance per center is filed (data/SOURCES.md)."""

MAYORS_SINCE, MAYORS_UNTIL = date(2024, 1, 15), date(2028, 1, 14)
"""Term of the municipal governments elected in 2023."""


async def load_2024(*, actor: User, progress: Progress | None = None) -> Loaded:
    """Load the data set of 2024 over the catalogs and return what was added; dates count from today.

    Each deed is whole or absent; those done before are left as they are, so a second load changes nothing.
    Raises NotAllowedNow while the catalogs are missing.
    """
    if not await Municipality.exists():
        raise NotAllowedNow("Cargue primero los catálogos: todavía no hay municipios.")
    loaded = Loaded()
    for done, (label, (exists, add)) in enumerate(_DEEDS.items(), start=1):
        try:
            async with audited(Verb.LOAD_2024, actor=actor) as entry:
                if await exists():
                    raise AlreadyLoaded
                subject, counts = await add(entry)
                entry.about(subject, f"Se cargaron los datos de 2024: {in_words(counts)}.")
            loaded.count(counts)
        except AlreadyLoaded:
            pass
        if progress:
            progress(label, done, len(_DEEDS))
    return loaded


async def _centers_exist() -> bool:
    return await Center.exists(source=Source.REPORT)


async def _add_centers(entry: Entry) -> tuple[Model, dict[str, int]]:
    """Add institutions, centers with their attendance, the codes of HC and CADI, and who signs."""
    places = {row.code: row for row in await Municipality.all().select_related("department")}
    rows = table("mad_centers_2024.csv")
    coded = list(zip(_codes(rows), rows, strict=True))
    counts = {
        "instituciones": await insert(_institutions()),
        "centros": await insert(_center(code, row, places[row["municipality_code"]]) for code, row in coded),
        "códigos de HC y CADI": await insert(_center_codes()),
        "titulares de despacho": await insert(_office_holders(places, rows)),
    }
    ids = dict(await Center.all().values_list("code", "id"))
    counts["asistencias"] = await insert(
        Attendance(center_id=ids[code], month=MONTH, men=int(row["men"]), women=int(row["women"]), source=Source.REPORT)
        for code, row in coded
    )
    return await Center.get(code=coded[0][0]), counts


def _codes(rows: list[dict[str, str]]) -> list[str]:
    """Return a code for each row: program, municipality and order within it."""
    seen: dict[str, int] = {}
    codes = []
    for row in rows:
        place = row["municipality_code"]
        seen[place] = seen.get(place, 0) + 1
        codes.append(f"MAD-{place}-{seen[place]:02d}")
    return codes


def _center(code: str, row: dict[str, str], place: Municipality) -> Center:
    name = f"{row['kind']} {place_name(row['settlement'], place.name)}"
    if row["kind"] == CenterKind.CAP:
        name = f"{row['kind']} {row['settlement']}"
    return Center(
        code=code,
        name=name,
        kind=CenterKind(row["kind"]),
        program=ProgramCode.MAD,
        municipality_id=place.code,
        settlement=row["settlement"],
        source=Source.REPORT,
        source_note=f"Tabla 12, l.{row['source_line']}",
        search=folded(code, name, row["label_in_source"], place.name, place.department.name),
    )


def _institutions() -> list[Institution]:
    return [
        Institution(
            name=row["name"],
            short_name=row["short_name"],
            sector=Sector(row["sector"].upper()),
            note=row["note"],
            search=folded(row["name"], row["short_name"], row["label_in_source"]),
        )
        for row in table("institutions_2024.csv")
    ]


def _center_codes() -> list[CenterCode]:
    """Join the rows of the same code: several pages of the report name it."""
    found: dict[str, CenterCode] = {}
    for row in table("hc_cadi_2024.csv"):
        where = f"{row['origin']} (l.{row['source_line']})"
        if row["code"] in found:
            found[row["code"]].seen_in += f"; {where}"
            continue
        found[row["code"]] = CenterCode(
            code=row["code"],
            number=int(row["number"]),
            capacity=int(row["capacity"]),
            kind=CenterKind(row["kind"]) if row["kind"] in CenterKind.__members__ else None,
            municipality_id=row["municipality_code"] or None,
            settlement=row["settlement"],
            seen_in=where,
        )
    return list(found.values())


def _office_holders(places: dict[str, Municipality], centers: list[dict[str, str]]) -> list[OfficeHolder]:
    """Return the authority of SOSEP who signs, and an invented mayor where there is a center or a convention."""
    officials = [
        OfficeHolder(name=row["name"], position=row["position"], gender=row["gender"], source=Source.REPORT.value)
        for row in table("officials.csv")
        if yes(row["signs"])
    ]
    codes = {row["municipality_code"] for row in [*centers, *table("mad_conventions_2024.csv")]}
    mayors = {code: invented_mayor(code) for code in sorted(codes)}
    return officials + [
        OfficeHolder(
            municipality_id=code,
            name=mayor.name,
            position=mayor.position,
            gender=mayor.gender,
            appointment=(
                "el acuerdo de adjudicación de cargos de la Junta Electoral Departamental y el acta de toma de "
                f"posesión del cargo en el municipio de {places[code].name}, ambos de demostración"
            ),
            since=MAYORS_SINCE,
            until=MAYORS_UNTIL,
            source=Source.DEMO.value,
        )
        for code, mayor in mayors.items()
    ]


_Deed = tuple[Callable[[], Awaitable[bool]], Callable[[Entry], Awaitable[tuple[Model, dict[str, int]]]]]

_DEEDS: dict[str, _Deed] = {
    "instituciones y centros": (_centers_exist, _add_centers),
    "convenios, arrendamientos y licencias": (agreements_exist, add_agreements),
    "expedientes de 2024": (files_exist, add_files),
    "correspondencia de 2024": (correspondence_exists, add_correspondence),
    "renovaciones en trámite": (renewals_exist, add_renewals),
    "expedientes judiciales de 2024": (court_files_exist, add_court_files),
}
"""What is loaded, in this order, and how to tell that it was: conventions need their centers, files both."""
