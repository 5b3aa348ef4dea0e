"""Loads the catalogs that every office starts with: places and their spellings, programs, requirements, reminders."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

from tortoise.models import Model

from actions.audited import audited
from actions.loading import AlreadyLoaded, Loaded, Progress, day, in_words, insert, table, yes
from models.agreements import ConventionKind
from models.audit import Verb
from models.calendar import Holiday, HolidayScope, LegalParameter
from models.contributions import AllowanceBasis, AllowancePeriod, AllowanceRate
from models.fields import folded
from models.ladders import DayUnit, Instrument, LadderRung
from models.papers import SeriesPattern
from models.people import User
from models.places import (
    Department,
    DepartmentAlias,
    DepartmentalOffice,
    Municipality,
    MunicipalityAlias,
    Program,
    ProgramCode,
)
from models.reviews import Requirement, ReviewMatter

_VARIANT_REASON = "variant"
"""Reason kept for the spellings that come from other catalogs, not from the report."""


async def load_catalogs(*, actor: User, progress: Progress | None = None) -> Loaded:
    """Load what is missing of the catalogs in data/ and return what was added; rows that exist are left as they are.

    One deed: all of it or nothing. A second load adds nothing and leaves no trace.
    """
    loaded = Loaded()
    try:
        async with audited(Verb.LOAD_CATALOGS, actor=actor) as entry:
            for done, (label, part) in enumerate(_PARTS.items(), start=1):
                loaded.count({label: await insert(await part())})
                if progress:
                    progress(label, done, len(_PARTS))
            if not loaded.total:
                raise AlreadyLoaded
            subject = await Department.all().order_by("code").first()
            assert subject is not None
            entry.about(subject, f"Se cargaron los catálogos: {in_words(loaded.added)}.")
    except AlreadyLoaded:
        pass
    return loaded


async def _departments() -> list[Model]:
    known = set(await Department.all().values_list("code", flat=True))
    return [Department(**row) for row in table("departments.csv") if row["code"] not in known]


async def _municipalities() -> list[Model]:
    known = set(await Municipality.all().values_list("code", flat=True))
    return [
        Municipality(code=row["code"], department_id=row["department_code"], name=row["name"])
        for row in table("municipalities.csv")
        if row["code"] not in known
    ]


async def _municipality_aliases() -> list[Model]:
    known = set(await MunicipalityAlias.all().values_list("alias", "municipality_id"))
    found: list[Model] = []
    variants = [
        {
            "alias": row["variant"],
            "municipality_code": row["municipality_code"],
            "settlement": "",
            "where_seen": row["sources"],
            "reason": _VARIANT_REASON,
            "note": "",
        }
        for row in table("municipality_name_variants.csv")
    ]
    for row in [*table("municipality_aliases.csv"), *variants]:
        key = (row["alias"], row["municipality_code"])
        if key in known:
            continue
        known.add(key)
        fields = {name: row[name] for name in ("alias", "settlement", "where_seen", "reason", "note")}
        found.append(MunicipalityAlias(municipality_id=row["municipality_code"], search=folded(row["alias"]), **fields))
    return found


async def _department_aliases() -> list[Model]:
    known = set(await DepartmentAlias.all().values_list("alias", flat=True))
    return [
        DepartmentAlias(
            alias=row["alias"],
            department_id=row["department_code"] or None,
            where_seen=row["where_seen"],
            reason=row["reason"],
            note=row["note"],
        )
        for row in table("department_aliases.csv")
        if row["alias"] not in known
    ]


async def _programs() -> list[Model]:
    known = set(await Program.all().values_list("code", flat=True))
    return [
        Program(code=ProgramCode(row["code"]), name=row["name"], direction=row["direction"])
        for row in table("programs.csv")
        if row["code"] not in known
    ]


async def _offices() -> list[Model]:
    known = set(await DepartmentalOffice.all().values_list("name", flat=True))
    return [
        DepartmentalOffice(department_id=row["department_code"], name=row["name"])
        for row in table("departmental_offices.csv")
        if row["name"] not in known
    ]


async def _requirements() -> list[Model]:
    known = set(await Requirement.all().values_list("code", flat=True))
    return [
        Requirement(
            code=row["code"],
            title=row["title"],
            help=row["help"],
            legal_basis=row["legal_basis"],
            mandatory=yes(row["mandatory"]),
            convention_kind=ConventionKind(row["convention_kind"]) if row["convention_kind"] else None,
            program=ProgramCode(row["program"]) if row["program"] else None,
            matter=ReviewMatter(row["matter"]) if row["matter"] else None,
            municipal_only=yes(row["municipal_only"]),
            confirmed=yes(row["confirmed"]),
            valid_from=day(row["valid_from"]),
            valid_to=day(row["valid_to"]),
            position=int(row["position"]),
        )
        for row in table("requirements.csv")
        if row["code"] not in known
    ]


async def _holidays() -> list[Model]:
    known = set(await Holiday.all().values_list("day", "name"))
    return [
        Holiday(
            day=day(row["day"]),
            name=row["name"],
            scope=HolidayScope(row["scope"]),
            municipality_id=row["municipality_code"] or None,
            half_day=yes(row["half_day"]),
            added=yes(row["added"]),
            legal_basis=row["legal_basis"],
        )
        for row in table("holidays.csv")
        if (day(row["day"]), row["name"]) not in known
    ]


async def _parameters() -> list[Model]:
    known = set(await LegalParameter.all().values_list("code", "valid_from"))
    return [
        LegalParameter(
            code=row["code"],
            title=row["title"],
            value=int(row["value"]),
            unit=row["unit"],
            legal_basis=row["legal_basis"],
            confirmed=yes(row["confirmed"]),
            valid_from=day(row["valid_from"]),
            valid_to=day(row["valid_to"]),
        )
        for row in table("legal_parameters.csv")
        if (row["code"], day(row["valid_from"])) not in known
    ]


async def _series_patterns() -> list[Model]:
    known = set(await SeriesPattern.all().values_list("kind", "unit", "valid_from"))
    return [
        SeriesPattern(kind=row["kind"], unit=row["unit"], pattern=row["pattern"], valid_from=day(row["valid_from"]))
        for row in table("series_patterns.csv")
        if (row["kind"], row["unit"], day(row["valid_from"])) not in known
    ]


async def _ladder_rungs() -> list[Model]:
    # By instrument, not by rung: a rung that was changed must not come back beside what it was changed into.
    known = set(await LadderRung.all().distinct().values_list("instrument", flat=True))
    return [
        LadderRung(
            instrument=Instrument(row["instrument"]),
            kind=row["kind"],
            days=int(row["days"]),
            unit=DayUnit(row["unit"]),
            tells_municipality=yes(row["municipality"]),
            tells_program=yes(row["program"]),
            tells_office=yes(row["office"]),
            tells_legal=yes(row["legal"]),
        )
        for row in table("ladders.csv")
        if row["instrument"] not in known
    ]


async def _allowances() -> list[Model]:
    # By item: a rate that was ended or set anew must not come back beside what follows it.
    known = set(await AllowanceRate.all().distinct().values_list("item", flat=True))
    return [
        AllowanceRate(
            item=row["item"],
            item_label=row["item_label"],
            children_min=int(row["children_min"]) if row["children_min"] else None,
            children_max=int(row["children_max"]) if row["children_max"] else None,
            amount=Decimal(row["amount_gtq"]),
            basis=_BASES[row["basis"]],
            period=_PERIODS[row["period"]],
            is_ceiling=yes(row["is_ceiling"]),
            since=day(row["since"]),
            until=day(row["until"]),
            source="; ".join(part for part in (f"{_REPORT}, l.{row['source_line']}", row["note"]) if part),
        )
        for row in table("hc_allowances_2024.csv")
        if row["item"] not in known
    ]


_REPORT = "Memoria de Labores 2024-2025"
_BASES = {
    "centro": AllowanceBasis.CENTER,
    "niño o niña": AllowanceBasis.CHILD,
    "madre cuidadora": AllowanceBasis.CAREGIVER,
}
_PERIODS = {"mes": AllowancePeriod.MONTH, "día": AllowancePeriod.DAY, "único": AllowancePeriod.ONCE}

_PARTS: dict[str, Callable[[], Awaitable[list[Model]]]] = {
    "departamentos": _departments,
    "municipios": _municipalities,
    "formas de escribir municipios": _municipality_aliases,
    "formas de escribir departamentos": _department_aliases,
    "programas": _programs,
    "sedes departamentales": _offices,
    "requisitos": _requirements,
    "correcciones al calendario de asuetos": _holidays,
    "parámetros legales": _parameters,
    "formas de escribir correlativos": _series_patterns,
    "avisos de vencimiento": _ladder_rungs,
    "asignaciones de HC y CADI": _allowances,
}
"""What is loaded, in this order: a municipality needs its department."""
