"""What a center is bound by: the conventions and leases in force on a date, and those made for where it is."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from tortoise.expressions import Q

from models.agreements import AgreementStage, Convention, Lease, LeaseNature, last_in_force
from models.centers import Center, CenterEventKind
from models.people import User
from models.permissions import within
from reads.agreement_history import agreements_past
from reads.agreements import CONVENTION, LEASE
from reads.center_history import months_after
from reads.paging import Row
from reads.tenure import LIVE


async def agreements_in_force(ids: Sequence[int], actor: User, *, on: date) -> dict[int, list[tuple[str, Row]]]:
    """Return the conventions and leases in reach that are in force for each center on a date, with their type."""
    found: dict[int, list[tuple[str, Row]]] = defaultdict(list)
    live = (await agreements_past(Convention, on=on)).standing_is(*LIVE)
    conventions = Convention.filter(within(Convention, actor), live, centers__id__in=ids).order_by("id")
    for row in await conventions.values(*CONVENTION, center="centers__id"):
        found[row["center"]].append(("Convention", row))
    live = (await agreements_past(Lease, on=on)).standing_is(*LIVE)
    for row in await Lease.filter(within(Lease, actor), live, center_id__in=ids).order_by("id").values(*LEASE):
        found[row["center_id"]].append(("Lease", row))
    return found


async def bound_to_place(center: Center, since: date) -> str:
    """Name an agreement that was made for a center where it is, asked for or begun since a day; empty without one."""
    made = Q(Q(requested_on__gte=since), Q(starts_on__gte=since), join_type="OR")
    here = {"municipality_id": center.municipality_id}
    convention = Convention.filter(made, centers__id=center.id, **here).exclude(stage=AgreementStage.WITHDRAWN)
    if covers := await convention.order_by("id").first():
        return covers.in_words()
    lease = Lease.filter(made, center_id=center.id, **here).exclude(stage=AgreementStage.WITHDRAWN)
    serves = await lease.order_by("id").first()
    return serves.in_words() if serves else ""


async def warnings_of(deed: Row, actor: User) -> list[str]:
    """Say in Spanish what a center's closing leaves open: agreements in force for it, months reported after it."""
    if deed["kind"] != CenterEventKind.CLOSING or deed["annulled_on"]:
        return []
    center, day = deed["center_id"], deed["happened_on"]
    found = [
        _still_binds(kind, row) for kind, row in (await agreements_in_force([center], actor, on=day)).get(center, [])
    ]
    if months := await months_after(center, day):
        listed = f"de {months[0]:%m/%Y}" + (f" a {months[-1]:%m/%Y}" if len(months) > 1 else "")
        found.append(f"Hay asistencia informada después del cierre, {listed}: revise cuál dato es cierto.")
    return found


def _still_binds(kind: str, row: Row) -> str:
    last = last_in_force(row["ends_on"], row["terminated_on"])
    until = f"hasta el {last:%d/%m/%Y}" if last else "sin fecha de vencimiento"
    if kind == "Convention":
        named, end_it = "El convenio", "termínelo"
    elif row["nature"] == LeaseNature.LEASE:
        named, end_it = "El arrendamiento", "termínelo"
    else:
        named, end_it = "La adscripción", "termínela"
    return f"{named} {row['number']} rige {until}: {end_it} si el centro ya no lo necesita."
