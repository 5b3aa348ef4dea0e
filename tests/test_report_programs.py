"""Tablas 11 and 12 for any period: what counts as renewed, in force and reviewed, and whom each center attended."""

from datetime import date
from typing import Any

import pytest

from models.agreements import AgreementStage, Convention
from models.centers import Attendance, CenterEventKind
from models.people import Role, User
from models.reviews import ReviewStage
from models.signing import Side, Signature
from tests import builders
from tests.builders import MIXCO
from tests.conftest import Clock
from tests.door import ask, told

REPORT = """query ($from: Date, $to: Date) { annualReport(from: $from, to: $to) {
  tables { number rows { label cells hrefs } totals totalHrefs notes bars { labels series { name values } } } } }"""
pytestmark = pytest.mark.usefixtures("db", "clock")


async def tables(person: User, first: str, last: str) -> dict[int | None, dict[str, Any]]:
    """Return the tables of a period by number."""
    found = (await told(person, REPORT, **{"from": first, "to": last}))["annualReport"]
    return {one["number"]: one for one in found["tables"]}


async def signed(on: date, *, of: Convention, by: User, side: Side = Side.SOSEP) -> None:
    """Note a signature."""
    facts = {"signer_name": "x", "capacity": "x", "place": "x"}
    await Signature.create(convention=of, side=side, signed_on=on, recorded_by=by, **facts)


def cells(table: dict[str, Any]) -> dict[str, list[str]]:
    """Return the cells of a table by the label of their line."""
    return {row["label"]: row["cells"] for row in table["rows"]}


@pytest.mark.both_databases
async def test_renewed_in_force_and_reviewed_are_three_facts() -> None:
    lawyer = await builders.person(Role.LEGAL)
    term = {"starts_on": date(2025, 7, 1), "ends_on": date(2026, 6, 30)}
    first = await builders.convention(**term)
    for side, day in ((Side.COUNTERPART, date(2025, 5, 30)), (Side.SOSEP, date(2025, 6, 2))):
        await signed(day, of=first, by=lawyer, side=side)
    # The last signature decides: begun before the period and perfected in it, or begun in it and perfected after.
    other = await builders.convention(at=MIXCO, renews=first, **term)
    await signed(date(2025, 6, 30), of=other, by=lawyer)
    await signed(date(2025, 7, 1), of=other, by=lawyer, side=Side.COUNTERPART)
    # From a spreadsheet, without signatures: by the first day of its term; of two departments, in both.
    brought = await builders.convention(starts_on=date(2025, 6, 15), ends_on=date(2025, 6, 20))
    await builders.further_party(brought, at=MIXCO)
    ngo = await builders.institution()
    await builders.convention(at=None, institution=ngo, starts_on=date(2025, 6, 15))
    await builders.convention(stage=AgreementStage.READY_TO_SIGN, starts_on=None, ends_on=None)
    await builders.review(stage=ReviewStage.WITHDRAWN, received_on=date(2025, 6, 10))
    await builders.review(stage=ReviewStage.CLOSED, received_on=date(2025, 6, 30), department_id=None)

    june = (await tables(lawyer, "2025-06-01", "2025-06-30"))[11]

    assert cells(june) == {
        "Guatemala": ["Mixco", "1", "0", "0"],
        "Alta Verapaz": ["San Juan Chamelco (2)", "2", "0", "1"],
        "Sin municipio en el registro": ["—", "0", "0", "1"],
    }
    assert june["totals"] == ["2", "2", "0", "2"]
    assert any("cuenta en cada uno, y una vez en el total" in note for note in june["notes"])
    july = (await tables(lawyer, "2025-07-01", "2025-07-31"))[11]
    assert cells(july)["Guatemala"] == ["Mixco", "1", "1", "0"]
    assert cells(july)["Alta Verapaz"] == ["—", "0", "1", "0"]
    assert any(note.endswith("siguen a otro convenio del registro: 1.") for note in july["notes"])
    for row in [*june["rows"], *july["rows"]]:
        for figure, href in zip(row["cells"][1:], row["hrefs"][1:], strict=True):
            assert href or figure == "0"


@pytest.mark.both_databases
async def test_a_center_counts_where_it_was_by_its_latest_month_of_the_period(clock: Clock) -> None:
    lawyer = await builders.person(Role.LEGAL)
    center = await builders.center("CAD que se mudó", at=MIXCO)
    for month, men in ((4, 1), (5, 2), (6, 40)):
        await builders.attendance(center, date(2025, month, 1), men=men, women=7)
    silent = await builders.center("CAD callado")
    await builders.attendance(silent, date(2025, 6, 1))
    before = {"municipality_id": builders.CHAMELCO}
    await builders.municipality(builders.CHAMELCO)
    await builders.center_event(
        center, CenterEventKind.MOVE, happened_on=date(2025, 6, 1), before=before, after={"municipality_id": MIXCO}
    )

    may = (await tables(lawyer, "2025-05-15", "2025-05-31"))[12]
    assert [[row["label"], *row["cells"]] for row in may["rows"]] == [
        ["Alta Verapaz", "San Juan Chamelco", "CAD que se mudó", "2", "7", "9"]
    ]
    assert may["totals"] == ["1", "1", "2", "7", "9"]
    assert may["bars"] == {
        "labels": ["Alta Verapaz"],
        "series": [{"name": "Hombres", "values": [2]}, {"name": "Mujeres", "values": [7]}],
    }
    assert any(note.endswith("no informaron ningún mes del período: 1.") for note in may["notes"])
    year = (await tables(lawyer, "2025-01-01", "2025-12-31"))[12]
    assert [row["label"] for row in year["rows"]] == ["Guatemala", "Alta Verapaz"]
    assert year["totals"] == ["2", "2", "50", "32", "82"]
    await Attendance.filter(center=center, month=date(2025, 6, 1)).update(men=30)
    assert (await tables(lawyer, "2025-01-01", "2025-12-31"))[12]["totals"][2:] == ["40", "32", "72"]


async def test_hostile_periods_have_clear_answers() -> None:
    lawyer = await builders.person(Role.LEGAL)
    await builders.attendance(await builders.center())
    nothing = "En el período no consta ningún registro."
    for first, last in [("0001-01-01", "0001-01-01"), ("1999-02-03", "2003-01-01"), ("9999-12-31", "9999-12-31")]:
        found = await tables(lawyer, first, last)
        assert all(
            not table["rows"] and nothing in table["notes"] for number, table in found.items() if number in (11, 12)
        )
    ever = await tables(lawyer, "0001-01-01", "9999-12-31")
    assert ever[12]["totals"][2:] == ["10", "25", "35"]
    for asked in ({"from": "9999-12-31", "to": "0001-01-01"}, {"from": "2026-13-01"}, {"from": "10000-01-01"}):
        (error,) = (await ask(lawyer, REPORT, **asked))["errors"]
        assert error["extensions"]["code"] in ("BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"), asked
