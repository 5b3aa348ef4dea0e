"""What happens in the centers of a large estate: months of attendance, visits, deeds, and who holds which office."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from tortoise.models import Model

from actions.people import system_user
from models.centers import Attendance, AttendanceCorrection, CenterEvent, CenterEventKind
from models.clock import now, today
from models.places import OfficeHolder
from models.supervision import FindingSeverity, SupervisionFinding, SupervisionVisit

MONTHS = 36
"""Months of attendance of each center, until the last whole one."""

Create = Callable[[type[Model], Iterable[Any]], Awaitable[None]]
"""What writes rows of a model in their order."""


async def fill_lives(first_center: int, centers: int, towns: list[str], create: Create) -> None:
    """Write what happened in the centers and towns of an estate."""
    by = (await system_user()).id
    first = await _next(Attendance)
    months = _last_months(MONTHS)
    attendance = list(_attendance(first_center, centers, months))
    await create(Attendance, attendance)
    await create(AttendanceCorrection, _corrections(first, attendance, by))
    visits = await _next(SupervisionVisit)
    await create(SupervisionVisit, _visits(first_center, centers, by))
    await create(SupervisionFinding, _findings(visits, centers))
    await create(CenterEvent, _events(first_center, centers, towns, by))
    await create(OfficeHolder, _mayors(towns))


async def _next(model: type[Model]) -> int:
    last: Any = await model.all().order_by("-id").first()
    return last.id + 1 if last else 1


def _last_months(many: int) -> list[date]:
    """Return the first days of the last whole months, oldest first."""
    index = today().year * 12 + today().month - 1
    return [date((index - back) // 12, (index - back) % 12 + 1, 1) for back in range(many, 0, -1)]


def _attendance(first_center: int, centers: int, months: list[date]) -> Iterable[Attendance]:
    """Yield every month of each center; one in twenty has not reported the last three, one in fifteen is too full."""
    for n in range(centers):
        known = months[:-3] if n % 20 == 13 else months
        total = 20 + n % 40 + 5 if n % 15 == 4 else 15 + n % 40
        for month in known:
            men = total * 2 // 5 - month.month % 3
            yield Attendance(
                center_id=first_center + n,
                month=month,
                men=men,
                women=total - men,
                recorded_on=month + timedelta(days=35),
            )


def _corrections(first: int, attendance: list[Attendance], by: int) -> Iterable[AttendanceCorrection]:
    """Yield a correction of every two hundredth month: there were two women more."""
    for n in range(0, len(attendance), 200):
        row = attendance[n]
        yield AttendanceCorrection(
            attendance_id=first + n,
            men_before=row.men,
            women_before=row.women - 2,
            men=row.men,
            women=row.women,
            reason="Faltaban dos personas en la hoja",
            corrected_on=min(row.month + timedelta(days=120), today()),
            corrected_by_id=by,
        )


VISITS = 2


def _visits(first_center: int, centers: int, by: int) -> Iterable[SupervisionVisit]:
    for n in range(centers):
        for turn in range(VISITS):
            yield SupervisionVisit(
                center_id=first_center + n,
                visited_on=today() - timedelta(days=20 + n % 150 + 180 * turn),
                supervisor_name="Ana López",
                summary="Visita de rutina",
                recorded_at=now(),
                recorded_by_id=by,
            )


def _findings(first: int, centers: int) -> Iterable[SupervisionFinding]:
    """Yield a finding for every second visit; one in eight of them is late."""
    for n in range(0, centers * VISITS, 2):
        center, turn = divmod(n, VISITS)
        visited = today() - timedelta(days=20 + center % 150 + 180 * turn)
        yield SupervisionFinding(
            visit_id=first + n,
            ordinal=1,
            text="Falta el botiquín",
            severity=FindingSeverity.MEDIUM,
            party="SOSEP",
            due_on=visited + timedelta(days=15),
            resolved_on=None if n % 16 == 0 else visited + timedelta(days=10),
        )


def _events(first_center: int, centers: int, towns: list[str], by: int) -> Iterable[CenterEvent]:
    """Yield a deed for every twelfth center of the last years, and the one by which a center stands still now."""
    for n in range(0, centers, 12):
        yield CenterEvent(
            center_id=first_center + n,
            kind=CenterEventKind.ENLARGEMENT,
            happened_on=today() - timedelta(days=30 + n),
            act=f"Acuerdo Interno {n}-2026",
            before={"capacity": 15 + n % 40},
            after={"capacity": 20 + n % 40},
            recorded_at=now(),
            recorded_by_id=by,
        )
    for n in range(29, centers, 30):
        closed = n % 60 == 59
        yield CenterEvent(
            center_id=first_center + n,
            kind=CenterEventKind.CLOSING if closed else CenterEventKind.SUSPENSION,
            happened_on=today() - timedelta(days=40 + n % 300),
            act=f"Acuerdo Interno {n}-2026",
            before={"state": "OPEN"},
            after={"state": "CLOSED" if closed else "SUSPENDED"},
            recorded_at=now(),
            recorded_by_id=by,
        )


def _mayors(towns: list[str]) -> Iterable[OfficeHolder]:
    """Yield the mayors of each town, a new one every four years; in one town in eight the last one came this year."""
    for n, town in enumerate(towns):
        takes = [date(year, 1, 15) for year in range(1992, today().year + 1, 4)]
        if n % 8 == 0:
            takes.append(today() - timedelta(days=60))
        for since, following in pairwise([*takes, None]):
            assert since
            yield OfficeHolder(
                municipality_id=town,
                name=f"Alcalde {n}-{since.year}",
                position="Alcalde Municipal",
                gender="M",
                since=since,
                until=following - timedelta(days=1) if following else None,
            )
