"""Centers as they were on a date: their deeds after it are undone, whatever is asked of them."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from actions.center_events import Deed, annul_center_event, record_center_event
from actions.centers import NewCenter, open_center
from models.centers import POSSIBLE_IN, Center, CenterEventKind, CenterKind, CenterState, TenureBasis
from models.people import Role, User
from reads.center_history import centers_on, counting_deeds
from reads.centers import CENTER
from tests import builders
from tests.conftest import FreshDatabase
from tests.door import contract, told

pytestmark = [pytest.mark.usefixtures("db", "clock"), pytest.mark.both_databases]

LIST = """query ($asOf: Date, $filter: CenterFilter) { centers(asOf: $asOf, filter: $filter) { totalCount
    nodes { code state capacity settlement address municipality { code } tenure { basis } } } }"""
ONE = "query ($asOf: Date, $code: String!) { center(code: $code, asOf: $asOf) { state capacity settlement } }"
Kind = CenterEventKind


async def deed(of: Center, kind: Kind, on: str, **changes: Any) -> None:
    """Note a deed that changes these columns, in the center too."""
    before = {name: getattr(of, name) for name in changes}
    await builders.center_event(
        of,
        kind,
        happened_on=date.fromisoformat(on),
        before={name: value.isoformat() if isinstance(value, date) else value for name, value in before.items()},
        after=changes,
    )
    parsed = {name: date.fromisoformat(value) if name == "state_since" else value for name, value in changes.items()}
    await of.update_from_dict(parsed).save()


@pytest.fixture
async def admin(db: FreshDatabase, clock: object) -> User:
    """Somebody who sees every center."""
    await builders.places()
    return await builders.person(Role.ADMIN)


@pytest.fixture
async def lived(admin: User) -> Center:
    """A center that was opened, suspended, opened again, enlarged twice, moved to another municipality and closed."""
    center = await builders.center(capacity=30, settlement="zona 1", search="casa san juan chamelco alta verapaz")
    center.state_since = date(2020, 1, 15)
    await deed(center, Kind.OPENING, "2020-01-15")
    await deed(center, Kind.SUSPENSION, "2021-03-01", state="SUSPENDED", state_since="2021-03-01")
    await deed(center, Kind.REOPENING, "2021-09-01", state="OPEN", state_since="2021-09-01")
    await deed(center, Kind.ENLARGEMENT, "2022-01-01", capacity=40)
    await deed(center, Kind.ENLARGEMENT, "2022-01-01", capacity=50)
    moved = {"municipality_id": builders.MIXCO, "settlement": "", "address": "4a calle", "search": "casa mixco"}
    await deed(center, Kind.MOVE, "2023-06-01", **moved)
    await deed(center, Kind.CLOSING, "2025-01-01", state="CLOSED", state_since="2025-01-01")
    return center


async def seen(person: User, as_of: str | None, **filter: Any) -> list[str]:
    """Return the codes that the list of a date holds, having compared it with its count."""
    found = (await told(person, LIST, asOf=as_of, filter=filter or None))["centers"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["code"] for node in found["nodes"]]


async def test_each_kind_of_deed_is_undone_before_its_day_and_holds_on_it(admin: User, lived: Center) -> None:
    for on, state, capacity, town, settlement in [
        ("2020-01-15", "OPEN", 30, builders.CHAMELCO, "zona 1"),
        ("2021-02-28", "OPEN", 30, builders.CHAMELCO, "zona 1"),
        ("2021-03-01", "SUSPENDED", 30, builders.CHAMELCO, "zona 1"),
        ("2021-08-31", "SUSPENDED", 30, builders.CHAMELCO, "zona 1"),
        ("2021-09-01", "OPEN", 30, builders.CHAMELCO, "zona 1"),
        ("2021-12-31", "OPEN", 30, builders.CHAMELCO, "zona 1"),
        ("2022-01-01", "OPEN", 50, builders.CHAMELCO, "zona 1"),
        ("2023-05-31", "OPEN", 50, builders.CHAMELCO, "zona 1"),
        ("2023-06-01", "OPEN", 50, builders.MIXCO, ""),
        ("2024-12-31", "OPEN", 50, builders.MIXCO, ""),
        ("2025-01-01", "CLOSED", 50, builders.MIXCO, ""),
        (None, "CLOSED", 50, builders.MIXCO, ""),
    ]:
        (node,) = (await told(admin, LIST, asOf=on))["centers"]["nodes"]
        place = (node["municipality"]["code"], node["settlement"], node["address"])
        assert (node["state"], node["capacity"], *place) == (
            state, capacity, town, settlement, "4a calle" if town == builders.MIXCO else "",
        ), on  # fmt: skip
        one = (await told(admin, ONE, asOf=on, code=lived.code))["center"]
        assert one == {"state": state, "capacity": capacity, "settlement": settlement}
    assert await seen(admin, "2020-01-14") == []
    assert (await told(admin, ONE, asOf="2020-01-14", code=lived.code))["center"] is None
    assert await seen(admin, "0001-01-01") == []


async def test_filters_are_those_of_the_date(admin: User, lived: Center) -> None:
    other = await builders.center("Otro", at=builders.MIXCO, search="otro mixco", code="OTRO")
    for on, filter, codes in [
        ("2023-05-31", {"municipalityCode": builders.CHAMELCO}, [lived.code]),
        ("2023-05-31", {"municipalityCode": builders.MIXCO}, [other.code]),
        ("2023-06-01", {"municipalityCode": builders.MIXCO}, [lived.code, other.code]),
        ("2023-06-01", {"municipalityCode": builders.CHAMELCO}, []),
        ("2023-05-31", {"departmentCode": "16"}, [lived.code]),
        ("2023-05-31", {"departmentCode": "01"}, [other.code]),
        ("2021-03-01", {"state": ["SUSPENDED"]}, [lived.code]),
        ("2021-03-01", {"state": ["OPEN"]}, [other.code]),
        ("2021-09-01", {"state": ["OPEN"]}, [lived.code, other.code]),
        ("2021-09-01", {"state": ["CLOSED"]}, []),
        (None, {"state": ["CLOSED"]}, [lived.code]),
        ("2023-05-31", {"search": "Chamelco"}, [lived.code]),
        ("2023-05-31", {"search": "mixco"}, [other.code]),
        ("2023-06-01", {"search": "CASA mixco"}, [lived.code]),
        ("2023-05-31", {"search": "  "}, [lived.code, other.code]),
        ("2023-05-31", {"tenure": ["NONE_ON_RECORD"], "departmentCode": "16"}, [lived.code]),
    ]:
        assert await seen(admin, on, **filter) == codes, (on, filter)


async def test_what_was_noted_by_mistake_counts_for_nothing_on_any_day(admin: User) -> None:
    center = await builders.center(capacity=30)
    undone = {"annulled_on": date(2026, 3, 1), "annulled_reason": "Era otro centro", "annulled_by": admin}
    await builders.center_event(center, Kind.CLOSING, happened_on=date(2026, 2, 1), before={"state": "OPEN"}, **undone)
    await builders.center_event(center, Kind.OPENING, happened_on=date(2026, 1, 1), **undone)

    for on in ("2025-12-31", "2026-01-31", "2026-02-15", "2026-03-02"):
        assert await seen(admin, on, state=["OPEN"]) == [center.code]


async def test_without_an_opening_on_record_a_center_was_open_before_its_first_deed(admin: User) -> None:
    center = await builders.center()
    await deed(center, Kind.SUSPENSION, "2024-07-01", state="SUSPENDED", state_since="2024-07-01")

    assert await seen(admin, "1990-01-01", state=["OPEN"]) == [center.code]
    assert (await told(admin, ONE, asOf="2024-06-30", code=center.code))["center"]["state"] == "OPEN"


async def test_reach_is_about_today_and_places_about_the_date(admin: User, lived: Center) -> None:
    old_town = await builders.person(Role.MUNICIPAL, at=builders.CHAMELCO)
    new_town = await builders.person(Role.MUNICIPAL, at=builders.MIXCO)

    assert await seen(old_town, "2022-01-01") == []
    assert await seen(new_town, "2022-01-01") == [lived.code]
    assert await seen(new_town, "2022-01-01", municipalityCode=builders.MIXCO) == []
    assert (await told(old_town, ONE, asOf="2022-01-01", code=lived.code))["center"] is None


async def test_a_convention_asked_for_as_of_a_date_shows_its_centers_so(admin: User, lived: Center) -> None:
    await builders.convention(centers=[lived])
    query = """query ($asOf: Date) { conventions(asOf: $asOf) { nodes {
        centers { state capacity municipality { code } } } } }"""

    for on, state, town in [("2022-01-01", "OPEN", builders.CHAMELCO), (None, "CLOSED", builders.MIXCO)]:
        (node,) = (await told(admin, query, asOf=on))["conventions"]["nodes"]
        assert node["centers"] == [{"state": state, "capacity": 50, "municipality": {"code": town}}]


async def test_any_rows_of_centers_are_undone_by_one_call(admin: User, lived: Center) -> None:
    later = await builders.center("Después")
    await deed(later, Kind.OPENING, "2024-01-01")
    rows = await Center.all().values("id", "state", "municipality_id")
    named = [{"center_id": row["id"], "capacity": 1, "men": 5} for row in rows]

    assert await centers_on(rows, on=date(2021, 3, 1)) == [
        {"id": lived.id, "state": CenterState.SUSPENDED, "municipality_id": builders.CHAMELCO}
    ]
    assert await centers_on(named, on=date(2021, 3, 1), key="center_id") == [
        {"center_id": lived.id, "capacity": 30, "men": 5}
    ]
    assert await centers_on(rows, on=date(2026, 3, 2)) == rows
    assert await centers_on([], on=date(2021, 3, 1)) == []


async def test_the_contract_s_table_still_answers(admin: User, lived: Center) -> None:
    found = await told(admin, contract("center-status"), asOf="2022-06-30")

    assert [node["code"] for node in found["centers"]["nodes"]] == [lived.code]


async def test_whatever_happens_to_a_center_every_day_of_it_is_told_as_it_was(admin: User) -> None:
    by_chance = Random(2026)
    lives = {await _opened(admin): list[tuple[date, dict[str, Any]]]() for _ in range(2)}
    for center, life in lives.items():
        life.append((date(2015, 1, 1), await _now(center)))
        for _ in range(20):
            if len(life) > 1 and by_chance.random() < 0.25:
                last = (await counting_deeds(center))[-1]
                await annul_center_event(actor=admin, event_id=last.id, reason="Por error")
                life.pop()
            else:
                day = life[-1][0] + timedelta(days=by_chance.randint(0, 90))
                await _something_happens(admin, center, day, by_chance)
                life.append((day, await _now(center)))
            assert _but_version(await _now(center)) == _but_version(life[-1][1])
    rows = await Center.all().values(*CENTER)

    for on in {day + timedelta(days=more) for life in lives.values() for day, _ in life for more in (-1, 0, 1)}:
        found = {row["id"]: _but_version(row) for row in await centers_on(rows, on=on)}
        was = {center: [row for day, row in life if day <= on] for center, life in lives.items()}
        assert found == {center: _but_version(then[-1]) for center, then in was.items() if then}, on


async def _opened(admin: User) -> int:
    given = NewCenter("CAD", CenterKind.CAD, builders.MIXCO, date(2015, 1, 1), "Acuerdo", capacity=100)
    return (await open_center(actor=admin, given=given)).id


async def _now(center: int) -> dict[str, Any]:
    (row,) = await Center.filter(id=center).values(*CENTER)
    return dict(row)


def _but_version(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "version"}


async def _something_happens(admin: User, center: int, day: date, by_chance: Random) -> None:
    """Note any deed that fits the center as it is."""
    row = await Center.get(id=center)
    kind = by_chance.choice([kind for kind, states in POSSIBLE_IN.items() if row.state in states])
    more: dict[str, Any] = {}
    if kind in (Kind.ENLARGEMENT, Kind.REDUCTION):
        more["capacity"] = (row.capacity or 0) + (1 if kind == Kind.ENLARGEMENT else -1)
    if kind == Kind.PREMISES:
        bases = (None, TenureBasis.OWN_BUILDING, TenureBasis.PROPERTY_ASSIGNMENT)
        more["premises"] = by_chance.choice([one for one in bases if one != row.premises])
    if kind == Kind.MOVE:
        more["municipality"] = by_chance.choice([builders.MIXCO, builders.CHAMELCO, "1601"])
        more["address"] = f"{by_chance.randint(1, 999)} calle"
    await record_center_event(actor=admin, center_id=center, deed=Deed(kind, day, "Acuerdo", "Motivo", **more))
