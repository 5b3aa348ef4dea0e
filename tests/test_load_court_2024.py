"""Asked for 2 January to 7 November 2024, the loaded system gives back Tablas 13 and 15 line by line, from records."""

from collections import Counter
from datetime import date
from typing import Any

import pytest

from actions.catalogs import load_catalogs
from actions.demo_people import load_demo_people
from actions.derived_2024 import PERIOD
from actions.load_2024 import load_2024
from actions.people import system_user
from models.audit import AuditEntry, Verb
from models.centers import Source
from models.clock import today
from models.court import BRANCH_OF, CourtDate, CourtFile, CourtNotice, CourtStage
from models.papers import Series
from models.people import Role, User
from reads.calendar import working_calendar
from tests.builders import person
from tests.door import told
from workflows.reminders import remind_of_court_dates

COUNTS = """query ($from: Date, $to: Date, $branch: CourtBranch) {
    notices: courtNotices(filter: { branch: $branch, receivedFrom: $from, receivedTo: $to }) { totalCount }
    files: courtFiles(filter: { branch: $branch, openedFrom: $from, openedTo: $to }) { totalCount } }"""
LINE = """query ($from: Date, $to: Date, $kind: CourtFileKind!) {
    files: courtFiles(filter: { kind: [$kind], openedFrom: $from, openedTo: $to }) { totalCount } }"""
WHEN = {"from": "2024-01-02", "to": "2024-11-07"}


@pytest.fixture
async def loaded(db: Any, clock: Any) -> User:
    """Load catalogs, demo people and the data of 2024; return the engine's account, which did it."""
    engine = await system_user()
    await load_catalogs(actor=engine)
    await load_demo_people(actor=engine, password_hash="not a hash")
    await load_2024(actor=engine)
    return engine


@pytest.mark.both_databases
async def test_tables_13_and_15_come_from_records(loaded: User) -> None:
    auditor = await User.get(email="auditoria@demo.example")
    for branch, notices, files in (("LABOR", 1400, 875), ("CRIMINAL", 3, 63), ("ADMINISTRATIVE", 0, 0)):
        found = await told(auditor, COUNTS, **WHEN, branch=branch)
        assert (found["notices"]["totalCount"], found["files"]["totalCount"]) == (notices, files)
    for kind, count in (
        ("REINSTATEMENT", 361), ("ORDINARY_SUIT", 117), ("CAREGIVER_CLAIM", 119), ("LABOR_TERMINATION", 278),
        ("COMPLAINT", 36), ("CRIMINAL_CASE", 27),
    ):  # fmt: skip
        assert (await told(auditor, LINE, **WHEN, kind=kind))["files"]["totalCount"] == count, kind
    assert (1400 + 875, 3 + 63) == (2275, 66)
    # Half of the period holds fewer: they are dated, not counted.
    half = await told(auditor, COUNTS, **WHEN | {"to": "2024-06-04"}, branch="LABOR")
    assert 600 < half["notices"]["totalCount"] < 800
    assert 380 < half["files"]["totalCount"] < 500


async def test_the_files_are_dated_coded_and_shared(loaded: User) -> None:
    files = await CourtFile.all().order_by("code")
    assert [file.code for file in files] == [f"JUD-2024-{n:04d}" for n in range(1, 939)]
    assert [file.opened_on for file in files] == sorted(file.opened_on for file in files)
    assert {file.source for file in files} == {Source.DEMO}
    assert all(file.branch == BRANCH_OF[file.kind] for file in files)
    calendar = await working_calendar()
    for file in files:
        assert PERIOD[0] <= file.opened_on <= PERIOD[1]
        assert calendar.is_working(file.opened_on)
        assert (file.closed_on is not None) == (file.outcome != "") == (file.stage == CourtStage.CLOSED)
        assert file.closed_on is None or file.opened_on <= file.closed_on <= PERIOD[1]
        assert file.court == "No consta en el informe"
        assert file.claimants != file.defendants
    shares = Counter(file.lawyer_id for file in files)
    assert (len(shares), max(shares.values()) - min(shares.values())) == (3, 1)
    stages = Counter(file.stage for file in files)
    assert set(stages) == set(CourtStage)
    assert stages[CourtStage.CLOSED] > 600
    assert Counter(file.source_note for file in files)["Tabla 13, l.1414"] == 361
    assert (await Series.get(kind="EXPEDIENTE_JUDICIAL", year=2024)).value == 938


async def test_dates_lie_around_the_day_of_loading(loaded: User) -> None:
    dates = await CourtDate.all().select_related("court_file").order_by("on_date")
    assert len(dates) == 14
    assert [one.on_date < today() for one in dates] == [True] + [False] * 13
    assert max(one.on_date for one in dates) < date(2026, 5, 1)
    for one in dates:
        assert one.court_file.stage == CourtStage.IN_PROCEEDINGS
        assert one.court_file.next_on == one.on_date
        assert one.settled_on is None
    assert await CourtFile.filter(next_on__not_isnull=True).count() == 14
    assert await remind_of_court_dates() > 3


async def test_notices_lie_on_files_that_had_begun(loaded: User) -> None:
    notices = await CourtNotice.all().select_related("court_file").order_by("id")
    assert len(notices) == 1403
    assert sum(one.court_file is None for one in notices) < 10
    for one in notices:
        assert PERIOD[0] <= one.received_on <= PERIOD[1]
        assert one.court_file is None or one.court_file.opened_on <= one.received_on
        assert one.court_file is None or one.court_file.branch == one.branch
        assert one.answered_on is None or one.received_on <= one.answered_on <= PERIOD[1]
    assert sum(one.answered_on is None for one in notices) == 9
    assert {one.due_on for one in notices} == {None}


async def test_every_load_of_a_day_gives_the_same_and_twice_adds_nothing(loaded: User) -> None:
    facts = ("code", "kind", "stage", "opened_on", "closed_on", "next_on", "lawyer_id")
    before = await CourtFile.all().order_by("code").values(*facts)
    entries = await AuditEntry.all().count()
    assert (await load_2024(actor=loaded)).added == {}
    assert await AuditEntry.all().count() == entries
    assert await CourtFile.all().order_by("code").values(*facts) == before
    deed = await AuditEntry.filter(verb=Verb.LOAD_2024, subject_type="CourtFile").get()
    assert "938 expedientes judiciales" in deed.summary


async def test_without_demo_people_nobody_carries_them(db: Any, clock: Any) -> None:
    engine = await system_user()
    await load_catalogs(actor=engine)
    await person(Role.LEGAL)
    await load_2024(actor=engine)
    assert not await CourtFile.exists(lawyer_id__not_isnull=True)
