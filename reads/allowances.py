"""What SOSEP allows a Hogar Comunitario or CADI: the dated table of rates, and what it comes to for so many children.

Outside the table nothing is guessed: what it does not say is told in words (FINDINGS F-19, F-20).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tortoise.expressions import Q

from models.centers import Center, CenterKind
from models.contributions import AllowanceBasis, AllowancePeriod, AllowanceRate
from models.people import User
from models.permissions import within
from reads.attendance import attendance_by_center
from reads.matching import exactly
from reads.paging import Row

RATE = (
    "id", "item", "item_label", "children_min", "children_max", "amount", "basis", "period", "is_ceiling", "since",
    "until", "source",
)  # fmt: skip
"""Columns that the API shows of a rate."""

KINDS = (CenterKind.HOGAR_COMUNITARIO, CenterKind.CADI)
"""Kinds of centers that these rates are for."""

ASK = "pregunte a la Dirección de Hogares Comunitarios"


@dataclass(frozen=True)
class Line:
    """One rate as it applies: for how many centers, children or caregivers it is given, and what that comes to."""

    rate: Row
    units: int

    @property
    def total(self) -> Decimal:
        """Quetzales a month, a day or once, as the rate says."""
        amount: Decimal = self.rate["amount"]
        return amount * self.units


@dataclass(frozen=True)
class Allowance:
    """What is allowed on a date for so many children and caregivers; `gaps` say in words what is left out, and why."""

    on: date
    children: int
    caregivers: int | None
    lines: list[Line]
    gaps: list[str] = field(default_factory=list)
    month: date | None = None
    """The month whose attendance gave the children, when it was asked for a center."""

    def total(self, period: AllowancePeriod) -> Decimal:
        """Return the quetzales of all lines of a period, ceilings included."""
        return sum((line.total for line in self.lines if line.rate["period"] == period), Decimal("0.00"))

    @property
    def daily_per_child(self) -> Decimal:
        """Quetzales a day for each child."""
        daily = (one.rate for one in self.lines if one.rate["period"] == AllowancePeriod.DAY)
        return sum((rate["amount"] for rate in daily if rate["basis"] == AllowanceBasis.CHILD), Decimal("0.00"))


def in_force(on: date) -> Q:
    """Return the condition that a rate applies on a day."""
    return Q(Q(until__isnull=True), Q(until__gte=on), join_type="OR") & Q(since__lte=on)


async def rates(*, on: date | None = None, item: str | None = None) -> list[Row]:
    """Return the rates by item and bracket, the latest first within one; those of one day, or all there ever were."""
    found = AllowanceRate.filter(in_force(on)) if on else AllowanceRate.all()
    if item:
        found = found.filter(exactly(AllowanceRate, "item", item))
    return sorted(await found.values(*RATE), key=_place)


def _place(rate: Row) -> tuple[str, int, int]:
    return rate["item_label"], rate["children_min"] or 0, -rate["since"].toordinal()


async def rates_by_id(ids: Sequence[int], actor: User) -> dict[int, Row]:
    """Return rates by id; they are no secret."""
    return {row["id"]: row for row in await AllowanceRate.filter(id__in=ids).values(*RATE)}


async def allowance_for(children: int, caregivers: int | None, *, on: date) -> Allowance:
    """Return what is allowed on a date for so many children and caregivers."""
    return allowance_of(await rates(on=on), children, caregivers, on=on)


async def allowance_by_center(
    ids: Sequence[int], actor: User, *, on: date, caregivers: int | None
) -> dict[int, Allowance]:
    """Return what each Hogar Comunitario or CADI in reach is allowed on a date, by the children of its last month.

    Centers of other kinds, and those that never reported attendance, have none.
    """
    mine = Center.filter(within(Center, actor), id__in=ids, kind__in=list(KINDS))
    centers = [row["id"] for row in await mine.values("id")]
    attended = await attendance_by_center(centers, actor, on=on)
    if not attended:
        return {}
    table = await rates(on=on)
    return {
        center: allowance_of(table, row["men"] + row["women"], caregivers, on=on, month=row["month"])
        for center, row in attended.items()
    }


def allowance_of(
    table: Iterable[Row], children: int, caregivers: int | None, *, on: date, month: date | None = None
) -> Allowance:
    """Apply the rates of a day, already chosen, to so many children and caregivers."""
    items: dict[str, list[Row]] = defaultdict(list)
    for rate in table:
        items[rate["item"]].append(rate)
    made = Allowance(on, children, caregivers, [], month=month)
    if not items:
        made.gaps.append(f"No consta ninguna asignación que rija el {on:%d/%m/%Y}.")
    unsaid = []
    for brackets in items.values():
        rate = next((one for one in brackets if holds(one, children)), {})
        if not rate:
            made.gaps.append(_outside(brackets, children))
        elif rate["basis"] == AllowanceBasis.CAREGIVER and caregivers is None:
            unsaid.append(rate["item_label"])
        else:
            made.lines.append(Line(rate, _units(rate["basis"], children, caregivers or 0)))
    if unsaid:
        made.gaps.append(f"Sin el número de madres cuidadoras no se calcula: {', '.join(unsaid)}.")
    return made


def holds(rate: Row, children: int) -> bool:
    """Tell whether a rate's bracket holds a number of children; one without limits holds every number."""
    least, most = rate["children_min"], rate["children_max"]
    return (least is None or least <= children) and (most is None or children <= most)


def bracket_in_words(least: int | None, most: int | None) -> str:
    """Say a bracket: «de 13 a 20 niñas y niños», «51 o más», «para cualquier número»."""
    if least is None and most is None:
        return "para cualquier número de niñas y niños"
    if most is None:
        return f"de {least} o más niñas y niños"
    return f"de {least or 0} a {most} niñas y niños"


def _units(basis: AllowanceBasis, children: int, caregivers: int) -> int:
    return {AllowanceBasis.CENTER: 1, AllowanceBasis.CHILD: children, AllowanceBasis.CAREGIVER: caregivers}[basis]


def _outside(brackets: Sequence[Row], children: int) -> str:
    label = brackets[0]["item_label"]
    least = min(rate["children_min"] or 0 for rate in brackets)
    most = max(rate["children_max"] or 0 for rate in brackets)
    if children < least:
        said = f"la tabla empieza en {least} niñas y niños y aquí son {children}"
    elif children > most:
        said = f"la tabla llega a {most} niñas y niños y aquí son {children}"
    else:
        said = f"la tabla no dice nada para {children} niñas y niños"
    return f"{label}: {said}. No se calcula; {ASK}."
