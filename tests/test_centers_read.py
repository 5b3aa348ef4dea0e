"""What centers stand on and what is wrong with them on a date; and that a page costs the same for few and for many."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from models.agreements import AgreementStage, Convention, LeaseNature
from models.centers import Attendance, Center, CenterState, TenureBasis
from models.people import Role, User
from models.reviews import ReviewStage
from schema.context import Context
from schema.root import build_schema
from tests import builders, stages
from tests.conftest import FreshDatabase
from tests.door import contract, told

SCHEMA = build_schema()
STATUS, INBOX = contract("center-status"), contract("legal-inbox")
pytestmark = pytest.mark.usefixtures("db", "clock")


async def status(person: User, *, as_of: str | None = None, **filter: Any) -> dict[str, dict[str, Any]]:
    """Return the director's table by center code."""
    data = await told(person, STATUS, asOf=as_of, filter=filter or None)
    assert data["centers"]["totalCount"] == len(data["centers"]["nodes"])
    return {node["code"]: node for node in data["centers"]["nodes"]}


def codes(row: dict[str, Any]) -> list[str]:
    """Return the alarms of a center."""
    return [alarm["code"] for alarm in row["alarms"]]


@pytest.fixture
async def director(db: FreshDatabase, clock: object) -> User:
    """The director of Mis Años Dorados."""
    return await builders.person(Role.DIRECTOR)


async def test_one_center_is_told_whole(director: User) -> None:
    center = await builders.center(capacity=30)
    convention = await builders.convention(centers=[center])
    license = await builders.sanitary_license(center)
    await builders.attendance(center, date(2026, 1, 1), men=1, women=1)
    await builders.attendance(center, date(2026, 2, 1), men=10, women=25)
    await builders.attendance(center, date(2026, 4, 1), men=99, women=99)

    row = (await status(director))[center.code]

    assert row == {
        "code": center.code, "name": center.name, "kind": "CAD", "state": "OPEN",
        "municipality": {
            "code": "1610", "name": "San Juan Chamelco", "department": {"code": "16", "name": "Alta Verapaz"},
        },
        "attendance": {"month": "2026-02-01", "men": 10, "women": 25, "total": 35},
        "tenure": {
            "basis": "CONVENTION",
            "instrument": {"__typename": "Convention", "number": convention.number, "endsOn": "2026-03-31"},
            "endsOn": "2026-03-31", "daysLeft": 29,
        },
        "license": {"number": license.number, "expiresOn": "2027-06-30", "standing": "IN_FORCE"},
        "alarms": [
            {"code": "INSTRUMENT_EXPIRING", "severity": "WARNING", "message": f"{convention.number} vence en 29 días.",
             "since": "2025-12-31"},
            {"code": "OVER_CAPACITY", "severity": "WARNING", "since": "2026-02-01",
             "message": "Atiende a 35 personas y su capacidad es de 30."},
        ],
    }  # fmt: skip


async def test_what_a_center_stands_on(director: User) -> None:
    await builders.municipality()

    async def make(**more: Any) -> Center:
        return await builders.center(**more)

    both, ended, leased, own, owned_but_expired, owned_and_agreed, bare, assigned = [
        await make(premises=premises) for premises in (None, None, None, *[TenureBasis.OWN_BUILDING] * 3, None, None)
    ]
    expired = {"starts_on": date(2024, 1, 1), "ends_on": date(2025, 12, 31)}
    current = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
    # In force wins over what ended later than nothing, whatever its kind or its number.
    new = await builders.convention(centers=[both, owned_and_agreed], **current)
    await builders.lease(both, **expired)
    await builders.convention(centers=[both], **expired)
    await builders.convention(centers=[both], stage=AgreementStage.IN_REVIEW, starts_on=None, ends_on=None)
    old = await builders.convention(centers=[ended, owned_but_expired], **expired)
    await builders.convention(centers=[ended], starts_on=date(2023, 1, 1), ends_on=date(2023, 12, 31))
    lease = await builders.lease(leased)
    await builders.convention(centers=[leased], **expired)
    given = await builders.lease(assigned, nature=LeaseNature.PROPERTY_ASSIGNMENT, monthly_rent=None, ends_on=None)
    await builders.convention(centers=[bare], **current, terminated_on=date(2026, 2, 1))
    await builders.convention(centers=[bare], starts_on=date(2026, 3, 3), ends_on=date(2027, 3, 2))

    rows = await status(director)

    found = {
        code: (row["tenure"]["basis"], (row["tenure"]["instrument"] or {}).get("number")) for code, row in rows.items()
    }
    assert found == {
        both.code: ("CONVENTION", new.number),
        ended.code: ("CONVENTION", old.number),
        leased.code: ("LEASE", lease.number),
        assigned.code: ("PROPERTY_ASSIGNMENT", given.number),
        own.code: ("OWN_BUILDING", None),
        owned_but_expired.code: ("OWN_BUILDING", None),
        owned_and_agreed.code: ("CONVENTION", new.number),
        bare.code: ("NONE_ON_RECORD", None),
    }
    assert rows[ended.code]["tenure"]["daysLeft"] == -61
    assert "INSTRUMENT_EXPIRED" in codes(rows[ended.code])
    never = ["LICENSE_MISSING", "ATTENDANCE_NOT_REPORTED"]
    assert codes(rows[bare.code]) == ["NO_INSTRUMENT_ON_RECORD", *never]
    assert codes(rows[own.code]) == codes(rows[owned_but_expired.code]) == never
    assert rows[bare.code]["alarms"][0]["message"] == "Sin convenio ni arrendamiento en registro; por verificar."
    assert "ilegal" not in str(rows).lower()


async def test_the_table_of_another_day(director: User) -> None:
    center = await builders.center(capacity=10)
    await builders.convention(centers=[center])
    await builders.sanitary_license(center)
    await builders.attendance(center, date(2026, 2, 1))

    unreported = "ATTENDANCE_NOT_REPORTED"
    for on, basis, days, alarms in [
        ("2025-03-31", "NONE_ON_RECORD", None, ["NO_INSTRUMENT_ON_RECORD", "LICENSE_MISSING", unreported]),
        ("2025-04-01", "CONVENTION", 364, ["LICENSE_MISSING", unreported]),
        ("2025-07-01", "CONVENTION", 273, [unreported]),
        ("2025-12-30", "CONVENTION", 91, [unreported]),
        ("2025-12-31", "CONVENTION", 90, ["INSTRUMENT_EXPIRING", unreported]),
        ("2026-02-28", "CONVENTION", 31, ["INSTRUMENT_EXPIRING", "OVER_CAPACITY"]),
        ("2026-03-31", "CONVENTION", 0, ["INSTRUMENT_EXPIRING", "OVER_CAPACITY"]),
        ("2026-04-01", "CONVENTION", -1, ["INSTRUMENT_EXPIRED", "OVER_CAPACITY"]),
        ("2026-04-30", "CONVENTION", -30, ["INSTRUMENT_EXPIRED", "OVER_CAPACITY"]),
        ("2026-05-01", "CONVENTION", -31, ["INSTRUMENT_EXPIRED", "OVER_CAPACITY", unreported]),
        ("2027-04-01", "CONVENTION", -366, ["INSTRUMENT_EXPIRED", "LICENSE_EXPIRING", "OVER_CAPACITY", unreported]),
        ("2027-07-01", "CONVENTION", -457, ["INSTRUMENT_EXPIRED", "LICENSE_EXPIRED", "OVER_CAPACITY", unreported]),
        ("0001-01-01", "NONE_ON_RECORD", None, ["NO_INSTRUMENT_ON_RECORD", "LICENSE_MISSING", unreported]),
        ("9999-12-31", "CONVENTION", None, ["INSTRUMENT_EXPIRED", "LICENSE_EXPIRED", "OVER_CAPACITY", unreported]),
    ]:
        row = (await status(director, as_of=on))[center.code]
        assert row["tenure"]["basis"] == basis, on
        assert on == "9999-12-31" or row["tenure"]["daysLeft"] == days, on
        assert codes(row) == alarms, on
        assert row["attendance"] is None or on >= "2026-02-01"


@pytest.mark.parametrize(
    ("on", "words"),
    [("2026-03-30", "vence en 1 día."), ("2026-03-31", "vence hoy."), ("2026-04-01", "venció hace 1 día."),
     ("2026-04-02", "venció hace 2 días.")],
)  # fmt: skip
async def test_alarms_say_how_long(director: User, on: str, words: str) -> None:
    center = await builders.center()
    convention = await builders.convention(centers=[center])

    row = (await status(director, as_of=on))[center.code]

    assert row["alarms"][0]["message"] == f"{convention.number} {words}"


async def test_a_closed_center_raises_no_alarm(director: User) -> None:
    closed = await builders.center(state=CenterState.CLOSED)
    await builders.center()

    rows = await status(director)

    assert codes(rows[closed.code]) == []
    assert set(await status(director, alarm=["NO_INSTRUMENT_ON_RECORD"])) == set(rows) - {closed.code}
    assert set(await status(director, state=["CLOSED"])) == {closed.code}


async def test_the_table_is_narrowed_by_alarm_tenure_and_the_rest(director: User) -> None:
    await builders.places()
    fine, expiring, bare = [await builders.center(name, search=name) for name in ("bueno", "por vencer", "sin nada")]
    cap = await builders.center("permanente", kind="CAP", at="1601", premises=TenureBasis.OWN_BUILDING)
    await builders.convention(centers=[fine], starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
    await builders.convention(centers=[expiring])
    for center in (fine, expiring, bare, cap):
        await builders.sanitary_license(center)

    for wanted, found in [
        ({"alarm": ["INSTRUMENT_EXPIRING"]}, {expiring}),
        ({"alarm": ["INSTRUMENT_EXPIRING", "NO_INSTRUMENT_ON_RECORD"]}, {expiring, bare}),
        ({"alarm": ["LICENSE_EXPIRED"]}, set()),
        ({"tenure": ["CONVENTION"]}, {fine, expiring}),
        ({"tenure": ["NONE_ON_RECORD", "OWN_BUILDING"]}, {bare, cap}),
        ({"tenure": ["CONVENTION"], "alarm": ["NO_INSTRUMENT_ON_RECORD"]}, set()),
        ({"kind": ["CAP"]}, {cap}),
        ({"municipalityCode": "1601"}, {cap}),
        ({"departmentCode": "16"}, {fine, expiring, bare, cap}),
        ({"departmentCode": "01"}, set()),
        ({"program": "HC"}, set()),
        ({"search": "VENCER por"}, {expiring}),
        ({"search": "%"}, set()),
        ({"search": "' OR 1=1--"}, set()),
    ]:
        assert set(await status(director, **wanted)) == {center.code for center in found}, wanted
    # The alarms and tenures asked for are those of the date.
    page = await told(director, '{ centers(asOf: "2027-01-15", filter: {alarm: [INSTRUMENT_EXPIRED]}) { totalCount } }')
    assert page["centers"]["totalCount"] == 2


CENTER_STATUS = 23
"""Statements of the director's table: later deeds, page, count, place, attendance, what each stands on, licenses."""
CENTER_STATUS_BY_ALARM = 37
"""The same, after the alarms of all centers in reach have been looked at."""
LEGAL_INBOX = 9
"""Statements of the lawyer's inbox: page, count, holidays, people, subjects, places, latest papers."""

# What a page costs ---------------------------------------------------------------------------------------------------


class Statements(logging.Handler):
    """Keeps the SQL that Tortoise runs."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.kept: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(record.getMessage())


@contextmanager
def counting() -> Iterator[list[str]]:
    """Count the statements of a block."""
    logger, handler = logging.getLogger("tortoise.db_client"), Statements()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield handler.kept
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


async def statements(person: User, text: str, path: str, **variables: Any) -> tuple[int, int]:
    """Return how many rows a page has and how many statements it took, counted at the database client."""
    with counting() as kept:
        result = await SCHEMA.execute(text, variable_values=variables, context_value=Context(actor=person))
    assert not result.errors, result.errors
    assert result.data
    return len(result.data[path]["nodes"]), len(kept)


async def many_centers(count: int) -> None:
    """Make centers in several towns, each with convention or lease, license and attendance."""
    await builders.places()
    for one in range(count):
        center = await builders.center(f"Centro {one}", at=("1610", "1601", "0108")[one % 3], capacity=20)
        if one % 3:
            await builders.convention(at=("1610", "1601", "0108")[one % 3], centers=[center])
        else:
            await builders.lease(center)
        await builders.sanitary_license(center)
        await Attendance.create(center=center, month=date(2026, 2, 1), men=10, women=20)


@pytest.mark.both_databases
async def test_a_table_of_sixty_centers_costs_what_three_cost(db: FreshDatabase) -> None:
    director = await builders.person(Role.DIRECTOR)
    await many_centers(3)
    few = await statements(director, STATUS, "centers")
    await many_centers(57)
    many = await statements(director, STATUS, "centers")
    narrowed = await statements(director, STATUS, "centers", filter={"alarm": ["INSTRUMENT_EXPIRING"]})

    print(f"center-status: {few[1]} statements for {few[0]} centers, {many[1]} for {many[0]}, {narrowed[1]} by alarm")
    assert (few[0], many[0]) == (3, 60)
    assert few[1] == many[1] == CENTER_STATUS
    assert narrowed[1] == CENTER_STATUS_BY_ALARM


@pytest.mark.both_databases
async def test_an_inbox_of_fifty_files_costs_what_three_cost(db: FreshDatabase) -> None:
    head = await builders.person(Role.LEGAL_HEAD)

    async def fill(count: int) -> None:
        for one in range(count):
            at = ("1610", "1601", None)[one % 3]
            more = {} if at else {"institution": await builders.institution(f"Fundación {one}-{count}")}
            of: Convention = await builders.convention(at=at, stage=AgreementStage.IN_REVIEW, **more)
            lawyer = await builders.person(Role.LEGAL)
            review = await stages.file_in(
                ReviewStage.IN_ANALYSIS, of=of, assignee=lawyer, requested_by=lawyer, due_on=date(2026, 3, 9)
            )
            await stages.dictamen(review, issued_by=lawyer)

    await fill(3)
    few = await statements(head, INBOX, "legalReviews")
    await fill(47)
    many = await statements(head, INBOX, "legalReviews")

    print(f"legal-inbox: {few[1]} statements for {few[0]} files, {many[1]} for {many[0]}")
    assert (few[0], many[0]) == (3, 50)
    assert few[1] == many[1] == LEGAL_INBOX
