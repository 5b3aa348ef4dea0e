"""What a Hogar Comunitario or CADI is allowed: the printed table, its dates, and words where it says nothing."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest

from actions.catalogs import load_catalogs
from actions.people import system_user
from models.centers import CenterKind
from models.contributions import AllowancePeriod, AllowanceRate
from models.people import Role, User
from models.places import ProgramCode
from reads.allowances import allowance_for, holds, rates
from reads.paging import Row
from tests import builders
from tests.door import ask, told

ALLOWED = """query ($children: Int!, $caregivers: Int, $on: Date) {
  allowances(children: $children, caregivers: $caregivers, on: $on) {
    onDate children caregivers month monthlyTotal dailyPerChild dailyTotal onceTotal gaps
    lines { units total rate { item amount basis period isCeiling childrenMin childrenMax since until source } } } }"""
CENTER = """query ($code: String!, $caregivers: Int, $on: Date) { center(code: $code) {
  allowance(caregivers: $caregivers, asOf: $on) { children month monthlyTotal gaps
  lines { total rate { item } } } } }"""
JUNE = date(2024, 6, 1)
pytestmark = pytest.mark.usefixtures("db", "clock")


@pytest.fixture
async def director(db: object, clock: object) -> User:
    """The director of Hogares Comunitarios, in an office with its catalogs."""
    await load_catalogs(actor=await system_user())
    return await builders.person(Role.DIRECTOR, program=ProgramCode.HC)


def brackets(table: list[Row]) -> dict[str, list[Row]]:
    """Return the rates that depend on the number of children, by item."""
    found: dict[str, list[Row]] = defaultdict(list)
    for rate in table:
        if rate["children_min"] is not None:
            found[rate["item"]].append(rate)
    return found


async def test_what_twenty_children_and_two_caregivers_are_allowed(director: User) -> None:
    found = (await told(director, ALLOWED, children=20, caregivers=2, on="2024-06-01"))["allowances"]

    lines = {line["rate"]["item"]: (line["units"], line["total"], line["rate"]["period"]) for line in found["lines"]}
    assert lines == {
        "agua_envasada": (1, "100.00", "MONTH"), "gas_propano": (1, "270.00", "MONTH"),
        "extraccion_basura": (1, "40.00", "MONTH"), "material_educativo": (20, "300.00", "MONTH"),
        "subsidio_madres_cuidadoras": (2, "4000.00", "MONTH"), "alimentacion": (20, "600.00", "DAY"),
    }  # fmt: skip
    assert {key: found[key] for key in ("monthlyTotal", "dailyPerChild", "dailyTotal", "onceTotal", "gaps")} == {
        "monthlyTotal": "4710.00", "dailyPerChild": "30.00", "dailyTotal": "600.00", "onceTotal": "0.00", "gaps": [],
    }  # fmt: skip
    water = next(line["rate"] for line in found["lines"] if line["rate"]["item"] == "agua_envasada")
    assert (water["childrenMin"], water["childrenMax"], water["basis"], water["isCeiling"]) == (13, 20, "CENTER", False)
    assert water["source"] == (
        "Memoria de Labores 2024-2025, l.831; por centro es interpretación (F-20); por confirmar"
    )
    for on, once in [
        ("2024-10-31", "0.00"),
        ("2024-11-30", "2800.00"),
        ("2024-12-31", "1200.00"),
        ("2025-01-01", "0.00"),
    ]:
        assert (await told(director, ALLOWED, children=20, caregivers=2, on=on))["allowances"]["onceTotal"] == once, on


async def test_the_brackets_leave_no_gap_and_do_not_overlap(director: User) -> None:
    table = await rates(on=JUNE)
    found = brackets(table)
    assert found.keys() == {"agua_envasada", "gas_propano"}
    for item, of_item in found.items():
        for children in range(131):
            held = [rate for rate in of_item if holds(rate, children)]
            assert len(held) == (1 if 10 <= children <= 100 else 0), (item, children)
    # What the report prints, and its «y así sucesivamente» (F-19, F-20).
    amounts = {item: [rate["amount"] for rate in of_item] for item, of_item in found.items()}
    assert amounts["agua_envasada"] == [Decimal(0), *(Decimal(50 * n) for n in range(2, 11))]
    assert amounts["gas_propano"] == [Decimal(135 * n) for n in range(1, 11)]
    for of_item in found.values():
        assert all(("no impreso" in rate["source"]) == (rate["children_min"] > 50) for rate in of_item)
        assert all("por confirmar" in rate["source"] for rate in of_item)


async def test_outside_the_table_it_says_so_and_guesses_nothing(director: User) -> None:
    few = await allowance_for(9, 1, on=JUNE)
    assert few.gaps == [
        "Agua envasada: la tabla empieza en 10 niñas y niños y aquí son 9. No se calcula; pregunte a la Dirección de "
        "Hogares Comunitarios.",
        "Gas propano: la tabla empieza en 10 niñas y niños y aquí son 9. No se calcula; pregunte a la Dirección de "
        "Hogares Comunitarios.",
    ]
    assert few.total(AllowancePeriod.MONTH) == 40 + 9 * 15 + 2000
    many = await allowance_for(101, None, on=JUNE)
    assert many.gaps[0].startswith("Agua envasada: la tabla llega a 100 niñas y niños y aquí son 101.")
    assert many.gaps[-1] == "Sin el número de madres cuidadoras no se calcula: Subsidio a madres cuidadoras."
    assert many.total(AllowancePeriod.MONTH) == 40 + 101 * 15
    before = await allowance_for(20, 2, on=date(2023, 12, 31))
    assert (before.lines, before.gaps) == ([], ["No consta ninguna asignación que rija el 31/12/2023."])
    await AllowanceRate.filter(item="gas_propano", children_min=31).update(until=date(2024, 5, 31))
    torn = await allowance_for(35, 0, on=JUNE)
    assert "Gas propano: la tabla no dice nada para 35 niñas y niños. No se calcula" in torn.gaps[0]
    nobody = await allowance_for(0, 0, on=JUNE)
    assert nobody.total(AllowancePeriod.MONTH) == 40
    assert nobody.total(AllowancePeriod.DAY) == 0


@pytest.mark.both_databases
async def test_a_center_is_allowed_by_the_children_of_its_last_month(director: User) -> None:
    home = await builders.center(program=ProgramCode.HC, kind=CenterKind.HOGAR_COMUNITARIO)
    silent = await builders.center(program=ProgramCode.HC, kind=CenterKind.CADI)
    elders = await builders.center()
    await builders.attendance(elders, date(2024, 1, 1))
    await builders.attendance(home, date(2024, 4, 1), men=5, women=7)
    late = await builders.attendance(home, date(2024, 5, 1), men=10, women=15)
    await builders.correction(late, men=10, women=3, on=date(2025, 1, 10), by=director)

    async def allowed(code: str, on: str | None) -> dict[str, object] | None:
        found = await told(director, CENTER, code=code, caregivers=1, on=on)
        return dict(found["center"]["allowance"]) if found["center"]["allowance"] else None

    for on, children, month, gas in [
        ("2024-04-30", 12, "2024-04-01", "135.00"),
        ("2024-06-01", 25, "2024-05-01", "405.00"),
        ("2025-01-10", 13, "2024-05-01", "270.00"),
    ]:
        found = await allowed(home.code, on)
        assert found
        assert (found["children"], found["month"]) == (children, month)
        assert {"total": gas, "rate": {"item": "gas_propano"}} in found["lines"]  # type: ignore[operator]
    assert await allowed(home.code, "2024-03-31") is None
    assert await allowed(silent.code, None) is None
    admin = await builders.person(Role.ADMIN)
    assert (await told(admin, CENTER, code=elders.code))["center"]["allowance"] is None
    assert (await told(director, CENTER, code=elders.code))["center"] is None, "another program's"


async def test_numbers_of_people_that_no_center_has(director: User) -> None:
    for given in ({"children": -1}, {"children": 2001}, {"children": 1, "caregivers": -1}):
        answer = await ask(director, ALLOWED, **given)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"], given
    assert (await load_catalogs(actor=await system_user())).added == {}
