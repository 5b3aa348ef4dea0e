"""The gap report: computed from the records against the counter, it proves that nothing is missing, or what is."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from tortoise.connection import connections

from models.papers import DocumentKind, OfficialDocument, Series
from models.people import Role, User
from reads.series import in_runs
from tests import builders
from tests.door import ask, told

GAPS = """query ($year: Int) { seriesGaps(year: $year) {
    kind unit year first last counter issued voided missing missingCount complete verdict } }"""


async def series(kind: DocumentKind, serials: list[int], *, counter: int | None = None, **more: Any) -> None:
    """Make papers with these numbers and the counter that gave them."""
    lawyer = await builders.person(Role.LEGAL)
    for serial in serials:
        await OfficialDocument.create(
            kind=kind, year=2026, serial=serial, number=f"{kind.value}-AJ-{serial}-2026", issued_on=date(2026, 3, 2),
            issued_at=datetime(2026, 3, 2, 15, tzinfo=UTC), issued_by=lawyer, verification_code=f"{kind[:7]}-{serial}",
            **more,
        )  # fmt: skip
    given = max(serials) if counter is None else counter
    await Series.create(kind=kind.value, unit="AJ", year=2026, value=given)


async def report(person: User, kind: str = "OFICIO", year: int | None = None) -> dict[str, Any]:
    """Return the report of one series."""
    (found,) = [one for one in (await told(person, GAPS, year=year))["seriesGaps"] if one["kind"] == kind]
    return dict(found)


@pytest.mark.both_databases
async def test_a_whole_series_says_so_and_one_row_less_is_named(db: object, clock: object) -> None:
    auditor = await builders.person(Role.AUDITOR)
    await series(DocumentKind.OFICIO, list(range(1, 11)))
    await OfficialDocument.filter(serial=4).update(
        voided_on=date(2026, 3, 2), void_reason="Error", voided_by_id=auditor.id
    )
    assert await report(auditor) == {
        "kind": "OFICIO", "unit": "AJ", "year": 2026, "first": 1, "last": 10, "counter": 10, "issued": 10, "voided": 1,
        "missing": [], "missingCount": 0, "complete": True,
        "verdict": "Completa: del 1 al 10 no falta ningún número; uno de ellos anulado, con su motivo.",
    }  # fmt: skip
    # What no program of ours does: rows removed behind its back.
    await connections.get("default").execute_script("DELETE FROM official_documents WHERE serial IN (6, 7, 10)")

    found = await report(auditor)

    assert (found["missing"], found["missingCount"], found["complete"]) == ([6, 7, 10], 3, False)
    assert (found["last"], found["counter"], found["issued"]) == (9, 10, 7)
    assert found["verdict"].startswith("Faltan 3 números: 6 a 7 y 10.")


async def test_a_counter_behind_its_papers_and_one_without_any(db: object, clock: object) -> None:
    lawyer = await builders.person(Role.LEGAL)
    await series(DocumentKind.OFICIO, [1, 2, 3], counter=2)
    await series(DocumentKind.DICTAMEN, [2], counter=2)
    await Series.create(kind="EXPEDIENTE", unit="AJ", year=2026, value=7)
    late = await report(lawyer)
    assert (late["complete"], late["missing"]) == (False, [])
    assert "el contador va en 2" in late["verdict"]
    one = await report(lawyer, "DICTAMEN")
    assert one["verdict"].startswith("Falta el número 1.")
    assert len((await told(lawyer, GAPS))["seriesGaps"]) == 2
    assert (await told(lawyer, GAPS, year=2025))["seriesGaps"] == []
    # A counter that ran away is counted whole and listed in part.
    await Series.filter(kind="DICTAMEN").update(value=500_000)
    away = await report(lawyer, "DICTAMEN")
    assert (away["missingCount"], len(away["missing"])) == (499_999, 1000)


async def test_court_papers_count_without_being_shown(db: object, clock: object) -> None:
    await series(DocumentKind.OFICIO, [1, 2], court_file=await builders.court_file())
    admin = await builders.person(Role.ADMIN)
    assert (await report(admin))["complete"] is True
    assert (await told(admin, "{ officialDocuments { totalCount } }"))["officialDocuments"]["totalCount"] == 0


async def test_who_sees_only_a_part_gets_no_report(db: object, clock: object) -> None:
    await series(DocumentKind.OFICIO, [1])
    for role in (Role.MUNICIPAL, Role.DIRECTOR, Role.COORDINATOR):
        assert (await told(await builders.person(role), GAPS))["seriesGaps"] == []
    for year in (0, 1989, 3000):
        answer = await ask(await builders.person(Role.LEGAL), GAPS, year=year)
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    ("numbers", "words"),
    [((), ""), ((3,), "3"), ((3, 4), "3 a 4"), ((1, 3), "1 y 3"), ((3, 7, 8, 9, 12), "3, 7 a 9 y 12")],
)
def test_runs_are_drawn_together(numbers: tuple[int, ...], words: str) -> None:
    assert in_runs(numbers) == words
