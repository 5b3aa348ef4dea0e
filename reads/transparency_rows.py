"""What the public listings hold: their columns, which are all that leaves, their rows on a day, and what changed.

Decision 29 says why a column is here or is not. Nothing about a person is: no landlord, no NIT, no address, no number
of the property registry, no signer, no note.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any

from tortoise.expressions import Q, Subquery

from models.agreements import (
    PERFECTED,
    AgreementStage,
    Convention,
    ConventionKind,
    Lease,
    LeaseForm,
    LeaseNature,
    Standing,
    standing,
)
from models.centers import Source
from models.conventions import Commitment, CommitmentKind, ConventionParty
from models.fields import folded
from models.places import Institution, ProgramCode, Sector
from models.publications import PublicListing
from models.signing import Side
from reads.paging import Row
from reads.parties import Party, parties_of

LISTED_SECTORS = (Sector.NGO, Sector.INTERNATIONAL)
"""Whose conventions are listed: NGOs, associations among them, and international bodies."""

AT_ONCE = 500
"""Records whose parts are read with one statement: SQLite takes a limited number of values."""


class ColumnKind(StrEnum):
    """How the values of a column are written."""

    TEXT = "TEXT"
    CHOICE = "CHOICE"
    NUMBER = "NUMBER"
    AMOUNT = "AMOUNT"
    DATE = "DATE"


@dataclass(frozen=True)
class Column:
    """A column of a listing: an entry of the data dictionary."""

    field: str
    """Name in the stored rows; the API writes it in its own manner (`monthlyRent`)."""
    name: str
    """Heading in the CSV and key in the JSON."""
    kind: ColumnKind
    meaning: str
    choices: tuple[Enum, ...] = ()
    """Of a closed list: what may stand here."""

    def read(self, kept: Any) -> Any:
        """Return a value of the stored rows as what it is: a choice, an amount, a day."""
        if kept is None:
            return None
        if isinstance(kept, list):
            return [self.read(one) for one in kept]
        if self.choices:
            return type(self.choices[0])(kept)
        return _READ.get(self.kind, lambda text: text)(kept)


_READ: dict[ColumnKind, Callable[[Any], Any]] = {ColumnKind.AMOUNT: Decimal, ColumnKind.DATE: date.fromisoformat}

_TEXT, _CHOICE, _NUMBER, _AMOUNT, _DATE = ColumnKind
_PROGRAM = Column("program", "programa", _CHOICE, "Programa de SOSEP que lo usa.", tuple(ProgramCode))
_TERM = (
    Column("term_months", "plazo_meses", _NUMBER, "Plazo en meses; vacío si no consta."),
    Column("starts_on", "inicio", _DATE, "Primer día en que rige."),
    Column("ends_on", "vencimiento", _DATE, "Último día en que rige según su plazo; vacío si no tiene."),
    Column("terminated_on", "terminado_el", _DATE, "Día desde el que dejó de regir, si terminó antes de su plazo."),
    Column("standing", "situacion", _CHOICE, "Situación el día de la publicación.", tuple(Standing)),
    Column(
        "source", "origen_del_registro", _CHOICE,
        "De dónde viene el registro. Los de demostración tienen fechas inventadas.", tuple(Source),
    ),
)  # fmt: skip

COLUMNS: dict[PublicListing, tuple[Column, ...]] = {
    PublicListing.LEASES: (
        Column("number", "numero", _TEXT, "Número de registro del arrendamiento."),
        Column("form", "forma", _CHOICE, "Si se hizo por contrato o por acta; vacío si no consta.", tuple(LeaseForm)),
        Column("municipality_code", "codigo_municipio", _TEXT, "Código INE del municipio del inmueble, 4 dígitos."),
        Column("municipality", "municipio", _TEXT, "Municipio donde está el inmueble."),
        Column("department", "departamento", _TEXT, "Departamento donde está el inmueble."),
        Column("serves", "destino", _TEXT, "Centro o sede para el que se arrienda."),
        _PROGRAM,
        Column("use", "motivo", _TEXT, "Para qué se arrienda, como lo dice el documento; vacío si no consta."),
        Column("monthly_rent", "renta_mensual", _AMOUNT, "Renta de un mes, en quetzales; vacío si no consta."),
        Column("total", "monto_total", _AMOUNT, "Renta de todo el plazo, en quetzales; vacío si no consta."),
        *_TERM,
    ),
    PublicListing.CONVENTIONS: (
        Column("number", "numero", _TEXT, "Número de registro del convenio."),
        Column("kind", "clase", _CHOICE, "Clase de convenio.", tuple(ConventionKind)),
        Column("institutions", "institucion", _TEXT, "ONG, asociación u organismo; si son varios, separados por «; »."),
        Column("sectors", "sector", _CHOICE, "Sector de cada institución, en el mismo orden.", LISTED_SECTORS),
        Column("title", "objeto", _TEXT, "Objeto del convenio."),
        _PROGRAM,
        Column(
            "sosep_amount", "aporte_sosep", _AMOUNT,
            "Suma de los aportes de SOSEP que el convenio valora, en quetzales; vacío si no valora ninguno.",
        ),
        Column(
            "counterpart_amount", "aporte_contraparte", _AMOUNT,
            "Suma de los aportes de la contraparte que el convenio valora, en quetzales; vacío si no valora ninguno.",
        ),
        *_TERM,
    ),
}  # fmt: skip
"""The data dictionary: each listing's columns in their order. What is not here does not leave."""


async def listing_rows(listing: PublicListing, on: date) -> list[Row]:
    """Return the rows of a listing as they stand on a day, by number, as JSON keeps them.

    Listed is what binds: signed by all, and in force on some day of that day's year.
    """
    rows = await (_leases(on) if listing == PublicListing.LEASES else _conventions(on))
    return [{column.field: _kept(row[column.field]) for column in COLUMNS[listing]} for row in rows]


def _in_force_in(year: int) -> Q:
    first, last = date(year, 1, 1), date(year, 12, 31)
    ending = Q(Q(ends_on__isnull=True), Q(ends_on__gte=first), join_type="OR")
    lasting = Q(Q(terminated_on__isnull=True), Q(terminated_on__gt=first), join_type="OR")
    return Q(ending, lasting, stage__in=PERFECTED, starts_on__lte=last)


_SHARED = ("id", "number", "stage", "program", "term_months", "starts_on", "ends_on", "terminated_on", "source")


def _standing(row: Row, on: date) -> Standing:
    stage = AgreementStage(row["stage"])
    return standing(stage, row["starts_on"], row["ends_on"], row["terminated_on"], on=on)


async def _leases(on: date) -> list[Row]:
    rows = Lease.filter(_in_force_in(on.year), nature=LeaseNature.LEASE).order_by("number")
    found = await rows.values(
        *_SHARED, "form", "use", "monthly_rent", "total",
        municipality_code="municipality_id", municipality="municipality__name",
        department="municipality__department__name", center="center__name", office="office__name",
    )  # fmt: skip
    return [row | {"serves": row["center"] or row["office"] or "", "standing": _standing(row, on)} for row in found]


async def _conventions(on: date) -> list[Row]:
    listed = Institution.filter(sector__in=LISTED_SECTORS).values("id")
    further = ConventionParty.filter(institution_id__in=Subquery(listed)).values("convention_id")
    theirs = Q(institution_id__in=Subquery(listed)) | Q(id__in=Subquery(further))
    rows = await Convention.filter(theirs, _in_force_in(on.year)).order_by("number").values(*_SHARED, "kind", "title")
    found = []
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        ids = [row["id"] for row in some]
        parties, amounts = await parties_of(ids), await _amounts(ids)
        found += [row | _institutions(parties[row["id"]]) | amounts[row["id"]] for row in some]
    return [row | {"standing": _standing(row, on)} for row in found]


def _institutions(parties: Sequence[Party]) -> Row:
    """Name the parties that the law lists; of a company or a municipality beside them it lists nothing."""
    listed = [one for one in parties if one.sector in LISTED_SECTORS]
    return {"institutions": [one.name for one in listed], "sectors": [one.sector for one in listed]}


async def _amounts(ids: Sequence[int]) -> dict[int, Row]:
    """Return what each side's valued contributions come to, by convention."""
    found: dict[int, dict[str, Decimal | None]] = {
        one: {"sosep_amount": None, "counterpart_amount": None} for one in ids
    }
    valued = Commitment.filter(convention_id__in=ids, kind=CommitmentKind.CONTRIBUTION, amount__isnull=False)
    for row in await valued.values("convention_id", "party", "amount"):
        side = "sosep_amount" if row["party"] == Side.SOSEP else "counterpart_amount"
        sums = found[row["convention_id"]]
        sums[side] = (sums[side] or Decimal()) + row["amount"]
    return dict(found)


def _kept(value: Any) -> Any:
    """Return a value as JSON keeps it: dates as ISO 8601, amounts with two places, choices by their code."""
    if isinstance(value, list):
        return [_kept(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, date) else value


class ListingChangeKind(StrEnum):
    """What publishing anew does to a row."""

    ADDED = "ADDED"
    REMOVED = "REMOVED"
    CHANGED = "CHANGED"


@dataclass(frozen=True)
class RowChange:
    """A row that publishing would add, take away or change; `fields` are the columns that differ."""

    number: str
    change: ListingChangeKind
    before: Row
    after: Row
    fields: tuple[str, ...] = ()


def row_changes(before: Sequence[Row], after: Sequence[Row]) -> list[RowChange]:
    """Return what differs between two states of a listing, by number."""
    old, new = ({row["number"]: row for row in rows} for rows in (before, after))
    found = []
    for number in sorted(old.keys() | new.keys()):
        was, now = old.get(number, {}), new.get(number, {})
        differing = tuple(name for name in now if was.get(name) != now[name])
        if not was:
            found.append(RowChange(number, ListingChangeKind.ADDED, was, now))
        elif not now:
            found.append(RowChange(number, ListingChangeKind.REMOVED, was, now))
        elif differing:
            found.append(RowChange(number, ListingChangeKind.CHANGED, was, now, differing))
    return found


def holding_words(listing: PublicListing, rows: Sequence[Row], search: str | None) -> list[Row]:
    """Return the rows whose texts hold all words of a search, whatever accents and capitals."""
    words = folded(search).split()
    texts = [column.field for column in COLUMNS[listing] if column.kind == ColumnKind.TEXT]
    return [row for row in rows if not words or all(word in _words(row, texts) for word in words)]


def _words(row: Mapping[str, Any], texts: Sequence[str]) -> str:
    values = [row.get(name) or "" for name in texts]
    return folded(*("; ".join(value) if isinstance(value, list) else value for value in values))
