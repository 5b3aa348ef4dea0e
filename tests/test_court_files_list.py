"""The list of court files: its filters, orders and search, one by its code, and the same statements for any number."""

from datetime import date
from typing import Any

import pytest

from models.court import CourtFile, CourtFileKind, CourtStage
from models.people import Role, User
from tests import builders, court
from tests.court import FILE
from tests.door import ask, id_of, made_up, person_id, told
from tests.test_centers_read import statements

LIST = """query ($filter: CourtFileFilter, $by: CourtFileOrder, $first: Int = 50, $after: String) {
    courtFiles(filter: $filter, orderBy: $by, first: $first, after: $after) {
    totalCount nodes { code lawyer { name } department { name } dates { title courtFile { code } } notices { summary }
    papers { title } documents { number } timeline { summary } } pageInfo { hasNextPage endCursor } } }"""
pytestmark = pytest.mark.usefixtures("db", "clock")


async def codes(person: Any, filter: Any = None, by: Any = None, **more: Any) -> list[str]:
    """Return the codes of a page; the count must agree when the page is the whole list."""
    page = (await told(person, LIST, filter=filter, by=by, **more))["courtFiles"]
    if not page["pageInfo"]["hasNextPage"] and "after" not in more:
        assert page["totalCount"] == len(page["nodes"])
    return [node["code"] for node in page["nodes"]]


@pytest.mark.both_databases
async def test_every_filter_and_order(db: Any) -> None:
    lawyer, auditor = await builders.person(Role.LEGAL), await builders.person(Role.AUDITOR)
    a = await builders.court_file(
        lawyer=lawyer, next_on=date(2026, 3, 9), opened_on=date(2025, 5, 5), search="jud maria nandu prestaciones"
    )
    b = await builders.court_file(
        CourtFileKind.COMPLAINT, court="Ministerio Público", next_on=date(2026, 3, 4), stage=CourtStage.IN_PROCEEDINGS
    )
    c = await builders.court_file(
        CourtFileKind.REINSTATEMENT, court="JUZGADO Décimo de Trabajo", stage=CourtStage.CLOSED,
        closed_on=date(2026, 2, 1), opened_on=date(2024, 1, 2),
    )  # fmt: skip
    for filter, expected in (
        (None, [b, a, c]),
        ({"branch": "LABOR"}, [a, c]),
        ({"branch": "ADMINISTRATIVE"}, []),
        ({"kind": ["COMPLAINT", "REINSTATEMENT"]}, [b, c]),
        ({"stage": ["CLOSED"]}, [c]),
        ({"open": True}, [b, a]),
        ({"open": False}, [c]),
        ({"lawyerId": person_id(lawyer)}, [a]),
        ({"withoutLawyer": True}, [b, c]),
        ({"court": "juzgado TRABAJÓ"}, [a, c]),
        ({"court": "decimo"}, [c]),
        ({"court": "Sala Quinta"}, []),
        ({"openedFrom": "2024-01-02", "openedTo": "2025-05-05"}, [a, c]),
        ({"nextFrom": "2026-03-05"}, [a]),
        ({"nextFrom": "2026-03-04", "nextTo": "2026-03-04"}, [b]),
        ({"search": "ÑANDÚ  maría"}, [a]),
        ({"search": "' OR 1=1--"}, []),
        ({"mine": True}, []),
    ):
        assert await codes(auditor, filter) == [one.code for one in expected], filter
    assert await codes(lawyer, {"mine": True, "open": True}) == [a.code]
    for by, expected in (
        ({"field": "NEXT_ON", "direction": "DESC"}, [a, b, c]),
        ({"field": "OPENED_ON"}, [c, a, b]),
        ({"field": "CODE", "direction": "DESC"}, [c, b, a]),
    ):
        assert await codes(auditor, None, by) == [one.code for one in expected], by


async def test_pages_go_on_where_they_ended() -> None:
    lawyer = await builders.person(Role.LEGAL)
    made = [await builders.court_file(next_on=date(2026, 3, 9) if n % 2 else None) for n in range(5)]
    seen, after = [], None
    for _ in range(3):
        page = (await told(lawyer, LIST, first=2, after=after))["courtFiles"]
        assert page["totalCount"] == 5
        seen += [node["code"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert seen == [one.code for one in (made[1], made[3], made[0], made[2], made[4])]
    for wrong in ({"first": 0}, {"first": 201}, {"after": "x"}):
        answer = await ask(lawyer, LIST, **wrong)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
    answer = await ask(lawyer, LIST, filter={"lawyerId": made_up("CourtFile:1")})
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


async def test_statements_do_not_grow_with_the_list() -> None:
    lawyer = await builders.person(Role.LEGAL)
    await grow(lawyer, 2)
    assert await told(lawyer, LIST)
    rows, few = await statements(lawyer, LIST, "courtFiles")
    await grow(lawyer, 10)
    assert rows == 2
    assert await statements(lawyer, LIST, "courtFiles") == (12, few)


async def grow(lawyer: User, number: int) -> None:
    """Add court files with one of everything that hangs on one."""
    town = await builders.department()
    for _ in range(number):
        file = await builders.court_file(lawyer=lawyer, department=town)
        await court.court_date(file)
        await court.notice(file, recorded_by=lawyer)
        await court.paper(file)
        await builders.paper(court_file=file, issued_by=lawyer)


async def test_one_file_with_all_that_hangs_on_it() -> None:
    auditor, lawyer = await builders.person(Role.AUDITOR), await builders.person(Role.LEGAL)
    file = await builders.court_file(
        claimants="Ana\nBeto", department=await builders.department(), lawyer=lawyer, source_note="Memoria"
    )
    await court.court_date(file, date(2026, 4, 1))
    await court.court_date(file, date(2026, 3, 9), at_time="08:00", title="Vista")
    await court.notice(file, due_on=date(2026, 2, 27))
    await court.paper(file, recorded_by=lawyer)
    issued = await builders.paper(court_file=file)

    shown = (await told(auditor, FILE, code=f" {file.code.lower()} "))["courtFile"]

    assert (shown["id"], shown["claimants"], shown["defendants"]) == (id_of(file), ["Ana", "Beto"], ["SOSEP"])
    assert (shown["department"]["name"], shown["lawyer"]["name"]) == ("Alta Verapaz", lawyer.name)
    assert [one["title"] for one in shown["dates"]] == ["Vista", "Junta conciliatoria"]
    assert [(one["overdue"], one["workingDaysLeft"]) for one in shown["notices"]] == [(True, -1)]
    assert [one["recordedBy"]["name"] for one in shown["papers"]] == [lawyer.name]
    assert shown["documents"] == [{"number": issued.number}]
    for missing in ("JUD-2020-9999", "x" * 500, "EXP-2026-0001"):
        assert (await told(auditor, FILE, code=missing))["courtFile"] is None
    assert await CourtFile.all().count() == 1
