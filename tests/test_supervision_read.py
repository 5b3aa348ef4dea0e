"""What supervision found, as of a date: open on it, overdue on it, or mended by then."""

from datetime import date

import pytest

from models.people import Role
from models.signing import Side
from models.supervision import FindingSeverity
from reads.supervision import (
    FindingQuery,
    FindingState,
    VisitQuery,
    finding_page,
    overdue_findings,
    state_of,
    visit_page,
)
from tests import builders

pytestmark = [pytest.mark.usefixtures("db", "clock"), pytest.mark.both_databases]
ON = date(2026, 3, 2)


async def test_a_finding_is_open_and_overdue_as_of_the_date_asked() -> None:
    one, other = await builders.center("Uno"), await builders.center("Dos", at=builders.MIXCO)
    seen = await builders.visit(one, visited_on=date(2026, 1, 10))
    late = await builders.finding(seen, "Techo roto", due_on=date(2026, 2, 1))
    mended = await builders.finding(seen, "Sin agua", due_on=date(2026, 1, 20), resolved_on=date(2026, 2, 15))
    await builders.finding(seen, "Sin fecha")
    await builders.finding(seen, "Vence ese día", due_on=ON)
    far = await builders.finding(await builders.visit(other, visited_on=ON), "Lejos", due_on=date(2026, 2, 1))

    assert {key: [row["id"] for row in rows] for key, rows in (await overdue_findings(None, on=ON)).items()} == {
        one.id: [late.id],
        other.id: [far.id],
    }
    assert list(await overdue_findings([other.id], on=ON)) == [other.id]
    # Before it was mended it was overdue, before the visit nobody knew of it, and on its day it is not late yet.
    before = await overdue_findings([one.id, other.id], on=date(2026, 2, 14))
    assert [row["id"] for row in before[one.id]] == [mended.id, late.id]
    assert other.id not in before
    assert await overdue_findings([one.id], on=date(2026, 1, 20)) == {}
    assert await overdue_findings([], on=ON) == {}


async def test_lists_keep_to_their_filters_and_to_what_the_person_reaches() -> None:
    here, there = await builders.center("Aquí"), await builders.center("Allá", at=builders.MIXCO)
    seen = await builders.visit(here, visited_on=date(2026, 1, 10), supervisor_name="Élida Xol", act="Acta 3-2026")
    await builders.finding(seen, "Techo roto", due_on=date(2026, 2, 1), severity=FindingSeverity.HIGH)
    await builders.finding(seen, "Sin agua", party="COUNTERPART", resolved_on=date(2026, 2, 15))
    await builders.finding(seen, "Sin botiquín")
    await builders.finding(await builders.visit(there, visited_on=date(2026, 2, 20)), "Ajeno")
    mayor = await builders.person(Role.MUNICIPAL)
    auditor = await builders.person(Role.AUDITOR)

    async def found(query: FindingQuery, on: date = ON) -> list[str]:
        return [row["text"] for row in (await finding_page(mayor, query, on=on, first=50, after=None)).rows]

    assert await found(FindingQuery()) == ["Techo roto", "Sin agua", "Sin botiquín"]
    assert await found(FindingQuery(state=FindingState.OPEN)) == ["Techo roto", "Sin botiquín"]
    assert await found(FindingQuery(state=FindingState.OVERDUE)) == ["Techo roto"]
    assert await found(FindingQuery(state=FindingState.RESOLVED)) == ["Sin agua"]
    assert await found(FindingQuery(state=FindingState.RESOLVED), on=date(2026, 2, 14)) == []
    assert await found(FindingQuery(state=FindingState.OVERDUE), on=date(2026, 2, 1)) == []
    assert await found(FindingQuery(severity=FindingSeverity.HIGH, party=Side.SOSEP)) == ["Techo roto"]
    assert await found(FindingQuery(), on=date(2026, 1, 9)) == []
    assert await found(FindingQuery(center_code=there.code)) == []
    everything = await finding_page(auditor, FindingQuery(), on=ON, first=2, after=None)
    assert (len(everything.rows), everything.has_next, await everything.count()) == (2, True, 4)
    rest = await finding_page(auditor, FindingQuery(), on=ON, first=2, after=everything.cursor(everything.rows[-1]))
    assert [row["text"] for row in rest.rows] == ["Sin botiquín", "Ajeno"]

    async def visited(query: VisitQuery) -> list[int]:
        return [row["id"] for row in (await visit_page(auditor, query, on=ON, first=50, after=None)).rows]

    assert len(await visited(VisitQuery())) == 2
    assert await visited(VisitQuery(search="acta 3")) == [seen.id]
    assert await visited(VisitQuery(search="xol")) == [seen.id]
    assert await visited(VisitQuery(search="a%_")) == []
    assert await visited(VisitQuery(until=date(2026, 2, 1), municipality_code=builders.CHAMELCO)) == [seen.id]
    assert await visited(VisitQuery(since=date(2026, 2, 1), department_code="16")) == []


def test_the_state_of_a_row_is_what_the_filters_ask() -> None:
    for due, resolved, state in [
        (None, None, FindingState.OPEN),
        (ON, None, FindingState.OPEN),
        (date(2026, 3, 1), None, FindingState.OVERDUE),
        (date(2026, 3, 1), ON, FindingState.RESOLVED),
        (date(2026, 3, 1), date(2026, 3, 3), FindingState.OVERDUE),
        (None, date(2026, 3, 3), FindingState.OPEN),
    ]:
        assert state_of({"due_on": due, "resolved_on": resolved}, ON) == state
